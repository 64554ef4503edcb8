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
	pkt_count_passed(in, payload, 1);
	pkt_window_raise(in, out, &n);
	if (flags & PKT_FIN)
		pkt_fin_note(in, out, n.end);
	in->last_seen_ms = (uint32_t)(rdv.now_us / 1000);
	return verdict;
}

static void catch_up(void)
{
	pkt_rdv_catch_up(&rdv.r, rdv.now_us, &rdv.out);
	if (rdv.out.is_setup_done)
		rdv.r.setup = NULL;
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
	OK(rdv.entry[B].rx_octets == 5000 && rdv.entry[A].rx_octets == 100);
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

/* ---- the end of a handshake ---- */

/* In COMMIT: the bare ACK of a client that has its SYN-ACK. */
static bool acks(unsigned int leg, uint32_t seq, uint32_t ack, uint32_t payload)
{
	struct pkt_entry *in = &rdv.entry[leg];
	struct pkt_numbers n = { .seq = seq, .end = seq + payload, .ack = ack };

	if (!pkt_is_committed(in) || pkt_has_acked(in) ||
	    !pkt_is_handshake_ack(in, &n))
		return false;
	in->fins |= PKT_ACK_PASSED;
	return passes(leg, PKT_ACK, seq, ack, 0) == PKT_WINDOW_CURRENT;
}

static void begin_committed(void)
{
	rdv_begin();
	rdv_syns();
	rdv_flush();
	STATE(COMMIT);
}

static bool has_opened(void)
{
	return rdv.out.n_reports && rdv.out.report[0].type == PKT_REPORT_OPEN &&
	       !rdv.r.setup && rdv.entry[A].flags & PKT_ENTRY_OPEN &&
	       rdv.entry[B].flags & PKT_ENTRY_OPEN;
}

static void both_acks(void)
{
	begin_committed();
	OK(acks(A, A1, B1, 0));
	catch_up();
	STATE(COMMIT);
	LEG(A, ACKED);
	LEG(B, SENT);
	OK(acks(B, B1, A1, 0));
	catch_up();
	STATE(OPEN);
	OK(has_opened() && rdv.out.n_reports == 1);
	catch_up();
	OK(has_reported(0));
}

static void one_ack_by_worker(void)
{
	begin_committed();
	OK(acks(B, B1, A1, 0));
	catch_up();
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	FORWARDED(B, PKT_ACK, A1, B1);
	REPORT(OPEN, A, NONE);
	STATE(OPEN);
}

/* Only the client that is still silent gets its SYN-ACK again. */
static void resent(void)
{
	begin_committed();
	OK(acks(A, A1, B1, 0));
	catch_up();
	AT(1000);
	SYNACK(B, A0, B1);
	NOTHING();
}

/* T_half as ever, when the other one never answers. */
static void half(void)
{
	begin_committed();
	OK(acks(A, A1, B1, 0));
	catch_up();
	AT(29999);
	rdv_flush();
	STATE(COMMIT);
	AT(30000);
	RST(A, B1, A1);
	REPORT(FAIL, A, TSA);
}

/* Everything else is the worker's to judge. */
static void other_acks(void)
{
	begin_committed();
	OK(!acks(A, A1, B1 + 1, 0));
	OK(!acks(A, A1, B0, 0));
	OK(!acks(A, A0, B1, 0));
	OK(!acks(A, A1, B1, 1));
	catch_up();
	LEG(A, SENT);
	OK(has_reported(0));
}

/* Nobody looked before all was over: opened, half closed. */
static void closed_before_told(void)
{
	begin_committed();
	OK(acks(B, B1, A1, 0));
	OK(acks(A, A1, B1, 0));
	passes(B, PKT_ACK | PKT_FIN, B1, A1, 10);
	catch_up();
	OK(has_opened());
	STATE(HALF);
	LEG(B, FIN);
	OK(rdv.entry[B].is_closer);
}

/* P6, P7: the answer to a probe is the worker's, the other ACK passes, and with
 * it the window. */
static void waiting_first(void)
{
	rdv_defaults();
	rdv.policy.commit = PKT_COMMIT_WAITING;
	rdv_reserve();
	SEND(A, .flags = PKT_SYN, .seq = A0);
	AT(5000);
	SEND(B, .flags = PKT_SYN, .seq = B0);
	STATE(PROBE);
	OK(!acks(A, A1, B1, 0));
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1);
	rdv_flush();
	STATE(COMMIT);
	OK(passes(A, PKT_ACK, A1 + 70000, B1, 1) == PKT_WINDOW_BEYOND);
	OK(acks(B, B1, A1, 0));
	OK(passes(A, PKT_ACK, A1 + 70000, B1, 1) == PKT_WINDOW_CURRENT);
	catch_up();
	OK(has_opened());
}

/* A new attempt forgets what was noted of the old one. */
static void new_attempt(void)
{
	begin_committed();
	SEND(A, .flags = PKT_SYN, .seq = A0 + 99);
	STATE(PROBE);
	catch_up();
	STATE(PROBE);
	OK(!pkt_has_acked(&rdv.entry[A]) && !pkt_has_acked(&rdv.entry[B]));
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
		{ "P4 both handshake ACKs in the kernel", both_acks },
		{ "P4 one in the kernel, one by the worker",
		  one_ack_by_worker },
		{ "L2 a SYN-ACK again, to whom it is new", resent },
		{ "L10 T_half after one in the kernel", half },
		{ "2.3/10 2.3/11 other ACKs are the worker's", other_acks },
		{ "P13 closed before the worker looks", closed_before_told },
		{ "P6 P7 waiting first, in the kernel", waiting_first },
		{ "R5 a new attempt", new_attempt },
		{ NULL, NULL },
	};

	return suite_run("packet/kernel", tests);
}
