/*
 * conf/report.h - messages "FILE:LINE: what is wrong; what to write instead"
 *
 * Inside conf/ only.
 */
#pragma once

#include <stddef.h>

struct conf_report {
	const char *path;
	char *text; /* lines, each but the last ended */
	size_t cap, n;
	unsigned int errors; /* also those that found no room */
};

/* Begins an empty report in the cap octets at text. */
void conf_report_init(struct conf_report *r, const char *path, char *text,
		      size_t cap);
/* line 0: the file as a whole.  A line that does not fit is left out. */
void conf_report_add(struct conf_report *r, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
