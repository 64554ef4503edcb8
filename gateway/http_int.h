/*
 * gateway/http_int.h - between http.c (what is answered), http_conn.c (what
 * a connection may cost)
 */
#pragma once

#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "gateway/http.h"

enum {
	HTTP_MAX_CONNECTIONS = 32,
	HTTP_BACKLOG = 16,                    /* beside these, in the kernel */
	HTTP_MAX_HEADER = 8192,               /* octets */
	HTTP_MAX_INPUT = 2 * HTTP_MAX_HEADER, /* read ahead */
	HTTP_MAX_WRITE = 1 << 20,             /* with one call */
	HTTP_IDLE_S = 5,                      /* not one octet */
	HTTP_REQUEST_MS = 10000, /* to ask once and take the answer */
};

/* The connections of a server; it may be read, and is in struct gw_http. */
struct http_conns {
	struct evconnlistener *listener; /* of the evhttp */
	struct event *sweep;
	struct {
		struct bufferevent *bev; /* NULL: free */
		uint64_t since_ms;       /* of its request */
	} conn[HTTP_MAX_CONNECTIONS];
	unsigned int n;
	uint64_t cut;
};

/* Watches what comes in at a listener that evhttp has already.  0, -ENOMEM. */
int http_conns_init(struct http_conns *c, struct event_base *base,
		    struct evhttp *server, struct evconnlistener *listener);
void http_conns_fini(struct http_conns *c); /* before evhttp_free() */
/* A whole request came; the next one has its own time. */
void http_conns_asked(struct http_conns *c, struct bufferevent *bev);
/* After evhttp_free(): lets go of what is left. */
void http_conns_release(struct http_conns *c);
