/*
 * packet/icmp.h - ICMP errors about segments that left a gate
 *
 * Somebody on the way to a client, or the client, quotes a segment that we
 * sent.  Reading believes nothing; what is read is judged by rdv_icmp.c, and
 * what passes is written anew for the client that sent the segment: the quote
 * is what *it* sent, the source is the address it knows.  tcp-rendezvous 6
 * and 7.  Thread: any; no allocation.
 */
#pragma once

#include "packet/entry.h"
#include "packet/seg.h"

enum {
	PKT_ICMP_MAX = 1280, /* octets of a packet built here */
	PKT_MTU_MIN4 = 576,  /* a smaller one is forged, or of no use */
	PKT_MTU_MIN6 = 1280, /* RFC 8201 4 */
};

/* The segment that is quoted, as it left here. */
struct pkt_quote {
	struct in6_addr src, dst; /* ours, the client's */
	uint16_t sport, dport;
	uint32_t seq;
	uint8_t tos, ttl;
	uint16_t off;       /* of its IP header in the packet */
	uint16_t l4_off;    /* of its TCP header in the packet */
	uint16_t n;         /* octets of TCP that are there, 8 at least */
	uint32_t l4_octets; /* that it had, as its IP header says */
};

struct pkt_icmp {
	uint8_t family; /* of the message and of the quote */
	uint8_t type, code;
	uint8_t tos, ttl;
	uint8_t pointer;     /* of a parameter problem */
	struct in6_addr dst; /* to whom it was said */
	bool is_too_big;     /* fragmentation needed, packet too big */
	uint32_t mtu;        /* when it is; never 0 */
	struct pkt_quote quote;
};

/* MTU of the two ways; 0: not known. */
struct pkt_mtus {
	uint16_t from; /* where the error came from */
	uint16_t to;   /* where it goes */
};

/*
 * Read an ICMP error about a TCP segment.
 *
 * In:      n octets at pkt: an IP packet of which pkt_seg_parse() said
 *          PKT_DROP_ICMP
 * Out:     *m; untouched unless PKT_DROP_NONE
 * Returns: PKT_DROP_NONE; PKT_DROP_ICMP for a bad checksum (RFC 5508 REQ-3),
 *          a query, redirect or source quench (RFC 6633), a quote that is no
 *          whole IP header with 8 octets of TCP or not of what the
 *          addressee sent, or an MTU below the floor
 */
enum pkt_drop pkt_icmp_parse(const uint8_t *pkt, size_t n, struct pkt_icmp *m);

/* Type, code and the word behind the checksum, as the other client gets them.
 * False: there is no such error in its family (RFC 7915 4.2, 5.2). */
bool pkt_icmp_map(const struct pkt_icmp *m, bool is_to_v6,
		  const struct pkt_mtus *mtus, uint8_t head[8]);

/*
 * Write the error for the client that sent the quoted segment.
 *
 * In:      pkt, m: what arrived; in: the entry of the quoted destination, its
 *          rewrite data valid
 * Returns: octets at buf (PKT_ICMP_MAX is enough), 0: not translatable
 */
size_t pkt_icmp_forward(const uint8_t *pkt, const struct pkt_icmp *m,
			const struct pkt_entry *in, const struct pkt_mtus *mtus,
			uint8_t *buf);

/* An error of our own: the n octets at pkt, read as seg, do not fit; mtu is
 * what does.  Returns as above. */
size_t pkt_icmp_too_big(const uint8_t *pkt, size_t n, const struct pkt_seg *seg,
			uint16_t mtu, uint8_t *buf);
