/*
 * test/unit/test_gw_link.c - silence, loss, return
 *
 * Case ids: C28 and C29 of the fault catalogue, T30, T32 and T34 of the
 * interoperability list.
 */
#include <arpa/inet.h>
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

static struct rig *start_as(void (*change)(struct conf_gateway *conf))
{
	now_us = 5000000;
	return rig_new_with(200, change);
}

static struct rig *start(void)
{
	return start_as(NULL);
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
		{ "it/ito{mit=0x64}", "MF=ROOT}", 1 * SECOND },
		{ "it/ito{mit=0100}", "MF=ROOT}", 1 * SECOND },
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

	unsigned int n;

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
	SAYS(r, "MT=DC,RE=\"900");
	answer(r, "C=-{SC=ROOT}");
	/* Sixteen of them, then the others. */
	SAYS(r, "{C=1{SC=*{SV{MT=FO,RE=\"915 State Loss\"}}},C=2{SC=*{");
	SAYS(r, ",C=16{SC=*{SV{MT=FO,RE=\"915 State Loss\"}}}}");
	answer(r, "C=1{SC=*}");
	SAYS(r, "{C=17{SC=*{");
	answer(r, "C=17{SC=*}");
	n = r->n_sent;
	pass(r, 5 * SECOND);
	CU_ASSERT_EQUAL(r->n_sent, n);
	ASK(r, "C=1{AV=*{AT{}}}", "ER=411");
	rig_free(r);
}

static void loss_is_restart(struct conf_gateway *c)
{
	c->h248.change[0] = (struct conf_change) { CONF_CHANGE_LOSS,
						   CONF_METHOD_RESTART, 901 };
	c->h248.n_changes = 1;
}

/* <service-change event="state-loss" method="restart">: the registration says
 * it. */
