/*
 * h248/transport_tcp_int.h - what the files of the TCP transport share
 *
 * transport_tcp.c is the endpoint: who is connected, listening, sending;
 * transport_tcp_conn.c is the life of one connection.  Private to both.
 */
#pragma once

#include <event2/event.h>
#include <sys/queue.h>

#include "h248/transport_tcp.h"
#include "h248/transport_tls.h"

struct bufferevent;

struct tcp_conn {
	LIST_ENTRY(tcp_conn) entry;
	struct h248_tcp *t;
	struct sockaddr_storage peer;
	struct bufferevent *bev; /* NULL: closed, the timer says until when */
	struct event *timer; /* pause, or deadline of connection or message */
	struct h248_tls_watch watch;
	uint32_t pause_ms; /* the next one */
	bool is_ours;      /* opened by us; else accepted */
	bool is_up;        /* connected */
	bool is_full;      /* it does not read: ends when the timer is served */
};
LIST_HEAD(tcp_conns, tcp_conn);

struct evconnlistener;

struct h248_tcp {
	struct h248_tcp_params p;
	struct event_base *base;
	const struct h248_transport_hooks *hooks;
	void *arg;
	struct evconnlistener *listener; /* NULL: it connects */
	struct event *rest;              /* of a listener without descriptors */
	struct tcp_conns conns;
	unsigned int n_conns;
	uint64_t second;         /* of the last handshake that began */
	unsigned int handshakes; /* that began in it */
	struct h248_tcp_counters n;
};

/* A connection, not yet open, in the list of t.  NULL: no memory. */
struct tcp_conn *h248_tcp_conn_new(struct h248_tcp *t,
				   const struct sockaddr_storage *peer);
void h248_tcp_conn_free(struct tcp_conn *c);
/* Takes an accepted socket, also on error.  0, -ENOMEM. */
int h248_tcp_conn_accept(struct tcp_conn *c, int fd);
/* Starts to connect.  0, -EAGAIN (it rests), or what connect(2) says. */
int h248_tcp_conn_dial(struct tcp_conn *c);
/* A message to an open connection.  0, -EMSGSIZE, -ENOBUFS, -ENOMEM. */
int h248_tcp_conn_write(struct tcp_conn *c, const char *buf, size_t n);
