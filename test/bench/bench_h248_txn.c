/*
 * test/bench/bench_h248_txn.c - transactions per second of a gateway
 *
 * Usage: bench_h248_txn [OPTION]... udp|tcp GATEWAY-PID UDP-PID [TCP-PID]
 *        bench_h248_txn --echo udp|tcp
 *
 *   --pair         Add and Add in one transaction, then Subtract; without it
 *                  each of the three is one
 *   --window N     sessions at the same time (128)
 *   --seconds S    of each run (2)
 *   --runs N       of each peer, in turn (5)
 *
 * The first is a controller, 10.0.0.1:2944, with a closed loop: of each session
 * one transaction is out.  Its peers are the gateway, 10.0.0.2:2944, over UDP or
 * TCP, and the second form of this program: a loop that only receives and sends
 * datagrams of the same sizes, 10.0.0.2:2945, and with TCP also one that does it
 * with messages in TPKT, one by one.  They are measured in turn.  Every reply is
 * read: id, context, commands, no error; what is wrong or missing is a failure.
 * test/bench/txn starts it all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_WINDOW = 1024,
	MAX_MESSAGE = 2048,
	MAX_RUNS = 99,
	BATCH = 64,
	FIRST_ID = 100000000,
	PORT = 2944, /* and the next one for the echoes */
	MAX_PEERS = 3,
	TPKT = 4,
	STALL_MS = 3000,
	SOCKET_OCTETS = 4 << 20,
};

/* What a controller says behind "{C=$" or "{C=number". */
#define TERM(side, sam, far)                                                 \
	"A=ip/1/" side "/${M{ST=1{O{MO=SR,ipdc/realm=\"" side ".example\","  \
	"gm/saf=ON,gm/sam=\"[" sam "]\"},L{\nv=0\nc=IN IP4 $\n"              \
	"m=message $ TCP -\na=setup:passive\n},R{\nv=0\nc=IN IP4 " far "\n"  \
	"m=message 9 TCP -\na=setup:active\n}}},E=2001{tcprv/syn,tcprv/est," \
	"tcprv/fail,tcprv/rel},SG{ipnapt/latch{napt=LATCH}}}"
#define ACCESS TERM("access", "203.0.113.10", "10.1.0.2")
#define CORE TERM("core", "192.0.2.20", "10.2.0.2")
/* What a gateway answers, for the echo. */
#define LOCAL(side, addr)                                                   \
	"A=ip/1/" side "/1000000{M{ST=1{L{\nv=0\nc=IN IP4 198.51.100." addr \
	"\nm=message 30001 TCP -\na=setup:passive\n}}}}"
#define STATS(side)                                                         \
	"S=ip/1/" side "/1000000{SA{nt/dur=0,nt/os=0,nt/or=0,tcprv/syns=0," \
	"tcprv/synacks=0,tcprv/relatches=0,tcprv/estms=0,tcprv/drops=0}}"

struct step {
	const char *ask;   /* commands of the request */
	const char *reply; /* of the echo */
	unsigned int n_commands;
};

static const struct step three[] = {
	{ "{" ACCESS "}}", "{" LOCAL("access", "1") "}}", 1 },
	{ "{" CORE "}}", "{" LOCAL("core", "10") "}}", 1 },
	{ "{S=*}}", "{" STATS("access") "," STATS("core") "}}", 2 },
};
static const struct step two[] = {
	{ "{" ACCESS "," CORE "}}",
	  "{" LOCAL("access", "1") "," LOCAL("core", "10") "}}", 2 },
	{ "{S=*}}", "{" STATS("access") "," STATS("core") "}}", 2 },
};

static const struct step *steps = three;
static unsigned int n_steps = 3;

/* Octets that came and octets to send; messages of a datagram or of a TPKT. */
struct link {
	int fd;
	bool is_tcp;
	char *in, *out; /* TCP: a stream; UDP: BATCH places */
	size_t n_in, n_out;
	struct mmsghdr rx[BATCH], tx[BATCH];
	struct iovec rx_iov[BATCH], tx_iov[BATCH];
	unsigned int n_tx;
};

