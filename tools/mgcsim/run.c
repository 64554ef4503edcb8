/* mgcsim/run.c - see run.h */
#include "tools/mgcsim/run.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tools/mgcsim/act.h"
#include "tools/mgcsim/rule.h"
#include "tools/mgcsim/step.h"
#include "tools/mgcsim/timeval.h"
#include "tools/mgcsim/xpath.h"

enum {
	POLL_MS = 20,  /* of what nobody tells us, as a file that appears */
	AT_ONCE = 500, /* steps, then others have their turn */
};

enum run_verdict run_fail(struct run *run, const char *fmt, ...)
{
	va_list ap;

	if (run->verdict == RUN_FAIL) /* the first reason is the one */
		return RUN_FAIL;
	va_start(ap, fmt);
	vsnprintf(run->why, sizeof(run->why), fmt, ap);
	va_end(ap);
	run->verdict = RUN_FAIL;
	return RUN_FAIL;
}

static char *expand(struct run *run, xmlChar *raw)
{
	char missing[VARS_NAME];
	char *text = vars_expand(&run->vars, (const char *)raw, missing,
				 sizeof(missing));

	if (!text)
		run_fail(run, "variable ${%s} is not set", missing);
	xmlFree(raw);
	return text;
}

char *run_attr(struct run *run, xmlNode *node, const char *name)
{
	xmlChar *raw = xmlGetProp(node, BAD_CAST name);

	return raw ? expand(run, raw) : NULL;
}

char *run_text(struct run *run, xmlNode *node)
{
	return expand(run, xmlNodeGetContent(node));
}

long run_attr_long(struct run *run, xmlNode *node, const char *name,
		   long otherwise)
{
	char *text = run_attr(run, node, name);
	char *end = NULL;
	long value = text ? strtol(text, &end, 10) : otherwise;

	if (text && (end == text || *end))
		run_fail(run, "%s=\"%s\" is no number", name, text);
	free(text);
	return value;
}

bool run_attr_holds(struct run *run, xmlNode *node, const char *name)
{
	char *test = run_attr(run, node, name);
	bool yes = test && xpath_is_true(run->last, test, &run->vars);

	free(test);
	return yes;
}

struct sim_peer *run_peer(struct run *run, xmlNode *step, char *name)
{
	char *text = run_attr(run, step, "gateway");

	snprintf(name, SIM_NAME, "%s", text ? text : run->gateway);
	free(text);
	return sim_peer_find(run->sim, name);
}

static bool is_named(const struct run *run, const char *name)
{
	return !strcmp((const char *)run->step->name, name);
}

/* When a step that is not done fails; a pause is as long as it says. */
static uint64_t deadline_us(struct run *run)
{
	long ms =
		is_named(run, "pause") ?
			run_attr_long(run, run->step, "ms", 0) :
			run_attr_long(run, run->step, "within", RUN_WITHIN_MS);

	return run->began_us + (uint64_t)(ms > 0 ? ms : 0) * 1000;
}

static enum run_verdict timed_out(struct run *run)
{
	xmlNode *part = scenario_part(run->step, "timeout");

	if (is_named(run, "pause"))
		return RUN_PASS;
	if (part) {
		flow_enter(run, run->step, part);
		return run->verdict == RUN_FAIL ? RUN_FAIL : RUN_PASS;
	}
	if (is_named(run, "expect"))
		return step_expect_timeout(run, run->step);
	return run_fail(run, "not done in time");
}

static enum run_verdict begin(struct run *run)
{
	const struct step_kind *kind = step_find((const char *)run->step->name);
	struct sim *sim = run->sim;
	enum run_verdict v;

	run->number++;
	run->began_us = sim_now_us();
	if (!kind)
		return run_fail(run, "unknown step");
	if (!kind->begin)
		return RUN_PASS;
	sim->step = run->step;
	v = kind->begin(run, run->step);
	sim->step = NULL;
	return v;
}

static enum run_verdict poll(struct run *run)
{
	const struct step_kind *kind = step_find((const char *)run->step->name);
	enum run_verdict v = kind->poll ? kind->poll(run, run->step) : RUN_PASS;

	if (run->verdict == RUN_FAIL)
		return RUN_FAIL;
	if (v == RUN_GOING && sim_now_us() >= deadline_us(run))
		v = timed_out(run);
	return v;
}

