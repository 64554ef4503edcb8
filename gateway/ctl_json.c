/*
 * gateway/ctl_json.c - a context as JSON: terminations, streams, descriptors
 *
 * What an operator sees of the model, and nothing an operator would have to
 * compute: times are ages, states have names, addresses are text.  Member
 * names are stable; docs/bgfctl.md lists them.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/address.h"
#include "gateway/ctl_int.h"
#include "h248/names.h"

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), 0: none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	size_t len = *p < 0x80 ? 1 :
		     *p < 0xc2 ? 0 :
		     *p < 0xe0 ? 2 :
		     *p < 0xf0 ? 3 :
		     *p < 0xf5 ? 4 :
				 0;

	if (!*p || !len || len > n)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is over U+10FFFF. */
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

json_t *ctl_json_text(const char *octets, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)octets;
	char *text = malloc(n * 4 + 1), *to = text;
	json_t *j;

	if (!text)
		return NULL;
	for (size_t i = 0, len; i < n; i += len ? len : 1) {
		len = utf8_len(p + i, n - i);
		if (len) {
			to = mempcpy(to, p + i, len);
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = hex[p[i] >> 4];
		*to++ = hex[p[i] & 15];
	}
	j = json_stringn(text, to - text);
	free(text);
	return j;
}

static json_t *text(const char *s)
{
	return ctl_json_text(s, strlen(s));
}

/* "pkg/item" */
static json_t *item_name(const char *pkg, const char *item)
{
	char name[128];
	int n = snprintf(name, sizeof(name), "%s/%s", pkg, item);

	return ctl_json_text(name, n);
}

json_t *ctl_json_endpoint(const struct in6_addr *addr, uint16_t port)
{
	char buf[GW_ADDRESS];

	if (!port)
		return json_null();
	gw_address_text(addr, 0, buf, sizeof(buf));
	return json_pack("{s:s,s:i}", "address", buf, "port", port);
}

static const char *const latches[] = {
	[GW_LATCH_NONE] = "NONE",
	[GW_LATCH_LATCH] = "LATCH",
	[GW_LATCH_RELATCH] = "RELATCH",
	[GW_LATCH_OFF] = "OFF",
};
static const char *const roles[] = {
	[PKT_ROLE_HOLD] = "hold",
	[PKT_ROLE_MERGE] = "merge",
	[PKT_ROLE_RELAY] = "relay",
};
static const char *const commits[] = {
	[PKT_COMMIT_AUTO] = "auto",
	[PKT_COMMIT_PARALLEL] = "parallel",
	[PKT_COMMIT_WAITING] = "waiting",
};

#define NAME_OF(table, i) \
	((size_t)(i) < sizeof(table) / sizeof(*(table)) ? (table)[i] : "?")

static json_t *options(uint8_t opts)
{
	static const struct {
		uint8_t bit;
		const char *name;
	} table[] = {
		{ PKT_STAT_WS, "ws" },
		{ PKT_STAT_SACK, "sack" },
		{ PKT_STAT_TS, "ts" },
		{ PKT_STAT_ECN, "ecn" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (opts & table[i].bit)
			json_array_append_new(list, json_string(table[i].name));
	return list;
}

/* What the rendezvous of this stream waits for; NULL: nothing. */
static const char *waits_for(const struct gw_term *term,
			     const struct gw_stream *s)
{
	const struct gw_stream *peer = gw_stream_peer(term, s->id);

	if (!s->gate.gen)
		return "a Local descriptor";
	if (!peer || !peer->gate.gen)
		return "the other termination of this stream";
	switch (s->stat.state) {
	case PKT_STATE_ARMED:
		return "a SYN from either client";
	case PKT_STATE_WAIT:
		if (s->stat.leg_state == PKT_LEG_IDLE)
			return "a SYN from this client";
		if (peer->stat.leg_state == PKT_LEG_IDLE)
			return "a SYN from the other client";
		return "stream mode SendReceive on both sides";
	case PKT_STATE_PROBE:
	case PKT_STATE_COMMIT:
		return s->stat.leg_state < PKT_LEG_ACKED ?
			       "the handshake ACK of this client" :
			       "the handshake ACK of the other client";
	case PKT_STATE_HALF:
		return "a FIN from the other direction";
	case PKT_STATE_SILENT:
		return "LATCH, RELATCH or a new Remote";
	default:
		return NULL;
	}
}

json_t *ctl_json_whys(const struct pkt_gate_stat *s)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < PKT_WHYS && s->why[i]; i++)
		json_array_append_new(
			list, json_string(pkt_drop_name(s->why[i] - 1)));
	return list;
}

