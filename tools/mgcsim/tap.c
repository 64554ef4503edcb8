/* mgcsim/tap.c - see tap.h */
#include "tools/mgcsim/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { HEADERS = 200, RECEIVE_BUFFER = 1 << 25, READS_AT_ONCE = 4096 };

/* Room for one more. */
static struct segment *place(struct tap *t)
{
	size_t cap = t->cap ? t->cap * 2 : 256;
	struct segment *more;

	if (t->n < t->cap)
		return &t->packet[t->n];
	if (t->n >= TAP_MAX)
		return NULL;
	more = realloc(t->packet, cap * sizeof(*more));
	if (!more)
		return NULL;
	t->packet = more;
	t->cap = cap;
	return &t->packet[t->n];
}

static void keep(struct tap *t, const uint8_t *buf, size_t n, bool is_out)
{
	struct segment *s = place(t);

	if (!s) {
		t->n_missed++;
		return;
	}
	if (!segment_read(s, buf, n))
		return;
	s->is_out = is_out;
	t->n++;
}

/* False: nothing more is there. */
static bool take(struct tap *t)
{
	struct sockaddr_ll from;
	socklen_t n_from = sizeof(from);
	uint8_t buf[HEADERS];
	ssize_t n = recvfrom(t->fd, buf, sizeof(buf), 0,
			     (struct sockaddr *)&from, &n_from);

	if (n < 0)
		return false;
	keep(t, buf, (size_t)n, from.sll_pkttype == PACKET_OUTGOING);
	return true;
}

static void take_most(struct tap *t, unsigned int most)
{
	for (unsigned int i = 0; i < most && take(t); i++)
		;
}

/* What had no room in the socket; the kernel counts from 0 again. */
static void count_dropped(struct tap *t)
{
	struct tpacket_stats s = { 0 };
	socklen_t n = sizeof(s);

	if (!getsockopt(t->fd, SOL_PACKET, PACKET_STATISTICS, &s, &n))
		t->n_missed += s.tp_drops;
}

void tap_read(struct tap *t)
{
	take_most(t, TAP_MAX);
	count_dropped(t);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct tap *t = arg;

	(void)fd;
	(void)what;
	take_most(t, READS_AT_ONCE); /* others have their turn */
	t->changed(t->arg);
}

static int open_on(struct tap *t, const struct tap_params *p)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL) };
	struct ifreq name = { 0 };
	int octets = RECEIVE_BUFFER;

	t->fd = network_socket(p->network, p->node, AF_PACKET, SOCK_DGRAM, 0);
	if (t->fd < 0)
		return t->fd;
	snprintf(name.ifr_name, sizeof(name.ifr_name), "%s", p->interface);
	if (ioctl(t->fd, SIOCGIFINDEX, &name))
		return -errno;
	at.sll_ifindex = name.ifr_ifindex;
	setsockopt(t->fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets));
	if (bind(t->fd, (struct sockaddr *)&at, sizeof(at)))
		return -errno;
	t->readable =
		event_new(p->base, t->fd, EV_READ | EV_PERSIST, on_readable, t);
	return t->readable && !event_add(t->readable, NULL) ? 0 : -ENOMEM;
}

int tap_start(const struct tap_params *p, struct tap **out)
{
	struct tap *t = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		return -ENOMEM;
	snprintf(t->name, sizeof(t->name), "%s", p->name);
	t->changed = p->changed;
	t->arg = p->arg;
	rc = open_on(t, p);
	if (rc)
		tap_free(t);
	else
		*out = t;
	return rc;
}

void tap_free(struct tap *t)
{
	if (t->readable)
		event_free(t->readable);
	if (t->fd >= 0)
		close(t->fd);
	free(t->packet);
	free(t);
}
