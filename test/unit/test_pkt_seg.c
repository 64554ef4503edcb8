/* test/unit/test_pkt_seg.c - parsing and building segments */
#include "packet/seg.h"

#include <stdlib.h>
#include <string.h>

#include "test/support/rdv_pkt.h"
#include "test/support/suite.h"

static struct pkt_tx base(uint8_t flags)
{
	struct pkt_tx tx = { .family = AF_INET,
			     .flags = flags,
			     .sport = 40001,
			     .dport = 20000,
			     .seq = 0x11111111,
			     .ack = 0x22222223,
			     .window = 64240 };

	tx.src = rdv_addr("203.0.113.10");
	tx.dst = rdv_addr("198.51.100.1");
	return tx;
}

static struct rdv_pkt make(uint8_t flags, const char *opts, size_t payload)
{
	static const uint8_t zeros[1500];
	struct pkt_tx tx = base(flags);
	struct rdv_pkt raw = { .n = 0 }, p;

	rdv_pkt_hex(&raw, opts);
	rdv_pkt_ipv4(&p, &tx, raw.octet, raw.n, zeros, payload);
	return p;
}

/* Parse from memory of exactly n octets, so that the address sanitizer sees
 * every octet read behind them. */
static enum pkt_drop parse_n(const struct rdv_pkt *p, size_t n,
			     struct pkt_seg *s)
{
	uint8_t *exact = malloc(n ? n : 1);
	enum pkt_drop d;

	memcpy(exact, p->octet, n);
	d = pkt_seg_parse(exact, n, false, false, s);
	free(exact);
	return d;
}

static enum pkt_drop parse(const struct rdv_pkt *p, struct pkt_seg *s)
{
	return parse_n(p, p->n, s);
}

static void fields(void)
{
	struct rdv_pkt p = make(PKT_PSH | PKT_ACK, "", 100);
	struct pkt_seg s;
	struct in6_addr src = rdv_addr("203.0.113.10");

	CU_ASSERT_EQUAL(parse(&p, &s), PKT_DROP_NONE);
	CU_ASSERT_EQUAL(s.family, AF_INET);
	CU_ASSERT_EQUAL(s.sport, 40001);
	CU_ASSERT_EQUAL(s.dport, 20000);
	CU_ASSERT_EQUAL(s.seq, 0x11111111);
	CU_ASSERT_EQUAL(s.ack, 0x22222223);
	CU_ASSERT_EQUAL(s.window, 64240);
	CU_ASSERT_EQUAL(s.flags, PKT_PSH | PKT_ACK);
	CU_ASSERT_EQUAL(s.l4_off, 20);
	CU_ASSERT_EQUAL(s.payload_off, 40);
	CU_ASSERT_EQUAL(s.payload_octets, 100);
	CU_ASSERT(!memcmp(&s.src, &src, sizeof(src)));
}

/* Options of a SYN: what is in the list, and what is read. */
static const struct {
	const char *name, *opts;
	struct pkt_opts want;
} lists[] = {
	{ "Linux order",
	  "020405b4 0402 080a0000a00000000000 01 030307",
	  { .has_mss = true,
	    .mss = 1460,
	    .has_sack = true,
	    .has_ts = true,
	    .tsval = 0xa000,
	    .has_ws = true,
	    .ws = 7 } },
	{ "O3 shift 15 counts as 14",
	  "01 03030f",
	  { .has_ws = true, .ws = 14 } },
	{ "O20 MD5",
	  "1312 00000000000000000000000000000000 0101",
	  { .has_auth = true } },
	{ "O20 AO", "1d10 0000000000000000000000000000", { .has_auth = true } },
	{ "O18 MP_CAPABLE is not a join", "1e04 0181", { .has_auth = false } },
	{ "O19 MP_JOIN", "1e0c 1001 0000000000000000", { .has_mp_join = true } },
	{ "O21 unknown kinds",
	  "1c04 0000 fd04 0000 fe02 c802 020405b4",
	  { .has_mss = true, .mss = 1460 } },
	{ "O22 NOPs and EOL in the middle",
	  "01010101 0402 01 00 020405b4",
	  { .has_sack = true } },
	{ "O22 odd order",
	  "030302 0402 020405b4 01 0101",
	  { .has_ws = true,
	    .ws = 2,
	    .has_sack = true,
	    .has_mss = true,
	    .mss = 1460 } },
	{ "O23 length 0 stops",
	  "020405b4 0300 0402",
	  { .has_mss = true, .mss = 1460 } },
	{ "O23 length 1 stops", "0402 0301 020405b4", { .has_sack = true } },
	{ "O23 beyond the header",
	  "0402 01 01 010101 08",
	  { .has_sack = true } },
	{ "O23 longer than what is left",
	  "0402 0101 080a 0000",
	  { .has_sack = true } },
	{ "O25 the last MSS wins",
	  "020405b4 02040578",
	  { .has_mss = true, .mss = 1400 } },
	{ "wrong length is ignored",
	  "0203 05 0402 0303 05 01 01 01 01",
	  { .has_sack = true, .has_ws = true, .ws = 5 } },
	{ "40 NOPs",
	  "01010101 01010101 01010101 01010101 01010101"
	  "01010101 01010101 01010101 01010101 01010101",
	  { .has_mss = false } },
};

