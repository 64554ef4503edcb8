/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * test/bench/bpf/minimal.bpf.c - the least that translates a TCP segment
 *
 * IPv4 without options; addresses, ports, checksums, TTL and the link layer are
 * rewritten with constants, and the packet is redirected.  No session is looked
 * up, nothing is checked but what the verifier asks for, no route is sought.
 * The TCP checksum is changed by helpers: on clsact it may be a partial one, and
 * only they can tell.  What bench_pkt_program compares ours with.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "packet/translate.h"

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
} __attribute__((packed));

/* Set before it is loaded; the differences are 0 when all stays as it is. */
const volatile uint32_t src_be, dst_be, ifindex;
const volatile uint16_t sport_be, dport_be, addr_delta, ports_delta;

enum { TCP_CSUM = sizeof(struct ethhdr) + sizeof(struct iphdr) + 16 };

SEC("tc")
int minimal(struct __sk_buff *skb)
{
	struct headers *h = (void *)(long)skb->data;

	if ((void *)(h + 1) > (void *)(long)skb->data_end ||
	    h->eth.h_proto != bpf_htons(ETH_P_IP) ||
	    h->ip.protocol != IPPROTO_TCP || h->ip.ihl != 5)
		return TC_ACT_OK;
	bpf_l4_csum_replace(skb, TCP_CSUM, 0, addr_delta, BPF_F_PSEUDO_HDR);
	bpf_l4_csum_replace(skb, TCP_CSUM, 0, ports_delta, 0);
	h = (void *)(long)skb->data;
	if ((void *)(h + 1) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	h->ip.saddr = src_be;
	h->ip.daddr = dst_be;
	h->ip.ttl--;
	h->ip.check = pkt_csum_update(
		h->ip.check, pkt_csum_add(addr_delta, bpf_htons(0xfeff)));
	h->tcp.source = sport_be;
	h->tcp.dest = dport_be;
	__builtin_memset(h->eth.h_dest, 2, ETH_ALEN);
	__builtin_memset(h->eth.h_source, 4, ETH_ALEN);
	return bpf_redirect(ifindex, 0);
}

char _license[] SEC("license") = "Dual BSD/GPL";
