/*
 * test/unit/test_pkt_relay.c - one client calls, the other is called
 *
 * Cases Y of docs/relay.md, as scripts: packets and time in, packets and
 * reports out.  A calls, B is the server, 192.0.2.20 port 50002.
 */
#include <arpa/inet.h>
#include <string.h>

#include "test/support/rdv_pkt.h"
#include "test/support/rdv_script.h"
#include "test/support/suite.h"

#define SYN(leg, seq) rdv_take(__LINE__, leg, PKT_SYN, seq, 0, false)

static void defaults(void)
{
	rdv_defaults();
	rdv.leg[B].role = PKT_ROLE_RELAY;
	rdv.leg[B].from.port_min = 50002;
	rdv.leg[B].from.port_max = 50002;
}

static void begin(void)
{
	defaults();
	rdv_reserve();
}

static void call(void)
{
	SEND(A, .flags = PKT_SYN, .seq = A0);
}

static void answer(void)
{
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1);
}

static void ack(void)
{
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
}

/* The SYN is on its way, and what came so far is taken. */
static void begin_probe(void)
{
	begin();
	call();
	rdv_flush();
}

static void begin_commit(void)
{
	begin_probe();
	answer();
	rdv_flush();
}

static void begin_relayed(void)
{
	begin_commit();
	ack();
	rdv_flush();
}

static void case1(void)
{
	begin();
	call();
	SYN(B, A0);
	NOTHING();
	REPORT(SYN, A, NONE);
	STATE(PROBE);
	LEG(A, SYN);
	LEG(B, SENT);
	AT(20);
	answer();
	SYNACK(A, B0, A1);
	NOTHING();
	STATE(COMMIT);
	NO_REPORT();
	AT(50);
	ack();
	FORWARDED(B, PKT_ACK, A1, B1);
	STATE(OPEN);
	REPORT(OPEN, 0, NONE);
	NO_REPORT();
	OK(rdv.r.setup == NULL);
	OK(rdv.entry[A].est_ms == 50);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 700);
	FORWARDED(A, PKT_ACK, B1, A1);
	SEND(A, .flags = PKT_FIN | PKT_ACK, .seq = A1, .ack = B1 + 700);
	FORWARDED(B, PKT_FIN | PKT_ACK, A1, B1 + 700);
	STATE(HALF);
}

/* rdv_take() compares both ports and rdv_send() the addresses. */
static void case2(void)
{
	const struct pkt_seg *s;

	begin();
	call();
	s = SYN(B, A0);
	OK(IN6_ARE_ADDR_EQUAL(&s->src, &rdv.leg[B].local));
	OK(IN6_ARE_ADDR_EQUAL(&s->dst, &rdv.leg[B].from.addr));
	OK(s->sport == 20002 && s->dport == 50002);
	OK(s->window == 64240);
}

static void case3(void)
{
	begin_probe();
	AT(100);
	call();
	NOTHING();
	AT(1000);
	call();
	SYN(B, A0);
	AT(60000);
	NOTHING();
}

static void case4(void)
{
	begin_commit();
	AT(1000);
	answer();
	SYNACK(A, B0, A1);
	NOTHING();
	AT(20000);
	NOTHING();
}

static void case5(void)
{
	begin_commit();
	AT(1000);
	call();
	SYNACK(A, B0, A1);
	NOTHING();
}

static void case6(void)
{
	begin_relayed();
	AT(1000);
	answer();
	CHALLENGE(B, A1, B1);
	NOTHING();
	STATE(OPEN);
}

static void case7(void)
{
	begin();
	call();
	rdv_flush();
	SEND(B, .flags = PKT_RST | PKT_ACK, .seq = 0, .ack = A1);
	RST(A, 0, A1);
	REPORT(FAIL, 0, RST);
	STATE(SILENT);
	call();
	DROPPED(CLOSED);
	NOTHING();
}

static void case8(void)
{
	begin_probe();
	SEND(B, .flags = PKT_RST | PKT_ACK, .seq = 0, .ack = A0);
	DROPPED(RST_INEXACT);
	SEND(B, .flags = PKT_RST, .seq = 0);
	DROPPED(RST_INEXACT);
	NOTHING();
	NO_REPORT();
	STATE(PROBE);
}

