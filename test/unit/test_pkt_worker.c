/*
 * test/unit/test_pkt_worker.c - the worker without its thread
 *
 * The loop is turned by hand, so that rings fill up when the test wants it:
 * decision 22 (what the device refuses was not handed out), decision 24 (no
 * event is lost, order is kept), style 5.8 (commands wait while their
 * answers have no room), K1 (a deadline).
 */
#include "packet/window.h"
#include "test/support/fake_tun.h"
#include "test/support/fast_stub.h"
#include "test/support/suite.h"
#include "test/support/worker_rig.h"

#include <string.h>
#include <unistd.h>

/* How many events of one kind there are; each gate once, in order, and the
 * time never goes back. */
static uint32_t drain(uint8_t type, uint32_t first, uint64_t *at_us)
{
	struct pkt_evt evt;
	uint32_t n = 0;

	while (pkt_ring_pop(cfg.evts, &evt)) {
		CU_ASSERT_EQUAL(evt.type, type);
		CU_ASSERT_EQUAL(evt.gate.slot, first + n);
		CU_ASSERT_TRUE(evt.at_us >= *at_us);
		*at_us = evt.at_us;
		n++;
	}
	return n;
}

/* More answers than the ring holds: commands wait, none is refused. */
static void commands_wait_for_room(void)
{
	uint32_t n = 0, k;
	uint64_t at_us = 0;

	start();
	for (uint32_t i = 0; i < RDVS; i++)
		push(PKT_CMD_ADD, i);
	do {
		turn();
		k = drain(PKT_EVT_DONE, n, &at_us);
		CU_ASSERT_TRUE(k <= PKT_EVT_RING_MIN);
		n += k;
	} while (k);
	CU_ASSERT_EQUAL(n, RDVS);
	stop();
}

static void add_all(void)
{
	uint32_t n = 0;
	uint64_t at_us = 0;

	for (uint32_t i = 0; i < RDVS; i++)
		push(PKT_CMD_ADD, i);
	while (n < RDVS) {
		turn();
		n += drain(PKT_EVT_DONE, n, &at_us);
	}
}

static void no_event_is_lost(void)
{
	struct pkt_counters c = { 0 };
	struct pkt_evt evt;
	uint64_t at_us = 0;
	uint32_t n = 0;

	start();
	add_all();
	for (uint32_t i = 0; i < RDVS; i++)
		syn(i);
	turn();
	pkt_worker_counters(worker, &c);
	CU_ASSERT_EQUAL(c.rx_pkts, RDVS);
	CU_ASSERT_EQUAL(c.evt_ring_full, RDVS - PKT_EVT_RING_MIN);
	/* A removal waits until what is older has left. */
	push(PKT_CMD_REMOVE, RDVS - 1);
	turn();
	for (int round = 0; n < RDVS && round < 100; round++) {
		while (n < RDVS && pkt_ring_pop(cfg.evts, &evt)) {
			CU_ASSERT_EQUAL(evt.type, PKT_EVT_SYN);
			CU_ASSERT_EQUAL(evt.gate.slot, n);
			CU_ASSERT_EQUAL(evt.stat.state, PKT_STATE_WAIT);
			CU_ASSERT_TRUE(evt.at_us >= at_us);
			at_us = evt.at_us;
			n++;
		}
		turn();
	}
	CU_ASSERT_EQUAL(n, RDVS);
	CU_ASSERT_TRUE_FATAL(pkt_ring_pop(cfg.evts, &evt));
	CU_ASSERT_EQUAL(evt.type, PKT_EVT_DONE);
	CU_ASSERT_EQUAL(evt.token, RDVS - 1);
	CU_ASSERT_EQUAL(evt.stat.syns, 1);
	stop();
}

/* An event that waits keeps the time at which it happened. */
static void first_time_stamp(void)
{
	struct pkt_evt evt, last = { 0 };
	uint64_t before_us, n = 0;

	start();
	add_all();
	for (uint32_t i = 0; i < PKT_EVT_RING_MIN + 1; i++)
		syn(i);
	turn();
	before_us = rig_now_us();
	turn();
	while (pkt_ring_pop(cfg.evts, &evt))
		n++;
	CU_ASSERT_EQUAL(n, PKT_EVT_RING_MIN);
	turn();
	CU_ASSERT_TRUE_FATAL(pkt_ring_pop(cfg.evts, &last));
	CU_ASSERT_EQUAL(last.gate.slot, PKT_EVT_RING_MIN);
	CU_ASSERT_TRUE(last.at_us <= before_us);
	stop();
}

