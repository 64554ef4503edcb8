/* tools/bgfctl/text.c - contexts, status and statistics as text */
#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/render.h"
#include "tools/bgfctl/table.h"
#include "tools/bgfctl/view.h"

static json_t *seconds(const json_t *ms)
{
	return json_is_integer(ms) ?
		       json_integer(json_integer_value(ms) / 1000) :
		       json_null();
}

static json_int_t drops(const json_t *context, json_int_t id)
{
	json_int_t sum = 0;

	for (unsigned int side = 0; side < 2; side++)
		sum += json_integer_value(json_object_get(
			view_stream(context, side, id), "drops"));
	return sum;
}

static void add_new(struct table *t, json_t *v)
{
	table_json(t, v);
	json_decref(v);
}

static void add_rendezvous(struct table *t, const json_t *context,
			   json_int_t id)
{
	const json_t *a = view_stream(context, 0, id);
	const json_t *b = view_stream(context, 1, id);
	char *arrow = view_arrow(context, id);

	table_json(t, json_object_get(context, "gateway"));
	table_json(t, json_object_get(context, "id"));
	add_new(t, id ? json_integer(id) : json_null());
	table_text(t, view_state(context, id));
	add_new(t, seconds(json_object_get(context, "age_ms")));
	table_json(t, json_object_get(a, "rx_octets"));
	table_json(t, json_object_get(b, "rx_octets"));
	add_new(t, json_integer(drops(context, id)));
	table_text(t, arrow);
	free(arrow);
}

void text_contexts(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },
		{ "CONTEXT", true },
		{ "STREAM", true },
		{ "STATE", false },
		{ "AGE[s]", true },
		{ "A->B[octets]", true },
		{ "B->A[octets]", true },
		{ "DROPS[packets]", true },
		{ "A -> GATE | GATE <- B", false },
		{ NULL, false },
	};
	struct table *t = table_new(columns);
	json_int_t id;
	json_t *ctx;
	size_t i;

	json_array_foreach (json_object_get(reply, "contexts"), i, ctx) {
		id = 0;
		if (!view_next_stream(ctx, id, &id))
			add_rendezvous(t, ctx, 0);
		else
			do
				add_rendezvous(t, ctx, id);
			while (view_next_stream(ctx, id, &id));
	}
	table_print(t, 0, out);
}

/* "name  value", one line for each member that is a plain value. */
static void print_members(const json_t *object, unsigned int indent, FILE *out)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)object, key, v) {
		char *shown;

		if (json_is_object(v) || json_is_array(v))
			continue;
		shown = json_shown(v);
		fprintf(out, "%*s%-20s %s\n", indent, "", key, shown);
		free(shown);
	}
}

/* A list of objects as a table. */
static void print_list(const json_t *list, const struct column *columns,
		       const char *const *members, unsigned int indent,
		       FILE *out)
{
	struct table *t = table_new(columns);
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		for (const char *const *m = members; *m; m++)
			table_json(t, json_object_get(item, *m));
	table_print(t, indent, out);
}

void text_gateways(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "GATEWAY", false },    { "MID", false },
		{ "CONTROLLER", false }, { "STATE", false },
		{ "SERVICE", false },    { "CONTEXTS", true },
		{ "MAX", true },         { NULL, false },
	};
	static const char *const members[] = { "name",         "mid",
					       "controller",   "state",
					       "service",      "contexts",
					       "contexts_max", NULL };

	print_list(json_object_get(reply, "gateways"), columns, members, 0,
		   out);
}

static void print_limits(const json_t *limits, FILE *out)
{
	static const struct column columns[] = {
		{ "LIMITS OF", false },      { "CONTEXTS", true },
		{ "LIMIT", true },           { "RESERVE", true },
		{ "BANDWIDTH[kbps]", true }, { "LIMIT", true },
		{ "RESERVE", true },         { NULL, false },
	};
	static const char *const members[] = {
		"name", "contexts",   "contexts_limit", "contexts_reserve",
		"kbps", "kbps_limit", "kbps_reserve",   NULL
	};

	fprintf(out, "\nAdmission\n");
	print_list(limits, columns, members, 2, out);
}

static void print_media(const json_t *media, FILE *out)
{
	static const struct column columns[] = { { "INTERFACE", false },
						 { "REALM", false },
						 { "PATH", false },
						 { NULL, false } };
	static const char *const members[] = { "interface", "realm", "path",
					       NULL };

	fprintf(out, "\nMedia interfaces\n");
	print_list(media, columns, members, 2, out);
}

