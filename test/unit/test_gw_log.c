/*
 * test/unit/test_gw_log.c - the log: its forms, its limits, and that nobody
 * waits for whoever reads it
 */
#include "gateway/journal.h"
#include "gateway/log_form.h"
#include "gateway/log_msg.h"
#include "gateway/log_sink.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WALL_US = 1764108000, HANGS_S = 120, LINES = 20000 };

static char *text; /* what was written to stderr */
static size_t n_text;
static FILE *keep;

static void listen_to_stderr(void)
{
	keep = stderr;
	stderr = open_memstream(&text, &n_text);
}

static void stop_listening(void)
{
	fclose(stderr);
	stderr = keep;
}

static void forget(void)
{
	free(text);
	text = NULL;
	gw_clock_freeze(0, 0);
	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
}

/* So that the next test is told of its own losses only. */
static void nothing_untold(void)
{
	listen_to_stderr();
	gw_log_setup(LOG_WARNING, CONF_LOG_TEXT);
	gw_log_tick();
	stop_listening();
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "lines of the log were lost"));
	forget();
}

static unsigned int count(const char *in, const char *what)
{
	unsigned int n = 0;

	for (; (in = strstr(in, what)); in += strlen(what))
		n++;
	return n;
}

/* --- forms --------------------------------------------------------------- */

static const struct gw_about everything = {
	.gw = "edge",
	.ctx = 7,
	.term = "ip/1/a\n\033[31m/2",
	.txn = 4711,
	.peer = "192.0.2.1:2944",
	.is_out = true,
	.octets = 321,
};

static const char *form(enum conf_log_format as, const struct gw_about *about,
			const char *body, size_t n)
{
	static char buf[GW_LOG_LEAST + 1];
	struct gw_log_line line = {
		.priority = LOG_NOTICE,
		.part = 1,
		.wall_us = WALL_US * UINT64_C(1000000) + 123456,
		.about = about,
		.text = "said \"so\"",
		.body = body,
		.n_body = n,
	};

	buf[gw_log_form(&line, as, buf, GW_LOG_LEAST)] = '\0';
	return buf;
}

static void forms(void)
{
	static const char body[] = "!/3 [1]\r\nT=1{\x80\"}";
	static const struct gw_about none;

	CU_ASSERT_STRING_EQUAL(form(CONF_LOG_TEXT, &none, NULL, 0),
			       "2025-11-25T22:00:00.123Z notice said \"so\"\n");
	CU_ASSERT_STRING_EQUAL(
		form(CONF_LOG_TEXT, &everything, body, sizeof(body) - 1),
		"2025-11-25T22:00:00.123Z notice gw=edge ctx=7 "
		"term=ip/1/a??[31m/2 txn=4711 dir=out peer=192.0.2.1:2944 "
		"octets=321 said \"so\" "
		"body=\"!/3 [1]\\r\\nT=1{\\u0080\\\"}\"\n");
	CU_ASSERT_STRING_EQUAL(
		form(CONF_LOG_JSON, &none, NULL, 0),
		"{\"time\":\"2025-11-25T22:00:00.123Z\",\"level\":\"notice\","
		"\"part\":\"h248\",\"text\":\"said \\\"so\\\"\"}\n");
	CU_ASSERT_STRING_EQUAL(
		form(CONF_LOG_JSON, &everything, body, sizeof(body) - 1),
		"{\"time\":\"2025-11-25T22:00:00.123Z\",\"level\":\"notice\","
		"\"part\":\"h248\",\"gw\":\"edge\",\"ctx\":7,"
		"\"term\":\"ip/1/a\\n\\u001b[31m/2\",\"txn\":4711,"
		"\"dir\":\"out\",\"peer\":\"192.0.2.1:2944\",\"octets\":321,"
		"\"text\":\"said \\\"so\\\"\","
		"\"body\":\"!/3 [1]\\r\\nT=1{\\u0080\\\"}\"}\n");
}

