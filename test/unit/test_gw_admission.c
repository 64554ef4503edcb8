/*
 * test/unit/test_gw_admission.c - limits of contexts and bandwidth
 *
 * Issue 3, item 9; error codes of reference 4: 412 and 526.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/admission.h"
#include "gateway/ctl_int.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP(more) "L{\nv=0\nc=IN IP4 $\n" more "m=message $ TCP -\n}"
#define REMOTE(more)                           \
	",R{\nv=0\nc=IN IP4 192.0.2.99\n" more \
	"m=message 9 TCP -\na=setup:active\n}"
#define TERM(realm, props, bodies)                            \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR" props "}," bodies \
	"}},SG{ipnapt/latch{napt=LATCH}}}"
#define RATE(realm, n) TERM(realm, ",tman/sdr=" n, SDP(""))
#define PLAIN TERM("access", "", SDP(""))

#define ASK(r, ask, part) asked(r, ask, part, __LINE__)
static void asked(struct rig *r, const char *ask, const char *part, int line)
{
	const char *reply = rig_ask(r, ask);

	if (!strstr(reply, part))
		fprintf(stderr, "line %d: no <%s> in %s\n", line, part, reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, part));
}

#define USED(r, realm, ctxs, rate) used(r, realm, ctxs, rate, __LINE__)
static void used(const struct rig *r, int realm, uint32_t contexts,
		 uint64_t octets_s, int line)
{
	const struct gw_admission *a = &r->gw.admission;
	uint64_t rate = realm < 0 ? a->octets_s : a->realm[realm].octets_s;
	uint32_t n = realm < 0 ? r->gw.n_contexts : a->realm[realm].contexts;

	if (n != contexts || rate != octets_s)
		fprintf(stderr, "line %d: %u contexts, %llu octets/s\n", line,
			n, (unsigned long long)rate);
	CU_ASSERT_EQUAL(n, contexts);
	CU_ASSERT_EQUAL(rate, octets_s);
}

static void contexts(void)
{
	struct rig *r = rig_new(5);

	r->gw.conf.limits.reserve_contexts = 3;
	ASK(r, "C=${" PLAIN "}", "C=1{A=");
	ASK(r, "C=${PR=14," PLAIN "}", "C=2{A=");
	ASK(r, "C=${" PLAIN "}", "ER=412{");
	ASK(r, "C=${PR=14," PLAIN "}", "ER=412{");
	ASK(r, "C=${EG," PLAIN "}", "C=3{A=");
	ASK(r, "C=${IEPS=ON," PLAIN "}", "C=4{A=");
	ASK(r, "C=${PR=15," PLAIN "}", "C=5{A=");
	ASK(r, "C=${EG," PLAIN "}", "ER=412{");
	ASK(r, "C=1{S=*{AT{}}}", "C=1{S=");
	ASK(r, "C=${" PLAIN "}", "ER=412{");
	ASK(r, "C=${EG," PLAIN "}", "C=6{A=");
	rig_free(r);
}

static const struct rate_case {
	const char *id, *add;
	uint64_t octets_s;
} rates[] = {
	{ "tman/sdr goes first",
	  TERM("access", ",tman/sdr=1000,tman/pdr=2000", SDP("b=AS:80\n")),
	  1000 },
	{ "a zero in front", TERM("access", ",tman/sdr=08", SDP("b=AS:80\n")),
	  8 },
	{ "hexadecimal", TERM("access", ",tman/sdr=0x10", SDP("")), 16 },
	{ "tman/pdr", TERM("access", ",tman/pdr=2000", SDP("b=AS:80\n")),
	  2000 },
	{ "policed",
	  TERM("access", ",tman/pol=ON,tman/sdr=5000,tman/mbs=9", SDP("")),
	  5000 },
	{ "b=AS is kbit/s", TERM("access", "", SDP("b=AS:80\n")), 10000 },
	{ "b=TIAS is bit/s", TERM("access", "", SDP("b=TIAS:8001\n")), 1001 },
	{ "b=AS goes before b=TIAS",
	  TERM("access", "", SDP("b=TIAS:64000\nb=AS:80\n")), 10000 },
	{ "the larger one of two bodies",
	  TERM("access", "", SDP("b=AS:8\n") REMOTE("b=AS:16\n")), 2000 },
	{ "Remote alone", TERM("access", "", SDP("") REMOTE("b=TIAS:800\n")),
	  100 },
	{ "the most that can be said",
	  TERM("access", "", SDP("b=AS:4294967295\n")),
	  UINT64_C(4294967295) * 125 },
	{ "what is configured", PLAIN, 8000 },
};

static void bandwidth_of(void)
{
	struct rig *r = rig_new(2);
	char ask[1024];

	r->gw.conf.termination_kbps = 64;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		snprintf(ask, sizeof(ask), "C=${%s}", rates[i].add);
		ASK(r, ask, "A=ip/1/access/");
		if (r->gw.admission.octets_s != rates[i].octets_s)
			fprintf(stderr, "%s\n", rates[i].id);
		USED(r, -1, 1, rates[i].octets_s);
		USED(r, 0, 1, rates[i].octets_s);
		ASK(r, "C=*{S=*{AT{}}}", "S=");
		USED(r, -1, 0, 0);
		USED(r, 0, 0, 0);
	}
	rig_free(r);
}

/* 8000 kbit/s are a million octets a second. */
static void bandwidth(void)
{
	struct rig *r = rig_new(10);
	char before[sizeof(r->state)];

	r->gw.conf.limits.bandwidth_kbps = 8000;
	ASK(r, "C=${" RATE("access", "400000") "," RATE("core", "400000") "}",
	    "C=1{A=");
	USED(r, -1, 1, 800000);
	memcpy(before, rig_state(r), sizeof(before));
	ASK(r, "C=${" RATE("access", "200001") "}", "ER=526{");
	CU_ASSERT_STRING_EQUAL(before, rig_state(r));
	USED(r, -1, 1, 800000);
	ASK(r, "C=${" RATE("access", "200000") "}", "C=3{A=");
	USED(r, -1, 2, 1000000);
	ASK(r, "C=${" RATE("access", "1") "}", "ER=526{");
	ASK(r, "C=3{S=*{AT{}}}", "C=3{S=");
	USED(r, -1, 1, 800000);
	rig_free(r);
}

