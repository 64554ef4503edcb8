/*
 * test/unit/test_gw_service.c - out of service by order of the controller
 *
 * Case id T33 of the interoperability list; reference 3.1, 3.5 and 6.11.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/context.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define LEG(realm)                                        \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR}," LOCAL "}}," \
	"SG{ipnapt/latch{napt=LATCH}}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"
#define SERVICE(what, method, more) \
	"SC=" what "{SV{MT=" method ",RE=\"903 MGC Directed Change\"" more "}}"
#define STATE(what) "AV=" what "{AT{M{TS{SI}}}}"
#define START_US UINT64_C(5000000)

#define ASK(r, ask, part) asked(r, ask, part, __LINE__)
static void asked(struct rig *r, const char *ask, const char *part, int line)
{
	const char *reply = rig_ask(r, ask);

	if (!strstr(reply, part))
		fprintf(stderr, "line %d: no <%s> in %s\n", line, part, reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, part));
}

static void pass(struct rig *r, uint64_t us)
{
	gw_clock_freeze(START_US + us, UINT64_C(1768465800000000) + us);
	gw_tick(&r->gw);
	gw_clock_freeze(START_US, UINT64_C(1768465800000000));
}

static void root_graceful(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	ASK(r, "C=-{" SERVICE("ROOT", "GR", "") "}", "{C=-{SC=ROOT}}");
	ASK(r, "C=-{" STATE("ROOT") "}", "TS{SI=OS}");
	ASK(r, BOTH, "ER=503{");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	ASK(r, "C=${EG," LEG("access") "}", "A=ip/1/access/");
	pass(r, UINT64_C(3600000000));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 2);
	ASK(r, "C=1{MF=ip/1/access/1{E}}", "C=1{MF=ip/1/access/1}");
	/* 918: the order is taken back */
	ASK(r, "C=-{SC=ROOT{SV{MT=RS,RE=\"918 Cancel Graceful\"}}}",
	    "{C=-{SC=ROOT}}");
	ASK(r, "C=-{" STATE("ROOT") "}", "TS{SI=IV}");
	ASK(r, BOTH, "A=ip/1/core/");
	rig_free(r);
}

static void root_delay(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	rig_ask(r, "C=-{" SERVICE("ROOT", "GR", ",DL=600") "}");
	pass(r, UINT64_C(599000000));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	pass(r, UINT64_C(600000000));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	ASK(r, BOTH, "ER=503{");
	rig_free(r);
}

static void root_delay_cancelled(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	rig_ask(r, "C=-{" SERVICE("ROOT", "GR", ",DL=600") "}");
	rig_ask(r, "C=-{" SERVICE("ROOT", "RS", "") "}");
	pass(r, UINT64_C(700000000));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	rig_free(r);
}

static void root_forced(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	rig_ask(r, BOTH);
	rig_ask(r, "C=-{" SERVICE("ROOT", "FO", "") "}");
	CU_ASSERT_EQUAL(gw_next_ms(&r->gw), 0);
	pass(r, 1000);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	ASK(r, BOTH, "ER=503{");
	ASK(r, "C=${EG," LEG("access") "}", "A=ip/1/access/");
	rig_free(r);
}

/* Forced: nothing passes, nothing is changed; Restart: as it was before. */
static void termination(void)
{
	struct rig *r = rig_new(10);
	const struct stub_cmd *c;

	rig_ask(r, BOTH);
	ASK(r, "C=-{" SERVICE("ip/1/access/1", "FO", "") "}",
	    "{C=-{SC=ip/1/access/1}}");
	c = stub_cmd(2);
	CU_ASSERT_STRING_EQUAL(c->verb, "modify");
	CU_ASSERT_EQUAL(c->cfg.leg.mode, 0);
	CU_ASSERT(!c->rearm);
	ASK(r, "C=1{" STATE("*") "}",
	    "AV=ip/1/access/1{M{TS{SI=OS}}},AV=ip/1/core/2{M{TS{SI=IV}}}");
	ASK(r, "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR}}}}}", "ER=521{");
	ASK(r, "C=1{" SERVICE("ip/1/access/1", "RS", "") "}",
	    "C=1{SC=ip/1/access/1}");
	c = stub_cmd(3);
	CU_ASSERT_EQUAL(c->cfg.leg.mode, PKT_MODE_RX | PKT_MODE_TX);
	ASK(r, "C=1{" SERVICE("ip/1/access/1", "GR", "") "}",
	    "C=1{SC=ip/1/access/1}");
	CU_ASSERT_EQUAL(stub_count(), 4);
	ASK(r, "C=1{S=*{AT{}}}", "S=ip/1/access/1");
	rig_free(r);
}

static void group(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	rig_ask(r, BOTH);
	ASK(r, "C=-{" SERVICE("ip/1/core/*", "FO", "") "}",
	    "{C=-{SC=ip/1/core/2},C=-{SC=ip/1/core/4}}");
	ASK(r, "C=*{" STATE("ip/1/core/*") "}",
	    "C=1{AV=ip/1/core/2{M{TS{SI=OS}}}},C=2{AV=ip/1/core/4{M{TS{SI=OS");
	ASK(r, "C=*{" SERVICE("*", "RS", "") "}",
	    "{C=1{SC=ip/1/access/1,SC=ip/1/core/2},C=2{");
	ASK(r, "C=1{" STATE("ip/1/core/2") "}", "SI=IV");
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "T33 6.11 Graceful of ROOT, cancelled with 918", root_graceful },
	{ "T33 Graceful with Delay", root_delay },
	{ "T33 Graceful with Delay, cancelled", root_delay_cancelled },
	{ "T33 Forced of ROOT", root_forced },
	{ "T33 6.11 Forced, Restart of a termination", termination },
	{ "T33 termination group", group },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/service", tests);
}
