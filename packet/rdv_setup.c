/*
 * packet/rdv_setup.c - from the first SYN until both handshakes are complete
 *
 * States ARMED, WAIT, PROBE and COMMIT of rendezvous.md 2.1; the numbers of
 * events are those of its table 2.3.  A client hears nothing before there is
 * a SYN of the other one, and no SYN-ACK that is not made of it.
 */
#include "packet/rdv_int.h"

#include "packet/synack.h"
#include "packet/validate.h"

static bool is_before_commit(enum pkt_leg_state s)
{
	return s == PKT_LEG_IDLE || s == PKT_LEG_SYN;
}

/* Later states only count in COMMIT (a FIN that came early, and its ACK): a
 * leg that is closed while the other one waits is not armed again. */
static bool has_acked(const struct pkt_rdv *r, unsigned int leg)
{
	return pkt_rdv_state(r) == PKT_STATE_COMMIT &&
	       pkt_rdv_leg_state(r, leg) >= PKT_LEG_ACKED;
}

static void consume(struct rdv_call *c)
{
	c->out->act = PKT_ACT_CONSUME;
}

void rdv_fail(struct rdv_call *c, enum pkt_cause cause)
{
	rdv_report(c, PKT_REPORT_FAIL, 0, cause);
	rdv_silence(c);
}

/* ---- SYN ---- */

/* O20: a client that signs its segments can never be served.  Only a source
 * the controller named exactly is believed enough to end the wait. */
static void on_refused(struct rdv_call *c, unsigned int leg,
		       const struct pkt_seg *seg, enum pkt_drop why)
{
	if (why == PKT_DROP_SYN_OPTION && seg->opts.has_auth &&
	    rdv_is(c->r, leg, PKT_LEG_IDLE) &&
	    rdv_leg(c, leg)->cfg.from.prefix_len == 128)
		rdv_fail(c, PKT_CAUSE_POLICY);
	rdv_drop(c, why);
}

/* Event 1. */
static void on_first_syn(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	uint64_t from = c->r->setup->wait_from_us;

	rdv_take_syn(c, leg, seg);
	if (!from)
		rdv_settle(c);
	rdv_report(c, PKT_REPORT_SYN, leg, PKT_CAUSE_NONE);
	consume(c);
	rdv_try_pair(c);
}

/* Event 4b: the peer holds a number that is void now. */
static void give_up_peer(struct rdv_call *c, unsigned int leg)
{
	rdv_rst_leg(c, 1 - leg);
	rdv_fail(c, PKT_CAUSE_RESTART);
	consume(c);
}

/* O27: a client offers less than both were told.  While only one of them was
 * told, and by a window of 0 kept from sending, it can be told anew. */
static void on_lesser_offer(struct rdv_call *c, unsigned int leg)
{
	unsigned int told = rdv_is(c->r, leg, PKT_LEG_SENT) ? leg : 1 - leg;

	if (pkt_rdv_state(c->r) != PKT_STATE_PROBE) {
		give_up_peer(c, leg);
		return;
	}
	rdv_probe(c, told);
}

/* Events 2 and 3 for a leg that has its SYN-ACK. */
static void on_syn_again_sent(struct rdv_call *c, unsigned int leg,
			      bool has_moved)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (s->is_suspect) { /* the attempt lives */
		s->is_suspect = false;
		c->r->setup->grace_us = 0;
	}
#ifndef BGF_PLANTED_BUG /* for test/sim to find (docs/testing.md) */
	if (has_moved)
		rdv_load_rewrites(c->r);
#else
	(void)has_moved;
#endif
	/* Only now does its firewall let one in, if it had forgotten. */
	rdv_resend_synack(c, leg, true);
}

/* Events 2 and 3. */
static void on_same_isn(struct rdv_call *c, unsigned int leg,
			const struct pkt_seg *seg)
{
	bool has_moved = !rdv_is_latched(c, leg, seg);

	if (has_acked(c->r, leg)) { /* R3: locked */
		rdv_drop(c, PKT_DROP_SYN_LATE);
		return;
	}
	if (has_moved) {
		rdv_latch(c, leg, seg);
		rdv_count_relatch(c, leg);
	}
	rdv_refresh_syn(c, leg, seg);
	consume(c);
	if (c->r->setup->is_frozen && pkt_synack_lacks(c->r, leg, &seg->opts))
		on_lesser_offer(c, leg);
	else if (rdv_is(c->r, leg, PKT_LEG_SENT))
		on_syn_again_sent(c, leg, has_moved);
	else if (pkt_rdv_state(c->r) == PKT_STATE_PROBE)
		rdv_load_rewrites(c->r);
	else
		rdv_try_pair(c);
}

