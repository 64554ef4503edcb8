/*
 * test/unit/test_pkt_session.c - an open session and how it ends
 *
 * Cases C, A and K of rendezvous.md 9, decisions 17, 19 and 20, as scripts.
 */
#include <arpa/inet.h>
#include <string.h>

#include "test/support/rdv_script.h"
#include "test/support/suite.h"

/* Next numbers of both clients, for scripts that only go on. */
/* ---- 9.6 RST, FIN, close ---- */

static void c1(void)
{
	unsigned int i;

	rdv_begin_open();
	SEND(A, .flags = PKT_ACK | PKT_FIN, .seq = A1, .ack = B1);
	FORWARDED(B, PKT_ACK | PKT_FIN, A1, B1);
	STATE(HALF);
	LEG(A, FIN);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1 + 1);
	FORWARDED(A, PKT_ACK, B1, A1 + 1);
	LEG(A, CLOSED);
	for (i = 0; i < 100; i++) {
		SEND(B, .flags = PKT_ACK, .seq = B1 + i * 1000, .ack = A1 + 1,
		     .payload = 1000);
		FORWARDED(A, PKT_ACK, B1 + i * 1000, A1 + 1);
		SEND(A, .flags = PKT_ACK, .seq = A1 + 1,
		     .ack = B1 + 1000 + i * 1000);
		FORWARDED(B, PKT_ACK, A1 + 1, B1 + 1000 + i * 1000);
	}
	NO_REPORT();
	SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B1 + 100000, .ack = A1 + 1);
	FORWARDED(A, PKT_ACK | PKT_FIN, B1 + 100000, A1 + 1);
	STATE(CLOSING);
	NO_REPORT();
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1, .ack = B1 + 100001);
	FORWARDED(B, PKT_ACK, A1 + 1, B1 + 100001);
	REPORT(CLOSED, A, FIN);
	OK(rdv.entry[B].rx_octets == 100000);
	AT(119999);
	STATE(CLOSING);
	AT(120000);
	STATE(SILENT);
	NOTHING();
	NO_REPORT();
}

static void c2(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK | PKT_FIN, .seq = A1, .ack = B1);
	SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B1, .ack = A1);
	FORWARDED(B, PKT_ACK | PKT_FIN, A1, B1);
	FORWARDED(A, PKT_ACK | PKT_FIN, B1, A1);
	STATE(CLOSING);
	SEND(B, .flags = PKT_ACK, .seq = B1 + 1, .ack = A1 + 1);
	NO_REPORT();
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1, .ack = B1 + 1);
	REPORT(CLOSED, A, FIN);
	NO_REPORT();
}

static void c3(void)
{
	c2();
	rdv_flush();
	AT(60000);
	SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B1, .ack = A1);
	FORWARDED(A, PKT_ACK | PKT_FIN, B1, A1);
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1, .ack = B1 + 1);
	FORWARDED(B, PKT_ACK, A1 + 1, B1 + 1);
	NO_REPORT();
	AT(120000); /* T_fin ran on */
	STATE(SILENT);
}

/* One FIN is never acknowledged: it ends all the same, and says so. */
static void c1_last_ack_lost(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B1, .ack = A1);
	SEND(A, .flags = PKT_ACK | PKT_FIN, .seq = A1, .ack = B1 + 1);
	rdv_flush();
	AT(120000);
	REPORT(CLOSED, B, FIN);
	NO_REPORT();
	STATE(SILENT);
}

static void c4(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 10);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1 + 10);
	rdv_flush();
	SEND(B, .flags = PKT_RST, .seq = B1 + 10);
	FORWARDED(A, PKT_RST, B1 + 10, 0);
	REPORT(CLOSED, B, RST);
	STATE(DEAD);
	SEND(B, .flags = PKT_RST, .seq = B1 + 10); /* repeated */
	FORWARDED(A, PKT_RST, B1 + 10, 0);
	NO_REPORT();
	AT(29999);
	STATE(DEAD);
	AT(30000);
	STATE(SILENT);
	NOTHING();
	NO_REPORT();
}

