/*
 * gateway/events.h - the Events descriptor of a termination (or of ROOT)
 */
#pragma once

#include "gateway/context.h"

/*
 * Judge a descriptor and make a copy of it; on: H248_ON_*, whose it is.
 *
 * Out:     *out, owned by the caller (gw_events_clear)
 * Returns: 0, or -EPROTO with *err: the verdicts of h248/pkg.h, 510 for too
 *          many events or parameters or no memory, 501 for what is not built
 *          (embedded descriptors)
 */
int gw_events_make(const struct h248_pkgs *pkgs, const struct h248_events *d,
		   unsigned int on, struct gw_events *out,
		   struct h248_err *err);
void gw_events_clear(struct gw_events *e);
/* *to becomes what *from was. */
void gw_events_move(struct gw_events *to, struct gw_events *from);

/* The request for an event on a stream (0: any), or NULL. */
const struct gw_event *gw_events_find(const struct gw_events *e,
				      const char *pkg, const char *item,
				      uint16_t stream);

/* For an audit, one event and the whole descriptor; NULL when the arena is
 * used up. */
struct h248_event *gw_event_audit(const struct gw_event *e,
				  struct h248_arena *a);
struct h248_desc *gw_events_audit(const struct gw_events *e,
				  struct h248_arena *a);
/* Parameters as a list in an arena. */
struct h248_prop *gw_params_build(const struct gw_param *param, unsigned int n,
				  struct h248_arena *a);
