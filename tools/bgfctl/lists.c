/* tools/bgfctl/lists.c - terminations, flows, ports, ... as tables of text */
#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/render.h"
#include "tools/bgfctl/table.h"
#include "tools/bgfctl/view.h"

/* An address and port, "?" when it is not known. */
static void add_endpoint(struct table *t, const json_t *endpoint)
{
	char *text = view_endpoint(endpoint);

	table_text(t, text);
	free(text);
}

static void add_members(struct table *t, const json_t *object,
			const char *const *members)
{
	for (; *members; members++)
		table_json(t, json_object_get(object, *members));
}

void text_terminations(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },
		{ "CONTEXT", true },
		{ "TERMINATION", false },
		{ "STREAM", true },
		{ "REALM", false },
		{ "STATE", false },
		{ "GATE", false },
		{ "CLIENT", false },
		{ "IN[octets]", true },
		{ "OUT[octets]", true },
		{ "DROPS[packets]", true },
		{ "REASONS", false },
		{ NULL, false },
	};
	static const char *const of_term[] = { "gateway", "context", "id",
					       NULL };
	static const char *const of_stream[] = { "id", "realm", "state", NULL };
	static const char *const sums[] = { "rx_octets", "tx_octets", "drops",
					    "drop_reasons", NULL };
	struct table *t = table_new(columns);
	json_t *term, *s;
	size_t i, k;

	json_array_foreach (json_object_get(reply, "terminations"), i, term) {
		json_array_foreach (json_object_get(term, "streams"), k, s) {
			add_members(t, term, of_term);
			add_members(t, s, of_stream);
			add_endpoint(t, json_object_get(s, "local_address"));
			add_endpoint(t, json_object_get(s, "latched_address"));
			add_members(t, s, sums);
		}
	}
	table_print(t, 0, out);
}

void text_flows(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },
		{ "CONTEXT", true },
		{ "STREAM", true },
		{ "REALM", false },
		{ "STATE", false },
		{ "SOURCE", false },
		{ "DESTINATION", false },
		{ "NAT SOURCE", false },
		{ "NAT DESTINATION", false },
		{ "OCTETS", true },
		{ "DROPS[packets]", true },
		{ "REASONS", false },
		{ NULL, false },
	};
	static const char *const head[] = { "gateway", "context", "stream",
					    "realm",   "state",   NULL };
	static const char *const ends[] = { "source", "destination",
					    "nat_source", "nat_destination" };
	static const char *const sums[] = { "octets", "drops", "drop_reasons",
					    NULL };
	struct table *t = table_new(columns);
	json_t *flow;
	size_t i;

	json_array_foreach (json_object_get(reply, "flows"), i, flow) {
		add_members(t, flow, head);
		for (unsigned int k = 0; k < 4; k++)
			add_endpoint(t, json_object_get(flow, ends[k]));
		add_members(t, flow, sums);
	}
	table_print(t, 0, out);
}

void text_ports(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },    { "REALM", false },
		{ "DEVICE", false },     { "UP", false },
		{ "TOTAL", true },       { "USED", true },
		{ "QUARANTINED", true }, { "FREE", true },
		{ NULL, false },
	};
	static const char *const members[] = { "gateway",     "realm", "device",
					       "is_up",       "total", "used",
					       "quarantined", "free",  NULL };
	struct table *t = table_new(columns);
	json_t *line;
	size_t i;

	json_array_foreach (json_object_get(reply, "ports"), i, line)
		add_members(t, line, members);
	table_print(t, 0, out);
}

void text_associations(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },     { "MID", false },
		{ "TRANSPORT", false },   { "CONTROLLER", false },
		{ "STATE", false },       { "VERSION", true },
		{ "PROFILE", false },     { "HEARD[ms]", true },
		{ "IN[messages]", true }, { "OUT[messages]", true },
		{ "TIMEOUTS", true },     { NULL, false },
	};
	static const char *const members[] = {
		"gateway",     "mid",          "transport", "controller",
		"state",       "h248_version", "profile",   "heard_ms",
		"messages_in", "messages_out", "timeouts",  NULL
	};
	struct table *t = table_new(columns);
	json_t *line;
	size_t i;

	json_array_foreach (json_object_get(reply, "associations"), i, line)
		add_members(t, line, members);
	table_print(t, 0, out);
}

static void add_past(struct table *t, const json_t *past)
{
	static const char *const head[] = { "gateway", "id", NULL };
	char at[48], lasted[32];

	add_members(t, past, head);
	view_time(json_object_get(past, "ended_ms"), at, sizeof(at));
	table_text(t, at);
	snprintf(
		lasted, sizeof(lasted), "%.3f",
		(double)json_integer_value(json_object_get(past, "lasted_ms")) /
			1000);
	table_text(t, lasted);
	table_json(t, json_object_get(past, "reason"));
	for (unsigned int side = 0; side < 2; side++) {
		const json_t *term = view_termination(past, side);

		table_json(t, json_object_get(term, "last_cause"));
		table_json(t, json_object_get(term, "rx_octets"));
		add_endpoint(t, json_object_get(term, "local_address"));
		add_endpoint(t, json_object_get(term, "latched_address"));
	}
}

