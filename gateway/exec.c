/* gateway/exec.c - the steps of a job: action, command, termination */
#include <errno.h>
#include <string.h>

#include "gateway/job.h"
#include "gateway/log.h"
#include "gateway/stats.h"
#include "gateway/term_id.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

static struct gw_about about(const struct gw_job *job)
{
	return (struct gw_about) {
		.ctx = job->ctx ? job->ctx->id : 0,
		.term = job->call.term ? job->call.term->id : NULL,
		.txn = h248_in_tid(job->in),
	};
}

static struct h248_span requested_id(const struct h248_cmd *cmd)
{
	return cmd->terms ? cmd->terms->text : H248_SPAN("ROOT");
}

static void fail_action(struct gw_job *job, const struct h248_err *err)
{
	struct gw_about at = about(job);

	job->is_failed = true;
	gw_stats_error(job->gw, err->code);
	gw_log(LOG_NOTICE, &at, "action refused: %u %s", err->code, err->text);
	if (job->out)
		job->out->error = h248_error_desc_new(
			job->arena, err->code,
			err->text[0] ? err->text : h248_error_text(err->code));
}

/* --- the contexts an action is for ------------------------------------- */

static bool is_only_root(const struct h248_action *a)
{
	const struct h248_cmd *c = a->cmds;

	while (c && c->terms && c->terms->is_root &&
	       c->kind != H248_CMD_AUDIT_VALUE)
		c = c->next;
	return a->cmds && !c;
}

static void list_contexts(struct gw_job *job)
{
	const struct gw_context *ctx = TAILQ_FIRST(&job->gw->contexts);

	for (; ctx; ctx = TAILQ_NEXT(ctx, entry))
		job->ids[job->n_ids++] = ctx->id;
}

static int expand(struct gw_job *job)
{
	const struct h248_action *a = job->current;
	bool is_all = a->ctx == H248_CTX_ALL && !is_only_root(a);
	size_t room = is_all ? job->gw->n_contexts + 1 : 1;

	job->i_id = 0;
	job->n_ids = 0;
	job->is_answered = false;
	job->ids = h248_arena_alloc(job->arena, room * sizeof(job->ids[0]));
	if (!job->ids)
		return -ENOMEM;
	if (is_all)
		list_contexts(job);
	if (!job->n_ids)
		job->ids[job->n_ids++] = a->ctx == H248_CTX_ID ? a->ctx_id : 0;
	return 0;
}

/* "C=*{W-S=*}" is answered once, for all contexts together. */
static bool is_union(const struct gw_job *job)
{
	const struct h248_action *a = job->current;

	return a->ctx == H248_CTX_ALL && a->cmds && !a->cmds->next &&
	       a->cmds->is_wildcard_reply;
}

static void new_reply(struct gw_job *job)
{
	enum h248_ctx_kind kind = job->current->ctx;

	if (is_union(job) && job->i_id > 1)
		return;
	if (kind == H248_CTX_ALL && job->ctx && !is_union(job))
		kind = H248_CTX_ID;
	job->out =
		h248_action_new(job->arena, kind,
				job->ctx ? job->ctx->id : job->current->ctx_id);
	if (job->out)
		job->cmd_tail = &job->out->cmds;
	memset(&job->call.totals, 0, sizeof(job->call.totals));
}

static int check_props(const struct h248_action *a, struct h248_err *err)
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
	return 0;
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
	struct h248_ctx_props *p;

	if (!want || !job->ctx || !job->out)
		return;
	p = H248_NEW(job->arena, struct h248_ctx_props);
	if (!p)
		return;
	p->has_priority = want->has_priority ? H248_GIVEN : H248_ABSENT;
	p->priority = job->ctx->priority;
	p->has_emergency = want->has_emergency ? H248_GIVEN : H248_ABSENT;
	p->emergency = job->ctx->is_emergency;
	p->has_ieps = want->has_ieps ? H248_GIVEN : H248_ABSENT;
	p->ieps = job->ctx->is_ieps;
	job->out->props = p;
}