static void journal_fields(void)
{
	static const char want[] =
		"SYSLOG_IDENTIFIER=bgfd\nPRIORITY=5\nBGF_PART=h248\n"
		"BGF_TIME=2025-11-25T22:00:00.123Z\n"
		"BGF_GATEWAY=edge\nBGF_CONTEXT=7\n"
		"BGF_TERMINATION=ip/1/a??[31m/2\nBGF_TRANSACTION=4711\n"
		"BGF_DIRECTION=out\nBGF_PEER=192.0.2.1:2944\nBGF_OCTETS=321\n"
		"MESSAGE=gw=edge ctx=7 term=ip/1/a??[31m/2 txn=4711 dir=out "
		"peer=192.0.2.1:2944 octets=321 said \"so\"\n"
		"BGF_BODY\n\x05\0\0\0\0\0\0\0a\nB=c\n";

	CU_ASSERT(!memcmp(form(CONF_LOG_JOURNAL, &everything, "a\nB=c", 5),
			  want, sizeof(want)));
}

/* Only the body is cut off, and the line is whole. */
static void long_body(void)
{
	static char body[16384];
	const char *line;
	json_t *j;

	memset(body, '\n', sizeof(body));
	line = form(CONF_LOG_JSON, &everything, body, sizeof(body));
	CU_ASSERT(strlen(line) > GW_LOG_LEAST - 32);
	j = json_loads(line, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL(json_object_get(j, "body"));
	json_decref(j);
	line = form(CONF_LOG_TEXT, &everything, body, sizeof(body));
	CU_ASSERT_STRING_EQUAL(line + strlen(line) - 2, "\"\n");
	CU_ASSERT_EQUAL(count(line, "\n"), 1);
	line = form(CONF_LOG_JOURNAL, &everything, body, sizeof(body));
	line = strstr(line, "BGF_BODY\n") + 9;
	CU_ASSERT_EQUAL(strlen(line + 8),
			(size_t)(unsigned char)line[0] +
				((size_t)(unsigned char)line[1] << 8) + 1);
}

/* What a controller writes begins no line of its own. */
static void forged_line(void)
{
	static const struct gw_about at = { .gw = "edge" };

	listen_to_stderr();
	gw_log_setup(LOG_INFO, CONF_LOG_TEXT);
	gw_log(LOG_INFO, &at, "%s",
	       "a\r\n2025 emerg forged\033[2J\x9b"
	       "1m");
	stop_listening();
	CU_ASSERT_EQUAL(count(text, "\n"), 1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "gw=edge a  2025 emerg forged?[2J?1m\n"));
	forget();
}

/* --- levels, kinds ------------------------------------------------------- */

static void levels_of_parts(void)
{
	listen_to_stderr();
	gw_log_setup(LOG_NOTICE, CONF_LOG_TEXT);
	gw_log_set_part_level(GW_LOG_SESSION >> 3, LOG_DEBUG);
	gw_log(LOG_INFO, NULL, "one");
	gw_log(GW_LOG_SESSION | LOG_DEBUG, NULL, "two");
	gw_log(GW_LOG_H248 | LOG_NOTICE, NULL, "three");
	gw_log_set_level(LOG_ERR);
	gw_log(GW_LOG_SESSION | LOG_NOTICE, NULL, "four");
	gw_log(GW_LOG_H248 | LOG_NOTICE, NULL, "five");
	stop_listening();
	CU_ASSERT_EQUAL(count(text, "\n"), 2);
	CU_ASSERT(strstr(text, "debug two\n") && strstr(text, "three\n"));
	CU_ASSERT_EQUAL(gw_log_part_level(GW_LOG_MESSAGES >> 3), LOG_NOTICE);
	forget();
}

static void configured(void)
{
	static struct conf conf = { .log_level = LOG_WARNING,
				    .log_part = { 0, LOG_DEBUG + 1, 0 },
				    .log_messages = CONF_MESSAGES_BODY };

	gw_log_configure(&conf);
	CU_ASSERT_EQUAL(gw_log_part_level(0), LOG_WARNING);
	CU_ASSERT_EQUAL(gw_log_part_level(1), LOG_DEBUG);
	CU_ASSERT_EQUAL(gw_log_part_level(2), LOG_WARNING);
	CU_ASSERT_EQUAL(gw_log_part_level(3), LOG_DEBUG);
	forget();
}

static void say_often(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		gw_log(LOG_INFO, NULL, "often %u", i);
}

