/* gateway/log_form.c - see log_form.h */
#include "gateway/log_form.h"

#include <ctype.h>
#include <endian.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	STAMP_OCTETS = 48,
	LAST_OCTETS = 16, /* one more escape, and the end of a line */
};

/* What it takes stays under cap, without an end. */
struct out {
	char *buf;
	size_t n, cap;
};

static void put(struct out *o, const char *from, size_t n)
{
	if (n > o->cap - o->n)
		n = o->cap - o->n;
	memcpy(o->buf + o->n, from, n);
	o->n += n;
}

static void put_text(struct out *o, const char *text)
{
	put(o, text, strlen(text));
}

/* Of numbers and words of ours, which are short. */
static void put_form(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void put_form(struct out *o, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_text(o, text);
}

static void stamp(uint64_t wall_us, char buf[STAMP_OCTETS])
{
	time_t s = (time_t)(wall_us / 1000000);
	struct tm tm;
	char day[32];

	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, STAMP_OCTETS, "%s.%03uZ", day,
		 (unsigned int)(wall_us / 1000 % 1000));
}

/* As in a string of JSON; octets above ASCII as the character of that number,
 * so that the line is UTF-8 whatever it was. */
static void put_escaped(struct out *o, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)from[i];

		if (o->cap - o->n < LAST_OCTETS)
			return;
		if (c == '"' || c == '\\')
			put_form(o, "\\%c", c);
		else if (c == '\n' || c == '\r' || c == '\t')
			put_form(o, "\\%c",
				 c == '\n' ? 'n' :
				 c == '\r' ? 'r' :
					     't');
		else if (c < 0x20 || c >= 0x7f)
			put_form(o, "\\u%04x", c);
		else
			put(o, from + i, 1);
	}
}

/* What a line is about, in one of the forms: the names, and how a text and a
 * number stand behind theirs. */
struct about_form {
	const char *gw, *ctx, *term, *txn, *dir, *peer, *octets;
	void (*word)(struct out *o, const char *name, const char *text);
	void (*number)(struct out *o, const char *name, size_t n);
};

static void put_about(struct out *o, const struct gw_about *a,
		      const struct about_form *f)
{
	if (a->gw)
		f->word(o, f->gw, a->gw);
	if (a->ctx)
		f->number(o, f->ctx, a->ctx);
	if (a->term)
		f->word(o, f->term, a->term);
	if (a->txn)
		f->number(o, f->txn, a->txn);
	if (!a->peer)
		return;
	f->word(o, f->dir, a->is_out ? "out" : "in");
	f->word(o, f->peer, a->peer);
	f->number(o, f->octets, a->octets);
}

/* ,"name":"text" */
static void json_octets(struct out *o, const char *name, const char *text,
			size_t n)
{
	put_form(o, ",\"%s\":\"", name);
	put_escaped(o, text, n);
	put_text(o, "\"");
}

static void json_text(struct out *o, const char *name, const char *text)
{
	json_octets(o, name, text, strlen(text));
}

static void json_number(struct out *o, const char *name, size_t n)
{
	put_form(o, ",\"%s\":%zu", name, n);
}

static const struct about_form JSON = {
	.gw = "gw",
	.ctx = "ctx",
	.term = "term",
	.txn = "txn",
	.dir = "dir",
	.peer = "peer",
	.octets = "octets",
	.word = json_text,
	.number = json_number,
};

static void form_json(struct out *o, const struct gw_log_line *l)
{
	char at[STAMP_OCTETS];

	stamp(l->wall_us, at);
	put_form(o, "{\"time\":\"%s\",\"level\":\"%s\",\"part\":\"%s\"", at,
		 gw_log_level_name(l->priority), gw_log_part_name(l->part));
	put_about(o, l->about, &JSON);
	json_text(o, "text", l->text);
	if (l->body)
		json_octets(o, "body", l->body, l->n_body);
	put_text(o, "}\n");
}

/* A value that is no text of ours: no blank, no end of the line. */
static void put_word(struct out *o, const char *name, const char *text)
{
	put_text(o, name);
	for (; *text; text++)
		put(o, isgraph((unsigned char)*text) ? text : "?", 1);
	put_text(o, " ");
}

static void put_number(struct out *o, const char *name, size_t n)
{
	put_form(o, "%s%zu ", name, n);
}

static const struct about_form TEXT = {
	.gw = "gw=",
	.ctx = "ctx=",
	.term = "term=",
	.txn = "txn=",
	.dir = "dir=",
	.peer = "peer=",
	.octets = "octets=",
	.word = put_word,
	.number = put_number,
};

static void form_text(struct out *o, const struct gw_log_line *l)
{
	char at[STAMP_OCTETS];

	stamp(l->wall_us, at);
	put_form(o, "%s %s ", at, gw_log_level_name(l->priority));
	put_about(o, l->about, &TEXT);
	put_text(o, l->text);
	if (l->body) {
		put_text(o, " body=\"");
		put_escaped(o, l->body, l->n_body);
		put_text(o, "\"");
	}
	put_text(o, "\n");
}

/* NAME=value, which may hold anything but the end of a line. */
static void field(struct out *o, const char *name, const char *value)
{
	put_word(o, name, value);
	o->buf[o->n - 1] = '\n';
}

/* NAME, end of the line, length (64 bits, little endian), octets. */
static void field_of_octets(struct out *o, const char *name, const char *from,
			    size_t n)
{
	size_t room = o->cap - o->n, fixed = strlen(name) + 1 + 8 + 1;
	uint64_t length;

	if (room < fixed)
		return;
	if (n > room - fixed)
		n = room - fixed;
	length = htole64(n);
	put_text(o, name);
	put_text(o, "\n");
	put(o, (const char *)&length, sizeof(length));
	put(o, from, n);
	put_text(o, "\n");
}

static void number_field(struct out *o, const char *name, size_t n)
{
	put_form(o, "%s%zu\n", name, n);
}

static const struct about_form JOURNAL = {
	.gw = "BGF_GATEWAY=",
	.ctx = "BGF_CONTEXT=",
	.term = "BGF_TERMINATION=",
	.txn = "BGF_TRANSACTION=",
	.dir = "BGF_DIRECTION=",
	.peer = "BGF_PEER=",
	.octets = "BGF_OCTETS=",
	.word = field,
	.number = number_field,
};

/* journalctl shows MESSAGE alone, so what the line is about is there as well. */
static void form_journal(struct out *o, const struct gw_log_line *l)
{
	char at[STAMP_OCTETS];

	stamp(l->wall_us, at);
	put_form(o,
		 "SYSLOG_IDENTIFIER=bgfd\nPRIORITY=%d\nBGF_PART=%s\n"
		 "BGF_TIME=%s\n",
		 l->priority, gw_log_part_name(l->part), at);
	put_about(o, l->about, &JOURNAL);
	put_text(o, "MESSAGE=");
	put_about(o, l->about, &TEXT);
	put_text(o, l->text);
	put_text(o, "\n");
	if (l->body)
		field_of_octets(o, "BGF_BODY", l->body, l->n_body);
}

size_t gw_log_form(const struct gw_log_line *line, enum conf_log_format form,
		   char *buf, size_t cap)
{
	struct out o = { buf, 0, cap };

	if (form == CONF_LOG_JSON)
		form_json(&o, line);
	else if (form == CONF_LOG_JOURNAL)
		form_journal(&o, line);
	else
		form_text(&o, line);
	return o.n;
}
