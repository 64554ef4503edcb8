/*
 * test/unit/test_pkt_rendezvous.c - pairing, loss and restart
 *
 * Cases P, L and R of rendezvous.md 9, as scripts: packets and time in,
 * packets and reports out.
 */
#include <arpa/inet.h>
#include <string.h>

#include "test/support/rdv_pkt.h"
#include "test/support/rdv_script.h"
#include "test/support/suite.h"

static void both_synacks(void)
{
	SYNACK(B, A0, B0 + 1);
	SYNACK(A, B0, A0 + 1);
	NOTHING();
}

/* A waits, B comes: only A is told, with a window of 0. */
static void begin_probe(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(5000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	rdv_flush();
}

static void ack_a(void)
{
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1);
}

static void ack_b(void)
{
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1);
}

/* ---- 9.1 pairing ---- */

static void p1(void)
{
	rdv_begin();
	STATE(ARMED);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	OK(rdv.out.act == PKT_ACT_CONSUME);
	REPORT(SYN, A, NONE);
	STATE(WAIT);
	LEG(A, SYN);
	OK(IN6_ARE_ADDR_EQUAL(&rdv.entry[A].remote, &rdv.leg[A].from.addr));
	OK(rdv.entry[A].remote_port_be == htons(40001));
	AT(3000);
	NOTHING();
	NO_REPORT();
}

static void p2(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(300);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	both_synacks();
	STATE(COMMIT);
	AT(1299);
	NOTHING();
}

static void p3(void)
{
	rdv_begin();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	AT(300);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SYNACK(A, B0, A0 + 1);
	SYNACK(B, A0, B0 + 1);
	NOTHING();
	REPORT(SYN, B, NONE);
	REPORT(SYN, A, NONE);
}

static void p4(void)
{
	const struct pkt_seg *s;

	rdv_begin();
	rdv_syns();
	both_synacks();
	ack_a();
	s = FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
	OK(s->window == 502);
	OK(!rdv.out.is_setup_done);
	AT(40);
	ack_b();
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	NOTHING();
	STATE(OPEN);
	REPORT(SYN, A, NONE);
	REPORT(SYN, B, NONE);
	REPORT(OPEN, 0, NONE);
	NO_REPORT();
	OK(rdv.r.setup == NULL);
	OK(rdv.entry[A].flags & PKT_ENTRY_OPEN);
	OK(rdv.entry[A].est_ms == 40 && rdv.entry[B].est_ms == 40);
	OK(rdv.entry[A].syns == 1 && rdv.entry[A].synacks == 1);
	OK(rdv.entry[A].is_dirty && rdv.entry[B].is_dirty);
}

/* P5: 100 kB each way in segments of 1000; numbers and payload unchanged,
 * every octet counted once. */
static void p5(void)
{
	uint32_t i, n = 100;

	rdv_begin_open();
	for (i = 0; i < n; i++) {
		SEND(A, .flags = PKT_ACK, .seq = A0 + 1 + i * 1000,
		     .ack = B0 + 1 + i * 1000, .payload = 1000);
		OK(FORWARDED(B, PKT_ACK, A0 + 1 + i * 1000, B0 + 1 + i * 1000)
			   ->payload_octets == 1000);
		SEND(B, .flags = PKT_ACK | PKT_PSH, .seq = B0 + 1 + i * 1000,
		     .ack = A0 + 1001 + i * 1000, .payload = 1000);
		OK(FORWARDED(A, PKT_ACK | PKT_PSH, B0 + 1 + i * 1000,
			     A0 + 1001 + i * 1000)
			   ->payload_octets == 1000);
	}
	NOTHING();
	OK(rdv.entry[A].rx_octets == 100000 &&
	   rdv.entry[B].rx_octets == 100000);
	/* The ACKs that opened it passed, too. */
	OK(rdv.entry[A].rx_packets == 101 && rdv.entry[B].rx_packets == 101);
	OK(rdv.entry[A].drops == 0 && rdv.entry[B].drops == 0);
}

