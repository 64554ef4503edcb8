/* gateway/exec.c - the commands of an action, termination by termination */
#include "gateway/exec.h"

#include <errno.h>
#include <string.h>

#include "gateway/interop.h"
#include "gateway/stats.h"
#include "gateway/term_id.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/names.h"
#include "h248/span.h"

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

/* What could not be read (442) ends its action in any case; what was read and
 * may not stand there (447, 448) is a failure like any other. */
static bool is_unreadable(const struct h248_cmd *cmd)
{
	return cmd->fault.code && cmd->fault.code != 447 &&
	       cmd->fault.code != 448;
}

static void fail_cmd(struct gw_job *job, const struct h248_err *err)
{
	const struct h248_cmd *cmd = job->cmd;
	uint16_t code = gw_interop_code(&job->gw->conf.h248.interop, cmd->kind,
					err->code);
	struct gw_about at = gw_exec_about(job);
	struct h248_span id = job->call.term ?
				      h248_span_of(job->call.term->id) :
			      job->bad ? job->bad->text :
					 gw_exec_id(cmd);

	job->gw->stats.cmd_failed[cmd->kind]++;
	gw_stats_error(job->gw, code);
	gw_rung_command(&job->rung, cmd->kind, job->call.term);
	job->rung.code = code & 0x3ff;
	gw_log(GW_LOG_H248 | LOG_NOTICE, &at, "%s %.*s refused: %u %s",
	       h248_cmd_name(cmd->kind), (int)id.n, id.p, code, err->text);
	put_reply(job, id,
		  h248_desc_error(job->arena, code,
				  err->text[0] ? err->text :
						 h248_error_text(code)));
	if (!cmd->is_optional || is_unreadable(cmd))
		job->is_failed = true;
	next_cmd(job);
}

static int match_none(const struct gw_job *job, const struct h248_term_id *id,
		      struct h248_err *err)
{
	unsigned int code = 430;

	if (job->is_for_all && job->ctx)
		return 0;
	if (id->has_all)
		code = 431;
	else if (gw_term_find_any(job->gw, id->text))
		code = 435;
	return h248_err_set(err, (uint16_t)code, id->at, "%.*s",
			    (int)id->text.n, id->text.p);
}

static bool is_matched(const struct gw_job *job, const struct gw_term *t)
{
	for (unsigned int i = 0; i < job->n_match; i++)
		if (job->match[i] == t)
			return true;
	return false;
}

/* How many of the context an id names; each is taken once. */
static unsigned int match_one(struct gw_job *job, const struct h248_term_id *id)
{
	unsigned int n = 0;
	struct gw_term *t;

	for (unsigned int i = 0; job->ctx && i < job->ctx->n_terms; i++) {
		t = job->ctx->term[i];
		if (!gw_term_id_matches(id->text, t->id))
			continue;
		n++;
		if (!is_matched(job, t))
			job->match[job->n_match++] = t;
	}
	return n;
}

/* A list (v3) is executed when every id of it is found. */
static int match_terms(struct gw_job *job, struct h248_err *err)
{
	const struct h248_term_id *id = job->cmd->terms;

	for (; id; id = id->next) {
		job->bad = id;
		if (id->has_choose || id->is_root)
			return h248_err_set(err, 410, id->at, "%.*s",
					    (int)id->text.n, id->text.p);
		if (!match_one(job, id) && match_none(job, id, err))
			return -EPROTO;
	}
	job->bad = NULL;
	return 0;
}

