/* test/unit/test_tools_mgcsim_play.c - scenarios of mgcsim, played in one process
 *
 * The gateways are sockets of the same event base: they register, and answer
 * each request with a new context whose Notify comes at once.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "h248/addr.h"
#include "test/support/suite.h"
#include "tools/mgcsim/crowd.h"

#define SCHEMA SOURCE_DIR "/test/scenarios/scenario.rng"

static char dir[] = "/tmp/test_mgcsim.XXXXXX";
static char err[512];

static const char *put(const char *name, const char *text)
{
	static char path[sizeof(dir) + 64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	return path;
}

/* The steps inside <scenario>, each in a line of its own from 2 on. */
static int load(struct scenario *s, const char *steps)
{
	char text[8192];

	snprintf(text, sizeof(text), "<scenario name=\"t\">\n%s\n</scenario>\n",
		 steps);
	return scenario_load(s, put("t.xml", text), SCHEMA, err, sizeof(err));
}

struct table {
	struct verdicts all;
	struct event_base *base;
	struct sim sim;
	struct vars vars;
	struct data data;
	unsigned int n_users;
};

static void open_table(struct table *t)
{
	struct sim_params p = { .version = 3, .is_silent = true };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&p.listen;

	memset(t, 0, sizeof(*t));
	in4->sin_family = AF_INET;
	in4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	t->base = event_base_new();
	t->n_users = 1;
	verdicts_init(&t->all);
	CU_ASSERT_EQUAL_FATAL(sim_init(&t->sim, &p, t->base), 0);
}

static void close_table(struct table *t)
{
	verdicts_fini(&t->all);
	sim_fini(&t->sim);
	vars_fini(&t->vars);
	data_fini(&t->data);
	event_base_free(t->base);
}

static void play(struct table *t, struct scenario *s)
{
	struct crowd_params p = {
		.sim = &t->sim,
		.scenario = s,
		.vars = &t->vars,
		.data = t->data.n_rows ? &t->data : NULL,
		.n_users = t->n_users,
		.timeout_ms = 20000,
	};

	CU_ASSERT_EQUAL(crowd_play(&p, &t->all), 0);
}

/* Steps that need no gateway; why NULL: they pass. */
struct alone {
	const char *name, *steps, *why;
};

static const struct alone ALONE[] = {
	{ "the first branch",
	  "<set var=\"x\" value=\"2\"/>\n"
	  "<if test=\"$x = 2\"><set var=\"y\" value=\"a\"/>"
	  "<else><set var=\"y\" value=\"b\"/></else></if>\n"
	  "<assert path=\"$y\" equals=\"a\"/>",
	  NULL },
	{ "the other branch",
	  "<set var=\"x\" value=\"3\"/>\n"
	  "<if test=\"$x = 2\"><fail>here</fail>"
	  "<else><set var=\"y\" value=\"b\"/></else></if>\n"
	  "<assert path=\"$y\" equals=\"b\"/>",
	  NULL },
	{ "no branch at all", "<if test=\"1 = 2\"><fail>here</fail></if>",
	  NULL },
	{ "a branch that fails", "<if test=\"1 = 1\">\n<fail>here</fail></if>",
	  "t.xml:3 <fail>: here" },
	{ "a loop that counts",
	  "<set var=\"n\" value=\"0\"/>\n"
	  "<repeat times=\"3\" var=\"i\">"
	  "<repeat times=\"2\"><set var=\"n\" select=\"$n + $i\"/></repeat>"
	  "</repeat>\n<assert path=\"$n\" equals=\"12\"/>",
	  NULL },
	{ "a loop of no rounds",
	  "<repeat times=\"0\"><fail>here</fail></repeat>", NULL },
	{ "a loop with a condition",
	  "<set var=\"n\" value=\"1\"/>\n"
	  "<while test=\"$n &lt; 100\" var=\"k\">"
	  "<set var=\"n\" select=\"$n * 2\"/></while>\n"
	  "<assert path=\"concat($n, '/', $k)\" equals=\"128/7\"/>",
	  NULL },
	{ "a loop that is left",
	  "<repeat times=\"9\" var=\"i\"><if test=\"$i = 4\"><break/></if>"
	  "</repeat>\n<assert path=\"$i\" equals=\"4\"/>",
	  NULL },
	{ "a loop without an end",
	  "<while test=\"true()\" limit=\"50\"><set var=\"x\" value=\"\"/>"
	  "</while>",
	  "t.xml:2 <while>: the loop was made 50 times" },
	{ "more steps than in one turn",
	  "<repeat times=\"5000\" var=\"i\"><set var=\"n\" value=\"${i}\"/>"
	  "</repeat>\n<assert path=\"$n\" equals=\"5000\"/>",
	  NULL },
	{ "a procedure, with values of the caller",
	  "<procedure name=\"p\"><set var=\"out\" "
	  "value=\"${a}${b}\"/></procedure>\n"
	  "<set var=\"a\" value=\"1\"/>\n"
	  "<call name=\"p\"><with var=\"a\" value=\"2\"/>"
	  "<with var=\"b\" value=\"${a}\"/></call>\n"
	  "<assert path=\"concat($out, $a)\" equals=\"211\"/>\n"
	  "<print>${b}</print>",
	  "variable ${b} is not set" },
	{ "a procedure that calls itself",
	  "<procedure name=\"p\"><call name=\"p\"/></procedure>\n"
	  "<call name=\"p\"/>",
	  "parts inside parts" },
	{ "an end before the last step",
	  "<repeat times=\"2\"><if test=\"true()\"><end/></if></repeat>"
	  "<fail>here</fail>",
	  NULL },
	{ "numbers that are met",
	  "<assert path=\"7\" min=\"7\" max=\"7\" above=\"6.9\" "
	  "below=\"7.1\"/>",
	  NULL },
	{ "min", "<assert path=\"7\" min=\"7.5\"/>", "a number from 7.5" },
	{ "max", "<assert path=\"7\" max=\"6\"/>", "a number up to 6" },
	{ "above", "<assert path=\"7\" above=\"7\"/>", "a number above 7" },
	{ "below", "<assert path=\"7\" below=\"7\"/>", "a number below 7" },
	{ "no number at all", "<assert path=\"'7x'\" min=\"1\"/>",
	  "is \"7x\", expected a number from 1" },
	{ "as numbers, not as text", "<assert path=\"10\" above=\"9\"/>",
	  NULL },
	{ "a pause is over", "<pause ms=\"1\"/>", NULL },
	{ "a file that does not come", "<wait file=\"/no/such\" within=\"1\"/>",
	  "not done in time" },
	{ "the other way when a file does not come",
	  "<wait file=\"/no/such\" within=\"1\"><timeout>"
	  "<set var=\"x\" value=\"late\"/></timeout></wait>\n"
	  "<assert path=\"$x\" equals=\"late\"/>",
	  NULL },
	{ "a number that is none",
	  "<set var=\"n\" value=\"x\"/>\n<pause ms=\"${n}\"/>",
	  "ms=\"x\" is no number" },
	{ "nobody registers", "<register within=\"1\"/>", "not done in time" },
	{ "a command that fails", "<exec>exit 3</exec>", "status 3" },
};

