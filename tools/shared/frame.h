/*
 * tools/shared/frame.h - a message as the packets that carried it
 *
 * A UDP datagram with its real addresses and ports.  What went over TCP or TLS
 * is shown as TPKT in plain TCP segments between the same ends; their sequence
 * numbers count what is in the file, from 1.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { FRAME_OCTETS = 65575 }; /* 40 of IPv6, and what it can carry */

struct frames; /* opaque: where each direction of a connection is */

struct frames *frames_new(void); /* NULL: memory */
void frames_free(struct frames *f);

/* h for each packet of the n octets at text, in order; is_stream: over TCP,
 * else UDP.  -EINVAL: no addresses of one family, or too long; -ENOMEM. */
typedef void(frame_h)(void *arg, const uint8_t *packet, size_t n);
int frames_message(struct frames *f, const struct sockaddr_storage *from,
		   const struct sockaddr_storage *to, bool is_stream,
		   const uint8_t *text, size_t n, frame_h *h, void *arg);

/* The Internet checksum (RFC 1071) before its complement, going on with sum:
 * the n octets begin at an even one. */
uint32_t frame_sum(uint32_t sum, const uint8_t *p, size_t n);
