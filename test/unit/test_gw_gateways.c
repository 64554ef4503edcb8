/*
 * test/unit/test_gw_gateways.c - two virtual gateways on one engine
 *
 * Case id T33 of the interoperability list: "virtual BGFs are independent".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/drain.h"
#include "gateway/link.h"
#include "gateway/log.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define LATCH "SG{ipnapt/latch{napt=LATCH}}"
#define LEG(realm)                                        \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR}," LOCAL "}}," \
	"E=7{tcprv/syn,tcprv/est}," LATCH "}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"
#define SERVICE(method, more) \
	"C=-{SC=ROOT{SV{MT=" method ",RE=\"903 MGC Directed Change\"" more "}}}"
#define STATE "C=-{AV=ROOT{AT{M{TS{SI}}}}}"
#define START_US UINT64_C(5000000)

static struct rig *one, *two;

static void start(unsigned int max_contexts)
{
	one = rig_new_pair(max_contexts, &two);
}

static void stop(void)
{
	rig_free(two);
	rig_free(one);
}

#define ASK(r, ask, part) says(rig_ask(r, ask), part, __LINE__)
static void says(const char *reply, const char *part, int line)
{
	if (!strstr(reply, part))
		fprintf(stderr, "line %d: no <%s> in %s\n", line, part, reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, part));
}

static uint64_t now_us;

/* Time passes for both. */
static void pass(uint64_t us)
{
	uint64_t end = now_us + us;

	while (now_us < end) {
		now_us += 100000;
		gw_clock_freeze(now_us, UINT64_C(1768465800000000) + now_us);
		gw_tick(&one->gw);
		gw_tick(&two->gw);
	}
}

static struct pkt_gate_id gate_of(const struct rig *r, unsigned int side)
{
	const struct gw_context *ctx = TAILQ_FIRST(&r->gw.contexts);

	return ctx->term[side]->stream[0].gate;
}

/* Each counts its contexts and terminations from 1, and has realms of its
 * own in the engine. */
static void names_of_their_own(void)
{
	start(10);
	ASK(one, BOTH, "C=1{A=ip/1/access/1{");
	ASK(two, BOTH, "C=1{A=ip/1/access/1{");
	CU_ASSERT_EQUAL(stub_gates(), 4);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.realm, 0);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.realm, 1);
	CU_ASSERT_EQUAL(stub_cmd(2)->cfg.realm, 2);
	CU_ASSERT_EQUAL(stub_cmd(3)->cfg.realm, 3);
	/* ipdc/realm finds one's own only */
	ASK(two,
	    "C=${A=${M{ST=1{O{ipdc/realm=\"core.second\"}," LOCAL "}}," LATCH
	    "}}",
	    "A=ip/1/");
	CU_ASSERT_EQUAL(stub_cmd(4)->cfg.realm, 3);
	ASK(two,
	    "C=${A=${M{ST=1{O{ipdc/realm=\"core.example\"}," LOCAL "}}," LATCH
	    "}}",
	    "ER=449{");
	/* the same ids, and yet not the same terminations */
	ASK(one, "C=1{W-S=ip/1/access/1{AT{}}}", "C=1{S=ip/1/access/1}");
	CU_ASSERT_EQUAL(one->gw.n_terms, 1);
	CU_ASSERT_EQUAL(two->gw.n_terms, 3);
	stop();
}

