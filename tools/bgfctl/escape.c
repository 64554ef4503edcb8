/* tools/bgfctl/escape.c - see escape.h */
#include "tools/bgfctl/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tools/bgfctl/die.h"

/* The code point at p, and its length; a stray octet counts as itself. */
static uint32_t decode(const unsigned char *p, size_t n, size_t *len)
{
	static const unsigned char lead[] = { 0, 0, 0x1f, 0x0f, 0x07 };
	uint32_t c = *p;

	*len = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*len == 1 || *len > n) {
		*len = 1;
		return c;
	}
	c &= lead[*len];
	for (size_t i = 1; i < *len; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

/* Characters that move the cursor, hide, or turn the direction of others. */
static bool is_shown(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f },   { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
		{ 0x061c, 0x061c },   { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f },   { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	return true;
}

static bool is_xml(uint32_t c)
{
	return c >= 0x20 ? c != 0xfffe && c != 0xffff :
			   c == '\t' || c == '\n' || c == '\r';
}

char *escape(const char *utf8, size_t n, enum escape how)
{
	const unsigned char *p = (const unsigned char *)utf8;
	size_t size = 0, len;
	char *text = NULL;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		die("out of memory");
	for (size_t i = 0; i < n; i += len) {
		uint32_t c = decode(p + i, n - i, &len);

		if (how == ESCAPE_XML ? is_xml(c) : is_shown(c))
			fwrite(p + i, 1, len, to);
		else
			fprintf(to, c < 0x100 ? "\\x%02x" : "\\u{%04x}", c);
	}
	if (fclose(to))
		die("out of memory");
	return text;
}
