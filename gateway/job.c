/* gateway/job.c - jobs: begin, wait for the engine, go on, end */
#include "gateway/job.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/log.h"
#include "gateway/overload.h"
#include "gateway/stats.h"
#include "h248/build.h"
#include "h248/txn.h"

/* Steps before another job gets its turn, and how long all of them may keep
 * the loop (decision 24). */
enum { STEPS_PER_TURN = 64, TURN_US = 5000 };

/* The tree of a reply that just fits into a message, many times its text. */
enum { REPLY_TREE_OCTETS = 4 << 20 };

static void job_free(struct gw_job *job)
{
	struct gw *gw = job->gw;

	gw_job_forget(job);
	gw_plan_drop(&job->call.plan);
	h248_arena_free(job->arena);
	if (job->ids != &job->one_id)
		free(job->ids);
	gw->n_jobs--;
	gw_overload_look(gw);
	h248_pool_give(&gw->job_pool, job);
}

static struct gw_job *job_new(struct gw *gw)
{
	struct gw_job *job = NULL;

	if (gw->n_jobs < GW_MAX_JOBS)
		job = h248_pool_take(&gw->job_pool, sizeof(*job));
	if (!job)
		return NULL;
	memset(job, 0, sizeof(*job));
	job->arena = h248_arena_new(REPLY_TREE_OCTETS);
	if (job->arena)
		return job;
	h248_pool_give(&gw->job_pool, job);
	return NULL;
}

static void enter(struct gw *gw, struct gw_job *job)
{
	struct gw_overload *v = &gw->overload;

	gw->n_jobs++;
	if (gw->n_jobs > v->max_jobs)
		v->max_jobs = gw->n_jobs;
	gw_overload_look(gw);
	/* Order is kept as long as nobody has to wait for long. */
	job->is_front =
		job->work == GW_WORK_FRONT && v->level > GW_LEVEL_NORMAL;
	gw_job_ready(job);
}

void gw_job_request(void *arg, struct h248_in *in, const struct h248_txn *req,
		    const struct h248_msg *msg,
		    const struct sockaddr_storage *from)
{
	struct gw *gw = arg;
	enum gw_work work = gw_overload_work(gw, req);
	uint16_t code = gw_overload_judge(gw, work);
	struct gw_job *job = code ? NULL : job_new(gw);

	(void)msg;
	(void)from;
	if (!job) {
		code = code ? code : 510;
		gw->stats.error_code[code]++;
		h248_in_refuse(in, code, NULL);
		return;
	}
	job->gw = gw;
	job->in = in;
	job->req = req;
	job->work = work;
	job->since_us = gw_now_us();
	job->action = req->actions;
	job->reply_tail = &job->replies;
	enter(gw, job);
}

void gw_job_ready(struct gw_job *job)
{
	struct gw *gw = job->gw;

	TAILQ_INSERT_TAIL(job->is_front ? &gw->front : &gw->ready, job, entry);
}

void gw_job_wait(struct gw_job *job)
{
	TAILQ_INSERT_TAIL(&job->ctx->waiting[!job->is_front], job, entry);
}

static struct gw_job *next_of(struct gw_context *ctx)
{
	struct gw_jobs *queue = &ctx->waiting[TAILQ_EMPTY(&ctx->waiting[0])];
	struct gw_job *job = TAILQ_FIRST(queue);

	if (job)
		TAILQ_REMOVE(queue, job, entry);
	return job;
}

/* Nobody comes in between, and nobody else is woken: thousands may wait. */
void gw_job_pass_on(struct gw_context *ctx)
{
	struct gw_job *job = next_of(ctx);

	ctx->owner = job;
	if (job)
		gw_job_ready(job);
}

void gw_jobs_unblock(struct gw_context *ctx)
{
	struct gw_job *job;

	ctx->owner = NULL;
	while ((job = next_of(ctx)))
		gw_job_ready(job);
}

