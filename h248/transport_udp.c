/* h248/transport_udp.c - see transport_udp.h */
#include "h248/transport_udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "h248/addr.h"

enum {
	/* In a row, before other events have their turn: enough that what waits
	 * is known to the reader and not lost in the kernel, and no longer than
	 * half of what a turn may take (decision 24). */
	BATCH = 256,
	BATCH_US = 5000,
	SOCKET_OCTETS = 1 << 20, /* a burst of controllers must not be lost */
	IN_BATCH = 16,
	OUT_BATCH = 64,
	OUT_OCTETS = 2 * H248_MAX_MSG_OCTETS,
};

/* What came with one call; next of n is handed on next. */
struct in {
	unsigned int n, next;
	struct mmsghdr msg[IN_BATCH];
	struct iovec iov[IN_BATCH];
	struct sockaddr_storage from[IN_BATCH];
	char octets[IN_BATCH][H248_MAX_MSG_OCTETS + 1];
};

/* What leaves at the end of this turn of the loop. */
struct out {
	unsigned int n;
	size_t used; /* of octets */
	struct mmsghdr msg[OUT_BATCH];
	struct iovec iov[OUT_BATCH];
	struct sockaddr_storage to[OUT_BATCH];
	char octets[OUT_OCTETS];
};

struct h248_udp {
	int fd;
	struct event *readable, *flush;
	struct event *again; /* for what the last turn had no time for */
	int late_error;      /* of a datagram that had been taken */
	struct sockaddr_storage local;
	h248_udp_h *recv;
	void *arg;
	bool is_reading; /* inside the callback */
	bool is_closed;  /* by the callback: free when it returns */
	struct out out;
	struct in in;
};

/* One that cannot be sent does not keep the others. */
static void flush(struct h248_udp *u)
{
	struct out *o = &u->out;
	unsigned int done = 0;
	int n;

	while (done < o->n) {
		n = sendmmsg(u->fd, o->msg + done, o->n - done,
			     MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n <= 0)
			u->late_error = -errno;
		done += n > 0 ? (unsigned int)n : 1;
	}
	o->n = 0;
	o->used = 0;
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush(arg);
}

static void udp_free(struct h248_udp *u)
{
	flush(u);
	if (u->readable)
		event_free(u->readable);
	if (u->flush)
		event_free(u->flush);
	if (u->again)
		event_free(u->again);
	if (u->fd >= 0)
		close(u->fd);
	free(u);
}

/* False: nothing more to read now.  A datagram over the limit is cut off by
 * the kernel to one octet more than the limit, and dropped by the reader. */
static bool take(struct h248_udp *u)
{
	struct in *in = &u->in;
	int n;

	for (unsigned int i = 0; i < IN_BATCH; i++) {
		in->iov[i] =
			(struct iovec) { in->octets[i], sizeof(in->octets[i]) };
		in->msg[i].msg_hdr = (struct msghdr) {
			.msg_name = &in->from[i],
			.msg_namelen = sizeof(in->from[i]),
			.msg_iov = &in->iov[i],
			.msg_iovlen = 1,
		};
	}
	n = recvmmsg(u->fd, in->msg, IN_BATCH, MSG_DONTWAIT, NULL);
	in->next = 0;
	in->n = n > 0 ? (unsigned int)n : 0;
	return n > 0 ||
	       (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOMEM);
}

static void hand_on(struct h248_udp *u)
{
	struct in *in = &u->in;
	unsigned int i = in->next++;

	u->recv(u->arg, &in->from[i], in->octets[i], in->msg[i].msg_len);
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval at_once = { 0, 0 };
	uint64_t until_us = now_us() + BATCH_US;
	struct h248_udp *u = arg;

	(void)fd;
	(void)what;
	u->is_reading = true;
	for (int i = 0; i < BATCH && !u->is_closed && now_us() < until_us; i++)
		if (u->in.next < u->in.n)
			hand_on(u);
		else if (!take(u))
			break;
	u->is_reading = false;
	if (u->is_closed)
		udp_free(u);
	else if (u->in.next < u->in.n) /* the kernel does not tell of these */
		event_add(u->again, &at_once);
}

static int open_socket(struct h248_udp *u, const struct sockaddr_storage *local)
{
	socklen_t len = sizeof(u->local);
	int one = 1, size = SOCKET_OCTETS;

	u->fd = socket(local->ss_family,
		       SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (u->fd < 0)
		return -errno;
	if (local->ss_family == AF_INET6 &&
	    setsockopt(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)))
		return -errno;
	/* A smaller buffer than asked for is no reason not to start. */
	if (setsockopt(u->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		(void)setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &size,
				 sizeof(size));
	(void)setsockopt(u->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (bind(u->fd, (const struct sockaddr *)local, h248_addr_len(local)) ||
	    getsockname(u->fd, (struct sockaddr *)&u->local, &len))
		return -errno;
	return 0;
}

int h248_udp_open(struct event_base *base, const struct sockaddr_storage *local,
		  h248_udp_h *recv, void *arg, struct h248_udp **out)
{
	struct h248_udp *u = calloc(1, sizeof(*u));
	int rc;

	if (!u)
		return -ENOMEM;
	u->fd = -1;
	u->recv = recv;
	u->arg = arg;
	rc = open_socket(u, local);
	if (!rc) {
		u->readable = event_new(base, u->fd, EV_READ | EV_PERSIST,
					on_readable, u);
		u->flush = event_new(base, -1, 0, on_flush, u);
		u->again = evtimer_new(base, on_readable, u);
		if (!u->readable || !u->flush || !u->again ||
		    event_add(u->readable, NULL))
			rc = -ENOMEM;
	}
	if (rc) {
		udp_free(u);
		return rc;
	}
	*out = u;
	return 0;
}

void h248_udp_close(struct h248_udp *u)
{
	if (!u)
		return;
	if (u->is_reading)
		u->is_closed = true;
	else
		udp_free(u);
}

int h248_udp_send(struct h248_udp *u, const struct sockaddr_storage *to,
		  const char *buf, size_t n)
{
	struct out *o = &u->out;
	int late;

	if (n > H248_MAX_MSG_OCTETS)
		return -EMSGSIZE;
	if (o->n == OUT_BATCH || n > OUT_OCTETS - o->used)
		flush(u);
	memcpy(o->octets + o->used, buf, n);
	o->to[o->n] = *to;
	o->iov[o->n] = (struct iovec) { o->octets + o->used, n };
	o->msg[o->n].msg_hdr = (struct msghdr) {
		.msg_name = &o->to[o->n],
		.msg_namelen = h248_addr_len(to),
		.msg_iov = &o->iov[o->n],
		.msg_iovlen = 1,
	};
	o->used += n;
	if (!o->n++)
		event_active(u->flush, EV_TIMEOUT, 0);
	late = u->late_error;
	u->late_error = 0;
	return late;
}

const struct sockaddr_storage *h248_udp_local(const struct h248_udp *u)
{
	return &u->local;
}
