/*
 * gateway/ctl_trace.c - a trace over the control socket
 *
 * A line when it has begun, one for each record, then the answer.  A reader
 * that is behind loses records, never the gateway its time: what waits to be
 * read is bounded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "gateway/address.h"
#include "gateway/ctl_int.h"
#include "gateway/trace.h"

enum { MOST_WAITING = 4 << 20 };

struct ctl_trace {
	struct gw_host *host;
	struct ctl_job *job;
	struct evbuffer *out;
	bool is_over;
};

static json_t *hex(const uint8_t *octets, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * n + 1);
	json_t *j;

	if (!text)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[octets[i] >> 4];
		text[2 * i + 1] = digits[octets[i] & 15];
	}
	j = json_stringn_nocheck(text, 2 * n);
	free(text);
	return j;
}

static json_t *end_of(const struct sockaddr_storage *ss)
{
	struct in6_addr a;
	uint16_t port;

	return gw_address_split(ss, &a, &port) ? ctl_json_endpoint(&a, port) :
						 json_null();
}

static json_t *record(const struct gw_trace_record *r)
{
	json_t *j = json_pack("{s:I,s:s,s:I,s:s?,s:b,s:I,s:o,s:o}", "time_us",
			      (json_int_t)gw_wall_of(r->at_us), "gateway",
			      r->gw->conf.name, "context", (json_int_t)r->ctx,
			      "realm", r->realm, "is_out", r->is_out, "length",
			      (json_int_t)r->of, "comment",
			      ctl_json_text(r->comment, strlen(r->comment)),
			      "octets", hex(r->octets, r->n));

	if (j && !r->realm) {
		json_object_set_new(j, "transport", json_string(r->transport));
		json_object_set_new(j, "from", end_of(&r->from));
		json_object_set_new(j, "to", end_of(&r->to));
	}
	return json_pack("{s:o}", "record", j);
}

/* Takes j.  false: no memory. */
static bool put_line(struct evbuffer *out, json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	if (!text)
		return false;
	evbuffer_add(out, text, strlen(text));
	evbuffer_add(out, "\n", 1);
	free(text);
	return true;
}

static bool on_record(void *arg, const struct gw_trace_record *r)
{
	const struct ctl_trace *t = arg;

	return evbuffer_get_length(t->out) < MOST_WAITING &&
	       put_line(t->out, record(r));
}

static void on_done(void *arg, const struct gw_trace_sums *s)
{
	struct ctl_trace *t = arg;
	json_t *sums = json_pack("{s:I,s:I,s:I,s:I,s:I,s:s}", "contexts",
				 (json_int_t)s->contexts, "packets",
				 (json_int_t)s->packets, "messages",
				 (json_int_t)s->messages, "octets",
				 (json_int_t)s->octets, "left_out",
				 (json_int_t)s->left_out, "ended_by", s->why);

	t->is_over = true;
	if (!put_line(t->out, json_pack("{s:b,s:s,s:o}", "ok", 1, "command",
					"trace", "trace", sums)))
		evbuffer_add(t->out, "\n", 1);
	ctl_job_done(t->job);
}

const char *ctl_trace_start(struct gw_host *host, struct ctl_job *job,
			    const struct ctl_request *r, struct evbuffer *out,
			    struct ctl_trace **trace)
{
	struct ctl_trace *t = calloc(1, sizeof(*t));
	const struct gw_trace_ops ops = { on_record, on_done, t };
	const struct gw_trace_ask ask = {
		.gw = r->gw,
		.id = r->id,
		.next = r->next,
		.has_address = r->filter.has_address,
		.address = r->filter.address,
		.seconds = r->seconds ? r->seconds : CTL_TRACE_S,
		.max_octets = (r->megabytes ? r->megabytes : CTL_TRACE_MB) *
			      UINT64_C(1000000),
		.has_payload = r->has_payload,
	};
	const char *wrong =
		t ? gw_trace_start(host, &ask, &ops) : "out of memory";

	if (wrong) {
		free(t);
		return wrong;
	}
	*t = (struct ctl_trace) { .host = host, .job = job, .out = out };
	*trace = t;
	(void)put_line(out, json_pack("{s:b}", "started", 1));
	return NULL;
}

void ctl_trace_end(struct ctl_trace *t)
{
	if (t)
		gw_trace_stop(t->host->trace, "reader");
}

void ctl_trace_free(struct ctl_trace *t)
{
	if (t && !t->is_over)
		gw_trace_stop(t->host->trace, NULL);
	free(t);
}
