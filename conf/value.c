/* conf/value.c - see value.h */
#include "conf/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/prefix.h"

/* Integers and words lie in members of several sizes; two's complement. */
static void put_int(void *at, size_t size, int64_t v)
{
	switch (size) {
	case 1:
		memcpy(at, &(uint8_t) { (uint8_t)v }, 1);
		break;
	case 2:
		memcpy(at, &(uint16_t) { (uint16_t)v }, 2);
		break;
	case 4:
		memcpy(at, &(uint32_t) { (uint32_t)v }, 4);
		break;
	default:
		memcpy(at, &v, 8);
	}
}

static int64_t get_int(const void *at, size_t size)
{
	uint16_t u16;
	uint32_t u32;
	int64_t v;

	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		memcpy(&u16, at, 2);
		return u16;
	case 4:
		memcpy(&u32, at, 4);
		return u32;
	default:
		memcpy(&v, at, 8);
		return v;
	}
}

static int set_number(const struct conf_row *row, char *at, const char *text,
		      char *why)
{
	const char *digits = text + (text[0] == '-');
	bool is_hex = digits[0] == '0' && (digits[1] | 0x20) == 'x';
	const char *first = digits + (is_hex ? 2 : 0);
	const char *set = is_hex ? "0123456789abcdefABCDEF" : "0123456789";
	char *end;
	int64_t v;

	errno = 0;
	v = strtoll(text, &end, is_hex ? 16 : 10);
	if (first[0] && !first[strspn(first, set)] && !errno && !*end &&
	    v >= row->min && v <= row->max) {
		put_int(at, row->size, v);
		return 0;
	}
	snprintf(why, CONF_VALUE_TEXT,
		 "write a number from %" PRId64 " to %" PRId64, row->min,
		 row->max);
	return -EINVAL;
}

static int set_word(const struct conf_row *row, char *at, const char *text,
		    char *why)
{
	size_t n;

	for (unsigned int i = 0; row->words[i]; i++) {
		if (strcmp(row->words[i], text))
			continue;
		put_int(at, row->size, i);
		return 0;
	}
	n = (size_t)snprintf(why, CONF_VALUE_TEXT, "write one of:");
	for (unsigned int i = 0; row->words[i] && n < CONF_VALUE_TEXT; i++)
		n += (size_t)snprintf(why + n, CONF_VALUE_TEXT - n, " %s",
				      row->words[i]);
	return -EINVAL;
}

static bool is_allowed(char c, const char *chars)
{
	if (!chars)
		return c >= ' ' && c <= '~';
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || strchr(chars, c);
}

static int set_text(const struct conf_row *row, char *at, const char *text,
		    char *why)
{
	size_t n = strlen(text);

	if ((int64_t)n < row->min || (int64_t)n > row->max) {
		snprintf(why, CONF_VALUE_TEXT,
			 "write %" PRId64 " to %" PRId64
			 " characters, such as \"%s\"",
			 row->min, row->max, row->help);
		return -EINVAL;
	}
	for (size_t i = 0; i < n; i++) {
		if (is_allowed(text[i], row->chars))
			continue;
		snprintf(why, CONF_VALUE_TEXT,
			 "write letters, digits and \"%s\", such as \"%s\"",
			 row->chars ? row->chars : "printable characters",
			 row->help);
		return -EINVAL;
	}
	memset(at, 0, row->size);
	memcpy(at, text, n);
	return 0;
}

static int set_prefix(char *at, const char *text, char *why)
{
	struct conf_prefix *out = (struct conf_prefix *)at, p;

	if (!conf_prefix_parse(text, &p)) {
		memset(out, 0, sizeof(*out));
		out->family = p.family;
		out->addr = p.addr;
		out->len = p.len;
		return 0;
	}
	snprintf(why, CONF_VALUE_TEXT,
		 "write an address prefix without host bits, such as"
		 " \"198.51.100.0/29\" or \"2001:db8::/120\"");
	return -EINVAL;
}

static int set_endpoint(const struct conf_row *row, char *at, const char *text,
			char *why)
{
	uint16_t port = row->aux ? (uint16_t)row->aux : 2944;
	struct sockaddr_storage ss = { 0 };
	bool is_none = !*text && row->value && !*row->value;

	if (is_none || !conf_endpoint_parse(text, port, &ss)) {
		memcpy(at, &ss, sizeof(ss));
		return 0;
	}
	snprintf(why, CONF_VALUE_TEXT,
		 "write an address (no name) and a port, such as"
		 " \"192.0.2.1:%u\" or \"[2001:db8::1]:%u\"",
		 port, port);
	return -EINVAL;
}

