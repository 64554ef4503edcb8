/* h248/text_dec_prim.c - lexemes, lists, values: the words of the decoder */
#include "h248/text_dec_int.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "h248/span.h"
#include "h248/text.h"

enum {
	MAX_NAME = 64, /* NAME of B.2 */
	SHOWN = 24,    /* octets of a lexeme in an error text */
};

void h248_dec_advance(struct h248_dec *d)
{
	d->before = d->lex.pos;
	h248_lex_next(&d->lex, &d->cur);
}

bool h248_dec_at(const struct h248_dec *d, char mark)
{
	return d->cur.kind == H248_LEX_MARK && d->cur.mark == mark;
}

bool h248_dec_at_tok(const struct h248_dec *d, enum h248_tok t)
{
	return d->cur.tok == t;
}

bool h248_dec_accept(struct h248_dec *d, char mark)
{
	if (!h248_dec_at(d, mark))
		return false;
	h248_dec_advance(d);
	return true;
}

int h248_dec_expect(struct h248_dec *d, char mark)
{
	char expected[] = { '\'', mark, '\'', '\0' };

	return h248_dec_accept(d, mark) ? 0 : h248_dec_syntax(d, expected);
}

/* Every verdict of the decoder is filled here. */
static int verdict(struct h248_dec *d, uint16_t code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int verdict(struct h248_dec *d, uint16_t code, const char *fmt, ...)
{
	char text[H248_ERR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	h248_err_set(&d->err, code, d->cur.at, "%s", text);
	d->err.clause = d->clause;
	return -EPROTO;
}

int h248_dec_syntax(struct h248_dec *d, const char *expected)
{
	struct h248_span s = d->cur.text;

	switch (d->cur.kind) {
	case H248_LEX_END:
		return verdict(d, d->level, "expected %s, found the end",
			       expected);
	case H248_LEX_DEEP:
		return verdict(d, 400, "more than %d nested braces",
			       H248_MAX_DEPTH);
	case H248_LEX_BAD:
		return verdict(d, d->level,
			       "expected %s, found an illegal character",
			       expected);
	default:
		return verdict(d, d->level, "expected %s, found '%.*s'",
			       expected, (int)(s.n < SHOWN ? s.n : SHOWN), s.p);
	}
}

int h248_dec_fail(struct h248_dec *d, uint16_t code, const char *text)
{
	return verdict(d, code, "%s", text);
}

int h248_dec_need(struct h248_dec *d, enum h248_tok t)
{
	if (d->version >= h248_tok_version(t))
		return 0;
	return verdict(d, d->level, "%s needs version %u",
		       h248_tok_text(t, true), h248_tok_version(t));
}

int h248_dec_within(struct h248_dec *d, enum h248_clause clause,
		    h248_dec_rule *rule, void *node)
{
	uint8_t around = d->clause;
	int rc;

	d->clause = (uint8_t)clause;
	rc = rule(d, node);
	if (!rc)
		d->clause = around;
	return rc;
}

struct h248_span h248_dec_from(const struct h248_dec *d, const char *start)
{
	const char *end = d->lex.buf + d->before;

	return (struct h248_span) { start, (uint32_t)(end - start) };
}

int h248_dec_list(struct h248_dec *d, h248_dec_rule *rule, void *node,
		  char close)
{
	unsigned int n = 0;
	int rc;

	do {
		if (n++ >= H248_MAX_ITEMS)
			return h248_dec_fail(d, d->level, "list too long");
		rc = rule(d, node);
		if (rc)
			return rc;
	} while (h248_dec_accept(d, ','));
	if (h248_dec_accept(d, close))
		return 0;
	return h248_dec_syntax(d, close == '}' ? "',' or '}'" : "',' or ']'");
}

int h248_dec_block(struct h248_dec *d, h248_dec_rule *rule, void *node)
{
	int rc = h248_dec_expect(d, '{');

	return rc ? rc : h248_dec_list(d, rule, node, '}');
}

int h248_dec_block0(struct h248_dec *d, h248_dec_rule *rule, void *node)
{
	int rc = h248_dec_expect(d, '{');

	if (rc || h248_dec_accept(d, '}'))
		return rc;
	return h248_dec_list(d, rule, node, '}');
}

int h248_dec_filled(struct h248_dec *d, h248_dec_rule *rule, void *node)
{
	if (d->is_audit || d->is_reply)
		return h248_dec_block0(d, rule, node);
	return h248_dec_block(d, rule, node);
}

bool h248_dec_is_named(const struct h248_dec *d)
{
	return (d->is_audit || d->is_reply) &&
	       (h248_dec_at(d, ',') || h248_dec_at(d, '}'));
}

h248_dec_rule *h248_dec_choose(const struct h248_dec *d,
			       const struct h248_dec_choice *choices, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (h248_dec_at_tok(d, choices[i].tok))
			return choices[i].rule;
	return NULL;
}

int h248_dec_word(struct h248_dec *d, const char *what, struct h248_span *out)
{
	if (d->cur.kind != H248_LEX_WORD)
		return h248_dec_syntax(d, what);
	*out = d->cur.text;
	h248_dec_advance(d);
	return 0;
}

int h248_dec_uint(struct h248_dec *d, uint64_t max, const char *what,
		  uint64_t *out)
{
	if (d->cur.kind != H248_LEX_WORD ||
	    h248_span_uint(d->cur.text, max, out))
		return h248_dec_syntax(d, what);
	h248_dec_advance(d);
	return 0;
}

int h248_dec_eq_uint16(struct h248_dec *d, const char *what, uint16_t *out)
{
	uint64_t v = 0;
	int rc = h248_dec_expect(d, '=');

	if (!rc)
		rc = h248_dec_uint(d, UINT16_MAX, what, &v);
	if (!rc)
		*out = (uint16_t)v;
	return rc;
}

int h248_dec_eq_tok(struct h248_dec *d, const enum h248_tok *toks, size_t n,
		    const char *what, unsigned int *which)
{
	int rc = h248_dec_expect(d, '=');

	for (unsigned int i = 0; !rc && i < n; i++) {
		if (!h248_dec_at_tok(d, toks[i]))
			continue;
		*which = i;
		h248_dec_advance(d);
		return 0;
	}
	return rc ? rc : h248_dec_syntax(d, what);
}

int h248_dec_eq_onoff(struct h248_dec *d, bool *out)
{
	static const enum h248_tok toks[] = { H248_TOK_OFF, H248_TOK_ON };
	unsigned int which = 0;
	int rc = h248_dec_eq_tok(d, toks, 2, "ON or OFF", &which);

	*out = which;
	return rc;
}

int h248_dec_value_text(struct h248_dec *d, struct h248_span *out)
{
	if (d->cur.kind != H248_LEX_WORD && d->cur.kind != H248_LEX_STRING)
		return h248_dec_syntax(d, "a value");
	*out = d->cur.text;
	h248_dec_advance(d);
	return 0;
}

bool h248_dec_is_name(struct h248_span s)
{
	if (!s.n || s.n > MAX_NAME)
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (!h248_is(s.p[i], H248_NAME))
			return false;
	return true;
}

/* "X-" or "X+" and 1 to 6 letters or digits */
bool h248_dec_is_extension(struct h248_span s)
{
	if (s.n < 3 || s.n > 8 || (s.p[0] | 0x20) != 'x' ||
	    (s.p[1] != '-' && s.p[1] != '+'))
		return false;
	for (uint32_t i = 2; i < s.n; i++)
		if (!h248_is_alpha(s.p[i]) && !h248_is_digit(s.p[i]))
			return false;
	return true;
}

static bool is_name_or_all(struct h248_span s)
{
	return (s.n == 1 && s.p[0] == '*') || h248_dec_is_name(s);
}

int h248_dec_name(struct h248_dec *d, struct h248_name *out)
{
	struct h248_span s = d->cur.text;
	const char *slash = NULL;

	if (d->cur.kind == H248_LEX_WORD)
		slash = memchr(s.p, '/', s.n);
	if (!slash)
		return h248_dec_syntax(d, "package/item");
	out->pkg = (struct h248_span) { s.p, (uint32_t)(slash - s.p) };
	out->item.p = slash + 1;
	out->item.n = s.n - out->pkg.n - 1;
	if (!is_name_or_all(out->pkg) || !is_name_or_all(out->item))
		return h248_dec_syntax(d, "package/item");
	h248_dec_advance(d);
	return 0;
}

bool h248_dec_is_timestamp(struct h248_span s)
{
	if (s.n != 17 || (s.p[8] != 'T' && s.p[8] != 't'))
		return false;
	for (uint32_t i = 0; i < s.n; i++)
		if (i != 8 && !h248_is_digit(s.p[i]))
			return false;
	return true;
}

/* pathNAME, with "-" and "." taken anywhere: field names have them. */
int h248_dec_term_id(struct h248_dec *d, struct h248_term_id **out)
{
	struct h248_term_id *t;
	struct h248_span s = d->cur.text;

	if (d->cur.kind != H248_LEX_WORD || !(d->cur.classes & H248_PATH))
		return h248_dec_syntax(d, "a TerminationID");
	if (s.n > H248_MAX_TERM_ID)
		return h248_dec_fail(d, d->level,
				     "TerminationID over 64 characters");
	if (H248_DEC_NEW(d, t))
		return -ENOMEM;
	t->text = s;
	t->at = d->cur.at;
	t->is_root = h248_span_is(s, "ROOT");
	t->has_all = memchr(s.p, '*', s.n);
	t->has_choose = memchr(s.p, '$', s.n);
	*out = t;
	h248_dec_advance(d);
	return 0;
}

struct h248_lex h248_dec_here(const struct h248_dec *d)
{
	struct h248_lex x = d->lex;

	x.pos = (uint32_t)(d->cur.text.p - x.buf);
	x.line = d->cur.at.line;
	x.line_pos = x.pos + 1 - d->cur.at.col;
	return x;
}

/* The first lexeme of a mId may be only a part of it: lex it again, raw. */
int h248_dec_mid(struct h248_dec *d, struct h248_mid *out)
{
	struct h248_lex x = h248_dec_here(d);
	struct h248_span text;

	if (h248_lex_mid(&x, &text) || h248_mid_dec(text, out))
		return h248_dec_syntax(d, "a message identifier");
	d->lex = x;
	h248_dec_advance(d);
	return 0;
}

int h248_dec_raw_block(struct h248_dec *d, struct h248_span *out)
{
	const char *start = d->cur.text.p;

	if (!h248_dec_at(d, '{'))
		return h248_dec_syntax(d, "'{'");
	switch (h248_lex_skip_block(&d->lex)) {
	case 0:
		h248_dec_advance(d);
		*out = h248_dec_from(d, start);
		return 0;
	case -E2BIG:
		return h248_dec_fail(d, 400, "braces nested too deep");
	default:
		return h248_dec_fail(d, d->level, "expected '}'");
	}
}