/* T_wait is one second; nothing else turns the loop. */
static void deadline(void)
{
	struct pkt_evt evt;
	uint64_t at_us = 0;

	start();
	twait_s = 1;
	push(PKT_CMD_ADD, 5);
	turn();
	CU_ASSERT_EQUAL(drain(PKT_EVT_DONE, 5, &at_us), 1);
	syn(5);
	pkt_worker_turn(worker, 1000);
	CU_ASSERT_EQUAL(drain(PKT_EVT_SYN, 5, &at_us), 1);
	pkt_worker_turn(worker, 30000);
	turn();
	CU_ASSERT_TRUE_FATAL(pkt_ring_pop(cfg.evts, &evt));
	CU_ASSERT_EQUAL(evt.type, PKT_EVT_FAIL);
	CU_ASSERT_EQUAL(evt.cause, PKT_CAUSE_TWAIT);
	CU_ASSERT_TRUE(evt.at_us - at_us >= 1000000);
	CU_ASSERT_FALSE(fake_tun_recv(fd[1], &(struct fake_pkt) { .n = 0 }, 0));
	stop();
}

/* A gate that is removed and added again does not see what was before; slot 0. */
static void slot_is_used_again(void)
{
	struct pkt_evt evt;
	uint64_t at_us = 0;

	start_beside_kernel();
	for (int round = 0; round < 3 * RDVS; round++) {
		push(PKT_CMD_ADD, 0);
		turn();
		CU_ASSERT_EQUAL(drain(PKT_EVT_DONE, 0, &at_us), 1);
		syn(0);
		turn();
		CU_ASSERT_EQUAL(drain(PKT_EVT_SYN, 0, &at_us), 1);
		push(PKT_CMD_REMOVE, 0);
		turn();
		CU_ASSERT_TRUE_FATAL(pkt_ring_pop(cfg.evts, &evt));
		CU_ASSERT_EQUAL(evt.stat.syns, 1);
		CU_ASSERT_EQUAL(entry(0)->flags, 0);
	}
	stop();
}

static struct pkt_gate_stat read_gate(uint32_t i)
{
	struct pkt_cmd cmd = command(PKT_CMD_READ, i);
	struct pkt_evt evt = { .type = 255 };

	cmd.rdv = 3;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
	CU_ASSERT_TRUE_FATAL(pkt_ring_pop(cfg.evts, &evt));
	CU_ASSERT_EQUAL(evt.type, PKT_EVT_DONE);
	return evt.stat;
}

/* What the device did not take was not handed out, but it was accepted. */
static void device_refuses(void)
{
	static const uint8_t data[40000];
	const int least = 0;
	struct pkt_counters c = { 0 };

	start();
	open_session();
	CU_ASSERT_EQUAL_FATAL(setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &least,
					 sizeof(least)),
			      0);
	while (fake_tun_recv(fd[1], &(struct fake_pkt) { .n = 0 }, 0))
		;
	segment(3, 4, data, 100);
	segment(3, 4, data, sizeof(data));
	turn();
	CU_ASSERT_EQUAL(read_gate(3).rx_octets, 100 + sizeof(data));
	CU_ASSERT_EQUAL(read_gate(4).tx_octets, 100);
	CU_ASSERT_EQUAL(read_gate(4).tx_packets, read_gate(3).rx_packets - 1);
	CU_ASSERT_EQUAL(read_gate(3).drops, 1);
	CU_ASSERT_EQUAL(read_gate(4).drops, 0);
	pkt_worker_counters(worker, &c);
	CU_ASSERT_EQUAL(c.drop[PKT_DROP_TX], 1);
	stop();
}

/* Of their rendezvous. */
static void remove_of_3(uint32_t i)
{
	struct pkt_cmd cmd = command(PKT_CMD_REMOVE, i);

	cmd.rdv = 3;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
}

/* What was handed out stays so when the peer that sent it is gone, and a gate in
 * the place of another one begins with nothing. */
