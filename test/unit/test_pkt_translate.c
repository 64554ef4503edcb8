/* test/unit/test_pkt_translate.c - the rewrite of an open session */
#include "packet/translate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "packet/translate_pkt.h"
#include "test/support/rdv_pkt.h"
#include "test/support/suite.h"

/* A -> X is to leave as Y -> B: rendezvous.md 3. */
static void session(struct pkt_entry *in, struct pkt_entry *out)
{
	struct pkt_local x = { rdv_addr("198.51.100.1"), htons(20000) };
	struct pkt_local y = { rdv_addr("198.51.100.2"), htons(20002) };
	struct pkt_local b = { rdv_addr("192.0.2.20"), htons(50002) };

	memset(in, 0, sizeof(*in));
	memset(out, 0, sizeof(*out));
	in->remote = rdv_addr("203.0.113.10");
	in->remote_port_be = htons(40001);
	pkt_translate_set(in, &x, &y, &b);
}

static void hello(struct rdv_pkt *p)
{
	struct pkt_tx tx = { .flags = PKT_PSH | PKT_ACK,
			     .sport = 40001,
			     .dport = 20000,
			     .seq = 0x11111112,
			     .ack = 0x22222223,
			     .window = 502 };

	tx.src = rdv_addr("203.0.113.10");
	tx.dst = rdv_addr("198.51.100.1");
	rdv_pkt_ipv4(p, &tx, NULL, 0, "hello", 5);
}

static void translate(struct rdv_pkt *p, bool is_partial,
		      const struct pkt_entry *in, const struct pkt_entry *out)
{
	struct pkt_seg s;

	CU_ASSERT_EQUAL_FATAL(pkt_seg_parse(p->octet, p->n, is_partial, false,
					    &s),
			      PKT_DROP_NONE);
	CU_ASSERT_EQUAL(pkt_translate(p->octet, &s, in, out), 0);
}

static void x1_v5(void)
{
	struct pkt_entry in, out;
	struct rdv_pkt p, was, want;

	session(&in, &out);
	hello(&p);
	was = p;
	CU_ASSERT_EQUAL(rdv_pkt_get16(&p, 36), 0xb2f5);
	translate(&p, false, &in, &out);
	CU_ASSERT_EQUAL(rdv_pkt_get16(&p, 36), 0x05d8);
	want = p;
	rdv_pkt_finish(&want);
	CU_ASSERT(!memcmp(&want, &p, sizeof(p)));
	CU_ASSERT_EQUAL(rdv_pkt_get16(&p, 20), 20002);
	CU_ASSERT_EQUAL(rdv_pkt_get16(&p, 22), 50002);
	/* TOS, length, id, TTL; numbers, flags, window, payload */
	CU_ASSERT(!memcmp(p.octet, was.octet, 10));
	CU_ASSERT(!memcmp(p.octet + 24, was.octet + 24, 12));
	CU_ASSERT(!memcmp(p.octet + 38, was.octet + 38, p.n - 38));
}

