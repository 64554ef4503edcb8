/*
 * h248/tpkt.h - TPKT, which delimits messages on a stream (RFC 1006)
 *
 * Octet 0 is 3, octet 1 is reserved, octets 2 and 3 are the length of header
 * and message together.  Pure; thread: any.
 */
#pragma once

#include "h248/types.h"

enum { H248_TPKT_HEADER = 4, H248_TPKT_MAX = 65535 };

/*
 * What the stream begins with.
 *
 * Returns: the octets of the first packet, header included, which may be more
 *          than n; 0 when n octets do not tell; -EPROTO when this is no TPKT,
 *          or one without a message: where the next begins is not known.
 */
int h248_tpkt_next(const char *buf, size_t n);

/* The header in front of a message of n octets.  0, -EMSGSIZE. */
int h248_tpkt_head(size_t n, uint8_t head[H248_TPKT_HEADER]);
