/*
 * packet/worker_evt.c - events and snapshots
 *
 * An event that finds the ring full, or others that wait, becomes a sticky
 * mark and leaves later with its first time stamp.  A command is only
 * executed when nothing waits, so the marks never outlive their gate.
 */
#include <assert.h>
#include <string.h>

#include "packet/window.h"
#include "packet/worker_priv.h"

static uint32_t ms_until(uint64_t then_us, uint64_t now_us)
{
	return then_us > now_us ? (uint32_t)((then_us - now_us) / 1000) : 0;
}

static struct worker_sent *sent_of(struct pkt_worker *w, uint32_t rdv,
				   unsigned int leg)
{
	return &w->sent[pkt_place(rdv, leg)];
}

void worker_unsent(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		   const struct pkt_seg *seg)
{
	struct worker_sent *sent = sent_of(w, rdv, leg);

	sent->octets -= seg->payload_octets;
	sent->packets -= pkt_pieces(seg->payload_octets, seg->gso_octets);
}

void worker_sent_begin(struct pkt_worker *w, uint32_t rdv, unsigned int leg)
{
	struct worker_sent *sent = sent_of(w, rdv, leg);

	if (sent->octets || sent->packets)
		*sent = (struct worker_sent) { 0, 0 };
}

void worker_sent_keep(struct pkt_worker *w, uint32_t rdv, unsigned int leg)
{
	const struct pkt_entry *e = worker_entry(w, rdv, leg);
	struct worker_sent *sent = sent_of(w, rdv, 1 - leg);

	if (!e->rx_packets)
		return;
	sent->octets += e->rx_octets;
	sent->packets += e->rx_packets;
}

static void count_passed(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
			 const struct pkt_rdv *r, struct pkt_gate_stat *out)
{
	const struct worker_sent *sent = sent_of(w, rdv, leg);
	const struct pkt_entry *peer = r->leg[1 - leg];

	out->rx_octets = r->leg[leg]->rx_octets;
	out->rx_packets = r->leg[leg]->rx_packets;
	out->tx_octets = sent->octets + (peer ? peer->rx_octets : 0);
	out->tx_packets = sent->packets + (peer ? peer->rx_packets : 0);
}

/* What was dropped and not by the worker was beyond the rate (bpf/limit.h): when,
 * nobody knows, so it is the last reason. */
static void stat_drops(const struct pkt_worker *w, uint32_t rdv,
		       unsigned int leg, struct pkt_gate_stat *out)
{
	const struct worker_whys *whys = &w->whys[pkt_place(rdv, leg)];
	const uint8_t mark = PKT_DROP_POLICED + 1;
	unsigned int n = 0;

	out->drops = __atomic_load_n(&worker_entry(w, rdv, leg)->drops,
				     __ATOMIC_RELAXED);
	if (!out->drops)
		return;
	memcpy(out->why, whys->why, PKT_WHYS);
	while (n < PKT_WHYS - 1 && out->why[n] && out->why[n] != mark)
		n++;
	if (out->drops != whys->counted)
		out->why[n] = mark;
}

void worker_stat(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		 struct pkt_gate_stat *out)
{
	const struct pkt_rdv r = worker_view(w, rdv);
	const struct pkt_entry *e = r.leg[leg];

	memset(out, 0, sizeof(*out));
	out->remote = e->remote;
	out->remote_port = ntohs(e->remote_port_be);
	count_passed(w, rdv, leg, &r, out);
	stat_drops(w, rdv, leg, out);
	out->syns = e->syns;
	out->synacks = e->synacks;
	out->relatches = e->relatches;
	out->est_ms = e->est_ms;
	out->mss = e->mss;
	out->opts = e->opts;
	out->is_dirty = e->is_dirty;
	out->state = (uint8_t)pkt_rdv_state(&r);
	out->leg_state = (uint8_t)pkt_rdv_leg_state(&r, leg);
	if (r.setup && out->state == PKT_STATE_WAIT)
		out->wait_left_ms = ms_until(r.setup->deadline_us, w->now_us);
	if (e->last_seen_ms)
		out->idle_ms = pkt_since_ms(e->last_seen_ms,
					    (uint32_t)(w->now_us / 1000));
}

void worker_whys_begin(struct pkt_worker *w, uint32_t rdv, unsigned int leg)
{
	struct worker_whys *whys = &w->whys[pkt_place(rdv, leg)];

	if (whys->counted)
		*whys = (struct worker_whys) { .counted = 0 };
}

