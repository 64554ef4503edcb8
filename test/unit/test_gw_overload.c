/*
 * test/unit/test_gw_overload.c - the gauge of work, and what is refused when
 *
 * Issue 3, item 9; case ids C35 of the fault catalogue and T32 of the
 * interoperability list.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/ctl_int.h"
#include "gateway/job.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n}"
#define LEG                                    \
	"A=ip/1/access/${M{ST=1{O{MO=SR}," SDP \
	"}},SG{ipnapt/latch{napt=LATCH}}}"
#define HEARTBEAT "C=-{AV=ROOT{AT{}}}"
#define EVENTS(what) "C=-{MF=ROOT{E=7{" what "}}}"

enum { QUEUE = 100 }; /* one job is one percent */

/* The answers, counted by what they hold. */
static struct {
	unsigned int n, errors;
	char last[RIG_OCTETS];
	char order[4096]; /* transaction ids, in order */
	size_t order_n;
} out;

static void count(void *arg, const struct sockaddr_storage *to, const char *buf,
		  size_t n)
{
	const char *reply;

	(void)arg;
	(void)to;
	snprintf(out.last, sizeof(out.last), "%.*s", (int)n, buf);
	out.n++;
	out.errors += strstr(out.last, "ER=") != NULL;
	reply = strstr(out.last, "\nP=");
	if (reply && out.order_n < sizeof(out.order) - 16)
		out.order_n += (size_t)sprintf(out.order + out.order_n, "%d ",
					       atoi(reply + 3));
}

static struct rig *make(unsigned int max_contexts)
{
	struct rig *r = rig_new(max_contexts);

	r->gw.conf.overload.queue = QUEUE;
	memset(&out, 0, sizeof(out));
	r->gw.send = count;
	return r;
}

/* A request that nobody works on yet. */
static void put(struct rig *r, unsigned int tid, const char *actions)
{
	struct sockaddr_storage from = { 0 };
	char buf[4096];
	int n = snprintf(buf, sizeof(buf), "!/3 [198.51.100.10]:2944\nT=%u{%s}",
			 tid, actions);

	from = *h248_assoc_controller(r->gw.assoc);
	gw_input(&r->gw, &from, buf, (size_t)n);
}

/* n requests that wait; their ids begin with 1000000 + the first free. */
static void fill(struct rig *r, unsigned int n)
{
	static unsigned int tid = 1000000;

	while (r->gw.n_jobs < n)
		put(r, tid++, "C=-{AV=ROOT{AT{PG}}}");
}

static void work(struct rig *r)
{
	stub_auto_done(true);
	for (unsigned int i = 0; i < 100 && r->gw.n_jobs; i++) {
		gw_tick(&r->gw);
		rig_events(r);
	}
	stub_auto_done(false);
	CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
}

/* The answer to a request put now, before anything is worked on. */
static bool is_refused(struct rig *r, const char *actions, const char *code)
{
	static unsigned int tid = 2000000;
	unsigned int before = out.n;
	char want[64];

	snprintf(want, sizeof(want), "P=%u{ER=%s{", tid, code);
	put(r, tid++, actions);
	return out.n == before + 1 && strstr(out.last, want);
}

static const struct class_case {
	const char *actions;
	bool at_adds, at_all; /* refused there */
} classes[] = {
	{ "C=${" LEG "}", true, true },
	{ "C=${" LEG "},C=1{S=*{AT{}}}", true, true },
	{ "C=-{AV=ROOT{AT{PG}}},C=${" LEG "}", true, true },
	{ "C=${EG," LEG "}", false, false },
	{ "C=${IEPS=ON," LEG "}", false, false },
	{ "C=${PR=15," LEG "}", false, false },
	{ "C=${PR=14," LEG "}", true, true },
	{ "C=${EG," LEG "},C=${" LEG "}", true, true },
	{ "C=1{" LEG "}", false, true },
	{ "C=1{MF=*{E}}", false, true },
	{ "C=2{MF=*{E}}", false, false }, /* an emergency */
	{ "C=1{EG,MF=*{E}}", false, false },
	{ "C=1{S=*{AT{}}}", false, false },
	{ "C=1{S=*{AT{}},MF=*{E}}", false, true },
	{ "C=*{W-S=*{AT{}}}", false, false },
	{ HEARTBEAT, false, false },
	{ "C=-{AV=ROOT{AT{PG}}}", false, false },
	{ "C=*{AV=*{AT{}}}", false, false },
	{ "C=-{AC=ROOT{AT{M}}}", false, false },
	{ "C=-{SC=ROOT{SV{MT=RS,RE=\"918 x\"}}}", false, false },
	{ EVENTS("it/ito"), false, true },
};

