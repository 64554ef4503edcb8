/*
 * mgcsim/step.h - the kinds of steps
 */
#pragma once

#include "tools/mgcsim/run.h"

struct step_kind {
	const char *element;
	/* Once, when the step begins; NULL: nothing to do. */
	enum run_verdict (*begin)(struct run *run, xmlNode *step);
	/* After each event until it is not RUN_GOING; RUN_PASS: next step.
	 * NULL: done when it has begun. */
	enum run_verdict (*poll)(struct run *run, xmlNode *step);
};

const struct step_kind *step_find(const char *element); /* or NULL */

/* expect.c */
enum run_verdict step_expect(struct run *run, xmlNode *step);
enum run_verdict step_expect_timeout(struct run *run, xmlNode *step);
/* What the gateway tells of its terminations unasked (an interface is down):
 * only a step that matches it looks at it. */
bool step_is_aside(const struct sim_msg *msg);
