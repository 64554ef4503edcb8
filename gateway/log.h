/*
 * gateway/log.h - one line per event: on stderr as text or JSON, or in the
 * journal
 *
 * Each part of the gateway has a level of its own.  Of one kind of line (one
 * place in the source) only so many are written in a second; how many were held
 * back is told in their place.  Nothing here waits for a reader: see
 * gateway/log_sink.h.  Thread: control.
 */
#pragma once

#include <stdint.h>
#include <sys/queue.h>
#include <syslog.h>

#include "conf/conf.h"

struct gw;      /* gateway/gw.h */
struct gw_term; /* gateway/context.h */

/* Or'ed to a priority of syslog(3): which part says it. */
enum {
	GW_LOG_CORE = 0,          /* process, host, service, operators */
	GW_LOG_H248 = 1 << 3,     /* controllers, what they are refused */
	GW_LOG_SESSION = 2 << 3,  /* contexts and their sessions */
	GW_LOG_MESSAGES = 3 << 3, /* each H.248 message: gateway/log_msg.h */
};

enum {
	GW_LOG_PARTS = 4,
	GW_LOG_LIKE = 64, /* octets kept of a line that is held back */
};

/* What a line is about; 0 and NULL: not known. */
struct gw_about {
	const char *gw; /* name of the virtual gateway */
	uint32_t ctx;
	const char *term;
	uint32_t txn;
	const char *peer; /* of an H.248 message, with: */
	bool is_out;
	size_t octets;
};

/* A kind of line: how many there were lately. */
struct gw_log_kind {
	uint64_t since_us;      /* 0: none yet */
	uint32_t n, held;       /* since then; of these, held back */
	unsigned int what;      /* part and priority of the latest */
	char like[GW_LOG_LIKE]; /* the beginning of one that was written */
	SLIST_ENTRY(gw_log_kind) entry;
	bool is_listed;
};

struct gw_about gw_about_gw(const struct gw *gw);
/* term is in a context. */
struct gw_about gw_about_term(const struct gw_term *term);

/* As <log> says.  What gw_log_set_level() has set since is gone. */
void gw_log_configure(const struct conf *conf);
/* Whether <log> says the same in both. */
bool gw_log_is_same(const struct conf *a, const struct conf *b);
/* All of it by hand, for tests: no limit, no messages. */
void gw_log_setup(int level, enum conf_log_format format);
/* A syslog priority: what is less urgent is not written.  The messages keep
 * theirs. */
int gw_log_level(void);
void gw_log_set_level(int level);
int gw_log_part_level(unsigned int part);
void gw_log_set_part_level(unsigned int part, int level);
const char *gw_log_level_name(int level);        /* "info", ... */
const char *gw_log_part_name(unsigned int part); /* NULL: no such part */
/* Kinds whose second is over tell what was held back; lines that were lost are
 * told when there is room again.  Once a second. */
void gw_log_tick(void);
/* Lines that were held back since the start. */
uint64_t gw_log_held(void);

/* what: part and priority.  about may be NULL.  Line ends and tabs become
 * blanks, what cannot be printed becomes '?': one event is one line. */
#define gw_log(what, about, ...)                                         \
	do {                                                             \
		static struct gw_log_kind gw_log_kind_here;              \
		gw_log_put(&gw_log_kind_here, what, about, __VA_ARGS__); \
	} while (0)
void gw_log_put(struct gw_log_kind *kind, unsigned int what,
		const struct gw_about *about, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* From here on libevent says here what it has to say; when it finds that it
 * cannot go on, the lines that wait are written before the process aborts. */
void gw_log_libevent(void);
/* For h248_log_h; arg: struct gw. */
void gw_log_plain(void *arg, int priority, const char *text);

/* An H.248 message; body: of n octets, or NULL; text: printable.  It is never
 * held back, and not among the lines that journal.h keeps: they would be
 * nothing else. */
void gw_log_body(const struct gw_about *about, const char *text,
		 const char *body, size_t n);
