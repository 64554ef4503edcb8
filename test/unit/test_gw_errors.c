/* test/unit/test_gw_errors.c - what is refused, and that it changes nothing */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP(setup, family, at) \
	"v=0\nc=IN " family " " at "\nm=message 9 TCP -\na=setup:" setup "\n"
#define LOCAL(setup) \
	"L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:" setup "\n}"
#define REMOTE(setup, at) "R{\n" SDP(setup, "IP4", at) "}"
#define LATCH "SG{ipnapt/latch{napt=LATCH}}"
#define ADD(o, l, r, rest) \
	"A=ip/1/access/${M{ST=1{O{MO=SR" o "}," l r "}}" rest "}"
#define GOOD(o) ADD(o, LOCAL("passive"), "", "," LATCH)
#define FIRST "C=${" GOOD("") "}"
#define MODIFY(o) "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR" o "}}}}}"

/* Asked with one termination, ip/1/access/1, in context 1. */
static const struct refusal {
	const char *name, *ask, *part;
} refusals[] = {
	{ "C11 context", "C=77{MF=ip/1/access/1{SG}}", "C=77{ER=411{" },
	{ "C11 context of Add", "C=77{" GOOD("") "}", "C=77{ER=411{" },
	{ "C11 termination", "C=1{MF=ip/1/access/9{SG}}",
	  "MF=ip/1/access/9{ER=430{" },
	{ "C11 realm in the id",
	  "C=1{A=ip/1/moon/${M{ST=1{" LOCAL("passive") "}}," LATCH "}}",
	  "A=ip/1/moon/${ER=430{" },
	{ "C11 no match", "C=1{S=ip/1/core/*}", "S=ip/1/core/*{ER=431{" },
	{ "C11 no termination in NULL", "C=-{AV=*{AT{M}}}", "ER=431{" },
	{ "C11 no match in any context", "C=*{S=ip/1/moon/*}",
	  "C=*{S=ip/1/moon/*{ER=431{" },
	{ "C11 in no context", "C=*{AV=ip/1/access/9{AT{M}}}",
	  "C=*{AV=ip/1/access/9{ER=430{" },
	{ "1.9 Subtract from NULL", "C=-{S=ip/1/access/1}", "ER=421{" },
	{ "T12 Add ROOT", "C=1{A=ROOT{M{ST=1{" LOCAL("passive") "}}}}",
	  "A=ROOT{ER=410{" },
	{ "T12 Add *", "C=1{A=*{M{ST=1{" LOCAL("passive") "}}}}", "ER=410{" },
	{ "T12 CHOOSE in Modify", "C=1{MF=ip/1/access/${SG}}", "ER=410{" },
	{ "T12 Subtract ROOT", "C=1{S=ROOT}", "S=ROOT{ER=410{" },
	{ "T12 Add again",
	  "C=1{A=ip/1/access/1{M{ST=1{" LOCAL("passive") "}}}}", "ER=433{" },
	{ "T12 Media twice", "C=1{MF=ip/1/access/1{SG,SG}}", "ER=448{" },
	{ "T12 Services in Modify",
	  "C=1{MF=ip/1/access/1{SV{MT=FO,"
	  "RE=\"905 x\"}}}",
	  "ER=447{" },
	{ "T11 package", MODIFY(",xyz/foo=1"), "ER=440{" },
	{ "T11 property", MODIFY(",gm/foo=1"), "ER=450{" },
	{ "T11 event", "C=1{MF=ip/1/access/1{E=1{adr/foo}}}", "ER=451{" },
	{ "T11 signal", "C=1{MF=ip/1/access/1{SG{ipnapt/foo}}}", "ER=452{" },
	{ "T11 value", "C=1{MF=ip/1/access/1{SG{ipnapt/latch{napt=X}}}}",
	  "ER=454{" },
	{ "T11 statistic", "C=1{AV=ip/1/access/1{AT{SA{nt/foo}}}}",
	  "AV=ip/1/access/1{ER=453{" },
	{ "T11 package of a statistic",
	  "C=1{AV=ip/1/access/1{AT{SA{xyz/foo}}}}", "ER=440{" },
	{ "T11 property of an audit",
	  "C=1{AV=ip/1/access/1{AT{M{ST=1{O{gm/foo}}}}}}", "ER=450{" },
	{ "T11 napt", "C=1{MF=ip/1/access/1{SG{ipnapt/latch}}}", "ER=457{" },
	{ "T13 Modem", "C=1{MF=ip/1/access/1{MD=[V18]{}}}", "ER=444{" },
	{ "T13 Mux", "C=1{MF=ip/1/access/1{MX=H221{ip/1/access/1}}}",
	  "ER=444{" },
	{ "T13 Topology",
	  "C=1{TP{ip/1/access/1,ip/1/access/2,BW},"
	  "MF=ip/1/access/1{SG}}",
	  "C=1{ER=444{" },
	{ "Move", "C=1{MV=ip/1/access/1{SG}}", "ER=443{" },
	{ "no Local", "C=1{A=ip/1/core/${M{ST=1{O{MO=SR}}}," LATCH "}}",
	  "ER=441{" },
	{ "no Media", "C=1{A=ip/1/core/${" LATCH "}}", "ER=441{" },
	{ "decision 15 nothing to filter by",
	  "C=1{" ADD("", LOCAL("passive"), "", "") "}", "ER=472{" },
	{ "T43 sam", MODIFY(",gm/saf=ON,gm/sam=\"[300.1.1.1]\""), "ER=449{" },
	{ "T43 mask with holes",
	  MODIFY(",gm/saf=ON,gm/sam=\"192.0.2.0/255.0.255.0\""), "ER=449{" },
	{ "T47 realm", "C=1{" GOOD(",ipdc/realm=\"moon\"") "}", "ER=449{" },
	{ "T47 realm changes", MODIFY(",ipdc/realm=\"core.example\""),
	  "ER=449{" },
	{ "decision 11 port",
	  "C=1{MF=ip/1/access/1{M{ST=1{L{\nv=0\n"
	  "c=IN IP4 192.0.2.10\nm=message 5 TCP -\n"
	  "a=setup:passive\n}}}}}",
	  "ER=449{" },
	{ "not TCP",
	  "C=1{A=ip/1/access/${M{ST=1{L{\nv=0\nc=IN IP4 $\n"
	  "m=audio $ RTP/AVP 0\n}}}," LATCH "}}",
	  "ER=515{" },
	{ "Loopback", "C=1{MF=ip/1/access/1{M{ST=1{O{MO=LB}}}}}", "ER=517{" },
	{ "relay without Remote",
	  "C=1{" ADD("", LOCAL("active"), "", "," LATCH) "}", "ER=472{" },
	{ "decision 18 tcprv/mode", "C=1{" GOOD(",tcprv/mode=relay") "}",
	  "ER=473{" },
	{ "decision 18 roles of one leg",
	  "C=1{" ADD("", LOCAL("passive"), "," REMOTE("passive", "192.0.2.99"),
		     "") "}",
	  "ER=473{" },
	{ "C15 our own",
	  "C=1{" ADD("", LOCAL("passive"), "," REMOTE("active", "192.0.2.10"),
		     "") "}",
	  "ER=449{" },
	{ "C15 host",
	  "C=1{" ADD("", LOCAL("passive"), "," REMOTE("active", "0.0.0.0"),
		     "") "}",
	  "ER=449{" },
	{ "C15 loopback",
	  "C=1{" ADD("", LOCAL("passive"), "," REMOTE("active", "127.0.0.9"),
		     "," LATCH) "}",
	  "ER=449{" },
	{ "C15 multicast",
	  "C=1{" ADD("", LOCAL("passive"), "," REMOTE("active", "224.0.0.5"),
		     "," LATCH) "}",
	  "ER=449{" },
	{ "C15 link-local",
	  "C=1{" ADD("", LOCAL("passive"), "," REMOTE("active", "169.254.1.1"),
		     "," LATCH) "}",
	  "ER=449{" },
	{ "C15 broadcast",
	  "C=1{" ADD("", LOCAL("passive"),
		     "," REMOTE("active", "255.255.255.255"), "," LATCH) "}",
	  "ER=449{" },
	{ "T33 method", "C=-{SC=ROOT{SV{MT=DC,RE=\"900 x\"}}}", "ER=501{" },
	{ "T11 event of no stream",
	  "C=1{MF=ip/1/access/1{E=3{adr/rsac{ST=9}}}}", "ER=449{" },
	{ "T11 event of a stream of ROOT", "C=-{MF=ROOT{E=3{it/ito{ST=1}}}}",
	  "ER=449{" },
	{ "T33 audit", "C=-{SC=ROOT{SV{MT=RS,RE=\"900 x\",PG}}}", "ER=501{" },
	{ "T33 Delay", "C=-{SC=ROOT{SV{MT=FO,RE=\"905 x\",DL=5}}}", "ER=501{" },
	{ "T33 unknown", "C=-{SC=ip/1/access/9{SV{MT=FO,RE=\"905 x\"}}}",
	  "C=-{SC=ip/1/access/9{ER=430{" },
	{ "T33 no match", "C=*{SC=ip/1/core/*{SV{MT=FO,RE=\"905 x\"}}}",
	  "SC=ip/1/core/*{ER=431{" },
	{ "ROOT property", "C=-{MF=ROOT{M{TS{root/nonsense=5}}}}", "ER=450{" },
	{ "T25 list, one is unknown",
	  "C=1{MF=[ip/1/access/1,ip/1/core/9]{E=9{adr/rsac}}}",
	  "C=1{MF=ip/1/core/9{ER=430{" },
	{ "T12 list with ROOT", "C=1{S=[ip/1/access/1,ROOT]}",
	  "S=ROOT{ER=410{" },
	{ "T12 list with CHOOSE", "C=1{S=[ip/1/access/1,ip/1/core/$]}",
	  "ER=410{" },
	{ "1.9 ServiceStates in Modify", "C=1{MF=ip/1/access/1{M{TS{SI=OS}}}}",
	  "ER=501{" },
	{ "1.9 LockStep", "C=1{MF=ip/1/access/1{M{TS{BF=LockStep}}}}",
	  "ER=501{" },
	{ "1.9 ServiceStates of ROOT", "C=-{MF=ROOT{M{TS{SI=OS}}}}",
	  "ER=501{" },
	{ "5.4 range", "C=-{MF=ROOT{M{TS{root/MGOriginatedPendingLimit=0}}}}",
	  "ER=449{" },
	{ "5.4 range",
	  "C=-{MF=ROOT{M{TS{root/MGProvisionalResponseTimerValue=99}}}}",
	  "ER=449{" },
	{ "5.4 range", "C=-{MF=ROOT{M{TS{root/normalMGExecutionTime=29001}}}}",
	  "ER=449{" },
	{ "read-only", "C=-{MF=ROOT{M{TS{root/maxNumberOfContexts=5}}}}",
	  "ER=534{" },
	{ "all or nothing",
	  "C=1{MF=ip/1/access/1{E=9{adr/rsac},M{ST=1{O{MO=IN},R{\nv=0\n"
	  "c=IN IP4 192.0.2.200\nm=message 9 TCP -\na=setup:active\n}}},"
	  "SG{ipnapt/latch{napt=RELATCH},xyz/foo}}}",
	  "ER=440{" },
	{ "all or nothing, second stream",
	  "C=1{A=ip/1/core/${M{ST=1{O{MO=SR}," LOCAL(
		  "passive") "},"
			     "ST=2{O{MO=SR},L{\nv=0\nc=IN IP4 192.0.2.10\nm=message $ TCP -\n"
			     "b=\n}}}," LATCH "}}",
	  "ER=" },
};

