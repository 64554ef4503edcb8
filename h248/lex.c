/* h248/lex.c - see lex.h */
#include "h248/lex.h"

#include <errno.h>
#include <string.h>

#include "h248/tok.h"

/* Bits of classes[]. */
enum {
	SAFE = 1 << 0,
	ALPHA = 1 << 1,
	DIGIT = 1 << 2,
	MARK = 1 << 3,
	BLANK = 1 << 4,
	EOL = 1 << 5,
};

#define A (ALPHA | SAFE)
#define D (DIGIT | SAFE)
/* clang-format off */
static const uint8_t classes[256] = {
	['\t'] = BLANK, [' '] = BLANK, ['\r'] = EOL, ['\n'] = EOL,
	['+'] = SAFE, ['-'] = SAFE, ['&'] = SAFE, ['!'] = SAFE, ['_'] = SAFE,
	['/'] = SAFE, ['\''] = SAFE, ['?'] = SAFE, ['@'] = SAFE, ['^'] = SAFE,
	['`'] = SAFE, ['~'] = SAFE, ['*'] = SAFE, ['$'] = SAFE, ['\\'] = SAFE,
	['('] = SAFE, [')'] = SAFE, ['%'] = SAFE, ['.'] = SAFE, ['|'] = SAFE,
	['{'] = MARK, ['}'] = MARK, ['['] = MARK, [']'] = MARK, ['<'] = MARK,
	['>'] = MARK, ['='] = MARK, [','] = MARK, [':'] = MARK, ['#'] = MARK,
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

static bool is(char c, uint8_t mask)
{
	return classes[(unsigned char)c] & mask;
}

bool h248_is_safe(char c)
{
	return is(c, SAFE);
}

bool h248_is_alpha(char c)
{
	return is(c, ALPHA);
}

bool h248_is_digit(char c)
{
	return is(c, DIGIT);
}

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

/* Over one octet; CR, LF and CRLF each end one line. */
static void step(struct h248_lex *x)
{
	char c = x->buf[x->pos++];

	if (!is(c, EOL))
		return;
	if (c == '\r' && !at_end(x) && here(x) == '\n')
		x->pos++;
	x->line++;
	x->line_pos = x->pos;
}

/* LWSP of B.2. */
static void skip_white(struct h248_lex *x)
{
	while (!at_end(x)) {
		if (is(here(x), BLANK | EOL)) {
			step(x);
		} else if (here(x) == ';') {
			while (!at_end(x) && !is(here(x), EOL))
				x->pos++;
		} else {
			return;
		}
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
		if ((unsigned char)here(x) < ' ' && !is(here(x), BLANK | EOL))
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
	l->text = (struct h248_span) { x->buf + x->pos, 1 };
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

struct h248_lexeme h248_lex_next(struct h248_lex *x)
{
	struct h248_lexeme l = { .kind = H248_LEX_END };
	uint32_t start;

	skip_white(x);
	start = x->pos;
	l.at.line = x->line;
	l.at.col = start - x->line_pos + 1;
	l.text = (struct h248_span) { x->buf + start, 0 };
	if (at_end(x))
		return l;
	if (is(here(x), SAFE)) {
		while (!at_end(x) && is(here(x), SAFE))
			x->pos++;
		l.kind = H248_LEX_WORD;
		l.text = since(x, start);
	} else if (here(x) == '"') {
		l.kind = string(x, &l) ? H248_LEX_STRING : H248_LEX_BAD;
	} else if (is(here(x), MARK)) {
		l.kind = mark(x, &l);
	} else {
		l.kind = H248_LEX_BAD;
	}
	return l;
}

static void skip_blanks_and_eol(struct h248_lex *x)
{
	while (!at_end(x) && is(here(x), BLANK | EOL))
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

static bool is_body(struct h248_span word)
{
	return h248_tok_is(word, H248_TOK_LOCAL) ||
	       h248_tok_is(word, H248_TOK_REMOTE);
}

int h248_lex_skip_block(struct h248_lex *x)
{
	uint32_t depth = x->depth;
	bool may_be_body = false;

	for (;;) {
		struct h248_lexeme l = h248_lex_next(x);
		struct h248_span body;
		uint32_t escapes;

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
		may_be_body = l.kind == H248_LEX_WORD && is_body(l.text);
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
	while (!at_end(x) && is(here(x), DIGIT))
		x->pos++;
}

/* A word; when it is MTP, with the braces behind it.  White space may stand
 * around them. */
static bool word_or_mtp(struct h248_lex *x)
{
	uint32_t start = x->pos;
	struct h248_lex behind;

	while (!at_end(x) && is(here(x), SAFE))
		x->pos++;
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
	} else if (is(here(x), SAFE)) {
		ok = word_or_mtp(x);
	}
	*mid = since(x, start);
	return ok ? 0 : -EPROTO;
}
