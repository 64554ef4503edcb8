/* gateway/action.c - the contexts an action is for: take, make, leave */
#include "gateway/exec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/admission.h"
#include "gateway/drain.h"
#include "gateway/interop.h"
#include "gateway/stats.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

struct h248_span gw_exec_id(const struct h248_cmd *cmd)
{
	return cmd->terms ? cmd->terms->text : H248_SPAN("ROOT");
}

struct gw_about gw_exec_about(const struct gw_job *job)
{
	return (struct gw_about) {
		.gw = job->gw->conf.name,
		.ctx = job->ctx ? job->ctx->id : 0,
		.term = job->call.term ? job->call.term->id : NULL,
		.txn = h248_in_tid(job->in),
	};
}

static void fail_action(struct gw_job *job, const struct h248_err *err)
{
	struct gw_about at = gw_exec_about(job);

	job->is_failed = true;
	gw_stats_error(job->gw, err->code);
	gw_log(GW_LOG_H248 | LOG_NOTICE, &at, "action refused: %u %s",
	       err->code, err->text);
	if (job->out)
		job->out->error = h248_error_desc_new(
			job->arena, err->code,
			err->text[0] ? err->text : h248_error_text(err->code));
}

static bool is_only_root(const struct h248_action *a)
{
	const struct h248_cmd *c = a->cmds;

	while (c && c->terms && c->terms->is_root &&
	       c->kind != H248_CMD_AUDIT_VALUE)
		c = c->next;
	return a->cmds && !c;
}

/* A termination that changes its service is asked for without its context
 * (reference 6.11). */
static bool is_service_of_terms(const struct h248_action *a)
{
	const struct h248_cmd *c = a->cmds;

	while (c && c->kind == H248_CMD_SERVICE_CHANGE && c->terms &&
	       !c->terms->is_root)
		c = c->next;
	return a->ctx == H248_CTX_NULL && a->cmds && !c;
}

/* Contexts that begin while they are listed may be missed. */
static int expand(struct gw_job *job, struct h248_err *err)
{
	const struct h248_action *a = job->current;
	bool is_all = (a->ctx == H248_CTX_ALL && !is_only_root(a)) ||
		      is_service_of_terms(a);
	size_t room = is_all ? job->gw->n_contexts + 1 : 1;

	if (job->ids != &job->one_id)
		free(job->ids);
	job->i_id = 0;
	job->n_ids = 0;
	job->is_answered = false;
	job->is_for_all = a->ctx == H248_CTX_ALL || is_all;
	job->ids = is_all ? calloc(room, sizeof(job->ids[0])) : &job->one_id;
	if (!job->ids) { /* an action without contexts says so */
		job->ids = &job->one_id;
		job->one_id = 0;
		job->n_ids = 1;
		return h248_err_set(err, 510, a->at, "memory");
	}
	job->room = (uint32_t)room;
	job->i_bucket = 0;
	if (is_all && job->gw->n_contexts) {
		job->state = GW_JOB_EXPAND;
		return 0;
	}
	job->ids[job->n_ids++] = a->ctx == H248_CTX_ID ? a->ctx_id : 0;
	return 0;
}

bool gw_exec_expand(struct gw_job *job)
{
	job->n_ids +=
		gw_context_list(job->gw, &job->i_bucket, job->ids + job->n_ids,
				job->room - job->n_ids);
	if (job->i_bucket < job->gw->n_buckets)
		return true;
	if (!job->n_ids) /* all went while they were listed */
		job->ids[job->n_ids++] = 0;
	job->state = GW_JOB_ACTION;
	return true;
}

bool gw_exec_is_union(const struct gw_job *job)
{
	const struct h248_action *a = job->current;

	return a->ctx == H248_CTX_ALL && a->cmds && !a->cmds->next &&
	       gw_cmd_is_union(a->cmds);
}

static void new_reply(struct gw_job *job)
{
	enum h248_ctx_kind kind = job->current->ctx;

	if (gw_exec_is_union(job) && job->i_id > 1)
		return;
	if (kind == H248_CTX_ALL && job->ctx && !gw_exec_is_union(job))
		kind = H248_CTX_ID;
	job->out =
		job->spare ? job->spare : h248_action_new(job->arena, kind, 0);
	job->spare = NULL;
	if (!job->out)
		return;
	job->out->ctx = kind;
	job->out->ctx_id = job->ctx ? job->ctx->id : job->current->ctx_id;
	job->cmd_tail = &job->out->cmds;
}

static int check_props(const struct gw *gw, const struct h248_action *a,
		       struct h248_err *err)
{
	const struct h248_ctx_props *p = a->props;

