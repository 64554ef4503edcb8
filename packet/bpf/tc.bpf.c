/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/tc.bpf.c - the fast path on clsact
 *
 * `media`, at the ingress of each media interface: a segment of an open
 * session is translated and redirected to the interface behind which its
 * receiver is; another one for a gate goes straight to the TUN device; the rest
 * is left to the host.  `tun`, at the ingress of the TUN device: what the worker
 * wrote goes straight to its interface.
 *
 * Decide, then modify: until the last check has passed a packet is as it came.
 * GSO super-segments stay whole; helpers know a partial checksum from a
 * complete one.  A way through here is one hop: the TTL goes down by one.
 */
#include <linux/pkt_cls.h>

#include "packet/bpf/cross.h"
#include "packet/bpf/hop.h"
#include "packet/bpf/note.h"
#include "packet/bpf/way.h"

enum {
	/* For the checksum of a received packet as a whole; older kernels do
	 * not know it. */
	F_IPV6 = 1 << 7,
};

#define DATA(skb) ((void *)(long)(skb)->data)
#define END(skb) ((void *)(long)(skb)->data_end)

/* Octets of each packet that a super-segment will be on the wire. */
static __always_inline uint32_t wire_octets(const struct __sk_buff *skb,
					    const struct segment *s)
{
	uint32_t whole = s->headers + skb->gso_size;

	return skb->gso_size && whole < s->octets ? whole : s->octets;
}

/* The way of `octets` with these addresses, if they fit; NULL: none, or back
 * into the device it comes from. */
static __always_inline struct fast_way *
find_way(struct __sk_buff *skb, bool is_v6, uint32_t octets, uint32_t tun,
	 const uint32_t *src, const uint32_t *dst, uint32_t now)
{
	struct fast_way *way = way_slot(src, dst, tun);
	struct bpf_fib_lookup q;
	long told;

	if (!way || way_is_told(way, src, dst, tun, octets, now))
		return way;
	way_ask(&q, is_v6, tun, src, dst, octets);
	told = bpf_fib_lookup(skb, &q, sizeof(q), 0);
	if ((told != BPF_FIB_LKUP_RET_SUCCESS &&
	     told != BPF_FIB_LKUP_RET_NO_NEIGH) ||
	    q.ifindex == tun)
		return NULL;
	/* The MTU is told with a neighbour only: what fits now may be all. */
	way_remember(way, src, dst, tun, &q, now);
	__builtin_memcpy(way->next_hop, q.ipv6_dst, sizeof(way->next_hop));
	return way;
}

/* The neighbour is the kernel's to find. */
static __always_inline long take_way(const struct fast_way *way)
{
	struct bpf_redir_neigh next = { .nh_family = way->family };

	__builtin_memcpy(next.ipv6_nh, way->next_hop, sizeof(next.ipv6_nh));
	return bpf_redirect_neigh(way->ifindex, &next, sizeof(next), 0);
}

/* The kernel changes the TCP checksum by the addresses; where they add nothing,
 * by the ports.  When only its checksum changes by an address, a whole packet
 * does not: so it is within IPv6.  False: there is no memory. */
static __always_inline bool change_csum(struct __sk_buff *skb, uint32_t off,
					bool is_within_ipv6,
					const struct pkt_entry *in)
{
	const uint16_t delta = in->addr_delta;
	const uint64_t pseudo = BPF_F_PSEUDO_HDR;

	if (!delta || delta == 0xffff)
		return !bpf_l4_csum_replace(skb, off, 0, pkt_ports_delta(in),
					    0);
	return (is_within_ipv6 &&
		!bpf_l4_csum_replace(skb, off, 0, delta, pseudo | F_IPV6)) ||
	       !bpf_l4_csum_replace(skb, off, 0, delta, pseudo);
}

/* Ports and checksum behind an IP header of `l4` octets.  Only the kernel knows
 * whether the checksum, `was` so far, is a partial one, and shows it by how it
 * changes it; besides, it keeps its own sum of a received packet right.  Returns
 * where the IP header is; NULL: there is no memory. */
static __always_inline uint8_t *rewrite_tcp(struct __sk_buff *skb, uint32_t l4,
					    bool is_within_ipv6, uint16_t was,
					    const struct pkt_entry *in)
{
	const uint32_t off = ETH_HLEN + l4;
	uint8_t *tcp;
	bool is_partial;

	if (!change_csum(skb, off + PKT_TCP_CSUM, is_within_ipv6, in))
		return NULL;
	tcp = DATA(skb) + off;
	if ((void *)tcp + sizeof(struct tcphdr) > END(skb))
		return NULL;
	is_partial = pkt_load16(tcp + PKT_TCP_CSUM) ==
		     pkt_csum_add(was, in->addr_delta);
	pkt_store16(tcp + PKT_TCP_CSUM, was);
	pkt_rewrite_tcp(tcp, is_partial, in);
	return tcp - l4;
}

