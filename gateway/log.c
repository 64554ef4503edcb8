/* gateway/log.c - see log.h */
#include "gateway/log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "gateway/context.h"
#include "gateway/journal.h"
#include "gateway/log_form.h"
#include "gateway/log_sink.h"

enum {
	TEXT_OCTETS = 1024,
	WINDOW_US = 1000000,
	ROOM_TO_TELL = 512,
	FLUSH_MS = 1000,
	PLAIN_KINDS = 64, /* of what the protocol says, by their beginnings */
};

static const struct gw_about nothing;
static int max_priority[GW_LOG_PARTS] = { LOG_INFO, LOG_INFO, LOG_INFO,
					  LOG_NOTICE };
static enum conf_log_format line_format = CONF_LOG_TEXT;
static uint32_t max_rate; /* lines of a kind in a second; 0: any */
static uint64_t n_held, lost_told;
static SLIST_HEAD(, gw_log_kind) held = SLIST_HEAD_INITIALIZER(held);

static const char *const levels[] = { "emerg",   "alert",  "crit", "error",
				      "warning", "notice", "info", "debug" };
static const char *const parts[GW_LOG_PARTS] = { "core", "h248", "session",
						 "messages" };

struct gw_about gw_about_gw(const struct gw *gw)
{
	return (struct gw_about) { .gw = gw->conf.name };
}

struct gw_about gw_about_term(const struct gw_term *term)
{
	return (struct gw_about) {
		.gw = term->ctx->gw->conf.name,
		.ctx = term->ctx->id,
		.term = term->id,
	};
}

/* Whether stderr is what JOURNAL_STREAM says, "device:inode": the variable is
 * inherited also by those who have sent their stderr elsewhere. */
