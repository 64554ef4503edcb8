/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/segment.h - a plain TCP segment, as a program reads it
 *
 * Plain: no IP options or extension headers, no fragment, a right header
 * checksum, whole headers in front of data_end, and not cut.  What is not
 * plain is not for us.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "packet/entry.h"
#include "packet/window.h"

enum {
	SEG_FIN = 0x01,
	SEG_SYN = 0x02,
	SEG_RST = 0x04,
	SEG_ACK = 0x10,
	SEG_URG = 0x20,
	SEG_MORE_OR_OFFSET = 0x3fff,
};

struct segment {
	uint32_t src[4], dst[4]; /* network order; IPv4 mapped */
	uint16_t sport_be, dport;
	uint16_t csum;    /* of TCP, in the octet order of memory */
	uint16_t octets;  /* of the IP packet */
	uint16_t headers; /* of these, IP and TCP headers */
	uint8_t tos, ttl, flags;
	bool is_v6;
	struct pkt_numbers n;
};

static __always_inline uint32_t segment_l4(const struct segment *s)
{
	return s->is_v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

/* Of 20 octets.  Nothing is learned from a header that a host would not read. */
static __always_inline bool is_sum_right(const struct iphdr *ip)
{
	const uint16_t *word = (const uint16_t *)ip;
	uint32_t sum = 0;

	for (unsigned int i = 0; i < sizeof(*ip) / sizeof(*word); i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ((sum + (sum >> 16)) & 0xffff) == 0xffff;
}

static __always_inline bool read_ipv4(const void *p, const void *end,
				      struct segment *s)
{
	const struct iphdr *ip = p;

	if ((const void *)(ip + 1) > end)
		return false;
	if (ip->version != 4 || ip->ihl != 5 || ip->protocol != IPPROTO_TCP ||
	    ip->frag_off & bpf_htons(SEG_MORE_OR_OFFSET) || !is_sum_right(ip))
		return false;
	s->is_v6 = false;
	s->tos = ip->tos;
	s->ttl = ip->ttl;
	s->octets = bpf_ntohs(ip->tot_len);
	s->src[0] = s->src[1] = s->dst[0] = s->dst[1] = 0;
	s->src[2] = s->dst[2] = bpf_htonl(0xffff);
	s->src[3] = ip->saddr;
	s->dst[3] = ip->daddr;
	return true;
}

static __always_inline bool read_ipv6(const void *p, const void *end,
				      struct segment *s)
{
	const struct ipv6hdr *ip = p;

	if ((const void *)(ip + 1) > end)
		return false;
	if (ip->version != 6 || ip->nexthdr != IPPROTO_TCP)
		return false;
	if (bpf_ntohs(ip->payload_len) > UINT16_MAX - sizeof(*ip))
		return false;
	s->is_v6 = true;
	s->tos = ip->priority << 4 | ip->flow_lbl[0] >> 4;
	s->ttl = ip->hop_limit;
	s->octets = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	__builtin_memcpy(s->src, &ip->saddr, sizeof(s->src));
	__builtin_memcpy(s->dst, &ip->daddr, sizeof(s->dst));
	return true;
}

/* Ports, flags and numbers.  False: the header is longer than the packet. */
static __always_inline bool read_tcp(const void *p, const void *end,
				     struct segment *s)
{
	const struct tcphdr *tcp = p;
	uint16_t payload, length;

	if ((const void *)(tcp + 1) > end || tcp->doff < 5)
		return false;
	s->sport_be = tcp->source;
	s->dport = bpf_ntohs(tcp->dest);
	s->csum = tcp->check;
	s->flags = ((const uint8_t *)tcp)[13];
	s->headers = segment_l4(s) + tcp->doff * 4;
	if (s->headers > s->octets)
		return false;
	payload = s->octets - s->headers;
	length = payload + !!(s->flags & SEG_SYN) + !!(s->flags & SEG_FIN);
	s->n.seq = bpf_ntohl(tcp->seq);
	s->n.end = s->n.seq + length;
	s->n.ack = bpf_ntohl(tcp->ack_seq);
	s->n.window = bpf_ntohs(tcp->window);
	return true;
}

/* The IP packet of this Ethernet type at p; n octets of it are there, if not in
 * front of end.  False: it is not plain TCP. */
static __always_inline bool segment_read(const void *p, const void *end,
					 uint16_t type_be, uint32_t n,
					 struct segment *s)
{
	if (type_be == bpf_htons(ETH_P_IP)) {
		if (!read_ipv4(p, end, s) || s->octets > n)
			return false;
		return read_tcp(p + sizeof(struct iphdr), end, s);
	}
	if (type_be != bpf_htons(ETH_P_IPV6) || !read_ipv6(p, end, s) ||
	    s->octets > n)
		return false;
	return read_tcp(p + sizeof(struct ipv6hdr), end, s);
}