/* False: no memory for it; what is left is not to be sent. */
static __always_inline bool
rewrite(struct __sk_buff *skb, const struct segment *s, const struct gate *g)
{
	uint8_t *ip = rewrite_tcp(skb, segment_l4(s), s->is_v6, s->csum, g->in);

	if (!ip)
		return false;
	hop_rewrite_ip(ip, s->is_v6, g->in, g->out);
	return true;
}

static __always_inline bool cross(struct __sk_buff *skb,
				  const struct segment *s, const struct gate *g,
				  uint32_t wire)
{
	return cross_ip(skb, g, s, wire) &&
	       rewrite_tcp(skb, pkt_other_header(s->is_v6), false, s->csum,
			   g->in);
}

/* PKT_FAST_PASSED, PKT_FAST_LOST and PKT_FAST_POLICED: *verdict is what the
 * program returns.  *place: of the gate. */
static __always_inline enum pkt_fast_count
dispatch(struct __sk_buff *skb, const struct segment *s, const struct spot *at,
	 uint32_t *place, long *verdict)
{
	uint32_t wire = wire_octets(skb, s);
	struct gate g;
	enum pkt_fast_count what = gate_find(&g, s, at, wire);
	struct fast_way *way = NULL;

	*place = g.place;
	if (what == PKT_FAST_POLICED)
		*verdict = TC_ACT_SHOT;
	if (what != PKT_FAST_PASSED)
		return what;
	if (g.is_joining && is_behind(g.place))
		return PKT_FAST_BEHIND;
	if (g.is_cross)
		wire = cross_octets(&g, s, wire);
	if (wire)
		way = find_way(skb, g.is_cross != s->is_v6, wire,
			       tun_of(g.in->peer_slot),
			       (const uint32_t *)&g.in->out_src,
			       (const uint32_t *)&g.in->out_dst, g.now_ms);
	if (!way)
		return PKT_FAST_ROUTE;
	if (g.is_cross ? !cross(skb, s, &g, wire) : !rewrite(skb, s, &g)) {
		*verdict = TC_ACT_SHOT;
		return PKT_FAST_LOST;
	}
	note(&g, s, g.place);
	*verdict = take_way(way);
	return PKT_FAST_PASSED;
}

SEC("tc")
int media(struct __sk_buff *skb)
{
	enum pkt_fast_count what;
	long verdict = TC_ACT_UNSPEC;
	struct segment s;
	struct spot at;
	uint32_t place;

	/* Not for us: seen only because the interface is promiscuous. */
	if (skb->pkt_type != 0 || skb->vlan_present)
		return TC_ACT_UNSPEC;
	if (!segment_read(DATA(skb) + ETH_HLEN, END(skb), skb->protocol,
			  skb->len - ETH_HLEN, &s) ||
	    s.ttl <= 1 || !spot_of(&s, &at)) {
		count(FAST_BY_TC, PKT_FAST_FOREIGN, 0);
		return TC_ACT_UNSPEC;
	}
	what = dispatch(skb, &s, &at, &place, &verdict);
	count(FAST_BY_TC, what, what == PKT_FAST_PASSED ? s.octets : 0);
	if (what == PKT_FAST_UNKNOWN || what == PKT_FAST_LARGE ||
	    what == PKT_FAST_PASSED || what == PKT_FAST_LOST ||
	    what == PKT_FAST_POLICED)
		return verdict;
	if (what != PKT_FAST_BEHIND)
		note_steered(place, &s);
	return bpf_redirect(self()->tun, 0);
}

/* A TUN device has no link layer, so room is made for one. */
SEC("tc")
int tun(struct __sk_buff *skb)
{
	struct fast_way *way = NULL;
	void *ip = DATA(skb);
	struct segment s;

	if (segment_read(ip, END(skb), skb->protocol, skb->len, &s) &&
	    s.ttl > 1)
		way = find_way(skb, s.is_v6, wire_octets(skb, &s), self()->tun,
			       s.src, s.dst, now_ms());
	if (!way || ip + sizeof(struct ipv6hdr) > END(skb)) {
		count(FAST_BY_TC, PKT_FAST_UNSENT, 0);
		return TC_ACT_UNSPEC;
	}
	hop_shift(ip, s.is_v6);
	if (bpf_skb_change_head(skb, ETH_HLEN, 0))
		return TC_ACT_SHOT;
	count(FAST_BY_TC, PKT_FAST_SENT, 0);
	return take_way(way);
}

char _license[] SEC("license") = "Dual BSD/GPL";
