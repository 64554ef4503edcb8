/* packet/seg.c - a packet parsed into one TCP segment */
#include "packet/seg.h"

#include <string.h>

#include "packet/csum.h"
#include "packet/opts.h"

enum {
	IP4_MIN = 20,
	IP6_MIN = 40,
	IP6_EXT_MAX = 8, /* extension headers before we give up */
	TCP_MIN = 20,
	NEXT_HOPOPTS = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_ICMP6 = 58,
	NEXT_DSTOPTS = 60,
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void map_ipv4(struct in6_addr *a, const uint8_t *ip)
{
	memset(a, 0, sizeof(*a));
	memset(&a->s6_addr[10], 0xff, 2);
	memcpy(&a->s6_addr[12], ip, 4);
}

/* A source no client can have (RFC 6890): this network, loopback, multicast,
 * reserved and broadcast. */
static bool is_martian4(const uint8_t *ip)
{
	return ip[0] == 0 || ip[0] == 127 || ip[0] >= 224;
}

static bool is_martian6(const struct in6_addr *a)
{
	return IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_LOOPBACK(a) ||
	       IN6_IS_ADDR_MULTICAST(a) || IN6_IS_ADDR_V4MAPPED(a) ||
	       IN6_IS_ADDR_LINKLOCAL(a);
}

/* The verdict on what comes after the IP header. */
static enum pkt_drop check_upper(const struct pkt_seg *s, uint8_t proto)
{
	if (proto == IPPROTO_ICMP || proto == NEXT_ICMP6)
		return PKT_DROP_ICMP;
	if (proto != IPPROTO_TCP)
		return PKT_DROP_NOT_TCP;
	/* one more hop is ahead: the way out of the TUN device */
	return s->ttl <= 1 ? PKT_DROP_TTL : PKT_DROP_NONE;
}

/* *n becomes the octets of the IP packet, without what trails it. */
static enum pkt_drop parse_ipv4(const uint8_t *p, size_t *n, struct pkt_seg *s)
{
	size_t ihl, total;

	if (*n < IP4_MIN)
		return PKT_DROP_SHORT;
	ihl = (p[0] & 0x0fu) * 4u;
	total = get16(p + 2);
	if (ihl < IP4_MIN)
		return PKT_DROP_IP_HEADER;
	if (total < ihl || total > *n)
		return PKT_DROP_SHORT;
	if (pkt_sum_fold(pkt_sum(p, ihl, 0)) != 0xffff)
		return PKT_DROP_IP_HEADER;
	if (get16(p + 6) & 0x3fff) /* more fragments, or an offset */
		return PKT_DROP_FRAGMENT;
	if (is_martian4(p + 12))
		return PKT_DROP_MARTIAN;
	*n = total;
	s->family = AF_INET;
	s->tos = p[1];
	s->ttl = p[8];
	s->l4_off = (uint16_t)ihl;
	map_ipv4(&s->src, p + 12);
	map_ipv4(&s->dst, p + 16);
	return check_upper(s, p[9]);
}

enum pkt_drop pkt_ip6_skip(const uint8_t *p, size_t n, size_t *off,
			   uint8_t *next)
{
	size_t len;
	int i;

	for (i = 0; i < IP6_EXT_MAX; i++) {
		if (*next == NEXT_FRAGMENT)
			return PKT_DROP_FRAGMENT;
		if (*next != NEXT_HOPOPTS && *next != NEXT_ROUTING &&
		    *next != NEXT_DSTOPTS)
			return PKT_DROP_NONE;
		if (n - *off < 8)
			return PKT_DROP_SHORT;
		len = (p[*off + 1] + 1u) * 8u;
		if (len > n - *off)
			return PKT_DROP_SHORT;
		if (*next == NEXT_ROUTING && p[*off + 3] != 0)
			return PKT_DROP_IP_HEADER;
		*next = p[*off];
		*off += len;
	}
	return PKT_DROP_IP_HEADER;
}

static enum pkt_drop parse_ipv6(const uint8_t *p, size_t *n, struct pkt_seg *s)
{
	size_t off = IP6_MIN, total;
	uint8_t next;
	enum pkt_drop d;

	if (*n < IP6_MIN)
		return PKT_DROP_SHORT;
	total = IP6_MIN + (size_t)get16(p + 4);
	if (total > *n)
		return PKT_DROP_SHORT;
	*n = total;
	s->family = AF_INET6;
	s->tos = (uint8_t)(p[0] << 4 | p[1] >> 4);
	s->ttl = p[7];
	memcpy(&s->src, p + 8, 16);
	memcpy(&s->dst, p + 24, 16);
	if (is_martian6(&s->src))
		return PKT_DROP_MARTIAN;
	next = p[6];
	d = pkt_ip6_skip(p, total, &off, &next);
	s->l4_off = (uint16_t)off;
	return d == PKT_DROP_NONE ? check_upper(s, next) : d;
}

static bool has_bad_csum(const uint8_t *tcp, size_t n, const struct pkt_seg *s)
{
	uint32_t sum = pkt_sum_pseudo(s->family, &s->src, &s->dst, n);

	return pkt_sum_fold(pkt_sum(tcp, n, sum)) != 0xffff;
}

/* n octets at tcp: to the end of the packet. */
static enum pkt_drop parse_tcp(const uint8_t *tcp, size_t n, struct pkt_seg *s)
{
	size_t doff;

	if (n < TCP_MIN)
		return PKT_DROP_SHORT;
	doff = (tcp[12] >> 4) * 4u;
	if (doff < TCP_MIN || doff > n)
		return PKT_DROP_TCP_HEADER;
	s->flags = tcp[13];
	if (s->flags & PKT_SYN && !s->is_partial && has_bad_csum(tcp, n, s))
		return PKT_DROP_TCP_CHECKSUM;
	s->sport = get16(tcp);
	s->dport = get16(tcp + 2);
	s->seq = get32(tcp + 4);
	s->ack = get32(tcp + 8);
	s->has_ae = tcp[12] & 1;
	s->window = get16(tcp + 14);
	s->payload_off = (uint16_t)(s->l4_off + doff);
	s->payload_octets = (uint32_t)(n - doff);
	pkt_opts_read(tcp + TCP_MIN, doff - TCP_MIN, &s->opts);
	return PKT_DROP_NONE;
}

enum pkt_drop pkt_seg_parse(const uint8_t *pkt, size_t n, bool is_partial,
			    bool is_gso, struct pkt_seg *seg)
{
	struct pkt_seg s = { .is_partial = is_partial, .is_gso = is_gso };
	enum pkt_drop d = PKT_DROP_IP_HEADER;

	if (n < 1)
		return PKT_DROP_SHORT;
	if (pkt[0] >> 4 == 4)
		d = parse_ipv4(pkt, &n, &s);
	else if (pkt[0] >> 4 == 6)
		d = parse_ipv6(pkt, &n, &s);
	if (d == PKT_DROP_NONE)
		d = parse_tcp(pkt + s.l4_off, n - s.l4_off, &s);
	if (d == PKT_DROP_NONE)
		*seg = s;
	return d;
}