/* A port of the loopback that nobody has now. */
static void free_port(struct table *t)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	socklen_t n = sizeof(in4);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char text[16];

	in4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&in4, n), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&in4, &n), 0);
	close(fd);
	snprintf(text, sizeof(text), "%u", ntohs(in4.sin_port));
	vars_set(&t->vars, "port", text);
}

static void play_alone(const struct alone *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct alone *a = &list[i];
		const struct verdict *v;
		struct scenario s = { 0 };
		struct table t;
		bool is_good;

		if (load(&s, a->steps)) {
			CU_FAIL("a scenario of the table is not valid");
			fprintf(stderr, "%s: %s\n", a->name, err);
			continue;
		}
		open_table(&t);
		free_port(&t);
		play(&t, &s);
		v = STAILQ_FIRST(&t.all.list);
		CU_ASSERT_PTR_NOT_NULL_FATAL(v);
		is_good = v->is_pass == !a->why;
		if (a->why) {
			char text[2048];

			snprintf(text, sizeof(text), "%s <%s>: %s", v->where,
				 v->step, v->why);
			is_good = is_good && strstr(text, a->why);
		}
		CU_ASSERT(is_good);
		if (!is_good)
			fprintf(stderr, "%s: %s %s\n", a->name, v->where,
				v->why);
		close_table(&t);
		scenario_fini(&s);
	}
}

static void steps_without_a_gateway(void)
{
	play_alone(ALONE, sizeof(ALONE) / sizeof(ALONE[0]));
}

/* What is wrong with a file, said before anything is sent. */
static const struct {
	const char *steps, *what;
} WRONG[] = {
	{ "<set var=\"a\" value=\"\"/>\n<sned/>", "t.xml:3: " },
	{ "<break/>", "t.xml:2: <break>: stands in no loop" },
	{ "<repeat times=\"1\"><call name=\"p\"/></repeat>\n"
	  "<procedure name=\"p\">\n<break/></procedure>",
	  "t.xml:4: <break>: stands in no loop" },
	{ "<call name=\"q\"/>", "t.xml:2: <call>: there is no such" },
	{ "<call scenario=\"q.xml\"/>", "q.xml" },
	{ "\n<assert path=\"count(1\"/>",
	  "t.xml:3: <assert>: \"count(1\" is no" },
	{ "<expect type=\"request\" match=\"//a[\"/>", "t.xml:2: <expect>: " },
	{ "<if test=\"$\"><end/></if>", "t.xml:2: <if>: " },
	{ "<assert path=\"1\" matches=\"(\"/>", "t.xml:2: <assert>: " },
	{ "<expect type=\"reply\" to=\"add\"/>",
	  "t.xml:2: <expect>: to= names" },
	{ "<set var=\"A\" value=\"\"/>", "t.xml:2: " },
	{ "<pause ms=\"-1\"/>", "t.xml:2: " },
	{ "<if test=\"1\"><else><end/></else></if>", "t.xml:2: " },
	{ "<set var=\"a\" value=\"\" select=\"1\"/>", "t.xml:2: " },
	{ "<end/></scenario><scenario>", "t.xml:2: " },
};

