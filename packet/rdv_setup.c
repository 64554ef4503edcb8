/*
 * packet/rdv_setup.c - from the first SYN until both handshakes are complete
 *
 * States ARMED, WAIT, PROBE and COMMIT of tcp-rendezvous 2.1; the numbers of
 * events are those of its table 2.3.  A client hears nothing before there is
 * a SYN of the other one, and no SYN-ACK that is not made of it.
 */
#include "packet/rdv_int.h"

#include <arpa/inet.h>

#include "packet/synack.h"
#include "packet/translate_pkt.h"
#include "packet/validate.h"

enum {
	MS = 1000, /* in microseconds */
	SECOND = 1000 * MS,
	RESENDS = 3,
};

/* Resends by timer 1, 2 and 4 seconds after the first: the gaps. */
static const uint32_t gap_us[RESENDS] = { SECOND, SECOND, 2 * SECOND };

static bool is_before_commit(enum pkt_leg_state s)
{
	return s == PKT_LEG_IDLE || s == PKT_LEG_SYN;
}

static bool has_acked(const struct pkt_rdv *r, unsigned int leg)
{
	return pkt_rdv_leg_state(r, leg) >= PKT_LEG_ACKED;
}

static void consume(struct rdv_call *c)
{
	c->out->act = PKT_ACT_CONSUME;
}

static void fail(struct rdv_call *c, enum pkt_cause cause)
{
	rdv_report(c, PKT_REPORT_FAIL, 0, cause);
	rdv_silence(c);
}

/* ---- what is sent ---- */

static void send_synack(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (!s->synack_us)
		s->resend_us = c->now_us + gap_us[0];
	s->synack_us = c->now_us;
	c->r->cold[leg]->synacks++;
	pkt_synack_fill(c->r, leg, rdv_emit(c, leg, 0));
}

/* Again, but not within the spacing; a client that has moved gets it as soon
 * as that is over. */
static void resend_synack(struct rdv_call *c, unsigned int leg, bool has_moved)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);
	uint64_t free_us = s->synack_us + RDV_SPACING_US;

	if (!s->synack_us || c->now_us >= free_us)
		send_synack(c, leg);
	else if (has_moved && (!s->resend_us || s->resend_us > free_us))
		s->resend_us = free_us;
}

/* ---- pairing ---- */

static void load_rewrite(struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_leg_cfg *own = &r->cold[leg]->cfg;
	const struct pkt_leg_cfg *peer = &r->cold[1 - leg]->cfg;
	struct pkt_local at = { own->local, htons(own->local_port) };
	struct pkt_local from = { peer->local, htons(peer->local_port) };
	struct pkt_local to = { r->leg[1 - leg]->remote,
				r->leg[1 - leg]->remote_port_be };

	pkt_translate_set(r->leg[leg], &at, &from, &to);
}

static void load_rewrites(struct pkt_rdv *r)
{
	load_rewrite(r, 0);
	load_rewrite(r, 1);
}

/* What the window rules start from (section 8): both SYNs, and the window
 * that this client is told. */
static void load_window(struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_syn *own = &r->setup->leg[leg].syn;
	struct pkt_entry *e = r->leg[leg];
	uint16_t told = pkt_synack_window(r, leg);

	e->snd_end = own->isn + 1;
	e->last_ack = r->setup->leg[1 - leg].syn.isn + 1;
	e->max_end = e->snd_end + (told ? told : 1);
	e->max_win = own->window ? own->window : 1;
	e->window = own->window;
	e->wscale = r->setup->frozen[leg].has_ws ? own->opts.ws : 0;
	e->fin_end = 0;
}

/* Compute, once for the attempt, all that both sides will be told. */
static void agree(struct rdv_call *c)
{
	unsigned int leg;

	pkt_synack_agree(c->r, c->now_us);
	c->r->setup->is_frozen = true;
	load_rewrites(c->r);
	for (leg = 0; leg < PKT_LEGS; leg++)
		load_window(c->r, leg);
}

static bool is_fresh(const struct rdv_call *c, unsigned int leg)
{
	uint64_t limit = (uint64_t)rdv_policy(c->r)->tfresh_ms * MS;

	return c->now_us - rdv_leg(c, leg)->syn.latest_us < limit;
}

static bool is_open_policy(const struct rdv_call *c, unsigned int leg)
{
	return c->r->cold[leg]->cfg.from.prefix_len == 0;
}

/* Decision 16: a client that may be anyone proves itself first. */
static bool is_parallel(const struct rdv_call *c)
{
	if (is_open_policy(c, 0) || is_open_policy(c, 1))
		return false;
	switch (rdv_policy(c->r)->commit) {
	case PKT_COMMIT_PARALLEL:
		return true;
	case PKT_COMMIT_WAITING:
		return false;
	}
	return is_fresh(c, 0) && is_fresh(c, 1);
}

