/* mgcsim/expect.c - <expect>: match what was received, bind, assert */
#include <stdlib.h>
#include <string.h>

#include "tools/mgcsim/step.h"
#include "tools/mgcsim/xpath.h"

static const char *const KIND_NAME[] = {
	[SIM_REQUEST] = "request",
	[SIM_REPLY] = "reply",
	[SIM_OTHER] = "other",
};

static enum sim_kind kind_of(xmlNode *step)
{
	xmlChar *type = xmlGetProp(step, BAD_CAST "type");
	enum sim_kind kind = SIM_REQUEST;

	for (size_t i = 0; type && i < 3; i++)
		if (!strcmp((char *)type, KIND_NAME[i]))
			kind = (enum sim_kind)i;
	xmlFree(type);
	return kind;
}

/* What a step looks for. */
struct wanted {
	enum sim_kind kind;
	const struct sim_peer *peer; /* NULL: from any */
	const struct run_sent *sent; /* that a reply answers */
	char *match;                 /* owned; NULL: any request */
};

/* The request a reply must answer: to="name", else the latest. */
static const struct run_sent *sent_of(struct run *run, xmlNode *step)
{
	char *to = scenario_attr(step, "to");
	const struct run_sent *found = NULL;

	for (unsigned int i = run->n_sent; i-- && !found;)
		if (!to || !strcmp(to, run->sent[i].name))
			found = &run->sent[i];
	xmlFree(to);
	return found;
}

/* False: the run has failed. */
static bool read_wanted(struct run *run, xmlNode *step, struct wanted *w)
{
	char name[SIM_NAME];

	w->kind = kind_of(step);
	w->peer = run_peer(run, step, name);
	if (name[0] && !w->peer)
		run_fail(run, "no gateway is called %s", name);
	if (!name[0])
		w->peer = NULL;
	w->sent = sent_of(run, step);
	w->match = run_attr(run, step, "match");
	return run->verdict == RUN_GOING;
}

static bool is_wanted(const struct run *run, const struct wanted *w,
		      const struct sim_msg *msg)
{
	if (msg->kind != w->kind || step_is_expected(msg))
		return false;
	if (msg->kind == SIM_REPLY)
		return w->sent && msg->tid == w->sent->tid &&
		       msg->peer == w->sent->peer;
	return (!w->peer || msg->peer == w->peer) &&
	       (!w->match || xpath_is_true(msg->doc, w->match, &run->vars));
}

bool step_is_expected(const struct sim_msg *msg)
{
	return msg->kind == SIM_OTHER && msg->in;
}

bool step_is_aside(const struct sim_msg *msg)
{
	return xpath_is_true(msg->doc, "//service-change[@term != 'ROOT']",
			     NULL);
}

/* A request that arrived before the one that matches and that no step asked
 * for: the order was not the expected one. */
static bool is_out_of_order(xmlNode *step, const struct wanted *w,
			    const struct sim_msg *msg)
{
	char *order = scenario_attr(step, "order");
	bool is_any = order && !strcmp(order, "any");

	xmlFree(order);
	return !is_any && msg->kind == w->kind && msg->kind == SIM_REQUEST &&
	       (!w->peer || msg->peer == w->peer) && !step_is_aside(msg);
}

/* elapsed="var": milliseconds since the request, or since the step began. */
static bool set_elapsed(struct run *run, xmlNode *step, const struct wanted *w,
			uint64_t at_us)
{
	char *var = scenario_attr(step, "elapsed");
	uint64_t from = w->kind == SIM_REPLY && w->sent ? w->sent->at_us :
							  run->began_us;
	char text[32];
	bool is_set;

	snprintf(text, sizeof(text), "%.3f",
		 at_us > from ? (double)(at_us - from) / 1000 : 0.0);
	is_set = !var || !vars_set(&run->vars, var, text);
	xmlFree(var);
	return is_set;
}

