/* packet/icmp_tx.c - an ICMP error written; see icmp.h */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "packet/csum.h"
#include "packet/family.h"
#include "packet/icmp.h"

enum {
	ICMP_HEAD = 8,
	TTL_DEFAULT = 64,
	/* with all headers 576 and 1280 octets (RFC 1812 4.3.2.3, RFC 4443
	 * 2.4) */
	QUOTE_MAX4 = 576 - PKT_IP4_OCTETS - ICMP_HEAD,
	QUOTE_MAX6 = PKT_ICMP_MAX - PKT_IP6_OCTETS - ICMP_HEAD,
};

/* The message around its quote. */
struct envelope {
	const struct in6_addr *src, *dst;
	uint8_t tos, ttl;
	bool is_v6;
};

static size_t header_of(bool is_v6)
{
	return is_v6 ? PKT_IP6_OCTETS : PKT_IP4_OCTETS;
}

/* total: octets of the packet.  The checksum field stays 0. */
static void put_ipv4(uint8_t *p, size_t total, uint8_t proto,
		     const struct envelope *e)
{
	memset(p, 0, PKT_IP4_OCTETS);
	p[0] = 0x45;
	p[1] = e->tos;
	pkt_put16(p + 2, (uint16_t)total);
	pkt_put16(p + 6, 0x4000);
	p[8] = e->ttl;
	p[9] = proto;
	memcpy(p + PKT_IP4_SRC, &e->src->s6_addr[12], 4);
	memcpy(p + PKT_IP4_DST, &e->dst->s6_addr[12], 4);
	pkt_put16(p + PKT_IP4_CSUM,
		  (uint16_t)~pkt_sum_fold(pkt_sum(p, PKT_IP4_OCTETS, 0)));
}

/* n: octets behind the header. */
static void put_ipv6(uint8_t *p, size_t n, uint8_t proto,
		     const struct envelope *e)
{
	memset(p, 0, 8);
	p[0] = (uint8_t)(6 << 4 | e->tos >> 4);
	p[1] = (uint8_t)(e->tos << 4);
	pkt_put16(p + 4, (uint16_t)n);
	p[6] = proto;
	p[7] = e->ttl;
	memcpy(p + PKT_IP6_SRC, e->src, 16);
	memcpy(p + PKT_IP6_DST, e->dst, 16);
}

/* Everything around head and quote, n octets together. */
static size_t seal(uint8_t *buf, size_t n, const struct envelope *e)
{
	uint8_t *icmp = buf + header_of(e->is_v6);
	uint32_t sum = 0;

	if (e->is_v6) {
		put_ipv6(buf, n, IPPROTO_ICMPV6, e);
		sum = pkt_sum_pseudo(AF_INET6, e->src, e->dst, n);
		sum += IPPROTO_ICMPV6 - IPPROTO_TCP;
	} else {
		put_ipv4(buf, PKT_IP4_OCTETS + n, IPPROTO_ICMP, e);
	}
	pkt_put16(icmp + 2, 0);
	pkt_put16(icmp + 2, (uint16_t)~pkt_sum_fold(pkt_sum(icmp, n, sum)));
	return header_of(e->is_v6) + n;
}

/* ---- the quote ---- */

static void add_to_csum(uint8_t *p, uint16_t delta)
{
	uint16_t csum;

	memcpy(&csum, p, sizeof(csum));
	csum = pkt_csum_update(csum, delta);
	memcpy(p, &csum, sizeof(csum));
}

/* The header as it is, but for the addresses. */
static size_t keep_header(uint8_t *p, const uint8_t *pkt,
			  const struct pkt_icmp *m, const struct pkt_entry *in)
{
	size_t n = (size_t)m->quote.l4_off - m->quote.off;

	memcpy(p, pkt + m->quote.off, n);
	if (m->family == AF_INET6) {
		memcpy(p + PKT_IP6_SRC, &in->out_dst, 16);
		memcpy(p + PKT_IP6_DST, &in->out_src, 16);
		return n;
	}
	memcpy(p + PKT_IP4_SRC, &in->out_dst.s6_addr[12], 4);
	memcpy(p + PKT_IP4_DST, &in->out_src.s6_addr[12], 4);
	add_to_csum(p + PKT_IP4_CSUM, in->addr_delta);
	return n;
}

