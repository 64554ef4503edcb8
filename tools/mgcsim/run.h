/*
 * mgcsim/run.h - plays a scenario, step by step
 */
#pragma once

#include "tools/mgcsim/scenario.h"
#include "tools/mgcsim/sim.h"
#include "tools/mgcsim/vars.h"

enum { RUN_MAX_SENT = 64, RUN_MAX_CHILDREN = 32 };

enum run_verdict { RUN_GOING, RUN_PASS, RUN_FAIL };

/* A request of ours that a later step may name (send as="..."). */
struct run_sent {
	char name[VARS_NAME];
	uint32_t tid;
};

struct run {
	struct sim *sim;
	struct scenario *scenario;
	struct vars *vars;
	struct event *timer, *child_event, *total;
	xmlNode *step;
	unsigned int number; /* of the step, from 1 */
	uint64_t began_ms;   /* of the step */
	struct run_sent sent[RUN_MAX_SENT];
	unsigned int n_sent;
	struct sim_msg *expected; /* the last request matched */
	xmlDoc *rest;             /* its events not matched yet, or NULL */
	pid_t child;              /* of an exec that is waited for; 0: none */
	int child_status;
	pid_t background[RUN_MAX_CHILDREN];
	unsigned int n_background;
	uint64_t total_ms;
	enum run_verdict verdict;
	char why[1024]; /* of a failure */
};

/* run is the caller's storage; sim, scenario and vars must outlive it. */
int run_init(struct run *run, struct sim *sim, struct scenario *scenario,
	     struct vars *vars, uint64_t total_ms);
/* Runs the event base until there is a verdict. */
enum run_verdict run_play(struct run *run);
void run_fini(struct run *run); /* ends background commands */

/* For steps: note why, and return RUN_FAIL. */
enum run_verdict run_fail(struct run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* An attribute with its variables replaced: returns new, or NULL when it is
 * not there or names a variable that is not set (then the run has failed). */
char *run_attr(struct run *run, xmlNode *node, const char *name);
char *run_text(struct run *run, xmlNode *node);
/* Milliseconds; `otherwise` when the attribute is not there. */
long run_attr_ms(struct run *run, xmlNode *node, const char *name,
		 long otherwise);
