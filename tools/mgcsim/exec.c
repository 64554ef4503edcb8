/* mgcsim/exec.c - <exec>: a shell command as a step */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/mgcsim/step.h"

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
	export_vars(&run->vars);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

enum run_verdict step_exec_begin(struct run *run, xmlNode *step)
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
	if (!is_background)
		event_add(run->child_event, NULL);
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

enum run_verdict step_exec_poll(struct run *run, xmlNode *step)
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
