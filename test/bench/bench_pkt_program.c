/*
 * test/bench/bench_pkt_program.c - what the fast path's program costs
 *
 *	bench_pkt_program SESSIONS MILLISECONDS
 *
 * In the gateway's namespace of test/bench/run.  The engine loads its programs
 * as ever, with its rules and routes; the entries are filled in by hand: each
 * output is the input of another session, in one scattered ring through all of
 * them, at the first gate of every other one, at the second one of the rest; where
 * the gates are says what the engine asks as well (berths.h).
 * BPF_PROG_TEST_RUN sends one packet round, as often as its TTL allows, again
 * and again; the program must say that it passed it each time.  "minimal
 * NANOSECONDS" (bpf/minimal.bpf.c, the same way), "program NANOSECONDS"; of one
 * session "xdp NANOSECONDS" (the program of XDP), of several "one NANOSECONDS"
 * (the same program, when all packets are of one of them) and "access
 * NANOSECONDS" of a read that waits for the one before, over as much memory as
 * the entries have and in as scattered an order: call by call in turn, so
 * that what the processor's clock does meets all of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "packet/berths.h"
#include "packet/csum.h"
#include "packet/engine.h"
#include "packet/seg.h"
#include "packet/slots.h"
#include "packet/translate.h"
#include "packet/translate_pkt.h"
#include "bench/minimal.skel.h"
#include "test/support/program_fd.h"
#include "test/support/two_realms.h"

enum {
	MAX = 1 << 20,
	MAPS_MAX = 16,
	TTL = 255,
	ROUNDS = 250, /* of one packet, until its TTL is used up */
	WARM_UP = 10, /* calls */
	CALLS_MAX = 1 << 16,
	HEADERS = 40,
	PAYLOAD = 10,
	TCP_CSUM = 36,       /* in the packet */
	CLIENT = 0x0a000100, /* of all sessions, in 10/8 */
	CLIENT_PORT = 40000,
	SEQ = 1000,
	ACK = 5000,
	WINDOW = 64240,
};

static struct pkt_engine *engine;
static uint32_t n_sessions;
static struct pkt_entry *entries;
static uint32_t *places; /* of slots */
static uint32_t *next;   /* the ring, by number of session */
/* Of a session: the gate of realm a, where packets come in, and of realm b. */
static struct pkt_berth (*berths)[2];
static uint32_t n_ring; /* sessions in it; the one behind is its own next */

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_program: %s\n", what);
	pkt_engine_free(engine);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- the engine, its program and its entries ---- */

static void start(void)
{
	static struct pkt_engine_cfg cfg;
	char err[256];

	two_realms_init(&cfg, n_sessions);
	two_realms_own_host(&cfg, PKT_FASTPATH_XDP);
	if (pkt_engine_new(&cfg, &engine, err, sizeof(err)))
		die(err);
}

static int program(const char *name)
{
	int fd = program_fd(name);

	if (fd < 0)
		die(pkt_engine_fastpath(engine));
	return fd;
}

/* If it is the map of this name, *at is where it is now. */
static void map_if(int fd, const struct bpf_map_info *map, const char *name,
		   void *at)
{
	void *p;

	if (strcmp(map->name, name))
		return;
	p = mmap(NULL, (size_t)map->max_entries * map->value_size,
		 PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("cannot map a map");
	memcpy(at, &p, sizeof(p));
}

static void find_entries(int prog)
{
	uint32_t ids[MAPS_MAX], n;
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX,
				      .map_ids = (uintptr_t)ids };
	struct bpf_map_info map;

	n = sizeof(info);
	if (bpf_obj_get_info_by_fd(prog, &info, &n))
		die("no program info");
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++) {
		int fd = bpf_map_get_fd_by_id(ids[i]);

		n = sizeof(map);
		memset(&map, 0, n);
		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &map, &n))
			die("no map info");
		map_if(fd, &map, "entries", &entries);
		map_if(fd, &map, "places", &places);
		close(fd);
	}
	if (!entries || !places)
		die("no entries");
}

/* ---- the ring ---- */

