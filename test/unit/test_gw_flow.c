/* test/unit/test_gw_flow.c - a session from Add to Subtract (h248.md 6.4) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define HAS(text, part) has(text, part, __LINE__)
static void has(const char *text, const char *part, int line)
{
	if (!strstr(text, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}

#define LACKS(text, part) CU_ASSERT_PTR_NULL(strstr(text, part))

static void add_both(void)
{
	struct rig *r = rig_new(10);
	const char *reply = rig_ask(r, RIG_BOTH);

	HAS(reply, "P=50001{C=1{A=ip/1/access/1{M{ST=1{L{");
	HAS(reply, "c=IN IP4 192.0.2.10");
	HAS(reply, "m=message 40001 TCP -");
	HAS(reply, "A=ip/1/core/2{M{ST=1{L{");
	HAS(reply, "c=IN IP6 2001:db8:1::10");
	HAS(reply, "m=message 40002 TCP -");
	LACKS(reply, "10.9.8.7");
	LACKS(reply, "O{");
	CU_ASSERT_EQUAL(stub_count(), 2);
	CU_ASSERT_EQUAL(gw_context_find(&r->gw, 1)->priority, 6);
	rig_free(r);
}

/* Decisions 15 to 17 and h248.md 5.10 as the engine sees them. */
static void gate_configuration(void)
{
	struct rig *r = rig_new(10);
	const struct pkt_leg_cfg *a, *b;

	rig_ask(r, RIG_BOTH);
	a = &stub_cmd(0)->cfg.leg;
	b = &stub_cmd(1)->cfg.leg;
	CU_ASSERT_EQUAL(stub_cmd(0)->peer.gen, 0);
	CU_ASSERT_EQUAL(stub_cmd(1)->peer.gen, stub_cmd(0)->gate.gen);
	CU_ASSERT_EQUAL(a->from.prefix_len, 128);
	CU_ASSERT_EQUAL(a->from.addr.s6_addr[15], 7);
	CU_ASSERT_EQUAL(a->from.addr.s6_addr[12], 203);
	CU_ASSERT_EQUAL(a->from.port_max, 65535);
	CU_ASSERT_EQUAL(b->from.prefix_len, 0);
	CU_ASSERT_EQUAL(a->dscp, 0x28 >> 2);
	CU_ASSERT(a->has_dscp && !b->has_dscp);
	CU_ASSERT_EQUAL(a->mode, PKT_MODE_RX | PKT_MODE_TX);
	CU_ASSERT_EQUAL(a->role, PKT_ROLE_MERGE);
	CU_ASSERT(a->is_armed && b->is_armed);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.realm, 1);
	CU_ASSERT_EQUAL(b->family, AF_INET6);
	rig_free(r);
}

static void answered_when_done(void)
{
	struct rig *r = rig_new(10);
	unsigned int before = r->n_sent;

	rig_send(r, "T=7{" RIG_BOTH "}");
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before);
	CU_ASSERT_EQUAL(stub_count(), 1);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before);
	CU_ASSERT_EQUAL(stub_count(), 2);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before + 1);
	HAS(rig_last(r), "P=7{C=1{");
	rig_free(r);
}

