/* h248/tpkt.c - see tpkt.h */
#include "h248/tpkt.h"

#include <errno.h>

enum { TPKT_VERSION = 3 };

int h248_tpkt_next(const char *buf, size_t n)
{
	const uint8_t *p = (const uint8_t *)buf;
	int total;

	if (n && p[0] != TPKT_VERSION)
		return -EPROTO;
	if (n < H248_TPKT_HEADER)
		return 0;
	total = p[2] << 8 | p[3];
	return total > H248_TPKT_HEADER ? total : -EPROTO;
}

int h248_tpkt_head(size_t n, uint8_t head[H248_TPKT_HEADER])
{
	size_t total = n + H248_TPKT_HEADER;

	if (!n || n > H248_TPKT_MAX - H248_TPKT_HEADER)
		return -EMSGSIZE;
	head[0] = TPKT_VERSION;
	head[1] = 0;
	head[2] = (uint8_t)(total >> 8);
	head[3] = (uint8_t)total;
	return 0;
}
