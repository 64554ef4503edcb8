/*
 * packet/cross.h - a segment of one family leaves as one of the other
 *
 * The IP header is written anew (RFC 7915 as rendezvous.md 7 has it), the TCP
 * part is rewritten by translate_pkt.h as ever: both pseudo-headers add up
 * alike but for the addresses.  Thread: any; no allocation.
 */
#pragma once

#include <linux/virtio_net.h>

#include "packet/entry.h"
#include "packet/seg.h"

enum { PKT_HEADROOM = 64 }; /* in front of a packet; a multiple of a line */

/* A packet on its way through the engine. */
struct pkt_frame {
	uint8_t *at; /* PKT_HEADROOM octets in front are ours */
	size_t n;    /* octets of the IP packet */
	struct virtio_net_hdr vh;
};

/* What the way out of the leg asks for. */
struct pkt_way {
	uint16_t mtu; /* 0: not known */
	uint16_t id;  /* of an IPv4 packet that may be fragmented */
};

/* Are the two ends of this entry of different families? */
static inline bool pkt_is_cross(const struct pkt_seg *seg,
				const struct pkt_entry *in)
{
	return (seg->family == AF_INET6) != !!(in->flags & PKT_ENTRY_OUT6);
}

/*
 * Like pkt_translate(), for a pair of different families.  IPv4 options and
 * IPv6 extension headers are left behind.  A super-segment whose pieces would
 * not fit the way any more gets smaller pieces.
 *
 * In:      *f and what pkt_seg_parse() read from it
 * Out:     *f: begins and ends elsewhere; its virtio header fits
 * Returns: 0, or -EMSGSIZE when no IPv4 packet can be that large: then
 *          nothing was changed
 */
int pkt_cross(struct pkt_frame *f, const struct pkt_seg *seg,
	      const struct pkt_entry *in, const struct pkt_entry *out,
	      const struct pkt_way *way);

/* Octets of the IP packets that leave when pkt_cross() has passed seg on: of
 * one piece, if it is a super-segment of pieces with gso_size payload. */
size_t pkt_cross_octets(const struct pkt_seg *seg, uint16_t gso_size);