/* Context 1 is an ordinary one, 2 an emergency. */
static void c35_what_is_refused(void)
{
	struct rig *r;
	bool adds, all;

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		r = make(100);
		rig_ask(r, "C=${" LEG "}");
		rig_ask(r, "C=${EG," LEG "}");
		fill(r, 74);
		CU_ASSERT_EQUAL(r->gw.overload.level, GW_LEVEL_NOTIFY);
		fill(r, 75);
		CU_ASSERT_EQUAL(r->gw.overload.level, GW_LEVEL_NO_ADDS);
		adds = is_refused(r, classes[i].actions, "510");
		fill(r, 90);
		CU_ASSERT_EQUAL(r->gw.overload.level, GW_LEVEL_FULL);
		all = is_refused(r, classes[i].actions, "510");
		if (adds != classes[i].at_adds || all != classes[i].at_all)
			fprintf(stderr, "%s: %d %d\n", classes[i].actions, adds,
				all);
		CU_ASSERT_EQUAL(adds, classes[i].at_adds);
		CU_ASSERT_EQUAL(all, classes[i].at_all);
		work(r);
		rig_free(r);
	}
}

/* Before anything is spent on it: no context, no gate, nothing kept. */
static void c35_refused_early(void)
{
	struct rig *r = make(100);
	unsigned int n_before, jobs;

	fill(r, 90);
	n_before = r->gw.n_jobs;
	for (unsigned int i = 0; i < 10000; i++)
		CU_ASSERT_FATAL(is_refused(r, "C=${" LEG "}", "510"));
	jobs = r->gw.n_jobs;
	CU_ASSERT_EQUAL(jobs, n_before);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(stub_count(), 0);
	CU_ASSERT_EQUAL(r->gw.overload.refused_adds, 10000);
	CU_ASSERT_EQUAL(r->gw.stats.error_code[510], 10000);
	/* A copy is a new request: it is served when there is room. */
	put(r, 77, "C=${" LEG "}");
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "P=77{ER=510{"));
	work(r);
	put(r, 77, "C=${" LEG "}");
	work(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "P=77{C=1{A=ip/1/access/1"));
	rig_free(r);
}

static void code_as_configured(void)
{
	struct rig *r = make(100);

	fill(r, 90);
	r->gw.conf.overload.error = CONF_BUSY_503;
	CU_ASSERT(is_refused(r, "C=${" LEG "}", "503"));
	r->gw.conf.overload.error = CONF_BUSY_511;
	CU_ASSERT(is_refused(r, "C=${" LEG "}", "511"));
	rig_free(r);
}

/* Over the limit of the queue only those that go first come in, in front. */
static void c35_served_in_front(void)
{
	struct rig *r = make(1000);
	char want[64];

	rig_ask(r, "C=${" LEG "}");
	fill(r, QUEUE);
	out.order_n = 0;
	put(r, 11, "C=-{AV=ROOT{AT{PG}}}"); /* an audit waits for its turn */
	put(r, 15, "C=1{AV=*{AT{}}}");      /* and so does one of a context */
	put(r, 12, HEARTBEAT);
	put(r, 13, "C=1{S=*{AT{}}}");
	put(r, 14, "C=${EG," LEG "}");
	CU_ASSERT_EQUAL(r->gw.n_jobs, QUEUE + 5);
	work(r);
	/* 13 and 14 wait for the engine; nothing else is before 12. */
	snprintf(want, sizeof(want), "12 ");
	CU_ASSERT_EQUAL(strncmp(out.order, want, strlen(want)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.order, " 13 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.order, " 14 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.order, " 11 "));
	rig_free(r);
}