static int make_context(struct gw_job *job, struct h248_err *err)
{
	if (job->gw->is_stopping)
		return h248_err_set(err, 503, job->current->at, "stopping");
	job->ctx = gw_context_new(job->gw);
	return job->ctx ? 0 :
			  h248_err_set(err, 412, job->current->at,
				       "No ContextIDs available");
}

/* Finds or makes the context, and takes it.  -EAGAIN: another job has it. */
static int enter_context(struct gw_job *job, struct h248_err *err)
{
	const struct h248_action *a = job->current;
	uint32_t id = job->ids[job->i_id];
	int r = check_props(a, err);

	job->ctx = NULL;
	if (!r && a->ctx == H248_CTX_CHOOSE)
		r = make_context(job, err);
	else if (id)
		job->ctx = gw_context_find(job->gw, id);
	if (job->ctx && job->ctx->owner)
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

static bool begin_action(struct gw_job *job)
{
	struct h248_err err = { 0 };
	int r;

	if (job->i_id == job->n_ids) {
		job->current = job->action;
		if (job->is_failed || !job->current || expand(job)) {
			job->state = GW_JOB_OVER;
			return false;
		}
		job->action = job->current->next;
	}
	r = enter_context(job, &err);
	if (r == -EAGAIN) {
		TAILQ_INSERT_TAIL(&job->gw->blocked, job, entry);
		return false;
	}
	new_reply(job);
	audit_props(job);
	job->call.term = NULL;
	if (r)
		fail_action(job, &err);
	job->cmd = r ? NULL : job->current->cmds;
	job->state = GW_JOB_CMD;
	return true;
}

/* The context is free for others, or gone when nobody is in it any more. */
static void leave_context(struct gw_job *job)
{
	struct gw *gw = job->gw;

	if (!job->ctx)
		return;
	if (job->out && job->current->ctx == H248_CTX_CHOOSE) {
		job->out->ctx =
			job->ctx->n_terms ? H248_CTX_ID : H248_CTX_CHOOSE;
		job->out->ctx_id = job->ctx->id;
	}
	job->ctx->owner = NULL;
	if (!job->ctx->n_terms)
		gw_context_free(job->ctx);
	job->ctx = NULL;
	TAILQ_CONCAT(&gw->ready, &gw->blocked, entry);
}

/* No context had what the action asked for. */
static void answer_none(struct gw_job *job)
{
	const struct h248_cmd *cmd = job->current->cmds;
	struct h248_action *out = h248_action_new(job->arena, H248_CTX_ALL, 0);
	uint16_t code = cmd->terms && cmd->terms->has_all ? 431 : 430;

	job->is_failed = true;
	gw_stats_error(job->gw, code);
	job->gw->stats.cmd_failed[cmd->kind]++;
	if (out)
		out->cmds =
			h248_cmd_new(job->arena, cmd->kind, requested_id(cmd));
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

	if (!out || (is_union(job) && !is_last))
		return;
	out->is_bare = !out->cmds && !out->error && !out->props;
	if (!out->is_bare || a->ctx != H248_CTX_ALL) {
		H248_APPEND(job->reply_tail, out);
		job->is_answered = true;
	}
	if (is_last && !job->is_answered && a->cmds)
		answer_none(job);
	job->out = NULL;
}

static void end_action(struct gw_job *job)
{
	const struct h248_action *a = job->current;

	if (a->fault.code && !job->is_failed)
		fail_action(job, &a->fault);
	leave_context(job);
	job->state = GW_JOB_ACTION;
	if (job->is_failed)
		job->i_id = job->n_ids;
	put_action(job);
}

/* --- commands ----------------------------------------------------------- */

static void put_reply(struct gw_job *job, struct h248_span id,
		      struct h248_desc *descs)
{
	struct h248_cmd *c = h248_cmd_new(job->arena, job->cmd->kind,
					  h248_arena_dup(job->arena, id));

	if (c && job->out) {
		c->descs = descs;
		H248_APPEND(job->cmd_tail, c);
	}
}

static void next_cmd(struct gw_job *job)
{
	job->cmd = job->is_failed ? NULL : job->cmd->next;
	job->state = GW_JOB_CMD;
}

static void fail_cmd(struct gw_job *job, const struct h248_err *err)
{
	const struct h248_cmd *cmd = job->cmd;
	struct gw_about at = about(job);
	struct h248_span id = job->call.term ?
				      h248_span_of(job->call.term->id) :
				      requested_id(cmd);

	job->gw->stats.cmd_failed[cmd->kind]++;
	gw_stats_error(job->gw, err->code);
	gw_log(LOG_NOTICE, &at, "%s %.*s refused: %u %s",
	       gw_cmd_name(cmd->kind), (int)id.n, id.p, err->code, err->text);
	put_reply(job, id,
		  h248_desc_error(job->arena, err->code,
				  err->text[0] ? err->text :
						 h248_error_text(err->code)));
	/* What could not be read (442) ends its action in any case. */
	if (!cmd->is_optional || cmd->fault.code)
		job->is_failed = true;
	next_cmd(job);
}

static int match_none(const struct gw_job *job, const struct h248_term_id *id,
		      struct h248_err *err)
{
	unsigned int code = 430;

	if (job->current->ctx == H248_CTX_ALL && job->ctx)
		return 0;
	if (id->has_all)
		code = 431;
	else if (gw_term_find_any(job->gw, id->text))
		code = 435;
	return h248_err_set(err, (uint16_t)code, id->at, "%.*s",
			    (int)id->text.n, id->text.p);
}

static int match_terms(struct gw_job *job, struct h248_err *err)
{
	const struct h248_term_id *id = job->cmd->terms;
	struct gw_term *t;

	if (id->has_choose)
		return h248_err_set(err, 410, id->at, "%.*s", (int)id->text.n,
				    id->text.p);
	for (; id; id = id->next)
		for (unsigned int i = 0; job->ctx && i < job->ctx->n_terms;
		     i++) {
			t = job->ctx->term[i];
			if (job->n_match < GW_MAX_TERMS &&
			    (job->n_match ? job->match[0] != t : true) &&
			    gw_term_id_matches(id->text, t->id))
				job->match[job->n_match++] = t;
		}
	return job->n_match ? 0 : match_none(job, job->cmd->terms, err);
}

static int check_cmd(struct gw_job *job, struct h248_err *err)
{
	const struct h248_cmd *cmd = job->cmd;
	const struct gw_cmd_ops *ops = gw_cmd_ops(cmd->kind);
	const struct h248_term_id *id = cmd->terms;

	if (cmd->fault.code) {
		*err = cmd->fault;
		return -EPROTO;
	}
	if (!ops)
		return h248_err_set(err, 443, cmd->at, "%s",
				    gw_cmd_name(cmd->kind));
	if (!id)
		return h248_err_set(err, 442, cmd->at, "no TerminationID");
	if (!(ops->contexts & 1u << job->current->ctx))
		return h248_err_set(err, 421, cmd->at, "%s in this context",
				    gw_cmd_name(cmd->kind));
	if (gw_cmd_check_descs(cmd, err))
		return -EPROTO;
	if (id->is_root ?
		    !ops->is_for_root || job->current->ctx == H248_CTX_ID :
		    !ops->is_for_terms)
		return h248_err_set(err, 410, id->at, "%.*s", (int)id->text.n,
				    id->text.p);
	if (!id->is_root && cmd->kind != H248_CMD_ADD &&
	    cmd->kind != H248_CMD_SERVICE_CHANGE)
		return match_terms(job, err);
	job->match[job->n_match++] = NULL;
	return 0;
}

/* AV=* with nothing to audit gives the list of terminations (6.9). */
static bool is_list(const struct gw_job *job)
{
	const struct h248_cmd *cmd = job->cmd;
	const struct h248_desc *at = gw_cmd_desc(cmd, H248_DESC_AUDIT);

	return cmd->kind == H248_CMD_AUDIT_VALUE && cmd->terms->has_all &&
	       job->ctx && (!at || !at->u.audit);
}

static void put_list(struct gw_job *job)
{
	struct h248_cmd *c =
		h248_cmd_new(job->arena, job->cmd->kind, H248_SPAN("*"));
	struct h248_term_id **tail, *id;

	if (!c || !job->out)
		return;
	c->is_context_list = true;
	c->terms = NULL;
	tail = &c->terms;
	for (unsigned int i = 0; i < job->n_match; i++) {
		id = H248_NEW(job->arena, struct h248_term_id);
		if (id)
			id->text = h248_arena_dup(
				job->arena, h248_span_of(job->match[i]->id));
		H248_APPEND(tail, id);
	}
	H248_APPEND(job->cmd_tail, c);
}

static bool begin_cmd(struct gw_job *job)
{
	struct h248_err err = { 0 };

	if (!job->cmd || (job->is_failed && !job->out)) {
		end_action(job);
		return true;
	}
	job->gw->stats.cmd_in[job->cmd->kind]++;
	job->n_match = job->i_match = 0;
	job->call.term = NULL;
	if (check_cmd(job, &err)) {
		fail_cmd(job, &err);
	} else if (is_list(job)) {
		put_list(job);
		next_cmd(job);
	} else {
		job->state = GW_JOB_CALL;
	}
	return true;
}

/* --- one command on one termination ------------------------------------- */

static void end_cmd(struct gw_job *job)
{
	struct gw_call *c = &job->call;
	const struct h248_desc *at = gw_cmd_desc(job->cmd, H248_DESC_AUDIT);
	struct h248_desc *stats = NULL;

	if (job->cmd->is_wildcard_reply &&
	    (!is_union(job) || job->i_id == job->n_ids)) {
		if (job->cmd->kind == H248_CMD_SUBTRACT && !at)
			stats = gw_totals_build(&c->totals, NULL, job->arena);
		put_reply(job, requested_id(job->cmd), stats);
	}
	next_cmd(job);
}

static bool begin_call(struct gw_job *job)
{
	const struct gw_cmd_ops *ops = gw_cmd_ops(job->cmd->kind);
	struct gw_call *c = &job->call;
	struct h248_err err = { 0 };

	if (job->i_match == job->n_match) {
		end_cmd(job);
		return true;
	}
	c->gw = job->gw;
	c->job = job;
	c->arena = job->arena;
	c->ctx = job->ctx;
	c->cmd = job->cmd;
	c->term = job->match[job->i_match];
	c->descs = NULL;
	c->desc_tail = &c->descs;
	c->reply_id =
		c->term ? h248_span_of(c->term->id) : requested_id(job->cmd);
	if (c->term)
		c->term->touched_us = gw_now_us();
	if (ops->check(c, &err)) {
		gw_job_forget(job);
		fail_cmd(job, &err);
		return true;
	}
	if (ops->commit)
		ops->commit(c);
	job->state = GW_JOB_WAIT;
	return true;
}

static bool end_call(struct gw_job *job)
{
	struct gw_call *c = &job->call;

	if (job->n_waits)
		return false;
	if (c->term) /* reply() may free it together with its id */
		c->reply_id = h248_arena_dup(job->arena, c->reply_id);
	gw_cmd_ops(job->cmd->kind)->reply(c);
	if (!job->cmd->is_wildcard_reply)
		put_reply(job, c->reply_id, c->descs);
	job->i_match++;
	job->state = GW_JOB_CALL;
	return true;
}

bool gw_job_step(struct gw_job *job)
{
	switch (job->state) {
	case GW_JOB_ACTION:
		return begin_action(job);
	case GW_JOB_CMD:
		return begin_cmd(job);
	case GW_JOB_CALL:
		return begin_call(job);
	case GW_JOB_WAIT:
		return end_call(job);
	case GW_JOB_OVER:
		break;
	}
	return false;
}
