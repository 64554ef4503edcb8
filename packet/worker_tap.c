/*
 * packet/worker_tap.c - records of traced rendezvous; see tap.h
 *
 * The level of each rendezvous lies in a table of octets whose pages nobody
 * touches until something is traced, and so does the ring.
 */
#include <string.h>

#include "packet/family.h"
#include "packet/pages.h"
#include "packet/worker_priv.h"

int worker_tap_init(struct pkt_worker *w)
{
	w->tapped = pkt_pages_new(w->cfg.max_rendezvous, 1);
	w->taps = pkt_ring_new(PKT_TAP_RECORDS, sizeof(struct pkt_tapped));
	return w->tapped && w->taps ? 0 : -1;
}

void worker_tap_fini(struct pkt_worker *w)
{
	pkt_pages_free(w->tapped, w->cfg.max_rendezvous, 1);
	pkt_ring_free(w->taps);
}

void worker_tap_set(struct pkt_worker *w, uint32_t rdv, uint8_t level)
{
	if (!w->n_tapped && !level)
		return;
	w->n_tapped += !!level;
	w->n_tapped -= !!w->tapped[rdv];
	w->tapped[rdv] = level;
}

static struct pkt_tapped record_of(struct pkt_worker *w, uint32_t rdv,
				   unsigned int leg, enum pkt_tap_what what)
{
	const struct worker_rdv *r = &w->rdvs[rdv];

	return (struct pkt_tapped) {
		.gate = { r->slot[leg], r->gen[leg] },
		.at_us = w->now_us,
		.what = what,
		.level = w->tapped[rdv],
		.realm = r->realm[leg],
		.drop = PKT_DROP_NONE,
	};
}

/* All pieces of a packet, or none. */
static void push(struct pkt_worker *w, struct pkt_tapped *t, const uint8_t *pkt)
{
	uint32_t pieces = (t->kept + PKT_TAP_PIECE - 1) / PKT_TAP_PIECE;

	if (pkt_ring_room(w->taps) < pieces) {
		worker_count(&w->tap_lost, 1);
		return;
	}
	for (uint32_t at = 0; at < t->kept; at += t->n) {
		uint32_t left = t->kept - at;

		t->n = left < PKT_TAP_PIECE ? (uint16_t)left : PKT_TAP_PIECE;
		t->is_more = left > t->n;
		memcpy(t->octet, pkt + at, t->n);
		(void)pkt_ring_push(w->taps, t);
	}
	w->has_pushed = true;
}

/* Where the payload begins of the frame at hand, which came as seg and may be of
 * the other family now.  Its end may be padding, so it does not tell. */
static uint32_t headers_of(const struct pkt_worker *w,
			   const struct pkt_seg *seg)
{
	bool was_v6 = seg->family == AF_INET6;
	bool is_v6 = w->frame.at[0] >> 4 == 6;

	if (is_v6 == was_v6)
		return seg->payload_off;
	return pkt_other_header(was_v6) + seg->payload_off - seg->l4_off;
}

static void push_frame(struct pkt_worker *w, uint32_t rdv, struct pkt_tapped *t,
		       const struct pkt_seg *seg)
{
	uint32_t headers = headers_of(w, seg);

	t->octets = (uint32_t)w->frame.n;
	t->kept = t->octets;
	if (w->tapped[rdv] == PKT_TAP_HEADERS && headers < t->octets)
		t->kept = headers;
	push(w, t, w->frame.at);
}

void worker_tap_before(struct pkt_worker *w, const struct pkt_rdv *view,
		       unsigned int leg)
{
	w->tap_state = (uint8_t)pkt_rdv_state(view);
	w->tap_leg_state = (uint8_t)pkt_rdv_leg_state(view, leg);
}

void worker_tap_came(struct pkt_worker *w, uint32_t rdv,
		     const struct pkt_rdv *view, unsigned int leg,
		     const struct pkt_seg *seg, const struct pkt_out *out)
{
	struct pkt_tapped t = record_of(w, rdv, leg, PKT_TAP_CAME);

	t.flags = seg->flags;
	t.act = (uint8_t)out->act;
	if (out->act == PKT_ACT_DROP)
		t.drop = (uint8_t)out->drop;
	t.before = w->tap_state;
	t.leg_before = w->tap_leg_state;
	t.after = (uint8_t)pkt_rdv_state(view);
	t.leg_after = (uint8_t)pkt_rdv_leg_state(view, leg);
	for (unsigned int i = 0; i < out->n_reports; i++) {
		t.reports |= (uint8_t)(1u << out->report[i].type);
		if (out->report[i].cause)
			t.cause = out->report[i].cause;
	}
	push_frame(w, rdv, &t, seg);
}

void worker_tap_left(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		     const struct pkt_seg *seg, enum pkt_drop drop)
{
	struct pkt_tapped t = record_of(w, rdv, leg, PKT_TAP_LEFT);

	t.flags = seg->flags;
	t.drop = (uint8_t)drop;
	push_frame(w, rdv, &t, seg);
}

/* Segments of our own have no payload.  What an ICMP error quotes may have: it
 * ends behind the TCP header without its options. */
static uint32_t kept_of(enum pkt_tap_what what, const uint8_t *pkt, size_t n)
{
	uint32_t most = pkt[0] >> 4 == 4 ? 20 + 8 + 20 + 20 : 40 + 8 + 40 + 20;

	return what == PKT_TAP_OWN || n < most ? (uint32_t)n : most;
}

void worker_tap_packet(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		       enum pkt_tap_what what, uint8_t flags,
		       enum pkt_drop drop, const uint8_t *pkt, size_t n)
{
	struct pkt_tapped t = record_of(w, rdv, leg, what);

	t.flags = flags;
	t.drop = (uint8_t)drop;
	t.octets = (uint32_t)n;
	t.kept = w->tapped[rdv] == PKT_TAP_HEADERS ? kept_of(what, pkt, n) :
						     t.octets;
	push(w, &t, pkt);
}

bool pkt_worker_next_tap(struct pkt_worker *w, struct pkt_tapped *out)
{
	return pkt_ring_pop(w->taps, out);
}