static void handed_out(void)
{
	static const uint8_t data[100];
	struct pkt_gate_stat before, after;

	start();
	open_session();
	segment(3, 4, data, sizeof(data));
	turn();
	before = read_gate(4);
	CU_ASSERT_EQUAL(before.tx_octets, sizeof(data));
	CU_ASSERT_TRUE(before.tx_packets >= 1);
	push(PKT_CMD_REMOVE, 3);
	turn();
	forget_events();
	after = read_gate(4);
	CU_ASSERT_EQUAL(after.tx_octets, before.tx_octets);
	CU_ASSERT_EQUAL(after.tx_packets, before.tx_packets);
	push(PKT_CMD_ADD, 3);
	turn();
	forget_events();
	CU_ASSERT_EQUAL(read_gate(3).tx_octets, 0);
	CU_ASSERT_EQUAL(read_gate(4).tx_octets, before.tx_octets);
	remove_of_3(4);
	push(PKT_CMD_REMOVE, 3);
	turn();
	forget_events();
	add_pair();
	CU_ASSERT_EQUAL(read_gate(3).tx_packets, 0);
	CU_ASSERT_EQUAL(read_gate(4).tx_packets, 0);
	stop();
}

/* --- traces -------------------------------------------------------------- */

static void trace(uint32_t i, enum pkt_tap_level level)
{
	struct pkt_cmd cmd = command(PKT_CMD_TRACE, i);
	struct pkt_evt evt = { .type = 255 };

	cmd.rdv = 3;
	cmd.tap = (uint8_t)level;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
	CU_ASSERT_TRUE_FATAL(pkt_ring_pop(cfg.evts, &evt));
	CU_ASSERT_EQUAL(evt.type, PKT_EVT_DONE);
	CU_ASSERT_EQUAL(evt.cmd, PKT_CMD_TRACE);
}

static struct pkt_tapped tapped(enum pkt_tap_what what, uint32_t slot)
{
	struct pkt_tapped t = { .what = 255 };

	CU_ASSERT_TRUE_FATAL(pkt_worker_next_tap(worker, &t));
	CU_ASSERT_EQUAL(t.what, what);
	CU_ASSERT_EQUAL(t.gate.slot, slot);
	CU_ASSERT_EQUAL(t.gate.gen, slot + 1);
	return t;
}

static void nothing_tapped(void)
{
	struct pkt_tapped t;

	CU_ASSERT_FALSE(pkt_worker_next_tap(worker, &t));
}

static void traced_handshake(void)
{
	struct pkt_tapped t;

	start();
	add_pair();
	trace(4, PKT_TAP_HEADERS);
	syn(3);
	turn();
	t = tapped(PKT_TAP_CAME, 3);
	CU_ASSERT_EQUAL(t.act, PKT_ACT_CONSUME);
	CU_ASSERT_EQUAL(t.drop, PKT_DROP_NONE);
	CU_ASSERT_EQUAL(t.reports, 1u << PKT_REPORT_SYN);
	CU_ASSERT_EQUAL(t.before, PKT_STATE_ARMED);
	CU_ASSERT_EQUAL(t.after, PKT_STATE_WAIT);
	CU_ASSERT_EQUAL(t.leg_after, PKT_LEG_SYN);
	CU_ASSERT_EQUAL(t.flags, PKT_SYN);
	CU_ASSERT_EQUAL(t.octets, 40);
	CU_ASSERT_EQUAL(t.n, 40);
	CU_ASSERT_FALSE(t.is_more);
	CU_ASSERT_EQUAL(t.octet[0], 0x45);
	nothing_tapped();
	syn(4);
	turn();
	(void)tapped(PKT_TAP_CAME, 4);
	/* The client that has waited is asked first. */
	t = tapped(PKT_TAP_OWN, 3);
	CU_ASSERT_EQUAL(t.flags, PKT_SYN | PKT_ACK);
	nothing_tapped();
	/* A gate beside it is in no record. */
	push(PKT_CMD_ADD, 9);
	turn();
	syn(9);
	turn();
	nothing_tapped();
	stop();
}

