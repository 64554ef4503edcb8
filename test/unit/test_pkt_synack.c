/*
 * test/unit/test_pkt_synack.c - what the two SYN-ACKs say
 *
 * Cases O and S of rendezvous.md 9.  Each row: the SYN of A, the SYN of B,
 * and the options of both SYN-ACKs.
 */
#include <stdio.h>
#include <string.h>

#include "packet/synack.h"
#include "test/support/rdv_script.h"
#include "test/support/suite.h"

#define ECN (PKT_SYN | PKT_ECE | PKT_CWR)
#define MSS(v) .has_mss = true, .mss = (v)
#define WS(v) .has_ws = true, .ws = (v)
#define TS(v, e) .has_ts = true, .tsval = (v), .tsecr = (e)
#define SACK .has_sack = true

struct row {
	const char *name;
	struct {
		const char *raw;
		uint8_t flags; /* default PKT_SYN */
		int window;
	} syn[PKT_LEGS];
	struct {
		struct pkt_opts opts;
		bool has_ece;
		int window; /* default: not looked at; -1: 0 */
	} want[PKT_LEGS];   /* SYN-ACK to A, to B */
	uint16_t mtu_b;     /* default 1500 */
};

#define PLAIN "020405b4"
#define FULL "020405b4 0402 080a000003e800000000 01 030307" /* TSval 1000 */

