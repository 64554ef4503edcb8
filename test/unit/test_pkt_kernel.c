/*
 * test/unit/test_pkt_kernel.c - what a program of the kernel does to the
 * entries, and what the worker makes of it later
 *
 * The programs themselves are tried on real devices (test_pkt_tun); here the
 * rules that they share with the worker (window.h) run on the entries of a
 * script, behind the back of the state machine.
 */
#include "packet/window.h"
#include "test/support/rdv_script.h"
#include "test/support/suite.h"

#define A1 (A0 + 1)
#define B1 (B0 + 1)

/* A segment from the client of leg passes in the kernel. */
static enum pkt_window passes(unsigned int leg, uint8_t flags, uint32_t seq,
			      uint32_t ack, uint32_t payload)
{
	struct pkt_entry *in = &rdv.entry[leg], *out = &rdv.entry[1 - leg];
	struct pkt_numbers n = {
		.seq = seq,
		.end = seq + payload + !!(flags & PKT_FIN),
		.ack = ack,
		.window = 502,
	};
	enum pkt_window verdict = pkt_window_judge(in, out, &n);

	if (verdict != PKT_WINDOW_CURRENT)
		return verdict;
	pkt_count_payload(in, out, payload);
	pkt_window_raise(in, out, &n);
	if (flags & PKT_FIN)
		pkt_fin_note(in, out, n.end);
	in->last_seen_ms = (uint32_t)(rdv.now_us / 1000);
	return verdict;
}

static void catch_up(void)
{
	pkt_rdv_catch_up(&rdv.r, rdv.now_us, &rdv.out);
}

static bool has_reported(unsigned int n)
{
	return rdv.out.n_reports == n &&
	       (!n || rdv.out.report[0].type == PKT_REPORT_CLOSED);
}

/* C1 in the kernel: each step is followed whenever the worker looks. */
static void fins(void)
{
	rdv_begin_open();
	passes(A, PKT_ACK | PKT_FIN, A1, B1, 100);
	STATE(OPEN);
	catch_up();
	STATE(HALF);
	LEG(A, FIN);
	OK(has_reported(0));
	passes(B, PKT_ACK, B1, A1 + 101, 5000);
	catch_up();
	LEG(A, CLOSED);
	passes(B, PKT_ACK | PKT_FIN, B1 + 5000, A1 + 101, 0);
	catch_up();
	STATE(CLOSING);
	OK(has_reported(0));
	passes(A, PKT_ACK, A1 + 101, B1 + 5001, 0);
	catch_up();
	OK(has_reported(1) && rdv.out.report[0].leg == A &&
	   rdv.out.report[0].cause == PKT_CAUSE_FIN);
	catch_up();
	OK(has_reported(0));
	OK(rdv.entry[A].tx_octets == 5000 && rdv.entry[B].tx_octets == 100);
}

/* All of it has passed before the worker looks; B was the first. */
static void fins_at_once(void)
{
	rdv_begin_open();
	passes(B, PKT_ACK | PKT_FIN, B1, A1, 0);
	passes(A, PKT_ACK | PKT_FIN, A1, B1 + 1, 0);
	passes(B, PKT_ACK, B1 + 1, A1 + 1, 0);
	catch_up();
	OK(has_reported(1) && rdv.out.report[0].leg == B);
	OK(rdv.entry[B].is_closer && !rdv.entry[A].is_closer);
}

/* The rest comes through the worker: it knows what has passed. */
static void rest_by_worker(void)
{
	rdv_begin_open();
	passes(A, PKT_ACK | PKT_FIN, A1, B1, 0);
	SEND(B, .flags = PKT_ACK | PKT_FIN, .seq = B1, .ack = A1 + 1);
	FORWARDED(A, PKT_ACK | PKT_FIN, B1, A1 + 1);
	STATE(CLOSING);
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1, .ack = B1 + 1);
	REPORT(CLOSED, A, FIN);
}

/* A Subtract of a session that has ended in the kernel sends no RST. */
static void released(void)
{
	rdv_begin_open();
	passes(A, PKT_ACK | PKT_FIN, A1, B1, 0);
	passes(B, PKT_ACK | PKT_FIN, B1, A1 + 1, 0);
	passes(A, PKT_ACK, A1 + 1, B1 + 1, 0);
	rdv_release(A);
	NOTHING();
}

/* T_fin runs since the last segment, wherever that was seen. */
static void lingers(void)
{
	rdv_begin_open();
	AT(5000);
	passes(A, PKT_ACK | PKT_FIN, A1, B1, 0);
	passes(B, PKT_ACK | PKT_FIN, B1, A1 + 1, 0);
	catch_up();
	STATE(CLOSING);
	AT(124999);
	STATE(CLOSING);
	AT(125000);
	REPORT(CLOSED, A, FIN);
	STATE(SILENT);
}

/* A segment that is seen after the worker has read its clock is not one of
 * 49 days ago. */
static void seen_after_now(void)
{
	rdv_begin_open();
	AT(1000);
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		rdv.entry[leg].last_seen_ms = (uint32_t)(rdv.now_us / 1000) + 3;
	OK(pkt_rdv_next(&rdv.r, rdv.now_us) > rdv.now_us);
	pkt_rdv_tick(&rdv.r, rdv.now_us, &rdv.out);
	STATE(OPEN);
}

/* V2 as the worker has it; what is refused teaches nothing. */
static void window(void)
{
	struct pkt_entry before;

	rdv_begin_open();
	before = rdv.entry[A];
	OK(passes(A, PKT_ACK, A1, B1 + 1, 0) == PKT_WINDOW_UNSENT);
	OK(passes(A, PKT_ACK, A1 + (1u << 30), B1, 10) == PKT_WINDOW_BEYOND);
	OK(rdv.entry[A].snd_end == before.snd_end &&
	   rdv.entry[A].rx_octets == 0);
	OK(passes(A, PKT_ACK, A1, B1, 10) == PKT_WINDOW_CURRENT);
	OK(rdv.entry[A].snd_end == A1 + 10);
}

/* The second FIN of a client is no news, wherever it ends. */
static void second_fin(void)
{
	rdv_begin_open();
	passes(A, PKT_ACK | PKT_FIN, A1, B1, 0);
	passes(A, PKT_ACK | PKT_FIN, A1, B1, 7);
	OK(rdv.entry[A].fin_end == A1 + 1);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C1 FINs in the kernel, one by one", fins },
		{ "C2 FINs in the kernel, all at once", fins_at_once },
		{ "C1 the rest by the worker", rest_by_worker },
		{ "decision 20 released when it was over", released },
		{ "C3 T_fin since the kernel saw a segment", lingers },
		{ "N7 seen after now", seen_after_now },
		{ "A6 A7 the window in the kernel", window },
		{ "C3 a second FIN", second_fin },
		{ NULL, NULL },
	};

	return suite_run("packet/kernel", tests);
}
