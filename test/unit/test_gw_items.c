/*
 * test/unit/test_gw_items.c - every item of every package: done, or refused
 *
 * Walks over the shipped definitions.  An item that is offered has a row below
 * that shows its effect here, or names the test that does; any other is
 * refused with the code of its kind wherever it may stand.  Values outside of
 * a range or an enumeration, and items in the wrong place, are refused too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/overload.h"
#include "gateway/realm.h"
#include "h248/span.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define SETUP "a=setup:passive\n"
#define LOCAL(setup) "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n" setup "}"
#define REMOTE "R{\nv=0\nc=IN IP4 198.18.0.9\nm=message 4711 TCP -\n}"
#define LATCH "SG{ipnapt/latch{napt=LATCH,NC={TO,IBS},SPARQ=9}}"
#define ADD(o, setup, rest)                    \
	"C=${A=ip/1/access/${M{ST=1{O{MO=SR" o \
	"}," LOCAL(setup) "," REMOTE "}}," LATCH rest "}}"

static bool fail(const char *item, const char *why, const char *reply)
{
	fprintf(stderr, "%s: %s: %s\n", item, why, reply);
	return false;
}

/* Properties of LocalControl: two values, two gates. */
static const struct gate_row {
	const char *item, *a, *b; /* that differ in the item alone */
	bool is_same;             /* T49: it is about no TCP stream */
	bool has_no_setup;
} gates[] = {
	{ .item = "gm/saf",
	  .a = ",gm/sam=\"203.0.113.7\",gm/saf=ON",
	  .b = ",gm/sam=\"203.0.113.7\",gm/saf=OFF" },
	{ .item = "gm/sam",
	  .a = ",gm/saf=ON,gm/sam=\"203.0.113.7\"",
	  .b = ",gm/saf=ON,gm/sam=\"203.0.113.0/24\"" },
	{ .item = "gm/spf",
	  .a = ",gm/spr=\"7-9\",gm/spf=ON",
	  .b = ",gm/spr=\"7-9\",gm/spf=OFF" },
	{ .item = "gm/spr",
	  .a = ",gm/spf=ON,gm/spr=\"7-9\"",
	  .b = ",gm/spf=ON,gm/spr=\"7-8\"" },
	{ .item = "gm/rsb",
	  .a = ",gm/rsb=ON",
	  .b = ",gm/rsb=OFF",
	  .is_same = true },
	{ .item = "ds/dscp", .a = ",ds/dscp=b8", .b = ",ds/dscp=28" },
	{ .item = "ipdc/realm",
	  .a = ",ipdc/realm=\"access.example\"",
	  .b = ",ipdc/realm=\"core.example\"" },
	{ .item = "tman/pol",
	  .a = ",tman/sdr=9,tman/mbs=9,tman/pol=ON",
	  .b = ",tman/sdr=9,tman/mbs=9,tman/pol=OFF" },
	{ .item = "tman/sdr",
	  .a = ",tman/pol=ON,tman/mbs=9,tman/sdr=7",
	  .b = ",tman/pol=ON,tman/mbs=9,tman/sdr=8" },
	{ .item = "tman/mbs",
	  .a = ",tman/pol=ON,tman/sdr=9,tman/mbs=7",
	  .b = ",tman/pol=ON,tman/sdr=9,tman/mbs=8" },
	{ .item = "tman/pdr",
	  .a = ",tman/pol=ON,tman/sdr=9,tman/mbs=9,tman/pdr=10",
	  .b = ",tman/pol=ON,tman/sdr=9,tman/mbs=9,tman/pdr=11" },
	{ .item = "tman/dvt",
	  .a = ",tman/pol=ON,tman/sdr=9,tman/mbs=9,tman/pdr=9,tman/dvt=1",
	  .b = ",tman/pol=ON,tman/sdr=9,tman/mbs=9,tman/pdr=9,tman/dvt=2" },
	{ .item = "tcprv/mode",
	  .a = ",tcprv/mode=merge",
	  .b = ",tcprv/mode=auto",
	  .has_no_setup = true },
	{ .item = "tcprv/commit",
	  .a = ",tcprv/commit=parallel",
	  .b = ",tcprv/commit=waiting" },
	{ .item = "tcprv/twait",
	  .a = ",tcprv/twait=60",
	  .b = ",tcprv/twait=61" },
	{ .item = "tcprv/tidle",
	  .a = ",tcprv/tidle=600",
	  .b = ",tcprv/tidle=601" },
};

