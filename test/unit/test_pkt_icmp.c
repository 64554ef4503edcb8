/*
 * test/unit/test_pkt_icmp.c - ICMP errors about segments that left a gate
 *
 * Cases I1 to I7, I9, V66, V67 and D30.  A client A sent a segment, it left
 * towards B, a router answers.  What A gets is compared octet for octet with
 * a message made from the segment as A sent it.
 */
#include "packet/icmp.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "packet/translate_pkt.h"
#include "test/support/rdv_pkt.h"
#include "test/support/rdv_script.h"
#include "test/support/suite.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

enum { ALL = 0, MSG_MAX = 2000, HEAD = 8 };

/* By family, IPv4 first: as in the world of rdv_script.c. */
static const char *const a_addr[] = { "203.0.113.10", "2001:db8:a::10" };
static const char *const x_addr[] = { "198.51.100.1", "2001:db8:ff::1" };
static const char *const y_addr[] = { "198.51.100.2", "2001:db8:ff::2" };
static const char *const b_addr[] = { "192.0.2.20", "2001:db8:b::20" };
static const char *const router[] = { "192.0.2.254", "2001:db8:b::fe" };

struct message {
	uint8_t octets[MSG_MAX];
	size_t n;
};

/* ---- building ---- */

static struct pkt_tx segment(bool is_v6, const char *src, const char *dst,
			     uint16_t sport, uint16_t dport)
{
	return (struct pkt_tx) { .src = rdv_addr(src),
				 .dst = rdv_addr(dst),
				 .sport = sport,
				 .dport = dport,
				 .family = is_v6 ? AF_INET6 : AF_INET,
				 .flags = PKT_ACK | PKT_PSH,
				 .ttl = 61,
				 .dscp = 10,
				 .window = 502,
				 .seq = A0 + 1,
				 .ack = B0 + 1 };
}

/* An ICMP message around the first n octets of a segment's TCP; 0: all. */
static struct message build(const char *src, const char *dst,
			    const uint8_t head[HEAD], const struct pkt_tx *seg,
			    size_t payload, size_t n)
{
	struct message m = { .n = 0 };
	bool is_v6 = seg->family == AF_INET6;
	size_t ip = is_v6 ? 40 : 20;
	size_t whole = rdv_pkt_whole(m.octets + ip + HEAD, seg, payload);
	struct pkt_tx outer = { .src = rdv_addr(src),
				.dst = rdv_addr(dst),
				.family = seg->family,
				.ttl = 60 };
	uint8_t built[PKT_SEG_MAX_BUILT];
	uint32_t sum;

	if (n && ip + n < whole)
		whole = ip + n;
	m.n = ip + HEAD + whole;
	pkt_tx_build(&outer, built);
	memcpy(m.octets, built, ip);
	memcpy(m.octets + ip, head, HEAD);
	sum = rdv_pkt_sum(m.octets + ip, m.n - ip);
	if (is_v6) {
		m.octets[4] = (uint8_t)((m.n - ip) >> 8);
		m.octets[5] = (uint8_t)(m.n - ip);
		m.octets[6] = 58;
		sum += rdv_pkt_sum(m.octets + 8, 32) + 58 +
		       (uint32_t)(m.n - ip);
	} else {
		m.octets[2] = (uint8_t)(m.n >> 8);
		m.octets[3] = (uint8_t)m.n;
		m.octets[9] = 1;
		m.octets[10] = m.octets[11] = 0;
		uint32_t c = 0xffff - rdv_pkt_sum(m.octets, 20);

		m.octets[10] = (uint8_t)(c >> 8);
		m.octets[11] = (uint8_t)c;
	}
	sum = 0xffff - sum % 0xffff;
	m.octets[ip + 2] = (uint8_t)(sum >> 8);
	m.octets[ip + 3] = (uint8_t)sum;
	return m;
}

/* What the router says about the segment that left. */
static struct message arrives(bool is_v6, const uint8_t head[HEAD],
			      size_t payload, size_t n)
{
	struct pkt_tx left =
		segment(is_v6, y_addr[is_v6], b_addr[is_v6], 20002, 50002);

	return build(router[is_v6], y_addr[is_v6], head, &left, payload, n);
}

