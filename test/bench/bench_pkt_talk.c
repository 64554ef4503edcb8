/*
 * test/bench/bench_pkt_talk.c - one TCP client that sends, or asks
 *
 *	bench_pkt_talk SIDE connect ADDRESS PORT | SIDE accept ADDRESS PORT
 *
 * One real TCP connection; SIDE is a or b.  Says "ready" when it listens, or
 * at once, and "open" when it is connected.  A takes lines from standard input,
 * and closes with it:
 *
 *	bulk OCTETS	sends so many; "bulk NANOSECONDS" from the first octet
 *			until B has said that it has all
 *	ask TURNS	sends one octet and waits for one; "ask NANOSECONDS" of
 *			a turn, the median
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, TURNS_MAX = 1 << 20 };

static uint8_t chunk[CHUNK];

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_talk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void say(const char *what)
{
	printf("%s\n", what);
	fflush(stdout);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void send_all(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n) {
		ssize_t did = send(fd, at, n, MSG_NOSIGNAL);

		if (did <= 0)
			die("send");
		at += did;
		n -= (size_t)did;
	}
}

static void recv_all(int fd, void *p, size_t n)
{
	if (recv(fd, p, n, MSG_WAITALL) != (ssize_t)n)
		die("recv");
}

/* ---- A ---- */

/* What comes is so many octets for B to take, or to answer. */
static void announce(int fd, bool is_bulk, uint64_t n)
{
	uint64_t head[] = { is_bulk, n };

	send_all(fd, head, sizeof(head));
}

static void bulk(int fd, uint64_t octets)
{
	uint64_t began = now_ns(), got;

	announce(fd, true, octets);
	for (uint64_t left = octets; left;) {
		size_t n = left < CHUNK ? left : CHUNK;

		send_all(fd, chunk, n);
		left -= n;
	}
	recv_all(fd, &got, sizeof(got));
	if (got != octets)
		die("octets are missing");
	printf("bulk %" PRIu64 "\n", now_ns() - began);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void ask(int fd, uint64_t turns)
{
	static uint64_t ns[TURNS_MAX];
	uint8_t octet = 0;

	if (!turns || turns > TURNS_MAX)
		die("too many turns");
	announce(fd, false, turns);
	for (uint64_t i = 0; i < turns; i++) {
		uint64_t began = now_ns();

		octet = (uint8_t)i;
		send_all(fd, &octet, 1);
		recv_all(fd, &octet, 1);
		ns[i] = now_ns() - began;
		if (octet != (uint8_t)~i)
			die("the wrong answer");
	}
	qsort(ns, turns, sizeof(*ns), compare);
	printf("ask %" PRIu64 "\n", ns[turns / 2]);
}

static void talk_a(int fd)
{
	char what[8];
	uint64_t n;

	while (scanf("%7s %" SCNu64, what, &n) == 2) {
		if (what[0] == 'b')
			bulk(fd, n);
		else
			ask(fd, n);
		fflush(stdout);
	}
}

/* ---- B ---- */

static void answer(int fd, uint64_t turns)
{
	uint8_t octet;

	while (turns--) {
		recv_all(fd, &octet, 1);
		octet = (uint8_t)~octet;
		send_all(fd, &octet, 1);
	}
}

static void take(int fd, uint64_t octets)
{
	uint64_t got = 0;

	while (got < octets) {
		uint64_t left = octets - got;
		ssize_t n = recv(fd, chunk, left < CHUNK ? left : CHUNK, 0);

		if (n <= 0)
			die("recv");
		got += (uint64_t)n;
	}
	send_all(fd, &got, sizeof(got));
}

static void talk_b(int fd)
{
	uint64_t head[2];

	while (recv(fd, head, sizeof(head), MSG_WAITALL) == sizeof(head)) {
		if (head[0])
			take(fd, head[1]);
		else
			answer(fd, head[1]);
	}
}

/* ---- both ---- */

static int accept_one(int fd, const struct sockaddr_in *at)
{
	int on = 1, got;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (const struct sockaddr *)at, sizeof(*at)) || listen(fd, 8))
		die("listen");
	say("ready");
	got = accept(fd, NULL, NULL);
	if (got < 0)
		die("accept");
	close(fd);
	return got;
}

static int meet(char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(argv[4])) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || inet_pton(AF_INET, argv[3], &at.sin_addr) != 1)
		die(argv[3]);
	if (argv[2][0] == 'a') {
		fd = accept_one(fd, &at);
	} else {
		say("ready");
		if (connect(fd, (struct sockaddr *)&at, sizeof(at)))
			die("connect");
	}
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		die("TCP_NODELAY");
	say("open");
	return fd;
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 5)
		die("usage");
	memset(chunk, 0x5a, sizeof(chunk));
	fd = meet(argv);
	if (argv[1][0] == 'a')
		talk_a(fd);
	else
		talk_b(fd);
	close(fd);
	return 0;
}