static bool add_gate(const struct gate_row *t, const char *control,
		     struct pkt_gate_cfg *out)
{
	struct rig *r = rig_new(10);
	const char *reply;
	char ask[1024];
	bool ok;

	snprintf(ask, sizeof(ask),
		 t->has_no_setup ? ADD("%s", "", "") : ADD("%s", SETUP, ""),
		 control);
	reply = rig_ask(r, ask);
	ok = stub_count() == 1;
	if (ok)
		*out = stub_cmd(0)->cfg;
	else
		fail(t->item, control, reply);
	rig_free(r);
	return ok;
}

static bool prove_gate(const void *row)
{
	const struct gate_row *t = row;
	struct pkt_gate_cfg a, again, b;

	if (!add_gate(t, t->a, &a) || !add_gate(t, t->a, &again) ||
	    !add_gate(t, t->b, &b))
		return false;
	if (memcmp(&a, &again, sizeof(a)))
		return fail(t->item, "not the same twice", t->a);
	if (!memcmp(&a, &b, sizeof(a)) != t->is_same)
		return fail(t->item, "no effect", t->b);
	return true;
}

/* Properties that are done for one value and refused for another; the stub
 * gives 192.0.2.10, port 40001. */
static const struct value_row {
	const char *item, *good, *bad, *code;
} values[] = {
	{ "gm/esas", ",gm/esas=ON,gm/lsa=\"192.0.2.10\"", ",gm/esas=ON",
	  "ER=472{" },
	{ "gm/lsa", ",gm/esas=ON,gm/lsa=\"[192.0.2.10]\"",
	  ",gm/esas=ON,gm/lsa=\"192.0.2.11\"", "ER=449{" },
	{ "gm/esps", ",gm/esps=ON,gm/lsp=40001", ",gm/esps=ON", "ER=472{" },
	{ "gm/lsp", ",gm/esps=ON,gm/lsp=40001", ",gm/esps=ON,gm/lsp=40002",
	  "ER=449{" },
};

/* The same in an Add and in a Modify; a refused Add leaves no gate. */
static bool prove_value(const void *row)
{
	const struct value_row *t = row;
	struct rig *r = rig_new(10);
	const char *reply = "";
	char ask[1024];
	bool ok;

	snprintf(ask, sizeof(ask), ADD("%s", SETUP, ""), t->bad);
	reply = rig_ask(r, ask);
	ok = strstr(reply, t->code) && !stub_gates() && !r->gw.n_contexts;
	stub_reset();
	snprintf(ask, sizeof(ask), ADD("%s", SETUP, ""), t->good);
	if (ok)
		ok = !strstr(reply = rig_ask(r, ask), "ER=");
	snprintf(ask, sizeof(ask), "C=2{MF=ip/1/access/1{M{ST=1{O{MO=SR%s}}}}}",
		 t->bad);
	if (ok)
		ok = strstr(reply = rig_ask(r, ask), t->code);
	snprintf(ask, sizeof(ask), "C=2{MF=ip/1/access/1{M{ST=1{O{MO=SR%s}}}}}",
		 t->good);
	if (ok)
		ok = !strstr(reply = rig_ask(r, ask), "ER=");
	if (!ok)
		fail(t->item, "bad or good value", reply);
	rig_free(r);
	return ok;
}

/* Address and port together are what CHOOSE in Local gives. */
static void source_of_choose(void)
{
	struct rig *r = rig_new(10);

	rig_ask(r, ADD(",gm/esas=ON,gm/lsa=\"192.0.2.77\",gm/esps=ON,"
		       "gm/lsp=5060",
		       SETUP, ""));
	CU_ASSERT_EQUAL_FATAL(stub_count(), 1);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.local_port, 5060);
	CU_ASSERT_EQUAL(stub_cmd(0)->cfg.leg.local.s6_addr[15], 77);
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "c=IN IP4 192.0.2.77"));
	rig_free(r);
}

