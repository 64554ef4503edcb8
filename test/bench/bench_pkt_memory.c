/*
 * test/bench/bench_pkt_memory.c - octets of the engine for an open session
 *
 *	bench_pkt_memory SESSIONS
 *
 * An engine with two realms on ports that are sockets.  Its resident memory
 * with nothing open is subtracted from that with all sessions open (decision
 * 32); what the program itself needs is touched before the first look.  Each
 * session is made by two SYNs and two ACKs, and counts when the engine has
 * reported it open.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/engine_priv.h"
#include "test/support/fake_tun.h"
#include "test/support/rdv_cfg.h"
#include "test/support/two_realms.h"

enum {
	BATCH = 64, /* set-up at once */
	WAIT_MS = 10000,
};

struct side {
	struct pkt_gate_id gate;
	uint16_t port;
	uint8_t host; /* last octet of the local address */
};

static struct pkt_engine *engine;
static int client[2];
static struct side *sides[2];

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_memory: %s\n", what);
	exit(1);
}

/* ---- memory ---- */

static uint64_t field_kb(const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	size_t n = strlen(name);
	uint64_t kb = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, n))
			kb = strtoull(line + n, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

static uint64_t resident(void)
{
	return field_kb("/proc/self/smaps_rollup", "Rss:") * 1024;
}

/* ---- engine ---- */

static void start(uint32_t n)
{
	static struct pkt_engine_cfg cfg;
	uint32_t n_addrs = two_realms_addrs(n);
	int fd[2][2], mine[2];
	char err[256];

	two_realms_init(&cfg, n);
	for (int i = 0; i < 2; i++) {
		if (fake_tun_pair(fd[i]))
			die("no socket pair");
		mine[i] = fd[i][0];
		client[i] = fd[i][1];
		printf("pool of realm %s: %u addresses, ports %d to %d, "
		       "%.0f %% used, no quarantine\n",
		       cfg.realm[i].name, n_addrs, TWO_PORT_MIN, TWO_PORT_MAX,
		       100.0 * n / TWO_PORTS / n_addrs);
	}
	if (pkt_engine_new_on(&cfg, mine, &engine, err, sizeof(err)))
		die(err);
}

static void take(uint8_t type, uint32_t n)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };
	struct pkt_evt evt;

	while (n) {
		if (pkt_engine_next_evt(engine, &evt))
			n -= evt.type == type;
		else if (poll(&pfd, 1, WAIT_MS) != 1)
			die("the engine does not answer");
	}
}

static void add(int i, uint32_t k)
{
	struct pkt_gate_id none = { 0, 0 };
	struct pkt_gate_cfg cfg = {
		.realm = (uint8_t)i,
		.rdv = { .commit = PKT_COMMIT_PARALLEL,
			 .release_rst = true,
			 .twait_s = 75,
			 RDV_CFG_TIMERS },
		.leg = { .family = AF_INET,
			 .mode = PKT_MODE_RX | PKT_MODE_TX,
			 .role = PKT_ROLE_MERGE,
			 .is_armed = true,
			 .mtu = 1500,
			 .from = { .addr = two_realms_client((unsigned int)i, k),
				   .prefix_len = 128,
				   .port_max = 65535 } },
	};
	struct side *s = &sides[i][k];

	if (pkt_gate_add(engine, i ? sides[0][k].gate : none, &cfg, k,
			 &s->gate))
		die("no gate");
	s->port = cfg.leg.local_port;
	s->host = cfg.leg.local.s6_addr[15];
}

/* ---- clients ---- */

static struct pkt_tx segment(int i, uint32_t k, uint8_t flags)
{
	struct pkt_tx tx = { .src = two_realms_client((unsigned int)i, k),
			     .dst = two_realms_local((unsigned int)i, 0),
			     .sport = 40000,
			     .dport = sides[i][k].port,
			     .family = AF_INET,
			     .flags = flags,
			     .window = 64240,
			     .seq = 4 * k + (uint32_t)i,
			     .opts = { .has_mss = flags & PKT_SYN,
				       .mss = 1460 } };

	tx.dst.s6_addr[15] = sides[i][k].host;
	if (flags & PKT_ACK) {
		tx.seq++;
		tx.ack = 4 * k + (uint32_t)!i + 1;
	}
	return tx;
}

static void expect(int i, uint32_t k, uint8_t flags)
{
	static struct fake_pkt got;
	uint32_t seq = 4 * k + (uint32_t)!i + !(flags & PKT_SYN);

	if (!fake_tun_recv(client[i], &got, WAIT_MS))
		die("nothing came back");
	if (got.seg.flags != flags || got.seg.seq != seq ||
	    got.seg.ack != 4 * k + (uint32_t)i + 1 ||
	    got.seg.sport != sides[i][k].port)
		die("not what this client waits for");
}

static void send_one(int i, uint32_t k, uint8_t flags)
{
	struct pkt_tx tx = segment(i, k, flags);

	fake_tun_send(client[i], &tx);
}

static void meet(uint32_t k)
{
	for (int i = 0; i < 2; i++)
		send_one(i, k, PKT_SYN);
	for (int i = 0; i < 2; i++)
		expect(i, k, PKT_SYN | PKT_ACK);
	for (int i = 0; i < 2; i++)
		send_one(i, k, PKT_ACK);
	for (int i = 0; i < 2; i++)
		expect(i, k, PKT_ACK);
}

static void open_batch(uint32_t from, uint32_t n)
{
	for (uint32_t k = from; k < from + n; k++)
		for (int i = 0; i < 2; i++)
			add(i, k);
	take(PKT_EVT_DONE, 2 * n);
	for (uint32_t k = from; k < from + n; k++)
		meet(k);
	take(PKT_EVT_OPEN, 2 * n);
}

/* ---- the figure ---- */

static void touch(uint32_t n)
{
	for (int i = 0; i < 2; i++) {
		sides[i] = malloc(n * sizeof(*sides[i]));
		if (!sides[i])
			die("no memory");
		memset(sides[i], 0xff, n * sizeof(*sides[i]));
	}
}

int main(int argc, char **argv)
{
	uint32_t n = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	uint64_t before, after;

	if (!n || n > 1u << 20)
		die("usage: bench_pkt_memory SESSIONS (at most 1048576)");
	touch(n);
	start(n);
	before = resident();
	for (uint32_t k = 0; k < n; k += BATCH)
		open_batch(k, n - k < BATCH ? n - k : BATCH);
	after = resident();
	printf("%" PRIu32 " sessions open: resident %" PRIu64 " - %" PRIu64
	       " = %" PRIu64 " octets, %.1f per session (limit 512)\n",
	       n, after, before, after - before, (double)(after - before) / n);
	printf("entries: 2 x %zu octets; set-up block (pool, given back when "
	       "open): %zu\n",
	       sizeof(struct pkt_entry), sizeof(struct pkt_setup));
	pkt_engine_free(engine);
	return after - before > 512ull * n;
}
