/* test/unit/test_gw_alternatives.c - several session descriptions (T6, 1.9) */
#include <stdio.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define IP4 "v=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n"
#define IP6 "v=0\nc=IN IP6 $\nm=message $ TCP -\na=setup:passive\n"
#define UDP "v=0\nc=IN IP4 $\nm=audio $ RTP/AVP 0\n"
#define R4 "v=0\nc=IN IP4 10.9.8.7\nm=message 9 TCP -\na=setup:active\n"
#define R6 "v=0\nc=IN IP6 2001:db8:5::9\nm=message 9 TCP -\na=setup:active\n"
#define ADD(flags, local, remote)                                 \
	"C=${A=ip/1/access/${M{ST=1{O{MO=SR" flags "},L{\n" local \
	"},R{\n" remote "}}},SG{ipnapt/latch{napt=LATCH}}}}"

static const struct {
	const char *name, *ask;
	int pool; /* family of the only pool; 0: both */
	const char *part, *not ;
	int family; /* of the gate; 0: none */
} cases[] = {
	{ "T6 the first", ADD("", IP4 IP6, R4), 0, "c=IN IP4 192.0.2.10", "IP6",
	  AF_INET },
	{ "T6 the first, reserved", ADD(",RV=ON,RG=ON", IP6 IP4, R6), 0,
	  "c=IN IP6 2001:db8:1::10", "IP4", AF_INET6 },
	{ "T6 family of the realm", ADD(",RG=ON", IP6 IP4, R6 R4), AF_INET,
	  "c=IN IP4 192.0.2.10", "IP6", AF_INET },
	{ "T6 not TCP", ADD(",RV=ON", UDP IP6, R6), 0,
	  "c=IN IP6 2001:db8:1::10", "audio", AF_INET6 },
	{ "T6 none is TCP", ADD("", UDP UDP, R4), 0, "ER=515{", "L{", 0 },
	{ "T6 one that is no SDP", ADD("", IP4 "v=0\nc=IN\n", R4), 0, "ER=474{",
	  "L{", 0 },
};

static void first_usable(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig *r = rig_new(10);
		const char *reply;

		if (cases[i].pool) {
			r->gw.conf.realm[0].n_pools = 1;
			r->gw.conf.realm[0].pool[0].family = cases[i].pool;
		}
		reply = rig_ask(r, cases[i].ask);
		if (!strstr(reply, cases[i].part) ||
		    strstr(reply, cases[i].not ))
			fprintf(stderr, "%s: %s\n", cases[i].name, reply);
		CU_ASSERT_PTR_NOT_NULL(strstr(reply, cases[i].part));
		CU_ASSERT_PTR_NULL(strstr(reply, cases[i].not ));
		CU_ASSERT_EQUAL(stub_count(), cases[i].family ? 1 : 0);
		if (cases[i].family)
			CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.family,
					cases[i].family);
		rig_free(r);
	}
}

/* Remote is read in the family of Local: without latching it filters. */
static void remote_follows(void)
{
	struct rig *r = rig_new(10);
	const char *ask = "C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\n" IP4
			  "},R{\n" R6 R4 "}}}}}";

	rig_ask(r, ask);
	CU_ASSERT_EQUAL(stub_count(), 1);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.from.prefix_len, 128);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.from.addr.s6_addr[12], 10);
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "T6 the first usable alternative, reported alone", first_usable },
	{ "T6 Remote is of the family of Local", remote_follows },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/alternatives", tests);
}