/* Event 4c: the peer was told the old number and may have accepted it.  Its
 * ACK will tell; meanwhile it is told the new one. */
static void on_isn_behind_probe(struct rdv_call *c, unsigned int leg,
				const struct pkt_seg *seg)
{
	struct pkt_setup_leg *peer = rdv_leg(c, 1 - leg);
	uint32_t stale = rdv_leg(c, leg)->syn.isn;

	rdv_take_syn(c, leg, seg);
	peer->has_stale = true;
	peer->stale_isn = stale;
	rdv_probe(c, 1 - leg);
}

/* Event 4. */
static void on_other_isn(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	bool is_sent = rdv_is(c->r, leg, PKT_LEG_SENT);

	if (has_acked(c->r, leg)) {
		if (rdv_is_latched(c, leg, seg))
			rdv_challenge(c, leg);
		rdv_drop(c, PKT_DROP_SYN_LATE);
		return;
	}
	if (!rdv_may_replace(c, leg, seg->seq)) {
		rdv_drop(c, PKT_DROP_SYN_RATE);
		return;
	}
	consume(c);
	if (has_acked(c->r, 1 - leg)) {
		give_up_peer(c, leg);
		return;
	}
	if (!rdv_is_latched(c, leg, seg))
		rdv_count_relatch(c, leg);
	if (rdv_is(c->r, 1 - leg, PKT_LEG_SENT)) {
		on_isn_behind_probe(c, leg, seg);
		return;
	}
	rdv_take_syn(c, leg, seg);
	if (is_sent) /* 4a */
		rdv_probe(c, leg);
	else
		rdv_try_pair(c);
}

static void on_syn(struct rdv_call *c, unsigned int leg,
		   const struct pkt_seg *seg)
{
	enum pkt_drop d = rdv_refuse_syn(c, leg, seg);

	if (rdv_is(c->r, leg, PKT_LEG_CLOSED))
		rdv_drop(c, PKT_DROP_CLOSED);
	else if (d != PKT_DROP_NONE)
		on_refused(c, leg, seg, d);
	else if (rdv_is(c->r, leg, PKT_LEG_IDLE))
		on_first_syn(c, leg, seg);
	else if (!IN6_ARE_ADDR_EQUAL(&seg->src, &c->r->leg[leg]->remote))
		rdv_drop(c, PKT_DROP_SOURCE); /* event 5 */
	else if (rdv_is_relay(c->r))
		rdv_relay_syn_again(c, leg, seg);
	else if (seg->seq == rdv_leg(c, leg)->syn.isn)
		on_same_isn(c, leg, seg);
	else
		on_other_isn(c, leg, seg);
}

/* ---- handshake ACK ---- */

/* Events 10 and 11: its own next number (or later, within what it was
 * granted), and no more acknowledged than it can have seen. */
static bool is_handshake_ack(const struct rdv_call *c, unsigned int leg,
			     const struct pkt_seg *seg)
{
	const struct pkt_entry *e = c->r->leg[leg];
	uint32_t own = rdv_leg(c, leg)->syn.isn + 1;
	uint32_t peer = rdv_leg(c, 1 - leg)->syn.isn + 1;

	return seg->ack - peer <= c->r->leg[1 - leg]->snd_end - peer &&
	       seg->seq - own <= e->max_end - own;
}

/* Event 4c, the other half: it holds the number of an attempt that is gone. */
static void on_stale_ack(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	rdv_rst(c, leg, seg->ack, seg->seq);
	rdv_unlatch(c, leg);
	rdv_settle(c);
	consume(c);
}

/* Section 2.2, step 4.  The ACK is not forwarded: the other client is still
 * in SYN-SENT, and its own ACK is what opens this one's window. */
static void on_probe_ack(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	struct pkt_seg bare = *seg;

	bare.seq = rdv_leg(c, leg)->syn.isn + 1;
	bare.payload_octets = 0;
	bare.flags = PKT_ACK;
	pkt_window_learn(c->r->leg[leg], c->r->leg[1 - leg], &bare);
	c->r->leg[leg]->last_seen_ms = (uint32_t)(c->now_us / RDV_MS);
	rdv_set_leg(c->r, leg, PKT_LEG_ACKED);
	pkt_synack_renew_ts(c->r, leg, &seg->opts);

	rdv_set_leg(c->r, 1 - leg, PKT_LEG_SENT);
	rdv_set_state(c->r, PKT_STATE_COMMIT);
	c->r->setup->deadline_us =
		c->now_us + (uint64_t)rdv_policy(c->r)->thalf_s * RDV_SECOND;
	rdv_send_synack(c, 1 - leg);
	consume(c);
}

