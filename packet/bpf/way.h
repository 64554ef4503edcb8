/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/way.h - how a packet leaves: rules, routes, neighbours
 *
 * As if the host forwarded what the TUN device of the other realm sent: so the
 * rules of decision 1 hold, and when that device is gone so is the way.  To ask
 * costs more than all the rest of a program, so each processor remembers what
 * it was told for FAST_WAY_MS.  The neighbour is always the kernel's to find.
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

/* Octets of each packet that a super-segment will be on the wire. */
static __always_inline uint32_t wire_octets(const struct __sk_buff *skb,
					    const struct segment *s)
{
	uint32_t whole = s->headers + skb->gso_size;

	return skb->gso_size && whole < s->octets ? whole : s->octets;
}

static __always_inline struct fast_way *
way_slot(const uint32_t *src, const uint32_t *dst, uint32_t tun)
{
	uint32_t key = dst[3] ^ dst[2] ^ dst[1] ^ (src[3] + tun);

	key = key * WAY_HASH >> WAY_SHIFT; /* where a product is mixed best */
	return bpf_map_lookup_elem(&ways, &key);
}

static __always_inline void ask(struct bpf_fib_lookup *q, bool is_v6,
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

static __always_inline void remember(struct fast_way *way, const uint32_t *src,
				     const uint32_t *dst, uint32_t tun,
				     const struct bpf_fib_lookup *told)
{
	__builtin_memcpy(way->src, src, sizeof(way->src));
	__builtin_memcpy(way->dst, dst, sizeof(way->dst));
	__builtin_memcpy(way->next_hop, told->ipv6_dst, sizeof(way->next_hop));
	way->tun = tun;
	way->ifindex = told->ifindex;
	way->family = told->family;
	way->mtu = told->mtu_result;
	way->told_ms = now_ms();
}

/* The way of a segment with these addresses, if it fits; NULL: none, or back
 * into the device it comes from. */
static __always_inline struct fast_way *
way_find(struct __sk_buff *skb, const struct segment *s, uint32_t tun,
	 const uint32_t *src, const uint32_t *dst)
{
	struct fast_way *way = way_slot(src, dst, tun);
	uint32_t octets = wire_octets(skb, s);
	struct bpf_fib_lookup q;
	long told;

	if (!way)
		return NULL;
	if (way->tun == tun && pkt_is_same_addr(way->dst, dst) &&
	    pkt_is_same_addr(way->src, src) && octets <= way->mtu &&
	    now_ms() - way->told_ms <= FAST_WAY_MS)
		return way;
	ask(&q, s->is_v6, tun, src, dst, octets);
	told = bpf_fib_lookup(skb, &q, sizeof(q), 0);
	if ((told != BPF_FIB_LKUP_RET_SUCCESS &&
	     told != BPF_FIB_LKUP_RET_NO_NEIGH) ||
	    q.ifindex == tun)
		return NULL;
	/* The MTU is told with a neighbour only: what fits now may be all. */
	remember(way, src, dst, tun, &q);
	return way;
}

static __always_inline long way_take(const struct fast_way *way)
{
	struct bpf_redir_neigh next = { .nh_family = way->family };

	__builtin_memcpy(next.ipv6_nh, way->next_hop, sizeof(next.ipv6_nh));
	return bpf_redirect_neigh(way->ifindex, &next, sizeof(next), 0);
}
