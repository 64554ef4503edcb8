/*
 * gateway/totals.h - statistics of a termination (decision 22)
 */
#pragma once

#include "gateway/context.h"

struct gw_totals {
	uint64_t dur_ms, sent, received; /* octets of TCP payload */
	uint64_t syns, synacks, relatches, est_ms, drops;
};

/* Sum over the streams of a termination, from what was last seen. */
void gw_totals_add(struct gw_totals *t, const struct gw_term *term);
void gw_totals_add_stream(struct gw_totals *t, const struct gw_stream *stream);
/* The Statistics descriptor, of the packages that are offered; only: NULL, or
 * the names asked for. */
struct h248_desc *gw_totals_build(const struct h248_pkgs *pkgs,
				  const struct gw_totals *t,
				  const struct h248_prop *only,
				  struct h248_arena *a);
