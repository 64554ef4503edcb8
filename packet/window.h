/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/window.h - may a segment of an open session pass, and what it teaches
 *
 * V1: its source; the stream mode; V2 of rendezvous.md 8: the four window
 * rules.  One source for user space and the kernel's programs; no libc.
 *
 * The worker and programs on several processors may learn at the same time:
 * the sequence numbers only grow, by compare and swap, and payload is added.
 */
#pragma once

#include "packet/entry.h"

enum {
	PKT_ACK_SLACK = 66000, /* rule IV: an ACK may be this late */
	PKT_RAISE_TRIES = 4,   /* somebody else raised it further meanwhile */
};

/* The numbers of a segment. */
struct pkt_numbers {
	uint32_t seq, end; /* end: payload, SYN and FIN count */
	uint32_t ack;
	uint16_t window; /* as on the wire, unscaled */
};

enum pkt_window {
	PKT_WINDOW_CURRENT, /* it may pass, and be learned from */
	PKT_WINDOW_OLD,     /* it may pass: II or IV does not hold */
	PKT_WINDOW_BEYOND,  /* I does not hold */
	PKT_WINDOW_UNSENT,  /* III does not hold */
};

/* Is a after b, in sequence space? */
static inline bool pkt_seq_after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* Two in6_addr.  No program of the kernel can call memcmp(). */
static inline bool pkt_is_same_addr(const void *a, const void *b)
{
	const uint32_t *p = a, *q = b;

	return p[3] == q[3] && p[2] == q[2] && p[1] == q[1] && p[0] == q[0];
}

/* V1: from where this gate is latched?  src: an in6_addr. */
static inline bool pkt_is_latched(const struct pkt_entry *e, const void *src,
				  uint16_t sport_be)
{
	return e->remote_port_be == sport_be &&
	       pkt_is_same_addr(&e->remote, src);
}

/* Decision 17.  Nothing passes a termination that is Inactive; payload needs
 * both ends of its way open. */
static inline bool pkt_mode_ok(const struct pkt_entry *from,
			       const struct pkt_entry *to, bool has_payload)
{
	const uint8_t any = PKT_ENTRY_RX | PKT_ENTRY_TX;

	if (!(from->flags & any) || !(to->flags & any))
		return false;
	return !has_payload ||
	       (from->flags & PKT_ENTRY_RX && to->flags & PKT_ENTRY_TX);
}

static inline uint32_t pkt_largest_window(const struct pkt_entry *e)
{
	return (uint32_t)e->max_win << e->wscale;
}

static inline enum pkt_window pkt_window_judge(const struct pkt_entry *from,
					       const struct pkt_entry *to,
					       const struct pkt_numbers *n)
{
	uint32_t late = pkt_largest_window(from);

	if (late < PKT_ACK_SLACK)
		late = PKT_ACK_SLACK;
	if (from->flags & PKT_ENTRY_LIBERAL)
		return PKT_WINDOW_CURRENT;
	/* I, with one window of slack: our view of it is a little old */
	if (pkt_seq_after(n->seq, from->max_end) &&
	    pkt_seq_after(n->end, from->max_end + pkt_largest_window(to)))
		return PKT_WINDOW_BEYOND;
	if (pkt_seq_after(n->ack, to->snd_end)) /* III */
		return PKT_WINDOW_UNSENT;
	if (pkt_seq_after(from->snd_end - pkt_largest_window(to), n->end) ||
	    pkt_seq_after(to->snd_end - late, n->ack)) /* II, IV */
		return PKT_WINDOW_OLD;
	return PKT_WINDOW_CURRENT;
}

static inline void pkt_raise(uint32_t *at, uint32_t to)
{
	uint32_t seen = *(volatile uint32_t *)at, was;

	for (unsigned int i = 0; i < PKT_RAISE_TRIES; i++) {
		if (!pkt_seq_after(to, seen))
			return;
		was = __sync_val_compare_and_swap(at, seen, to);
		if (was == seen)
			return;
		seen = was;
	}
}

/* Learn from a segment that is current. */
static inline void pkt_window_raise(struct pkt_entry *from,
				    struct pkt_entry *to,
				    const struct pkt_numbers *n)
{
	uint32_t window = (uint32_t)n->window << from->wscale;

	pkt_raise(&from->snd_end, n->end);
	pkt_raise(&from->last_ack, n->ack);
	pkt_raise(&to->max_end, n->ack + window);
	/* Two at once may lose the larger one; it comes again. */
	if (from->max_win < n->window)
		from->max_win = n->window;
}

/* Milliseconds since; 0 when it was seen after `now` was read. */
static inline uint32_t pkt_since_ms(uint32_t seen_ms, uint32_t now_ms)
{
	return pkt_seq_after(seen_ms, now_ms) ? 0 : now_ms - seen_ms;
}

/* The FIN of a segment that is current and passes.  A second one that ends
 * elsewhere is no news. */
static inline void pkt_fin_note(struct pkt_entry *from,
				const struct pkt_entry *to, uint32_t end)
{
	if (from->fins & PKT_FINS_SEEN)
		return;
	from->fin_end = end;
	__asm__ volatile("" ::: "memory"); /* whoever sees the bit sees it */
	from->fins |=
		PKT_FINS_SEEN | (to->fins & PKT_FINS_SEEN ? 0 : PKT_FINS_FIRST);
}

/* Has its peer acknowledged the FIN? */
static inline bool pkt_fin_is_acked(const struct pkt_entry *from,
				    const struct pkt_entry *to)
{
	return from->fins & PKT_FINS_SEEN &&
	       !pkt_seq_after(from->fin_end, to->last_ack);
}

/* Event 10 in the kernel: both have their SYN-ACK, nobody is open yet. */
static inline bool pkt_is_committed(const struct pkt_entry *e)
{
	return e->bits >> PKT_BITS_STATE_SHIFT == PKT_STATE_COMMIT;
}

/* Is the handshake of its client complete?  In COMMIT. */
static inline bool pkt_has_acked(const struct pkt_entry *e)
{
	return (e->bits & PKT_BITS_LEG) >= PKT_LEG_ACKED ||
	       e->fins & PKT_ACK_PASSED;
}

/* The plainest ACK there is for a SYN-ACK; every other one is the worker's.
 * From a client that has not said anything since its SYN. */
static inline bool pkt_is_handshake_ack(const struct pkt_entry *from,
					const struct pkt_numbers *n)
{
	return n->end == n->seq && n->seq == from->snd_end &&
	       n->ack == from->last_ack;
}

/* A segment that passes (decision 22), of so many packets on the wire. */
static inline void pkt_count_passed(struct pkt_entry *from, uint64_t octets,
				    uint64_t packets)
{
	__sync_fetch_and_add(&from->rx_packets, packets);
	if (octets)
		__sync_fetch_and_add(&from->rx_octets, octets);
}

/* A segment for this gate that does not pass. */
static inline void pkt_count_drop(struct pkt_entry *e)
{
	__sync_fetch_and_add(&e->drops, 1);
}
