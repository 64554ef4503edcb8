/* packet/links.c - see links.h */
#include "packet/links.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_NEWS = 1024 }; /* in one turn */

_Static_assert(PKT_MAX_REALMS <= 64, "a bit for each realm");

struct pkt_links {
	int news; /* netlink: something changed */
	int ask;  /* any socket: for the flags of an interface */
	unsigned int n_realms;
	struct {
		char iface[PKT_MAX_IFACES][IFNAMSIZ];
		unsigned int n;
	} realm[PKT_MAX_REALMS];
};

static int open_news(void)
{
	struct sockaddr_nl all = { .nl_family = AF_NETLINK,
				   .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	if (!bind(fd, (struct sockaddr *)&all, sizeof(all)))
		return fd;
	close(fd);
	return -EIO;
}

int pkt_links_new(const struct pkt_engine_cfg *cfg, struct pkt_links **out)
{
	struct pkt_links *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->n_realms = cfg->n_realms;
	for (unsigned int i = 0; i < cfg->n_realms; i++) {
		l->realm[i].n = cfg->realm[i].n_ifaces;
		memcpy(l->realm[i].iface, cfg->realm[i].iface,
		       sizeof(l->realm[i].iface));
	}
	l->news = open_news();
	l->ask = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->news < 0 || l->ask < 0) {
		pkt_links_free(l);
		return -EIO;
	}
	*out = l;
	return 0;
}

void pkt_links_free(struct pkt_links *l)
{
	if (!l)
		return;
	if (l->news >= 0)
		close(l->news);
	if (l->ask >= 0)
		close(l->ask);
	free(l);
}

int pkt_links_fd(const struct pkt_links *l)
{
	return l->news;
}

static bool is_up(const struct pkt_links *l, const char *iface)
{
	struct ifreq r = { 0 };

	memcpy(r.ifr_name, iface, sizeof(r.ifr_name));
	return !ioctl(l->ask, SIOCGIFFLAGS, &r) && r.ifr_flags & IFF_UP &&
	       r.ifr_flags & IFF_RUNNING;
}

static bool is_available(const struct pkt_links *l, unsigned int realm)
{
	unsigned int n = l->realm[realm].n;

	for (unsigned int i = 0; i < n; i++)
		if (is_up(l, l->realm[realm].iface[i]))
			return true;
	return !n;
}

/* What the news say is not read: they may be lost (ENOBUFS), the state is
 * not. */
static void drain(int fd)
{
	char buf[4096];

	for (unsigned int n = 0; n < MAX_NEWS; n++)
		if (recv(fd, buf, sizeof(buf), 0) < 0 && errno != ENOBUFS &&
		    errno != EINTR)
			return;
}

uint64_t pkt_links_read(struct pkt_links *l)
{
	uint64_t up = 0;

	drain(l->news);
	for (unsigned int i = 0; i < l->n_realms; i++)
		if (is_available(l, i))
			up |= UINT64_C(1) << i;
	return up;
}
