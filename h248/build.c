/* h248/build.c - see build.h */
#include "h248/build.h"

#include "h248/error.h"
#include "h248/span.h"

static struct h248_span dup_text(struct h248_arena *a, const char *text)
{
	return h248_arena_dup(a, h248_span_of(text));
}

static bool is_root(struct h248_span term)
{
	return h248_span_is(term, "ROOT");
}

static bool contains(struct h248_span s, char c)
{
	for (uint32_t i = 0; i < s.n; i++)
		if (s.p[i] == c)
			return true;
	return false;
}

struct h248_term_id *h248_term_id_new(struct h248_arena *a,
				      struct h248_span text)
{
	struct h248_term_id *t = H248_NEW(a, struct h248_term_id);

	if (!t)
		return NULL;
	t->text = text;
	t->is_root = is_root(text);
	t->has_all = contains(text, '*');
	t->has_choose = contains(text, '$');
	return t;
}

struct h248_value *h248_value_new(struct h248_arena *a, struct h248_span text,
				  bool is_quoted)
{
	struct h248_value *v = H248_NEW(a, struct h248_value);

	if (!v)
		return NULL;
	v->text = text;
	v->is_quoted = is_quoted;
	return v;
}

struct h248_prop *h248_prop_new(struct h248_arena *a, const char *pkg,
				const char *item, struct h248_value *value)
{
	struct h248_prop *p = H248_NEW(a, struct h248_prop);

	if (!p)
		return NULL;
	if (pkg)
		p->name.pkg = dup_text(a, pkg);
	p->name.item = dup_text(a, item);
	p->values = value;
	return p;
}

struct h248_prop *h248_prop_uint(struct h248_arena *a, const char *pkg,
				 const char *item, uint64_t value)
{
	char digits[H248_MAX_DIGITS];
	struct h248_span text = h248_span_digits(value, digits);
	struct h248_value *v =
		h248_value_new(a, h248_arena_dup(a, text), false);

	return v ? h248_prop_new(a, pkg, item, v) : NULL;
}

struct h248_prop *h248_prop_str(struct h248_arena *a, const char *pkg,
				const char *item, const char *value)
{
	struct h248_value *v = h248_value_new(a, dup_text(a, value), true);

	return v ? h248_prop_new(a, pkg, item, v) : NULL;
}

struct h248_desc *h248_desc_new(struct h248_arena *a, enum h248_desc_kind kind)
{
	struct h248_desc *d = H248_NEW(a, struct h248_desc);

	if (d)
		d->kind = kind;
	return d;
}

struct h248_cmd *h248_cmd_new(struct h248_arena *a, enum h248_cmd_kind kind,
			      struct h248_span term)
{
	struct h248_cmd *c = H248_NEW(a, struct h248_cmd);

	if (!c)
		return NULL;
	c->kind = kind;
	c->terms = h248_term_id_new(a, term);
	return c;
}

struct h248_action *h248_action_new(struct h248_arena *a,
				    enum h248_ctx_kind ctx, uint32_t id)
{
	struct h248_action *act = H248_NEW(a, struct h248_action);

	if (!act)
		return NULL;
	act->ctx = ctx;
	act->ctx_id = id;
	return act;
}

struct h248_txn *h248_txn_new(struct h248_arena *a, enum h248_txn_kind kind,
			      uint32_t id)
{
	struct h248_txn *t = H248_NEW(a, struct h248_txn);

	if (!t)
		return NULL;
	t->kind = kind;
	t->has_id = true;
	t->id = id;
	return t;
}

static void fill_error(struct h248_arena *a, struct h248_error_desc *e,
		       uint16_t code, const char *text)
{
	e->code = code;
	e->text = dup_text(a, text && *text ? text : h248_error_text(code));
}

struct h248_desc *h248_desc_error(struct h248_arena *a, uint16_t code,
				  const char *text)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_ERROR);

	if (d)
		fill_error(a, &d->u.error, code, text);
	return d;
}

struct h248_error_desc *h248_error_desc_new(struct h248_arena *a, uint16_t code,
					    const char *text)
{
	struct h248_error_desc *e = H248_NEW(a, struct h248_error_desc);

	if (e)
		fill_error(a, e, code, text);
	return e;
}
