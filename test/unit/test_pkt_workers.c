/*
 * test/unit/test_pkt_workers.c - an engine with two to four workers
 *
 * Decision 11 (both gates live where the first one was put), decision 27, D16;
 * that work is spread, that each port of a pool can be used, and that each
 * worker reads and writes its own queues and no other.
 */
#include "test/support/suite.h"
#include "test/support/workers_rig.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "packet/steer.h"

enum { NEAR = WORKERS_NEAR, FAR = WORKERS_FAR, CALLS = 12, MOST = 4 };

static struct workers_rig rig;
static struct workers_call call[32];
static struct fake_pkt got;
static const uint16_t many[2] = { 100, 100 };

static void start(unsigned int n, const uint16_t ports[2])
{
	workers_rig_start(&rig, n, ports);
	memset(call, 0, sizeof(call));
	for (unsigned int i = 0; i < sizeof(call) / sizeof(call[0]); i++)
		call[i] = (struct workers_call) {
			.port = { (uint16_t)(40000 + i),
				  (uint16_t)(50000 + i) },
			.isn = { 0x11110000 + i * 16, 0x22220000 + i * 16 },
		};
}

static unsigned int worker_of(int i, int realm)
{
	return workers_of(&rig, call[i].cfg[realm].leg.local_port);
}

static void add_calls(void)
{
	for (int i = 0; i < CALLS; i++) {
		CU_ASSERT_EQUAL_FATAL(workers_add(&rig, &call[i], NEAR, -1), 0);
		CU_ASSERT_EQUAL_FATAL(workers_add(&rig, &call[i], FAR, NEAR),
				      0);
		CU_ASSERT_EQUAL(worker_of(i, NEAR), worker_of(i, FAR));
	}
}

static uint32_t rendezvous_of(unsigned int worker)
{
	struct pkt_worker_figures f;

	pkt_engine_worker(rig.engine, worker, &f);
	return f.rendezvous;
}

static void expect_spread(uint32_t each)
{
	CU_ASSERT_EQUAL(pkt_engine_n_workers(rig.engine), rig.n);
	for (unsigned int w = 0; w < rig.n; w++)
		CU_ASSERT_EQUAL(rendezvous_of(w), each);
}

/* What call i carries from one client is what the other gets. */
static void talk(int i, int from)
{
	struct pkt_tx tx = workers_tx(&call[i], from, PKT_ACK | PKT_PSH);
	uint8_t data[500];

	memset(data, 'a' + i, sizeof(data));
	workers_send_data(&rig, &tx, from, data, sizeof(data));
	CU_ASSERT_TRUE_FATAL(workers_recv(&rig, &call[i], 1 - from, &got));
	CU_ASSERT_EQUAL(got.n, 40 + sizeof(data));
	CU_ASSERT_EQUAL(memcmp(got.octets + 40, data, sizeof(data)), 0);
}

static void expect_octets(int i, int realm)
{
	CU_ASSERT_EQUAL(pkt_gate_read(rig.engine, call[i].gate[realm], 9), 0);
	CU_ASSERT_TRUE(
		workers_wait(&rig, PKT_EVT_DONE, rig.n_evts[PKT_EVT_DONE] + 1));
	CU_ASSERT_EQUAL(rig.done.gate.gen, call[i].gate[realm].gen);
	CU_ASSERT_EQUAL(rig.done.realm, realm);
	CU_ASSERT_EQUAL(rig.done.stat.rx_octets, 500);
	CU_ASSERT_EQUAL(rig.done.stat.tx_octets, 500);
	CU_ASSERT_EQUAL(rig.done.stat.state, PKT_STATE_OPEN);
}

/* Each has counted what it did; together it is what the engine tells. */
static void expect_counters(void)
{
	struct pkt_worker_figures f;
	struct pkt_counters all;
	uint64_t rx = 0, synacks = 0;

	pkt_engine_counters(rig.engine, &all);
	for (unsigned int w = 0; w < rig.n; w++) {
		pkt_engine_worker(rig.engine, w, &f);
		CU_ASSERT_EQUAL(f.counters.rx_pkts, CALLS / rig.n * 6);
		CU_ASSERT_EQUAL(f.counters.synacks, CALLS / rig.n * 2);
		rx += f.counters.rx_pkts;
		synacks += f.counters.synacks;
	}
	CU_ASSERT_EQUAL(rx, all.rx_pkts);
	CU_ASSERT_EQUAL(synacks, all.synacks);
	for (int d = 0; d < PKT_DROP__COUNT; d++)
		CU_ASSERT_EQUAL(all.drop[d], 0);
}