/* What is asked, and what an audit says after; NULL: nothing is asked. */
static const struct kept_row {
	const char *item, *ask, *audit, *part;
} kept[] = {
	{ "mgcinfo/db", "C=1{MF=ip/1/access/1{M{TS{mgcinfo/db=0aff}}}}",
	  "C=1{AV=ip/1/access/1{AT{M}}}", "TS{SI=IV,mgcinfo/db=0aff}" },
	{ "mgcinfo/db", "C=-{MF=ROOT{M{TS{mgcinfo/db=0bff}}}}",
	  "C=-{AV=ROOT{AT{M{TS{mgcinfo/db}}}}}", "TS{mgcinfo/db=0bff}" },
	{ "root/maxNumberOfContexts", NULL, "C=-{AV=ROOT{AT{M}}}",
	  "root/maxNumberOfContexts=10," },
	{ "root/maxTerminationsPerContext", NULL, "C=-{AV=ROOT{AT{M}}}",
	  "root/maxTerminationsPerContext=2" },
	{ "seg/MGSegmentationTimerValue", NULL, "C=-{AV=ROOT{AT{M}}}",
	  "seg/MGSegmentationTimerValue=4000" },
	{ "seg/MGSegmentationTimerValue",
	  "C=-{MF=ROOT{M{TS{seg/MGSegmentationTimerValue=900}}}}",
	  "C=-{AV=ROOT{AT{M}}}", "seg/MGSegmentationTimerValue=900" },
	{ "seg/MGCSegmentationTimerValue",
	  "C=-{MF=ROOT{M{TS{seg/MGCSegmentationTimerValue=901}}}}",
	  "C=-{AV=ROOT{AT{M{TS{seg/MGCSegmentationTimerValue}}}}}",
	  "TS{seg/MGCSegmentationTimerValue=901}" },
	{ "seg/MGMaxPDUSize", NULL, "C=-{AV=ROOT{AT{M{TS{seg/MGMaxPDUSize}}}}}",
	  "TS{seg/MGMaxPDUSize=65507}" },
	{ "seg/MGMaxPDUSize", "C=-{MF=ROOT{M{TS{seg/MGMaxPDUSize=1400}}}}",
	  "C=-{AV=ROOT{AT{M{TS{seg/MGMaxPDUSize}}}}}",
	  "TS{seg/MGMaxPDUSize=1400}" },
	{ "seg/MGCMaxPDUSize", "C=-{MF=ROOT{M{TS{seg/MGCMaxPDUSize=2000}}}}",
	  "C=-{AV=ROOT{AT{M{TS{seg/MGCMaxPDUSize}}}}}",
	  "TS{seg/MGCMaxPDUSize=2000}" },
	{ "ipra/ar", NULL, "C=-{AV=ROOT{AT{M}}}",
	  "ipra/ar=[\"access.example\",\"core.example\"]" },
};

static bool prove_kept(const void *row)
{
	const struct kept_row *t = row;
	struct rig *r = rig_new(10);
	const char *reply;
	bool ok;

	rig_ask(r, ADD("", SETUP, ""));
	reply = t->ask ? rig_ask(r, t->ask) : "";
	ok = !strstr(reply, "ER=") || fail(t->item, t->ask, reply);
	reply = rig_ask(r, t->audit);
	if (ok && !strstr(reply, t->part))
		ok = fail(t->item, t->part, reply);
	rig_free(r);
	return ok;
}