/* Decision 20: data of the same client shows that the RST was not its own. */
static void c4_data_after_rst(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_RST, .seq = B1);
	rdv_flush();
	AT(1000);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 10);
	FORWARDED(B, PKT_ACK, A1, B1);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 10);
	FORWARDED(A, PKT_ACK, B1, A1);
	AT(60000);
	SEND(B, .flags = PKT_ACK, .seq = B1 + 10, .ack = A1, .payload = 10);
	FORWARDED(A, PKT_ACK, B1 + 10, A1);
	NO_REPORT();
}

/* A's data was on its way when B reset: that is no sign of life of B. */
static void c4_peer_data_after_rst(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_RST, .seq = B1);
	AT(1000);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 10);
	AT(30000);
	STATE(SILENT);
}

static void c5(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_RST, .seq = A1 + 100);
	DROPPED(RST_INEXACT);
	CHALLENGE(A, B1, A1);
	NOTHING();
	STATE(OPEN);
	SEND(A, .flags = PKT_RST, .seq = A1 + 101);
	DROPPED(RST_INEXACT);
	NOTHING(); /* one in 500 ms */
	NO_REPORT();
}

static void c6(void)
{
	static const uint32_t seq[] = { A0, A1 - 100000, A1 + 100000000, 0,
					0x91111111 };
	unsigned int i;

	rdv_begin_open();
	for (i = 0; i < 5; i++) {
		SEND(A, .flags = PKT_RST, .seq = seq[i]);
		DROPPED(RST_INEXACT);
	}
	NOTHING();
	STATE(OPEN);
}

static void c7(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1000);
	rdv_flush();
	SEND(A, .flags = PKT_RST | PKT_ACK, .seq = A1 + 1000, .ack = B1);
	FORWARDED(B, PKT_RST | PKT_ACK, A1 + 1000, B1);
	REPORT(CLOSED, A, RST);
}

static void c8(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_flush();
	SEND(A, .flags = PKT_RST, .seq = A1);
	DROPPED(EARLY);
	SEND(A, .flags = PKT_RST | PKT_ACK, .seq = 0, .ack = 1);
	DROPPED(EARLY);
	LEG(A, SYN);
	rdv.port[A] = 45555;
	rdv_syns();
	SYNACK(B, A0, B1);
	SYNACK(A, B0, A1);
}

static void c9_start(void)
{
	rdv_begin();
	rdv_syns();
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1);
	rdv_flush();
	AT(100);
	SEND(A, .flags = PKT_RST, .seq = A1 + 1);
	DROPPED(RST_INEXACT);
	SEND(A, .flags = PKT_RST, .seq = A1);
	OK(rdv.out.act == PKT_ACT_CONSUME);
	NOTHING();
}

static void c9(void)
{
	c9_start();
	AT(1599);
	NOTHING();
	NO_REPORT();
	AT(1600);
	RST(B, A1, B1);
	NOTHING();
	REPORT(FAIL, 0, RST);
	STATE(SILENT);
}

/* The NAT renewed its mapping: the same attempt from another port. */
static void c9_rescued(void)
{
	c9_start();
	AT(1000);
	rdv.port[A] = 45555;
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SYNACK(A, B0, A1);
	AT(1700);
	NO_REPORT();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	FORWARDED(B, PKT_ACK, A1, B1);
	STATE(OPEN);
}

/* RST of a client that had acknowledged, while its peer has not yet. */
static void c9_acked(void)
{
	rdv_begin();
	rdv_syns();
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1);
	rdv_flush();
	SEND(B, .flags = PKT_RST | PKT_ACK, .seq = B1, .ack = A1);
	RST(A, B1, A1);
	NOTHING();
	REPORT(FAIL, 0, RST);
	STATE(SILENT);
}

static void c10(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1000);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1 + 400, .payload = 7);
	rdv_flush();
	rdv_release(A);
	/* What each has acknowledged, and what it expects next when all that is
	 * in flight has arrived: its ACK may be late. */
	RST(A, B1, A1 + 1000);
	RST(A, B1 + 7, A1 + 1000);
	RST(B, A1 + 400, B1 + 7);
	RST(B, A1 + 1000, B1 + 7);
	NOTHING();
	NO_REPORT();
	STATE(SILENT);
	rdv_release(B);
	NOTHING();
}