#define MODIFY(props) "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR" props "}}}}}"

static void modify(void)
{
	struct rig *r = rig_new(10);

	r->gw.conf.limits.bandwidth_kbps = 8000;
	ASK(r, "C=${" RATE("access", "400000") "}", "C=1{A=");
	ASK(r, MODIFY(",tman/sdr=1000000"), "C=1{MF=");
	USED(r, -1, 1, 1000000);
	ASK(r, MODIFY(",tman/sdr=1000001"), "ER=526{");
	USED(r, 0, 1, 1000000);
	ASK(r, MODIFY(",tman/sdr=10"), "C=1{MF=");
	USED(r, 0, 1, 10);
	ASK(r, MODIFY(""), "C=1{MF="); /* as configured: nothing */
	USED(r, -1, 1, 0);
	/* Limits may be lowered under what is there: less is never refused. */
	ASK(r, MODIFY(",tman/sdr=900000"), "C=1{MF=");
	r->gw.conf.limits.bandwidth_kbps = 80;
	ASK(r, MODIFY(",tman/sdr=900001"), "ER=526{");
	ASK(r, MODIFY(",tman/sdr=900000"), "C=1{MF=");
	ASK(r, MODIFY(",tman/sdr=800000"), "C=1{MF=");
	USED(r, -1, 1, 800000);
	rig_free(r);
}

static void reserve(void)
{
	struct rig *r = rig_new(10);

	r->gw.conf.limits.bandwidth_kbps = 8000;
	r->gw.conf.limits.reserve_kbps = 800;
	ASK(r, "C=${" RATE("access", "900001") "}", "ER=526{");
	ASK(r, "C=${" RATE("access", "900000") "}", "A=");
	ASK(r, "C=${PR=14," RATE("access", "1") "}", "ER=526{");
	ASK(r, "C=${EG," RATE("access", "50000") "}", "A=");
	ASK(r, "C=${IEPS=ON," RATE("access", "25000") "}", "A=");
	ASK(r, "C=${PR=15," RATE("access", "25001") "}", "ER=526{");
	ASK(r, "C=${PR=15," RATE("access", "25000") "}", "A=");
	ASK(r, "C=${EG," RATE("access", "1") "}", "ER=526{");
	/* What goes first keeps its place among the others. */
	ASK(r, "C=2{S=*{AT{}}}", "C=2{S=");
	USED(r, -1, 3, 150000 - 50000);
	ASK(r, "C=${" RATE("access", "800001") "}", "ER=526{");
	ASK(r, "C=${" RATE("access", "800000") "}", "A=");
	rig_free(r);
}

