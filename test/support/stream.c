/* test/support/stream.c - see stream.h */
#include "test/support/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD = 262139 };

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Octet i of the stream is octet i % PERIOD; twice, so that any chunk is
 * found in one piece. */
static uint8_t pattern[2 * PERIOD];

void stream_init(void)
{
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i % PERIOD * 31 + (i % PERIOD >> 8));
}

static void send_pattern(int s, uint64_t octets)
{
	for (uint64_t at = 0; at < octets;) {
		size_t n = octets - at < PERIOD ? octets - at : PERIOD;
		ssize_t done = send(s, pattern + at % PERIOD, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		at += (uint64_t)done;
	}
	shutdown(s, SHUT_WR);
}

static void receive_pattern(int s, struct stream_answer *a)
{
	static uint8_t buf[PERIOD];
	ssize_t n;

	while ((n = recv(s, buf, sizeof(buf), 0)) > 0) {
		a->is_wrong |= memcmp(buf, pattern + a->octets % PERIOD,
				      (size_t)n) != 0;
		a->octets += (uint64_t)n;
	}
	if (n < 0)
		a->error = errno;
}

void stream_transfer(int s, uint64_t octets, struct stream_answer *a)
{
	uint64_t start = now_us();
	struct tcp_info info;
	socklen_t len = sizeof(info);
	pid_t sender = fork();

	if (!sender) {
		send_pattern(s, octets);
		_exit(0);
	}
	receive_pattern(s, a);
	waitpid(sender, NULL, 0);
	a->us = now_us() - start;
	if (!getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &len))
		a->resent = info.tcpi_total_retrans;
}
