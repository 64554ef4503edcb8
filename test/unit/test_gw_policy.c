/* test/unit/test_gw_policy.c - what the engine is told (decisions 6, 11, 15) */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "gateway/term_id.h"
#include "h248/span.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SDP_L "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}"
#define SDP_R \
	"R{\nv=0\nc=IN IP4 198.18.0.9\nm=message 4711 TCP -\na=setup:active\n}"

/* Decision 15, T43: what is asked, and from where a SYN may come. */
static const struct filter_case {
	const char *name, *control, *remote, *signal;
	const char *addr;
	unsigned int len, port_min, port_max;
} filters[] = {
	{ "15 saf and sam", ",gm/saf=ON,gm/sam=\"[203.0.113.7]\"", SDP_R,
	  "LATCH", "203.0.113.7", 32, 0, 65535 },
	{ "15 sam without brackets", ",gm/saf=ON,gm/sam=203.0.113.7", SDP_R,
	  "LATCH", "203.0.113.7", 32, 0, 65535 },
	{ "T43 prefix", ",gm/saf=ON,gm/sam=\"203.0.113.0/24\"", "", "LATCH",
	  "203.0.113.0", 24, 0, 65535 },
	{ "T43 brackets and prefix", ",gm/saf=ON,gm/sam=\"[203.0.113.0]/24\"",
	  "", "LATCH", "203.0.113.0", 24, 0, 65535 },
	{ "T43 dotted mask", ",gm/saf=ON,gm/sam=\"203.0.112.0/255.255.240.0\"",
	  "", "LATCH", "203.0.112.0", 20, 0, 65535 },
	{ "15 saf without sam", ",gm/saf=ON", SDP_R, "LATCH", "198.18.0.9", 32,
	  0, 65535 },
	{ "15 no signal", "", SDP_R, NULL, "198.18.0.9", 32, 0, 65535 },
	{ "15 OFF", "", SDP_R, "OFF", "198.18.0.9", 32, 0, 65535 },
	{ "15 open", "", SDP_R, "LATCH", NULL, 0, 0, 65535 },
	{ "15 RELATCH", ",gm/sam=\"203.0.113.7\"", SDP_R, "RELATCH", NULL, 0, 0,
	  65535 },
	{ "5.8 port of Remote", ",gm/spf=ON", SDP_R, "LATCH", NULL, 0, 4711,
	  4711 },
	{ "5.8 port range", ",gm/spf=ON,gm/spr=\"1024-2048\"", SDP_R, "LATCH",
	  NULL, 0, 1024, 2048 },
	{ "5.8 spr alone", ",gm/spr=\"1024-2048\"", SDP_R, "LATCH", NULL, 0, 0,
	  65535 },
};

static void check_filter(const struct filter_case *t)
{
	const struct pkt_filter *f = &stub_cmd(0)->cfg.leg.from;
	char addr[INET_ADDRSTRLEN] = "";

	CU_ASSERT_EQUAL(f->prefix_len, t->len ? t->len + 96 : 0);
	CU_ASSERT_EQUAL(f->port_min, t->port_min);
	CU_ASSERT_EQUAL(f->port_max, t->port_max);
	inet_ntop(AF_INET, &f->addr.s6_addr[12], addr, sizeof(addr));
	if (t->addr && strcmp(addr, t->addr))
		fprintf(stderr, "%s: %s\n", t->name, addr);
	CU_ASSERT(!t->addr || !strcmp(addr, t->addr));
}

static void latch_policy(void)
{
	char ask[1024], signal[64] = "";

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		const struct filter_case *t = &filters[i];
		struct rig *r = rig_new(10);

		signal[0] = '\0';
		if (t->signal)
			snprintf(signal, sizeof(signal),
				 ",SG{ipnapt/latch{napt=%s}}", t->signal);
		snprintf(ask, sizeof(ask),
			 "C=${A=ip/1/access/${M{ST=1{O{MO=SR%s}," SDP_L
			 "%s%s}}%s}}",
			 t->control, t->remote[0] ? "," : "", t->remote,
			 signal);
		rig_ask(r, ask);
		if (stub_count() != 1)
			fprintf(stderr, "%s: %s\n", t->name, rig_last(r));
		CU_ASSERT_EQUAL(stub_count(), 1);
		if (stub_count() == 1)
			check_filter(t);
		rig_free(r);
	}
}

/* 5.10, T45: the DS octet in its spellings. */
static void dscp(void)
{
	static const char *const spelled[] = { "b8", "0xb8", "\"b8\"", "B8" };
	char ask[256];

	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
		struct rig *r = rig_new(10);

		snprintf(ask, sizeof(ask),
			 "C=${A=${M{ST=1{O{ds/dscp=%s}," SDP_L
			 "}},SG{ipnapt/latch{napt=LATCH}}}}",
			 spelled[i]);
		rig_ask(r, ask);
		CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.dscp, 46);
		CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.mode, 0);
		rig_free(r);
	}
}

