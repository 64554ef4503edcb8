/* packet/icmp.c - an ICMP error read; see icmp.h */
#include "packet/icmp.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "packet/csum.h"

enum { IP4_MIN = 20, IP6_LEN = 40, ICMP_HEAD = 8, TCP_LEAST = 8 };

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static struct in6_addr mapped(const uint8_t *ip)
{
	struct in6_addr a = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(&a.s6_addr[12], ip, 4);
	return a;
}

static bool is_good(const uint8_t *p, size_t n, uint32_t sum)
{
	return pkt_sum_fold(pkt_sum(p, n, sum)) == 0xffff;
}

/* ---- the quote: n octets at p, at most what the sender saw ---- */

static bool read_ipv4_quote(const uint8_t *p, size_t n, struct pkt_quote *q)
{
	size_t ihl, total;

	if (n < IP4_MIN || p[0] >> 4 != 4)
		return false;
	ihl = (p[0] & 0x0fu) * 4u;
	total = get16(p + 2);
	if (ihl < IP4_MIN || ihl > n || total < ihl || !is_good(p, ihl, 0))
		return false;
	if (p[9] != IPPROTO_TCP || get16(p + 6) & 0x1fff)
		return false;
	q->tos = p[1];
	q->ttl = p[8];
	q->src = mapped(p + 12);
	q->dst = mapped(p + 16);
	q->l4_off = (uint16_t)ihl;
	q->l4_octets = (uint32_t)(total - ihl);
	return true;
}

static bool read_ipv6_quote(const uint8_t *p, size_t n, struct pkt_quote *q)
{
	size_t off = IP6_LEN, total;
	uint8_t next;

	if (n < IP6_LEN || p[0] >> 4 != 6)
		return false;
	total = IP6_LEN + (size_t)get16(p + 4);
	next = p[6];
	if (pkt_ip6_skip(p, n, &off, &next) != PKT_DROP_NONE ||
	    next != IPPROTO_TCP || total < off)
		return false;
	q->tos = (uint8_t)(p[0] << 4 | p[1] >> 4);
	q->ttl = p[7];
	memcpy(&q->src, p + 8, 16);
	memcpy(&q->dst, p + 24, 16);
	q->l4_off = (uint16_t)off;
	q->l4_octets = (uint32_t)(total - off);
	return true;
}

/* Offsets come out as those in the packet. */
static bool read_quote(const uint8_t *pkt, size_t off, size_t n,
		       struct pkt_icmp *m)
{
	struct pkt_quote *q = &m->quote;
	const uint8_t *p = pkt + off, *tcp;
	bool is_read = m->family == AF_INET ? read_ipv4_quote(p, n, q) :
					      read_ipv6_quote(p, n, q);
	size_t here;

	if (!is_read)
		return false;
	here = n - q->l4_off;
	if (here > q->l4_octets)
		here = q->l4_octets;
	if (here < TCP_LEAST)
		return false;
	tcp = p + q->l4_off;
	q->n = (uint16_t)here;
	q->off = (uint16_t)off;
	q->l4_off = (uint16_t)(off + q->l4_off);
	q->sport = get16(tcp);
	q->dport = get16(tcp + 2);
	q->seq = get32(tcp + 4);
	return true;
}

/* ---- the message ---- */

/* A router of before RFC 1191 says 0: the next smaller plateau (its 7). */
static uint32_t plateau(uint32_t octets)
{
	static const uint16_t plateaus[] = { 65535, 32000, 17914, 8166, 4352,
					     2002,  1492,  1006,  576 };
	size_t i;

	for (i = 0; i < sizeof(plateaus) / sizeof(plateaus[0]); i++)
		if (plateaus[i] < octets)
			return plateaus[i];
	return PKT_MTU_MIN4;
}

static bool read_type4(const uint8_t *icmp, struct pkt_icmp *m)
{
	m->type = icmp[0];
	m->code = icmp[1];
	switch (m->type) {
	case ICMP_DEST_UNREACH:
		m->is_too_big = m->code == ICMP_FRAG_NEEDED;
		m->mtu = get16(icmp + 6);
		return true;
	case ICMP_PARAMETERPROB:
		m->pointer = icmp[4];
		return true;
	case ICMP_TIME_EXCEEDED:
		return true;
	}
	return false;
}

