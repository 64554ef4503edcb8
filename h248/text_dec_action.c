/* h248/text_dec_action.c - actions and the properties of contexts */
#include "h248/text_dec_int.h"

#include <errno.h>

#include "h248/span.h"
#include "h248/names.h"

/* Where the properties of a context are collected. */
struct props {
	struct h248_ctx_props *p;
	struct h248_prop **attrs_tail, **asks_tail;
	struct h248_topology **topology_tail;
	struct h248_value **list_tail;
	bool is_audit; /* in CA{...}: named, or a selection */
};

static int dec_ctx_id(struct h248_dec *d, enum h248_ctx_kind *kind,
		      uint32_t *id)
{
	static const struct {
		const char *text;
		enum h248_ctx_kind kind;
	} special[] = {
		{ "-", H248_CTX_NULL },
		{ "$", H248_CTX_CHOOSE },
		{ "*", H248_CTX_ALL },
	};
	uint64_t v = 0;
	int rc;

	for (unsigned int i = 0; i < sizeof(special) / sizeof(*special); i++) {
		if (d->cur.kind != H248_LEX_WORD ||
		    !h248_span_is(d->cur.text, special[i].text))
			continue;
		*kind = special[i].kind;
		h248_dec_advance(d);
		return 0;
	}
	rc = h248_dec_uint(d, UINT32_MAX, "a ContextID", &v);
	*kind = H248_CTX_ID;
	*id = (uint32_t)v;
	return rc;
}

/* Behind a direction: is "," the begin of its stream, or of a triple? */
static bool at_stream(const struct h248_dec *d)
{
	struct h248_lex ahead = d->lex;
	struct h248_lexeme l;

	if (!h248_dec_at(d, ','))
		return false;
	h248_lex_next(&ahead, &l);
	return l.tok == H248_TOK_STREAM && h248_lex_peek(&ahead) == '=';
}

static int topology_direction(struct h248_dec *d, enum h248_topology_dir *out)
{
	unsigned int i = 0;

	while (i < H248_N_TOPOLOGIES &&
	       !h248_dec_at_tok(d, h248_topology_toks[i]))
		i++;
	if (i == H248_N_TOPOLOGIES)
		return h248_dec_syntax(d, "a topology direction");
	*out = (enum h248_topology_dir)i;
	h248_dec_advance(d);
	return 0;
}

/* Behind a direction: is "," the begin of one that extends it?  A termination
 * of that name could not be told from it. */
static bool at_extension(const struct h248_dec *d)
{
	struct h248_lex ahead = d->lex;
	struct h248_lexeme l;

	if (d->version < 3 || !h248_dec_at(d, ','))
		return false;
	h248_lex_next(&ahead, &l);
	return l.tok == H248_TOK_ONEWAY_EXTERNAL ||
	       l.tok == H248_TOK_ONEWAY_BOTH;
}

/* direction ("," ST "=" sid)?; an extension is taken on either side of the
 * stream */
static int topology_rest(struct h248_dec *d, struct h248_topology *t)
{
	int rc = topology_direction(d, &t->dir);

	for (unsigned int i = 0; !rc && i < 2; i++) {
		if (!t->has_extension && at_extension(d)) {
			h248_dec_advance(d);
			t->has_extension = true;
			rc = topology_direction(d, &t->extension);
		} else if (!t->stream && at_stream(d)) {
			h248_dec_advance(d);
			h248_dec_advance(d);
			rc = h248_dec_eq_uint16(d, "a StreamID", &t->stream);
		}
	}
	return rc;
}

/* topologyTriple: termA "," termB "," direction ... */
static int topology_triple(struct h248_dec *d, void *node)
{
	struct props *c = node;
	struct h248_topology *t;
	struct h248_term_id *from, *to;
	int rc;

	rc = h248_dec_term_id(d, &from);
	if (!rc)
		rc = h248_dec_expect(d, ',');
	if (!rc)
		rc = h248_dec_term_id(d, &to);
	if (!rc)
		rc = h248_dec_expect(d, ',');
	if (rc)
		return rc;
	if (H248_DEC_NEW(d, t))
		return -ENOMEM;
	t->from = from->text;
	t->to = to->text;
	rc = topology_rest(d, t);
	if (!rc)
		H248_APPEND(c->topology_tail, t);
	return rc;
}

static int topology_triples(struct h248_dec *d, void *node)
{
	return h248_dec_block(d, topology_triple, node);
}

static int topology(struct h248_dec *d, void *node)
{
	struct props *c = node;

	h248_dec_advance(d);
	if (c->is_audit && !h248_dec_at(d, '{')) {
		c->p->has_topology = H248_NAMED;
		return 0;
	}
	c->p->has_topology = H248_GIVEN;
	return h248_dec_within(d, H248_CLAUSE_TOPOLOGY, topology_triples, c);
}

/* An audit may ask for a property and select by it, in either order. */
static void is_named(enum h248_given *has, bool *asks)
{
	*asks = *has == H248_GIVEN;
	if (!*asks)
		*has = H248_NAMED;
}