static bool is_journal(void)
{
	const char *text = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return text && sscanf(text, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

void gw_log_setup(int level, enum conf_log_format format)
{
	gw_log_set_level(level);
	gw_log_set_part_level(GW_LOG_MESSAGES >> 3, LOG_NOTICE);
	if (format == CONF_LOG_AUTO)
		format = is_journal() ? CONF_LOG_JOURNAL : CONF_LOG_TEXT;
	line_format = format;
	max_rate = 0;
	if (format == CONF_LOG_JOURNAL && !gw_sink_has_journal()) {
		line_format = CONF_LOG_TEXT;
		gw_log(LOG_WARNING, NULL,
		       "<log format>: there is no journal here");
	}
}

void gw_log_configure(const struct conf *conf)
{
	static const int of_messages[] = { [CONF_MESSAGES_NO] = LOG_NOTICE,
					   [CONF_MESSAGES_YES] = LOG_INFO,
					   [CONF_MESSAGES_BODY] = LOG_DEBUG };

	gw_log_setup(conf->log_level, conf->log_format);
	gw_log_set_part_level(GW_LOG_MESSAGES >> 3,
			      of_messages[conf->log_messages]);
	for (unsigned int i = 0; i < CONF_LOG_PARTS; i++)
		if (conf->log_part[i])
			gw_log_set_part_level(i, conf->log_part[i] - 1);
	max_rate = conf->log_rate;
}

bool gw_log_is_same(const struct conf *a, const struct conf *b)
{
	return a->log_level == b->log_level && a->log_format == b->log_format &&
	       a->log_messages == b->log_messages &&
	       a->log_rate == b->log_rate &&
	       !memcmp(a->log_part, b->log_part, sizeof(a->log_part));
}

int gw_log_level(void)
{
	return max_priority[0];
}

void gw_log_set_level(int level)
{
	for (unsigned int i = 0; i < GW_LOG_MESSAGES >> 3; i++)
		max_priority[i] = level;
}

int gw_log_part_level(unsigned int part)
{
	return max_priority[part];
}

void gw_log_set_part_level(unsigned int part, int level)
{
	max_priority[part] = level;
}

const char *gw_log_level_name(int level)
{
	return level >= 0 && level <= LOG_DEBUG ? levels[level] : "?";
}

const char *gw_log_part_name(unsigned int part)
{
	return part < GW_LOG_PARTS ? parts[part] : NULL;
}

uint64_t gw_log_held(void)
{
	return n_held;
}

static bool is_wanted(unsigned int what)
{
	return what >> 3 < GW_LOG_PARTS &&
	       (int)(what & LOG_PRIMASK) <= max_priority[what >> 3];
}

static void clean(char *text)
{
	for (; *text; text++)
		if (isspace((unsigned char)*text))
			*text = ' ';
		else if (!isprint((unsigned char)*text))
			*text = '?';
}

static void emit(unsigned int what, const struct gw_about *about,
		 const char *text, const char *body, size_t n)
{
	static char buf[GW_SINK_LINE];
	struct gw_log_line line = {
		.priority = (int)(what & LOG_PRIMASK),
		.part = what >> 3,
		.wall_us = gw_wall_us(),
		.about = about,
		.text = text,
		.body = body,
		.n_body = n,
	};

	gw_sink_put(line_format == CONF_LOG_JOURNAL ? GW_SINK_JOURNAL :
						      GW_SINK_STDERR,
		    buf, gw_log_form(&line, line_format, buf, sizeof(buf)));
}

static void say(unsigned int what, const struct gw_about *about,
		const char *text)
{
	gw_journal_put((int)(what & LOG_PRIMASK), about, text);
	emit(what, about, text, NULL, 0);
}

/* Its second is over: the next one begins with the next line. */
static void end_window(struct gw_log_kind *kind)
{
	char text[TEXT_OCTETS];

	kind->since_us = 0;
	kind->n = 0;
	if (!kind->held)
		return;
	snprintf(text, sizeof(text), "%u more held back like: %s", kind->held,
		 kind->like);
	kind->held = 0;
	if (is_wanted(kind->what))
		say(kind->what, &nothing, text);
}

static bool is_over(const struct gw_log_kind *kind, uint64_t now_us)
{
	return now_us - kind->since_us >= WINDOW_US;
}

/* Whether one more may be written. */
static bool take_turn(struct gw_log_kind *kind, unsigned int what)
{
	uint64_t now_us = gw_now_us();

	if (!max_rate)
		return true;
	if (kind->since_us && is_over(kind, now_us))
		end_window(kind);
	if (!kind->since_us)
		kind->since_us = now_us;
	kind->what = what;
	if (kind->n++ < max_rate)
		return true;
	kind->held++;
	n_held++;
	if (!kind->is_listed)
		SLIST_INSERT_HEAD(&held, kind, entry);
	kind->is_listed = true;
	return false;
}

static void tell_lost(void)
{
	uint64_t lost = gw_sink_lost();
	char text[128];

	/* Or it would be lost as well, and count. */
	if (lost == lost_told || !is_wanted(LOG_WARNING) ||
	    !gw_sink_has_room(ROOM_TO_TELL))
		return;
	snprintf(text, sizeof(text),
		 "%llu lines of the log were lost: nobody took them in time",
		 (unsigned long long)(lost - lost_told));
	lost_told = lost;
	emit(LOG_WARNING, &nothing, text, NULL, 0);
}

void gw_log_tick(void)
{
	struct gw_log_kind *kind, *next;
	uint64_t now_us = gw_now_us();

	for (kind = SLIST_FIRST(&held); kind; kind = next) {
		next = SLIST_NEXT(kind, entry);
		if (kind->since_us && !is_over(kind, now_us))
			continue;
		SLIST_REMOVE(&held, kind, gw_log_kind, entry);
		kind->is_listed = false;
		end_window(kind);
	}
	tell_lost();
}

void gw_log_put(struct gw_log_kind *kind, unsigned int what,
		const struct gw_about *about, const char *fmt, ...)
{
	char text[TEXT_OCTETS];
	va_list args;

	if (!is_wanted(what) || !take_turn(kind, what))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	clean(text);
	snprintf(kind->like, sizeof(kind->like), "%.*s", GW_LOG_LIKE - 1, text);
	tell_lost();
	say(what, about ? about : &nothing, text);
}

/* All come from one place; what they say first tells their kinds apart. */
void gw_log_plain(void *arg, int priority, const char *text)
{
	static struct gw_log_kind kinds[PLAIN_KINDS];
	struct gw_about at = gw_about_gw(arg);
	unsigned int hash = 0;

	for (const char *p = text; isalpha((unsigned char)*p) || *p == ' '; p++)
		hash = hash * 31 + (unsigned char)*p;
	gw_log_put(&kinds[hash % PLAIN_KINDS],
		   GW_LOG_H248 | (unsigned int)priority, &at, "%s", text);
}

/* It would write to stderr itself, and wait for whoever reads that. */
static void on_libevent(int severity, const char *text)
{
	gw_log(severity == EVENT_LOG_ERR  ? LOG_ERR :
	       severity == EVENT_LOG_WARN ? LOG_WARNING :
					    LOG_DEBUG,
	       NULL, "libevent: %s", text);
}

/* Its exit(1) would be that of a wrong configuration, after which no service
 * manager starts us again. */
static void on_fatal(int code)
{
	(void)code;
	(void)gw_sink_stop(FLUSH_MS);
	abort();
}

void gw_log_libevent(void)
{
	event_set_log_callback(on_libevent);
	event_set_fatal_callback(on_fatal);
}

void gw_log_body(const struct gw_about *about, const char *text,
		 const char *body, size_t n)
{
	emit(GW_LOG_MESSAGES | LOG_INFO, about, text, body, n);
}