static void refused(void)
{
	static char before[RIG_OCTETS];

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *t = &refusals[i];
		struct rig *r = rig_new(10);
		const char *reply;

		rig_ask(r, FIRST);
		snprintf(before, sizeof(before), "%s", rig_state(r));
		reply = rig_ask(r, t->ask);
		if (!strstr(reply, t->part))
			fprintf(stderr, "%s: %s\n", t->name, reply);
		CU_ASSERT_PTR_NOT_NULL(strstr(reply, t->part));
		if (strcmp(before, rig_state(r)))
			fprintf(stderr, "%s:\n%s%s", t->name, before, r->state);
		CU_ASSERT_STRING_EQUAL(before, r->state);
		rig_free(r);
	}
}

static void sequence(const char *name, const char *reply, const char *part)
{
	if (!strstr(reply, part))
		fprintf(stderr, "%s: no <%s> in %s\n", name, part, reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, part));
}

/* An Add that fails takes the context it was to found with it. */
static void first_add_fails(void)
{
	struct rig *r = rig_new(10);

	stub_fail_add(-ENOSPC);
	sequence("510", rig_ask(r, FIRST), "C=${A=ip/1/access/${ER=510{");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	stub_fail_add(-EAGAIN);
	sequence("ring", rig_ask(r, FIRST), "ER=510{");
	stub_fail_add(-EAFNOSUPPORT);
	sequence("family", rig_ask(r, FIRST), "ER=449{");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(r->gw.stats.error_code[510], 2);
	rig_free(r);
}