static const struct row rows[] = {
	{ .name = "O1 window scale on one side",
	  .syn = { { .raw = "020405b4 01030307" }, { .raw = PLAIN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O2 an offer of 0 is an offer",
	  .syn = { { .raw = "020405b4 01030307" },
		   { .raw = "020405b4 01030300" } },
	  .want = { { .opts = { MSS(1460), WS(0) } },
		    { .opts = { MSS(1460), WS(7) } } } },
	{ .name = "O3 15 counts as 14",
	  .syn = { { .raw = "020405b4 0103030f" },
		   { .raw = "020405b4 01030302" } },
	  .want = { { .opts = { MSS(1460), WS(2) } },
		    { .opts = { MSS(1460), WS(14) } } } },
	{ .name = "O4 SACK on one side",
	  .syn = { { .raw = "020405b4 01010402" }, { .raw = PLAIN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O4 SACK on both",
	  .syn = { { .raw = "020405b4 01010402" },
		   { .raw = "04020204 05b40101" } },
	  .want = { { .opts = { MSS(1460), SACK } },
		    { .opts = { MSS(1460), SACK } } } },
	{ .name = "O5 timestamps on one side",
	  .syn = { { .raw = FULL }, { .raw = "020405b4 01010402 01030307" } },
	  .want = { { .opts = { MSS(1460), SACK, WS(7) } },
		    { .opts = { MSS(1460), SACK, WS(7) } } } },
	{ .name = "O6 each gets the MSS of the other",
	  .syn = { { .raw = "020405b4" }, { .raw = "02040578" } },
	  .want = { { .opts = { MSS(1400) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O7 clamped by the way of B",
	  .syn = { { .raw = "020405b4" }, { .raw = "02040578" } },
	  .want = { { .opts = { MSS(1360) } }, { .opts = { MSS(1360) } } },
	  .mtu_b = 1400 },
	{ .name = "O7 never below what every host takes",
	  .syn = { { .raw = "020405b4" }, { .raw = "02040578" } },
	  .want = { { .opts = { MSS(536) } }, { .opts = { MSS(536) } } },
	  .mtu_b = 200 },
	{ .name = "O8 no MSS: 536, said aloud",
	  .syn = { { .raw = "" }, { .raw = PLAIN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(536) } } } },
	{ .name = "O9 an MSS of 64 is honoured",
	  .syn = { { .raw = "02040040" }, { .raw = PLAIN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(64) } } } },
	{ .name = "O10 windows pass unscaled",
	  .syn = { { .raw = "020405b4 01030307", .window = -1 },
		   { .raw = "020405b4 01030307", .window = 65535 } },
	  .want = { { .opts = { MSS(1460), WS(7) }, .window = 65535 },
		    { .opts = { MSS(1460), WS(7) }, .window = -1 } } },
	{ .name = "O11 ECN on both",
	  .syn = { { .raw = PLAIN, .flags = ECN },
		   { .raw = PLAIN, .flags = ECN } },
	  .want = { { .opts = { MSS(1460) }, .has_ece = true },
		    { .opts = { MSS(1460) }, .has_ece = true } } },
	{ .name = "O12 ECN on one side",
	  .syn = { { .raw = PLAIN, .flags = ECN }, { .raw = PLAIN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O15 ECE without CWR",
	  .syn = { { .raw = PLAIN, .flags = PKT_SYN | PKT_ECE },
		   { .raw = PLAIN, .flags = ECN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O16 a TFO cookie request",
	  .syn = { { .raw = "020405b4 2202 0101" },
		   { .raw = "020405b4 2202 0101" } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O18 MP_CAPABLE on both",
	  .syn = { { .raw = "020405b4 1e040181" },
		   { .raw = "020405b4 1e040181" } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O21 unknown kinds",
	  .syn = { { .raw = "1c040000 fd040000 fe02c802 020405b4" },
		   { .raw = "1c040000 fd040000 fe02c802 020405b4" } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O22 odd order",
	  .syn = { { .raw = "03030701 04020101 020405b4" },
		   { .raw = "01030307 020405b4 01010402" } },
	  .want = { { .opts = { MSS(1460), SACK, WS(7) } },
		    { .opts = { MSS(1460), SACK, WS(7) } } } },
	{ .name = "O23 a list cut short",
	  .syn = { { .raw = "020405b4 03000402" },
		   { .raw = "020405b4 01010402" } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1460) } } } },
	{ .name = "O25 the last MSS",
	  .syn = { { .raw = "020405b4 02040500" }, { .raw = PLAIN } },
	  .want = { { .opts = { MSS(1460) } }, { .opts = { MSS(1280) } } } },
	{ .name = "S1 timestamps crossed",
	  .syn = { { .raw = FULL },
		   { .raw = "020405b4 0402 080a0000138800000000 01 030308" } },
	  .want = { { .opts = { MSS(1460), SACK, TS(5000, 1000), WS(8) } },
		    { .opts = { MSS(1460), SACK, TS(1000, 5000), WS(7) } } } },
	{ .name = "S6 a clock about to wrap",
	  .syn = { { .raw = "0101 080afffffff000000000" },
		   { .raw = "0101 080a0000138800000000" } },
	  .want = { { .opts = { MSS(536), TS(5000, 0xfffffff0) } },
		    { .opts = { MSS(536), TS(0xfffffff0, 5000) } } } },
};

static bool same_opts(const struct pkt_opts *a, const struct pkt_opts *b)
{
	return a->has_mss == b->has_mss && a->mss == b->mss &&
	       a->has_ws == b->has_ws && a->ws == b->ws &&
	       a->has_sack == b->has_sack && a->has_ts == b->has_ts &&
	       a->tsval == b->tsval && a->tsecr == b->tsecr;
}

/* Nothing but the four options, padding and the ECE bit may be there. */
static bool is_plain(const struct pkt_seg *s)
{
	size_t n = s->payload_off - s->l4_off - 20;
	size_t need = 4u * s->opts.has_mss +
		      (s->opts.has_ts   ? 12u :
		       s->opts.has_sack ? 4u :
					  0u) +
		      4u * s->opts.has_ws;

	return n == need && !s->payload_octets && !s->has_ae && !(s->tos & 3) &&
	       s->ttl == 64 && !(s->flags & ~(PKT_SYN | PKT_ACK | PKT_ECE));
}

static void check_synack(const struct row *r, unsigned int leg)
{
	const struct pkt_seg *s =
		leg == A ? SYNACK(A, B0, A0 + 1) : SYNACK(B, A0, B0 + 1);
	int window = r->want[leg].window;
	bool ok = same_opts(&s->opts, &r->want[leg].opts) && is_plain(s) &&
		  !!(s->flags & PKT_ECE) == r->want[leg].has_ece;

	if (window)
		ok = ok && s->window == (window < 0 ? 0 : window);
	if (!ok)
		CU_FAIL(r->name);
	if (!ok)
		printf("    %s: SYN-ACK to %c\n", r->name, 'A' + (int)leg);
}

static void run_row(const struct row *r)
{
	unsigned int leg;

	rdv_defaults();
	if (r->mtu_b)
		rdv.leg[B].mtu = r->mtu_b;
	rdv_reserve();
	for (leg = 0; leg < PKT_LEGS; leg++)
		SEND(leg,
		     .flags = r->syn[leg].flags ? r->syn[leg].flags : PKT_SYN,
		     .seq = leg ? B0 : A0, .raw = r->syn[leg].raw,
		     .window = r->syn[leg].window);
	check_synack(r, B);
	check_synack(r, A);
	NOTHING();
}

static void options(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_row(&rows[i]);
}

/* The vectors as the state machine makes them, octet for octet. */
static void p16_vectors(void)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];
	const struct pkt_opts oa = { MSS(1460), SACK, TS(0xa000, 0), WS(7) };
	const struct pkt_opts ob = { MSS(1400), SACK, TS(0xb000, 0), WS(8) };
	static const uint8_t v1[] = {
		0x45, 0x00, 0x00, 0x3c, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06,
		0x4e, 0x72, 0xc6, 0x33, 0x64, 0x02, 0xc0, 0x00, 0x02, 0x14,
		0x4e, 0x22, 0xc3, 0x52, 0x11, 0x11, 0x11, 0x11, 0x22, 0x22,
		0x22, 0x23, 0xa0, 0x12, 0xfa, 0xf0, 0x98, 0xd7, 0x00, 0x00,
		0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x00, 0x00,
		0xa0, 0x00, 0x00, 0x00, 0xb0, 0x00, 0x01, 0x03, 0x03, 0x07
	};
	static const uint8_t v3[] = { 0x45, 0x00, 0x00, 0x34, 0x00, 0x00, 0x40,
				      0x00, 0x40, 0x06, 0xd4, 0x84, 0xc6, 0x33,
				      0x64, 0x01, 0xcb, 0x00, 0x71, 0x0a, 0x4e,
				      0x20, 0x9c, 0x41, 0x22, 0x22, 0x22, 0x22,
				      0x11, 0x11, 0x11, 0x12, 0x80, 0x12, 0x00,
				      0x00, 0xb8, 0x33, 0x00, 0x00, 0x02, 0x04,
				      0x05, 0x78, 0x01, 0x01, 0x04, 0x02, 0x01,
				      0x03, 0x03, 0x08 };

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &oa);
	SEND(B, .flags = PKT_SYN, .seq = B0, .opts = &ob);
	OK(rdv.out.n_tx == 2 && rdv.out.tx[0].leg == B);
	OK(pkt_tx_build(&rdv.out.tx[0].seg, buf) == sizeof(v1));
	OK(!memcmp(buf, v1, sizeof(v1)));

	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &oa);
	AT(5000);
	SEND(B, .flags = PKT_SYN, .seq = B0, .opts = &ob);
	OK(rdv.out.n_tx == 1 && rdv.out.tx[0].leg == A);
	OK(pkt_tx_build(&rdv.out.tx[0].seg, buf) == sizeof(v3));
	OK(!memcmp(buf, v3, sizeof(v3)));
}

static void o9_refused(void)
{
	static const char *const raw[] = { "02040000", "02040001", "0204003f" };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		rdv_begin();
		SEND(A, .flags = PKT_SYN, .seq = A0, .raw = raw[i]);
		DROPPED(SYN_MSS);
		LEG(A, IDLE);
		NO_REPORT();
		NOTHING();
	}
}

static void o13_ecn_fallback(void)
{
	rdv_begin();
	SEND(A, .flags = ECN, .seq = A0);
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = ECN, .seq = B0);
	OK(!(SYNACK(B, A0, B0 + 1)->flags & PKT_ECE));
	OK(!(SYNACK(A, B0, A0 + 1)->flags & PKT_ECE));
}

/* A client that clears ECN only when it repeats its SYN still gets the same
 * answer: its peer has been told. */
static void o13_after_synack(void)
{
	rdv_begin();
	SEND(A, .flags = ECN, .seq = A0);
	SEND(B, .flags = ECN, .seq = B0);
	rdv_flush();
	AT(900);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(SYNACK(B, A0, B0 + 1)->flags & PKT_ECE);
	STATE(COMMIT);
}

/* O14: AE, CWR and ECE together are answered as classic ECN. */
static void o14_accecn(void)
{
	struct pkt_seg seg = { .family = AF_INET,
			       .flags = ECN,
			       .has_ae = true,
			       .window = 1000,
			       .dport = 20000 };

	rdv_begin();
	seg.src = rdv.leg[A].from.addr;
	seg.sport = 40001;
	seg.seq = A0;
	pkt_rdv_segment(&rdv.r, A, &seg, rdv.now_us, &rdv.out);
	seg.src = rdv.leg[B].from.addr;
	seg.sport = 50002;
	seg.seq = B0;
	pkt_rdv_segment(&rdv.r, B, &seg, rdv.now_us, &rdv.out);
	OK(rdv.out.n_tx == 2);
	OK(rdv.out.tx[0].seg.flags == (PKT_SYN | PKT_ACK | PKT_ECE));
	OK(rdv.out.tx[1].seg.flags == (PKT_SYN | PKT_ACK | PKT_ECE));
}

static void o17_syn_data(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0, .raw = "020405b4 22020101",
	     .payload = 1420);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(B, A0, B0 + 1);
	SYNACK(A, B0, A0 + 1);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1,
	     .payload = 1420);
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
	NOTHING();
	OK(rdv.entry[A].rx_octets == 1420);
}

static void o19_o20_refused(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0,
	     .raw = "1e0c1001 00000000 00000000");
	DROPPED(SYN_OPTION);
	LEG(A, IDLE);
	NO_REPORT();

	SEND(A, .flags = PKT_SYN, .seq = A0,
	     .raw = "1d100000 00000000 00000000 00000000");
	DROPPED(SYN_OPTION);
	REPORT(FAIL, 0, POLICY);
	NOTHING();
	STATE(SILENT);

	/* a source that only a prefix allows cannot end the wait */
	rdv_defaults();
	rdv.leg[A].from.prefix_len = 120;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0,
	     .raw = "1d100000 00000000 00000000 00000000");
	DROPPED(SYN_OPTION);
	NO_REPORT();
	STATE(ARMED);
}