static void notify_order(void)
{
	struct rig *r = rig_new(10);
	struct pkt_gate_stat stat = { .remote_port = 51312,
				      .est_ms = 42,
				      .mss = 1460,
				      .opts = PKT_STAT_WS | PKT_STAT_SACK };
	struct pkt_gate_id gate;
	unsigned int before;

	rig_ask(r, RIG_BOTH);
	gate = stub_cmd(0)->gate;
	memcpy(&stat.remote, &stub_cmd(0)->cfg.leg.from.addr,
	       sizeof(stat.remote));
	stub_set_stat(gate, &stat);
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"),
	    "SG{ipnapt/latch{ST=1,napt=LATCH}}");
	before = r->n_sent;
	stub_event(PKT_EVT_SYN, gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before + 1);
	HAS(rig_last(r), "C=1{N=ip/1/access/1{OE=2001{20260115T08300000:"
			 "tcprv/syn{ST=1,ra=\"203.0.113.7\",rp=51312}");
	stub_event(PKT_EVT_OPEN, gate, PKT_CAUSE_NONE, false);
	stub_event(PKT_EVT_CLOSED, gate, PKT_CAUSE_FIN, true);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before + 1); /* one out at a time */
	CU_ASSERT(rig_acknowledge(r));
	HAS(rig_last(r), "adr/rsac{ST=1,nrsa=\"203.0.113.7\",nrsp=51312}");
	HAS(rig_last(r), "tcprv/est{ST=1,wait=42,mss=1460,opts=\"ws,sack\"}");
	CU_ASSERT(strstr(rig_last(r), "adr/rsac") <
		  strstr(rig_last(r), "tcprv/est"));
	HAS(rig_last(r), "tcprv/rel{ST=1,cause=fin,by=far}");
	HAS(rig_last(r), "g/cause{ST=1,Generalcause=NR");
	before = r->n_sent;
	CU_ASSERT(rig_acknowledge(r));
	CU_ASSERT_EQUAL(r->n_sent, before);
	/* T40: the signal is gone when latching is done. */
	HAS(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"),
	    "AV=ip/1/access/1{SG}");
	rig_free(r);
}

/* T42: not requested, not reported. */
static void not_asked(void)
{
	struct rig *r = rig_new(10);
	unsigned int before;

	rig_ask(r, RIG_BOTH);
	before = r->n_sent;
	stub_event(PKT_EVT_SYN, stub_cmd(1)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before);
	CU_ASSERT_EQUAL(r->gw.stats.syn, 1);
	stub_event(PKT_EVT_FAIL, stub_cmd(0)->gate, PKT_CAUSE_TWAIT, false);
	rig_events(r);
	HAS(rig_last(r), "tcprv/fail{ST=1,cause=twait}");
	CU_ASSERT(rig_acknowledge(r));
	HAS(rig_last(r), "g/cause{ST=1,Generalcause=FT,"
			 "Failurecause=7463702d7477616974}");
	rig_free(r);
}

/* Decision 26: a controller that does not know the termination. */
static void unknown_to_controller(void)
{
	struct rig *r = rig_new(10);
	char text[96];

	rig_ask(r, RIG_BOTH);
	stub_event(PKT_EVT_SYN, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	snprintf(text, sizeof(text), "P=%lu{C=1{N=ip/1/access/1{ER=430{}}}}",
		 strtoul(strstr(rig_last(r), "T=") + 2, NULL, 10));
	rig_send(r, text);
	CU_ASSERT_EQUAL(r->gw.stats.notify_unknown, 1);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1);
	CU_ASSERT_EQUAL(r->gw.n_terms, 2);
	rig_free(r);
}

static void subtract_statistics(void)
{
	struct rig *r = rig_new(10);
	struct pkt_gate_stat stat = { .rx_octets = 299310,
				      .tx_octets = 1884512,
				      .syns = 3 };
	unsigned int before;

	rig_ask(r, RIG_BOTH);
	before = r->n_sent;
	gw_clock_freeze(5000000 + 84213000, UINT64_C(1768465884213000));
	rig_send(r, "T=8{C=1{S=ip/1/access/1,S=ip/1/core/2}}");
	CU_ASSERT_EQUAL(r->n_sent, before);
	/* Numbers of the very end: they come with DONE. */
	stub_set_stat(stub_cmd(0)->gate, &stat);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before);
	stub_done_all();
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, before + 1);
	HAS(rig_last(r), "P=8{C=1{S=ip/1/access/1{SA{nt/dur=84213,"
			 "nt/os=1884512,nt/or=299310,tcprv/syns=3");
	HAS(rig_last(r), "S=ip/1/core/2{SA{nt/dur=84213,nt/os=0");
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(r->gw.n_terms, 0);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	rig_free(r);
}