static unsigned int older_leg(const struct rdv_call *c)
{
	return rdv_leg(c, 1)->syn.first_us < rdv_leg(c, 0)->syn.first_us;
}

static unsigned int first_to_prove(const struct rdv_call *c)
{
	if (is_open_policy(c, 0) != is_open_policy(c, 1))
		return is_open_policy(c, 1);
	return older_leg(c);
}

static void commit_parallel(struct rdv_call *c)
{
	unsigned int older = older_leg(c), i;

	agree(c);
	for (i = 0; i < PKT_LEGS; i++)
		rdv_set_leg(c->r, i, PKT_LEG_SENT);
	rdv_set_state(c->r, PKT_STATE_COMMIT);
	c->r->setup->deadline_us =
		c->now_us + (uint64_t)rdv_policy(c->r)->thalf_s * SECOND;
	send_synack(c, 1 - older);
	send_synack(c, older);
}

/* D5: nothing is promised to the other one yet, so T_wait still counts. */
static void set_probe_deadline(struct rdv_call *c)
{
	const struct pkt_rdv_cfg *p = rdv_policy(c->r);
	struct pkt_setup *s = c->r->setup;
	uint64_t half = c->now_us + (uint64_t)p->thalf_s * SECOND;
	uint64_t wait = s->wait_from_us + (uint64_t)p->twait_s * SECOND;

	s->deadline_us = half > wait ? half : wait;
}

/* A SYN-ACK with window 0 (D6); its ACK decides. */
static void probe(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (pkt_rdv_state(c->r) != PKT_STATE_PROBE)
		set_probe_deadline(c);
	c->r->setup->grace_us = 0;
	s->is_probed_zero = true;
	s->is_suspect = false;
	s->resends = 0;
	s->synack_us = 0;
	agree(c);
	rdv_set_leg(c->r, leg, PKT_LEG_SENT);
	rdv_set_state(c->r, PKT_STATE_PROBE);
	send_synack(c, leg);
}

/* Decision 17: held in any mode, committed only when both are SendReceive. */
static bool is_ready(const struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_leg_cfg *cfg;

	if (!r->leg[leg] || !rdv_is(r, leg, PKT_LEG_SYN))
		return false;
	cfg = &r->cold[leg]->cfg;
	return cfg->mode == (PKT_MODE_RX | PKT_MODE_TX) && cfg->is_armed &&
	       cfg->role == PKT_ROLE_MERGE;
}

void rdv_try_pair(struct rdv_call *c)
{
	if (!is_ready(c->r, 0) || !is_ready(c->r, 1))
		return;
	if (is_parallel(c))
		commit_parallel(c);
	else
		probe(c, first_to_prove(c));
}

void rdv_settle(struct rdv_call *c)
{
	struct pkt_setup *s = c->r->setup;
	uint64_t first = UINT64_MAX;
	bool is_armed = false;
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		if (!c->r->leg[leg])
			continue;
		is_armed |= rdv_is(c->r, leg, PKT_LEG_IDLE);
		if (rdv_is(c->r, leg, PKT_LEG_SYN) &&
		    s->leg[leg].syn.first_us < first)
			first = s->leg[leg].syn.first_us;
	}
	s->grace_us = 0;
	s->is_frozen = false;
	s->wait_from_us = first != UINT64_MAX ? first : 0;
	s->deadline_us = 0;
	if (first != UINT64_MAX) {
		s->deadline_us =
			first + (uint64_t)rdv_policy(c->r)->twait_s * SECOND;
		rdv_set_state(c->r, PKT_STATE_WAIT);
	} else if (is_armed) {
		rdv_set_state(c->r, PKT_STATE_ARMED);
	} else {
		rdv_silence(c);
	}
}

/* ---- SYN ---- */

/* O20: a client that signs its segments can never be served.  Only a source
 * the controller named exactly is believed enough to end the wait. */
