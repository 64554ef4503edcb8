/*
 * gateway/address.h - addresses, and what they are reached by, as text
 *
 * "192.0.2.1:2944", "[2001:db8::1]:2944"; without a port as inet_ntop(3) has
 * them.  Thread: any.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "conf/conf.h"

enum { GW_ADDRESS = INET6_ADDRSTRLEN + 9 }; /* room for any of them */

/* a: IPv4 mapped; port in host order, 0: none.  Cut off at cap. */
void gw_address_text(const struct in6_addr *a, uint16_t port, char *out,
		     size_t cap);
/* Neither IPv4 nor IPv6: "". */
void gw_address_of(const struct sockaddr_storage *ss, char *out, size_t cap);
/* The same as values, IPv4 mapped.  false: neither. */
bool gw_address_split(const struct sockaddr_storage *ss, struct in6_addr *a,
		      uint16_t *port);
/* "udp", "tcp", "tls". */
const char *gw_transport_name(enum conf_transport transport);
