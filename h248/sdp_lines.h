/*
 * h248/sdp_lines.h - the lines of a Local or Remote body
 *
 * Inside libh248 only, shared by reading and completing a body.  Any line
 * end, blanks around a line and empty lines are forgiven (T6).  Linear.
 */
#pragma once

#include "h248/types.h"

enum { H248_SDP_MAX_LINES = 1024 };

/* A set of types of lines: H248_SDP_SET('c') | H248_SDP_SET('m'). */
#define H248_SDP_SET(type) (1u << ((type) - 'a'))

static inline bool h248_sdp_is_in(uint32_t set, char type)
{
	return type >= 'a' && type <= 'z' && set & H248_SDP_SET(type);
}

struct h248_sdp_line {
	char type;              /* of "type=value": a letter */
	struct h248_span value; /* blanks around it removed */
};

struct h248_sdp_lines {
	unsigned int n, cap;
	struct h248_sdp_line line[];
};

/* One session description: lines [from, to). */
struct h248_sdp_alt {
	unsigned int from, to;
};

/* Room for the lines of body, up to the limit; free() it.  NULL: no memory. */
struct h248_sdp_lines *h248_sdp_lines_new(struct h248_span body);
/* out is from h248_sdp_lines_new(body).  0, or -EBADMSG with *bad the number
 * (from 1) of the line that is none. */
int h248_sdp_scan(struct h248_span body, struct h248_sdp_lines *out,
		  unsigned int *bad);
/* The alternative after *alt (all zero: the first); each but the first begins
 * with "v=" (H.248.1 clause 7.1.8).  False at the end. */
bool h248_sdp_next(const struct h248_sdp_lines *lines,
		   struct h248_sdp_alt *alt);
/* Takes the next word off *rest; an empty span at the end. */
struct h248_span h248_sdp_word(struct h248_span *rest);