static void c10_silent(void)
{
	rdv_begin_open();
	rdv.entry[A].release_rst = rdv.entry[B].release_rst = false;
	rdv_release(A);
	NOTHING();
}

/* Released before it is open: clients in SYN-SENT need the ACK, ones that
 * are established the exact number; either RST has both. */
static void c10_commit(void)
{
	rdv_begin();
	rdv_syns();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	rdv_flush();
	rdv_release(B);
	RST(A, B1, A1);
	RST(B, A1, B1);
	NOTHING();
	STATE(SILENT);
	OK(rdv.r.setup != NULL); /* A may be armed again */
	rdv_release(A);
	OK(rdv.r.setup == NULL);
}

static void c11(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_release(A);
	NOTHING(); /* decision 21 */

	rdv_defaults();
	rdv.policy.fast_fail = true;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_release(A);
	RST(A, 0, A1);
	NOTHING();
}

/* The peer of a released leg that only waited goes on waiting. */
/* The peer is over and not armed again: nobody is there to be reset. */
static void c11_peer_closed(void)
{
	rdv_defaults();
	rdv.policy.fast_fail = true;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(76000);
	rdv_modify(A, true);
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = A0 + 7);
	AT(160000);
	RST(A, 0, A0 + 8);
	NOTHING();
}

static void c11_peer_waits(void)
{
	rdv_begin();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	rdv_release(A);
	NOTHING();
	STATE(WAIT);
	OK(rdv.r.setup != NULL);
	rdv.r.leg[A] = &rdv.entry[A];
	pkt_rdv_add_leg(&rdv.r, A, &rdv.leg[A], &rdv.policy);
	STATE(WAIT);
	AT(10);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SYNACK(A, B0, A1);
	SYNACK(B, A0, B1);
}

static void c13(void)
{
	static const uint8_t flags[] = { PKT_ACK, PKT_RST, PKT_ACK | PKT_FIN,
					 PKT_RST | PKT_ACK };
	unsigned int i;

	rdv_begin();
	AT(1000);
	for (i = 0; i < 4; i++) {
		SEND(A, .flags = flags[i], .seq = A1, .ack = B1);
		DROPPED(EARLY);
	}
	NOTHING();
	STATE(ARMED);
}

/* ---- 9.7 invalid input ---- */

/* Bring the rendezvous into one state after the other. */
static void to_armed(void)
{
	rdv_begin();
}

static void to_wait(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
}

static void to_probe(void)
{
	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	rdv_syns();
}

static void to_commit(void)
{
	rdv_begin();
	rdv_syns();
}

static void to_half(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_FIN | PKT_ACK, .seq = B1, .ack = A1);
}

static void to_dead(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_RST, .seq = B1);
}

static void to_silent(void)
{
	to_dead();
	AT(30000);
}

static void (*const states[])(void) = { to_armed,  to_wait,        to_probe,
					to_commit, rdv_begin_open, to_half,
					to_dead,   to_silent };

/* Nothing of this may change a record, apart from counting the drop. */
static bool leaves_alone(uint8_t flags, enum pkt_drop why)
{
	struct pkt_entry before[PKT_LEGS];
	struct pkt_setup setup;

	rdv_flush();
	memcpy(before, rdv.entry, sizeof(before));
	memcpy(&setup, &rdv.setup, sizeof(setup));
	SEND(A, .flags = flags, .seq = A0, .ack = B1);
	before[A].drops++;
	return rdv.out.act == PKT_ACT_DROP && rdv.out.drop == why &&
	       !memcmp(before, rdv.entry, sizeof(before)) &&
	       !memcmp(&setup, &rdv.setup, sizeof(setup)) && rdv_nothing() &&
	       rdv_no_report();
}

static void a1(void)
{
	unsigned int i;

	for (i = 0; i < 8; i++) {
		states[i]();
		OK(leaves_alone(PKT_SYN | PKT_ACK, PKT_DROP_SYN_ACK));
	}
}