static void open_session(struct rdv_call *c)
{
	uint64_t took = (c->now_us - c->r->setup->wait_from_us) / RDV_MS;
	unsigned int leg;

	if (!took)
		took = 1;
	if (took > PKT_ENTRY_EST_MAX)
		took = PKT_ENTRY_EST_MAX;
	for (leg = 0; leg < PKT_LEGS; leg++) {
		struct pkt_entry *e = rdv_entry(c, leg);

		e->flags |= PKT_ENTRY_OPEN;
		e->est_ms = took & PKT_ENTRY_EST_MAX;
		e->is_revived = false;
	}
	rdv_report(c, PKT_REPORT_OPEN, 0, PKT_CAUSE_NONE);
	c->out->is_setup_done = true;
	rdv_set_state(c->r, PKT_STATE_OPEN);
	rdv_open_follow(c);
}

static void complete(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (s->is_suspect)
		c->r->setup->grace_us = 0;
	s->is_suspect = false;
	s->resend_us = 0;
	rdv_set_leg(c->r, leg, PKT_LEG_ACKED);
}

/* Event 10 when both were told.  Payload against the mode is dropped, the
 * handshake is complete nevertheless. */
static void on_commit_ack(struct rdv_call *c, unsigned int leg,
			  const struct pkt_seg *seg)
{
	complete(c, leg);
	rdv_pass(c, leg, seg);
	if (has_acked(c->r, 1 - leg))
		open_session(c);
}

void rdv_setup_catch_up(struct rdv_call *c)
{
	unsigned int leg;

	if (pkt_rdv_state(c->r) != PKT_STATE_COMMIT)
		return;
	for (leg = 0; leg < PKT_LEGS; leg++)
		if (rdv_is(c->r, leg, PKT_LEG_SENT) &&
		    rdv_entry(c, leg)->fins & PKT_ACK_PASSED)
			complete(c, leg);
	if (!has_acked(c->r, 0) || !has_acked(c->r, 1))
		return;
	open_session(c);
	rdv_open_catch_up(c);
}

static void on_handshake(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	const struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (s->has_stale && seg->ack == s->stale_isn + 1 &&
	    seg->seq == s->syn.isn + 1) {
		on_stale_ack(c, leg, seg);
	} else if (!is_handshake_ack(c, leg, seg)) {
		rdv_drop(c, PKT_DROP_HANDSHAKE_ACK);
		rdv_resend_synack(c, leg, false);
	} else if (pkt_rdv_state(c->r) == PKT_STATE_PROBE) {
		on_probe_ack(c, leg, seg);
	} else {
		on_commit_ack(c, leg, seg);
	}
}

/* Event 12: the peer is still in SYN-SENT and ignores data, so it gets its
 * SYN-ACK once more in front. */
static void on_early_data(struct rdv_call *c, unsigned int leg,
			  const struct pkt_seg *seg)
{
	if (!rdv_pass(c, leg, seg))
		return;
	if (pkt_seg_end(seg) != seg->seq && !rdv_leg(c, 1 - leg)->is_suspect)
		rdv_resend_synack(c, 1 - leg, false);
}

static void on_ack(struct rdv_call *c, unsigned int leg,
		   const struct pkt_seg *seg)
{
	if (is_before_commit(pkt_rdv_leg_state(c->r, leg)))
		rdv_drop(c, PKT_DROP_EARLY); /* events 9 and 14 */
	else if (!rdv_is_latched(c, leg, seg))
		rdv_drop(c, PKT_DROP_SOURCE);
	else if (rdv_is(c->r, leg, PKT_LEG_SENT))
		on_handshake(c, leg, seg);
	else
		on_early_data(c, leg, seg);
}

/* ---- RST, event 13 ---- */