static void p6(void)
{
	const struct pkt_seg *s;

	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(5000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	s = SYNACK(A, B0, A0 + 1);
	OK(s->window == 0);
	NOTHING();
	STATE(PROBE);
	ack_a();
	OK(rdv.out.act == PKT_ACT_CONSUME);
	s = SYNACK(B, A0, B0 + 1);
	OK(s->window == 64240);
	NOTHING();
	STATE(COMMIT);
}

static void p7(void)
{
	p6();
	ack_b();
	OK(FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1)->window == 502);
	NOTHING();
	STATE(OPEN);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1,
	     .payload = 1448);
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
	OK(rdv.entry[A].est_ms == 5000);
}

static void p8(void)
{
	p6();
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(5000);
	rdv.setup.rdv.commit = PKT_COMMIT_WAITING;
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(A, B0, A0 + 1);
	SEND(A, .flags = PKT_RST, .seq = A0 + 1);
	LEG(A, IDLE);
	STATE(WAIT);
	NOTHING();
	AT(6000);
	SEND(B, .flags = PKT_SYN, .seq = B0); /* refreshes only */
	NOTHING();
	rdv_flush();
	AT(7000);
	rdv.port[A] = 41000;
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	REPORT(SYN, A, NONE);
	SYNACK(B, 7777, B0 + 1); /* B waits longer now */
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = 7778);
	SYNACK(A, B0, 7778);
	SEND(A, .flags = PKT_ACK, .seq = 7778, .ack = B0 + 1);
	FORWARDED(B, PKT_ACK, 7778, B0 + 1);
	NOTHING();
	STATE(OPEN);
}

static void p9(void)
{
	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_AUTO;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(500);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	both_synacks();

	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_AUTO;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(10000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	OK(SYNACK(A, B0, A0 + 1)->window == 0);
	NOTHING();
	STATE(PROBE);
}

/* Decision 16: the open leg proves itself first, whatever the policy. */
static void d16(void)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		rdv_defaults();
		rdv.leg[leg].from.prefix_len = 0;
		rdv_reserve();
		rdv_syns();
		OK(SYNACK(leg, leg ? A0 : B0, (leg ? B0 : A0) + 1)->window ==
		   0);
		NOTHING();
		LEG(leg, SENT);
		LEG(1 - leg, SYN);
	}
}

static void p10(void)
{
	rdv_begin();
	rdv_syns();
	OK(rdv.entry[A].synacks == 1 && rdv.entry[B].synacks == 1);
	SYNACK(B, A0, B0 + 1);
	SYNACK(A, B0, A0 + 1);
	NOTHING();
	rdv_begin();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	OK(rdv.entry[A].synacks == 1 && rdv.entry[B].synacks == 1);
}

static void p11(void)
{
	rdv_begin();
	rdv_syns();
	rdv_flush();
	SEND(A, .flags = PKT_ACK | PKT_PSH, .seq = A0 + 1, .ack = B0 + 1,
	     .payload = 100);
	LEG(A, ACKED);
	OK(FORWARDED(B, PKT_ACK | PKT_PSH, A0 + 1, B0 + 1)->payload_octets ==
	   100);
	NOTHING();
	OK(rdv.entry[A].rx_octets == 100);
	OK(rdv.entry[A].snd_end == A0 + 101);
}

static void p12(void)
{
	rdv_begin();
	rdv_syns();
	both_synacks();
	AT(200);
	ack_a();
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
	ack_b();
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	AT(10000);
	NOTHING();
	STATE(OPEN);
}

static void p13(void)
{
	rdv_begin();
	rdv_syns();
	ack_a();
	rdv_flush();
	SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B0 + 1, .ack = A0 + 1);
	FORWARDED(A, PKT_ACK | PKT_FIN, B0 + 1, A0 + 1);
	REPORT(OPEN, 0, NONE);
	STATE(HALF);
	LEG(B, FIN);
}

static void p14(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = 0xffffffff);
	SEND(B, .flags = PKT_SYN, .seq = 0);
	SYNACK(B, 0xffffffff, 1);
	SYNACK(A, 0, 0);
	SEND(A, .flags = PKT_ACK, .seq = 0, .ack = 1, .payload = 10);
	FORWARDED(B, PKT_ACK, 0, 1);
	SEND(B, .flags = PKT_ACK, .seq = 1, .ack = 10, .payload = 10);
	FORWARDED(A, PKT_ACK, 1, 10);
	STATE(OPEN);
}

