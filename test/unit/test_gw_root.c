/*
 * test/unit/test_gw_root.c - what a controller sets has its effect
 *
 * Reference 1.9 (statistics, context properties), 5.4 (properties of ROOT).
 */
#include <stdio.h>
#include <stdlib.h>
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
#define ROOT(item, value) "C=-{MF=ROOT{M{TS{root/" item "=" value "}}}}"
#define START_US UINT64_C(5000000)

static void pass(struct rig *r, uint64_t ms)
{
	gw_clock_freeze(START_US + ms * 1000, UINT64_C(1768465800000000));
	gw_tick(&r->gw);
}

/* How many Pendings a request brings that the engine does not finish. */
static const struct {
	const char *name, *ask;
	uint64_t first_ms; /* none a moment before */
} timers[] = {
	{ "configured", "C=-{AV=ROOT{AT{}}}", 2000 },
	{ "5.4 normalMGExecutionTime", ROOT("normalMGExecutionTime", "0800"),
	  800 },
	{ "5.4 MGProvisionalResponseTimerValue",
	  ROOT("MGProvisionalResponseTimerValue", "1200"), 1200 },
	{ "5.4 both",
	  "C=-{MF=ROOT{M{TS{root/normalMGExecutionTime=400,"
	  "root/MGProvisionalResponseTimerValue=1500}}}}",
	  1500 },
};

static void pending_timer(void)
{
	for (size_t i = 0; i < sizeof(timers) / sizeof(timers[0]); i++) {
		struct rig *r = rig_new(10);
		unsigned int before;

		rig_ask(r, timers[i].ask);
		before = r->n_sent;
		rig_send(r, "T=900{" BOTH "}");
		pass(r, timers[i].first_ms - 1);
		CU_ASSERT_EQUAL(r->n_sent, before);
		pass(r, timers[i].first_ms);
		if (r->n_sent != before + 1)
			fprintf(stderr, "%s\n", timers[i].name);
		CU_ASSERT_EQUAL(r->n_sent, before + 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "PN=900"));
		rig_free(r);
		gw_clock_freeze(0, 0);
	}
}

/* The third sign of life is one too many: 506. */
static void pending_limit(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ROOT("MGOriginatedPendingLimit", "2"));
	rig_send(r, "T=900{" BOTH "}");
	rig_send(r, "T=900{" BOTH "}");
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "PN=900"));
	rig_send(r, "T=900{" BOTH "}");
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "PN=900"));
	rig_send(r, "T=900{" BOTH "}");
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "ER=506{"));
	rig_free(r);
}

/* A Notify is out; when it is sent again. */
static const struct {
	const char *name, *ask;
	uint64_t again_ms;
} repeats[] = {
	{ "configured", "C=-{AV=ROOT{AT{}}}", 500 },
	{ "5.4 normalMGCExecutionTime", ROOT("normalMGCExecutionTime", "800"),
	  800 },
	{ "5.4 MGCProvisionalResponseTimerValue",
	  ROOT("MGCProvisionalResponseTimerValue", "1200"), 1200 },
	{ "5.4 both",
	  "C=-{MF=ROOT{M{TS{root/normalMGCExecutionTime=400,"
	  "root/MGCProvisionalResponseTimerValue=1500}}}}",
	  1500 },
};

static void notify(struct rig *r)
{
	rig_ask(r, BOTH);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=5{tcprv/est}}}");
	stub_event(PKT_EVT_OPEN, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "tcprv/est"));
}

static void repetition(void)
{
	for (size_t i = 0; i < sizeof(repeats) / sizeof(repeats[0]); i++) {
		struct rig *r = rig_new(10);
		unsigned int before;

		rig_ask(r, repeats[i].ask);
		notify(r);
		before = r->n_sent;
		pass(r, repeats[i].again_ms - 1);
		CU_ASSERT_EQUAL(r->n_sent, before);
		pass(r, repeats[i].again_ms);
		if (r->n_sent != before + 1)
			fprintf(stderr, "%s\n", repeats[i].name);
		CU_ASSERT_EQUAL(r->n_sent, before + 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "tcprv/est"));
		rig_free(r);
		gw_clock_freeze(0, 0);
	}
}

