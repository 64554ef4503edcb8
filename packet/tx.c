/* packet/tx.c - a segment of our own, built into a packet */
#include "packet/seg.h"

#include <string.h>

#include "packet/csum.h"
#include "packet/family.h"
#include "packet/opts.h"

enum { TCP_LEN = 20, TTL_DEFAULT = 64 };

static void put32(uint8_t *p, uint32_t v)
{
	pkt_put16(p, (uint16_t)(v >> 16));
	pkt_put16(p + 2, (uint16_t)v);
}

/* Returns: octets of header and options. */
static size_t build_tcp(const struct pkt_tx *tx, uint8_t *p)
{
	size_t n = TCP_LEN + pkt_opts_write(&tx->opts, p + TCP_LEN);
	uint32_t sum;

	pkt_put16(p, tx->sport);
	pkt_put16(p + 2, tx->dport);
	put32(p + 4, tx->seq);
	put32(p + 8, tx->ack);
	p[12] = (uint8_t)(n / 4 << 4);
	p[13] = tx->flags;
	pkt_put16(p + 14, tx->window);
	put32(p + PKT_TCP_CSUM, 0); /* checksum, urgent pointer */
	sum = pkt_sum_pseudo(tx->family, &tx->src, &tx->dst, n);
	pkt_put16(p + PKT_TCP_CSUM,
		  (uint16_t)~pkt_sum_fold(pkt_sum(p, n, sum)));
	return n;
}

/* ECN bits stay 00: neither a SYN-ACK nor a RST is ECT (RFC 3168, 6.1). */
static void build_ipv4(const struct pkt_tx *tx, size_t n, uint8_t *p)
{
	memset(p, 0, PKT_IP4_OCTETS);
	p[0] = 0x45;
	p[1] = (uint8_t)(tx->dscp << 2);
	pkt_put16(p + 2, (uint16_t)(PKT_IP4_OCTETS + n));
	pkt_put16(p + 6, 0x4000); /* DF; an atomic datagram needs no id */
	p[8] = tx->ttl ? tx->ttl : TTL_DEFAULT;
	p[9] = IPPROTO_TCP;
	memcpy(p + PKT_IP4_SRC, &tx->src.s6_addr[12], 4);
	memcpy(p + PKT_IP4_DST, &tx->dst.s6_addr[12], 4);
	pkt_put16(p + PKT_IP4_CSUM,
		  (uint16_t)~pkt_sum_fold(pkt_sum(p, PKT_IP4_OCTETS, 0)));
}

static void build_ipv6(const struct pkt_tx *tx, size_t n, uint8_t *p)
{
	put32(p, 6u << 28 | (uint32_t)tx->dscp << 22);
	pkt_put16(p + 4, (uint16_t)n);
	p[6] = IPPROTO_TCP;
	p[7] = tx->ttl ? tx->ttl : TTL_DEFAULT;
	memcpy(p + PKT_IP6_SRC, &tx->src, 16);
	memcpy(p + PKT_IP6_DST, &tx->dst, 16);
}

size_t pkt_tx_build(const struct pkt_tx *tx, uint8_t *buf)
{
	size_t n;

	if (tx->family == AF_INET) {
		n = build_tcp(tx, buf + PKT_IP4_OCTETS);
		build_ipv4(tx, n, buf);
		return PKT_IP4_OCTETS + n;
	}
	n = build_tcp(tx, buf + PKT_IP6_OCTETS);
	build_ipv6(tx, n, buf);
	return PKT_IP6_OCTETS + n;
}