/* What A is to get: about the segment that it sent, from where it sent it. */
static struct message wanted(bool is_v6, const uint8_t head[HEAD],
			     size_t payload, size_t n)
{
	struct pkt_tx sent =
		segment(is_v6, a_addr[is_v6], x_addr[is_v6], 40001, 20000);

	return build(x_addr[is_v6], a_addr[is_v6], head, &sent, payload, n);
}

static struct pkt_entry entry_b(bool b_is_v6, bool a_is_v6)
{
	struct pkt_entry e = { .remote = rdv_addr(b_addr[b_is_v6]),
			       .remote_port_be = htons(50002) };
	struct pkt_local at = { rdv_addr(y_addr[b_is_v6]), htons(20002) };
	struct pkt_local from = { rdv_addr(x_addr[a_is_v6]), htons(20000) };
	struct pkt_local to = { rdv_addr(a_addr[a_is_v6]), htons(40001) };

	pkt_translate_set(&e, &at, &from, &to);
	return e;
}

/* From memory of exactly n octets. */
static enum pkt_drop parse_n(const uint8_t *p, size_t n, struct pkt_icmp *out)
{
	uint8_t *exact = malloc(n ? n : 1);
	enum pkt_drop d;

	memcpy(exact, p, n);
	d = pkt_icmp_parse(exact, n, out);
	free(exact);
	return d;
}

static enum pkt_drop parse(const struct message *m, struct pkt_icmp *out)
{
	return parse_n(m->octets, m->n, out);
}

/* ---- translation ---- */

enum { V4, V6 };

