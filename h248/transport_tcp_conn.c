/*
 * h248/transport_tcp_conn.c - one connection: opening, reading, ending
 *
 *	closed      -dial->      connecting   (not while the pause lasts)
 *	connecting  -connected-> up
 *	            -failed, late-> closed    (pause, each time twice as long)
 *	up          -a message-> up           (the next pause is short again)
 *	            -ended by the peer, no TPKT, late, full-> closed
 *
 * An accepted connection begins up, and is gone instead of closed.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/util.h>

#include "h248/addr.h"
#include "h248/transport_tcp_int.h"
#include "h248/tpkt.h"

/* Until the kernel gives up a peer that acknowledges nothing: less than
 * T-MAX, so that the next registration finds a new connection. */
enum { DEAD_PEER_MS = 20000 };

static void say(const struct tcp_conn *c, int priority, const char *what)
{
	char line[160], peer[64];

	if (!c->t->hooks->log)
		return;
	h248_addr_str(&c->peer, peer, sizeof(peer));
	snprintf(line, sizeof(line), "connection with %s: %s", peer, what);
	c->t->hooks->log(c->t->arg, priority, line);
}

static void arm(struct tcp_conn *c, uint32_t ms)
{
	struct timeval tv = { (time_t)(ms / 1000),
			      (suseconds_t)(ms % 1000 * 1000) };

	evtimer_add(c->timer, &tv);
}

/* Random, in its upper half: many gateways do not return in step. */
static void rest(struct tcp_conn *c)
{
	uint32_t half = c->pause_ms / 2, r;

	evutil_secure_rng_get_bytes(&r, sizeof(r));
	arm(c, half + r % (half + 1));
	c->pause_ms *= 2;
	if (c->pause_ms > c->t->p.retry_max_ms)
		c->pause_ms = c->t->p.retry_max_ms;
}

static void end(struct tcp_conn *c, const char *why)
{
	struct h248_tcp *t = c->t;
	struct sockaddr_storage peer = c->peer;
	bool was_up = c->is_up;

	say(c, LOG_NOTICE, why);
	if (!c->is_ours) {
		h248_tcp_conn_free(c);
		return;
	}
	bufferevent_free(c->bev);
	c->bev = NULL;
	c->is_up = false;
	c->is_full = false;
	rest(c);
	if (was_up && t->hooks->lost)
		t->hooks->lost(t->arg, &peer);
}

/* What comes until the timer is served is not looked at. */
static bool is_ending(const struct tcp_conn *c)
{
	return c->is_full || c->watch.is_too_much;
}

/* One message out of the buffer: 1; 0: there is no whole one. */
static int take(struct tcp_conn *c, struct evbuffer *in)
{
	char head[H248_TPKT_HEADER];
	ev_ssize_t n = evbuffer_copyout(in, head, sizeof(head));
	int total = h248_tpkt_next(head, n > 0 ? (size_t)n : 0);
	const char *p;

	if (total <= 0)
		return total;
	if (evbuffer_get_length(in) < (size_t)total)
		return 0;
	p = (const char *)evbuffer_pullup(in, total);
	if (!p)
		return -ENOMEM;
	c->t->hooks->recv(c->t->arg, &c->peer, p + H248_TPKT_HEADER,
			  (size_t)total - H248_TPKT_HEADER);
	evbuffer_drain(in, (size_t)total);
	return 1;
}

/* The time for a message runs from its first octet, however many follow. */
static void on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct tcp_conn *c = arg;
	unsigned int n = 0;
	int rc = 0;

	while (!is_ending(c) && (rc = take(c, in)) > 0)
		n++;
	if (is_ending(c))
		return;
	if (rc == -EPROTO) {
		c->t->n.bad_header++;
		end(c, "closed: no TPKT header where one belongs");
		return;
	}
	if (rc) {
		end(c, "closed: out of memory");
		return;
	}
	if (n)
		c->pause_ms = c->t->p.retry_ms;
	if (n && !evbuffer_get_length(in))
		evtimer_del(c->timer);
	else if (n || !evtimer_pending(c->timer, NULL))
		arm(c, c->t->p.message_ms);
}

