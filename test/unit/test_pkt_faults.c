/*
 * test/unit/test_pkt_faults.c - what attackers and odd clients try
 *
 * Rows D of the catalogue of faults (test/conformance/cases-faults), as
 * scripts; rows that one script elsewhere shows already carry their id there.
 */
#include <string.h>

#include "test/support/rdv_script.h"
#include "test/support/suite.h"

/* Next numbers of both clients. */
enum { RACES = 100000 };

static void open_leg(unsigned int leg)
{
	rdv.leg[leg].from.prefix_len = 0;
}

/* ---- latching ---- */

/* The address is known, the port is not: it is a candidate, and nobody is
 * committed to it before it acknowledges. */
static void d03_candidate(void)
{
	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = 666, .port = 6666);
	REPORT(SYN, A, NONE);
	SEND(A, .flags = PKT_SYN, .seq = A0); /* the honest one */
	NOTHING();
	AT(1000);
	rdv_syns();
	SYNACK(A, B0, A1);
	NOTHING();
	SEND(A, .flags = PKT_ACK, .seq = 667, .ack = B1, .port = 6666);
	DROPPED(SOURCE);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	SYNACK(B, A0, B1);
}

/* The port is known too: nothing else counts. */
static void d03_exact(void)
{
	rdv_defaults();
	rdv.leg[A].from.port_min = rdv.leg[A].from.port_max = rdv.port[A];
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = 666, .port = 6666);
	DROPPED(SOURCE);
	LEG(A, IDLE);
	rdv_syns();
	SYNACK(B, A0, B1);
	SYNACK(A, B0, A1);
}

/* Open policy: whoever came first has to answer before B hears anything. */
static void d04(void)
{
	rdv_defaults();
	open_leg(A);
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = 666, .from = "203.0.113.66",
	     .port = 40001);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(A, B0, 667);
	NOTHING();
	STATE(PROBE);
	LEG(B, SYN);
	AT(20000); /* its SYN-ACKs are lost on a forged address */
	while (rdv_take_any())
		OK(rdv_taken_leg() == A);
	LEG(B, SYN);
}

/* It does answer: that cannot be told from an honest client, but whom it is
 * joined to is known to the controller (remote and remote_port). */
static void d05(void)
{
	rdv_defaults();
	open_leg(A);
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = 666, .from = "203.0.113.66",
	     .port = 40001);
	REPORT(SYN, A, NONE);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	REPORT(SYN, B, NONE);
	SEND(A, .flags = PKT_ACK, .seq = 667, .ack = B1, .from = "203.0.113.66",
	     .port = 40001);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = 667);
	REPORT(OPEN, 0, NONE);
	OK(rdv.entry[A].remote.s6_addr[15] == 66);
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = A0); /* the honest one: too late */
	DROPPED(SOURCE);
	NOTHING();
}

/* ---- the handshake ---- */

static void d06(void)
{
	rdv_begin();
	rdv_syns();
	SYNACK(B, A0, B1);
	SYNACK(A, B0, A1);
	AT(500);
	SEND(B, .flags = PKT_SYN, .seq = B0); /* again: the same answer */
	SYNACK(B, A0, B1);
	AT(800);
	SEND(B, .flags = PKT_SYN, .seq = 8888); /* anew, not yet committed */
	SYNACK(A, 8888, A1);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = 8889);
	SYNACK(B, A0, 8889);
	SEND(B, .flags = PKT_ACK, .seq = 8889, .ack = A1);
	STATE(OPEN);
	rdv_flush();
	AT(2000);
	SEND(B, .flags = PKT_SYN, .seq = 9999); /* anew, committed */
	CHALLENGE(B, A1, 8889);
	DROPPED(SYN_LATE);
	STATE(OPEN);
}

/* The SYN-ACK just before found a firewall that had forgotten; the client's
 * next SYN is half a minute away. */
static void d06_spacing(void)
{
	rdv_begin();
	rdv_syns();
	rdv_flush();
	AT(1000); /* by timer */
	SYNACK(A, B0, A1);
	rdv_flush();
	AT(1150);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	NOTHING();
	AT(1199);
	NOTHING();
	AT(1200);
	SYNACK(A, B0, A1);
	NOTHING();
}

static void d07(void)
{
	rdv_defaults();
	rdv.policy.twait_s = 10;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	REPORT(SYN, A, NONE);
	AT(9999);
	NO_REPORT();
	AT(10000);
	REPORT(FAIL, A, TWAIT);
	NOTHING(); /* with fast-fail it is reset: C11 */
	STATE(SILENT);
}

/* Whichever comes first, repeated or not, and whoever answers first: each is
 * told once, of the other.  One worker has both gates (decision 11), so a race
 * of two processors is an order of two packets; the order is drawn here. */
