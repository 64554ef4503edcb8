/*
 * packet/seg.h - one TCP segment: parsed from a packet, or built into one
 *
 * Parsing believes nothing: every length is checked against what is there.
 * A GSO super-segment is one segment with a large payload.  Thread: any; no
 * allocation.
 */
#pragma once

#include "packet/types.h"

enum {
	PKT_SEG_MAX_BUILT = 128, /* octets of a packet built here */
};

/* Bits of pkt_seg.flags and pkt_tx.flags, as on the wire. */
enum {
	PKT_FIN = 0x01,
	PKT_SYN = 0x02,
	PKT_RST = 0x04,
	PKT_PSH = 0x08,
	PKT_ACK = 0x10,
	PKT_URG = 0x20,
	PKT_ECE = 0x40,
	PKT_CWR = 0x80,
};

/* TCP options that matter, from a SYN or for a SYN-ACK. */
struct pkt_opts {
	bool has_mss, has_ws, has_sack, has_ts;
	bool has_auth;    /* MD5 (19) or AO (29) */
	bool has_mp_join; /* MPTCP MP_JOIN */
	uint16_t mss;
	uint8_t ws; /* 0..14, clamped (RFC 7323 2.3) */
	uint32_t tsval, tsecr;
};

struct pkt_seg {
	uint8_t family;  /* AF_INET, AF_INET6 */
	bool is_partial; /* checksum holds the pseudo-header sum */
	bool is_gso;
	uint16_t gso_octets; /* payload of each packet on the wire; 0: one
				* packet.  From the virtio header */
	uint8_t flags;       /* PKT_FIN.. PKT_CWR */
	bool has_ae;         /* the reserved bit next to CWR */
	uint8_t tos, ttl;
	uint16_t sport, dport;
	uint16_t window; /* as on the wire, unscaled */
	uint16_t l4_off; /* of the TCP header in the packet */
	uint16_t payload_off;
	uint32_t payload_octets;
	uint32_t seq, ack;
	struct in6_addr src, dst;
	struct pkt_opts opts; /* read for SYNs, and for has_ts else */
};

/*
 * Read one packet as it came from a TUN device, without its virtio header.
 *
 * In:      n octets at pkt; is_partial and is_gso from the virtio header
 * Out:     *seg; untouched unless PKT_DROP_NONE
 * Returns: PKT_DROP_NONE, or why it is not usable.  ICMP gives PKT_DROP_ICMP.
 *          The TCP checksum is verified for SYNs without is_partial only.
 */
enum pkt_drop pkt_seg_parse(const uint8_t *pkt, size_t n, bool is_partial,
			    bool is_gso, struct pkt_seg *seg);

/* Walk over IPv6 extension headers to the upper header, within n octets of the
 * packet at p.  *off and *next: the header that comes next, before and after.
 * PKT_DROP_IP_HEADER for a routing header that is not used up (RFC 8200, 4.4)
 * and for too many, PKT_DROP_FRAGMENT, PKT_DROP_SHORT. */
enum pkt_drop pkt_ip6_skip(const uint8_t *p, size_t n, size_t *off,
			   uint8_t *next);

/* A segment of our own: SYN-ACK, RST or challenge ACK. */
struct pkt_tx {
	struct in6_addr src, dst;
	uint16_t sport, dport;
	uint8_t family;
	uint8_t flags;
	uint8_t ttl;  /* 0: 64 */
	uint8_t dscp; /* 0..63 */
	uint16_t window;
	uint32_t seq, ack;
	/* Written in the order MSS, SACK, TS, NOP, WS; rendezvous.md 3. */
	struct pkt_opts opts;
};

/* At most PKT_SEG_MAX_BUILT octets at buf; returns how many.  All checksums
 * are complete. */
size_t pkt_tx_build(const struct pkt_tx *tx, uint8_t *buf);
