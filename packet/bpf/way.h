/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/way.h - how a packet leaves: rules, routes, neighbours
 *
 * As if the host forwarded what the TUN device of the other realm sent: so the
 * rules of decision 1 hold, and when that device is gone so is the way.  To ask
 * costs more than all the rest of a program, so each processor remembers what
 * it was told for FAST_WAY_MS.
 */
#pragma once

#include "packet/bpf/gate.h"

enum {
	WAY_AF_INET = 2,
	WAY_AF_INET6 = 10,
	WAY_HASH = 0x9e3779b1,
	WAY_SHIFT = 20,
};
_Static_assert(FAST_WAYS == 1 << (32 - WAY_SHIFT), "a key is an index");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, FAST_WAYS);
	__type(key, uint32_t);
	__type(value, struct fast_way);
} ways SEC(".maps");

static __always_inline struct fast_way *
way_slot(const uint32_t *src, const uint32_t *dst, uint32_t tun)
{
	uint32_t key = dst[3] ^ dst[2] ^ dst[1] ^ (src[3] + tun);

	key = key * WAY_HASH >> WAY_SHIFT; /* where a product is mixed best */
	return bpf_map_lookup_elem(&ways, &key);
}

/* A question of the routes, as the TUN device would put it. */
static __always_inline void way_ask(struct bpf_fib_lookup *q, bool is_v6,
				    uint32_t tun, const uint32_t *src,
				    const uint32_t *dst, uint32_t octets)
{
	__builtin_memset(q, 0, sizeof(*q));
	q->l4_protocol = IPPROTO_TCP;
	q->tot_len = octets;
	q->ifindex = tun;
	q->family = is_v6 ? WAY_AF_INET6 : WAY_AF_INET;
	if (is_v6) {
		__builtin_memcpy(q->ipv6_src, src, sizeof(q->ipv6_src));
		__builtin_memcpy(q->ipv6_dst, dst, sizeof(q->ipv6_dst));
	} else {
		q->ipv4_src = src[3];
		q->ipv4_dst = dst[3];
	}
}

/* Is that way remembered, not too long before `now`, and are so many octets no
 * more than it takes? */
static __always_inline bool way_is_told(const struct fast_way *way,
					const uint32_t *src,
					const uint32_t *dst, uint32_t tun,
					uint32_t octets, uint32_t now)
{
	return way->tun == tun && pkt_is_same_addr(way->dst, dst) &&
	       pkt_is_same_addr(way->src, src) && octets <= way->mtu &&
	       now - way->told_ms <= FAST_WAY_MS;
}

/* All but the neighbour, which is for each program to say. */
static __always_inline void
way_remember(struct fast_way *way, const uint32_t *src, const uint32_t *dst,
	     uint32_t tun, const struct bpf_fib_lookup *told, uint32_t now)
{
	__builtin_memcpy(way->src, src, sizeof(way->src));
	__builtin_memcpy(way->dst, dst, sizeof(way->dst));
	way->tun = tun;
	way->ifindex = told->ifindex;
	way->family = told->family;
	way->mtu = told->mtu_result;
	way->told_ms = now;
}
