/* test/unit/test_pkt_many.c - 10 000 sessions through one engine (N9) */
#include "packet/engine_priv.h"
#include "test/support/fake_tun.h"
#include "test/support/rdv_cfg.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	N = 10000,
	WAIT_MS = 5000,
	DRAIN_MS = 200,
	FLOOD = 4,
	ROUNDS_MAX = 1000000, /* a minute or more */
};

struct one {
	struct pkt_gate_id gate;
	struct in6_addr local;
	uint16_t port;
};

static struct pkt_engine *engine;
static int client[2];
static struct one gate[2][N]; /* by realm */

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

static void start(uint32_t n_rdvs)
{
	static struct pkt_engine_cfg cfg;
	int fd[2][2], mine[2];
	char err[256];

	cfg = (struct pkt_engine_cfg) { .n_realms = 2,
					.n_workers = 1,
					.max_rendezvous = n_rdvs };
	for (int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg.realm[i];

		r->name[0] = (char)('a' + i);
		r->port_min = 20000;
		r->port_max = 45000;
		r->quarantine_ms = 60000;
		r->n_prefixes = 1;
		r->prefix[0].addr =
			addr(i ? "::ffff:192.0.2.8" : "::ffff:198.51.100.8");
		r->prefix[0].len = 128;
		CU_ASSERT_EQUAL_FATAL(fake_tun_pair(fd[i]), 0);
		mine[i] = fd[i][0];
		client[i] = fd[i][1];
	}
	CU_ASSERT_EQUAL_FATAL(
		pkt_engine_new_on(&cfg, mine, &engine, err, sizeof(err)), 0);
}

/* Takes events until n of a type were there. */
static void take(uint8_t type, int n)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };
	struct pkt_evt evt;

	while (n > 0) {
		if (!pkt_engine_next_evt(engine, &evt)) {
			CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
			continue;
		}
		n -= evt.type == type;
	}
}

static struct in6_addr host(int i, int k)
{
	struct in6_addr a = addr("::ffff:10.0.0.0");

	a.s6_addr[13] = (uint8_t)i;
	a.s6_addr[14] = (uint8_t)(k >> 8);
	a.s6_addr[15] = (uint8_t)k;
	return a;
}

static struct pkt_gate_cfg config(int i, int k)
{
	struct pkt_gate_cfg cfg = { .realm = (uint8_t)i };

	cfg.rdv.twait_s = 75;
	cfg.rdv.tidle_s = 7440;
	cfg.rdv.thalf_s = 30;
	cfg.rdv.tfresh_ms = 3000;
	cfg.rdv.tts_ms = 1000;
	cfg.rdv.syn_rate = 5;
	cfg.leg.family = AF_INET;
	cfg.leg.mode = PKT_MODE_RX | PKT_MODE_TX;
	cfg.leg.role = PKT_ROLE_MERGE;
	cfg.leg.is_armed = true;
	cfg.leg.mtu = 1500;
	cfg.leg.from.addr = host(i, k);
	cfg.leg.from.prefix_len = 128;
	cfg.leg.from.port_max = 65535;
	return cfg;
}

static void add(int i, int k)
{
	struct pkt_gate_cfg cfg = config(i, k);
	struct pkt_gate_id peer = { 0, 0 };

	CU_ASSERT_EQUAL_FATAL(pkt_gate_add(engine, i ? gate[0][k].gate : peer,
					   &cfg, (uint64_t)k, &gate[i][k].gate),
			      0);
	take(PKT_EVT_DONE, 1);
	gate[i][k].local = cfg.leg.local;
	gate[i][k].port = cfg.leg.local_port;
}

static void send_from(int i, int k, uint8_t flags)
{
	uint32_t mine = (uint32_t)(1000 * k + i);
	uint32_t others = (uint32_t)(1000 * k + !i);
	struct pkt_tx tx = {
		.src = host(i, k),
		.dst = gate[i][k].local,
		.sport = 40000,
		.dport = gate[i][k].port,
		.family = AF_INET,
		.flags = flags,
		.window = 64240,
		.seq = mine + !(flags & PKT_SYN),
		.ack = flags & PKT_ACK ? others + 1 : 0,
		.opts = { .has_mss = flags & PKT_SYN, .mss = 1460 },
	};

	fake_tun_send(client[i], &tx);
}

/* Each SYN-ACK is for one client, and has the number of its peer. */
static void expect_synack(int i, int k)
{
	static struct fake_pkt got;

	do {
		CU_ASSERT_TRUE_FATAL(fake_tun_recv(client[i], &got, WAIT_MS));
	} while (got.seg.flags == PKT_ACK);
	CU_ASSERT_EQUAL(got.seg.flags, PKT_SYN | PKT_ACK);
	CU_ASSERT_EQUAL(got.seg.seq, (uint32_t)(1000 * k + !i));
	CU_ASSERT_EQUAL(got.seg.sport, gate[i][k].port);
}

/* No Subtract meets a full ring, though nobody takes the answers (decision 8);
 * a gate answers once, and they come in the order of the commands. */