static void carry(unsigned int n)
{
	start(n, many);
	add_calls();
	expect_spread(CALLS / n);
	for (int i = 0; i < CALLS; i++)
		CU_ASSERT_TRUE_FATAL(workers_open(&rig, &call[i], &got));
	for (int i = 0; i < CALLS; i++) {
		talk(i, NEAR);
		talk(i, FAR);
		expect_octets(i, NEAR);
		expect_octets(i, FAR);
	}
	expect_counters();
	for (int i = 0; i < CALLS; i++) {
		workers_remove(&rig, call[i].gate[NEAR]);
		workers_remove(&rig, call[i].gate[FAR]);
	}
	expect_spread(0);
	workers_rig_stop(&rig);
}

static void sessions(void)
{
	for (unsigned int n = 1; n <= MOST; n++)
		carry(n);
}

/* D16: both pools can be used up, whoever comes first, and no more. */
static void use_up(unsigned int n, bool is_in_pairs)
{
	static const uint16_t four[2] = { 4, 4 };
	struct pkt_portpool_usage u;

	start(n, four);
	for (int i = 0; i < 8; i++) {
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], NEAR, -1), 0);
		if (is_in_pairs)
			CU_ASSERT_EQUAL(workers_add(&rig, &call[i], FAR, NEAR),
					0);
	}
	CU_ASSERT_EQUAL(workers_add(&rig, &call[8], NEAR, -1), -ENOSPC);
	for (int i = 0; !is_in_pairs && i < 8; i++)
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], FAR, NEAR), 0);
	CU_ASSERT_EQUAL(workers_add(&rig, &call[8], FAR, -1), -ENOSPC);
	for (int realm = 0; realm < 2; realm++) {
		pkt_engine_usage(rig.engine, (unsigned int)realm, &u);
		CU_ASSERT_EQUAL(u.used, 8);
	}
	/* A port is the next one's, of whichever worker it is. */
	for (int i = 0; i < 8; i++) {
		workers_remove(&rig, call[i].gate[NEAR]);
		workers_remove(&rig, call[i].gate[FAR]);
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], NEAR, -1), 0);
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], FAR, NEAR), 0);
	}
	workers_rig_stop(&rig);
}

static void exhaustion(void)
{
	for (unsigned int n = 1; n <= MOST; n++) {
		use_up(n, true);
		use_up(n, false);
	}
}

/* Takes away again what was put on this worker. */
static void remove_on(unsigned int worker, int first, int last, bool is_pair)
{
	for (int i = first; i <= last; i++) {
		int realm = is_pair ? NEAR : FAR;

		if (worker_of(i, realm) != worker)
			continue;
		workers_remove(&rig, call[i].gate[realm]);
		if (is_pair)
			workers_remove(&rig, call[i + 16].gate[NEAR]);
	}
}

/* The worker with the fewest calls has no port left where the peer will be:
 * another one takes the call. */
static void scarce_far(void)
{
	static const uint16_t ports[2] = { 100, 2 };

	start(2, ports); /* far: two ports of each worker */
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], FAR, -1), 0);
	remove_on(1, 0, 3, false);
	for (int i = 4; i < 12; i++) {
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], NEAR, -1), 0);
		call[i + 16].gate[FAR] = call[i].gate[NEAR];
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i + 16], NEAR, FAR), 0);
	}
	remove_on(0, 4, 11, true);
	CU_ASSERT_EQUAL(rendezvous_of(0), 2);
	CU_ASSERT_TRUE(rendezvous_of(1) > 2);
	CU_ASSERT_EQUAL(workers_add(&rig, &call[12], NEAR, -1), 0);
	CU_ASSERT_EQUAL(workers_add(&rig, &call[12], FAR, NEAR), 0);
	CU_ASSERT_EQUAL(worker_of(12, FAR), 1);
	workers_rig_stop(&rig);
}

/* Whoever leaves makes room on its worker: the next one goes there. */
static void balance(void)
{
	start(3, many);
	add_calls();
	for (int i = 0; i < CALLS; i++) {
		unsigned int w = worker_of(i, NEAR);

		workers_remove(&rig, call[i].gate[FAR]);
		workers_remove(&rig, call[i].gate[NEAR]);
		CU_ASSERT_EQUAL(rendezvous_of(w), CALLS / 3 - 1);
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], NEAR, -1), 0);
		CU_ASSERT_EQUAL(worker_of(i, NEAR), w);
		CU_ASSERT_EQUAL(workers_add(&rig, &call[i], FAR, NEAR), 0);
	}
	expect_spread(CALLS / 3);
	workers_rig_stop(&rig);
}

