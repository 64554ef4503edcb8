/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/gate.h - the gate of a segment
 *
 * The entries and the index that leads to them are those of the engine itself;
 * a slot is that of slots.h.
 */
#pragma once

#include "packet/bpf/limit.h"
#include "packet/steer.h"

enum { NO_SLOT = 0xffffffff, NO_PLACE = 0xffffffff };

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

static __always_inline const volatile struct fast_realm *self(void)
{
	return &realms.realm[realms.self % FAST_REALMS];
}

/* Number of an address within the addresses of a prefix; NO_SLOT: none. */
static __always_inline uint32_t nth_of(const volatile struct fast_prefix *p,
				       const uint32_t *addr)
{
	uint32_t n = bpf_ntohl(addr[3]) - p->low;

	if (n < p->n_addrs && addr[0] == p->high[0] && addr[1] == p->high[1] &&
	    addr[2] == p->high[2])
		return n;
	return NO_SLOT;
}

/* Slot of the local address and port that a segment is sent to. */
static __always_inline uint32_t slot_of(const struct segment *s)
{
	const volatile struct fast_realm *r = self();
	uint32_t span = r->port_max - r->port_min + 1;

	if (s->dport < r->port_min || s->dport > r->port_max)
		return NO_SLOT;
	for (uint32_t i = 0; i < FAST_PREFIXES && i < r->n_prefixes; i++) {
		uint32_t n = nth_of(&r->prefix[i], s->dst);

		if (n != NO_SLOT)
			return r->prefix[i].base + n * span + s->dport -
			       r->port_min;
	}
	return NO_SLOT;
}

/* A source that is a media address: nobody's on a media interface. */
static __always_inline bool is_ours(const struct segment *s)
{
	for (uint32_t i = 0; i < FAST_REALMS && i < realms.n; i++) {
		const volatile struct fast_realm *r = &realms.realm[i];

		for (uint32_t p = 0; p < FAST_PREFIXES && p < r->n_prefixes;
		     p++)
			if (nth_of(&r->prefix[p], s->src) != NO_SLOT)
				return true;
	}
	return false;
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

/* TUN device of the realm that a slot belongs to. */
static __always_inline uint32_t tun_of(uint32_t slot)
{
	uint32_t tun = realms.realm[0].tun;

	for (uint32_t i = 1; i < FAST_REALMS && i < realms.n; i++) {
		if (slot < realms.realm[i].first_slot)
			break;
		tun = realms.realm[i].tun;
	}
	return tun;
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
	bool is_current;
	bool is_cross; /* it leaves as one of the other family */
	bool is_joining;
	uint32_t packets; /* that it is on the wire */
	uint32_t now_ms;  /* the clock is asked once */
	struct toll toll;
};

/* Is it still the entry of the gate that was asked for, which is where the other
 * one sends from?  What the index said may be over. */
static __always_inline bool is_of(const struct pkt_entry *out,
				  const struct segment *s)
{
	return out->out_sport_be == bpf_htons(s->dport) &&
	       pkt_is_same_addr(&out->out_src, s->dst);
}

/* What is to become of a segment for this place, `wire` octets in one piece.
 * PKT_FAST_PASSED: all of *g is valid.  PKT_FAST_UNKNOWN, PKT_FAST_LARGE: it is
 * the host's; PKT_FAST_POLICED: to be dropped; else the worker's. */
static __always_inline enum pkt_fast_count gate_find(struct gate *g,
						     const struct segment *s,
						     uint32_t place,
						     uint32_t wire)
{
	enum pkt_fast_count what;
	uint8_t kernel;

	g->in = entry_at(place);
	if (!g->in || !(g->in->flags & PKT_ENTRY_USED))
		return PKT_FAST_UNKNOWN;
	if (self()->tun_mtu && wire > self()->tun_mtu)
		return PKT_FAST_LARGE;
	kernel = g->in->kernel;
	g->is_joining = kernel == PKT_KERNEL_JOIN;
	if ((kernel != PKT_KERNEL_PASS && !g->is_joining) ||
	    !pkt_is_latched(g->in, s->src, s->sport_be))
		return is_ours(s) ? PKT_FAST_UNKNOWN : PKT_FAST_STEERED;
	g->out = entry_at(place ^ 1);
	if (!g->out || !is_of(g->out, s))
		return PKT_FAST_STEERED;
	g->is_cross = !!(g->in->flags & PKT_ENTRY_OUT6) != s->is_v6;
	g->packets = pkt_pieces(s->octets - s->headers, wire - s->headers);
	g->now_ms = now_ms();
	what = judge(g->in, g->out, s, &g->is_current);
	g->toll = (struct toll) { .octets = 0 };
	if (what == PKT_FAST_PASSED &&
	    (g->in->flags | g->out->flags) & PKT_ENTRY_POLICED)
		what = limit_judge(&g->toll, g->in, g->out, place, s,
				   wire - s->headers);
	return what;
}