static void why_of(struct tcp_conn *c, short what, char *buf, size_t cap)
{
	buf[0] = '\0';
	if (c->t->p.tls)
		h248_tls_why(c->bev, buf, cap);
	if (buf[0])
		c->t->n.untrusted++;
	else if (what & BEV_EVENT_EOF)
		snprintf(buf, cap, "by the peer");
	else
		snprintf(buf, cap, "%s",
			 evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct tcp_conn *c = arg;
	char why[128], cause[96];

	if (what & BEV_EVENT_CONNECTED) {
		/* Accepted: a handshake; the time for a message runs. */
		if (!c->is_ours)
			return;
		c->is_up = true;
		c->t->n.opened++;
		evtimer_del(c->timer);
		say(c, LOG_INFO, "open");
		return;
	}
	if (evbuffer_get_length(bufferevent_get_input(bev)))
		c->t->n.cut++;
	if (!c->is_up)
		c->t->n.failed++;
	why_of(c, what, cause, sizeof(cause));
	snprintf(why, sizeof(why), "%s: %s", c->is_up ? "ended" : "not opened",
		 cause);
	end(c, why);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct tcp_conn *c = arg;

	(void)fd;
	(void)what;
	if (!c->bev) /* the pause is over: the next message opens it */
		return;
	if (c->is_full) {
		end(c, "closed: the peer does not read");
	} else if (c->watch.is_too_much) {
		c->t->n.untrusted++;
		end(c, "closed: too many updates of keys");
	} else if (!c->is_up) {
		c->t->n.failed++;
		end(c, "not opened: no answer");
	} else {
		c->t->n.late++;
		end(c, "closed: no whole message in time");
	}
}

struct tcp_conn *h248_tcp_conn_new(struct h248_tcp *t,
				   const struct sockaddr_storage *peer)
{
	struct tcp_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->timer = evtimer_new(t->base, on_timer, c);
	if (!c->timer) {
		free(c);
		return NULL;
	}
	c->t = t;
	c->peer = *peer;
	c->pause_ms = t->p.retry_ms;
	LIST_INSERT_HEAD(&t->conns, c, entry);
	t->n_conns++;
	return c;
}

void h248_tcp_conn_free(struct tcp_conn *c)
{
	LIST_REMOVE(c, entry);
	c->t->n_conns--;
	event_free(c->timer);
	if (c->bev)
		bufferevent_free(c->bev);
	free(c);
}

static void set_options(int fd)
{
	int one = 1, ms = DEAD_PEER_MS;

	/* Without them it works too, only later. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
}

/* Without an address it learns that the socket is connecting; a handshake waits
 * for that by itself.  Enabled behind it: a connection that cannot be heard would
 * be up, and silent for ever. */
static bool start(struct tcp_conn *c)
{
	if (c->is_ours && !c->t->p.tls &&
	    bufferevent_socket_connect(c->bev, NULL, 0))
		return false;
	return !bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* Takes fd, also on error. */
static int attach(struct tcp_conn *c, int fd)
{
	struct h248_tcp *t = c->t;

	set_options(fd);
	c->watch = (struct h248_tls_watch) { .alarm = c->timer };
	if (t->p.tls)
		c->bev = h248_tls_wrap(t->p.tls, t->base, fd, &c->peer,
				       !c->is_ours, &c->watch);
	else
		c->bev = bufferevent_socket_new(t->base, fd,
						BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev) {
		close(fd);
		return -ENOMEM;
	}
	bufferevent_setcb(c->bev, on_readable, NULL, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, H248_TPKT_MAX);
	if (!start(c)) {
		bufferevent_free(c->bev);
		c->bev = NULL;
		return -EIO;
	}
	arm(c, c->t->p.message_ms);
	return 0;
}

int h248_tcp_conn_accept(struct tcp_conn *c, int fd)
{
	c->is_up = true;
	return attach(c, fd);
}

/* A socket that connects, from the local address. */
static int dial_socket(const struct sockaddr_storage *local,
		       const struct sockaddr_storage *peer)
{
	struct sockaddr_storage from = *local;
	socklen_t len = h248_addr_len(peer);
	int fd, rc;

	*h248_addr_port(&from) = 0;
	fd = socket(peer->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	if (fd < 0)
		return -errno;
	if (!bind(fd, (const struct sockaddr *)&from, h248_addr_len(&from)) &&
	    (!connect(fd, (const struct sockaddr *)peer, len) ||
	     errno == EINPROGRESS))
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int h248_tcp_conn_dial(struct tcp_conn *c)
{
	int rc;

	if (evtimer_pending(c->timer, NULL))
		return -EAGAIN;
	c->is_ours = true;
	rc = dial_socket(&c->t->p.local, &c->peer);
	if (rc >= 0)
		rc = attach(c, rc);
	if (rc) {
		c->t->n.failed++;
		rest(c);
	}
	return rc;
}

int h248_tcp_conn_write(struct tcp_conn *c, const char *buf, size_t n)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);
	uint8_t head[H248_TPKT_HEADER];
	int rc = h248_tpkt_head(n, head);

	if (rc)
		return rc;
	if (is_ending(c))
		return -ENOBUFS;
	if (evbuffer_get_length(out) + n + sizeof(head) >
	    c->t->p.max_out_octets) {
		c->t->n.overflowed++;
		c->is_full = true;
		event_active(c->timer, EV_TIMEOUT, 0);
		return -ENOBUFS;
	}
	if (evbuffer_expand(out, n + sizeof(head)) ||
	    bufferevent_write(c->bev, head, sizeof(head)) ||
	    bufferevent_write(c->bev, buf, n))
		return -ENOMEM;
	return 0;
}
