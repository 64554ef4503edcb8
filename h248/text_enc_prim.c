/* h248/text_enc_prim.c - octets, tokens, marks and values */
#include "h248/text_enc_int.h"

#include <string.h>

#include "h248/lex.h"

static void enc_octets(struct h248_enc *e, const char *p, size_t n)
{
	if (n && e->n < e->cap)
		memcpy(e->buf + e->n, p, n < e->cap - e->n ? n : e->cap - e->n);
	e->n += n;
}

void h248_enc_str(struct h248_enc *e, const char *s)
{
	enc_octets(e, s, strlen(s));
}

void h248_enc_span(struct h248_enc *e, struct h248_span s)
{
	enc_octets(e, s.p, s.n);
}

void h248_enc_tok(struct h248_enc *e, enum h248_tok t)
{
	h248_enc_str(e, h248_tok_text(t, e->is_long));
}

void h248_enc_uint(struct h248_enc *e, uint64_t v)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	enc_octets(e, digits + i, sizeof(digits) - i);
}

void h248_enc_eq(struct h248_enc *e)
{
	h248_enc_str(e, e->is_long ? " = " : "=");
}

void h248_enc_newline(struct h248_enc *e)
{
	if (!e->is_long)
		return;
	h248_enc_str(e, "\n");
	for (unsigned int i = 0; i < e->depth; i++)
		h248_enc_str(e, "  ");
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

static bool is_plain(char c)
{
	return (c >= ' ' && c <= '~') || c == '\t';
}

/* A quoted string cannot carry a quote, and nothing can carry a NUL.  Line
 * ends and octets over 0x7f are taken, but not sent: widely used stacks refuse
 * them. */
void h248_enc_quoted(struct h248_enc *e, struct h248_span s)
{
	if (s.n && (memchr(s.p, '"', s.n) || memchr(s.p, '\0', s.n)))
		e->is_invalid = true;
	h248_enc_str(e, "\"");
	for (uint32_t i = 0; i < s.n; i++)
		enc_octets(e, is_plain(s.p[i]) ? s.p + i : "?", 1);
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

/* How long the line end at s[i] is: 0 when there is none. */
static uint32_t eol_at(struct h248_span s, uint32_t i)
{
	if (s.p[i] == '\r')
		return i + 1 < s.n && s.p[i + 1] == '\n' ? 2 : 1;
	return s.p[i] == '\n';
}

static void body_octet(struct h248_enc *e, struct h248_span s, uint32_t *i)
{
	uint32_t eol = e->sdp_eol ? eol_at(s, *i) : 0;

	if (eol) {
		h248_enc_str(e, e->sdp_eol);
		*i += eol;
		return;
	}
	if (s.p[*i] == '}')
		h248_enc_str(e, "\\");
	enc_octets(e, s.p + *i, 1);
	++*i;
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
	for (uint32_t i = 0; i < sdp.n;)
		body_octet(e, sdp, &i);
	h248_enc_str(e, "}");
}

void h248_enc_mid(struct h248_enc *e, const struct h248_mid *mid)
{
	char text[128];

	if (h248_mid_enc(mid, text, sizeof(text)))
		e->is_invalid = true;
	else
		h248_enc_str(e, text);
}
