/*
 * test/unit/test_gw_link.c - silence, loss, farewell
 *
 * Case ids: T30, T32 and T33 of the interoperability list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/link.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm)                                              \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR,ipdc/realm=\"" realm \
	".example\"},L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n"  \
	"a=setup:passive\n},R{\nv=0\nc=IN IP4 10.9.8.7\n"       \
	"m=message 9 TCP -\na=setup:active\n}}}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"
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

#define SAYS(r, part) CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), part))

/* mit=500 is 5 s; any message begins the time again. */
static void t32_silence(void)
{
	struct rig *r = start();
	unsigned int n;

	rig_ask(r, "C=-{MF=ROOT{E=77{it/ito{mit=500}}}}");
	n = r->n_sent;
	pass(r, 4 * SECOND);
	CU_ASSERT_EQUAL(r->n_sent, n);
	rig_ask(r, "C=-{AV=ROOT{AT{}}}");
	n = r->n_sent;
	pass(r, 4999000);
	CU_ASSERT_EQUAL(r->n_sent, n);
	pass(r, 1000);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	SAYS(r, "C=-{N=ROOT{OE=77{");
	SAYS(r, ":it/ito}");
	answer(r, "C=-{N=ROOT}");
	n = r->n_sent;
	pass(r, 4999000);
	CU_ASSERT_EQUAL(r->n_sent, n);
	pass(r, 1000);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	rig_free(r);
}

/* 100 to 65535 units of 10 ms, 12000 when it is left out. */
static void t32_range(void)
{
	static const struct {
		const char *events, *part;
		uint64_t us;
	} t[] = {
		{ "it/ito", "MF=ROOT}", 120 * SECOND },
		{ "it/ito{mit=100}", "MF=ROOT}", 1 * SECOND },
		{ "IT/ITO{MIT=100}", "MF=ROOT}", 1 * SECOND },
		{ "it/ito{mit=65535}", "MF=ROOT}", 655350000 },
		{ "it/ito{mit=99}", "ER=", 0 },
		{ "it/ito{mit=65536}", "ER=", 0 },
	};
	char text[128];

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct rig *r = start();

		snprintf(text, sizeof(text), "C=-{MF=ROOT{E=77{%s}}}",
			 t[i].events);
		rig_ask(r, text);
		SAYS(r, t[i].part);
		CU_ASSERT_EQUAL(gw_link_next_us(&r->gw),
				t[i].us ? now_us + t[i].us : UINT64_MAX);
		rig_free(r);
	}
}

/* No answer in T-MAX: lost; nobody is told of silence then. */
static void t32_nobody_answers(void)
{
	struct rig *r = start();

	rig_ask(r, "C=-{MF=ROOT{E=77{it/ito{mit=500}}}}");
	pass(r, 5 * SECOND);
	SAYS(r, "it/ito");
	pass(r, 25 * SECOND);
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_REGISTERING);
	SAYS(r, "MT=DC,RE=\"900");
	pass(r, 20 * SECOND);
	SAYS(r, "MT=DC,RE=\"900");
	CU_ASSERT_EQUAL(gw_link_next_us(&r->gw), UINT64_MAX);
	rig_free(r);
}

static void lose(struct rig *r)
{
	h248_assoc_link_lost(r->gw.assoc, h248_assoc_controller(r->gw.assoc),
			     gw_now_ms());
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_REGISTERING);
}

static void forget_sent(struct rig *r)
{
	while (r->n_sent)
		free(r->sent[--r->n_sent]);
}

/* 3.4: sessions live on for a time, then go; it is said at the return. */
static void t30_lifetime(void)
{
	struct rig *r = start();

	r->gw.conf.h248.context_lifetime_s = 60;
	for (int i = 0; i < 20; i++)
		rig_ask(r, BOTH), forget_sent(r);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 20);
	CU_ASSERT_EQUAL(stub_gates(), 40);
	lose(r);
	pass(r, 59 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 20);
	pass(r, 2 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	pass(r, 26 * SECOND); /* T-MAX of the question that is out */
	SAYS(r, "MT=RS,RE=\"901");
	rig_free(r);
}