static void faults_have_file_and_line(void)
{
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
		struct scenario s = { 0 };

		CU_ASSERT_EQUAL(load(&s, WRONG[i].steps), -EINVAL);
		CU_ASSERT(strstr(err, WRONG[i].what) != NULL);
		if (!strstr(err, WRONG[i].what))
			fprintf(stderr, "%zu: %s\n", i, err);
		scenario_fini(&s);
	}
}

/* The line for the summary and for JUnit names the latest stage, also one of
 * a procedure. */
static void failures_name_their_stage(void)
{
	const struct verdict *v;
	struct scenario s = { 0 };
	struct table t;
	char text[2048] = "";
	FILE *to = fmemopen(text, sizeof(text), "w");

	CU_ASSERT_EQUAL_FATAL(
		load(&s, "<laboratory transport=\"tcp\"><put at=\"host\">"
			 "<any thing=\"1\"/></put></laboratory>"
			 "<stage name=\"first\"/><call name=\"p\"/>\n"
			 "<fail>here</fail>"
			 "<procedure name=\"p\"><stage name=\"second\"/>"
			 "</procedure>"),
		0);
	open_table(&t);
	play(&t, &s);
	v = STAILQ_FIRST(&t.all.list);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	CU_ASSERT_STRING_EQUAL(v->stage, "second");
	verdict_text(v, to);
	fclose(to);
	CU_ASSERT(strstr(text, "step 4 (second), ") == text);
	close_table(&t);
	scenario_fini(&s);
}

static void parts_have_their_own_file_and_line(void)
{
	static const char MAIN[] =
		"<scenario name=\"m\" "
		"xmlns:xi=\"http://www.w3.org/2001/XInclude\">\n"
		"<call scenario=\"sub.xml\"/>\n"
		"<xi:include href=\"parts/p.xml\" "
		"xpointer=\"xpointer(/scenario/*)\"/></scenario>";
	const struct verdict *v;
	struct scenario s = { 0 };
	struct table t;
	char path[sizeof(dir) + 16];

	snprintf(path, sizeof(path), "%s/parts", dir);
	mkdir(path, 0700);
	put("sub.xml", "<scenario name=\"s\"><set var=\"x\" value=\"1\"/>"
		       "</scenario>");
	put("parts/p.xml", "<scenario name=\"p\">\n\n<if test=\"$x = 1\">"
			   "\n<fail>in a part</fail></if></scenario>");
	CU_ASSERT_EQUAL_FATAL(scenario_load(&s, put("m.xml", MAIN), SCHEMA, err,
					    sizeof(err)),
			      0);
	open_table(&t);
	play(&t, &s);
	v = STAILQ_FIRST(&t.all.list);
	CU_ASSERT(strstr(v->where, "parts/p.xml:4") != NULL);
	CU_ASSERT_STRING_EQUAL(v->why, "in a part");
	close_table(&t);
	scenario_fini(&s);
	put("parts/p.xml", "<scenario name=\"p\">\n\n<sned/></scenario>");
	put("m.xml", MAIN);
	CU_ASSERT_EQUAL(scenario_load(&s, put("m.xml", MAIN), SCHEMA, err,
				      sizeof(err)),
			-EINVAL);
	CU_ASSERT(strstr(err, "parts/p.xml:3: ") != NULL);
	scenario_fini(&s);
	put("sub.xml", "<scenario name=\"s\">\n<break/></scenario>");
	put("parts/p.xml", "<scenario name=\"p\"><end/></scenario>");
	CU_ASSERT_EQUAL(scenario_load(&s, put("m.xml", MAIN), SCHEMA, err,
				      sizeof(err)),
			-EINVAL);
	CU_ASSERT(strstr(err, "sub.xml:2: <break>") != NULL);
	scenario_fini(&s);
}

