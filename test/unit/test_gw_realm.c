/* test/unit/test_gw_realm.c - realms that come and go (h248.md 5.11) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/realm.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm, events)                                                  \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR},L{\nv=0\nc=IN IP4 $\n"          \
	"m=message $ TCP -\na=setup:passive\n}}},E=" events "{nt/netfail}," \
	"SG{ipnapt/latch{napt=LATCH}}}"

#define HAS(text, part) has(text, part, __LINE__)
static void has(const char *text, const char *part, int line)
{
	if (!strstr(text, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}

static void acknowledge(struct rig *r)
{
	const char *id = strstr(rig_last(r), "T=");
	char text[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	snprintf(text, sizeof(text), "P=%lu{C=*{N=ROOT}}",
		 strtoul(id + 2, NULL, 10));
	rig_send(r, text);
}

/* One Notify at a time; what changes meanwhile is told after, and what comes
 * back before it was told is not. */
static void changes(void)
{
	struct rig *r = rig_new(10);
	unsigned int n;

	HAS(rig_ask(r, "C=*{MF=ROOT{E=9{ipra/arc}}}"), "MF=ROOT}");
	n = r->n_sent;
	gw_realm_set(&r->gw, 0x3);
	CU_ASSERT_EQUAL(r->n_sent, n);
	gw_realm_set(&r->gw, 0x1);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	HAS(rig_last(r), "C=*{N=ROOT{OE=9{20260115T08300000:ipra/arc{"
			 "nur=\"core.example\"}}}}");
	HAS(rig_ask(r, "C=-{AV=ROOT{AT{M{TS{ipra/ar}}}}}"),
	    "TS{ipra/ar=\"access.example\"}");
	gw_realm_set(&r->gw, 0x0);
	gw_realm_set(&r->gw, 0x2);
	n = r->n_sent - 2; /* the Notify */
	CU_ASSERT_EQUAL(r->n_sent, n + 2);
	r->n_sent--; /* back to the Notify, to answer it */
	free(r->sent[r->n_sent]);
	acknowledge(r);
	HAS(rig_last(r), "ipra/arc{nar=\"core.example\","
			 "nur=\"access.example\"}");
	n = r->n_sent;
	acknowledge(r);
	CU_ASSERT_EQUAL(r->n_sent, n);
	gw_realm_set(&r->gw, 0x0);
	HAS(rig_last(r), "ipra/arc{nur=\"core.example\"}");
	acknowledge(r);
	gw_realm_set(&r->gw, 0x3);
	HAS(rig_last(r), "ipra/arc{nar=[\"access.example\",\"core.example\"]}");
	rig_free(r);
}