static void option_lists(void)
{
	struct pkt_seg s;
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct pkt_opts *w = &lists[i].want;
		struct rdv_pkt p = make(PKT_SYN, lists[i].opts, 0);
		bool ok = parse(&p, &s) == PKT_DROP_NONE;

		ok = ok && s.opts.has_mss == w->has_mss &&
		     s.opts.mss == w->mss && s.opts.has_ws == w->has_ws &&
		     s.opts.ws == w->ws && s.opts.has_sack == w->has_sack &&
		     s.opts.has_ts == w->has_ts && s.opts.tsval == w->tsval &&
		     s.opts.has_auth == w->has_auth &&
		     s.opts.has_mp_join == w->has_mp_join;
		if (!ok)
			CU_FAIL(lists[i].name);
	}
	CU_PASS("all lists");
}

/* One octet of a good SYN changed: off, value; IP checksum made right again
 * when `fix`, the TCP one when `fix` and the packet is still a TCP one. */
static const struct {
	const char *name;
	uint8_t off, value;
	bool fix;
	enum pkt_drop want;
} broken[] = {
	{ "version 5", 0, 0x55, true, PKT_DROP_IP_HEADER },
	{ "IHL 4", 0, 0x44, false, PKT_DROP_IP_HEADER },
	{ "IHL 15, checksum over it", 0, 0x4f, false, PKT_DROP_IP_HEADER },
	{ "total length 19", 3, 19, false, PKT_DROP_SHORT },
	{ "total length beyond", 3, 61, true, PKT_DROP_SHORT },
	{ "total length 40: options cut", 3, 40, true, PKT_DROP_TCP_HEADER },
	{ "D26 IP checksum", 10, 0x00, false, PKT_DROP_IP_HEADER },
	{ "A4 more fragments", 6, 0x20, true, PKT_DROP_FRAGMENT },
	{ "A4 offset 8", 7, 0x01, true, PKT_DROP_FRAGMENT },
	{ "UDP", 9, 17, true, PKT_DROP_NOT_TCP },
	{ "ICMP", 9, 1, true, PKT_DROP_ICMP },
	{ "X8 TTL 1", 8, 1, true, PKT_DROP_TTL },
	{ "A13 loopback", 12, 127, true, PKT_DROP_MARTIAN },
	{ "A13 multicast", 12, 224, true, PKT_DROP_MARTIAN },
	{ "A13 this network", 12, 0, true, PKT_DROP_MARTIAN },
	{ "O24 doff 4", 32, 0x40, true, PKT_DROP_TCP_HEADER },
	{ "O24 doff 15", 32, 0xf0, true, PKT_DROP_TCP_HEADER },
	{ "A3 TCP checksum", 36, 0x00, false, PKT_DROP_TCP_CHECKSUM },
	{ "DF set is fine", 6, 0x40, true, PKT_DROP_NONE },
};

static void broken_headers(void)
{
	struct pkt_seg s;
	size_t i;

	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct rdv_pkt p =
			make(PKT_SYN,
			     "020405b4 0402080a0000a00000000000 01030307", 0);

		p.octet[broken[i].off] = broken[i].value;
		if (broken[i].fix)
			rdv_pkt_finish(&p);
		if (parse(&p, &s) != broken[i].want)
			CU_FAIL(broken[i].name);
	}
	CU_PASS("all headers");
}