static void case9(void)
{
	begin_commit();
	SEND(B, .flags = PKT_RST, .seq = B1 + 1);
	DROPPED(RST_INEXACT);
	SEND(B, .flags = PKT_RST, .seq = B1);
	RST(A, B1, A1);
	REPORT(FAIL, 0, RST);
}

static void case10(void)
{
	begin_commit();
	SEND(A, .flags = PKT_RST, .seq = A1 + 1);
	DROPPED(RST_INEXACT);
	SEND(A, .flags = PKT_RST, .seq = A1);
	RST(B, A1, B1);
	REPORT(FAIL, 0, RST);
	NOTHING();
}

static void case11(void)
{
	begin_probe();
	AT(74999);
	NO_REPORT();
	AT(75000);
	REPORT(FAIL, 0, TWAIT);
	NOTHING();
	STATE(SILENT);
}

static void case12(void)
{
	begin_commit();
	AT(29999);
	NO_REPORT();
	AT(30000);
	RST(B, A1, B1);
	NOTHING();
	REPORT(FAIL, 0, TSA);
}

static void case13(void)
{
	begin_probe();
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0 + 5000);
	RST(B, A1, 0);
	SYN(B, A0 + 5000);
	STATE(PROBE);
	answer(); /* to the one before */
	RST(B, A1, B0);
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A0 + 5001);
	SYNACK(A, B0, A0 + 5001);
	NOTHING();
}

static void case14(void)
{
	begin_commit();
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0 + 5000);
	RST(B, A1, B1);
	SYN(B, A0 + 5000);
	STATE(PROBE);
	LEG(A, SYN);
	NO_REPORT();
}

static void case15(void)
{
	begin_probe();
	AT(1000);
	rdv.port[A] = 40002;
	call();
	SYN(B, A0);
	AT(1100);
	answer();
	SYNACK(A, B0, A1);
	rdv.port[A] = 40003;
	AT(2000);
	call();
	SYNACK(A, B0, A1);
	OK(rdv.entry[A].relatches == 2);
	ack();
	FORWARDED(B, PKT_ACK, A1, B1);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 5);
	FORWARDED(A, PKT_ACK, B1, A1);
	NOTHING();
}

static void case16(void)
{
	begin_probe();
	SEND(B, .flags = PKT_ACK, .seq = 77, .ack = 4711);
	RST(B, 4711, 77);
	NOTHING();
	STATE(PROBE);
	AT(1000);
	call();
	SYN(B, A0);
}

static const struct mss_case {
	bool has[PKT_LEGS];
	uint16_t said[PKT_LEGS], mtu[PKT_LEGS], told[PKT_LEGS];
} mss[] = {
	{ { 1, 1 }, { 1460, 1460 }, { 1500, 1500 }, { 1460, 1460 } },
	{ { 1, 1 }, { 1460, 8960 }, { 1500, 1500 }, { 1460, 1460 } },
	{ { 1, 1 }, { 1460, 1400 }, { 1280, 1500 }, { 1240, 1240 } },
	{ { 1, 1 }, { 1200, 1300 }, { 1500, 1400 }, { 1300, 1200 } },
	{ { 0, 1 }, { 0, 1300 }, { 1500, 1500 }, { 1300, 536 } },
	{ { 1, 0 }, { 1460, 0 }, { 1500, 1500 }, { 536, 1460 } },
};

static void case17(void)
{
	for (size_t i = 0; i < sizeof(mss) / sizeof(mss[0]); i++) {
		const struct mss_case *t = &mss[i];
		struct pkt_opts o[PKT_LEGS] = {
			{ .has_mss = t->has[A], .mss = t->said[A] },
			{ .has_mss = t->has[B], .mss = t->said[B] }
		};
		const struct pkt_seg *s;

		defaults();
		rdv.leg[A].mtu = t->mtu[A];
		rdv.leg[B].mtu = t->mtu[B];
		rdv_reserve();
		SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &o[A]);
		s = SYN(B, A0);
		OK(s->opts.has_mss && s->opts.mss == t->told[B]);
		SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1,
		     .opts = &o[B]);
		s = SYNACK(A, B0, A1);
		OK(s->opts.has_mss && s->opts.mss == t->told[A]);
		OK(rdv.entry[A].mss == t->told[A]);
		OK(rdv.entry[B].mss == t->told[B]);
	}
}

