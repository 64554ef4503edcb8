/* h248/text_enc_context.c - context properties and their audit */
#include "h248/text_enc_int.h"
#include "h248/names.h"

static void topology(struct h248_enc *e, const struct h248_topology *t)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_TOPOLOGY);
	h248_enc_open(e, &is_first);
	for (; t; t = t->next) {
		h248_enc_item(e, &is_first);
		h248_enc_span(e, t->from);
		h248_enc_str(e, ",");
		h248_enc_span(e, t->to);
		h248_enc_str(e, ",");
		h248_enc_tok(e, h248_topology_toks[t->dir]);
		if (!t->stream)
			continue;
		h248_enc_str(e, ",");
		h248_enc_tok_uint(e, H248_TOK_STREAM, t->stream);
	}
	h248_enc_close(e);
}

static void context_list(struct h248_enc *e, const struct h248_ctx_props *p,
			 bool *is_first)
{
	bool is_first_id;

	if (p->has_context_list == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_CONTEXT_LIST);
	if (p->has_context_list == H248_NAMED)
		return;
	h248_enc_str(e, e->is_long ? " =" : "=");
	h248_enc_open(e, &is_first_id);
	for (const struct h248_value *v = p->context_list; v; v = v->next) {
		h248_enc_item(e, &is_first_id);
		h248_enc_value(e, v);
	}
	h248_enc_close(e);
}

static void attributes(struct h248_enc *e, const struct h248_ctx_props *p,
		       bool *is_first)
{
	bool is_first_attr;

	if (!p->attrs && p->has_context_list == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_CONTEXT_ATTR);
	h248_enc_open(e, &is_first_attr);
	h248_enc_props(e, p->attrs, &is_first_attr);
	context_list(e, p, &is_first_attr);
	h248_enc_close(e);
}

static void priority(struct h248_enc *e, const struct h248_ctx_props *p,
		     bool *is_first)
{
	if (p->has_priority == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	if (p->has_priority == H248_NAMED)
		h248_enc_tok(e, H248_TOK_PRIORITY);
	else
		h248_enc_tok_uint(e, H248_TOK_PRIORITY, p->priority);
}

static void ieps(struct h248_enc *e, const struct h248_ctx_props *p,
		 bool *is_first)
{
	if (p->has_ieps == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	if (p->has_ieps == H248_NAMED)
		h248_enc_tok(e, H248_TOK_IEPS);
	else
		h248_enc_tok_tok(e, H248_TOK_IEPS,
				 p->ieps ? H248_TOK_ON : H248_TOK_OFF);
}

static enum h248_tok emergency(const struct h248_ctx_props *p)
{
	return p->emergency ? H248_TOK_EMERGENCY : H248_TOK_EMERGENCY_OFF;
}

void h248_enc_ctx_props(struct h248_enc *e, const struct h248_ctx_props *p,
			bool *is_first)
{
	if (p->has_topology == H248_GIVEN) {
		h248_enc_item(e, is_first);
		topology(e, p->topology);
	}
	priority(e, p, is_first);
	if (p->has_emergency == H248_GIVEN) {
		h248_enc_item(e, is_first);
		h248_enc_tok(e, emergency(p));
	}
	ieps(e, p, is_first);
	attributes(e, p, is_first);
}

/* In an audit a value selects contexts, "EG" alone asks for the property. */
static void audit_emergency(struct h248_enc *e, const struct h248_ctx_props *p,
			    bool *is_first)
{
	if (p->has_emergency == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	if (p->has_emergency == H248_NAMED)
		h248_enc_tok(e, H248_TOK_EMERGENCY);
	else
		h248_enc_tok_tok(e, H248_TOK_EMERGENCY_VALUE, emergency(p));
}

static void logic(struct h248_enc *e, const struct h248_ctx_props *p,
		  bool *is_first)
{
	if (p->is_and) {
		h248_enc_item(e, is_first);
		h248_enc_tok(e, H248_TOK_AND_LOGIC);
	}
	if (p->is_or) {
		h248_enc_item(e, is_first);
		h248_enc_tok(e, H248_TOK_OR_LOGIC);
	}
}

void h248_enc_ctx_audit(struct h248_enc *e, const struct h248_ctx_props *p)
{
	bool is_first;

	h248_enc_tok(e, H248_TOK_CONTEXT_AUDIT);
	h248_enc_open(e, &is_first);
	if (p->has_topology != H248_ABSENT) {
		h248_enc_item(e, &is_first);
		h248_enc_tok(e, H248_TOK_TOPOLOGY);
	}
	audit_emergency(e, p, &is_first);
	priority(e, p, &is_first);
	ieps(e, p, &is_first);
	attributes(e, p, &is_first);
	logic(e, p, &is_first);
	h248_enc_close(e);
}