static const struct {
	const char *name, *ask, *part, *not ;
} forms[] = {
	{ "6.8 AT{} suppresses", "C=1{S=*{AT{}}}",
	  "C=1{S=ip/1/access/1,S=ip/1/core/2}", "SA" },
	{ "6.8 AT{SA}", "C=1{S=ip/1/access/1{AT{SA}}}",
	  "S=ip/1/access/1{SA{nt/dur=0", "core" },
	{ "6.8 W-", "C=1{W-S=*{AT{}}}", "P=50002{C=1{S=*}}", "access" },
	{ "6.8 W- with statistics", "C=1{W-S=*}", "C=1{S=*{SA{nt/dur=0",
	  "ip/" },
	{ "6.8 everything", "C=*{W-S=*{AT{}}}", "P=50002{C=*{S=*}}", "ip/" },
	{ "6.9 list", "C=1{AV=*{AT{}}}", "AV=C{ip/1/access/1,ip/1/core/2}",
	  "M{" },
	{ "6.9 contexts", "C=*{AV=ROOT{AT{}}}", "P=50002{C=1{AV=ROOT}}", "ER" },
	{ "6.3 heartbeat", "C=-{AV=ROOT{AT{}}}", "C=-{AV=ROOT}", "ER" },
	{ "6.9 packages", "C=-{AV=ROOT{AT{PG}}}", "tcprv-1", "ER" },
	{ "5.4 root", "C=-{AV=ROOT{AT{M}}}", "root/maxNumberOfContexts=10",
	  "ER" },
	{ "6.9 properties", "C=1{CA{PR}}", "C=1{PR=6}", "ER" },
	{ "6.9 one property", "C=1{AV=ip/1/access/1{AT{M{ST=1{O{ds/dscp}}}}}}",
	  "M{ST=1{O{ds/dscp=28}}}", "gm/saf" },
	{ "6.9 events", "C=1{AV=ip/1/core/2{AT{E,OE}}}",
	  "E=2002{tcprv/est,tcprv/rel},OE", "ER" },
	{ "6.2 ROOT",
	  "C=-{MF=ROOT{M{TS{root/normalMGExecutionTime=500}},"
	  "E=1{it/ito{mit=6000}}}}",
	  "C=-{MF=ROOT}", "ER" },
	{ "6.5 mode",
	  "C=1{MF=ip/1/core/2{M{ST=1{O{MO=IN,"
	  "ipdc/realm=\"core.example\"}}}}}",
	  "C=1{MF=ip/1/core/2}", "M{" },
};

static void request_forms(void)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct rig *r = rig_new(10);
		const char *reply;

		rig_ask(r, RIG_BOTH);
		reply = rig_ask(r, forms[i].ask);
		if (!strstr(reply, forms[i].part) ||
		    strstr(reply, forms[i].not ))
			fprintf(stderr, "%s: %s\n", forms[i].name, reply);
		CU_ASSERT_PTR_NOT_NULL(strstr(reply, forms[i].part));
		CU_ASSERT_PTR_NULL(strstr(reply, forms[i].not ));
		CU_ASSERT_EQUAL(r->gw.n_jobs, 0);
		rig_free(r);
	}
}

static void relatch(void)
{
	struct rig *r = rig_new(10);
	const struct stub_cmd *c;

	rig_ask(r, RIG_BOTH);
	HAS(rig_ask(r, "C=1{MF=ip/1/access/1{SG{ipnapt/latch{"
		       "napt=RELATCH}}}}"),
	    "C=1{MF=ip/1/access/1}");
	c = stub_cmd(2);
	CU_ASSERT_STRING_EQUAL(c->verb, "modify");
	CU_ASSERT(c->rearm);
	CU_ASSERT_EQUAL(c->cfg.leg.from.prefix_len, 128);
	/* T41: OFF goes back to the address of Remote, and arms nothing. */
	rig_ask(r, "C=1{MF=ip/1/core/2{SG{ipnapt/latch{napt=OFF}}}}");
	c = stub_cmd(3);
	CU_ASSERT(!c->rearm);
	CU_ASSERT_EQUAL(c->cfg.leg.from.prefix_len, 128);
	CU_ASSERT_EQUAL(c->cfg.leg.from.addr.s6_addr[15], 9);
	rig_free(r);
}

