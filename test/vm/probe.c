/*
 * test/vm/probe.c - two small programs for test/vm/objects
 *
 * The first must load; with BAD it reads beyond the packet, and every verifier
 * must refuse it.  Whoever sees both knows that "loaded" means something.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#define SECTION(name) __attribute__((section(name), used))

SECTION("tc") int probe(struct __sk_buff *skb)
{
	const unsigned char *data = (const void *)(long)skb->data;

#ifndef BAD
	if (data + 1 > (const unsigned char *)(long)skb->data_end)
		return TC_ACT_OK;
#endif
	return *data == 0x45 ? TC_ACT_OK : TC_ACT_SHOT;
}

SECTION("license") char gpl[] = "Dual BSD/GPL";
