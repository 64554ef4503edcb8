/*
 * gateway/notify.h - telling the controller what happened
 *
 * One Notify of a termination is out at a time, so that the order is kept
 * (h248.md 2.2); what happens meanwhile waits on the termination.  Of all
 * terminations together GW_MAX_NOTIFIES are out, and the others wait in the
 * order of their first event: an avalanche is told as fast as the controller
 * answers (C34).
 */
#pragma once

#include "gateway/context.h"

enum { GW_MAX_NOTIFIES = 64 };

struct gw_notify_params {
	unsigned int n;
	struct gw_param param[GW_MAX_PARAMS];
};
void gw_notify_text(struct gw_notify_params *p, const char *name,
		    const char *value, bool is_quoted);
/* As hexadecimal, not mirrored (h248.md 1.3); what has no room is cut off. */
void gw_notify_octets(struct gw_notify_params *p, const char *name,
		      const void *octets, size_t n);
void gw_notify_uint(struct gw_notify_params *p, const char *name,
		    uint64_t value);

/* An event: queued and sent when the controller asked for it. */
void gw_notify(struct gw_term *term, const char *pkg, const char *item,
	       const struct gw_stream *stream, uint64_t at_us,
	       const struct gw_notify_params *params);
/* Sends what waits on any termination, when there is room and a controller. */
void gw_notify_resume(struct gw *gw);
/* The termination goes: it has nothing to tell. */
void gw_notify_forget(struct gw_term *term);
/* hangterm/thb: looks for terminations nobody spoke of (h248.md 5.7), some
 * each time.  true: call again, there are more. */
bool gw_notify_hangterm(struct gw *gw, uint64_t now_us);

/* ObservedEvents of n events, linked from first. */
struct h248_desc *gw_observed_build(const struct gw_observed *first,
				    unsigned int n, struct h248_arena *a);
