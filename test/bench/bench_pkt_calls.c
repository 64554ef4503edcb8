/*
 * test/bench/bench_pkt_calls.c - TCP clients of one side, ordered call by call
 *
 *	bench_pkt_calls a|b OCTETS [FIRST-PORT PORTS]
 *
 * A line "ID ADDRESS PORT" on standard input begins a connection; when it is
 * over, ID is a line on standard output.  With ports, connections are taken
 * there, too, which nobody is told of.  A call: A sends OCTETS, B sends back
 * what it reads and closes, A reads that to its end, compares it and closes.
 * Each call has octets of its own, so A knows that it has met a B that met
 * nobody else.  What goes wrong ends the program.  After the end of standard
 * input the last line is the processor time of this process in nanoseconds;
 * what the kernel does for its packets is part of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	READY = 256,
	BACKLOG = 4096,
	FD_MAX = 20000,
	OCTETS_MAX = 16384,
	TEXT = 1 << 16,
};

struct conn {
	uint32_t id;   /* 0: taken, not begun */
	uint32_t n_in; /* octets that were read */
	bool is_listener, is_connecting;
};

static bool is_a, is_over;
static uint32_t octets;
static struct conn conns[FD_MAX];
static int epoll_fd;
static char orders[TEXT], reports[TEXT];
static size_t n_orders, n_reports;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_calls %c: %s: %s\n", is_a ? 'a' : 'b', what,
		strerror(errno));
	exit(1);
}

static void watch(int op, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	if (fd >= FD_MAX || epoll_ctl(epoll_fd, op, fd, &ev))
		die("epoll");
}

static uint8_t octet_of(uint32_t id, uint32_t i)
{
	return (uint8_t)(i < sizeof(id) ? id >> (8 * i) : id + i);
}

static void flush_reports(void)
{
	size_t done = 0;
	ssize_t n;

	for (; done < n_reports; done += (size_t)n) {
		n = write(STDOUT_FILENO, reports + done, n_reports - done);
		if (n <= 0)
			die("report");
	}
	n_reports = 0;
}

static void finish(int fd)
{
	uint32_t id = conns[fd].id;

	close(fd);
	if (!id)
		return;
	if (n_reports > TEXT - 32)
		flush_reports();
	n_reports += (size_t)sprintf(reports + n_reports, "%" PRIu32 "\n", id);
}

static void begin(uint32_t id, const char *address, unsigned int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || fd >= FD_MAX)
		die("socket");
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		die(address);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
	    errno != EINPROGRESS)
		die("connect");
	conns[fd] = (struct conn) { .id = id, .is_connecting = is_a };
	watch(EPOLL_CTL_ADD, fd, is_a ? EPOLLOUT : EPOLLIN);
}

static void on_connected(int fd)
{
	uint8_t out[OCTETS_MAX];
	socklen_t n = sizeof(errno);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &n) || errno)
		die("connect");
	for (uint32_t i = 0; i < octets; i++)
		out[i] = octet_of(conns[fd].id, i);
	if (write(fd, out, octets) != (ssize_t)octets)
		die("write");
	conns[fd].is_connecting = false;
	watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void compare(struct conn *c, const uint8_t *in, uint32_t n)
{
	errno = EBADMSG;
	if (n > octets - c->n_in)
		die("too much has come");
	for (uint32_t i = 0; i < n; i++)
		if (in[i] != octet_of(c->id, c->n_in + i))
			die("octets of another call");
}

static void at_a(int fd, const uint8_t *in, uint32_t n)
{
	struct conn *c = &conns[fd];

	compare(c, in, n);
	c->n_in += n;
	if (n)
		return;
	if (c->n_in != octets)
		die("it ended too early");
	finish(fd);
}

static void at_b(int fd, const uint8_t *in, uint32_t n)
{
	struct conn *c = &conns[fd];

	errno = EPIPE;
	if (!n)
		die("the other side closes");
	if (write(fd, in, n) != (ssize_t)n)
		die("write");
	c->n_in += n;
	if (c->n_in >= octets)
		finish(fd);
}

static void on_octets(int fd)
{
	uint8_t in[OCTETS_MAX];
	ssize_t n = read(fd, in, sizeof(in));

	if (n < 0)
		die("read");
	(is_a ? at_a : at_b)(fd, in, (uint32_t)n);
}

static void take_new(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		watch(EPOLL_CTL_ADD, fd, EPOLLIN);
		conns[fd] = (struct conn) { 0 };
	}
	if (errno != EAGAIN)
		die("accept");
}

static void take_orders(void)
{
	ssize_t n = read(STDIN_FILENO, orders + n_orders,
			 sizeof(orders) - 1 - n_orders);
	char *line = orders, *end, address[64];
	unsigned int id, port;

	if (n < 0)
		die("orders");
	is_over = !n;
	n_orders += (size_t)n;
	orders[n_orders] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		if (sscanf(line, "%u %63s %u", &id, address, &port) != 3)
			die("order");
		begin(id, address, port);
	}
	n_orders -= (size_t)(line - orders);
	memmove(orders, line, n_orders);
}

static void on_ready(int fd)
{
	if (fd == STDIN_FILENO)
		take_orders();
	else if (conns[fd].is_listener)
		take_new(fd);
	else if (conns[fd].is_connecting)
		on_connected(fd);
	else
		on_octets(fd);
}

static void listen_on(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons((uint16_t)port) };

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) ||
	    listen(fd, BACKLOG))
		die("listen");
	watch(EPOLL_CTL_ADD, fd, EPOLLIN);
	conns[fd].is_listener = true;
}

int main(int argc, char **argv)
{
	struct epoll_event ev[READY];
	struct timespec ts;
	int n;

	if (argc < 3 || !(octets = (uint32_t)atoi(argv[2])) ||
	    octets > OCTETS_MAX)
		return 2;
	is_a = argv[1][0] == 'a';
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN);
	for (int i = 0; argc > 4 && i < atoi(argv[4]); i++)
		listen_on(atoi(argv[3]) + i);
	printf("ready\n");
	fflush(stdout);
	while (!is_over) {
		n = epoll_wait(epoll_fd, ev, READY, -1);
		for (int i = 0; i < n; i++)
			on_ready(ev[i].data.fd);
		flush_reports();
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	printf("cpu %" PRIu64 "\n",
	       (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec);
	return 0;
}