static void is_given(enum h248_given *has, bool *asks)
{
	*asks = *asks || *has == H248_NAMED;
	*has = H248_GIVEN;
}

static int priority(struct h248_dec *d, void *node)
{
	struct props *c = node;
	uint64_t v = 0;
	int rc;

	h248_dec_advance(d);
	if (c->is_audit && !h248_dec_at(d, '=')) {
		is_named(&c->p->has_priority, &c->p->asks_priority);
		return 0;
	}
	is_given(&c->p->has_priority, &c->p->asks_priority);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = h248_dec_uint(d, 15, "a priority of 0 to 15", &v);
	c->p->priority = (uint8_t)v;
	return rc;
}

static int emergency(struct h248_dec *d, void *node)
{
	struct props *c = node;

	h248_dec_advance(d);
	if (c->is_audit) {
		is_named(&c->p->has_emergency, &c->p->asks_emergency);
	} else {
		c->p->has_emergency = H248_GIVEN;
		c->p->emergency = true;
	}
	return 0;
}

static int emergency_off(struct h248_dec *d, void *node)
{
	struct props *c = node;

	c->p->has_emergency = H248_GIVEN;
	c->p->emergency = false;
	h248_dec_advance(d);
	return 0;
}

/* emergencyValue: EGV "=" (EG | EGO), only in an audit selection */
static int emergency_value(struct h248_dec *d, void *node)
{
	static const enum h248_tok toks[] = { H248_TOK_EMERGENCY_OFF,
					      H248_TOK_EMERGENCY };
	struct props *c = node;
	unsigned int which = 0;
	int rc;

	h248_dec_advance(d);
	rc = h248_dec_eq_tok(d, toks, 2, "EG or EGO", &which);
	is_given(&c->p->has_emergency, &c->p->asks_emergency);
	c->p->emergency = which;
	return rc;
}

static int ieps(struct h248_dec *d, void *node)
{
	struct props *c = node;
	int rc = h248_dec_need(d, H248_TOK_IEPS);

	if (rc)
		return rc;
	h248_dec_advance(d);
	if (c->is_audit && !h248_dec_at(d, '=')) {
		is_named(&c->p->has_ieps, &c->p->asks_ieps);
		return 0;
	}
	is_given(&c->p->has_ieps, &c->p->asks_ieps);
	return h248_dec_eq_onoff(d, &c->p->ieps);
}

/* ContextID in a contextList: a number, kept as text */
static int context_item(struct h248_dec *d, void *node)
{
	struct props *c = node;
	struct h248_span text = d->cur.text;
	struct h248_value *v;
	enum h248_ctx_kind kind;
	uint32_t id;
	int rc = dec_ctx_id(d, &kind, &id);

	if (rc)
		return rc;
	if (H248_DEC_NEW(d, v))
		return -ENOMEM;
	v->text = text;
	H248_APPEND(c->list_tail, v);
	return 0;
}

/* A property of the context: without a value it is asked for. */
static int attribute(struct h248_dec *d, struct props *c)
{
	struct h248_prop *p = NULL, **tail = &p;
	int rc = h248_dec_pkg_prop(d, &tail);

	if (rc)
		return rc;
	if (p->values)
		H248_APPEND(c->attrs_tail, p);
	else
		H248_APPEND(c->asks_tail, p);
	return 0;
}

/* contextList, or a property of the context */
static int context_attr(struct h248_dec *d, void *node)
{
	struct props *c = node;
	int rc;

	if (!h248_dec_at_tok(d, H248_TOK_CONTEXT_LIST))
		return attribute(d, c);
	h248_dec_advance(d);
	if (c->is_audit && !h248_dec_at(d, '=')) {
		if (!c->p->has_context_list)
			c->p->has_context_list = H248_NAMED;
		return 0;
	}
	c->p->has_context_list = H248_GIVEN;
	rc = h248_dec_expect(d, '=');
	return rc ? rc : h248_dec_block(d, context_item, c);
}

static int context_attr_descriptor(struct h248_dec *d, void *node)
{
	int rc = h248_dec_need(d, H248_TOK_CONTEXT_ATTR);

	if (rc)
		return rc;
	h248_dec_advance(d);
	return h248_dec_block(d, context_attr, node);
}

static int and_logic(struct h248_dec *d, void *node)
{
	struct props *c = node;

	c->p->is_and = true;
	h248_dec_advance(d);
	return 0;
}

static int or_logic(struct h248_dec *d, void *node)
{
	struct props *c = node;

	c->p->is_or = true;
	h248_dec_advance(d);
	return 0;
}