/* A controller that comes while old contexts go keeps those it makes. */
static void t30_new_contexts_stay(void)
{
	struct rig *r = start();
	const struct gw_context *ctx;

	r->gw.conf.h248.context_lifetime_s = 60;
	for (int i = 0; i < 20; i++)
		rig_ask(r, BOTH), forget_sent(r);
	lose(r);
	pass(r, 60 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 4);
	answer(r, "C=-{SC=ROOT}");
	rig_ask(r, BOTH);
	SAYS(r, "C=21{A=ip/1/access/41");
	pass(r, SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	ctx = TAILQ_FIRST(&r->gw.contexts);
	CU_ASSERT(ctx && ctx->id == 21);
	CU_ASSERT(!r->gw.orphans_until_us && !r->gw.is_releasing);
	rig_free(r);
}

/* Found again in time: nothing is lost. No lifetime: for ever. */
static void t30_contexts_stay(void)
{
	struct rig *r = start();

	r->gw.conf.h248.context_lifetime_s = 60;
	rig_ask(r, BOTH);
	lose(r);
	pass(r, 20 * SECOND);
	SAYS(r, "MT=DC,RE=\"900");
	answer(r, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_ACTIVE);
	pass(r, 100 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	r->gw.conf.h248.context_lifetime_s = 0;
	lose(r);
	pass(r, 1000 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	rig_free(r);
}

/* 3.4: contexts stay, the answer goes to who gave the order. */
static void t30_handoff(void)
{
	static const struct {
		const char *ask, *part;
	} bad[] = {
		{ "C=-{SC=ROOT{SV{MT=HO,RE=\"903\"}}}", "ER=472" },
		{ "C=-{SC=ROOT{SV{MT=HO,RE=\"903\",MG=<a.example>}}}",
		  "ER=501" },
		{ "C=-{SC=ROOT{SV{MT=HO,RE=\"903\",MG=[2001:db8::1]}}}",
		  "ER=501" },
		{ "C=1{SC=ip/1/access/1{SV{MT=HO,RE=\"903\","
		  "MG=[198.51.100.11]}}}",
		  "ER=410" },
	};
	struct rig *r = start();
	unsigned int n;

	r->gw.conf.h248.local.ss_family = AF_INET;
	rig_ask(r, BOTH);
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		rig_ask(r, bad[i].ask);
		SAYS(r, bad[i].part);
	}
	n = r->n_sent;
	rig_ask(r, "C=-{SC=ROOT{SV{MT=HO,RE=\"903\",MG=[198.51.100.11]}}}");
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	SAYS(r, "C=-{SC=ROOT}");
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(r->n_sent, n + 2);
	SAYS(r, "MT=HO,RE=\"903");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	rig_free(r);
}

/* Announced, no new contexts, gone with the last one. */
static void t33_drain(void)
{
	struct rig *r = start();

	r->gw.conf.h248.drain_s = 60;
	rig_ask(r, BOTH);
	gw_link_stop(&r->gw);
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
	gw_link_stop(&r->gw);
	pass(r, 59 * SECOND);
	CU_ASSERT_FALSE(r->gw.is_stopping);
	pass(r, 1 * SECOND);
	CU_ASSERT(r->gw.is_stopping);
	rig_free(r);
	r = start();
	r->gw.conf.h248.drain_s = 60;
	rig_ask(r, BOTH);
	gw_link_stop(&r->gw);
	gw_link_stop(&r->gw);
	CU_ASSERT(r->gw.is_stopping);
	SAYS(r, "MT=FO,RE=\"908");
	rig_free(r);
	r = start();
	r->gw.conf.h248.drain_s = 60;
	gw_link_stop(&r->gw);
	CU_ASSERT(r->gw.is_stopping);
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T32 silence of the controller", t32_silence },
		{ "T32 range of ito", t32_range },
		{ "T32 nobody answers", t32_nobody_answers },
		{ "T30 contexts without controller", t30_lifetime },
		{ "T30 contexts of a new controller", t30_new_contexts_stay },
		{ "T30 contexts stay", t30_contexts_stay },
		{ "T30 handoff", t30_handoff },
		{ "T33 drain", t33_drain },
		{ "T33 drain ends", t33_drain_ends },
		{ NULL, NULL },
	};

	return suite_run("gateway/link", tests);
}