static void traced_payload(void)
{
	uint8_t data[5000] = { 1, 2, 3 };
	struct pkt_tapped t;
	size_t n = 0;

	start();
	open_session();
	nothing_tapped();
	trace(3, PKT_TAP_HEADERS);
	segment(3, 4, data, 100);
	turn();
	t = tapped(PKT_TAP_CAME, 3);
	CU_ASSERT_EQUAL(t.act, PKT_ACT_FORWARD);
	CU_ASSERT_EQUAL(t.octets, 140);
	CU_ASSERT_EQUAL(t.kept, 40);
	CU_ASSERT_EQUAL(t.n, 40);
	t = tapped(PKT_TAP_LEFT, 4);
	CU_ASSERT_EQUAL(t.octets, 140);
	CU_ASSERT_EQUAL(t.n, 40);
	/* It left as it is told: from the gate of 4. */
	CU_ASSERT_EQUAL(t.octet[20] << 8 | t.octet[21], PORT + 4);
	nothing_tapped();
	trace(3, PKT_TAP_PAYLOAD);
	segment(3, 4, data, sizeof(data));
	turn();
	do {
		t = tapped(PKT_TAP_CAME, 3);
		CU_ASSERT_EQUAL(t.kept, 5040);
		n += t.n;
	} while (t.is_more);
	CU_ASSERT_EQUAL(n, 5040);
	while (tapped(PKT_TAP_LEFT, 4).is_more)
		;
	trace(3, PKT_TAP_OFF);
	segment(4, 3, data, 1);
	turn();
	nothing_tapped();
	stop();
}

/* A RST that is not exact is told with its reason. */
static void traced_drop(void)
{
	struct pkt_tx tx = { .src = addr("::ffff:203.0.113.1"),
			     .dst = addr("::ffff:198.51.100.1"),
			     .sport = 40003,
			     .dport = PORT + 3,
			     .family = AF_INET,
			     .flags = PKT_RST,
			     .seq = 78 + 3 + 5 };
	struct pkt_tapped t;

	start();
	open_session();
	trace(3, PKT_TAP_HEADERS);
	fake_tun_send(fd[1], &tx);
	turn();
	t = tapped(PKT_TAP_CAME, 3);
	CU_ASSERT_EQUAL(t.act, PKT_ACT_DROP);
	CU_ASSERT_EQUAL(t.drop, PKT_DROP_RST_INEXACT);
	stop();
}

/* A segment from client i, with these flags and numbers. */
static void odd_segment(uint32_t i, uint8_t flags, uint32_t seq, uint32_t ack)
{
	struct pkt_tx tx = { .src = addr("::ffff:203.0.113.1"),
			     .dst = addr("::ffff:198.51.100.1"),
			     .sport = (uint16_t)(40000 + i),
			     .dport = (uint16_t)(PORT + i),
			     .family = AF_INET,
			     .flags = flags,
			     .seq = seq,
			     .ack = ack };

	fake_tun_send(fd[1], &tx);
	turn();
}

static void whys(uint32_t i, enum pkt_drop first, enum pkt_drop second)
{
	struct pkt_gate_stat stat = read_gate(i);

	CU_ASSERT_EQUAL(stat.why[0], (uint8_t)(first + 1));
	CU_ASSERT_EQUAL(stat.why[1],
			second == PKT_DROP_NONE ? 0 : (uint8_t)(second + 1));
	CU_ASSERT_EQUAL(stat.why[2], 0);
}

/* Of each gate why its packets were dropped, the latest reason first; of the
 * gate that takes its place, nothing. */
static void why_by_gate(void)
{
	struct pkt_gate_stat stat;

	start();
	open_session();
	CU_ASSERT_EQUAL(read_gate(3).why[0], 0);
	odd_segment(3, PKT_RST, 78 + 3 + 5, 0);
	whys(3, PKT_DROP_RST_INEXACT, PKT_DROP_NONE);
	odd_segment(3, PKT_SYN | PKT_ACK, 78 + 3, 0);
	whys(3, PKT_DROP_SYN_ACK, PKT_DROP_RST_INEXACT);
	odd_segment(3, PKT_SYN | PKT_ACK, 78 + 3, 0);
	odd_segment(3, PKT_RST, 78 + 3 + 5, 0);
	whys(3, PKT_DROP_RST_INEXACT, PKT_DROP_SYN_ACK);
	CU_ASSERT_EQUAL(read_gate(3).drops, 4);
	CU_ASSERT_EQUAL(read_gate(4).why[0], 0);
	push(PKT_CMD_REMOVE, 3);
	turn();
	push(PKT_CMD_ADD, 3);
	turn();
	forget_events();
	stat = read_gate(3);
	CU_ASSERT_EQUAL(stat.drops, 0);
	CU_ASSERT_EQUAL(stat.why[0], 0);
	odd_segment(3, PKT_SYN | PKT_ACK, 78 + 3, 0);
	whys(3, PKT_DROP_SYN_ACK, PKT_DROP_NONE);
	stop();
}

/* A program of the kernel drops by the rate. */
static void program_drops(uint32_t leg)
{
	struct pkt_entry *e = &cfg.entries[pkt_place(3, leg)];

	e->drops++;
}

