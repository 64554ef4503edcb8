/*
 * h248/text_dec_int.h - what the files of the text decoder share
 *
 * One function per rule of Annex B.2, named after it.  A rule is entered with
 * its first lexeme in d->cur and leaves the one behind it there.  It returns
 * 0, -EPROTO with d->err set, or -ENOMEM.  Recursion is as deep as the grammar
 * nests, never as deep as a peer likes: the lexer counts braces.
 */
#pragma once

#include "h248/build.h"
#include "h248/error.h"
#include "h248/lex.h"
#include "h248/msg.h"
#include "h248/tok.h"

struct h248_dec {
	struct h248_arena *arena;
	struct h248_lex lex;
	uint32_t before; /* where what stands in front of cur ends */
	struct h248_lexeme cur;
	uint8_t version; /* of the message header */
	bool is_reply;   /* inside a transaction reply */
	bool is_audit;   /* inside an Audit descriptor */
	uint16_t level;  /* code of a syntax fault here: 400, 403, 422, 442 */
	uint8_t clause;  /* enum h248_clause: of what is being read */
	struct h248_err err;
	bool is_placed; /* err is in the tree already */
};

typedef int(h248_dec_rule)(struct h248_dec *d, void *node);

/* A rule chosen by the token it begins with. */
struct h248_dec_choice {
	enum h248_tok tok;
	h248_dec_rule *rule;
};

/* lexemes (text_dec_prim.c) */
void h248_dec_advance(struct h248_dec *d);
/* The lexer in front of cur, a word or a mark, again; depth as it is now. */
struct h248_lex h248_dec_here(const struct h248_dec *d);
bool h248_dec_at(const struct h248_dec *d, char mark);
bool h248_dec_at_tok(const struct h248_dec *d, enum h248_tok t);
bool h248_dec_accept(struct h248_dec *d, char mark);
int h248_dec_expect(struct h248_dec *d, char mark);
/* expected says what could have stood here. */
int h248_dec_syntax(struct h248_dec *d, const char *expected);
int h248_dec_fail(struct h248_dec *d, uint16_t code, const char *text);
int h248_dec_need(struct h248_dec *d, enum h248_tok t); /* version gate */
struct h248_span h248_dec_from(const struct h248_dec *d, const char *start);

/* A rule that another clause describes. */
int h248_dec_within(struct h248_dec *d, enum h248_clause clause,
		    h248_dec_rule *rule, void *node);

/* lists: list(x) in braces; empty braces are taken only by block0 */
int h248_dec_list(struct h248_dec *d, h248_dec_rule *rule, void *node,
		  char close);
int h248_dec_block(struct h248_dec *d, h248_dec_rule *rule, void *node);
int h248_dec_block0(struct h248_dec *d, h248_dec_rule *rule, void *node);
/* What a request fills and an audit or a reply may leave empty. */
int h248_dec_filled(struct h248_dec *d, h248_dec_rule *rule, void *node);
/* Behind its token: only named?  That is for audits and replies. */
bool h248_dec_is_named(const struct h248_dec *d);
/* The rule of the token at hand; NULL when there is none. */
h248_dec_rule *h248_dec_choose(const struct h248_dec *d,
			       const struct h248_dec_choice *choices, size_t n);

/* values */
int h248_dec_word(struct h248_dec *d, const char *what, struct h248_span *out);
int h248_dec_uint(struct h248_dec *d, uint64_t max, const char *what,
		  uint64_t *out);
int h248_dec_eq_uint16(struct h248_dec *d, const char *what, uint16_t *out);
/* "=" and one of n tokens; *which is its index in toks. */
int h248_dec_eq_tok(struct h248_dec *d, const enum h248_tok *toks, size_t n,
		    const char *what, unsigned int *which);
int h248_dec_eq_onoff(struct h248_dec *d, bool *out);
int h248_dec_value_text(struct h248_dec *d, struct h248_span *out);
int h248_dec_name(struct h248_dec *d, struct h248_name *out); /* pkgdName */
bool h248_dec_is_name(struct h248_span s);                    /* NAME */
bool h248_dec_is_extension(struct h248_span s);               /* "X-abc" */
bool h248_dec_is_timestamp(struct h248_span s);
int h248_dec_term_id(struct h248_dec *d, struct h248_term_id **out);
int h248_dec_mid(struct h248_dec *d, struct h248_mid *out);

/* Properties: arg is struct h248_prop ***tail.  pkg: "pkg/item" and a value,
 * which only an audit leaves out.  param: NAME and a value.  stat: pkg/item,
 * a value when there is one. */
int h248_dec_parm_value(struct h248_dec *d, struct h248_prop *p);
int h248_dec_pkg_prop(struct h248_dec *d, void *arg);
int h248_dec_param(struct h248_dec *d, void *arg);
int h248_dec_stat(struct h248_dec *d, void *arg);

/* descriptors: entered with the token of the descriptor in d->cur */
int h248_dec_desc(struct h248_dec *d, struct h248_desc **out);
int h248_dec_audit_item(struct h248_dec *d, void *tail);
int h248_dec_error(struct h248_dec *d, struct h248_error_desc *out);
int h248_dec_media(struct h248_dec *d, struct h248_desc *desc);
int h248_dec_events(struct h248_dec *d, struct h248_events *out);
int h248_dec_event_buffer(struct h248_dec *d, struct h248_event **out);
int h248_dec_signals(struct h248_dec *d, struct h248_signals *out);
int h248_dec_observed(struct h248_dec *d, struct h248_observed *out);
int h248_dec_services(struct h248_dec *d, struct h248_desc *desc);
/* From { at d->cur to its }, as written. */
int h248_dec_raw_block(struct h248_dec *d, struct h248_span *out);

/* actions and commands (text_dec_action.c); tail: struct h248_action *** */
int h248_dec_action(struct h248_dec *d, void *tail);
int h248_dec_cmd(struct h248_dec *d, struct h248_cmd ***tail);

#define H248_DEC_NEW(d, ptr) \
	(((ptr) = h248_arena_alloc((d)->arena, sizeof(*(ptr)))) ? 0 : -ENOMEM)