static void data_of_each_user(void)
{
	struct scenario s = { 0 };
	struct table t;

	CU_ASSERT_EQUAL_FATAL(
		load(&s, "<assert path=\"concat($user, '/', $users, $name)\" "
			 "equals=\"${is}\"/>"),
		0);
	open_table(&t);
	t.n_users = 3;
	CU_ASSERT_EQUAL_FATAL(
		data_load(&t.data,
			  put("d.csv",
			      "name,is\r\n"
			      "\"a, \"\"b\"\"\",\"1/3a, \"\"b\"\"\"\r\n"
			      "\r\n"
			      ",2/3\n"),
			  err, sizeof(err)),
		0);
	CU_ASSERT_EQUAL(t.data.n_rows, 2);
	play(&t, &s);
	CU_ASSERT_EQUAL(t.all.n_pass, 2);
	CU_ASSERT_EQUAL(t.all.n_fail, 1); /* the first row comes again */
	close_table(&t);
	scenario_fini(&s);
}

static void data_that_is_wrong(void)
{
	static const struct {
		const char *text, *what;
	} TABLE[] = {
		{ "", "d.csv:1: cannot be read" },
		{ "a,b\n", "d.csv:1: no rows" },
		{ "a,b\n1,2\n\"x\ny\",2\n1\n", "d.csv:5: another number" },
		{ "a,b\n1,2,3\n", "d.csv:2: another number" },
		{ "A\n1\n", "d.csv:1: a name" },
		{ "a\n1\n\"2\n", "d.csv:3: a quote" },
	};

	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		struct data d;

		CU_ASSERT_EQUAL(data_load(&d, put("d.csv", TABLE[i].text), err,
					  sizeof(err)),
				-EINVAL);
		CU_ASSERT(strstr(err, TABLE[i].what) != NULL);
		if (!strstr(err, TABLE[i].what))
			fprintf(stderr, "%zu: %s\n", i, err);
	}
}

/* A gateway: a socket that registers and answers. */
struct gateway {
	const char *mid;
	int fd;
	struct event *event;
	unsigned int ctx; /* of the latest context */
	bool tells_twice; /* after the reply too */
	bool is_mute;
	struct sockaddr_in controller;
	int asked[256]; /* ids of the requests */
	unsigned int n_asked;
};

/* Whoever waits for a processor is asked again before it has answered. */
static bool is_repeated(struct gateway *g, int tid)
{
	for (unsigned int i = 0; i < g->n_asked; i++)
		if (g->asked[i] == tid)
			return true;
	CU_ASSERT_FATAL(g->n_asked < sizeof(g->asked) / sizeof(*g->asked));
	g->asked[g->n_asked++] = tid;
	return false;
}

static void say_to(struct gateway *g, const struct sockaddr_in *to,
		   const char *text)
{
	char buf[512];
	int n = snprintf(buf, sizeof(buf), "!/1 %s\n%s", g->mid, text);

	CU_ASSERT_EQUAL(sendto(g->fd, buf, (size_t)n, 0,
			       (const struct sockaddr *)to, sizeof(*to)),
			n);
}

static void say(struct gateway *g, const char *text)
{
	say_to(g, &g->controller, text);
}

/* The Notify of a context may come before the reply that tells of it. */
static void notify(struct gateway *g, char event)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "T=%u{C=%u{N=ip/1{OE=1{20260115T08300000:g/%c%u}}}}",
		 event * 1000 + g->ctx, g->ctx, event, g->ctx);
	say(g, text);
}

static void on_gateway(evutil_socket_t fd, short what, void *arg)
{
	struct gateway *g = arg;
	char buf[4096], text[256];
	const char *tid;
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, buf, sizeof(buf) - 1, 0,
			     (struct sockaddr *)&from, &len);

	(void)what;
	buf[n > 0 ? n : 0] = '\0';
	tid = strstr(buf, "\nT=");
	if (!tid || g->is_mute || is_repeated(g, atoi(tid + 3)))
		return;
	g->ctx++;
	notify(g, 'x');
	snprintf(text, sizeof(text), "P=%d{C=%u{A=ip/%u}}", atoi(tid + 3),
		 g->ctx, g->ctx);
	say_to(g, &from, text);
	if (g->tells_twice)
		notify(g, 'y');
}

static void open_gateway(struct gateway *g, struct table *t)
{
	g->fd = socket(AF_INET, SOCK_DGRAM, 0);
	memcpy(&g->controller, h248_transport_local(&t->sim.transport),
	       sizeof(g->controller));
	g->event =
		event_new(t->base, g->fd, EV_READ | EV_PERSIST, on_gateway, g);
	event_add(g->event, NULL);
	say(g, "T=1{C=-{SC=ROOT{SV{MT=RS,RE=\"901 Cold Boot\"}}}}");
}

static void close_gateway(struct gateway *g)
{
	event_free(g->event);
	close(g->fd);
}

static unsigned int passes(struct table *t, struct scenario *s)
{
	const struct verdict *v;

	play(t, s);
	STAILQ_FOREACH (v, &t->all.list, entry)
		if (!v->is_pass)
			fprintf(stderr, "user %u: %s %s\n", v->user, v->where,
				v->why);
	return t->all.n_pass;
}

