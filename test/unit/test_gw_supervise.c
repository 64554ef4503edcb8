/*
 * test/unit/test_gw_supervise.c - what a service manager hears
 *
 * We are the manager: a datagram socket of our own in NOTIFY_SOCKET.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/job.h"
#include "gateway/needs.h"
#include "gateway/supervise.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

static int manager = -1;
static char heard[512];

/* The name of the socket is its address with "@" for the first octet. */
static void listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	memcpy(at.sun_path + 1, name + 1, strlen(name) - 1);
	at.sun_path[0] = name[0] == '@' ? '\0' : name[0];
	CU_ASSERT_EQUAL_FATAL(
		bind(manager, (struct sockaddr *)&at,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				 strlen(name))),
		0);
	setenv("NOTIFY_SOCKET", name, 1);
}

static const char *abstract(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "@bgfd-test-%d", (int)getpid());
	return name;
}

static void forget(void)
{
	if (manager >= 0)
		close(manager);
	manager = -1;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

/* The next message, "" for none. */
static const char *hear(void)
{
	ssize_t n = recv(manager, heard, sizeof(heard) - 1, 0);

	heard[n < 0 ? 0 : n] = '\0';
	return heard;
}

static void nobody(void)
{
	struct gw_sd sd;

	forget();
	CU_ASSERT_EQUAL(gw_sd_open(&sd), 0);
	CU_ASSERT_EQUAL(sd.fd, -1);
	gw_sd_send(&sd, "READY=1");
	gw_sd_close(&sd);
}

static void addresses(void)
{
	static const char *const bad[] = { "", "/", "@", "run/notify",
					   "vsock:2:1" };
	char path[200];
	struct gw_sd sd;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("NOTIFY_SOCKET", bad[i], 1);
		CU_ASSERT_EQUAL(gw_sd_open(&sd), -EINVAL);
		CU_ASSERT_EQUAL(sd.fd, -1);
	}
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[108] = '\0'; /* one more than fits with its NUL */
	setenv("NOTIFY_SOCKET", path, 1);
	CU_ASSERT_EQUAL(gw_sd_open(&sd), -EINVAL);
	path[107] = '\0';
	setenv("NOTIFY_SOCKET", path, 1);
	CU_ASSERT_EQUAL(gw_sd_open(&sd), 0);
	gw_sd_close(&sd);
	forget();
}

static void by_path(void)
{
	char dir[] = "/tmp/bgf-test.XXXXXX", path[64];
	struct gw_sd sd;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/notify", dir);
	listen_at(path);
	CU_ASSERT_EQUAL(gw_sd_open(&sd), 0);
	gw_sd_send(&sd, "A=%d\nB=%s", 1, "two");
	CU_ASSERT_STRING_EQUAL(hear(), "A=1\nB=two");
	gw_sd_close(&sd);
	unlink(path);
	rmdir(dir);
	forget();
}

/* The variables of our parent are not for us. */
static void watchdog_values(void)
{
	static const struct {
		const char *usec;
		int pid; /* 0: none, 1: ours, 2: another */
		uint64_t is;
	} cases[] = {
		{ "30000000", 0, 30000000 },
		{ "30000000", 1, 30000000 },
		{ "30000000", 2, 0 },
		{ "30s", 1, 0 },
		{ "-1", 1, 0 },
		{ "", 1, 0 },
		{ "99999999999999999999", 1, 0 },
	};
	char pid[16];
	struct gw_sd sd;

	listen_at(abstract());
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsetenv("WATCHDOG_PID");
		snprintf(pid, sizeof(pid), "%d",
			 (int)getpid() + cases[i].pid - 1);
		if (cases[i].pid)
			setenv("WATCHDOG_PID", pid, 1);
		setenv("WATCHDOG_USEC", cases[i].usec, 1);
		CU_ASSERT_EQUAL(gw_sd_open(&sd), 0);
		CU_ASSERT_EQUAL(sd.watchdog_us, cases[i].is);
		gw_sd_close(&sd);
	}
	forget();
}