/* Shown by another test program, which has to have a test of that name. */
static const struct other_row {
	const char *item, *file, *test;
} others[] = {
	{ "root/normalMGExecutionTime", "test_gw_root",
	  "5.4 T22 when the first Pending is sent" },
	{ "root/MGProvisionalResponseTimerValue", "test_gw_root",
	  "5.4 T22 when the first Pending is sent" },
	{ "root/MGOriginatedPendingLimit", "test_gw_root",
	  "5.4 T22 MGOriginatedPendingLimit: 506" },
	{ "root/MGCOriginatedPendingLimit", "test_gw_root",
	  "5.4 T22 MGCOriginatedPendingLimit" },
	{ "root/normalMGCExecutionTime", "test_gw_root",
	  "5.4 T21 when a request of ours is repeated" },
	{ "root/MGCProvisionalResponseTimerValue", "test_gw_root",
	  "5.4 T21 when a request of ours is repeated" },
	{ "seg/MGCMaxPDUSize", "test_gw_root",
	  "5.4 6.12 C27 MGCMaxPDUSize makes segments" },
	{ "seg/MGSegmentationTimerValue", "test_gw_root",
	  "5.4 C27 MGSegmentationTimerValue" },
};

static bool prove_other(const void *row)
{
	const struct other_row *t = row;
	static char text[200000];
	char path[512], name[256];
	FILE *f;

	snprintf(path, sizeof(path), SOURCE_DIR "/test/unit/%s.c", t->file);
	snprintf(name, sizeof(name), "{ \"%s\", ", t->test);
	f = fopen(path, "r");
	if (!f)
		return fail(t->item, path, "no such file");
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return strstr(text, name) || fail(t->item, name, "no such test");
}

/* Events: asked for with these parameters, they come; else they do not. */
static void say(enum pkt_evt_type type, enum pkt_cause cause)
{
	stub_event(type, stub_cmd(0)->gate, cause, true);
}

static void on_syn(struct rig *r)
{
	(void)r;
	say(PKT_EVT_SYN, PKT_CAUSE_NONE);
}

static void on_open(struct rig *r)
{
	(void)r;
	say(PKT_EVT_OPEN, PKT_CAUSE_NONE);
}

static void on_fail(struct rig *r)
{
	(void)r;
	say(PKT_EVT_FAIL, PKT_CAUSE_TWAIT);
}

static void on_closed(struct rig *r)
{
	(void)r;
	say(PKT_EVT_CLOSED, PKT_CAUSE_RST);
}

static void on_quiet(struct rig *r)
{
	(void)r;
	say(PKT_EVT_QUIET, PKT_CAUSE_NONE);
}

static void on_time(struct rig *r)
{
	gw_clock_freeze(5000000 + 61000000, UINT64_C(1768465861000000));
	gw_tick(&r->gw);
}

/* The first realm goes and the second, which was gone, comes: one after the
 * other for ipra/arc, which is answered in between. */
static void on_link(struct rig *r)
{
	gw_realm_set(&r->gw, 0x2);
}

static void on_swap(struct rig *r)
{
	gw_realm_set(&r->gw, 0x3);
	gw_realm_set(&r->gw, 0x1);
	gw_realm_set(&r->gw, 0x2);
}

/* A queue that is full, and one Add more. */
static void on_load(struct rig *r)
{
	r->gw.n_jobs = r->gw.conf.overload.queue;
	gw_overload_look(&r->gw);
	rig_send(r, "T=99{" ADD("", "", "") "}");
	r->gw.n_jobs = 0;
	gw_overload_look(&r->gw);
}

static const struct event_row {
	const char *item, *ask;
	void (*trigger)(struct rig *r);
	const char *without; /* a parameter that is never sent */
} events[] = {
	{ "adr/rsac", "adr/rsac", on_syn, NULL },
	{ "tcprv/syn", "tcprv/syn", on_syn, NULL },
	{ "tcprv/est", "tcprv/est", on_open, NULL },
	{ "tcprv/fail", "tcprv/fail", on_fail, NULL },
	{ "tcprv/rel", "tcprv/rel", on_closed, NULL },
	{ "g/cause", "g/cause", on_fail, NULL },
	{ "g/cause", "g/*", on_closed, NULL },
	{ "g/sc", "g/sc", on_syn, "SLID" }, /* signal lists are 501 */
	{ "adid/ipstop", "adid/ipstop{dt=5,dir=IN}", on_quiet, NULL },
	{ "hangterm/thb", "hangterm/thb{timerx=60}", on_time, NULL },
	{ "it/ito", "it/ito{mit=6000}", on_time, NULL },
	{ "nt/netfail", "nt/netfail", on_link, NULL },
	{ "ipra/arc", "ipra/arc", on_swap, "nar" }, /* see below */
	{ "ocp/mg_overload", "ocp/mg_overload", on_load, NULL },
	{ "chp/mgcon", "chp/mgcon", on_load, NULL },
};

