/* gateway/policy.c - what a stream asks of the engine */
#include "gateway/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/filter.h"
#include "gateway/interop.h"
#include "gateway/number.h"
#include "gateway/stream.h"
#include "h248/error.h"

/* Who opens the connection, as seen from us (h248.md 5.14.3). */
enum side { SIDE_NONE, SIDE_PASSIVE, SIDE_ACTIVE };

static const struct h248_place nowhere;

struct in6_addr gw_in6_of(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	struct in6_addr a = { 0 };

	if (ss->ss_family == AF_INET6)
		return ((const struct sockaddr_in6 *)ss)->sin6_addr;
	a.s6_addr[10] = a.s6_addr[11] = 0xff;
	memcpy(&a.s6_addr[12], &v4->sin_addr, sizeof(v4->sin_addr));
	return a;
}

enum { HAS_IP4 = 1, HAS_IP6 = 2, HAS_ANY = HAS_IP4 | HAS_IP6 };

static unsigned int bit_of(int family)
{
	return family == AF_INET ? HAS_IP4 : family == AF_INET6 ? HAS_IP6 : 0;
}

static unsigned int families_of(const struct conf_realm *realm)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; realm && i < realm->n_pools; i++)
		bits |= bit_of(realm->pool[i].family);
	return bits ? bits : HAS_ANY;
}

/* Without an address it can have any family. */
static bool is_usable(const struct h248_sdp *sdp, unsigned int families)
{
	return !sdp->refused &&
	       (!sdp->has_address || bit_of(sdp->family) & families);
}

/* When no family fits, the first of the others says so itself later. */
static size_t choose(const struct h248_sdp *list, size_t n,
		     unsigned int families)
{
	size_t i = 0;

	while (i < n && !is_usable(&list[i], families))
		i++;
	for (size_t k = 0; i == n && k < n; k++)
		if (!list[k].refused)
			return k;
	return i;
}

static int read_body(const struct gw_body *body, unsigned int families,
		     struct h248_sdp *out, size_t *n, struct h248_err *err)
{
	struct h248_sdp list[H248_SDP_MAX_ALTERNATIVES];
	size_t which;
	int r;

	*n = 0;
	if (!body->is_present || !body->n)
		return 0;
	r = h248_sdp_parse(gw_body_span(body), list, H248_SDP_MAX_ALTERNATIVES,
			   n, err);
	if (r)
		return r;
	which = choose(list, *n, families);
	*out = list[which];
	return (int)which;
}

int gw_sdp_read(const struct gw_stream *s, const struct conf_realm *realm,
		struct gw_sdp *out, struct h248_err *err)
{
	unsigned int families = families_of(realm);
	size_t n_remote;
	int r;

	memset(out, 0, sizeof(*out));
	if (s->gate.gen && bit_of(s->gate_cfg.leg.family))
		families = bit_of(s->gate_cfg.leg.family);
	r = read_body(&s->local, families, &out->local, &out->n_local, err);
	if (r < 0)
		return r;
	out->which = (size_t)r;
	out->has_local = out->n_local;
	if (out->local.has_address)
		families = bit_of(out->local.family);
	r = read_body(&s->remote, families, &out->remote, &n_remote, err);
	out->has_remote = n_remote;
	return r < 0 ? r : 0;
}

int gw_policy_realm(const struct conf_gateway *conf, const struct gw_stream *s,
		    uint8_t *realm, struct h248_err *err)
{
	const struct gw_prop *p = gw_props_find(&s->props, "ipdc", "realm");

	if (!p)
		return 0;
	for (unsigned int i = 0; i < conf->n_realms; i++)
		if (!strcasecmp(conf->realm[i].name, p->value)) {
			*realm = (uint8_t)i;
			return 0;
		}
	return h248_err_set(err, 449, nowhere, "ipdc/realm=%s", p->value);
}

static enum side side_of_local(const struct gw_sdp *sdp)
{
	switch (sdp->has_local ? sdp->local.setup : H248_SETUP_NONE) {
	case H248_SETUP_PASSIVE:
	case H248_SETUP_ACTPASS:
		return SIDE_PASSIVE;
	case H248_SETUP_ACTIVE:
		return SIDE_ACTIVE;
	default:
		return SIDE_NONE;
	}
}

