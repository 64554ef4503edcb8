/* mgcsim/crowd.c - see crowd.h */
#include "tools/mgcsim/crowd.h"
#include "tools/mgcsim/timeval.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TICK_S = 1, LOOK_MS = 20 };

struct crowd {
	const struct crowd_params *p;
	struct verdicts *all;
	struct load *load; /* of p */
	struct event *timeout, *due, *tick, *quit[2];
	unsigned int n_playing;
};

static void begin_due(struct crowd *c);

static char *ladder_of(const struct sim *sim, unsigned int user)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		return NULL;
	record_ladder(&sim->record, user, to);
	if (!fclose(to))
		return text;
	free(text);
	return NULL;
}

static bool is_over(const struct crowd *c)
{
	return !c->n_playing &&
	       (!c->load || c->load->n_begun == c->load->p.calls);
}

static void count(struct load *l, const struct run *run, bool is_pass)
{
	l->n_playing--;
	if (is_pass)
		l->n_pass++;
	else
		l->n_fail++;
	l->end_us = sim_now_us();
	load_note(l, "call", l->end_us - run->start_us);
}

static void on_done(void *arg, struct run *run)
{
	struct crowd *c = arg;
	struct verdict v;

	run_verdict(run, &v);
	if (!v.is_pass && c->all->n_ladders < LADDERS_KEPT) {
		v.ladder = ladder_of(run->sim, v.user);
		capture_play(c->p->capture, run->sim, c->p->scenario, &v);
	}
	if (!c->load && c->p->n_users == 1)
		v.user = 0;
	verdicts_add(c->all, &v);
	if (c->load)
		count(c->load, run, v.is_pass);
	run_free(run);
	c->n_playing--;
	if (is_over(c))
		event_base_loopbreak(c->p->sim->base);
	else if (c->load)
		begin_due(c);
}

static void abort_all(struct crowd *c, const char *why)
{
	struct sim_user *user, *next;

	for (user = TAILQ_FIRST(&c->p->sim->users); user; user = next) {
		next = TAILQ_NEXT(user, entry);
		run_abort(user->arg, why);
	}
}

static void on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct crowd *c = arg;
	char why[64];

	(void)fd;
	(void)what;
	snprintf(why, sizeof(why), "the scenario took longer than %llu s",
		 (unsigned long long)c->p->timeout_ms / 1000);
	abort_all(c, why);
}

/* No more calls, and an end to those there are. */
static void on_quit(evutil_socket_t signal, short what, void *arg)
{
	struct crowd *c = arg;

	(void)signal;
	(void)what;
	if (c->load)
		c->load->p.calls = c->load->n_begun;
	abort_all(c, "interrupted");
	if (is_over(c))
		event_base_loopbreak(c->p->sim->base);
}

/* Calls that take too long, oldest first. */
static void abort_late(struct crowd *c)
{
	uint64_t now = sim_now_us(), limit = c->p->timeout_ms * 1000;
	struct sim_user *user, *next;

	for (user = TAILQ_FIRST(&c->p->sim->users); user; user = next) {
		struct run *run = user->arg;

		next = TAILQ_NEXT(user, entry);
		if (now < run->start_us + limit)
			break;
		run_abort(run, "the call took too long");
	}
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct crowd *c = arg;

	(void)fd;
	(void)what;
	abort_late(c);
	if (!c->p->screen)
		return;
	if (isatty(fileno(c->p->screen))) {
		fputs("\033[H\033[2J", c->p->screen);
		load_print(c->load, sim_now_us(), c->p->screen);
	} else {
		load_print_line(c->load, sim_now_us(), c->p->screen);
	}
	fflush(c->p->screen);
}

static int set_own(const struct crowd_params *p, unsigned int number,
		   struct vars *vars)
{
	char text[16];
	int rc = vars_copy(vars, p->vars);

	snprintf(text, sizeof(text), "%u", number);
	if (!rc)
		rc = vars_set(vars, "user", text);
	snprintf(text, sizeof(text), "%u", p->n_users);
	if (!rc)
		rc = vars_set(vars, "users", text);
	if (!rc && p->data)
		rc = data_apply(p->data, number - 1, vars);
	return rc;
}

