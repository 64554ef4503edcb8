/*
 * gateway/log.h - one line per event, on stderr, as text or JSON
 */
#pragma once

#include <stdint.h>
#include <syslog.h>

#include "conf/conf.h"

struct gw;      /* gateway/gw.h */
struct gw_term; /* gateway/context.h */

/* What a line is about; 0 and NULL: not known. */
struct gw_about {
	const char *gw; /* name of the virtual gateway */
	uint32_t ctx;
	const char *term;
	uint32_t txn;
};

struct gw_about gw_about_gw(const struct gw *gw);
/* term is in a context. */
struct gw_about gw_about_term(const struct gw_term *term);

void gw_log_setup(int level, enum conf_log_format format);
/* A syslog priority: what is less urgent is not written. */
int gw_log_level(void);
void gw_log_set_level(int level);
const char *gw_log_level_name(int level); /* "info", ... */
/* about may be NULL.  Line ends and tabs become blanks, what cannot be
 * printed becomes '?': one event is one line. */
void gw_log(int priority, const struct gw_about *about, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* For h248_log_h; arg: struct gw. */
void gw_log_plain(void *arg, int priority, const char *text);
