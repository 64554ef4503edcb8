/*
 * test/bench/bench_pkt_load.c - many TCP clients on two wires, made of packets
 *
 *	bench_pkt_load NS-A NS-B SESSIONS meet TARGETS-A TARGETS-B
 *	bench_pkt_load NS-A NS-B SESSIONS accept ADDRESS
 *
 * Plays both ends of SESSIONS connections on eth0 of two network namespaces.
 * meet: both ends connect to the address and port that the next line of their
 * targets says.  accept: A connects to ADDRESS, ports 7001 to 7016 in turn, and
 * B (10.78.2.2) accepts from whoever is seen there.  Client k of A is
 * 10.0.1.0 + k, that of B, unless it accepts, 11.0.1.0 + k; port 40000.  The
 * sequence numbers say of which session and side a segment is, so the way of
 * a packet is checked, and not trusted.
 *
 * Says "open"; then, for each line of standard input:
 *
 *	blast N	  N segments of A, with 10 octets each, frames of 64 octets; the
 *		  sessions take turns in a scattered order.  "blast SENT
 *		  ARRIVED NANOSECONDS": processor time of sending alone, in which
 *		  the kernel does what it does at once
 *	into N	  the same, but nothing is expected to arrive
 *	check N	  N rounds of all sessions, both directions, every packet looked at
 *		  on arrival: "check SENT RIGHT WRONG"
 */
#include "test/support/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	MAX = 1 << 20,
	BATCH = WIRE_BATCH, /* also sessions that open together */
	BURST = 256,        /* segments on their way */
	SEGMENTS = 64,      /* of a session, before it begins again */
	PORT = 40000,
	FIRST_PORT = 7001,
	PORTS = 16,
	STRIDE = 0x7fffffff, /* a prime: every session has its turn */
	PAUSE_NS = 20000,
	PATIENCE_S = 2,
	STEPS = 3,      /* of opening */
	TRIES = 100,    /* of each of them */
	AGAIN_MS = 100, /* between them */
};

/* One direction of a session: addresses and ports of what is sent. */
struct way {
	uint32_t src, dst;
	uint16_t sport, dport;
};

static uint32_t n_sessions;
static struct way *ways[2];
static struct wire wires[2];
static FILE *targets[2];
static uint32_t server; /* accept: A connects to it */

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- sessions ---- */

static uint32_t isn(int side, uint32_t k)
{
	return (k << 12) + (side ? 0x800 : 0);
}

static struct wire_seg segment(int side, uint32_t k, uint8_t flags)
{
	const struct way *w = &ways[side][k];
	struct wire_seg s = { .src = w->src,
			      .dst = w->dst,
			      .sport = w->sport,
			      .dport = w->dport,
			      .flags = flags,
			      .seq = isn(side, k) };

	if (!(flags & WIRE_SYN))
		s.seq++;
	if (flags & WIRE_ACK)
		s.ack = isn(!side, k) + 1;
	return s;
}

static struct wire_seg data(int side, uint32_t k, uint32_t round)
{
	struct wire_seg s = segment(side, k, WIRE_ACK | WIRE_PSH);

	s.payload = WIRE_PAYLOAD;
	s.seq += round % SEGMENTS * WIRE_PAYLOAD;
	return s;
}

static void read_target(FILE *f, struct way *w)
{
	char text[64];
	int port;

	if (fscanf(f, "%63s %d", text, &port) != 2 ||
	    inet_pton(AF_INET, text, &w->dst) != 1)
		die("too few targets");
	w->dst = ntohl(w->dst);
	w->dport = (uint16_t)port;
}

static void begin(uint32_t k)
{
	for (int i = 0; i < 2; i++) {
		struct way *w = &ways[i][k];

		w->src = (i ? 0x0b000100 : 0x0a000100) + k;
		w->sport = PORT;
		if (!server) {
			read_target(targets[i], w);
		} else if (!i) {
			w->dst = server;
			w->dport = (uint16_t)(FIRST_PORT + k % PORTS);
		}
	}
}

/* B learns from the first packet whom it talks to. */
static void learn(struct way *w, const struct wire_seg *syn)
{
	w->src = syn->dst;
	w->sport = syn->dport;
	w->dst = syn->src;
	w->dport = syn->sport;
}