static void p15(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SEND(B, .flags = PKT_SYN, .seq = A0);
	SYNACK(B, A0, A0 + 1);
	SYNACK(A, A0, A0 + 1);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = A0 + 1);
	SEND(B, .flags = PKT_ACK, .seq = A0 + 1, .ack = A0 + 1);
	STATE(OPEN);
}

/* Decision 17: a SYN is held in any mode, committed in SendReceive only. */
static void d17_mode(void)
{
	static const uint8_t modes[] = { 0, PKT_MODE_RX, PKT_MODE_TX };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		rdv_defaults();
		rdv.leg[A].mode = modes[i];
		rdv_reserve();
		rdv_syns();
		REPORT(SYN, A, NONE);
		REPORT(SYN, B, NONE);
		NOTHING();
		STATE(WAIT);
		rdv.leg[A].mode = PKT_MODE_RX | PKT_MODE_TX;
		rdv_modify(A, false);
		both_synacks();
	}
}

/* ---- 9.4 loss ---- */

static void l1(void)
{
	struct pkt_seg first, again;

	rdv_begin();
	rdv_syns();
	first = *SYNACK(B, A0, B0 + 1);
	SYNACK(A, B0, A0 + 1);
	AT(999);
	NOTHING();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	again = *SYNACK(B, A0, B0 + 1);
	NOTHING();
	OK(!memcmp(&first, &again, sizeof(first)));
	AT(1000);
	SYNACK(A, B0, A0 + 1); /* by its own timer; B has had its own */
	NOTHING();
}

static void l2(void)
{
	static const unsigned int at[] = { 1000, 2000, 4000 };
	unsigned int i;

	rdv_begin();
	rdv_syns();
	both_synacks();
	ack_b();
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	for (i = 0; i < 3; i++) {
		AT(at[i] - 1);
		NOTHING();
		AT(at[i]);
		SYNACK(A, B0, A0 + 1);
		NOTHING();
	}
	AT(29999);
	NOTHING();
	OK(rdv.entry[A].synacks == 4 && rdv.entry[B].synacks == 1);
}

static void l3(void)
{
	unsigned int i;

	rdv_begin();
	rdv_syns();
	both_synacks();
	for (i = 1; i <= 5; i++) {
		AT(i * 20);
		SEND(B, .flags = PKT_SYN, .seq = B0);
	}
	NOTHING();
	AT(199);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	NOTHING();
	AT(200);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(B, A0, B0 + 1);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	NOTHING();
	OK(rdv.entry[B].syns == 9);
}

static void l4(void)
{
	rdv_begin();
	rdv_syns();
	ack_a();
	rdv_flush();
	AT(1000);
	SYNACK(B, A0, B0 + 1);
	/* B was established all the time: it answers with where it is */
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1);
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	STATE(OPEN);
	NOTHING();
}

/* L5 and event 12: data goes on to a client that is not connected yet, with
 * its SYN-ACK in front when that may have been lost. */
static void l5(void)
{
	rdv_begin();
	rdv_syns();
	both_synacks();
	ack_b();
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	AT(100);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1, .payload = 10);
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	NOTHING();
	AT(300);
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1, .payload = 10);
	SYNACK(A, B0, A0 + 1);
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	NOTHING();
	/* A acknowledges SYN-ACK and data at once */
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 11);
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 11);
	STATE(OPEN);
}

static void l6(void)
{
	rdv_begin_open();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	DROPPED(SYN_LATE);
	CHALLENGE(A, B0 + 1, A0 + 1);
	NOTHING();
	STATE(OPEN);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1, .payload = 5);
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
}

static void l7(void)
{
	p6();
	AT(6000); /* B's ACK was lost */
	SYNACK(B, A0, B0 + 1);
	ack_b();
	OK(FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1)->window == 502);
	STATE(OPEN);
}

static void l10(void)
{
	rdv_begin();
	rdv_syns();
	ack_a();
	rdv_flush();
	AT(29999);
	rdv_flush();
	AT(30000);
	RST(A, B0 + 1, A0 + 1);
	NOTHING();
	REPORT(FAIL, 0, TSA);
	NO_REPORT();
	STATE(SILENT);
	OK(rdv.r.setup != NULL); /* it may be armed again */
}

