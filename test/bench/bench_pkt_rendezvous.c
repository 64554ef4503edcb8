/*
 * test/bench/bench_pkt_rendezvous.c - rendezvous per second, engine alone
 *
 *	bench_pkt_rendezvous [PAIRS [ROUNDS]]
 *
 * The worker itself, on one core: its loop, parser, lookup, state machine,
 * timers, SYN-ACKs, translation and events.  Only the TUN device is replaced
 * (pkt_tun_read() and pkt_tun_write() are defined here): packets come out of
 * memory and go into memory.  A pair is four packets in (two SYNs, two ACKs)
 * and four out (two SYN-ACKs, two ACKs passed on); WINDOW pairs are between
 * SYN and ACK at any time.  Gates are armed beforehand.
 *
 * What is measured is processor time of the turns in which packets move.
 * Afterwards every packet that came out is checked, and that every session
 * was reported open.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "packet/seg.h"
#include "packet/tun.h"
#include "packet/worker.h"
#include "test/support/rdv_cfg.h"
#include "test/support/two_realms.h"

enum {
	WINDOW = 256,
	PER_PAIR = 4,
	PACKET_MAX = 80,
	RING = 4096,
	LIMIT = 200000, /* pairs per second and core */
};

struct packet {
	uint8_t n, realm;
	uint8_t octets[PACKET_MAX];
};

static uint32_t n_pairs;
static struct packet *in, *out; /* PER_PAIR each */
static uint32_t n_in, n_out;    /* already read, written */
static int realm_fd[2];
static struct pkt_worker_cfg cfg;
static uint32_t *places; /* of slots */
static struct pkt_worker *worker;
static uint32_t n_open;

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_rendezvous: %s\n", what);
	exit(1);
}

/* ---- in the place of packet/tun.c ---- */

ssize_t pkt_tun_read(int fd, struct virtio_net_hdr *vh, uint8_t *buf,
		     size_t cap)
{
	const struct packet *p = &in[n_in];

	if (n_in == PER_PAIR * n_pairs || fd != realm_fd[p->realm])
		return 0;
	if (cap < p->n)
		die("no room");
	memset(vh, 0, sizeof(*vh));
	memcpy(buf, p->octets, p->n);
	n_in++;
	return p->n;
}

int pkt_tun_write(int fd, const struct virtio_net_hdr *vh, const uint8_t *pkt,
		  size_t n)
{
	struct packet *p = &out[n_out];

	(void)vh;
	if (n_out == PER_PAIR * n_pairs || n > PACKET_MAX)
		return -ENOBUFS;
	p->realm = fd == realm_fd[1];
	p->n = (uint8_t)n;
	memcpy(p->octets, pkt, n);
	n_out++;
	return 0;
}

int pkt_tun_open(const char *name, uint16_t mtu, unsigned int n, int steering,
		 int *fd, char *err, size_t cap)
{
	(void)name, (void)mtu, (void)n, (void)steering;
	(void)fd, (void)err, (void)cap;
	return -ENOTSUP;
}

/* ---- clients ---- */

static struct in6_addr local(unsigned int i, uint32_t k, uint16_t *port)
{
	*port = (uint16_t)(TWO_PORT_MIN + k % TWO_PORTS);
	return two_realms_local(i, k / TWO_PORTS);
}

/* The options of a Linux client. */
static const struct pkt_opts syn_opts = { .has_mss = true,
					  .mss = 1460,
					  .has_sack = true,
					  .has_ts = true,
					  .tsval = 1000,
					  .has_ws = true,
					  .ws = 7 };

static void build(struct packet *p, unsigned int i, uint32_t k, uint8_t flags)
{
	struct pkt_tx tx = { .src = two_realms_client(i, k),
			     .sport = 40000,
			     .family = AF_INET,
			     .flags = flags,
			     .window = 64240,
			     .seq = 4 * k + i };

	tx.dst = local(i, k, &tx.dport);
	if (flags & PKT_SYN) {
		tx.opts = syn_opts;
	} else {
		tx.seq++;
		tx.ack = 4 * k + !i + 1;
		tx.window = 502;
	}
	p->realm = (uint8_t)i;
	p->n = (uint8_t)pkt_tx_build(&tx, p->octets);
}

/* SYNs of WINDOW pairs, then their ACKs, and so on: batches of one realm, as
 * a busy device gives them. */
static void build_all(void)
{
	struct packet *p = in;

	for (uint32_t from = 0; from < n_pairs; from += WINDOW)
		for (int half = 0; half < 4; half++)
			for (uint32_t k = from; k < from + WINDOW; k++)
				build(p++, half & 1, k,
				      half < 2 ? PKT_SYN : PKT_ACK);
}

static void check_out(void)
{
	uint32_t n_synacks = 0, n_acks = 0;

	for (uint32_t i = 0; i < n_out; i++) {
		const struct packet *p = &out[i];
		struct in6_addr from;
		struct pkt_seg s;
		uint16_t port;
		uint32_t k;

		if (pkt_seg_parse(p->octets, p->n, false, false, &s) !=
		    PKT_DROP_NONE)
			die("what came out is no packet");
		k = s.seq / 4;
		from = local(p->realm, k, &port);
		if (s.sport != port || !IN6_ARE_ADDR_EQUAL(&s.src, &from) ||
		    s.ack != 4 * k + p->realm + 1 ||
		    s.seq != 4 * k + !p->realm + !(s.flags & PKT_SYN))
			die("not what this client waits for");
		n_synacks += s.flags == (PKT_SYN | PKT_ACK);
		n_acks += s.flags == PKT_ACK;
	}
	if (n_synacks != 2 * n_pairs || n_acks != 2 * n_pairs ||
	    n_open != 2 * n_pairs)
		die("not every pair is open");
}