/* Called again after so many microseconds. */
static void rest(struct run *run, uint64_t us)
{
	struct timeval tv = sim_timeval(us);

	event_add(run->timer, &tv);
}

/* Until its end, or for a moment when only looking tells. */
static void wait_for_step(struct run *run)
{
	uint64_t now = sim_now_us(), end = deadline_us(run);
	uint64_t us = end > now ? end - now : 0;

	if (us > POLL_MS * 1000 &&
	    step_find((const char *)run->step->name)->is_looking)
		us = POLL_MS * 1000;
	rest(run, us);
}

static void finish(struct run *run, enum run_verdict verdict)
{
	run->verdict = verdict;
	run->is_done = true;
	event_del(run->timer);
	run->done(run->arg, run);
}

/* RUN_PASS: there is none; RUN_GOING: it has begun. */
static enum run_verdict next_step(struct run *run)
{
	xmlNode *next = flow_next(run);

	if (run->verdict == RUN_FAIL)
		return RUN_FAIL;
	if (!next)
		return RUN_PASS;
	run->step = next;
	return begin(run) == RUN_FAIL ? RUN_FAIL : RUN_GOING;
}

/* As many steps as can be made now.  The run may be gone afterwards. */
static void advance(struct run *run)
{
	for (unsigned int i = 0; i < AT_ONCE; i++) {
		enum run_verdict v = poll(run);

		if (v == RUN_GOING) {
			wait_for_step(run);
			return;
		}
		if (v == RUN_PASS)
			v = next_step(run);
		if (v != RUN_GOING) {
			finish(run, v);
			return;
		}
	}
	rest(run, 0);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (!run->step) {
		run->step = scenario_first(run->scenario);
		if (begin(run) == RUN_FAIL) {
			finish(run, RUN_FAIL);
			return;
		}
	}
	advance(run);
}

/* Something came for this user; before its first step it does not matter. */
static void on_wake(void *arg)
{
	struct run *run = arg;

	if (run->step && !run->is_done)
		advance(run);
}

static void on_child(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (run->child &&
	    waitpid(run->child, &run->child_status, WNOHANG) == run->child) {
		run->child = 0;
		event_del(run->child_event);
		advance(run);
	}
}

struct run *run_new(const struct run_params *p)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run)
		return NULL;
	run->sim = p->sim;
	run->scenario = p->scenario;
	run->start_us = p->due_us;
	run->load = p->load;
	run->done = p->done;
	run->arg = p->arg;
	user_join(p->sim, &run->user, p->number);
	run->user.wake = on_wake;
	run->user.arg = run;
	run->timer = evtimer_new(p->sim->base, on_timer, run);
	run->child_event = evsignal_new(p->sim->base, SIGCHLD, on_child, run);
	if (!run->timer || !run->child_event ||
	    vars_copy(&run->vars, p->vars)) {
		run_free(run);
		return NULL;
	}
	return run;
}

void run_start(struct run *run)
{
	if (!run->start_us)
		run->start_us = sim_now_us();
	rest(run, 0);
}

void run_abort(struct run *run, const char *why)
{
	if (run->is_done)
		return;
	run_fail(run, "%s", why);
	finish(run, RUN_FAIL);
}

void run_free(struct run *run)
{
	if (run->child)
		kill(-run->child, SIGTERM);
	for (unsigned int i = 0; i < run->n_background; i++)
		kill(-run->background[i], SIGTERM);
	rule_forget(run);
	act_forget(run);
	wire_forget(run);
	user_leave(&run->user);
	flow_fini(&run->flow);
	vars_fini(&run->vars);
	xmlFreeDoc(run->rest);
	xmlFreeDoc(run->last);
	if (run->timer)
		event_free(run->timer);
	if (run->child_event)
		event_free(run->child_event);
	free(run);
}

void run_verdict(const struct run *run, struct verdict *v)
{
	memset(v, 0, sizeof(*v));
	v->user = run->user.number;
	v->is_pass = run->verdict == RUN_PASS;
	v->steps = run->number;
	v->seconds = (double)(sim_now_us() - run->start_us) / 1000000;
	if (v->is_pass)
		return;
	scenario_where(run->scenario, run->step, v->where, sizeof(v->where));
	snprintf(v->step, sizeof(v->step), "%s",
		 run->step ? (const char *)run->step->name : "-");
	snprintf(v->stage, sizeof(v->stage), "%s", run->stage);
	snprintf(v->why, sizeof(v->why), "%s", run->why);
}
