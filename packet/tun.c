/* packet/tun.c - see tun.h */
#include "packet/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Packets the kernel keeps while the worker is busy.  A burst that does not
 * fit is lost after a capture on the media interface has counted it. */
enum { QUEUE_PKTS = 10000 };

static int fail(char *err, size_t cap, const char *name, const char *what)
{
	int rc = -errno;

	snprintf(err, cap, "TUN device %s: %s: %s", name, what, strerror(-rc));
	return rc;
}

/* The kernel must not speak on it by itself: no router solicitations.  There
 * may be no IPv6. */
static void keep_silent(const char *name)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/addr_gen_mode",
		 name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)!write(fd, "1", 1); /* none */
	close(fd);
}

static int attach(int fd, const char *name, char *err, size_t cap)
{
	struct ifreq ifr = { 0 };
	short flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;
	unsigned int offload =
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
	int size = sizeof(struct virtio_net_hdr);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	/* Exclusive: a second gateway by mistake must not take over half of
	 * the flows of the first. */
	ifr.ifr_flags = (short)(flags | IFF_TUN_EXCL);
	if (ioctl(fd, TUNSETIFF, &ifr))
		return fail(err, cap, name, "cannot create");
	if (ioctl(fd, TUNSETVNETHDRSZ, &size))
		return fail(err, cap, name, "cannot set the header size");
	if (ioctl(fd, TUNSETOFFLOAD, offload))
		return fail(err, cap, name, "cannot switch offloads on");
	return 0;
}

static int bring_up(const char *name, uint16_t mtu, char *err, size_t cap)
{
	struct ifreq ifr = { .ifr_mtu = mtu };
	int rc = 0, s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0)
		return fail(err, cap, name, "socket");
	keep_silent(name);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (mtu && ioctl(s, SIOCSIFMTU, &ifr)) {
		rc = fail(err, cap, name, "cannot set the MTU");
		goto out;
	}
	ifr.ifr_qlen = QUEUE_PKTS;
	if (ioctl(s, SIOCSIFTXQLEN, &ifr)) {
		rc = fail(err, cap, name, "cannot set the queue length");
		goto out;
	}
	ifr.ifr_flags = IFF_UP | IFF_RUNNING | IFF_NOARP;
	if (ioctl(s, SIOCSIFFLAGS, &ifr))
		rc = fail(err, cap, name, "cannot bring it up");
out:
	close(s);
	return rc;
}

int pkt_tun_open(const char *name, uint16_t mtu, int *fd, char *err, size_t cap)
{
	int rc, f = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (f < 0)
		return fail(err, cap, name, "cannot open /dev/net/tun");
	rc = attach(f, name, err, cap);
	if (!rc)
		rc = bring_up(name, mtu, err, cap);
	if (rc) {
		close(f);
		return rc;
	}
	*fd = f;
	return 0;
}

ssize_t pkt_tun_read(int fd, struct virtio_net_hdr *vh, uint8_t *buf,
		     size_t cap)
{
	struct iovec iov[] = { { vh, sizeof(*vh) }, { buf, cap } };
	ssize_t n = readv(fd, iov, 2);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if ((size_t)n <= sizeof(*vh))
		return -EIO;
	return n - (ssize_t)sizeof(*vh);
}

int pkt_tun_write(int fd, const struct virtio_net_hdr *vh, const uint8_t *pkt,
		  size_t n)
{
	struct iovec iov[] = { { (void *)(uintptr_t)vh, sizeof(*vh) },
			       { (void *)(uintptr_t)pkt, n } };

	return writev(fd, iov, 2) < 0 ? -errno : 0;
}
