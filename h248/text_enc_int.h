/*
 * h248/text_enc_int.h - what the files of the text encoder share
 *
 * One function per rule of Annex B.2, named after it.  Errors are sticky: a
 * rule writes on, and the message asks once at the end.  The long form puts
 * each item of a list on a line of its own, the short form writes no blank
 * that the grammar does not ask for.
 */
#pragma once

#include <string.h>

#include "h248/text.h"
#include "h248/tok.h"

struct h248_enc {
	char *buf;
	size_t cap;
	size_t n;        /* octets wanted so far, maybe > cap */
	bool is_invalid; /* met what text cannot carry */
	bool is_long;
	uint8_t version;     /* of the header; 0: no message around */
	const char *sdp_eol; /* NULL: as in the tree */
	bool omits_braces;
	unsigned int depth; /* of indentation */
};

/* n octets, as many as there is room for. */
static inline void h248_enc_octets(struct h248_enc *e, const char *p, size_t n)
{
	size_t room = e->n < e->cap ? e->cap - e->n : 0;

	if (n && room)
		memcpy(e->buf + e->n, p, n < room ? n : room);
	e->n += n;
}

/* Octets, tokens, marks. */
static inline void h248_enc_str(struct h248_enc *e, const char *s)
{
	h248_enc_octets(e, s, strlen(s));
}

static inline void h248_enc_span(struct h248_enc *e, struct h248_span s)
{
	h248_enc_octets(e, s.p, s.n);
}

static inline void h248_enc_tok(struct h248_enc *e, enum h248_tok t)
{
	h248_enc_span(e, h248_tok_form(t, e->is_long));
}

void h248_enc_uint(struct h248_enc *e, uint64_t v);
void h248_enc_eq(struct h248_enc *e);
/* "{", then items with h248_enc_item() in front of each, then "}". */
void h248_enc_open(struct h248_enc *e, bool *is_first);
void h248_enc_item(struct h248_enc *e, bool *is_first);
void h248_enc_close(struct h248_enc *e);
/* The next line of the long form, and nothing in the short one. */
void h248_enc_newline(struct h248_enc *e);

/* Token "=" number, or token "=" token, as one item. */
void h248_enc_tok_uint(struct h248_enc *e, enum h248_tok t, uint64_t v);
void h248_enc_tok_tok(struct h248_enc *e, enum h248_tok t, enum h248_tok v);

/* Values. */
void h248_enc_quoted(struct h248_enc *e, struct h248_span s);
void h248_enc_value(struct h248_enc *e, const struct h248_value *v);
void h248_enc_name(struct h248_enc *e, const struct h248_name *n);
/* Each property as an item. */
void h248_enc_props(struct h248_enc *e, const struct h248_prop *list,
		    bool *is_first);
/* SDP octets, escaped, between braces. */
void h248_enc_body(struct h248_enc *e, struct h248_span sdp);
void h248_enc_mid(struct h248_enc *e, const struct h248_mid *mid);

/* Descriptors. */
void h248_enc_desc(struct h248_enc *e, const struct h248_desc *d);
bool h248_enc_is_empty(const struct h248_desc *d); /* say nothing */
void h248_enc_media(struct h248_enc *e, const struct h248_media *m);
void h248_enc_events(struct h248_enc *e, const struct h248_events *ev);
void h248_enc_event_buffer(struct h248_enc *e, const struct h248_event *list);
void h248_enc_signals(struct h248_enc *e, const struct h248_signals *sg);
void h248_enc_observed(struct h248_enc *e, const struct h248_observed *oe);
void h248_enc_stats(struct h248_enc *e, const struct h248_prop *list);
void h248_enc_error(struct h248_enc *e, const struct h248_error_desc *er);

/* Context properties: in an action, and in a context audit. */
void h248_enc_ctx_props(struct h248_enc *e, const struct h248_ctx_props *p,
			bool *is_first);
void h248_enc_ctx_audit(struct h248_enc *e, const struct h248_ctx_props *p);