/* Decision 18: a value of one leg holds for both, two that differ do not. */
static void shared_values(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	rig_ask(r,
		"C=${A=${M{ST=1{O{tcprv/twait=60,tcprv/commit=waiting}," SDP_L
		"}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.rdv.twait_s, 60);
	reply = rig_ask(r, "C=1{A=${M{ST=1{O{tcprv/twait=61}," SDP_L
			   "}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "ER=473{"));
	rig_ask(r, "C=1{A=${M{ST=1{O{tcprv/tidle=0100}," SDP_L
		   "}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.rdv.twait_s, 60);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.rdv.tidle_s, 100);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.rdv.commit, PKT_COMMIT_WAITING);
	rig_free(r);
}

/* T50: two streams; one is deleted by empty Local and Remote. */
static void two_streams(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	rig_ask(r, "C=${A=${M{ST=1{O{MO=SR}," SDP_L "},ST=2{O{MO=SR}," SDP_L
		   "}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT_EQUAL(stub_gates(), 2);
	reply = rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=2{O{MO=IN},L{},R{}}}}}");
	CU_ASSERT_PTR_NULL(strstr(reply, "ER="));
	CU_ASSERT_EQUAL(stub_gates(), 1);
	CU_ASSERT_PTR_NULL(strstr(rig_state(r), "stream 2"));
	rig_ask(r, "C=1{S=*{AT{}}}");
	CU_ASSERT_EQUAL(stub_gates(), 0);
	rig_free(r);
}

/* The TerminationID answers the pattern; ipdc/realm chooses the media. */
static void id_and_realm(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	reply = rig_ask(r, "C=${A=ip/1/access/${M{ST=1{O{ipdc/realm="
			   "\"core.example\"}," SDP_L
			   "}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "A=ip/1/access/1{"));
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.realm, 1);
	reply = rig_ask(
		r, "C=${A=ip/1/$/${M{ST=1{O{ipdc/realm=core.example}," SDP_L
		   "}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "A=ip/1/core/2{"));
	rig_free(r);
}

/* 5.14.3: no role yet, nothing is taken; a Modify gives it. */
static void no_setup(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, "C=${A=${M{ST=1{O{MO=SR},L{\nv=0\nc=IN IP4 $\n"
		   "m=message $ TCP -\n}}},SG{ipnapt/latch{napt=LATCH}}}}");
	CU_ASSERT(!stub_cmd(0)->cfg.leg.is_armed);
	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{R{\nv=0\n"
		   "c=IN IP4 198.18.0.9\nm=message 9 TCP -\n"
		   "a=setup:active\n}}}}}");
	CU_ASSERT_STRING_EQUAL(stub_cmd(1)->verb, "modify");
	CU_ASSERT(stub_cmd(1)->cfg.leg.is_armed);
	CU_ASSERT(stub_cmd(1)->rearm); /* a new Remote */
	rig_free(r);
}

/* The program ends while the engine still works on an Add. */
static void ends_in_the_middle(void)
{
	struct rig *r = rig_new(10);

	rig_send(r, "T=5{C=${A=${M{ST=1{" SDP_L
		    "}},SG{ipnapt/latch{napt=LATCH}}}}} T=6{C=1{S=*}}");
	CU_ASSERT_EQUAL(r->gw.n_jobs, 2);
	rig_free(r);
}

static const struct {
	const char *pattern, *id;
	bool is_match;
} patterns[] = {
	{ "*", "ip/1/access/7", true },
	{ "ip/1/access/*", "ip/1/access/7", true },
	{ "ip/1/*", "ip/1/access/7", true },
	{ "ip/*/access/7", "ip/1/access/7", true },
	{ "IP/1/ACCESS/7", "ip/1/access/7", true },
	{ "ip/1/access/1*", "ip/1/access/101", true },
	{ "*7", "ip/7/access/7", true },
	{ "ip/1/core/*", "ip/1/access/7", false },
	{ "ip/1/access/7", "ip/1/access/77", false },
	{ "ip/1/access/77", "ip/1/access/7", false },
	{ "*8", "ip/1/access/7", false },
};

static void wildcards(void)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		CU_ASSERT_EQUAL(
			gw_term_id_matches(h248_span_of(patterns[i].pattern),
					   patterns[i].id),
			patterns[i].is_match);
}

/* docs/relay.md: who calls, who is called, in either order of the Adds. */
static const struct role_case {
	const char *name, *local[2], *remote[2], *props, *error;
	uint8_t role[2];
} roles[] = {
	{ "merge",
	  { "passive", "passive" },
	  { "active", "active" },
	  "",
	  NULL,
	  { PKT_ROLE_MERGE, PKT_ROLE_MERGE } },
	{ "relay",
	  { "passive", "active" },
	  { "active", "passive" },
	  "",
	  NULL,
	  { PKT_ROLE_MERGE, PKT_ROLE_RELAY } },
	{ "relay, the server first",
	  { "active", "passive" },
	  { "passive", "active" },
	  "",
	  NULL,
	  { PKT_ROLE_RELAY, PKT_ROLE_MERGE } },
	{ "relay, confirmed",
	  { "passive", "active" },
	  { "active", "passive" },
	  ",tcprv/mode=relay",
	  NULL,
	  { PKT_ROLE_MERGE, PKT_ROLE_RELAY } },
	{ "relay of two clients",
	  { "passive", "passive" },
	  { "active", "active" },
	  ",tcprv/mode=relay",
	  "ER=473{",
	  { 0, 0 } },
	{ "merge of a server",
	  { "passive", "active" },
	  { "active", "passive" },
	  ",tcprv/mode=merge",
	  "ER=473{",
	  { 0, 0 } },
	{ "dual dial-out",
	  { "active", "active" },
	  { "passive", "passive" },
	  "",
	  "ER=501{",
	  { 0, 0 } },
	{ "hold",
	  { "passive", "holdconn" },
	  { "active", "holdconn" },
	  "",
	  NULL,
	  { PKT_ROLE_MERGE, PKT_ROLE_HOLD } },
};

static void role_of_legs(void)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		const struct role_case *t = &roles[i];
		struct rig *r = rig_new(10);
		const char *reply = "";
		char ask[512];
		bool ok;

		for (unsigned int leg = 0; leg < 2; leg++) {
			snprintf(ask, sizeof(ask),
				 "C=%c{A=${M{ST=1{O{MO=SR%s},L{\nv=0\n"
				 "c=IN IP4 $\nm=message $ TCP -\na=setup:%s\n},"
				 "R{\nv=0\nc=IN IP4 198.18.0.%u\n"
				 "m=message 7000 TCP -\na=setup:%s\n}}},"
				 "SG{ipnapt/latch{napt=LATCH}}}}",
				 leg ? '1' : '$', t->props, t->local[leg],
				 9 + leg, t->remote[leg]);
			reply = rig_ask(r, ask);
		}
		ok = t->error ? strstr(reply, t->error) && stub_gates() == 1 :
				stub_gates() == 2;
		for (unsigned int leg = 0; ok && !t->error && leg < 2; leg++)
			ok = stub_cmd(leg)->cfg.leg.role == t->role[leg];
		if (!ok)
			fprintf(stderr, "%s: %s\n", t->name, reply);
		CU_ASSERT_TRUE(ok);
		rig_free(r);
	}
}

#define SERVER(c, m)                                                        \
	"L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:active\n},R{\nv=0" \
	"\nc=IN " c "\nm=message " m " TCP -\na=setup:passive\n}"

/* A server is what Remote says, whatever latch and filters ask for. */
static void server_of_remote(void)
{
	static const struct {
		const char *server, *error;
	} c[] = {
		{ SERVER("IP4 198.18.0.9", "7000"), NULL },
		{ SERVER("IP4 198.18.0.9", "0"), "ER=449{" },
		{ SERVER("IP4 198.18.0.9", "$"), "ER=472{" },
		{ SERVER("IP4 127.0.0.1", "7000"), "ER=449{" },
		{ SERVER("IP4 0.0.0.0", "7000"), "ER=449{" },
		{ SERVER("IP6 2001:db8::9", "7000"), "ER=473{" },
	};
	const struct pkt_filter *f;
	const char *reply;
	char ask[512];

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct rig *r = rig_new(10);

		snprintf(ask, sizeof(ask),
			 "C=${A=${M{ST=1{O{MO=SR,gm/saf=ON,gm/sam=\"10.9.9.9\","
			 "gm/spf=ON,gm/spr=\"1-5\"},%s}},"
			 "SG{ipnapt/latch{napt=LATCH}}}}",
			 c[i].server);
		reply = rig_ask(r, ask);
		if (c[i].error) {
			if (!strstr(reply, c[i].error))
				fprintf(stderr, "%s: %s\n", c[i].server, reply);
			CU_ASSERT_PTR_NOT_NULL(strstr(reply, c[i].error));
			CU_ASSERT_EQUAL(stub_gates(), 0);
		} else {
			CU_ASSERT_EQUAL_FATAL(stub_gates(), 1);
			f = &stub_cmd(0)->cfg.leg.from;
			CU_ASSERT_EQUAL(f->prefix_len, 128);
			CU_ASSERT_EQUAL(f->addr.s6_addr[15], 9);
			CU_ASSERT_EQUAL(f->addr.s6_addr[12], 198);
			CU_ASSERT(f->port_min == 7000 && f->port_max == 7000);
			CU_ASSERT(stub_cmd(0)->cfg.leg.is_armed);
		}
		rig_free(r);
	}
}

static const struct suite_test tests[] = {
	{ "relay: roles", role_of_legs },
	{ "relay: the server", server_of_remote },
	{ "decision 15 latch policy", latch_policy },
	{ "T45 ds/dscp", dscp },
	{ "decision 18 tcprv values of two legs", shared_values },
	{ "T50 two streams", two_streams },
	{ "T47 ipdc/realm and the TerminationID", id_and_realm },
	{ "5.14.3 no a=setup", no_setup },
	{ "4 ends in the middle of an Add", ends_in_the_middle },
	{ "1.6 wildcards in TerminationIDs", wildcards },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/policy", tests);
}