/* The fault of a transaction, after what stood before it (8.2.2). */
static void answer(struct gw_job *job)
{
	const struct h248_err *fault = &job->req->fault;
	uint64_t now = gw_now_ms();

	if (h248_arena_failed(job->arena)) {
		h248_in_fail(job->in, 533, "Response exceeds maximum PDU size",
			     now);
		return;
	}
	if (!fault->code || (job->is_failed && job->replies)) {
		h248_in_reply(job->in, job->replies, now);
		return;
	}
	job->gw->stats.error_code[fault->code % GW_MAX_ERROR_CODE]++;
	if (!job->replies) {
		h248_in_fail(job->in, fault->code, fault->text, now);
		return;
	}
	job->out = h248_action_new(job->arena, H248_CTX_NULL, 0);
	if (job->out)
		job->out->error = h248_error_desc_new(job->arena, fault->code,
						      fault->text);
	H248_APPEND(job->reply_tail, job->out);
	h248_in_reply(job->in, job->replies, now);
}

static void run_one(struct gw_job *job)
{
	for (unsigned int n = 0; n < STEPS_PER_TURN; n++)
		if (!gw_job_step(job)) {
			if (job->state != GW_JOB_OVER)
				return;
			answer(job);
			gw_stats_txn(job->gw, gw_now_us() - job->since_us);
			job_free(job);
			return;
		}
	job->is_front = false; /* who takes long gives way */
	gw_job_ready(job);
}

static struct gw_job *next_job(struct gw *gw)
{
	struct gw_jobs *queue =
		TAILQ_EMPTY(&gw->front) ? &gw->ready : &gw->front;
	struct gw_job *job = TAILQ_FIRST(queue);

	if (job)
		TAILQ_REMOVE(queue, job, entry);
	return job;
}

void gw_jobs_run(struct gw *gw)
{
	uint64_t until_us = gw_now_us() + TURN_US;
	struct gw_job *job;

	if (gw->is_running_jobs)
		return;
	gw->is_running_jobs = true;
	while (gw_now_us() < until_us && (job = next_job(gw)))
		run_one(job);
	gw->is_running_jobs = false;
}

static void free_queue(struct gw_jobs *queue)
{
	struct gw_job *job;

	while ((job = TAILQ_FIRST(queue))) {
		TAILQ_REMOVE(queue, job, entry);
		job_free(job);
	}
}

void gw_jobs_fini(struct gw *gw)
{
	struct gw_context *ctx;
	struct gw_wait *w;

	while ((w = TAILQ_FIRST(&gw->waits)))
		job_free(w->job);
	free_queue(&gw->front);
	free_queue(&gw->ready);
	TAILQ_FOREACH (ctx, &gw->contexts, entry) {
		free_queue(&ctx->waiting[0]);
		free_queue(&ctx->waiting[1]);
	}
	h248_pool_fini(&gw->job_pool);
}

uint64_t gw_job_expect(struct gw_job *job)
{
	struct gw_wait *w = job->wait;

	while (w->token)
		w++;
	w->token = ++job->gw->next_token;
	w->job = job;
	job->n_waits++;
	TAILQ_INSERT_TAIL(&job->gw->waits, w, entry);
	return w->token;
}

static void release(struct gw_wait *w)
{
	TAILQ_REMOVE(&w->job->gw->waits, w, entry);
	w->token = 0;
	w->job->n_waits--;
}

void gw_job_forget(struct gw_job *job)
{
	for (unsigned int i = 0; i < GW_MAX_WAITS; i++)
		if (job->wait[i].token)
			release(&job->wait[i]);
}

void gw_job_done(struct gw *gw, uint64_t token)
{
	struct gw_wait *w = TAILQ_FIRST(&gw->waits);

	while (w && w->token != token)
		w = TAILQ_NEXT(w, entry);
	if (!w)
		return;
	release(w);
	if (!w->job->n_waits)
		gw_job_ready(w->job);
}