static json_t *stream_summary(const struct gw_term *term,
			      const struct gw_stream *s)
{
	const char *state =
		s->gate.gen ? pkt_state_name(s->stat.state) : "none";
	const char *leg =
		s->gate.gen ? pkt_leg_state_name(s->stat.leg_state) : "none";

	return json_pack(
		"{s:i,s:s,s:s,s:s?,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:o}", "id",
		s->id, "state", state, "leg", leg, "waits_for",
		waits_for(term, s), "local_address",
		ctl_json_endpoint(&s->gate_cfg.leg.local,
				  s->gate.gen ? s->gate_cfg.leg.local_port : 0),
		"latched_address",
		ctl_json_endpoint(&s->stat.remote, s->stat.remote_port),
		"rx_octets", (json_int_t)s->stat.rx_octets, "tx_octets",
		(json_int_t)s->stat.tx_octets, "rx_packets",
		(json_int_t)s->stat.rx_packets, "tx_packets",
		(json_int_t)s->stat.tx_packets, "drops",
		(json_int_t)s->stat.drops, "drop_reasons",
		ctl_json_whys(&s->stat));
}

/* Takes both; b's members go into a. */
static json_t *merge(json_t *a, json_t *b)
{
	if (!a || !b || json_object_update(a, b)) {
		json_decref(a);
		a = NULL;
	}
	json_decref(b);
	return a;
}

static json_t *stream_live(const struct gw *gw, const struct gw_stream *s)
{
	const char *realm = s->realm < gw->conf.n_realms ?
				    gw->conf.realm[s->realm].name :
				    "";

	return json_pack("{s:o,s:s,s:s,s:I,s:I,s:I,s:I,s:o,s:I,s:I,s:I,s:s}",
			 "realm", text(realm), "mode", h248_mode_name(s->mode),
			 "role", NAME_OF(roles, s->gate_cfg.leg.role),
			 "wait_left_ms", (json_int_t)s->stat.wait_left_ms,
			 "established_ms", (json_int_t)s->stat.est_ms,
			 "idle_ms", (json_int_t)s->stat.idle_ms, "mss",
			 (json_int_t)s->stat.mss, "options",
			 options(s->stat.opts), "syns",
			 (json_int_t)s->stat.syns, "synacks",
			 (json_int_t)s->stat.synacks, "relatches",
			 (json_int_t)s->stat.relatches, "last_cause",
			 pkt_cause_name(s->last_cause));
}

static json_t *props(const struct gw_props *list)
{
	const struct gw_prop *p;
	json_t *j = json_array();

	STAILQ_FOREACH (p, list, entry)
		json_array_append_new(j, json_pack("{s:o,s:o}", "name",
						   item_name(p->pkg, p->item),
						   "value", text(p->value)));
	return j;
}

static json_t *local_control(const struct gw_stream *s)
{
	return json_pack("{s:s,s:b,s:b,s:o}", "mode", h248_mode_name(s->mode),
			 "reserve_value", s->reserve_value, "reserve_group",
			 s->reserve_group, "properties", props(&s->props));
}

static json_t *body(const struct gw_body *b)
{
	return b->is_present ? ctl_json_text(b->octets ? b->octets : "", b->n) :
			       json_null();
}

/* Who may send the SYN: {"prefix":..,"port_min":..,"port_max":..}. */
static json_t *filter(const struct pkt_filter *f)
{
	bool is_v4 = IN6_IS_ADDR_V4MAPPED(&f->addr) && f->prefix_len >= 96;
	char addr[INET6_ADDRSTRLEN], prefix[INET6_ADDRSTRLEN + 4];

	inet_ntop(is_v4 ? AF_INET : AF_INET6,
		  is_v4 ? &f->addr.s6_addr[12] : f->addr.s6_addr, addr,
		  sizeof(addr));
	snprintf(prefix, sizeof(prefix), "%s/%u", addr,
		 is_v4 ? f->prefix_len - 96u : f->prefix_len);
	return json_pack("{s:s,s:i,s:i}", "prefix",
			 f->prefix_len ? prefix : "any", "port_min",
			 f->port_min, "port_max", f->port_max);
}

static json_t *gate(const struct gw_stream *s)
{
	const struct pkt_gate_cfg *c = &s->gate_cfg;

	if (!s->gate.gen)
		return json_null();
	return json_pack(
		"{s:I,s:I,s:b,s:b,s:s,s:i,s:I,s:b,s:b,s:o,s:o}", "slot",
		(json_int_t)s->gate.slot, "generation", (json_int_t)s->gate.gen,
		"is_armed", c->leg.is_armed, "is_dirty", s->stat.is_dirty,
		"commit", NAME_OF(commits, c->rdv.commit), "twait_s",
		c->rdv.twait_s, "tidle_s", (json_int_t)c->rdv.tidle_s,
		"fast_fail", c->rdv.fast_fail, "release_rst",
		c->rdv.release_rst, "dscp",
		c->leg.has_dscp ? json_integer(c->leg.dscp) : json_null(),
		"source", filter(&c->leg.from));
}