static const struct row {
	const char *name;
	uint8_t from, to; /* family of B, of A */
	uint8_t in[HEAD];
	uint8_t want[HEAD]; /* type 0: nothing passes */
	size_t n;           /* octets of TCP in the quote */
} rows[] = {
	{ "I3 port", V4, V4, { 3, 3 }, { 3, 3 }, ALL },
	{ "I3 port, IPv6", V6, V6, { 1, 4 }, { 1, 4 }, ALL },
	{ "I3 port, 4 to 6", V4, V6, { 3, 3 }, { 1, 4 }, ALL },
	{ "I3 port, 6 to 4", V6, V4, { 1, 4 }, { 3, 3 }, ALL },
	{ "I5 8 octets", V4, V4, { 3, 3 }, { 3, 3 }, 8 },
	{ "I5 16 octets", V4, V4, { 3, 3 }, { 3, 3 }, 16 },
	{ "I5 18 octets", V4, V4, { 3, 3 }, { 3, 3 }, 18 },
	{ "I5 IPv6", V6, V6, { 1, 4 }, { 1, 4 }, 8 },
	{ "I5 4 to 6", V4, V6, { 3, 3 }, { 1, 4 }, 8 },
	{ "I5 6 to 4", V6, V4, { 1, 4 }, { 3, 3 }, 8 },
	{ "MTU", V4, V4, { 3, 4, [6] = 5, 120 }, { 3, 4, [6] = 5, 120 }, ALL },
	{ "MTU, IPv6",
	  V6,
	  V6,
	  { 2, 0, [6] = 5, 20 },
	  { 2, 0, [6] = 5, 20 },
	  ALL },
	{ "V66 PTB 1300 is 1280",
	  V6,
	  V4,
	  { 2, 0, [6] = 5, 20 },
	  { 3, 4, [6] = 5, 0 },
	  ALL },
	{ "V67 frag-needed 1000 is 1280",
	  V4,
	  V6,
	  { 3, 4, [6] = 3, 232 },
	  { 2, 0, [6] = 5, 0 },
	  ALL },
	{ "frag-needed 1400 is 1420",
	  V4,
	  V6,
	  { 3, 4, [6] = 5, 120 },
	  { 2, 0, [6] = 5, 140 },
	  ALL },
	{ "PTB 9000, the way has 1500",
	  V6,
	  V4,
	  { 2, 0, [6] = 35, 40 },
	  { 3, 4, [6] = 5, 200 },
	  ALL },
	{ "PTB 65536 and more",
	  V6,
	  V4,
	  { 2, 0, [5] = 1 },
	  { 3, 4, [6] = 5, 200 },
	  ALL },
	{ "frag-needed 9000, the ways have 1500",
	  V4,
	  V6,
	  { 3, 4, [6] = 35, 40 },
	  { 2, 0, [6] = 5, 220 },
	  ALL },
	{ "3/0", V4, V6, { 3, 0 }, { 1, 0 }, ALL },
	{ "3/1", V4, V6, { 3, 1 }, { 1, 0 }, ALL },
	{ "3/2", V4, V6, { 3, 2 }, { 4, 1, [7] = 6 }, ALL },
	{ "3/5", V4, V6, { 3, 5 }, { 1, 0 }, ALL },
	{ "3/8", V4, V6, { 3, 8 }, { 1, 0 }, ALL },
	{ "3/9", V4, V6, { 3, 9 }, { 1, 1 }, ALL },
	{ "3/10", V4, V6, { 3, 10 }, { 1, 1 }, ALL },
	{ "3/11", V4, V6, { 3, 11 }, { 1, 0 }, ALL },
	{ "3/12", V4, V6, { 3, 12 }, { 1, 0 }, ALL },
	{ "3/13", V4, V6, { 3, 13 }, { 1, 1 }, ALL },
	{ "3/14", V4, V6, { 3, 14 }, { 0 }, ALL },
	{ "3/15", V4, V6, { 3, 15 }, { 1, 1 }, ALL },
	{ "3/16", V4, V6, { 3, 16 }, { 0 }, ALL },
	{ "11/0", V4, V6, { 11, 0 }, { 3, 0 }, ALL },
	{ "11/1", V4, V6, { 11, 1 }, { 3, 1 }, ALL },
	{ "12/0 TTL", V4, V6, { 12, 0, [4] = 8 }, { 4, 0, [7] = 7 }, ALL },
	{ "12/0 checksum", V4, V6, { 12, 0, [4] = 10 }, { 0 }, ALL },
	{ "12/1", V4, V6, { 12, 1, [4] = 8 }, { 0 }, ALL },
	{ "12 stays", V4, V4, { 12, 0, [4] = 8 }, { 12, 0, [4] = 8 }, ALL },
	{ "1/0", V6, V4, { 1, 0 }, { 3, 1 }, ALL },
	{ "1/1", V6, V4, { 1, 1 }, { 3, 10 }, ALL },
	{ "1/2", V6, V4, { 1, 2 }, { 3, 1 }, ALL },
	{ "1/3", V6, V4, { 1, 3 }, { 3, 1 }, ALL },
	{ "1/5", V6, V4, { 1, 5 }, { 0 }, ALL },
	{ "3/0 6 to 4", V6, V4, { 3, 0 }, { 11, 0 }, ALL },
	{ "4/0 hop limit", V6, V4, { 4, 0, [7] = 7 }, { 12, 0, [4] = 8 }, ALL },
	{ "4/0 far away", V6, V4, { 4, 0, [7] = 40 }, { 0 }, ALL },
	{ "4/0 very far away", V6, V4, { 4, 0, [5] = 1, 0, 7 }, { 0 }, ALL },
	{ "4/1", V6, V4, { 4, 1, [7] = 6 }, { 3, 2 }, ALL },
	{ "4/2", V6, V4, { 4, 2 }, { 0 }, ALL },
};

static void check_row(const struct row *r)
{
	struct message in = arrives(r->from, r->in, 100, r->n);
	struct message want = wanted(r->to, r->want, 100, r->n);
	struct pkt_entry e = entry_b(r->from, r->to);
	struct pkt_mtus mtus = { 1500, 1500 };
	uint8_t buf[PKT_ICMP_MAX];
	struct pkt_icmp m;
	size_t n;

	rdv_check(__LINE__, parse(&in, &m) == PKT_DROP_NONE, r->name);
	n = pkt_icmp_forward(in.octets, &m, &e, &mtus, buf);
	if (r->want[0] == 0) {
		rdv_check(__LINE__, n == 0, r->name);
		return;
	}
	rdv_check(__LINE__, n == want.n, r->name);
	rdv_check(__LINE__, !memcmp(buf, want.octets, n), r->name);
}

static void translation(void)
{
	for (size_t i = 0; i < N(rows); i++)
		check_row(&rows[i]);
}