static const struct h248_item *item_of(const struct gw *gw, const char *name,
				       enum h248_item_kind kind)
{
	const char *slash = strchr(name, '/');
	struct h248_span pkg = { name, (uint32_t)(slash - name) };
	const struct h248_pkg *p = h248_pkgs_find(gw->pkgs, pkg);

	return p ? h248_pkg_item(p, kind, h248_span_of(slash + 1)) : NULL;
}

/* The Notify has each parameter that the definition says is observed. */
static bool has_params(const struct event_row *t, const struct h248_item *item,
		       const char *notify)
{
	char part[96];

	for (const struct h248_item *p = item->params; p; p = p->next) {
		snprintf(part, sizeof(part), "%s=", p->name);
		if (p->where & H248_IN_OBSERVED && !strstr(notify, part) &&
		    !(t->without && !strcmp(p->name, t->without)))
			return fail(t->item, part, notify);
	}
	return true;
}

/* How often the event was sent, asked for or not. */
static unsigned int notifies(const struct event_row *t, bool is_asked,
			     bool *is_good)
{
	struct rig *r = rig_new(10);
	const struct h248_item *item =
		item_of(&r->gw, t->item, H248_ITEM_EVENT);
	bool is_root = item && !(item->where & H248_ON_TERMINATION);
	struct pkt_gate_stat stat = { .remote_port = 7, .opts = PKT_STAT_WS };
	char ask[1024], name[64];
	unsigned int before, n = 0;

	snprintf(ask, sizeof(ask),
		 is_root ? "C=-{MF=ROOT{E=7{%s}}}" : ADD("", SETUP, ",E=7{%s}"),
		 t->ask);
	rig_ask(r, is_root || !is_asked ? ADD("", SETUP, "") : ask);
	if (is_root && is_asked)
		rig_ask(r, ask);
	stub_set_stat(stub_cmd(0)->gate, &stat);
	before = r->n_sent;
	t->trigger(r);
	rig_events(r);
	snprintf(name, sizeof(name), ":%s", t->item);
	for (unsigned int i = before; i < r->n_sent; i++)
		if (strstr(r->sent[i], name)) {
			n++;
			*is_good = item && has_params(t, item, r->sent[i]);
		}
	if (is_asked && !n)
		fail(t->item, "not sent", rig_last(r));
	rig_free(r);
	return n;
}

static bool prove_event(const void *row)
{
	bool is_good = false, ignored;

	return notifies(row, true, &is_good) == 1 && is_good &&
	       !notifies(row, false, &ignored);
}

/* Parameters that a request may have, and who shows what they do. */
static const struct other_row params[] = {
	{ "ipnapt/latch napt", "test_gw_policy", "decision 15 latch policy" },
	{ "hangterm/thb timerx", "test_gw_flow", "T46 hangterm/thb" },
	{ "it/ito mit", "test_gw_link", "T32 range of ito" },
	{ "adid/ipstop dt", "test_gw_traffic", "5.11 adid/ipstop" },
	{ "adid/ipstop dir", "test_gw_traffic", "5.11 adid/ipstop" },
};

static bool is_param_shown(const char *item, const char *param)
{
	char name[256];

	snprintf(name, sizeof(name), "%s %s", item, param);
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		if (!strcmp(params[i].item, name))
			return prove_other(&params[i]);
	return fail(name, "has no row", "params");
}

