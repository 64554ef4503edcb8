/*
 * packet/rdv_relay.c - one client calls, the other one is called
 *
 * docs/relay.md.  The leg of the server has the role relay: the SYN of its
 * peer is sent on to where its filter points, which is one address and port.
 * What the two SYNs said is kept where merge mode keeps it, so that windows,
 * SYN-ACKs and the open session are the same.
 */
#include "packet/rdv_int.h"

#include <arpa/inet.h>
#include <string.h>

#include "packet/synack.h"
#include "packet/validate.h"

bool rdv_is_called(const struct pkt_rdv *r, unsigned int leg)
{
	return r->leg[leg] && r->leg[leg]->role == PKT_ROLE_RELAY;
}

bool rdv_is_relay(const struct pkt_rdv *r)
{
	return rdv_is_called(r, 0) || rdv_is_called(r, 1);
}

bool rdv_relay_is_unanswered(const struct pkt_rdv *r)
{
	return rdv_is_relay(r) && pkt_rdv_state(r) == PKT_STATE_PROBE;
}

static unsigned int server_of(const struct pkt_rdv *r)
{
	return rdv_is_called(r, 1);
}

/* ---- the SYN on its way to the server ---- */

static struct pkt_opts offer(const struct pkt_rdv *r, unsigned int server)
{
	struct pkt_opts o = r->setup->leg[1 - server].syn.opts;

	o.has_mss = true;
	o.mss = pkt_synack_mss(r, server);
	o.tsecr = 0;
	return o;
}

static void send_syn(struct rdv_call *c, unsigned int server)
{
	const struct pkt_syn *syn = &rdv_leg(c, 1 - server)->syn;
	uint8_t ecn = syn->is_ecn ? PKT_ECE | PKT_CWR : 0;
	struct pkt_tx *tx = rdv_emit(c, server, PKT_SYN | ecn);

	tx->seq = syn->isn;
	tx->window = syn->window;
	tx->opts = offer(c->r, server);
	rdv_leg(c, server)->synack_us = c->now_us;
	c->r->leg[server]->mss = tx->opts.mss;
}

static void resend_syn(struct rdv_call *c, unsigned int server)
{
	if (c->now_us >= rdv_leg(c, server)->synack_us + RDV_SPACING_US)
		send_syn(c, server);
}

static bool is_ready(const struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_leg_cfg *cfg;

	if (!r->leg[leg])
		return false;
	cfg = &r->setup->leg[leg].cfg;
	return cfg->is_armed && cfg->mode == (PKT_MODE_RX | PKT_MODE_TX) &&
	       cfg->role != PKT_ROLE_HOLD;
}

static void point_at_server(struct rdv_call *c, unsigned int server)
{
	const struct pkt_filter *to = &rdv_leg(c, server)->cfg.from;
	struct pkt_entry *e = c->r->leg[server];

	e->remote = to->addr;
	e->remote_port_be = htons(to->port_min);
	e->last_ack = rdv_leg(c, 1 - server)->syn.isn + 1;
	e->snd_end = 0;
}

void rdv_relay_try(struct rdv_call *c)
{
	unsigned int server = server_of(c->r);

	if (!is_ready(c->r, 0) || !is_ready(c->r, 1) ||
	    rdv_is_called(c->r, 1 - server) ||
	    !rdv_is(c->r, 1 - server, PKT_LEG_SYN))
		return;
	point_at_server(c, server);
	rdv_load_rewrites(c->r);
	rdv_set_leg(c->r, server, PKT_LEG_SENT);
	rdv_set_state(c->r, PKT_STATE_PROBE);
	send_syn(c, server);
}

/* ---- the caller speaks again ---- */

static void on_same_isn(struct rdv_call *c, unsigned int leg,
			const struct pkt_seg *seg)
{
	bool has_moved = !rdv_is_latched(c, leg, seg);

	if (has_moved) {
		rdv_latch(c, leg, seg);
		rdv_count_relatch(c, leg);
	}
	rdv_refresh_syn(c, leg, seg);
	if (rdv_is(c->r, 1 - leg, PKT_LEG_IDLE)) {
		rdv_relay_try(c);
		return;
	}
	if (has_moved)
		rdv_load_rewrites(c->r);
	if (rdv_is(c->r, leg, PKT_LEG_SENT)) {
		rdv_resend_synack(c, leg, true);
		return;
	}
	resend_syn(c, 1 - leg);
}

/* The server forgets the old attempt before it hears of the new one. */
static void on_other_isn(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	if (!rdv_may_replace(c, leg, seg->seq)) {
		rdv_drop(c, PKT_DROP_SYN_RATE);
		return;
	}
	if (!rdv_is_latched(c, leg, seg))
		rdv_count_relatch(c, leg);
	if (!rdv_is(c->r, 1 - leg, PKT_LEG_IDLE)) {
		rdv_rst_leg(c, 1 - leg);
		rdv_unlatch(c, 1 - leg);
	}
	rdv_take_syn(c, leg, seg);
	rdv_settle(c);
	rdv_relay_try(c);
}

void rdv_relay_syn_again(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	if (seg->seq == rdv_leg(c, leg)->syn.isn)
		on_same_isn(c, leg, seg);
	else
		on_other_isn(c, leg, seg);
}

/* ---- the server answers ---- */

