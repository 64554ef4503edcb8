/*
 * gateway/ctl_job.c - requests of the control socket, a little in each turn
 *
 * An answer about contexts is made with a cursor: take the next few ids, have
 * the engine read the gates of those contexts, write them out, go on behind
 * the last id.  Between two turns contexts may come and go, so nothing but ids
 * is kept.  One request is served per turn of the loop, for at most TURN_US, and
 * not while its reader is behind (decision 24).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "gateway/ctl_int.h"

enum {
	BATCH = 32, /* contexts whose gates are read at once */
	TURN_US = 5000,
};

/* How long the engine may take to read a batch. */
static const struct timeval read_time = { .tv_usec = 500000 };
static const struct timeval now = { 0 };

TAILQ_HEAD(job_list, ctl_job);

struct ctl_job {
	TAILQ_ENTRY(ctl_job) entry; /* of jobs->all */
	TAILQ_ENTRY(ctl_job) turn;  /* of jobs->ready */
	struct ctl_jobs *jobs;
	const struct ctl_sink *sink;
	struct ctl_request request;
	const struct gw *gw;     /* of this batch */
	bool is_for_one;         /* no other gateway */
	struct ctl_trace *trace; /* is one, and no list */
	struct event *late;      /* the engine does not answer */
	uint64_t token;          /* of the reads of this batch */
	unsigned int n_reads;    /* not answered yet */
	uint32_t batch[BATCH];   /* ids, ascending */
	unsigned int n_batch, n_written;
	uint64_t next; /* the lowest id that is not in a batch yet */
	uint64_t last; /* id where the answer ends, inclusive */
	bool is_ready; /* in jobs->ready */
	bool has_any;  /* an item is written already */
};

struct ctl_jobs {
	struct gw_host *host;
	struct event *turn;
	uint64_t last_token;
	struct job_list all, ready;
};

static void put(struct evbuffer *out, const char *text)
{
	evbuffer_add(out, text, strlen(text));
}

/* Takes j.  Returns false when there is no memory for it. */
static bool put_json(struct evbuffer *out, json_t *j)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	json_decref(j);
	if (!text)
		return false;
	put(out, text);
	free(text);
	return true;
}

void ctl_refuse(struct evbuffer *out, const char *text)
{
	json_t *j = json_pack("{s:b,s:s}", "ok", 0, "error", text);

	if (!put_json(out, j))
		put(out, "{\"ok\":false,\"error\":\"out of memory\"}");
	put(out, "\n");
}

static void ready(struct ctl_job *job)
{
	if (job->is_ready)
		return;
	job->is_ready = true;
	TAILQ_INSERT_TAIL(&job->jobs->ready, job, turn);
	evtimer_add(job->jobs->turn, &now);
}

/* Ask the engine for the gates of one context.  Returns false when it takes
 * no more. */
static bool read_context(struct ctl_job *job, const struct gw_context *ctx)
{
	struct pkt_engine *engine = job->jobs->host->engine;
	const struct gw_stream *s;
	int rc;

	for (unsigned int t = 0; engine && t < ctx->n_terms; t++) {
		for (unsigned int i = 0; i < ctx->term[t]->n_slots; i++) {
			s = &ctx->term[t]->stream[i];
			if (!s->is_used || !s->gate.gen)
				continue;
			rc = pkt_gate_read(engine, s->gate, job->token);
			if (rc == -EAGAIN)
				return false;
			job->n_reads += !rc;
		}
	}
	return true;
}

/* Keep the BATCH lowest ids. */
static void batch_insert(struct ctl_job *job, uint32_t id)
{
	unsigned int i;

	if (job->n_batch == BATCH && id > job->batch[BATCH - 1])
		return;
	if (job->n_batch < BATCH)
		job->n_batch++;
	for (i = job->n_batch - 1; i && job->batch[i - 1] > id; i--)
		job->batch[i] = job->batch[i - 1];
	job->batch[i] = id;
}