/* Is it what this side waits for in its session? */
static bool is_mine(int side, const struct wire_seg *s, uint32_t k)
{
	const struct way *w = &ways[side][k];
	bool is_first = s->flags == WIRE_SYN;

	return s->is_sound && s->src == w->dst && s->dst == w->src &&
	       s->sport == w->dport && s->dport == w->sport &&
	       (is_first || s->ack == isn(side, k) + 1);
}

/* ---- opening ---- */

/* Sessions that take a step together. */
struct batch {
	uint32_t from, n;
	bool has[2][BATCH]; /* which side has heard what it waits for */
};

/* Flags of what each side says, and is to hear then; 0: nothing. */
struct step {
	uint8_t say[2], hear[2];
};

enum { SYN = WIRE_SYN, ACK = WIRE_ACK, SYN_ACK = WIRE_SYN | WIRE_ACK };

static const struct step meeting[] = { { { SYN, SYN }, { SYN_ACK, SYN_ACK } },
				       { { ACK, 0 }, { 0, ACK } },
				       { { 0, ACK }, { ACK, 0 } } },
			 accepting[] = { { { SYN, 0 }, { 0, SYN } },
					 { { 0, SYN_ACK }, { SYN_ACK, 0 } },
					 { { ACK, 0 }, { 0, ACK } } };

/* Of all sessions for which the step is not done. */
static void say(int side, const struct batch *b, uint8_t flags)
{
	for (uint32_t i = 0; i < b->n; i++) {
		struct wire_seg s = segment(side, b->from + i, flags);

		if (!b->has[0][i] || !b->has[1][i])
			wire_put(&wires[side], &s);
	}
	wire_flush(&wires[side]);
}

/* Until each of the batch has got a segment with these flags; false: some have
 * not, and nothing more comes. */
static bool hear(int side, struct batch *b, uint8_t flags)
{
	bool *has = b->has[side];
	uint32_t missing = b->n;
	struct wire_seg s;

	for (uint32_t i = 0; i < b->n; i++)
		missing -= has[i];
	while (missing && wire_get(&wires[side], &s)) {
		uint32_t i = (s.seq >> 12) - b->from;

		if (s.flags != flags || i >= b->n)
			continue;
		if (flags == SYN)
			learn(&ways[side][b->from + i], &s);
		if (!is_mine(side, &s, b->from + i))
			die("what came is not of its session");
		missing -= !has[i];
		has[i] = true;
	}
	return !missing;
}

/* What is not heard is said again, as clients do: whatever is measured here may
 * lose a frame of the opening. */
static void take(const struct step *step, struct batch *b)
{
	for (int i = 0; i < 2; i++)
		memset(b->has[i], !step->hear[i], sizeof(b->has[i]));
	for (int tries = 0; tries < TRIES; tries++) {
		bool is_done = true;

		for (int i = 0; i < 2; i++)
			if (step->say[i])
				say(i, b, step->say[i]);
		for (int i = 0; i < 2; i++)
			is_done &= hear(i, b, step->hear[i]);
		if (is_done)
			return;
	}
	die("a session does not open");
}

static void open_batch(uint32_t from, uint32_t n)
{
	const struct step *steps = server ? accepting : meeting;
	struct batch b = { .from = from, .n = n };

	for (uint32_t k = from; k < from + n; k++)
		begin(k);
	for (int i = 0; i < STEPS; i++)
		take(&steps[i], &b);
}

static void open_all(void)
{
	for (int i = 0; i < 2; i++)
		wire_listen(&wires[i], AGAIN_MS);
	for (uint32_t k = 0; k < n_sessions; k += BATCH)
		open_batch(k, n_sessions - k < BATCH ? n_sessions - k : BATCH);
	for (int i = 0; i < 2; i++)
		wire_listen(&wires[i], 0);
	printf("open\n");
	fflush(stdout);
}

/* ---- blast ---- */

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static time_t now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static uint32_t scattered(uint64_t i)
{
	return (uint32_t)(i * STRIDE % n_sessions);
}