/* What programs dropped, behind the reasons that the worker knows and of no gate
 * before this one. */
static void why_of_programs(void)
{
	start();
	open_session();
	odd_segment(3, PKT_RST, 78 + 3 + 5, 0);
	push(PKT_CMD_REMOVE, 3);
	turn();
	push(PKT_CMD_ADD, 3);
	turn();
	forget_events();
	program_drops(0);
	whys(3, PKT_DROP_POLICED, PKT_DROP_NONE);
	odd_segment(3, PKT_SYN | PKT_ACK, 78 + 3, 0);
	whys(3, PKT_DROP_SYN_ACK, PKT_DROP_POLICED);
	/* It is no reason of a gate where everything is the worker's. */
	CU_ASSERT_EQUAL(read_gate(4).why[0], 0);
	stop();
}

/* The program was first, and what the worker dropped itself is told as ever. */
static void program_drops_first(void)
{
	start();
	open_session();
	program_drops(0);
	program_drops(0);
	whys(3, PKT_DROP_POLICED, PKT_DROP_NONE);
	odd_segment(3, PKT_RST, 78 + 3 + 5, 0);
	odd_segment(3, PKT_SYN | PKT_ACK, 78 + 3, 0);
	CU_ASSERT_EQUAL(read_gate(3).drops, 4);
	CU_ASSERT_EQUAL(read_gate(3).why[0], PKT_DROP_SYN_ACK + 1);
	CU_ASSERT_EQUAL(read_gate(3).why[1], PKT_DROP_RST_INEXACT + 1);
	CU_ASSERT_EQUAL(read_gate(3).why[2], PKT_DROP_POLICED + 1);
	CU_ASSERT_EQUAL(read_gate(3).why[3], 0);
	stop();
}

/* Nobody reads: packets pass, and what has no room is counted. */
static void trace_is_not_read(void)
{
	struct pkt_counters c = { 0 };
	struct pkt_tapped t;
	unsigned int n = 0;

	start();
	open_session();
	trace(3, PKT_TAP_HEADERS);
	while (fake_tun_recv(fd[1], &(struct fake_pkt) { .n = 0 }, 0))
		;
	for (unsigned int i = 0; i < PKT_TAP_RECORDS; i++) {
		segment(3, 4, NULL, 0);
		turn();
		CU_ASSERT_TRUE_FATAL(
			fake_tun_recv(fd[1], &(struct fake_pkt) { .n = 0 }, 0));
	}
	pkt_worker_counters(worker, &c);
	while (pkt_worker_next_tap(worker, &t))
		n++;
	CU_ASSERT_EQUAL(n, PKT_TAP_RECORDS);
	CU_ASSERT_EQUAL(c.tap_lost, PKT_TAP_RECORDS);
	stop();
}

/* The device takes nothing until somebody reads. */
static void fill(void)
{
	static const uint8_t data[100];

	while (write(fd[0], data, sizeof(data)) > 0)
		;
}

/* What the device did not take did not leave. */
static void traced_refusal(void)
{
	struct pkt_tapped t;

	start();
	add_pair();
	trace(3, PKT_TAP_HEADERS);
	syn(3);
	turn();
	(void)tapped(PKT_TAP_CAME, 3);
	fill();
	syn(4);
	turn();
	(void)tapped(PKT_TAP_CAME, 4);
	t = tapped(PKT_TAP_OWN, 3);
	CU_ASSERT_EQUAL(t.flags, PKT_SYN | PKT_ACK);
	CU_ASSERT_EQUAL(t.drop, PKT_DROP_TX);
	nothing_tapped();
	stop();
	start();
	open_session();
	trace(3, PKT_TAP_HEADERS);
	segment(3, 4, NULL, 0);
	turn();
	(void)tapped(PKT_TAP_CAME, 3);
	CU_ASSERT_EQUAL(tapped(PKT_TAP_LEFT, 4).drop, PKT_DROP_NONE);
	fill();
	segment(3, 4, NULL, 0);
	turn();
	(void)tapped(PKT_TAP_CAME, 3);
	CU_ASSERT_EQUAL(tapped(PKT_TAP_LEFT, 4).drop, PKT_DROP_TX);
	stop();
}

