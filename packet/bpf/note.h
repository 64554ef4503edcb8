/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/note.h - what a segment that passes leaves behind
 *
 * In the entries, as the worker would have noted it; and what the worker is
 * told, once each.
 */
#pragma once

#include "packet/bpf/gate.h"

/* False: there is no room, and the worker knows: what is missed is counted while
 * there is something in the ring still, and it looks at the count when it has
 * read that.  The port of either gate says which worker it is: both are of one
 * class. */
static __always_inline bool hint(const struct pkt_entry *in, uint32_t place)
{
	uint32_t n = realms.n_workers, worker;
	struct fast_missed *m;
	void *ring;

	worker = n ? pkt_steer_worker(bpf_ntohs(in->out_sport_be), n) : 0;
	ring = bpf_map_lookup_elem(&hints, &worker);
	if (!ring)
		return false;
	if (!bpf_ringbuf_output(ring, &place, sizeof(place), 0))
		return true;
	m = bpf_map_lookup_elem(&missed, &worker);
	if (m)
		__sync_fetch_and_add(&m->n, 1);
	/* It may have been read empty in between: then it is to be woken. */
	return !bpf_ringbuf_output(ring, &place, sizeof(place), 0);
}

/* Each is told once.  When there is no room the worker looks at all sessions;
 * and the next segment tries again. */
static __always_inline void tell(struct pkt_entry *in, uint32_t place,
				 uint8_t what)
{
	if (hint(in, place))
		in->fins |= what;
}

/* Both FINs have passed, then both are acknowledged. */
static __always_inline void
tell_fins(struct pkt_entry *in, const struct pkt_entry *out, uint32_t place)
{
	bool is_over = pkt_fin_is_acked(in, out) && pkt_fin_is_acked(out, in);
	uint8_t what = is_over ? PKT_FINS_TOLD_OVER : PKT_FINS_TOLD_BOTH;

	if (!((in->fins | out->fins) & (what | PKT_FINS_TOLD_OVER)))
		tell(in, place, what);
}

/* In COMMIT.  Of two processors that note the two ACKs at once, one at least
 * sees both. */
static __always_inline void
note_ack(struct pkt_entry *in, const struct pkt_entry *out, uint32_t place)
{
	if (!pkt_has_acked(in)) {
		in->fins |= PKT_ACK_PASSED;
		(void)__sync_val_compare_and_swap(&in->fin_end, 0, 0);
	}
	if (pkt_has_acked(out) && !((in->fins | out->fins) & PKT_ACK_TOLD))
		tell(in, place, PKT_ACK_TOLD);
}

/* It passes: what the worker would have noted. */
static __always_inline void note(const struct gate *g, const struct segment *s,
				 uint32_t place)
{
	struct pkt_entry *in = g->in, *out = g->out;

	limit_pay(&g->toll);
	if (in->last_seen_ms != g->now_ms)
		in->last_seen_ms = g->now_ms;
	pkt_count_passed(in, s->octets - s->headers, g->packets);
	if (!g->is_current)
		return;
	pkt_window_raise(in, out, &s->n);
	if (s->flags & SEG_FIN)
		pkt_fin_note(in, out, s->n.end);
	if (pkt_is_committed(in))
		note_ack(in, out, place);
	if (in->fins & out->fins & PKT_FINS_SEEN)
		tell_fins(in, out, place);
}