static void a3_only_syns_are_verified(void)
{
	struct rdv_pkt p = make(PKT_ACK, "", 10);
	struct pkt_seg s;

	p.octet[36] ^= 0xff;
	CU_ASSERT_EQUAL(parse(&p, &s), PKT_DROP_NONE);
	p = make(PKT_SYN, "", 0);
	p.octet[36] ^= 0xff;
	CU_ASSERT_EQUAL(parse(&p, &s), PKT_DROP_TCP_CHECKSUM);
	CU_ASSERT_EQUAL(pkt_seg_parse(p.octet, p.n, true, false, &s),
			PKT_DROP_NONE);
	CU_ASSERT(s.is_partial);
}

/* Every cut: never a segment, never an octet too far.  With the total length
 * set to the cut, it is the TCP header that is short. */
static void cut(uint8_t flags)
{
	struct rdv_pkt whole =
		make(flags, "020405b4 0402080a0000a00000000000 01030307", 0);
	struct pkt_seg s, before;
	size_t n;

	memset(&s, 0x5a, sizeof(s));
	before = s;
	for (n = 0; n < whole.n; n++) {
		struct rdv_pkt p = whole;

		CU_ASSERT_NOT_EQUAL(parse_n(&p, n, &s), PKT_DROP_NONE);
		p.octet[3] = (uint8_t)n;
		if (n >= 40)
			rdv_pkt_finish(&p);
		CU_ASSERT_NOT_EQUAL(parse_n(&p, n, &s), PKT_DROP_NONE);
		CU_ASSERT(!memcmp(&s, &before, sizeof(s)));
	}
	CU_ASSERT_EQUAL(parse_n(&whole, n, &s), PKT_DROP_NONE);
}

/* The checksum saves a SYN; a segment without it has only the lengths. */
static void a15_truncated(void)
{
	cut(PKT_SYN);
	cut(PKT_ACK);
}

static void trailing_octets(void)
{
	struct rdv_pkt p = make(PKT_ACK, "", 3);
	struct pkt_seg s;

	p.n += 20; /* padding of a short frame */
	CU_ASSERT_EQUAL(parse(&p, &s), PKT_DROP_NONE);
	CU_ASSERT_EQUAL(s.payload_octets, 3);
}

static void x7_ip_options(void)
{
	unsigned int words;
	struct pkt_seg s;

	for (words = 6; words <= 15; words++) {
		struct rdv_pkt p = make(PKT_SYN, "020405b4", 0);
		size_t extra = (words - 5) * 4;

		memmove(p.octet + 20 + extra, p.octet + 20, p.n - 20);
		memset(p.octet + 20, 1, extra);
		p.n += extra;
		p.octet[0] = (uint8_t)(0x40 | words);
		p.octet[3] = (uint8_t)p.n;
		rdv_pkt_finish(&p);
		CU_ASSERT_EQUAL(parse(&p, &s), PKT_DROP_NONE);
		CU_ASSERT_EQUAL(s.l4_off, words * 4);
		CU_ASSERT_EQUAL(s.opts.mss, 1460);
		CU_ASSERT_EQUAL(s.sport, 40001);
	}
}

static void x6_super_segment(void)
{
	static uint8_t big[65000];
	struct rdv_pkt p = make(PKT_ACK, "", 0);
	struct pkt_seg s;

	memcpy(big, p.octet, p.n);
	big[2] = 65000 >> 8;
	big[3] = 65000 & 0xff;
	memcpy(p.octet, big, 40);
	rdv_pkt_finish(&p);
	memcpy(big, p.octet, 40);
	CU_ASSERT_EQUAL(pkt_seg_parse(big, sizeof(big), true, true, &s),
			PKT_DROP_NONE);
	CU_ASSERT(s.is_gso);
	CU_ASSERT_EQUAL(s.payload_octets, 65000 - 40);
}

