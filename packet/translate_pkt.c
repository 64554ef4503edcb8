/* packet/translate_pkt.c - an entry applied to a packet */
#include "packet/translate_pkt.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "packet/translate.h"

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

int pkt_translate(uint8_t *pkt, const struct pkt_seg *seg,
		  const struct pkt_entry *in, const struct pkt_entry *out)
{
	bool is_v6 = seg->family == AF_INET6;

	if (is_v6 != !!(in->flags & PKT_ENTRY_OUT6))
		return -EAFNOSUPPORT;
	pkt_rewrite_tcp(pkt + seg->l4_off, seg->is_partial, in);
	pkt_rewrite_ip(pkt, is_v6, in);
	if (out->flags & PKT_ENTRY_DSCP)
		pkt_mark_ip(pkt, is_v6, out->dscp);
	return 0;
}
