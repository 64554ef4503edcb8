/* h248/text_enc_prim.c - octets, tokens, marks and values */
#include "h248/text_enc_int.h"

#include <string.h>

#include "h248/lex.h"
#include "h248/span.h"

void h248_enc_uint(struct h248_enc *e, uint64_t v)
{
	char digits[H248_MAX_DIGITS];

	h248_enc_span(e, h248_span_digits(v, digits));
}

void h248_enc_eq(struct h248_enc *e)
{
	h248_enc_str(e, e->is_long ? " = " : "=");
}

void h248_enc_newline(struct h248_enc *e)
{
	static const char line[] = "\n                                ";
	const unsigned int max = (sizeof(line) - 2) / 2;

	if (e->is_long)
		h248_enc_octets(e, line,
				1 + 2 * (e->depth < max ? e->depth : max));
}

void h248_enc_open(struct h248_enc *e, bool *is_first)
{
	h248_enc_str(e, e->is_long ? " {" : "{");
	e->depth++;
	*is_first = true;
}

void h248_enc_item(struct h248_enc *e, bool *is_first)
{
	if (!*is_first)
		h248_enc_str(e, ",");
	*is_first = false;
	h248_enc_newline(e);
}

void h248_enc_close(struct h248_enc *e)
{
	e->depth--;
	h248_enc_newline(e);
	h248_enc_str(e, "}");
}

void h248_enc_tok_uint(struct h248_enc *e, enum h248_tok t, uint64_t v)
{
	h248_enc_tok(e, t);
	h248_enc_eq(e);
	h248_enc_uint(e, v);
}

void h248_enc_tok_tok(struct h248_enc *e, enum h248_tok t, enum h248_tok v)
{
	h248_enc_tok(e, t);
	h248_enc_eq(e);
	h248_enc_tok(e, v);
}

static uint32_t plain_run(struct h248_span s)
{
	uint32_t n = 0;

	while (n < s.n && ((s.p[n] >= ' ' && s.p[n] <= '~') || s.p[n] == '\t'))
		n++;
	return n;
}

/* A quoted string cannot carry a quote, and nothing can carry a NUL.  Line
 * ends and octets over 0x7f are taken, but not sent: widely used stacks refuse
 * them. */
void h248_enc_quoted(struct h248_enc *e, struct h248_span s)
{
	if (s.n && (memchr(s.p, '"', s.n) || memchr(s.p, '\0', s.n)))
		e->is_invalid = true;
	h248_enc_str(e, "\"");
	while (s.n) {
		uint32_t n = plain_run(s);

		h248_enc_octets(e, n ? s.p : "?", n ? n : 1);
		s.p += n ? n : 1;
		s.n -= n ? n : 1;
	}
	h248_enc_str(e, "\"");
}

static bool needs_quotes(struct h248_span s)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (!h248_is_safe(s.p[i]))
			return true;
	return !s.n;
}

void h248_enc_value(struct h248_enc *e, const struct h248_value *v)
{
	if (v->is_quoted || needs_quotes(v->text))
		h248_enc_quoted(e, v->text);
	else
		h248_enc_span(e, v->text);
}

void h248_enc_name(struct h248_enc *e, const struct h248_name *n)
{
	if (n->pkg.p) {
		h248_enc_span(e, n->pkg);
		h248_enc_str(e, "/");
	}
	h248_enc_span(e, n->item);
}

static void set(struct h248_enc *e, const struct h248_prop *p)
{
	static const char *const around[][3] = {
		[H248_ONE] = { "", ",", "" },
		[H248_LIST] = { "[", ",", "]" },
		[H248_ALT] = { "{", ",", "}" },
		[H248_RANGE] = { "[", ":", "]" },
	};

	h248_enc_str(e, around[p->set][0]);
	for (const struct h248_value *v = p->values; v; v = v->next) {
		h248_enc_value(e, v);
		if (v->next)
			h248_enc_str(e, around[p->set][1]);
	}
	h248_enc_str(e, around[p->set][2]);
}

