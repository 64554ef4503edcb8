/* test/fuzz/fuzz_h248_tpkt.c - streams of TPKT
 *
 * Progress at every packet, never past the end, and the verdict on a stream
 * does not depend on where it was cut into segments.
 */
#include "h248/tpkt.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
	if (!ok)
		abort();
}

/* A verdict that stands with few octets stands with more. */
static int next(const char *p, size_t n)
{
	int whole = h248_tpkt_next(p, n), part;

	for (size_t i = 0; i < n && i <= H248_TPKT_HEADER; i++) {
		part = h248_tpkt_next(p, i);
		check(!part || part == whole);
	}
	return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t head[H248_TPKT_HEADER];
	size_t at = 0;
	int total;

	while ((total = next((const char *)data + at, n - at)) > 0) {
		check(total > H248_TPKT_HEADER && total <= H248_TPKT_MAX);
		check(!h248_tpkt_head((size_t)total - sizeof(head), head));
		check(h248_tpkt_next((const char *)head, sizeof(head)) ==
		      total);
		if ((size_t)total > n - at)
			break;
		at += (size_t)total;
	}
	check(total >= 0 || total == -EPROTO);
	return 0;
}
