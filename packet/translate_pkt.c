/* packet/translate_pkt.c - an entry applied to a packet */
#include "packet/translate_pkt.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "packet/translate.h"

enum {
	IP4_TOS = 1,
	IP4_CSUM = 10,
	IP4_SRC = 12,
	IP4_DST = 16,
	IP6_SRC = 8,
	IP6_DST = 24,
	TCP_CSUM = 16,
};

/* Checksums are kept and added in the octet order of memory. */
static uint16_t load16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void store16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
}

/* Ones'-complement sum of the octets of an address that are in the
 * pseudo-header: 4 of a mapped one, else 16. */
static uint16_t addr_sum(const struct in6_addr *a)
{
	size_t i = IN6_IS_ADDR_V4MAPPED(a) ? 12 : 0;
	uint16_t sum = 0;

	for (; i < 16; i += 2)
		sum = pkt_csum_add(sum, load16(&a->s6_addr[i]));
	return sum;
}

void pkt_translate_set(struct pkt_entry *in, const struct pkt_local *at,
		       const struct pkt_local *from, const struct pkt_local *to)
{
	uint16_t ports;

	in->out_src = from->addr;
	in->out_dst = to->addr;
	in->out_sport_be = from->port_be;
	in->out_dport_be = to->port_be;
	in->flags &= (uint8_t)~PKT_ENTRY_OUT6;
	if (!IN6_IS_ADDR_V4MAPPED(&from->addr))
		in->flags |= PKT_ENTRY_OUT6;

	in->addr_delta = pkt_csum_add(
		pkt_csum_delta(addr_sum(&in->remote), addr_sum(&from->addr)),
		pkt_csum_delta(addr_sum(&at->addr), addr_sum(&to->addr)));
	ports = pkt_csum_add(pkt_csum_delta(in->remote_port_be, from->port_be),
			     pkt_csum_delta(at->port_be, to->port_be));
	in->full_delta = pkt_csum_add(in->addr_delta, ports);
}

void pkt_translate_tcp(uint8_t *tcp, bool is_partial,
		       const struct pkt_entry *in)
{
	uint16_t csum = load16(tcp + TCP_CSUM);

	store16(tcp, in->out_sport_be);
	store16(tcp + 2, in->out_dport_be);
	if (is_partial)
		csum = pkt_csum_add(csum, in->addr_delta);
	else
		csum = pkt_csum_update(csum, in->full_delta);
	store16(tcp + TCP_CSUM, csum);
}

/* The word of version, IHL and TOS with another DSCP; ECN bits stay. */
static void mark_ipv4(uint8_t *ip, uint8_t dscp)
{
	uint16_t old = load16(ip);

	ip[IP4_TOS] = (uint8_t)(dscp << 2 | (ip[IP4_TOS] & 3));
	store16(ip + IP4_CSUM,
		pkt_csum_update(load16(ip + IP4_CSUM),
				pkt_csum_delta(old, load16(ip))));
}

static void rewrite_ipv4(uint8_t *ip, const struct pkt_entry *in)
{
	memcpy(ip + IP4_SRC, &in->out_src.s6_addr[12], 4);
	memcpy(ip + IP4_DST, &in->out_dst.s6_addr[12], 4);
	store16(ip + IP4_CSUM,
		pkt_csum_update(load16(ip + IP4_CSUM), in->addr_delta));
}

static void mark_ipv6(uint8_t *ip, uint8_t dscp)
{
	uint8_t tos = (uint8_t)(ip[0] << 4 | ip[1] >> 4);

	tos = (uint8_t)(dscp << 2 | (tos & 3));
	ip[0] = (uint8_t)((ip[0] & 0xf0) | tos >> 4);
	ip[1] = (uint8_t)((ip[1] & 0x0f) | tos << 4);
}

static void rewrite_ipv6(uint8_t *ip, const struct pkt_entry *in)
{
	memcpy(ip + IP6_SRC, &in->out_src, 16);
	memcpy(ip + IP6_DST, &in->out_dst, 16);
}

int pkt_translate(uint8_t *pkt, const struct pkt_seg *seg,
		  const struct pkt_entry *in, const struct pkt_entry *out)
{
	bool is_v6 = seg->family == AF_INET6;
	bool is_marked = out->flags & PKT_ENTRY_DSCP;

	if (is_v6 != !!(in->flags & PKT_ENTRY_OUT6))
		return -EAFNOSUPPORT;
	pkt_translate_tcp(pkt + seg->l4_off, seg->is_partial, in);
	if (is_v6) {
		rewrite_ipv6(pkt, in);
		if (is_marked)
			mark_ipv6(pkt, out->dscp);
		return 0;
	}
	rewrite_ipv4(pkt, in);
	if (is_marked)
		mark_ipv4(pkt, out->dscp);
	return 0;
}
