/* tools/bgfctl/dump.c - a context in depth, as text */
#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/escape.h"
#include "tools/bgfctl/render.h"
#include "tools/bgfctl/table.h"
#include "tools/bgfctl/view.h"

/* Both sides of a rendezvous beside each other, one row for each member. */
static const struct {
	const char *label;
	const char *member;
} live_rows[] = {
	{ "realm", "realm" },
	{ "stream mode", "mode" },
	{ "role", "role" },
	{ "leg", "leg" },
	{ "waits for", "waits_for" },
	{ "wait left [ms]", "wait_left_ms" },
	{ "established after [ms]", "established_ms" },
	{ "idle [ms]", "idle_ms" },
	{ "mss [octets]", "mss" },
	{ "options", "options" },
	{ "in from client [octets]", "rx_octets" },
	{ "out to client [octets]", "tx_octets" },
	{ "drops [packets]", "drops" },
	{ "latest reasons", "drop_reasons" },
	{ "syns", "syns" },
	{ "synacks", "synacks" },
	{ "relatches", "relatches" },
	{ "last cause", "last_cause" },
};

static void live_stream(const json_t *context, json_int_t id, FILE *out)
{
	static const struct column columns[] = {
		{ "", false }, { "A", false }, { "B", false }, { NULL, false }
	};
	struct table *t = table_new(columns);
	char *arrow = view_arrow(context, id);

	fprintf(out, "\n  Stream %" JSON_INTEGER_FORMAT ": %s\n", id,
		view_state(context, id));
	fprintf(out, "    %s\n", arrow);
	free(arrow);
	table_text(t, "termination");
	for (unsigned int side = 0; side < 2; side++)
		table_json(t, json_object_get(view_termination(context, side),
					      "id"));
	for (size_t i = 0; i < sizeof(live_rows) / sizeof(*live_rows); i++) {
		table_text(t, live_rows[i].label);
		for (unsigned int side = 0; side < 2; side++)
			table_json(t, json_object_get(view_stream(context, side,
								  id),
						      live_rows[i].member));
	}
	table_print(t, 4, out);
}

static void live(const json_t *context, FILE *out)
{
	char *gateway = json_shown(json_object_get(context, "gateway"));
	json_int_t id = 0;

	fprintf(out,
		"Context %" JSON_INTEGER_FORMAT
		" of %s: age %" JSON_INTEGER_FORMAT
		" s, priority %" JSON_INTEGER_FORMAT "%s\n",
		json_integer_value(json_object_get(context, "id")), gateway,
		json_integer_value(json_object_get(context, "age_ms")) / 1000,
		json_integer_value(json_object_get(context, "priority")),
		json_is_true(json_object_get(context, "is_emergency")) ?
			", emergency" :
			"");
	free(gateway);
	while (view_next_stream(context, id, &id))
		live_stream(context, id, out);
}

/* "label: value" */
static void print_value(const char *label, const json_t *v, unsigned int indent,
			FILE *out)
{
	char *shown = json_shown(v);

	fprintf(out, "%*s%s: %s\n", indent, "", label, shown);
	free(shown);
}

/* All members; objects go deeper. */
static void print_object(const json_t *object, unsigned int indent, FILE *out)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)object, key, v) {
		if (json_is_object(v)) {
			fprintf(out, "%*s%s\n", indent, "", key);
			print_object(v, indent + 2, out);
		} else {
			print_value(key, v, indent, out);
		}
	}
}

/* SDP, line by line. */
static void print_body(const char *label, const json_t *body, FILE *out)
{
	const char *s = json_string_value(body);
	size_t n;

	if (!s)
		return;
	fprintf(out, "    %s%s\n", label, *s ? "" : ": empty");
	for (; *s; s += n, s += *s == '\r', s += *s == '\n') {
		char *line;

		n = strcspn(s, "\n");
		n -= n && s[n] && s[n - 1] == '\r';
		line = escape(s, n, ESCAPE_TERMINAL);
		fprintf(out, "      %s\n", line);
		free(line);
	}
}

/* The name of each item, and behind it what else there is to say of it. */
static void print_items(const char *label, const json_t *list,
			unsigned int indent, FILE *out)
{
	json_t *item, *v;
	const char *key;
	size_t i;

	if (!json_array_size(list))
		return;
	fprintf(out, "%*s%s\n", indent, "", label);
	json_array_foreach (list, i, item) {
		char *name = json_shown(json_object_get(item, "name"));

		fprintf(out, "%*s%s", indent + 2, "", name);
		free(name);
		json_object_foreach (item, key, v) {
			char *shown = json_shown(v);

			if (strcmp(key, "name") && strcmp(shown, "-"))
				fprintf(out, "  %s=%s", key, shown);
			free(shown);
		}
		fputc('\n', out);
	}
}

static void dump_stream(const json_t *s, FILE *out)
{
	const json_t *control = json_object_get(s, "local_control");

	fprintf(out, "\n  Stream %" JSON_INTEGER_FORMAT "%s\n",
		json_integer_value(json_object_get(s, "id")),
		json_is_true(json_object_get(s, "is_implicit")) ?
			" (written without Stream)" :
			"");
	fprintf(out, "    LocalControl\n");
	print_value("Mode", json_object_get(control, "mode"), 6, out);
	print_value("ReserveValue", json_object_get(control, "reserve_value"),
		    6, out);
	print_value("ReserveGroup", json_object_get(control, "reserve_group"),
		    6, out);
	print_items("Properties", json_object_get(control, "properties"), 6,
		    out);
	print_body("Local", json_object_get(s, "local"), out);
	print_body("Remote", json_object_get(s, "remote"), out);
	print_items("Signals", json_object_get(s, "signals"), 4, out);
	fprintf(out, "    Gate\n");
	print_object(json_object_get(s, "gate"), 6, out);
}

static void dump_termination(const json_t *term, FILE *out)
{
	const json_t *events = json_object_get(term, "events");
	char *id = json_shown(json_object_get(term, "id"));
	json_t *s;
	size_t i;

	fprintf(out, "\nTermination %s\n", id);
	free(id);
	print_value("age [ms]", json_object_get(term, "age_ms"), 2, out);
	print_value("untouched [ms]", json_object_get(term, "untouched_ms"), 2,
		    out);
	if (json_is_object(events)) {
		fprintf(out, "  Events %" JSON_INTEGER_FORMAT "\n",
			json_integer_value(
				json_object_get(events, "request_id")));
		print_items("requested", json_object_get(events, "list"), 4,
			    out);
	}
	print_items("ObservedEvents", json_object_get(term, "observed_events"),
		    2, out);
	json_array_foreach (json_object_get(term, "streams"), i, s) {
		dump_stream(s, out);
	}
}

static void none(const json_t *reply, FILE *out)
{
	if (!json_array_size(json_object_get(reply, "contexts")))
		fprintf(out, "no contexts\n");
}

void text_context(const json_t *reply, FILE *out)
{
	json_t *ctx;
	size_t i;

	none(reply, out);
	json_array_foreach (json_object_get(reply, "contexts"), i, ctx) {
		live(ctx, out);
	}
}

void text_dump(const json_t *reply, FILE *out)
{
	json_t *ctx, *term;
	size_t i, k;

	none(reply, out);
	json_array_foreach (json_object_get(reply, "contexts"), i, ctx) {
		fputs(i ? "\n" : "", out);
		live(ctx, out);
		json_array_foreach (json_object_get(ctx, "terminations"), k,
				    term) {
			dump_termination(term, out);
		}
	}
}