static void limited(void)
{
	static struct conf conf = { .log_level = LOG_INFO, .log_rate = 3 };
	uint64_t before = gw_log_held();

	listen_to_stderr();
	gw_clock_freeze(1000000, WALL_US);
	gw_log_configure(&conf);
	say_often(10);
	gw_log(LOG_INFO, NULL, "another kind");
	gw_log_tick(); /* its second is not over */
	CU_ASSERT_EQUAL(gw_log_held() - before, 7);
	gw_clock_freeze(1999999, WALL_US);
	say_often(1);
	gw_clock_freeze(2000000, WALL_US);
	gw_log_tick();
	gw_log_tick();
	say_often(4);
	gw_clock_freeze(3000000, WALL_US);
	say_often(1); /* tells before it is written itself */
	gw_log_tick();
	stop_listening();
	CU_ASSERT_EQUAL(count(text, " often "), 3 + 1 + 3 + 1 + 1);
	CU_ASSERT_EQUAL(count(text, "another kind"), 1);
	CU_ASSERT_EQUAL(count(text, "info 8 more held back like: often 2\n"),
			1);
	CU_ASSERT_EQUAL(count(text, "info 1 more held back like: often 2\n"),
			1);
	CU_ASSERT_EQUAL(gw_log_held() - before, 9);
	forget();
}

/* All that the protocol says comes through one function. */
static void kinds_of_the_protocol(void)
{
	static struct conf conf = { .log_level = LOG_INFO, .log_rate = 1 };
	struct rig *r = rig_new(10);

	listen_to_stderr();
	gw_clock_freeze(1000000, WALL_US);
	gw_log_configure(&conf);
	gw_log_plain(&r->gw, LOG_NOTICE, "connection 1 closed");
	gw_log_plain(&r->gw, LOG_NOTICE, "connection 2 closed");
	gw_log_plain(&r->gw, LOG_NOTICE, "no memory");
	stop_listening();
	CU_ASSERT_EQUAL(count(text, "connection"), 1);
	CU_ASSERT_EQUAL(count(text, "no memory"), 1);
	forget();
	gw_clock_freeze(2000001, WALL_US);
	gw_log_tick();
	gw_clock_freeze(0, 0);
	rig_free(r);
}

/* --- messages ------------------------------------------------------------ */

static void masks(void)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "AU=0x101:0x2:0x0123abCD\n!/3 [1]\nT=1{}",
		  "AU=0x101:0x2:0x********\n!/3 [1]\nT=1{}" },
		{ " Authentication = 0x1 : 0x2 : 0xFF !/3",
		  " Authentication = 0x1 : 0x2 : 0x** !/3" },
		{ "AU=0x1:0x2", "AU=0x1:0x2" },
		{ "AU=0x1:0x2:", "AU=0x1:0x2:" },
		{ "AU=0x1:0x2:0x", "AU=0x1:0x2:0x" },
		{ "!/3 [1]\nT=1{C=1{}}", "!/3 [1]\nT=1{C=1{}}" },
		{ "v=0\r\nk=clear:secret\r\nmk=2\n",
		  "v=0\r\nk=************\r\nmk=2\n" },
		{ "k=x", "k=*" },
		{ "v=0\r\n \tk=clear:x\r\n", "v=0\r\n \tk=*******\r\n" },
		{ "v=0\nK=x\n", "v=0\nK=*\n" },
		{ "a=crypto:1 X INLINE:abc", "a=crypto:1 X INLINE:***" },
		{ "a=key-mgmt:mikey AQ==\n", "a=key-mgmt:**********\n" },
		{ "a=ice-pwd:abc\n", "a=ice-pwd:***\n" },
		{ ";x\nAU=0x1:;y\n0x2:0xFF !/3",
		  ";x\nAU=0x1:;y\n0x2:0x** !/3" },
		{ "a=crypto:1 X inline:abc+/=|2^20 Y",
		  "a=crypto:1 X inline:******|2^20 Y" },
		{ "inline:", "inline:" },
		{ "", "" },
	};
	char buf[128];

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		strcpy(buf, t[i].in);
		gw_log_mask(buf, strlen(buf));
		CU_ASSERT_STRING_EQUAL(buf, t[i].out);
	}
}