/* The signal: what is pending ends when the source is latched. */
static bool prove_latch(const void *row)
{
	struct rig *r = rig_new(10);
	bool ok;

	(void)row;
	rig_ask(r, ADD("", SETUP, ""));
	ok = strstr(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"),
		    "SG{ipnapt/latch{");
	say(PKT_EVT_SYN, PKT_CAUSE_NONE);
	rig_events(r);
	ok = ok && strstr(rig_ask(r, "C=1{AV=ip/1/access/1{AT{SG}}}"), "1{SG}");
	rig_free(r);
	return ok;
}

static const struct stat_row {
	const char *item, *part;
} stats[] = {
	{ "nt/dur", "nt/dur=61000," },      { "nt/os", "nt/os=12," },
	{ "nt/or", "nt/or=11," },           { "tcprv/syns", "syns=13," },
	{ "tcprv/synacks", "synacks=14," }, { "tcprv/relatches", "hes=15," },
	{ "tcprv/estms", "estms=16," },     { "tcprv/drops", "drops=17}" },
};

static bool prove_stat(const void *row)
{
	const struct stat_row *t = row;
	const struct pkt_gate_stat stat = { .rx_octets = 11,
					    .tx_octets = 12,
					    .syns = 13,
					    .synacks = 14,
					    .relatches = 15,
					    .est_ms = 16,
					    .drops = 17 };
	struct rig *r = rig_new(10);
	const char *reply;
	bool ok;

	rig_ask(r, ADD("", SETUP, ""));
	stub_set_stat(stub_cmd(0)->gate, &stat);
	on_time(r);
	reply = rig_ask(r, "C=1{S=*}");
	ok = strstr(reply, t->part) || fail(t->item, t->part, reply);
	rig_free(r);
	return ok;
}

/* All the rows. */
static const struct table {
	enum h248_item_kind kind;
	const void *rows; /* each begins with the name of the item */
	size_t n, size;
	bool (*prove)(const void *row);
} tables[] = {
#define ROWS(a) a, sizeof(a) / sizeof((a)[0]), sizeof((a)[0])
	{ H248_ITEM_PROPERTY, ROWS(gates), prove_gate },
	{ H248_ITEM_PROPERTY, ROWS(values), prove_value },
	{ H248_ITEM_PROPERTY, ROWS(kept), prove_kept },
	{ H248_ITEM_PROPERTY, ROWS(others), prove_other },
	{ H248_ITEM_EVENT, ROWS(events), prove_event },
	{ H248_ITEM_SIGNAL, (const char *const[]) { "ipnapt/latch" }, 1,
	  sizeof(char *), prove_latch },
	{ H248_ITEM_STATISTIC, ROWS(stats), prove_stat },
};
enum { N_TABLES = sizeof(tables) / sizeof(tables[0]) };

static const char *name_of(const struct table *t, size_t i)
{
	return *(const char *const *)((const char *)t->rows + i * t->size);
}

/* How many rows the item has; each of them has to prove it. */
static unsigned int prove(enum h248_item_kind kind, const char *name)
{
	unsigned int n = 0;

	for (size_t k = 0; k < N_TABLES; k++)
		for (size_t i = 0; i < tables[k].n; i++) {
			if (tables[k].kind != kind ||
			    strcmp(name_of(&tables[k], i), name))
				continue;
			n++;
			if (!tables[k].prove((const char *)tables[k].rows +
					     i * tables[k].size)) {
				fail(name, "not proven", "");
				CU_ASSERT(false);
			}
		}
	return n;
}

/* Refusals: one rig with one termination for all of them. */
static struct rig *bench;

static void refused(const char *what, const char *ask, unsigned int code)
{
	static char before[RIG_OCTETS];
	const char *reply;
	char part[16];

	snprintf(part, sizeof(part), "ER=%u{", code);
	snprintf(before, sizeof(before), "%s", rig_state(bench));
	for (unsigned int i = 0; i < bench->n_sent; i++)
		free(bench->sent[i]);
	bench->n_sent = 0;
	reply = rig_ask(bench, ask);
	if (!strstr(reply, part))
		fail(what, part, reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, part));
	CU_ASSERT_STRING_EQUAL(before, rig_state(bench));
}

