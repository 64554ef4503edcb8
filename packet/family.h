/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/family.h - the IP header of a segment that changes its family
 *
 * RFC 7915 as rendezvous.md 7 has it: nothing of the old header stays but
 * traffic class and hop limit.  One source for user space and the kernel's
 * programs; no libc.
 */
#pragma once

#include "packet/translate.h"

enum {
	PKT_IP4_OCTETS = 20,
	PKT_IP6_OCTETS = 40,
	PKT_IP_MAX = 65535,
	PKT_NO_DF_MAX = 1260, /* RFC 7915 5.1: up to here IPv6 needs no DF */
};

/* What the new header says; addresses are those of the entry. */
struct pkt_ip {
	uint16_t n;    /* octets behind the header */
	uint16_t wire; /* of each packet that leaves, header included */
	uint16_t id;   /* IPv4 */
	uint8_t tos, ttl;
};

/* Octets of the header with which a segment of this family leaves. */
static inline uint16_t pkt_other_header(bool is_v6)
{
	return is_v6 ? PKT_IP4_OCTETS : PKT_IP6_OCTETS;
}

/* Traffic class of what leaves at `out`; ECN bits stay. */
static inline uint8_t pkt_tos(uint8_t tos, const struct pkt_entry *out)
{
	if (!(out->flags & PKT_ENTRY_DSCP))
		return tos;
	return (uint8_t)(out->dscp << 2 | (tos & 3));
}

static inline void pkt_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* The flow label is 0. */
static inline void pkt_make_ipv6(uint8_t *p, const struct pkt_ip *ip,
				 const struct pkt_entry *in)
{
	p[0] = (uint8_t)(6 << 4 | ip->tos >> 4);
	p[1] = (uint8_t)(ip->tos << 4);
	pkt_put16(p + 2, 0);
	pkt_put16(p + 4, ip->n);
	p[6] = 6; /* TCP */
	p[7] = ip->ttl;
	__builtin_memcpy(p + PKT_IP6_SRC, &in->out_src, 16);
	__builtin_memcpy(p + PKT_IP6_DST, &in->out_dst, 16);
}

/* The sender of a large packet knows nothing of fragments on the way: no path
 * takes one apart.  A small one may meet an IPv4 link of less than 1280. */
static inline void pkt_make_ipv4(uint8_t *p, const struct pkt_ip *ip,
				 const struct pkt_entry *in)
{
	uint16_t sum = 0;

	p[0] = 0x45;
	p[1] = ip->tos;
	pkt_put16(p + 2, (uint16_t)(PKT_IP4_OCTETS + ip->n));
	pkt_put16(p + 4, ip->id);
	pkt_put16(p + 6, ip->wire > PKT_NO_DF_MAX ? 0x4000 : 0);
	p[8] = ip->ttl;
	p[9] = 6; /* TCP */
	pkt_put16(p + PKT_IP4_CSUM, 0);
	__builtin_memcpy(p + PKT_IP4_SRC, (const uint8_t *)&in->out_src + 12,
			 4);
	__builtin_memcpy(p + PKT_IP4_DST, (const uint8_t *)&in->out_dst + 12,
			 4);
	for (unsigned int i = 0; i < PKT_IP4_OCTETS; i += 2)
		sum = pkt_csum_add(sum, pkt_load16(p + i));
	pkt_store16(p + PKT_IP4_CSUM, (uint16_t)~sum);
}
