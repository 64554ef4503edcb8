/* gateway/plan_gate.c - the part of a plan that speaks with the engine */
#include "gateway/plan_gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/admission.h"
#include "gateway/host.h"
#include "gateway/job.h"
#include "gateway/policy.h"
#include "gateway/source.h"
#include "gateway/stream.h"
#include "gateway/trace.h"
#include "gateway/traffic.h"
#include "h248/error.h"

/* What h248_sdp_complete() may add to a body: v=, an address, a port; and an
 * octet to each line, which has at least three. */
enum { SDP_ROOM = 128, SHORTEST_LINE = 3 };

static const struct h248_place nowhere;

static const struct gw_stream *peer_stream(const struct gw_plan *p, uint16_t id)
{
	for (unsigned int i = 0; p->peer && i < p->peer->n_slots; i++)
		if (p->peer->stream[i].is_used && p->peer->stream[i].id == id)
			return &p->peer->stream[i];
	return NULL;
}

static void local_address(const struct gw_stream *s,
			  struct sockaddr_storage *out)
{
	const struct pkt_leg_cfg *leg = &s->gate_cfg.leg;
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (IN6_IS_ADDR_V4MAPPED(&leg->local)) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(leg->local_port);
		memcpy(&v4->sin_addr, &leg->local.s6_addr[12],
		       sizeof(v4->sin_addr));
		return;
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(leg->local_port);
	v6->sin6_addr = leg->local;
}

static int complete_local(struct gw_plan *p, unsigned int i,
			  struct h248_err *err)
{
	struct gw_stream *s = &p->next[i];
	size_t cap = s->local.n + s->local.n / SHORTEST_LINE + SDP_ROOM, n;
	char *buf = malloc(cap);
	struct sockaddr_storage at;
	int r;

	if (!buf)
		return h248_err_set(err, 510, nowhere, "memory");
	local_address(s, &at);
	r = h248_sdp_complete(gw_body_span(&s->local), p->which[i], &at, buf,
			      cap, &n);
	if (!r)
		r = gw_body_set(&s->local,
				(struct h248_span) { buf, (uint32_t)n });
	free(buf);
	if (r == -ENOMEM)
		return h248_err_set(err, 510, nowhere, "memory");
	return r ? h248_err_set(err, 474, nowhere, "Local") : 0;
}

/* A Local with address or port: it has to be the one we gave (decision 11). */
static int check_ours(struct gw_plan *p, unsigned int i,
		      const struct gw_sdp *sdp, struct h248_err *err)
{
	const struct h248_sdp *l = &sdp->local;
	const struct pkt_leg_cfg *leg = &p->next[i].gate_cfg.leg;
	struct in6_addr a;

	if (gw_source_check(&p->next[i], err))
		return -EPROTO;
	if (!l->is_port_choose && l->port != leg->local_port)
		return h248_err_set(err, 449, nowhere, "Local port %u",
				    l->port);
	if (l->has_address && !l->is_address_choose) {
		a = gw_in6_of(&l->address);
		if (!IN6_ARE_ADDR_EQUAL(&a, &leg->local))
			return h248_err_set(err, 449, nowhere, "Local address");
	}
	if (!l->is_port_choose && !l->is_address_choose && sdp->n_local < 2)
		return 0;
	p->is_completed[i] = true;
	return complete_local(p, i, err);
}

static int ask_local(struct gw_plan *p, unsigned int i,
		     const struct gw_sdp *sdp, struct h248_err *err)
{
	struct pkt_leg_cfg *leg = &p->next[i].gate_cfg.leg;
	const struct h248_sdp *l = &sdp->local;

	memset(&leg->local, 0, sizeof(leg->local));
	leg->local_port = 0;
	p->is_completed[i] =
		l->is_port_choose || l->is_address_choose || sdp->n_local > 1;
	if (l->is_port_choose && l->is_address_choose) {
		gw_source_ask(&p->next[i]);
		return 0;
	}
	if (l->is_address_choose || !l->has_address)
		return h248_err_set(err, 449, nowhere, "Local port %u",
				    l->port);
	leg->local = gw_in6_of(&l->address);
	leg->local_port = l->port;
	return 0;
}

