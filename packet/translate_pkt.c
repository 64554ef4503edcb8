/* packet/translate_pkt.c - an entry applied to a packet */
#include "packet/translate_pkt.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "packet/translate.h"

enum { TCP_CSUM = 16 };

/* Ones'-complement sum of the octets of an address that are in the
 * pseudo-header: 4 of a mapped one, else 16. */
static uint16_t addr_sum(const struct in6_addr *a)
{
	size_t i = IN6_IS_ADDR_V4MAPPED(a) ? 12 : 0;
	uint16_t sum = 0;

	for (; i < 16; i += 2)
		sum = pkt_csum_add(sum, pkt_load16(&a->s6_addr[i]));
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
	uint16_t csum = pkt_load16(tcp + TCP_CSUM);

	pkt_store16(tcp, in->out_sport_be);
	pkt_store16(tcp + 2, in->out_dport_be);
	if (is_partial)
		csum = pkt_csum_add(csum, in->addr_delta);
	else
		csum = pkt_csum_update(csum, in->full_delta);
	pkt_store16(tcp + TCP_CSUM, csum);
}

int pkt_translate(uint8_t *pkt, const struct pkt_seg *seg,
		  const struct pkt_entry *in, const struct pkt_entry *out)
{
	bool is_v6 = seg->family == AF_INET6;

	if (is_v6 != !!(in->flags & PKT_ENTRY_OUT6))
		return -EAFNOSUPPORT;
	pkt_translate_tcp(pkt + seg->l4_off, seg->is_partial, in);
	pkt_rewrite_ip(pkt, is_v6, in);
	if (out->flags & PKT_ENTRY_DSCP)
		pkt_mark_ip(pkt, is_v6, out->dscp);
	return 0;
}
