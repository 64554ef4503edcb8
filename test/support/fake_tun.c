/* test/support/fake_tun.c - see fake_tun.h */
#include "test/support/fake_tun.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int fake_tun_pair(int fd[2])
{
	int octets = 4 << 20;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return -errno;
	for (int i = 0; i < 2; i++)
		(void)setsockopt(fd[i], SOL_SOCKET, SO_SNDBUF, &octets,
				 sizeof(octets));
	return fcntl(fd[0], F_SETFL, O_NONBLOCK) ? -errno : 0;
}

static void put(int fd, const struct virtio_net_hdr *vh, const uint8_t *head,
		size_t n_head, const uint8_t *data, size_t n)
{
	struct iovec iov[] = { { (void *)(uintptr_t)vh, sizeof(*vh) },
			       { (void *)(uintptr_t)head, n_head },
			       { (void *)(uintptr_t)data, n } };

	(void)!writev(fd, iov, 3);
}

void fake_tun_send(int fd, const struct pkt_tx *tx)
{
	static const struct virtio_net_hdr plain;
	uint8_t buf[PKT_SEG_MAX_BUILT];

	put(fd, &plain, buf, pkt_tx_build(tx, buf), NULL, 0);
}

uint16_t fake_pseudo_sum(const struct in6_addr *src, const struct in6_addr *dst,
			 size_t tcp_octets)
{
	size_t from = IN6_IS_ADDR_V4MAPPED(src) ? 12 : 0;
	uint32_t sum = IPPROTO_TCP + (uint32_t)tcp_octets;

	for (size_t i = from; i < 16; i += 2)
		sum += (uint32_t)(src->s6_addr[i] << 8 | src->s6_addr[i + 1]) +
		       (uint32_t)(dst->s6_addr[i] << 8 | dst->s6_addr[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void set16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* The header checksum of an IPv4 packet whose length has changed. */
static void set_ipv4_length(uint8_t *ip, size_t total)
{
	uint32_t sum = 0;

	set16(ip + 2, (uint32_t)total);
	set16(ip + 10, 0);
	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	set16(ip + 10, ~sum);
}

void fake_tun_send_data(int fd, const struct pkt_tx *tx,
			const struct virtio_net_hdr *vh, const uint8_t *data,
			size_t n)
{
	struct virtio_net_hdr h = *vh;
	uint8_t buf[PKT_SEG_MAX_BUILT];
	size_t head = pkt_tx_build(tx, buf);
	size_t l4 = tx->family == AF_INET ? 20 : 40;

	if (tx->family == AF_INET)
		set_ipv4_length(buf, head + n);
	else
		set16(buf + 4, (uint32_t)(head - l4 + n));
	set16(buf + l4 + 16,
	      fake_pseudo_sum(&tx->src, &tx->dst, head - l4 + n));
	h.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	h.hdr_len = (uint16_t)head;
	h.csum_start = (uint16_t)l4;
	h.csum_offset = 16;
	put(fd, &h, buf, head, data, n);
}

bool fake_tun_recv(int fd, struct fake_pkt *p, int ms)
{
	struct iovec iov[] = { { &p->vh, sizeof(p->vh) },
			       { p->octets, sizeof(p->octets) } };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&pfd, 1, ms) != 1)
		return false;
	n = readv(fd, iov, 2);
	if (n <= (ssize_t)sizeof(p->vh))
		return false;
	p->n = (size_t)n - sizeof(p->vh);
	return pkt_seg_parse(p->octets, p->n,
			     p->vh.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM,
			     p->vh.gso_type, &p->seg) == PKT_DROP_NONE;
}