static void enc_prop(struct h248_enc *e, const struct h248_prop *p)
{
	static const char *const rel[] = {
		[H248_GT] = ">",
		[H248_LT] = "<",
		[H248_NE] = "#",
	};

	h248_enc_name(e, &p->name);
	if (!p->values)
		return;
	if (p->rel == H248_EQ)
		h248_enc_eq(e);
	else
		h248_enc_str(e, rel[p->rel]);
	set(e, p);
}

void h248_enc_props(struct h248_enc *e, const struct h248_prop *list,
		    bool *is_first)
{
	for (; list; list = list->next) {
		h248_enc_item(e, is_first);
		enc_prop(e, list);
	}
}

/* Octets that go out as they are: up to a "}", or a line end that changes. */
static uint32_t body_run(const struct h248_enc *e, struct h248_span s)
{
	const char *end;
	uint32_t n = 0;

	if (!e->sdp_eol) {
		end = memchr(s.p, '}', s.n);
		return end ? (uint32_t)(end - s.p) : s.n;
	}
	while (n < s.n && s.p[n] != '}' && !h248_is(s.p[n], H248_EOL))
		n++;
	return n;
}

/* What ended a run: how many octets of s it is. */
static uint32_t body_special(struct h248_enc *e, struct h248_span s)
{
	if (s.p[0] == '}') {
		h248_enc_str(e, "\\}");
		return 1;
	}
	h248_enc_str(e, e->sdp_eol);
	return s.p[0] == '\r' && s.n > 1 && s.p[1] == '\n' ? 2 : 1;
}

static void sdp_octets(struct h248_enc *e, struct h248_span sdp)
{
	while (sdp.n) {
		uint32_t n = body_run(e, sdp);

		h248_enc_octets(e, sdp.p, n);
		if (n < sdp.n)
			n += body_special(e, (struct h248_span) { sdp.p + n,
								  sdp.n - n });
		sdp.p += n;
		sdp.n -= n;
	}
}

/* The first line, with its end. */
static struct h248_span first_line(struct h248_span sdp)
{
	uint32_t n = 0;

	while (n < sdp.n && !h248_is(sdp.p[n], H248_EOL))
		n++;
	if (n + 1 < sdp.n && sdp.p[n] == '\r' && sdp.p[n + 1] == '\n')
		n++;
	sdp.n = n < sdp.n ? n + 1 : n;
	return sdp;
}

static void sdp_without_braces(struct h248_enc *e, struct h248_span sdp)
{
	while (sdp.n) {
		struct h248_span line = first_line(sdp);

		if (!memchr(line.p, '}', line.n))
			sdp_octets(e, line);
		sdp.p += line.n;
		sdp.n -= line.n;
	}
}

/* The closing brace is told from an escaped one by what stands before it, so
 * a body that ends in a backslash cannot be written (h248.md 1.4). */
void h248_enc_body(struct h248_enc *e, struct h248_span sdp)
{
	h248_enc_str(e, e->is_long ? " {" : "{");
	if (sdp.n && (memchr(sdp.p, '\0', sdp.n) || sdp.p[sdp.n - 1] == '\\'))
		e->is_invalid = true;
	if (sdp.n)
		h248_enc_str(e, e->sdp_eol ? e->sdp_eol : "\r\n");
	if (e->omits_braces)
		sdp_without_braces(e, sdp);
	else
		sdp_octets(e, sdp);
	h248_enc_str(e, "}");
}

void h248_enc_mid(struct h248_enc *e, const struct h248_mid *mid)
{
	static const char *const open[] = { "[", "[", "<", "", "MTP{" };
	static const char *const close[] = { "]", "]", ">", "", "}" };

	h248_enc_str(e, open[mid->kind]);
	h248_enc_span(e, mid->text);
	h248_enc_str(e, close[mid->kind]);
	if (mid->port && mid->kind != H248_MID_DEVICE &&
	    mid->kind != H248_MID_MTP) {
		h248_enc_str(e, ":");
		h248_enc_uint(e, mid->port);
	}
}
