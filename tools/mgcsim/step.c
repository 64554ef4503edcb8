/* mgcsim/step.c - the kinds of steps */
#include "tools/mgcsim/step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Registrations were answered when they came; no later step sees them. */
static enum run_verdict poll_register(struct run *run, xmlNode *step)
{
	struct sim_msg *msg, *next;

	(void)step;
	if (!run->sim->is_registered)
		return RUN_GOING;
	for (msg = TAILQ_FIRST(&run->sim->inbox); msg; msg = next) {
		next = TAILQ_NEXT(msg, entry);
		if (msg->is_registration)
			sim_forget(run->sim, msg);
	}
	return RUN_PASS;
}

static enum run_verdict begin_set(struct run *run, xmlNode *step)
{
	char *name = run_attr(run, step, "var");
	char *value = run_attr(run, step, "value");
	enum run_verdict v = RUN_PASS;

	/* <default> leaves alone what the command line has set. */
	if (!name || !value)
		v = RUN_FAIL;
	else if (strcmp((const char *)step->name, "default") ||
		 !vars_get(run->vars, name))
		v = vars_set(run->vars, name, value) ? RUN_FAIL : RUN_PASS;
	free(name);
	free(value);
	return v == RUN_PASS ? v : run_fail(run, "the variable cannot be set");
}

static void remember(struct run *run, xmlNode *step, uint32_t tid)
{
	xmlChar *as = xmlGetProp(step, BAD_CAST "as");
	struct run_sent *sent;

	if (run->n_sent == RUN_MAX_SENT)
		memmove(run->sent, run->sent + 1,
			--run->n_sent * sizeof(run->sent[0]));
	sent = &run->sent[run->n_sent++];
	sent->tid = tid;
	snprintf(sent->name, sizeof(sent->name), "%s", as ? (char *)as : "");
	xmlFree(as);
}

static enum run_verdict fail_text(struct run *run, int rc,
				  const struct h248_err *err)
{
	if (rc == -EPROTO)
		return run_fail(run,
				"the text to send is no H.248: %u %s "
				"(line %u, column %u)",
				err->code, err->text,
				err->at.line ? err->at.line - 1 : 0,
				err->at.col);
	return run_fail(run, "cannot send: %s", strerror(-rc));
}

static enum run_verdict begin_send(struct run *run, xmlNode *step)
{
	char *text = run_text(run, step);
	struct h248_err err;
	uint32_t tid = 0;
	int rc;

	if (!text)
		return RUN_FAIL;
	rc = sim_send(run->sim, text, &tid, &err);
	free(text);
	if (rc)
		return fail_text(run, rc, &err);
	remember(run, step, tid);
	return RUN_PASS;
}

static enum run_verdict begin_raw(struct run *run, xmlNode *step)
{
	char *text = run_text(run, step);
	int rc;

	if (!text)
		return RUN_FAIL;
	rc = sim_send_raw(run->sim, text, strlen(text));
	free(text);
	return rc ? run_fail(run, "cannot send: %s", strerror(-rc)) : RUN_PASS;
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
	rc = sim_reply(run->sim, run->expected, text, &err);
	free(text);
	if (rc)
		return fail_text(run, rc, &err);
	sim_forget(run->sim, run->expected);
	run->expected = NULL;
	return RUN_PASS;
}

static enum run_verdict poll_pause(struct run *run, xmlNode *step)
{
	uint64_t ms = (uint64_t)run_attr_ms(run, step, "ms", 0);

	return sim_now_ms() - run->began_ms >= ms ? RUN_PASS : RUN_GOING;
}

/* Nothing may have arrived that the scenario did not ask for. */
static enum run_verdict begin_quiet(struct run *run, xmlNode *step)
{
	struct sim_msg *msg;

	(void)step;
	TAILQ_FOREACH (msg, &run->sim->inbox, entry)
		if (msg->kind == SIM_REQUEST && !step_is_aside(msg))
			return run_fail(run,
					"a request (T=%u) that no step "
					"asked for",
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

static void export_vars(const struct vars *vars)
{
	for (unsigned int i = 0; i < vars->n; i++)
		setenv(vars->list[i].name, vars->list[i].value, 1);
}

static pid_t spawn(struct run *run, const char *command)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setpgid(0, 0);
	export_vars(run->vars);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static enum run_verdict begin_exec(struct run *run, xmlNode *step)
{
	char *command = run_text(run, step);
	xmlChar *background = xmlGetProp(step, BAD_CAST "background");
	bool is_background = background && !strcmp((char *)background, "yes");
	pid_t pid;

	xmlFree(background);
	if (!command)
		return RUN_FAIL;
	if (is_background && run->n_background == RUN_MAX_CHILDREN) {
		free(command);
		return run_fail(run, "too many background commands");
	}
	pid = spawn(run, command);
	free(command);
	if (pid < 0)
		return run_fail(run, "fork: %s", strerror(errno));
	if (is_background)
		run->background[run->n_background++] = pid;
	else
		run->child = pid;
	return RUN_PASS;
}

static enum run_verdict poll_exec(struct run *run, xmlNode *step)
{
	(void)step;
	if (run->child)
		return RUN_GOING;
	if (run->child_status)
		return run_fail(run, "the command ended with status %d",
				WIFEXITED(run->child_status) ?
					WEXITSTATUS(run->child_status) :
					-WTERMSIG(run->child_status));
	return RUN_PASS;
}

static const struct step_kind KINDS[] = {
	{ "register", NULL, poll_register }, { "default", begin_set, NULL },
	{ "set", begin_set, NULL },          { "send", begin_send, NULL },
	{ "raw", begin_raw, NULL },          { "expect", NULL, step_expect },
	{ "reply", begin_reply, NULL },      { "quiet", begin_quiet, NULL },
	{ "pause", NULL, poll_pause },       { "wait", NULL, poll_wait },
	{ "exec", begin_exec, poll_exec },   { "print", begin_print, NULL },
};

const struct step_kind *step_find(const char *element)
{
	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (!strcmp(KINDS[i].element, element))
			return &KINDS[i];
	return NULL;
}
