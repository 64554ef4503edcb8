/* tools/h248tool/json.c - a message as one line of JSON */
#include "tools/h248tool/json.h"

#include <errno.h>
#include <stdlib.h>

#include "h248/error.h"
#include "h248/names.h"
#include "tools/h248tool/tool.h"

static json_t *topology(const struct h248_topology *t)
{
	json_t *list = json_array();

	for (; t; t = t->next) {
		json_t *o = json_object();

		tool_json_set(o, "from", tool_json_span(t->from));
		tool_json_set(o, "to", tool_json_span(t->to));
		tool_json_set(o, "direction",
			      tool_json_tok(h248_topology_toks[t->dir]));
		if (t->has_extension)
			tool_json_set(
				o, "extension",
				tool_json_tok(
					h248_topology_toks[t->extension]));
		tool_json_int(o, "Stream", t->stream);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *context_ids(const struct h248_value *v)
{
	json_t *list = json_array();

	for (; v; v = v->next)
		json_array_append_new(list, tool_json_span(v->text));
	return list;
}

/* What an audit asks for by name. */
static json_t *asked(const struct h248_ctx_props *p)
{
	const struct {
		bool is_asked;
		const char *name;
	} items[] = {
		{ p->has_topology == H248_NAMED, "Topology" },
		{ p->has_priority == H248_NAMED || p->asks_priority,
		  "Priority" },
		{ p->has_emergency == H248_NAMED || p->asks_emergency,
		  "Emergency" },
		{ p->has_ieps == H248_NAMED || p->asks_ieps, "IEPSCall" },
		{ p->has_context_list == H248_NAMED, "ContextList" },
	};
	json_t *list = json_array();

	for (unsigned int i = 0; i < sizeof(items) / sizeof(*items); i++)
		if (items[i].is_asked)
			json_array_append_new(list, json_string(items[i].name));
	return list;
}

json_t *tool_json_context(const struct h248_ctx_props *p, bool is_audit)
{
	json_t *o = json_object();

	if (is_audit)
		tool_json_set(o, "asks", asked(p));
	if (p->asks_attrs)
		tool_json_set(o, "asks_properties",
			      tool_json_props(p->asks_attrs));
	if (p->has_topology == H248_GIVEN)
		tool_json_set(o, "Topology", topology(p->topology));
	if (p->has_priority == H248_GIVEN)
		tool_json_set(o, "Priority", json_integer(p->priority));
	if (p->has_emergency == H248_GIVEN)
		tool_json_set(o, "Emergency", json_boolean(p->emergency));
	if (p->has_ieps == H248_GIVEN)
		tool_json_set(o, "IEPSCall", json_boolean(p->ieps));
	if (p->attrs)
		tool_json_set(o, "properties", tool_json_props(p->attrs));
	if (p->has_context_list == H248_GIVEN)
		tool_json_set(o, "ContextList", context_ids(p->context_list));
	tool_json_flag(o, "ANDLgc", p->is_and);
	tool_json_flag(o, "ORLgc", p->is_or);
	return o;
}

static json_t *command(const struct h248_cmd *c)
{
	json_t *o = json_object(), *terms = json_array();

	tool_json_set(o, "command", json_string(h248_cmd_name(c->kind)));
	tool_json_flag(o, "optional", c->is_optional);
	tool_json_flag(o, "wildcarded_response", c->is_wildcard_reply);
	tool_json_flag(o, "of_context", c->is_context_list);
	for (const struct h248_term_id *t = c->terms; t; t = t->next)
		json_array_append_new(terms, tool_json_span(t->text));
	tool_json_set(o, "terminations", terms);
	if (c->descs)
		tool_json_set(o, "descriptors", tool_json_descs(c->descs));
	return o;
}

static json_t *context_id(const struct h248_action *a)
{
	static const char *const special[] = {
		[H248_CTX_NULL] = "-",
		[H248_CTX_CHOOSE] = "$",
		[H248_CTX_ALL] = "*",
	};

	return a->ctx == H248_CTX_ID ? json_integer(a->ctx_id) :
				       json_string(special[a->ctx]);
}

static json_t *action(const struct h248_action *a)
{
	json_t *o = json_object(), *cmds = json_array();

	tool_json_set(o, "context", context_id(a));
	if (a->props)
		tool_json_set(o, "properties",
			      tool_json_context(a->props, false));
	if (a->audit)
		tool_json_set(o, "ContextAudit",
			      tool_json_context(a->audit, true));
	for (const struct h248_cmd *c = a->cmds; c; c = c->next)
		json_array_append_new(cmds, command(c));
	tool_json_set(o, "commands", cmds);
	if (a->error)
		tool_json_set(o, "Error", tool_json_error(a->error));
	return o;
}

static json_t *ranges(const struct h248_tid_range *r)
{
	json_t *list = json_array();

	for (; r; r = r->next)
		json_array_append_new(list,
				      json_pack("[I,I]", (json_int_t)r->first,
						(json_int_t)r->last));
	return list;
}

static json_t *transaction(const struct h248_txn *t)
{
	static const enum h248_tok kinds[] = {
		[H248_TXN_REQUEST] = H248_TOK_TRANSACTION,
		[H248_TXN_REPLY] = H248_TOK_REPLY,
		[H248_TXN_PENDING] = H248_TOK_PENDING,
		[H248_TXN_ACK] = H248_TOK_RESPONSE_ACK,
		[H248_TXN_SEGMENT_ACK] = H248_TOK_SEGMENT,
	};
	json_t *o = json_object(), *actions = json_array();

	tool_json_set(o, "transaction", tool_json_tok(kinds[t->kind]));
	if (t->has_id)
		tool_json_set(o, "id", json_integer(t->id));
	tool_json_flag(o, "ImmAckRequired", t->wants_ack);
	tool_json_int(o, "segment", t->segment);
	tool_json_flag(o, "last_segment", t->is_last_segment);
	if (t->acks)
		tool_json_set(o, "acknowledged", ranges(t->acks));
	for (const struct h248_action *a = t->actions; a; a = a->next)
		json_array_append_new(actions, action(a));
	if (t->actions)
		tool_json_set(o, "actions", json_incref(actions));
	json_decref(actions);
	if (t->error)
		tool_json_set(o, "Error", tool_json_error(t->error));
	return o;
}

struct faults {
	json_t *list;
	const struct tool_origin *origin;
};

static void add_fault(const struct h248_err *err, void *arg)
{
	const struct faults *to = arg;
	json_t *o = json_object();

	tool_json_set(o, "line", json_integer(tool_line(to->origin, err)));
	tool_json_set(o, "column", json_integer(err->at.col));
	tool_json_set(o, "code", json_integer(err->code));
	tool_json_set(o, "text", json_string(err->text));
	tool_json_set(o, "clause", json_string(h248_clause_text(err->clause)));
	json_array_append_new(to->list, o);
}

static json_t *auth(const struct h248_auth *au)
{
	json_t *o = json_object();

	tool_json_set(o, "spi", json_sprintf("%08x", au->spi));
	tool_json_set(o, "sequence", json_integer(au->seq));
	tool_json_set(o, "data", tool_json_span(au->data));
	return o;
}

static json_t *message(const struct h248_msg *m)
{
	json_t *o = json_object(), *txns = json_array();

	if (m->version) {
		tool_json_set(o, "version", json_integer(m->version));
		tool_json_set(o, "mid", tool_json_mid(&m->mid));
	}
	if (m->auth)
		tool_json_set(o, "Authentication", auth(m->auth));
	if (m->error)
		tool_json_set(o, "Error", tool_json_error(m->error));
	for (const struct h248_txn *t = m->txns; t; t = t->next)
		json_array_append_new(txns, transaction(t));
	tool_json_set(o, "transactions", txns);
	return o;
}

int tool_json(FILE *out, const struct tool_origin *origin,
	      const struct h248_msg *m)
{
	struct faults faults = { json_array(), origin };
	json_t *o = message(m);
	char *text;

	tool_json_set(o, "file", json_string(origin->file));
	tool_json_set(o, "line", json_integer(origin->line));
	if (origin->head)
		tool_json_set(o, "captured", json_string(origin->head));
	if (tool_faults(m, add_fault, &faults))
		tool_json_set(o, "faults", json_incref(faults.list));
	json_decref(faults.list);
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}