/* A Pending makes us wait T-MAX from then on, so many times; one more ends the
 * transaction (506). */
static void pendings_taken(void)
{
	static const char *const ask[] = {
		"C=-{AV=ROOT{AT{}}}", ROOT("MGCOriginatedPendingLimit", "2")
	};

	for (unsigned int is_limited = 0; is_limited < 2; is_limited++) {
		struct rig *r = rig_new(10);
		char text[32];

		rig_ask(r, ask[is_limited]);
		notify(r);
		snprintf(text, sizeof(text), "PN=%lu{}",
			 strtoul(strstr(rig_last(r), "T=") + 2, NULL, 10));
		for (unsigned int i = 1; i <= 3; i++) {
			pass(r, i * 10000);
			rig_send(r, text);
		}
		CU_ASSERT_EQUAL(r->gw.stats.notify_failed, is_limited);
		pass(r, 54000); /* 30 s and T-MAX, not quite */
		CU_ASSERT_EQUAL(r->gw.stats.notify_failed, is_limited);
		rig_free(r);
	}
}

#define SEG(item, value) "C=-{MF=ROOT{M{TS{seg/" item "=" value "}}}}"
#define EVERYTHING "C=*{AV=*{AT{M,SG,E}}}"

static struct rig *many(rig_edit_h *edit)
{
	struct rig *r = rig_new_with(20, edit);

	for (unsigned int i = 0; i < 8; i++)
		rig_ask(r, BOTH);
	return r;
}

static bool has(const struct rig *r, unsigned int i, const char *part)
{
	return i < r->n_sent && strstr(r->sent[i], part);
}

/* Asks for everything: so many messages come, none is over the limit. */
static unsigned int parts(struct rig *r, size_t limit, unsigned int *first)
{
	*first = r->n_sent;
	rig_ask(r, EVERYTHING);
	for (unsigned int i = *first; i < r->n_sent; i++)
		CU_ASSERT(strlen(r->sent[i]) <= limit);
	return r->n_sent - *first;
}

static void short_segments(struct conf_gateway *c)
{
	c->h248.segment_octets = 700;
}

static void version_2(struct conf_gateway *c)
{
	c->h248.version = 2;
}

/* Not before it is set; then each can be read, and all are there. */
static void max_pdu(void)
{
	struct rig *r = many(NULL);
	unsigned int first, n, terms = 0;
	char part[32];

	CU_ASSERT_EQUAL(parts(r, 65507, &first), 1);
	CU_ASSERT(strlen(rig_last(r)) > 4 * 512);
	rig_ask(r, SEG("MGCMaxPDUSize", "512"));
	n = parts(r, 512, &first);
	CU_ASSERT(n > 3);
	for (unsigned int i = 0; i < n; i++) {
		snprintf(part, sizeof(part), "P=%u/%u%s{", r->tid - 1, i + 1,
			 i + 1 == n ? "/&" : "");
		CU_ASSERT(has(r, first + i, part));
		for (const char *at = r->sent[first + i];
		     (at = strstr(at, "AV=ip/")); at++)
			terms++;
	}
	CU_ASSERT_EQUAL(terms, 16);
	rig_free(r);
}

/* Segments stay as short as configured when the controller can take more, and
 * become shorter when it cannot. */
static void max_pdu_and_configured(void)
{
	struct rig *r = many(short_segments);
	unsigned int first, n = parts(r, 700, &first);

	CU_ASSERT(n > 1);
	rig_ask(r, SEG("MGCMaxPDUSize", "2048"));
	CU_ASSERT_EQUAL(parts(r, 700, &first), n);
	rig_ask(r, SEG("MGCMaxPDUSize", "512"));
	CU_ASSERT(parts(r, 512, &first) > n);
	rig_free(r);
}

