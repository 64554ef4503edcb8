/*
 * gateway/http_conn.c - how many connections there may be, and for how long
 *
 * evhttp 2.1 bounds neither: a client that sends an octet now and then keeps a
 * connection for ever, and one that asks on while it does not read is read
 * from without end.  So the bufferevents that evhttp works with are made
 * here and a reference to each is kept.  evhttp lets go of one by clearing
 * its callbacks, which is how the sweep knows; one that takes too long is told
 * that its time is over, and evhttp closes it.  While all places are taken,
 * nothing is accepted.
 */
#include <errno.h>
#include <string.h>

#include <event2/bufferevent.h>

#include "gateway/gw.h"
#include "gateway/http_int.h"

static const struct timeval every = { .tv_usec = 250000 };

/* evhttp has freed it; what we have is the last reference. */
static bool is_released(struct bufferevent *bev)
{
	bufferevent_event_cb on_event;

	bufferevent_getcb(bev, NULL, NULL, &on_event, NULL);
	return !on_event;
}

static void release(struct http_conns *c, unsigned int i)
{
	bufferevent_decref(c->conn[i].bev);
	c->conn[i].bev = NULL;
	c->n--;
}

static void cut(struct http_conns *c, unsigned int i)
{
	c->cut++;
	bufferevent_trigger_event(c->conn[i].bev,
				  BEV_EVENT_READING | BEV_EVENT_TIMEOUT, 0);
}

static void sweep(struct http_conns *c)
{
	uint64_t now_ms = gw_now_ms();

	for (unsigned int i = 0; i < HTTP_MAX_CONNECTIONS; i++) {
		if (!c->conn[i].bev)
			continue;
		if (!is_released(c->conn[i].bev) &&
		    now_ms >= c->conn[i].since_ms + HTTP_REQUEST_MS)
			cut(c, i);
		if (is_released(c->conn[i].bev))
			release(c, i);
	}
	if (c->n < HTTP_MAX_CONNECTIONS)
		evconnlistener_enable(c->listener);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct http_conns *c = arg;

	(void)fd, (void)what;
	sweep(c);
	if (c->n)
		evtimer_add(c->sweep, &every);
}

/* For evhttp, when a connection was accepted. */
static struct bufferevent *on_accept(struct event_base *base, void *arg)
{
	struct http_conns *c = arg;
	struct bufferevent *bev =
		bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	unsigned int i = 0;

	sweep(c);
	while (i < HTTP_MAX_CONNECTIONS && c->conn[i].bev)
		i++;
	if (!bev || i == HTTP_MAX_CONNECTIONS) /* never: not enabled then */
		return bev;
	bufferevent_incref(bev);
	bufferevent_setwatermark(bev, EV_READ, 0, HTTP_MAX_INPUT);
	/* An answer in two pieces would wait between them for an ACK that the
	 * other side delays. */
	(void)bufferevent_set_max_single_write(bev, HTTP_MAX_WRITE);
	c->conn[i].bev = bev;
	c->conn[i].since_ms = gw_now_ms();
	if (++c->n == HTTP_MAX_CONNECTIONS)
		evconnlistener_disable(c->listener);
	if (!evtimer_pending(c->sweep, NULL))
		evtimer_add(c->sweep, &every);
	return bev;
}

/* No descriptor left, for example: again when a connection was closed, or
 * somebody else closed something. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct http_conns *c = arg;

	evconnlistener_disable(listener);
	evtimer_add(c->sweep, &every);
}

int http_conns_init(struct http_conns *c, struct event_base *base,
		    struct evhttp *server, struct evconnlistener *listener)
{
	c->listener = listener;
	c->sweep = evtimer_new(base, on_sweep, c);
	if (!c->sweep)
		return -ENOMEM;
	evhttp_set_bevcb(server, on_accept, c);
	evconnlistener_set_error_cb(listener, on_accept_error);
	return 0;
}

void http_conns_asked(struct http_conns *c, struct bufferevent *bev)
{
	for (unsigned int i = 0; i < HTTP_MAX_CONNECTIONS; i++)
		if (c->conn[i].bev == bev)
			c->conn[i].since_ms = gw_now_ms();
}

void http_conns_fini(struct http_conns *c)
{
	if (c->sweep)
		event_free(c->sweep);
	c->sweep = NULL;
}

void http_conns_release(struct http_conns *c)
{
	for (unsigned int i = 0; i < HTTP_MAX_CONNECTIONS; i++)
		if (c->conn[i].bev)
			release(c, i);
}
