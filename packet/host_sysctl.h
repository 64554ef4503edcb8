/*
 * packet/host_sysctl.h - kernel settings of media interfaces and TUN devices
 *
 * Forwarding is switched on for these interfaces only, never for the host: a
 * gateway is no router (decision 2).  IPv6 knows no such thing; there the rules
 * of host.c fence it in.  What was before comes back at the end
 * (host_saved.h).  Thread: control, at start and stop.
 */
#pragma once

#include "packet/engine.h"

/* 0, or a negative errno with one line in err: which setting, and what it
 * must be. */
int pkt_host_sysctl_setup(const struct pkt_engine_cfg *cfg, char *err,
			  size_t cap);
/* Each setting is what it was, where cfg->saved tells it. */
void pkt_host_sysctl_cleanup(const struct pkt_engine_cfg *cfg);
