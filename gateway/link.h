/*
 * gateway/link.h - the gateway and its controller: silence, loss, return
 *
 * it/ito on ROOT (H.248.14) watches the controller; sessions outlive it for
 * context-lifetime-s; from another controller the way leads back to the first.
 */
#pragma once

#include "gateway/gw.h"

/* As h248_assoc_ops.state, h248_txn_ops.heard; arg: struct gw. */
void gw_link_state(void *arg, enum h248_assoc_state from,
		   enum h248_assoc_state to, const char *why);
void gw_link_heard(void *arg, const struct sockaddr_storage *from,
		   uint64_t now_ms);

/* When gw_link_tick() is due, monotonic; UINT64_MAX: never. */
uint64_t gw_link_next_us(const struct gw *gw);
void gw_link_tick(struct gw *gw, uint64_t now_us);

/* Ends some of the contexts made before then.  true: call again, there are
 * more, or a command works on one. */
bool gw_link_release_some(struct gw *gw, uint64_t before_us);
/* An operator ends this one; the controller is told, when there is one
 * (Forced).  0, -EBUSY: a command works on it. */
int gw_link_release(struct gw_context *ctx);