/* The second of two streams gets no port: the first gives its back. */
static void second_stream_fails(void)
{
	struct rig *r = rig_new(10);

	stub_fail_add_after(1, -ENOSPC);
	sequence("510",
		 rig_ask(r, "C=${A=${M{ST=1{" LOCAL("passive") "},ST=2{" LOCAL(
				    "passive") "}}," LATCH "}}"),
		 "C=${A=${ER=510{");
	CU_ASSERT_EQUAL(stub_gates(), 0);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
	rig_free(r);
}

static void third_and_last(void)
{
	struct rig *r = rig_new(1);

	sequence("two", rig_ask(r, "C=${" GOOD("") "," GOOD("") "}"),
		 "A=ip/1/access/2{M{");
	sequence("434", rig_ask(r, "C=1{" GOOD("") "}"), "ER=434{");
	sequence("412", rig_ask(r, FIRST), "C=${ER=412{");
	CU_ASSERT_EQUAL(r->gw.n_terms, 2); /* none had to give way */
	CU_ASSERT_EQUAL(stub_gates(), 2);
	rig_free(r);
}

/* As many contexts as may be, and one more: it is refused, none gives way, and
 * there is room again when one of them ends. */
static void at_the_cap(void)
{
	enum { CAP = 300 };
	struct rig *r = rig_new(CAP);
	char ask[64], id[16];

	for (unsigned int i = 0; i < CAP; i++) {
		snprintf(id, sizeof(id), "C=%u{", i + 1);
		sequence("below the cap", rig_ask(r, FIRST), id);
	}
	for (unsigned int i = 0; i < 3; i++)
		sequence("one more", rig_ask(r, FIRST), "C=${ER=412{");
	CU_ASSERT_EQUAL(r->gw.n_contexts, CAP);
	CU_ASSERT_EQUAL(r->gw.n_terms, CAP);
	CU_ASSERT_EQUAL(stub_gates(), CAP);
	for (unsigned int i = 0; i < CAP; i++) {
		snprintf(ask, sizeof(ask), "C=%u{AV=ip/1/access/%u{AT{}}}",
			 i + 1, i + 1);
		snprintf(id, sizeof(id), "C=%u{AV=", i + 1);
		sequence("each is there", rig_ask(r, ask), id);
	}
	sequence("one ends", rig_ask(r, "C=150{S=*}"), "C=150{S=");
	sequence("room again", rig_ask(r, FIRST), "A=ip/1/access/");
	sequence("and no more", rig_ask(r, FIRST), "C=${ER=412{");
	rig_free(r);
}

