/* h248/text_enc.c - message, transactions, actions, commands */
#include "h248/text_enc_int.h"
#include "h248/names.h"

#include <errno.h>
#include <stdio.h>

static const enum h248_tok transactions[] = {
	[H248_TXN_REQUEST] = H248_TOK_TRANSACTION,
	[H248_TXN_REPLY] = H248_TOK_REPLY,
	[H248_TXN_PENDING] = H248_TOK_PENDING,
	[H248_TXN_ACK] = H248_TOK_RESPONSE_ACK,
	[H248_TXN_SEGMENT_ACK] = H248_TOK_SEGMENT,
};

static void term_ids(struct h248_enc *e, const struct h248_term_id *t)
{
	for (; t; t = t->next) {
		h248_enc_span(e, t->text);
		if (t->next)
			h248_enc_str(e, ",");
	}
}

/* One TerminationID, or a list of them in brackets (v3). */
static void term_list(struct h248_enc *e, const struct h248_term_id *t)
{
	bool is_list = t && t->next;

	if (!t)
		e->is_invalid = true;
	h248_enc_str(e, is_list ? "[" : "");
	term_ids(e, t);
	h248_enc_str(e, is_list ? "]" : "");
}

static const struct h248_desc *not_empty(const struct h248_desc *d)
{
	while (d && h248_enc_is_empty(d))
		d = d->next;
	return d;
}

/* Empty braces are legal here and there, but widely refused: none. */
static void descs(struct h248_enc *e, const struct h248_desc *list)
{
	bool is_first;

	list = not_empty(list);
	if (!list)
		return;
	h248_enc_open(e, &is_first);
	for (; list; list = not_empty(list->next)) {
		h248_enc_item(e, &is_first);
		h248_enc_desc(e, list);
	}
	h248_enc_close(e);
}

static void context_terms(struct h248_enc *e, const struct h248_cmd *c)
{
	h248_enc_tok(e, H248_TOK_CONTEXT);
	if (!c->terms) {
		descs(e, c->descs);
		return;
	}
	h248_enc_str(e, "{");
	term_ids(e, c->terms);
	h248_enc_str(e, "}");
}

static void command(struct h248_enc *e, const struct h248_cmd *c)
{
	h248_enc_str(e, c->is_optional ? "O-" : "");
	h248_enc_str(e, c->is_wildcard_reply ? "W-" : "");
	h248_enc_tok(e, h248_cmd_toks[c->kind]);
	h248_enc_eq(e);
	if (c->is_context_list) {
		context_terms(e, c);
		return;
	}
	term_list(e, c->terms);
	descs(e, c->descs);
}

static void context_id(struct h248_enc *e, const struct h248_action *a)
{
	static const char *const names[] = {
		[H248_CTX_NULL] = "-",
		[H248_CTX_CHOOSE] = "$",
		[H248_CTX_ALL] = "*",
	};

	if (a->ctx == H248_CTX_ID)
		h248_enc_uint(e, a->ctx_id);
	else
		h248_enc_str(e, names[a->ctx]);
}

static void action_body(struct h248_enc *e, const struct h248_action *a)
{
	bool is_first;

	h248_enc_open(e, &is_first);
	if (a->props)
		h248_enc_ctx_props(e, a->props, &is_first);
	if (a->audit) {
		h248_enc_item(e, &is_first);
		h248_enc_ctx_audit(e, a->audit);
	}
	for (const struct h248_cmd *c = a->cmds; c; c = c->next) {
		h248_enc_item(e, &is_first);
		command(e, c);
	}
	if (a->error) {
		h248_enc_item(e, &is_first);
		h248_enc_error(e, a->error);
	}
	h248_enc_close(e);
}

static void action(struct h248_enc *e, const struct h248_action *a)
{
	h248_enc_tok(e, H248_TOK_CONTEXT);
	h248_enc_eq(e);
	context_id(e, a);
	if (a->props || a->audit || a->cmds || a->error)
		action_body(e, a);
}