static void case18(void)
{
	struct pkt_opts o = { .has_mss = true,
			      .mss = 1460,
			      .has_ws = true,
			      .ws = 9,
			      .has_sack = true,
			      .has_ts = true,
			      .tsval = 999,
			      .tsecr = 1000 };
	const struct pkt_seg *s;

	begin();
	call();
	s = SYN(B, A0);
	OK(s->opts.has_ws && s->opts.ws == 7 && s->opts.has_sack);
	OK(s->opts.has_ts && s->opts.tsval == 1000 && s->opts.tsecr == 0);
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1, .opts = &o);
	s = SYNACK(A, B0, A1);
	OK(s->opts.has_ws && s->opts.ws == 9 && s->opts.has_sack);
	OK(s->opts.has_ts && s->opts.tsval == 999 && s->opts.tsecr == 1000);
	OK(rdv.entry[A].opts == (PKT_STAT_WS | PKT_STAT_SACK | PKT_STAT_TS));
	OK(rdv.entry[A].wscale == 7 && rdv.entry[B].wscale == 9);
}

static const char *const refused[] = {
	"1312 00000000000000000000000000000000 0000", /* MD5 */
	"1d10 0101 000000000000000000000000",         /* AO */
	"1e0c 1000 00000000 00000000",                /* MP_JOIN */
};

static void case19(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		begin();
		SEND(A, .flags = PKT_SYN, .seq = A0, .raw = refused[i]);
		DROPPED(SYN_OPTION);
		NOTHING();
		begin_probe();
		SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1,
		     .raw = refused[i]);
		DROPPED(SYN_OPTION);
		NOTHING();
		STATE(PROBE);
	}
}

static void case20(void)
{
	const struct pkt_seg *s;

	begin();
	SEND(A, .flags = PKT_SYN, .seq = A0,
	     .raw = "020405b4 220a0102030405060708 0101", .payload = 100);
	s = SYN(B, A0);
	OK(s->payload_octets == 0);
	OK(s->payload_off == 20 + 20 + 4);
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1 + 100);
	DROPPED(HANDSHAKE_ACK);
	rdv_flush();
	answer();
	SYNACK(A, B0, A1);
	OK(rdv.entry[A].rx_octets == 0);
}

static void case21(void)
{
	const struct pkt_seg *s;

	begin();
	SEND(A, .flags = PKT_SYN, .seq = A0,
	     .raw = "020405b4 1e0c 0001 0102030405060708 fd04 1234");
	s = SYN(B, A0);
	OK(s->payload_off == 20 + 20 + 4);
	OK(s->opts.mss == 1460);
}

static void case22(void)
{
	struct pkt_opts bare = { .has_mss = true, .mss = 1460 };
	const struct pkt_seg *s;

	begin();
	SEND(A, .flags = PKT_SYN, .seq = A0, .opts = &bare);
	s = SYN(B, A0);
	OK(!s->opts.has_ws && !s->opts.has_sack && !s->opts.has_ts);
	answer(); /* with all of them */
	s = SYNACK(A, B0, A1);
	OK(!s->opts.has_ws && !s->opts.has_sack && !s->opts.has_ts);
	OK(rdv.entry[B].wscale == 0);
}

static void case23(void)
{
	const struct pkt_seg *s;

	for (int i = 0; i < 4; i++) {
		uint8_t asked = i & 1 ? PKT_ECE | PKT_CWR : 0;
		uint8_t said = i & 2 ? PKT_ECE : 0;

		begin();
		SEND(A, .flags = PKT_SYN | asked, .seq = A0);
		s = rdv_take(__LINE__, B, PKT_SYN | asked, A0, 0, false);
		OK((s->flags & (PKT_ECE | PKT_CWR)) == asked);
		SEND(B, .flags = PKT_SYN | PKT_ACK | said, .seq = B0,
		     .ack = A1);
		s = SYNACK(A, B0, A1);
		OK(!!(s->flags & PKT_ECE) == (i == 3));
		OK(!!(rdv.entry[A].opts & PKT_STAT_ECN) == (i == 3));
	}
}