static void on_refused(struct rdv_call *c, unsigned int leg,
		       const struct pkt_seg *seg, enum pkt_drop why)
{
	if (why == PKT_DROP_SYN_OPTION && seg->opts.has_auth &&
	    rdv_is(c->r, leg, PKT_LEG_IDLE) &&
	    c->r->cold[leg]->cfg.from.prefix_len == 128)
		fail(c, PKT_CAUSE_POLICY);
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
	fail(c, PKT_CAUSE_RESTART);
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
	probe(c, told);
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
	if (has_moved)
		load_rewrites(c->r);
	resend_synack(c, leg, has_moved);
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
		c->r->cold[leg]->relatches++;
	}
	rdv_refresh_syn(c, leg, seg);
	consume(c);
	if (c->r->setup->is_frozen && pkt_synack_lacks(c->r, leg, &seg->opts))
		on_lesser_offer(c, leg);
	else if (rdv_is(c->r, leg, PKT_LEG_SENT))
		on_syn_again_sent(c, leg, has_moved);
	else if (pkt_rdv_state(c->r) == PKT_STATE_PROBE)
		load_rewrites(c->r);
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
	probe(c, 1 - leg);
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
		c->r->cold[leg]->relatches++;
	if (rdv_is(c->r, 1 - leg, PKT_LEG_SENT)) {
		on_isn_behind_probe(c, leg, seg);
		return;
	}
	rdv_take_syn(c, leg, seg);
	if (is_sent) /* 4a */
		probe(c, leg);
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
	c->r->leg[leg]->last_seen_ms = (uint32_t)(c->now_us / MS);
	rdv_set_leg(c->r, leg, PKT_LEG_ACKED);
	pkt_synack_renew_ts(c->r, leg, &seg->opts);

	rdv_set_leg(c->r, 1 - leg, PKT_LEG_SENT);
	rdv_set_state(c->r, PKT_STATE_COMMIT);
	c->r->setup->deadline_us =
		c->now_us + (uint64_t)rdv_policy(c->r)->thalf_s * SECOND;
	send_synack(c, 1 - leg);
	consume(c);
}

static void open_session(struct rdv_call *c)
{
	uint64_t took = c->now_us - c->r->setup->wait_from_us;
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		c->r->leg[leg]->flags |= PKT_ENTRY_OPEN;
		c->r->cold[leg]->est_ms = (uint32_t)(took / MS);
		if (!c->r->cold[leg]->est_ms)
			c->r->cold[leg]->est_ms = 1;
	}
	rdv_report(c, PKT_REPORT_OPEN, 0, PKT_CAUSE_NONE);
	c->out->is_setup_done = true;
	rdv_set_state(c->r, PKT_STATE_OPEN);
	rdv_open_follow(c);
}

/* Event 10 when both were told.  Payload against the mode is dropped, the
 * handshake is complete nevertheless. */
static void on_commit_ack(struct rdv_call *c, unsigned int leg,
			  const struct pkt_seg *seg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (s->is_suspect)
		c->r->setup->grace_us = 0;
	s->is_suspect = false;
	s->resend_us = 0;
	rdv_set_leg(c->r, leg, PKT_LEG_ACKED);
	rdv_pass(c, leg, seg);
	if (has_acked(c->r, 1 - leg))
		open_session(c);
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
		resend_synack(c, leg, false);
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
		resend_synack(c, 1 - leg, false);
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
			c->now_us + (uint64_t)rdv_policy(c->r)->tgrace_ms * MS;
}

static void on_rst_acked(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	switch (pkt_rst_check(c->r->leg[leg], c->r->leg[1 - leg], seg->seq)) {
	case PKT_RST_EXACT:
		rdv_rst_leg(c, 1 - leg);
		fail(c, PKT_CAUSE_RST);
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
	if (seg->flags & PKT_SYN)
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
		if (!c->r->leg[leg] || rdv_leg(c, leg)->is_suspect)
			continue;
		if (!is_acked_only || has_acked(c->r, leg))
			rdv_rst_leg(c, leg);
	}
}

/* Event 16: T_wait in WAIT, T_half later. */
static void on_deadline(struct rdv_call *c)
{
	enum pkt_state state = pkt_rdv_state(c->r);

	if (state == PKT_STATE_COMMIT)
		rst_legs(c, true);
	else if (rdv_policy(c->r)->fast_fail)
		rst_legs(c, false);
	fail(c, state == PKT_STATE_WAIT ? PKT_CAUSE_TWAIT : PKT_CAUSE_TSA);
}

static void on_resend(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (s->resends < RESENDS)
		s->resends++;
	s->resend_us =
		s->resends < RESENDS ? c->now_us + gap_us[s->resends] : 0;
	resend_synack(c, leg, false);
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
		fail(c, PKT_CAUSE_RST);
		return;
	}
	if (is_due(c, c->r->setup->deadline_us)) {
		on_deadline(c);
		return;
	}
	for (leg = 0; leg < PKT_LEGS; leg++)
		if (rdv_is(c->r, leg, PKT_LEG_SENT) &&
		    is_due(c, rdv_leg(c, leg)->resend_us))
			on_resend(c, leg);
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