static void each_user_has_its_contexts(void)
{
	struct gateway g = { .mid = "[127.0.0.1]:5001", .tells_twice = true };
	struct scenario s = { 0 };
	struct table t;

	CU_ASSERT_EQUAL_FATAL(
		load(&s,
		     "<register/><repeat times=\"3\">\n"
		     "<send as=\"add\">C=${A=ip/$}</send>\n"
		     "<expect type=\"reply\" to=\"add\" elapsed=\"ms\">"
		     "<bind var=\"ctx\" path=\"/reply/context/@id\"/>"
		     "</expect>\n"
		     "<assert path=\"$ms\" above=\"0\" max=\"19000\"/>\n"
		     "<expect type=\"request\" "
		     "match=\"//event[@name='g/x${ctx}']\">"
		     "<assert path=\"/request/context/@id\" "
		     "equals=\"${ctx}\"/></expect>\n"
		     "<expect type=\"request\" match=\"//event[@name='g/y${ctx}']\"/>"
		     "</repeat>\n<quiet/>"),
		0);
	open_table(&t);
	open_gateway(&g, &t);
	t.n_users = 20;
	CU_ASSERT_EQUAL(passes(&t, &s), 20);
	CU_ASSERT_EQUAL(g.ctx, 60);
	close_gateway(&g);
	close_table(&t);
	scenario_fini(&s);
}

static void gateways_are_known_by_their_mid(void)
{
	struct gateway east = { .mid = "[127.0.0.1]:5001", .ctx = 40 };
	struct gateway west = { .mid = "west.example", .ctx = 80 };
	struct scenario s = { 0 };
	struct table t;

	CU_ASSERT_EQUAL_FATAL(
		load(&s,
		     "<register gateway=\"w\" mid=\"&lt;west.example>\"/>\n"
		     "<register gateway=\"e\"/>\n"
		     "<send as=\"w\" gateway=\"w\">C=${A=ip/$}</send>\n"
		     "<expect type=\"request\" gateway=\"w\">"
		     "<assert path=\"//context/@id\" equals=\"81\"/></expect>\n"
		     "<send as=\"e\" gateway=\"e\">C=${A=ip/$}</send>\n"
		     "<expect type=\"reply\" to=\"e\">"
		     "<assert path=\"//context/@id\" equals=\"41\"/></expect>\n"
		     "<expect type=\"reply\" to=\"w\">"
		     "<assert path=\"//context/@id\" equals=\"81\"/></expect>\n"
		     "<use gateway=\"e\"/>\n"
		     "<expect type=\"request\">"
		     "<assert path=\"//context/@id\" equals=\"41\"/></expect>\n"
		     "<send as=\"two\">C=${A=ip/$}</send>\n"
		     "<expect type=\"reply\" to=\"two\">"
		     "<assert path=\"//context/@id\" equals=\"42\"/></expect>\n"
		     "<use gateway=\"nowhere\"/>"),
		0);
	open_table(&t);
	east.mid = "[127.0.0.1]:5001";
	west.mid = "<west.example>";
	open_gateway(&east, &t);
	open_gateway(&west, &t);
	play(&t, &s);
	CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&t.all.list)->why,
			       "no gateway is called nowhere");
	close_gateway(&east);
	close_gateway(&west);
	close_table(&t);
	scenario_fini(&s);
}

static void no_answer_in_time_is_a_branch(void)
{
	struct gateway g = { .mid = "[127.0.0.1]:5001", .is_mute = true };
	struct scenario s = { 0 };
	struct table t;

	CU_ASSERT_EQUAL_FATAL(
		load(&s, "<register/>\n<send as=\"a\">C=${A=ip/$}</send>\n"
			 "<expect type=\"reply\" to=\"a\" within=\"1\">"
			 "<timeout><set var=\"x\" value=\"1\"/></timeout>"
			 "</expect>\n<assert path=\"$x\" equals=\"1\"/>\n"
			 "<send>C=${\n A=ip/$,\n Q=7}</send>"),
		0);
	open_table(&t);
	open_gateway(&g, &t);
	play(&t, &s);
	CU_ASSERT(strstr(STAILQ_FIRST(&t.all.list)->why, "no H.248: ") != NULL);
	CU_ASSERT(strstr(STAILQ_FIRST(&t.all.list)->why, "t.xml:8: ") != NULL);
	close_gateway(&g);
	close_table(&t);
	scenario_fini(&s);
}