static void o26_latest_mss(void)
{
	const struct pkt_opts small = { MSS(1360) };

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &small);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(SYNACK(B, A0, B0 + 1)->opts.mss == 1360);
	OK(SYNACK(A, B0, A0 + 1)->opts.mss == 1460);
	OK(rdv.entry[B].mss == 1360 && rdv.entry[A].mss == 1460);
	OK(rdv.entry[A].opts == 0);
}

static void o27_lesser_offer(void)
{
	const struct pkt_opts less = { MSS(1460), SACK, TS(9, 0) };

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1);
	OK(rdv.entry[A].opts == (PKT_STAT_WS | PKT_STAT_SACK | PKT_STAT_TS));
	rdv_flush();
	AT(1000 - 1);
	SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &less);
	RST(B, A0 + 1, B0 + 1);
	NOTHING();
	REPORT(FAIL, 0, RESTART);
	STATE(SILENT);
}

/* In waiting-first mode nothing is promised yet: told anew. */
static void o27_probe(void)
{
	const struct pkt_opts less = { MSS(1460), SACK };

	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(SYNACK(A, B0, A0 + 1)->opts.has_ws);
	AT(500);
	SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &less);
	OK(!SYNACK(A, B0, A0 + 1)->opts.has_ws);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1);
	OK(!SYNACK(B, A0, B0 + 1)->opts.has_ws);
	STATE(COMMIT);
}

