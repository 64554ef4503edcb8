/*
 * gateway/log.h - one line per event, on stderr, as text or JSON
 */
#pragma once

#include <stdint.h>
#include <syslog.h>

#include "conf/conf.h"

/* What a line is about; 0 and NULL: not known. */
struct gw_about {
	uint32_t ctx;
	const char *term;
	uint32_t txn;
};

void gw_log_setup(int level, enum conf_log_format format);
/* about may be NULL.  Line ends and tabs become blanks, what cannot be
 * printed becomes '?': one event is one line. */
void gw_log(int priority, const struct gw_about *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* For h248_log_h; arg is not used. */
void gw_log_plain(void *arg, int priority, const char *text);
