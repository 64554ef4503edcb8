/* test/unit/test_gw_audit.c - audits (reference 1.9, 6.9, 6.10; T34) */
#include <stdio.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/job.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define LEG(realm, events, more)                                       \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR,ds/dscp=28" more "}," LOCAL \
	"}},E=" events "{adr/rsac,hangterm/thb{timerx=60},tcprv/est}," \
	"SG{ipnapt/latch{napt=LATCH}}}"
#define BOTH \
	"C=${PR=6," LEG("access", "2001", "") "," LEG("core", "2002", "") "}"

/* Asked with context 1 (PR 6) and 2 (PR 3, emergency), two terminations each,
 * ip/1/access/1 ip/1/core/2, ip/1/access/3 ip/1/core/4. */
static const struct {
	const char *name, *ask, *part, *not ;
} asks[] = {
	/* the matrix of 7.2.5 */
	{ "1.9 context, wildcard", "C=1{AV=*{AT{SG}}}",
	  "C=1{AV=ip/1/access/1{SG{ipnapt/latch{ST=1,napt=LATCH}}},"
	  "AV=ip/1/core/2{SG",
	  "ip/1/core/4" },
	{ "1.9 context, specific", "C=2{AV=ip/1/core/4{AT{OE}}}",
	  "C=2{AV=ip/1/core/4{OE}}", "access" },
	{ "1.9 NULL, ROOT", "C=-{AV=ROOT{AT{M}}}", "C=-{AV=ROOT{M{TS{SI=IV,",
	  "ST=" },
	{ "1.9 NULL, wildcard", "C=-{AV=*{AT{M}}}", "ER=431{", "M{" },
	{ "1.9 NULL, specific", "C=-{AV=ip/1/access/1{AT{M}}}", "ER=435{",
	  "M{" },
	{ "1.9 ALL, wildcard", "C=*{AV=*{AT{SG}}}", "C=2{AV=ip/1/access/3{SG{",
	  "ER=" },
	{ "1.9 ALL, wildcard of a realm", "C=*{AV=ip/1/core/*{AT{SG}}}",
	  "C=2{AV=ip/1/core/4{SG{", "access" },
	{ "1.9 ALL, list", "C=*{AV=*{AT{}}}",
	  "C=1{AV=C{ip/1/access/1,ip/1/core/2}},C=2{AV=C{", "ER=" },
	{ "1.9 ALL, ROOT", "C=*{AV=ROOT{AT{}}}", "{C=1{AV=ROOT},C=2{AV=ROOT}}",
	  "M{" },
	{ "1.9 ALL, ROOT with items", "C=*{AV=ROOT{AT{M}}}", "ER=421{", "M{" },
	{ "1.9 ALL, specific", "C=*{AV=ip/1/core/4{AT{SG}}}",
	  "{C=2{AV=ip/1/core/4{SG{", "C=1" },
	{ "1.9 ALL, unknown", "C=*{AV=ip/1/core/9{AT{SG}}}",
	  "C=*{AV=ip/1/core/9{ER=430{", "SG" },
	{ "1.9 a list of terminations (v3)",
	  "C=1{AV=[ip/1/access/1,ip/1/core/2]{AT{OE}}}",
	  "AV=ip/1/access/1{OE},AV=ip/1/core/2{OE}", "ER=" },
	/* whole descriptors */
	{ "6.9 Media", "C=1{AV=ip/1/access/1{AT{M}}}",
	  "M{TS{SI=IV},ST=1{O{MO=SR,ds/dscp=28},L{", "ER=" },
	{ "6.9 Statistics", "C=1{AV=ip/1/access/1{AT{SA}}}",
	  "SA{nt/dur=0,nt/os=0,nt/or=0,", "ER=" },
	{ "6.9 several", "C=1{AV=ip/1/core/2{AT{E,SG,OE,SA}}}",
	  "E=2002{adr/rsac,hangterm/thb{timerx=60},tcprv/est},SG{", "ER=" },
	/* individual audits (v2) */
	{ "6.9 mode", "C=1{AV=ip/1/access/1{AT{M{ST=1{O{MO}}}}}}",
	  "M{ST=1{O{MO=SR}}}", "dscp" },
	{ "6.9 one property", "C=1{AV=ip/1/access/1{AT{M{ST=1{O{ds/dscp}}}}}}",
	  "M{ST=1{O{ds/dscp=28}}}", "MO" },
	{ "6.9 default of a property",
	  "C=1{AV=ip/1/access/1{AT{M{ST=1{O{gm/saf}}}}}}", "gm/saf=", "MO" },
	{ "6.9 Reserve flags", "C=1{AV=ip/1/access/1{AT{M{ST=1{O{RV,RG}}}}}}",
	  "O{RV=OFF,RG=OFF}", "MO" },
	{ "6.9 Local alone", "C=1{AV=ip/1/access/1{AT{M{ST=1{L}}}}}",
	  "M{ST=1{L{", "MO" },
	{ "6.9 TerminationState", "C=1{AV=ip/1/access/1{AT{M{TS{SI,BF}}}}}",
	  "M{TS{SI=IV,BF=OFF}}", "ST=" },
	{ "6.9 statistics of a stream (v3)",
	  "C=1{AV=ip/1/access/1{AT{M{ST=1{SA{nt/os}}}}}}",
	  "M{ST=1{SA{nt/os=0}}}", "nt/or" },
	{ "6.9 one statistic", "C=1{AV=ip/1/access/1{AT{SA{nt/os}}}}",
	  "SA{nt/os=0}", "nt/or" },
	{ "6.9 one event", "C=1{AV=ip/1/access/1{AT{E{adr/rsac}}}}",
	  "E=2001{adr/rsac}", "thb" },
	{ "6.9 events of another request",
	  "C=1{AV=ip/1/access/1{AT{E=7{adr/rsac}}}}", "AV=ip/1/access/1{E}",
	  "ER=" },
	{ "6.9 one signal", "C=1{AV=ip/1/access/1{AT{SG{ipnapt/latch}}}}",
	  "SG{ipnapt/latch{", "ER=" },
	{ "6.9 one package", "C=-{AV=ROOT{AT{PG{nt-1}}}}", "PG{nt-1}", "gm" },
	{ "6.9 one property of ROOT",
	  "C=-{AV=ROOT{AT{M{TS{root/maxNumberOfContexts}}}}}",
	  "M{TS{root/maxNumberOfContexts=10}}", "SI" },
	{ "4.1 532 stream", "C=1{AV=ip/1/access/1{AT{M{ST=2{O{MO}}}}}}",
	  "ER=532{", "MO" },
	{ "4.1 532 package", "C=-{AV=ROOT{AT{PG{rtp-1}}}}", "ER=532{", "PG" },
	{ "4.1 450 property", "C=1{AV=ip/1/access/1{AT{M{ST=1{O{gm/x}}}}}}",
	  "ER=450{", "MO" },
	{ "4.1 440 event", "C=1{AV=ip/1/access/1{AT{E{xyz/a}}}}", "ER=440{",
	  "adr" },
	{ "4.1 453 statistic", "C=1{AV=ip/1/access/1{AT{SA{nt/x}}}}", "ER=453{",
	  "nt/os" },
	{ "4.1 444 Modem", "C=1{AV=ip/1/access/1{AT{MD}}}", "ER=444{", "M{" },
	{ "4.1 448 twice", "C=1{AV=ip/1/access/1{AT{SG,SG}}}", "ER=448{",
	  "SG{" },
	{ "selection by value is refused", "C=1{AV=*{AT{M{ST=1{O{MO=SR}}}}}}",
	  "ER=501{", "O{" },
	{ "1.9 a bad audit stops the Subtract it is in",
	  "C=1{S=*{AT{SA{nt/x}}}}", "S=*{ER=453{", "S=ip" },
	/* unions */
	{ "1.9 W- packages", "C=1{W-AV=*{AT{PG{nt-1}}}}", "C=1{AV=*{PG{nt-1}}}",
	  "ip/1" },
	{ "1.9 W- events", "C=1{W-AV=*{AT{E}}}",
	  "C=1{AV=*{E=*{adr/rsac,hangterm/thb{timerx=60},tcprv/est}}}",
	  "ip/1" },
	{ "1.9 W- statistics", "C=*{W-AV=*{AT{SA{nt/os}}}}",
	  "{C=*{AV=*{SA{nt/os=0}}}}", "ip/1" },
	{ "1.9 W- empty", "C=1{W-AV=*{AT{}}}", "C=1{AV=*}", "ip/1" },
	{ "1.9 W- Media cannot be united", "C=1{W-AV=*{AT{M}}}", "ER=501{",
	  "ip/1" },
	{ "6.8 W-S with AT{SA}", "C=1{W-S=*{AT{SA{nt/os}}}}",
	  "C=1{S=*{SA{nt/os=0}}}", "ip/1" },
	/* context properties */
	{ "6.9 CA", "C=1{CA{PR,EG,TP}}", "{C=1{PR=6}}", "EG" },
	{ "6.9 CA emergency", "C=2{CA{EG}}", "{C=2{EG}}", "PR" },
	{ "6.9 CA of all", "C=*{CA{PR}}", "{C=1{PR=6},C=2{PR=3}}", "ER" },
	{ "6.9 CA with an audit", "C=*{CA{PR},AV=ROOT{AT{}}}",
	  "C=1{PR=6,AV=ROOT},C=2{PR=3,AV=ROOT}", "ER" },
	{ "6.9 CA selects", "C=*{CA{PR=3},AV=*{AT{}}}", "{C=2{PR=3,AV=C{",
	  "C=1" },
	{ "6.9 CA selects in a union", "C=*{CA{PR=6},W-AV=*{AT{E}}}",
	  "{C=*{AV=*{E=*{", "ER" },
	{ "6.9 CA in NULL", "C=-{CA{PR}}", "ER=421{", "PR" },
	/* AuditCapability */
	{ "7.2.6 properties",
	  "C=1{AC=ip/1/access/1{AT{M{O{gm/saf,tcprv/mode,tcprv/twait}}}}}",
	  "tcprv/twait=[1:120]", "MO" },
	{ "7.2.6 alternatives", "C=1{AC=ip/1/access/1{AT{M{O{gm/saf}}}}}",
	  "M{O{gm/saf={ON,OFF}}}", "MO" },
	{ "7.2.6 realms", "C=1{AC=ip/1/access/1{AT{M}}}",
	  "ipdc/realm={\"access.example\",\"core.example\"}", "ER" },
	{ "7.2.6 mode", "C=1{AC=ip/1/access/1{AT{M}}}", "O{MO=SR,", "ER" },
	{ "7.2.6 events", "C=1{AC=ip/1/access/1{AT{E}}}", "E=*{", "ER" },
	{ "7.2.6 signals", "C=1{AC=ip/1/access/1{AT{SG}}}",
	  "SG{ipnapt/latch{napt={", "ER" },
	{ "7.2.6 statistics", "C=1{AC=ip/1/access/1{AT{SA}}}", "SA{", "=0" },
	{ "7.2.6 ROOT", "C=-{AC=ROOT{AT{M}}}", "root/normalMGExecutionTime=[",
	  "root/maxNumberOfContexts" },
	{ "7.2.6 packages are no capability", "C=-{AC=ROOT{AT{PG}}}", "ER=447{",
	  "PG{" },
	{ "7.2.6 wildcard", "C=*{AC=ip/1/core/*{AT{SG}}}",
	  "C=2{AC=ip/1/core/4{SG{", "access" },
};