static size_t make_header(uint8_t *p, const struct pkt_icmp *m,
			  const struct pkt_entry *in)
{
	struct envelope e = { &in->out_dst, &in->out_src, m->quote.tos,
			      m->quote.ttl, m->family == AF_INET };
	size_t total = PKT_IP4_OCTETS + (size_t)m->quote.l4_octets;

	if (e.is_v6)
		put_ipv6(p, m->quote.l4_octets, IPPROTO_TCP, &e);
	else
		put_ipv4(p, total < UINT16_MAX ? total : UINT16_MAX,
			 IPPROTO_TCP, &e);
	return header_of(e.is_v6);
}

/* What its sender sent.  All sums of the way there are undone by those of the
 * way back: the differences of addresses and ports are the same. */
static size_t put_quote(uint8_t *p, const uint8_t *pkt,
			const struct pkt_icmp *m, const struct pkt_entry *in)
{
	bool is_v6 = in->flags & PKT_ENTRY_OUT6;
	size_t max = is_v6 ? QUOTE_MAX6 : QUOTE_MAX4;
	size_t head = (size_t)m->quote.l4_off - m->quote.off;
	size_t n = m->quote.n;

	/* no header that we let through is as long as that */
	if (head + ICMP_HEAD > max)
		return 0;
	head = is_v6 == (m->family == AF_INET6) ? keep_header(p, pkt, m, in) :
						  make_header(p, m, in);
	if (n > max - head)
		n = max - head;
	p += head;
	memcpy(p, pkt + m->quote.l4_off, n);
	memcpy(p, &in->out_dport_be, 2);
	memcpy(p + 2, &in->out_sport_be, 2);
	if (n >= PKT_TCP_CSUM + 2)
		add_to_csum(p + PKT_TCP_CSUM, in->full_delta);
	return head + n;
}

/* ---- messages ---- */

size_t pkt_icmp_forward(const uint8_t *pkt, const struct pkt_icmp *m,
			const struct pkt_entry *in, const struct pkt_mtus *mtus,
			uint8_t *buf)
{
	struct envelope e = { &in->out_src, &in->out_dst, m->tos, m->ttl,
			      in->flags & PKT_ENTRY_OUT6 };
	uint8_t *icmp = buf + header_of(e.is_v6);
	size_t n;

	if (!pkt_icmp_map(m, e.is_v6, mtus, icmp))
		return 0;
	n = put_quote(icmp + ICMP_HEAD, pkt, m, in);
	return n ? seal(buf, ICMP_HEAD + n, &e) : 0;
}

size_t pkt_icmp_too_big(const uint8_t *pkt, size_t n, const struct pkt_seg *seg,
			uint16_t mtu, uint8_t *buf)
{
	struct envelope e = { &seg->dst, &seg->src, 0, TTL_DEFAULT,
			      seg->family == AF_INET6 };
	size_t max = e.is_v6 ? QUOTE_MAX6 : QUOTE_MAX4;
	uint8_t *icmp = buf + header_of(e.is_v6);

	memset(icmp, 0, ICMP_HEAD);
	icmp[0] = e.is_v6 ? ICMP6_PACKET_TOO_BIG : ICMP_DEST_UNREACH;
	icmp[1] = e.is_v6 ? 0 : ICMP_FRAG_NEEDED;
	pkt_put16(icmp + 6, mtu);
	if (n > max)
		n = max;
	memcpy(icmp + ICMP_HEAD, pkt, n);
	return seal(buf, ICMP_HEAD + n, &e);
}
