/*
 * h248/transport_tls.h - TLS around the connections of transport_tcp
 *
 * Both sides show certificates of a common authority, and the one who connects
 * checks the name of the other.  TLS 1.2 or later, no renegotiation, no
 * resumption, no compression; keys of more than 8192 bits are refused before
 * they are used, and so are long chains.  The files can be read again: connections that
 * are open stay as they are.  Thread: the one that runs the event base.
 */
#pragma once

#include <sys/socket.h>

#include "h248/types.h"

struct bufferevent;
struct event;
struct event_base;
struct h248_tls; /* opaque */

struct h248_tls_params {
	const char *certificate; /* ours and what leads to ca, PEM */
	const char *key;         /* of it, PEM */
	const char *ca;          /* whom we trust, PEM */
	/* Lists of revoked certificates, PEM: one of each authority in a chain;
	 * NULL or empty: none is asked. */
	const char *crl;
	/* What the certificate of the other one must be for; NULL or empty:
	 * its address when we connect, any when it does. */
	const char *name;
};

/* 0; -EINVAL with one line in err; -ENOMEM.  params are copied. */
int h248_tls_new(const struct h248_tls_params *params, struct h248_tls **out,
		 char *err, size_t cap);
/* Reads the files again, for handshakes from now on; on error the old ones
 * stay in use.  As h248_tls_new(). */
int h248_tls_reload(struct h248_tls *tls, char *err, size_t cap);
void h248_tls_free(struct h248_tls *tls);

/* Counts what a peer may do again and again inside one connection (C46). */
struct h248_tls_watch {
	struct event *alarm;  /* borrowed; made active when it is too much */
	uint64_t since_ms;    /* this minute began */
	unsigned int updates; /* of keys, received since then */
	bool is_too_much;     /* the caller closes it */
};

/* TLS on a socket that is connected or connecting to peer, or was accepted.
 * watch is borrowed, as long as the connection is; all but alarm is zero.
 * Returns new, which owns fd; NULL (memory): then it is still the caller's. */
struct bufferevent *h248_tls_wrap(struct h248_tls *tls, struct event_base *base,
				  int fd, const struct sockaddr_storage *peer,
				  bool is_accepted,
				  struct h248_tls_watch *watch);
/* Why TLS has ended it; empty: for no reason of TLS. */
void h248_tls_why(struct bufferevent *bev, char *buf, size_t cap);
