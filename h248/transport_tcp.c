/* h248/transport_tcp.c - see transport_tcp.h: the endpoint */
#include "h248/transport_tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "h248/addr.h"
#include "h248/transport_tcp_int.h"

enum { BACKLOG = 64, REST_S = 1 };

static struct tcp_conn *find(struct h248_tcp *t,
			     const struct sockaddr_storage *peer)
{
	struct tcp_conn *c;

	LIST_FOREACH (c, &t->conns, entry)
		if (h248_addr_eq(&c->peer, peer))
			return c;
	return NULL;
}

/* Closed connections only remember their pause. */
static bool make_room(struct h248_tcp *t)
{
	struct tcp_conn *c;

	if (t->n_conns < t->p.max_conns)
		return true;
	LIST_FOREACH (c, &t->conns, entry)
		if (!c->bev)
			break;
	if (c)
		h248_tcp_conn_free(c);
	return c;
}

static int open_to(struct h248_tcp *t, const struct sockaddr_storage *to,
		   struct tcp_conn **c)
{
	if (t->p.is_listening)
		return -ENOTCONN;
	if (!*c && !make_room(t)) {
		t->n.refused++;
		return -EAGAIN;
	}
	if (!*c)
		*c = h248_tcp_conn_new(t, to);
	return *c ? h248_tcp_conn_dial(*c) : -ENOMEM;
}

int h248_tcp_send(struct h248_tcp *t, const struct sockaddr_storage *to,
		  const char *buf, size_t n)
{
	struct tcp_conn *c = find(t, to);
	int rc = c && c->bev ? 0 : open_to(t, to, &c);

	return rc ? rc : h248_tcp_conn_write(c, buf, n);
}

/* Listening. */

static unsigned int count_of_source(struct h248_tcp *t,
				    const struct sockaddr_storage *peer)
{
	struct sockaddr_storage any = *peer;
	struct tcp_conn *c;
	unsigned int n = 0;

	LIST_FOREACH (c, &t->conns, entry) {
		*h248_addr_port(&any) = *h248_addr_port(&c->peer);
		n += h248_addr_eq(&c->peer, &any);
	}
	return n;
}

/* C46: a handshake costs more than who asks for it pays. */
static bool is_too_often(struct h248_tcp *t)
{
	struct timespec ts;

	if (!t->p.tls)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	if (t->second != (uint64_t)ts.tv_sec) {
		t->second = (uint64_t)ts.tv_sec;
		t->handshakes = 0;
	}
	return ++t->handshakes > t->p.max_handshakes;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd,
		      struct sockaddr *sa, int len, void *arg)
{
	struct h248_tcp *t = arg;
	struct sockaddr_storage peer = { 0 };
	struct tcp_conn *c = NULL;

	(void)listener;
	memcpy(&peer, sa, (size_t)len);
	if (t->n_conns < t->p.max_conns && !is_too_often(t) &&
	    count_of_source(t, &peer) < t->p.max_per_source)
		c = h248_tcp_conn_new(t, &peer);
	if (!c) {
		t->n.refused++;
		close(fd);
		return;
	}
	t->n.accepted++;
	if (h248_tcp_conn_accept(c, fd))
		h248_tcp_conn_free(c);
}

/* Without descriptors every turn would fail: those who wait, wait. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct timeval second = { REST_S, 0 };
	struct h248_tcp *t = arg;

	t->n.refused++;
	evconnlistener_disable(listener);
	evtimer_add(t->rest, &second);
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
	struct h248_tcp *t = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(t->listener);
}

static int bind_listener(struct h248_tcp *t, int fd)
{
	struct sockaddr_storage *local = &t->p.local;
	socklen_t len = sizeof(*local);
	int one = 1;

	if (local->ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)))
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)local, h248_addr_len(local)) ||
	    getsockname(fd, (struct sockaddr *)local, &len))
		return -errno;
	return 0;
}

static int start_listener(struct h248_tcp *t)
{
	int fd, rc;

	t->rest = evtimer_new(t->base, on_rested, t);
	if (!t->rest)
		return -ENOMEM;
	fd = socket(t->p.local.ss_family,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	rc = bind_listener(t, fd);
	if (!rc) {
		t->listener = evconnlistener_new(t->base, on_accept, t,
						 LEV_OPT_CLOSE_ON_FREE |
							 LEV_OPT_CLOSE_ON_EXEC,
						 BACKLOG, fd);
		rc = t->listener ? 0 : -errno;
	}
	if (rc) {
		close(fd);
		return rc;
	}
	evconnlistener_set_error_cb(t->listener, on_accept_error);
	return 0;
}

/* The address must be ours, as it will be needed at every connection. */
static int try_local(const struct sockaddr_storage *local)
{
	struct sockaddr_storage from = *local;
	int fd = socket(local->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = 0;

	if (fd < 0)
		return -errno;
	*h248_addr_port(&from) = 0;
	if (bind(fd, (const struct sockaddr *)&from, h248_addr_len(&from)))
		rc = -errno;
	close(fd);
	return rc;
}

/* Life. */

static void set_defaults(struct h248_tcp_params *p)
{
	p->message_ms = p->message_ms ? p->message_ms : 10000;
	p->retry_ms = p->retry_ms ? p->retry_ms : 500;
	p->retry_max_ms = p->retry_max_ms ? p->retry_max_ms : 8000;
	p->max_conns = p->max_conns ? p->max_conns : 64;
	p->max_per_source = p->max_per_source ? p->max_per_source : 16;
	p->max_handshakes = p->max_handshakes ? p->max_handshakes : 100;
	p->max_out_octets = p->max_out_octets ? p->max_out_octets : 1 << 20;
}

int h248_tcp_open(struct event_base *base, const struct h248_tcp_params *params,
		  const struct h248_transport_hooks *hooks, void *arg,
		  struct h248_tcp **out)
{
	struct h248_tcp *t = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		return -ENOMEM;
	t->p = *params;
	set_defaults(&t->p);
	t->base = base;
	t->hooks = hooks;
	t->arg = arg;
	LIST_INIT(&t->conns);
	rc = t->p.is_listening ? start_listener(t) : try_local(&t->p.local);
	if (rc) {
		h248_tcp_close(t);
		return rc;
	}
	*out = t;
	return 0;
}

void h248_tcp_close(struct h248_tcp *t)
{
	if (!t)
		return;
	while (!LIST_EMPTY(&t->conns))
		h248_tcp_conn_free(LIST_FIRST(&t->conns));
	if (t->listener)
		evconnlistener_free(t->listener);
	if (t->rest)
		event_free(t->rest);
	free(t);
}

const struct sockaddr_storage *h248_tcp_local(const struct h248_tcp *t)
{
	return &t->p.local;
}

void h248_tcp_local_to(struct h248_tcp *t, const struct sockaddr_storage *peer,
		       struct sockaddr_storage *out)
{
	struct tcp_conn *c = find(t, peer);
	socklen_t len = sizeof(*out);

	*out = t->p.local;
	if (c && c->bev)
		(void)getsockname(bufferevent_getfd(c->bev),
				  (struct sockaddr *)out, &len);
}

const struct h248_tcp_counters *h248_tcp_counters(const struct h248_tcp *t)
{
	return &t->n;
}