/* Every event reaches the gateway whose gate it is of, and no other. */
static void events(void)
{
	unsigned int sent_one, sent_two;

	start(10);
	rig_ask(one, BOTH);
	rig_ask(two, BOTH);
	sent_one = one->n_sent;
	sent_two = two->n_sent;
	stub_event(PKT_EVT_SYN, gate_of(two, 0), 0, false);
	stub_event(PKT_EVT_SYN, gate_of(two, 1), 0, false);
	stub_event(PKT_EVT_OPEN, gate_of(two, 1), 0, false);
	stub_event(PKT_EVT_SYN, gate_of(one, 1), 0, false);
	rig_events(one);
	CU_ASSERT_EQUAL(one->gw.stats.syn, 1);
	CU_ASSERT_EQUAL(one->gw.stats.open, 0);
	CU_ASSERT_EQUAL(two->gw.stats.syn, 2);
	CU_ASSERT_EQUAL(two->gw.stats.open, 1);
	CU_ASSERT_EQUAL(one->n_sent, sent_one + 1);
	says(rig_last(one), "ip/1/core/2{OE=7{", __LINE__);
	CU_ASSERT(two->n_sent > sent_two);
	/* also of a gate that its owner has forgotten */
	stub_event(PKT_EVT_CLOSED, gate_of(two, 0), PKT_CAUSE_OPER, false);
	gw_context_free(TAILQ_FIRST(&two->gw.contexts));
	rig_events(one);
	CU_ASSERT_EQUAL(one->gw.stats.closed, 0);
	CU_ASSERT_EQUAL(two->gw.stats.closed, 1);
	stop();
}

/* Two jobs wait for the engine with the same token. */
static void tokens(void)
{
	unsigned int first;

	start(10);
	first = stub_count();
	rig_send(one, "T=1{" BOTH "}");
	rig_send(two, "T=2{" BOTH "}");
	CU_ASSERT_EQUAL(stub_count() - first, 2); /* one leg each */
	CU_ASSERT_EQUAL(stub_cmd(first)->token, stub_cmd(first + 1)->token);
	CU_ASSERT_EQUAL(one->gw.n_jobs, 1);
	CU_ASSERT_EQUAL(two->gw.n_jobs, 1);
	for (unsigned int i = 0; i < 4; i++) {
		stub_done_all();
		rig_events(one);
	}
	CU_ASSERT_EQUAL(one->gw.n_jobs, 0);
	CU_ASSERT_EQUAL(two->gw.n_jobs, 0);
	says(rig_last(one), "P=1{C=1{", __LINE__);
	says(rig_last(two), "P=2{C=1{", __LINE__);
	stop();
}