/* Two transactions of one message for one context: the second waits. */
static void one_job_per_context(void)
{
	struct rig *r = rig_new(10);
	unsigned int before;

	rig_ask(r, RIG_BOTH);
	before = r->n_sent;
	rig_send(r, "T=8{C=1{S=*{AT{}}}} T=9{C=1{AV=ip/1/core/2{AT{}}}} "
		    "T=10{C=-{AV=ROOT{AT{}}}}");
	CU_ASSERT_EQUAL(r->n_sent, before + 1);
	HAS(rig_last(r), "P=10{");
	for (unsigned int i = 0; i < 3; i++) {
		stub_done_all();
		rig_events(r);
	}
	HAS(r->sent[before + 1], "P=8{C=1{S=ip/1/access/1,S=ip/1/core/2}}");
	HAS(r->sent[before + 2], "P=9{C=1{ER=411");
	rig_free(r);
}

static void hangterm(void)
{
	struct rig *r = rig_new(10);
	unsigned int before;

	rig_ask(r, RIG_BOTH);
	rig_ask(r, "C=1{MF=ip/1/access/1{E=5{hangterm/thb{timerx=60}}}}");
	before = r->n_sent;
	gw_clock_freeze(64000000, UINT64_C(1768465859000000));
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(r->n_sent, before);
	gw_clock_freeze(66000000, UINT64_C(1768465861000000));
	gw_tick(&r->gw);
	HAS(rig_last(r), "N=ip/1/access/1{OE=5{20260115T08310100:hangterm/thb");
	rig_free(r);
}

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	(void)arg, (void)err, (void)reply;
}

/* All places for requests of ours are taken when something happens: it is
 * told when there is a place again. */
static void c34_notify_waits_for_a_place(void)
{
	static const struct h248_action nothing = { .ctx = H248_CTX_NULL };
	struct rig *r = rig_new(10);
	uint32_t tid = 0, last;
	char reply[64];
	int rc;

	rig_ask(r, RIG_BOTH);
	do {
		last = tid;
		rc = h248_assoc_request(r->gw.assoc, &nothing, on_reply, NULL,
					gw_now_ms(), &tid);
	} while (!rc);
	CU_ASSERT_EQUAL(rc, -EAGAIN);
	stub_event(PKT_EVT_OPEN, stub_cmd(0)->gate, 0, false);
	rig_events(r);
	CU_ASSERT_EQUAL(r->gw.stats.notifies, 0);
	snprintf(reply, sizeof(reply), "P=%u{C=-}", last);
	rig_send(r, reply);
	gw_clock_freeze(7000000, UINT64_C(1768465802000000));
	gw_tick(&r->gw);
	CU_ASSERT_EQUAL(r->gw.stats.notifies, 1);
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "6.4 Add, Add: reply has ids and Local only", add_both },
	{ "decisions 15-17 gate configuration", gate_configuration },
	{ "4 Add is answered after DONE", answered_when_done },
	{ "T71 Notifies keep their order, one is out", notify_order },
	{ "C34 a Notify waits for a place", c34_notify_waits_for_a_place },
	{ "T42 events that were not asked for", not_asked },
	{ "decision 26 Notify refused with 430", unknown_to_controller },
	{ "6.8 Subtract: numbers come with DONE", subtract_statistics },
	{ "6.2-6.9 forms of requests", request_forms },
	{ "T41 RELATCH and OFF", relatch },
	{ "T23 jobs of one context wait", one_job_per_context },
	{ "T46 hangterm/thb", hangterm },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/flow", tests);
}
