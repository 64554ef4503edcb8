/* h248/lex.c - see lex.h */
#include "h248/lex.h"

#include <errno.h>
#include <string.h>

#define A (H248_SAFE | H248_ALPHA | H248_NAME | H248_PATH)
#define D (H248_SAFE | H248_DIGIT | H248_NAME | H248_PATH)
#define N (H248_SAFE | H248_NAME | H248_PATH)
#define P (H248_SAFE | H248_PATH)
#define S H248_SAFE
#define M H248_MARK
/* clang-format off */
const uint8_t h248_classes[256] = {
	['\t'] = H248_BLANK, [' '] = H248_BLANK,
	['\r'] = H248_EOL, ['\n'] = H248_EOL,
	['+'] = S, ['&'] = S, ['!'] = S, ['\''] = S, ['?'] = S, ['^'] = S,
	['`'] = S, ['~'] = S, ['\\'] = S, ['('] = S, [')'] = S, ['%'] = S,
	['|'] = S,
	['_'] = N,
	['/'] = P, ['*'] = P, ['$'] = P, ['-'] = P, ['.'] = P, ['@'] = P,
	['{'] = M, ['}'] = M, ['['] = M, [']'] = M, ['<'] = M, ['>'] = M,
	['='] = M, [','] = M, [':'] = M, ['#'] = M,
	['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D,
	['5'] = D, ['6'] = D, ['7'] = D, ['8'] = D, ['9'] = D,
	['A'] = A, ['B'] = A, ['C'] = A, ['D'] = A, ['E'] = A, ['F'] = A,
	['G'] = A, ['H'] = A, ['I'] = A, ['J'] = A, ['K'] = A, ['L'] = A,
	['M'] = A, ['N'] = A, ['O'] = A, ['P'] = A, ['Q'] = A, ['R'] = A,
	['S'] = A, ['T'] = A, ['U'] = A, ['V'] = A, ['W'] = A, ['X'] = A,
	['Y'] = A, ['Z'] = A,
	['a'] = A, ['b'] = A, ['c'] = A, ['d'] = A, ['e'] = A, ['f'] = A,
	['g'] = A, ['h'] = A, ['i'] = A, ['j'] = A, ['k'] = A, ['l'] = A,
	['m'] = A, ['n'] = A, ['o'] = A, ['p'] = A, ['q'] = A, ['r'] = A,
	['s'] = A, ['t'] = A, ['u'] = A, ['v'] = A, ['w'] = A, ['x'] = A,
	['y'] = A, ['z'] = A,
};
/* clang-format on */
#undef A
#undef D
#undef N
#undef P
#undef S
#undef M

void h248_lex_init(struct h248_lex *x, const char *buf, uint32_t n)
{
	*x = (struct h248_lex) { .buf = buf, .n = n, .line = 1 };
}

static bool at_end(const struct h248_lex *x)
{
	return x->pos >= x->n;
}

static char here(const struct h248_lex *x)
{
	return x->buf[x->pos];
}

/* Over a line end at x->pos: CR, LF or CRLF. */
static void end_line(struct h248_lex *x)
{
	char c = x->buf[x->pos++];

	if (c == '\r' && !at_end(x) && here(x) == '\n')
		x->pos++;
	x->line++;
	x->line_pos = x->pos;
}

/* Over one octet, or over a line end. */
static inline void step(struct h248_lex *x)
{
	if (h248_is(here(x), H248_EOL))
		end_line(x);
	else
		x->pos++;
}

/* Over octets of these classes, but never over a line end. */
static inline void skip(struct h248_lex *x, uint8_t classes)
{
	uint32_t pos = x->pos;

	while (pos < x->n && h248_is(x->buf[pos], classes))
		pos++;
	x->pos = pos;
}

/* From a semicolon to the end of the line. */
static void skip_comment(struct h248_lex *x)
{
	while (!at_end(x) && !h248_is(here(x), H248_EOL))
		x->pos++;
}

/* LWSP of B.2. */
static inline void skip_white(struct h248_lex *x)
{
	for (;;) {
		skip(x, H248_BLANK);
		if (at_end(x))
			return;
		if (h248_is(here(x), H248_EOL))
			end_line(x);
		else if (here(x) == ';')
			skip_comment(x);
		else
			return;
	}
}

static struct h248_span since(const struct h248_lex *x, uint32_t start)
{
	return (struct h248_span) { x->buf + start, x->pos - start };
}

/* The grammar wants printable ASCII in it; line ends and octets over 0x7f are
 * met in the field and taken. */
static bool string(struct h248_lex *x, struct h248_lexeme *l)
{
	uint32_t start = ++x->pos;

	while (!at_end(x) && here(x) != '"') {
		if ((unsigned char)here(x) < ' ' &&
		    !h248_is(here(x), H248_BLANK | H248_EOL))
			return false;
		step(x);
	}
	if (at_end(x))
		return false;
	l->text = since(x, start);
	x->pos++;
	return true;
}

static enum h248_lex_kind mark(struct h248_lex *x, struct h248_lexeme *l)
{
	l->mark = here(x);
	l->text.n = 1;
	if (l->mark == '{') {
		if (x->depth >= H248_MAX_DEPTH)
			return H248_LEX_DEEP;
		x->depth++;
	} else if (l->mark == '}' && x->depth) {
		x->depth--;
	}
	x->pos++;
	return H248_LEX_MARK;
}

/* Tokens are a letter and more octets of a NAME, but for "!" and "&", which
 * only stand in front of or behind a slash. */
static void word(struct h248_lex *x, struct h248_lexeme *l)
{
	uint32_t start = x->pos, pos = start;
	uint8_t classes = 0xff, c;

	while (pos < x->n &&
	       (c = h248_classes[(unsigned char)x->buf[pos]]) & H248_SAFE) {
		classes &= c;
		pos++;
	}
	x->pos = pos;
	l->kind = H248_LEX_WORD;
	l->text.n = pos - start;
	l->classes = classes;
	if (classes & H248_NAME && h248_is(*l->text.p, H248_ALPHA))
		l->tok = h248_tok_of(l->text);
}

void h248_lex_next(struct h248_lex *x, struct h248_lexeme *out)
{
	skip_white(x);
	out->tok = H248_TOK_NONE;
	out->mark = '\0';
	out->classes = 0;
	out->text.p = x->buf + x->pos;
	out->text.n = 0;
	out->at.line = x->line;
	out->at.col = x->pos - x->line_pos + 1;
	if (at_end(x))
		out->kind = H248_LEX_END;
	else if (h248_is(here(x), H248_SAFE))
		word(x, out);
	else if (h248_is(here(x), H248_MARK))
		out->kind = mark(x, out);
	else if (here(x) == '"')
		out->kind = string(x, out) ? H248_LEX_STRING : H248_LEX_BAD;
	else
		out->kind = H248_LEX_BAD;
}

char h248_lex_peek(const struct h248_lex *x)
{
	struct h248_lex ahead = *x;

	skip_white(&ahead);
	return at_end(&ahead) ? '\0' : here(&ahead);
}

static void skip_blanks_and_eol(struct h248_lex *x)
{
	while (!at_end(x) && h248_is(here(x), H248_BLANK | H248_EOL))
		step(x);
}

int h248_lex_body(struct h248_lex *x, struct h248_span *body, uint32_t *escapes)
{
	uint32_t start;

	*escapes = 0;
	skip_blanks_and_eol(x);
	start = x->pos;
	for (; !at_end(x) && here(x); step(x)) {
		if (here(x) != '}')
			continue;
		if (x->pos == start || x->buf[x->pos - 1] != '\\') {
			*body = since(x, start);
			return 0;
		}
		++*escapes;
	}
	return -EPROTO;
}

int h248_lex_skip_block(struct h248_lex *x)
{
	uint32_t depth = x->depth;
	bool may_be_body = false;

	for (;;) {
		struct h248_lexeme l;
		struct h248_span body;
		uint32_t escapes;

		h248_lex_next(x, &l);
		switch (l.kind) {
		case H248_LEX_END:
			return -EPROTO;
		case H248_LEX_DEEP:
			return -E2BIG;
		case H248_LEX_BAD:
			/* A quote that never closes has eaten all the rest. */
			if (!at_end(x))
				x->pos++;
			break;
		case H248_LEX_MARK:
			if (l.mark == '{' && may_be_body &&
			    h248_lex_body(x, &body, &escapes))
				return -EPROTO;
			if (l.mark == '}' && x->depth < depth)
				return 0;
			break;
		case H248_LEX_WORD:
		case H248_LEX_STRING:
			break;
		}
		may_be_body =
			l.tok == H248_TOK_LOCAL || l.tok == H248_TOK_REMOTE;
	}
}

/* From an opening to a closing mark. */
static bool bracketed(struct h248_lex *x, char close)
{
	while (!at_end(x) && here(x) != close) {
		if (!here(x))
			return false;
		step(x);
	}
	if (at_end(x))
		return false;
	x->pos++;
	return true;
}

static void port(struct h248_lex *x)
{
	if (at_end(x) || here(x) != ':')
		return;
	x->pos++;
	skip(x, H248_DIGIT);
}

/* A word; when it is MTP, with the braces behind it.  White space may stand
 * around them. */
static bool word_or_mtp(struct h248_lex *x)
{
	uint32_t start = x->pos;
	struct h248_lex behind;

	skip(x, H248_SAFE);
	behind = *x;
	skip_white(&behind);
	if (!h248_tok_is(since(x, start), H248_TOK_MTP) || at_end(&behind) ||
	    here(&behind) != '{')
		return true;
	*x = behind;
	return bracketed(x, '}');
}

int h248_lex_mid(struct h248_lex *x, struct h248_span *mid)
{
	uint32_t start = x->pos;
	bool ok = false;

	if (at_end(x))
		return -EPROTO;
	if (here(x) == '[' || here(x) == '<') {
		ok = bracketed(x, here(x) == '[' ? ']' : '>');
		port(x);
	} else if (h248_is(here(x), H248_SAFE)) {
		ok = word_or_mtp(x);
	}
	*mid = since(x, start);
	return ok ? 0 : -EPROTO;
}
