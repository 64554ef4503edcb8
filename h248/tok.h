/*
 * h248/tok.h - tokens of the text encoding, from h248/tok.def
 *
 * Tokens are not reserved words: "OR" is a token in one place and part of a
 * name in another.  The parser asks at each position for those that may stand
 * there.  Thread: any.
 */
#pragma once

#include "h248/types.h"

enum h248_tok {
	H248_TOK_NONE,
#define TOK(id, longer, shorter, version) H248_TOK_##id,
#define ALIAS(id, text)
#include "h248/tok.def"
#undef TOK
#undef ALIAS
	H248_TOK__COUNT
};

/* The token of which s is a form, in any case of letters; H248_TOK_NONE when
 * there is none.  No form belongs to two tokens. */
enum h248_tok h248_tok_of(struct h248_span s);
bool h248_tok_is(struct h248_span s, enum h248_tok t);

/* "Context" or "C", with NUL behind; empty for H248_TOK_NONE. */
struct h248_span h248_tok_form(enum h248_tok t, bool is_long);
const char *h248_tok_text(enum h248_tok t, bool is_long);

/* The first version of H.248.1 that has it. */
uint8_t h248_tok_version(enum h248_tok t);