/* Golden vectors: V1..V4 built from the fields of rendezvous.md 3. */
static const struct {
	const char *name, *src, *dst, *hex;
	uint16_t sport, dport, window, mss;
	uint32_t seq, ack, tsval, tsecr;
	uint8_t ws;
} golden[] = {
	{ "V1", "198.51.100.2", "192.0.2.20",
	  "4500003c0000400040064e72c6336402c0000214"
	  "4e22c3521111111122222223a012faf098d70000"
	  "020405b40402080a0000a0000000b00001030307",
	  20002, 50002, 64240, 1460, 0x11111111, 0x22222223, 0xa000, 0xb000,
	  7 },
	{ "V2", "198.51.100.1", "203.0.113.10",
	  "4500003c000040004006d47cc6336401cb00710a"
	  "4e209c412222222211111112a012ffff41210000"
	  "020405780402080a0000b0000000a00001030308",
	  20000, 40001, 65535, 1400, 0x22222222, 0x11111112, 0xb000, 0xa000,
	  8 },
	{ "V3", "198.51.100.1", "203.0.113.10",
	  "45000034000040004006d484c6336401cb00710a"
	  "4e209c41222222221111111280120000b8330000"
	  "020405780101040201030308",
	  20000, 40001, 0, 1400, 0x22222222, 0x11111112, 0, 0, 8 },
	{ "V4", "2001:db8:ff::2", "2001:db8:b::20",
	  "6000000000280640"
	  "20010db800ff00000000000000000002"
	  "20010db8000b00000000000000000020"
	  "4e22c3521111111122222223a012faf028980000"
	  "020405a00402080a0000a0000000b00001030307",
	  20002, 50002, 64240, 1440, 0x11111111, 0x22222223, 0xa000, 0xb000,
	  7 },
};

static void p16_golden_vectors(void)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];
	struct rdv_pkt want;
	struct pkt_seg s;
	size_t i, n;

	for (i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		struct pkt_tx tx = {
			.family =
				strchr(golden[i].src, ':') ? AF_INET6 : AF_INET,
			.flags = PKT_SYN | PKT_ACK,
			.sport = golden[i].sport,
			.dport = golden[i].dport,
			.window = golden[i].window,
			.seq = golden[i].seq,
			.ack = golden[i].ack,
			.opts = { .has_mss = true,
				  .mss = golden[i].mss,
				  .has_sack = true,
				  .has_ts = golden[i].tsval != 0,
				  .tsval = golden[i].tsval,
				  .tsecr = golden[i].tsecr,
				  .has_ws = true,
				  .ws = golden[i].ws },
		};

		tx.src = rdv_addr(golden[i].src);
		tx.dst = rdv_addr(golden[i].dst);
		rdv_pkt_hex(&want, golden[i].hex);
		n = pkt_tx_build(&tx, buf);
		if (n != want.n || memcmp(buf, want.octet, n))
			CU_FAIL(golden[i].name);
		CU_ASSERT_EQUAL(parse_n(&want, want.n, &s), PKT_DROP_NONE);
		CU_ASSERT_EQUAL(s.seq, golden[i].seq);
		CU_ASSERT_EQUAL(s.opts.mss, golden[i].mss);
	}
}

/* Every subset of options fills whole words and is read back. */
static void built_options_read_back(void)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];
	struct pkt_tx tx = base(PKT_SYN | PKT_ACK);
	struct pkt_seg s;
	unsigned int bits;
	size_t n;

	for (bits = 0; bits < 16; bits++) {
		tx.opts = (struct pkt_opts) { .has_mss = bits & 1,
					      .mss = bits & 1 ? 1234 : 0,
					      .has_sack = bits & 2,
					      .has_ts = bits & 4,
					      .tsval = bits & 4 ? 5 : 0,
					      .tsecr = bits & 4 ? 6 : 0,
					      .has_ws = bits & 8,
					      .ws = bits & 8 ? 9 : 0 };
		n = pkt_tx_build(&tx, buf);
		CU_ASSERT_EQUAL(n % 4, 0);
		CU_ASSERT_EQUAL(pkt_seg_parse(buf, n, false, false, &s),
				PKT_DROP_NONE);
		CU_ASSERT(!memcmp(&s.opts, &tx.opts, sizeof(s.opts)));
	}
}

static const struct suite_test tests[] = {
	{ "every field of a segment", fields },
	{ "O3 O18-O25 option lists", option_lists },
	{ "A3 A4 A13 O24 X8 D26 D27 D28 broken headers", broken_headers },
	{ "A3 only SYNs are verified, and not partial ones",
	  a3_only_syns_are_verified },
	{ "A15 truncated at every octet", a15_truncated },
	{ "octets after the packet are not payload", trailing_octets },
	{ "X7 D28 IP options, IHL 6..15", x7_ip_options },
	{ "X6 a super-segment is one segment", x6_super_segment },
	{ "P16 V1 V2 V3 V4 octet for octet", p16_golden_vectors },
	{ "every set of options is built and read back",
	  built_options_read_back },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/seg", tests);
}