static int start_one(struct crowd *c, unsigned int number, uint64_t due_us)
{
	struct vars vars = { .n = 0 };
	struct run_params rp = {
		.sim = c->p->sim,
		.scenario = c->p->scenario,
		.vars = &vars,
		.number = number,
		.due_us = due_us,
		.load = c->load,
		.done = on_done,
		.arg = c,
	};
	struct run *run = NULL;

	if (!set_own(c->p, number, &vars))
		run = run_new(&rp);
	vars_fini(&vars);
	if (!run)
		return -ENOMEM;
	c->n_playing++;
	run_start(run);
	return 0;
}

static void begin_call(struct crowd *c, uint64_t due_us, uint64_t now_us)
{
	struct load *l = c->load;

	l->n_begun++;
	if (start_one(c, (unsigned int)l->n_begun, due_us)) {
		l->n_fail++; /* out of memory: it never was */
		return;
	}
	if (++l->n_playing > l->max_playing)
		l->max_playing = l->n_playing;
	if (now_us - due_us > l->max_late_us)
		l->max_late_us = now_us - due_us;
}

/* All whose time has come; the next one later. */
static void begin_due(struct crowd *c)
{
	struct load *l = c->load;
	struct timeval tv;

	while (l->n_begun < l->p.calls &&
	       (!l->p.concurrent || l->n_playing < l->p.concurrent)) {
		uint64_t now = sim_now_us();
		uint64_t due = l->t0_us + load_due_us(&l->p, l->n_begun);

		if (due > now) {
			tv = sim_timeval(due - now);
			event_add(c->due, &tv);
			return;
		}
		begin_call(c, due, now);
	}
}

/* Nobody has registered: there is nothing to measure. */
static void give_up(struct crowd *c)
{
	struct verdict v = { .where = "-", .step = "-" };

	snprintf(v.why, sizeof(v.why), "no gateway has registered");
	verdicts_add(c->all, &v);
	event_base_loopbreak(c->p->sim->base);
}

/* The schedule begins when there is a gateway. */
static void on_due(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval LOOK = { 0, LOOK_MS * 1000 };
	struct crowd *c = arg;

	(void)fd;
	(void)what;
	if (c->load->n_begun || sim_peer_find(c->p->sim, NULL)) {
		if (!c->load->n_begun)
			c->load->t0_us = sim_now_us();
		begin_due(c);
	} else if (sim_now_us() > c->load->t0_us + c->p->timeout_ms * 1000) {
		give_up(c);
	} else {
		event_add(c->due, &LOOK);
	}
}

static int begin_load(struct crowd *c)
{
	struct timeval every = { TICK_S, 0 };

	c->due = evtimer_new(c->p->sim->base, on_due, c);
	c->tick = event_new(c->p->sim->base, -1, EV_PERSIST, on_tick, c);
	if (!c->due || !c->tick)
		return -ENOMEM;
	event_add(c->tick, &every);
	c->load->t0_us = sim_now_us();
	event_add(c->due, &(struct timeval) { 0, 0 });
	return 0;
}

static int begin_all(struct crowd *c)
{
	struct timeval tv = sim_timeval(c->p->timeout_ms * 1000);
	int rc = 0;

	c->timeout = evtimer_new(c->p->sim->base, on_timeout, c);
	if (!c->timeout)
		return -ENOMEM;
	event_add(c->timeout, &tv);
	for (unsigned int i = 1; i <= c->p->n_users && !rc; i++)
		rc = start_one(c, i, 0);
	return rc;
}

static int watch_signals(struct crowd *c)
{
	static const int SIGNAL[] = { SIGINT, SIGTERM };

	for (int i = 0; i < 2; i++) {
		c->quit[i] =
			evsignal_new(c->p->sim->base, SIGNAL[i], on_quit, c);
		if (!c->quit[i])
			return -ENOMEM;
		event_add(c->quit[i], NULL);
	}
	return 0;
}

static void free_events(struct crowd *c)
{
	struct event *const all[] = { c->timeout, c->due, c->tick, c->quit[0],
				      c->quit[1] };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i])
			event_free(all[i]);
}

int crowd_play(const struct crowd_params *p, struct verdicts *all)
{
	struct crowd c = { .p = p, .all = all, .load = p->load };
	int rc = watch_signals(&c);

	p->sim->is_load = p->load;
	p->sim->is_crowded = p->load || p->n_users > 1;
	if (!rc)
		rc = p->load ? begin_load(&c) : begin_all(&c);
	if (!rc && !is_over(&c))
		event_base_dispatch(p->sim->base);
	while (!TAILQ_EMPTY(&p->sim->users))
		run_free(TAILQ_FIRST(&p->sim->users)->arg);
	free_events(&c);
	return rc;
}
