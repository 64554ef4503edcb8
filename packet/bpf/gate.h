/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/gate.h - the gate of a segment
 *
 * The entries and the index that leads to them are those of the engine itself.
 * Most gates are at home (home.h), and the index is not asked.
 */
#pragma once

#include "packet/bpf/limit.h"
#include "packet/bpf/spot.h"
#include "packet/steer.h"

enum { NO_PLACE = 0xffffffff };

static __always_inline void count(uint32_t path, enum pkt_fast_count what,
				  uint32_t octets)
{
	struct fast_counters *c = bpf_map_lookup_elem(&counters, &path);

	if (!c)
		return;
	c->count[what]++;
	c->octets += octets;
}

/* The clock of the engine. */
static __always_inline uint32_t now_ms(void)
{
	return (uint32_t)(bpf_ktime_get_coarse_ns() / 1000000);
}

/* Of the entry of a slot; NO_PLACE: there is no gate. */
static __always_inline uint32_t place_of(uint32_t slot)
{
	uint32_t key = slot / FAST_PLACES;
	const struct fast_places *p = bpf_map_lookup_elem(&places, &key);

	return p ? p->at[slot % FAST_PLACES] - 1 : NO_PLACE;
}

static __always_inline struct pkt_entry *entry_at(uint32_t place)
{
	return bpf_map_lookup_elem(&entries, &place);
}

/* The octet of fins is ours while the entry is; what others send here says
 * nothing of its client. */
static __always_inline void note_steered(uint32_t place,
					 const struct segment *s)
{
	struct fast_queue *q = bpf_map_lookup_elem(&queues, &place);
	struct pkt_entry *in = entry_at(place);

	if (q)
		__sync_fetch_and_add(&q->steered, 1);
	if (in && in->kernel == PKT_KERNEL_PASS && pkt_is_committed(in) &&
	    pkt_is_latched(in, s->src, s->sport_be))
		in->fins |= PKT_ACK_BEHIND;
}

/* Is the session open for this segment?  In COMMIT two handshake ACKs make it
 * so, before the worker hears of them; unless it has something of this client
 * already, which must not be overtaken. */
static __always_inline bool is_joined(const struct pkt_entry *in,
				      const struct pkt_entry *out,
				      const struct segment *s)
{
	if (!pkt_is_committed(in))
		return in->flags & PKT_ENTRY_OPEN;
	if (!pkt_has_acked(in))
		return pkt_is_handshake_ack(in, &s->n);
	return pkt_has_acked(out) && !(in->fins & PKT_ACK_BEHIND);
}

/* May the kernel pass this segment?  PKT_FAST_PASSED, or why not. */
static __always_inline enum pkt_fast_count judge(const struct pkt_entry *in,
						 const struct pkt_entry *out,
						 const struct segment *s,
						 bool *is_current)
{
	const uint8_t special = SEG_SYN | SEG_RST | SEG_URG;
	enum pkt_window verdict;

	if (!is_joined(in, out, s))
		return PKT_FAST_STEERED;
	if ((s->flags & (special | SEG_ACK)) != SEG_ACK)
		return PKT_FAST_FLAGS;
	if (!pkt_mode_ok(in, out, s->octets != s->headers))
		return PKT_FAST_MODE;
	verdict = pkt_window_judge(in, out, &s->n);
	*is_current = verdict == PKT_WINDOW_CURRENT;
	if (verdict == PKT_WINDOW_BEYOND || verdict == PKT_WINDOW_UNSENT)
		return PKT_FAST_WINDOW;
	if (s->flags & SEG_FIN && !*is_current)
		return PKT_FAST_FLAGS;
	return PKT_FAST_PASSED;
}

static __always_inline bool is_done(const struct fast_queue *q,
				    uint32_t steered)
{
	return (uint16_t)steered == *(const volatile uint16_t *)&q->done;
}

/* Is something of this way still on its way to the worker, or with it?  Then this
 * one is too, and counts.  It counts before it looks: either it sees what the
 * worker has done, or the worker sees it.  What passes does not count, not even
 * for a moment: the worker would take it for one that it has to wait for, and be
 * done with the next one in its stead. */
