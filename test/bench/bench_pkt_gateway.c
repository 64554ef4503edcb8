/*
 * test/bench/bench_pkt_gateway.c - the packet engine with TUN, armed
 *
 *	bench_pkt_gateway SESSIONS TARGETS-A TARGETS-B
 *
 * For test/bench/rendezvous, in a network namespace with the interfaces va
 * (clients A) and vb (clients B): an engine with a realm on each, that owns
 * the host as that of bgfd does.  Arms SESSIONS rendezvous, writes "address
 * port" of each gate into the two files, says "armed", and ends when every
 * session was open and is over.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/engine.h"
#include "test/support/rdv_cfg.h"

enum { WAIT_MS = 60000, MAX = 30000 };

static struct pkt_engine *engine;

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_gateway: %s\n", what);
	pkt_engine_free(engine);
	exit(1);
}

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1)
		die("no address");
	return a;
}

static void start(uint32_t n)
{
	static struct pkt_engine_cfg cfg = { .n_realms = 2,
					     .n_workers = 1,
					     .owns_host = true };
	char err[256];

	cfg.max_rendezvous = n;
	for (int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg.realm[i];

		strcpy(r->name, i ? "b" : "a");
		strcpy(r->tun, i ? "bgf-b" : "bgf-a");
		strcpy(r->iface[0], i ? "vb" : "va");
		r->n_ifaces = 1;
		r->prefix[0].addr =
			addr(i ? "::ffff:198.51.100.8" : "::ffff:198.51.100.1");
		r->prefix[0].len = 128;
		r->n_prefixes = 1;
		r->table = 254;
		r->port_min = 1024;
		r->port_max = 65535;
		r->mtu = 1500;
	}
	if (pkt_engine_new(&cfg, &engine, err, sizeof(err)))
		die(err);
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

static struct pkt_gate_id add(int i, struct pkt_gate_id peer, FILE *targets)
{
	struct pkt_gate_cfg cfg = {
		.realm = (uint8_t)i,
		.rdv = { .commit = PKT_COMMIT_AUTO,
			 .release_rst = true,
			 .twait_s = 75,
			 RDV_CFG_TIMERS },
		.leg = { .family = AF_INET,
			 .mode = PKT_MODE_RX | PKT_MODE_TX,
			 .role = PKT_ROLE_MERGE,
			 .is_armed = true,
			 .mtu = 1500,
			 .from = { .addr = addr(i ? "::ffff:10.78.2.2" :
						    "::ffff:10.78.1.2"),
				   .prefix_len = 128,
				   .port_max = 65535 } },
	};
	struct pkt_gate_id id;
	char text[INET_ADDRSTRLEN];

	if (pkt_gate_add(engine, peer, &cfg, 0, &id))
		die("no gate");
	inet_ntop(AF_INET, &cfg.leg.local.s6_addr[12], text, sizeof(text));
	fprintf(targets, "%s %d\n", text, cfg.leg.local_port);
	return id;
}

static void arm(uint32_t n, const char *path_a, const char *path_b)
{
	FILE *a = fopen(path_a, "w"), *b = fopen(path_b, "w");
	struct pkt_gate_id none = { 0, 0 };

	if (!a || !b)
		die("cannot write the targets");
	for (uint32_t k = 0; k < n; k++) {
		add(1, add(0, none, a), b);
		take(PKT_EVT_DONE, 2);
	}
	if (fclose(a) || fclose(b))
		die("cannot write the targets");
}

int main(int argc, char **argv)
{
	uint32_t n = argc == 4 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	struct pkt_counters c;

	if (!n || n > MAX)
		die("usage: bench_pkt_gateway SESSIONS TARGETS-A TARGETS-B");
	start(n);
	arm(n, argv[2], argv[3]);
	printf("armed\n");
	fflush(stdout);
	take(PKT_EVT_CLOSED, 2 * n);
	pkt_engine_counters(engine, &c);
	printf("done %" PRIu64 " %" PRIu64 "\n", c.rx_pkts, c.tx_pkts);
	fflush(stdout);
	(void)getchar(); /* the script reads our processor time, then goes on */
	pkt_engine_free(engine);
	return 0;
}
