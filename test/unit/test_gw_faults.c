/* test/unit/test_gw_faults.c - faults of the control side (faults.md 5) */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LOCAL "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define LATCH ",SG{ipnapt/latch{napt=LATCH}}"
#define ADD(realm) "A=ip/1/" realm "/${M{ST=1{O{MO=SR}," LOCAL "}}" LATCH "}"
#define SECOND UINT64_C(1000000)

static void check(const char *name, bool is_good, const char *reply)
{
	if (!is_good)
		fprintf(stderr, "%s: %s\n", name, reply);
	CU_ASSERT_TRUE(is_good);
}

/* Each with the code, and that it stands at the command. */
static const struct {
	const char *name, *ask, *part;
} commands[] = {
	{ "C10 twice", "C=1{MF=ip/1/access/1{E,E}}",
	  "C=1{MF=ip/1/access/1{ER=448{" },
	{ "C10 not legal", "C=1{S=ip/1/access/1{SG}}",
	  "C=1{S=ip/1/access/1{ER=447{" },
	{ "C10 not legal in an audit", "C=1{AC=ip/1/access/1{AT{PG}}}",
	  "C=1{AC=ip/1/access/1{ER=447{" },
	{ "C10 not offered", "C=1{MF=ip/1/access/1{EB}}",
	  "C=1{MF=ip/1/access/1{ER=444{" },
	{ "C10 statistics (v3)", "C=1{MF=ip/1/access/1{SA{nt/os}}}",
	  "C=1{MF=ip/1/access/1{ER=444{" },
	{ "C10 unknown descriptor", "C=1{MF=ip/1/access/1{XYZ{}}}",
	  "C=1{MF=ip/1/access/1{ER=444{" },
	{ "C10 unknown package", "C=1{MF=ip/1/access/1{M{O{xyz/foo=1}}}}",
	  "C=1{MF=ip/1/access/1{ER=440{" },
	{ "C10 unknown property", "C=1{MF=ip/1/access/1{M{O{gm/foo=1}}}}",
	  "C=1{MF=ip/1/access/1{ER=450{" },
	{ "C10 known property", "C=1{MF=ip/1/access/1{M{O{nt/jit=1}}}}",
	  "C=1{MF=ip/1/access/1{ER=445{" },
	{ "C10 wrong type", "C=1{MF=ip/1/access/1{M{O{gm/saf=7}}}}",
	  "C=1{MF=ip/1/access/1{ER=449{" },
	{ "C10 wrong word", "C=1{MF=ip/1/access/1{M{O{tcprv/mode=7}}}}",
	  "C=1{MF=ip/1/access/1{ER=454{" },
	{ "C11 context", "C=77{S=ip/1/access/1}", "{C=77{ER=411{" },
	{ "C11 termination", "C=1{S=ip/1/access/77}",
	  "C=1{S=ip/1/access/77{ER=430{" },
	{ "C11 wildcard", "C=1{S=ip/1/core/*}", "C=1{S=ip/1/core/*{ER=431{" },
	{ "C11 wildcard in all", "C=*{S=ip/1/core/*}",
	  "C=*{S=ip/1/core/*{ER=431{" },
};

/* The other command, before it, is executed all the same. */
static void codes(bool is_of_c10)
{
	static char before[RIG_OCTETS];

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct rig *r = rig_new(10);

		if (!strncmp(commands[i].name, "C10", 3) != is_of_c10) {
			rig_free(r);
			continue;
		}
		rig_ask(r, "C=${" ADD("access") "}");
		snprintf(before, sizeof(before), "%s", rig_state(r));
		rig_ask(r, commands[i].ask);
		check(commands[i].name, strstr(rig_last(r), commands[i].part),
		      rig_last(r));
		CU_ASSERT_STRING_EQUAL(before, rig_state(r));
		rig_free(r);
	}
}

static void c10(void)
{
	codes(true);
}

static void c11(void)
{
	struct rig *r;

	codes(false);
	r = rig_new(1);
	stub_fail_add(-ENOSPC);
	rig_ask(r, "C=${" ADD("access") "}");
	check("C11 no port", strstr(rig_last(r), "ER=510{"), rig_last(r));
	stub_fail_add(0);
	rig_ask(r, "C=${" ADD("access") "}");
	rig_ask(r, "C=${" ADD("access") "}");
	check("C11 no context", strstr(rig_last(r), "{C=${ER=412{"),
	      rig_last(r));
	CU_ASSERT_EQUAL(stub_gates(), 1);
	rig_free(r);
}