/* ---- 9.5 relatch, restart ---- */

static void r1(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(1000);
	rdv.port[A] = 45555;
	SEND(A, .flags = PKT_SYN, .seq = A0);
	NOTHING();
	OK(rdv.entry[A].relatches == 1);
	AT(1100);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	both_synacks(); /* to the new port */
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = B0 + 1, .port = 40001);
	DROPPED(SOURCE);
	ack_a();
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
}

static void r2(void)
{
	begin_probe();
	rdv_begin();
	rdv_syns();
	both_synacks();
	AT(500);
	rdv.port[A] = 45555;
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SYNACK(A, B0, A0 + 1);
	ack_a();
	FORWARDED(B, PKT_ACK, A0 + 1, B0 + 1);
	ack_b();
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
	STATE(OPEN);
	NOTHING();
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1, .payload = 9);
	FORWARDED(A, PKT_ACK, B0 + 1, A0 + 1);
}

/* A client that moved within the spacing gets its SYN-ACK when that ends. */
static void r2_spacing(void)
{
	rdv_begin();
	rdv_syns();
	both_synacks();
	AT(50);
	rdv.port[A] = 45555;
	SEND(A, .flags = PKT_SYN, .seq = A0);
	NOTHING();
	AT(199);
	NOTHING();
	AT(200);
	SYNACK(A, B0, A0 + 1);
	NOTHING();
}

static void r3(void)
{
	rdv_begin();
	rdv_syns();
	ack_a();
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = A0, .port = 45555);
	DROPPED(SYN_LATE);
	NOTHING();
	OK(rdv.entry[A].remote_port_be == htons(40001));
	ack_b();
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = A0, .port = 45555);
	DROPPED(SOURCE);
	NOTHING();
}

static void r4(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(2000);
	rdv.port[A] = 45555;
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	OK(rdv.out.act == PKT_ACT_CONSUME);
	AT(2100);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(B, 7777, B0 + 1);
	SYNACK(A, B0, 7778);
	NOTHING();
}

static void r5(void)
{
	begin_probe();
	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	rdv_syns();
	SYNACK(A, B0, A0 + 1);
	AT(10);
	rdv.port[A] = 45555;
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	OK(SYNACK(A, B0, 7778)->window == 0);
	NOTHING();
	SEND(A, .flags = PKT_ACK, .seq = 7778, .ack = B0 + 1);
	SYNACK(B, 7777, B0 + 1);
	ack_b();
	DROPPED(HANDSHAKE_ACK); /* of the number that is void */
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = 7778);
	FORWARDED(A, PKT_ACK, B0 + 1, 7778);
	STATE(OPEN);
}

static void r6(void)
{
	rdv_begin();
	rdv_syns();
	ack_b();
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = 7777, .port = 45555);
	RST(B, A0 + 1, B0 + 1);
	NOTHING();
	REPORT(FAIL, 0, RESTART);
	NO_REPORT();
	STATE(SILENT);
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	DROPPED(CLOSED);
	NOTHING();
}

/* Event 4c: A may hold B's old number; its ACK tells. */
static void r6c_new(void)
{
	rdv_begin();
	rdv_syns();
	both_synacks();
	AT(50);
	rdv.port[B] = 51111;
	SEND(B, .flags = PKT_SYN, .seq = 8888);
	OK(SYNACK(A, 8888, A0 + 1)->window == 0);
	NOTHING();
	STATE(PROBE);
	SEND(A, .flags = PKT_ACK, .seq = A0 + 1, .ack = 8889);
	SYNACK(B, A0, 8889);
	SEND(B, .flags = PKT_ACK, .seq = 8889, .ack = A0 + 1);
	FORWARDED(A, PKT_ACK, 8889, A0 + 1);
	STATE(OPEN);
}

static void r6c_stale(void)
{
	rdv_begin();
	rdv_syns();
	AT(50);
	rdv.port[B] = 51111;
	SEND(B, .flags = PKT_SYN, .seq = 8888);
	rdv_flush();
	ack_a(); /* it holds B0 */
	RST(A, B0 + 1, A0 + 1);
	NOTHING();
	LEG(A, IDLE);
	LEG(B, SYN);
	STATE(WAIT);
	AT(60);
	SEND(A, .flags = PKT_SYN, .seq = 9999);
	SYNACK(A, 8888, 10000);
	SYNACK(B, 9999, 8889);
	NOTHING();
}