/* What a load test says of its requests. */
static void measure(struct run *run, const struct wanted *w, uint64_t at_us)
{
	const struct run_sent *sent = w->sent;

	if (!run->load || w->kind != SIM_REPLY || !sent)
		return;
	load_note(run->load, sent->name[0] ? sent->name : "-",
		  at_us > sent->at_us ? at_us - sent->at_us : 0);
}

static void keep_last(struct run *run, xmlDoc *doc)
{
	xmlFreeDoc(run->last);
	run->last = doc;
}

/* A gateway tells in one Notify what happened while it waited for the answer
 * to the one before; the steps expect each event by itself. */
static void keep_rest(struct run *run, struct sim_msg *msg, const char *match)
{
	xmlFreeDoc(run->rest);
	run->rest = NULL;
	if (msg->kind == SIM_REQUEST && match && msg->doc) {
		xmlDoc *rest = xmlCopyDoc(msg->doc, 1);

		/* A match of the whole Notify is about all its events. */
		if (xpath_remove(rest, match, "event", &run->vars) &&
		    xpath_is_true(rest, "//observed/event", NULL))
			run->rest = rest;
		else
			xmlFreeDoc(rest);
	}
	keep_last(run, msg->doc);
	msg->doc = NULL;
	user_forget(&run->user, msg);
}

/* Is it an event that came with the one before? */
static enum run_verdict take_rest(struct run *run, xmlNode *step,
				  const struct wanted *w)
{
	enum run_verdict v;

	if (!run->rest || !w->match || w->kind != SIM_REQUEST ||
	    !xpath_is_true(run->rest, w->match, &run->vars))
		return RUN_GOING;
	keep_last(run, xmlCopyDoc(run->rest, 1));
	v = set_elapsed(run, step, w, sim_now_us()) ?
		    step_examine(run, step, run->last) :
		    RUN_FAIL;
	if (!xpath_remove(run->rest, w->match, "event", &run->vars)) {
		xmlFreeDoc(run->rest);
		run->rest = NULL;
	}
	return v;
}

static enum run_verdict take(struct run *run, xmlNode *step,
			     const struct wanted *w, struct sim_msg *msg)
{
	enum run_verdict v;

	record_expected(&run->sim->record, msg->number, run->step);
	if (msg->err)
		return run_fail(run, "the request was not answered: %s",
				strerror(-msg->err));
	if (!set_elapsed(run, step, w, msg->at_us))
		return run_fail(run, "the variable cannot be set");
	measure(run, w, msg->at_us);
	v = step_examine(run, step, msg->doc);
	/* A request that waits for its <reply> stays until it has it. */
	if (v == RUN_PASS && msg->in) {
		run->expected = msg;
		msg->kind = SIM_OTHER;
		keep_last(run, xmlCopyDoc(msg->doc, 1));
	} else if (v == RUN_PASS) {
		keep_rest(run, msg, w->match);
	}
	return v;
}

static enum run_verdict look(struct run *run, xmlNode *step,
			     const struct wanted *w)
{
	struct sim_msg *msg, *next;
	enum run_verdict v = take_rest(run, step, w);

	for (msg = TAILQ_FIRST(&run->user.inbox); msg && v == RUN_GOING;
	     msg = next) {
		next = TAILQ_NEXT(msg, entry);
		if (is_wanted(run, w, msg))
			v = take(run, step, w, msg);
		else if (is_out_of_order(step, w, msg))
			v = step_fail_with(run, msg->doc, "expected next ",
					   w->match ? w->match :
						      "another request");
	}
	return v;
}

enum run_verdict step_expect(struct run *run, xmlNode *step)
{
	struct wanted w = { 0 };
	enum run_verdict v = RUN_FAIL;

	if (read_wanted(run, step, &w))
		v = look(run, step, &w);
	free(w.match);
	return v;
}

enum run_verdict step_expect_timeout(struct run *run, xmlNode *step)
{
	char *match = run_attr(run, step, "match");

	run_fail(run, "no %s%s%s within %ld ms", KIND_NAME[kind_of(step)],
		 match ? " with " : "", match ? match : "",
		 run_attr_long(run, step, "within", RUN_WITHIN_MS));
	free(match);
	return RUN_FAIL;
}
