/* mgcsim/run.c - plays a scenario, step by step */
#include "tools/mgcsim/run.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tools/mgcsim/step.h"

enum { POLL_MS = 20, DEFAULT_WITHIN_MS = 10000 };

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
	char *text = vars_expand(run->vars, (const char *)raw, missing,
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

long run_attr_ms(struct run *run, xmlNode *node, const char *name,
		 long otherwise)
{
	char *text = run_attr(run, node, name);
	long ms = text ? strtol(text, NULL, 10) : otherwise;

	free(text);
	return ms;
}

static const struct step_kind *kind_of(const struct run *run)
{
	return step_find((const char *)run->step->name);
}

static bool is_late(struct run *run)
{
	long within = run_attr_ms(run, run->step, "within", DEFAULT_WITHIN_MS);

	/* A pause is as long as it says. */
	if (!strcmp((const char *)run->step->name, "pause"))
		return false;
	return sim_now_ms() - run->began_ms > (uint64_t)within;
}

static enum run_verdict timed_out(struct run *run)
{
	if (!strcmp((const char *)run->step->name, "expect"))
		return step_expect_timeout(run, run->step);
	return run_fail(run, "not done in time");
}

static enum run_verdict begin(struct run *run)
{
	const struct step_kind *kind = kind_of(run);

	run->number++;
	run->began_ms = sim_now_ms();
	if (!kind)
		return run_fail(run, "unknown step");
	return kind->begin ? kind->begin(run, run->step) : RUN_PASS;
}

static enum run_verdict poll(struct run *run)
{
	const struct step_kind *kind = kind_of(run);
	enum run_verdict v = kind->poll ? kind->poll(run, run->step) : RUN_PASS;

	if (v == RUN_GOING && is_late(run))
		v = timed_out(run);
	return v;
}

static void finish(struct run *run, enum run_verdict verdict)
{
	run->verdict = verdict;
	event_base_loopbreak(run->sim->base);
}

/* As many steps as can be made now. */
static void advance(void *arg)
{
	struct run *run = arg;

	while (run->verdict == RUN_GOING) {
		enum run_verdict v = poll(run);

		if (v == RUN_GOING)
			return;
		if (v == RUN_PASS)
			run->step = scenario_next(run->step);
		if (v == RUN_PASS && run->step)
			v = begin(run);
		else if (v == RUN_PASS)
			finish(run, RUN_PASS);
		if (v == RUN_FAIL)
			finish(run, RUN_FAIL);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	advance(arg);
}

static void on_total(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	run_fail(run, "the scenario took longer than %llu s",
		 (unsigned long long)run->total_ms / 1000);
	finish(run, RUN_FAIL);
}

static void on_child(evutil_socket_t fd, short what, void *arg)
{
	struct run *run = arg;

	(void)fd;
	(void)what;
	if (run->child &&
	    waitpid(run->child, &run->child_status, WNOHANG) == run->child)
		run->child = 0;
	advance(run);
}

int run_init(struct run *run, struct sim *sim, struct scenario *scenario,
	     struct vars *vars, uint64_t total_ms)
{
	memset(run, 0, sizeof(*run));
	run->sim = sim;
	run->scenario = scenario;
	run->vars = vars;
	run->total_ms = total_ms;
	sim->wake = advance;
	sim->arg = run;
	run->timer = event_new(sim->base, -1, EV_PERSIST, on_timer, run);
	run->total = evtimer_new(sim->base, on_total, run);
	run->child_event = evsignal_new(sim->base, SIGCHLD, on_child, run);
	if (!run->timer || !run->total || !run->child_event)
		return -ENOMEM;
	return 0;
}

enum run_verdict run_play(struct run *run)
{
	struct timeval total = { (time_t)(run->total_ms / 1000), 0 };
	struct timeval tick = { 0, POLL_MS * 1000 };

	event_add(run->timer, &tick);
	event_add(run->total, &total);
	event_add(run->child_event, NULL);
	run->step = scenario_first(run->scenario);
	if (run->step && begin(run) == RUN_FAIL)
		return RUN_FAIL;
	advance(run);
	if (run->verdict == RUN_GOING)
		event_base_dispatch(run->sim->base);
	return run->verdict;
}

void run_fini(struct run *run)
{
	if (run->child)
		kill(-run->child, SIGTERM);
	for (unsigned int i = 0; i < run->n_background; i++)
		kill(-run->background[i], SIGTERM);
	xmlFreeDoc(run->rest);
	event_free(run->timer);
	event_free(run->total);
	event_free(run->child_event);
}