int gw_plan_gate_check(struct gw_plan *p, unsigned int i, struct h248_err *err)
{
	struct gw_stream *s = &p->next[i];
	const struct conf_gateway *conf = &p->job->gw->conf;
	uint8_t realm = s->realm;
	struct gw_sdp sdp;

	if (gw_policy_realm(conf, s, &realm, err) ||
	    gw_sdp_read(s, &conf->realm[realm], &sdp, err))
		return -EPROTO;
	if (!sdp.has_local)
		return h248_err_set(err, 441, nowhere, "Local of stream %u",
				    s->id);
	p->which[i] = sdp.which;
	if (s->gate.gen && realm != s->realm)
		return h248_err_set(err, 449, nowhere,
				    "ipdc/realm cannot change");
	s->realm = realm;
	s->octets_s = gw_admission_rate(p->job->gw, s, &sdp);
	if (gw_policy_make(conf, s, &sdp, peer_stream(p, s->id), err) ||
	    gw_traffic_make(s, p->has_events ? &p->events : &p->term->events,
			    &s->gate_cfg.traffic, err))
		return -EPROTO;
	return s->gate.gen ? check_ours(p, i, &sdp, err) :
			     ask_local(p, i, &sdp, err);
}

static int verdict(int r, struct h248_err *err)
{
	switch (r) {
	case -EAFNOSUPPORT:
		return h248_err_set(err, 449, nowhere,
				    "address family of Local");
	case -EADDRNOTAVAIL:
		return h248_err_set(err, 449, nowhere, "Local address or port");
	case -ENOSPC:
		return h248_err_set(err, 510, nowhere, "no free port");
	default:
		return h248_err_set(err, 510, nowhere, "%s", strerror(-r));
	}
}

int gw_plan_gate_add(struct gw_plan *p, unsigned int i, struct h248_err *err)
{
	struct gw_stream *s = &p->next[i];
	const struct gw_stream *other = peer_stream(p, s->id);
	struct pkt_gate_id none = { 0 }, peer = other ? other->gate : none;
	struct gw *gw = p->job->gw;
	int r;

	/* The engine has one for each context of all gateways together: who
	 * uses several streams does not take those of another gateway. */
	if (!peer.gen && gw->n_rendezvous >= gw->conf.max_contexts)
		return h248_err_set(err, 510, nowhere, "no free rendezvous");
	s->gate_cfg.realm = gw->first_realm + s->realm;
	r = pkt_gate_add(gw->engine, peer, &s->gate_cfg, gw_job_expect(p->job),
			 &s->gate);
	if (r) {
		s->gate = none;
		return verdict(r, err);
	}
	if (gw_gate_bind(gw, s->gate, peer, p->term, s->id))
		return h248_err_set(err, 510, nowhere, "memory");
	gw_trace_gate(gw->host->trace, p->job->ctx, p->term, s);
	r = gw_source_check(s, err);
	return r ? r : complete_local(p, i, err);
}

void gw_plan_gate_undo(struct gw_plan *p, unsigned int i)
{
	struct gw *gw = p->job->gw;

	gw_gate_unbind(gw, p->next[i].gate);
	pkt_gate_remove(gw->engine, p->next[i].gate, 0);
}

void gw_plan_gate_modify(struct gw_plan *p, unsigned int i)
{
	struct gw_stream *s = &p->next[i];

	/* It can only fail for a gate that is gone; then nothing waits. */
	if (pkt_gate_modify(p->job->gw->engine, s->gate, &s->gate_cfg,
			    p->rearm[i], gw_job_expect(p->job)))
		gw_job_forget(p->job);
}

void gw_plan_gate_remove(struct gw_plan *p, unsigned int i)
{
	if (pkt_gate_remove(p->job->gw->engine, p->next[i].gate,
			    gw_job_expect(p->job)))
		gw_job_forget(p->job);
}
