/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/translate.h - the constant rewrite of an open session
 *
 * Addresses, ports and checksums change, nothing else: not the TTL (the kernel
 * decrements it around a TUN device, decision 4), not the sequence numbers.
 * RFC 1624 equation 3.  One source for user space, tc and XDP; no libc.
 *
 * A partial checksum (CHECKSUM_PARTIAL, VIRTIO_NET_HDR_F_NEEDS_CSUM) holds
 * the un-complemented pseudo-header sum: only the address delta applies, and
 * uncomplemented (rendezvous.md 3).
 */
#pragma once

#include "packet/entry.h"

/* 16-bit ones'-complement sum of two values. */
static inline uint16_t pkt_csum_add(uint16_t a, uint16_t b)
{
	uint32_t s = (uint32_t)a + b;

	return (uint16_t)((s & 0xffff) + (s >> 16));
}

/* HC' = ~(~HC + delta), delta being the sum of ~m + m' over all words that
 * change; any byte order, as long as both are the same. */
static inline uint16_t pkt_csum_update(uint16_t csum, uint16_t delta)
{
	return (uint16_t)~pkt_csum_add((uint16_t)~csum, delta);
}

/* ~m + m': what a word that changes from old to new adds. */
static inline uint16_t pkt_csum_delta(uint16_t old, uint16_t new)
{
	return pkt_csum_add((uint16_t)~old, new);
}

/* What the ports of a segment add that arrives at `in`: full_delta is the sum
 * of both. */
static inline uint16_t pkt_ports_delta(const struct pkt_entry *in)
{
	return pkt_csum_delta(in->addr_delta, in->full_delta);
}

/* Words of a header, in the octet order of memory, wherever it lies. */
static inline uint16_t pkt_load16(const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

static inline void pkt_store16(uint8_t *p, uint16_t v)
{
	__builtin_memcpy(p, &v, sizeof(v));
}

enum {
	PKT_IP4_TOS = 1,
	PKT_IP4_CSUM = 10,
	PKT_IP4_SRC = 12,
	PKT_IP4_DST = 16,
	PKT_IP6_SRC = 8,
	PKT_IP6_DST = 24,
	PKT_TCP_CSUM = 16,
};

/* Ports and checksum of the TCP header at tcp; between families too. */
static inline void pkt_rewrite_tcp(uint8_t *tcp, bool is_partial,
				   const struct pkt_entry *in)
{
	uint16_t csum = pkt_load16(tcp + PKT_TCP_CSUM);

	pkt_store16(tcp, in->out_sport_be);
	pkt_store16(tcp + 2, in->out_dport_be);
	if (is_partial)
		csum = pkt_csum_add(csum, in->addr_delta);
	else
		csum = pkt_csum_update(csum, in->full_delta);
	pkt_store16(tcp + PKT_TCP_CSUM, csum);
}

/* Does this look like a partial checksum, as XDP sees it without its mark?  Of
 * whole ones, one in 65535 does as well.  src, dst: in6_addr, so that what an
 * IPv4 address is mapped with adds nothing; octets: TCP header and payload. */
static inline bool pkt_looks_partial(const uint32_t *src, const uint32_t *dst,
				     uint16_t octets_be, uint16_t csum)
{
	const uint16_t tcp_be = pkt_load16((const uint8_t[]) { 0, 6 });
	uint64_t sum = (uint64_t)octets_be + tcp_be;

	for (unsigned int i = 0; i < 4; i++)
		sum += (uint64_t)src[i] + dst[i];
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return csum == sum || (!csum && sum == 0xffff);
}

static inline void pkt_update_ipv4(uint8_t *ip, uint16_t delta)
{
	pkt_store16(ip + PKT_IP4_CSUM,
		    pkt_csum_update(pkt_load16(ip + PKT_IP4_CSUM), delta));
}

/* Both addresses of the header at ip, with its checksum. */
static inline void pkt_rewrite_ip(uint8_t *ip, bool is_v6,
				  const struct pkt_entry *in)
{
	const uint8_t *src = (const uint8_t *)&in->out_src;
	const uint8_t *dst = (const uint8_t *)&in->out_dst;

	if (is_v6) {
		__builtin_memcpy(ip + PKT_IP6_SRC, src, 16);
		__builtin_memcpy(ip + PKT_IP6_DST, dst, 16);
		return;
	}
	__builtin_memcpy(ip + PKT_IP4_SRC, src + 12, 4);
	__builtin_memcpy(ip + PKT_IP4_DST, dst + 12, 4);
	pkt_update_ipv4(ip, in->addr_delta);
}

/* Another DSCP; ECN bits stay. */
static inline void pkt_mark_ip(uint8_t *ip, bool is_v6, uint8_t dscp)
{
	uint16_t old = pkt_load16(ip);

	if (is_v6) {
		ip[0] = (uint8_t)((ip[0] & 0xf0) | dscp >> 2);
		ip[1] = (uint8_t)((ip[1] & 0x3f) | dscp << 6);
		return;
	}
	ip[PKT_IP4_TOS] = (uint8_t)(dscp << 2 | (ip[PKT_IP4_TOS] & 3));
	pkt_update_ipv4(ip, pkt_csum_delta(old, pkt_load16(ip)));
}
