/* h248/value.c - see value.h and pkg.h */
#include "h248/value.h"

#include <errno.h>
#include <string.h>

#include "h248/span.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool has_0x(struct h248_span s)
{
	return s.n >= 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x';
}

static struct h248_span skip(struct h248_span s, uint32_t n)
{
	return (struct h248_span) { s.p + n, s.n - n };
}

static int hex_dec(struct h248_span s, uint64_t *out)
{
	uint64_t v = 0;

	if (!s.n)
		return -EBADMSG;
	for (uint32_t i = 0; i < s.n; i++) {
		int digit = hex_digit(s.p[i]);

		if (digit < 0)
			return -EBADMSG;
		if (v >> 59)
			return -ERANGE;
		v = v << 4 | (uint64_t)digit;
	}
	*out = v;
	return 0;
}

static int int_dec(struct h248_span s, int64_t *out)
{
	bool is_negative = s.n && s.p[0] == '-';
	uint64_t v;
	int rc;

	if (has_0x(s))
		rc = hex_dec(skip(s, 2), &v);
	else
		rc = h248_span_uint(is_negative ? skip(s, 1) : s, INT64_MAX,
				    &v);
	if (rc)
		return rc;
	*out = is_negative ? -(int64_t)v : (int64_t)v;
	return 0;
}

static int bool_dec(struct h248_span s, bool *out)
{
	bool is_on = h248_span_is(s, "on");

	if (!is_on && !h248_span_is(s, "off"))
		return -EBADMSG;
	*out = is_on;
	return 0;
}

/* How many octets; -EBADMSG when these are no pairs of hex digits. */
static int count_octets(struct h248_span s)
{
	if (!s.n || s.n % 2)
		return -EBADMSG;
	for (uint32_t i = 0; i < s.n; i++)
		if (hex_digit(s.p[i]) < 0)
			return -EBADMSG;
	return (int)(s.n / 2);
}

/* Whether text is one of the words. */
static bool is_word(struct h248_span text, const char *words)
{
	struct h248_span word = { words, 0 };

	while (*word.p) {
		word.n = (uint32_t)strcspn(word.p, " ");
		if (word.n && h248_span_eq(text, word))
			return true;
		word.p += word.n;
		word.p += *word.p == ' ';
	}
	return false;
}

static bool is_in_range(const struct h248_item *item, int64_t v)
{
	return item->min > item->max || (v >= item->min && v <= item->max);
}

/* One letter of UTF-8. */
static bool is_character(struct h248_span s)
{
	for (uint32_t i = 1; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return false;
	return s.n >= 1 && s.n <= 4;
}

uint16_t h248_value_judge(const struct h248_item *item,
			  const struct h248_value *v)
{
	bool is_good = true, is_on;
	struct h248_span s = v->text;
	int64_t number;

	if (!v->is_quoted && h248_span_is(s, "$"))
		return 449; /* there is nothing to choose from */
	switch (item->type) {
	case H248_TYPE_STRING:
		break;
	case H248_TYPE_BOOLEAN:
		is_good = !bool_dec(s, &is_on);
		break;
	case H248_TYPE_INTEGER:
	case H248_TYPE_DOUBLE:
		is_good = !int_dec(s, &number) && is_in_range(item, number);
		break;
	case H248_TYPE_ENUM:
		return is_word(s, item->values) ? 0 : 454;
	case H248_TYPE_OCTETS:
		is_good = count_octets(has_0x(s) ? skip(s, 2) : s) >= 0;
		break;
	case H248_TYPE_CHARACTER:
		is_good = is_character(s);
		break;
	}
	return is_good ? 0 : 449;
}

int h248_value_bool(const struct h248_prop *p, bool *out)
{
	return p->values ? bool_dec(p->values->text, out) : -EBADMSG;
}

int h248_value_int(const struct h248_prop *p, int64_t *out)
{
	if (!p->values || int_dec(p->values->text, out))
		return -EBADMSG;
	return 0;
}

int h248_value_octets(const struct h248_prop *p, uint8_t *out, size_t cap,
		      size_t *n)
{
	struct h248_span s;
	int count;

	if (!p->values)
		return -EBADMSG;
	s = p->values->text;
	s = has_0x(s) ? skip(s, 2) : s;
	count = count_octets(s);
	if (count < 0 || (size_t)count > cap)
		return -EBADMSG;
	for (int i = 0; i < count; i++)
		out[i] = (uint8_t)(hex_digit(s.p[2 * i]) << 4 |
				   hex_digit(s.p[2 * i + 1]));
	*n = (size_t)count;
	return 0;
}