/* I5: half of the TCP checksum stays as it is. */
static void i5_half_checksum(void)
{
	static const uint8_t head[HEAD] = { 3, 3 };
	struct message in = arrives(V4, head, 100, 17);
	struct message want = wanted(V4, head, 100, 17);
	struct pkt_entry e = entry_b(V4, V4);
	struct pkt_mtus mtus = { 0, 0 };
	uint8_t buf[PKT_ICMP_MAX];
	struct pkt_icmp m;
	size_t n;

	CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_NONE);
	n = pkt_icmp_forward(in.octets, &m, &e, &mtus, buf);
	CU_ASSERT_EQUAL_FATAL(n, want.n);
	CU_ASSERT_EQUAL(memcmp(buf + 24, want.octets + 24, n - 25), 0);
	CU_ASSERT_NOT_EQUAL(want.octets[n - 1], in.octets[n - 1]);
	CU_ASSERT_EQUAL(buf[n - 1], in.octets[n - 1]);
	CU_ASSERT_EQUAL(parse_n(buf, n, &m), PKT_DROP_NONE);
}

/* A quote is cut so that the message has 576 octets, or 1280. */
static void long_quotes(void)
{
	static const uint8_t unreachable[2][HEAD] = { { 3, 1 }, { 1, 0 } };
	static const size_t most[] = { 576, 1280 };
	uint8_t buf[PKT_ICMP_MAX];
	struct pkt_mtus mtus = { 0, 0 };
	struct pkt_icmp m;

	for (unsigned int i = 0; i < 4; i++) {
		bool from = i & 1, to = i & 2;
		struct message in = arrives(from, unreachable[from], 1400, ALL);
		struct message want = wanted(to, unreachable[to], 1400,
					     most[to] - (to ? 88 : 48));
		struct pkt_entry e = entry_b(from, to);

		CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_NONE);
		CU_ASSERT_EQUAL(pkt_icmp_forward(in.octets, &m, &e, &mtus, buf),
				most[to]);
		CU_ASSERT_EQUAL(memcmp(buf, want.octets, most[to]), 0);
	}
}

/* ---- what is not believed ---- */

static void i6_checksums(void)
{
	static const uint8_t head[2][HEAD] = { { 3, 3 }, { 1, 4 } };
	struct pkt_icmp m;

	for (int is_v6 = 0; is_v6 < 2; is_v6++) {
		struct message in = arrives(is_v6, head[is_v6], 30, ALL);

		for (size_t i = is_v6 ? 40 : 0; i < in.n; i++) {
			in.octets[i] ^= 0x10;
			CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_ICMP);
			in.octets[i] ^= 0x10;
		}
		CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_NONE);
	}
}

/* The quote's own header checksum counts too. */
static void i6_quoted_checksum(void)
{
	static const uint8_t head[HEAD] = { 3, 3 };
	struct message in = arrives(V4, head, 30, ALL);
	struct pkt_icmp m;

	/* TTL one less, ICMP checksum adjusted, the quote's is not */
	in.octets[28 + 8]--;
	in.octets[22]++;
	CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_ICMP);
	in.octets[28 + 10]++;
	in.octets[22]--;
	CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_NONE);
}

static void i7_types(void)
{
	static const uint8_t v4[] = { 0, 4, 5, 8, 9, 10, 13, 14, 40, 255 };
	static const uint8_t v6[] = { 0, 5, 127, 128, 129, 134, 135, 137, 255 };
	uint8_t head[HEAD] = { 0 };
	struct message in;
	struct pkt_icmp m;

	for (size_t i = 0; i < N(v4); i++) {
		head[0] = v4[i];
		in = arrives(V4, head, 30, ALL);
		CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_ICMP);
	}
	for (size_t i = 0; i < N(v6); i++) {
		head[0] = v6[i];
		in = arrives(V6, head, 30, ALL);
		CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_ICMP);
	}
}

/* I9, D29: MTU told, payload of the segment, MTU believed; 0: ignored. */
static const struct {
	uint8_t family;
	uint16_t told;
	uint16_t payload;
	uint16_t want;
} floors[] = {
	{ V6, 600, 1400, 0 },   { V6, 1279, 1400, 0 }, { V6, 1280, 1400, 1280 },
	{ V6, 0, 1400, 0 },     { V4, 68, 1400, 0 },   { V4, 575, 1400, 0 },
	{ V4, 576, 1400, 576 }, { V4, 0, 1460, 1492 }, { V4, 0, 1452, 1006 },
	{ V4, 0, 100, 576 },
};

