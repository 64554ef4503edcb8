/*
 * test/bench/bench_h248_load.c - whole sessions: ordered, called, taken back
 *
 * Usage: bench_h248_load [OPTION]... plain|gateway NETNS-A NETNS-B
 *
 *   --clients PATH  the program of the clients, bench_pkt_calls
 *   --window N      calls at the same time (512)
 *   --seconds S     how long calls are begun (2)
 *   --octets N      that A sends and B sends back (1000)
 *
 * Both ways have the same clients, one process in each namespace, and the same
 * loop: a call that is over makes room for the next.
 *
 *   plain    A calls 10.78.2.2, where B listens
 *   gateway  a controller, 127.0.0.1:2944 over UDP, in the namespace of the
 *            gateway: Add of a new context, Add, then A and B call what they
 *            were answered, then Subtract.  Notifies are answered
 *
 * A reply must have what was asked for and no error, and the statistics of the
 * Subtract the octets of the call; what is not so, and 10 s in which nothing
 * moves, end the program without a figure.  Prints "ready" when the first call
 * may begin, and at the end a line "result": calls that were over in time, the
 * seconds, all calls, Notifies, processor time of A, B and this program in ns,
 * and how long a call and its Subtract took in ms: half, 99 of 100, the slowest.
 * test/bench/load starts it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_WINDOW = 1024,
	MAX_MESSAGE = 4096,
	BATCH = 64,
	TEXT = 1 << 16,
	STALL_MS = 10000,
	SOCKET_OCTETS = 4 << 20,
	PORT = 2944,
	FIRST_PORT = 7001, /* of B, when it listens */
	PORTS = 8,
	FIRST_ID = 1000,
};

/* What stands in an Add; the events of both sides differ, as in
   test/scenarios/parts/reserve.xml. */
#define TERM(side, sam, events)                                             \
	"A=ip/1/" side "/${M{ST=1{O{MO=SR,ipdc/realm=\"" side ".example\"," \
	"gm/saf=ON,gm/sam=\"[" sam "]\"},L{\nv=0\nc=IN IP4 $\n"             \
	"m=message $ TCP -\na=setup:passive\n},R{\nv=0\nc=IN IP4 " sam "\n" \
	"m=message 9 TCP -\na=setup:active\n}}},E=" events                  \
	"},SG{ipnapt/latch{napt=LATCH}}}"

enum state { IDLE, ADDING_A, ADDING_B, CALLING, SUBTRACTING };

static const char *const commands[] = {
	[ADDING_A] = TERM("access", "10.78.1.2",
			  "2001{tcprv/syn,tcprv/est,tcprv/fail,tcprv/rel"),
	[ADDING_B] = TERM("core", "10.78.2.2", "2002{tcprv/syn,tcprv/fail"),
	[SUBTRACTING] = "S=*",
};

/* A place in the window, and the call that has it. */
struct call {
	enum state state;
	uint32_t id;          /* with the clients */
	uint32_t tid;         /* of its latest request */
	uint32_t ctx;         /* 0: nothing was answered yet */
	unsigned int n_over;  /* clients that are done */
	char gate[64];        /* of A: address and port */
	double begun, ending; /* when */
};

/* Durations, as many as there were. */
struct times {
	float *ms;
	size_t n, room;
};

/* One process of clients. */
struct side {
	pid_t pid;
	int fd;
	char in[TEXT], out[TEXT];
	size_t n_in, n_out;
	uint64_t cpu_ns;
};

static struct side sides[2];
static struct call calls[MAX_WINDOW];
static unsigned int window = 512;
static uint32_t octets = 1000;
static uint64_t n_done, n_notified;
static struct times whole, subtracts;
static bool is_plain, is_ending, is_registered;
static const char *program = "bench_pkt_calls";

static int udp = -1;
static char rx_text[BATCH][MAX_MESSAGE], tx_text[BATCH][MAX_MESSAGE];
static struct mmsghdr rx[BATCH], tx[BATCH];
static struct iovec rx_iov[BATCH], tx_iov[BATCH];
static unsigned int n_tx;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "bench_h248_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