static const struct h248_dec_choice ctx_props[] = {
	{ H248_TOK_TOPOLOGY, topology },
	{ H248_TOK_PRIORITY, priority },
	{ H248_TOK_EMERGENCY, emergency },
	{ H248_TOK_EMERGENCY_OFF, emergency_off },
	{ H248_TOK_IEPS, ieps },
	{ H248_TOK_CONTEXT_ATTR, context_attr_descriptor },
	/* those below only in an audit */
	{ H248_TOK_EMERGENCY_VALUE, emergency_value },
	{ H248_TOK_AND_LOGIC, and_logic },
	{ H248_TOK_OR_LOGIC, or_logic },
};
enum {
	N_CTX_AUDIT = sizeof(ctx_props) / sizeof(*ctx_props),
	N_CTX_PROPS = N_CTX_AUDIT - 3
};

static int context_audit_item(struct h248_dec *d, void *node)
{
	struct props *c = node;
	h248_dec_rule *rule = h248_dec_choose(d, ctx_props, N_CTX_AUDIT);

	if (rule)
		return rule(d, c);
	if (h248_dec_need(d, H248_TOK_CONTEXT_ATTR))
		return -EPROTO;
	return attribute(d, c);
}

/* contextAudit: CA "{" list(item) "}" */
static int context_audit(struct h248_dec *d, struct h248_action *a)
{
	struct props c = { .is_audit = true };
	int rc;

	if (a->audit)
		return h248_dec_syntax(d, "only one ContextAudit");
	if (H248_DEC_NEW(d, c.p))
		return -ENOMEM;
	a->audit = c.p;
	c.attrs_tail = &c.p->attrs;
	c.asks_tail = &c.p->asks_attrs;
	c.list_tail = &c.p->context_list;
	c.topology_tail = &c.p->topology;
	h248_dec_advance(d);
	d->is_audit = true;
	rc = h248_dec_block(d, context_audit_item, &c);
	d->is_audit = false;
	return rc;
}

struct action {
	struct h248_action *a;
	struct props props;
	struct h248_cmd **cmds_tail;
	unsigned int n;
};

static int ctx_prop(struct h248_dec *d, struct action *c, h248_dec_rule *rule)
{
	if (!c->a->props) {
		if (H248_DEC_NEW(d, c->a->props))
			return -ENOMEM;
		c->props.p = c->a->props;
		c->props.attrs_tail = &c->a->props->attrs;
		c->props.asks_tail = &c->a->props->asks_attrs;
		c->props.list_tail = &c->a->props->context_list;
		c->props.topology_tail = &c->a->props->topology;
	}
	return rule(d, &c->props);
}

/* One of: context property, ContextAudit, command, error of a reply. */
static int action_item(struct h248_dec *d, struct action *c)
{
	h248_dec_rule *rule = h248_dec_choose(d, ctx_props, N_CTX_PROPS);

	if (rule)
		return ctx_prop(d, c, rule);
	if (!d->is_reply && h248_dec_at_tok(d, H248_TOK_CONTEXT_AUDIT))
		return context_audit(d, c->a);
	if (d->is_reply && h248_dec_at_tok(d, H248_TOK_ERROR)) {
		if (c->a->error)
			return h248_dec_syntax(d, "only one error");
		if (H248_DEC_NEW(d, c->a->error))
			return -ENOMEM;
		return h248_dec_error(d, c->a->error);
	}
	if (c->n++ >= H248_MAX_CMDS)
		return h248_dec_fail(d, 422, "too many commands");
	return h248_dec_cmd(d, &c->cmds_tail);
}

static int action_body(struct h248_dec *d, struct h248_action *a)
{
	struct action c = { .a = a, .cmds_tail = &a->cmds };
	int rc = h248_dec_expect(d, '{');

	if (rc)
		return rc;
	do {
		rc = action_item(d, &c);
		if (rc)
			return rc;
	} while (h248_dec_accept(d, ','));
	if (h248_dec_accept(d, '}'))
		return 0;
	/* What stands behind a command and is no comma belongs to it. */
	d->level = c.n ? 442 : 422;
	return h248_dec_syntax(d, "',' or '}'");
}

/* actionRequest, actionReply: C "=" ctx "{" ... "}" */
static int action(struct h248_dec *d, void *node)
{
	struct h248_action ***tail = node, *a;
	int rc;

	d->level = 422;
	if (!h248_dec_at_tok(d, H248_TOK_CONTEXT))
		return h248_dec_syntax(d, "Context");
	if (H248_DEC_NEW(d, a))
		return -ENOMEM;
	a->at = d->cur.at;
	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = dec_ctx_id(d, &a->ctx, &a->ctx_id);
	if (rc)
		return rc;
	H248_APPEND(*tail, a);
	a->is_bare = d->is_reply && !h248_dec_at(d, '{');
	if (!a->is_bare)
		rc = action_body(d, a);
	if (rc == -EPROTO && !d->is_placed) {
		a->fault = d->err;
		d->is_placed = true;
	}
	d->level = 403;
	return rc;
}

int h248_dec_action(struct h248_dec *d, void *tail)
{
	return h248_dec_within(d, H248_CLAUSE_CONTEXT, action, tail);
}