/* V61, V62: what the SYN-ACKs say when A is IPv4 and B is IPv6. */
static void v61_v62_families(void)
{
	struct pkt_setup_leg *leg;

	rdv_defaults();
	rdv.leg[B].family = AF_INET6;
	rdv_reserve();
	leg = rdv.setup.leg;
	leg[A].syn.opts = (struct pkt_opts) { MSS(1460) };
	leg[B].syn.opts = (struct pkt_opts) { MSS(1440) };
	pkt_synack_agree(&rdv.r, rdv.now_us);
	OK(rdv.setup.frozen[A].mss == 1440 && rdv.setup.frozen[B].mss == 1440);
	leg[A].syn.opts = (struct pkt_opts) { .has_mss = false };
	pkt_synack_agree(&rdv.r, rdv.now_us);
	OK(rdv.setup.frozen[B].has_mss && rdv.setup.frozen[B].mss == 536);
	leg[B].syn.opts = (struct pkt_opts) { .has_mss = false };
	pkt_synack_agree(&rdv.r, rdv.now_us);
	OK(rdv.setup.frozen[A].has_mss && rdv.setup.frozen[A].mss == 1220);
}

/* ---- timestamps ---- */

static void s2(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0); /* TSval 1000 */
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0); /* 2000 */
	AT(1900);
	SEND(B, .flags = PKT_SYN, .seq = B0); /* 6900 */
	OK(SYNACK(B, A0, B0 + 1)->opts.tsval == 2000);
	OK(SYNACK(A, B0, A0 + 1)->opts.tsecr == 2000);
}

