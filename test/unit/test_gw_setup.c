/* test/unit/test_gw_setup.c - T67: who opens, as a=setup says (5.14.3) */
#include <stdio.h>
#include <string.h>

#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

enum { HOLD = PKT_ROLE_HOLD, MERGE = PKT_ROLE_MERGE, RELAY = PKT_ROLE_RELAY };

/* a=setup in Local and Remote of either leg ("": none), and what comes of it;
 * error: of the second Add, or of the first when there is "1:" in front. */
static const struct row {
	const char *name;
	const char *local[2], *remote[2];
	const char *error;
	int role[2];
} matrix[] = {
	{ "act/act",
	  { "passive", "passive" },
	  { "active", "active" },
	  NULL,
	  { MERGE, MERGE } },
	{ "act/act, Remote alone",
	  { "", "" },
	  { "active", "active" },
	  NULL,
	  { MERGE, MERGE } },
	{ "act/act, Local alone",
	  { "passive", "passive" },
	  { "", "" },
	  NULL,
	  { MERGE, MERGE } },
	{ "act/pas",
	  { "passive", "active" },
	  { "active", "passive" },
	  NULL,
	  { MERGE, RELAY } },
	{ "act/pas, Remote alone",
	  { "", "" },
	  { "active", "passive" },
	  NULL,
	  { MERGE, RELAY } },
	{ "pas/act",
	  { "active", "passive" },
	  { "passive", "active" },
	  NULL,
	  { RELAY, MERGE } },
	{ "pas/pas",
	  { "active", "active" },
	  { "passive", "passive" },
	  "ER=501{",
	  { 0, 0 } },
	{ "actpass in Local",
	  { "actpass", "passive" },
	  { "", "active" },
	  NULL,
	  { MERGE, MERGE } },
	{ "actpass in Local, the peer is passive",
	  { "actpass", "passive" },
	  { "passive", "active" },
	  NULL,
	  { RELAY, MERGE } },
	{ "actpass in Remote",
	  { "", "passive" },
	  { "actpass", "active" },
	  NULL,
	  { MERGE, MERGE } },
	{ "actpass in Remote, we are active",
	  { "active", "passive" },
	  { "actpass", "active" },
	  "1:ER=473{",
	  { 0, 0 } },
	{ "missing", { "", "" }, { "", "" }, NULL, { HOLD, HOLD } },
	{ "missing on one side",
	  { "passive", "" },
	  { "active", "" },
	  NULL,
	  { MERGE, HOLD } },
	{ "holdconn in Local",
	  { "passive", "holdconn" },
	  { "active", "active" },
	  NULL,
	  { MERGE, HOLD } },
	{ "holdconn in Remote",
	  { "passive", "passive" },
	  { "active", "holdconn" },
	  NULL,
	  { MERGE, HOLD } },
	{ "both active on one leg",
	  { "active", "passive" },
	  { "active", "active" },
	  "1:ER=473{",
	  { 0, 0 } },
	{ "both passive on one leg",
	  { "passive", "passive" },
	  { "passive", "active" },
	  "1:ER=473{",
	  { 0, 0 } },
};

static void put_setup(char *out, size_t cap, const char *setup,
		      const char *more)
{
	snprintf(out, cap, "%s%s%s%s", setup[0] ? "a=setup:" : "", setup,
		 setup[0] ? "\n" : "", more);
}

/* port: of Remote; more: lines of both. */
static const char *add(struct rig *r, unsigned int leg, const char *local,
		       const char *remote, const char *port, const char *more)
{
	char ask[1024], l[128], m[128];

	put_setup(l, sizeof(l), local, more);
	put_setup(m, sizeof(m), remote, more);
	snprintf(ask, sizeof(ask),
		 "C=%c{A=ip/1/access/${M{ST=1{O{MO=SR},L{\nv=0\nc=IN IP4 $\n"
		 "m=message $ TCP -\n%s},R{\nv=0\nc=IN IP4 198.18.0.%u\n"
		 "m=message %s TCP -\n%s}}}}}",
		 leg ? '1' : '$', l, 9 + leg, port, m);
	return rig_ask(r, ask);
}