static enum side side_of_remote(const struct gw_sdp *sdp)
{
	switch (sdp->has_remote ? sdp->remote.setup : H248_SETUP_NONE) {
	case H248_SETUP_ACTIVE:
	case H248_SETUP_ACTPASS:
		return SIDE_PASSIVE;
	case H248_SETUP_PASSIVE:
		return SIDE_ACTIVE;
	default:
		return SIDE_NONE;
	}
}

static int side_of(const struct gw_sdp *sdp, enum side *out,
		   struct h248_err *err)
{
	enum side local = side_of_local(sdp), remote = side_of_remote(sdp);

	if (sdp->has_local && sdp->local.setup == H248_SETUP_ACTPASS && remote)
		local = remote;
	if (local && remote && local != remote)
		return h248_err_set(err, 473, nowhere,
				    "a=setup of Local and Remote");
	if ((sdp->has_local && sdp->local.setup == H248_SETUP_HOLDCONN) ||
	    (sdp->has_remote && sdp->remote.setup == H248_SETUP_HOLDCONN))
		*out = SIDE_NONE;
	else
		*out = remote ? remote : local;
	return 0;
}

static const char *mode_of(const struct gw_stream *s)
{
	const struct gw_prop *p =
		s ? gw_props_find(&s->props, "tcprv", "mode") : NULL;

	return p && strcasecmp(p->value, "auto") ? p->value : NULL;
}

/* SIDE_NONE of the peer: it is not there, or does not say. */
static int role_of(const char *mode, enum side mine, enum side theirs,
		   uint8_t *role, struct h248_err *err)
{
	bool is_merge = mode && !strcasecmp(mode, "merge");
	bool is_relay = mode && !strcasecmp(mode, "relay");

	if (is_merge && (mine == SIDE_ACTIVE || theirs == SIDE_ACTIVE))
		return h248_err_set(err, 473, nowhere,
				    "tcprv/mode=merge with a=setup");
	if (is_relay && mine == SIDE_PASSIVE && theirs == SIDE_PASSIVE)
		return h248_err_set(err, 473, nowhere,
				    "tcprv/mode=relay with a=setup");
	if (mine == SIDE_ACTIVE && theirs == SIDE_ACTIVE)
		return h248_err_set(err, 501, nowhere, "dual dial-out");
	if (mine == SIDE_ACTIVE)
		*role = PKT_ROLE_RELAY;
	else
		*role = is_merge || mine == SIDE_PASSIVE ? PKT_ROLE_MERGE :
							   PKT_ROLE_HOLD;
	return 0;
}

static int make_role(struct gw_stream *s, const struct gw_sdp *sdp,
		     const struct gw_stream *peer, struct h248_err *err)
{
	const char *mine = mode_of(s), *theirs = mode_of(peer);
	enum side other = peer ? (enum side)peer->side : SIDE_NONE;
	enum side side = SIDE_NONE;
	int r;

	if (mine && theirs && strcasecmp(mine, theirs))
		return h248_err_set(err, 473, nowhere, "tcprv/mode=%s", mine);
	r = side_of(sdp, &side, err);
	if (r)
		return r;
	s->side = (uint8_t)side; /* for the peer, when it comes */
	return role_of(mine ? mine : theirs, side, other, &s->gate_cfg.leg.role,
		       err);
}

/* A tcprv property of either leg; both, and different: 473. */
static int shared_prop(const struct gw_stream *s, const struct gw_stream *peer,
		       const char *item, const char **value,
		       struct h248_err *err)
{
	const struct gw_prop *mine = gw_props_find(&s->props, "tcprv", item);
	const struct gw_prop *theirs =
		peer ? gw_props_find(&peer->props, "tcprv", item) : NULL;

	if (mine && theirs && strcasecmp(mine->value, theirs->value))
		return h248_err_set(err, 473, nowhere, "tcprv/%s=%s", item,
				    mine->value);
	*value = mine ? mine->value : theirs ? theirs->value : NULL;
	return 0;
}

void gw_policy_defaults(const struct conf_rendezvous *c,
			struct pkt_rdv_cfg *out)
{
	static const uint8_t commit[] = {
		[CONF_COMMIT_AUTO] = PKT_COMMIT_AUTO,
		[CONF_COMMIT_PARALLEL] = PKT_COMMIT_PARALLEL,
		[CONF_COMMIT_WAITING] = PKT_COMMIT_WAITING,
	};
	static const uint8_t ts[] = {
		[CONF_TS_FRESH] = PKT_TS_FRESH,
		[CONF_TS_LATEST] = PKT_TS_LATEST,
		[CONF_TS_ZERO] = PKT_TS_ZERO,
		[CONF_TS_NEVER] = PKT_TS_NEVER,
	};