static void accept_change(struct rig *r)
{
	const char *id = strstr(rig_last(r), "T=");
	char text[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	snprintf(text, sizeof(text), "P=%lu{C=-{SC=ip/1/core/*}}",
		 strtoul(id + 2, NULL, 10));
	rig_send(r, text);
}

/* Not asked for: as a group of terminations, one at a time; asked for while
 * one is down: no old news. */
static void not_asked(void)
{
	struct rig *r = rig_new(10);
	unsigned int n = r->n_sent;

	gw_realm_set(&r->gw, 0x1);
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	HAS(rig_last(r), "C=-{SC=ip/1/core/*{SV{MT=FO,"
			 "RE=\"906 Loss Of Lower Layer Connectivity\"}}}");
	gw_realm_set(&r->gw, 0x2); /* while the first one is out */
	CU_ASSERT_EQUAL(r->n_sent, n + 1);
	accept_change(r);
	HAS(rig_last(r), "SC=ip/1/access/*{SV{MT=FO,RE=\"906");
	accept_change(r);
	HAS(rig_last(r), "SC=ip/1/core/*{SV{MT=RS,RE=\"900 Service Restored");
	accept_change(r);
	CU_ASSERT_EQUAL(r->n_sent, n + 3);
	gw_realm_set(&r->gw, 0x3);
	HAS(rig_last(r), "SC=ip/1/access/*{SV{MT=RS,RE=\"900");
	accept_change(r);
	gw_realm_set(&r->gw, 0x1);
	accept_change(r);
	rig_ask(r, "C=-{MF=ROOT{E=9{ipra/arc}}}");
	n = r->n_sent;
	gw_realm_set(&r->gw, 0x1);
	CU_ASSERT_EQUAL(r->n_sent, n);
	gw_realm_set(&r->gw, 0x3);
	HAS(rig_last(r), "ipra/arc{nar=\"core.example\"}");
	rig_free(r);
}

/* What happens without a controller is told to the next. */
static void without_controller(void)
{
	struct rig *r = rig_new(10);
	char text[96];

	rig_ask(r, "C=-{MF=ROOT{E=9{ipra/arc}}}");
	h248_assoc_link_lost(r->gw.assoc, h248_assoc_controller(r->gw.assoc),
			     gw_now_ms());
	CU_ASSERT(h248_assoc_state(r->gw.assoc) != H248_ASSOC_ACTIVE);
	gw_realm_set(&r->gw, 0x1);
	gw_tick(&r->gw);
	HAS(rig_last(r), "SC=ROOT");
	snprintf(text, sizeof(text), "P=%lu{C=-{SC=ROOT{SV{V=3}}}}",
		 strtoul(strstr(rig_last(r), "T=") + 2, NULL, 10));
	rig_send(r, text);
	CU_ASSERT_EQUAL(h248_assoc_state(r->gw.assoc), H248_ASSOC_ACTIVE);
	HAS(rig_last(r), "ipra/arc{nur=\"core.example\"}");
	rig_free(r);
}

/* nt/netfail: the terminations of the realm that goes, and no others. */
static void net_fails(void)
{
	struct rig *r = rig_new(10);
	unsigned int n;

	rig_ask(r, "C=${" LEG("access", "3") "," LEG("core", "4") "}");
	CU_ASSERT_EQUAL(stub_gates(), 2);
	n = r->n_sent;
	gw_realm_set(&r->gw, 0x1);
	/* and the ServiceChange for all of them */
	CU_ASSERT_EQUAL(r->n_sent, n + 2);
	HAS(r->sent[n], "C=1{N=ip/1/core/2{OE=4{20260115T08300000:"
			"nt/netfail{ST=1,cs=\"link down\"}}}}");
	gw_realm_set(&r->gw, 0x3);
	CU_ASSERT_EQUAL(r->n_sent, n + 2);
	gw_realm_set(&r->gw, 0x2);
	HAS(rig_last(r), "N=ip/1/access/1{OE=3{");
	CU_ASSERT_EQUAL(r->n_sent, n + 3);
	rig_free(r);
}

/* An audit says of the terminations what was told of all of them. */
static void out_of_service(void)
{
	static const char CORE[] = "C=1{AV=ip/1/core/2{AT{M{TS{SI}}}}}";
	static const char ACCESS[] = "C=1{AV=ip/1/access/1{AT{M{TS{SI}}}}}";
	struct rig *r = rig_new(10);

	rig_ask(r, "C=${" LEG("access", "3") "," LEG("core", "4") "}");
	HAS(rig_ask(r, CORE), "TS{SI=IV}");
	gw_realm_set(&r->gw, 0x1);
	HAS(rig_ask(r, CORE), "TS{SI=OS}");
	HAS(rig_ask(r, ACCESS), "TS{SI=IV}");
	gw_realm_set(&r->gw, 0x3);
	HAS(rig_ask(r, CORE), "TS{SI=IV}");
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "T47 ipra/arc: changes in order", changes },
	{ "T33 T47 6.11 not asked for: 906, 900", not_asked },
	{ "T47 ipra/arc: without controller", without_controller },
	{ "T47 nt/netfail", net_fails },
	{ "T33 a realm that is down is out of service", out_of_service },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/realm", tests);
}