static void a2(void)
{
	static const uint8_t bad[] = {
		PKT_SYN | PKT_FIN,
		PKT_SYN | PKT_RST,
		0,
		PKT_FIN,
		PKT_FIN | PKT_PSH | PKT_URG,
		PKT_URG,
		PKT_PSH,
		PKT_SYN | PKT_FIN | PKT_ACK,
		PKT_RST | PKT_FIN | PKT_ACK,
		PKT_RST | PKT_URG,
		0xff & ~(PKT_ECE | PKT_CWR),
	};
	unsigned int i, j;

	for (i = 0; i < 8; i++) {
		states[i]();
		for (j = 0; j < sizeof(bad); j++)
			OK(leaves_alone(bad[j], PKT_DROP_FLAGS));
	}
}

static void a5(void)
{
	unsigned int i;

	to_wait();
	rdv_flush();
	for (i = 0; i < 1000; i++) {
		SEND(A, .flags = PKT_ACK, .seq = A1 + i, .ack = B1 + i,
		     .payload = i % 2);
		DROPPED(EARLY);
		SEND(B, .flags = PKT_ACK, .seq = i, .ack = i);
		DROPPED(EARLY);
	}
	NOTHING();
	NO_REPORT();
	STATE(WAIT);
	OK(rdv.entry[A].drops == 1000);
}

static void a6(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK, .seq = A1 + 100000000, .ack = B1,
	     .payload = 100);
	DROPPED(WINDOW);
	OK(rdv.entry[A].snd_end == A1 && rdv.entry[A].rx_octets == 0);
	NOTHING();
}

static void a7(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1 + 1);
	DROPPED(ACK_UNSENT);
	OK(rdv.entry[A].last_ack == B1);
	NOTHING();
}

static void a8(void)
{
	struct pkt_entry was;
	uint32_t i;

	rdv_begin_open();
	for (i = 0; i < 200; i++) {
		SEND(A, .flags = PKT_ACK, .seq = A1 + i * 1000, .ack = B1,
		     .payload = 1000);
		SEND(B, .flags = PKT_ACK, .seq = B1,
		     .ack = A1 + 1000 + i * 1000);
		rdv_flush();
	}
	was = rdv.entry[A];
	/* older than one window: passed, nothing learnt */
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .window = 9999,
	     .payload = 1000);
	FORWARDED(B, PKT_ACK, A1, B1);
	OK(rdv.entry[A].snd_end == was.snd_end &&
	   rdv.entry[A].max_win == was.max_win);
	/* an ACK from long ago: IV, the same */
	was = rdv.entry[B];
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .window = 9999);
	FORWARDED(A, PKT_ACK, B1, A1);
	OK(rdv.entry[B].last_ack == was.last_ack &&
	   rdv.entry[B].max_win == was.max_win);
	OK(rdv.entry[A].max_end - A1 < 400000);
}

static void a9(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_RST | PKT_ACK, .seq = 0, .ack = B1);
	DROPPED(RST_INEXACT);
	NOTHING();
	STATE(OPEN);
}

/* A victim whose address was forged hears at most four SYN-ACKs. */
static void a12(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0); /* forged */
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	AT(30000);
	OK(rdv.entry[B].synacks == 4);
	STATE(SILENT);
}

static void a13_own_address(void)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		rdv_defaults();
		rdv.leg[A].from.prefix_len = 0;
		rdv_reserve();
		SEND(A, .flags = PKT_SYN, .seq = A0,
		     .from = leg ? "198.51.100.2" : "198.51.100.1",
		     .port = leg ? 20002 : 20000);
		DROPPED(MARTIAN);
		LEG(A, IDLE);
	}
}

/* Decision 6: the gate of another context may have the same address. */
static void d37_hairpin(void)
{
	rdv_defaults();
	rdv.leg[A].from.prefix_len = 0;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0, .from = "198.51.100.1",
	     .port = 30000);
	REPORT(SYN, A, NONE);
	LEG(A, SYN);
}

