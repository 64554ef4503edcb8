/* mgcsim/step.c - the kinds of steps */
#include "tools/mgcsim/step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/mgcsim/act.h"
#include "tools/mgcsim/peer.h"
#include "tools/mgcsim/rule.h"
#include "tools/mgcsim/xpath.h"

/* value="text", or select="XPath" over the message expected last. */
static char *new_value(struct run *run, xmlNode *step)
{
	char *select = run_attr(run, step, "select");
	xmlChar *text;
	char *value = NULL;

	if (!select)
		return run_attr(run, step, "value");
	text = xpath_text(run->last, select, &run->vars, NULL);
	if (text)
		value = strdup((char *)text);
	else
		run_fail(run, "there is no %s", select);
	xmlFree(text);
	free(select);
	return value;
}

static enum run_verdict begin_set(struct run *run, xmlNode *step)
{
	char *name = run_attr(run, step, "var");
	bool is_default = !strcmp((const char *)step->name, "default");
	char *value;
	int rc = -EINVAL;

	/* <default> leaves alone what the command line has set. */
	if (name && is_default && vars_get(&run->vars, name)) {
		free(name);
		return RUN_PASS;
	}
	value = new_value(run, step);
	if (name && value)
		rc = vars_set(&run->vars, name, value);
	free(name);
	free(value);
	return rc ? run_fail(run, "the variable cannot be set") : RUN_PASS;
}

static void remember(struct run *run, xmlNode *step,
		     const struct sim_peer *peer, uint32_t tid)
{
	xmlChar *as = xmlGetProp(step, BAD_CAST "as");
	struct run_sent *sent;

	if (run->n_sent == RUN_MAX_SENT)
		memmove(run->sent, run->sent + 1,
			--run->n_sent * sizeof(run->sent[0]));
	sent = &run->sent[run->n_sent++];
	sent->peer = peer;
	sent->tid = tid;
	/* The first was due when the call was. */
	sent->at_us =
		run->load && !run->has_sent ? run->start_us : sim_now_us();
	run->has_sent = true;
	snprintf(sent->name, sizeof(sent->name), "%s", as ? (char *)as : "");
	xmlFree(as);
}

/* A fault in the text has its own line. */
static enum run_verdict fail_text(struct run *run, int rc,
				  const struct h248_err *err)
{
	if (rc == -EPROTO)
		return run_fail(run,
				"the text to send is no H.248: %s:%lu: %u %s "
				"(column %u)",
				scenario_path(run->scenario, run->step),
				(unsigned long)scenario_line(run->step) +
					(err->at.line ? err->at.line - 1 : 0),
				err->code, err->text, err->at.col);
	return run_fail(run, "cannot send: %s", strerror(-rc));
}

enum run_verdict step_no_gateway(struct run *run, const char *name)
{
	if (name[0])
		return run_fail(run, "no gateway is called %s", name);
	return run_fail(run, "cannot send: nobody has registered");
}

static enum run_verdict begin_send(struct run *run, xmlNode *step)
{
	char *text = run_text(run, step);
	char name[SIM_NAME];
	struct sim_peer *peer = run_peer(run, step, name);
	struct h248_err err;
	uint32_t tid = 0;
	int rc;

	if (!text || !peer) {
		free(text);
		return step_no_gateway(run, name);
	}
	rc = peer_send(peer, &run->user, text, &tid, &err);
	free(text);
	if (rc)
		return fail_text(run, rc, &err);
	remember(run, step, peer, tid);
	return RUN_PASS;
}

static enum run_verdict begin_reply(struct run *run, xmlNode *step)
{
	char *text = run_text(run, step);
	struct h248_err err;
	int rc;

	if (!text)
		return RUN_FAIL;
	if (!run->expected || !run->expected->in) {
		free(text);
		return run_fail(run, "no request waits for a reply "
				     "(answers=\"manual\" is needed)");
	}
	rc = peer_reply(&run->user, run->expected, text, &err);
	free(text);
	if (rc)
		return fail_text(run, rc, &err);
	user_forget(&run->user, run->expected);
	run->expected = NULL;
	return RUN_PASS;
}

/* run.c ends it. */
static enum run_verdict poll_pause(struct run *run, xmlNode *step)
{
	(void)run;
	(void)step;
	return RUN_GOING;
}

/* Names what follows: a failure says in which it was. */
static enum run_verdict begin_stage(struct run *run, xmlNode *step)
{
	char *name = run_attr(run, step, "name");

	if (!name)
		return RUN_FAIL;
	snprintf(run->stage, sizeof(run->stage), "%s", name);
	free(name);
	return RUN_PASS;
}

static bool is_asked_for(const struct sim_msg *msg, bool is_other)
{
	if (is_other)
		return msg->kind != SIM_OTHER || step_is_expected(msg);
	return msg->kind != SIM_REQUEST || step_is_aside(msg);
}

/* Nothing may have arrived that the scenario did not ask for. */
static enum run_verdict begin_quiet(struct run *run, xmlNode *step)
{
	char *of = run_attr(run, step, "of");
	bool is_other = of && !strcmp(of, "other");
	struct sim_msg *msg;

