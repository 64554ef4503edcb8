/* mgcsim/flow.c - see flow.h */
#include "tools/mgcsim/flow.h"

#include <stdlib.h>
#include <string.h>

#include "tools/mgcsim/step.h"

static void jump(struct run *run, xmlNode *to)
{
	run->flow.is_jump = true;
	run->flow.jump = to;
}

static struct flow_frame *push(struct run *run, enum flow_kind kind,
			       xmlNode *owner)
{
	struct flow_frame *f;

	if (run->flow.depth == FLOW_MAX_DEPTH) {
		run_fail(run, "parts inside parts, %d of them", FLOW_MAX_DEPTH);
		return NULL;
	}
	f = &run->flow.frame[run->flow.depth++];
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->owner = owner;
	return f;
}

static void free_saved(struct flow_frame *f)
{
	if (f->saved)
		vars_fini(f->saved);
	free(f->saved);
	f->saved = NULL;
}

/* The variables of <with> are what they were before the call. */
static void restore(struct run *run, struct flow_frame *f)
{
	for (xmlNode *n = f->owner->children; f->saved && n; n = n->next) {
		char *name = strcmp((const char *)n->name, "with") ?
				     NULL :
				     scenario_attr(n, "var");
		const char *old = name ? vars_get(f->saved, name) : NULL;

		if (old)
			vars_set(&run->vars, name, old);
		else if (name)
			vars_unset(&run->vars, name);
		xmlFree(name);
	}
	free_saved(f);
}

static void pop(struct run *run)
{
	struct flow_frame *f = &run->flow.frame[--run->flow.depth];

	if (f->kind == FLOW_CALL)
		restore(run, f);
}

/* Another round?  Its number goes into the variable of var="". */
static bool begin_round(struct run *run, struct flow_frame *f)
{
	char text[24];
	char *var;
	bool is_set;

	if (f->kind == FLOW_WHILE ? !run_attr_holds(run, f->owner, "test") :
				    f->count == f->times)
		return false;
	if (f->count == f->times) {
		run_fail(run, "the loop was made %lu times", f->times);
		return false;
	}
	f->count++;
	var = scenario_attr(f->owner, "var");
	snprintf(text, sizeof(text), "%lu", f->count);
	is_set = !var || !vars_set(&run->vars, var, text);
	xmlFree(var);
	if (!is_set)
		run_fail(run, "the variable cannot be set");
	return is_set;
}

/* The innermost part is over; or, of a loop, one round of it. */
static xmlNode *leave(struct run *run)
{
	struct flow_frame *f = &run->flow.frame[run->flow.depth - 1];
	xmlNode *owner = f->owner;

	run->step = owner;
	if ((f->kind == FLOW_WHILE || f->kind == FLOW_REPEAT) &&
	    begin_round(run, f))
		return scenario_inside(owner);
	pop(run);
	return scenario_next(owner);
}

xmlNode *flow_next(struct run *run)
{
	struct flow *flow = &run->flow;
	xmlNode *next = flow->is_jump ? flow->jump : scenario_next(run->step);

	flow->is_jump = false;
	while (!next && flow->depth && run->verdict != RUN_FAIL)
		next = leave(run);
	return next;
}

void flow_enter(struct run *run, xmlNode *owner, xmlNode *part)
{
	if (push(run, FLOW_BLOCK, owner))
		jump(run, scenario_inside(part));
}

void flow_fini(struct flow *flow)
{
	while (flow->depth)
		free_saved(&flow->frame[--flow->depth]);
}

static enum run_verdict outcome(const struct run *run)
{
	return run->verdict == RUN_FAIL ? RUN_FAIL : RUN_PASS;
}

enum run_verdict step_if(struct run *run, xmlNode *step)
{
	xmlNode *part = step;

	if (!run_attr_holds(run, step, "test"))
		part = scenario_part(step, "else");
	if (part)
		flow_enter(run, step, part);
	return outcome(run);
}

static enum run_verdict loop(struct run *run, enum flow_kind kind,
			     xmlNode *step, long times)
{
	struct flow_frame *f = push(run, kind, step);

	if (!f)
		return RUN_FAIL;
	f->times = times > 0 ? (unsigned long)times : 0;
	jump(run, NULL); /* leave() begins the first round */
	return outcome(run);
}

enum run_verdict step_while(struct run *run, xmlNode *step)
{
	return loop(run, FLOW_WHILE, step,
		    run_attr_long(run, step, "limit", FLOW_LIMIT));
}

enum run_verdict step_repeat(struct run *run, xmlNode *step)
{
	return loop(run, FLOW_REPEAT, step,
		    run_attr_long(run, step, "times", 0));
}

enum run_verdict step_break(struct run *run, xmlNode *step)
{
	struct flow *flow = &run->flow;
	xmlNode *owner = NULL;
	enum flow_kind kind = FLOW_BLOCK;

	(void)step;
	while (flow->depth && kind != FLOW_WHILE && kind != FLOW_REPEAT) {
		owner = flow->frame[flow->depth - 1].owner;
		kind = flow->frame[flow->depth - 1].kind;
		pop(run);
	}
	jump(run, owner ? scenario_next(owner) : NULL);
	return RUN_PASS;
}

enum run_verdict step_end(struct run *run, xmlNode *step)
{
	(void)step;
	flow_fini(&run->flow);
	jump(run, NULL);
	return RUN_PASS;
}

/* The values are those of the caller, all of them, before one is replaced. */
static bool set_with(struct run *run, xmlNode *step, struct vars *saved)
{
	struct vars with = { .n = 0 };
	bool is_set = !vars_copy(saved, &run->vars);

	for (xmlNode *n = step->children; n && is_set; n = n->next) {
		char *name = strcmp((const char *)n->name, "with") ?
				     NULL :
				     scenario_attr(n, "var");
		char *value = name ? run_attr(run, n, "value") : NULL;

		is_set = !name || (value && !vars_set(&with, name, value));
		xmlFree(name);
		free(value);
	}
	is_set = is_set && !vars_copy(&run->vars, &with);
	vars_fini(&with);
	return is_set;
}

enum run_verdict step_call(struct run *run, xmlNode *step)
{
	xmlNode *part = scenario_called(run->scenario, step);
	struct flow_frame *f = push(run, FLOW_CALL, step);

	if (!f || !part)
		return outcome(run);
	f->saved = calloc(1, sizeof(*f->saved));
	if (!f->saved || !set_with(run, step, f->saved))
		run_fail(run, "a variable of <with> cannot be set");
	jump(run, scenario_inside(part));
	return outcome(run);
}
