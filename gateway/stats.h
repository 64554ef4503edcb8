/*
 * gateway/stats.h - counting what was answered
 */
#pragma once

#include "gateway/gw.h"

void gw_stats_error(struct gw *gw, uint16_t code);