static struct rig *two_contexts(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, BOTH);
	rig_ask(r, "C=${PR=3,EG," LEG("access", "3", "") "," LEG("core", "4",
								 "") "}");
	return r;
}

static void answers(void)
{
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct rig *r = two_contexts();
		const char *reply = rig_ask(r, asks[i].ask);

		if (!strstr(reply, asks[i].part) || strstr(reply, asks[i].not ))
			fprintf(stderr, "%s: %s\n", asks[i].name, reply);
		CU_ASSERT_PTR_NOT_NULL(strstr(reply, asks[i].part));
		CU_ASSERT_PTR_NULL(strstr(reply, asks[i].not ));
		CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
		rig_free(r);
	}
}

/* W- has one number for all: the sum. */
static void union_sums(void)
{
	struct pkt_gate_stat stat = { .tx_octets = 40 };
	struct rig *r = two_contexts();

	for (unsigned int i = 0; i < 4; i++)
		stub_set_stat(stub_cmd(i)->gate, &stat);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=*{W-AV=*{AT{SA{nt/os}}}}"),
				      "SA{nt/os=160}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=1{W-AV=*{AT{SA{nt/os}}}}"),
				      "SA{nt/os=80}"));
	rig_free(r);
}

/* No context: nothing to list, but no error either. */
static void nothing_there(void)
{
	struct rig *r = rig_new(10);

	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=*{AV=ROOT{AT{}}}"), "{C=*{AV=ROOT}}"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=*{AV=*{AT{}}}"), "ER=431{"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_ask(r, "C=*{CA{PR}}"), "{C=*}"));
	rig_free(r);
}