/* Each command is answered once, in the order of its gate, for more rounds than
 * a ring has slots; the workers are asked in turn. */
static void answers(void)
{
	struct pkt_gate_id none = { 0, 0 };
	uint64_t last[4];

	start(MOST, many);
	for (uint64_t n = 0; n < 700; n++) {
		for (int i = 0; i < 4; i++) {
			last[i] = 0;
			CU_ASSERT_EQUAL(pkt_gate_add(rig.engine, none,
						     &call[i].cfg[NEAR], 1,
						     &call[i].gate[NEAR]),
					0);
			CU_ASSERT_EQUAL(pkt_gate_read(rig.engine,
						      call[i].gate[NEAR], 2),
					0);
			CU_ASSERT_EQUAL(pkt_gate_remove(rig.engine,
							call[i].gate[NEAR], 3),
					0);
		}
		for (int k = 0; k < 12; k++) {
			CU_ASSERT_TRUE_FATAL(
				workers_wait(&rig, PKT_EVT_DONE,
					     rig.n_evts[PKT_EVT_DONE] + 1));
			for (int i = 0; i < 4; i++)
				if (call[i].gate[NEAR].gen == rig.done.gate.gen)
					CU_ASSERT_EQUAL(++last[i],
							rig.done.token);
		}
		for (int i = 0; i < 4; i++)
			memset(&call[i].cfg[NEAR].leg, 0,
			       sizeof(call[i].cfg[NEAR].leg));
	}
	CU_ASSERT_FALSE(pkt_engine_next_evt(rig.engine, &rig.done));
	workers_rig_stop(&rig);
}

static uint64_t strays(unsigned int worker)
{
	struct pkt_worker_figures f;

	pkt_engine_worker(rig.engine, worker, &f);
	return f.counters.drop[PKT_DROP_STRAY];
}

/* Steering that is wrong must show, and harm nobody. */
static void stray(void)
{
	struct pkt_tx tx;
	unsigned int w;

	start(2, many);
	CU_ASSERT_EQUAL(workers_add(&rig, &call[0], NEAR, -1), 0);
	CU_ASSERT_EQUAL(workers_add(&rig, &call[0], FAR, NEAR), 0);
	w = worker_of(0, NEAR);
	tx = workers_tx(&call[0], NEAR, PKT_SYN);
	fake_tun_send(rig.fd[NEAR][1 - w], &tx);
	/* What a worker reads it has counted before it reads the next. */
	tx.dport = (uint16_t)(20000 +
			      (call[0].cfg[NEAR].leg.local_port + 1) % 100);
	for (int i = 0; i < WORKERS_WAIT_MS && !strays(1 - w); i++)
		(void)poll(NULL, 0, 1);
	CU_ASSERT_EQUAL(strays(1 - w), 1);
	CU_ASSERT_EQUAL(strays(w), 0);
	CU_ASSERT_TRUE(workers_open(&rig, &call[0], &got));
	workers_rig_stop(&rig);
}

static void bad_config(void)
{
	static const struct {
		unsigned int n_workers;
		uint16_t ports;
	} wrong[] = { { 0, 10 }, { PKT_MAX_WORKERS + 1, 100 }, { 3, 2 } };
	char err[256];
	int fd[2 * (PKT_MAX_WORKERS + 1)];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct pkt_engine_cfg cfg = { .n_realms = 1,
					      .max_rendezvous = 1,
					      .n_workers = wrong[i].n_workers };

		cfg.realm[0].port_min = 20000;
		cfg.realm[0].port_max = (uint16_t)(19999 + wrong[i].ports);
		cfg.realm[0].n_prefixes = 1;
		cfg.realm[0].prefix[0].len = 128;
		memset(fd, -1, sizeof(fd));
		err[0] = '\0';
		CU_ASSERT_EQUAL(pkt_engine_new_on(&cfg, fd, &rig.engine, err,
						  sizeof(err)),
				-EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "workers"));
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "decision 11: sessions on one to four workers", sessions },
		{ "D16 every port can be used", exhaustion },
		{ "D16 decision 11: no port for the peer", scarce_far },
		{ "who has the fewest takes the next", balance },
		{ "each command is answered once, in order", answers },
		{ "a packet on the wrong queue is counted", stray },
		{ "bad configuration", bad_config },
		{ NULL, NULL },
	};

	signal(SIGPIPE, SIG_IGN);
	return suite_run("packet/workers", tests);
}
