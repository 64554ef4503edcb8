/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/spot.h - a local address and port, and whose it is
 *
 * By the realms, which a program has as constants; a slot is that of slots.h.
 */
#pragma once

#include "packet/bpf/maps.h"
#include "packet/bpf/segment.h"
#include "packet/home.h"

enum { NO_SLOT = 0xffffffff };

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

/* A local address and port of ours. */
struct spot {
	uint32_t slot;
	uint32_t home; /* place of its entry, or of the one beside it, perhaps */
};

static __always_inline void
spot_set(struct spot *at, const volatile struct fast_prefix *p, uint32_t n)
{
	at->slot = p->base + n;
	at->home = pkt_place(pkt_home(p->nth + n, p->scale), 0);
}

/* Where a segment is sent to.  False: not to us. */
static __always_inline bool spot_of(const struct segment *s, struct spot *at)
{
	const volatile struct fast_realm *r = self();
	uint32_t span = r->port_max - r->port_min + 1;

	if (s->dport < r->port_min || s->dport > r->port_max)
		return false;
	for (uint32_t i = 0; i < FAST_PREFIXES && i < r->n_prefixes; i++) {
		uint32_t n = nth_of(&r->prefix[i], s->dst);

		if (n != NO_SLOT) {
			spot_set(at, &r->prefix[i],
				 n * span + s->dport - r->port_min);
			return true;
		}
	}
	return false;
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