enum { MANY = 3000, MANY_TURNS = 10000 };

static void fill(struct rig *r)
{
	struct gw_context *ctx;
	struct gw_term *term;
	char id[32];

	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "ip/1/access/%u", i);
		ctx = gw_context_new(&r->gw);
		term = gw_term_new(id);
		CU_ASSERT_FATAL(ctx && term);
		gw_term_attach(ctx, term);
	}
}

/* Lets the gateway work until it has answered; how many turns it took. */
static unsigned int finish(struct rig *r)
{
	unsigned int n = 0;

	for (; n < MANY_TURNS && r->gw.n_jobs; n++)
		gw_tick(&r->gw);
	return n;
}

/* Decision 24: many contexts are done in slices; 533 when it is too much. */
static void many_contexts(void)
{
	struct rig *r = rig_new(MANY);

	fill(r);
	rig_send(r, "T=9{C=*{AV=*{AT{M}}}}");
	finish(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "{ER=533{"));
	rig_send(r, "T=10{C=*{AV=ROOT{AT{}}}}");
	finish(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), ",C=2999{AV=ROOT}"));
	rig_send(r, "T=11{C=*{W-S=*{AT{}}}}");
	finish(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "{C=*{S=*}}"));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	rig_free(r);
}

#define AUDIT "AV=*{AT{M,E,SG}},"
#define FULL AUDIT AUDIT AUDIT AUDIT AUDIT AUDIT

