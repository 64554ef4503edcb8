/* test/unit/test_gw_traffic.c - tman/ and adid/ in, engine calls out */
#include <stdio.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"

static void add(struct rig *r, const char *props, const char *events,
		const char **reply)
{
	char ask[512];

	snprintf(ask, sizeof(ask),
		 "C=${A=${M{ST=1{O{MO=SR%s}," SDP
		 "}}%s,SG{ipnapt/latch{napt=LATCH}}}}",
		 props, events);
	*reply = rig_ask(r, ask);
}

/* Reference 5.9: which values reach the engine, which are refused. */
static const struct tman_case {
	const char *props, *error; /* error NULL: accepted */
	struct pkt_traffic_cfg cfg;
} tmans[] = {
	{ "", NULL, { .is_policed = false } },
	{ ",tman/sdr=1000,tman/mbs=2000", NULL, { .is_policed = false } },
	{ ",tman/pol=OFF,tman/sdr=1000", NULL, { .is_policed = false } },
	{ ",tman/pol=ON,tman/sdr=125000,tman/mbs=32000",
	  NULL,
	  { .is_policed = true, .sdr = 125000, .mbs = 32000 } },
	{ ",tman/pol=ON,tman/sdr=4294967295,tman/mbs=0",
	  NULL,
	  { .is_policed = true, .sdr = UINT32_MAX } },
	{ ",tman/pol=ON,tman/sdr=1000,tman/mbs=1,tman/pdr=1000,tman/dvt=7",
	  NULL,
	  { .is_policed = true,
	    .sdr = 1000,
	    .mbs = 1,
	    .pdr = 1000,
	    .dvt_us = 7 } },
	/* A zero in front makes no octal number of it. */
	{ ",tman/pol=ON,tman/sdr=0100,tman/mbs=08,tman/pdr=0x0100",
	  NULL,
	  { .is_policed = true, .sdr = 100, .mbs = 8, .pdr = 256 } },
	{ ",tman/pol=ON", "ER=472{", { .is_policed = false } },
	{ ",tman/pol=ON,tman/sdr=1000", "ER=472{", { .is_policed = false } },
	{ ",tman/pol=ON,tman/mbs=1000", "ER=472{", { .is_policed = false } },
	{ ",tman/pol=ON,tman/sdr=0,tman/mbs=1",
	  "ER=449{",
	  { .is_policed = false } },
	{ ",tman/pol=ON,tman/sdr=1,tman/mbs=1,tman/pdr=0",
	  "ER=449{",
	  { .is_policed = false } },
	{ ",tman/pol=ON,tman/sdr=1001,tman/mbs=1,tman/pdr=1000",
	  "ER=473{",
	  { .is_policed = false } },
};

static bool is_same(const struct pkt_traffic_cfg *a,
		    const struct pkt_traffic_cfg *b)
{
	return a->is_policed == b->is_policed && a->sdr == b->sdr &&
	       a->mbs == b->mbs && a->pdr == b->pdr && a->dvt_us == b->dvt_us;
}

static void tman(void)
{
	for (size_t i = 0; i < sizeof(tmans) / sizeof(tmans[0]); i++) {
		const struct tman_case *t = &tmans[i];
		struct rig *r = rig_new(10);
		const char *reply;
		bool ok;

		add(r, t->props, "", &reply);
		ok = t->error ? strstr(reply, t->error) && !stub_gates() :
				stub_count() == 1 &&
					is_same(&stub_cmd(0)->cfg.traffic,
						&t->cfg);
		if (!ok)
			fprintf(stderr, "%s: %s\n", t->props, reply);
		CU_ASSERT_TRUE(ok);
		rig_free(r);
	}
}

/* Reference 5.11. */
static const struct adid_case {
	const char *events;
	uint32_t seconds, id;
	uint8_t ways;
} adids[] = {
	{ "", 0, 0, 0 },
	{ ",E=7{tcprv/est}", 0, 0, 0 },
	{ ",E=7{adid/ipstop}", 30, 7, 3 },
	{ ",E=7{adid/ipstop{dt=5}}", 5, 7, 3 },
	{ ",E=7{adid/ipstop{dt=010}}", 10, 7, 3 },
	{ ",E=8{adid/ipstop{dt=5,dir=IN}}", 5, 8, 1 << PKT_DIR_IN },
	{ ",E=8{adid/ipstop{dir=OUT,dt=6}}", 6, 8, 1 << PKT_DIR_OUT },
};

static void adid(void)
{
	for (size_t i = 0; i < sizeof(adids) / sizeof(adids[0]); i++) {
		const struct adid_case *t = &adids[i];
		struct rig *r = rig_new(10);
		const struct pkt_traffic_cfg *c;
		const char *reply;

		add(r, "", t->events, &reply);
		CU_ASSERT_EQUAL_FATAL(stub_count(), 1);
		c = &stub_cmd(0)->cfg.traffic;
		if (c->quiet_s != t->seconds || c->quiet_ways != t->ways)
			fprintf(stderr, "%s: %u %u\n", t->events, c->quiet_s,
				c->quiet_ways);
		CU_ASSERT_EQUAL(c->quiet_s, t->seconds);
		CU_ASSERT_EQUAL(c->quiet_id, t->id);
		CU_ASSERT_EQUAL(c->quiet_ways, t->ways);
		rig_free(r);
	}
}

/* Events alone reach the engine, but only when they change the watch. */
static void modify_events(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	add(r, ",tman/pol=ON,tman/sdr=9,tman/mbs=9", "", &reply);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=9{tcprv/est}}}");
	CU_ASSERT_EQUAL(stub_count(), 1);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=10{adid/ipstop{dt=9}}}}");
	CU_ASSERT_EQUAL_FATAL(stub_count(), 2);
	CU_ASSERT_STRING_EQUAL(stub_cmd(1)->verb, "modify");
	CU_ASSERT_FALSE(stub_cmd(1)->rearm);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.traffic.quiet_s, 9);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.traffic.sdr, 9);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=10{adid/ipstop{dt=9}}}}");
	CU_ASSERT_EQUAL(stub_count(), 2);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=11{adid/ipstop{dt=9}}}}");
	CU_ASSERT_EQUAL(stub_count(), 3);
	rig_ask(r, "C=1{MF=ip/1/access/1{E}}");
	CU_ASSERT_EQUAL_FATAL(stub_count(), 4);
	CU_ASSERT_EQUAL(stub_cmd(3)->cfg.traffic.quiet_s, 0);
	CU_ASSERT_TRUE(stub_cmd(3)->cfg.traffic.is_policed);
	rig_free(r);
}

static void notified(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	add(r, "", ",E=7{adid/ipstop{dt=5}}", &reply);
	stub_event(PKT_EVT_QUIET, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "adid/ipstop{ST=1}"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "OE=7{"));
	CU_ASSERT_EQUAL(r->gw.stats.quiet, 1);
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "5.9 tman", tman },
	{ "5.11 adid/ipstop", adid },
	{ "5.11 Modify of Events", modify_events },
	{ "5.11 Notify", notified },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gateway/traffic", tests);
}
