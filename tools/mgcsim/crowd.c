/* mgcsim/crowd.c - see crowd.h */
#include "tools/mgcsim/crowd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct crowd {
	const struct crowd_params *p;
	struct verdicts *all;
	struct event *timeout;
	unsigned int n_playing;
};

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

static void on_done(void *arg, struct run *run)
{
	struct crowd *c = arg;
	struct verdict v;

	run_verdict(run, &v);
	if (!v.is_pass && c->all->n_ladders < LADDERS_KEPT)
		v.ladder = ladder_of(run->sim, v.user);
	if (c->p->n_users == 1)
		v.user = 0;
	verdicts_add(c->all, &v);
	run_free(run);
	if (!--c->n_playing)
		event_base_loopbreak(c->p->sim->base);
}

static void on_timeout(evutil_socket_t fd, short what, void *arg)
{
	struct crowd *c = arg;
	struct sim_user *user;
	char why[64];

	(void)fd;
	(void)what;
	snprintf(why, sizeof(why), "the scenario took longer than %llu s",
		 (unsigned long long)c->p->timeout_ms / 1000);
	while ((user = TAILQ_FIRST(&c->p->sim->users)))
		run_abort(user->arg, why);
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

static int start_one(struct crowd *c, unsigned int number)
{
	struct vars vars = { .n = 0 };
	struct run_params rp = {
		.sim = c->p->sim,
		.scenario = c->p->scenario,
		.vars = &vars,
		.number = number,
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

int crowd_play(const struct crowd_params *p, struct verdicts *all)
{
	struct crowd c = { .p = p, .all = all };
	struct timeval tv = { (time_t)(p->timeout_ms / 1000), 0 };
	int rc = 0;

	c.timeout = evtimer_new(p->sim->base, on_timeout, &c);
	if (!c.timeout)
		return -ENOMEM;
	event_add(c.timeout, &tv);
	for (unsigned int i = 1; i <= p->n_users && !rc; i++)
		rc = start_one(&c, i);
	if (!rc)
		event_base_dispatch(p->sim->base);
	while (!TAILQ_EMPTY(&p->sim->users))
		run_free(TAILQ_FIRST(&p->sim->users)->arg);
	event_free(c.timeout);
	return rc;
}