static void t30_loss_as_restart(void)
{
	struct rig *r = start_as(loss_is_restart);
	unsigned int n;

	r->gw.conf.h248.context_lifetime_s = 60;
	rig_ask(r, BOTH);
	lose(r);
	pass(r, 90 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	SAYS(r, "MT=RS,RE=\"901");
	answer(r, "C=-{SC=ROOT}");
	n = r->n_sent;
	pass(r, SECOND);
	CU_ASSERT_EQUAL(r->n_sent, n);
	rig_free(r);
}

/* Half of a rendezvous stays as long as a whole one, then goes with its port;
 * nobody is left to add the other half. */
static void c29_half_a_rendezvous(void)
{
	struct rig *r = start();

	r->gw.conf.h248.context_lifetime_s = 60;
	rig_ask(r, "C=${" LEG("access") "}");
	CU_ASSERT_EQUAL(stub_gates(), 1);
	lose(r);
	pass(r, 59 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	pass(r, 2 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	while (h248_assoc_state(r->gw.assoc) != H248_ASSOC_REGISTERING)
		pass(r, SECOND);
	answer(r, "C=-{SC=ROOT}");
	SAYS(r, "C=1{SC=*{SV{MT=FO,RE=\"915 State Loss\"}}}");
	ASK(r, "C=1{" LEG("core") "}", "ER=411");
	ASK(r, BOTH, "A=ip/1/core/");
	rig_free(r);
}

/* The report is lost with the controller that it was for. */
static void t30_loss_is_not_lost(void)
{
	struct rig *r = start();

	r->gw.conf.h248.context_lifetime_s = 60;
	rig_ask(r, BOTH);
	lose(r);
	pass(r, 90 * SECOND);
	answer(r, "C=-{SC=ROOT}");
	SAYS(r, "C=1{SC=*{SV{MT=FO,RE=\"915");
	pass(r, 25 * SECOND);
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_REGISTERING);
	answer(r, "C=-{SC=ROOT}");
	SAYS(r, "C=1{SC=*{SV{MT=FO,RE=\"915");
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
	SAYS(r, "C=16{SC=*{SV{MT=FO,RE=\"915");
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

static void two_controllers(struct conf_gateway *c)
{
	c->h248.controller[1] = c->h248.controller[0];
	((struct sockaddr_in *)&c->h248.controller[1])->sin_addr.s_addr =
		htonl(0xc633640b); /* 198.51.100.11 */
	c->h248.n_controllers = 2;
	c->h248.return_when = CONF_RETURN_ALWAYS;
	c->h248.return_s = 60;
}

static unsigned int last_to(const struct rig *r)
{
	const struct sockaddr_in *in = (const void *)&r->to;

	return ntohl(in->sin_addr.s_addr) & 0xff;
}

/* The first controller has gone, the second one has us. */
static void fail_over(struct rig *r)
{
	lose(r);
	pass(r, 25 * SECOND);
	SAYS(r, "MT=FL,RE=\"909");
	CU_ASSERT_EQUAL(last_to(r), 11);
	r->controller = "198.51.100.11";
	answer(r, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_ACTIVE);
}

/* Every minute it is asked, until it takes us; sessions go on. */
static void t30_return_always(void)
{
	struct rig *r = start_as(two_controllers);
	unsigned int n;

	rig_ask(r, BOTH);
	fail_over(r);
	n = r->n_sent;
	pass(r, 59 * SECOND);
	CU_ASSERT_EQUAL(r->n_sent, n);
	pass(r, 2 * SECOND);
	CU_ASSERT_EQUAL(last_to(r), 10);
	SAYS(r, "MT=DC,RE=\"900");
	ASK(r, "C=-{AV=ROOT{AT{}}}", "AV=ROOT}");
	forget_sent(r);
	pass(r, 58 * SECOND); /* it is silent; then the next attempt */
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_ACTIVE);
	forget_sent(r);
	pass(r, 2 * SECOND);
	SAYS(r, "MT=DC,RE=\"900");
	r->controller = "198.51.100.10";
	answer(r, "C=-{SC=ROOT}");
	ASK(r, "C=1{AV=*{AT{}}}", "AV=C{");
	forget_sent(r);
	pass(r, 300 * SECOND);
	CU_ASSERT_EQUAL(r->n_sent, 0);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	rig_free(r);
}

/* What the first controller has not answered, and what came since, is told to
 * the next one, each once and in its order; nothing that was answered. */
static void t71_events_after_failover(void)
{
	struct rig *r = start_as(two_controllers);
	struct pkt_gate_id gate;
	unsigned int n;

	rig_ask(r, RIG_BOTH);
	gate = stub_cmd(0)->gate;
	stub_event(PKT_EVT_SYN, gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	SAYS(r, "tcprv/syn");
	CU_ASSERT(rig_acknowledge(r));
	SAYS(r, "adr/rsac");
	stub_event(PKT_EVT_OPEN, gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	fail_over(r);
	n = r->n_sent;
	SAYS(r, "N=ip/1/access/1{OE=2001{");
	CU_ASSERT_PTR_NULL(strstr(rig_last(r), "tcprv/syn"));
	CU_ASSERT_EQUAL(last_to(r), 11);
	/* NULL, when it is not there, is before everything. */
	CU_ASSERT(strstr(rig_last(r), "adr/rsac") > rig_last(r));
	CU_ASSERT(strstr(rig_last(r), "tcprv/est") >
		  strstr(rig_last(r), "adr/rsac"));
	stub_event(PKT_EVT_CLOSED, gate, PKT_CAUSE_FIN, true);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, n);
	CU_ASSERT(rig_acknowledge(r));
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	SAYS(r, "tcprv/rel{ST=1,cause=fin");
	CU_ASSERT_PTR_NULL(strstr(rig_last(r), "tcprv/est"));
	CU_ASSERT(rig_acknowledge(r));
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	rig_free(r);
}

/* Only without sessions; not at all. */
static void t30_return_idle(void)
{
	struct rig *r = start_as(two_controllers);

	r->gw.conf.h248.return_when = CONF_RETURN_IDLE;
	rig_ask(r, BOTH);
	fail_over(r);
	forget_sent(r);
	pass(r, 300 * SECOND);
	CU_ASSERT_EQUAL(r->n_sent, 0);
	rig_ask(r, "C=1{S=*{AT{}}}");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT(gw_next_ms(&r->gw) <= now_us / 1000);
	pass(r, SECOND);
	CU_ASSERT_EQUAL(last_to(r), 10);
	SAYS(r, "MT=DC,RE=\"900");
	rig_free(r);
	r = start_as(two_controllers);
	r->gw.conf.h248.return_when = CONF_RETURN_NO;
	fail_over(r);
	forget_sent(r);
	pass(r, 300 * SECOND);
	CU_ASSERT_EQUAL(r->n_sent, 0);
	rig_free(r);
}

/* 3.7: unasked supervision, RequestID 0; what is asked goes before it. */
static void t32_inactivity(void)
{
	struct rig *r = start();

	r->gw.conf.h248.inactivity_s = 30;
	rig_ask(r, "C=-{AV=ROOT{AT{}}}");
	pass(r, 30 * SECOND);
	SAYS(r, "C=-{N=ROOT{OE=0{");
	SAYS(r, ":it/ito}");
	answer(r, "C=-{N=ROOT}");
	rig_ask(r, "C=-{MF=ROOT{E=77{it/ito{mit=500}}}}");
	pass(r, 5 * SECOND);
	SAYS(r, "OE=77{");
	rig_free(r);
}

/* C28: found out by silence, sessions go on, the way back is found. */
static void c28_controller_vanishes(void)
{
	struct rig *r = start();

	rig_ask(r, "C=-{MF=ROOT{E=77{it/ito{mit=3000}}}}");
	rig_ask(r, BOTH);
	pass(r, 30 * SECOND);
	SAYS(r, "N=ROOT{OE=77{");
	pass(r, 25 * SECOND);
	SAYS(r, "MT=DC,RE=\"900");
	for (int i = 0; i < 10; i++)
		forget_sent(r), pass(r, 60 * SECOND);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	CU_ASSERT_EQUAL(stub_gates(), 2);
	forget_sent(r);
	while (!r->n_sent)
		pass(r, SECOND);
	answer(r, "C=-{SC=ROOT}");
	ASK(r, "C=*{AV=ROOT{AT{}}}", "C=1{AV=ROOT}");
	ASK(r, "C=1{AV=*{AT{}}}", "AV=C{ip/1/access/1,ip/1/core/2}");
	rig_free(r);
}

/* The wall clock goes anywhere; what is timed goes by the other one. */
static void p10_clock_jumps(void)
{
	static const int64_t jumps_s[] = { 3600,       -3600, 315360000,
					   -315360000, 1,     -1 };
	const uint64_t wall = UINT64_C(1768465800000000);
	struct rig *r = start();
	unsigned int n;

	rig_ask(r, BOTH);
	rig_ask(r, "C=-{MF=ROOT{E=77{it/ito{mit=500}}}}");
	n = r->n_sent;
	for (unsigned int i = 0; i < sizeof(jumps_s) / sizeof(jumps_s[0]);
	     i++) {
		gw_clock_freeze(now_us,
				wall + (uint64_t)(jumps_s[i] * 1000000));
		gw_tick(&r->gw);
		CU_ASSERT_EQUAL(r->n_sent, n);
		CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	}
	pass(r, 4999000);
	CU_ASSERT_EQUAL(r->n_sent, n);
	gw_clock_freeze(now_us, 0);
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(r->n_sent, n);
	pass(r, 1000);
	SAYS(r, ":it/ito}");
	CU_ASSERT_EQUAL(stub_gates(), 2);
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "P10 the wall clock jumps", p10_clock_jumps },
		{ "T32 silence of the controller", t32_silence },
		{ "T32 range of ito", t32_range },
		{ "T32 nobody answers", t32_nobody_answers },
		{ "T30 T34 contexts without controller: 915", t30_lifetime },
		{ "T30 state loss as Restart", t30_loss_as_restart },
		{ "T30 a report of loss is repeated", t30_loss_is_not_lost },
		{ "C29 half a rendezvous", c29_half_a_rendezvous },
		{ "T30 contexts of a new controller", t30_new_contexts_stay },
		{ "T30 contexts stay", t30_contexts_stay },
		{ "T30 handoff", t30_handoff },
		{ "T30 return to the first controller", t30_return_always },
		{ "T71 events after a failover", t71_events_after_failover },
		{ "T30 return when idle, or not", t30_return_idle },
		{ "T32 supervision unasked", t32_inactivity },
		{ "C28 a controller vanishes", c28_controller_vanishes },
		{ NULL, NULL },
	};

	return suite_run("gateway/link", tests);
}