static bool is_as_said(const struct row *t, const char *first,
		       const char *second)
{
	if (t->error && !strncmp(t->error, "1:", 2))
		return strstr(first, t->error + 2) && !stub_gates();
	if (t->error)
		return strstr(second, t->error) && stub_gates() == 1;
	return stub_gates() == 2 && stub_cmd(0)->cfg.leg.role == t->role[0] &&
	       stub_cmd(1)->cfg.leg.role == t->role[1] &&
	       stub_cmd(0)->cfg.leg.is_armed == (t->role[0] != HOLD) &&
	       stub_cmd(1)->cfg.leg.is_armed == (t->role[1] != HOLD);
}

static void roles(void)
{
	static char first[RIG_OCTETS];

	for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); i++) {
		const struct row *t = &matrix[i];
		struct rig *r = rig_new(10);
		const char *second;
		bool ok;

		snprintf(first, sizeof(first), "%s",
			 add(r, 0, t->local[0], t->remote[0], "4711", ""));
		second = add(r, 1, t->local[1], t->remote[1], "4711", "");
		ok = is_as_said(t, first, second);
		if (!ok)
			fprintf(stderr, "%s: %s\n%s\n", t->name, first, second);
		CU_ASSERT_TRUE(ok);
		rig_free(r);
	}
}

/* Port 9 of an active peer is nobody's: its port is latched.  A passive peer
 * is called where it says, and that is not port 0. */
static void port_nine(void)
{
	struct rig *r = rig_new(10);

	add(r, 0, "passive", "active", "9", "");
	CU_ASSERT_EQUAL(stub_gates(), 1);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.from.port_min, 0);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.from.port_max, 65535);
	add(r, 1, "active", "passive", "2855", "");
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.leg.from.port_min, 2855);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.leg.from.port_max, 2855);
	rig_free(r);
}

/* a=connection is between the clients: nothing here depends on it, and it is
 * echoed. */
static void connection(void)
{
	struct rig *r = rig_new(10);
	const char *reply;

	reply = add(r, 0, "passive", "active", "9", "a=connection:existing\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "a=connection:existing"));
	reply = add(r, 1, "passive", "active", "9", "a=connection:new\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, "a=connection:new"));
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.role, MERGE);
	CU_ASSERT_EQUAL(stub_cmd(1)->cfg.leg.role, MERGE);
	rig_free(r);
}

/* A role is given, and taken back, by Modify; a new Remote arms again. */
static void role_switch(void)
{
	struct rig *r = rig_new(10);
	const struct stub_cmd *c;

	add(r, 0, "holdconn", "holdconn", "9", "");
	CU_ASSERT(!stub_cmd(0)->cfg.leg.is_armed);
	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{L{\nv=0\nc=IN IP4 $\n"
		   "m=message $ TCP -\na=setup:passive\n},R{\nv=0\n"
		   "c=IN IP4 198.18.0.9\nm=message 9 TCP -\na=setup:active\n"
		   "}}}}}");
	c = stub_cmd(1);
	CU_ASSERT(c->rearm && c->cfg.leg.is_armed);
	CU_ASSERT_EQUAL(c->cfg.leg.role, MERGE);
	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{L{\nv=0\nc=IN IP4 $\n"
		   "m=message $ TCP -\na=setup:active\n},R{\nv=0\n"
		   "c=IN IP4 198.18.0.9\nm=message 7000 TCP -\n"
		   "a=setup:passive\n}}}}}");
	c = stub_cmd(2);
	CU_ASSERT_EQUAL(c->cfg.leg.role, RELAY);
	CU_ASSERT_EQUAL(c->cfg.leg.from.port_min, 7000);
	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{R{\nv=0\n"
		   "c=IN IP4 198.18.0.9\nm=message 7000 TCP -\n"
		   "a=setup:active\n}}}}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "ER=473{"));
	CU_ASSERT_EQUAL(stub_count(), 3);
	rig_free(r);
}

static const struct suite_test tests[] = {
	{ "T67 the matrix of roles", roles },
	{ "T67 port 9", port_nine },
	{ "T67 a=connection", connection },
	{ "T67 a role switched by Modify", role_switch },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/setup", tests);
}
