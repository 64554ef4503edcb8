/* h248/sdp_lines.c - see sdp_lines.h */
#include "h248/sdp_lines.h"

#include <errno.h>
#include <stdlib.h>

enum { SHORTEST = 3 }; /* octets of a line: "s=" and its end */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct h248_span trim_front(struct h248_span s)
{
	while (s.n && is_blank(*s.p))
		s.p++, s.n--;
	return s;
}

static struct h248_span trim(struct h248_span s)
{
	s = trim_front(s);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* How far text goes on without a control character; a tabulator is none. */
static uint32_t text_run(struct h248_span s)
{
	uint32_t n = 0;

	while (n < s.n && ((unsigned char)s.p[n] >= ' ' || s.p[n] == '\t'))
		n++;
	return n;
}

/* Takes a line off *rest: up to CR, LF or CRLF.  *is_text false: there is
 * another control character in it. */
static struct h248_span take_line(struct h248_span *rest, bool *is_text)
{
	struct h248_span line = *rest;
	uint32_t n = text_run(*rest), end;

	*is_text = n == rest->n || rest->p[n] == '\r' || rest->p[n] == '\n';
	while (n < rest->n && rest->p[n] != '\r' && rest->p[n] != '\n')
		n++;
	line.n = n;
	end = n < rest->n ? n + 1 : n;
	if (end < rest->n && rest->p[n] == '\r' && rest->p[end] == '\n')
		end++;
	rest->p += end;
	rest->n -= end;
	return line;
}

/* RFC 4566 clause 5: the types that exist. */
#define T(type) H248_SDP_SET(type)
enum {
	KNOWN = T('v') | T('o') | T('s') | T('i') | T('u') | T('e') | T('p') |
		T('c') | T('b') | T('t') | T('r') | T('z') | T('k') | T('a') |
		T('m')
};
#undef T

static bool is_line(struct h248_span s)
{
	if (s.n < 2 || !h248_sdp_is_in(KNOWN, s.p[0]) || s.p[1] != '=')
		return false;
	/* Only the name of a session may be blank. */
	return s.n > 2 || s.p[0] == 's';
}

struct h248_sdp_lines *h248_sdp_lines_new(struct h248_span body)
{
	struct h248_sdp_lines *lines;
	unsigned int cap = body.n / SHORTEST + 1;

	if (cap > H248_SDP_MAX_LINES)
		cap = H248_SDP_MAX_LINES;
	lines = malloc(sizeof(*lines) + cap * sizeof(lines->line[0]));
	if (lines)
		lines->cap = cap;
	return lines;
}

int h248_sdp_scan(struct h248_span body, struct h248_sdp_lines *out,
		  unsigned int *bad)
{
	unsigned int number = 0;

	out->n = 0;
	while (body.n) {
		bool is_text;
		struct h248_span s = trim(take_line(&body, &is_text));

		*bad = ++number;
		if (!s.n)
			continue;
		if (!is_text || !is_line(s) || out->n == out->cap)
			return -EBADMSG;
		out->line[out->n++] = (struct h248_sdp_line) {
			s.p[0], trim((struct h248_span) { s.p + 2, s.n - 2 })
		};
	}
	return 0;
}

bool h248_sdp_next(const struct h248_sdp_lines *lines, struct h248_sdp_alt *alt)
{
	unsigned int i = alt->to;

	if (i == lines->n)
		return false;
	alt->from = i++;
	while (i < lines->n && lines->line[i].type != 'v')
		i++;
	alt->to = i;
	return true;
}

struct h248_span h248_sdp_word(struct h248_span *rest)
{
	struct h248_span s = trim_front(*rest), word = { s.p, 0 };

	while (word.n < s.n && !is_blank(s.p[word.n]))
		word.n++;
	rest->p = s.p + word.n;
	rest->n = s.n - word.n;
	return word;
}
