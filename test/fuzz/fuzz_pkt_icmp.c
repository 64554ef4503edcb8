/*
 * test/fuzz/fuzz_pkt_icmp.c - any octets as an ICMP error
 *
 * First octet: bit 0 the family of the client it is for.  Checksums are put
 * right first, as nothing else would be looked at.  What is passed on fits
 * its buffer and can be read again, as an error about the same segment.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packet/csum.h"
#include "packet/icmp.h"
#include "packet/translate_pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LARGEST = 2048 };

static const struct in6_addr a_addr[] = {
	{ .s6_addr = { [10] = 0xff, 0xff, 203, 0, 113, 10 } },
	{ .s6_addr = { 0x20, 1, 0xd, 0xb8, [15] = 0x10 } },
};
static const struct in6_addr x_addr[] = {
	{ .s6_addr = { [10] = 0xff, 0xff, 198, 51, 100, 1 } },
	{ .s6_addr = { 0x20, 1, 0xd, 0xb8, [15] = 1 } },
};

static void set_csum(uint8_t *field, const uint8_t *p, size_t n, uint32_t sum)
{
	uint16_t c;

	field[0] = field[1] = 0;
	c = (uint16_t)~pkt_sum_fold(pkt_sum(p, n, sum));
	field[0] = (uint8_t)(c >> 8);
	field[1] = (uint8_t)c;
}

static void fix_ipv4(uint8_t *p, size_t n)
{
	size_t ihl = n ? (p[0] & 15u) * 4u : 0;

	if (ihl >= 20 && ihl <= n)
		set_csum(p + 10, p, ihl, 0);
}

/* The quote first, it is part of the other sum. */
static void fix_checksums(uint8_t *p, size_t n)
{
	bool is_v6 = n && p[0] >> 4 == 6;
	size_t ip = is_v6 ? 40 : n ? (p[0] & 15u) * 4u : 0;
	struct in6_addr end[2];
	uint32_t sum = 0;

	if (ip < 20 || n < ip + 8)
		return;
	if (!is_v6) {
		fix_ipv4(p + ip + 8, n - ip - 8);
		fix_ipv4(p, n);
	} else {
		memcpy(end, p + 8, sizeof(end));
		sum = pkt_sum_pseudo(AF_INET6, &end[0], &end[1], n - ip);
		sum += IPPROTO_ICMPV6 - IPPROTO_TCP;
	}
	set_csum(p + ip + 2, p + ip, n - ip, sum);
}

/* The entry whose client is quoted, with a client of family v6 at A. */
static struct pkt_entry entry_of(const struct pkt_quote *q, bool is_v6)
{
	struct pkt_local at = { q->src, htons(q->sport) };
	struct pkt_local from = { x_addr[is_v6], htons(20000) };
	struct pkt_local to = { a_addr[is_v6], htons(40001) };
	struct pkt_entry e = { .remote = q->dst,
			       .remote_port_be = htons(q->dport) };

	pkt_translate_set(&e, &at, &from, &to);
	return e;
}

static void check(const struct pkt_icmp *m, const uint8_t *out, size_t n,
		  bool is_v6)
{
	struct pkt_icmp again;

	if (n > PKT_ICMP_MAX ||
	    pkt_icmp_parse(out, n, &again) != PKT_DROP_NONE ||
	    again.quote.seq != m->quote.seq || again.quote.sport != 40001 ||
	    again.quote.dport != 20000 ||
	    memcmp(&again.quote.src, &a_addr[is_v6], 16) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct pkt_mtus mtus = { 0, 0 };
	uint8_t out[PKT_ICMP_MAX];
	struct pkt_icmp m;
	struct pkt_entry e;
	uint8_t *pkt;
	size_t len;

	if (n < 2 || n > LARGEST)
		return 0;
	n--;
	pkt = malloc(n);
	if (!pkt)
		return 0;
	memcpy(pkt, data + 1, n);
	fix_checksums(pkt, n);
	if (pkt_icmp_parse(pkt, n, &m) == PKT_DROP_NONE) {
		e = entry_of(&m.quote, data[0] & 1);
		len = pkt_icmp_forward(pkt, &m, &e, &mtus, out);
		if (len)
			check(&m, out, len, data[0] & 1);
	}
	free(pkt);
	return 0;
}
