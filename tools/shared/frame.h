/*
 * tools/shared/frame.h - a message as the packets that carried it
 *
 * A UDP datagram with its real addresses and ports.  What went over TCP or TLS
 * is shown as TPKT in plain TCP segments between the same ends; their sequence
 * numbers count what is in the file, from 1.
 */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_OCTETS = 65575 }; /* 40 of IPv6, and what it can carry */

struct frames; /* opaque: where each direction of a connection is */

struct frames *frames_new(void); /* NULL: memory */
void frames_free(struct frames *f);

/* from, to: {"address","port"}; transport: "udp", "tcp", "tls".  h for each
 * packet of the n octets at text, in order.  -EINVAL: no such addresses, too
 * long, or nothing on a connection. */
typedef void(frame_h)(void *arg, const uint8_t *packet, size_t n);
int frames_message(struct frames *f, const json_t *from, const json_t *to,
		   const char *transport, const uint8_t *text, size_t n,
		   frame_h *h, void *arg);
