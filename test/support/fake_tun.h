/*
 * test/support/fake_tun.h - a client behind a TUN device that is a socket
 *
 * A pair of SOCK_SEQPACKET sockets keeps packet borders and carries virtio
 * headers as a TUN device does, and needs no root.
 */
#pragma once

#include <linux/virtio_net.h>

#include "packet/seg.h"

/* One packet, as a client sees it. */
struct fake_pkt {
	struct virtio_net_hdr vh;
	uint8_t octets[66 * 1024];
	size_t n;
	struct pkt_seg seg; /* parsed */
};

/* fd[0] is the engine's, non-blocking; fd[1] the client's.  0, -errno. */
int fake_tun_pair(int fd[2]);

/* A segment without payload; all checksums are complete. */
void fake_tun_send(int fd, const struct pkt_tx *tx);
/* The same with n octets of payload, and a partial checksum. */
void fake_tun_send_data(int fd, const struct pkt_tx *tx,
			const struct virtio_net_hdr *vh, const uint8_t *data,
			size_t n);
/* Waits at most ms for one packet; false: none came, or it does not parse. */
bool fake_tun_recv(int fd, struct fake_pkt *p, int ms);

/* The sum over the pseudo-header of a TCP segment, not complemented. */
uint16_t fake_pseudo_sum(const struct in6_addr *src, const struct in6_addr *dst,
			 size_t tcp_octets);
