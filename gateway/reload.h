/*
 * gateway/reload.h - the configuration file again, while we run
 *
 * The values of the file are all or nothing: a file that is wrong, or one that
 * differs in something that needs a restart, changes nothing.  Otherwise they
 * take effect together; what is read at their time of use counts from the next
 * use on: sessions that are there keep what they were made with.  Then the
 * package definitions and, of each gateway, the files of TLS and the keys are
 * read again, one by one: one that cannot be used stays as it was, and is
 * told; the others, and the values, are in effect.  Thread: control.
 */
#pragma once

#include "conf/diff.h"
#include "gateway/host.h"

enum { GW_RELOAD_CHANGES = 64, GW_RELOAD_ERR = 4096 };

struct gw_reload {
	bool is_refused;
	/* Lines: of the file when it is refused, else of the other files, one
	 * each.  Empty: all is well. */
	char err[GW_RELOAD_ERR];
	unsigned int n_failed;   /* other files that stay as they were */
	unsigned int n_changes;  /* of which the first are kept */
	unsigned int n_restarts; /* of these: need a restart */
	struct conf_change_of change[GW_RELOAD_CHANGES];
};

/* is_dry: only says what would change.  *out is overwritten. */
void gw_reload(struct gw_host *host, bool is_dry, struct gw_reload *out);
/* What happened, to the log. */
void gw_reload_log(const struct gw_reload *done);
/* Both, for the signal. */
void gw_reload_logged(struct gw_host *host);
