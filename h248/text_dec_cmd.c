/* h248/text_dec_cmd.c - commands, and what may stand in them */
#include "h248/text_dec_int.h"

#include <errno.h>

#include "h248/legal.h"
#include "h248/span.h"
#include "h248/names.h"

static bool strip(struct h248_span *word, const char *prefix)
{
	struct h248_span head = { word->p, 2 };

	if (word->n < 2 || !h248_span_is(head, prefix))
		return false;
	word->p += 2;
	word->n -= 2;
	return true;
}

/* "O-W-A": the prefixes are part of the word, in either order. */
static int command_token(struct h248_dec *d, struct h248_cmd *c)
{
	struct h248_span word = d->cur.text;
	enum h248_tok tok;

	if (d->cur.kind != H248_LEX_WORD)
		return h248_dec_syntax(d, "a command");
	for (unsigned int i = 0; i < 2; i++) {
		if (!c->is_optional && strip(&word, "O-"))
			c->is_optional = true;
		else if (!c->is_wildcard_reply && strip(&word, "W-"))
			c->is_wildcard_reply = true;
	}
	tok = word.n == d->cur.text.n ? d->cur.tok : h248_tok_of(word);
	for (unsigned int i = 0; i < H248_CMD__COUNT; i++) {
		if (tok != h248_cmd_toks[i])
			continue;
		c->kind = (enum h248_cmd_kind)i;
		h248_dec_advance(d);
		return 0;
	}
	return h248_dec_syntax(d, "a command");
}

static int term_item(struct h248_dec *d, void *node)
{
	struct h248_term_id ***tail = node, *t;
	int rc = h248_dec_term_id(d, &t);

	if (!rc)
		H248_APPEND(*tail, t);
	return rc;
}

/* termIDList: one, or in brackets several (v3) */
static int termination_list(struct h248_dec *d, struct h248_cmd *c)
{
	struct h248_term_id **tail = &c->terms;
	int rc;

	if (!h248_dec_at(d, '['))
		return term_item(d, &tail);
	if (d->version < 3)
		return h248_dec_fail(d, d->level,
				     "a termination list needs version 3");
	h248_dec_advance(d);
	rc = h248_dec_list(d, term_item, &tail, ']');
	if (rc)
		c->terms = NULL;
	return rc;
}

struct descs {
	struct h248_cmd *cmd;
	struct h248_desc **tail;
	unsigned int seen; /* 1 << kind */
	unsigned int n;
};

/* The first item of an Audit descriptor that may not be audited here. */
static const struct h248_desc *illegal_item(const struct h248_cmd *c,
					    const struct h248_desc *desc)
{
	const struct h248_desc *i = NULL;

	if (desc->kind == H248_DESC_AUDIT)
		i = desc->u.audit;
	else if (desc->kind == H248_DESC_SERVICES)
		i = desc->u.services->audit;
	while (i && !h248_legal_audit_item(c->kind, i->kind))
		i = i->next;
	return i;
}

/* A descriptor that may not stand here is a fault of the command, but not of
 * syntax: reading goes on to the end of the command. */
static void check(const struct h248_dec *d, struct descs *list,
		  const struct h248_desc *desc)
{
	struct h248_cmd *c = list->cmd;
	const struct h248_desc *item = illegal_item(c, desc);
	uint16_t code = h248_legal_desc(c->kind, desc->kind, list->seen);
	struct h248_place at = desc->at;

	if (d->is_reply || c->fault.code)
		return;
	if (!code && item) {
		code = 447;
		at = item->at;
	}
	if (!code)
		return;
	h248_err_set(&c->fault, code, at, "%s", h248_error_text(code));
	c->fault.clause = d->clause;
}

static int descriptor(struct h248_dec *d, void *node)
{
	struct descs *list = node;
	struct h248_desc *desc;
	int rc;

	if (list->n++ >= H248_MAX_DESCS)
		return h248_dec_fail(d, 442, "too many descriptors");
	rc = h248_dec_desc(d, &desc);
	if (rc || !desc)
		return rc;
	check(d, list, desc);
	if (list->cmd->fault.code)
		return 0;
	list->seen |= 1u << desc->kind;
	H248_APPEND(list->tail, desc);
	return 0;
}

/* AV=C{t1,t2}, AV=C{ER=...}: the terminations of a context */
static int context_termination_audit(struct h248_dec *d, struct h248_cmd *c)
{
	struct h248_term_id **tail = &c->terms;
	int rc;

	c->is_context_list = true;
	h248_dec_advance(d);
	if (!h248_dec_accept(d, '{'))
		return 0;
	if (!h248_dec_at_tok(d, H248_TOK_ERROR))
		return h248_dec_list(d, term_item, &tail, '}');
	rc = h248_dec_desc(d, &c->descs);
	return rc ? rc : h248_dec_expect(d, '}');
}

static bool is_audit(const struct h248_cmd *c)
{
	return c->kind == H248_CMD_AUDIT_VALUE || c->kind == H248_CMD_AUDIT_CAP;
}

static int command_body(struct h248_dec *d, void *node)
{
	struct h248_cmd *c = node;
	struct descs list = { .cmd = c, .tail = &c->descs };
	unsigned int needed = h248_legal_needed(c->kind);
	int rc = h248_dec_expect(d, '=');

	if (rc)
		return rc;
	if (d->is_reply && is_audit(c) && h248_dec_at_tok(d, H248_TOK_CONTEXT))
		return context_termination_audit(d, c);
	rc = termination_list(d, c);
	if (rc)
		return rc;
	if (h248_dec_at(d, '{'))
		rc = h248_dec_block0(d, descriptor, &list);
	if (!rc && !d->is_reply && needed && !(list.seen & needed) &&
	    !c->fault.code)
		rc = h248_dec_fail(d, 442,
				   c->kind == H248_CMD_NOTIFY ?
					   "no ObservedEvents" :
					   "no Services");
	return rc;
}

static const enum h248_clause clauses[H248_CMD__COUNT] = {
	[H248_CMD_ADD] = H248_CLAUSE_ADD,
	[H248_CMD_MOVE] = H248_CLAUSE_MOVE,
	[H248_CMD_MODIFY] = H248_CLAUSE_MODIFY,
	[H248_CMD_SUBTRACT] = H248_CLAUSE_SUBTRACT,
	[H248_CMD_AUDIT_VALUE] = H248_CLAUSE_AUDIT_VALUE,
	[H248_CMD_AUDIT_CAP] = H248_CLAUSE_AUDIT_CAP,
	[H248_CMD_NOTIFY] = H248_CLAUSE_NOTIFY,
	[H248_CMD_SERVICE_CHANGE] = H248_CLAUSE_SERVICE_CHANGE,
};

/* commandRequest, commandReply */
int h248_dec_cmd(struct h248_dec *d, struct h248_cmd ***tail)
{
	struct h248_cmd *c;
	int rc;

	if (H248_DEC_NEW(d, c))
		return -ENOMEM;
	c->at = d->cur.at;
	rc = command_token(d, c);
	if (rc)
		return rc;
	**tail = c;
	*tail = &c->next;
	d->level = 442;
	rc = h248_dec_within(d, clauses[c->kind], command_body, c);
	d->level = 422;
	if (rc == -EPROTO) {
		if (!c->fault.code)
			c->fault = d->err;
		d->is_placed = true;
	} else if (!rc && c->fault.code && !c->is_optional) {
		d->is_placed = true;
		rc = -EPROTO;
	}
	return rc;
}