static void stale(uint8_t ts_policy)
{
	rdv_defaults();
	rdv.policy.ts_policy = ts_policy;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(10000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
}

static void s3(void)
{
	stale(PKT_TS_FRESH);
	OK(!SYNACK(B, A0, B0 + 1)->opts.has_ts);
	OK(!SYNACK(A, B0, A0 + 1)->opts.has_ts);
	stale(PKT_TS_NEVER);
	OK(!SYNACK(B, A0, B0 + 1)->opts.has_ts);
}

/* The edge of T_ts: 999 ms is fresh, 1000 is not. */
static void s3_edge(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(999);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(SYNACK(B, A0, B0 + 1)->opts.has_ts);
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(1000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(!SYNACK(B, A0, B0 + 1)->opts.has_ts);
}

static void s4(void)
{
	stale(PKT_TS_LATEST);
	SYNACK(B, A0, B0 + 1);
	OK(SYNACK(A, B0, A0 + 1)->opts.tsecr == 1000);
}

static void s5(void)
{
	const struct pkt_seg *s;

	stale(PKT_TS_ZERO);
	SYNACK(B, A0, B0 + 1);
	s = SYNACK(A, B0, A0 + 1);
	OK(s->opts.has_ts && s->opts.tsecr == 0 && s->opts.tsval == 15000);
}

static void s9(void)
{
	const struct pkt_opts ack = { TS(1444, 5000) };
	const struct pkt_seg *s;

	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(SYNACK(A, B0, A0 + 1)->opts.tsval == 5000);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1, .opts = &ack);
	s = SYNACK(B, A0, B0 + 1);
	OK(s->opts.tsval == 1444 && s->opts.tsecr == 5000);
}

static const struct suite_test tests[] = {
	{ "O1-O8 O10-O12 O15 O16 O18 O21-O23 O25 S1 S6 both SYN-ACKs",
	  options },
	{ "P16 V1 and V3 as the state machine sends them", p16_vectors },
	{ "O9 an MSS below 64 is refused", o9_refused },
	{ "O13 ECN cleared in the latest SYN", o13_ecn_fallback },
	{ "O13 ECN cleared after the SYN-ACK", o13_after_synack },
	{ "O14 AccECN gets classic ECN", o14_accecn },
	{ "O17 data in the SYN is not acknowledged", o17_syn_data },
	{ "O19 O20 MP_JOIN, TCP-AO", o19_o20_refused },
	{ "O26 the latest MSS counts", o26_latest_mss },
	{ "O27 a lesser offer after the SYN-ACK", o27_lesser_offer },
	{ "O27 a lesser offer while probed", o27_probe },
	{ "V61 V62 MSS between the families", v61_v62_families },
	{ "S2 echo of the latest SYN", s2 },
	{ "S3 stale: no timestamps in both", s3 },
	{ "S3 the edge of T_ts", s3_edge },
	{ "S4 always-latest", s4 },
	{ "S5 zero-echo", s5 },
	{ "S9 the newer clock of the handshake ACK", s9 },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/synack", tests);
}