void text_history(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },     { "CONTEXT", true },
		{ "ENDED", false },       { "LASTED[s]", true },
		{ "REASON", false },      { "CAUSE A", false },
		{ "A->B[octets]", true }, { "GATE A", false },
		{ "CLIENT A", false },    { "CAUSE B", false },
		{ "B->A[octets]", true }, { "GATE B", false },
		{ "CLIENT B", false },    { NULL, false },
	};
	struct table *t = table_new(columns);
	json_t *past;
	size_t i;

	json_array_foreach (json_object_get(reply, "history"), i, past)
		add_past(t, past);
	table_print(t, 0, out);
}

/* As in the log. */
static void print_line(const json_t *line, FILE *out)
{
	static const struct {
		const char *label, *member;
	} about[] = { { "gw", "gateway" },
		      { "ctx", "context" },
		      { "term", "termination" },
		      { "txn", "transaction" } };
	char *level = json_shown(json_object_get(line, "level"));
	char *text = json_shown(json_object_get(line, "text"));
	char at[48];

	view_time(json_object_get(line, "time_ms"), at, sizeof(at));
	fprintf(out, "%s %s ", at, level);
	for (size_t i = 0; i < sizeof(about) / sizeof(*about); i++) {
		const json_t *v = json_object_get(line, about[i].member);
		char *shown = v && !json_is_null(v) ? json_shown(v) : NULL;

		if (shown)
			fprintf(out, "%s=%s ", about[i].label, shown);
		free(shown);
	}
	fprintf(out, "%s\n", text);
	free(level);
	free(text);
}

void text_events(const json_t *reply, FILE *out)
{
	const json_t *events = json_object_get(reply, "events");
	json_int_t lost = json_integer_value(json_object_get(events, "lost"));
	json_t *line;
	size_t i;

	if (lost)
		fprintf(out, "(%" JSON_INTEGER_FORMAT " lines were lost)\n",
			lost);
	json_array_foreach (json_object_get(events, "lines"), i, line)
		print_line(line, out);
}

static void print_explanation(const json_t *e, FILE *out)
{
	char *gateway = json_shown(json_object_get(e, "gateway"));
	json_int_t stream = 0;
	json_t *line;
	size_t i;

	fprintf(out, "Context %" JSON_INTEGER_FORMAT " of %s\n",
		json_integer_value(json_object_get(e, "context")), gateway);
	free(gateway);
	json_array_foreach (json_object_get(e, "lines"), i, line) {
		json_int_t n =
			json_integer_value(json_object_get(line, "stream"));
		char *kind = json_shown(json_object_get(line, "kind"));
		char *text = json_shown(json_object_get(line, "text"));

		if (n && n != stream)
			fprintf(out, "  Stream %" JSON_INTEGER_FORMAT "\n", n);
		stream = n;
		fprintf(out, "%s%-8s %s\n", n ? "    " : "  ", kind, text);
		free(kind);
		free(text);
	}
}

void text_explain(const json_t *reply, FILE *out)
{
	json_t *e;
	size_t i;

	json_array_foreach (json_object_get(reply, "explain"), i, e)
		print_explanation(e, out);
}

void text_reload(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "WHERE", false }, { "ATTRIBUTE", false }, { "WAS", false },
		{ "IS", false },    { "RESTART", false },   { NULL, false },
	};
	static const char *const members[] = { "where", "attribute",     "from",
					       "to",    "needs_restart", NULL };
	const json_t *r = json_object_get(reply, "reload");
	struct table *t = table_new(columns);
	json_t *item;
	size_t i;

	json_array_foreach (json_object_get(r, "errors"), i, item) {
		char *text = json_shown(item);

		fprintf(out, "%s\n", text);
		free(text);
	}
	json_array_foreach (json_object_get(r, "changes"), i, item)
		add_members(t, item, members);
	table_print(t, 0, out);
	fprintf(out, "%s\n",
		json_is_true(json_object_get(r, "is_refused")) ?
			"refused: nothing was changed" :
		json_is_true(json_object_get(r, "is_dry_run")) ?
			"nothing was changed: a dry run" :
		json_array_size(json_object_get(r, "errors")) ?
			"done, but for the files named above" :
			"done");
}

static void print_top_gateways(const json_t *gateways, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false }, { "STATE", false }, { "SERVICE", false },
		{ "CONTEXTS", true }, { "MAX", true },    { NULL, false },
	};
	static const char *const members[] = { "name",         "state",
					       "service",      "contexts",
					       "contexts_max", NULL };
	struct table *t = table_new(columns);
	json_t *g;
	size_t i;

	json_array_foreach (gateways, i, g)
		add_members(t, g, members);
	table_print(t, 0, out);
}

void text_top(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },         { "CONTEXT", true },
		{ "STREAM", true },           { "STATE", false },
		{ "OCTETS/s", true },         { "OCTETS", true },
		{ "DROPS[packets]", true },   { "SOURCE", false },
		{ "NAT DESTINATION", false }, { NULL, false },
	};
	static const char *const members[] = { "gateway",      "context",
					       "stream",       "state",
					       "octets_per_s", "octets",
					       "drops",        NULL };
	const json_t *top = json_object_get(reply, "top");
	struct table *t = table_new(columns);
	json_t *flow;
	size_t i;

	print_top_gateways(json_object_get(top, "gateways"), out);
	fputc('\n', out);
	json_array_foreach (json_object_get(top, "flows"), i, flow) {
		add_members(t, flow, members);
		add_endpoint(t, json_object_get(flow, "source"));
		add_endpoint(t, json_object_get(flow, "nat_destination"));
	}
	table_print(t, 0, out);
}
