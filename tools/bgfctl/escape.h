/*
 * tools/bgfctl/escape.h - what came from outside, made safe to show
 *
 * Identifiers and bodies are written by controllers: a line end or a terminal
 * escape in one must not forge a line of output (fault A02).
 */
#pragma once

#include <stddef.h>

enum escape {
	ESCAPE_TERMINAL, /* no controls, no format characters, no line end */
	ESCAPE_XML,      /* only what XML 1.0 cannot carry (clause 2.2) */
};

/* n octets of UTF-8; what is not shown as it is becomes \xNN or \u{NNNN}.
 * Returns new, never NULL (out of memory ends the program). */
char *escape(const char *utf8, size_t n, enum escape how);
