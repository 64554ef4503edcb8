/*
 * h248/span.h - comparing, reading and making spans
 *
 * H.248 text is case-insensitive outside Local and Remote (H.248.1 B.2), so
 * every comparison here ignores the case of ASCII letters.  Thread: any.
 */
#pragma once

#include <string.h>

#include "h248/types.h"

#define H248_SPAN(literal) \
	((struct h248_span) { (literal), sizeof(literal) - 1 })

/* n octets, the case of ASCII letters ignored. */
bool h248_same(const char *a, const char *b, size_t n);

/* Inline: of a literal nothing is left but its length. */
static inline struct h248_span h248_span_of(const char *text) /* borrows it */
{
	return (struct h248_span) { text, (uint32_t)strlen(text) };
}

static inline bool h248_span_eq(struct h248_span a, struct h248_span b)
{
	return a.n == b.n && h248_same(a.p, b.p, a.n);
}

static inline bool h248_span_is(struct h248_span a, const char *text)
{
	return h248_span_eq(a, h248_span_of(text));
}

/* Decimal digits only, no sign, no blank.  0, or -EBADMSG, or -ERANGE when
 * the number is over max; *out untouched on error. */
int h248_span_uint(struct h248_span a, uint64_t max, uint64_t *out);

/* v in decimal, at the end of buf. */
enum { H248_MAX_DIGITS = 20 };
struct h248_span h248_span_digits(uint64_t v, char buf[H248_MAX_DIGITS]);

/* Copies with NUL; -ENAMETOOLONG and an empty string when it does not fit. */
int h248_span_str(struct h248_span a, char *buf, size_t cap);