typedef void message_h(struct link *l, char *text, size_t n);

enum { STREAM_OCTETS = 1 << 20 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void link_init(struct link *l, int fd, bool is_tcp)
{
	int size = SOCKET_OCTETS, one = 1;

	*l = (struct link) { .fd = fd, .is_tcp = is_tcp };
	l->in = malloc(STREAM_OCTETS);
	l->out = malloc(STREAM_OCTETS);
	if (!l->in || !l->out)
		die("malloc");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (is_tcp)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (unsigned int i = 0; i < BATCH; i++) {
		l->rx_iov[i].iov_base = l->in + i * MAX_MESSAGE;
		l->rx_iov[i].iov_len = MAX_MESSAGE - 1;
		l->rx[i].msg_hdr.msg_iov = &l->rx_iov[i];
		l->rx[i].msg_hdr.msg_iovlen = 1;
		l->tx_iov[i].iov_base = l->out + i * MAX_MESSAGE;
		l->tx[i].msg_hdr.msg_iov = &l->tx_iov[i];
		l->tx[i].msg_hdr.msg_iovlen = 1;
	}
}

static void link_flush(struct link *l)
{
	size_t done = 0;
	ssize_t n;

	while (l->is_tcp && done < l->n_out) {
		n = send(l->fd, l->out + done, l->n_out - done, MSG_NOSIGNAL);
		if (n < 0)
			die("send");
		done += (size_t)n;
	}
	l->n_out = 0;
	if (l->n_tx && sendmmsg(l->fd, l->tx, l->n_tx, 0) != (int)l->n_tx)
		die("sendmmsg");
	l->n_tx = 0;
}

/* Where the next message is written; link_put() says how long it became. */
static char *link_place(struct link *l)
{
	if (l->n_tx == BATCH || l->n_out > STREAM_OCTETS - MAX_MESSAGE)
		link_flush(l);
	if (l->is_tcp)
		return l->out + l->n_out + TPKT;
	return l->tx_iov[l->n_tx].iov_base;
}

static void link_put(struct link *l, size_t n)
{
	uint8_t *head = (uint8_t *)l->out + l->n_out;

	if (!l->is_tcp) {
		l->tx_iov[l->n_tx++].iov_len = n;
		return;
	}
	n += TPKT;
	head[0] = 3;
	head[1] = 0;
	head[2] = (uint8_t)(n >> 8);
	head[3] = (uint8_t)n;
	l->n_out += n;
}

static void take_stream(struct link *l, message_h *handle)
{
	size_t at = 0, n;
	const uint8_t *p;
	char kept;

	while (l->n_in - at >= TPKT) {
		p = (const uint8_t *)l->in + at;
		n = (size_t)(p[2] << 8 | p[3]);
		if (l->n_in - at < n)
			break;
		kept = l->in[at + n]; /* the next message, or nothing yet */
		l->in[at + n] = '\0';
		handle(l, l->in + at + TPKT, n - TPKT);
		l->in[at + n] = kept;
		at += n;
	}
	memmove(l->in, l->in + at, l->n_in - at);
	l->n_in -= at;
}

/* What is there now; false: nothing came in time. */
static bool link_take(struct link *l, int wait_ms, message_h *handle)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	ssize_t r;
	int n;

	if (poll(&p, 1, wait_ms) <= 0)
		return false;
	if (l->is_tcp) {
		r = recv(l->fd, l->in + l->n_in, STREAM_OCTETS - 1 - l->n_in,
			 0);
		if (r <= 0)
			die("recv");
		l->n_in += (size_t)r;
		take_stream(l, handle);
		return true;
	}
	n = recvmmsg(l->fd, l->rx, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		char *text = l->rx_iov[i].iov_base;

		text[l->rx[i].msg_len] = '\0';
		handle(l, text, l->rx[i].msg_len);
	}
	return true;
}

/* Addresses. */