static void x2_v7(void)
{
	uint16_t delta = pkt_csum_add((uint16_t)~0x5555, 0x3285);

	CU_ASSERT_EQUAL(pkt_csum_update(0xdd2f, delta), 0x0000);
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void randomise(struct rdv_pkt *p, struct pkt_entry *in,
		      struct pkt_local end[3], uint32_t *r)
{
	static const uint8_t extremes[] = { 0x00, 0xff, 0x55, 0x01 };
	size_t i;

	for (i = 0; i < 3; i++) {
		uint32_t v = next_random(r);

		memcpy(&end[i].addr.s6_addr[12], &v, 4);
		end[i].port_be = (uint16_t)next_random(r);
		if (v % 8 == 0)
			memset(&end[i].addr.s6_addr[12], extremes[v / 8 % 4],
			       4);
	}
	for (i = 20; i < 36; i++)
		p->octet[i] = (uint8_t)next_random(r);
	p->octet[12] = (uint8_t)(1 + *r % 126);
	p->octet[32] = 0x50;
	p->octet[33] = PKT_ACK;
	memcpy(p->octet + 16, &end[0].addr.s6_addr[12], 4);
	memcpy(p->octet + 22, &end[0].port_be, 2);
	/* some whose checksum comes out as 0, or whose sum does */
	if (*r % 16 == 0) {
		rdv_pkt_finish(p);
		uint16_t c = rdv_pkt_get16(p, 36), w = rdv_pkt_get16(p, 34);
		uint32_t s = (uint32_t)w + c;

		s = (s & 0xffff) + (s >> 16);
		p->octet[34] = (uint8_t)(s >> 8);
		p->octet[35] = (uint8_t)s;
	}
	rdv_pkt_finish(p);
	memset(&in->remote.s6_addr[10], 0xff, 2);
	memcpy(&in->remote.s6_addr[12], p->octet + 12, 4);
	memcpy(&in->remote_port_be, p->octet + 20, 2);
	pkt_translate_set(in, &end[0], &end[1], &end[2]);
}

static void x2_random(void)
{
	struct pkt_entry in = { .flags = 0 }, out = { .flags = 0 };
	struct pkt_local end[3];
	struct rdv_pkt p, want;
	uint32_t r = 2463534242u;
	unsigned int i, bad = 0, zeros = 0;

	hello(&p);
	for (i = 0; i < 3; i++)
		end[i].addr = rdv_addr("0.0.0.0");
	for (i = 0; i < 1000000; i++) {
		struct pkt_seg s = { .family = AF_INET, .l4_off = 20 };

		randomise(&p, &in, end, &r);
		zeros += rdv_pkt_get16(&p, 36) == 0;
		pkt_translate(p.octet, &s, &in, &out);
		zeros += rdv_pkt_get16(&p, 36) == 0;
		memcpy(want.octet, p.octet, p.n);
		want.n = p.n;
		rdv_pkt_finish(&want);
		bad += memcmp(want.octet, p.octet, p.n) != 0;
	}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT(zeros > 1000);
}

/* How far the checksum field is from what it should be, modulo 0xffff. */
static uint32_t error_of(const struct rdv_pkt *p)
{
	return (rdv_pkt_get16(p, 36) + 0xffffu - rdv_pkt_tcp_csum(p)) % 0xffff;
}

static void x3_wrong_stays_wrong(void)
{
	struct pkt_entry in, out;
	struct rdv_pkt p;
	uint32_t error;

	session(&in, &out);
	hello(&p);
	CU_ASSERT_EQUAL(error_of(&p), 0);
	p.octet[42] ^= 0x20;
	error = error_of(&p);
	CU_ASSERT_NOT_EQUAL(error, 0);
	translate(&p, false, &in, &out);
	CU_ASSERT_EQUAL(error_of(&p), error);
}

static bool looks_partial(const char *src, const char *dst, uint16_t octets,
			  uint16_t csum)
{
	struct in6_addr a = rdv_addr(src), b = rdv_addr(dst);

	return pkt_looks_partial((const uint32_t *)&a, (const uint32_t *)&b,
				 htons(octets), htons(csum));
}

/* What a program of XDP must not take for a whole checksum, and may not leave too
 * often.  By hand: 0a01+0203+c633+6401+0006+0020 = 1365e, folded 365f. */
static void x4_looks(void)
{
	CU_ASSERT_TRUE(looks_partial("10.1.2.3", "198.51.100.1", 32, 0x365f));
	CU_ASSERT_FALSE(looks_partial("10.1.2.3", "198.51.100.1", 33, 0x365f));
	CU_ASSERT_FALSE(looks_partial("10.1.2.3", "198.51.100.1", 32, 0x3660));
	CU_ASSERT_FALSE(looks_partial("10.1.2.3", "198.51.100.1", 32, 0xc9a0));
	/* 2001+db8+1+1 + 2001+db8+2+2 + 6+1000: no carry */
	CU_ASSERT_TRUE(looks_partial("2001:db8:1::1", "2001:db8:2::2", 0x1000,
				     0x6b7e));
	/* a sum of 0xffff is written as such, or as 0 */
	CU_ASSERT_TRUE(looks_partial("0.0.0.0", "255.205.0.0", 0x2c, 0xffff));
	CU_ASSERT_TRUE(looks_partial("0.0.0.0", "255.205.0.0", 0x2c, 0));
	CU_ASSERT_FALSE(looks_partial("0.0.0.0", "255.205.0.0", 0x2d, 0));
}

static void x4_v6(void)
{
	struct pkt_entry in, out;
	struct rdv_pkt p;

	session(&in, &out);
	hello(&p);
	p.octet[36] = 0x66;
	p.octet[37] = 0x5f;
	translate(&p, true, &in, &out);
	CU_ASSERT_EQUAL(rdv_pkt_get16(&p, 36), 0xec69);
}

static void x10_flags(void)
{
	struct pkt_entry in, out;
	struct rdv_pkt p, want;
	unsigned int flags;

	session(&in, &out);
	for (flags = 0; flags < 256; flags++) {
		if (flags & PKT_SYN)
			continue;
		hello(&p);
		p.octet[33] = (uint8_t)flags;
		p.octet[39] = 77; /* urgent pointer */
		rdv_pkt_finish(&p);
		translate(&p, false, &in, &out);
		want = p;
		rdv_pkt_finish(&want);
		CU_ASSERT_EQUAL(p.octet[33], flags);
		CU_ASSERT_EQUAL(p.octet[39], 77);
		CU_ASSERT(!memcmp(&want, &p, sizeof(p)));
	}
}

/* X9: the DSCP is that of the leg where it leaves, ECN bits are kept. */
static void x9_dscp(void)
{
	struct pkt_entry in, out;
	struct rdv_pkt p, want;
	unsigned int tos;

	session(&in, &out);
	in.flags |= PKT_ENTRY_DSCP;
	in.dscp = 10;
	for (tos = 0; tos < 256; tos++) {
		hello(&p);
		p.octet[1] = (uint8_t)tos;
		rdv_pkt_finish(&p);
		out.flags = 0;
		translate(&p, false, &in, &out);
		CU_ASSERT_EQUAL(p.octet[1], tos);

		hello(&p);
		p.octet[1] = (uint8_t)tos;
		rdv_pkt_finish(&p);
		out.flags = PKT_ENTRY_DSCP;
		out.dscp = 46;
		translate(&p, false, &in, &out);
		CU_ASSERT_EQUAL(p.octet[1], 46u << 2 | (tos & 3));
		want = p;
		rdv_pkt_finish(&want);
		CU_ASSERT(!memcmp(&want, &p, sizeof(p)));
	}
}

/* IPv6 to IPv6: as if it had been built for the other side. */
static void ipv6(void)
{
	struct pkt_entry in = { .flags = 0 }, out = { .flags = 0 };
	struct pkt_local at = { rdv_addr("2001:db8:ff::1"), htons(20000) };
	struct pkt_local from = { rdv_addr("2001:db8:ff::2"), htons(20002) };
	struct pkt_local to = { rdv_addr("2001:db8:b::20"), htons(50002) };
	struct pkt_tx tx = { .family = AF_INET6,
			     .flags = PKT_ACK,
			     .sport = 40001,
			     .dport = 20000,
			     .window = 77,
			     .seq = 1,
			     .ack = 2 };
	uint8_t pkt[PKT_SEG_MAX_BUILT], want[PKT_SEG_MAX_BUILT];
	struct pkt_seg s;
	size_t n;

	tx.src = rdv_addr("2001:db8:a::10");
	tx.dst = at.addr;
	in.remote = tx.src;
	in.remote_port_be = htons(40001);
	pkt_translate_set(&in, &at, &from, &to);
	n = pkt_tx_build(&tx, pkt);
	CU_ASSERT_EQUAL(pkt_seg_parse(pkt, n, false, false, &s), PKT_DROP_NONE);
	out.flags = PKT_ENTRY_DSCP;
	out.dscp = 46;
	CU_ASSERT_EQUAL(pkt_translate(pkt, &s, &in, &out), 0);

	tx.src = from.addr;
	tx.dst = to.addr;
	tx.sport = 20002;
	tx.dport = 50002;
	tx.dscp = 46;
	CU_ASSERT_EQUAL(pkt_tx_build(&tx, want), n);
	CU_ASSERT(!memcmp(pkt, want, n));
}

static void other_family(void)
{
	struct pkt_entry in, out;
	struct rdv_pkt p, was;
	struct pkt_seg s;

	session(&in, &out);
	hello(&p);
	was = p;
	CU_ASSERT_EQUAL(pkt_seg_parse(p.octet, p.n, false, false, &s),
			PKT_DROP_NONE);
	in.flags |= PKT_ENTRY_OUT6;
	CU_ASSERT_EQUAL(pkt_translate(p.octet, &s, &in, &out), -EAFNOSUPPORT);
	CU_ASSERT(!memcmp(&was, &p, sizeof(p)));
}

static const struct suite_test tests[] = {
	{ "X1 V5 a segment forwarded", x1_v5 },
	{ "X2 V7 the example of RFC 1624", x2_v7 },
	{ "X2 10^6 random headers, difference against full", x2_random },
	{ "X3 D26 a wrong checksum stays wrong", x3_wrong_stays_wrong },
	{ "X4 V6 a partial checksum", x4_v6 },
	{ "X4 what looks like a partial checksum", x4_looks },
	{ "X10 all flags, urgent pointer unchanged", x10_flags },
	{ "X9 DSCP of the leaving leg, ECN kept", x9_dscp },
	{ "IPv6 to IPv6", ipv6 },
	{ "another family is refused, nothing changed", other_family },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/translate", tests);
}
