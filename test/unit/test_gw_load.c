/*
 * test/unit/test_gw_load.c - messages, events and audits without end
 *
 * Case ids C09, C34 and C36 of the fault catalogue, T9 of the
 * interoperability list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/context.h"
#include "gateway/job.h"
#include "gateway/notify.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n}"
#define LEG(realm)                                \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR}," SDP \
	"}},E=5{tcprv/est},SG{ipnapt/latch{napt=LATCH}}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"
#define HEARTBEAT "C=-{AV=ROOT{AT{}}}"

enum { MAX_TIDS = 32768 };

/* The messages that were sent. */
static struct {
	unsigned int n, replies, errors;
	char last[RIG_OCTETS];
	char order[256];
	uint32_t notify[MAX_TIDS]; /* ids of requests, not yet answered */
	unsigned int n_notify, most, all;
} out;

static void take(void *arg, const struct sockaddr_storage *to, const char *buf,
		 size_t n)
{
	const char *p;

	(void)arg;
	(void)to;
	snprintf(out.last, sizeof(out.last), "%.*s", (int)n, buf);
	out.n++;
	out.errors += strstr(out.last, "ER=") != NULL;
	p = strstr(out.last, "\nP=");
	if (p) {
		out.replies++;
		if (strlen(out.order) < sizeof(out.order) - 16)
			sprintf(out.order + strlen(out.order), "%d ",
				atoi(p + 3));
	}
	p = strstr(out.last, "\nT=");
	if (p && out.n_notify < MAX_TIDS) {
		out.notify[out.n_notify++] = (uint32_t)atoi(p + 3);
		out.all++;
	}
	if (out.n_notify > out.most)
		out.most = out.n_notify;
}

static void forget(void)
{
	memset(&out, 0, sizeof(out));
}

static struct rig *make(unsigned int max_contexts)
{
	struct rig *r = rig_new(max_contexts);

	r->gw.send = take;
	forget();
	return r;
}

/* A message that nobody works on yet. */
static void put(struct rig *r, const char *text)
{
	struct sockaddr_storage from = *h248_assoc_controller(r->gw.assoc);
	static char buf[80000];
	int n = snprintf(buf, sizeof(buf), "!/3 [198.51.100.10]:2944\n%s",
			 text);

	gw_input(&r->gw, &from, buf, (size_t)n);
}

static void work(struct rig *r)
{
	stub_auto_done(true);
	for (unsigned int i = 0; i < 100000 && r->gw.n_jobs; i++) {
		gw_tick(&r->gw);
		rig_events(r);
	}
	stub_auto_done(false);
	CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
}

/* begin, then n times unit, then end. */
static const char *repeat(const char *begin, const char *unit, unsigned int n,
			  const char *end)
{
	static char text[70000];
	size_t at = (size_t)sprintf(text, "%s", begin);

	for (unsigned int i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s",
				       unit);
	snprintf(text + at, sizeof(text) - at, "%s", end);
	return text;
}

static const char *transactions(unsigned int n)
{
	static char text[70000];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned int i = 1; i <= n && at < 65000; i++)
		at += (size_t)sprintf(text + at, "T=%u{" HEARTBEAT "}", i);
	return text;
}

static void t9_transactions(void)
{
	struct rig *r = make(10);

	put(r, transactions(10));
	work(r);
	CU_ASSERT_EQUAL(out.replies, 10);
	CU_ASSERT_EQUAL(out.errors, 0);
	forget();
	put(r, transactions(11));
	work(r);
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "\nER=413{"));
	rig_free(r);
}

/* Ten thousand of each, or what 64 KiB hold of them. */
static void c09_transactions(void)
{
	struct rig *r = make(10);

	r->gw.conf.h248.max_txns_per_msg = 64;
	put(r, repeat("", "T=1{}", 10000, ""));
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "ER=413{"));
	forget();
	put(r, transactions(10000));
	CU_ASSERT_EQUAL(out.n, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, "ER=413{"));
	CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
	rig_free(r);
}

static unsigned int count(const char *part)
{
	unsigned int n = 0;

	for (const char *p = out.last; (p = strstr(p, part)); p++)
		n++;
	return n;
}