/* A request that is lost comes again; the answer to a copy is the first. */
static void faults_of_a_scenario(void)
{
	struct gateway g = { .mid = "[127.0.0.1]:5001" };
	struct scenario s = { 0 };
	struct table t;

	CU_ASSERT_EQUAL_FATAL(
		load(&s, "<register/>\n<fault do=\"lose\" kind=\"add\" "
			 "direction=\"out\" nth=\"1\"/>\n"
			 "<send as=\"a\">C=${A=ip/$}</send>\n"
			 "<expect type=\"reply\" to=\"a\" elapsed=\"ms\"/>\n"
			 "<assert path=\"$ms\" min=\"300\"/>\n"
			 "<fault do=\"none\"/>\n"
			 "<fault do=\"lose\" direction=\"in\" kind=\"reply\"/>"
			 "<send as=\"b\">C=${A=ip/$}</send>\n"
			 "<expect type=\"reply\" to=\"b\" within=\"400\"/>"),
		0);
	open_table(&t);
	open_gateway(&g, &t);
	play(&t, &s);
	CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&t.all.list)->why,
			       "no reply within 400 ms");
	CU_ASSERT_EQUAL(t.sim.channel.faults.n_hit[FAULT_LOSE], 2);
	close_gateway(&g);
	close_table(&t);
	scenario_fini(&s);
}

/* Messages of the record that passed this port of ours. */
static unsigned int passed_by(const struct record *r, const char *port)
{
	const struct record_msg *msg;
	unsigned int n = 0;

	for (unsigned int i = 0; (msg = record_get(r, i)); i++)
		n += h248_addr_port_of(&msg->local) == strtoul(port, NULL, 10);
	return n;
}

/* Octets as they are, from whatever port, and what is answered there. */
static void raw_octets(void)
{
	struct gateway g = { .mid = "[127.0.0.1]:5001" };
	struct scenario s = { 0 };
	struct table t;

	CU_ASSERT_EQUAL_FATAL(
		load(&s, "<register/>\n<quiet of=\"other\"/>\n"
			 "<raw>!/1 [127.0.0.1]\nT=7{</raw>\n"
			 "<expect type=\"other\"><assert path=\"/reply/@tid\" "
			 "equals=\"7\"/><assert path=\"count(/reply/@port)\" "
			 "equals=\"0\"/></expect>\n"
			 "<raw hex=\"yes\" from=\"127.0.0.1:${port}\">"
			 "212f 31 20 78\n0A 543d 38 00</raw>\n"
			 "<expect type=\"other\"><assert path=\"/reply/@tid\" "
			 "equals=\"8\"/><assert path=\"/reply/@port\" "
			 "equals=\"${port}\"/></expect>\n"
			 "<expect type=\"request\"/><expect type=\"request\"/>"
			 "<raw>!/1 x\nT=9{</raw><expect type=\"request\"/>"
			 "<send as=\"a\">C=${A=ip/$}</send>"
			 "<expect type=\"reply\" to=\"a\"/>"
			 "<quiet of=\"other\"/>"),
		0);
	open_table(&t);
	free_port(&t);
	open_gateway(&g, &t);
	play(&t, &s);
	CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&t.all.list)->why,
			       "a reply (T=9) that no step asked for");
	CU_ASSERT_EQUAL(passed_by(&t.sim.record, vars_get(&t.vars, "port")), 2);
	close_gateway(&g);
	close_table(&t);
	scenario_fini(&s);
}

static void raw_octets_that_are_none(void)
{
	static const char HEX[] = "the text is not hexadecimal";
	static const struct {
		const char *attrs, *text, *why;
	} CASE[] = {
		{ "hex='yes'", "2", HEX },
		{ "hex='yes'", "2g", HEX },
		{ "hex='yes'", "zz", HEX },
		{ "from='127.0.0.1'", "x", "cannot send: Invalid argument" },
		{ "from='[::1]:1'", "x",
		  "cannot send: Address family not supported by protocol" },
	};
	struct gateway g = { .mid = "[127.0.0.1]:5001" };

	for (size_t i = 0; i < sizeof(CASE) / sizeof(CASE[0]); i++) {
		struct scenario s = { 0 };
		struct table t;
		char steps[128];

		snprintf(steps, sizeof(steps), "<register/><raw %s>%s</raw>",
			 CASE[i].attrs, CASE[i].text);
		CU_ASSERT_EQUAL_FATAL(load(&s, steps), 0);
		open_table(&t);
		open_gateway(&g, &t);
		play(&t, &s);
		CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&t.all.list)->why,
				       CASE[i].why);
		close_gateway(&g);
		close_table(&t);
		scenario_fini(&s);
	}
}

/* Sends n octets as they are, and fails.  Why, is in the verdict; returns what the
 * capture says of itself. */
static int captured_raw(struct table *t, struct scenario *s, size_t n)
{
	const char *path = put("t.pcapng", "");
	struct crowd_params p = { .sim = &t->sim,
				  .scenario = s,
				  .vars = &t->vars,
				  .n_users = 1,
				  .timeout_ms = 20000,
				  .capture = capture_new(path) };
	char *text = malloc(n + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, 'x', n);
	text[n] = '\0';
	vars_set(&t->vars, "x", text);
	free(text);
	CU_ASSERT_EQUAL(crowd_play(&p, &t->all), 0);
	return capture_end(p.capture);
}