static void a14(void)
{
	rdv_defaults();
	rdv.leg[B].from = rdv.leg[A].from;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = B0, .from = "203.0.113.10",
	     .port = 40001);
	DROPPED(SOURCE);
	LEG(B, IDLE);
	/* N5: the same address with another port is another client */
	rdv.port[B] = 40002;
	SEND(B, .flags = PKT_SYN, .seq = B0, .from = "203.0.113.10");
	SYNACK(B, A0, B1);
	SYNACK(A, B0, A1);
}

/* D22, D23: a joined session takes segments of its two clients only, each at
 * its own leg. */
static void d22(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1,
	     .from = "203.0.113.11");
	DROPPED(SOURCE);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1,
	     .port = 40002);
	DROPPED(SOURCE);
	SEND(B, .flags = PKT_RST, .seq = B1, .from = "203.0.113.10",
	     .port = 40001);
	DROPPED(SOURCE);
	NOTHING();
	STATE(OPEN);
}

/* ---- decision 17: the mode of an open session ---- */

static void d17(void)
{
	static const struct {
		uint8_t a, b; /* modes */
		bool data_ab, data_ba, bare;
	} t[] = {
		{ 3, 3, true, true, true },
		{ PKT_MODE_RX, 3, true, false, true },
		{ PKT_MODE_TX, 3, false, true, true },
		{ 3, PKT_MODE_RX, false, true, true },
		{ 3, PKT_MODE_TX, true, false, true },
		{ 0, 3, false, false, false },
		{ 3, 0, false, false, false },
	};
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		rdv_begin_open();
		rdv.leg[A].mode = t[i].a;
		rdv.leg[B].mode = t[i].b;
		rdv_modify(A, false);
		rdv_modify(B, false);
		SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 9);
		OK((rdv.out.act == PKT_ACT_FORWARD) == t[i].data_ab);
		SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1, .payload = 9);
		OK((rdv.out.act == PKT_ACT_FORWARD) == t[i].data_ba);
		SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
		OK((rdv.out.act == PKT_ACT_FORWARD) == t[i].bare);
		SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B1, .ack = A1);
		OK((rdv.out.act == PKT_ACT_FORWARD) == t[i].bare);
		SEND(A, .flags = PKT_RST, .seq = A1);
		OK((rdv.out.act == PKT_ACT_FORWARD) == t[i].bare);
		OK(rdv.entry[A].rx_octets == (t[i].data_ab ? 9 : 0));
		OK(rdv.entry[A].rx_octets == (t[i].data_ab ? 9 : 0));
		OK(rdv.entry[B].rx_octets == (t[i].data_ba ? 9 : 0));
	}
}

/* ---- 9.12 controller and timers ---- */

static void k1(void)
{
	rdv_begin();
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_flush();
	AT(75999);
	NO_REPORT();
	SEND(A, .flags = PKT_SYN, .seq = A0); /* does not prolong it */
	AT(76000);
	REPORT(FAIL, 0, TWAIT);
	NO_REPORT();
	NOTHING();
	STATE(SILENT);
	OK(pkt_rdv_next(&rdv.r, rdv.now_us) == UINT64_MAX);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	DROPPED(CLOSED);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	DROPPED(CLOSED);

	rdv_defaults();
	rdv.policy.fast_fail = true;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(75000);
	RST(A, 0, A1);
	NOTHING();
}

/* Only A is armed again: B has no client that could be told. */
static void fast_fail_alone(void)
{
	rdv_defaults();
	rdv.policy.fast_fail = true;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(75000);
	RST(A, 0, A1);
	LEG(B, CLOSED);
	rdv_modify(A, true);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(150000);
	RST(A, 0, A1);
	NOTHING();
}

