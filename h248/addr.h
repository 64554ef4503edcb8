/*
 * h248/addr.h - transport addresses of peers
 *
 * IPv4 and IPv6 with a port.  Names are never resolved, which would block.
 * For this folder and, as plain functions, for gateway/ and tools/.
 * Thread: any.
 */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "h248/services.h"

enum { H248_PORT_TEXT = 2944, H248_PORT_BINARY = 2945 }; /* Annex D */

/* Same family, address and port.  Other families are never equal. */
bool h248_addr_eq(const struct sockaddr_storage *a,
		  const struct sockaddr_storage *b);
/* Same family and address, whatever the port. */
bool h248_addr_is_same_host(const struct sockaddr_storage *a,
			    const struct sockaddr_storage *b);
/* The port, in network byte order, of an IPv4 or IPv6 address. */
in_port_t *h248_addr_port(struct sockaddr_storage *ss);
/* The same as a value, in host byte order. */
uint16_t h248_addr_port_of(const struct sockaddr_storage *ss);
/* Octets of a socket address of this family. */
socklen_t h248_addr_len(const struct sockaddr_storage *ss);
/* "[192.0.2.1]:2944", for logs; cut off at cap. */
void h248_addr_str(const struct sockaddr_storage *ss, char *buf, size_t cap);
/* 0, or -EINVAL when the MID is no literal.  No port: 2944. */
int h248_addr_of_mid(const struct h248_mid *mid, struct sockaddr_storage *out);