_Noreturn static void bad(const char *what, const char *text)
{
	fprintf(stderr, "bench_h248_load: %s: %s\n", what, text);
	exit(1);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void keep(struct times *t, double since)
{
	if (t->n == t->room) {
		t->room = t->room ? 2 * t->room : MAX_WINDOW;
		t->ms = realloc(t->ms, t->room * sizeof(*t->ms));
		if (!t->ms)
			die("realloc");
	}
	t->ms[t->n++] = (float)(1000 * (now_s() - since));
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void show(struct times *t)
{
	if (!t->n) {
		printf(" 0 0 0");
		return;
	}
	qsort(t->ms, t->n, sizeof(*t->ms), by_value);
	printf(" %.3f %.3f %.3f", (double)t->ms[t->n / 2],
	       (double)t->ms[t->n * 99 / 100], (double)t->ms[t->n - 1]);
}

/* Clients. */

static void be_clients(int fd, const char *netns, bool is_a)
{
	char path[256], number[16], first[16], ports[16];
	int ns;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	snprintf(number, sizeof(number), "%" PRIu32, octets);
	snprintf(first, sizeof(first), "%d", FIRST_PORT);
	snprintf(ports, sizeof(ports), "%d", is_plain && !is_a ? PORTS : 0);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		die(path);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	execl(program, program, is_a ? "a" : "b", number, first, ports,
	      (char *)NULL);
	die(program);
}

static void start_clients(struct side *s, const char *netns)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		die("socketpair");
	s->pid = fork();
	if (s->pid < 0)
		die("fork");
	if (!s->pid)
		be_clients(fds[1], netns, s == &sides[0]);
	close(fds[1]);
	s->fd = fds[0];
	if (read(s->fd, s->in, TEXT) != (ssize_t)strlen("ready\n"))
		die("clients");
}

static void flush_orders(struct side *s)
{
	size_t done = 0;
	ssize_t n;

	for (; done < s->n_out; done += (size_t)n) {
		n = write(s->fd, s->out + done, s->n_out - done);
		if (n <= 0)
			die("order");
	}
	s->n_out = 0;
}

/* WHERE is "address port". */
static void order(struct side *s, const struct call *c, const char *where)
{
	if (s->n_out > TEXT - 256)
		flush_orders(s);
	s->n_out += (size_t)sprintf(s->out + s->n_out, "%" PRIu32 " %s\n",
				    c->id, where);
}

/* Messages. */

static void flush_messages(void)
{
	int n;

	for (unsigned int done = 0; done < n_tx; done += (unsigned int)n) {
		n = sendmmsg(udp, tx + done, n_tx - done, 0);
		if (n <= 0)
			die("sendmmsg");
	}
	n_tx = 0;
}

static char *message_begin(void)
{
	if (n_tx == BATCH)
		flush_messages();
	return stpcpy(tx_iov[n_tx].iov_base, "!/3 [127.0.0.1]:2944 ");
}

static void message_end(const char *end)
{
	struct iovec *v = &tx_iov[n_tx++];

	v->iov_len = (size_t)(end - (char *)v->iov_base);
}

/* The place of a call is the remainder of its ids. */
static void ask(struct call *c, enum state next)
{
	char *p = message_begin();

	if (c->ctx)
		p += sprintf(p, "K{%" PRIu32 "}", c->tid);
	c->tid += window;
	c->state = next;
	if (next == ADDING_A)
		p += sprintf(p, "T=%" PRIu32 "{C=$", c->tid);
	else
		p += sprintf(p, "T=%" PRIu32 "{C=%" PRIu32, c->tid, c->ctx);
	message_end(p + sprintf(p, "{%s}}", commands[next]));
}

static void begin(struct call *c)
{
	char where[64];

	c->id += window;
	c->n_over = 0;
	c->begun = now_s();
	if (!is_plain) {
		ask(c, ADDING_A);
		return;
	}
	c->state = CALLING;
	snprintf(where, sizeof(where), "10.78.2.2 %u",
		 FIRST_PORT + c->id % PORTS);
	order(&sides[0], c, where);
}

static void end(struct call *c)
{
	c->state = IDLE;
	keep(&whole, c->begun);
	n_done++;
	if (!is_ending)
		begin(c);
}

static const char *behind(const char *text, const char *word)
{
	const char *p = strstr(text, word);

	return p ? p + strlen(word) : NULL;
}

/* Address and port of the one Local of a reply. */
static void gate_of(const char *reply, char gate[64])
{
	char address[32];
	unsigned int port;
	const char *c = behind(reply, "c=IN IP4 "), *m;

	m = c ? behind(c, "m=message ") : NULL;
	if (!m || sscanf(c, "%31[0-9.]", address) != 1 ||
	    sscanf(m, "%u TCP", &port) != 1)
		bad("no gate", reply);
	snprintf(gate, 64, "%s %u", address, port);
}

static void on_added(struct call *c, const char *reply)
{
	char gate[64];

	if (c->state == ADDING_A) {
		gate_of(reply, c->gate);
		ask(c, ADDING_B);
		return;
	}
	gate_of(reply, gate);
	c->state = CALLING;
	order(&sides[0], c, c->gate);
	order(&sides[1], c, gate);
}

/* Each of both terminations: what it sent and received. */
static void on_subtracted(struct call *c, const char *reply)
{
	static const char *const names[] = { "nt/os=", "nt/or=" };
	const char *p;

	for (unsigned int i = 0; i < 2; i++) {
		p = reply;
		for (unsigned int n = 0; n < 2; n++) {
			p = behind(p, names[i]);
			if (!p || strtoul(p, NULL, 10) < octets)
				bad("statistics", reply);
		}
	}
	keep(&subtracts, c->ending);
	end(c);
}

static void on_reply(const char *reply)
{
	uint32_t tid = (uint32_t)strtoul(reply, NULL, 10);
	struct call *c = &calls[tid % window];
	const char *ctx = behind(reply, "{C=");
	uint32_t number = ctx ? (uint32_t)strtoul(ctx, NULL, 10) : 0;

	if (c->tid != tid || c->state == IDLE || c->state == CALLING)
		bad("a reply to nothing", reply);
	if (!number || strstr(reply, "ER=") ||
	    (c->state != ADDING_A && number != c->ctx))
		bad("refused", reply);
	c->ctx = number;
	if (c->state == SUBTRACTING)
		on_subtracted(c, ctx);
	else
		on_added(c, ctx);
}

/* The same commands, without what is inside them. */
static void on_notify(const char *request, uint32_t tid)
{
	const char *ctx = behind(request, "{C="), *term = behind(request, "N=");
	char *p = message_begin();

	if (!ctx || !term || strstr(request, "tcprv/fail"))
		bad("not a Notify of ours", request);
	n_notified++;
	p += sprintf(p, "P=%" PRIu32 "{C=%lu{N=%.*s}}", tid,
		     strtoul(ctx, NULL, 10), (int)strcspn(term, "{}"), term);
	message_end(p);
}

static void on_request(const char *request)
{
	uint32_t tid = (uint32_t)strtoul(request, NULL, 10);
	char *p;

	if (!strstr(request, "SC=ROOT")) {
		on_notify(request, tid);
		return;
	}
	p = message_begin();
	message_end(p +
		    sprintf(p, "P=%" PRIu32 "{C=-{SC=ROOT{SV{V=3}}}}", tid));
	is_registered = true;
}

/* One transaction of the gateway, acknowledgements before it aside. */
static void on_message(const char *text)
{
	const char *p;

	if ((p = behind(text, "P=")))
		on_reply(p);
	else if ((p = behind(text, "T=")))
		on_request(p);
}

static void take_messages(void)
{
	int n = recvmmsg(udp, rx, BATCH, MSG_DONTWAIT, NULL);

	for (int i = 0; i < n; i++) {
		rx_text[i][rx[i].msg_len] = '\0';
		on_message(rx_text[i]);
	}
}

/* Reports of clients. */

static void subtract(struct call *c)
{
	c->ending = now_s();
	ask(c, SUBTRACTING);
}

static void on_over(uint32_t id)
{
	struct call *c = &calls[id % window];

	errno = EPROTO;
	if (c->id != id || c->state != CALLING)
		die("a client speaks of no call");
	if (is_plain)
		end(c);
	else if (++c->n_over == 2)
		subtract(c);
}

static void take_reports(struct side *s)
{
	ssize_t n = read(s->fd, s->in + s->n_in, TEXT - 1 - s->n_in);
	char *line = s->in, *stop;

	errno = ECHILD;
	if (n <= 0)
		die("a client is gone");
	s->n_in += (size_t)n;
	s->in[s->n_in] = '\0';
	for (; (stop = strchr(line, '\n')); line = stop + 1)
		on_over((uint32_t)strtoul(line, NULL, 10));
	s->n_in -= (size_t)(line - s->in);
	memmove(s->in, line, s->n_in);
}

static void turn(void)
{
	struct pollfd p[] = {
		{ .fd = sides[0].fd, .events = POLLIN },
		{ .fd = sides[1].fd, .events = POLLIN },
		{ .fd = udp, .events = POLLIN },
	};

	if (poll(p, 3, STALL_MS) <= 0)
		die("nothing moves");
	for (unsigned int i = 0; i < 2; i++)
		if (p[i].revents)
			take_reports(&sides[i]);
	if (p[2].revents)
		take_messages();
	for (unsigned int i = 0; i < 2; i++)
		flush_orders(&sides[i]);
	flush_messages();
}

static bool is_busy(void)
{
	for (unsigned int i = 0; i < window; i++)
		if (calls[i].state != IDLE)
			return true;
	return false;
}

/* Calls that were over in time, and how long that was. */
static void run(double seconds, uint64_t *n, double *took)
{
	double began = now_s();

	for (unsigned int i = 0; i < window; i++) {
		calls[i].id = calls[i].tid = FIRST_ID * window + i;
		begin(&calls[i]);
	}
	for (unsigned int i = 0; i < 2; i++)
		flush_orders(&sides[i]);
	flush_messages();
	while (now_s() < began + seconds)
		turn();
	*took = now_s() - began;
	*n = n_done;
	is_ending = true;
	while (is_busy())
		turn();
}

static void end_clients(struct side *s)
{
	int status;
	ssize_t n;

	shutdown(s->fd, SHUT_WR);
	n = read(s->fd, s->in, TEXT - 1);
	s->in[n > 0 ? n : 0] = '\0';
	if (sscanf(s->in, "cpu %" SCNu64, &s->cpu_ns) != 1 ||
	    waitpid(s->pid, &status, 0) != s->pid || status)
		die("clients");
}

static void controller(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT) };
	int size = SOCKET_OCTETS;

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (udp < 0 || bind(udp, (struct sockaddr *)&to, sizeof(to)))
		die("bind");
	inet_pton(AF_INET, "127.0.0.2", &to.sin_addr);
	if (connect(udp, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	for (unsigned int i = 0; i < BATCH; i++) {
		rx_iov[i] = (struct iovec) { rx_text[i], MAX_MESSAGE - 1 };
		tx_iov[i] = (struct iovec) { tx_text[i], 0 };
		rx[i].msg_hdr.msg_iov = &rx_iov[i];
		tx[i].msg_hdr.msg_iov = &tx_iov[i];
		rx[i].msg_hdr.msg_iovlen = tx[i].msg_hdr.msg_iovlen = 1;
	}
	while (!is_registered)
		turn();
}

static void report(uint64_t n, double took)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	printf("result %" PRIu64 " %.3f %" PRIu64 " %" PRIu64 " %" PRIu64
	       " %" PRIu64 " %" PRIu64,
	       n, took, n_done, n_notified, sides[0].cpu_ns, sides[1].cpu_ns,
	       (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec);
	show(&whole);
	show(&subtracts);
	printf("\n");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "clients", required_argument, NULL, 'c' },
		{ "window", required_argument, NULL, 'w' },
		{ "seconds", required_argument, NULL, 's' },
		{ "octets", required_argument, NULL, 'o' },
		{ 0 },
	};
	double seconds = 2, took;
	uint64_t n;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'c')
			program = optarg;
		else if (c == 'w')
			window = (unsigned int)atoi(optarg);
		else if (c == 's')
			seconds = atof(optarg);
		else if (c == 'o')
			octets = (uint32_t)atoi(optarg);
		else
			return 2;
	}
	if (argc - optind != 3 || !window || window > MAX_WINDOW)
		return 2;
	is_plain = !strcmp(argv[optind], "plain");
	start_clients(&sides[0], argv[optind + 1]);
	start_clients(&sides[1], argv[optind + 2]);
	if (!is_plain)
		controller();
	printf("ready\n");
	fflush(stdout);
	run(seconds, &n, &took);
	end_clients(&sides[0]);
	end_clients(&sides[1]);
	report(n, took);
	return 0;
}
