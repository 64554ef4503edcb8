/*
 * packet/tun.h - one TUN device with virtio headers
 *
 * IFF_VNET_HDR with checksum and segmentation offload: super-segments of up to
 * 64 KiB pass whole, and partial checksums are the rule.  Thread: opened by
 * control, read and written by the worker.
 */
#pragma once

#include <linux/virtio_net.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * An open, up, non-blocking device; name is created.
 *
 * In:      n: its queues; steering: descriptor of the program that says which
 *          packet goes to which (steering.h), -1: n is 1
 * Out:     fd: n descriptors
 * Returns: 0 or a negative errno, with one line in err; -ENOTSUP: it is the
 *          steering that the kernel does not do
 */
int pkt_tun_open(const char *name, uint16_t mtu, unsigned int n, int steering,
		 int *fd, char *err, size_t cap);

/* One packet: header in *vh, octets in buf.  Returns octets of the packet,
 * 0 when nothing is there, or a negative errno. */
ssize_t pkt_tun_read(int fd, struct virtio_net_hdr *vh, uint8_t *buf,
		     size_t cap);
int pkt_tun_write(int fd, const struct virtio_net_hdr *vh, const uint8_t *pkt,
		  size_t n);
