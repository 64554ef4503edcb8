/*
 * test/bench/bench_pkt_clients.c - many TCP clients of one side, in one process
 *
 *	bench_pkt_clients a|b connect SESSIONS WINDOW TARGETS
 *	bench_pkt_clients a|b accept  SESSIONS WINDOW FIRST-PORT PORTS
 *
 * A session: B closes as soon as it is connected, A when it reads that.  So
 * each was open from end to end, and none carries payload.  WINDOW sessions
 * are there at a time.  Prints the processor time of this process, in
 * nanoseconds; what the kernel does for its packets is part of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READY = 256, BACKLOG = 4096, FD_MAX = 20000, WAIT_MS = 60000 };

static bool is_a;
static uint32_t n_sessions, window, n_begun, n_done;
static struct sockaddr_in *targets;
static bool is_listener[FD_MAX];
static int epoll_fd;

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_clients: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void watch(int op, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	if (fd >= FD_MAX || epoll_ctl(epoll_fd, op, fd, &ev))
		die("epoll");
}

static void begin(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	if (connect(fd, (struct sockaddr *)&targets[n_begun],
		    sizeof(*targets)) &&
	    errno != EINPROGRESS)
		die("connect");
	watch(EPOLL_CTL_ADD, fd, is_a ? EPOLLIN : EPOLLOUT);
	n_begun++;
}

static void fill_window(void)
{
	while (targets && n_begun < n_sessions && n_begun - n_done < window)
		begin();
}

static void take_new(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		close(fd);
		n_done++;
	}
	if (errno != EAGAIN)
		die("accept");
}

static void finish(int fd)
{
	close(fd);
	n_done++;
	fill_window();
}

static void on_connected(int fd)
{
	socklen_t n = sizeof(errno);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &n) || errno)
		die("connect");
	finish(fd);
}

static void on_closed(int fd)
{
	char octet;

	if (read(fd, &octet, 1))
		die("read");
	finish(fd);
}

static void run(void)
{
	struct epoll_event ev[READY];

	fill_window();
	while (n_done < n_sessions) {
		int n = epoll_wait(epoll_fd, ev, READY, WAIT_MS);

		if (n <= 0)
			die("nothing moves");
		for (int i = 0; i < n; i++) {
			int fd = ev[i].data.fd;

			if (is_listener[fd])
				take_new(fd);
			else if (ev[i].events & EPOLLOUT)
				on_connected(fd);
			else
				on_closed(fd);
		}
	}
}

static void load_targets(const char *path)
{
	FILE *f = fopen(path, "r");
	char text[64];
	int port;

	targets = calloc(n_sessions, sizeof(*targets));
	if (!f || !targets)
		die(path);
	for (uint32_t i = 0; i < n_sessions; i++) {
		if (fscanf(f, "%63s %d", text, &port) != 2)
			die("too few targets");
		targets[i].sin_family = AF_INET;
		targets[i].sin_port = htons((uint16_t)port);
		if (inet_pton(AF_INET, text, &targets[i].sin_addr) != 1)
			die(text);
	}
	fclose(f);
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
	is_listener[fd] = true;
}

int main(int argc, char **argv)
{
	struct timespec ts;

	if (argc < 6)
		die("usage");
	is_a = argv[1][0] == 'a';
	n_sessions = (uint32_t)strtoul(argv[3], NULL, 10);
	window = (uint32_t)strtoul(argv[4], NULL, 10);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!strcmp(argv[2], "connect"))
		load_targets(argv[5]);
	for (int i = 0; argc > 6 && i < atoi(argv[6]); i++)
		listen_on(atoi(argv[5]) + i);
	printf("ready\n");
	fflush(stdout);
	run();
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	printf("cpu %" PRIu64 "\n",
	       (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec);
	return 0;
}
