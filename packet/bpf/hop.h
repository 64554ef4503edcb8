/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/hop.h - what a program changes in an IP header
 *
 * A way through a program is one hop: beside the constant rewrite of
 * translate.h the TTL or hop limit goes down by one (decision 4).
 */
#pragma once

#include "packet/bpf/segment.h"
#include "packet/translate.h"

enum {
	HOP_IP4_TTL = 8, /* a word with the protocol */
	HOP_IP6_LIMIT = 7,
};

static __always_inline void hop_shift(uint8_t *ip, bool is_v6)
{
	uint16_t old;

	if (is_v6) {
		ip[HOP_IP6_LIMIT]--;
		return;
	}
	old = pkt_load16(ip + HOP_IP4_TTL);
	ip[HOP_IP4_TTL]--;
	pkt_update_ipv4(ip, pkt_csum_delta(old, pkt_load16(ip + HOP_IP4_TTL)));
}

/* The header at ip of a segment that arrived at `in` and leaves at `out`, both
 * of its own family. */
static __always_inline void hop_rewrite_ip(uint8_t *ip, bool is_v6,
					   const struct pkt_entry *in,
					   const struct pkt_entry *out)
{
	pkt_rewrite_ip(ip, is_v6, in);
	if (out->flags & PKT_ENTRY_DSCP)
		pkt_mark_ip(ip, is_v6, out->dscp);
	hop_shift(ip, is_v6);
}