/* C14: a session description, as Local or as Remote. */
static const struct {
	const char *name, *sdp;
	const char *codes; /* one of them */
} bodies[] = {
	{ "port 0", "c=IN IP4 198.18.0.9\nm=message 0 TCP -\n", "449" },
	{ "port 65536", "c=IN IP4 198.18.0.9\nm=message 65536 TCP -\n", "474" },
	{ "port 70000", "c=IN IP4 198.18.0.9\nm=message 70000 TCP -\n", "474" },
	{ "a huge port",
	  "c=IN IP4 198.18.0.9\nm=message 99999999999999999999999 TCP -\n",
	  "474" },
	{ "a negative port", "c=IN IP4 198.18.0.9\nm=message -1 TCP -\n",
	  "474" },
	{ "a host name", "c=IN IP4 client.example\nm=message 9 TCP -\n",
	  "474 449" },
	{ "IPv6 called IPv4", "c=IN IP4 2001:db8::9\nm=message 9 TCP -\n",
	  "474 449" },
	{ "IPv4 called IPv6", "c=IN IP6 198.18.0.9\nm=message 9 TCP -\n",
	  "474 449" },
	{ "another network", "c=ATM NSAP 47.0091\nm=message 9 TCP -\n",
	  "474 449" },
	{ "huge numbers",
	  "o=- 99999999999999999999999999 1 IN IP4 0.0.0.0\n"
	  "t=99999999999999999999999999999 9\n"
	  "c=IN IP4 300.300.300.300\nm=message 9 TCP -\n",
	  "474 449" },
};

static bool has_one_of(const char *reply, const char *codes)
{
	const char *er = strstr(reply, "ER=");
	char code[4] = "";

	if (er)
		memcpy(code, er + 3, 3);
	return code[0] && strstr(codes, code);
}

static void c14_bodies(void)
{
	char ask[1024];

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct rig *r = rig_new(10);

		/* We would have to call it. */
		snprintf(ask, sizeof(ask),
			 "C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\n"
			 "c=IN IP4 $\nm=message $ TCP -\na=setup:active\n},"
			 "R{\nv=0\n%sa=setup:passive\n}}}}}",
			 bodies[i].sdp);
		rig_ask(r, ask);
		check(bodies[i].name,
		      has_one_of(rig_last(r), bodies[i].codes) &&
			      !stub_gates() && !r->gw.n_contexts,
		      rig_last(r));
		rig_free(r);
	}
}

/* Families of Local and Remote of one leg differ. */
static void c14_mixed(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, "C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\nc=IN IP4 $\n"
		   "m=message $ TCP -\na=setup:active\n},R{\nv=0\n"
		   "c=IN IP6 2001:db8::9\nm=message 9 TCP -\n"
		   "a=setup:passive\n}}}}}");
	check("mixed", has_one_of(rig_last(r), "473 449"), rig_last(r));
	CU_ASSERT_EQUAL(stub_gates(), 0);
	rig_free(r);
}

/* 1000 media lines in one description; 1000 descriptions. */
static void c14_many(void)
{
	static char ask[RIG_OCTETS];

	for (unsigned int is_alternative = 0; is_alternative < 2;
	     is_alternative++) {
		struct rig *r = rig_new(10);
		size_t n = (size_t)snprintf(
			ask, sizeof(ask),
			"C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\n"
			"c=IN IP4 $\n");

		for (unsigned int i = 0; i < 1000; i++)
			n += (size_t)snprintf(
				ask + n, sizeof(ask) - n,
				"%sm=message $ TCP -\n",
				is_alternative && i ? "v=0\nc=IN IP4 $\n" : "");
		snprintf(ask + n, sizeof(ask) - n, "}}}" LATCH "}}");
		rig_ask(r, ask);
		check("many", strstr(rig_last(r), "ER="), rig_last(r));
		CU_ASSERT_EQUAL(stub_gates(), 0);
		CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
		rig_free(r);
	}
}

/* C15: where nobody may be reached, in Add and in Modify, called or calling.
 * 192.0.2.10 and 2001:db8:1::10 are those of the gate. */
static const char *const special[] = {
	"IP4 192.0.2.10", "IP4 127.0.0.1",       "IP4 127.255.255.254",
	"IP4 224.0.0.5",  "IP4 239.255.255.250", "IP4 255.255.255.255",
	"IP4 240.0.0.1",  "IP4 169.254.1.1",     "IP4 0.0.0.0",
	"IP6 ::1",        "IP6 ff02::1",         "IP6 fe80::1",
	"IP6 ::",         "IP6 2001:db8:1::10",
};