static __always_inline bool is_behind(uint32_t place)
{
	struct fast_queue *q = bpf_map_lookup_elem(&queues, &place);

	if (!q || is_done(q, *(volatile uint32_t *)&q->steered))
		return false;
	if (!is_done(q, __sync_fetch_and_add(&q->steered, 1)))
		return true;
	__sync_fetch_and_add(&q->steered, -1);
	return false;
}

/* The gate of a segment, its peer, and what was judged. */
struct gate {
	struct pkt_entry *in, *out;
	uint32_t place; /* of `in`; NO_PLACE: there is no gate */
	bool is_current;
	bool is_cross; /* it leaves as one of the other family */
	bool is_joining;
	uint32_t packets; /* that it is on the wire */
	uint32_t now_ms;  /* the clock is asked once */
	struct toll toll;
};

/* False: there is nothing at this place. */
static __always_inline bool gate_set(struct gate *g, uint32_t place)
{
	g->place = place;
	g->in = entry_at(place);
	g->out = entry_at(place ^ 1);
	return g->in && g->in->flags & PKT_ENTRY_USED && g->out;
}

/* Is the gate there open to programs, and to where this segment comes from? */
static __always_inline bool is_open(struct gate *g, const struct segment *s)
{
	uint8_t kernel = g->in->kernel;

	g->is_joining = kernel == PKT_KERNEL_JOIN;
	return (kernel == PKT_KERNEL_PASS || g->is_joining) &&
	       pkt_is_latched(g->in, s->src, s->sport_be);
}

/* Is it the gate that the segment is for, which is where the other one sends from?
 * What is read here may be of another one, or over. */
static __always_inline bool is_of(const struct pkt_entry *out,
				  const struct segment *s)
{
	return out->out_sport_be == bpf_htons(s->dport) &&
	       pkt_is_same_addr(&out->out_src, s->dst);
}

/* Is the gate of the segment at this place, and open? */
static __always_inline bool gate_is(struct gate *g, const struct segment *s,
				    uint32_t place)
{
	return gate_set(g, place) && is_open(g, s) && is_of(g->out, s);
}

/* At home first, as most gates are; else the index says.  PKT_FAST_PASSED: it is
 * open, and `in`, `out` and is_joining are valid; the place is in any case. */
static __always_inline enum pkt_fast_count
gate_look(struct gate *g, const struct segment *s, const struct spot *at)
{
	if (gate_is(g, s, at->home) || gate_is(g, s, at->home ^ 1))
		return PKT_FAST_PASSED;
	if (!gate_set(g, place_of(at->slot)))
		return PKT_FAST_UNKNOWN;
	if (!is_open(g, s))
		return is_ours(s) ? PKT_FAST_UNKNOWN : PKT_FAST_STEERED;
	return is_of(g->out, s) ? PKT_FAST_PASSED : PKT_FAST_STEERED;
}

/* What is to become of a segment for this address and port, `wire` octets in one
 * piece.  PKT_FAST_PASSED: all of *g is valid.  PKT_FAST_UNKNOWN, PKT_FAST_LARGE: it
 * is the host's; PKT_FAST_POLICED: to be dropped; else the worker's. */
static __always_inline enum pkt_fast_count gate_find(struct gate *g,
						     const struct segment *s,
						     const struct spot *at,
						     uint32_t wire)
{
	enum pkt_fast_count what = gate_look(g, s, at);

	if (what != PKT_FAST_UNKNOWN && self()->tun_mtu &&
	    wire > self()->tun_mtu)
		what = PKT_FAST_LARGE;
	/* One thing that says whether it is open: the verifier of Linux 6.1 does
	 * not know that two of the compiler's say the same. */
	barrier_var(what);
	if (what != PKT_FAST_PASSED)
		return what;
	g->is_cross = !!(g->in->flags & PKT_ENTRY_OUT6) != s->is_v6;
	g->packets = pkt_pieces(s->octets - s->headers, wire - s->headers);
	g->now_ms = now_ms();
	what = judge(g->in, g->out, s, &g->is_current);
	g->toll = (struct toll) { .octets = 0 };
	if (what == PKT_FAST_PASSED &&
	    (g->in->flags | g->out->flags) & PKT_ENTRY_POLICED)
		what = limit_judge(&g->toll, g->in, g->out, g->place, s,
				   wire - s->headers);
	return what;
}
