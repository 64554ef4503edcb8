/*
 * test/unit/test_gw_memory.c - P03: each allocation fails once (faults.md)
 *
 * A request is made again and again on a fresh gateway, and each time another
 * one of its allocations fails, until none is left.  It is refused with an
 * error that says so, or is lost, or the memory was for something that can be
 * done without; whatever was refused has changed nothing, and the same again
 * succeeds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/allocated.h"
#include "test/support/engine_stub.h"
#include "test/support/failing.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

enum {
	MOST = 2000, /* allocations of one request */
	STEPS = 4,
	/* malloc() counts what it keeps at hand; the address sanitizer does
	 * not, and tells of what is lost besides. */
	KEPT = 64 * 1024,
};

/* What was asked before, and what is asked while an allocation fails. */
struct row {
	const char *name;
	const char *before[STEPS];
	const char *request;
};

static const struct row rows[] = {
	{ "Add of the first", { NULL }, "C=${" RIG_LEG_A "}" },
	{ "Add of the second", { "C=${" RIG_LEG_A "}" }, "C=1{" RIG_LEG_B "}" },
	{ "Modify of everything",
	  { RIG_BOTH },
	  "C=1{MF=ip/1/access/1{M{ST=1{O{MO=RC,tman/sdr=250000,ds/dscp=2E},"
	  "R{\nv=0\nc=IN IP4 10.9.8.8\nm=message 10 TCP -\na=setup:active\n"
	  "}}},E=2003{tcprv/est,adid/ipstop{dt=30}},"
	  "SG{ipnapt/latch{napt=RELATCH}}}}" },
	{ "Modify of a second stream",
	  { RIG_BOTH },
	  "C=1{MF=ip/1/access/1{M{ST=2{O{MO=SR,"
	  "ipdc/realm=\"access.example\"},"
	  "L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\na=setup:passive\n}}}}}" },
	{ "Modify of events alone",
	  { RIG_BOTH },
	  "C=1{MF=ip/1/access/1{E=2004{tcprv/est,g/cause,adr/rsac}}}" },
	{ "AuditValue of a termination",
	  { RIG_BOTH },
	  "C=1{AV=ip/1/access/1{AT{M,E,SG,SA,OE,PG}}}" },
	{ "AuditValue of ROOT", { NULL }, "C=-{AV=ROOT{AT{M,PG,SA}}}" },
	{ "AuditCapability", { NULL }, "C=-{AC=ROOT{AT{M,E,SG,PG,SA}}}" },
	{ "AuditValue of all contexts",
	  { RIG_BOTH, RIG_BOTH },
	  "C=*{W-AV=*{AT{}}}" },
	{ "Subtract of one", { RIG_BOTH }, "C=1{S=ip/1/access/1{AT{SA}}}" },
	{ "Subtract of a context",
	  { "C=${" RIG_LEG_A "}" },
	  "C=1{S=*{AT{SA}}}" },
	{ "Subtract everywhere", { "C=${" RIG_LEG_A "}" }, "C=*{W-S=*{AT{}}}" },
	{ "ServiceChange of ROOT",
	  { RIG_BOTH },
	  "C=-{SC=ROOT{SV{MT=HO,AD=2944,RE=903}}}" },
};

struct outcome {
	bool has_failed; /* an allocation */
	char before[RIG_OCTETS], after[RIG_OCTETS];
	char *reply;
};

static struct rig *prepared(const struct row *row)
{
	struct rig *r = rig_new(10);

	for (unsigned int i = 0; i < STEPS && row->before[i]; i++)
		rig_ask(r, row->before[i]);
	return r;
}

/* The tail of a reply: what stands behind its transaction id. */
static const char *body(const char *reply)
{
	const char *p = strstr(reply, "P=");

	return p ? strchr(p, '{') : "";
}

static bool is_refused(const char *reply)
{
	return strstr(reply, "ER=500") || strstr(reply, "ER=510") ||
	       strstr(reply, "ER=533");
}

/* The stub counts gates over all gateways: "gate 0/49" becomes "gate 0/". */
static void keep_state(char *to, struct rig *r)
{
	char *p = strcpy(to, rig_state(r)), *end;

	while ((p = strstr(p, " gate ")) && (p = strchr(p, '/'))) {
		p++;
		end = p + strspn(p, "0123456789");
		memmove(p, end, strlen(end) + 1);
	}
}