static void i9_floors(void)
{
	for (size_t i = 0; i < N(floors); i++) {
		bool is_v6 = floors[i].family;
		uint8_t head[HEAD] = { is_v6 ? 2 : 3, is_v6 ? 0 : 4 };
		struct message in;
		struct pkt_icmp m = { .mtu = 0 };

		head[6] = (uint8_t)(floors[i].told >> 8);
		head[7] = (uint8_t)floors[i].told;
		in = arrives(is_v6, head, floors[i].payload, 20);
		CU_ASSERT_EQUAL(parse(&in, &m),
				floors[i].want ? PKT_DROP_NONE : PKT_DROP_ICMP);
		CU_ASSERT_EQUAL(m.mtu, floors[i].want);
	}
}

/* Whatever is cut off: no octet behind it is read, nothing is believed. */
static void cut_messages(void)
{
	static const uint8_t head[2][HEAD] = { { 3, 3 }, { 1, 4 } };
	struct pkt_icmp m;

	for (int is_v6 = 0; is_v6 < 2; is_v6++) {
		struct message in = arrives(is_v6, head[is_v6], 30, ALL);

		for (size_t n = 0; n < in.n; n++)
			CU_ASSERT_EQUAL(parse_n(in.octets, n, &m),
					PKT_DROP_ICMP);
		for (size_t n = 1; n < 8; n++) {
			struct message cut = arrives(is_v6, head[is_v6], 30, n);

			CU_ASSERT_EQUAL(parse(&cut, &m), PKT_DROP_ICMP);
		}
	}
}

/* A quote of somebody else's packet, sent to us. */
static void foreign_quote(void)
{
	static const uint8_t head[HEAD] = { 3, 3 };
	struct pkt_tx left = segment(V4, x_addr[V4], b_addr[V4], 20002, 50002);
	struct message in = build(router[V4], y_addr[V4], head, &left, 30, ALL);
	struct pkt_icmp m;

	CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_ICMP);
}

/* RFC 4884: 32 words of quote, then extensions: they do not pass. */
static void extensions(void)
{
	uint8_t head[HEAD] = { 3, 3, [5] = 32 };
	struct message in = arrives(V4, head, 200, ALL);
	struct pkt_icmp m;

	CU_ASSERT_EQUAL(parse(&in, &m), PKT_DROP_NONE);
	CU_ASSERT_EQUAL(m.quote.n, 128 - 20);
}

/* ---- what it means for a rendezvous ---- */

/* An error about a segment sent to the client of a leg. */
static struct pkt_icmp error(unsigned int leg, uint8_t code, uint32_t seq)
{
	struct pkt_icmp m = { .family = AF_INET, .type = 3, .code = code };

	m.quote.src = rdv.leg[leg].local;
	m.quote.dst = rdv.leg[leg].from.addr;
	m.quote.sport = rdv.leg[leg].local_port;
	m.quote.dport = rdv.port[leg];
	m.quote.seq = seq;
	m.is_too_big = code == 4;
	m.mtu = 1400;
	return m;
}

static enum pkt_drop tell(unsigned int leg, uint8_t code, uint32_t seq)
{
	struct pkt_icmp m = error(leg, code, seq);

	return pkt_rdv_icmp(&rdv.r, leg, &m);
}

static void i1_waiting(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_flush();
	for (uint8_t code = 0; code < 16; code++)
		OK(tell(A, code, B0) == PKT_DROP_ICMP);
	STATE(WAIT);
	LEG(A, SYN);
	OK(rdv.entry[A].drops == 16);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	rdv_flush();
	for (uint8_t code = 0; code < 16; code++) {
		OK(tell(A, code, B0) == PKT_DROP_ICMP);
		OK(tell(B, code, A0) == PKT_DROP_ICMP);
	}
	STATE(COMMIT);
	NOTHING();
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1);
	STATE(OPEN);
}