static struct sockaddr_in addr_of(const char *host, unsigned int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, host, &a.sin_addr);
	return a;
}

static int bound(int type, const char *host, unsigned int port)
{
	struct sockaddr_in a = addr_of(host, port);
	int fd = socket(AF_INET, type, 0), one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		die("bind");
	return fd;
}

static int connected(int fd, const char *host, unsigned int port)
{
	struct sockaddr_in a = addr_of(host, port);

	while (connect(fd, (struct sockaddr *)&a, sizeof(a))) {
		if (errno != ECONNREFUSED)
			die("connect");
		usleep(10000);
	}
	return fd;
}

/* The echo. */

static void echo_message(const char *in, char *out, size_t *n)
{
	const char *tid = strstr(in, "T="), *c = strstr(in, "{C=");
	const struct step *s = &three[1];

	if (!tid || !c)
		exit(1);
	if (c[3] == '$')
		s = strstr(c, "/core/$") ? &two[0] : &three[0];
	else if (c[strcspn(c + 1, "{") + 2] == 'S')
		s = &three[2];
	*n = (size_t)sprintf(out, "!/3 [10.0.0.2]:2944 P=%.9s{C=1000000%s",
			     tid + 2, s->reply);
}

/* One datagram in, one out. */
static void echo_udp(void)
{
	static char in[MAX_MESSAGE], out[MAX_MESSAGE];
	int fd = bound(SOCK_DGRAM, "10.0.0.2", PORT + 1), size = SOCKET_OCTETS;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t r;
	size_t n;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	while ((r = recvfrom(fd, in, sizeof(in) - 1, 0,
			     (struct sockaddr *)&from, &len)) >= 0) {
		in[r] = '\0';
		echo_message(in, out, &n);
		sendto(fd, out, n, 0, (struct sockaddr *)&from, len);
	}
	die("echo");
}

static void read_all(int fd, char *buf, size_t n)
{
	ssize_t r;

	for (; n; buf += r, n -= (size_t)r) {
		r = recv(fd, buf, n, 0);
		if (r <= 0)
			exit(0);
	}
}

/* One message in, one out. */
static void echo_tcp(void)
{
	static char in[MAX_MESSAGE], out[MAX_MESSAGE];
	uint8_t *head = (uint8_t *)in;
	int fd = connected(socket(AF_INET, SOCK_STREAM, 0), "10.0.0.1",
			   PORT + 1);
	int one = 1;
	size_t n;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (;;) {
		read_all(fd, in, TPKT);
		n = (size_t)(head[2] << 8 | head[3]) - TPKT;
		if (n >= sizeof(in) - TPKT)
			exit(1);
		read_all(fd, in + TPKT, n);
		in[TPKT + n] = '\0';
		echo_message(in + TPKT, out + TPKT, &n);
		n += TPKT;
		out[0] = 3;
		out[2] = (char)(n >> 8);
		out[3] = (char)n;
		if (send(fd, out, n, MSG_NOSIGNAL) != (ssize_t)n)
			exit(1);
	}
}

/* The controller. */

struct session {
	unsigned int step, ctx;
	unsigned int tid; /* of the latest request; never used again */
	bool is_out;
};

static struct session sessions[MAX_WINDOW];
static unsigned int window = 128;
static uint64_t n_done, n_failed, octets_out, octets_in, n_out, n_in;
static bool is_registered, is_ending;

static void ask(struct link *l, struct session *s)
{
	char *out = link_place(l), *p = out;

	p += sprintf(p, "!/3 [10.0.0.1]:2944 ");
	if (s->tid)
		p += sprintf(p, "K{%u}", s->tid);
	/* The session is the remainder of the id. */
	s->tid = s->tid ? s->tid + window :
			  FIRST_ID - FIRST_ID % window + window +
				  (unsigned int)(s - sessions);
	s->is_out = true;
	if (s->step)
		p += sprintf(p, "T=%u{C=%u", s->tid, s->ctx);
	else
		p += sprintf(p, "T=%u{C=$", s->tid);
	p = stpcpy(p, steps[s->step].ask);
	octets_out += (size_t)(p - out);
	n_out++;
	link_put(l, (size_t)(p - out));
}

