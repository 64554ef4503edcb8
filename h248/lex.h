/*
 * h248/lex.h - the lexer of the text encoding (H.248.1 Annex B.2)
 *
 * White space, line ends and comments are handled here and nowhere else.  The
 * lexer never looks behind the end of the buffer, makes progress with every
 * call, and stops for good at the end or at an octet no token can begin with.
 * Bodies of Local and Remote are not made of tokens: h248_lex_body().
 * To look ahead, copy the struct and copy it back.  Thread: any.
 */
#pragma once

#include "h248/tok.h"
#include "h248/types.h"

enum h248_lex_kind {
	H248_LEX_END,    /* nothing is left */
	H248_LEX_BAD,    /* an octet that may not stand here */
	H248_LEX_DEEP,   /* braces deeper than H248_MAX_DEPTH */
	H248_LEX_WORD,   /* one or more SafeChar */
	H248_LEX_STRING, /* quoted; text is without the quotes */
	H248_LEX_MARK,   /* one of { } [ ] < > = , : # */
};

struct h248_lexeme {
	enum h248_lex_kind kind;
	char mark;             /* for H248_LEX_MARK */
	uint8_t classes;       /* of a word: those that all its octets have */
	enum h248_tok tok;     /* of a word: the token it may stand for */
	struct h248_span text; /* as written, without quotes */
	struct h248_place at;
};

struct h248_lex {
	const char *buf;
	uint32_t n;
	uint32_t pos;      /* next octet to read */
	uint32_t line;     /* from 1 */
	uint32_t line_pos; /* where that line begins */
	uint32_t depth;    /* braces open */
};

void h248_lex_init(struct h248_lex *x, const char *buf, uint32_t n);
void h248_lex_next(struct h248_lex *x, struct h248_lexeme *out);

/*
 * The body of Local or Remote: called when { was the last lexeme.  Skips blanks
 * and line ends in front, takes all up to the first } that no backslash stands
 * before, and leaves the lexer in front of that }.
 *
 * Out:     *body as written, with escapes; *escapes of them
 * Returns: 0, or -EPROTO when there is no end or a NUL is in it
 */
int h248_lex_body(struct h248_lex *x, struct h248_span *body,
		  uint32_t *escapes);

/*
 * Skip to behind the } that closes the innermost open brace, over nested
 * braces, strings, comments and Local or Remote bodies.  Not recursive.
 * Returns 0, -EPROTO at the end of the buffer, -E2BIG when too deep.
 */
int h248_lex_skip_block(struct h248_lex *x);

/* The mId at the lexer's position (B.2 "mId"): any of its forms, up to its
 * last octet.  -EPROTO when no mId begins there. */
int h248_lex_mid(struct h248_lex *x, struct h248_span *mid);

/* What begins behind white space and comments, without reading it: an octet,
 * or 0 at the end. */
char h248_lex_peek(const struct h248_lex *x);

/* Character classes of B.2. */
enum {
	H248_SAFE = 1 << 0, /* SafeChar */
	H248_ALPHA = 1 << 1,
	H248_DIGIT = 1 << 2,
	H248_NAME = 1 << 3, /* letters, digits, "_" */
	H248_PATH = 1 << 4, /* of a TerminationID, as the field writes them */
	H248_MARK = 1 << 5,
	H248_BLANK = 1 << 6,
	H248_EOL = 1 << 7,
};
extern const uint8_t h248_classes[256];

static inline bool h248_is(char c, uint8_t classes)
{
	return h248_classes[(unsigned char)c] & classes;
}

static inline bool h248_is_safe(char c)
{
	return h248_is(c, H248_SAFE);
}

static inline bool h248_is_alpha(char c)
{
	return h248_is(c, H248_ALPHA);
}

static inline bool h248_is_digit(char c)
{
	return h248_is(c, H248_DIGIT);
}
