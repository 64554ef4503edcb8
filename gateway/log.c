/* gateway/log.c - one line per event, on stderr, as text or JSON */
#include "gateway/log.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "gateway/context.h"
#include "gateway/journal.h"

static int max_priority = LOG_INFO;
static enum conf_log_format line_format = CONF_LOG_TEXT;

static const char *const names[] = { "emerg",   "alert",  "crit", "error",
				     "warning", "notice", "info", "debug" };

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

void gw_log_setup(int level, enum conf_log_format format)
{
	max_priority = level;
	line_format = format;
}

int gw_log_level(void)
{
	return max_priority;
}

void gw_log_set_level(int level)
{
	max_priority = level;
}

const char *gw_log_level_name(int level)
{
	return level >= 0 && level <= LOG_DEBUG ? names[level] : "?";
}

static void stamp(char *buf, size_t cap)
{
	struct timespec ts;
	struct tm tm;
	char day[32];

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, cap, "%s.%03ldZ", day, ts.tv_nsec / 1000000);
}

static void clean(char *text)
{
	for (; *text; text++)
		if (isspace((unsigned char)*text))
			*text = ' ';
		else if (!isprint((unsigned char)*text))
			*text = '?';
}

/* NULL: nothing. */
static void put_json_text(const char *name, const char *text)
{
	if (!text)
		return;
	fprintf(stderr, ",\"%s\":\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', stderr);
		fputc(*text, stderr);
	}
	fputc('"', stderr);
}

static void put_json(int priority, const struct gw_about *about, const char *at,
		     const char *text)
{
	fprintf(stderr, "{\"time\":\"%s\",\"level\":\"%s\"", at,
		names[priority]);
	put_json_text("gw", about->gw);
	if (about->ctx)
		fprintf(stderr, ",\"ctx\":%u", about->ctx);
	put_json_text("term", about->term);
	if (about->txn)
		fprintf(stderr, ",\"txn\":%u", about->txn);
	put_json_text("text", text);
	fputs("}\n", stderr);
}

static void put_text(int priority, const struct gw_about *about, const char *at,
		     const char *text)
{
	fprintf(stderr, "%s %s ", at, names[priority]);
	if (about->gw)
		fprintf(stderr, "gw=%s ", about->gw);
	if (about->ctx)
		fprintf(stderr, "ctx=%u ", about->ctx);
	if (about->term)
		fprintf(stderr, "term=%s ", about->term);
	if (about->txn)
		fprintf(stderr, "txn=%u ", about->txn);
	fprintf(stderr, "%s\n", text);
}

void gw_log(int priority, const struct gw_about *about, const char *fmt, ...)
{
	static const struct gw_about nothing;
	char text[1024], at[48];
	va_list args;

	if (priority < 0 || priority > LOG_DEBUG || priority > max_priority)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	clean(text);
	gw_journal_put(priority, about ? about : &nothing, text);
	stamp(at, sizeof(at));
	if (line_format == CONF_LOG_JSON)
		put_json(priority, about ? about : &nothing, at, text);
	else
		put_text(priority, about ? about : &nothing, at, text);
}

void gw_log_plain(void *arg, int priority, const char *text)
{
	struct gw_about at = gw_about_gw(arg);

	gw_log(priority, &at, "%s", text);
}
