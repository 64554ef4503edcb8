/* packet/cross.c - see cross.h */
#include "packet/cross.h"

#include <errno.h>

#include "packet/family.h"

/* Octets of the IP header with which seg leaves. */
static uint16_t new_header(const struct pkt_seg *seg)
{
	return pkt_other_header(seg->family == AF_INET6);
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
	struct pkt_ip ip;

	if (n + new_header(seg) > PKT_IP_MAX)
		return -EMSGSIZE;
	pkt_rewrite_tcp(tcp, seg->is_partial, in);
	convert_vnet(&f->vh, seg, way->mtu);
	f->at = tcp - new_header(seg);
	f->n = n + new_header(seg);
	ip = (struct pkt_ip) {
		.n = (uint16_t)n,
		.wire = (uint16_t)pkt_cross_octets(seg, f->vh.gso_size),
		.id = way->id,
		.tos = pkt_tos(seg->tos, out),
		.ttl = seg->ttl,
	};
	if (seg->family == AF_INET)
		pkt_make_ipv6(f->at, &ip, in);
	else
		pkt_make_ipv4(f->at, &ip, in);
	return 0;
}
