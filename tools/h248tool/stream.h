/*
 * tools/h248tool/stream.h - messages in captured TCP connections
 *
 * Each direction is a stream of TPKT (h248/tpkt.h).  Octets seen again are
 * left out; where some are missing, or what comes is no TPKT (TLS), the stream
 * is picked up again at the next segment that begins with a TPKT header.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOOL_ADDR = 46 }; /* INET6_ADDRSTRLEN */

struct tool_ends {
	char src[TOOL_ADDR], dst[TOOL_ADDR];
	unsigned int sport, dport;
};

struct tool_segment {
	struct tool_ends ends;
	uint32_t seq;
	bool is_syn;
	const unsigned char *data;
	size_t n;
};

struct tool_streams; /* of one capture */

/* A whole message: n octets at text, valid during the call. */
typedef void(tool_stream_h)(const char *text, size_t n, void *arg);

struct tool_streams *tool_streams_new(void); /* NULL: no memory */
void tool_streams_free(struct tool_streams *all);

/* h for each message that the segment completes.  -ENOMEM, or 0. */
int tool_streams_push(struct tool_streams *all, const struct tool_segment *s,
		      tool_stream_h *h, void *arg);
/* How often octets were missing. */
unsigned int tool_streams_gaps(const struct tool_streams *all);
