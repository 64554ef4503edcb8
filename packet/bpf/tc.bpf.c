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

#include "packet/bpf/way.h"
#include "packet/translate.h"

enum {
	TCP_CSUM = 16,
	IP4_TTL = 8, /* a word with the protocol */
	IP6_HOP_LIMIT = 7,
	/* For the checksum of a received packet as a whole; older kernels do
	 * not know it. */
	F_IPV6 = 1 << 7,
};

#define DATA(skb) ((void *)(long)(skb)->data)
#define END(skb) ((void *)(long)(skb)->data_end)

static __always_inline void shift_hop_limit(uint8_t *ip, bool is_v6)
{
	uint16_t old;

	if (is_v6) {
		ip[IP6_HOP_LIMIT]--;
		return;
	}
	old = pkt_load16(ip + IP4_TTL);
	ip[IP4_TTL]--;
	pkt_update_ipv4(ip, pkt_csum_delta(old, pkt_load16(ip + IP4_TTL)));
}

/* False: there is no memory. */
static __always_inline bool set_tcp_csum(struct __sk_buff *skb, uint32_t off,
					 bool is_v6, const struct pkt_entry *in)
{
	uint64_t pseudo = BPF_F_PSEUDO_HDR | (is_v6 ? F_IPV6 : 0);

	if (bpf_l4_csum_replace(skb, off, 0, in->addr_delta, pseudo) &&
	    bpf_l4_csum_replace(skb, off, 0, in->addr_delta, BPF_F_PSEUDO_HDR))
		return false;
	return !bpf_l4_csum_replace(skb, off, 0, pkt_ports_delta(in), 0);
}

/* False: no memory for it; what is left is not to be sent. */
static __always_inline bool translate(struct __sk_buff *skb,
				      const struct segment *s,
				      const struct pkt_entry *in,
				      const struct pkt_entry *out)
{
	uint32_t l4 = ETH_HLEN + segment_l4(s);
	struct tcphdr *tcp;
	void *ip;

	if (!set_tcp_csum(skb, l4 + TCP_CSUM, s->is_v6, in))
		return false;
	ip = DATA(skb) + ETH_HLEN;
	tcp = DATA(skb) + l4;
	if ((void *)(tcp + 1) > END(skb))
		return false;
	tcp->source = in->out_sport_be;
	tcp->dest = in->out_dport_be;
	pkt_rewrite_ip(ip, s->is_v6, in);
	if (out->flags & PKT_ENTRY_DSCP)
		pkt_mark_ip(ip, s->is_v6, out->dscp);
	shift_hop_limit(ip, s->is_v6);
	return true;
}

/* PKT_FAST_PASSED: *verdict is what the program returns. */
static __always_inline enum pkt_fast_count pass(struct __sk_buff *skb,
						const struct segment *s,
						struct pkt_entry *in,
						uint32_t slot, long *verdict)
{
	struct pkt_entry *out = entry_at(in->peer);
	struct fast_way *way;
	enum pkt_fast_count what;
	bool is_current;

	if (!out)
		return PKT_FAST_STEERED;
	what = judge(in, out, s, &is_current);
	if (what != PKT_FAST_PASSED)
		return what;
	way = way_find(skb, s, tun_of(in->peer), (const uint32_t *)&in->out_src,
		       (const uint32_t *)&in->out_dst);
	if (!way)
		return PKT_FAST_ROUTE;
	if (!translate(skb, s, in, out)) {
		*verdict = TC_ACT_SHOT;
		return PKT_FAST_LOST;
	}
	note(in, out, s, slot, is_current);
	*verdict = way_take(way);
	return PKT_FAST_PASSED;
}

/* A segment for this slot.  PKT_FAST_UNKNOWN and PKT_FAST_LARGE: left to the host. */
static __always_inline enum pkt_fast_count dispatch(struct __sk_buff *skb,
						    const struct segment *s,
						    uint32_t slot,
						    long *verdict)
{
	struct pkt_entry *in = entry_at(slot);

	if (!in || !(in->flags & PKT_ENTRY_USED))
		return PKT_FAST_UNKNOWN;
	if (self()->tun_mtu && wire_octets(skb, s) > self()->tun_mtu)
		return PKT_FAST_LARGE;
	if (in->kernel == PKT_KERNEL_PASS &&
	    pkt_is_latched(in, s->src, s->sport_be))
		return pass(skb, s, in, slot, verdict);
	return is_ours(s) ? PKT_FAST_UNKNOWN : PKT_FAST_STEERED;
}

SEC("tc")
int media(struct __sk_buff *skb)
{
	enum pkt_fast_count what;
	long verdict = TC_ACT_UNSPEC;
	struct segment s;
	uint32_t slot = NO_SLOT;

	/* Not for us: seen only because the interface is promiscuous. */
	if (skb->pkt_type != 0 || skb->vlan_present)
		return TC_ACT_UNSPEC;
	if (segment_read(DATA(skb) + ETH_HLEN, END(skb), skb->protocol,
			 skb->len - ETH_HLEN, &s) &&
	    s.ttl > 1)
		slot = slot_of(&s);
	if (slot == NO_SLOT) {
		count(PKT_FAST_FOREIGN, 0);
		return TC_ACT_UNSPEC;
	}
	what = dispatch(skb, &s, slot, &verdict);
	count(what, what == PKT_FAST_PASSED ? s.octets : 0);
	if (what == PKT_FAST_UNKNOWN || what == PKT_FAST_LARGE ||
	    what == PKT_FAST_PASSED || what == PKT_FAST_LOST)
		return verdict;
	note_steered(slot);
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
		way = way_find(skb, &s, self()->tun, s.src, s.dst);
	if (!way || ip + sizeof(struct ipv6hdr) > END(skb)) {
		count(PKT_FAST_UNSENT, 0);
		return TC_ACT_UNSPEC;
	}
	shift_hop_limit(ip, s.is_v6);
	if (bpf_skb_change_head(skb, ETH_HLEN, 0))
		return TC_ACT_SHOT;
	count(PKT_FAST_SENT, 0);
	return way_take(way);
}

char _license[] SEC("license") = "Dual BSD/GPL";