static void life(void)
{
	struct rig *r = rig_new(10);
	struct gw_supervise s;

	listen_at(abstract());
	setenv("WATCHDOG_USEC", "8000000", 1);
	gw_supervise_open(&s, &r->host);
	CU_ASSERT_EQUAL(s.every_us, 4000000);
	gw_supervise_ready(&s);
	CU_ASSERT_STRING_EQUAL(
		hear(), "READY=1\nSTATUS=active, 0 contexts, 0 rendezvous");
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "WATCHDOG=1");
	CU_ASSERT_STRING_EQUAL(hear(), ""); /* nothing has changed */
	r->gw.n_contexts = 3;
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "WATCHDOG=1");
	CU_ASSERT_STRING_EQUAL(hear(),
			       "STATUS=active, 3 contexts, 0 rendezvous");
	r->gw.n_contexts = 0;
	gw_supervise_reloading(&s);
	CU_ASSERT_EQUAL(strncmp(hear(), "RELOADING=1\nMONOTONIC_USEC=", 27), 0);
	gw_supervise_close(&s);
	forget();
	rig_free(r);
}

static void stopping(void)
{
	struct rig *r = rig_new(10);
	struct gw_supervise s;

	listen_at(abstract());
	gw_supervise_open(&s, &r->host);
	CU_ASSERT_EQUAL(s.every_us, 5000000); /* no watchdog */
	gw_supervise_stopping(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "STOPPING=1");
	CU_ASSERT_STRING_EQUAL(hear(), "EXTEND_TIMEOUT_USEC=15000000");
	gw_supervise_stopping(&s); /* the second signal */
	CU_ASSERT_STRING_EQUAL(hear(), "");
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "EXTEND_TIMEOUT_USEC=15000000");
	gw_supervise_close(&s);
	forget();
	rig_free(r);
}

/* The loop turns, the worker does not: nothing is fed. */
static void stuck(void)
{
	struct rig *r = rig_new(10);
	struct gw_supervise s;
	struct gw_wait wait = { .token = 7 };

	listen_at(abstract());
	setenv("WATCHDOG_USEC", "8000000", 1);
	gw_supervise_open(&s, &r->host);
	TAILQ_INSERT_TAIL(&r->gw.waits, &wait, entry);
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "WATCHDOG=1");
	(void)hear(); /* the first status */
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "");
	wait.token = 8; /* another one: it was answered */
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "WATCHDOG=1");
	TAILQ_REMOVE(&r->gw.waits, &wait, entry);
	gw_supervise_tick(&s);
	CU_ASSERT_STRING_EQUAL(hear(), "WATCHDOG=1");
	gw_supervise_close(&s);
	forget();
	rig_free(r);
}

static void several(void)
{
	struct rig *second, *r = rig_new_pair(10, &second);
	char text[160];

	second->gw.is_stopping = true;
	second->gw.n_contexts = 2;
	r->gw.n_contexts = 1;
	r->gw.drain_until_us = UINT64_MAX;
	gw_supervise_status(&r->host, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "2 of 2 gateways active, 3 contexts, "
				     "0 rendezvous, draining, stopping");
	gw_supervise_status(&r->host, text, 9);
	CU_ASSERT_STRING_EQUAL(text, "2 of 2 g");
	r->gw.n_contexts = second->gw.n_contexts = 0;
	rig_free(second);
	rig_free(r);
}

static void files(void)
{
	static struct conf conf = { .n_gateways = 2 };
	unsigned int one, two;

	conf.gateway[0].n_realms = 2;
	conf.gateway[0].workers = conf.gateway[1].workers = 1;
	one = gw_needs_files(&conf);
	CU_ASSERT(one > 64 + 64 + 2); /* connections, operators, TUN */
	conf.gateway[1].n_realms = 10;
	conf.gateway[1].workers = 4;
	two = gw_needs_files(&conf);
	CU_ASSERT(two >= one + 40);
	conf.gateway[1].workers = 8; /* all share them */
	CU_ASSERT_EQUAL(gw_needs_files(&conf), two + 4 * 12);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "nobody listens", nobody },
		{ "addresses of NOTIFY_SOCKET", addresses },
		{ "a path as address", by_path },
		{ "WATCHDOG_USEC and WATCHDOG_PID", watchdog_values },
		{ "ready, fed, status, reload", life },
		{ "stopping takes its time", stopping },
		{ "a stuck worker is not fed for", stuck },
		{ "several gateways in a line", several },
		{ "open files by configuration", files },
		{ NULL, NULL },
	};

	return suite_run("gateway/supervise", tests);
}