static void r7(void)
{
	rdv_begin_open();
	SEND(B, .flags = PKT_ACK, .seq = B0 + 1, .ack = A0 + 1, .payload = 50);
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	DROPPED(SYN_LATE);
	/* what is left of the 65535 that B said in its SYN */
	OK(CHALLENGE(A, B0 + 51, A0 + 1)->window == 65535 >> 7);
	NOTHING();
	AT(499);
	SEND(A, .flags = PKT_SYN, .seq = 7778);
	NOTHING(); /* one in 500 ms */
	AT(500);
	SEND(A, .flags = PKT_SYN, .seq = 7779);
	CHALLENGE(A, B0 + 51, A0 + 1);
	NO_REPORT();
}

static void r8(void)
{
	r7();
	SEND(A, .flags = PKT_RST, .seq = A0 + 1);
	FORWARDED(B, PKT_RST, A0 + 1, 0);
	REPORT(CLOSED, A, RST);
	STATE(DEAD);
	AT(40000);
	STATE(SILENT);
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	DROPPED(CLOSED);
	rdv_modify(A, true);
	rdv_modify(B, true);
	STATE(ARMED);
	SEND(A, .flags = PKT_SYN, .seq = 7777);
	REPORT(SYN, A, NONE);
}

static void r9(void)
{
	unsigned int i, taken = 0, limited = 0;

	rdv_begin();
	for (i = 0; i < 300; i++) {
		AT(i * 10);
		SEND(A, .flags = PKT_SYN, .seq = 100000 + i * 7919,
		     .port = (uint16_t)(1024 + i));
		taken += rdv.out.act == PKT_ACT_CONSUME;
		limited += rdv.out.drop == PKT_DROP_SYN_RATE;
	}
	NOTHING();
	OK(taken >= 15 && taken <= 22); /* 5 at once, then 5 a second */
	OK(taken + limited == 300);
	OK(rdv.entry[A].syns == taken);
}

/* R9, the other half: the attempt that repeats its SYN wins the flood. */
static void r9_retransmission(void)
{
	unsigned int i;

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	for (i = 1; i <= 300; i++) {
		AT(i * 10);
		SEND(A, .flags = PKT_SYN, .seq = 100000 + i * 7919,
		     .port = (uint16_t)(1024 + i));
		if (i % 100 == 0)
			SEND(A, .flags = PKT_SYN, .seq = A0);
	}
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(A, B0, A0 + 1);
	NOTHING();
	ack_a();
	SYNACK(B, A0, B0 + 1);
	NOTHING();
}

/* R9 and 2.5: B comes while a forged attempt is held.  B is told nothing of
 * it; the client's own attempt is known when it comes again. */
static void r9_forged_held(void)
{
	uint32_t i, forged = 0;

	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	for (i = 1; i <= 20; i++) {
		SEND(A, .flags = PKT_SYN, .seq = 100000 + i * 7919);
		if (rdv.out.act == PKT_ACT_CONSUME)
			forged = 100000 + i * 7919;
	}
	OK(forged != 0);
	AT(100);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	SYNACK(A, B0, forged + 1);
	NOTHING();
	SEND(A, .flags = PKT_RST, .seq = forged + 1);
	STATE(WAIT);
	SEND(A, .flags = PKT_SYN, .seq = 777);
	SYNACK(A, B0, 778);
	AT(1000);
	SEND(A, .flags = PKT_SYN, .seq = A0);
	SYNACK(A, B0, A0 + 1);
	NOTHING();
	ack_a();
	SYNACK(B, A0, B0 + 1);
	NOTHING();
	ack_b();
	STATE(OPEN);
}

static void r10(void)
{
	rdv_begin();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	rdv_flush();
	SEND(A, .flags = PKT_SYN, .seq = 7777, .from = "203.0.113.11");
	DROPPED(SOURCE);
	OK(rdv.entry[A].drops == 1);
	OK(rdv.entry[A].remote_port_be == htons(40001));
	NO_REPORT();
	SEND(B, .flags = PKT_SYN, .seq = B0);
	both_synacks();
}