static const char *value_of(const struct h248_item *i, char *out, size_t cap)
{
	switch (i->type) {
	case H248_TYPE_STRING:
	case H248_TYPE_CHARACTER:
		return "\"x\"";
	case H248_TYPE_BOOLEAN:
		return "ON";
	case H248_TYPE_ENUM:
		snprintf(out, cap, "%.*s", (int)strcspn(i->values, " "),
			 i->values);
		return out;
	case H248_TYPE_INTEGER:
	case H248_TYPE_DOUBLE:
		snprintf(out, cap, "%lld",
			 (long long)(i->min <= i->max ? i->min : 1));
		return out;
	case H248_TYPE_OCTETS:
		break;
	}
	return "00";
}

enum place { CONTROL, STATE, ROOT, N_PLACES };

static void refuse_property(enum place at, const char *name, const char *value,
			    unsigned int code)
{
	static const char *const form[N_PLACES] = {
		[CONTROL] = "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR,%s=%s}}}}}",
		[STATE] = "C=1{MF=ip/1/access/1{M{TS{%s=%s}}}}",
		[ROOT] = "C=-{MF=ROOT{M{TS{%s=%s}}}}",
	};
	char ask[512];

	snprintf(ask, sizeof(ask), form[at], name, value);
	refused(name, ask, code);
}

static const unsigned int where[N_PLACES] = {
	[CONTROL] = H248_IN_LOCAL_CONTROL,
	[STATE] = H248_IN_TERMINATION_STATE,
	[ROOT] = H248_IN_ROOT,
};

/* A value that is not of the type or range, and the code; NULL: none. */
static const char *bad_value(const struct h248_item *i, char *out, size_t cap,
			     unsigned int *code)
{
	*code = 449;
	switch (i->type) {
	case H248_TYPE_BOOLEAN:
		return "maybe";
	case H248_TYPE_OCTETS:
		return "0";
	case H248_TYPE_ENUM:
		*code = 454;
		return "no_such_word";
	case H248_TYPE_INTEGER:
	case H248_TYPE_DOUBLE:
		if (i->min > i->max || i->max == INT64_MAX)
			return "one";
		snprintf(out, cap, "%lld", (long long)i->max + 1);
		return out;
	default:
		return NULL;
	}
}

static void refuse_values(const struct h248_item *i, const char *name)
{
	char text[64];
	unsigned int code;
	const char *bad = bad_value(i, text, sizeof(text), &code);

	for (unsigned int at = 0; at < N_PLACES; at++)
		if (!(i->where & where[at]))
			refuse_property(at, name,
					value_of(i, text, sizeof(text)), 455);
		else if (i->where & H248_READ_ONLY)
			refuse_property(at, name,
					value_of(i, text, sizeof(text)), 534);
		else if (bad)
			refuse_property(at, name,
					bad_value(i, text, sizeof(text), &code),
					code);
}

static void property(const struct h248_pkg *p, const struct h248_item *i,
		     const char *name)
{
	unsigned int code = p->is_supported ? 445 : 440;
	char ask[512], text[64];

	if (p->is_supported && i->is_supported) {
		refuse_values(i, name);
		return;
	}
	for (unsigned int at = 0; at < N_PLACES; at++)
		refuse_property(at, name, value_of(i, text, sizeof(text)),
				code);
	snprintf(ask, sizeof(ask), "C=1{AV=ip/1/access/1{AT{M{ST=1{O{%s}}}}}}",
		 name);
	refused(name, ask, code);
}

/* An event or signal where it may not stand, or anywhere. */
static void reaction(const struct h248_pkg *p, const struct h248_item *i,
		     const char *name)
{
	bool is_event = i->kind == H248_ITEM_EVENT;
	unsigned int code = is_event ? 512 : 513;
	bool is_done = p->is_supported && i->is_supported;
	char ask[512];

	code = p->is_supported ? code : 440;
	snprintf(ask, sizeof(ask), "C=1{MF=ip/1/access/1{%s{%s}}}",
		 is_event ? "E=3" : "SG", name);
	if (!is_done || !(i->where & H248_ON_TERMINATION))
		refused(name, ask, code);
	snprintf(ask, sizeof(ask), "C=-{MF=ROOT{%s{%s}}}",
		 is_event ? "E=3" : "SG", name);
	if (!is_done || !(i->where & H248_ON_ROOT))
		refused(name, ask, code);
}

