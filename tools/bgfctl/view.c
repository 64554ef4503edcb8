/* tools/bgfctl/view.c - see view.h */
#include "tools/bgfctl/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/bgfctl/die.h"

const json_t *view_termination(const json_t *context, unsigned int side)
{
	json_t *term;
	size_t i;

	json_array_foreach (json_object_get(context, "terminations"), i, term) {
		const char *name =
			json_string_value(json_object_get(term, "side"));

		if (name && !strcmp(name, side ? "B" : "A"))
			return term;
	}
	return NULL;
}

static json_int_t stream_id(const json_t *stream)
{
	return json_integer_value(json_object_get(stream, "id"));
}

const json_t *view_stream(const json_t *context, unsigned int side,
			  json_int_t id)
{
	const json_t *list =
		json_object_get(view_termination(context, side), "streams");
	json_t *s;
	size_t i;

	json_array_foreach (list, i, s)
		if (stream_id(s) == id)
			return s;
	return NULL;
}

static void lower(const json_t *term, json_int_t above, json_int_t *id,
		  bool *found)
{
	json_t *s;
	size_t i;

	json_array_foreach (json_object_get(term, "streams"), i, s) {
		json_int_t n = stream_id(s);

		if (n > above && (!*found || n < *id)) {
			*found = true;
			*id = n;
		}
	}
}

bool view_next_stream(const json_t *context, json_int_t above, json_int_t *id)
{
	bool found = false;

	lower(view_termination(context, 0), above, id, &found);
	lower(view_termination(context, 1), above, id, &found);
	return found;
}

const char *view_state(const json_t *context, json_int_t id)
{
	const char *state = "none";

	for (unsigned int side = 0; side < 2 && !strcmp(state, "none");
	     side++) {
		const json_t *s = view_stream(context, side, id);
		const json_t *v = json_object_get(s, "state");

		if (json_is_string(v))
			state = json_string_value(v);
	}
	return state;
}

char *view_endpoint(const json_t *endpoint)
{
	const char *addr =
		json_string_value(json_object_get(endpoint, "address"));
	int port = json_integer_value(json_object_get(endpoint, "port"));
	char *text;
	int rc;

	if (!addr)
		rc = asprintf(&text, "?");
	else if (strchr(addr, ':'))
		rc = asprintf(&text, "[%s]:%d", addr, port);
	else
		rc = asprintf(&text, "%s:%d", addr, port);
	if (rc < 0)
		die("out of memory");
	return text;
}

void view_time(const json_t *ms, char *out, size_t cap)
{
	json_int_t v = json_integer_value(ms);
	time_t s = v / 1000;
	struct tm tm;
	char day[32] = "";

	if (gmtime_r(&s, &tm))
		strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, cap, "%s.%03dZ", day, (int)(v % 1000));
}

char *view_arrow(const json_t *context, json_int_t id)
{
	static const char *const members[] = { "latched_address",
					       "local_address" };
	char *end[4], *text;

	for (unsigned int i = 0; i < 4; i++) {
		const json_t *s = view_stream(context, i / 2, id);

		end[i] = view_endpoint(json_object_get(s, members[i % 2]));
	}
	if (asprintf(&text, "%s -> %s | %s <- %s", end[0], end[1], end[3],
		     end[2]) < 0)
		die("out of memory");
	for (unsigned int i = 0; i < 4; i++)
		free(end[i]);
	return text;
}