/* In the shortest frame there is, whose end is nothing. */
static void padded(uint32_t i, uint32_t peer, const uint8_t *data, size_t n)
{
	static const struct virtio_net_hdr plain;
	struct pkt_tx tx = first_of(i, peer);
	uint8_t buf[sizeof(plain) + 46] = { 0 };
	int made[2];

	CU_ASSERT_EQUAL_FATAL(fake_tun_pair(made), 0);
	fake_tun_send_data(made[1], &tx, &plain, data, n);
	CU_ASSERT_TRUE(read(made[0], buf, sizeof(buf)) > 0);
	CU_ASSERT_TRUE(write(fd[1], buf, sizeof(buf)) > 0);
	close(made[0]);
	close(made[1]);
}

/* Padding is no reason to keep payload. */
static void traced_padding(void)
{
	static const uint8_t data[] = { 1, 2, 3 };
	struct pkt_tapped t;

	start();
	open_session();
	trace(3, PKT_TAP_HEADERS);
	padded(3, 4, data, sizeof(data));
	turn();
	t = tapped(PKT_TAP_CAME, 3);
	CU_ASSERT_EQUAL(t.act, PKT_ACT_FORWARD);
	CU_ASSERT_EQUAL(t.octets, 46);
	CU_ASSERT_EQUAL(t.kept, 40);
	CU_ASSERT_EQUAL(tapped(PKT_TAP_LEFT, 4).kept, 40);
	stop();
}

/* A rendezvous in the place of one that was traced is not. */
static void trace_ends_with_its_gates(void)
{
	struct pkt_cmd cmd = command(PKT_CMD_REMOVE, 4);

	start();
	add_pair();
	trace(3, PKT_TAP_HEADERS);
	push(PKT_CMD_REMOVE, 3);
	turn();
	forget_events();
	/* One gate is left, and still traced. */
	syn(4);
	turn();
	(void)tapped(PKT_TAP_CAME, 4);
	cmd.rdv = 3;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
	forget_events();
	add_pair();
	syn(3);
	turn();
	nothing_tapped();
	stop();
}

/* --- beside programs of the kernel ---------------------------------------- */

/* Gates 3 and 4 have their SYN-ACKs; that of 3 was asked before, and answered. */
static void commit(void)
{
	start_beside_kernel();
	add_pair();
	steered[pkt_place(3, 0)] = 2;
	steered[pkt_place(3, 1)] = 1;
	syn(3);
	syn(4);
	segment(3, 4, NULL, 0);
	turn();
	forget_events();
	CU_ASSERT_TRUE_FATAL(pkt_is_committed(entry(3)));
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_PASS);
	CU_ASSERT_EQUAL(entry(4)->kernel, PKT_KERNEL_PASS);
}

/* The second handshake ACK has passed, and the hint was not read: it was open,
 * says the removal. */
static void removed_before_the_hint(void)
{
	struct pkt_cmd cmd = command(PKT_CMD_REMOVE, 4);
	struct pkt_evt evt = { .type = 255 };
	unsigned int n_open = 0;

	commit();
	entry(4)->fins |= PKT_ACK_PASSED;
	cmd.rdv = 3;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	for (int i = 0; evt.type != PKT_EVT_DONE && i < 100; i++) {
		pkt_worker_turn(worker, 1000);
		while (evt.type != PKT_EVT_DONE && pkt_ring_pop(cfg.evts, &evt))
			n_open += evt.type == PKT_EVT_OPEN;
	}
	CU_ASSERT_EQUAL_FATAL(evt.type, PKT_EVT_DONE);
	CU_ASSERT_EQUAL(evt.cmd, PKT_CMD_REMOVE);
	CU_ASSERT_EQUAL(n_open, 2);
	CU_ASSERT_TRUE(evt.stat.est_ms > 0);
	stop();
}

/* So too when a segment is on its way to the worker; the session that leaves does
 * not join the kernel just to be taken back. */
static void removed_does_not_join(void)
{
	struct pkt_cmd cmd = command(PKT_CMD_REMOVE, 4);

	commit();
	entry(4)->fins |= PKT_ACK_PASSED;
	steered[GATE3]++;
	cmd.rdv = 3;
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
	CU_ASSERT_FALSE(pkt_is_committed(entry(3)));
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_LEFT);
	CU_ASSERT_EQUAL(done[GATE3], 0);
	CU_ASSERT_EQUAL(done[GATE4], 0);
	stop();
}

static unsigned int opened(void)
{
	struct pkt_evt evt;
	unsigned int n = 0;

	turn();
	while (pkt_ring_pop(cfg.evts, &evt))
		n += evt.type == PKT_EVT_OPEN;
	return n;
}