static void realms(void)
{
	struct rig *r = rig_new(10);
	struct conf_realm *core = &r->gw.conf.realm[1];

	core->max_contexts = 2;
	core->limits.reserve_contexts = 1;
	core->limits.bandwidth_kbps = 80;
	ASK(r, "C=${" RATE("access", "99999") "," RATE("core", "9000") "}",
	    "C=1{A=ip/1/access/1");
	USED(r, 0, 1, 99999);
	USED(r, 1, 1, 9000);
	ASK(r, "C=${" RATE("access", "1") "," RATE("core", "1") "}", "ER=412{");
	USED(r, 0, 2, 100000); /* the first of the two stays */
	ASK(r, "C=2{EG," RATE("core", "1001") "}", "ER=526{");
	ASK(r, "C=2{" RATE("core", "1000") "}", "C=2{A=");
	USED(r, 1, 2, 10000);
	ASK(r, "C=${EG," RATE("core", "0") "}", "ER=412{");
	ASK(r, "C=1{S=ip/1/core/2{AT{}}}", "C=1{S=");
	USED(r, 1, 1, 1000);
	/* Both sides in one realm are one context of it, also of the last. */
	core->max_contexts = 1;
	core->limits.reserve_contexts = 0;
	ASK(r, "C=2{S=ip/1/access/3{AT{}}," RATE("core", "9000") "}", "C=2{S=");
	USED(r, 1, 1, 10000);
	USED(r, 0, 1, 99999);
	rig_free(r);
}

/* A realm that ipdc/realm chose, not the TerminationID. */
static void realm_of_ipdc(void)
{
	struct rig *r = rig_new(10);

	ASK(r,
	    "C=${A=${M{ST=1{O{MO=SR,ipdc/realm=\"core.example\",tman/sdr=7}," SDP(
		    "") "}},SG{ipnapt/latch{napt=LATCH}}}}",
	    "C=1{A=");
	USED(r, 0, 0, 0);
	USED(r, 1, 1, 7);
	rig_free(r);
}

/* What fails behind the decision has taken nothing. */
static void engine_fails(void)
{
	struct rig *r = rig_new(10);

	ASK(r, "C=${" RATE("access", "10") "}", "C=1{A=");
	stub_fail_add(-ENOSPC);
	ASK(r, "C=${" RATE("access", "5000") "}", "ER=510{");
	ASK(r, "C=1{" RATE("core", "5000") "}", "ER=510{");
	USED(r, -1, 1, 10);
	USED(r, 1, 0, 0);
	rig_free(r);
}

/* Streams of one termination come and go by themselves. */
static void streams(void)
{
	struct rig *r = rig_new(10);

	ASK(r,
	    "C=${A=ip/1/access/${M{ST=1{O{MO=SR,tman/sdr=10}," SDP(
		    "") "},ST=2{O{MO=SR,tman/sdr=20}," SDP("") "}},SG{ipnapt/latch{napt=LATCH}}}}",
	    "C=1{A=");
	USED(r, 0, 1, 30);
	ASK(r, "C=1{MF=ip/1/access/1{M{ST=2{L{}}}}}", "C=1{MF=");
	USED(r, 0, 1, 10);
	ASK(r, "C=1{MF=ip/1/access/1{M{ST=1{L{}}}}}", "C=1{MF=");
	USED(r, 0, 0, 0);
	ASK(r, "C=1{S=*{AT{}}}", "C=1{S=");
	USED(r, -1, 0, 0);
	rig_free(r);
}

/* The counters against a sum over everything that is there. */
static bool is_exact(const struct rig *r)
{
	struct gw_usage sum[CONF_MAX_REALMS] = { { 0, 0 } };
	const struct gw_context *ctx;
	uint64_t all = 0;

	TAILQ_FOREACH (ctx, &r->gw.contexts, entry) {
		bool is_in[CONF_MAX_REALMS] = { false };

		for (unsigned int i = 0; i < ctx->n_terms * GW_MAX_STREAMS;
		     i++) {
			const struct gw_term *t = ctx->term[i / GW_MAX_STREAMS];
			const struct gw_stream *s =
				&t->stream[i % GW_MAX_STREAMS];

			if (i % GW_MAX_STREAMS >= t->n_slots || !s->is_used)
				continue;
			sum[s->realm].octets_s += s->octets_s;
			all += s->octets_s;
			sum[s->realm].contexts += !is_in[s->realm];
			is_in[s->realm] = true;
		}
	}
	return all == r->gw.admission.octets_s &&
	       !memcmp(sum, r->gw.admission.realm, sizeof(sum));
}

static uint32_t seed;

