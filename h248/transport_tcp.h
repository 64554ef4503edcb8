/*
 * h248/transport_tcp.h - H.248 over TCP with TPKT (H.248.1 Annex D.2), or TLS
 *
 * One endpoint for any number of peers, each with one connection.  A gateway
 * opens it by sending, from the local address and a port of the kernel's
 * choice; after a failure it stays closed for a time that doubles, and what is
 * sent meanwhile is left to the repetition of requests.  A controller listens.
 * The process ignores SIGPIPE.  Thread: the one that runs the event base.
 */
#pragma once

#include "h248/transport.h"

struct h248_tcp; /* opaque */
struct h248_tls; /* h248/transport_tls.h */

/* A value of 0 means the default that stands behind it. */
struct h248_tcp_params {
	struct sockaddr_storage local;
	bool is_listening;      /* else it connects */
	uint32_t message_ms;    /* to connect, and for a whole message; 10000 */
	uint32_t retry_ms;      /* closed after the first failure; 500 */
	uint32_t retry_max_ms;  /* 8000 */
	unsigned int max_conns; /* 64 */
	unsigned int max_per_source; /* accepted from one address; 16 */
	unsigned int max_handshakes; /* accepted with tls in a second; 100 */
	size_t max_out_octets;       /* waiting for one peer; 1 MiB */
	struct h248_tls *tls;        /* borrowed; NULL: none */
};

struct h248_tcp_counters {
	uint64_t opened, accepted;
	uint64_t failed;     /* that never came up */
	uint64_t untrusted;  /* refused by TLS, on either side */
	uint64_t refused;    /* over a limit */
	uint64_t bad_header; /* closed: not TPKT */
	uint64_t late;       /* closed: no whole message in time */
	uint64_t cut;        /* ended by the peer inside a message */
	uint64_t overflowed; /* closed: it does not read */
};

/* As h248_transport_open(). */
int h248_tcp_open(struct event_base *base, const struct h248_tcp_params *params,
		  const struct h248_transport_hooks *hooks, void *arg,
		  struct h248_tcp **out);
void h248_tcp_close(struct h248_tcp *t);

/* 0; -EAGAIN (not connected, and too early to try again), -EMSGSIZE, -ENOBUFS
 * (the peer does not read: its connection ends), -ENOTCONN (listening, and
 * nobody there), or what connect(2) says. */
int h248_tcp_send(struct h248_tcp *t, const struct sockaddr_storage *to,
		  const char *buf, size_t n);
const struct sockaddr_storage *h248_tcp_local(const struct h248_tcp *t);
/* Our end of the connection with this peer; without one as above. */
void h248_tcp_local_to(struct h248_tcp *t, const struct sockaddr_storage *peer,
		       struct sockaddr_storage *out);
const struct h248_tcp_counters *h248_tcp_counters(const struct h248_tcp *t);