static unsigned int count(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* The commands that were asked for, and no error. */
static bool is_good(struct session *s, const char *text)
{
	const char *c = strstr(text, "{C=");
	unsigned int ctx = c ? (unsigned int)strtoul(c + 3, NULL, 10) : 0;
	bool is_add = s->step + 1 < n_steps;

	if (!ctx || strstr(text, "ER=") || (s->step && ctx != s->ctx))
		return false;
	s->ctx = ctx;
	return count(c, is_add ? "A=ip/1/" : "S=ip/1/") ==
		       steps[s->step].n_commands &&
	       (is_add ? count(c, "c=IN IP4 198.51.100.") :
			 count(c, "nt/dur=")) == steps[s->step].n_commands;
}

static void registration(struct link *l, const char *text)
{
	const char *t = strstr(text, "T=");
	char *out = link_place(l);

	if (!t || !strstr(t, "SC=ROOT"))
		return;
	link_put(l, (size_t)sprintf(out,
				    "!/1 [10.0.0.1]:2944 P=%u{C=-{SC=ROOT{SV{"
				    "V=3}}}}",
				    (unsigned int)strtoul(t + 2, NULL, 10)));
	link_flush(l);
	is_registered = true;
}

static void on_reply(struct link *l, char *text, size_t n)
{
	const char *p = strstr(text, "P=");
	unsigned int tid = p ? (unsigned int)strtoul(p + 2, NULL, 10) : 0;
	struct session *s = &sessions[tid % window];

	if (!s->is_out || s->tid != tid) {
		registration(l, text);
		return;
	}
	octets_in += n;
	n_in++;
	n_done++;
	if (!is_good(s, p)) {
		if (!n_failed++)
			fprintf(stderr, "bad: %s\n", text);
		s->step = n_steps - 1;
	}
	s->step = (s->step + 1) % n_steps;
	s->is_out = false;
	if (!is_ending || s->step)
		ask(l, s);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of a process, seconds. */
static double cpu_s(const char *pid)
{
	unsigned long user = 0, system = 0;
	char path[64], line[1024], *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "r");
	if (!f || !fgets(line, sizeof(line), f) || !(p = strrchr(line, ')')) ||
	    sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		   &user, &system) != 2)
		die(path);
	fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

struct result {
	double rate, cpu_us;
};

/* Takes replies until the time is over; false: the peer has stalled. */
static bool go_on(struct link *l, double until)
{
	while (now_s() < until) {
		if (!link_take(l, STALL_MS, on_reply))
			return false;
		link_flush(l);
	}
	return true;
}

/* Each session comes to its end; what does not is a failure. */
static void drain(struct link *l)
{
	bool is_alive = true;

	is_ending = true;
	for (unsigned int i = 0; i < window; i++) {
		while (sessions[i].is_out && is_alive) {
			is_alive = link_take(l, STALL_MS, on_reply);
			link_flush(l);
		}
		n_failed += sessions[i].is_out;
	}
}

static struct result run(struct link *l, const char *pid, double seconds)
{
	double began = now_s(), cpu = cpu_s(pid);
	struct result r;

	n_done = 0;
	is_ending = false;
	for (unsigned int i = 0; i < window; i++) {
		sessions[i].step = 0;
		ask(l, &sessions[i]);
	}
	link_flush(l);
	if (!go_on(l, began + seconds))
		fprintf(stderr, "the peer has stalled\n");
	r.rate = (double)n_done / (now_s() - began);
	r.cpu_us = (cpu_s(pid) - cpu) * 1e6 / (double)(n_done ? n_done : 1);
	drain(l);
	return r;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double show(const char *what, double *v, unsigned int n, int digits)
{
	double median;

	qsort(v, n, sizeof(*v), by_value);
	median = n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
	printf("%-26s median %9.*f  min %9.*f  max %9.*f\n", what, digits,
	       median, digits, v[0], digits, v[n - 1]);
	return median;
}

static void peer_link(struct link *l, bool is_tcp, unsigned int port)
{
	int fd = bound(is_tcp ? SOCK_STREAM : SOCK_DGRAM, "10.0.0.1", port);

	if (is_tcp) {
		if (listen(fd, 1) || (fd = accept(fd, NULL, NULL)) < 0)
			die("accept");
	} else {
		connected(fd, "10.0.0.2", port);
	}
	link_init(l, fd, is_tcp);
}

/* What was seen of one peer. */
struct series {
	const char *name;
	struct link link;
	const char *pid;
	double rate[MAX_RUNS], cpu[MAX_RUNS], ratio[MAX_RUNS];
	uint64_t n, in, out;
};

static void one_run(struct series *s, unsigned int i, double seconds)
{
	struct result r;

	n_in = n_out = octets_in = octets_out = 0;
	r = run(&s->link, s->pid, seconds);
	s->rate[i] = r.rate;
	s->cpu[i] = r.cpu_us;
	s->n += n_in;
	s->in += octets_in;
	s->out += octets_out;
}

static void report(struct series *s, unsigned int n_peers, unsigned int runs)
{
	char what[64];

	for (unsigned int p = 0; p < n_peers; p++) {
		printf("%s: %lu replies, octets of a request %lu, of a reply "
		       "%lu\n",
		       s[p].name, (unsigned long)s[p].n,
		       (unsigned long)(s[p].out / s[p].n),
		       (unsigned long)(s[p].in / s[p].n));
		show("  transactions/s", s[p].rate, runs, 0);
		show("  processor us for each", s[p].cpu, runs, 2);
		if (!p)
			continue;
		snprintf(what, sizeof(what), "  gateway to %s", s[p].name);
		show(what, s[p].ratio, runs, 3);
	}
	printf("failures: %lu\n", (unsigned long)n_failed);
}

static void measure(struct series *s, unsigned int n_peers, unsigned int runs,
		    double seconds)
{
	for (unsigned int i = 0; i < runs; i++)
		for (unsigned int p = 0; p < n_peers; p++) {
			one_run(&s[p], i, seconds);
			s[p].ratio[i] = s[0].rate[i] / s[p].rate[i];
		}
	report(s, n_peers, runs);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "echo", required_argument, NULL, 'e' },
		{ "pair", no_argument, NULL, 'p' },
		{ "window", required_argument, NULL, 'w' },
		{ "seconds", required_argument, NULL, 's' },
		{ "runs", required_argument, NULL, 'r' },
		{ 0 },
	};
	static struct series peer[MAX_PEERS] = {
		{ .name = "gateway" },
		{ .name = "datagrams" },
		{ .name = "TPKT" },
	};
	unsigned int runs = 5, n_peers;
	double seconds = 2;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'e') {
			strcmp(optarg, "tcp") ? echo_udp() : echo_tcp();
		} else if (c == 'p') {
			steps = two;
			n_steps = 2;
		} else if (c == 'w') {
			window = (unsigned int)atoi(optarg);
		} else if (c == 's') {
			seconds = atof(optarg);
		} else if (c == 'r') {
			runs = (unsigned int)atoi(optarg);
		} else {
			return 2;
		}
	}
	n_peers = (unsigned int)(argc - optind) - 1;
	if (argc - optind < 3 || n_peers > MAX_PEERS || !window ||
	    window > MAX_WINDOW || !runs || runs > MAX_RUNS)
		return 2;
	for (unsigned int p = n_peers; p--;) {
		peer[p].pid = argv[optind + 1 + (int)p];
		peer_link(&peer[p].link,
			  p == 2 || (!p && !strcmp(argv[optind], "tcp")),
			  p ? PORT + 1 : PORT);
	}
	while (!is_registered) {
		link_take(&peer[0].link, -1, on_reply);
		link_flush(&peer[0].link);
	}
	measure(peer, n_peers, runs, seconds);
	return n_failed != 0;
}
