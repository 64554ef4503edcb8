/*
 * h248/transport_udp.h - H.248 over UDP (H.248.1 Annex D.1), on libevent
 *
 * One bound socket: receives datagrams for one local MID and sends from the
 * same address and port.  Thread: the one that runs the event base.
 */
#pragma once

#include <sys/socket.h>

#include "h248/types.h"

struct event_base;
struct h248_udp; /* opaque */

/* One datagram; buf is only valid during the call. */
typedef void(h248_udp_h)(void *arg, const struct sockaddr_storage *from,
			 const char *buf, size_t n);

/* Returns new in *out; a negative errno of socket(2) or bind(2) on error.
 * base is borrowed for the life of the object. */
int h248_udp_open(struct event_base *base, const struct sockaddr_storage *local,
		  h248_udp_h *recv, void *arg, struct h248_udp **out);
void h248_udp_close(struct h248_udp *u);

/* It leaves at the end of this turn of the loop, or with h248_udp_close().  0,
 * -EMSGSIZE, or the negative errno that one taken before has met (-EAGAIN: the
 * socket buffer was full); buf is taken all the same. */
int h248_udp_send(struct h248_udp *u, const struct sockaddr_storage *to,
		  const char *buf, size_t n);
/* The address it is bound to, with the port the kernel chose for port 0. */
const struct sockaddr_storage *h248_udp_local(const struct h248_udp *u);