static void c15(void)
{
	char ask[1024];

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		struct rig *r = rig_new(10);
		char family[4] = "";

		memcpy(family, special[i], 3);
		snprintf(
			ask, sizeof(ask),
			"C=${A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\n"
			"c=IN %s $\nm=message $ TCP -\na=setup:passive\n}}}" LATCH
			"}}",
			family);
		rig_ask(r, ask);
		CU_ASSERT_EQUAL(stub_gates(), 1);
		/* Without a latch signal: Remote is who may come. */
		snprintf(ask, sizeof(ask),
			 "C=1{MF=ip/1/access/1{M{ST=1{R{\nv=0\nc=IN %s\n"
			 "m=message 9 TCP -\na=setup:active\n}}},SG}}",
			 special[i]);
		rig_ask(r, ask);
		check(special[i], strstr(rig_last(r), "ER=449{"), rig_last(r));
		/* On the other leg of the same context, and called by us. */
		snprintf(ask, sizeof(ask),
			 "C=1{A=ip/1/core/${M{ST=1{O{MO=SR},L{\nv=0\n"
			 "c=IN %s $\nm=message $ TCP -\na=setup:active\n},"
			 "R{\nv=0\nc=IN %s\nm=message 9 TCP -\n"
			 "a=setup:passive\n}}}}}",
			 family, special[i]);
		rig_ask(r, ask);
		check(special[i], strstr(rig_last(r), "ER=449{"), rig_last(r));
		CU_ASSERT_EQUAL(stub_gates(), 1);
		rig_free(r);
	}
}

static void pass(struct rig *r, uint64_t to_s)
{
	for (uint64_t s = 1; s <= to_s; s++) {
		gw_clock_freeze(5000000 + s * SECOND,
				UINT64_C(1768465800000000) + s * SECOND);
		gw_tick(&r->gw);
		stub_done_all();
		rig_events(r);
	}
}

/* C29: one Add of a rendezvous, then no controller any more. */
static void c29(void)
{
	struct rig *r = rig_new(10);

	r->gw.conf.h248.context_lifetime_s = 60;
	rig_ask(r, "C=${" ADD("access") "}");
	h248_assoc_link_lost(r->gw.assoc, h248_assoc_controller(r->gw.assoc),
			     gw_now_ms());
	CU_ASSERT(h248_assoc_state(r->gw.assoc) != H248_ASSOC_ACTIVE);
	pass(r, 59);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 1); /* half a context, kept */
	CU_ASSERT_EQUAL(stub_gates(), 1);
	pass(r, 62);
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(r->gw.n_terms, 0);
	CU_ASSERT_EQUAL(stub_gates(), 0); /* and its port is back */
	rig_free(r);
}

/* C37: Subtract while SYNs come; what the engine says after is about nobody. */
static void c37_subtract(void)
{
	struct rig *r = rig_new(10);
	struct pkt_gate_id gate;
	unsigned int n;

	rig_ask(r, "C=${A=ip/1/access/${M{ST=1{O{MO=SR}," LOCAL "}},"
		   "E=1{tcprv/syn,adr/rsac,tcprv/fail}" LATCH
		   "}," ADD("core") "}");
	gate = stub_cmd(0)->gate;
	n = r->n_sent;
	rig_send(r, "T=900{C=1{S=*}}");
	/* The SYN is latched while the removal is on its way. */
	stub_event(PKT_EVT_SYN, gate, PKT_CAUSE_NONE, false);
	for (unsigned int i = 0; i < 3; i++) {
		stub_done_all();
		rig_events(r);
	}
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_last(r), "P=900{C=1{S=ip/1/access/1"));
	CU_ASSERT_EQUAL(r->gw.n_contexts, 0);
	CU_ASSERT_EQUAL(stub_gates(), 0);
	n = r->n_sent;
	stub_event(PKT_EVT_SYN, gate, PKT_CAUSE_NONE, false);
	stub_event(PKT_EVT_FAIL, gate, PKT_CAUSE_TWAIT, false);
	rig_events(r);
	CU_ASSERT_EQUAL(r->n_sent, n);
	rig_free(r);
}

/* C37: the policy of a latch that is done changes only with a signal. */
static void c37_policy(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, "C=${" ADD("access") "}");
	stub_event(PKT_EVT_SYN, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR,gm/saf=ON,"
		   "gm/sam=\"203.0.113.9\"}}}}}");
	CU_ASSERT_STRING_EQUAL(stub_cmd(1)->verb, "modify");
	CU_ASSERT(!stub_cmd(1)->rearm);
	rig_ask(r, "C=1{MF=ip/1/access/1{SG{ipnapt/latch{napt=RELATCH}}}}");
	CU_ASSERT(stub_cmd(2)->rearm);
	CU_ASSERT_EQUAL(stub_cmd(2)->cfg.leg.from.addr.s6_addr[15], 9);
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "C10 descriptors and items", c10 },
	{ "C11 identifiers, wildcards, nothing left", c11 },
	{ "C14 bodies", c14_bodies },
	{ "C14 mixed families", c14_mixed },
	{ "C14 1000 media lines, 1000 alternatives", c14_many },
	{ "C15 special addresses as Remote", c15 },
	{ "C29 the controller fails between two Adds", c29 },
	{ "C37 Subtract while SYNs come", c37_subtract },
	{ "C37 another policy after the latch", c37_policy },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/faults", tests);
}
