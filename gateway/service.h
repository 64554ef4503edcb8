/*
 * gateway/service.h - in and out of service by order (H.248.1 7.2.8)
 *
 * ROOT out of service: Adds are refused with 503, except in emergency
 * contexts.  Forced ends the sessions there are, Graceful lets them end, at
 * the latest after its Delay.  A termination forced out of service keeps its
 * place and passes nothing.  Restart takes either back.
 */
#pragma once

#include "gateway/cmd.h"

/* Forced, Graceful, Restart of ROOT or of a termination; 501: another. */
int gw_service_check(struct gw_call *c, const struct h248_services *sv,
		     struct h248_err *err);
void gw_service_commit(struct gw_call *c, const struct h248_services *sv);

/* Whether an Add to ctx is to be refused. */
bool gw_service_is_refused(const struct gw *gw, const struct gw_context *ctx);
/* term NULL: of ROOT. */
enum h248_service_state gw_service_state(const struct gw *gw,
					 const struct gw_term *term);

/* When gw_service_tick() is due, monotonic; UINT64_MAX: never. */
uint64_t gw_service_next_us(const struct gw *gw);
void gw_service_tick(struct gw *gw, uint64_t now_us);