/* As long as there is no queue to speak of, order is kept. */
static void order_is_kept(void)
{
	struct rig *r = make(1000);

	put(r, 11, "C=-{AV=ROOT{AT{PG}}}");
	put(r, 12, HEARTBEAT);
	put(r, 13, "C=-{AV=ROOT{AT{PG}}}");
	work(r);
	CU_ASSERT_STRING_EQUAL(out.order, "11 12 13 ");
	rig_free(r);
}

/* Thousands of releases and heartbeats over a full queue: none is refused. */
static void c35_releases_are_never_refused(void)
{
	struct rig *r = make(10);

	r->gw.conf.overload.queue = 2048;
	fill(r, 2048);
	for (unsigned int i = 0; i < 6000; i++)
		put(r, 10 + i, i % 2 ? HEARTBEAT : "C=9{S=*{AT{}}}");
	CU_ASSERT_EQUAL(r->gw.n_jobs, 2048 + 6000);
	CU_ASSERT_EQUAL(out.errors, 0);
	work(r);
	CU_ASSERT_EQUAL(out.errors, 3000); /* 411: there is no context 9 */
	CU_ASSERT_EQUAL(r->gw.stats.error_code[510], 0);
	CU_ASSERT_EQUAL(r->gw.stats.error_code[411], 3000);
	rig_free(r);
}

/* ---- how long those take that are admitted ---- */

enum { CAPACITY = 5, STEPS = 400, FLOOD = 10, MAX_TIDS = STEPS * 50 + 1 };

static struct {
	unsigned int step, n;         /* now; answered with a context */
	unsigned int asked[MAX_TIDS]; /* the step of each */
	unsigned int took[STEPS + 1]; /* how many took so many steps */
} waits;

static void note(void *arg, const struct sockaddr_storage *to, const char *buf,
		 size_t n)
{
	const char *reply;

	count(arg, to, buf, n);
	reply = strstr(out.last, "\nP=");
	if (!reply || strstr(reply, "ER="))
		return;
	waits.took[waits.step - waits.asked[atoi(reply + 3)]]++;
	waits.n++;
}

/* Each step so many Adds come, and the engine does CAPACITY of them.  Returns
 * in how many steps 99 of 100 of the admitted are answered. */
static unsigned int p99_of(unsigned int come)
{
	struct rig *r = make(STEPS * CAPACITY);
	unsigned int tid = 0, n = 0, p99 = 0;

	memset(&waits, 0, sizeof(waits));
	r->gw.send = note;
	for (; waits.step < STEPS; waits.step++) {
		for (unsigned int i = 0; i < come; i++) {
			waits.asked[++tid] = waits.step;
			put(r, tid, "C=${" LEG "}");
		}
		gw_tick(&r->gw);
		stub_done_some(CAPACITY);
		rig_events(r);
	}
	while (n * 100 < waits.n * 99)
		n += waits.took[p99++];
	CU_ASSERT(waits.n >= STEPS * CAPACITY - QUEUE);
	rig_free(r);
	return p99;
}

/* Ten times what can be done, for those that are admitted, is as a little more
 * than can be done: what waits has an end. */
static void c35_admitted_in_time(void)
{
	unsigned int calm = p99_of(CAPACITY), full = p99_of(CAPACITY + 1);
	unsigned int flood = p99_of(FLOOD * CAPACITY);

	printf("steps of 99 of 100 admitted Adds: %u, when one more comes %u, "
	       "when ten times as many come %u\n",
	       calm, full, flood);
	CU_ASSERT_EQUAL(calm, 1);
	CU_ASSERT(flood * 10 <= full * 11);
	CU_ASSERT(flood <= QUEUE * 75 / 100 / CAPACITY + 1);
}

