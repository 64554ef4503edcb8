/* mgcsim/rule.c - see rule.h */
#include "tools/mgcsim/rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/mgcsim/answer.h"
#include "tools/mgcsim/peer.h"
#include "tools/mgcsim/step.h"
#include "tools/mgcsim/timeval.h"
#include "tools/mgcsim/xpath.h"

struct sim_rule {
	TAILQ_ENTRY(sim_rule) entry;
	struct run *run;
	xmlNode *step;
	char *match;        /* owned */
	unsigned long left; /* how often yet; 0: always */
	unsigned long after_ms;
	unsigned int error; /* 0: none */
};

/* An answer that is due later. */
struct sim_waiting {
	LIST_ENTRY(sim_waiting) entry;
	struct run *run;
	struct event *timer;
	struct sim_peer *peer;
	struct h248_in *in;
	const struct h248_txn *req; /* goes with `in` */
	xmlNode *step;
	char *text; /* owned; empty: the usual answer */
	unsigned int error;
};

enum run_verdict rule_begin(struct run *run, xmlNode *step)
{
	struct sim_rule *rule = calloc(1, sizeof(*rule));

	if (!rule)
		return run_fail(run, "out of memory");
	rule->run = run;
	rule->step = step;
	rule->match = run_attr(run, step, "match");
	rule->left = (unsigned long)run_attr_long(run, step, "times", 0);
	rule->after_ms = (unsigned long)run_attr_long(run, step, "after", 0);
	rule->error = (unsigned int)run_attr_long(run, step, "error", 0);
	/* The latest goes before the others. */
	TAILQ_INSERT_HEAD(&run->sim->rules, rule, entry);
	return run->verdict == RUN_FAIL ? RUN_FAIL : RUN_PASS;
}

static void free_rule(struct sim *sim, struct sim_rule *rule)
{
	TAILQ_REMOVE(&sim->rules, rule, entry);
	free(rule->match);
	free(rule);
}

static void free_waiting(struct sim_waiting *w)
{
	LIST_REMOVE(w, entry);
	if (w->timer)
		event_free(w->timer);
	free(w->text);
	free(w);
}

void rule_forget(struct run *run)
{
	struct sim_rule *rule, *next_rule;
	struct sim_waiting *w, *next;

	for (rule = TAILQ_FIRST(&run->sim->rules); rule; rule = next_rule) {
		next_rule = TAILQ_NEXT(rule, entry);
		if (rule->run == run)
			free_rule(run->sim, rule);
	}
	for (w = LIST_FIRST(&run->sim->waiting); w; w = next) {
		next = LIST_NEXT(w, entry);
		if (w->run == run)
			free_waiting(w);
	}
}

static void reply_text(struct sim_waiting *w)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_action *list = NULL;
	struct h248_err err = { 0 };
	char where[SCENARIO_PATH + 32];
	int rc = a ? peer_read_actions(a, true, w->text, &list, &err) : -ENOMEM;

	if (!rc) {
		h248_in_reply(w->in, list, sim_now_ms());
	} else {
		scenario_where(w->run->scenario, w->step, where, sizeof(where));
		run_fail(w->run, "the answer is no H.248: %s: line %u: %u %s",
			 where, err.at.line, err.code, err.text);
		h248_in_fail(w->in, 500, NULL, sim_now_ms());
		user_ready(&w->run->user);
	}
	h248_arena_free(a);
}

static bool is_blank(const char *text)
{
	return !text[strspn(text, " \t\r\n")];
}

/* `in` is gone afterwards, and w too. */
static void answer_now(struct sim_waiting *w)
{
	struct sim *sim = w->peer->sim;

	sim->speaker = w->run->user.number;
	if (w->error)
		h248_in_fail(w->in, (uint16_t)w->error, NULL, sim_now_ms());
	else if (is_blank(w->text))
		answer_request(sim, w->in, w->req);
	else
		reply_text(w);
	sim->speaker = 0;
	free_waiting(w);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
	struct sim_waiting *w = arg;
	struct sim_peer *peer = w->peer;

	(void)fd;
	(void)what;
	answer_now(w);
	peer_rearm(peer);
	users_wake(peer->sim);
}

/* What the rule says, with what the request says: returns new, or NULL.  What
 * it binds is its own: the steps do not see it. */
static char *text_of(struct sim_rule *rule, xmlDoc *doc)
{
	struct run *run = rule->run;
	struct vars saved = { .n = 0 };
	char *text = NULL;

	if (vars_copy(&saved, &run->vars))
		run_fail(run, "out of memory");
	else if (step_examine(run, rule->step, doc) == RUN_PASS)
		text = run_text(run, rule->step);
	vars_fini(&run->vars);
	run->vars = saved;
	return text;
}

static struct sim_rule *find(struct sim *sim, const struct sim_msg *msg)
{
	struct sim_rule *rule;

	TAILQ_FOREACH (rule, &sim->rules, entry)
		if (xpath_is_true(msg->doc, rule->match, &rule->run->vars))
			return rule;
	return NULL;
}

static struct sim_waiting *wait_new(struct sim_rule *rule, char *text,
				    struct sim_peer *peer)
{
	struct sim_waiting *w = calloc(1, sizeof(*w));

	if (!w) {
		free(text);
		return NULL;
	}
	w->run = rule->run;
	w->step = rule->step;
	w->error = rule->error;
	w->peer = peer;
	w->text = text;
	w->timer = evtimer_new(peer->sim->base, on_due, w);
	LIST_INSERT_HEAD(&peer->sim->waiting, w, entry);
	return w;
}

bool rule_answer(struct sim *sim, const struct sim_msg *msg, struct h248_in *in,
		 const struct h248_txn *req)
{
	struct sim_rule *rule = find(sim, msg);
	struct timeval tv;
	struct sim_waiting *w;
	char *text = rule ? text_of(rule, msg->doc) : NULL;

	if (rule && !text)
		user_ready(&rule->run->user); /* it has failed */
	if (!text)
		return false;
	w = wait_new(rule, text, msg->peer);
	if (!w || !w->timer)
		return false;
	w->in = in;
	w->req = req;
	tv = sim_timeval((uint64_t)rule->after_ms * 1000);
	if (rule->after_ms)
		event_add(w->timer, &tv);
	else
		answer_now(w);
	if (rule->left && !--rule->left)
		free_rule(sim, rule);
	return true;
}
