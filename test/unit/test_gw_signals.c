/* test/unit/test_gw_signals.c - the Signals descriptor (h248.md 1.9, 5.3) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define ADD(signals)                                              \
	"C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\nc=IN IP4 $" \
	"\nm=message $ TCP -\na=setup:passive\n},R{\nv=0\n"       \
	"c=IN IP4 198.18.0.9\nm=message 9 TCP -\n}}},E=5{g/sc}," signals "}}"
#define MODIFY(what) "C=1{MF=ip/1/access/1{" what "}}"
#define LATCH(more) "SG{ipnapt/latch{napt=LATCH" more "}}"

#define HAS(text, part) has(text, part, __LINE__)
static void has(const char *text, const char *part, int line)
{
	if (!strstr(text, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}

/* g/sc among what was sent since; NULL: none. */
static const char *completion(const struct rig *r, unsigned int since)
{
	const char *found = NULL;

	for (unsigned int i = since; i < r->n_sent; i++)
		found = strstr(r->sent[i], "g/sc{") ? r->sent[i] : found;
	return found;
}

static void latched(struct rig *r)
{
	stub_event(PKT_EVT_SYN, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
}

/* What is asked, what ends it (NULL: the source is latched), what is told
 * (NULL: nothing). */
static const struct {
	const char *name, *first, *then, *part;
} ends[] = {
	{ "done", LATCH(",NC={TO}"), NULL,
	  "g/sc{ST=1,SigID=\"ipnapt/latch\",Meth=TO}" },
	{ "done, RequestID", LATCH(",NC={TO,IBS},SPARQ=77"), NULL,
	  "Meth=TO,RID=77}" },
	{ "done, not asked", LATCH(""), NULL, NULL },
	{ "done, another reason", LATCH(",NC={IBS}"), NULL, NULL },
	{ "replaced by nothing", LATCH(",NC={IBS}"), MODIFY("SG"), "Meth=SD}" },
	{ "replaced by another", LATCH(",NC={IBS},SPARQ=1"),
	  MODIFY("SG{ipnapt/latch{napt=RELATCH,NC={IBS},SPARQ=2}}"),
	  "Meth=SD,RID=1}" },
	{ "replaced by itself", LATCH(",NC={IBS}"), MODIFY(LATCH("")),
	  "Meth=SD}" },
	{ "kept active", LATCH(",NC={IBS}"), MODIFY(LATCH(",KA")), NULL },
	{ "KeepActive of another", LATCH(",NC={IBS}"),
	  MODIFY("SG{ipnapt/latch{napt=RELATCH,KA}}"), "Meth=SD}" },
	{ "replaced, another reason", LATCH(",NC={TO}"), MODIFY("SG"), NULL },
	{ "OFF is done at once", LATCH(""),
	  MODIFY("SG{ipnapt/latch{napt=OFF,NC={TO}}}"), "Meth=TO}" },
	{ "a Modify without Signals", LATCH(",NC={IBS}"),
	  MODIFY("M{ST=1{O{MO=IN}}}"), NULL },
};

static void completed(void)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct rig *r = rig_new(10);
		const char *got;
		char ask[1024];
		unsigned int n;
		bool ok;

		snprintf(ask, sizeof(ask), ADD("%s"), ends[i].first);
		rig_ask(r, ask);
		n = r->n_sent;
		if (ends[i].then)
			rig_ask(r, ends[i].then);
		else
			latched(r);
		got = completion(r, n);
		ok = ends[i].part ? got && strstr(got, ends[i].part) : !got;
		if (!ok)
			fprintf(stderr, "%s: %s\n", ends[i].name,
				got ? got : rig_last(r));
		CU_ASSERT_TRUE(ok);
		rig_free(r);
	}
}

/* KeepActive: the completion of the first goes on, and nothing is armed. */
static void keep_active(void)
{
	struct rig *r = rig_new(10);
	unsigned int n;

	rig_ask(r, ADD(LATCH(",NC={TO},SPARQ=3")));
	rig_ask(r, MODIFY(LATCH(",KA")));
	CU_ASSERT_STRING_EQUAL(stub_cmd(1)->verb, "modify");
	CU_ASSERT(!stub_cmd(1)->rearm);
	n = r->n_sent;
	latched(r);
	CU_ASSERT_PTR_NOT_NULL_FATAL(completion(r, n));
	HAS(completion(r, n), "Meth=TO,RID=3}");
	/* It is over: asked for again it begins again. */
	rig_ask(r, MODIFY(LATCH(",KA")));
	CU_ASSERT(stub_cmd(2)->rearm);
	rig_free(r);
}