void worker_why(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		enum pkt_drop why)
{
	struct worker_whys *whys = &w->whys[pkt_place(rdv, leg)];
	uint8_t *list = whys->why, mark = (uint8_t)(why + 1);
	unsigned int n = 0;

	whys->counted++;
	while (n < PKT_WHYS - 1 && list[n] && list[n] != mark)
		n++;
	memmove(list + 1, list, n);
	list[0] = mark;
}

void worker_drop(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		 enum pkt_drop why)
{
	worker_count(&w->drop[why], 1);
	worker_why(w, rdv, leg, why);
}

static struct pkt_evt new_event(struct pkt_worker *w, uint32_t rdv,
				unsigned int leg, uint8_t type)
{
	const struct worker_rdv *r = &w->rdvs[rdv];
	struct pkt_evt evt = {
		.type = type,
		.gate = { r->slot[leg], r->gen[leg] },
		.at_us = w->now_us,
	};

	worker_stat(w, rdv, leg, &evt.stat);
	return evt;
}

static bool push(struct pkt_worker *w, const struct pkt_evt *evt)
{
	if (!pkt_ring_push(w->cfg.evts, evt))
		return false;
	w->has_pushed = true;
	return true;
}

static void mark(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		 const struct pkt_evt *evt)
{
	uint32_t i = (rdv * PKT_LEGS + leg) * PKT_STICKY_TYPES + evt->type -
		     PKT_EVT_SYN;
	struct sticky *s = &w->sticky[i];

	worker_count(&w->evt_ring_full, 1);
	s->cause = evt->cause;
	s->is_far = evt->is_far;
	if (s->is_set)
		return;
	s->is_set = true;
	s->at_us = evt->at_us;
	s->next = 0;
	if (w->sticky_last)
		w->sticky[w->sticky_last - 1].next = i + 1;
	else
		w->sticky_first = i + 1;
	w->sticky_last = i + 1;
}

void worker_flush_sticky(struct pkt_worker *w)
{
	while (w->sticky_first) {
		uint32_t i = w->sticky_first - 1;
		struct sticky *s = &w->sticky[i];
		uint32_t leg = i / PKT_STICKY_TYPES % PKT_LEGS;
		struct pkt_evt evt;

		evt = new_event(w, i / PKT_STICKY_TYPES / PKT_LEGS, leg,
				(uint8_t)(PKT_EVT_SYN + i % PKT_STICKY_TYPES));
		evt.cause = s->cause;
		evt.is_far = s->is_far;
		evt.at_us = s->at_us;
		if (!push(w, &evt))
			return;
		s->is_set = false;
		w->sticky_first = s->next;
		if (!w->sticky_first)
			w->sticky_last = 0;
	}
}

bool worker_has_room(struct pkt_worker *w, uint32_t n)
{
	return !w->sticky_first && pkt_ring_room(w->cfg.evts) >= n;
}

static const uint8_t event_of[] = {
	[PKT_REPORT_SYN] = PKT_EVT_SYN,
	[PKT_REPORT_OPEN] = PKT_EVT_OPEN,
	[PKT_REPORT_FAIL] = PKT_EVT_FAIL,
	[PKT_REPORT_CLOSED] = PKT_EVT_CLOSED,
	[PKT_REPORT_QUIET] = PKT_EVT_QUIET,
};

static bool is_for_one(const struct pkt_report *report)
{
	return report->type == PKT_REPORT_SYN ||
	       report->type == PKT_REPORT_QUIET;
}

void worker_report(struct pkt_worker *w, uint32_t rdv,
		   const struct pkt_report *report)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		struct pkt_evt evt;

		if (!w->rdvs[rdv].gen[leg])
			continue;
		if (is_for_one(report) && report->leg != leg)
			continue;
		evt = new_event(w, rdv, leg, event_of[report->type]);
		evt.cause = report->cause;
		evt.is_far =
			report->type == PKT_REPORT_CLOSED && report->leg != leg;
		if (w->sticky_first || !push(w, &evt))
			mark(w, rdv, leg, &evt);
	}
}

void worker_done(struct pkt_worker *w, const struct pkt_cmd *cmd,
		 const struct pkt_gate_stat *stat)
{
	struct pkt_evt evt = {
		.type = PKT_EVT_DONE,
		.cmd = cmd->type,
		.gate = cmd->gate,
		.token = cmd->token,
		.at_us = w->now_us,
		.stat = *stat,
	};
	bool is_pushed = push(w, &evt);

	assert(is_pushed); /* worker_has_room() was asked */
	(void)is_pushed;
}
