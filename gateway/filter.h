/*
 * gateway/filter.h - from where a gate may be reached (decisions 6 and 15)
 */
#pragma once

#include "gateway/policy.h"

/* An address or prefix, brackets and dotted masks allowed: "192.0.2.1",
 * "[192.0.2.0]/24", "192.0.2.0/255.255.255.0" (T43).  Out: addr and
 * prefix_len.  0 or -EINVAL. */
int gw_filter_read(const char *text, struct pkt_filter *out);
/* In: properties, latch and Remote of s.  Returns 0, or -EPROTO: 449, 472. */
int gw_filter_make(const struct gw_stream *s, const struct gw_sdp *sdp,
		   struct pkt_filter *out, struct h248_err *err);
/* Refuses with 449 an address nobody may be reached at (C15): ours of the
 * same context, loopback, multicast, link-local, broadcast. */
int gw_filter_check_remote(const struct gw_stream *s, const struct gw_sdp *sdp,
			   const struct gw_stream *peer, struct h248_err *err);