static void transactions(void)
{
	static const struct {
		const char *in;
		uint32_t id;
	} t[] = {
		{ "!/3 [192.0.2.1]:2944\nT=4711{C=1{}}", 4711 },
		{ "MEGACO/3 [192.0.2.1] Transaction = 12 { }", 12 },
		{ "AU=0x1:0x2:0x3\n!/1 mg P=5{}", 5 },
		{ "!/3 [1] ER=400{\"x\"}", 400 },
		{ "!/3 [1] K{5}", 0 },
		{ "!/3 [1] T=4294967296{", 0 },
		{ "!/3 [1] T=", 0 },
		{ "!/3", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		CU_ASSERT_EQUAL(gw_log_transaction(t[i].in, strlen(t[i].in)),
				t[i].id);
}

/* No line, one line, all of it: as the level of the messages says.  None is
 * kept for `events`, where they would push everything else out. */
static void messages(void)
{
	struct rig *r = rig_new(10);
	uint64_t kept = gw_journal_last();

	listen_to_stderr();
	gw_log_setup(LOG_DEBUG, CONF_LOG_JSON);
	rig_ask(r, "C=-{AV=ROOT{AT{}}}");
	CU_ASSERT_EQUAL(fflush(stderr), 0);
	CU_ASSERT_PTR_NULL(strstr(text, "\"part\":\"messages\""));
	gw_log_set_part_level(GW_LOG_MESSAGES >> 3, LOG_INFO);
	rig_ask(r, "C=-{AV=ROOT{AT{}}}");
	fflush(stderr);
	CU_ASSERT_EQUAL(count(text, "\"part\":\"messages\""), 2);
	CU_ASSERT_EQUAL(count(text, "\"dir\":\"in\",\"peer\":\""), 1);
	CU_ASSERT_EQUAL(count(text, "\"dir\":\"out\",\"peer\":\""), 1);
	CU_ASSERT_EQUAL(count(text, "\"body\""), 0);
	gw_log_set_part_level(GW_LOG_MESSAGES >> 3, LOG_DEBUG);
	rig_ask(r, "C=-{AV=ROOT{AT{}}}");
	stop_listening();
	CU_ASSERT_EQUAL(count(text, ",\"body\":\""), 2);
	CU_ASSERT_EQUAL(count(text, "C=-{AV=ROOT{AT{}}}"), 1);
	CU_ASSERT_EQUAL(gw_journal_last(), kept);
	rig_free(r);
	forget();
}

/* --- who does not read --------------------------------------------------- */

static void blocking(int fd, bool want)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, want ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

/* A pipe that takes nothing more. */
static void full_pipe(int fd[2])
{
	static const char filler[4096];

	CU_ASSERT_EQUAL_FATAL(pipe2(fd, O_CLOEXEC), 0);
	fcntl(fd[1], F_SETPIPE_SZ, 65536);
	blocking(fd[1], false);
	while (write(fd[1], filler, sizeof(filler)) > 0)
		;
	blocking(fd[1], true);
}

/* Reads lines "N\n..." until the last one that must come; whether they are in
 * their order.  *n: how many. */
static bool in_order(int fd, uint64_t n_want, uint64_t *n)
{
	FILE *f = fdopen(fd, "r");
	long last = -1, now;
	bool is_good = true;
	char line[256];
	int c;

	while ((c = getc(f)) == '\0')
		; /* the filler */
	ungetc(c, f);
	for (*n = 0; *n < n_want && fgets(line, sizeof(line), f); ++*n) {
		now = strtol(line, NULL, 10);
		is_good = is_good && now > last;
		last = now;
	}
	fclose(f);
	return is_good;
}

/* More than fits the ring, while nobody reads: none of it waits. */
static void stopped_reader(void)
{
	uint64_t before = gw_sink_lost(), lost, n;
	char line[128];
	int fd[2];

	full_pipe(fd);
	alarm(HANGS_S);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(fd[1], NULL), 0);
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%-99d\n", i);
		gw_sink_put(GW_SINK_STDERR, line, 100);
	}
	lost = gw_sink_lost() - before;
	CU_ASSERT(lost > LINES - GW_SINK_OCTETS / 100 - 1);
	CU_ASSERT(lost < LINES - GW_SINK_OCTETS / 128);
	CU_ASSERT_FALSE(gw_sink_has_room(GW_SINK_LINE));
	/* now somebody does */
	CU_ASSERT(in_order(fd[0], LINES - lost, &n));
	CU_ASSERT_EQUAL(n, LINES - lost);
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S));
	CU_ASSERT_EQUAL(gw_sink_lost() - before, lost);
	nothing_untold();
	alarm(0);
	close(fd[1]);
}

