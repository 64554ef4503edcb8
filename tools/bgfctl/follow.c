/* tools/bgfctl/follow.c - see follow.h */
#include "tools/bgfctl/follow.h"

#include <stdint.h>
#include <time.h>

static const json_t *events_of(const json_t *reply)
{
	return json_object_get(reply, "events");
}

/* One part; the next one begins behind it. */
static enum client_result ask_part(const char *path, json_t *request,
				   json_t **reply, char *err, size_t cap)
{
	enum client_result r = client_ask(path, request, reply, err, cap);
	json_t *next;

	if (r != CLIENT_OK)
		return r;
	next = json_object_get(events_of(*reply), "next");
	if (next)
		json_object_set(request, "since", next);
	return r;
}

static bool has_more(const json_t *reply)
{
	return json_is_false(json_object_get(events_of(reply), "is_complete"));
}

enum client_result follow_all(const char *path, json_t *request, json_t **reply,
			      char *err, size_t cap)
{
	enum client_result r = ask_part(path, request, reply, err, cap);
	json_t *lines = json_array();

	while (r == CLIENT_OK) {
		json_array_extend(lines,
				  json_object_get(events_of(*reply), "lines"));
		if (!has_more(*reply))
			break;
		json_decref(*reply);
		r = ask_part(path, request, reply, err, cap);
	}
	if (r == CLIENT_OK && events_of(*reply))
		json_object_set((json_t *)events_of(*reply), "lines", lines);
	json_decref(lines);
	return r;
}

/* How many lines it has; those behind the first `most` go. */
static size_t take_lines(const json_t *reply, size_t most)
{
	json_t *lines = json_object_get(events_of(reply), "lines");

	while (json_array_size(lines) > most)
		json_array_remove(lines, json_array_size(lines) - 1);
	return json_array_size(lines);
}

enum client_result follow_on(const char *path, json_t *request, json_int_t most,
			     follow_h *show, void *arg, char *err, size_t cap)
{
	static const struct timespec pause = { .tv_nsec = 250000000 };
	enum client_result r = CLIENT_OK;
	json_int_t shown = 0;
	bool goes_on = true;
	json_t *reply;

	while (goes_on && (!most || shown < most)) {
		size_t n;

		r = ask_part(path, request, &reply, err, cap);
		if (r != CLIENT_OK)
			break;
		n = take_lines(reply, most ? (size_t)(most - shown) : SIZE_MAX);
		/* A refusal has no events, and is shown. */
		if (n || !events_of(reply))
			goes_on = show(arg, reply);
		shown += (json_int_t)n;
		if (!has_more(reply) && goes_on)
			nanosleep(&pause, NULL);
		json_decref(reply);
	}
	return r;
}
