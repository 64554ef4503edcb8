/* h248/span.c - see span.h */
#include "h248/span.h"

#include <errno.h>
#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool h248_same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

int h248_span_uint(struct h248_span a, uint64_t max, uint64_t *out)
{
	const uint64_t tenth = max / 10;
	uint64_t v = 0;

	if (!a.n)
		return -EBADMSG;
	for (uint32_t i = 0; i < a.n; i++) {
		uint64_t digit = (uint64_t)(a.p[i] - '0');

		if (digit > 9)
			return -EBADMSG;
		if (v > tenth || digit > max - v * 10)
			return -ERANGE;
		v = v * 10 + digit;
	}
	*out = v;
	return 0;
}

struct h248_span h248_span_digits(uint64_t v, char buf[H248_MAX_DIGITS])
{
	uint32_t i = H248_MAX_DIGITS;

	do {
		buf[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return (struct h248_span) { buf + i, H248_MAX_DIGITS - i };
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
