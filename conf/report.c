/* conf/report.c - see report.h */
#include "conf/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void conf_report_init(struct conf_report *r, const char *path, char *text,
		      size_t cap)
{
	*r = (struct conf_report) { .path = path, .text = text, .cap = cap };
	if (cap)
		text[0] = '\0';
}

/* What a message quotes may be anything: it must stay one line (A02). */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void conf_report_add(struct conf_report *r, int line, const char *fmt, ...)
{
	char what[400], where[24] = "";
	const char *eol = r->n ? "\n" : "";
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	clean(what);
	if (line > 0)
		snprintf(where, sizeof(where), "%d:", line);
	r->errors++;
	if (r->n >= r->cap)
		return;
	n = snprintf(r->text + r->n, r->cap - r->n, "%s%s:%s %s", eol, r->path,
		     where, what);
	if (r->n && r->n + (size_t)n >= r->cap)
		r->text[r->n] = '\0';
	else
		r->n = strlen(r->text);
}