/* What the transport cannot carry is refused before it is in the record, which
 * is what a capture is made of. */
static void raw_octets_of_no_message(void)
{
	static const struct {
		bool is_tcp;
		size_t n;
		const char *why;
	} CASE[] = {
		{ false, 65507, "sent" },
		{ false, 65508, "no message over UDP has 65508 octets" },
		{ true, 65507, "sent" },
		{ true, 65532, "no message over TCP has 65532 octets" },
		{ true, 0, "no message over TCP has 0 octets" },
	};
	struct gateway g = { .mid = "[127.0.0.1]:5001" };

	for (size_t i = 0; i < sizeof(CASE) / sizeof(CASE[0]); i++) {
		struct scenario s = { 0 };
		struct table t;

		CU_ASSERT_EQUAL_FATAL(load(&s, "<register/>\n<raw>${x}</raw>\n"
					       "<fail>sent</fail>"),
				      0);
		open_table(&t);
		open_gateway(&g, &t);
		t.sim.params.is_tcp = CASE[i].is_tcp;
		CU_ASSERT_EQUAL(captured_raw(&t, &s, CASE[i].n), 0);
		CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&t.all.list)->why,
				       CASE[i].why);
		close_gateway(&g);
		close_table(&t);
		scenario_fini(&s);
	}
}

#define BOTH                                                    \
	"<listen actor=\"s\" on=\"127.0.0.1:${port}\"/>\n"      \
	"<connect actor=\"c\" to=\"127.0.0.1:${port}\"/>\n"     \
	"<await actor=\"s\" state=\"connected\" port=\"p\"/>\n" \
	"<await actor=\"c\" state=\"connected\"/>\n"            \
	"<assert path=\"$p\" equals=\"${port}\"/>\n"