/* (ALL, ROOT) lists the contexts (7.2.5); what ROOT has is in no context. */
static int check_root_of_all(const struct gw_job *job, struct h248_err *err)
{
	const struct h248_cmd *cmd = job->cmd;
	const struct h248_desc *at = gw_cmd_desc(cmd, H248_DESC_AUDIT);

	if (cmd->kind != H248_CMD_AUDIT_VALUE || !cmd->terms->is_root ||
	    job->current->ctx != H248_CTX_ALL || !at || !at->u.audit)
		return 0;
	return h248_err_set(err, 421, cmd->at, "ROOT is audited in context -");
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
				    h248_cmd_name(cmd->kind));
	if (!id)
		return h248_err_set(err, 442, cmd->at, "no TerminationID");
	if (!(ops->contexts & 1u << job->current->ctx))
		return h248_err_set(err, 421, cmd->at, "%s in this context",
				    h248_cmd_name(cmd->kind));
	if (gw_interop_check_cmd(&job->gw->conf.h248.interop, cmd, err) ||
	    gw_cmd_check_descs(cmd, err) ||
	    gw_audit_check_items(job->gw, cmd, err) ||
	    check_root_of_all(job, err))
		return -EPROTO;
	if (id->is_root ?
		    !ops->is_for_root || job->current->ctx == H248_CTX_ID :
		    !ops->is_for_terms)
		return h248_err_set(err, 410, id->at, "%.*s", (int)id->text.n,
				    id->text.p);
	if (job->is_left_out)
		return 0;
	if (!id->is_root && cmd->kind != H248_CMD_ADD)
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
	       !gw_cmd_is_union(cmd) && job->ctx && !job->is_left_out &&
	       (!at || !at->u.audit);
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

/* Also for a command that finds no termination: a union is still answered. */
static void set_call(struct gw_job *job)
{
	struct gw_call *c = &job->call;

	c->gw = job->gw;
	c->job = job;
	c->arena = job->arena;
	c->ctx = job->ctx;
	c->cmd = job->cmd;
	c->term = NULL;
}

/* Commands count as they are written, however many contexts they are for. */
static bool is_over_budget(struct gw_job *job)
{
	if (job->i_id > 1)
		return false;
	return ++job->n_cmds > job->gw->conf.h248.max_commands;
}

static bool begin_cmd(struct gw_job *job)
{
	struct h248_err err = { 0 };

	if (!job->cmd || (job->is_failed && !job->out)) {
		gw_exec_end_action(job);
		return true;
	}
	if (is_over_budget(job)) {
		h248_err_set(&err, 510, job->cmd->at, "too many commands");
		fail_cmd(job, &err);
		job->is_failed = true;
		job->cmd = NULL;
		return true;
	}
	job->gw->stats.cmd_in[job->cmd->kind]++;
	if (job->cmd->terms && job->cmd->terms->has_all)
		job->gw->stats.cmd_wild[job->cmd->kind]++;
	job->n_match = job->i_match = 0;
	set_call(job);
	job->bad = NULL;
	if (!gw_exec_is_union(job) || job->i_id == 1)
		gw_audit_union_begin(&job->call);
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
	const struct h248_desc *at = gw_cmd_desc(job->cmd, H248_DESC_AUDIT);
	struct h248_desc *descs;

	if (gw_cmd_is_union(job->cmd) &&
	    (!gw_exec_is_union(job) || job->i_id == job->n_ids)) {
		if (job->cmd->kind == H248_CMD_SUBTRACT && !at)
			descs = gw_totals_build(job->gw->pkgs,
						&job->call.totals, NULL,
						job->arena);
		else
			descs = gw_audit_union_build(&job->call);
		put_reply(job, gw_exec_id(job->cmd), descs);
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
	c->term = job->match[job->i_match];
	c->descs = NULL;
	c->desc_tail = &c->descs;
	c->reply_id =
		c->term ? h248_span_of(c->term->id) : gw_exec_id(job->cmd);
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
	gw_rung_command(&job->rung, job->cmd->kind, c->term);
	/* reply() may free it together with its id. */
	if (c->term && !gw_cmd_is_union(job->cmd))
		c->reply_id = h248_arena_dup(job->arena, c->reply_id);
	if (gw_cmd_is_union(job->cmd))
		gw_audit_union_add(c);
	gw_cmd_ops(job->cmd->kind)->reply(c);
	if (!gw_cmd_is_union(job->cmd))
		put_reply(job, c->reply_id, c->descs);
	job->i_match++;
	job->state = GW_JOB_CALL;
	return true;
}

bool gw_job_step(struct gw_job *job)
{
	switch (job->state) {
	case GW_JOB_ACTION:
		return gw_exec_begin_action(job);
	case GW_JOB_EXPAND:
		return gw_exec_expand(job);
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
