/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/steer.h - which worker a packet is for
 *
 * The one that owns the local port: the destination of a TCP segment, the
 * source of the segment that an ICMP error quotes.  Whatever pkt_seg_parse() and
 * pkt_icmp_parse() take for a gate is found here; all else, fragments too, has
 * no port, and goes to the first worker, which drops and counts it.
 *
 * One source for user space and for the program that steers the queues of a TUN
 * device (TUNSETSTEERINGEBPF), where a packet is read through a helper: so it is
 * read piece by piece, and nothing is believed but what decides.
 */
#pragma once

#ifdef __bpf__
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#define PKT_STEER static __always_inline
#else
#include <string.h>
#define PKT_STEER static inline
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PKT_STEER_IP4 = 20,
	PKT_STEER_IP6 = 40,
	PKT_STEER_ICMP = 8,
	PKT_STEER_HEADERS = 8, /* of extension before we give up */
	PKT_STEER_HOPOPTS = 0,
	PKT_STEER_ICMP4 = 1,
	PKT_STEER_TCP = 6,
	PKT_STEER_ROUTING = 43,
	PKT_STEER_ICMP6 = 58,
	PKT_STEER_DSTOPTS = 60,
};

#ifdef __bpf__
#define PKT_STEER_CTX struct __sk_buff
#else
struct pkt_steer_packet {
	const uint8_t *at;
	size_t n;
};
#define PKT_STEER_CTX const struct pkt_steer_packet
#endif

/* n octets from off on; false: they are not there. */
PKT_STEER bool pkt_steer_load(PKT_STEER_CTX *p, uint32_t off, uint8_t *to,
			      uint32_t n)
{
#ifdef __bpf__
	return !bpf_skb_load_bytes(p, off, to, n);
#else
	if (off > p->n || n > p->n - off)
		return false;
	memcpy(to, p->at + off, n);
	return true;
#endif
}

/* What an IP header at off says: what follows, and where. */
struct pkt_steer_next {
	uint32_t off;
	uint8_t proto;
};

/* A quoted packet may have been told to be the first of some; one that has
 * arrived may not. */
PKT_STEER bool pkt_steer_ip4(PKT_STEER_CTX *p, bool is_quote,
			     struct pkt_steer_next *next)
{
	uint8_t ip[PKT_STEER_IP4], high;

	if (!pkt_steer_load(p, next->off, ip, sizeof(ip)))
		return false;
	high = ip[6] & (is_quote ? 0x1f : 0x3f);
	if (ip[0] >> 4 != 4 || high || ip[7])
		return false;
	next->off += (ip[0] & 0x0fu) * 4u;
	next->proto = ip[9];
	return true;
}

PKT_STEER bool pkt_steer_ip6(PKT_STEER_CTX *p, struct pkt_steer_next *next)
{
	uint8_t ip[8], head[2];

	if (!pkt_steer_load(p, next->off, ip, sizeof(ip)) || ip[0] >> 4 != 6)
		return false;
	next->off += PKT_STEER_IP6;
	next->proto = ip[6];
	for (int i = 0; i < PKT_STEER_HEADERS; i++) {
		if (next->proto != PKT_STEER_HOPOPTS &&
		    next->proto != PKT_STEER_ROUTING &&
		    next->proto != PKT_STEER_DSTOPTS)
			return true;
		if (!pkt_steer_load(p, next->off, head, sizeof(head)))
			return false;
		next->proto = head[0];
		next->off += (head[1] + 1u) * 8u;
	}
	return false;
}

PKT_STEER bool pkt_steer_ip(PKT_STEER_CTX *p, bool is_v6, bool is_quote,
			    struct pkt_steer_next *next)
{
	return is_v6 ? pkt_steer_ip6(p, next) :
		       pkt_steer_ip4(p, is_quote, next);
}

/* The port at off; 0: none. */
PKT_STEER uint16_t pkt_steer_port_at(PKT_STEER_CTX *p, uint32_t off)
{
	uint8_t port[2];

	if (!pkt_steer_load(p, off, port, sizeof(port)))
		return 0;
	return (uint16_t)(port[0] << 8 | port[1]);
}

/* The local port of the gate that the packet is for; 0: none. */
PKT_STEER uint16_t pkt_steer_port(PKT_STEER_CTX *p)
{
	struct pkt_steer_next next = { 0, 0 };
	uint8_t version;
	bool is_v6;

	if (!pkt_steer_load(p, 0, &version, 1))
		return 0;
	is_v6 = version >> 4 == 6;
	if (!pkt_steer_ip(p, is_v6, false, &next))
		return 0;
	if (next.proto == PKT_STEER_TCP)
		return pkt_steer_port_at(p, next.off + 2);
	if (next.proto != (is_v6 ? PKT_STEER_ICMP6 : PKT_STEER_ICMP4))
		return 0;
	next.off += PKT_STEER_ICMP;
	if (!pkt_steer_ip(p, is_v6, true, &next) || next.proto != PKT_STEER_TCP)
		return 0;
	return pkt_steer_port_at(p, next.off);
}

/* The one rule, also of the port pools (portpool.h: class). */
PKT_STEER uint32_t pkt_steer_worker(uint16_t port, uint32_t n_workers)
{
	return port % n_workers;
}
