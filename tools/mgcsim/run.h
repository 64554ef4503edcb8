/*
 * mgcsim/run.h - one play of a scenario, step by step
 */
#pragma once

#include "tools/mgcsim/flow.h"
#include "tools/mgcsim/load.h"
#include "tools/mgcsim/scenario.h"
#include "tools/mgcsim/user.h"
#include "tools/mgcsim/vars.h"
#include "tools/mgcsim/verdict.h"

enum {
	RUN_MAX_SENT = 64,
	RUN_MAX_CHILDREN = 32,
	RUN_WITHIN_MS = 10000, /* how long a step may take, unless it says so */
};

enum run_verdict { RUN_GOING, RUN_PASS, RUN_FAIL };

/* A request of ours that a later step may name (send as="..."). */
struct run_sent {
	char name[VARS_NAME];
	const struct sim_peer *peer;
	uint32_t tid;
	uint64_t at_us;
};

struct run;
typedef void(run_done_h)(void *arg, struct run *run);

struct run {
	struct sim_user user;
	struct sim *sim;
	struct scenario *scenario;
	struct vars vars; /* its own */
	struct event *timer, *child_event;
	xmlNode *step;
	unsigned int number; /* of the step, from 1 */
	uint64_t began_us;   /* of the step */
	uint64_t start_us;   /* of the first, by the schedule */
	struct flow flow;
	LIST_HEAD(, actor) actors;
	LIST_HEAD(, tap) taps;
	unsigned int n_actors;  /* ever */
	char gateway[SIM_NAME]; /* <use gateway="">; empty: the first */
	char stage[32];         /* <stage name="">; empty: none yet */
	uint32_t register_tid;  /* of <register> as a gateway */
	unsigned int n_redirections;
	struct run_sent sent[RUN_MAX_SENT];
	unsigned int n_sent;
	bool has_sent;            /* a request, ever */
	struct load *load;        /* borrowed; NULL: nothing is measured */
	struct sim_msg *expected; /* the last request matched */
	xmlDoc *rest;             /* its events not matched yet, or NULL */
	xmlDoc *last;             /* what was expected last, or NULL */
	pid_t child;              /* of an exec that is waited for; 0: none */
	int child_status;
	pid_t background[RUN_MAX_CHILDREN];
	unsigned int n_background;
	enum run_verdict verdict;
	bool is_done;   /* done() was called */
	char why[1024]; /* of a failure */
	run_done_h *done;
	void *arg;
};

struct run_params {
	struct sim *sim;
	struct scenario *scenario;
	const struct vars *vars; /* copied */
	unsigned int number;     /* of the user, from 1 */
	uint64_t due_us;         /* when it should begin; 0: now */
	struct load *load;       /* borrowed; NULL: nothing is measured */
	/* Once, when there is a verdict; may free the run. */
	run_done_h *done;
	void *arg;
};

/* Returns new, or NULL (memory).  Nothing happens before run_start(). */
struct run *run_new(const struct run_params *p);
void run_start(struct run *run);
/* Ends it as failed, for this reason, when there is no verdict yet. */
void run_abort(struct run *run, const char *why);
void run_free(struct run *run); /* ends background commands */
/* How it ended; v->ladder is not set. */
void run_verdict(const struct run *run, struct verdict *v);

/* For steps: note why, and return RUN_FAIL. */
enum run_verdict run_fail(struct run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* An attribute with its variables replaced: returns new, or NULL when it is
 * not there or names a variable that is not set (then the run has failed). */
char *run_attr(struct run *run, xmlNode *node, const char *name);
char *run_text(struct run *run, xmlNode *node);
/* A whole number; `otherwise` when the attribute is not there. */
long run_attr_long(struct run *run, xmlNode *node, const char *name,
		   long otherwise);
/* Whether the XPath of an attribute holds for the message expected last. */
bool run_attr_holds(struct run *run, xmlNode *node, const char *name);
/* The gateway that a step is about: NULL and *name when there is none. */
struct sim_peer *run_peer(struct run *run, xmlNode *step, char *name);