/* One cycle through all, by Sattolo's shuffle. */
static void make_ring(void)
{
	uint32_t *order = malloc(n_ring * sizeof(*order));

	next = malloc(n_sessions * sizeof(*next));
	if (!order || !next)
		die("no memory");
	srandom(4711);
	for (uint32_t i = 0; i < n_ring; i++)
		order[i] = i;
	for (uint32_t i = n_ring - 1; i > 0; i--) {
		uint32_t j = (uint32_t)random() % i, was = order[i];

		order[i] = order[j];
		order[j] = was;
	}
	for (uint32_t i = 0; i < n_ring; i++)
		next[order[i]] = order[(i + 1) % n_ring];
	if (n_ring < n_sessions)
		next[n_ring] = n_ring;
	free(order);
}

static uint32_t any(void *arg)
{
	(void)arg;
	return (uint32_t)random() << 16 ^ (uint32_t)random();
}

/* As the engine's own. */
static struct pkt_portpool *make_pool(const struct pkt_realm_cfg *r,
				      uint32_t *n_slots)
{
	struct pkt_portpool_cfg cfg = { .port_min = r->port_min,
					.port_max = r->port_max,
					.classes = 1,
					.first_slot = *n_slots,
					.n_homes = n_sessions,
					.random = any };
	struct in6_addr addrs[PKT_SLOT_ADDRS];
	struct pkt_slots slots;
	struct pkt_portpool *p;

	if (pkt_slots_init(&slots, r, *n_slots, n_slots))
		die("cannot lay out a realm");
	cfg.n_addrs = pkt_slots_n_addrs(&slots);
	for (uint32_t i = 0; i < cfg.n_addrs; i++)
		addrs[i] = pkt_slots_addr(&slots, i);
	cfg.addrs = addrs;
	p = pkt_portpool_new(&cfg);
	if (!p)
		die("no memory");
	return p;
}

/* The first gate of a session is in realm a, or in b; leg k % 2 is the one of a. */
static void take_berths(struct pkt_berths *all, struct pkt_portpool **pools,
			uint32_t k)
{
	uint32_t first = k % 2;
	struct pkt_berth_wish wish = { .pool = pools[first] };
	struct pkt_berth *second = &berths[k][!first];

	if (pkt_berths_first(all, &wish, &berths[k][first]))
		die("no first gate");
	wish.pool = pools[!first];
	second->rdv = berths[k][first].rdv;
	if (pkt_berths_second(all, &wish, second))
		die("no second gate");
}

static void make_berths(void)
{
	static struct pkt_engine_cfg cfg;
	struct pkt_berths all = { .has_homes = true,
				  .n_choice = PKT_BERTHS_CHOICE,
				  .random = any };
	struct pkt_portpool *pools[2];
	uint32_t n_slots = 0;

	two_realms_init(&cfg, n_sessions);
	for (int i = 0; i < 2; i++)
		pools[i] = make_pool(&cfg.realm[i], &n_slots);
	berths = calloc(n_sessions, sizeof(*berths));
	if (!berths || pkt_berths_init(&all, n_sessions))
		die("no memory");
	for (uint32_t k = 0; k < n_sessions; k++)
		take_berths(&all, pools, k);
	pkt_berths_end(&all);
	for (int i = 0; i < 2; i++)
		pkt_portpool_free(pools[i]);
}

/* The local end of session k in realm a. */
static struct pkt_local local(uint32_t k)
{
	struct pkt_local at = { berths[k][0].addr, htons(berths[k][0].port) };

	return at;
}

static void fill(struct pkt_entry *e, uint32_t sent, uint32_t acked)
{
	e->flags =
		PKT_ENTRY_USED | PKT_ENTRY_OPEN | PKT_ENTRY_RX | PKT_ENTRY_TX;
	e->kernel = PKT_KERNEL_PASS;
	e->snd_end = sent;
	e->last_ack = acked;
	e->max_end = sent + WINDOW;
	e->max_win = WINDOW;
}

