/*
 * test/unit/test_pkt_steer.c - which worker a packet is for
 *
 * What the engine would take for a gate must be found by its port, whatever the
 * headers in between are: the parsers of the engine say what that is.  The
 * program of the kernel says the same for the same packet, where it can be
 * loaded (BPF_PROG_TEST_RUN: root).
 */
#include "packet/steer.h"
#include "packet/icmp.h"
#include "packet/steering.h"
#include "test/support/rdv_pkt.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROOM = 2048, WORKERS = 7, RANDOM = 40000 };

static uint8_t pkt[ROOM];
static int program = -1;

static uint16_t port_of(size_t n)
{
	struct pkt_steer_packet p = { pkt, n };

	return pkt_steer_port(&p);
}

/* What the program returns; WORKERS: it cannot be asked. */
static uint32_t by_program(size_t n)
{
	uint8_t frame[ETH_HLEN + ROOM] = { 0 };
	union bpf_attr attr = { .test = { .prog_fd = (uint32_t)program,
					  .data_in = (uintptr_t)frame,
					  .data_size_in =
						  (uint32_t)(ETH_HLEN + n) } };

	if (program < 0 || n < 20)
		return WORKERS;
	frame[12] = pkt[0] >> 4 == 6 ? 0x86 : 0x08;
	frame[13] = pkt[0] >> 4 == 6 ? 0xdd : 0x00;
	memcpy(frame + ETH_HLEN, pkt, n);
	if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)))
		return WORKERS;
	return attr.test.retval;
}

static void expect(size_t n, uint16_t port)
{
	uint32_t told = by_program(n);

	CU_ASSERT_EQUAL(port_of(n), port);
	if (told != WORKERS)
		CU_ASSERT_EQUAL(told, pkt_steer_worker(port, WORKERS));
}

static size_t tcp4(uint16_t dport, size_t options)
{
	size_t ihl = 20 + options;

	memset(pkt, 0, sizeof(pkt));
	pkt[0] = (uint8_t)(0x40 | ihl / 4);
	pkt[3] = (uint8_t)(ihl + 20);
	pkt[8] = 64;
	pkt[9] = IPPROTO_TCP;
	pkt[12] = 203;
	memset(pkt + 20, 1, options); /* no operation */
	pkt[ihl] = 0x9c;
	pkt[ihl + 1] = 0x40;
	pkt[ihl + 2] = (uint8_t)(dport >> 8);
	pkt[ihl + 3] = (uint8_t)dport;
	pkt[ihl + 12] = 0x50;
	return ihl + 20;
}

static void plain(void)
{
	for (unsigned int port = 20000; port < 20040; port++)
		expect(tcp4((uint16_t)port, 0), (uint16_t)port);
}

static void options(void)
{
	for (size_t n = 4; n <= 40; n += 4)
		expect(tcp4(31234, n), 31234);
}

/* n extension headers of these kinds, in turn. */
static size_t tcp6(uint16_t dport, unsigned int n)
{
	static const uint8_t kinds[] = { 0, 60, 43, 60 };
	size_t off = 40;

	memset(pkt, 0, sizeof(pkt));
	pkt[0] = 0x60;
	pkt[6] = n ? kinds[0] : IPPROTO_TCP;
	pkt[7] = 64;
	pkt[8] = 0x20;
	for (unsigned int i = 0; i < n; i++) {
		pkt[off] = i + 1 < n ? kinds[(i + 1) % 4] : IPPROTO_TCP;
		pkt[off + 1] = (uint8_t)(i % 3);
		off += 8u * (i % 3 + 1);
	}
	pkt[off + 2] = (uint8_t)(dport >> 8);
	pkt[off + 3] = (uint8_t)dport;
	pkt[off + 12] = 0x50;
	pkt[4] = (uint8_t)((off + 20 - 40) >> 8);
	pkt[5] = (uint8_t)(off + 20 - 40);
	return off + 20;
}

static void extensions(void)
{
	for (unsigned int n = 0; n < PKT_STEER_HEADERS; n++)
		expect(tcp6(25001, n), 25001);
	/* The engine gives up where this does. */
	expect(tcp6(25001, PKT_STEER_HEADERS), 0);
}

static void fragments(void)
{
	size_t n = tcp4(30001, 0);

	pkt[6] = 0x40; /* DF is none */
	expect(n, 30001);
	pkt[6] = 0x20; /* more to come */
	expect(n, 0);
	pkt[6] = 0;
	pkt[7] = 5;
	expect(n, 0);
	n = tcp6(30001, 1);
	pkt[6] = 44;
	expect(n, 0);
}

/* What was quoted left here: its source is ours. */
static size_t quoting(bool is_v6, size_t options)
{
	uint8_t inner[ROOM];
	size_t n = is_v6 ? tcp6(443, 2) : tcp4(443, options), ip;
	size_t l4 = n - 20;

	pkt[l4] = 28001 >> 8;
	pkt[l4 + 1] = 28001 & 0xff;
	memcpy(inner, pkt, n);
	ip = is_v6 ? tcp6(1, 1) - 20 : tcp4(1, options) - 20;
	pkt[is_v6 ? 40 : 9] = is_v6 ? 58 : 1;
	pkt[ip] = is_v6 ? 1 : 3;
	memcpy(pkt + ip + 8, inner, n);
	return ip + 8 + n;
}