	free(of);
	TAILQ_FOREACH (msg, &run->user.inbox, entry)
		if (!is_asked_for(msg, is_other))
			return run_fail(run,
					"a %s (T=%u) that no step asked for",
					is_other ? "reply" : "request",
					msg->tid);
	return RUN_PASS;
}

/* The file appears whole, or not at all: others wait for it. */
static enum run_verdict write_file(struct run *run, const char *path,
				   const char *text)
{
	char part[512];
	FILE *to;

	snprintf(part, sizeof(part), "%s.part", path);
	to = fopen(part, "w");
	if (!to)
		return run_fail(run, "%s: %s", part, strerror(errno));
	fputs(text, to);
	if (fclose(to) || rename(part, path))
		return run_fail(run, "%s: %s", path, strerror(errno));
	return RUN_PASS;
}

static enum run_verdict begin_print(struct run *run, xmlNode *step)
{
	char *text = run_text(run, step);
	char *to = run_attr(run, step, "to");
	enum run_verdict v = RUN_PASS;

	if (!text || run->verdict == RUN_FAIL)
		v = RUN_FAIL;
	else if (to)
		v = write_file(run, to, text);
	else
		printf("            %s\n", text);
	free(text);
	free(to);
	return v;
}

static enum run_verdict poll_wait(struct run *run, xmlNode *step)
{
	char *file = run_attr(run, step, "file");
	enum run_verdict v = RUN_GOING;

	if (!file)
		return RUN_FAIL;
	if (!access(file, F_OK))
		v = RUN_PASS;
	free(file);
	return v;
}

static int read_fault(struct run *run, xmlNode *step, const char *action,
		      struct fault_rule *rule)
{
	static const char *const KEY[] = { "direction", "kind",    "nth",
					   "times",     "percent", "ms",
					   "octets" };
	int rc = fault_rule_init(rule, action);

	for (size_t i = 0; i < sizeof(KEY) / sizeof(KEY[0]) && !rc; i++) {
		char *value = run_attr(run, step, KEY[i]);

		if (value)
			rc = fault_rule_set(rule, KEY[i], value);
		free(value);
	}
	return rc;
}

/* <fault do="none"/> ends them all. */
static enum run_verdict begin_fault(struct run *run, xmlNode *step)
{
	struct faults *faults = &run->sim->channel.faults;
	char *action = run_attr(run, step, "do");
	struct fault_rule rule;
	int rc = 0;

	if (!action)
		return RUN_FAIL;
	if (!strcmp(action, "none"))
		faults->n_rules = 0;
	else
		rc = read_fault(run, step, action, &rule) ||
		     faults_add(faults, &rule);
	free(action);
	return rc ? run_fail(run, "such a fault there cannot be") : RUN_PASS;
}

static enum run_verdict begin_fail(struct run *run, xmlNode *step)
{
	char *text = run_text(run, step);

	run_fail(run, "%s", text ? text : "");
	free(text);
	return RUN_FAIL;
}

static const struct step_kind KINDS[] = {
	{ "register", step_register_begin, step_register_poll, false },
	{ "use", step_use, NULL, false },
	{ "default", begin_set, NULL, false },
	{ "set", begin_set, NULL, false },
	{ "send", begin_send, NULL, false },
	{ "raw", step_raw, NULL, false },
	{ "expect", NULL, step_expect, false },
	{ "assert", step_assert, NULL, false },
	{ "bind", step_bind, NULL, false },
	{ "reply", begin_reply, NULL, false },
	{ "quiet", begin_quiet, NULL, false },
	{ "stage", begin_stage, NULL, false },
	{ "pause", NULL, poll_pause, false },
	{ "wait", NULL, poll_wait, true },
	{ "exec", step_exec_begin, step_exec_poll, false },
	{ "print", begin_print, NULL, false },
	{ "answer", rule_begin, NULL, false },
	{ "fault", begin_fault, NULL, false },
	{ "node", act_node, NULL, false },
	{ "link", act_link, NULL, false },
	{ "route", act_route, NULL, false },
	{ "address", act_address, NULL, false },
	{ "firewall", act_firewall, NULL, false },
	{ "connect", act_connect, NULL, false },
	{ "listen", act_listen, NULL, false },
	{ "transmit", act_transmit, NULL, false },
	{ "hold", act_hold, NULL, false },
	{ "resume", act_hold, NULL, false },
	{ "close", act_close, NULL, false },
	{ "receive", NULL, act_receive, false },
	{ "await", NULL, act_await, false },
	{ "tap", wire_tap, NULL, false },
	{ "inject", wire_inject, NULL, false },
	{ "seen", NULL, wire_seen, false },
	{ "count", wire_count, NULL, false },
	{ "if", step_if, NULL, false },
	{ "while", step_while, NULL, false },
	{ "repeat", step_repeat, NULL, false },
	{ "break", step_break, NULL, false },
	{ "call", step_call, NULL, false },
	{ "end", step_end, NULL, false },
	{ "fail", begin_fail, NULL, false },
};

const struct step_kind *step_find(const char *element)
{
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (!strcmp(KINDS[i].element, element))
			return &KINDS[i];
	return NULL;
}