static const struct alone ACTORS[] = {
	{ "octets both ways, and the end of each",
	  BOTH "<transmit actor=\"c\" octets=\"300000\"/>"
	       "<transmit actor=\"s\" octets=\"70000\"/>"
	       "<receive actor=\"s\" from=\"c\"/>"
	       "<receive actor=\"c\" from=\"s\"/>"
	       "<receive actor=\"s\" octets=\"300000\"/>"
	       "<close actor=\"c\" how=\"half\"/>"
	       "<await actor=\"s\" state=\"ended\"/>"
	       "<transmit actor=\"s\" octets=\"9\"/>"
	       "<receive actor=\"c\" from=\"s\"/>"
	       "<close actor=\"s\" how=\"half\"/>"
	       "<await actor=\"c\" state=\"closed\"/>"
	       "<await actor=\"s\" state=\"closed\"/>",
	  NULL },
	{ "a reset",
	  BOTH "<close actor=\"c\" how=\"reset\"/>"
	       "<await actor=\"s\" state=\"reset\"/>",
	  NULL },
	{ "an end that is no reset",
	  BOTH "<close actor=\"c\"/><await actor=\"s\" state=\"ended\"/>",
	  NULL },
	{ "a refusal",
	  "<connect actor=\"c\" to=\"127.0.0.1:${port}\"/>"
	  "<await actor=\"c\" state=\"refused\"/>",
	  NULL },
	{ "where it comes from",
	  "<listen actor=\"s\" on=\"127.0.0.1:${port}\"/>\n"
	  "<connect actor=\"c\" to=\"127.0.0.1:${port}\" "
	  "from=\"127.0.0.2:${port}\"/>\n"
	  "<await actor=\"c\" state=\"connected\" port=\"p\"/>\n"
	  "<assert path=\"$p\" equals=\"${port}\"/>\n",
	  NULL },
	{ "a refusal, unexpected",
	  "<connect actor=\"c\" to=\"127.0.0.1:${port}\"/>\n"
	  "<await actor=\"c\" state=\"connected\"/>",
	  "c is refused (Connection refused)" },
	{ "octets of somebody else",
	  BOTH "<transmit actor=\"c\" octets=\"10\"/>"
	       "<receive actor=\"s\" from=\"c\"/>"
	       "<transmit actor=\"s\" octets=\"10\"/>"
	       "<receive actor=\"c\" from=\"s\"/>"
	       "<receive actor=\"s\" from=\"s\"/>",
	  "the SHA-256 is another" },
	{ "too few octets",
	  BOTH "<transmit actor=\"c\" octets=\"10\"/>"
	       "<close actor=\"c\" how=\"half\"/>"
	       "<receive actor=\"s\" octets=\"11\"/>",
	  "10 octets received, 0 sent" },
	{ "too few octets, from a peer that was closed",
	  BOTH "<transmit actor=\"c\" octets=\"10\"/>"
	       "<close actor=\"c\" how=\"reset\"/>"
	       "<receive actor=\"s\" octets=\"11\"/>",
	  "s is reset" },
	{ "a text",
	  BOTH "<transmit actor=\"c\">MSRP d93kswow SEND</transmit>"
	       "<receive actor=\"s\" octets=\"18\"/>"
	       "<receive actor=\"s\" from=\"c\"/>",
	  NULL },
	{ "a text behind what is not sent yet",
	  BOTH "<hold actor=\"s\"/><transmit actor=\"c\" octets=\"90000000\"/>"
	       "<transmit actor=\"c\">x</transmit>",
	  "c cannot send this: Device or resource busy" },
	{ "one that does not read",
	  BOTH "<hold actor=\"s\"/><transmit actor=\"c\" octets=\"10\"/>"
	       "<receive actor=\"s\" from=\"c\" within=\"200\"/>",
	  "not done in time" },
	{ "one that reads again",
	  BOTH "<hold actor=\"s\"/><transmit actor=\"c\" octets=\"9000000\"/>"
	       "<resume actor=\"s\"/><receive actor=\"s\" from=\"c\"/>",
	  NULL },
	{ "no tap of that name", "<seen tap=\"t\" match=\"/packet\"/>",
	  "no tap is called t" },
	{ "no interface of that name",
	  "<tap name=\"t\" node=\"host\" interface=\"no-such\"/>",
	  "there is nothing to tap at host, interface no-such" },
	{ "flags that are none",
	  "<inject node=\"host\" from=\"127.0.0.1:1\" to=\"127.0.0.1:2\" "
	  "flags=\"SX\" seq=\"1\"/>",
	  "flags=\"SX\" has other letters than SAFRPUEC" },
	{ "a window that no header holds",
	  "<inject node=\"host\" from=\"127.0.0.1:1\" to=\"127.0.0.1:2\" "
	  "flags=\"S\" seq=\"1\" window=\"70000\"/>",
	  "window=\"70000\" is no number up to 65535" },
	{ "a tos that no header holds",
	  "<inject node=\"host\" from=\"127.0.0.1:1\" to=\"127.0.0.1:2\" "
	  "flags=\"S\" seq=\"1\" tos=\"256\"/>",
	  "tos=\"256\" is no number up to 255" },
	{ "two families",
	  "<inject node=\"host\" from=\"127.0.0.1:1\" to=\"[::1]:2\" "
	  "flags=\"S\" seq=\"1\"/>",
	  "cannot be sent" },
	{ "nobody of that name", "<transmit actor=\"x\" octets=\"1\"/>",
	  "no actor is called x" },
	{ "a node that is not there",
	  "<connect actor=\"c\" node=\"x\" to=\"127.0.0.1:1\"/>",
	  "c cannot begin: No such file" },
	{ "no port", "<connect actor=\"c\" to=\"127.0.0.1\"/>",
	  "is no address with a port" },
	{ "a name that is a command", "<node name=\"a;reboot\"/>",
	  "no node can be called a;reboot" },
	{ "a namespace that is not there",
	  "<node name=\"a\" netns=\"no-such\"/>",
	  "no namespace: No such file" },
	{ "a namespace somewhere else",
	  "<node name=\"a\" netns=\"../../proc/self/ns/net\"/>",
	  "no namespace: No such file" },
	{ "a node twice", "<node name=\"host\" netns=\"x\"/>",
	  "no node can be called host" },
	{ "a link to nobody", "<link from=\"host\" to=\"y\"/>",
	  "no node is called y" },
};

static void actors(void)
{
	play_alone(ACTORS, sizeof(ACTORS) / sizeof(ACTORS[0]));
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "steps without a gateway", steps_without_a_gateway },
		{ "faults have file and line", faults_have_file_and_line },
		{ "failures name their stage", failures_name_their_stage },
		{ "parts have their own file and line",
		  parts_have_their_own_file_and_line },
		{ "data of each user", data_of_each_user },
		{ "data that is wrong", data_that_is_wrong },
		{ "each user has its contexts", each_user_has_its_contexts },
		{ "gateways are known by their MID",
		  gateways_are_known_by_their_mid },
		{ "no answer in time is a branch",
		  no_answer_in_time_is_a_branch },
		{ "raw octets", raw_octets },
		{ "raw octets that are none", raw_octets_that_are_none },
		{ "raw octets of no message", raw_octets_of_no_message },
		{ "actors", actors },
		{ "faults of a scenario", faults_of_a_scenario },
		{ NULL, NULL },
	};
	char command[64];
	int rc;

	if (!mkdtemp(dir))
		return 1;
	rc = suite_run("tools/mgcsim_play", TESTS);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) ? 1 : rc;
}