static void icmp(void)
{
	size_t n;

	for (size_t options = 0; options <= 40; options += 8)
		expect(quoting(false, options), 28001);
	expect(quoting(true, 0), 28001);
	/* As much of it as a router must quote. */
	n = quoting(false, 0);
	expect(n - 20 + 8, 28001);
	expect(n - 20 + 1, 0);
	pkt[28 + 6] = 0x20; /* the first of some: it has the ports */
	expect(n, 28001);
	pkt[28 + 7] = 1;
	expect(n, 0);
	n = quoting(false, 0);
	pkt[28 + 9] = IPPROTO_UDP;
	expect(n, 0);
}

/* Cut anywhere, it is nobody's, and nothing behind it is read. */
static void cut(void)
{
	for (size_t n = 0; n < 24; n++) {
		(void)tcp4(28001, 0);
		expect(n, 0);
	}
	for (size_t n = 0; n < 44; n++) {
		(void)tcp6(28001, 0);
		expect(n, 0);
	}
}

/* The checksum at offset `at` of n octets. */
static void fix_sum(uint8_t *p, size_t n, size_t at)
{
	uint32_t sum;

	p[at] = p[at + 1] = 0;
	sum = rdv_pkt_sum(p, n);
	p[at] = (uint8_t)(~sum >> 8);
	p[at + 1] = (uint8_t)~sum;
}

/* A packet with a few octets changed; mostly still one that is read. */
static size_t changed(void)
{
	size_t n;

	switch (random() % 4) {
	case 0:
		n = tcp4((uint16_t)random(), (size_t)(random() % 11) * 4);
		break;
	case 1:
		n = tcp6((uint16_t)random(), (unsigned int)(random() % 10));
		break;
	default:
		n = quoting(random() & 1, (size_t)(random() % 11) * 4);
	}
	for (long i = random() % 3; i > 0; i--)
		pkt[(size_t)random() % n] = (uint8_t)random();
	if (pkt[0] >> 4 == 4 && (pkt[0] & 15u) >= 5)
		fix_sum(pkt, (pkt[0] & 15u) * 4u, 10);
	return n;
}

/* What the engine reads a port from, steering reads the same port from. */
static void as_the_engine(void)
{
	unsigned int segments = 0;
	struct pkt_seg seg;

	srandom(1);
	for (int i = 0; i < RANDOM; i++) {
		size_t n = changed();
		uint32_t told = by_program(n);

		if (pkt_seg_parse(pkt, n, true, false, &seg) == PKT_DROP_NONE) {
			segments++;
			CU_ASSERT_EQUAL(port_of(n), seg.dport);
		}
		if (told != WORKERS)
			CU_ASSERT_EQUAL(told, port_of(n) % WORKERS);
	}
	CU_ASSERT_TRUE(segments > RANDOM / 8);
	printf(" %u of %d were segments,", segments, RANDOM);
	printf(program < 0 ? " no program to ask" : " the program agrees");
}

/* ICMP as the engine reads it: checksums of the message are right. */
static void errors_as_the_engine(void)
{
	unsigned int errors = 0;
	struct pkt_icmp m;

	for (int i = 0; i < RANDOM / 4; i++) {
		size_t n = quoting(false, (size_t)(random() % 11) * 4);
		size_t ihl = (pkt[0] & 15u) * 4u;

		pkt[2] = (uint8_t)(n >> 8);
		pkt[3] = (uint8_t)n;
		/* the quote: from whom the error is sent to */
		memcpy(pkt + 16, pkt + ihl + 8 + 12, 4);
		fix_sum(pkt, ihl, 10);
		fix_sum(pkt + ihl + 8, (pkt[ihl + 8] & 15u) * 4u, 10);
		fix_sum(pkt + ihl, n - ihl, 2);
		if (pkt_icmp_parse(pkt, n, &m) != PKT_DROP_NONE)
			continue;
		errors++;
		CU_ASSERT_EQUAL(port_of(n), m.quote.sport);
	}
	CU_ASSERT_EQUAL(errors, RANDOM / 4);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the port decides", plain },
		{ "IPv4 options", options },
		{ "IPv6 extension headers", extensions },
		{ "D27 fragments are the first worker's", fragments },
		{ "ICMP errors: the port of what they quote", icmp },
		{ "cut", cut },
		{ "as the engine reads segments", as_the_engine },
		{ "as the engine reads errors", errors_as_the_engine },
		{ NULL, NULL },
	};
	char why[160] = "";
	int rc;

	program = pkt_steering_load(WORKERS, why, sizeof(why));
	if (program < 0)
		printf("%s\n", why);
	rc = suite_run("packet/steer", tests);
	if (program >= 0)
		close(program);
	return rc;
}