/* The answer has no room any more when a context that was waited for comes:
 * it is left all the same, and others have it after that. */
static void full_when_woken(void)
{
	struct rig *r = rig_new(MANY + 1);
	const struct gw_job *job;

	rig_ask(r, BOTH);
	fill(r);
	rig_send(r, "T=9{C=*{" FULL "MF=*},C=1{AV=*{AT{M}}}}"
		    "T=10{C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR}}}}}}");
	finish(r);
	job = TAILQ_FIRST(&gw_context_find(&r->gw, 1)->waiting[1]);
	CU_ASSERT_FATAL(job && h248_arena_failed(job->arena));
	stub_done_all();
	rig_events(r);
	finish(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "P=9{ER=533{"));
	CU_ASSERT_PTR_NULL(gw_context_find(&r->gw, 1)->owner);
	CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
	rig_free(r);
}

/* A context that goes between its listing and its turn is no error. */
static void context_goes(void)
{
	struct rig *r = two_contexts();
	unsigned int before = r->n_sent;

	rig_send(r, "T=9{C=2{S=*{AT{}}}} T=10{C=*{AV=*{AT{}}}}");
	for (unsigned int i = 0; i < 4; i++) {
		stub_done_all();
		rig_events(r);
	}
	CU_ASSERT_EQUAL(r->n_sent, before + 2);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_last(r), "{C=1{AV=C{ip/1/access/1,ip/1/core/2}}}"));
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "1.9 6.9 7.2.5 7.2.6 what is asked is answered", answers },
	{ "1.9 W- sums statistics", union_sums },
	{ "T34 nothing is there", nothing_there },
	{ "decision 24, 533: many contexts", many_contexts },
	{ "533 for one that was woken", full_when_woken },
	{ "decision 24 a context goes meanwhile", context_goes },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/audit", tests);
}