/* What the decoder takes at most is done, then 403. */
static void c09_actions(void)
{
	struct rig *r = make(10);

	put(r, repeat("T=1{", "C=-{AV=ROOT},", 5000, "C=-{AV=ROOT}}"));
	work(r);
	CU_ASSERT_EQUAL(out.replies, 1);
	CU_ASSERT_EQUAL(count("AV=ROOT"), 256);
	CU_ASSERT_EQUAL(count("ER=403{"), 1);
	forget();
	r->gw.conf.h248.max_actions = 7;
	put(r, repeat("T=2{", "C=-{AV=ROOT},", 5000, "C=-{AV=ROOT}}"));
	work(r);
	CU_ASSERT_EQUAL(count("AV=ROOT"), 7);
	CU_ASSERT_EQUAL(count("ER=510{\"too many actions\"}"), 1);
	CU_ASSERT_EQUAL(count("ER="), 1);
	rig_free(r);
}

static void c09_commands(void)
{
	struct rig *r = make(10);

	put(r, repeat("T=1{C=-{", "AV=ROOT,", 8000, "AV=ROOT}}"));
	work(r);
	CU_ASSERT_EQUAL(count("AV=ROOT"), 1024);
	CU_ASSERT_EQUAL(count("ER=422{"), 1);
	forget();
	put(r, repeat("T=2{C=1{", "O-S=a,", 10000, "O-S=a}}"));
	work(r); /* there is no context 1 */
	CU_ASSERT_EQUAL(count("ER="), 1);
	CU_ASSERT_EQUAL(count("ER=411{"), 1);
	forget();
	r->gw.conf.h248.max_commands = 99;
	put(r, repeat("T=3{C=-{", "O-AV=ROOT,", 1000, "AV=ROOT}}"));
	work(r);
	CU_ASSERT_EQUAL(count("AV=ROOT"), 100);
	CU_ASSERT_EQUAL(count("AV=ROOT{ER=510{\"too many commands\"}}"), 1);
	forget();
	/* Of all actions together. */
	put(r, repeat("T=4{", "C=-{AV=ROOT,AV=ROOT},", 60, "C=-{AV=ROOT}}"));
	work(r);
	CU_ASSERT_EQUAL(count("AV=ROOT"), 100);
	CU_ASSERT_EQUAL(count("ER=510{"), 1);
	rig_free(r);
}

/* For any number of contexts it is one command. */
static void c09_wildcards(void)
{
	struct rig *r = make(20);

	for (unsigned int i = 0; i < 20; i++)
		rig_ask(r, BOTH);
	r->gw.conf.h248.max_commands = 1;
	forget();
	put(r, "T=1{C=*{W-AV=*{AT{E}}}}");
	work(r);
	CU_ASSERT_EQUAL(count("ER="), 0);
	CU_ASSERT_EQUAL(count("P=1{C=*{AV=*{E="), 1);
	rig_free(r);
}

static void c09_others_are_served(void)
{
	struct rig *r = make(10);

	put(r, repeat("T=1{C=-{", "AV=ROOT{AT{PG}},", 900, "AV=ROOT}}"));
	put(r, "T=2{" HEARTBEAT "}");
	put(r, "T=3{C=9{S=*}}");
	work(r);
	CU_ASSERT_STRING_EQUAL(out.order, "2 3 1 ");
	rig_free(r);
}

/* ---- many for one context ---- */

#define MODIFY "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR}}}}}"
#define ANOTHER "C=2{MF=ip/1/access/3{M{ST=1{O{MO=SR}}}}}"

static unsigned int n_waiting(const struct rig *r, unsigned int where)
{
	const struct gw_context *ctx = gw_context_find(&r->gw, 1);
	const struct gw_job *job;
	unsigned int n = 0;

	TAILQ_FOREACH (job, &ctx->waiting[where], entry)
		n++;
	return n;
}

/* Each has the context in its turn; nobody is woken to wait again. */
static void waiting_in_turn(void)
{
	enum { N = 20 };
	char text[64], want[256] = "";
	struct rig *r = make(10);

	rig_ask(r, BOTH);
	out.order[0] = '\0';
	for (unsigned int i = 0; i < N; i++) {
		sprintf(text, "T=%u{" MODIFY "}", 100 + i);
		put(r, text);
		sprintf(want + strlen(want), "%u ", 100 + i);
	}
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(n_waiting(r, 1), N - 1);
	for (unsigned int i = 2; i < 6; i++) {
		stub_done_all();
		rig_events(r);
		CU_ASSERT_EQUAL(n_waiting(r, 1), N - i);
		CU_ASSERT(TAILQ_EMPTY(&r->gw.ready));
	}
	stub_done_all();
	work(r);
	CU_ASSERT_STRING_EQUAL(out.order, want);
	CU_ASSERT_EQUAL(out.errors, 0);
	CU_ASSERT_PTR_NULL(gw_context_find(&r->gw, 1)->owner);
	rig_free(r);
}

