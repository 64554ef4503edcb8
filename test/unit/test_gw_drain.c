/*
 * test/unit/test_gw_drain.c - out of service by order of the operator
 *
 * Case id T33 of the interoperability list; reference 3.5.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/drain.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm)                                              \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR,ipdc/realm=\"" realm \
	".example\"},L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n"  \
	"a=setup:passive\n},R{\nv=0\nc=IN IP4 10.9.8.7\n"       \
	"m=message 9 TCP -\na=setup:active\n}}}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"
#define EMERGENCY "C=${EG," LEG("access") "}"
#define SECOND UINT64_C(1000000)

static uint64_t now_us;

static struct rig *start(void)
{
	now_us = 5000000;
	return rig_new(200);
}

/* Time passes, and the gateway is told when it wants to be, or each second. */
static void pass(struct rig *r, uint64_t us)
{
	uint64_t end = now_us + us, next;

	while (now_us < end) {
		next = gw_next_ms(&r->gw);
		next = next > end / 1000 ? end : next * 1000;
		if (next <= now_us)
			next = now_us + 1000;
		now_us = next > now_us + SECOND ? now_us + SECOND : next;
		gw_clock_freeze(now_us, UINT64_C(1768465800000000) + now_us);
		gw_tick(&r->gw);
	}
}

static void answer(struct rig *r, const char *body)
{
	const char *id = strstr(rig_last(r), "T=");
	char text[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	snprintf(text, sizeof(text), "P=%lu{%s}", strtoul(id + 2, NULL, 10),
		 body);
	rig_send(r, text);
}

#define SAYS(r, part) says(r, part, __LINE__)
static void says(struct rig *r, const char *part, int line)
{
	if (!strstr(rig_last(r), part))
		fprintf(stderr, "line %d: no <%s> in %s\n", line, part,
			rig_last(r));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), part));
}

#define ASK(r, ask, part)        \
	do {                     \
		rig_ask(r, ask); \
		SAYS(r, part);   \
	} while (0)

/* Announced, no new contexts, gone with the last one. */
static void t33_drain(void)
{
	struct rig *r = start();

	r->gw.conf.h248.drain_s = 60;
	rig_ask(r, BOTH);
	gw_drain_stop(&r->gw);
	SAYS(r, "MT=GR,RE=\"905");
	SAYS(r, "DL=60");
	answer(r, "C=-{SC=ROOT}");
	rig_ask(r, BOTH);
	SAYS(r, "ER=503");
	pass(r, 30 * SECOND);
	CU_ASSERT_FALSE(r->gw.is_stopping);
	rig_ask(r, "C=1{S=*{AT{}}}");
	pass(r, SECOND);
	CU_ASSERT(r->gw.is_stopping);
	SAYS(r, "MT=FO,RE=\"908");
	rig_free(r);
}

/* Its time ends; or the operator cannot wait; or there is nothing to wait
 * for. */
static void t33_drain_ends(void)
{
	struct rig *r = start();

	r->gw.conf.h248.drain_s = 60;
	rig_ask(r, BOTH);
	gw_drain_stop(&r->gw);
	pass(r, 59 * SECOND);
	CU_ASSERT_FALSE(r->gw.is_stopping);
	pass(r, 1 * SECOND);
	CU_ASSERT(r->gw.is_stopping);
	rig_free(r);
	r = start();
	r->gw.conf.h248.drain_s = 60;
	rig_ask(r, BOTH);
	gw_drain_stop(&r->gw);
	gw_drain_stop(&r->gw);
	CU_ASSERT(r->gw.is_stopping);
	SAYS(r, "MT=FO,RE=\"908");
	rig_free(r);
	r = start();
	r->gw.conf.h248.drain_s = 60;
	gw_drain_stop(&r->gw);
	CU_ASSERT(r->gw.is_stopping);
	rig_free(r);
}

