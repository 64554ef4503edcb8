/*
 * test/bench/bench_pkt_gateway.c - the packet engine with TUN, armed
 *
 *	bench_pkt_gateway [-f auto|tc|xdp|off] [-n WORKERS] [-w WINDOW] SESSIONS
 *			  TARGETS-A TARGETS-B
 *
 * In a network namespace with the interfaces va (clients A) and vb (clients
 * B): an engine with a realm on each, that owns the host as that of bgfd does.
 * -f: the fast path on both, auto if it is not said; where it is, or why it is
 * not, is printed.  -n: packet workers, 1 if it is not said.  Arms SESSIONS
 * rendezvous, writes "address port" of each gate into the two files and says
 * "armed".
 *
 * Without -w each side is one client, 10.78.1.2 or 10.78.2.2, and the program
 * ends when every session was open and is over.  With -w each session has
 * clients of its own, 10.0.1.0 + k and 11.0.1.0 + k; the files are pipes, and
 * not more than WINDOW sessions are armed that are not open yet.  Then, for
 * each line of standard input, what passed and what it takes is printed; it
 * ends with standard input.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/engine.h"
#include "test/support/rdv_cfg.h"
#include "test/support/two_realms.h"

enum {
	WAIT_MS = 300000, /* the bulk row keeps one session of each way */
	BATCH = 64,       /* Adds on their way */
	MAX = 1 << 20,
};

static struct pkt_engine *engine;
static uint32_t n_sessions, window;
static uint8_t fastpath = PKT_FASTPATH_AUTO;
static unsigned int n_workers = 1;

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_gateway: %s\n", what);
	pkt_engine_free(engine);
	exit(1);
}

static struct in6_addr client(unsigned int i, uint32_t k)
{
	if (!window)
		return two_realms_ipv4(i ? 0x0a4e0202 : 0x0a4e0102);
	return two_realms_client(i, 0x100 + k);
}

static void start(void)
{
	static struct pkt_engine_cfg cfg;
	char err[256];

	two_realms_init(&cfg, n_sessions);
	two_realms_own_host(&cfg, fastpath);
	cfg.n_workers = n_workers;
	if (pkt_engine_new(&cfg, &engine, err, sizeof(err)))
		die(err);
	if (pkt_engine_n_workers(engine) != n_workers)
		die(pkt_engine_workers(engine));
	printf("fastpath %s\n", pkt_engine_fastpath(engine));
	fflush(stdout);
}

/* Takes events until n of a type were there. */
static void take(uint8_t type, uint32_t n)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };
	struct pkt_evt evt;

	while (n) {
		if (!pkt_engine_next_evt(engine, &evt)) {
			if (poll(&pfd, 1, WAIT_MS) != 1)
				die("sessions are missing");
			continue;
		}
		n -= evt.type == type;
		if (evt.type == PKT_EVT_FAIL)
			die("a session failed");
	}
}

static struct pkt_gate_id add(unsigned int i, uint32_t k,
			      struct pkt_gate_id peer, FILE *targets)
{
	struct pkt_gate_cfg cfg = {
		.realm = (uint8_t)i,
		.rdv = { .commit =
				 window ? PKT_COMMIT_PARALLEL : PKT_COMMIT_AUTO,
			 .release_rst = true,
			 .twait_s = 75,
			 RDV_CFG_TIMERS },
		.leg = { .family = AF_INET,
			 .mode = PKT_MODE_RX | PKT_MODE_TX,
			 .role = PKT_ROLE_MERGE,
			 .is_armed = true,
			 .mtu = 1500,
			 .from = { .addr = client(i, k),
				   .prefix_len = 128,
				   .port_max = 65535 } },
	};
	struct pkt_gate_id id;
	char text[INET_ADDRSTRLEN];

	if (pkt_gate_add(engine, peer, &cfg, k, &id))
		die("no gate");
	inet_ntop(AF_INET, &cfg.leg.local.s6_addr[12], text, sizeof(text));
	fprintf(targets, "%s %d\n", text, cfg.leg.local_port);
	return id;
}

static void arm_batch(uint32_t from, uint32_t n, FILE *a, FILE *b)
{
	struct pkt_gate_id none = { 0, 0 };

	for (uint32_t k = from; k < from + n; k++)
		add(1, k, add(0, k, none, a), b);
	take(PKT_EVT_DONE, 2 * n);
	if (!window)
		return;
	if (fflush(a) || fflush(b))
		die("cannot write the targets");
	take(PKT_EVT_OPEN, 2 * n);
}

static void arm(const char *path_a, const char *path_b)
{
	FILE *a = fopen(path_a, "w"), *b = fopen(path_b, "w");
	uint32_t size = window ? window : BATCH;

	if (!a || !b)
		die("cannot write the targets");
	for (uint32_t k = 0; k < n_sessions; k += size)
		arm_batch(k, n_sessions - k < size ? n_sessions - k : size, a,
			  b);
	if (fclose(a) || fclose(b))
		die("cannot write the targets");
	printf("armed\n");
	fflush(stdout);
}

static uint64_t resident(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	uint64_t kb = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Rss:", 4))
			kb = strtoull(line + 4, NULL, 10);
	if (f)
		fclose(f);
	return kb * 1024;
}

/* done RX TX DROPPED RESIDENT PASSED XDP: packets of the engine; octets; packets
 * that the kernel passed, and of these XDP. */
static void report(void)
{
	struct pkt_counters c;
	uint64_t dropped = 0;

	pkt_engine_counters(engine, &c);
	for (unsigned int i = 0; i < PKT_DROP__COUNT; i++)
		dropped += c.drop[i];
	printf("done %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %" PRIu64 "\n",
	       c.rx_pkts, c.tx_pkts, dropped, resident(),
	       c.fast[PKT_FAST_PASSED], c.xdp[PKT_FAST_PASSED]);
	fflush(stdout);
}

static uint8_t fastpath_of(const char *name)
{
	static const char *const names[] = { "auto", "tc", "xdp", "off" };

	for (uint8_t i = PKT_FASTPATH_AUTO; i <= PKT_FASTPATH_OFF; i++)
		if (!strcmp(name, names[i]))
			return i;
	die("-f auto|tc|xdp|off");
	return PKT_FASTPATH_OFF;
}

static void options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "f:n:w:")) != -1)
		if (c == 'w')
			window = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'n')
			n_workers = (unsigned int)strtoul(optarg, NULL, 10);
		else if (c == 'f')
			fastpath = fastpath_of(optarg);
	if (argc - optind == 3)
		n_sessions = (uint32_t)strtoul(argv[optind], NULL, 10);
	if (!n_sessions || n_sessions > MAX || window > BATCH)
		die("usage: bench_pkt_gateway [-f auto|tc|xdp|off] "
		    "[-n WORKERS] [-w WINDOW] SESSIONS TARGETS-A TARGETS-B");
}

int main(int argc, char **argv)
{
	char line[64];

	options(argc, argv);
	start();
	if (window)
		report();
	arm(argv[optind + 1], argv[optind + 2]);
	if (!window) {
		take(PKT_EVT_CLOSED, 2 * n_sessions);
		report();
	}
	/* The script reads our processor time, then goes on. */
	while (fgets(line, sizeof(line), stdin) && window)
		report();
	pkt_engine_free(engine);
	return 0;
}