/* It rises at once and falls late. */
static void hysteresis(void)
{
	static const struct {
		unsigned int jobs;
		enum gw_level level;
	} t[] = {
		{ 49, GW_LEVEL_NORMAL },  { 50, GW_LEVEL_NOTIFY },
		{ 41, GW_LEVEL_NOTIFY },  { 40, GW_LEVEL_NOTIFY },
		{ 39, GW_LEVEL_NORMAL },  { 49, GW_LEVEL_NORMAL },
		{ 75, GW_LEVEL_NO_ADDS }, { 65, GW_LEVEL_NO_ADDS },
		{ 64, GW_LEVEL_NOTIFY },  { 74, GW_LEVEL_NOTIFY },
		{ 90, GW_LEVEL_FULL },    { 80, GW_LEVEL_FULL },
		{ 79, GW_LEVEL_NO_ADDS }, { 100, GW_LEVEL_FULL },
		{ 0, GW_LEVEL_NORMAL },   { 95, GW_LEVEL_FULL },
		{ 45, GW_LEVEL_NOTIFY },
	};
	struct rig *r = make(10);

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		r->gw.n_jobs = t[i].jobs;
		gw_overload_look(&r->gw);
		if (r->gw.overload.level != t[i].level)
			fprintf(stderr, "%zu: %u jobs: %d\n", i, t[i].jobs,
				r->gw.overload.level);
		CU_ASSERT_EQUAL(r->gw.overload.level, t[i].level);
	}
	CU_ASSERT_EQUAL(r->gw.overload.n_rises, 5);
	r->gw.n_jobs = 0;
	rig_free(r);
}

/* The id of the Notify that went out last. */
static unsigned int notify_id(void)
{
	const char *t = strstr(out.last, "\nT=");

	return t ? (unsigned int)atoi(t + 3) : 0;
}

static void answer(struct rig *r, unsigned int tid)
{
	char text[128];

	snprintf(text, sizeof(text), "P=%u{C=-{N=ROOT}}", tid);
	rig_send(r, text);
}

/* ocp: for each Add while it lasts, one at a time. */
static void ocp(void)
{
	static const char want[] = "{C=-{N=ROOT{OE=7{";
	struct rig *r = make(1000);
	unsigned int tid;

	put(r, 1, EVENTS("ocp/mg_overload"));
	work(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "P=1{C=-{MF=ROOT}}"));
	out.n = 0;
	fill(r, 49);
	put(r, 2, "C=${" LEG "}");
	CU_ASSERT_EQUAL(out.n, 0); /* it made the 50, and came before */
	put(r, 3, "C=-{AV=ROOT{AT{PG}}}");
	CU_ASSERT_EQUAL(out.n, 0); /* no Add */
	put(r, 4, "C=${" LEG "}");
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, want));
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, ":ocp/mg_overload}}}}"));
	tid = notify_id();
	put(r, 5, "C=${" LEG "}");
	CU_ASSERT_EQUAL(out.n, 1); /* the first one is not answered */
	stub_auto_done(true);
	answer(r, tid);
	fill(r, 60);
	out.n = 0;
	put(r, 6, "C=${" LEG "}");
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "ocp/mg_overload"));
	answer(r, notify_id());
	work(r);
	out.n = 0;
	put(r, 7, "C=${" LEG "}");
	CU_ASSERT_EQUAL(out.n, 0); /* it is over */
	work(r);
	rig_free(r);
}

static void nobody_asked(void)
{
	struct rig *r = make(1000);

	fill(r, 80);
	out.n = 0;
	put(r, 4, "C=-{AV=ROOT{AT{PG}}}");
	put(r, 5, "C=${EG," LEG "}");
	gw_overload_tick(&r->gw);
	CU_ASSERT_EQUAL(out.n, 0);
	work(r);
	rig_free(r);
}

static uint64_t now_us = 5000000;

static void pass(uint64_t us)
{
	now_us += us;
	gw_clock_freeze(now_us, UINT64_C(1768465800000000) + now_us);
}

