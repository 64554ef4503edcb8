/* packet/tx.c - a segment of our own, built into a packet */
#include "packet/seg.h"

#include <string.h>

#include "packet/csum.h"
#include "packet/opts.h"

enum { IP4_LEN = 20, IP6_LEN = 40, TCP_LEN = 20, TTL_DEFAULT = 64 };

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

/* Returns: octets of header and options. */
static size_t build_tcp(const struct pkt_tx *tx, uint8_t *p)
{
	size_t n = TCP_LEN + pkt_opts_write(&tx->opts, p + TCP_LEN);
	uint32_t sum;

	put16(p, tx->sport);
	put16(p + 2, tx->dport);
	put32(p + 4, tx->seq);
	put32(p + 8, tx->ack);
	p[12] = (uint8_t)(n / 4 << 4);
	p[13] = tx->flags;
	put16(p + 14, tx->window);
	put32(p + 16, 0); /* checksum, urgent pointer */
	sum = pkt_sum_pseudo(tx->family, &tx->src, &tx->dst, n);
	put16(p + 16, (uint16_t)~pkt_sum_fold(pkt_sum(p, n, sum)));
	return n;
}

/* ECN bits stay 00: neither a SYN-ACK nor a RST is ECT (RFC 3168, 6.1). */
static void build_ipv4(const struct pkt_tx *tx, size_t n, uint8_t *p)
{
	memset(p, 0, IP4_LEN);
	p[0] = 0x45;
	p[1] = (uint8_t)(tx->dscp << 2);
	put16(p + 2, (uint16_t)(IP4_LEN + n));
	put16(p + 6, 0x4000); /* DF; an atomic datagram needs no id */
	p[8] = tx->ttl ? tx->ttl : TTL_DEFAULT;
	p[9] = IPPROTO_TCP;
	memcpy(p + 12, &tx->src.s6_addr[12], 4);
	memcpy(p + 16, &tx->dst.s6_addr[12], 4);
	put16(p + 10, (uint16_t)~pkt_sum_fold(pkt_sum(p, IP4_LEN, 0)));
}

static void build_ipv6(const struct pkt_tx *tx, size_t n, uint8_t *p)
{
	put32(p, 6u << 28 | (uint32_t)tx->dscp << 22);
	put16(p + 4, (uint16_t)n);
	p[6] = IPPROTO_TCP;
	p[7] = tx->ttl ? tx->ttl : TTL_DEFAULT;
	memcpy(p + 8, &tx->src, 16);
	memcpy(p + 24, &tx->dst, 16);
}

size_t pkt_tx_build(const struct pkt_tx *tx, uint8_t *buf)
{
	size_t n;

	if (tx->family == AF_INET) {
		n = build_tcp(tx, buf + IP4_LEN);
		build_ipv4(tx, n, buf);
		return IP4_LEN + n;
	}
	n = build_tcp(tx, buf + IP6_LEN);
	build_ipv6(tx, n, buf);
	return IP6_LEN + n;
}
