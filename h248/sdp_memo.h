/*
 * h248/sdp_memo.h - what a template meant the last time
 *
 * What a body means depends on its octets alone, and a Local that leaves
 * address and port to us ("$") comes with the same octets in call after call
 * of a controller.  Of these the last few are remembered, for each thread its
 * own.  Private to libh248.
 */
#pragma once

#include "h248/sdp.h"

/* True: *out is what body means, as h248_sdp_parse() has read it before. */
bool h248_sdp_recall(struct h248_span body, struct h248_sdp *out);
/* body has one alternative, this one.  Whether it is kept is decided here. */
void h248_sdp_remember(struct h248_span body, const struct h248_sdp *sdp);
