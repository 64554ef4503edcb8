/* tools/bgfctl/top.c - see top.h */
#include "tools/bgfctl/top.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tools/bgfctl/die.h"

/* One answer, and when it came. */
struct sample {
	json_t *reply;
	int64_t at_ms;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static enum client_result take(const struct top *t, struct sample *s, char *err,
			       size_t cap)
{
	s->reply = NULL;
	s->at_ms = now_ms();
	return client_ask(t->path, t->flows, &s->reply, err, cap);
}

/* What a flow is called from one sample to the next.  Returns new. */
static char *key_of(const json_t *flow)
{
	const char *gateway =
		json_string_value(json_object_get(flow, "gateway"));
	const char *term =
		json_string_value(json_object_get(flow, "termination"));
	char *key;

	if (asprintf(&key, "%s %lld %lld %s", gateway ? gateway : "",
		     (long long)json_integer_value(
			     json_object_get(flow, "context")),
		     (long long)json_integer_value(
			     json_object_get(flow, "stream")),
		     term ? term : "") < 0)
		die("out of memory");
	return key;
}

static json_int_t octets_of(const json_t *flow)
{
	return json_integer_value(json_object_get(flow, "octets"));
}

/* Octets by the name of the flow.  Returns new. */
static json_t *index_of(const json_t *reply)
{
	json_t *index = json_object(), *flow;
	size_t i;

	json_array_foreach (json_object_get(reply, "flows"), i, flow) {
		char *key = key_of(flow);

		json_object_set_new(index, key, json_integer(octets_of(flow)));
		free(key);
	}
	return index;
}

/* A flow that was not there before began with nothing. */
static void set_rate(json_t *flow, const json_t *before, int64_t ms)
{
	char *key = key_of(flow);
	json_int_t n = octets_of(flow) -
		       json_integer_value(json_object_get(before, key));

	free(key);
	json_object_set_new(flow, "octets_per_s",
			    json_integer(n > 0 && ms > 0 ? n * 1000 / ms : 0));
}

static json_int_t rate_of(const json_t *flow)
{
	return json_integer_value(json_object_get(flow, "octets_per_s"));
}

static int by_rate(const void *a, const void *b)
{
	json_int_t x = rate_of(*(json_t *const *)a);
	json_int_t y = rate_of(*(json_t *const *)b);

	return (x < y) - (x > y);
}

/* The rows with the largest rates; borrowed flows become shared.  Returns
 * new. */
static json_t *largest(const json_t *flows, unsigned int rows)
{
	size_t n = json_array_size(flows);
	json_t **sorted = calloc(n + 1, sizeof(json_t *));
	json_t *list = json_array();

	if (!sorted)
		die("out of memory");
	for (size_t i = 0; i < n; i++)
		sorted[i] = json_array_get(flows, i);
	qsort(sorted, n, sizeof(json_t *), by_rate);
	for (size_t i = 0; i < n && i < rows; i++)
		json_array_append(list, sorted[i]);
	free(sorted);
	return list;
}

static json_t *make_reply(const struct top *t, const struct sample *before,
			  const struct sample *after, const json_t *gateways)
{
	json_t *index = index_of(before->reply), *flow, *reply;
	json_t *flows = json_object_get(after->reply, "flows");
	int64_t ms = after->at_ms - before->at_ms;
	size_t i;

	json_array_foreach (flows, i, flow)
		set_rate(flow, index, ms);
	reply = json_pack("{s:b,s:s,s:{s:I,s:O?,s:o}}", "ok", 1, "command",
			  "top", "top", "interval_ms", (json_int_t)ms,
			  "gateways", json_object_get(gateways, "gateways"),
			  "flows", largest(flows, t->rows));
	json_decref(index);
	return reply;
}

static bool is_well(const json_t *reply)
{
	return json_is_true(json_object_get(reply, "ok"));
}

/* The second sample, and what came between.  A refusal is shown as it is. */
static enum client_result one_round(const struct top *t, struct sample *before,
				    top_h *show, void *arg, bool *goes_on,
				    char *err, size_t cap)
{
	struct timespec pause = { .tv_sec = t->every_s };
	json_t *ask = json_pack("{s:s}", "command", "gateways");
	json_t *gateways = NULL, *reply;
	struct sample after = { 0 };
	enum client_result r;

	nanosleep(&pause, NULL);
	r = take(t, &after, err, cap);
	if (r == CLIENT_OK)
		r = client_ask(t->path, ask, &gateways, err, cap);
	json_decref(ask);
	if (r == CLIENT_OK && is_well(after.reply)) {
		reply = make_reply(t, before, &after, gateways);
		*goes_on = show(arg, reply);
		json_decref(reply);
	} else if (r == CLIENT_OK) {
		*goes_on = show(arg, after.reply);
	}
	json_decref(gateways);
	json_decref(before->reply);
	*before = after;
	return r;
}

enum client_result top_run(const struct top *t, top_h *show, void *arg,
			   char *err, size_t cap)
{
	struct sample before;
	enum client_result r = take(t, &before, err, cap);
	bool goes_on = true;

	if (r == CLIENT_OK && !is_well(before.reply))
		goes_on = show(arg, before.reply);
	for (unsigned int n = 0;
	     r == CLIENT_OK && goes_on && is_well(before.reply) &&
	     (!t->rounds || n < t->rounds);
	     n++)
		r = one_round(t, &before, show, arg, &goes_on, err, cap);
	json_decref(before.reply);
	return r;
}