static unsigned int any(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static void random_ask(char *ask, size_t cap)
{
	static const char *const name[] = { "access", "core" };
	unsigned int ctx = 1 + any(40), rate = 6 * any(65536), side = any(2);

	switch (any(4)) {
	case 0:
		snprintf(ask, cap,
			 "C=${%sA=ip/1/%s/${M{ST=1{O{MO=SR,tman/sdr="
			 "%u}," SDP("") "}},SG{ipnapt/latch{napt=LATCH}}}}",
			 any(4) ? "" : "EG,", name[side], rate);
		break;
	case 1:
		snprintf(ask, cap,
			 "C=%u{A=ip/1/%s/${M{ST=1{O{MO=SR,tman/sdr="
			 "%u}," SDP("") "}},SG{ipnapt/latch{napt=LATCH}}}}",
			 ctx, name[side], rate);
		break;
	case 2:
		snprintf(ask, cap,
			 "C=%u{O-MF=*{M{ST=%u{O{MO=SR,tman/sdr=%u}," SDP(
				 "") "}}}}",
			 ctx, 1 + any(2), rate);
		break;
	default:
		snprintf(ask, cap, "C=%u{S=%s{AT{}}}", ctx,
			 any(2) ? "*" : "ip/1/core/*");
	}
}

static void churn(void)
{
	struct rig *r = rig_new(12);
	char ask[512];
	unsigned int n_bad = 0;

	seed = 7;
	r->gw.conf.limits = (struct conf_limits) { 3, 12000, 1000 };
	r->gw.conf.realm[1].max_contexts = 5;
	r->gw.conf.realm[1].limits.bandwidth_kbps = 5000;
	for (unsigned int i = 0; i < 3000; i++) {
		stub_fail_add(any(8) ? 0 : -ENOSPC);
		random_ask(ask, sizeof(ask));
		rig_ask(r, ask);
		n_bad += !is_exact(r) || r->gw.n_jobs;
		if (r->gw.next_context_id > 30)
			r->gw.next_context_id = 1;
	}
	CU_ASSERT_EQUAL(n_bad, 0);
	CU_ASSERT(r->gw.stats.error_code[412] && r->gw.stats.error_code[526] &&
		  r->gw.stats.error_code[510] &&
		  r->gw.stats.contexts_closed > 10);
	rig_ask(r, "C=*{S=*{AT{}}}");
	stub_auto_done(true);
	for (unsigned int i = 0; r->gw.n_jobs && i < 1000; i++)
		rig_events(r);
	USED(r, -1, 0, 0);
	CU_ASSERT(is_exact(r));
	CU_ASSERT_EQUAL(stub_gates(), 0);
	rig_free(r);
}

static void shown(void)
{
	static const char *const want =
		"[{\"scope\":\"gateway\",\"name\":\"bench\",\"contexts\":1,"
		"\"contexts_limit\":10,\"contexts_reserve\":4,\"kbps\":64,"
		"\"kbps_limit\":8000,\"kbps_reserve\":800},"
		"{\"scope\":\"realm\",\"name\":\"access.example\",\"contexts\":1,"
		"\"contexts_limit\":null,\"contexts_reserve\":0,\"kbps\":64,"
		"\"kbps_limit\":null,\"kbps_reserve\":0},"
		"{\"scope\":\"realm\",\"name\":\"core.example\",\"contexts\":0,"
		"\"contexts_limit\":7,\"contexts_reserve\":0,\"kbps\":0,"
		"\"kbps_limit\":null,\"kbps_reserve\":0}]";
	struct rig *r = rig_new(10);
	json_t *j;
	char *text;

	r->gw.conf.limits = (struct conf_limits) { 4, 8000, 800 };
	r->gw.conf.realm[1].max_contexts = 7;
	rig_ask(r, "C=${" RATE("access", "8000") "}");
	j = ctl_json_limits(&r->gw);
	text = json_dumps(j, JSON_COMPACT);
	CU_ASSERT_STRING_EQUAL(text, want);
	free(text);
	json_decref(j);
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "9 contexts: 412, and the reserve", contexts },
		{ "9 bandwidth of a termination", bandwidth_of },
		{ "9 bandwidth: 526", bandwidth },
		{ "9 bandwidth in Modify", modify },
		{ "9 reserve of bandwidth", reserve },
		{ "9 limits of a realm", realms },
		{ "9 the realm of ipdc/realm", realm_of_ipdc },
		{ "9 given back when the engine refuses", engine_fails },
		{ "9 streams of one termination", streams },
		{ "9 counters stay exact", churn },
		{ "9 what an operator sees", shown },
		{ NULL, NULL },
	};

	return suite_run("gateway/admission", tests);
}
