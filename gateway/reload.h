/*
 * gateway/reload.h - the configuration file again, while we run
 *
 * All or nothing: a file that is wrong, or one that differs in something
 * that needs a restart, changes nothing.  Otherwise the values take effect
 * together; what is read at their time of use counts from the next use on:
 * sessions that are there keep what they were made with.  Files of TLS, keys
 * and package definitions are read again too.  Thread: control.
 */
#pragma once

#include "conf/diff.h"
#include "gateway/host.h"

enum { GW_RELOAD_CHANGES = 64, GW_RELOAD_ERR = 4096 };

struct gw_reload {
	bool is_refused;
	char err[GW_RELOAD_ERR]; /* of the file; lines; empty: it is well */
	unsigned int n_changes;  /* of which the first are kept */
	unsigned int n_restarts; /* of these: need a restart */
	struct conf_change_of change[GW_RELOAD_CHANGES];
};

/* is_dry: only says what would change.  *out is overwritten. */
void gw_reload(struct gw_host *host, bool is_dry, struct gw_reload *out);
/* The same by signal: what happened goes to the log. */
void gw_reload_logged(struct gw_host *host);
