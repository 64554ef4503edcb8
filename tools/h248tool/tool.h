/*
 * tools/h248tool/tool.h - what the files of h248tool share
 */
#pragma once

#include <stdio.h>

#include "h248/msg.h"

enum { /* exit status */
       EXIT_GOOD = 0,
       EXIT_FAULT = 1,   /* a message has a fault */
       EXIT_TROUBLE = 2, /* usage, or a file that cannot be read */
};

enum tool_form {
	FORM_LONG,
	FORM_SHORT,
	FORM_PRINT, /* long, with the origin as a comment */
	FORM_JSON,
	FORM_LADDER,
	FORM_CHECK,
};

/* Where a message came from: printed in front of its faults. */
struct tool_origin {
	const char *file;
	uint32_t line;    /* its first line in the file, from 1 */
	const char *head; /* of a captured one: time and addresses; or NULL */
};

/* One message in the form asked for, its faults on stderr (FORM_CHECK: on
 * stdout).  Returns an exit status. */
int tool_message(enum tool_form form, const struct tool_origin *origin,
		 const char *buf, size_t n);

/* All messages of a file, "-": standard input.  Exit status. */
int tool_file(enum tool_form form, const char *path);
/* All messages to or from port 2944 or 2945 in a capture. */
int tool_capture(enum tool_form form, const char *path);

/* h for each fault of the message, in its order; how many there are. */
typedef void(tool_fault_h)(const struct h248_err *err, void *arg);
unsigned int tool_faults(const struct h248_msg *m, tool_fault_h *h, void *arg);
/* The line of a fault in the file; 0: not known. */
uint32_t tool_line(const struct tool_origin *origin,
		   const struct h248_err *err);

/* The tree and its faults as one line of JSON; -ENOMEM when there is none. */
int tool_json(FILE *out, const struct tool_origin *origin,
	      const struct h248_msg *m);
