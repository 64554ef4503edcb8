/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/police.h - token buckets of one gate (H.248.53)
 *
 * One source for user space and the kernel's programs; no libc.  A bucket is
 * one number: when it will be full again.  So it is charged by compare and
 * swap, by the worker and by programs on several processors at once, and
 * nothing is lost; they ask first and pay then, so a burst may exceed a bucket
 * by one packet for each of them.  The rate holds all the same.
 *
 * Time is in ticks of 1/64 ns: CLOCK_MONOTONIC, good for four years.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum pkt_dir { PKT_DIR_IN, PKT_DIR_OUT, PKT_DIRS }; /* seen from the gate */

enum { PKT_SUSTAINED, PKT_PEAK, PKT_BUCKETS };

enum {
	PKT_TICKS_NS = 64,
	PKT_PAY_TRIES = 4, /* somebody else paid meanwhile */
};

struct pkt_police {
	uint32_t rate[PKT_BUCKETS];  /* octets/s; 0: no such bucket */
	uint64_t depth[PKT_BUCKETS]; /* ticks that an empty one takes to fill */
	uint64_t full_at[PKT_DIRS][PKT_BUCKETS]; /* ticks; may be past */
} __attribute__((aligned(64)));

/* How many IP packets a segment is on the wire; piece: payload of each if it is a
 * super-segment, else 0. */
static inline uint32_t pkt_pieces(uint32_t payload, uint32_t piece)
{
	return piece && payload > piece ? (payload + piece - 1) / piece : 1;
}

/* Their octets on the wire. */
static inline uint32_t pkt_police_octets(uint32_t payload, uint32_t headers,
					 uint32_t piece)
{
	return payload + pkt_pieces(payload, piece) * headers;
}

static inline uint64_t pkt_bucket_read(const uint64_t *full_at)
{
#ifdef __bpf__
	return *(const volatile uint64_t *)full_at;
#else
	return __atomic_load_n(full_at, __ATOMIC_RELAXED);
#endif
}

/* Is no bucket of this way in debt? */
static inline bool pkt_police_ok(const struct pkt_police *p, enum pkt_dir way,
				 uint64_t now)
{
	for (unsigned int i = 0; i < PKT_BUCKETS; i++)
		if (p->rate[i] &&
		    (int64_t)(pkt_bucket_read(&p->full_at[way][i]) - now) >
			    (int64_t)p->depth[i])
			return false;
	return true;
}

/* Full later, by so many ticks. */
static inline void pkt_bucket_pay(uint64_t *full_at, uint64_t now,
				  uint64_t cost)
{
	uint64_t seen = pkt_bucket_read(full_at), from, was;

	for (unsigned int i = 0; i < PKT_PAY_TRIES; i++) {
		from = (int64_t)(seen - now) > 0 ? seen : now;
		was = __sync_val_compare_and_swap(full_at, seen, from + cost);
		if (was == seen)
			return;
		seen = was;
	}
	__sync_fetch_and_add(full_at, cost);
}

/* It passes: all buckets of this way pay; fractions against it. */
static inline void pkt_police_charge(struct pkt_police *p, enum pkt_dir way,
				     uint32_t octets, uint64_t now)
{
	const uint64_t second = (uint64_t)PKT_TICKS_NS * 1000000000u;

	for (unsigned int i = 0; i < PKT_BUCKETS; i++)
		if (p->rate[i])
			pkt_bucket_pay(&p->full_at[way][i], now,
				       (octets * second + p->rate[i] - 1) /
					       p->rate[i]);
}