static void make_sessions(void)
{
	struct pkt_local client = { two_realms_ipv4(CLIENT),
				    htons(CLIENT_PORT) };

	for (uint32_t k = 0; k < n_sessions; k++) {
		struct pkt_local at = local(k), to = local(next[k]);
		uint32_t place = pkt_place(berths[k][0].rdv, k % 2);
		struct pkt_entry *in = &entries[place];
		struct pkt_entry *out = &entries[place ^ 1];

		places[berths[k][0].slot] = place + 1;
		places[berths[k][1].slot] = (place ^ 1) + 1;
		fill(in, SEQ + PAYLOAD, ACK);
		fill(out, ACK, SEQ);
		in->peer_slot = berths[k][1].slot;
		out->peer_slot = berths[k][0].slot;
		in->remote = client.addr;
		in->remote_port_be = client.port_be;
		pkt_translate_set(in, &at, &client, &to);
		pkt_translate_set(out, &client, &at, &client);
	}
}

/* ---- running ---- */

/* A program, its packet as it came out of the last call, and what each took;
 * prog -1: reads of memory instead. */
struct course {
	const char *what;
	int prog;
	bool is_xdp;
	uint8_t frame[ETH_HLEN + HEADERS + PAYLOAD];
	uint64_t ns[CALLS_MAX];
};

/* The TTL and, with it, the sum of the IPv4 header. */
static void wind_up(uint8_t *frame)
{
	uint8_t *ip = frame + ETH_HLEN;
	uint16_t sum;

	ip[8] = TTL;
	memset(ip + 10, 0, 2);
	sum = htons((uint16_t)~pkt_sum_fold(pkt_sum(ip, 20, 0)));
	memcpy(ip + 10, &sum, 2);
}

/* Of the client, to session k; PAYLOAD octets of zero. */
static void first_packet(uint8_t *frame, uint32_t k)
{
	static const uint8_t head[ETH_HLEN] = { 2, 0, 0, 0, 0, 1, 2,
						0, 0, 0, 0, 2, 8, 0 };
	struct pkt_local to = local(k);
	struct pkt_tx tx = { .src = two_realms_ipv4(CLIENT),
			     .dst = to.addr,
			     .sport = CLIENT_PORT,
			     .dport = ntohs(to.port_be),
			     .family = AF_INET,
			     .flags = PKT_ACK,
			     .window = WINDOW,
			     .seq = SEQ,
			     .ack = ACK };
	uint8_t *ip = frame + ETH_HLEN;
	uint16_t sum;

	memcpy(frame, head, sizeof(head));
	pkt_tx_build(&tx, ip);
	ip[3] = HEADERS + PAYLOAD;
	memcpy(&sum, ip + TCP_CSUM, 2);
	sum = pkt_csum_update(sum, htons(PAYLOAD)); /* in the pseudo-header */
	memcpy(ip + TCP_CSUM, &sum, 2);
	wind_up(frame);
}

/* ROUNDS times, from the packet that came out of the last call on; nanoseconds
 * of one. */
static uint64_t run_once(struct course *c)
{
	struct __sk_buff skb = { .ifindex = if_nametoindex("va") };
	struct xdp_md md = { .ingress_ifindex = skb.ifindex,
			     .data_end = sizeof(c->frame) };
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = c->frame,
		.data_size_in = sizeof(c->frame),
		.data_out = c->frame,
		.data_size_out = sizeof(c->frame),
		.ctx_in = c->is_xdp ? (void *)&md : (void *)&skb,
		.ctx_size_in = c->is_xdp ? sizeof(md) : sizeof(skb),
		.repeat = ROUNDS,
	};
	uint8_t macs[12];

	memcpy(macs, c->frame, sizeof(macs));
	if (bpf_prog_test_run_opts(c->prog, &opts))
		die(strerror(errno));
	if (opts.retval != (c->is_xdp ? XDP_REDIRECT : TC_ACT_REDIRECT) ||
	    c->frame[ETH_HLEN + 8] != TTL - ROUNDS)
		die("the program did not pass it");
	memcpy(c->frame, macs, sizeof(macs));
	wind_up(c->frame);
	return opts.duration;
}

