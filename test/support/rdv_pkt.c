/* test/support/rdv_pkt.c - whole packets for tests */
#include "test/support/rdv_pkt.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct in6_addr rdv_addr(const char *text)
{
	struct in6_addr a;
	char mapped[64];

	snprintf(mapped, sizeof(mapped), "::ffff:%s", text);
	if (inet_pton(AF_INET6, strchr(text, ':') ? text : mapped, &a) != 1)
		abort();
	return a;
}

void rdv_pkt_hex(struct rdv_pkt *p, const char *hex)
{
	unsigned int octet;

	p->n = 0;
	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		if (sscanf(hex, "%2x", &octet) != 1)
			abort();
		p->octet[p->n++] = (uint8_t)octet;
		hex++;
	}
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

uint16_t rdv_pkt_get16(const struct rdv_pkt *p, size_t off)
{
	return (uint16_t)(p->octet[off] << 8 | p->octet[off + 1]);
}

static unsigned long long sum16(const uint8_t *p, size_t n)
{
	unsigned long long sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (unsigned int)p[i] << 8;
	return sum;
}

static uint16_t fold(unsigned long long sum)
{
	return (uint16_t)(0xffff - (sum % 0xffff ? sum % 0xffff :
				    sum          ? 0xffff :
						   0));
}

uint16_t rdv_pkt_tcp_csum(const struct rdv_pkt *p)
{
	size_t ihl = (p->octet[0] & 15u) * 4;
	const uint8_t *tcp = p->octet + ihl;
	size_t n = p->n - ihl;

	return fold(sum16(p->octet + 12, 8) + 6 + n + sum16(tcp, 16) +
		    sum16(tcp + 18, n - 18));
}

void rdv_pkt_finish(struct rdv_pkt *p)
{
	size_t ihl = (p->octet[0] & 15u) * 4;

	put16(p->octet + 10, 0);
	put16(p->octet + 10, fold(sum16(p->octet, ihl)));
	put16(p->octet + ihl + 16, rdv_pkt_tcp_csum(p));
}

void rdv_pkt_ipv4(struct rdv_pkt *p, const struct pkt_tx *tx,
		  const uint8_t *opts, size_t n_opts, const void *payload,
		  size_t n)
{
	uint8_t *ip = p->octet, *tcp = ip + 20;

	memset(p->octet, 0, 40);
	p->n = 40 + n_opts + n;
	ip[0] = 0x45;
	ip[1] = (uint8_t)(tx->dscp << 2);
	put16(ip + 2, (unsigned int)p->n);
	ip[8] = tx->ttl ? tx->ttl : 64;
	ip[9] = 6;
	memcpy(ip + 12, &tx->src.s6_addr[12], 4);
	memcpy(ip + 16, &tx->dst.s6_addr[12], 4);
	put16(tcp, tx->sport);
	put16(tcp + 2, tx->dport);
	put32(tcp + 4, tx->seq);
	put32(tcp + 8, tx->ack);
	tcp[12] = (uint8_t)((20 + n_opts) / 4 << 4);
	tcp[13] = tx->flags;
	put16(tcp + 14, tx->window);
	if (n_opts)
		memcpy(tcp + 20, opts, n_opts);
	if (n)
		memcpy(tcp + 20 + n_opts, payload, n);
	rdv_pkt_finish(p);
}

uint32_t rdv_pkt_sum(const uint8_t *p, size_t n)
{
	return (uint32_t)(sum16(p, n) % 0xffff);
}

size_t rdv_pkt_whole(uint8_t *p, const struct pkt_tx *tx, size_t payload)
{
	size_t head = pkt_tx_build(tx, p), l4 = tx->family == AF_INET ? 20 : 40;
	size_t n = head + payload, tcp = n - l4;
	uint32_t sum;

	for (size_t i = 0; i < payload; i++)
		p[head + i] = (uint8_t)(i * 3 + 1);
	put16(p + l4 + 16, 0);
	sum = rdv_pkt_sum(p + l4, tcp) + (uint32_t)tcp + 6;
	if (tx->family == AF_INET) {
		put16(p + 2, (unsigned int)n);
		put16(p + 10, 0);
		put16(p + 10, 0xffff - rdv_pkt_sum(p, 20));
		sum += rdv_pkt_sum(p + 12, 8);
	} else {
		put16(p + 4, (unsigned int)tcp);
		sum += rdv_pkt_sum(p + 8, 32);
	}
	put16(p + l4 + 16, 0xffff - sum % 0xffff);
	return n;
}