static void d08(void)
{
	uint32_t seed = 8, bad = 0;
	unsigned int first, told;

	for (unsigned int i = 0; i < RACES; i++) {
		seed = seed * 1664525 + 1013904223;
		first = seed >> 31;
		rdv_begin();
		rdv_quiet_send(first, PKT_SYN, first ? B0 : A0, 0);
		if (seed & 1 << 20)
			rdv_quiet_send(first, PKT_SYN, first ? B0 : A0, 0);
		rdv_quiet_send(!first, PKT_SYN, first ? A0 : B0, 0);
		if (seed & 1 << 21)
			rdv_quiet_send(!first, PKT_SYN, first ? A0 : B0, 0);
		for (told = 0; rdv_take_any(); told++)
			;
		bad += told != 2 || pkt_rdv_state(&rdv.r) != PKT_STATE_COMMIT;
		first = seed >> 30 & 1;
		rdv_quiet_send(first, PKT_ACK, first ? B1 : A1,
			       first ? A1 : B1);
		rdv_quiet_send(!first, PKT_ACK, first ? A1 : B1,
			       first ? B1 : A1);
		bad += pkt_rdv_state(&rdv.r) != PKT_STATE_OPEN;
	}
	OK(bad == 0);
}

/* Data and a cookie in the SYN: it counts as a plain one, the data comes
 * again. */
static void d09(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0, .payload = 300,
	     .raw = "020405b4 2202 0101");
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(B, A0, B1);
	SYNACK(A, B0, A1);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 300);
	FORWARDED(B, PKT_ACK, A1, B1);
	OK(rdv.entry[A].rx_octets == 300);
}

/* Options in a SYN: which are told to the other side, and which SYN is not
 * taken at all. */
static void d10(void)
{
	static const struct {
		const char *options;
		enum pkt_drop refused;
	} rows[] = {
		{ "1e0c 0081 0000000000000001", PKT_DROP_NONE }, /* MPTCP */
		{ "fe04e2d4 01010101", PKT_DROP_NONE },          /* SMC */
		{ "020405b4 020405a0", PKT_DROP_NONE },          /* twice */
		{ "020405b4 fe000000", PKT_DROP_NONE },          /* length 0 */
		{ "020405b4 fe280000", PKT_DROP_NONE }, /* beyond the header */
		{ "00000000 020405b4", PKT_DROP_NONE }, /* ends early */
		{ "01010101 01010101 01010101 01010101 01010101"
		  "01010101 01010101 01010101 01010101 01010101",
		  PKT_DROP_NONE },
		{ "1d10 0000000000000000000000000000", PKT_DROP_SYN_OPTION },
		{ "1312 00000000000000000000000000000000 0101",
		  PKT_DROP_SYN_OPTION },
	};
	const struct pkt_seg *told;

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rdv_begin();
		SEND(A, .flags = PKT_SYN, .seq = A0, .raw = rows[i].options);
		if (rows[i].refused != PKT_DROP_NONE) {
			OK(rdv.out.drop == rows[i].refused);
			continue;
		}
		SEND(B, .flags = PKT_SYN, .seq = B0);
		told = SYNACK(B, A0, B1);
		OK(told->opts.has_mss && !told->opts.has_ws &&
		   !told->opts.has_sack && !told->opts.has_ts);
	}
}

/* A shift of 15 counts as 14, an absurd MSS is refused, 65535 is honoured up
 * to the way; a client may stop using time stamps. */
static void d11(void)
{
	const struct pkt_opts wide = {
		.has_mss = true, .mss = 65535, .has_ws = true, .ws = 14
	};
	const struct pkt_opts none = { .has_mss = false };
	const struct pkt_seg *told;

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0, .raw = "02040001");
	DROPPED(SYN_MSS);
	SEND(A, .flags = PKT_SYN, .seq = A0, .raw = "02040000");
	DROPPED(SYN_MSS);
	SEND(A, .flags = PKT_SYN, .seq = A0, .raw = "0204ffff 03030f01");
	SEND(B, .flags = PKT_SYN, .seq = B0, .opts = &wide);
	told = SYNACK(B, A0, B1);
	OK(told->opts.ws == 14 && told->opts.mss == 1460);
	rdv_begin();
	rdv_syns();
	rdv_flush();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .opts = &none);
	FORWARDED(B, PKT_ACK, A1, B1);
}

static void d12(void)
{
	static const uint8_t odd[] = {
		PKT_SYN | PKT_ACK,           PKT_SYN | PKT_FIN,
		PKT_SYN | PKT_RST,           0,
		PKT_FIN | PKT_PSH | PKT_URG,
	};

	for (unsigned int i = 0; i < sizeof(odd); i++) {
		rdv_begin();
		SEND(A, .flags = odd[i], .seq = A0, .ack = B1);
		OK(rdv.out.drop == (i ? PKT_DROP_FLAGS : PKT_DROP_SYN_ACK));
		LEG(A, IDLE);
		NOTHING();
	}
}