/* The parameters of what is done. */
static void parameters(const struct h248_item *i, const char *name)
{
	bool is_root = !(i->where & H248_ON_TERMINATION);
	char ask[512], text[64];
	unsigned int code;

	for (const struct h248_item *q = i->params; q; q = q->next) {
		const char *v = value_of(q, text, sizeof(text));

		code = 446;
		if (q->where & H248_IN_REQUEST) {
			CU_ASSERT(is_param_shown(name, q->name));
			v = bad_value(q, text, sizeof(text), &code);
		}
		snprintf(ask, sizeof(ask), "%s{%s{%s{%s=%s}}}}",
			 is_root ? "C=-{MF=ROOT" : "C=1{MF=ip/1/access/1",
			 i->kind == H248_ITEM_EVENT ? "E=3" : "SG", name,
			 q->name, v);
		refused(name, ask, code);
	}
}

static void statistic(const struct h248_pkg *p, const char *name)
{
	char ask[512];

	snprintf(ask, sizeof(ask), "C=1{AV=ip/1/access/1{AT{SA{%s}}}}", name);
	refused(name, ask, p->is_supported ? 453 : 440);
}

static void judge(const struct h248_pkg *p, const struct h248_item *i)
{
	bool is_done = p->is_supported && i->is_supported;
	unsigned int n;
	char name[160];

	snprintf(name, sizeof(name), "%s/%s", p->name, i->name);
	if (i->kind == H248_ITEM_PROPERTY)
		property(p, i, name);
	else if (i->kind != H248_ITEM_STATISTIC)
		reaction(p, i, name);
	else if (!is_done)
		statistic(p, name);
	if (is_done && i->kind != H248_ITEM_STATISTIC)
		parameters(i, name);
	n = 0;
	for (size_t k = 0; k < N_TABLES; k++)
		for (size_t r = 0; r < tables[k].n; r++)
			n += tables[k].kind == i->kind &&
			     !strcmp(name_of(&tables[k], r), name);
	if (is_done != (n > 0))
		fail(name, is_done ? "has no row" : "has a row", "refused");
	CU_ASSERT_EQUAL(is_done, n > 0);
}

static void every_item(void)
{
	unsigned int n = 0;

	bench = rig_new(10);
	rig_ask(bench, ADD("", SETUP, ""));
	for (const struct h248_pkg *p = h248_pkgs_first(bench->gw.pkgs); p;
	     p = p->next)
		for (const struct h248_item *i = p->items; i; i = i->next, n++)
			judge(p, i);
	CU_ASSERT(n > 50);
	rig_free(bench);
}

/* Each row, and that it is about something. */
static void every_row(void)
{
	struct rig *r = rig_new(10);
	static char name[200][64];
	static enum h248_item_kind kind[200];
	unsigned int n = 0;

	for (size_t k = 0; k < N_TABLES; k++)
		for (size_t i = 0; i < tables[k].n; i++, n++) {
			snprintf(name[n], sizeof(name[n]), "%s",
				 name_of(&tables[k], i));
			kind[n] = tables[k].kind;
			if (!item_of(&r->gw, name[n], kind[n]))
				fail(name[n], "has a row", "no definition");
			CU_ASSERT_PTR_NOT_NULL(
				item_of(&r->gw, name[n], kind[n]));
		}
	rig_free(r);
	for (unsigned int i = 0; i < n; i++)
		CU_ASSERT(prove(kind[i], name[i]) > 0);
}

static const struct suite_test tests[] = {
	{ "T11 T49 C10 every item is done or refused", every_item },
	{ "T49 what is done has its effect", every_row },
	{ "5.8 gm/lsa and gm/lsp with CHOOSE in Local", source_of_choose },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("gw/items", tests);
}
