/*
 * h248/transport.h - one way to send and receive messages, whichever it is
 *
 * The hooks that every transport has, so that its users, and the transaction
 * layer behind them, need not know which one it is.  Thread: the one that runs
 * the event base.
 */
#pragma once

#include <sys/socket.h>

#include "h248/types.h"

struct event_base;

/* What a transport tells its user. */
struct h248_transport_hooks {
	/* One whole message; buf is only valid during the call. */
	void (*recv)(void *arg, const struct sockaddr_storage *from,
		     const char *buf, size_t n);
	/* A connection that we had opened is gone; may be NULL.  What was not
	 * answered may be lost. */
	void (*lost)(void *arg, const struct sockaddr_storage *peer);
	h248_log_h *log; /* may be NULL */
};

/* What it can do; arguments as below. */
struct h248_transport_ops {
	int (*send)(void *impl, const struct sockaddr_storage *to,
		    const char *buf, size_t n);
	const struct sockaddr_storage *(*local)(const void *impl);
	void (*local_to)(void *impl, const struct sockaddr_storage *peer,
			 struct sockaddr_storage *out);
	void (*close)(void *impl);
};

struct h248_transport {
	const struct h248_transport_ops *ops; /* NULL: not open */
	void *impl;                           /* owned */
};

enum h248_transport_kind {
	H248_TRANSPORT_UDP,
	H248_TRANSPORT_TCP,        /* opens connections to whom it sends */
	H248_TRANSPORT_TCP_LISTEN, /* is connected to; a controller */
};

struct h248_tls; /* h248/transport_tls.h */

struct h248_transport_params {
	enum h248_transport_kind kind;
	/* Where it is bound; H248_TRANSPORT_TCP takes a port of the kernel's
	 * choice instead. */
	struct sockaddr_storage local;
	struct h248_tls *tls; /* of TCP; borrowed; NULL: none */
};

/*
 * base is borrowed, hooks must outlive the transport.
 *
 * Returns: 0; a negative errno of socket(2), bind(2), -ENOMEM.
 */
int h248_transport_open(const struct h248_transport_params *params,
			struct event_base *base,
			const struct h248_transport_hooks *hooks, void *arg,
			struct h248_transport *out);
/* Does nothing when it is not open.  Not from inside a hook. */
void h248_transport_close(struct h248_transport *tp);

/* Never blocks and never calls a hook.  0; -EAGAIN: not possible now, the
 * repetition comes later; or another negative errno. */
int h248_transport_send(struct h248_transport *tp,
			const struct sockaddr_storage *to, const char *buf,
			size_t n);
/* The address it is bound to. */
const struct sockaddr_storage *
h248_transport_local(const struct h248_transport *tp);
/* Where messages of this peer arrive: of its connection, when there is one,
 * else as h248_transport_local(). */
void h248_transport_local_to(struct h248_transport *tp,
			     const struct sockaddr_storage *peer,
			     struct sockaddr_storage *out);