/* Decision 19: a new Remote arms again, whatever the signal beside it says. */
static void remote_arms(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ADD(LATCH("")));
	latched(r);
	rig_ask(r, MODIFY("M{ST=1{R{\nv=0\nc=IN IP4 198.18.0.10\n"
			  "m=message 9 TCP -\n}}},"
			  "SG{ipnapt/latch{napt=OFF}}"));
	CU_ASSERT_EQUAL_FATAL(stub_count(), 2);
	CU_ASSERT(stub_cmd(1)->rearm);
	/* The same Remote again is none that is new. */
	rig_ask(r, MODIFY("M{ST=1{R{\nv=0\nc=IN IP4 198.18.0.10\n"
			  "m=message 9 TCP -\n}}},"
			  "SG{ipnapt/latch{napt=OFF}}"));
	CU_ASSERT(!stub_cmd(2)->rearm);
	rig_free(r);
}

/* A second SYN says nothing about a signal that is over. */
static void told_once(void)
{
	struct rig *r = rig_new(10);
	char reply[64];
	unsigned int n;

	rig_ask(r, ADD(LATCH(",NC={TO}")));
	latched(r);
	snprintf(reply, sizeof(reply), "P=%lu{C=1{N=ip/1/access/1}}",
		 strtoul(strstr(rig_last(r), "T=") + 2, NULL, 10));
	rig_send(r, reply);
	n = r->n_sent;
	latched(r);
	CU_ASSERT_EQUAL(r->n_sent, n);
	rig_free(r);
}

static const struct {
	const char *what, *part;
} refusals[] = {
	{ LATCH(",SY=TO"), "ER=501{\"SignalType" },
	{ LATCH(",SY=OO"), "ER=501{\"SignalType" },
	{ LATCH(",DR=100"), "ER=501{\"Duration" },
	{ LATCH(",SPADI=IT"), "ER=501{\"SPADirection" },
	{ LATCH(",SPADI=B"), "ER=501{\"SPADirection" },
	{ LATCH(",SPAIS=7"), "ER=501{\"Intersignal" },
	{ LATCH(",ST=9"), "ER=449{\"ST=9" },
	{ "SG{SL=1{ipnapt/latch{napt=LATCH}}}", "ER=501{\"SignalList" },
	{ "SG{*/*}", "ER=513{" },
	{ "SG{ipnapt/*}", "ER=513{" },
	{ "E=6{adr/rsac{NBRN}}", "ER=501{" },
	{ "E=6{adr/rsac{NBNN}}", "ER=501{" },
	{ "E=6{adr/rsac{RSE}}", "ER=501{" },
	{ "E=6{adr/rsac{EM{SG{ipnapt/latch{napt=OFF}}}}}", "ER=501{" },
};

static void refused(void)
{
	static char before[RIG_OCTETS];
	struct rig *r = rig_new(10);
	const char *reply;
	char ask[512];

	rig_ask(r, ADD(LATCH("")));
	snprintf(before, sizeof(before), "%s", rig_state(r));
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		snprintf(ask, sizeof(ask), MODIFY("%s"), refusals[i].what);
		reply = rig_ask(r, ask);
		HAS(reply, refusals[i].part);
		CU_ASSERT_STRING_EQUAL(before, rig_state(r));
	}
	/* What says no more than what is done anyway. */
	HAS(rig_ask(r, MODIFY(LATCH(",SY=BR,SPADI=EX,ST=1"))), "/access/1}");
	HAS(rig_ask(r, MODIFY("E=6{adr/rsac{NBIN},tcprv/est{KA}}")),
	    "/access/1}");
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "T40 T41 g/sc: when a signal is over", completed },
	{ "T41 KeepActive", keep_active },
	{ "decision 19: a new Remote with Signals", remote_arms },
	{ "T42 g/sc once", told_once },
	{ "T11 signals and events in forms that are not built", refused },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/signals", tests);
}
