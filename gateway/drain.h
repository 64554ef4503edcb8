/*
 * gateway/drain.h - out of service by order of the operator
 *
 * Draining: announced (Graceful), no new contexts but emergency ones, those
 * there are may end; when the time is over they are ended.  It is taken back
 * (Restart 918), or leads to the end of the process when that was asked for.
 */
#pragma once

#include "gateway/gw.h"

/* seconds 0: as long as it takes.  0, or -EALREADY. */
int gw_drain(struct gw *gw, uint32_t seconds);
/* 0, or -EALREADY: nothing is drained, or the gateway has left. */
int gw_drain_cancel(struct gw *gw);
/* The operator wants an end: announces it, and with sessions and drain-s waits
 * for them; the second time it leaves at once. */
void gw_drain_stop(struct gw *gw);
/* It has left: the controller knows, or did not answer. */
bool gw_drain_is_over(const struct gw *gw);

/* Whether a context may not be made. */
bool gw_drain_refuses(const struct gw *gw, bool is_emergency);
/* Another controller has us: it is told. */
void gw_drain_repeat(struct gw *gw);

/* When gw_drain_tick() is due, monotonic; UINT64_MAX: never. */
uint64_t gw_drain_next_us(const struct gw *gw);
void gw_drain_tick(struct gw *gw, uint64_t now_us);