/* Until n packets have come to B; false: they do not. */
static bool await(uint64_t n)
{
	const struct timespec pause = { 0, PAUSE_NS };
	time_t end = now_s() + PATIENCE_S;

	while (wire_arrived(&wires[1]) < n) {
		if (now_s() > end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static uint64_t send_some(uint64_t from, uint32_t n)
{
	uint64_t spent = 0;

	for (uint64_t i = from; i < from + n;) {
		uint64_t began;

		for (int b = 0; b < BATCH && i < from + n; b++, i++) {
			struct wire_seg s = data(0, scattered(i),
						 (uint32_t)(i / n_sessions));

			wire_put(&wires[0], &s);
		}
		began = cpu_ns();
		wire_flush(&wires[0]);
		spent += cpu_ns() - began;
	}
	return spent;
}

static void blast(uint64_t n, bool does_arrive)
{
	uint64_t before = wire_arrived(&wires[1]), spent = 0, sent = 0;
	bool is_there = true;

	while (sent < n && is_there) {
		uint32_t some = n - sent < BURST ? (uint32_t)(n - sent) : BURST;

		spent += send_some(sent, some);
		sent += some;
		if (does_arrive)
			is_there = await(before + sent);
	}
	printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	       does_arrive ? "blast" : "into", sent,
	       wire_arrived(&wires[1]) - before, spent);
}

/* ---- check ---- */

/* Which of the session's segments it is must be right, too. */
static bool is_right(int side, const struct wire_seg *s, uint32_t k,
		     uint32_t round)
{
	struct wire_seg want = data(!side, k, round);

	return is_mine(side, s, k) && s->seq == want.seq &&
	       s->flags == want.flags && s->payload == want.payload;
}

/* n sessions from the i-th on, in one direction. */
static uint32_t check_some(int from_side, uint64_t i, uint32_t n,
			   uint32_t round, uint64_t *wrong)
{
	static uint8_t got[MAX];
	uint32_t right = 0;
	struct wire_seg s;

	for (uint32_t j = 0; j < n; j++) {
		s = data(from_side, scattered(i + j), round);
		got[scattered(i + j)] = 0;
		wire_put(&wires[from_side], &s);
		if (j % BATCH == BATCH - 1 || j == n - 1)
			wire_flush(&wires[from_side]);
	}
	for (uint32_t j = 0; j < n && wire_get(&wires[!from_side], &s); j++) {
		uint32_t k = s.seq >> 12;

		if (k < n_sessions && is_right(!from_side, &s, k, round) &&
		    !got[k]++)
			right++;
		else
			(*wrong)++;
	}
	return right;
}

static void check(uint32_t rounds)
{
	uint64_t right = 0, wrong = 0, sent = 0;

	for (int i = 0; i < 2; i++)
		wire_listen(&wires[i], 1000 * PATIENCE_S);
	for (uint32_t round = 0; round < rounds; round++)
		for (uint64_t i = 0; i < n_sessions; i += BURST) {
			uint32_t n = n_sessions - i < BURST ?
					     (uint32_t)(n_sessions - i) :
					     BURST;

			for (int side = 0; side < 2; side++)
				right += check_some(side, i, n, round, &wrong);
			sent += 2 * n;
		}
	for (int i = 0; i < 2; i++)
		wire_listen(&wires[i], 0);
	printf("check %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", sent, right,
	       wrong);
}

/* ---- */

static void serve(void)
{
	char what[8];
	uint64_t n;

	while (scanf("%7s %" SCNu64, what, &n) == 2) {
		if (what[0] == 'c')
			check((uint32_t)n);
		else
			blast(n, what[0] == 'b');
		fflush(stdout);
	}
}

static void arguments(int argc, char **argv)
{
	if (argc < 6)
		die("usage");
	n_sessions = (uint32_t)strtoul(argv[3], NULL, 10);
	if (!n_sessions || n_sessions > MAX)
		die("SESSIONS");
	if (argv[4][0] == 'm' && argc == 7) {
		for (int i = 0; i < 2; i++)
			targets[i] = fopen(argv[5 + i], "r");
		if (!targets[0] || !targets[1])
			die("targets");
	} else if (inet_pton(AF_INET, argv[5], &server) != 1) {
		die(argv[5]);
	}
	server = ntohl(server);
}

int main(int argc, char **argv)
{
	arguments(argc, argv);
	for (int i = 0; i < 2; i++) {
		ways[i] = calloc(n_sessions, sizeof(*ways[i]));
		if (!ways[i])
			die("no memory");
		wire_open(&wires[i], argv[1 + i], i);
	}
	open_all();
	serve();
	return 0;
}