static void case24(void)
{
	defaults();
	rdv.leg[B].mode = 0;
	rdv_reserve();
	call();
	REPORT(SYN, A, NONE);
	NOTHING();
	STATE(WAIT);
	AT(1000);
	call();
	NOTHING();
	rdv.leg[B].mode = PKT_MODE_RX | PKT_MODE_TX;
	rdv_modify(B, false);
	SYN(B, A0);
	STATE(PROBE);
	AT(75000);
	REPORT(FAIL, 0, TWAIT);
}

static void case25(void)
{
	begin();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	DROPPED(NOT_ARMED);
	answer();
	DROPPED(SOURCE);
	call();
	rdv_flush();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	DROPPED(NOT_ARMED);
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1,
	     .port = 50003);
	DROPPED(SOURCE);
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0, .ack = A1,
	     .from = "192.0.2.21");
	DROPPED(SOURCE);
	SEND(A, .flags = PKT_SYN | PKT_ACK, .seq = A0, .ack = B1);
	DROPPED(SYN_ACK);
	NOTHING();
	NO_REPORT();
	STATE(PROBE);
}

static void case26(void)
{
	begin_probe();
	rdv_release(B);
	RST(B, A1, 0);
	NOTHING();
	begin_probe();
	rdv_release(A);
	RST(B, A1, 0);
	NOTHING();
	begin_commit();
	rdv_release(A);
	RST(A, B1, A1);
	RST(B, A1, B1);
	NOTHING();
	defaults();
	rdv.policy.release_rst = false;
	rdv_reserve();
	call();
	rdv_flush();
	rdv_release(A);
	NOTHING();
}

static void case27(void)
{
	const struct pkt_seg *s;

	begin_probe();
	rdv.leg[B].from.addr = rdv_addr("192.0.2.99");
	rdv_modify(B, true);
	s = RST(B, A1, 0);
	OK(s->dst.s6_addr[15] == 20);
	s = SYN(B, A0);
	OK(s->dst.s6_addr[15] == 99);
	NOTHING();
	STATE(PROBE);
	answer(); /* of the old one */
	DROPPED(SOURCE);
}

static void case28(void)
{
	begin_commit();
	SEND(A, .flags = PKT_ACK | PKT_PSH, .seq = A1, .ack = B1,
	     .payload = 100);
	FORWARDED(B, PKT_ACK | PKT_PSH, A1, B1);
	STATE(OPEN);
	OK(rdv.entry[A].rx_octets == 100 && rdv.entry[A].rx_packets == 1);
	begin_commit();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1 + 1);
	DROPPED(HANDSHAKE_ACK);
	STATE(COMMIT);
}

static void case29(void)
{
	unsigned int i, passed = 0;

	begin_probe();
	for (i = 1; i <= 50; i++) {
		SEND(A, .flags = PKT_SYN, .seq = A0 + i * 1000);
		passed += rdv.out.act != PKT_ACT_DROP;
	}
	OK(passed <= 5);
	OK(rdv.out.drop == PKT_DROP_SYN_RATE);
}

static void case30(void)
{
	begin_commit();
	AT(1000);
	SEND(B, .flags = PKT_SYN | PKT_ACK, .seq = B0 + 9000, .ack = A1);
	SYNACK(A, B0 + 9000, A1);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B0 + 9001);
	FORWARDED(B, PKT_ACK, A1, B0 + 9001);
	STATE(OPEN);
}

static struct pkt_icmp unreachable(unsigned int leg, uint32_t seq)
{
	struct pkt_icmp m = { .family = AF_INET,
			      .type = 3,
			      .code = 1,
			      .quote = { .sport = rdv.leg[leg].local_port,
					 .dport = rdv.port[leg],
					 .seq = seq } };

	m.quote.src = rdv.leg[leg].local;
	m.quote.dst = rdv.leg[leg].from.addr;
	return m;
}