/* By the operator: the process stays, and so does the order. */
static void t33_operator(void)
{
	struct rig *r = start();

	rig_ask(r, BOTH);
	CU_ASSERT_EQUAL(gw_drain(&r->gw, 60), 0);
	CU_ASSERT_EQUAL(gw_drain(&r->gw, 60), -EALREADY);
	SAYS(r, "SC=ROOT{SV{MT=GR,RE=\"905");
	SAYS(r, "DL=60");
	answer(r, "C=-{SC=ROOT}");
	ASK(r, BOTH, "ER=503");
	pass(r, 59 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	pass(r, 2 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	stub_done_all();
	rig_events(r);
	pass(r, 100 * SECOND);
	CU_ASSERT_FALSE(r->gw.is_stopping);
	ASK(r, BOTH, "ER=503");
	CU_ASSERT_EQUAL(gw_drain_cancel(&r->gw), 0);
	SAYS(r, "SC=ROOT{SV{MT=RS,RE=\"918 Cancel Graceful\"}}");
	answer(r, "C=-{SC=ROOT}");
	ASK(r, BOTH, "A=ip/1/core/");
	CU_ASSERT_EQUAL(gw_drain_cancel(&r->gw), -EALREADY);
	rig_free(r);
}

/* Without a time: until the last session is gone, whenever that is. */
static void t33_no_delay(void)
{
	struct rig *r = start();

	rig_ask(r, BOTH);
	CU_ASSERT_EQUAL(gw_drain(&r->gw, 0), 0);
	SAYS(r, "SC=ROOT{SV{MT=GR,RE=\"905 Termination Taken Out Of"
		" Service\"}}");
	answer(r, "C=-{SC=ROOT}");
	pass(r, 100000 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	/* The end of the process is another order. */
	gw_drain_stop(&r->gw);
	CU_ASSERT(r->gw.is_stopping);
	SAYS(r, "MT=FO,RE=\"908");
	CU_ASSERT_EQUAL(gw_drain_cancel(&r->gw), -EALREADY);
	rig_free(r);
}

/* A stop that waits is taken back. */
static void t33_stop_cancelled(void)
{
	struct rig *r = start();

	r->gw.conf.h248.drain_s = 60;
	rig_ask(r, BOTH);
	gw_drain_stop(&r->gw);
	answer(r, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(gw_drain_cancel(&r->gw), 0);
	SAYS(r, "MT=RS,RE=\"918");
	answer(r, "C=-{SC=ROOT}");
	pass(r, 100 * SECOND);
	CU_ASSERT_FALSE(r->gw.is_stopping);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	rig_free(r);
}

static void t33_emergency(void)
{
	struct rig *r = start();

	rig_ask(r, BOTH);
	gw_drain(&r->gw, 0);
	answer(r, "C=-{SC=ROOT}");
	ASK(r, EMERGENCY, "A=ip/1/access/");
	r->gw.conf.h248.emergency_when_out = false;
	ASK(r, EMERGENCY, "ER=503");
	gw_drain_cancel(&r->gw);
	answer(r, "C=-{SC=ROOT}");
	/* By order of the controller as well. */
	rig_ask(r, "C=-{SC=ROOT{SV{MT=GR,RE=\"905\"}}}");
	ASK(r, EMERGENCY, "ER=503");
	r->gw.conf.h248.emergency_when_out = true;
	ASK(r, EMERGENCY, "A=ip/1/access/");
	rig_free(r);
}

/* Who takes over is told, with the time that is left. */
static void t33_next_controller_is_told(void)
{
	struct rig *r = start();

	rig_ask(r, BOTH);
	gw_drain(&r->gw, 60);
	answer(r, "C=-{SC=ROOT}");
	pass(r, 20 * SECOND);
	h248_assoc_link_lost(r->gw.assoc, h248_assoc_controller(r->gw.assoc),
			     gw_now_ms());
	SAYS(r, "MT=DC");
	answer(r, "C=-{SC=ROOT}");
	SAYS(r, "SC=ROOT{SV{MT=GR,RE=\"905");
	SAYS(r, "DL=40");
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T33 drain before a stop", t33_drain },
		{ "T33 drain ends", t33_drain_ends },
		{ "T33 drain by the operator, cancelled: 918", t33_operator },
		{ "T33 drain without a time", t33_no_delay },
		{ "T33 stop cancelled: 918", t33_stop_cancelled },
		{ "T33 emergency while out of service", t33_emergency },
		{ "T33 the next controller is told",
		  t33_next_controller_is_told },
		{ NULL, NULL },
	};

	return suite_run("gateway/drain", tests);
}
