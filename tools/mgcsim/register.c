/* mgcsim/register.c - <register> and <use>: who talks to whom */
#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "h248/span.h"
#include "tools/mgcsim/peer.h"
#include "tools/mgcsim/step.h"
#include "tools/mgcsim/xpath.h"

enum { MAX_REDIRECTIONS = 5 };

/* Registrations were answered when they came; no later step sees them. */
static void forget_registrations(struct run *run, const struct sim_peer *peer)
{
	struct sim_msg *msg, *next;

	for (msg = TAILQ_FIRST(&run->user.inbox); msg; msg = next) {
		next = TAILQ_NEXT(msg, entry);
		if (msg->is_registration && msg->peer == peer)
			user_forget(&run->user, msg);
	}
}

/* The gateway of this MID, or any that has no name yet, gets this name. */
static struct sim_peer *give_name(struct run *run, const char *mid,
				  const char *name)
{
	struct sim_peer *peer = sim_peer_find(run->sim, name);

	if (peer)
		return peer;
	peer = mid ? sim_peer_by_mid(run->sim, mid) :
		     sim_peer_unnamed(run->sim);
	if (peer)
		snprintf(peer->name, sizeof(peer->name), "%s", name);
	return peer;
}

static enum run_verdict poll_gateway(struct run *run, xmlNode *step)
{
	char *mid = run_attr(run, step, "mid");
	char *name = run_attr(run, step, "gateway");
	struct sim_peer *peer = NULL;

	if (run->verdict == RUN_GOING && name)
		peer = give_name(run, mid, name);
	else if (run->verdict == RUN_GOING)
		peer = mid ? sim_peer_by_mid(run->sim, mid) :
			     sim_peer_find(run->sim, NULL);
	free(mid);
	free(name);
	if (!peer || !peer->is_registered)
		return RUN_GOING;
	forget_registrations(run, peer);
	return RUN_PASS;
}

/* As a gateway: what a registration says. */
static char *registration(struct run *run, xmlNode *step)
{
	char *method = run_attr(run, step, "method");
	char *reason = run_attr(run, step, "reason");
	char *profile = run_attr(run, step, "profile");
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (to) {
		fprintf(to, "C=-{SC=ROOT{SV{MT=%s,RE=\"%s\",V=%u",
			method ? method : "RS",
			reason ? reason : "901 Cold Boot",
			run->sim->params.version);
		fprintf(to, "%s%s}}}", profile ? ",PF=" : "",
			profile ? profile : "");
		fclose(to);
	}
	free(method);
	free(reason);
	free(profile);
	return text;
}

static enum run_verdict ask(struct run *run, xmlNode *step)
{
	struct sim_peer *peer = TAILQ_FIRST(&run->sim->peers);
	char *text = registration(run, step);
	struct h248_err err = { 0 };
	int rc;

	if (!text)
		return run_fail(run, "out of memory");
	/* Until the controller has said which it speaks. */
	peer_set_version(peer, 1);
	rc = peer_send(peer, &run->user, text, &run->register_tid, &err);
	free(text);
	return rc ? run_fail(run, "cannot register: %s %s", strerror(-rc),
			     err.text) :
		    RUN_PASS;
}

enum run_verdict step_register_begin(struct run *run, xmlNode *step)
{
	run->n_redirections = 0;
	return run->sim->params.is_gateway ? ask(run, step) : RUN_PASS;
}

/* The controller sends us to another one (H.248.1 clause 11.5). */
static enum run_verdict go_to(struct run *run, xmlNode *step, const char *to)
{
	struct sim_peer *peer = TAILQ_FIRST(&run->sim->peers);
	struct h248_mid mid;

	if (run->n_redirections++ == MAX_REDIRECTIONS ||
	    h248_mid_dec(h248_span_of(to), &mid) ||
	    h248_addr_of_mid(&mid, &peer->addr))
		return run_fail(run, "cannot go to the controller %s", to);
	return ask(run, step) == RUN_FAIL ? RUN_FAIL : RUN_GOING;
}

static enum run_verdict accepted(struct run *run, struct sim_peer *peer,
				 xmlDoc *doc)
{
	xmlChar *version = xpath_text(doc, "//services/@version", NULL, NULL);

	peer->is_registered = true;
	peer_set_version(peer, version ? (uint8_t)atoi((char *)version) : 1);
	xmlFree(version);
	users_ready(run->sim);
	return RUN_PASS;
}

static bool is_attr(xmlNode *step, const char *name, const char *value)
{
	char *text = scenario_attr(step, name);
	bool is_it = text && !strcmp(text, value);

	xmlFree(text);
	return is_it;
}

static enum run_verdict take_answer(struct run *run, xmlNode *step,
				    struct sim_msg *msg)
{
	xmlChar *to = xpath_text(msg->doc, "//services/@mgc-id", NULL, NULL);
	xmlChar *code = xpath_text(msg->doc, "//error/@code", NULL, NULL);
	enum run_verdict v;

	if (msg->err)
		v = run_fail(run, "the controller does not answer: %s",
			     strerror(-msg->err));
	else if (code)
		v = run_fail(run, "the controller refuses: error %s", code);
	else if (to && !is_attr(step, "redirect", "no") &&
		 strcasecmp((char *)to, msg->peer->mid))
		v = go_to(run, step, (char *)to);
	else
		v = accepted(run, msg->peer, msg->doc);
	xmlFree(to);
	xmlFree(code);
	return v;
}

static enum run_verdict poll_controller(struct run *run, xmlNode *step)
{
	enum run_verdict v = RUN_GOING;
	struct sim_msg *msg;

	TAILQ_FOREACH (msg, &run->user.inbox, entry)
		if (msg->kind == SIM_REPLY && msg->tid == run->register_tid)
			break;
	if (!msg)
		return RUN_GOING;
	v = take_answer(run, step, msg);
	user_forget(&run->user, msg);
	return v;
}

enum run_verdict step_register_poll(struct run *run, xmlNode *step)
{
	return run->sim->params.is_gateway ? poll_controller(run, step) :
					     poll_gateway(run, step);
}

enum run_verdict step_use(struct run *run, xmlNode *step)
{
	char *name = run_attr(run, step, "gateway");

	if (!name)
		return RUN_FAIL;
	snprintf(run->gateway, sizeof(run->gateway), "%s", name);
	free(name);
	if (!sim_peer_find(run->sim, run->gateway))
		return run_fail(run, "no gateway is called %s", run->gateway);
	return RUN_PASS;
}