static void case31(void)
{
	struct pkt_icmp m;

	begin_probe();
	m = unreachable(B, A0);
	OK(pkt_rdv_icmp(&rdv.r, B, &m) == PKT_DROP_NONE);
	OK(rdv.entry[B].drops == 0);
	STATE(PROBE);
	m.is_too_big = true;
	m.mtu = 1400;
	OK(pkt_rdv_icmp(&rdv.r, B, &m) == PKT_DROP_ICMP);
	m = unreachable(B, A0 + 1);
	OK(pkt_rdv_icmp(&rdv.r, B, &m) == PKT_DROP_ICMP);
	m = unreachable(A, A0);
	OK(pkt_rdv_icmp(&rdv.r, A, &m) == PKT_DROP_ICMP);
	OK(rdv.entry[B].drops == 2 && rdv.entry[A].drops == 1);
	answer();
	m = unreachable(B, A0);
	OK(pkt_rdv_icmp(&rdv.r, B, &m) == PKT_DROP_ICMP);
	STATE(COMMIT);
}

/* The set-up block of an open session is gone; who is called is known still. */
static void case32(void)
{
	begin_relayed();
	SEND(A, .flags = PKT_RST, .seq = A1);
	FORWARDED(B, PKT_RST, A1, 0);
	STATE(DEAD);
	OK(rdv.r.setup == NULL);
	rdv_modify(A, true);
	OK(rdv.r.setup != NULL);
	STATE(ARMED);
	NOTHING();
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	SYN(B, 7777);
	STATE(PROBE);
	OK(rdv.setup.leg[B].cfg.mtu == rdv.leg[B].mtu);
	OK(IN6_ARE_ADDR_EQUAL(&rdv.entry[B].remote, &rdv.leg[B].from.addr));
}

/* The server is open: the ACK passed in the kernel, and nobody noted it.  It
 * speaks first, and the caller is asked to say it once more. */
static void case33(void)
{
	begin_commit();
	AT(1000);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 10);
	SYNACK(A, B0, A1);
	NOTHING();
	STATE(COMMIT);
	AT(1100);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 10);
	NOTHING();
	ack();
	FORWARDED(B, PKT_ACK, A1, B1);
	STATE(OPEN);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 10);
	FORWARDED(A, PKT_ACK, B1, A1);
}

static const struct suite_test tests[] = {
	{ "Y1 a call", case1 },
	{ "Y2 from our port to Remote", case2 },
	{ "Y3 a lost SYN", case3 },
	{ "Y4 a lost SYN-ACK, the server repeats", case4 },
	{ "Y5 a lost SYN-ACK, the caller repeats", case5 },
	{ "Y6 a lost ACK", case6 },
	{ "Y7 the server refuses", case7 },
	{ "Y8 a RST with a wrong number", case8 },
	{ "Y9 the server resets after its SYN-ACK", case9 },
	{ "Y10 the caller resets after the SYN-ACK", case10 },
	{ "Y11 the server never answers", case11 },
	{ "Y12 the caller never acknowledges", case12 },
	{ "Y13 restart before the SYN-ACK", case13 },
	{ "Y14 restart after the SYN-ACK", case14 },
	{ "Y15 a new port of the caller's NAT", case15 },
	{ "Y16 an old connection at the server", case16 },
	{ "Y17 MSS", case17 },
	{ "Y18 options that survive", case18 },
	{ "Y19 options that are refused", case19 },
	{ "Y20 Fast Open", case20 },
	{ "Y21 MPTCP and unknown options", case21 },
	{ "Y22 not offered", case22 },
	{ "Y23 ECN", case23 },
	{ "Y24 not ready", case24 },
	{ "Y25 who is heard", case25 },
	{ "Y26 release", case26 },
	{ "Y27 a new Remote", case27 },
	{ "Y28 the handshake ACK", case28 },
	{ "Y29 syn-rate", case29 },
	{ "Y30 the server restarts", case30 },
	{ "Y31 ICMP", case31 },
	{ "Y32 the caller is armed again", case32 },
	{ "Y33 the server speaks first", case33 },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/relay", tests);
}