	if (a->ctx == H248_CTX_CHOOSE && !a->cmds && !a->fault.code)
		return h248_err_set(err, 421, a->at, "nothing to add");
	if (!p)
		return 0;
	if (p->has_topology)
		return h248_err_set(err, 444, a->at, "Topology");
	if (p->attrs || p->context_list)
		return h248_err_set(err, 444, a->at, "ContextAttributes");
	if (a->ctx != H248_CTX_ID && a->ctx != H248_CTX_CHOOSE)
		return h248_err_set(err, 421, a->at,
				    "properties of no context");
	return gw_interop_check_props(&gw->conf.h248.interop, p, a->at, err);
}

static void set_props(struct gw_context *ctx, const struct h248_ctx_props *p)
{
	if (!p)
		return;
	if (p->has_priority == H248_GIVEN)
		ctx->priority = p->priority;
	if (p->has_emergency == H248_GIVEN)
		ctx->is_emergency = p->emergency;
	if (p->has_ieps == H248_GIVEN)
		ctx->is_ieps = p->ieps;
}

static void audit_props(struct gw_job *job)
{
	const struct h248_ctx_props *want = job->current->audit;
	const struct gw_context *ctx = job->ctx;
	struct h248_ctx_props *p;

	if (!want || !ctx || !job->out || job->is_left_out ||
	    gw_exec_is_union(job))
		return;
	p = H248_NEW(job->arena, struct h248_ctx_props);
	if (!p)
		return;
	p->has_priority = want->has_priority ? H248_GIVEN : H248_ABSENT;
	p->priority = ctx->priority;
	/* No emergency is said by silence: "EGO" is new in version 2. */
	p->has_emergency = want->has_emergency && ctx->is_emergency ?
				   H248_GIVEN :
				   H248_ABSENT;
	p->emergency = ctx->is_emergency;
	p->has_ieps = want->has_ieps ? H248_GIVEN : H248_ABSENT;
	p->ieps = ctx->is_ieps;
	job->out->props = p;
}

/* Whether a context is one of those that CA{PR=6,EGV=EG} selects (v3). */
static bool is_selected(const struct gw_context *ctx,
			const struct h248_ctx_props *s)
{
	unsigned int n = 0, hits = 0;

	if (!s || !ctx)
		return true;
	if (s->has_priority == H248_GIVEN) {
		n++;
		hits += ctx->priority == s->priority;
	}
	if (s->has_emergency == H248_GIVEN) {
		n++;
		hits += ctx->is_emergency == s->emergency;
	}
	if (s->has_ieps == H248_GIVEN) {
		n++;
		hits += ctx->is_ieps == s->ieps;
	}
	return s->is_or && n ? hits : hits == n;
}

static int check_audit(const struct gw *gw, const struct h248_action *a,
		       struct h248_err *err)
{
	if (!a->audit)
		return 0;
	if (a->audit->attrs || a->audit->asks_attrs ||
	    a->audit->has_context_list)
		return h248_err_set(err, 444, a->at, "ContextAttributes");
	if (a->ctx != H248_CTX_ID && a->ctx != H248_CTX_ALL)
		return h248_err_set(err, 421, a->at,
				    "properties of no context");
	return gw_interop_check_props(&gw->conf.h248.interop, a->audit, a->at,
				      err);
}

static int make_context(struct gw_job *job, struct h248_err *err)
{
	const struct h248_ctx_props *p = job->current->props;
	bool is_emergency = p && p->has_emergency == H248_GIVEN && p->emergency;

	if (gw_drain_refuses(job->gw, is_emergency))
		return h248_err_set(err, 503, job->current->at, "stopping");
	if (gw_admission_context(job->gw, job->current, err))
		return -EPROTO;
	job->ctx = gw_context_new(job->gw);
	return job->ctx ? 0 :
			  h248_err_set(err, 510, job->current->at, "memory");
}

/* Finds or makes the context, and takes it.  -EAGAIN: another job has it. */
static int enter_context(struct gw_job *job, struct h248_err *err)
{
	const struct h248_action *a = job->current;
	uint32_t id = job->ids[job->i_id];
	int r = 0;

	if (job->n_actions > job->gw->conf.h248.max_actions)
		r = h248_err_set(err, 510, a->at, "too many actions");
	if (!r)
		r = check_props(job->gw, a, err);
	if (!r)
		r = check_audit(job->gw, a, err);
	job->ctx = NULL;
	if (!r && a->ctx == H248_CTX_CHOOSE)
		r = make_context(job, err);
	else if (id)
		job->ctx = gw_context_find(job->gw, id);
	if (job->ctx && job->ctx->owner && job->ctx->owner != job)
		return -EAGAIN;
	if (!r && a->ctx == H248_CTX_ID && !job->ctx)
		r = h248_err_set(err, 411, a->at, "%u", a->ctx_id);
	job->i_id++;
	if (job->ctx)
		job->ctx->owner = job;
	if (!r && job->ctx)
		set_props(job->ctx, a->props);
	return r;
}