static void on_rst_sent(struct rdv_call *c, unsigned int leg,
			const struct pkt_seg *seg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (seg->seq != s->syn.isn + 1) {
		rdv_drop(c, PKT_DROP_RST_INEXACT);
		return;
	}
	consume(c);
	if (rdv_is_relay(c->r)) {
		rdv_rst_leg(c, 1 - leg);
		rdv_fail(c, PKT_CAUSE_RST);
		return;
	}
	if (pkt_rdv_state(c->r) == PKT_STATE_PROBE) { /* P8 */
		rdv_unlatch(c, leg);
		rdv_settle(c);
		return;
	}
	/* a renewed NAT mapping may still rescue it (C9) */
	s->is_suspect = true;
	s->resend_us = 0;
	if (!c->r->setup->grace_us)
		c->r->setup->grace_us =
			c->now_us +
			(uint64_t)rdv_policy(c->r)->tgrace_ms * RDV_MS;
}

static void on_rst_acked(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	switch (pkt_rst_check(c->r->leg[leg], c->r->leg[1 - leg], seg->seq)) {
	case PKT_RST_EXACT:
		rdv_rst_leg(c, 1 - leg);
		rdv_fail(c, PKT_CAUSE_RST);
		consume(c);
		return;
	case PKT_RST_NEAR:
		rdv_challenge(c, leg);
		break;
	case PKT_RST_FAR:
		break;
	}
	rdv_drop(c, PKT_DROP_RST_INEXACT);
}

static void on_rst(struct rdv_call *c, unsigned int leg,
		   const struct pkt_seg *seg)
{
	if (is_before_commit(pkt_rdv_leg_state(c->r, leg)))
		rdv_drop(c, PKT_DROP_EARLY); /* C8 */
	else if (!rdv_is_latched(c, leg, seg))
		rdv_drop(c, PKT_DROP_SOURCE);
	else if (rdv_is(c->r, leg, PKT_LEG_SENT))
		on_rst_sent(c, leg, seg);
	else
		on_rst_acked(c, leg, seg);
}

void rdv_setup_segment(struct rdv_call *c, unsigned int leg,
		       const struct pkt_seg *seg)
{
	if (rdv_is_called(c->r, leg))
		rdv_relay_server(c, leg, seg);
	else if (seg->flags & PKT_SYN)
		on_syn(c, leg, seg);
	else if (rdv_is(c->r, leg, PKT_LEG_CLOSED))
		rdv_drop(c, PKT_DROP_CLOSED);
	else if (seg->flags & PKT_RST)
		on_rst(c, leg, seg);
	else
		on_ack(c, leg, seg);
}

/* ---- time ---- */

static void rst_legs(struct rdv_call *c, bool is_acked_only)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		if (!c->r->leg[leg] || rdv_is(c->r, leg, PKT_LEG_CLOSED) ||
		    rdv_leg(c, leg)->is_suspect)
			continue;
		if (!is_acked_only || has_acked(c->r, leg))
			rdv_rst_leg(c, leg);
	}
}

/* Event 16: T_wait in WAIT, T_half later. */
static void on_deadline(struct rdv_call *c)
{
	enum pkt_state state = pkt_rdv_state(c->r);
	enum pkt_cause cause = PKT_CAUSE_TSA;

	if (state == PKT_STATE_WAIT || rdv_relay_is_unanswered(c->r))
		cause = PKT_CAUSE_TWAIT;
	if (state == PKT_STATE_COMMIT)
		rst_legs(c, true);
	else if (rdv_policy(c->r)->fast_fail)
		rst_legs(c, false);
	rdv_fail(c, cause);
}

static bool is_due(const struct rdv_call *c, uint64_t at_us)
{
	return at_us && at_us <= c->now_us;
}

void rdv_setup_tick(struct rdv_call *c)
{
	unsigned int leg;

	if (is_due(c, c->r->setup->grace_us)) {
		rst_legs(c, false);
		rdv_fail(c, PKT_CAUSE_RST);
		return;
	}
	if (is_due(c, c->r->setup->deadline_us)) {
		on_deadline(c);
		return;
	}
	for (leg = 0; leg < PKT_LEGS; leg++)
		if (rdv_is(c->r, leg, PKT_LEG_SENT) &&
		    is_due(c, rdv_leg(c, leg)->resend_us))
			rdv_timed_synack(c, leg);
}

static void sooner(uint64_t *next, uint64_t at_us)
{
	if (at_us && at_us < *next)
		*next = at_us;
}

uint64_t rdv_setup_next(const struct pkt_rdv *r)
{
	uint64_t next = UINT64_MAX;
	unsigned int leg;

	sooner(&next, r->setup->grace_us);
	sooner(&next, r->setup->deadline_us);
	for (leg = 0; leg < PKT_LEGS; leg++)
		if (rdv_is(r, leg, PKT_LEG_SENT))
			sooner(&next, r->setup->leg[leg].resend_us);
	return next;
}