/* H.248.1 B.2 serviceChangeProfile: NAME "/" Version. */
static int set_profile(const struct conf_row *row, char *base, const char *text,
		       char *why)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : 0;
	unsigned int version = 0, digits = 0;

	for (; slash && slash[1 + digits] >= '0' && slash[1 + digits] <= '9' &&
	       digits < 3;
	     digits++)
		version =
			version * 10 + (unsigned int)(slash[1 + digits] - '0');
	for (size_t i = 0; i < n; i++)
		if (!is_allowed(text[i], "_"))
			n = 0;
	if (n && n < row->size && digits && digits < 3 && !slash[1 + digits] &&
	    version) {
		memset(base + row->offset, 0, row->size);
		memcpy(base + row->offset, text, n);
		put_int(base + row->aux, 1, version);
		return 0;
	}
	snprintf(why, CONF_VALUE_TEXT,
		 "write NAME/VERSION with a version from 1 to 99, such as"
		 " \"%s\"",
		 row->help);
	return -EINVAL;
}

int conf_value_set(const struct conf_row *row, void *base, const char *text,
		   char *why)
{
	char *at = (char *)base + row->offset;

	switch (row->kind) {
	case CONF_TEXT:
		return set_text(row, at, text, why);
	case CONF_NUMBER:
		return set_number(row, at, text, why);
	case CONF_WORD:
		return set_word(row, at, text, why);
	case CONF_ENDPOINT:
		return set_endpoint(row, at, text, why);
	case CONF_PREFIX:
		return set_prefix(at, text, why);
	case CONF_PROFILE:
		return set_profile(row, base, text, why);
	}
	return -EINVAL;
}

static void print_endpoint(const struct sockaddr_storage *ss, char *out)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;
	char addr[INET6_ADDRSTRLEN] = "";

	out[0] = '\0';
	if (ss->ss_family == AF_UNSPEC)
		return;
	if (ss->ss_family == AF_INET) {
		inet_ntop(AF_INET, &v4->sin_addr, addr, sizeof(addr));
		snprintf(out, CONF_VALUE_TEXT, "%s:%u", addr,
			 ntohs(v4->sin_port));
		return;
	}
	inet_ntop(AF_INET6, &v6->sin6_addr, addr, sizeof(addr));
	snprintf(out, CONF_VALUE_TEXT, "[%s]:%u", addr, ntohs(v6->sin6_port));
}

static void print_prefix(const struct conf_prefix *p, char *out)
{
	const uint8_t *at = p->addr.s6_addr + (p->family == AF_INET ? 12 : 0);
	char addr[INET6_ADDRSTRLEN] = "";

	inet_ntop(p->family, at, addr, sizeof(addr));
	snprintf(out, CONF_VALUE_TEXT, "%s/%u", addr, p->len);
}

void conf_value_print(const struct conf_row *row, const void *base, char *out)
{
	const char *at = (const char *)base + row->offset;

	switch (row->kind) {
	case CONF_TEXT:
		snprintf(out, CONF_VALUE_TEXT, "%s", at);
		break;
	case CONF_NUMBER:
		snprintf(out, CONF_VALUE_TEXT, "%" PRId64,
			 get_int(at, row->size));
		break;
	case CONF_WORD:
		snprintf(out, CONF_VALUE_TEXT, "%s",
			 row->words[get_int(at, row->size)]);
		break;
	case CONF_ENDPOINT:
		print_endpoint((const void *)at, out);
		break;
	case CONF_PREFIX:
		print_prefix((const void *)at, out);
		break;
	case CONF_PROFILE:
		snprintf(out, CONF_VALUE_TEXT, "%s/%u", at,
			 *((const uint8_t *)base + row->aux));
		break;
	}
}

/* How many octets to insert, remove or change (Levenshtein). */
static unsigned int distance(const char *a, const char *b)
{
	enum { MOST = 48 };
	size_t na = strnlen(a, MOST), nb = strnlen(b, MOST);
	unsigned int row[MOST + 1], diagonal, above;

	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		diagonal = row[0];
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= nb; j++) {
			above = row[j];
			row[j] = diagonal + (a[i - 1] != b[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			diagonal = above;
		}
	}
	return row[nb];
}

const char *conf_nearest(const char *wrong, const char *const *names,
			 unsigned int n)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < n; i++)
		if (distance(wrong, names[i]) < distance(wrong, names[best]))
			best = i;
	return names[best];
}