/* Once with the allocation after n failing. */
static struct rig *ask_failing(const struct row *row, unsigned int n,
			       struct outcome *o)
{
	struct rig *r = prepared(row);
	unsigned int sent = r->n_sent;

	keep_state(o->before, r);
	failing_after(n);
	rig_ask(r, row->request);
	o->has_failed = failing_end();
	rig_events(r);
	keep_state(o->after, r);
	o->reply = strdup(r->n_sent > sent ? body(rig_last(r)) : "");
	return r;
}

static bool check(bool ok, const struct row *row, unsigned int n,
		  const struct outcome *o, const char *what)
{
	if (!ok)
		fprintf(stderr,
			"%s, allocation %u: %s\n%s\nbefore: %s\n"
			"after: %s\n",
			row->name, n, what, o->reply, o->before, o->after);
	CU_ASSERT(ok);
	return ok;
}

/* What an allocation that fails may lead to; whole: how it is without. */
static void judge(struct rig *r, const struct row *row, unsigned int n,
		  const struct outcome *o, const struct outcome *whole)
{
	bool is_done = !strcmp(o->after, whole->after);
	const char *again;

	if (is_done && !strcmp(o->reply, whole->reply))
		return; /* it was for something that can be done without */
	check(!o->reply[0] || is_refused(o->reply), row, n, o,
	      "neither done, nor refused, nor lost");
	if (!check(!strcmp(o->after, o->before), row, n, o,
		   "refused, and something has changed"))
		return;
	again = body(rig_ask(r, row->request));
	check(!is_refused(again), row, n, o, "refused again");
}

/* Returns how many allocations there were. */
static unsigned int every_allocation(const struct row *row)
{
	static struct outcome whole, o;
	size_t kept = 0;
	unsigned int n;

	rig_free(ask_failing(row, MOST, &whole));
	CU_ASSERT(!whole.has_failed && whole.reply[0] &&
		  !is_refused(whole.reply));
	for (n = 0; n < MOST; n++) {
		struct rig *r = ask_failing(row, n, &o);

		if (o.has_failed)
			judge(r, row, n, &o, &whole);
		free(o.reply);
		rig_free(r);
		if (!o.has_failed)
			break;
		if (n == 2) /* what is kept for good is there */
			kept = allocated();
	}
	free(whole.reply);
	CU_ASSERT(n < 3 || allocated() <= kept + KEPT);
	return n;
}

static void p03_requests(void)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		sum += every_allocation(&rows[i]);
	printf("%u allocations failed ", sum);
	CU_ASSERT(sum > 100);
}

/* ---- events ---- */

/* The session opens while the allocation after n fails, and ends later: that
 * it was open may be lost, then it is counted; that it ended is told. */
static bool event_failing(unsigned int n)
{
	struct rig *r = rig_new(10);
	bool has_failed, is_told;
	unsigned int before;

	rig_ask(r, RIG_BOTH);
	before = r->n_sent;
	failing_after(n);
	stub_event(PKT_EVT_OPEN, stub_cmd(0)->gate, PKT_CAUSE_NONE, false);
	rig_events(r);
	has_failed = failing_end();
	is_told = r->n_sent > before && strstr(rig_last(r), "tcprv/est");
	(void)rig_acknowledge(r);
	stub_event(PKT_EVT_CLOSED, stub_cmd(0)->gate, PKT_CAUSE_FIN, false);
	rig_events(r);
	is_told |= strstr(rig_last(r), "tcprv/est") != NULL;
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(r), "tcprv/rel"));
	CU_ASSERT(is_told || r->gw.stats.events_lost);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_ask(r, "C=1{S=*{AT{SA}}}"), "S=ip/1/access/1"));
	rig_free(r);
	return has_failed;
}

static void p03_events(void)
{
	unsigned int n = 0;

	while (n < MOST && event_failing(n))
		n++;
	printf("%u allocations failed ", n);
	CU_ASSERT(n > 4 && n < MOST);
}

static const struct suite_test tests[] = {
	{ "P03 each allocation of a request fails", p03_requests },
	{ "P03 each allocation of an event fails", p03_events },
	{ 0 },
};

int main(void)
{
	return suite_run("gw/memory", tests);
}