static void remove_all(void)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };
	struct pkt_evt evt;

	for (int k = 0; k < N; k++)
		for (int i = 0; i < 2; i++)
			CU_ASSERT_EQUAL_FATAL(
				pkt_gate_remove(engine, gate[i][k].gate,
						(uint64_t)(2 * k + i)),
				0);
	for (uint64_t token = 0; token < 2 * N; token++) {
		while (!pkt_engine_next_evt(engine, &evt))
			CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
		CU_ASSERT_EQUAL_FATAL(evt.type, PKT_EVT_DONE);
		CU_ASSERT_EQUAL_FATAL(evt.token, token);
	}
}

/* One session sends without end, others now and then: nobody waits for another,
 * and each gets what is his.  FLOOD segments for each one of those. */
static void take_turns(void)
{
	static struct fake_pkt got;
	unsigned int wrong = 0;

	for (int k = 1; k < N; k += 3) {
		int from = k % 2, of_k = 0;

		for (int i = 0; i < FLOOD; i++)
			send_from(from, 0, PKT_ACK);
		send_from(from, k, PKT_ACK);
		for (int i = 0; i <= FLOOD; i++) {
			CU_ASSERT_TRUE_FATAL(
				fake_tun_recv(client[1 - from], &got, WAIT_MS));
			of_k += got.seg.sport == gate[1 - from][k].port &&
				got.seg.seq == (uint32_t)(1000 * k + from + 1);
		}
		wrong += of_k != 1;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* By idleness, and not the first session. */
static bool has_ended(const struct pkt_evt *evt)
{
	if (evt->type != PKT_EVT_CLOSED)
		return false;
	CU_ASSERT_EQUAL(evt->cause, PKT_CAUSE_IDLE);
	CU_ASSERT_TRUE(evt->gate.slot != gate[0][0].gate.slot &&
		       evt->gate.slot != gate[1][0].gate.slot);
	return true;
}

/* For all but the first session T_idle is a second now.  Returns how many gates
 * have ended already. */
static int shorten_idle(void)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };
	struct pkt_evt evt = { .type = PKT_EVT_DONE };
	int n = 0;

	for (int k = 1; k < N; k++) {
		struct pkt_gate_cfg cfg = config(0, k);

		cfg.rdv.tidle_s = 1;
		CU_ASSERT_EQUAL_FATAL(pkt_gate_modify(engine, gate[0][k].gate,
						      &cfg, false, 1),
				      0);
		do {
			while (!pkt_engine_next_evt(engine, &evt))
				CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS),
						      1);
			n += has_ended(&evt);
		} while (evt.type != PKT_EVT_DONE);
	}
	return n;
}

/* They fall silent while the first goes on: each is missed. */
static void fall_silent(int n)
{
	static struct fake_pkt got;
	struct pkt_evt evt;

	for (int i = 0; n < 2 * (N - 1) && i < ROUNDS_MAX; i++) {
		send_from(0, 0, PKT_ACK);
		CU_ASSERT_TRUE_FATAL(fake_tun_recv(client[1], &got, WAIT_MS));
		CU_ASSERT_EQUAL_FATAL(got.seg.sport, gate[1][0].port);
		while (pkt_engine_next_evt(engine, &evt))
			n += has_ended(&evt);
	}
	CU_ASSERT_EQUAL(n, 2 * (N - 1));
}

/* All are there together; what the engine holds for an open session is the
 * two entries of its legs. */
static void many(void)
{
	start(N);
	for (int k = 0; k < N; k++)
		for (int i = 0; i < 2; i++)
			add(i, k);
	for (int k = 0; k < N; k++) {
		for (int i = 0; i < 2; i++)
			send_from(i, k, PKT_SYN);
		for (int i = 0; i < 2; i++)
			expect_synack(i, k);
		for (int i = 0; i < 2; i++)
			send_from(i, k, PKT_ACK);
		/* The ring of events is not larger than it must be. */
		if (k % 100 == 99)
			take(PKT_EVT_OPEN, 200);
	}
	CU_ASSERT_TRUE(2 * sizeof(struct pkt_entry) <= 256);
}

static void fairness(void)
{
	for (int i = 0; i < 2; i++) { /* what is still on its way */
		static struct fake_pkt left;

		while (fake_tun_recv(client[i], &left, DRAIN_MS))
			;
	}
	take_turns();
	fall_silent(shorten_idle());
}

static void stop(void)
{
	pkt_engine_free(engine);
	close(client[0]);
	close(client[1]);
}

static void subtracted(void)
{
	remove_all();
	stop();
}

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = -1;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Its number may be any: the tables of the workers are not touched up to there. */
static void room_for_many(void)
{
	long before;

	start(1 << 20);
	before = resident_kib();
	add(0, 0);
	CU_ASSERT_TRUE(resident_kib() - before < 8 * 1024);
	stop();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "N9 10 000 sessions at once", many },
		{ "D40 10 000 sessions beside one that never stops", fairness },
		{ "decision 8: all of them are subtracted", subtracted },
		{ "one session, and room for a million", room_for_many },
		{ NULL, NULL },
	};

	return suite_run("packet/many", tests);
}
