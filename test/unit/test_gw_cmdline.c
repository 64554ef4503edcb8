/* test/unit/test_gw_cmdline.c - bgfd and its options, as a program */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/netns.h"
#include "test/support/suite.h"

static char program[PATH_MAX * 2];

static const struct {
	const char *args;
	int status;
	const char *out;
} cases[] = {
	{ "--version", 0, "bgfd " BGF_VERSION "\n" },
	{ "--help", 0, "--dump-config" },
	{ "", 2, "usage:" },
	{ "--no-such-option", 2, "usage:" },
	{ "-c " SOURCE_DIR "/conf/bgfd.xml surplus", 2, "usage:" },
	{ "-c " SOURCE_DIR "/conf/bgfd.xml --check", 0, "" },
	{ "-c " SOURCE_DIR "/packaging/examples/two-realms.xml --check", 0,
	  "" },
	{ "-c " SOURCE_DIR "/packaging/examples/tls.xml --check", 0, "" },
	{ "-c " SOURCE_DIR "/conf/bgfd.xml --dump-config", 0, "<realm" },
	{ "-c /nonexistent/bgfd.xml --check", 1, "/nonexistent/bgfd.xml" },
	{ "-c " SOURCE_DIR "/README.md --check", 1, "README.md:" },
};

/* The build puts it beside this program: ../bin/bgfd. */
static void find_program(void)
{
	char self[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CU_ASSERT_FATAL(n > 0);
	snprintf(program, sizeof(program), "%s/../bin/bgfd", dirname(self));
}

/* What a command of the shell says, into out.  Returns its status. */
static int said(const char *command, char *out, size_t cap)
{
	FILE *f = popen(command, "r");
	size_t n;
	int rc;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	while (fgetc(f) != EOF)
		continue;
	rc = pclose(f);
	CU_ASSERT(WIFEXITED(rc));
	return WEXITSTATUS(rc);
}

static void options(void)
{
	char command[3 * PATH_MAX], out[8192];
	int rc;

	find_program();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(command, sizeof(command), "%s %s 2>&1", program,
			 cases[i].args);
		rc = said(command, out, sizeof(out));
		if (rc != cases[i].status)
			fprintf(stderr, "%s: %d\n%s", cases[i].args, rc, out);
		CU_ASSERT_EQUAL(rc, cases[i].status);
		CU_ASSERT_PTR_NOT_NULL(strstr(out, cases[i].out));
	}
}

/* What a start would lack is told, and is no error of the file. */
static void needs(void)
{
	char command[3 * PATH_MAX], out[8192];

	snprintf(command, sizeof(command),
		 "{ ulimit -n 90; ulimit -c 0; exec %s -c " SOURCE_DIR
		 "/conf/bgfd.xml --check; } 2>&1",
		 program);
	CU_ASSERT_EQUAL(said(command, out, sizeof(out)), 0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "warning: open files are limited to 90, "));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "info: a crash would leave no core"));
}

/* A host with one address and no route; --check tells what does not fit it. */
static void net(void)
{
	static const char text[] =
		"<bgfd><h248 listen=\"127.0.0.1:2944\">\n"
		"<controller address=\"127.0.0.1:2945\"/>\n"
		"<controller address=\"192.0.2.2:2944\"/></h248>\n"
		"<realm name=\"a\"><media interface=\"nowhere0\"/>\n"
		"<pool prefix=\"198.51.100.0/29\"/></realm>\n"
		"<realm name=\"b\"><media interface=\"lo\"/>\n"
		"<pool prefix=\"198.51.100.8/29\"/></realm></bgfd>\n";
	char path[] = "/tmp/bgfd-net-XXXXXX", command[3 * PATH_MAX];
	char out[8192];
	int fd;

	if (!netns_enter())
		return;
	fd = mkstemp(path);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	snprintf(command, sizeof(command),
		 "{ ip addr add 198.51.100.3/32 dev lo && exec %s -c %s"
		 " --check; } 2>&1",
		 program, path);
	CU_ASSERT_EQUAL(said(command, out, sizeof(out)), 0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "line 5: this pool of realm a holds"
			    " 198.51.100.3, which is an address of lo"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "line 4: nobody can use realm a: none of its"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(out, "line 3: the controller 192.0.2.2:2944 cannot be"
			    " reached: Network is unreachable"));
	CU_ASSERT_PTR_NULL(strstr(out, "realm b"));
	CU_ASSERT_PTR_NULL(strstr(out, "controller 127"));
	unlink(path);
}

#ifndef __SANITIZE_THREAD__ /* it needs the addresses itself */
/* Where no thread can be made, nobody would take the lines of the log. */
static void no_log(void)
{
	char command[3 * PATH_MAX], out[8192];

	/* The stack of a thread would have 140 TB. */
	snprintf(command, sizeof(command),
		 "prlimit --stack=140000000000000 %s -c " SOURCE_DIR
		 "/conf/bgfd.xml 2>&1",
		 program);
	CU_ASSERT_EQUAL(said(command, out, sizeof(out)), 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "bgfd: the log cannot be started"));
}
#endif

static const struct suite_test tests[] = {
	{ "options and exit codes of bgfd", options },
	{ "--check tells what is missing", needs },
#ifndef __SANITIZE_THREAD__
	{ "no log, no start", no_log },
#endif
	{ "--check tells what does not fit the network", net },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/cmdline", tests);
}
