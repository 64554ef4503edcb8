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