static void forced_out_of_service(void)
{
	start(10);
	rig_ask(one, BOTH);
	rig_ask(two, BOTH);
	ASK(one, SERVICE("FO", ""), "{C=-{SC=ROOT}}");
	gw_tick(&one->gw);
	gw_tick(&two->gw);
	CU_ASSERT_EQUAL(one->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(two->gw.n_contexts, 1);
	ASK(one, STATE, "TS{SI=OS}");
	ASK(two, STATE, "TS{SI=IV}");
	ASK(one, BOTH, "ER=503{");
	ASK(two, BOTH, "C=2{A=ip/1/access/3{");
	stub_done_all();
	rig_events(one);
	CU_ASSERT_EQUAL(stub_gates(), 4); /* of "second" */
	ASK(two, "C=1{S=*{AT{}}}", "C=1{S=ip/1/access/1");
	stop();
}

/* Its controller is silent: its own sessions end after their time. */
static void controller_lost(void)
{
	start(10);
	now_us = START_US;
	one->gw.conf.h248.context_lifetime_s = 60;
	two->gw.conf.h248.context_lifetime_s = 60;
	rig_ask(one, BOTH);
	rig_ask(two, BOTH);
	stub_event(PKT_EVT_SYN, gate_of(one, 0), 0, false);
	rig_events(one); /* a Notify that nobody answers */
	pass(UINT64_C(30000000));
	CU_ASSERT_NOT_EQUAL(h248_assoc_state(one->gw.assoc), H248_ASSOC_ACTIVE);
	CU_ASSERT_EQUAL(h248_assoc_state(two->gw.assoc), H248_ASSOC_ACTIVE);
	CU_ASSERT_EQUAL(one->gw.n_contexts, 1);
	pass(UINT64_C(62000000));
	CU_ASSERT_EQUAL(one->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(two->gw.n_contexts, 1);
	ASK(two, "C=1{MF=ip/1/access/1{E}}", "C=1{MF=ip/1/access/1}");
	stop();
}

/* Full, or asked for more than its part of the engine: 412, 510. */
static void limits(void)
{
	static const char streams[] =
		"C=${A=ip/1/access/${M{ST=1{O{MO=SR}," LOCAL "},"
		"ST=2{O{MO=SR}," LOCAL "},ST=3{O{MO=SR}," LOCAL "}}," LATCH
		"}}";

	start(2);
	rig_ask(one, BOTH);
	ASK(one, BOTH, "C=2{A=");
	ASK(one, BOTH, "ER=412{");
	ASK(two, BOTH, "C=1{A=");
	ASK(two, streams, "ER=510{");
	CU_ASSERT_EQUAL(two->gw.n_contexts, 1);
	CU_ASSERT_EQUAL(two->gw.n_rendezvous, 1);
	ASK(two, BOTH, "C=3{A=");
	CU_ASSERT_EQUAL(two->gw.n_rendezvous, 2);
	/* both gates go, one after the other: then it is free again */
	ASK(two, "C=1{S=ip/1/access/1{AT{}}}", "S=ip/1/access/1");
	CU_ASSERT_EQUAL(two->gw.n_rendezvous, 2);
	ASK(two, "C=1{S=ip/1/core/2{AT{}}}", "S=ip/1/core/2");
	CU_ASSERT_EQUAL(two->gw.n_rendezvous, 1);
	ASK(two, BOTH, "C=4{A=");
	CU_ASSERT_EQUAL(one->gw.n_contexts, 2);
	stop();
}

/* A stop: each tells its own controller; who drains is not left alone. */
static void farewell(void)
{
	start(10);
	now_us = START_US;
	one->gw.conf.h248.drain_s = 30;
	rig_ask(one, BOTH);
	rig_ask(two, BOTH);
	gw_drain_stop(&one->gw);
	gw_drain_stop(&two->gw);
	says(rig_last(one), "MT=GR", __LINE__);
	says(rig_last(two), "MT=FO", __LINE__);
	pass(UINT64_C(3000000));
	CU_ASSERT(gw_drain_is_over(&two->gw));
	CU_ASSERT_FALSE(gw_drain_is_over(&one->gw));
	CU_ASSERT_EQUAL(one->gw.n_contexts, 1);
	pass(UINT64_C(30000000));
	CU_ASSERT(gw_drain_is_over(&one->gw));
	stop();
}

/* One log for both: each line names its gateway. */
static void log_lines(void)
{
	static const enum conf_log_format format[] = { CONF_LOG_TEXT,
						       CONF_LOG_JSON };
	static const char *const of_one[] = {
		" gw=bench ctx=1 term=ip/1/core/2 ",
		"\"gw\":\"bench\",\"ctx\":1,"
	};
	static const char *const of_two[] = { " gw=second ctx=1 term=ip/1/core",
					      "\"gw\":\"second\",\"ctx\":1," };
	FILE *keep = stderr;

	for (unsigned int i = 0; i < 2; i++) {
		char *text = NULL;
		size_t n;

		start(10);
		stderr = open_memstream(&text, &n);
		gw_log_setup(LOG_INFO, format[i]);
		rig_ask(one, BOTH);
		rig_ask(two, BOTH);
		gw_log_plain(&two->gw, LOG_NOTICE, "said by the protocol");
		gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
		fclose(stderr);
		stderr = keep;
		says(text, of_one[i], __LINE__);
		says(text, of_two[i], __LINE__);
		says(text,
		     i ? "\"gw\":\"second\",\"text\":\"said by the protocol\"" :
			 " gw=second said by the protocol\n",
		     __LINE__);
		free(text);
		stop();
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T33 names of their own", names_of_their_own },
		{ "T33 events find their gateway", events },
		{ "equal tokens", tokens },
		{ "T33 forced out of service", forced_out_of_service },
		{ "T33 controller lost", controller_lost },
		{ "T33 limits", limits },
		{ "T33 farewell", farewell },
		{ "the log names the gateway", log_lines },
		{ NULL, NULL },
	};

	return suite_run("gateway/gateways", tests);
}