/* While it is only probed, T_wait and T_half both have to run out. */
static void k1_probe(void)
{
	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(20000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	rdv_flush();
	AT(74999);
	NO_REPORT();
	AT(75000);
	REPORT(FAIL, 0, TSA);
	STATE(SILENT);
}

static void k2(void)
{
	rdv_defaults();
	rdv.leg[A].is_armed = false;
	rdv.leg[B].role = PKT_ROLE_HOLD;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	DROPPED(NOT_ARMED);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	DROPPED(NOT_ARMED);
	STATE(ARMED);
	rdv.leg[A].is_armed = true;
	rdv_modify(A, false);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	REPORT(SYN, A, NONE);
}

static void k3_waiting(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_flush();
	rdv.leg[A].from = (struct pkt_filter) { .port_max = 65535 };
	rdv_modify(A, true);
	LEG(A, IDLE);
	STATE(ARMED);
	SEND(A, .flags = PKT_SYN, .seq = 7777, .from = "203.0.113.99");
	REPORT(SYN, A, NONE);
	LEG(A, SYN);
	NOTHING();
}

/* A new filter without LATCH lets go of what it would not have taken. */
static void k3_filter(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_modify(A, false);
	LEG(A, SYN);
	rdv.leg[A].from.port_max = 30000;
	rdv_modify(A, false);
	LEG(A, IDLE);
	STATE(ARMED);
}

static void k3_open(void)
{
	rdv_begin_open();
	rdv_modify(A, true);
	RST(A, B1, A1);
	RST(B, A1, B1);
	REPORT(CLOSED, 0, OPER);
	NO_REPORT();
	LEG(A, IDLE);
	LEG(B, CLOSED);
	SEND(B, .flags = PKT_SYN, .seq = 8888);
	DROPPED(CLOSED); /* decision 19: not armed again */
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	REPORT(SYN, A, NONE);
	NOTHING();
	rdv_modify(B, true);
	LEG(A, SYN);
	SEND(B, .flags = PKT_SYN, .seq = 8888);
	SYNACK(B, 7777, 8889);
	SYNACK(A, 8888, 7778);
}

/* A client that starts anew while its peer is not armed: it just waits. */
static void k3_restart(void)
{
	to_silent();
	rdv_modify(A, true);
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	REPORT(SYN, A, NONE);
	SEND(A, .flags = PKT_SYN, .seq = 9999);
	NOTHING();
	NO_REPORT();
	LEG(A, SYN);
	STATE(WAIT);
	rdv_modify(B, true);
	SEND(B, .flags = PKT_SYN, .seq = 8888);
	SYNACK(B, 9999, 8889);
	SYNACK(A, 8888, 10000);
}

static void k3_commit(void)
{
	rdv_begin();
	rdv_syns();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	rdv_flush();
	rdv_modify(B, true);
	RST(A, B1, A1);
	RST(B, A1, B1);
	NO_REPORT();
	LEG(A, IDLE);
	LEG(B, IDLE);
	STATE(ARMED);
}

/* D15: the same client again after the end: a fresh session, if armed. */
static void d15(void)
{
	to_silent();
	OK(rdv.entry[A].est_ms != 0);
	rdv_modify(A, true);
	rdv_modify(B, true);
	OK(rdv.entry[A].est_ms == 0);
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = A0 + 100000);
	SEND(B, .flags = PKT_SYN, .seq = B0 + 100000);
	SYNACK(B, A0 + 100000, B0 + 100001);
	SYNACK(A, B0 + 100000, A0 + 100001);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 100001, .ack = B0 + 100001);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 100001, .ack = A0 + 100001);
	STATE(OPEN);
}

static void k6(void)
{
	rdv_begin_open();
	AT(4000000);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1);
	rdv_flush();
	AT(4000000 + 7439999);
	NO_REPORT();
	AT(4000000 + 7440000);
	REPORT(CLOSED, 0, IDLE);
	RST(A, B1, A1 + 1);
	RST(B, A1, B1);
	STATE(SILENT);

	rdv_defaults();
	rdv.policy.release_rst = false;
	rdv.policy.tidle_s = 10;
	rdv_reserve();
	rdv_syns();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1);
	rdv_flush();
	AT(10000);
	REPORT(CLOSED, 0, IDLE);
	NOTHING();
}

