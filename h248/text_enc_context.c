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
		if (t->has_extension) {
			h248_enc_str(e, ",");
			h248_enc_tok(e, h248_topology_toks[t->extension]);
		}
		if (!t->stream)
			continue;
		h248_enc_str(e, ",");
		h248_enc_tok_uint(e, H248_TOK_STREAM, t->stream);
	}
	h248_enc_close(e);
}

static void context_ids(struct h248_enc *e, const struct h248_value *list)
{
	bool is_first;

	h248_enc_str(e, e->is_long ? " =" : "=");
	h248_enc_open(e, &is_first);
	for (; list; list = list->next) {
		h248_enc_item(e, &is_first);
		h248_enc_value(e, list);
	}
	h248_enc_close(e);
}

/* contextAttrDescriptor with a contextIdList: it has no properties beside. */
static void context_list(struct h248_enc *e, const struct h248_ctx_props *p,
			 bool *is_first)
{
	bool is_first_in;

	if (p->has_context_list == H248_ABSENT)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_CONTEXT_ATTR);
	h248_enc_open(e, &is_first_in);
	h248_enc_item(e, &is_first_in);
	h248_enc_tok(e, H248_TOK_CONTEXT_LIST);
	if (p->has_context_list == H248_GIVEN)
		context_ids(e, p->context_list);
	h248_enc_close(e);
}

static void attributes(struct h248_enc *e, const struct h248_ctx_props *p,
		       bool *is_first)
{
	bool is_first_in;

	if (!p->attrs)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_CONTEXT_ATTR);
	h248_enc_open(e, &is_first_in);
	h248_enc_props(e, p->attrs, &is_first_in);
	h248_enc_close(e);
}

static void name(struct h248_enc *e, enum h248_given has, bool asks,
		 enum h248_tok t, bool *is_first)
{
	if (has != H248_NAMED && !asks)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, t);
}

static void priority(struct h248_enc *e, const struct h248_ctx_props *p,
		     bool *is_first)
{
	if (p->has_priority != H248_GIVEN)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok_uint(e, H248_TOK_PRIORITY, p->priority);
}

static void ieps(struct h248_enc *e, const struct h248_ctx_props *p,
		 bool *is_first)
{
	if (p->has_ieps != H248_GIVEN)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok_tok(e, H248_TOK_IEPS,
			 p->ieps ? H248_TOK_ON : H248_TOK_OFF);
}

static void emergency(struct h248_enc *e, bool is_on)
{
	if (is_on)
		h248_enc_tok(e, H248_TOK_EMERGENCY);
	else if (e->is_long && e->version == 2)
		h248_enc_str(e, "EmergencyOffToken"); /* so is it in v2 */
	else
		h248_enc_tok(e, H248_TOK_EMERGENCY_OFF);
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
		emergency(e, p->emergency);
	}
	ieps(e, p, is_first);
	attributes(e, p, is_first);
	context_list(e, p, is_first);
}

/* "EG" alone asks for the property: what selects contexts has a value. */
static void emergency_value(struct h248_enc *e, const struct h248_ctx_props *p,
			    bool *is_first)
{
	if (p->has_emergency != H248_GIVEN)
		return;
	h248_enc_item(e, is_first);
	h248_enc_tok(e, H248_TOK_EMERGENCY_VALUE);
	h248_enc_eq(e);
	emergency(e, p->emergency);
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
	name(e, p->has_emergency, p->asks_emergency, H248_TOK_EMERGENCY,
	     &is_first);
	name(e, p->has_priority, p->asks_priority, H248_TOK_PRIORITY,
	     &is_first);
	name(e, p->has_ieps, p->asks_ieps, H248_TOK_IEPS, &is_first);
	h248_enc_props(e, p->asks_attrs, &is_first);
	emergency_value(e, p, &is_first);
	priority(e, p, &is_first);
	ieps(e, p, &is_first);
	attributes(e, p, &is_first);
	context_list(e, p, &is_first);
	logic(e, p, &is_first);
	h248_enc_close(e);
}
