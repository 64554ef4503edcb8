/*
 * gateway/bridge.h - events of the engine become replies and Notifies
 */
#pragma once

#include "gateway/gw.h"

/* One event of a gate of gw; jobs that can go on are put into gw->ready. */
void gw_bridge_event(struct gw *gw, const struct pkt_evt *evt);