/* What was lost is told, once, when there is room. */
static void loss_is_told(void)
{
	static const char big[GW_SINK_LINE];
	char got[1024] = "";
	ssize_t n;
	int fd[2];

	full_pipe(fd);
	alarm(HANGS_S);
	gw_log_setup(LOG_INFO, CONF_LOG_TEXT);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(fd[1], NULL), 0);
	while (gw_sink_has_room(sizeof(big)))
		gw_sink_put(GW_SINK_STDERR, big, sizeof(big));
	while (gw_sink_has_room(400))
		gw_sink_put(GW_SINK_STDERR, big, 400);
	for (int i = 0; i < 5; i++)
		gw_sink_put(GW_SINK_STDERR, big, sizeof(big));
	gw_log_tick();
	do { /* the filler, and what is big */
		n = read(fd[0], got, sizeof(got));
	} while (!gw_sink_has_room(GW_SINK_OCTETS / 2 / 16) && n > 0);
	gw_log_tick();
	gw_log_tick();
	for (n = 1; !strstr(got, "lost") && n > 0;) {
		n = read(fd[0], got, sizeof(got) - 1);
		got[n > 0 ? n : 0] = '\0';
		for (ssize_t i = 0; i < n; i++)
			got[i] = got[i] ? got[i] : ' ';
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(
		got, "warning 5 lines of the log were lost: nobody took"));
	CU_ASSERT_EQUAL(count(got, "lost"), 1);
	close(fd[0]); /* the rest goes nowhere */
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S));
	alarm(0);
	close(fd[1]);
	forget();
}

/* The end does not wait for ever either. */
static void end_without_reader(void)
{
	int fd[2];

	full_pipe(fd);
	alarm(HANGS_S);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(fd[1], NULL), 0);
	gw_sink_put(GW_SINK_STDERR, "a\n", 2);
	gw_sink_put(GW_SINK_STDERR, "b\n", 2);
	CU_ASSERT_FALSE(gw_sink_stop(50));
	close(fd[0]);
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S));
	alarm(0);
	close(fd[1]);
	nothing_untold();
}

/* libevent finds that something cannot be.  What it says is the last line. */
static void make_fatal(int fd)
{
	struct event_base *base;
	struct event ev;

	alarm(HANGS_S);
	gw_log_setup(LOG_INFO, CONF_LOG_TEXT);
	event_enable_debug_mode();
	gw_log_libevent();
	base = event_base_new();
	if (gw_sink_start(fd, NULL) || !base)
		_exit(1);
	event_assign(&ev, base, -1, 0, NULL, NULL);
	event_debug_unassign(&ev);
	gw_log(LOG_NOTICE, NULL, "before");
	(void)event_add(&ev, NULL);
	_exit(2);
}

/* Lines that wait for their reader are not lost with the process. */
static void libevent_gives_up(void)
{
	static char got[65536];
	int fd[2], status = 0;
	size_t n = 0;
	pid_t pid;
	char c;

	full_pipe(fd);
	pid = fork();
	if (!pid)
		make_fatal(fd[1]);
	close(fd[1]);
	usleep(200000); /* it has most likely tried */
	while (read(fd[0], &c, 1) == 1)
		if (c && n < sizeof(got) - 1)
			got[n++] = c;
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "notice before\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "error libevent: "));
	close(fd[0]);
}

/* Whoever shares stderr with us has made it non-blocking. */
static void not_blocking(void)
{
	uint64_t before = gw_sink_lost(), n;
	int fd[2];

	full_pipe(fd);
	blocking(fd[1], false);
	alarm(HANGS_S);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(fd[1], NULL), 0);
	gw_sink_put(GW_SINK_STDERR, "1\n", 2);
	gw_sink_put(GW_SINK_STDERR, "2\n", 2);
	usleep(20000); /* so that it has most likely tried */
	CU_ASSERT_EQUAL(gw_sink_lost(), before);
	CU_ASSERT(in_order(fd[0], 2, &n));
	CU_ASSERT_EQUAL(n, 2);
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S));
	CU_ASSERT_EQUAL(gw_sink_lost(), before);
	alarm(0);
	close(fd[1]);
}

/* --- the journal --------------------------------------------------------- */

static char directory[] = "/tmp/bgf-log-XXXXXX";
static char path[64];

static int open_journal(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	CU_ASSERT_EQUAL_FATAL(bind(fd, (void *)&at, sizeof(at)), 0);
	return fd;
}