/* What a session has in the engine, and where the next one is. */
struct line {
	uint32_t next;
	uint8_t rest[2 * sizeof(struct pkt_entry) - 4];
};
static struct line *lines;

static void make_lines(void)
{
	lines = aligned_alloc(4096, MAX * sizeof(*lines));
	if (!lines)
		die("no memory");
	for (uint32_t k = 0; k < n_sessions; k++)
		lines[k].next = next[k];
}

/* ROUNDS reads, from where the last ones ended; nanoseconds of one. */
static uint64_t read_once(void)
{
	static uint32_t at;
	uint64_t began = now_ns();

	for (int i = 0; i < ROUNDS; i++)
		at = *(volatile uint32_t *)&lines[at].next;
	return (now_ns() - began) / ROUNDS;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static struct course courses[4];
static unsigned int n_courses;

static void add_course(const char *what, int prog, bool is_xdp, uint32_t k)
{
	struct course *c = &courses[n_courses++];

	c->what = what;
	c->prog = prog;
	c->is_xdp = is_xdp;
	first_packet(c->frame, k);
}

static void run_all(size_t n)
{
	for (unsigned int i = 0; i < n_courses; i++)
		courses[i].ns[n] = courses[i].prog < 0 ? read_once() :
							 run_once(&courses[i]);
}

/* Prints the medians of the calls; returns how many packets each had. */
static uint64_t measure(uint32_t ms)
{
	uint64_t end;
	size_t n = 0;

	for (int i = 0; i < WARM_UP; i++)
		run_all(0);
	end = now_ns() + n_courses * ms * UINT64_C(1000000);
	while (n < CALLS_MAX && now_ns() < end)
		run_all(n++);
	for (unsigned int i = 0; i < n_courses; i++) {
		uint64_t *ns = courses[i].ns;

		qsort(ns, n, sizeof(*ns), compare);
		printf("%s %" PRIu64 "\n", courses[i].what, ns[n / 2]);
	}
	return (n + WARM_UP) * ROUNDS;
}

/* Of XDP one session only, whose packets keep their checksum: of many one would
 * come to look like a partial one. */
static void measure_all(const struct minimal_bpf *m, int prog, uint32_t ms)
{
	struct pkt_counters before, after;
	uint64_t n;

	add_course("minimal", bpf_program__fd(m->progs.minimal), false, 0);
	add_course("program", prog, false, 0);
	if (n_ring < n_sessions) {
		add_course("one", prog, false, n_ring);
		add_course("access", -1, false, 0);
	} else {
		add_course("xdp", program("xdp"), true, 0);
	}
	pkt_engine_counters(engine, &before);
	n = measure(ms) * 2;
	pkt_engine_counters(engine, &after);
	if (after.fast[PKT_FAST_PASSED] - before.fast[PKT_FAST_PASSED] != n)
		die("not every packet was passed");
}

static struct minimal_bpf *load_minimal(void)
{
	struct minimal_bpf *m = minimal_bpf__open();
	struct pkt_local to = local(0);

	if (!m)
		die("no minimal program");
	m->rodata->src_be = htonl(CLIENT);
	memcpy(&m->rodata->dst_be, &to.addr.s6_addr[12], 4);
	m->rodata->sport_be = htons(CLIENT_PORT);
	m->rodata->dport_be = to.port_be;
	m->rodata->ifindex = if_nametoindex("vb");
	if (minimal_bpf__load(m))
		die("cannot load the minimal program");
	return m;
}

int main(int argc, char **argv)
{
	uint32_t ms = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	struct minimal_bpf *m;
	int prog;

	n_sessions = argc == 3 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	if (!n_sessions || n_sessions > MAX || !ms)
		die("usage: bench_pkt_program SESSIONS MILLISECONDS");
	n_ring = n_sessions > 1 ? n_sessions - 1 : 1;
	start();
	prog = program("media");
	find_entries(prog);
	make_ring();
	make_berths();
	make_sessions();
	m = load_minimal();
	make_lines();
	measure_all(m, prog, ms);
	minimal_bpf__destroy(m);
	free(lines);
	pkt_engine_free(engine);
	return 0;
}