static void d13(void)
{
	static const struct {
		uint8_t a, b;
		bool is_told;
	} rows[] = {
		{ PKT_ECE | PKT_CWR, PKT_ECE | PKT_CWR, true },
		{ PKT_ECE | PKT_CWR, 0, false },
		{ 0, PKT_ECE | PKT_CWR, false },
		{ PKT_ECE, PKT_ECE | PKT_CWR, false },
	};
	const struct pkt_seg *told;

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rdv_begin();
		SEND(A, .flags = PKT_SYN | rows[i].a, .seq = A0);
		SEND(B, .flags = PKT_SYN | rows[i].b, .seq = B0);
		told = SYNACK(B, A0, B1);
		OK(!(told->flags & PKT_CWR) &&
		   !!(told->flags & PKT_ECE) == rows[i].is_told);
		told = SYNACK(A, B0, A1);
		OK(!!(told->flags & PKT_ECE) == rows[i].is_told);
	}
}

static void d14(void)
{
	static const uint32_t wrong[] = { 0, B0, B1 + 1, B1 - 2, A1 };

	rdv_begin();
	rdv_syns();
	rdv_flush();
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		SEND(A, .flags = PKT_ACK, .seq = A1, .ack = wrong[i]);
		DROPPED(HANDSHAKE_ACK);
		LEG(A, SENT);
	}
	NOTHING(); /* a SYN-ACK again only after the spacing */
}

/* ---- the open session ---- */

/* Whatever its number, a RST takes no gate away; one that went through is
 * refuted by data. */
static void d20(void)
{
	uint32_t seed = 20;

	rdv_begin_open();
	for (unsigned int i = 0; i < 10000; i++) {
		seed = seed * 1664525 + 1013904223;
		if (seed - A1 < 2)
			continue;
		SEND(A, .flags = PKT_RST, .seq = seed);
		OK(rdv.out.drop == PKT_DROP_RST_INEXACT);
	}
	STATE(OPEN);
	rdv_flush();
	SEND(A, .flags = PKT_RST, .seq = A1); /* guessed */
	FORWARDED(B, PKT_RST, A1, 0);
	STATE(DEAD);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 5);
	FORWARDED(B, PKT_ACK, A1, B1);
	AT(40000); /* T_rst does not run any more */
	SEND(A, .flags = PKT_ACK, .seq = A1 + 5, .ack = B1, .payload = 5);
	FORWARDED(B, PKT_ACK, A1 + 5, B1);
}

static void d21(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_RST, .seq = A1 + 1000); /* in the window */
	DROPPED(RST_INEXACT);
	CHALLENGE(A, B1, A1);
	STATE(OPEN);
	SEND(A, .flags = PKT_RST, .seq = A1); /* exact: the ends decide */
	FORWARDED(B, PKT_RST, A1, 0);
	REPORT(CLOSED, A, RST);
	STATE(DEAD);
	AT(29999);
	STATE(DEAD);
	AT(30000);
	STATE(SILENT);
}

/* Probes of a keep-alive, one octet below, keep it for ever. */
static void d25(void)
{
	rdv_begin_open();
	for (uint64_t hour = 1; hour <= 24; hour++) {
		AT(hour * 2 * 3600 * 1000);
		STATE(OPEN);
		SEND(A, .flags = PKT_ACK, .seq = A1 - 1, .ack = B1);
		FORWARDED(B, PKT_ACK, A1 - 1, B1);
		SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1);
		FORWARDED(A, PKT_ACK, B1, A1);
	}
	NO_REPORT();
	/* RFC 5382: 2 h 4 min without any */
	AT(48ull * 3600 * 1000 + 7439999);
	STATE(OPEN);
	AT(48ull * 3600 * 1000 + 7440000);
	REPORT(CLOSED, A, IDLE);
}

/* One tuple on both legs, and a gate that would talk to itself. */
static void d38(void)
{
	rdv_defaults();
	open_leg(A);
	open_leg(B);
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0, .from = "203.0.113.10",
	     .port = 40001);
	DROPPED(SOURCE);
	SEND(B, .flags = PKT_SYN, .seq = B0, .from = "198.51.100.1",
	     .port = 20000);
	DROPPED(MARTIAN);
	OK(rdv.entry[B].drops == 2);
	LEG(B, IDLE);
}

static const struct suite_test tests[] = {
	{ "D03 a forged port is a candidate", d03_candidate },
	{ "D03 the port is known", d03_exact },
	{ "D04 an attacker first, open policy", d04 },
	{ "D05 an attacker that answers, open policy", d05 },
	{ "D06 SYNs again and anew", d06 },
	{ "D06 a SYN within the spacing", d06_spacing },
	{ "D07 B never comes", d07 },
	{ "D08 100 000 races of two SYNs", d08 },
	{ "D09 data and a cookie in the SYN", d09 },
	{ "D10 options of all kinds", d10 },
	{ "D11 shift, MSS and time stamps out of the ordinary", d11 },
	{ "D12 SYN-ACK, SYN+FIN, SYN+RST, nothing, Xmas", d12 },
	{ "D13 ECN on one side only", d13 },
	{ "D14 a wrong number in the third packet", d14 },
	{ "D20 RST at random, and one that hits", d20 },
	{ "D21 RST in the window, RST exact", d21 },
	{ "D25 idle for 2 h 4 min, and kept alive", d25 },
	{ "D38 one tuple twice, a gate of ours", d38 },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/faults", tests);
}