/* Nor does one that comes to it with its second action. */
static void waiting_before_others(void)
{
	struct rig *r = make(10);

	rig_ask(r, BOTH);
	rig_ask(r, BOTH);
	out.order[0] = '\0';
	put(r, "T=100{" MODIFY "}T=101{" MODIFY "}");
	put(r, "T=102{" ANOTHER "," MODIFY "}");
	gw_tick(&r->gw);
	stub_done_all();
	work(r);
	CU_ASSERT_STRING_EQUAL(out.order, "100 101 102 ");
	CU_ASSERT_EQUAL(out.errors, 0);
	rig_free(r);
}

/* A release that goes first does so here, too; the context ends, and who
 * waits for it hears of that. */
static void waiting_in_vain(void)
{
	struct rig *r = make(10);

	rig_ask(r, BOTH);
	r->gw.conf.overload.queue = 10;
	out.order[0] = '\0';
	put(r, "T=100{" MODIFY "}T=101{" MODIFY "}T=102{" MODIFY "}");
	put(r, "T=103{" MODIFY "}T=104{" MODIFY "}T=105{" MODIFY "}");
	gw_tick(&r->gw);
	put(r, "T=200{C=1{S=*{AT{}}}}");
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(n_waiting(r, 0), 1);
	CU_ASSERT_EQUAL(n_waiting(r, 1), 5);
	stub_done_all();
	work(r);
	CU_ASSERT_STRING_EQUAL(out.order, "100 200 101 102 103 104 105 ");
	CU_ASSERT_EQUAL(r->gw.stats.error_code[411], 5);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	rig_free(r);
}

/* The program ends while they wait. */
static void waiting_at_the_end(void)
{
	struct rig *r = make(10);

	rig_ask(r, BOTH);
	put(r, "T=100{" MODIFY "}T=101{" MODIFY "}T=102{" MODIFY "}");
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(n_waiting(r, 1), 2);
	rig_free(r);
}

/* ---- avalanche ---- */

enum {
	CONTEXTS = 5000,
	TERMS = 2 * CONTEXTS,
	STORED = 2000, /* replies before they are confirmed */
#ifdef __SANITIZE_THREAD__
	VERY_MANY = 6000, /* slow, and of one thread */
#else
	VERY_MANY = 60000,
#endif
};

static void make_contexts(struct rig *r, unsigned int n)
{
	char text[64];

	for (unsigned int i = 0; i < n; i++) {
		rig_ask(r, BOTH);
		/* What is confirmed gives way in the reply store. */
		if (i % STORED == STORED - 1) {
			snprintf(text, sizeof(text), "K{%u-%u}",
				 r->tid - STORED, r->tid - 1);
			put(r, text);
		}
	}
	CU_ASSERT_EQUAL_FATAL(r->gw.n_terms, 2 * n);
}

static void all_at_once(struct rig *r)
{
	const struct gw_context *ctx;

	TAILQ_FOREACH (ctx, &r->gw.contexts, entry)
		for (unsigned int i = 0; i < ctx->n_terms; i++)
			stub_event(PKT_EVT_OPEN, ctx->term[i]->stream[0].gate,
				   0, false);
	for (unsigned int i = 0; i < 1 + TERMS / 1024; i++)
		rig_events(r);
}

/* Answers the oldest Notify that is out. */
static void answer_one(struct rig *r)
{
	uint32_t tid = out.notify[0];
	char text[64];

	memmove(&out.notify[0], &out.notify[1],
		--out.n_notify * sizeof(out.notify[0]));
	snprintf(text, sizeof(text), "P=%u{C=-{N=ROOT}}", tid);
	put(r, text);
}

static unsigned int waiting(const struct rig *r)
{
	const struct gw_context *ctx;
	unsigned int n = 0;

	TAILQ_FOREACH (ctx, &r->gw.contexts, entry)
		for (unsigned int i = 0; i < ctx->n_terms; i++)
			n += ctx->term[i]->n_observed;
	return n;
}

