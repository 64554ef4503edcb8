/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/limit.h - the rate of a policed gate, in a program
 *
 * Asked before a segment is changed, paid for when it passes; what is beyond
 * the rate is dropped here: the worker, which comes to it later, might let it
 * pass behind those that followed.
 */
#pragma once

#include "packet/bpf/maps.h"
#include "packet/bpf/segment.h"
#include "packet/window.h"

/* What a segment costs, and whom; all zero: nobody. */
struct toll {
	struct pkt_police *of[PKT_DIRS]; /* in at one gate, out at the other */
	uint64_t now;
	uint32_t octets;
};

static __always_inline struct pkt_police *limit_of(const struct pkt_entry *e,
						   uint32_t place)
{
	const struct fast_queue *q;
	uint32_t i;

	if (!(e->flags & PKT_ENTRY_POLICED))
		return NULL;
	q = bpf_map_lookup_elem(&queues, &place);
	i = q ? q->police - 1 : UINT32_MAX;
	return bpf_map_lookup_elem(&polices, &i);
}

static __always_inline bool limit_allows(const struct toll *t)
{
	if (t->of[PKT_DIR_IN] &&
	    !pkt_police_ok(t->of[PKT_DIR_IN], PKT_DIR_IN, t->now))
		return false;
	return !t->of[PKT_DIR_OUT] ||
	       pkt_police_ok(t->of[PKT_DIR_OUT], PKT_DIR_OUT, t->now);
}

/* May a segment that arrives at `in`, of this place, pass by the rates of both
 * gates?  piece: payload of each packet of a super-segment. */
static __always_inline enum pkt_fast_count
limit_judge(struct toll *t, struct pkt_entry *in, const struct pkt_entry *out,
	    uint32_t place, const struct segment *s, uint32_t piece)
{
	t->of[PKT_DIR_IN] = limit_of(in, place);
	t->of[PKT_DIR_OUT] = limit_of(out, place ^ 1);
	if ((in->flags & PKT_ENTRY_POLICED && !t->of[PKT_DIR_IN]) ||
	    (out->flags & PKT_ENTRY_POLICED && !t->of[PKT_DIR_OUT]))
		return PKT_FAST_STEERED;
	t->now = bpf_ktime_get_ns() * PKT_TICKS_NS;
	t->octets =
		pkt_police_octets(s->octets - s->headers, s->headers, piece);
	if (limit_allows(t))
		return PKT_FAST_PASSED;
	pkt_count_drop(in);
	return PKT_FAST_POLICED;
}

static __always_inline void limit_pay(const struct toll *t)
{
	if (t->of[PKT_DIR_IN])
		pkt_police_charge(t->of[PKT_DIR_IN], PKT_DIR_IN, t->octets,
				  t->now);
	if (t->of[PKT_DIR_OUT])
		pkt_police_charge(t->of[PKT_DIR_OUT], PKT_DIR_OUT, t->octets,
				  t->now);
}