/* D24: half closed, data for hours the other way. */
static void d24(void)
{
	unsigned int i;

	rdv_begin_open();
	SEND(A, .flags = PKT_ACK | PKT_FIN, .seq = A1, .ack = B1);
	for (i = 1; i <= 10; i++) {
		AT(i * 3600000ull);
		SEND(B, .flags = PKT_ACK, .seq = B1 + i - 1, .ack = A1 + 1,
		     .payload = 1);
		OK(rdv.out.act == PKT_ACT_FORWARD);
		rdv_flush();
	}
	STATE(HALF);
	NO_REPORT();
}

/* The first SYN may come before the second gate is reserved. */
static void half_reserved(void)
{
	rdv_defaults();
	rdv_attach();
	rdv.r.leg[A] = &rdv.entry[A];
	pkt_rdv_add_leg(&rdv.r, A, &rdv.leg[A], &rdv.policy);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	REPORT(SYN, A, NONE);
	STATE(WAIT);
	AT(500);
	rdv.r.leg[B] = &rdv.entry[B];
	rdv.policy.twait_s = 20;
	pkt_rdv_add_leg(&rdv.r, B, &rdv.leg[B], &rdv.policy);
	STATE(WAIT);
	OK(rdv.setup.rdv.twait_s == 20);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(B, A0, B1);
	SYNACK(A, B0, A1);
	rdv_release(B);
	rdv_release(A);
}

static const struct suite_test tests[] = {
	{ "C1 half close, 100 kB, FIN, T_fin", c1 },
	{ "C1 the last ACK is lost", c1_last_ack_lost },
	{ "C2 both FINs cross", c2 },
	{ "C3 FIN repeated within T_fin", c3 },
	{ "C4 exact RST, T_rst", c4 },
	{ "C4 data of the same client after a RST", c4_data_after_rst },
	{ "C4 data of the other client after a RST", c4_peer_data_after_rst },
	{ "C5 RST in the window is challenged", c5 },
	{ "C6 RST out of the window", c6 },
	{ "C7 RST behind unacknowledged data", c7 },
	{ "C8 RST while waiting is ignored", c8 },
	{ "C9 RST of a SYN-ACK, after T_grace", c9 },
	{ "C9 rescued within T_grace", c9_rescued },
	{ "C9 RST after the handshake ACK", c9_acked },
	{ "C10 release of an open session", c10 },
	{ "C10 release, policy silent", c10_silent },
	{ "C10 release before it is open", c10_commit },
	{ "C11 release while waiting, fast-fail", c11 },
	{ "C11 the peer goes on waiting", c11_peer_waits },
	{ "C11 T_wait while the peer is not armed", c11_peer_closed },
	{ "C13 a segment for an idle gate", c13 },
	{ "A1 SYN-ACK in each state", a1 },
	{ "A2 impossible flags in each state", a2 },
	{ "A5 flood of ACKs while waiting", a5 },
	{ "A6 data far beyond the window", a6 },
	{ "A7 ACK of what was never sent", a7 },
	{ "A8 old segments pass and teach nothing", a8 },
	{ "A9 RST of a NAT box", a9 },
	{ "A12 at most four SYN-ACKs to a victim", a12 },
	{ "A13 D38 our own gates as source", a13_own_address },
	{ "decision 6: a gate of ours in another context", d37_hairpin },
	{ "A14 one client on both legs", a14 },
	{ "D22 D23 another source, the other leg", d22 },
	{ "decision 17: modes of an open session", d17 },
	{ "K1 T_wait", k1 },
	{ "K1 fast-fail tells who waits, nobody else", fast_fail_alone },
	{ "K1 T_wait while probing", k1_probe },
	{ "K2 a SYN before the gate is armed", k2 },
	{ "K3 RELATCH while waiting", k3_waiting },
	{ "K3 a narrower filter while waiting", k3_filter },
	{ "K3 RELATCH of an open session", k3_open },
	{ "K3 R4 started anew while the peer is not armed", k3_restart },
	{ "K3 RELATCH during the handshake", k3_commit },
	{ "D15 the same clients again", d15 },
	{ "K6 T_idle", k6 },
	{ "D24 half closed for ten hours", d24 },
	{ "decision 17: a SYN before the second gate", half_reserved },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/session", tests);
}
