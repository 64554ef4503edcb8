/*
 * test/unit/test_gw_sigs.c - a signal at any moment of a start and an end
 *
 * Each in a child: it sends itself the signal, at the moment that the table
 * says, and its end tells what became of it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/sigs.h"
#include "test/support/suite.h"

enum {
	STOPPED = 40, /* exit codes: the event came, */
	RELOADED,
	WENT_ON, /* no event, and it lives */
};
/* Moments: 0 to 2 are just before the event of that number; then: */
enum { OPENED = GW_SIGS, CLOSED };

static int number, moment, added;

int __real_event_add(struct event *e, const struct timeval *tv);
int __wrap_event_add(struct event *e, const struct timeval *tv);

int __wrap_event_add(struct event *e, const struct timeval *tv)
{
	if (added++ == moment)
		raise(number);
	return __real_event_add(e, tv);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	(void)arg;
	_exit(fd == number && fd != SIGHUP ? STOPPED : WENT_ON);
}

static void on_reload(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	(void)arg;
	_exit(fd == number && fd == SIGHUP ? RELOADED : WENT_ON);
}

static void live(void)
{
	struct event_base *base = event_base_new();
	struct event *sig[GW_SIGS] = { NULL };

	added = 0;
	if (gw_sigs_open(sig, base, on_stop, on_reload, NULL))
		_exit(1);
	if (moment == OPENED)
		raise(number);
	event_base_loop(base, EVLOOP_NONBLOCK);
	gw_sigs_close(sig);
	if (moment == CLOSED)
		raise(number);
	event_base_free(base);
	_exit(WENT_ON);
}

/* The exit code, or minus the signal that ended it. */
static int ended(int sig, int when)
{
	int status = 0;
	pid_t pid;

	number = sig;
	moment = when;
	pid = fork();
	if (!pid)
		live();
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* It ends the program, or it is an event: never neither. */
static void none_is_lost(void)
{
	static const int SIG[] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < 3; i++) {
		int event = SIG[i] == SIGHUP ? RELOADED : STOPPED;

		for (int when = 0; when < OPENED; when++) {
			int end = ended(SIG[i], when);

			CU_ASSERT(end == -SIG[i] || end == event);
		}
		CU_ASSERT_EQUAL(ended(SIG[i], 0), -SIG[i]);
		CU_ASSERT_EQUAL(ended(SIG[i], OPENED), event);
	}
}

static void none_interrupts_the_end(void)
{
	CU_ASSERT_EQUAL(ended(SIGTERM, CLOSED), WENT_ON);
	CU_ASSERT_EQUAL(ended(SIGINT, CLOSED), WENT_ON);
	CU_ASSERT_EQUAL(ended(SIGHUP, CLOSED), WENT_ON);
}

/* Of a start that has failed half way. */
static void closes_what_is_left(void)
{
	struct event_base *base = event_base_new();
	struct event *sig[GW_SIGS] = { NULL };

	sig[1] = evsignal_new(base, SIGINT, on_stop, NULL);
	gw_sigs_close(sig);
	CU_ASSERT_PTR_NULL(sig[1]);
	gw_sigs_close(sig);
	event_base_free(base);
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "none is lost at a start", none_is_lost },
		{ "none interrupts the end", none_interrupts_the_end },
		{ "what is left is closed", closes_what_is_left },
		{ NULL, NULL },
	};

	return suite_run("gw/sigs", TESTS);
}