/* The entries are the truth: what no hint came of, because there was no room for
 * it, is found when the worker hears that some were missed. */
static void missed_hints(void)
{
	commit();
	entry(4)->fins |= PKT_ACK_PASSED;
	CU_ASSERT_EQUAL(opened(), 0);
	missed = UINT32_MAX;
	CU_ASSERT_EQUAL(opened(), 2);
	missed++;
	CU_ASSERT_EQUAL(opened(), 0);
	stop();
}

/* Nobody but its clients takes a session from the kernel while it is to open,
 * but for a SYN, which may be one of them. */
static void stranger_in_commit(void)
{
	struct pkt_counters c = { 0 };
	struct pkt_tx tx = first_of(3, 4);

	commit();
	tx.sport = 50000;
	fake_tun_send(fd[1], &tx);
	tx.flags = PKT_RST;
	fake_tun_send(fd[1], &tx);
	turn();
	pkt_worker_counters(worker, &c);
	CU_ASSERT_EQUAL(c.drop[PKT_DROP_SOURCE], 2);
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_PASS);
	CU_ASSERT_EQUAL(entry(4)->kernel, PKT_KERNEL_PASS);
	segment(3, 4, NULL, 0);
	turn();
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_LEFT);
	stop();
	commit();
	tx.flags = PKT_SYN;
	fake_tun_send(fd[1], &tx);
	turn();
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_LEFT);
	stop();
}

/* Gates 3 and 4 are open, in the turn before; after it the kernel has them, but
 * for what is on its way. */
static const struct pkt_entry *joining(void)
{
	const struct pkt_entry *e;

	commit();
	e = entry(3);
	is_held = true;
	steered[GATE4]++;
	segment(4, 3, NULL, 0);
	turn();
	forget_events();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_JOIN);
	return e;
}

/* As long as the loop has reason to turn. */
static void let_go(void)
{
	is_held = false;
	for (int i = 0; entry(3)->kernel == PKT_KERNEL_JOIN && i < 10; i++)
		pkt_worker_turn(worker, 100);
}

/* It is the kernel's when every program knows that it is. */
static void joins_after_a_fence(void)
{
	const struct pkt_entry *e = joining();

	turn();
	turn();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_JOIN);
	CU_ASSERT_EQUAL(done[GATE3], steered[GATE3]);
	CU_ASSERT_EQUAL(done[GATE4], steered[GATE4]);
	let_go();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_PASS);
	stop();
}

/* What was steered while the session came, behind a device that had been read:
 * that this was empty says nothing of it, nor, before the fence, that it still
 * is: a program may have counted what it has not sent yet. */
static void joins_behind_the_last(void)
{
	const struct pkt_entry *e;

	commit();
	e = entry(3);
	is_held = true;
	steered[GATE3]++;
	segment(4, 3, NULL, 0);
	for (int i = 0; i < 5; i++)
		turn();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_JOIN);
	CU_ASSERT_EQUAL(done[GATE3] + 1, steered[GATE3]);
	segment(3, 4, NULL, 0);
	turn();
	CU_ASSERT_EQUAL(done[GATE3], steered[GATE3]);
	let_go();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_PASS);
	CU_ASSERT_EQUAL(done[GATE3], steered[GATE3]);
	stop();
}

/* Some was lost on the way here, or came through the host and was not counted:
 * no longer waited for when the devices were empty. */
static void joins_though_lost(void)
{
	static const int32_t lost[] = { 1, 300, -1, -300 };

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		const struct pkt_entry *e = joining();

		steered[GATE3] += (uint32_t)lost[i];
		turn();
		CU_ASSERT_NOT_EQUAL(done[GATE3], steered[GATE3]);
		let_go();
		CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_PASS);
		CU_ASSERT_EQUAL(done[GATE3], steered[GATE3]);
		stop();
	}
}

/* It comes and goes while no program was seen to know. */
static void joins_again_and_again(void)
{
	const struct pkt_entry *e = joining();

	for (int i = 0; i < 600; i++) {
		trace(3, PKT_TAP_OFF);
		CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_JOIN);
	}
	let_go();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_PASS);
	stop();
}

/* A device that is never empty, and one segment that was lost. */
static void joins_at_last(void)
{
	const struct pkt_entry *e = joining();

	is_held = false;
	steered[GATE3]++;
	for (int i = 0; e->kernel == PKT_KERNEL_JOIN && i < 100000; i++) {
		for (int n = 0; n < 65; n++)
			segment(9, 4, NULL, 0);
		turn();
	}
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_PASS);
	CU_ASSERT_EQUAL(done[GATE3], steered[GATE3]);
	stop();
}

