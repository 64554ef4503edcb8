/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/cross.h - a packet of one family becomes one of the other
 *
 * What cross.c does, for tc.  The kernel moves the room in front of the TCP
 * header and turns a super-segment into one of the other kind; its pieces keep
 * their payload, so they have to fit before (cross_octets()).
 */
#pragma once

#include "packet/bpf/gate.h"
#include "packet/family.h"

/* So many octets, `n` in one piece before, as they leave; 0: they do not fit,
 * and their sender must be told, or gets smaller pieces from the worker. */
static __always_inline uint32_t cross_octets(const struct gate *g,
					     const struct segment *s,
					     uint32_t n)
{
	const uint32_t more = PKT_IP6_OCTETS - PKT_IP4_OCTETS;

	if (s->is_v6)
		n -= more;
	else if (s->octets > PKT_IP_MAX - more)
		return 0;
	else
		n += more;
	return g->out->mtu && n > g->out->mtu ? 0 : n;
}

/* wire: what cross_octets() said. */
static __always_inline void cross_make_ip(uint8_t *ip, const struct gate *g,
					  const struct segment *s,
					  uint32_t wire)
{
	struct pkt_ip h = {
		.n = s->octets - segment_l4(s),
		.wire = wire,
		.tos = pkt_tos(s->tos, g->out),
		.ttl = s->ttl - 1, /* one hop */
	};

	if (!s->is_v6) {
		pkt_make_ipv6(ip, &h, g->in);
		return;
	}
	h.id = (uint16_t)bpf_get_prandom_u32();
	pkt_make_ipv4(ip, &h, g->in);
}

/* The IP header only.  False: no memory for it; what is left is not to be
 * sent. */
static __always_inline bool cross_ip(struct __sk_buff *skb,
				     const struct gate *g,
				     const struct segment *s, uint32_t wire)
{
	uint8_t ip[PKT_IP6_OCTETS];

	cross_make_ip(ip, g, s, wire);
	if (bpf_skb_change_proto(
		    skb, bpf_htons(s->is_v6 ? ETH_P_IP : ETH_P_IPV6), 0))
		return false;
	if (s->is_v6)
		return !bpf_skb_store_bytes(skb, ETH_HLEN, ip, PKT_IP4_OCTETS,
					    BPF_F_RECOMPUTE_CSUM);
	return !bpf_skb_store_bytes(skb, ETH_HLEN, ip, PKT_IP6_OCTETS,
				    BPF_F_RECOMPUTE_CSUM);
}