/* A context of C=* that went meanwhile, or that is not selected. */
static bool is_left_out(const struct gw_job *job)
{
	if (!job->is_for_all)
		return false;
	return (job->ids[job->i_id - 1] && !job->ctx) ||
	       !is_selected(job->ctx, job->current->audit);
}

bool gw_exec_begin_action(struct gw_job *job)
{
	struct h248_err err = { 0 };
	int r, wrong = 0;

	if (job->i_id == job->n_ids) {
		job->current = job->action;
		if (job->is_failed || !job->current) {
			job->state = GW_JOB_OVER;
			return false;
		}
		wrong = expand(job, &err);
		job->action = job->current->next;
		job->n_actions++;
	}
	if (job->state == GW_JOB_EXPAND)
		return true;
	r = enter_context(job, &err);
	if (r == -EAGAIN) {
		gw_job_wait(job);
		return false;
	}
	if (!r)
		r = wrong;
	job->is_left_out = is_left_out(job);
	new_reply(job);
	audit_props(job);
	job->call.term = NULL;
	job->rung = (struct gw_rung) {
		.at_us = job->since_us,
		.value = h248_in_tid(job->in),
	};
	if (r)
		fail_action(job, &err);
	job->cmd = r ? NULL : job->current->cmds;
	job->state = GW_JOB_CMD;
	return true;
}

/* An audit of all contexts would fill the books with itself. */
static void note_rung(struct gw_job *job)
{
	enum h248_cmd_kind kind;
	unsigned int side;

	if (job->rung.kind == GW_RUNG_NONE)
		return;
	(void)gw_rung_command_at(&job->rung, 0, &kind, &side);
	if (job->is_for_all &&
	    (kind == H248_CMD_AUDIT_VALUE || kind == H248_CMD_AUDIT_CAP))
		return;
	job->rung.took = gw_rung_took(job->since_us, gw_now_us());
	gw_rungs_add(job->ctx, &job->rung);
}

/* The context is free for others, or gone when nobody is in it any more. */
static void leave_context(struct gw_job *job)
{
	if (!job->ctx)
		return;
	note_rung(job);
	if (job->out && job->current->ctx == H248_CTX_CHOOSE) {
		job->out->ctx =
			job->ctx->n_terms ? H248_CTX_ID : H248_CTX_CHOOSE;
		job->out->ctx_id = job->ctx->id;
	}
	if (job->ctx->n_terms) {
		gw_job_pass_on(job->ctx);
	} else {
		gw_jobs_unblock(job->ctx);
		gw_context_free(job->ctx);
	}
	job->ctx = NULL;
}

/* No context had what the action asked for. */
static void answer_none(struct gw_job *job)
{
	const struct h248_cmd *cmd = job->current->cmds;
	struct h248_action *out =
		h248_action_new(job->arena, job->current->ctx, 0);
	uint16_t code = cmd->terms && cmd->terms->has_all ? 431 : 430;

	job->is_failed = true;
	gw_stats_error(job->gw, code);
	job->gw->stats.cmd_failed[cmd->kind]++;
	if (out)
		out->cmds =
			h248_cmd_new(job->arena, cmd->kind, gw_exec_id(cmd));
	if (out && out->cmds)
		out->cmds->descs = h248_desc_error(job->arena, code,
						   h248_error_text(code));
	H248_APPEND(job->reply_tail, out);
}

static void put_action(struct gw_job *job)
{
	const struct h248_action *a = job->current;
	struct h248_action *out = job->out;
	bool is_last = job->i_id == job->n_ids;

	if (!out || (gw_exec_is_union(job) && !is_last))
		return;
	out->is_bare = !out->cmds && !out->error && !out->props;
	if (!out->is_bare || !job->is_for_all) {
		H248_APPEND(job->reply_tail, out);
		job->is_answered = true;
	} else if (!is_last) {
		/* A million of them would fill the room for the answer. */
		job->spare = out;
	}
	if (is_last && !job->is_answered && a->cmds)
		answer_none(job);
	else if (is_last && !job->is_answered)
		H248_APPEND(job->reply_tail, out);
	job->out = NULL;
}

/* There is no room for the answer, and nothing else would come of the rest. */
static bool is_in_vain(const struct gw_job *job)
{
	const struct h248_cmd *c = job->current->cmds;

	if (!h248_arena_failed(job->arena))
		return false;
	while (c && (c->kind == H248_CMD_AUDIT_VALUE ||
		     c->kind == H248_CMD_AUDIT_CAP))
		c = c->next;
	return !c;
}

void gw_exec_end_action(struct gw_job *job)
{
	const struct h248_action *a = job->current;

	if (a->fault.code && !job->is_failed)
		fail_action(job, &a->fault);
	leave_context(job);
	job->state = GW_JOB_ACTION;
	if (job->is_failed)
		job->i_id = job->n_ids;
	put_action(job);
	/* Only here: a job that was woken has its context, and must enter it. */
	if (is_in_vain(job))
		job->i_id = job->n_ids;
}
