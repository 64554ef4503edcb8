/*
 * gateway/plan.h - what an Add or a Modify will do to a termination
 *
 * The plan holds deep copies of the streams as they will be.  Nothing of the
 * termination changes before gw_plan_commit(), which cannot fail; a plan that
 * is dropped gives back every gate it reserved.
 */
#pragma once

#include "gateway/context.h"
#include "h248/msg.h"

struct gw_job;

enum gw_step {
	GW_STEP_NONE,
	GW_STEP_ADD,    /* a new gate, reserved by gw_plan_check() */
	GW_STEP_CHANGE, /* new policy for the gate that is there */
	GW_STEP_DROP,   /* the stream goes (h248.md 1.9) */
};

struct gw_plan {
	struct gw_job *job; /* NULL: nothing planned */
	struct gw_term *term;
	const struct gw_term *peer; /* the other one of the context */
	struct gw_stream next[GW_MAX_STREAMS]; /* as term->stream */
	enum gw_step step[GW_MAX_STREAMS];
	bool rearm[GW_MAX_STREAMS];
	size_t which[GW_MAX_STREAMS];      /* alternative of Local */
	bool is_completed[GW_MAX_STREAMS]; /* Local goes into the reply */
	uint8_t realm;                     /* for new streams */
	/* gateway/signals.c: what was pending before, and has ended when there
	 * were Signals; what is done at once. */
	bool was_pending[GW_MAX_STREAMS], is_done[GW_MAX_STREAMS];
	enum gw_latch was_latch[GW_MAX_STREAMS];
	struct gw_completion ended[GW_MAX_STREAMS];
	struct gw_props state; /* of TerminationState, given */
	bool has_events;
	struct gw_events events;
};

/* Copies the streams of term; no plan is left behind on error (510). */
int gw_plan_init(struct gw_plan *p, struct gw_job *job, struct gw_term *term,
		 const struct gw_term *peer, struct h248_err *err);
/* ServiceStates belong to ServiceChange here, and there is no EventBuffer:
 * 501 for both. */
int gw_plan_check_state(const struct h248_term_state *state,
			struct h248_err *err);
/* Puts Media, Events and Signals of a command into the plan. */
int gw_plan_read(struct gw_plan *p, const struct h248_cmd *cmd,
		 struct h248_err *err);
/* Decides and reserves gates. */
int gw_plan_check(struct gw_plan *p, struct h248_err *err);
void gw_plan_commit(struct gw_plan *p);
void gw_plan_drop(struct gw_plan *p);
