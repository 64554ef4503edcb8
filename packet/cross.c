/* packet/cross.c - see cross.h */
#include "packet/cross.h"

#include <errno.h>
#include <string.h>

#include "packet/csum.h"
#include "packet/translate.h"

enum {
	IP4_LEN = 20,
	IP6_LEN = 40,
	IP4_MAX = 65535,
	DF = 0x4000,
	NO_DF_MAX = 1260, /* RFC 7915 5.1: up to here IPv6 needs no DF */
};

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Octets of the IP header with which seg leaves. */
static uint16_t new_header(const struct pkt_seg *seg)
{
	return seg->family == AF_INET ? IP6_LEN : IP4_LEN;
}

static uint16_t tcp_header(const struct pkt_seg *seg)
{
	return (uint16_t)(seg->payload_off - seg->l4_off);
}

size_t pkt_cross_octets(const struct pkt_seg *seg, uint16_t gso_size)
{
	size_t payload = seg->payload_octets;

	if (seg->is_gso && gso_size < payload)
		payload = gso_size;
	return (size_t)new_header(seg) + tcp_header(seg) + payload;
}

static uint8_t tos_of(const struct pkt_seg *seg, const struct pkt_entry *out)
{
	if (!(out->flags & PKT_ENTRY_DSCP))
		return seg->tos;
	return (uint8_t)(out->dscp << 2 | (seg->tos & 3));
}

/* n: octets behind the header.  The flow label is 0. */
static void build_ipv6(uint8_t *p, size_t n, const struct pkt_seg *seg,
		       const struct pkt_entry *in, const struct pkt_entry *out)
{
	uint8_t tos = tos_of(seg, out);

	p[0] = (uint8_t)(6 << 4 | tos >> 4);
	p[1] = (uint8_t)(tos << 4);
	put16(p + 2, 0);
	put16(p + 4, (uint16_t)n);
	p[6] = IPPROTO_TCP;
	p[7] = seg->ttl;
	memcpy(p + 8, &in->out_src, 16);
	memcpy(p + 24, &in->out_dst, 16);
}

static void build_ipv4(uint8_t *p, size_t n, const struct pkt_seg *seg,
		       const struct pkt_entry *in, const struct pkt_entry *out)
{
	memset(p, 0, IP4_LEN);
	p[0] = 0x45;
	p[1] = tos_of(seg, out);
	put16(p + 2, (uint16_t)(IP4_LEN + n));
	p[8] = seg->ttl;
	p[9] = IPPROTO_TCP;
	memcpy(p + 12, &in->out_src.s6_addr[12], 4);
	memcpy(p + 16, &in->out_dst.s6_addr[12], 4);
}

/* The sender of a large packet knows nothing of fragments on the way: no path
 * takes one apart.  A small one may meet an IPv4 link of less than 1280. */
static void finish_ipv4(uint8_t *p, uint16_t id, size_t octets)
{
	put16(p + 4, id);
	put16(p + 6, octets > NO_DF_MAX ? DF : 0);
	put16(p + 10, (uint16_t)~pkt_sum_fold(pkt_sum(p, IP4_LEN, 0)));
}

/* Pieces that would outgrow the way; not known: what the header gained. */
static void fit_pieces(struct virtio_net_hdr *vh, const struct pkt_seg *seg,
		       uint16_t mtu)
{
	size_t headers = (size_t)new_header(seg) + tcp_header(seg);
	size_t room = mtu;

	if (!mtu)
		room = (size_t)vh->gso_size + seg->payload_off;
	if (headers + vh->gso_size > room && headers < room)
		vh->gso_size = (uint16_t)(room - headers);
}

static void convert_vnet(struct virtio_net_hdr *vh, const struct pkt_seg *seg,
			 uint16_t mtu)
{
	uint8_t ecn = vh->gso_type & VIRTIO_NET_HDR_GSO_ECN;

	if (vh->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		vh->csum_start = new_header(seg);
	if (vh->hdr_len)
		vh->hdr_len = (uint16_t)(new_header(seg) + tcp_header(seg));
	if (!seg->is_gso)
		return;
	fit_pieces(vh, seg, mtu);
	vh->gso_type = seg->family == AF_INET ? VIRTIO_NET_HDR_GSO_TCPV6 :
						VIRTIO_NET_HDR_GSO_TCPV4;
	vh->gso_type |= ecn;
}

int pkt_cross(struct pkt_frame *f, const struct pkt_seg *seg,
	      const struct pkt_entry *in, const struct pkt_entry *out,
	      const struct pkt_way *way)
{
	size_t n = tcp_header(seg) + (size_t)seg->payload_octets;
	uint8_t *tcp = f->at + seg->l4_off;

	if (n + new_header(seg) > IP4_MAX)
		return -EMSGSIZE;
	pkt_rewrite_tcp(tcp, seg->is_partial, in);
	convert_vnet(&f->vh, seg, way->mtu);
	f->at = tcp - new_header(seg);
	f->n = n + new_header(seg);
	if (seg->family == AF_INET) {
		build_ipv6(f->at, n, seg, in, out);
		return 0;
	}
	build_ipv4(f->at, n, seg, in, out);
	finish_ipv4(f->at, way->id, pkt_cross_octets(seg, f->vh.gso_size));
	return 0;
}
