/* test/unit/test_gw_wildcard.c - what wildcards may cost */
#include <stdio.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define FIVE "tcprv/est,tcprv/est,tcprv/est,tcprv/est,tcprv/est"
#define ADD(iface)                                                          \
	"A=ip/1/" iface "/${M{ST=1{" LOCAL "}},E=1{adr/rsac," FIVE "," FIVE \
	"," FIVE "},SG{ipnapt/latch{napt=LATCH}}}"

/* W- answers with one line: the terminations behind it need no memory, so
 * any number of them can be asked at once. */
static void t25_wildcard_reply_takes_no_memory(void)
{
	struct rig *r = rig_new(2);
	static char ask[RIG_OCTETS];
	const char *reply;
	size_t n = 0;

	rig_ask(r, "C=${" ADD("access") "," ADD("core") "}");
	n = (size_t)snprintf(ask, sizeof(ask), "C=1{");
	for (unsigned int i = 0; i < 1000; i++)
		n += (size_t)snprintf(ask + n, sizeof(ask) - n,
				      "%sW-AV=*{AT{E{adr/rsac}}}",
				      i ? "," : "");
	snprintf(ask + n, sizeof(ask) - n, "}");
	reply = rig_ask(r, ask);
	CU_ASSERT_PTR_NULL(strstr(reply, "ER="));
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "{C=1{AV=*{E=*{adr/rsac}},AV=*{"));
	reply = rig_ask(r, "C=1{W-S=*}");
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "{C=1{S=*{SA{nt/dur="));
	CU_ASSERT_EQUAL(stub_gates(), 0);
	rig_free(r);
}

/* The contexts that were listed go before their turn comes: a union of
 * nothing. */
static void c25_contexts_go_meanwhile(void)
{
	static const char *const asks[] = { "W-S=*{AT{}}", "W-S=*",
					    "W-AV=*{AT{E,SA}}" };
	char ask[128];

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct rig *r = rig_new(2);

		rig_ask(r, "C=${" ADD("access") "," ADD("core") "}");
		snprintf(ask, sizeof(ask), "T=1{C=*{S=*{AT{}}}}T=2{C=*{%s}}",
			 asks[i]);
		stub_auto_done(true);
		rig_send(r, ask);
		for (unsigned int n = 0; r->gw.n_jobs && n < 20; n++)
			rig_events(r);
		CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
		CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "P=2{"));
		rig_free(r);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T25 W- takes no memory",
		  t25_wildcard_reply_takes_no_memory },
		{ "C25 contexts go while they are listed",
		  c25_contexts_go_meanwhile },
		{ NULL, NULL },
	};

	return suite_run("gateway, wildcards", tests);
}
