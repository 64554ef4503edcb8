/*
 * gateway/supervise.h - what the service manager is told, and when
 *
 * READY when everything is open, a status line when it has changed, RELOADING
 * around a reload, STOPPING when the end begins and, as long as sessions are
 * waited for, that the end takes longer.  The watchdog is fed from the event
 * loop, and not when the packet worker has left a command unanswered from one
 * look to the next: then the manager ends the process, and starts it again.
 * Without a manager all of this does nothing.  Thread: control.
 */
#pragma once

#include "gateway/host.h"
#include "gateway/sdnotify.h"

struct gw_supervise {
	const struct gw_host *host;
	struct gw_sd sd;
	uint64_t every_us;                   /* between looks */
	uint64_t waiting[CONF_MAX_GATEWAYS]; /* oldest command, by gateway */
	bool is_stuck, is_stopping;
	char status[160]; /* as it was told */
};

/* Who listens is in the environment; an address there that cannot be used is
 * logged.  host outlives s. */
void gw_supervise_open(struct gw_supervise *s, const struct gw_host *host);
void gw_supervise_close(struct gw_supervise *s);

void gw_supervise_ready(struct gw_supervise *s);
void gw_supervise_reloading(struct gw_supervise *s); /* then ready */
void gw_supervise_stopping(struct gw_supervise *s);
/* To be called each every_us; 0: not at all. */
void gw_supervise_tick(struct gw_supervise *s);

/* The state in a line; always with NUL. */
void gw_supervise_status(const struct gw_host *host, char *buf, size_t cap);
