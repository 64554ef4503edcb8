/*
 * packet/rdv_pair.c - two SYNs become a pair: what both clients are told
 *
 * Sections 2.2 and 3 of rendezvous.md: who is told first, what is frozen for
 * the attempt, and when a SYN-ACK goes out again.
 */
#include "packet/rdv_int.h"

#include <arpa/inet.h>

#include "packet/synack.h"
#include "packet/translate_pkt.h"

enum { RESENDS = 3 };

/* Resends by timer 1, 2 and 4 seconds after the first: the gaps. */
static const uint32_t gap_us[RESENDS] = { RDV_SECOND, RDV_SECOND,
					  2 * RDV_SECOND };

/* ---- what is sent ---- */

void rdv_send_synack(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (!s->synack_us)
		s->resend_us = c->now_us + gap_us[0];
	s->synack_us = c->now_us;
	if (c->r->leg[leg]->synacks < PKT_ENTRY_SYNACKS_MAX)
		c->r->leg[leg]->synacks++;
	pkt_synack_fill(c->r, leg, rdv_emit(c, leg, 0));
}

void rdv_resend_synack(struct rdv_call *c, unsigned int leg, bool is_owed)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);
	uint64_t free_us = s->synack_us + RDV_SPACING_US;

	if (!s->synack_us || c->now_us >= free_us)
		rdv_send_synack(c, leg);
	else if (is_owed && (!s->resend_us || s->resend_us > free_us))
		s->resend_us = free_us;
}

void rdv_timed_synack(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (s->resends < RESENDS)
		s->resends++;
	s->resend_us =
		s->resends < RESENDS ? c->now_us + gap_us[s->resends] : 0;
	rdv_resend_synack(c, leg, false);
}

/* ---- pairing ---- */

static void load_rewrite(struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_leg_cfg *own = &r->setup->leg[leg].cfg;
	const struct pkt_leg_cfg *peer = &r->setup->leg[1 - leg].cfg;
	struct pkt_local at = { own->local, htons(own->local_port) };
	struct pkt_local from = { peer->local, htons(peer->local_port) };
	struct pkt_local to = { r->leg[1 - leg]->remote,
				r->leg[1 - leg]->remote_port_be };

	pkt_translate_set(r->leg[leg], &at, &from, &to);
}

void rdv_load_rewrites(struct pkt_rdv *r)
{
	load_rewrite(r, 0);
	load_rewrite(r, 1);
}

/* The window of a SYN is not scaled. */
static uint16_t scaled_up(uint16_t window, unsigned int wscale)
{
	uint32_t unit = 1u << wscale;

	return window ? (uint16_t)((window + unit - 1) >> wscale) : 1;
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
	e->wscale = r->setup->frozen[leg].has_ws ? own->opts.ws & 0xf : 0;
	e->max_win = scaled_up(own->window, e->wscale);
	e->fin_end = 0;
	e->fins = 0;
}

void rdv_load_windows(struct pkt_rdv *r)
{
	load_window(r, 0);
	load_window(r, 1);
}

/* Compute, once for the attempt, all that both sides will be told. */
static void agree(struct rdv_call *c)
{
	pkt_synack_agree(c->r, c->now_us);
	c->r->setup->is_frozen = true;
	rdv_load_rewrites(c->r);
	rdv_load_windows(c->r);
}

static bool is_fresh(const struct rdv_call *c, unsigned int leg)
{
	uint64_t limit = (uint64_t)rdv_policy(c->r)->tfresh_ms * RDV_MS;

	return c->now_us - rdv_leg(c, leg)->syn.latest_us < limit;
}

static bool is_open_policy(const struct rdv_call *c, unsigned int leg)
{
	return rdv_leg(c, leg)->cfg.from.prefix_len == 0;
}

/* Decision 16: a client that may be anyone proves itself first. */
static bool has_to_prove(const struct rdv_call *c, unsigned int leg)
{
	return is_open_policy(c, leg) || rdv_is_disputed(c, leg);
}

static bool is_parallel(const struct rdv_call *c)
{
	if (has_to_prove(c, 0) || has_to_prove(c, 1))
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
	if (rdv_is_disputed(c, 0) != rdv_is_disputed(c, 1))
		return rdv_is_disputed(c, 1);
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
		c->now_us + (uint64_t)rdv_policy(c->r)->thalf_s * RDV_SECOND;
	rdv_send_synack(c, 1 - older);
	rdv_send_synack(c, older);
}

/* D5: nothing is promised to the other one yet, so T_wait still counts. */
static void set_probe_deadline(struct rdv_call *c)
{
	const struct pkt_rdv_cfg *p = rdv_policy(c->r);
	struct pkt_setup *s = c->r->setup;
	uint64_t half = c->now_us + (uint64_t)p->thalf_s * RDV_SECOND;
	uint64_t wait = s->wait_from_us + (uint64_t)p->twait_s * RDV_SECOND;

	s->deadline_us = half > wait ? half : wait;
}

void rdv_probe(struct rdv_call *c, unsigned int leg)
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
	rdv_send_synack(c, leg);
}

/* Decision 17: held in any mode, committed only when both are SendReceive. */
static bool is_ready(const struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_leg_cfg *cfg;

	if (!r->leg[leg] || !rdv_is(r, leg, PKT_LEG_SYN))
		return false;
	cfg = &r->setup->leg[leg].cfg;
	return cfg->mode == (PKT_MODE_RX | PKT_MODE_TX) && cfg->is_armed &&
	       cfg->role == PKT_ROLE_MERGE;
}

void rdv_try_pair(struct rdv_call *c)
{
	if (rdv_is_relay(c->r)) {
		rdv_relay_try(c);
		return;
	}
	if (!is_ready(c->r, 0) || !is_ready(c->r, 1))
		return;
	if (is_parallel(c))
		commit_parallel(c);
	else
		rdv_probe(c, first_to_prove(c));
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
		s->deadline_us = first + (uint64_t)rdv_policy(c->r)->twait_s *
						 RDV_SECOND;
		rdv_set_state(c->r, PKT_STATE_WAIT);
	} else if (is_armed) {
		rdv_set_state(c->r, PKT_STATE_ARMED);
	} else {
		rdv_silence(c);
	}
}