/* A Modify polices gate 3, or no longer. */
static void police(bool is_policed)
{
	struct pkt_cmd cmd = command(PKT_CMD_MODIFY, 3);

	if (is_policed)
		cmd.cfg.traffic = (struct pkt_traffic_cfg) { .is_policed = true,
							     .sdr = 1000,
							     .mbs = 2000 };
	CU_ASSERT_TRUE_FATAL(pkt_ring_push(cfg.cmds, &cmd));
	turn();
	forget_events();
}

/* Its next segment that comes to the worker, as the only one on its way. */
static void next_segment(void)
{
	steered[pkt_place(3, 0)]++;
	segment(3, 4, NULL, 0);
	turn();
	let_go();
}

/* Its buckets are set while it is the worker's; then programs pay there. */
static void policed_beside_kernel(void)
{
	const struct pkt_entry *e = joining();

	let_go();
	police(true);
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_LEFT);
	CU_ASSERT_TRUE(e->flags & PKT_ENTRY_POLICED);
	CU_ASSERT_EQUAL(buckets[pkt_place(3, 0)].rate[PKT_SUSTAINED], 1000);
	next_segment();
	CU_ASSERT_EQUAL(e->kernel, PKT_KERNEL_PASS);
	CU_ASSERT_TRUE(
		buckets[pkt_place(3, 0)].full_at[PKT_DIR_IN][PKT_SUSTAINED] >
		buckets[pkt_place(3, 0)].full_at[PKT_DIR_OUT][PKT_SUSTAINED]);
	police(false);
	CU_ASSERT_FALSE(e->flags & PKT_ENTRY_POLICED);
	CU_ASSERT_EQUAL(n_given_back, 0);
	push(PKT_CMD_REMOVE, 3);
	for (int i = 0; !n_given_back && i < 100; i++)
		pkt_worker_turn(worker, 1000);
	CU_ASSERT_EQUAL(n_given_back, 1);
	stop();
}

/* No program could see its buckets: so none has it. */
static void no_more_buckets(void)
{
	(void)joining();
	n_buckets = 0;
	police(true);
	next_segment();
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_LEFT);
	/* Somebody has given some back. */
	n_buckets = RDVS;
	police(true);
	CU_ASSERT_EQUAL(buckets[pkt_place(3, 0)].rate[PKT_SUSTAINED], 1000);
	next_segment();
	CU_ASSERT_EQUAL(entry(3)->kernel, PKT_KERNEL_PASS);
	stop();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "style 5.8 commands wait for room", commands_wait_for_room },
		{ "decision 24: no event is lost", no_event_is_lost },
		{ "decision 24: first time stamp", first_time_stamp },
		{ "K1 a deadline wakes the loop", deadline },
		{ "a slot is used again", slot_is_used_again },
		{ "decision 22: the device refuses", device_refuses },
		{ "decision 22: the peer leaves", handed_out },
		{ "a handshake that is traced", traced_handshake },
		{ "payload that is traced, or not", traced_payload },
		{ "why it was dropped", traced_drop },
		{ "why it was dropped, by gate", why_by_gate },
		{ "reasons of what programs dropped", why_of_programs },
		{ "a program drops first", program_drops_first },
		{ "a trace that nobody reads", trace_is_not_read },
		{ "a trace of what did not leave", traced_refusal },
		{ "A02 a trace of a padded frame", traced_padding },
		{ "a trace ends with its gates", trace_ends_with_its_gates },
		{ "P4 removed before the hint was read",
		  removed_before_the_hint },
		{ "P4 removed, and does not join before",
		  removed_does_not_join },
		{ "P4 no room for a hint", missed_hints },
		{ "P4 strangers in COMMIT", stranger_in_commit },
		{ "D33 joins after a fence", joins_after_a_fence },
		{ "D33 joins behind the last", joins_behind_the_last },
		{ "D33 joins though some was lost", joins_though_lost },
		{ "D33 joins again and again", joins_again_and_again },
		{ "D33 joins at last", joins_at_last },
		{ "tman: policed beside the kernel", policed_beside_kernel },
		{ "tman: no more buckets", no_more_buckets },
		{ NULL, NULL },
	};

	return suite_run("packet/worker", tests);
}
