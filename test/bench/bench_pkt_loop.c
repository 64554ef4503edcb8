/*
 * test/bench/bench_pkt_loop.c - read, rewrite, write: the least a program can do
 *
 *	bench_pkt_loop CLIENT-A
 *
 * In the place of bench_pkt_gateway, with the same TUN devices and the same
 * rules of the host, for one session: 198.18.0.0 port 7001 is 10.78.2.2, seen
 * by it as 198.19.0.0 port 7001; the other way back to CLIENT-A port 40000.
 * Addresses, ports and checksums change by constants; nothing is looked up,
 * checked or counted.  Behind bulk it stays awake as the worker does.  What the
 * packet engine is compared with.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "packet/csum.h"
#include "packet/host.h"
#include "packet/translate.h"
#include "packet/tun.h"

enum {
	IP_CSUM = 10,
	IP_ADDRS = 12,
	TCP = 20,
	TCP_CSUM = TCP + 16,
	HEADERS = 40,
	BATCH = 64,
	ROOM = 65536 + 64,
	BULK = 16384,
	AWAKE_US = 300,
	ENDS = 12, /* octets of addresses and ports, which stand together */
};

/* Addresses and ports of a packet, as they stand in it. */
struct ends {
	uint32_t src, dst;
	uint16_t sport, dport;
};
_Static_assert(sizeof(struct ends) == ENDS, "as in the packet");

struct way {
	struct ends to;
	uint16_t addr_delta, full_delta;
};

static struct pkt_engine_cfg cfg = { .n_realms = 2, .owns_host = true };
static int fds[2];
static struct way ways[2];
static uint8_t room[ROOM];
static uint64_t awake_until_us;

static void die(const char *what)
{
	fprintf(stderr, "bench_pkt_loop: %s\n", what);
	exit(1);
}

static struct ends ends(uint32_t src, uint16_t sport, uint32_t dst,
			uint16_t dport)
{
	struct ends e = { htonl(src), htonl(dst), htons(sport), htons(dport) };

	return e;
}

static uint16_t delta(const struct ends *from, const struct ends *to, size_t n)
{
	uint16_t was = pkt_sum_fold(pkt_sum((const uint8_t *)from, n, 0));
	uint16_t is = pkt_sum_fold(pkt_sum((const uint8_t *)to, n, 0));

	return htons(pkt_csum_add((uint16_t)~was, is));
}

static void set_way(int i, struct ends from, struct ends to)
{
	ways[i].to = to;
	ways[i].addr_delta = delta(&from, &to, 8);
	ways[i].full_delta = delta(&from, &to, ENDS);
}

static void set_ways(uint32_t a)
{
	const uint32_t b = 0x0a4e0202, la = 0xc6120000, lb = 0xc6130000;

	set_way(0, ends(a, 40000, la, 7001), ends(lb, 7001, b, 7001));
	set_way(1, ends(b, 7001, lb, 7001), ends(la, 7001, a, 40000));
}

static void set_realm(int i)
{
	struct pkt_realm_cfg *r = &cfg.realm[i];
	uint32_t addr = htonl(i ? 0xc6130000 : 0xc6120000);
	char err[256];

	strcpy(r->tun, i ? "bgf-b" : "bgf-a");
	strcpy(r->iface[0], i ? "vb" : "va");
	r->n_ifaces = 1;
	memset(&r->prefix[0].addr.s6_addr[10], 0xff, 2);
	memcpy(&r->prefix[0].addr.s6_addr[12], &addr, 4);
	r->prefix[0].len = 128;
	r->n_prefixes = 1;
	r->table = 254;
	if (pkt_tun_open(r->tun, 1500, 1, -1, &fds[i], err, sizeof(err)))
		die(err);
}

static void start(const char *client)
{
	struct in_addr a;
	char err[256];

	if (inet_pton(AF_INET, client, &a) != 1)
		die(client);
	for (int i = 0; i < 2; i++)
		set_realm(i);
	set_ways(ntohl(a.s_addr));
	if (pkt_host_setup(&cfg, err, sizeof(err)))
		die(err);
}

static void update(uint8_t *at, uint16_t by)
{
	uint16_t csum;

	memcpy(&csum, at, 2);
	csum = pkt_csum_update(csum, by);
	memcpy(at, &csum, 2);
}

/* A partial one is the sum of the pseudo-header, not its complement. */
static void update_tcp(const struct virtio_net_hdr *vh, const struct way *way)
{
	uint16_t sum;

	if (!(vh->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)) {
		update(room + TCP_CSUM, way->full_delta);
		return;
	}
	memcpy(&sum, room + TCP_CSUM, 2);
	sum = pkt_csum_add(sum, way->addr_delta);
	memcpy(room + TCP_CSUM, &sum, 2);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int wait_ms(void)
{
	if (awake_until_us && now_us() < awake_until_us)
		return 0;
	awake_until_us = 0;
	return -1;
}

static void pass(int i)
{
	struct virtio_net_hdr vh;

	for (int k = 0; k < BATCH; k++) {
		ssize_t n = pkt_tun_read(fds[i], &vh, room, sizeof(room));

		if (n < HEADERS)
			return;
		if (n >= BULK)
			awake_until_us = now_us() + AWAKE_US;
		memcpy(room + IP_ADDRS, &ways[i].to, ENDS);
		update(room + IP_CSUM, ways[i].addr_delta);
		update_tcp(&vh, &ways[i]);
		if (pkt_tun_write(fds[!i], &vh, room, (size_t)n))
			die("cannot write");
	}
}

static void watch(int epoll_fd, int fd, uint32_t data)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = data };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev))
		die("epoll");
}

int main(int argc, char **argv)
{
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ready[3];
	int n = 0;

	if (argc != 2)
		die("usage: bench_pkt_loop CLIENT-A");
	start(argv[1]);
	for (uint32_t i = 0; i < 2; i++)
		watch(epoll_fd, fds[i], i);
	watch(epoll_fd, STDIN_FILENO, 2); /* its end is ours */
	printf("armed\n");
	fflush(stdout);
	for (;;) {
		n = epoll_wait(epoll_fd, ready, 3, wait_ms());
		for (int i = 0; i < n; i++) {
			if (ready[i].data.u32 == 2)
				goto out;
			pass((int)ready[i].data.u32);
		}
	}
out:
	pkt_host_cleanup(&cfg, true);
	return 0;
}