	*out = (struct pkt_rdv_cfg) {
		.commit = commit[c->commit],
		.ts_policy = ts[c->ts_policy],
		.fast_fail = c->fast_fail,
		.release_rst = c->release_rst,
		.twait_s = c->twait_s,
		.tidle_s = c->tidle_s,
		.thalf_s = c->thalf_s,
		.tfin_s = c->tfin_s,
		.trst_s = c->trst_s,
		.tfresh_ms = c->tfresh_ms,
		.tts_ms = c->tts_ms,
		.tgrace_ms = c->tgrace_ms,
		.syn_rate = c->syn_rate,
	};
}

static int make_rdv(const struct conf_gateway *conf, struct gw_stream *s,
		    const struct gw_stream *peer, struct h248_err *err)
{
	struct pkt_rdv_cfg *rdv = &s->gate_cfg.rdv;
	const char *commit, *twait, *tidle;

	gw_policy_defaults(&conf->rendezvous, rdv);
	if (shared_prop(s, peer, "commit", &commit, err) ||
	    shared_prop(s, peer, "twait", &twait, err) ||
	    shared_prop(s, peer, "tidle", &tidle, err))
		return -EPROTO;
	if (commit && !strcasecmp(commit, "auto"))
		rdv->commit = PKT_COMMIT_AUTO;
	if (commit && !strcasecmp(commit, "parallel"))
		rdv->commit = PKT_COMMIT_PARALLEL;
	if (commit && !strcasecmp(commit, "waiting"))
		rdv->commit = PKT_COMMIT_WAITING;
	if (twait)
		rdv->twait_s = (uint16_t)gw_number(twait);
	if (tidle)
		rdv->tidle_s = (uint32_t)gw_number(tidle);
	return 0;
}

/* ds/dscp is the whole DS octet (h248.md 1.3, 5.10). */
static int make_dscp(const struct conf_interop *c, struct gw_stream *s,
		     struct h248_err *err)
{
	const struct gw_prop *p = gw_props_find(&s->props, "ds", "dscp");
	const char *text = p ? p->value : NULL;
	unsigned long octet;
	char *end;

	s->gate_cfg.leg.has_dscp = p;
	s->gate_cfg.leg.dscp = 0;
	if (!p)
		return 0;
	octet = strtoul(text, &end, 16);
	if (end == text || *end || octet > UINT8_MAX)
		return h248_err_set(err, 449, nowhere, "ds/dscp=%s", text);
	octet = gw_interop_octet(c, (uint8_t)octet);
	s->gate_cfg.leg.dscp = (uint8_t)(octet >> 2);
	return 0;
}

static int make_mode(struct gw_stream *s, struct h248_err *err)
{
	static const uint8_t bits[] = {
		[H248_MODE_SEND_ONLY] = PKT_MODE_TX,
		[H248_MODE_RECV_ONLY] = PKT_MODE_RX,
		[H248_MODE_SEND_RECV] = PKT_MODE_RX | PKT_MODE_TX,
		[H248_MODE_INACTIVE] = 0,
	};

	if (s->mode == H248_MODE_LOOPBACK)
		return h248_err_set(err, 517, nowhere, "Loopback");
	s->gate_cfg.leg.mode = bits[s->mode];
	return 0;
}

int gw_policy_make(const struct conf_gateway *conf, struct gw_stream *s,
		   const struct gw_sdp *sdp, const struct gw_stream *peer,
		   struct h248_err *err)
{
	struct pkt_leg_cfg *leg = &s->gate_cfg.leg;

	leg->mtu = conf->realm[s->realm].mtu;
	leg->family = sdp->has_local ? (uint8_t)sdp->local.family : 0;
	if (make_mode(s, err) || make_dscp(&conf->h248.interop, s, err) ||
	    make_role(s, sdp, peer, err) || make_rdv(conf, s, peer, err) ||
	    gw_filter_check_remote(s, sdp, peer, err) ||
	    gw_filter_make(s, sdp, &leg->from, err))
		return -EPROTO;
	leg->is_armed = leg->role != PKT_ROLE_HOLD;
	return 0;
}