static void to_the_journal(void)
{
	static const struct gw_about at = { .gw = "edge", .ctx = 9 };
	char got[2048] = "";
	int fd = open_journal();
	ssize_t n;

	alarm(HANGS_S);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(STDERR_FILENO, path), 0);
	gw_log_setup(LOG_INFO, CONF_LOG_JOURNAL);
	gw_log(GW_LOG_SESSION | LOG_WARNING, &at, "well\nsaid");
	n = recv(fd, got, sizeof(got) - 1, 0);
	got[n > 0 ? n : 0] = '\0';
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "PRIORITY=4\nBGF_PART=session\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "\nBGF_CONTEXT=9\nMESSAGE=gw=edge "
					   "ctx=9 well said\n"));
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S));
	alarm(0);
	close(fd);
	unlink(path);
	forget();
}

/* One that is there, and reads nothing; then one that is gone. */
static void stopped_journal(void)
{
	uint64_t before = gw_sink_lost();
	int fd = open_journal();

	alarm(HANGS_S);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(STDERR_FILENO, path), 0);
	gw_log_setup(LOG_INFO, CONF_LOG_JOURNAL);
	for (int i = 0; i < LINES; i++)
		gw_log(LOG_INFO, NULL, "line %d", i);
	CU_ASSERT(gw_sink_lost() > before);
	close(fd);
	unlink(path);
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S)); /* each fails at once */
	alarm(0);
	CU_ASSERT(gw_sink_lost() - before > LINES / 2);
	nothing_untold();
	forget();
}

static void what_auto_means(void)
{
	int fd = open_journal(), err[2], old = dup(STDERR_FILENO);
	char got[256], stream[64];
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, err), 0);
	CU_ASSERT_EQUAL_FATAL(gw_sink_start(err[1], path), 0);
	dup2(err[1], STDERR_FILENO);
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), "%llu:%llu",
		 (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	gw_log_setup(LOG_INFO, CONF_LOG_AUTO);
	gw_log(LOG_INFO, NULL, "to the journal");
	snprintf(stream, sizeof(stream), "%llu:%llu",
		 (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1); /* of our parent */
	gw_log_setup(LOG_INFO, CONF_LOG_AUTO);
	gw_log(LOG_INFO, NULL, "to stderr");
	unsetenv("JOURNAL_STREAM");
	gw_log_setup(LOG_INFO, CONF_LOG_AUTO);
	gw_log(LOG_INFO, NULL, "as well");
	CU_ASSERT(gw_sink_stop(1000 * HANGS_S));
	dup2(old, STDERR_FILENO);
	close(old);
	CU_ASSERT(recv(fd, got, sizeof(got), MSG_DONTWAIT) > 0);
	CU_ASSERT(recv(fd, got, sizeof(got), MSG_DONTWAIT) < 0);
	memset(got, 0, sizeof(got));
	CU_ASSERT(recv(err[0], got, sizeof(got) - 1, MSG_DONTWAIT) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "to stderr\n"));
	CU_ASSERT_PTR_NULL(strstr(got, "journal"));
	close(err[0]);
	close(err[1]);
	close(fd);
	unlink(path);
	forget();
}

/* Asked for, and not there: text, and a line about it. */
static void no_journal(void)
{
	listen_to_stderr();
	gw_log_setup(LOG_INFO, CONF_LOG_JOURNAL);
	gw_log(LOG_INFO, NULL, "seen");
	stop_listening();
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "there is no journal here\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "info seen\n"));
	forget();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "A02 text and JSON", forms },
		{ "A02 fields of the journal", journal_fields },
		{ "a body that does not fit", long_body },
		{ "A02 a forged line", forged_line },
		{ "levels of parts", levels_of_parts },
		{ "as configured", configured },
		{ "so many of a kind in a second", limited },
		{ "kinds of what the protocol says", kinds_of_the_protocol },
		{ "secrets in messages", masks },
		{ "the transaction of a message", transactions },
		{ "the log of messages", messages },
		{ "P14 a reader that has stopped", stopped_reader },
		{ "P14 what was lost is told", loss_is_told },
		{ "P14 the end without a reader", end_without_reader },
		{ "P14 a stderr that does not block", not_blocking },
		{ "P14 libevent gives up", libevent_gives_up },
		{ "the journal", to_the_journal },
		{ "P14 a journal that has stopped", stopped_journal },
		{ "journal or text", what_auto_means },
		{ "no journal", no_journal },
		{ NULL, NULL },
	};
	int r;

	if (!mkdtemp(directory))
		return 1;
	snprintf(path, sizeof(path), "%s/journal", directory);
	r = suite_run("gateway/log", tests);
	rmdir(directory);
	return r;
}
