/*
 * mgcsim/step.h - the kinds of steps
 */
#pragma once

#include "tools/mgcsim/run.h"

struct step_kind {
	const char *element;
	/* Once, when the step begins; NULL: nothing to do. */
	enum run_verdict (*begin)(struct run *run, xmlNode *step);
	/* Whenever something came, until it is not RUN_GOING; RUN_PASS: next
	 * step.  NULL: done when it has begun. */
	enum run_verdict (*poll)(struct run *run, xmlNode *step);
	bool is_looking; /* nobody tells: it is polled every 20 ms */
};

const struct step_kind *step_find(const char *element); /* or NULL */

/* Fails: there is none of this name, or without a name none at all. */
enum run_verdict step_no_gateway(struct run *run, const char *name);

/* expect.c */
enum run_verdict step_expect(struct run *run, xmlNode *step);
enum run_verdict step_expect_timeout(struct run *run, xmlNode *step);
/* What the gateway tells of its terminations unasked (an interface is down):
 * only a step that matches it looks at it. */
bool step_is_aside(const struct sim_msg *msg);
/* A request that was expected and waits for its <reply>. */
bool step_is_expected(const struct sim_msg *msg);

/* raw.c */
enum run_verdict step_raw(struct run *run, xmlNode *step);

/* register.c */
enum run_verdict step_register_begin(struct run *run, xmlNode *step);
enum run_verdict step_register_poll(struct run *run, xmlNode *step);
enum run_verdict step_use(struct run *run, xmlNode *step);

/* examine.c: <assert> and <bind>, alone or all that stand in a step */
enum run_verdict step_assert(struct run *run, xmlNode *step);
enum run_verdict step_bind(struct run *run, xmlNode *step);
enum run_verdict step_examine(struct run *run, xmlNode *step, xmlDoc *doc);
/* Fails with what was received behind the reason. */
enum run_verdict step_fail_with(struct run *run, xmlDoc *doc, const char *what,
				const char *detail);

/* flow.c: which step is next; step_end: none */
enum run_verdict step_if(struct run *run, xmlNode *step);
enum run_verdict step_while(struct run *run, xmlNode *step);
enum run_verdict step_repeat(struct run *run, xmlNode *step);
enum run_verdict step_break(struct run *run, xmlNode *step);
enum run_verdict step_call(struct run *run, xmlNode *step);
enum run_verdict step_end(struct run *run, xmlNode *step);

/* exec.c */
enum run_verdict step_exec_begin(struct run *run, xmlNode *step);
enum run_verdict step_exec_poll(struct run *run, xmlNode *step);