static bool read_type6(const uint8_t *icmp, struct pkt_icmp *m)
{
	m->type = icmp[0];
	m->code = icmp[1];
	switch (m->type) {
	case ICMP6_PACKET_TOO_BIG:
		m->is_too_big = true;
		m->mtu = get32(icmp + 4);
		return true;
	case ICMP6_PARAM_PROB:
		/* beyond any header that we write: 255 maps to nothing */
		m->pointer = get32(icmp + 4) > 255 ? 255 : icmp[7];
		return true;
	case ICMP6_DST_UNREACH:
	case ICMP6_TIME_EXCEEDED:
		return true;
	}
	return false;
}

/* RFC 4884: a quote may be followed by extensions, which do not pass. */
static size_t quote_octets(const uint8_t *icmp, size_t n,
			   const struct pkt_icmp *m)
{
	size_t told = 0;

	if (m->family == AF_INET)
		told = icmp[5] * 4u;
	else if (!m->is_too_big && m->type != ICMP6_PARAM_PROB)
		told = icmp[4] * 8u;
	return told && told < n ? told : n;
}

static bool is_mtu_ok(struct pkt_icmp *m, size_t header)
{
	if (!m->is_too_big)
		return true;
	if (m->family == AF_INET6)
		return m->mtu >= PKT_MTU_MIN6;
	if (!m->mtu)
		m->mtu = plateau((uint32_t)header + m->quote.l4_octets);
	return m->mtu >= PKT_MTU_MIN4;
}

static bool read_ipv4(const uint8_t *p, size_t *n, size_t *off,
		      struct pkt_icmp *m)
{
	size_t ihl, total;

	if (*n < IP4_MIN)
		return false;
	ihl = (p[0] & 0x0fu) * 4u;
	total = get16(p + 2);
	if (ihl < IP4_MIN || total > *n || total < ihl + ICMP_HEAD)
		return false;
	if (p[9] != IPPROTO_ICMP || !is_good(p, ihl, 0) ||
	    !is_good(p + ihl, total - ihl, 0))
		return false;
	m->family = AF_INET;
	m->tos = p[1];
	m->ttl = p[8];
	m->dst = mapped(p + 16);
	*n = total;
	*off = ihl;
	return read_type4(p + ihl, m);
}

static bool read_ipv6(const uint8_t *p, size_t *n, size_t *off,
		      struct pkt_icmp *m)
{
	struct in6_addr src;
	uint32_t sum;
	uint8_t next;
	size_t total;

	if (*n < IP6_LEN)
		return false;
	total = IP6_LEN + (size_t)get16(p + 4);
	next = p[6];
	*off = IP6_LEN;
	if (total > *n || pkt_ip6_skip(p, total, off, &next) != PKT_DROP_NONE ||
	    next != IPPROTO_ICMPV6 || total < *off + ICMP_HEAD)
		return false;
	memcpy(&src, p + 8, 16);
	memcpy(&m->dst, p + 24, 16);
	sum = pkt_sum_pseudo(AF_INET6, &src, &m->dst, total - *off);
	sum += IPPROTO_ICMPV6 - IPPROTO_TCP;
	if (!is_good(p + *off, total - *off, sum))
		return false;
	m->family = AF_INET6;
	m->tos = (uint8_t)(p[0] << 4 | p[1] >> 4);
	m->ttl = p[7];
	*n = total;
	return read_type6(p + *off, m);
}

enum pkt_drop pkt_icmp_parse(const uint8_t *pkt, size_t n, struct pkt_icmp *m)
{
	struct pkt_icmp got = { .type = 0 };
	bool is_v4 = n && pkt[0] >> 4 == 4;
	size_t off;

	if (!n || !(is_v4 ? read_ipv4(pkt, &n, &off, &got) :
			    read_ipv6(pkt, &n, &off, &got)))
		return PKT_DROP_ICMP;
	n = quote_octets(pkt + off, n - off - ICMP_HEAD, &got);
	off += ICMP_HEAD;
	if (!read_quote(pkt, off, n, &got) ||
	    !IN6_ARE_ADDR_EQUAL(&got.dst, &got.quote.src) ||
	    !is_mtu_ok(&got, got.quote.l4_off - off))
		return PKT_DROP_ICMP;
	*m = got;
	return PKT_DROP_NONE;
}