/* What both said; timestamps as they are, for they pass through. */
static void agree(struct pkt_rdv *r, unsigned int server,
		  const struct pkt_seg *seg)
{
	const struct pkt_opts *own = &r->setup->leg[1 - server].syn.opts;
	const struct pkt_opts *got = &seg->opts;
	struct pkt_opts *o = &r->setup->frozen[1 - server];

	*o = (struct pkt_opts) {
		.has_mss = true,
		.mss = pkt_synack_mss(r, 1 - server),
		.has_ws = own->has_ws && got->has_ws,
		.ws = got->ws,
		.has_sack = own->has_sack && got->has_sack,
		.has_ts = own->has_ts && got->has_ts,
		.tsval = got->tsval,
		.tsecr = got->tsecr,
	};
	r->setup->frozen[server] = *o;
	r->setup->frozen_ecn =
		r->setup->leg[1 - server].syn.is_ecn && seg->flags & PKT_ECE;
	r->leg[1 - server]->mss = o->mss;
	r->leg[0]->opts = pkt_synack_stat_bits(r->setup) & PKT_STAT_ALL;
	r->leg[1]->opts = r->leg[0]->opts;
}

static void keep_answer(struct rdv_call *c, unsigned int server,
			const struct pkt_seg *seg)
{
	struct pkt_syn *syn = &rdv_leg(c, server)->syn;

	syn->isn = seg->seq;
	syn->window = seg->window;
	syn->opts = seg->opts;
	syn->first_us = syn->latest_us = c->now_us;
	c->r->leg[server]->last_seen_ms = (uint32_t)(c->now_us / RDV_MS);
	agree(c->r, server, seg);
	rdv_load_windows(c->r);
}

/* The server repeats its SYN-ACK itself: no timer of ours. */
static void tell_caller(struct rdv_call *c, unsigned int leg)
{
	rdv_send_synack(c, leg);
	rdv_leg(c, leg)->resend_us = 0;
}

static void tell_caller_again(struct rdv_call *c, unsigned int leg)
{
	rdv_resend_synack(c, leg, false);
	rdv_leg(c, leg)->resend_us = 0;
}

static void on_first_answer(struct rdv_call *c, unsigned int server,
			    const struct pkt_seg *seg)
{
	keep_answer(c, server, seg);
	rdv_set_leg(c->r, server, PKT_LEG_ACKED);
	rdv_set_leg(c->r, 1 - server, PKT_LEG_SENT);
	rdv_set_state(c->r, PKT_STATE_COMMIT);
	c->r->setup->deadline_us =
		c->now_us + (uint64_t)rdv_policy(c->r)->thalf_s * RDV_SECOND;
	tell_caller(c, 1 - server);
}

/* A client in SYN-SENT would reset what is not for it (RFC 9293, 3.10.7.3). */
static void reset_stranger(struct rdv_call *c, unsigned int server,
			   const struct pkt_seg *seg)
{
	rdv_rst(c, server, seg->ack, seg->seq);
	rdv_drop(c, PKT_DROP_HANDSHAKE_ACK);
}

static void on_answer(struct rdv_call *c, unsigned int server,
		      const struct pkt_seg *seg)
{
	enum pkt_drop d = rdv_refuse_options(&seg->opts);

	if (seg->ack != rdv_leg(c, 1 - server)->syn.isn + 1) {
		reset_stranger(c, server, seg);
	} else if (d != PKT_DROP_NONE) {
		rdv_drop(c, d);
	} else if (rdv_is(c->r, server, PKT_LEG_SENT)) {
		on_first_answer(c, server, seg);
	} else if (seg->seq == rdv_leg(c, server)->syn.isn) {
		tell_caller_again(c, 1 - server);
	} else {
		keep_answer(c, server, seg);
		tell_caller(c, 1 - server);
	}
}

static bool is_refusal(const struct rdv_call *c, unsigned int server,
		       const struct pkt_seg *seg)
{
	const struct pkt_entry *e = c->r->leg[server];

	if (rdv_is(c->r, server, PKT_LEG_SENT))
		return seg->flags & PKT_ACK && seg->ack == e->last_ack;
	return pkt_rst_check(e, c->r->leg[1 - server], seg->seq) ==
	       PKT_RST_EXACT;
}

static void on_rst(struct rdv_call *c, unsigned int server,
		   const struct pkt_seg *seg)
{
	if (!is_refusal(c, server, seg)) {
		rdv_drop(c, PKT_DROP_RST_INEXACT);
		return;
	}
	rdv_rst_leg(c, 1 - server);
	rdv_fail(c, PKT_CAUSE_RST);
}

/* It takes itself for open, so the caller has answered, and we do not know: its
 * ACK may have passed in the kernel without being noted.  It says it again. */
static void on_early(struct rdv_call *c, unsigned int server)
{
	rdv_drop(c, PKT_DROP_EARLY);
	tell_caller_again(c, 1 - server);
}

void rdv_relay_server(struct rdv_call *c, unsigned int server,
		      const struct pkt_seg *seg)
{
	uint8_t both = seg->flags & (PKT_SYN | PKT_ACK);

	if (both == PKT_SYN)
		rdv_drop(c, PKT_DROP_NOT_ARMED);
	else if (!rdv_is_latched(c, server, seg))
		rdv_drop(c, PKT_DROP_SOURCE);
	else if (seg->flags & PKT_RST)
		on_rst(c, server, seg);
	else if (both == (PKT_SYN | PKT_ACK))
		on_answer(c, server, seg);
	else if (rdv_is(c->r, server, PKT_LEG_SENT))
		reset_stranger(c, server, seg);
	else
		on_early(c, server);
}