static void i2_mtu_before_pairing(void)
{
	const struct pkt_seg *s;

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	OK(tell(A, 4, 0) == PKT_DROP_ICMP);
	STATE(WAIT);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	s = SYNACK(B, A0, B0 + 1);
	OK(s->opts.mss == 1360);
	s = SYNACK(A, B0, A0 + 1);
	OK(s->opts.mss == 1360);
}

/* Only from the latched client's way, and not for the client after it. */
static void i2_not_for_others(void)
{
	struct pkt_icmp m;

	rdv_begin();
	OK(tell(A, 4, 0) == PKT_DROP_ICMP);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	m = error(A, 4, 0);
	m.quote.dport++;
	OK(pkt_rdv_icmp(&rdv.r, A, &m) == PKT_DROP_ICMP);
	OK(pkt_setup_mtu(&rdv.setup.leg[A]) == 1500);
	tell(A, 4, 0);
	OK(pkt_setup_mtu(&rdv.setup.leg[A]) == 1400);
	rdv_modify(A, true);
	OK(pkt_setup_mtu(&rdv.setup.leg[A]) == 1500);
}

static void begin_in_flight(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1,
	     .payload = 1000);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 501);
	rdv_flush();
}

static void i3_passes(void)
{
	begin_in_flight();
	for (uint8_t code = 0; code < 16; code++)
		OK(tell(B, code, A0 + 501) == PKT_DROP_NONE);
	OK(rdv.entry[B].drops == 0);
	STATE(OPEN);
	LEG(A, ACKED);
	LEG(B, ACKED);
	NOTHING();
	NO_REPORT();
}

static void i4_in_flight(void)
{
	begin_in_flight();
	OK(tell(B, 3, A0 + 499) == PKT_DROP_ICMP);
	OK(tell(B, 3, A0 + 500) == PKT_DROP_NONE);
	OK(tell(B, 3, A0 + 1001) == PKT_DROP_NONE);
	OK(tell(B, 3, A0 + 1002) == PKT_DROP_ICMP);
	OK(tell(B, 3, A0 + 0x80000000u) == PKT_DROP_ICMP);
	OK(tell(A, 3, A0 + 501) == PKT_DROP_ICMP);
	OK(rdv.entry[B].drops == 3 && rdv.entry[A].drops == 1);
}

/* D30: the right numbers, but another client's tuple. */
static void d30_tuple(void)
{
	struct pkt_icmp m;

	begin_in_flight();
	m = error(B, 3, A0 + 501);
	m.quote.dport--;
	OK(pkt_rdv_icmp(&rdv.r, B, &m) == PKT_DROP_ICMP);
	m = error(B, 3, A0 + 501);
	m.quote.dst.s6_addr[15]++;
	OK(pkt_rdv_icmp(&rdv.r, B, &m) == PKT_DROP_ICMP);
	STATE(OPEN);
}

static void inactive(void)
{
	begin_in_flight();
	rdv.leg[A].mode = 0;
	rdv_modify(A, false);
	OK(tell(B, 3, A0 + 501) == PKT_DROP_MODE);
}

static void after_the_end(void)
{
	begin_in_flight();
	rdv_release(A);
	OK(tell(B, 3, A0 + 501) == PKT_DROP_ICMP);
}

static const struct suite_test tests[] = {
	{ "I1 unreachable in WAIT and COMMIT", i1_waiting },
	{ "I2 an MTU before pairing", i2_mtu_before_pairing },
	{ "I2 of the latched client only", i2_not_for_others },
	{ "I3 passes in OPEN, changes nothing", i3_passes },
	{ "I4 not in flight", i4_in_flight },
	{ "D30 a forged tuple", d30_tuple },
	{ "nothing passes an inactive termination", inactive },
	{ "nothing passes after the end", after_the_end },
	{ "I3 I5 V66 V67 octet for octet", translation },
	{ "I5 half a checksum", i5_half_checksum },
	{ "long quotes are cut", long_quotes },
	{ "I6 bad checksums", i6_checksums },
	{ "I6 bad checksum in the quote", i6_quoted_checksum },
	{ "I7 redirect, source quench, queries", i7_types },
	{ "I9 D29 floors and plateaus", i9_floors },
	{ "messages cut short", cut_messages },
	{ "a quote that is not ours", foreign_quote },
	{ "RFC 4884 extensions", extensions },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/icmp", tests);
}