/* What cannot be cut, the reply of one command or version 2. */
static void max_pdu_533(void)
{
	struct rig *r = many(version_2);
	char ask[1024];
	unsigned int first;

	rig_ask(r, SEG("MGCMaxPDUSize", "1024"));
	CU_ASSERT_EQUAL(parts(r, 1024, &first), 1);
	CU_ASSERT(has(r, first, "ER=533{"));
	rig_free(r);
	r = many(NULL);
	snprintf(ask, sizeof(ask), "C=-{MF=ROOT{M{TS{mgcinfo/db=%0600d}}}}", 0);
	rig_ask(r, ask);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=-{AV=ROOT{AT{M}}}"), "mgcinfo/db"));
	rig_ask(r, SEG("MGCMaxPDUSize", "512"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=-{AV=ROOT{AT{M}}}"), "ER=533{"));
	rig_free(r);
}

static const struct {
	const char *ask;
	uint64_t wait_ms;
} waits[] = {
	{ "C=-{AV=ROOT{AT{}}}", 4000 },
	{ SEG("MGSegmentationTimerValue", "700"), 700 },
};

/* Of the reply to a Notify the last segment comes, and no other. */
static void segment_timer(void)
{
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		struct rig *r = rig_new(10);
		char text[96];

		rig_ask(r, waits[i].ask);
		notify(r);
		snprintf(text, sizeof(text), "P=%lu/2/&{C=1{N=ip/1/access/1}}",
			 strtoul(strstr(rig_last(r), "T=") + 2, NULL, 10));
		rig_send(r, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "SM="));
		pass(r, waits[i].wait_ms - 1);
		CU_ASSERT_EQUAL(r->gw.stats.notify_failed, 0);
		pass(r, waits[i].wait_ms);
		CU_ASSERT_EQUAL(r->gw.stats.notify_failed, 1);
		rig_free(r);
		gw_clock_freeze(0, 0);
	}
}

static void context_properties(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=1{PR=9,EG}"), "{C=1}"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=1{CA{PR,EG}}"), "{C=1{PR=9,EG}}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=1{EGO}"), "{C=1}"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=1{CA{PR,EG}}"), "{C=1{PR=9}}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=-{PR=9}"), "ER=421{"));
	rig_free(r);
}

/* 1.9: an audit or a Modify takes nothing away from the statistics. */
static void statistics_last(void)
{
	struct rig *r = rig_new(10);
	struct pkt_gate_stat stat = { .rx_octets = 7 };

	rig_ask(r, BOTH);
	stub_set_stat(stub_cmd(0)->gate, &stat);
	for (unsigned int i = 0; i < 2; i++) {
		CU_ASSERT_PTR_NOT_NULL(strstr(
			rig_ask(r, "C=1{AV=ip/1/access/1{AT{SA{nt/or}}}}"),
			"nt/or=7"));
		rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{O{MO=IN}}}}}");
	}
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=1{S=ip/1/access/1{AT{SA{nt/or}}}}"),
		       "{C=1{S=ip/1/access/1{SA{nt/or=7}}}}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=1{S=ip/1/core/2{AT{}}}"),
				      "{C=1{S=ip/1/core/2}}"));
	rig_free(r);
}

/* v3: one command for several terminations, one reply for each. */
static void lists(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	CU_ASSERT_PTR_NOT_NULL(strstr(
		rig_ask(r,
			"C=1{MF=[ip/1/core/2,ip/1/access/1]{E=5{adr/rsac}}}"),
		"{C=1{MF=ip/1/core/2,MF=ip/1/access/1}}"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=1{S=[ip/1/core/2,*,ip/1/core/2]{AT{}}}"),
		       "{C=1{S=ip/1/core/2,S=ip/1/access/1}}"));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "5.4 T22 when the first Pending is sent", pending_timer },
	{ "5.4 T22 MGOriginatedPendingLimit: 506", pending_limit },
	{ "5.4 T21 when a request of ours is repeated", repetition },
	{ "5.4 T22 MGCOriginatedPendingLimit", pendings_taken },
	{ "5.4 6.12 C27 MGCMaxPDUSize makes segments", max_pdu },
	{ "5.4 C27 MGCMaxPDUSize and what is configured",
	  max_pdu_and_configured },
	{ "5.4 C27 MGCMaxPDUSize: 533", max_pdu_533 },
	{ "5.4 C27 MGSegmentationTimerValue", segment_timer },
	{ "6.9 context properties without a command", context_properties },
	{ "1.9 T48 statistics stay until Subtract", statistics_last },
	{ "1.9 lists of terminations (v3)", lists },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/root", tests);
}