/* Filters: a prefix over the mapped address, and a range of ports. */
static void r10_filters(void)
{
	static const struct {
		const char *addr, *from;
		uint8_t len;
		uint16_t min, max, port;
		bool want;
	} t[] = {
		{ "203.0.113.0", "203.0.113.255", 96 + 24, 0, 65535, 9, true },
		{ "203.0.113.0", "203.0.112.255", 96 + 24, 0, 65535, 9, false },
		{ "203.0.113.8", "203.0.113.11", 96 + 30, 0, 65535, 9, true },
		{ "203.0.113.8", "203.0.113.12", 96 + 30, 0, 65535, 9, false },
		{ "::", "203.0.113.12", 0, 0, 65535, 9, true },
		{ "203.0.113.8", "203.0.113.8", 128, 1000, 2000, 999, false },
		{ "203.0.113.8", "203.0.113.8", 128, 1000, 2000, 1000, true },
		{ "203.0.113.8", "203.0.113.8", 128, 1000, 2000, 2000, true },
		{ "203.0.113.8", "203.0.113.8", 128, 1000, 2000, 2001, false },
	};
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		rdv_defaults();
		rdv.leg[A].from =
			(struct pkt_filter) { rdv_addr(t[i].addr), t[i].len,
					      t[i].min, t[i].max };
		rdv_reserve();
		SEND(A, .flags = PKT_SYN, .seq = A0, .from = t[i].from,
		     .port = t[i].port);
		OK((rdv.out.act == PKT_ACT_CONSUME) == t[i].want);
	}
}

static const struct suite_test tests[] = {
	{ "P1 a lone SYN waits in silence", p1 },
	{ "P2 two SYNs, two SYN-ACKs", p2 },
	{ "P3 the other order", p3 },
	{ "P4 both ACKs forwarded, open", p4 },
	{ "P5 100 kB each way, numbers unchanged", p5 },
	{ "P6 waiting-first: window 0, its ACK not forwarded", p6 },
	{ "P7 the other ACK opens the window", p7 },
	{ "P8 RST of the probed client", p8 },
	{ "P9 auto chooses by age", p9 },
	{ "decision 16: an open leg is probed first", d16 },
	{ "P10 two SYNs at once, both orders", p10 },
	{ "P11 handshake ACK with data", p11 },
	{ "P12 handshake ACK late", p12 },
	{ "P13 handshake ACK with FIN", p13 },
	{ "P14 ISNs that wrap", p14 },
	{ "P15 equal ISNs", p15 },
	{ "decision 17: committed in SendReceive only", d17_mode },
	{ "L1 SYN-ACK to B lost", l1 },
	{ "L2 SYN-ACK to A lost: 1, 2, 4 s", l2 },
	{ "L3 one SYN-ACK in 200 ms", l3 },
	{ "L4 SYN-ACK to an established client", l4 },
	{ "L5 data before the SYN-ACK", l5 },
	{ "L6 old SYN in an open session", l6 },
	{ "L7 opening ACK lost", l7 },
	{ "L10 T_half", l10 },
	{ "R1 same ISN, new port, waiting", r1 },
	{ "R2 same ISN, new port, after the SYN-ACK", r2 },
	{ "R2 within the spacing", r2_spacing },
	{ "R3 locked after the handshake ACK", r3 },
	{ "R4 restarted while waiting", r4 },
	{ "R5 restarted while probed", r5 },
	{ "R6 restarted, peer established", r6 },
	{ "R6 event 4c: peer takes the new number", r6c_new },
	{ "R6 event 4c: peer holds the old number", r6c_stale },
	{ "R7 new ISN in an open session is challenged", r7 },
	{ "R8 the answer to the challenge ends it", r8 },
	{ "R9 5 new attempts a second", r9 },
	{ "R9 the attempt that repeats wins", r9_retransmission },
	{ "R9 a forged attempt is held when B comes", r9_forged_held },
	{ "R10 a source that is not allowed", r10 },
	{ "R10 prefixes and port ranges", r10_filters },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/rendezvous", tests);
}