static void actions(struct h248_enc *e, const struct h248_txn *t)
{
	bool is_first;

	h248_enc_open(e, &is_first);
	if (t->wants_ack) {
		h248_enc_item(e, &is_first);
		h248_enc_tok(e, H248_TOK_IMM_ACK_REQUIRED);
	}
	if (t->error) {
		h248_enc_item(e, &is_first);
		h248_enc_error(e, t->error);
	}
	for (const struct h248_action *a = t->error ? NULL : t->actions; a;
	     a = a->next) {
		h248_enc_item(e, &is_first);
		action(e, a);
	}
	h248_enc_close(e);
}

static void acks(struct h248_enc *e, const struct h248_tid_range *r)
{
	h248_enc_str(e, "{");
	for (; r; r = r->next) {
		h248_enc_uint(e, r->first);
		if (r->last != r->first) {
			h248_enc_str(e, "-");
			h248_enc_uint(e, r->last);
		}
		h248_enc_str(e, r->next ? "," : "");
	}
	h248_enc_str(e, "}");
}

static void segment(struct h248_enc *e, const struct h248_txn *t)
{
	if (!t->segment)
		return;
	h248_enc_str(e, "/");
	h248_enc_uint(e, t->segment);
	if (!t->is_last_segment)
		return;
	h248_enc_str(e, "/");
	h248_enc_tok(e, H248_TOK_SEGMENT_END);
}

static void transaction(struct h248_enc *e, const struct h248_txn *t)
{
	h248_enc_tok(e, transactions[t->kind]);
	if (t->kind == H248_TXN_ACK) {
		acks(e, t->acks);
		return;
	}
	h248_enc_eq(e);
	h248_enc_uint(e, t->has_id ? t->id : 0);
	if (t->kind == H248_TXN_PENDING) {
		h248_enc_str(e, "{}");
		return;
	}
	segment(e, t);
	if (t->kind != H248_TXN_SEGMENT_ACK)
		actions(e, t);
}

static void auth(struct h248_enc *e, const struct h248_auth *au)
{
	char text[32];

	h248_enc_tok(e, H248_TOK_AUTH);
	snprintf(text, sizeof(text), "=0x%08X:0x%08X:0x", au->spi, au->seq);
	h248_enc_str(e, text);
	h248_enc_span(e, au->data);
	h248_enc_str(e, "\n");
}

static void message(struct h248_enc *e, const struct h248_msg *m)
{
	if (m->auth)
		auth(e, m->auth);
	e->version = m->version;
	h248_enc_tok(e, H248_TOK_MEGACO);
	h248_enc_str(e, "/");
	h248_enc_uint(e, m->version);
	h248_enc_str(e, " ");
	h248_enc_mid(e, &m->mid);
	h248_enc_str(e, "\n");
	if (m->error) {
		h248_enc_error(e, m->error);
		return;
	}
	/* No line end behind the last: a segment ack may not have one. */
	for (const struct h248_txn *t = m->txns; t; t = t->next) {
		transaction(e, t);
		h248_enc_str(e, t->next ? "\n" : "");
	}
}

static int finish(const struct h248_enc *e, size_t *n)
{
	if (e->is_invalid)
		return -EINVAL;
	if (e->n > e->cap)
		return -EMSGSIZE;
	*n = e->n;
	return 0;
}

int h248_text_enc(const struct h248_msg *m, const struct h248_text_style *st,
		  char *buf, size_t cap, size_t *n)
{
	struct h248_enc e = { .buf = buf, .cap = cap };

	e.is_long = st->is_long;
	e.sdp_eol = st->sdp_eol;
	e.omits_braces = st->omits_braces;
	message(&e, m);
	return finish(&e, n);
}

int h248_text_enc_descs(const struct h248_desc *list,
			const struct h248_text_style *st, char *buf, size_t cap,
			size_t *n)
{
	struct h248_enc e = { .buf = buf, .cap = cap };

	e.is_long = st->is_long;
	e.sdp_eol = st->sdp_eol;
	e.omits_braces = st->omits_braces;
	for (; list; list = list->next) {
		h248_enc_desc(&e, list);
		h248_enc_str(&e, list->next ? "," : "");
		if (list->next)
			h248_enc_newline(&e);
	}
	return finish(&e, n);
}
