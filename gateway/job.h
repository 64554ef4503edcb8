/*
 * gateway/job.h - a transaction request as a resumable job (decision 8)
 *
 * Actions and commands run in order and stop at the first failure, unless
 * the command is optional.  A command that gave the engine something to do
 * waits for its DONE; meanwhile the job owns its context, and another job
 * that wants the same context waits with it, and gets it in its turn.
 */
#pragma once

#include "gateway/cmd.h"
#include "gateway/overload.h"
#include "gateway/rungs.h"

enum {
	GW_MAX_WAITS = 2 * GW_MAX_STREAMS,
	GW_MAX_JOBS = 8192, /* at a time; more: 510 */
};

/* One command of the engine that is not DONE yet. */
struct gw_wait {
	TAILQ_ENTRY(gw_wait) entry;
	uint64_t token; /* 0: not in use */
	struct gw_job *job;
};

enum gw_job_state {
	GW_JOB_ACTION, /* the next action, or context of it */
	GW_JOB_EXPAND, /* C=*: which contexts there are, in slices */
	GW_JOB_CMD,    /* the next command */
	GW_JOB_CALL,   /* the next termination that it is for */
	GW_JOB_WAIT,   /* for the engine */
	GW_JOB_OVER,
};

struct gw_job {
	TAILQ_ENTRY(gw_job) entry;
	struct gw *gw;
	struct h248_in *in;
	const struct h248_txn *req; /* lives as long as `in` */
	struct h248_arena *arena;   /* the reply */
	enum gw_job_state state;
	enum gw_work work;
	uint64_t since_us; /* it was read */
	bool is_front;     /* served before others */
	bool is_failed;    /* nothing more is executed */
	bool is_answered;  /* something of this action is in the reply */

	unsigned int n_actions, n_cmds;   /* begun, as written */
	const struct h248_action *action; /* next one to begin */
	const struct h248_action *current;
	uint32_t *ids;   /* contexts the action is for, n_ids of them; owned */
	uint32_t one_id; /* where ids points when there is no more */
	uint32_t n_ids, i_id, room;
	uint32_t i_bucket;          /* how far GW_JOB_EXPAND is */
	struct gw_context *ctx;     /* NULL: none (ROOT) */
	bool is_for_all;            /* C=*, or what is found in any context */
	bool is_left_out;           /* of C=*: it went, or is not selected */
	const struct h248_cmd *cmd; /* next one, then the one under way */
	const struct h248_term_id *bad; /* of its list; NULL: none */
	struct gw_term *match[GW_MAX_TERMS];
	unsigned int n_match, i_match;
	struct gw_call call;
	struct gw_rung rung; /* for the book of ctx */
	struct gw_wait wait[GW_MAX_WAITS];
	unsigned int n_waits;

	struct h248_action *replies, **reply_tail;
	struct h248_action *out;   /* of the action under way */
	struct h248_action *spare; /* of a context of C=* that said nothing */
	struct h248_cmd **cmd_tail;
};

/* As h248_txn_ops.request; arg: struct gw. */
void gw_job_request(void *arg, struct h248_in *in, const struct h248_txn *req,
		    const struct h248_msg *msg,
		    const struct sockaddr_storage *from);
void gw_job_ready(struct gw_job *job); /* it can go on */
/* It wants job->ctx, which another job has; when it goes on it has it. */
void gw_job_wait(struct gw_job *job);
/* The owner of a context is done: the next one has it, and goes on. */
void gw_job_pass_on(struct gw_context *ctx);
/* The context ends: all that wait for it go on, without it. */
void gw_jobs_unblock(struct gw_context *ctx);
/* Goes on with every job that can. */
void gw_jobs_run(struct gw *gw);
/* Ends all jobs without answers (at the end of the program). */
void gw_jobs_fini(struct gw *gw);

/* A token for the engine: the job goes on when all of its are DONE. */
uint64_t gw_job_expect(struct gw_job *job);
void gw_job_forget(struct gw_job *job); /* all of them */
/* The engine said DONE. */
void gw_job_done(struct gw *gw, uint64_t token);

/* gateway/exec.c: one step; false: it has to wait, or is over. */
bool gw_job_step(struct gw_job *job);