/* The next contexts, from the cursor on: read their gates. */
static void begin_batch(struct ctl_job *job)
{
	struct ctl_jobs *jobs = job->jobs;
	const struct gw_context *ctx;
	bool takes_reads = true;

	job->n_batch = job->n_written = job->n_reads = 0;
	TAILQ_FOREACH (ctx, &job->gw->contexts, entry)
		if (ctx->id >= job->next && ctx->id <= job->last)
			batch_insert(job, ctx->id);
	job->next = job->last + 1;
	if (job->n_batch == BATCH)
		job->next = (uint64_t)job->batch[BATCH - 1] + 1;
	job->token = GW_CTL_TOKEN | ++jobs->last_token;
	for (unsigned int i = 0; i < job->n_batch && takes_reads; i++) {
		ctx = gw_context_find(job->gw, job->batch[i]);
		takes_reads = read_context(job, ctx);
	}
	if (job->n_reads)
		evtimer_add(job->late, &read_time);
	else
		ready(job);
}

/* What one context has for the list.  Returns false when there is no memory. */
static bool write_items(struct ctl_job *job, const struct gw_context *ctx)
{
	struct evbuffer *out = job->sink->out;
	json_t *items = json_array(), *item;
	bool is_well = items;
	size_t i;

	job->request.cmd->items(items, ctx, &job->request);
	json_array_foreach (items, i, item) {
		if (job->has_any)
			put(out, ",");
		job->has_any = true;
		is_well = is_well && put_json(out, json_incref(item));
	}
	json_decref(items);
	return is_well;
}

/* Write contexts out of the batch until it is done, the reader is behind or
 * the time is up.  Returns false when there is no memory. */
static bool write_batch(struct ctl_job *job, uint64_t until_us)
{
	struct evbuffer *out = job->sink->out;
	const struct gw_context *ctx;

	for (; job->n_written < job->n_batch; job->n_written++) {
		if (evbuffer_get_length(out) >= CTL_OUT_PAUSE ||
		    gw_now_us() >= until_us)
			break;
		ctx = gw_context_find(job->gw, job->batch[job->n_written]);
		if (ctx && !write_items(job, ctx))
			return false;
	}
	return true;
}

void ctl_job_done(struct ctl_job *job)
{
	const struct ctl_sink *sink = job->sink;

	ctl_job_free(job);
	sink->done(sink->arg);
}

static void finish(struct ctl_job *job)
{
	put(job->sink->out, "]}\n");
	ctl_job_done(job);
}

/* An answer that cannot be completed must not look complete. */
static void give_up(struct ctl_job *job)
{
	put(job->sink->out, "\n");
	ctl_job_done(job);
}

/* Another turn, at once or when the reader has caught up. */
static void wait_for_room(struct ctl_job *job)
{
	if (evbuffer_get_length(job->sink->out) < CTL_OUT_PAUSE)
		ready(job);
	/* else ctl_job_resume() is called */
}

/* Gateways stay for as long as there are jobs. */
static bool next_gateway(struct ctl_job *job)
{
	const struct gw *next = TAILQ_NEXT(job->gw, entry);

	if (job->is_for_one || !next)
		return false;
	job->gw = next;
	job->next = 0;
	return true;
}

static void serve(struct ctl_job *job)
{
	if (!write_batch(job, gw_now_us() + TURN_US))
		give_up(job);
	else if (job->n_written < job->n_batch)
		wait_for_room(job);
	else if (job->next <= job->last || next_gateway(job))
		begin_batch(job);
	else
		finish(job);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct ctl_jobs *jobs = arg;
	struct ctl_job *job = TAILQ_FIRST(&jobs->ready);

	(void)fd, (void)what;
	if (!job)
		return;
	TAILQ_REMOVE(&jobs->ready, job, turn);
	job->is_ready = false;
	serve(job);
	if (!TAILQ_EMPTY(&jobs->ready))
		evtimer_add(jobs->turn, &now);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
	struct ctl_job *job = arg;

	(void)fd, (void)what;
	job->n_reads = 0;
	job->token = 0;
	ready(job);
}

void ctl_jobs_read_done(struct ctl_jobs *jobs, uint64_t token)
{
	struct ctl_job *job;

	TAILQ_FOREACH (job, &jobs->all, entry) {
		if (job->token != token || !job->n_reads)
			continue;
		if (--job->n_reads)
			return;
		evtimer_del(job->late);
		ready(job);
		return;
	}
}

void ctl_job_resume(struct ctl_job *job)
{
	/* While reads are out the batch is not to be written yet. */
	if (!job->n_reads && !job->trace)
		ready(job);
}