void text_status(const json_t *reply, FILE *out)
{
	static const struct column columns[] = {
		{ "REALM", false }, { "DEVICE", false },     { "PORTS", true },
		{ "USED", true },   { "QUARANTINED", true }, { NULL, false },
	};
	static const char *const members[] = {
		"name", "tun", "ports_total", "ports_used", "ports_quarantined",
		NULL
	};
	static const struct column worker_columns[] = {
		{ "WORKER", false }, { "CPU", true }, { "RENDEZVOUS", true },
		{ "RX", true },      { "TX", true },  { "DROPS", true },
		{ NULL, false },
	};
	static const char *const worker_members[] = {
		"worker",     "cpu",   "rendezvous", "rx_packets",
		"tx_packets", "drops", NULL
	};
	const json_t *s = json_object_get(reply, "status");

	fprintf(out, "Gateway\n");
	print_members(s, 2, out);
	fprintf(out, "\nAssociation\n");
	print_members(json_object_get(s, "association"), 2, out);
	fprintf(out, "\nPort pools\n");
	print_list(json_object_get(s, "realms"), columns, members, 2, out);
	print_media(json_object_get(s, "media"), out);
	fprintf(out, "\nWorkers, of all gateways\n");
	print_list(json_object_get(s, "workers"), worker_columns,
		   worker_members, 2, out);
	print_limits(json_object_get(s, "limits"), out);
	fprintf(out, "\nOverload\n");
	print_members(json_object_get(s, "overload"), 2, out);
}

void text_service(const json_t *reply, FILE *out)
{
	const char *name = json_string_value(json_object_get(reply, "command"));

	print_members(json_object_get(reply, name ? name : "drain"), 0, out);
}

void text_log(const json_t *reply, FILE *out)
{
	const json_t *log = json_object_get(reply, "log");

	print_members(log, 0, out);
	fprintf(out, "\nParts\n");
	print_members(json_object_get(log, "parts"), 2, out);
}

void text_trace(const json_t *reply, FILE *out)
{
	print_members(json_object_get(reply, "trace"), 0, out);
}

static void print_paths(const json_t *paths, FILE *out)
{
	static const struct column columns[] = { { "CARRIED BY", false },
						 { "PACKETS", true },
						 { "OCTETS", true },
						 { NULL, false } };
	static const char *const members[] = { "name", "packets", "octets",
					       NULL };

	fprintf(out, "\nPaths\n");
	print_list(paths, columns, members, 2, out);
}

void text_statistics(const json_t *reply, FILE *out)
{
	static const struct column commands[] = {
		{ "COMMAND", false },  { "RECEIVED", true },
		{ "WILDCARDS", true }, { "FAILED", true },
		{ "SENT", true },      { NULL, false }
	};
	static const char *const command[] = { "name",      "received",
					       "wildcards", "failed",
					       "sent",      NULL };
	static const struct column levels[] = { { "NUMBER OF", false },
						{ "NOW", true },
						{ "MOST", true },
						{ "LIMIT", true },
						{ NULL, false } };
	static const char *const level[] = { "name", "current", "most", "limit",
					     NULL };
	static const struct column ended[] = { { "ENDED BY", false },
					       { "CONTEXTS", true },
					       { "MEANING", false },
					       { NULL, false } };
	static const char *const end[] = { "name", "contexts", "meaning",
					   NULL };
	static const struct column errors[] = { { "ERROR", true },
						{ "ANSWERED", true },
						{ "RECEIVED", true },
						{ "MEANING", false },
						{ NULL, false } };
	static const char *const error[] = { "code", "answered", "received",
					     "meaning", NULL };
	static const struct column drops_[] = { { "DROPPED", false },
						{ "PACKETS", true },
						{ "MEANING", false },
						{ NULL, false } };
	static const char *const drop[] = { "name", "packets", "meaning",
					    NULL };
	static const struct column kernel[] = { { "IN THE KERNEL", false },
						{ "PACKETS", true },
						{ "MEANING", false },
						{ NULL, false } };
	const json_t *s = json_object_get(reply, "statistics");

	print_list(json_object_get(s, "levels"), levels, level, 0, out);
	fprintf(out, "\n");
	print_list(json_object_get(s, "closed"), ended, end, 0, out);
	fprintf(out, "\nCommands\n");
	print_list(json_object_get(s, "commands"), commands, command, 2, out);
	fprintf(out, "\nErrors\n");
	print_list(json_object_get(s, "errors"), errors, error, 2, out);
	fprintf(out, "\nMessages\n");
	print_members(json_object_get(s, "messages"), 2, out);
	fprintf(out, "\nMessages by authentication\n");
	print_members(json_object_get(s, "authentication"), 2, out);
	fprintf(out, "\nSessions\n");
	print_members(json_object_get(s, "sessions"), 2, out);
	fprintf(out, "\nPackets\n");
	print_members(json_object_get(s, "packets"), 2, out);
	print_paths(json_object_get(s, "paths"), out);
	fprintf(out, "\nKernel\n");
	print_list(json_object_get(s, "kernel"), kernel, drop, 2, out);
	fprintf(out, "\nDrops\n");
	print_list(json_object_get(s, "drops"), drops_, drop, 2, out);
}
