/* test/support/wire.c - see wire.h */
#include "test/support/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "test/support/rdv_pkt.h"

enum {
	ETH = 14,
	IP = ETH,
	TCP = IP + 20,
	HEADERS = TCP + 20,
	ROOM = 2048,
	BUFFER = 64 << 20,
};

static void die(const char *what)
{
	fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- octets ---- */

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

/* Of the TCP segment of n octets in the frame; modulo 0xffff. */
static uint32_t tcp_sum(const uint8_t *frame, size_t n)
{
	return (rdv_pkt_sum(frame + TCP, n) + rdv_pkt_sum(frame + IP + 12, 8) +
		IPPROTO_TCP + (uint32_t)n) %
	       0xffff;
}

/* ---- sending ---- */

static void build(uint8_t *f, const struct wire_seg *s)
{
	put16(f + IP + 2, HEADERS - IP + s->payload);
	put16(f + IP + 10, 0);
	put32(f + IP + 12, s->src);
	put32(f + IP + 16, s->dst);
	put16(f + IP + 10, 0xffff - rdv_pkt_sum(f + IP, 20));
	put16(f + TCP, s->sport);
	put16(f + TCP + 2, s->dport);
	put32(f + TCP + 4, s->seq);
	put32(f + TCP + 8, s->ack);
	f[TCP + 13] = s->flags;
	put16(f + TCP + 16, 0);
	put16(f + TCP + 16, 0xffff - tcp_sum(f, 20u + s->payload));
}

void wire_put(struct wire *w, const struct wire_seg *s)
{
	if (w->n == WIRE_BATCH)
		die("the batch is full");
	build(w->frame[w->n], s);
	w->octets[w->n++] = (uint16_t)(HEADERS + s->payload);
}

void wire_flush(struct wire *w)
{
	struct mmsghdr msgs[WIRE_BATCH] = { 0 };
	struct iovec iov[WIRE_BATCH];
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_IP),
				  .sll_ifindex = (int)w->ifindex,
				  .sll_halen = 6 };
	uint32_t done = 0;

	for (uint32_t i = 0; i < w->n; i++) {
		iov[i].iov_base = w->frame[i];
		iov[i].iov_len = w->octets[i];
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
		msgs[i].msg_hdr.msg_name = &to;
		msgs[i].msg_hdr.msg_namelen = sizeof(to);
	}
	while (done < w->n) {
		int n = sendmmsg(w->send_fd, msgs + done, w->n - done, 0);

		if (n <= 0)
			die("sendmmsg");
		done += (uint32_t)n;
	}
	w->n = 0;
}

/* ---- receiving ---- */

static bool parse(const uint8_t *f, size_t n, struct wire_seg *s)
{
	size_t octets;

	if (n < HEADERS || get16(f + 12) != ETH_P_IP || f[IP] != 0x45 ||
	    f[IP + 9] != IPPROTO_TCP)
		return false;
	octets = get16(f + IP + 2) - 20;
	s->src = get32(f + IP + 12);
	s->dst = get32(f + IP + 16);
	s->sport = (uint16_t)get16(f + TCP);
	s->dport = (uint16_t)get16(f + TCP + 2);
	s->seq = get32(f + TCP + 4);
	s->ack = get32(f + TCP + 8);
	s->flags = f[TCP + 13];
	s->is_sound = octets >= 20 && TCP + octets <= n &&
		      !rdv_pkt_sum(f + IP, 20) && !tcp_sum(f, octets);
	s->payload = (uint8_t)(octets - (size_t)(f[TCP + 12] >> 4) * 4);
	return true;
}

bool wire_get(struct wire *w, struct wire_seg *s)
{
	uint8_t room[ROOM];
	ssize_t n;

	do {
		n = recv(w->listen_fd, room, sizeof(room), 0);
	} while (n >= 0 && !parse(room, (size_t)n, s));
	return n >= 0;
}

uint64_t wire_arrived(struct wire *w)
{
	char text[4096], *at;
	uint64_t packets = 0;
	ssize_t n = pread(w->stat_fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = 0;
	at = strstr(text, "eth0:");
	if (!at || sscanf(at, "eth0: %*u %" SCNu64, &packets) != 1)
		die("no eth0");
	return packets;
}

/* ---- life ---- */

static int packet_socket(const struct wire *w, uint16_t protocol)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(protocol),
				  .sll_ifindex = (int)w->ifindex };
	/* Protocol 0 receives nothing until it is bound. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    (protocol && bind(fd, (struct sockaddr *)&at, sizeof(at))))
		die("packet socket");
	return fd;
}

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		die("setsockopt");
}

void wire_listen(struct wire *w, int patience_ms)
{
	struct timeval patience = { .tv_sec = patience_ms / 1000,
				    .tv_usec = patience_ms % 1000 * 1000 };
	int fd;

	close(w->listen_fd);
	w->listen_fd = -1;
	if (!patience_ms)
		return;
	setns(w->netns_fd, CLONE_NEWNET);
	/* All: it hears what a packet filter at ingress then drops. */
	fd = packet_socket(w, ETH_P_ALL);
	set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	set(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)))
		die("SO_RCVTIMEO");
	w->listen_fd = fd;
}

static void begin_frame(uint8_t *f, uint8_t side)
{
	memset(f, 0, WIRE_FRAME);
	for (int i = 0; i < 2; i++) {
		f[6 * i] = 2;
		f[6 * i + 4] = side;
		f[6 * i + 5] = (uint8_t)(i + 1);
	}
	put16(f + 12, ETH_P_IP);
	f[IP] = 0x45;
	f[IP + 6] = 0x40; /* do not fragment */
	f[IP + 8] = 64;
	f[IP + 9] = IPPROTO_TCP;
	f[TCP + 12] = 5 << 4;
	put16(f + TCP + 14, 64240);
}

void wire_open(struct wire *w, const char *netns, uint8_t side)
{
	char path[128];

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	w->netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (w->netns_fd < 0 || setns(w->netns_fd, CLONE_NEWNET))
		die(path);
	w->ifindex = if_nametoindex("eth0");
	w->stat_fd = open("/proc/thread-self/net/dev", O_RDONLY | O_CLOEXEC);
	if (!w->ifindex || w->stat_fd < 0)
		die("no eth0");
	w->send_fd = packet_socket(w, 0);
	set(w->send_fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
	w->listen_fd = -1;
	w->n = 0;
	for (int i = 0; i < WIRE_BATCH; i++)
		begin_frame(w->frame[i], side);
}