void ctl_job_eof(struct ctl_job *job)
{
	if (job && job->trace)
		ctl_trace_end(job->trace);
}

void ctl_job_free(struct ctl_job *job)
{
	if (!job)
		return;
	TAILQ_REMOVE(&job->jobs->all, job, entry);
	if (job->is_ready)
		TAILQ_REMOVE(&job->jobs->ready, job, turn);
	if (job->late)
		event_free(job->late);
	ctl_trace_free(job->trace);
	free(job);
}

/* {"ok":true,"command":name,name:object} */
static void answer_object(const struct ctl_jobs *jobs,
			  const struct ctl_request *r, struct evbuffer *out)
{
	json_t *j = json_pack("{s:b,s:s,s:o}", "ok", 1, "command", r->cmd->name,
			      r->cmd->name,
			      r->cmd->all ? r->cmd->all(jobs->host, r) :
					    r->cmd->object(r->gw, r));

	if (put_json(out, j))
		put(out, "\n");
	else
		ctl_refuse(out, "out of memory");
}

static struct ctl_job *answer_contexts(struct ctl_jobs *jobs,
				       const struct ctl_sink *sink,
				       const struct ctl_request *r)
{
	struct ctl_job *job = calloc(1, sizeof(*job));

	if (!job)
		goto fail;
	job->jobs = jobs;
	TAILQ_INSERT_TAIL(&jobs->all, job, entry);
	job->late = evtimer_new(jobs->host->base, on_late, job);
	if (!job->late)
		goto fail;
	job->sink = sink;
	job->request = *r;
	job->gw = r->gw ? r->gw : TAILQ_FIRST(&jobs->host->gateways);
	job->is_for_one = r->gw;
	job->next = r->id;
	job->last = r->id ? r->id : UINT32_MAX;
	put(sink->out, "{\"ok\":true,\"command\":\"");
	put(sink->out, r->cmd->name);
	put(sink->out, "\",\"");
	put(sink->out, r->cmd->list);
	put(sink->out, "\":[");
	begin_batch(job);
	return job;
fail:
	ctl_job_free(job);
	ctl_refuse(sink->out, "out of memory");
	return NULL;
}

static struct ctl_job *answer_trace(struct ctl_jobs *jobs,
				    const struct ctl_sink *sink,
				    const struct ctl_request *r)
{
	struct ctl_job *job = calloc(1, sizeof(*job));
	const char *wrong = "out of memory";

	if (job) {
		job->jobs = jobs;
		job->sink = sink;
		TAILQ_INSERT_TAIL(&jobs->all, job, entry);
		wrong = ctl_trace_start(jobs->host, job, r, sink->out,
					&job->trace);
	}
	if (!wrong)
		return job;
	ctl_job_free(job);
	ctl_refuse(sink->out, wrong);
	return NULL;
}

struct ctl_job *ctl_job_new(struct ctl_jobs *jobs, const struct ctl_sink *sink,
			    const char *line, size_t n)
{
	json_t *req = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	struct ctl_request r;
	struct ctl_job *job = NULL;
	const char *wrong = ctl_request_read(&r, req, jobs->host);

	if (!wrong && r.cmd->order)
		wrong = r.cmd->order(r.gw, &r);
	if (wrong)
		ctl_refuse(sink->out, wrong);
	else if (r.cmd->is_trace)
		job = answer_trace(jobs, sink, &r);
	else if (!r.cmd->items || r.is_over)
		answer_object(jobs, &r, sink->out);
	else
		job = answer_contexts(jobs, sink, &r);
	json_decref(req);
	return job;
}

struct ctl_jobs *ctl_jobs_new(struct gw_host *host)
{
	struct ctl_jobs *jobs = calloc(1, sizeof(*jobs));

	if (!jobs)
		return NULL;
	jobs->host = host;
	TAILQ_INIT(&jobs->all);
	TAILQ_INIT(&jobs->ready);
	jobs->turn = evtimer_new(host->base, on_turn, jobs);
	if (jobs->turn)
		return jobs;
	free(jobs);
	return NULL;
}

void ctl_jobs_free(struct ctl_jobs *jobs)
{
	if (!jobs)
		return;
	event_free(jobs->turn);
	free(jobs);
}