static void c34_avalanche(void)
{
	struct rig *r = make(CONTEXTS);
	unsigned int before;

	make_contexts(r, CONTEXTS);
	forget();
	all_at_once(r);
	CU_ASSERT_EQUAL(out.all, GW_MAX_NOTIFIES);
	CU_ASSERT_EQUAL(waiting(r), TERMS);
	/* A release of one that waits, and a heartbeat, in between. */
	before = out.replies;
	put(r, "T=1{" HEARTBEAT "}T=2{C=4000{S=*{AT{}}}}");
	work(r);
	CU_ASSERT_EQUAL(out.replies, before + 2);
	for (unsigned int i = 0; i < 2 * TERMS && out.n_notify; i++)
		answer_one(r);
	CU_ASSERT_EQUAL(out.most, GW_MAX_NOTIFIES);
	CU_ASSERT_EQUAL(out.all, TERMS - 2); /* each once, but the two */
	CU_ASSERT_EQUAL(waiting(r), 0);
	CU_ASSERT_EQUAL(r->gw.n_notifies_out, 0);
	CU_ASSERT_EQUAL(r->gw.stats.events_lost, 0);
	rig_free(r);
}

/* The controller goes in the middle of it and comes back. */
static void c34_lost_in_between(void)
{
	struct rig *r = make(CONTEXTS);
	char text[128];
	uint32_t tid;

	make_contexts(r, CONTEXTS);
	forget();
	all_at_once(r);
	for (unsigned int i = 0; i < 1000; i++)
		answer_one(r);
	CU_ASSERT_EQUAL(waiting(r), TERMS - 1000);
	forget();
	h248_assoc_link_lost(r->gw.assoc, h248_assoc_controller(r->gw.assoc),
			     gw_now_ms());
	for (unsigned int i = 0; i < 10 && !out.n_notify; i++) {
		gw_clock_freeze(5000000 + i * 1000000,
				UINT64_C(1768465800000000));
		gw_tick(&r->gw);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(out.last, "SC=ROOT"));
	tid = out.notify[out.n_notify - 1];
	forget();
	snprintf(text, sizeof(text), "P=%u{C=-{SC=ROOT{SV{V=3}}}}", tid);
	rig_send(r, text);
	CU_ASSERT_EQUAL_FATAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_ACTIVE);
	for (unsigned int i = 0; i < 2 * TERMS && out.n_notify; i++)
		answer_one(r);
	CU_ASSERT(out.most <= GW_MAX_NOTIFIES);
	CU_ASSERT_EQUAL(waiting(r), 0);
	CU_ASSERT_EQUAL(r->gw.stats.events_lost, 0);
	rig_free(r);
}

/* More of one termination than it can keep: the oldest go, and are counted. */
static void c34_too_many_of_one(void)
{
	struct rig *r = make(10);

	rig_ask(r, BOTH);
	forget();
	for (unsigned int i = 0; i < GW_MAX_OBSERVED + 5; i++)
		stub_event(PKT_EVT_OPEN, stub_cmd(0)->gate, 0, false);
	rig_events(r);
	CU_ASSERT_EQUAL(r->gw.stats.events_lost, 5);
	CU_ASSERT_EQUAL(waiting(r), GW_MAX_OBSERVED);
	for (unsigned int i = 0; i < 100 && out.n_notify; i++)
		answer_one(r);
	CU_ASSERT_EQUAL(waiting(r), 0);
	rig_free(r);
}

/* ---- audits ---- */

/* Of this thread: what others do to a busy machine does not count. */
static uint64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Turns end by the clock, so it has to run.  On a busy machine an answer may be
 * seconds late; no Pending goes before it, after which it would look different. */
static void run_clock(struct rig *r)
{
	gw_clock_freeze(0, 0);
	h248_assoc_set_limits(r->gw.assoc, 3600000, 5, 5);
}

/* Works until all is done; the longest turn, microseconds. */
static uint64_t longest_turn(struct rig *r, unsigned int *turns)
{
	uint64_t longest = 0, began, took;

	stub_auto_done(true);
	for (*turns = 0; r->gw.n_jobs && *turns < 4000000; ++*turns) {
		began = cpu_us();
		gw_tick(&r->gw);
		took = cpu_us() - began;
		if (took > longest)
			longest = took;
		rig_events(r);
	}
	stub_auto_done(false);
	return longest;
}

static const struct audit_case {
	const char *ask, *answer;
} audits[] = {
	{ "C=*{W-AV=*{AT{E}}}", "{C=*{AV=*{E=*{tcprv/est}}}}" },
	{ "C=*{W-AV=*{AT{SA}}}", "C=*{AV=*{SA{" },
	{ "C=*{AV=*{AT{M,E,SG}}}", "{ER=533{" },
	{ "C=*{AV=*{AT{}}}", "{ER=533{" },
	{ "C=*{AV=ROOT{AT{}}}", "{ER=533{" },
	{ "C=*{AV=ip/1/core/9998{AT{M}}}", "{C=4999{AV=ip/1/core/9998{M{" },
	{ "C=*{AV=nobody{AT{M}}}", "{C=*{AV=nobody{ER=430{" },
};