static void second_add_fails(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	reply = rig_ask(r, "C=${" GOOD("") ",A=ip/1/moon/${SG}," GOOD("") "}");
	sequence("6.4", reply, "C=1{A=ip/1/access/1{M{");
	sequence("6.4", reply, "A=ip/1/moon/${ER=430{");
	CU_ASSERT_EQUAL(r->gw.n_terms, 1);
	rig_free(r);
}

static void other_context(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, FIRST);
	rig_ask(r, FIRST);
	sequence("435", rig_ask(r, "C=1{MF=ip/1/access/2{SG}}"), "ER=435{");
	rig_free(r);
}

static void optional(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	rig_ask(r, FIRST);
	reply = rig_ask(r, "C=1{O-MF=ip/1/access/7{SG},MF=ip/1/access/1{E}}");
	sequence("T25", reply, "C=1{MF=ip/1/access/7{ER=430{");
	sequence("T25", reply, "MF=ip/1/access/1}");
	/* 448 and 447 were read to their end: no failure of the action. */
	reply = rig_ask(r, "C=1{O-MF=ip/1/access/1{SG,SG},"
			   "O-S=ip/1/access/1{SG},MF=ip/1/access/1{E}}");
	sequence("T25", reply,
		 "C=1{MF=ip/1/access/1{ER=448{\"Descriptor appears twice in a "
		 "command\"}},");
	sequence("T25", reply, "S=ip/1/access/1{ER=447{");
	sequence("T25", reply, ",MF=ip/1/access/1}");
	reply = rig_ask(r, "C=1{MF=ip/1/access/7{SG},S=ip/1/access/1}");
	CU_ASSERT_PTR_NULL(strstr(reply, "S="));
	CU_ASSERT_EQUAL(r->gw.n_terms, 1);
	rig_free(r);
}

/* C13: the third of five commands cannot be read. */
static void syntax_in_third(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	rig_ask(r, "C=${" GOOD("") "," GOOD("") "}");
	reply = rig_ask(r, "C=1{MF=ip/1/access/1{E=7{adr/rsac}},"
			   "MF=ip/1/access/2{E=8{adr/rsac}},"
			   "MF=ip/1/access/1{M{ST=1{O{MO=%%}}}},"
			   "S=ip/1/access/1,S=ip/1/access/2}");
	sequence("C13", reply, "MF=ip/1/access/1,MF=ip/1/access/2,");
	sequence("C13", reply, "ER=4");
	CU_ASSERT_EQUAL(r->gw.n_terms, 2);
	sequence("C13", rig_ask(r, "C=1{AV=ip/1/access/2{AT{E}}}"),
		 "E=8{adr/rsac}");
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "C11 C15 T11-T13 refused, and nothing changes", refused },
	{ "C11 the first Add fails: no context stays", first_add_fails },
	{ "8 the second stream fails: no gate stays", second_stream_fails },
	{ "C11 434 third termination, 412 no context", third_and_last },
	{ "P17 300 contexts of 300, and one more", at_the_cap },
	{ "6.4 the second Add fails: the first stays", second_add_fails },
	{ "4.1 435 termination of another context", other_context },
	{ "T25 optional commands go on", optional },
	{ "C13 syntax error in the third of five", syntax_in_third },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/errors", tests);
}