static json_t *signals(const struct gw_stream *s)
{
	json_t *j = json_array();

	if (s->latch != GW_LATCH_NONE)
		json_array_append_new(
			j, json_pack("{s:s,s:s,s:b}", "name", "ipnapt/latch",
				     "value", NAME_OF(latches, s->latch),
				     "is_pending", s->is_latch_pending));
	return j;
}

static json_t *stream_full(const struct gw_stream *s)
{
	return json_pack("{s:b,s:o,s:o,s:o,s:o,s:o}", "is_implicit",
			 s->is_implicit, "local_control", local_control(s),
			 "local", body(&s->local), "remote", body(&s->remote),
			 "signals", signals(s), "gate", gate(s));
}

static json_t *stream(const struct gw_term *term, const struct gw_stream *s,
		      enum ctl_detail detail)
{
	json_t *j = stream_summary(term, s);

	if (detail >= CTL_LIVE)
		j = merge(j, stream_live(term->ctx->gw, s));
	if (detail >= CTL_FULL)
		j = merge(j, stream_full(s));
	return j;
}

static json_t *params(const struct gw_param *p, unsigned int n)
{
	json_t *j = json_array();

	for (; n; n--, p++)
		json_array_append_new(j, json_pack("{s:o,s:o}", "name",
						   text(p->name), "value",
						   text(p->value)));
	return j;
}

static json_t *events(const struct gw_events *e)
{
	json_t *list;

	if (!e->is_set)
		return json_null();
	list = json_array();
	for (unsigned int i = 0; i < e->n; i++)
		json_array_append_new(
			list,
			json_pack("{s:o,s:i,s:o}", "name",
				  item_name(e->list[i].pkg, e->list[i].item),
				  "stream", e->list[i].stream, "parameters",
				  params(e->list[i].param,
					 e->list[i].n_params)));
	return json_pack("{s:I,s:o}", "request_id", (json_int_t)e->request_id,
			 "list", list);
}

static json_t *observed(const struct gw_observed *o, const char *report)
{
	return json_pack("{s:o,s:i,s:o,s:I,s:I,s:s}", "name",
			 item_name(o->pkg, o->item), "stream", o->stream,
			 "parameters", params(o->param, o->n_params),
			 "request_id", (json_int_t)o->request_id, "age_ms",
			 (json_int_t)((gw_now_us() - o->at_us) / 1000),
			 "report", report);
}

/* The last one acknowledged, then those that are not yet. */
static json_t *observed_list(const struct gw_term *term)
{
	const struct gw_observed *o;
	json_t *list = json_array();
	unsigned int i = 0;

	if (term->last_observed)
		json_array_append_new(list,
				      observed(term->last_observed, "last"));
	STAILQ_FOREACH (o, &term->observed, entry)
		json_array_append_new(list,
				      observed(o, i++ < term->n_notify_out ?
							  "sent" :
							  "waiting"));
	return list;
}

static json_t *term_full(const struct gw_term *term)
{
	uint64_t now = gw_now_us();

	return json_pack("{s:I,s:I,s:b,s:o,s:o}", "age_ms",
			 (json_int_t)((now - term->added_us) / 1000),
			 "untouched_ms",
			 (json_int_t)((now - term->touched_us) / 1000),
			 "is_unknown_to_controller", term->unknown_us != 0,
			 "events", events(&term->events), "observed_events",
			 observed_list(term));
}

static json_t *termination(const struct gw_term *term, enum ctl_detail detail)
{
	json_t *streams = json_array();
	json_t *j;

	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used)
			json_array_append_new(streams,
					      stream(term, &term->stream[i],
						     detail));
	j = json_pack("{s:o,s:s,s:o}", "id", text(term->id), "side",
		      gw_side_name(term->side), "streams", streams);
	if (detail >= CTL_FULL)
		j = merge(j, term_full(term));
	return j;
}

json_t *ctl_json_context(const struct gw_context *ctx, enum ctl_detail detail)
{
	json_t *terms = json_array();

	for (unsigned int i = 0; i < ctx->n_terms; i++)
		json_array_append_new(terms, termination(ctx->term[i], detail));
	return json_pack("{s:I,s:s,s:I,s:i,s:b,s:b,s:o}", "id",
			 (json_int_t)ctx->id, "gateway", ctx->gw->conf.name,
			 "age_ms",
			 (json_int_t)((gw_now_us() - ctx->created_us) / 1000),
			 "priority", ctx->priority, "is_emergency",
			 ctx->is_emergency, "is_ieps", ctx->is_ieps,
			 "terminations", terms);
}