/* Of the replies in out.order. */
static bool is_before(unsigned int first, unsigned int second)
{
	char a[16], b[16];
	const char *at_a, *at_b;

	snprintf(a, sizeof(a), "%u ", first);
	snprintf(b, sizeof(b), "%u ", second);
	at_a = strstr(out.order, a);
	at_b = strstr(out.order, b);
	return at_a && at_b && at_a < at_b;
}

/* C36_CONTEXTS=500000 in the environment: a million terminations. */
static unsigned int many(void)
{
	const char *n = getenv("C36_CONTEXTS");

	return n ? (unsigned int)strtoul(n, NULL, 10) : CONTEXTS;
}

static void c36_audit_of_everything(void)
{
	struct rig *r = make(many());
	unsigned int turns, tid;
	uint64_t longest;
	char text[128];

	make_contexts(r, many());
	run_clock(r);
	for (size_t i = 0; i < sizeof(audits) / sizeof(audits[0]); i++) {
		forget();
		tid = 100 + 2 * (unsigned int)i;
		snprintf(text, sizeof(text), "T=%u{%s}", tid, audits[i].ask);
		put(r, text);
		snprintf(text, sizeof(text), "T=%u{" HEARTBEAT "}", tid + 1);
		put(r, text);
		longest = longest_turn(r, &turns);
		printf("%s: %u turns, longest %llu us\n", audits[i].ask, turns,
		       (unsigned long long)longest);
		/* A turn ends after 5 ms (decision 24: 10 ms); a sanitizer
		 * makes its last step longer. */
		CU_ASSERT(longest < 200000);
		if (!strstr(out.last, audits[i].answer))
			fprintf(stderr, "%.200s\n", out.last);
		CU_ASSERT_PTR_NOT_NULL(strstr(out.last, audits[i].answer));
		CU_ASSERT(is_before(tid + 1, tid));
	}
	rig_free(r);
}

/* What says nothing takes no room: one termination in many contexts. */
static void c36_one_of_very_many(void)
{
	struct rig *r = make(VERY_MANY);
	unsigned int turns;

	make_contexts(r, VERY_MANY);
	run_clock(r);
	forget();
	put(r, "T=100{C=*{AV=ip/1/core/9998{AT{M}}}}");
	(void)longest_turn(r, &turns);
	CU_ASSERT_PTR_NOT_NULL(strstr(out.last, audits[5].answer));
	rig_free(r);
}

/* With the clock stopped nothing but the number of steps ends a turn. */
static void c36_turns_are_short(void)
{
	struct rig *r = make(CONTEXTS);

	make_contexts(r, CONTEXTS);
	forget();
	put(r, "T=1{C=*{AV=*{AT{M}}}}");
	put(r, "T=2{C=*{W-AV=*{AT{E}}}}");
	for (unsigned int i = 3; i < 9; i++) {
		char text[64];

		snprintf(text, sizeof(text), "T=%u{C=4999{AV=*{AT{M}}}}", i);
		put(r, text);
	}
	work(r);
	CU_ASSERT_EQUAL(strncmp(out.order, "3 4 5 6 7 8 ", 12), 0);
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T9 10 and 11 transactions in a message", t9_transactions },
		{ "C09 10000 transactions in a message", c09_transactions },
		{ "C09 thousands of actions in a transaction", c09_actions },
		{ "C09 10000 commands", c09_commands },
		{ "C09 a wildcard is one command", c09_wildcards },
		{ "C09 others are served in between", c09_others_are_served },
		{ "8 many for one context, in turn", waiting_in_turn },
		{ "8 nobody comes in between", waiting_before_others },
		{ "8 many for a context that ends", waiting_in_vain },
		{ "8 many wait when all ends", waiting_at_the_end },
		{ "C34 10000 events at once", c34_avalanche },
		{ "C34 the controller goes in between", c34_lost_in_between },
		{ "C34 too many of one termination", c34_too_many_of_one },
		{ "C36 audit of everything", c36_audit_of_everything },
		{ "C36 one of very many", c36_one_of_very_many },
		{ "C36 others are served in between", c36_turns_are_short },
		{ NULL, NULL },
	};

	return suite_run("gateway, load", tests);
}