/* chp: the reduction wanted, in steps of ten, at most once a second. */
static void chp(void)
{
	static const struct {
		unsigned int jobs;
		const char *want; /* NULL: nothing is said */
	} t[] = {
		{ 49, NULL },
		{ 50, "reduction=10" },
		{ 53, NULL },
		{ 56, "reduction=20" },
		{ 75, "reduction=70" },
		{ 89, "reduction=100" },
		{ 95, NULL },
		{ 81, "reduction=80" },
		{ 42, "reduction=10" },
		{ 39, "reduction=0" },
		{ 0, NULL },
	};
	struct rig *r = make(1000);

	now_us = 5000000;
	put(r, 1, EVENTS("chp/mgcon"));
	work(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "P=1{C=-{MF=ROOT}}"));
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		pass(1000000);
		out.n = 0;
		r->gw.n_jobs = t[i].jobs;
		gw_overload_tick(&r->gw);
		if (out.n != (t[i].want != NULL) ||
		    (t[i].want && !strstr(out.last, t[i].want)))
			fprintf(stderr, "%u jobs: %u, %s\n", t[i].jobs, out.n,
				out.last);
		CU_ASSERT_EQUAL(out.n, t[i].want != NULL);
		CU_ASSERT(!t[i].want || strstr(out.last, t[i].want));
		CU_ASSERT(!t[i].want || strstr(out.last, "{C=-{N=ROOT{OE=7{"));
		if (out.n)
			answer(r, notify_id());
	}
	r->gw.n_jobs = 0;
	rig_free(r);
}

/* Not faster than once a second, and due then. */
static void chp_pace(void)
{
	struct rig *r = make(1000);

	now_us = 5000000;
	put(r, 1, EVENTS("chp/mgcon"));
	work(r);
	r->gw.n_jobs = 60;
	pass(1000000);
	gw_overload_tick(&r->gw);
	answer(r, notify_id());
	out.n = 0;
	r->gw.n_jobs = 80;
	pass(999999);
	gw_overload_tick(&r->gw);
	CU_ASSERT_EQUAL(out.n, 0);
	CU_ASSERT_EQUAL(gw_overload_next_us(&r->gw), now_us + 1);
	pass(1);
	gw_overload_tick(&r->gw);
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_EQUAL(gw_overload_next_us(&r->gw), UINT64_MAX);
	r->gw.n_jobs = 0;
	rig_free(r);
}

static void shown(void)
{
	static const char *const want =
		"{\"level\":\"refuse-all\",\"jobs\":95,\"jobs_limit\":100,"
		"\"jobs_most\":95,\"percent\":95,\"notify_percent\":50,"
		"\"refuse_adds_percent\":75,\"refuse_all_percent\":90,"
		"\"rises\":3,\"refused_adds\":1,\"refused_others\":1}";
	struct rig *r = make(10);
	json_t *j;
	char *text;

	fill(r, 95);
	is_refused(r, "C=${" LEG "}", "510");
	is_refused(r, "C=1{MF=*{E}}", "510");
	j = ctl_json_overload(&r->gw);
	text = json_dumps(j, JSON_COMPACT);
	if (strcmp(text, want))
		fprintf(stderr, "%s\n", text);
	CU_ASSERT_STRING_EQUAL(text, want);
	free(text);
	json_decref(j);
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C35 what is refused at which level", c35_what_is_refused },
		{ "C35 refused early, and not kept", c35_refused_early },
		{ "9 the code is configured", code_as_configured },
		{ "C35 T32 served in front", c35_served_in_front },
		{ "9 order is kept without a queue", order_is_kept },
		{ "C35 releases are never refused",
		  c35_releases_are_never_refused },
		{ "C35 the admitted are answered in time",
		  c35_admitted_in_time },
		{ "9 hysteresis", hysteresis },
		{ "5.7 ocp/mg_overload", ocp },
		{ "5.7 chp/mgcon", chp },
		{ "5.7 chp/mgcon at most once a second", chp_pace },
		{ "5.7 nobody asked", nobody_asked },
		{ "9 what an operator sees", shown },
		{ NULL, NULL },
	};

	return suite_run("gateway/overload", tests);
}