/* ---- worker ---- */

static void start(void)
{
	static struct pkt_engine_cfg two;
	uint32_t end = 0;

	two_realms_init(&two, n_pairs);
	memset(&cfg, 0, sizeof(cfg));
	cfg.n_realms = 2;
	cfg.n_workers = 1;
	for (unsigned int i = 0; i < 2; i++) {
		if (pkt_slots_init(&cfg.realm[i].slots, &two.realm[i], end,
				   &end))
			die("no slots");
		cfg.realm[i].fd = realm_fd[i];
	}
	cfg.max_rendezvous = n_pairs;
	cfg.entries =
		aligned_alloc(64, pkt_place(n_pairs, 0) * sizeof(*cfg.entries));
	cfg.places = places = calloc(end, sizeof(*places));
	cfg.cmds = pkt_ring_new(2 * WINDOW, sizeof(struct pkt_cmd));
	cfg.evts = pkt_ring_new(RING, sizeof(struct pkt_evt));
	cfg.evt_fd = eventfd(0, EFD_NONBLOCK);
	if (!cfg.entries || !places || !cfg.cmds || !cfg.evts)
		die("no memory");
	memset(cfg.entries, 0, pkt_place(n_pairs, 0) * sizeof(*cfg.entries));
	if (pkt_worker_new(&cfg, &worker))
		die("no worker");
}

static void stop(void)
{
	pkt_worker_free(worker);
	pkt_ring_free(cfg.cmds);
	pkt_ring_free(cfg.evts);
	close(cfg.evt_fd);
	free(cfg.entries);
	free(places);
}

static uint32_t drain(uint8_t type)
{
	struct pkt_evt evt;
	uint32_t n = 0;

	while (pkt_ring_pop(cfg.evts, &evt))
		n += evt.type == type;
	return n;
}

static void arm_one(unsigned int i, uint32_t k)
{
	struct pkt_cmd cmd = {
		.type = PKT_CMD_ADD,
		.rdv = k,
		.cfg = { .realm = (uint8_t)i,
			 .rdv = { .commit = PKT_COMMIT_PARALLEL,
				  .release_rst = true,
				  .twait_s = 75,
				  RDV_CFG_TIMERS },
			 .leg = { .family = AF_INET,
				  .mode = PKT_MODE_RX | PKT_MODE_TX,
				  .role = PKT_ROLE_MERGE,
				  .is_armed = true,
				  .mtu = 1500,
				  .from = { .addr = two_realms_client(i, k),
					    .prefix_len = 128,
					    .port_max = 65535 } } },
	};
	struct pkt_leg_cfg *leg = &cmd.cfg.leg;

	leg->local = local(i, k, &leg->local_port);
	cmd.gate.slot = pkt_slots_find(&cfg.realm[i].slots, &leg->local,
				       leg->local_port);
	cmd.gate.gen = 1;
	places[cmd.gate.slot] = pkt_place(k, i) + 1;
	if (!pkt_ring_push(cfg.cmds, &cmd))
		die("no room for a command");
}

static void arm(void)
{
	for (uint32_t k = 0; k < n_pairs; k++) {
		for (unsigned int i = 0; i < 2; i++)
			arm_one(i, k);
		if (k % WINDOW == WINDOW - 1) {
			uint32_t todo = 2 * WINDOW;

			while (todo) {
				pkt_worker_turn(worker, 0);
				todo -= drain(PKT_EVT_DONE);
			}
		}
	}
}

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Returns nanoseconds of processor time for a pair. */
static double one_round(void)
{
	uint64_t spent = 0, from;
	uint32_t idle = 0;

	n_in = n_out = n_open = 0;
	start();
	n_in = PER_PAIR * n_pairs; /* nothing to read yet */
	arm();
	n_in = 0;
	while (n_open < 2 * n_pairs && idle < 1000) {
		uint32_t before = n_in;

		from = cpu_ns();
		pkt_worker_turn(worker, 0);
		spent += cpu_ns() - from;
		n_open += drain(PKT_EVT_OPEN);
		idle = n_in == before ? idle + 1 : 0;
	}
	check_out();
	stop();
	return (double)spent / n_pairs;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[2]) : 5;
	double ns[100];

	n_pairs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	n_pairs -= n_pairs % WINDOW;
	if (!n_pairs || n_pairs > 1u << 20 || rounds < 1 || rounds > 100)
		die("usage: bench_pkt_rendezvous [PAIRS [ROUNDS]]");
	in = calloc(PER_PAIR * n_pairs, sizeof(*in));
	out = calloc(PER_PAIR * n_pairs, sizeof(*out));
	for (int i = 0; i < 2; i++) /* always readable */
		realm_fd[i] = eventfd(1, EFD_NONBLOCK);
	if (!in || !out || realm_fd[0] < 0 || realm_fd[1] < 0)
		die("no memory");
	build_all();
	for (int i = 0; i < rounds; i++)
		ns[i] = one_round();
	qsort(ns, (size_t)rounds, sizeof(*ns), compare);
	printf("%" PRIu32 " pairs, %d rounds: %.0f ns per pair (%.0f to %.0f), "
	       "%.0f pairs per second and core (limit %d)\n",
	       n_pairs, rounds, ns[rounds / 2], ns[0], ns[rounds - 1],
	       1e9 / ns[rounds / 2], LIMIT);
	return 1e9 / ns[rounds / 2] < LIMIT;
}
