/*
 * gateway/stats.h - counting what was answered
 */
#pragma once

#include "gateway/gw.h"

/* An error with this H.248.8 code was answered.  Thread: control. */
void gw_stats_error(struct gw *gw, uint16_t code);
/* The controller answered one of our requests with it. */
void gw_stats_error_in(struct gw *gw, uint16_t code);
/* A session opened, so long after its first SYN. */
void gw_stats_setup(struct gw *gw, uint32_t ms);
/* A transaction was answered, so long after it was read. */
void gw_stats_txn(struct gw *gw, uint64_t us);
