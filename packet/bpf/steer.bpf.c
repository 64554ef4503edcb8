/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/steer.bpf.c - which queue of a TUN device a packet goes to
 *
 * A socket filter for TUNSETSTEERINGEBPF: what it returns is the number of the
 * queue.  Worker i reads queue i of each device.
 */
#include "packet/steer.h"

const volatile uint32_t n_workers = 1; /* set when loaded */

SEC("socket")
int steer(struct __sk_buff *skb)
{
	uint32_t n = n_workers;

	return n ? (int)pkt_steer_worker(pkt_steer_port(skb), n) : 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
