/* packet/tun.c - see tun.h */
#include "packet/tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdbool.h>
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

static int attach(int fd, const char *name, bool is_first, char *err,
		  size_t cap)
{
	struct ifreq ifr = { 0 };
	short flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE;
	unsigned int offload =
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
	int size = sizeof(struct virtio_net_hdr);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	/* Exclusive: a second gateway by mistake must not take over half of
	 * the flows of the first. */
	ifr.ifr_flags = (short)(flags | (is_first ? IFF_TUN_EXCL : 0));
	if (ioctl(fd, TUNSETIFF, &ifr))
		return fail(err, cap, name,
			    is_first ? "cannot create" : "cannot add a queue");
	if (ioctl(fd, TUNSETVNETHDRSZ, &size))
		return fail(err, cap, name, "cannot set the header size");
	if (ioctl(fd, TUNSETOFFLOAD, offload))
		return fail(err, cap, name, "cannot switch offloads on");
	return 0;
}

static int steer(int fd, const char *name, int steering, char *err, size_t cap)
{
	if (!ioctl(fd, TUNSETSTEERINGEBPF, &steering))
		return 0;
	(void)fail(err, cap, name, "cannot steer its queues");
	return -ENOTSUP;
}

static int open_queue(const char *name, bool is_first, int *fd, char *err,
		      size_t cap)
{
	*fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return fail(err, cap, name, "cannot open /dev/net/tun");
	return attach(*fd, name, is_first, err, cap);
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

int pkt_tun_open(const char *name, uint16_t mtu, unsigned int n, int steering,
		 int *fd, char *err, size_t cap)
{
	unsigned int n_open = 0;
	int rc = 0;

	while (!rc && n_open < n) {
		rc = open_queue(name, !n_open, &fd[n_open], err, cap);
		n_open++;
		if (!rc && n_open == 1 && n > 1)
			rc = steer(fd[0], name, steering, err, cap);
	}
	/* Nothing comes before every packet knows its queue. */
	if (!rc)
		rc = bring_up(name, mtu, err, cap);
	while (rc && n_open)
		if (fd[--n_open] >= 0)
			close(fd[n_open]);
	return rc;
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
