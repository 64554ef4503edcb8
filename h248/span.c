/* h248/span.c - see span.h */
#include "h248/span.h"

#include <errno.h>
#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

struct h248_span h248_span_of(const char *text)
{
	return (struct h248_span) { text, (uint32_t)strlen(text) };
}

bool h248_span_eq(struct h248_span a, struct h248_span b)
{
	if (a.n != b.n)
		return false;
	for (uint32_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool h248_span_is(struct h248_span a, const char *text)
{
	return h248_span_eq(a, h248_span_of(text));
}

int h248_span_uint(struct h248_span a, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!a.n)
		return -EBADMSG;
	for (uint32_t i = 0; i < a.n; i++) {
		uint64_t digit = (uint64_t)(a.p[i] - '0');

		if (a.p[i] < '0' || a.p[i] > '9')
			return -EBADMSG;
		if (v > (max - digit) / 10 || digit > max)
			return -ERANGE;
		v = v * 10 + digit;
	}
	*out = v;
	return 0;
}

int h248_span_str(struct h248_span a, char *buf, size_t cap)
{
	if (a.n >= cap) {
		if (cap)
			buf[0] = '\0';
		return -ENAMETOOLONG;
	}
	if (a.n)
		memcpy(buf, a.p, a.n);
	buf[a.n] = '\0';
	return 0;
}
