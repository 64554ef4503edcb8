/* test/unit/test_gw_ladder.c - the book of a context, and its ladder */
#include "gateway/ladder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include "gateway/bridge.h"
#include "gateway/history.h"
#include "gateway/log.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm)                                              \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR,ipdc/realm=\"" realm \
	".example\"},L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n"  \
	"a=setup:passive\n},R{\nv=0\nc=IN IP4 10.9.8.7\n"       \
	"m=message 9 TCP -\na=setup:active\n}}},"               \
	"E=2001{tcprv/syn,tcprv/est,tcprv/rel}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"

static char shown[16384];

static void at_ms(uint64_t ms)
{
	gw_clock_freeze(5000000 + ms * 1000, UINT64_C(1768465800000000));
}

/* "12.3 controller>gateway T=50001 Add A" for each row, after the first. */
static const char *ladder(struct rig *r, uint32_t id)
{
	struct gw_ladder l;
	size_t n = 0;

	shown[0] = '\0';
	if (gw_ladder_of(&r->gw, id, &l))
		return NULL;
	for (unsigned int i = 0; i < l.n_rows; i++)
		n += (size_t)snprintf(
			shown + n, sizeof(shown) - n, "%llu %s>%s %s\n",
			(unsigned long long)(l.row[i].at_us - l.began_us) /
				1000,
			gw_ladder_name(l.row[i].from),
			gw_ladder_name(l.row[i].to), l.row[i].text);
	return shown;
}

#define SHOWS(part) shows(part, __LINE__)
static void shows(const char *part, int line)
{
	if (!strstr(shown, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part, shown);
	CU_ASSERT_PTR_NOT_NULL(strstr(shown, part));
}

#define LACKS(part) CU_ASSERT_PTR_NULL(strstr(shown, part))

/* The controller answers the Notify that went out last. */
static void answer(struct rig *r, const char *with)
{
	const char *id = strstr(rig_last(r), "T=");
	char text[160];

	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	snprintf(text, sizeof(text), "P=%lu{%s}", strtoul(id + 2, NULL, 10),
		 with);
	rig_send(r, text);
}

static void happens(struct rig *r, unsigned int side, enum pkt_evt_type type,
		    enum pkt_cause cause, bool is_far)
{
	struct pkt_evt evt = {
		.type = type,
		.cause = cause,
		.is_far = is_far,
		.gate = stub_cmd(side)->gate,
		.at_us = gw_now_us(),
		.stat = { .est_ms = 42, .remote_port = 4711 },
	};

	evt.stat.remote.s6_addr[10] = evt.stat.remote.s6_addr[11] = 0xff;
	evt.stat.remote.s6_addr[12] = 203;
	evt.stat.remote.s6_addr[15] = (uint8_t)(side + 1);
	stub_set_stat(evt.gate, &evt.stat);
	gw_bridge_event(&r->gw, &evt);
}

static struct rig *session(void)
{
	struct rig *r;

	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	at_ms(0);
	r = rig_new(1000);
	at_ms(0);
	rig_ask(r, BOTH);
	return r;
}

static void whole_session(void)
{
	struct rig *r = session();

	at_ms(100);
	happens(r, 0, PKT_EVT_SYN, 0, false);
	at_ms(130);
	answer(r, "C=1{N=ip/1/access/1}");
	at_ms(200);
	happens(r, 1, PKT_EVT_SYN, 0, false);
	answer(r, "C=1{N=ip/1/core/2}");
	happens(r, 0, PKT_EVT_OPEN, 0, false);
	happens(r, 1, PKT_EVT_OPEN, 0, false);
	at_ms(300);
	happens(r, 0, PKT_EVT_CLOSED, PKT_CAUSE_RST, true);
	happens(r, 1, PKT_EVT_CLOSED, PKT_CAUSE_RST, false);
	ladder(r, 1);
	SHOWS("0 controller>gateway T=50001 Add A, Add B\n0 gateway>controller P=");
	SHOWS("100 A>gateway SYN, port 4711: latched\n"
	      "100 gateway>controller T=");
	SHOWS(" Notify A tcprv/syn\n130 controller>gateway P=");
	SHOWS("200 B>gateway SYN");
	SHOWS("200 A>B open, 42 ms after the first SYN\n");
	/* Said once, and by the side that did it. */
	SHOWS("300 B>gateway RST: ended\n");
	LACKS("A>gateway RST");
	rig_free(r);
}

static void one_after_the_other(void)
{
	struct rig *r = session();
	struct gw_ladder l;

	rig_ask(r, "C=1{S=ip/1/access/1}");
	/* B stays B when A has gone, and who comes then is A. */
	happens(r, 1, PKT_EVT_SYN, 0, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ladder(r, 1));
	SHOWS("controller>gateway T=50002 Subtract A\n");
	SHOWS("B>gateway SYN");
	rig_ask(r, "C=1{" LEG("access") "}");
	ladder(r, 1);
	SHOWS("T=50003 Add A\n");
	/* A stands in front again, in replies as well. */
	rig_ask(r, "C=1{AV=*{AT{}}}");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(rig_last(r), "{ip/1/access/3,ip/1/core/2}"));
	rig_ask(r, "C=1{AV=*{AT{M}}}");
	ladder(r, 1);
	SHOWS("T=50005 AuditValue A, AuditValue B\n");
	/* The history has one of each side: who was A last, and B. */
	rig_ask(r, "C=1{S=*}");
	CU_ASSERT_EQUAL_FATAL(gw_ladder_of(&r->gw, 1, &l), 0);
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_A], "ip/1/access/3");
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_B],
			       "ip/1/core/2 203.0.0.2:4711");
	rig_free(r);
}

static void participants(void)
{
	struct rig *r = session();
	struct gw_ladder l;

	happens(r, 0, PKT_EVT_SYN, 0, false);
	CU_ASSERT_EQUAL_FATAL(gw_ladder_of(&r->gw, 1, &l), 0);
	CU_ASSERT(!strncmp(l.who[GW_LADDER_CONTROLLER], r->controller,
			   strlen(r->controller)));
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_GATEWAY], "bench");
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_A],
			       "ip/1/access/1 203.0.0.1:4711");
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_B], "ip/1/core/2");
	rig_ask(r, "C=1{S=*}");
	CU_ASSERT_EQUAL_FATAL(gw_ladder_of(&r->gw, 1, &l), 0);
	CU_ASSERT(l.is_over);
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_A],
			       "ip/1/access/1 203.0.0.1:4711");
	CU_ASSERT_STRING_EQUAL(l.who[GW_LADDER_B], "ip/1/core/2");
	rig_free(r);
}

static void refused(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{MF=ip/1/access/1{M{ST=1{O{MO=SR,nix/nix=1}}}}}");
	ladder(r, 1);
	SHOWS("controller>gateway T=50002 Modify A\n");
	SHOWS("gateway>controller P=50002 error 440\n");
	happens(r, 0, PKT_EVT_SYN, 0, false);
	answer(r, "C=1{N=ip/1/access/1{ER=430{}}}");
	ladder(r, 1);
	SHOWS("error 430\n");
	rig_free(r);
}

/* A step holds about 6.5 s; what took longer is not said to have come then. */
static void answered_late(void)
{
	struct rig *r = session();

	happens(r, 0, PKT_EVT_SYN, 0, false);
	at_ms(6553);
	answer(r, "C=1{N=ip/1/access/1}");
	happens(r, 1, PKT_EVT_SYN, 0, false);
	ladder(r, 1);
	SHOWS("6553 controller>gateway P=");
	LACKS("later");
	at_ms(6553 + 10000);
	answer(r, "C=1{N=ip/1/core/2}");
	ladder(r, 1);
	SHOWS("13106 controller>gateway P=");
	SHOWS(", then or later\n");
	rig_free(r);
}

/* The answer comes when the context has gone. */
static void over(void)
{
	struct rig *r = session();
	char *notify;

	happens(r, 0, PKT_EVT_SYN, 0, false);
	notify = strdup(rig_last(r));
	at_ms(500);
	rig_ask(r, "C=1{S=*}");
	free(r->sent[r->n_sent - 1]);
	r->sent[r->n_sent - 1] = notify;
	at_ms(520);
	answer(r, "C=1{N=ip/1/access/1}");
	CU_ASSERT_PTR_NOT_NULL_FATAL(ladder(r, 1));
	SHOWS("500 controller>gateway T=50002 Subtract A, Subtract B\n");
	SHOWS("520 controller>gateway P=");
	SHOWS("500 A>B over: the controller subtracted its last");
	CU_ASSERT_PTR_NULL(ladder(r, 2));
	rig_free(r);
}

static void audits_of_all(void)
{
	struct rig *r = session();

	rig_ask(r, "C=*{AV=*{AT{M}}}");
	rig_ask(r, "C=1{AV=ip/1/core/2{AT{M}}}");
	ladder(r, 1);
	LACKS("T=50002 ");
	SHOWS("T=50003 AuditValue B\n");
	rig_free(r);
}

static void many_commands(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{AV=ip/1/access/1{AT{M}},AV=ip/1/core/2{AT{M}},"
		   "AV=ip/1/access/1{AT{E}},S=ip/1/core/2}");
	ladder(r, 1);
	SHOWS("T=50002 AuditValue A, AuditValue B, AuditValue A, ...\n");
	rig_free(r);
}

/* The first twelve and the latest twelve, in order. */
static void bounded(void)
{
	struct rig *r = session();
	struct gw_ladder l;

	for (unsigned int i = 0; i < 40; i++) {
		at_ms(i + 1);
		happens(r, 0, PKT_EVT_QUIET, 0, false);
	}
	CU_ASSERT_EQUAL_FATAL(gw_ladder_of(&r->gw, 1, &l), 0);
	/* The Add is a step, and has an answer. */
	CU_ASSERT_EQUAL(l.lost, 41 - GW_RUNGS_MAX);
	CU_ASSERT_EQUAL_FATAL(l.n_rows, GW_RUNGS_MAX + 1);
	for (unsigned int i = 2; i < l.n_rows; i++)
		CU_ASSERT_EQUAL((l.row[i].at_us - l.began_us) / 1000,
				i - 1 + (i > GW_RUNGS_FIRST ? l.lost : 0));
	rig_free(r);
}

/* What the history forgets takes its book with it (leak check). */
static void forgotten(void)
{
	struct rig *r = session();

	rig_ask(r, "C=1{S=*}");
	for (unsigned int i = 0; i < GW_HISTORY; i++) {
		rig_ask(r, BOTH);
		rig_ask(r, "C=*{S=*}");
	}
	CU_ASSERT_PTR_NULL(ladder(r, 1));
	CU_ASSERT_PTR_NOT_NULL(ladder(r, 2));
	SHOWS("Subtract");
	rig_free(r);
}

static void drawing(void)
{
	struct rig *r = session();
	struct evbuffer *out = evbuffer_new();
	struct gw_context *ctx = gw_context_find(&r->gw, 1);
	const char *svg;
	struct gw_ladder l;

	strcpy(ctx->term[0]->id, "<b>&\"\x1b\xc3\xa4</b>");
	CU_ASSERT_EQUAL_FATAL(gw_ladder_of(&r->gw, 1, &l), 0);
	gw_ladder_svg(&l, out);
	evbuffer_add(out, "", 1);
	svg = (const char *)evbuffer_pullup(out, -1);
	CU_ASSERT(
		!strncmp(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 39));
	fprintf(stderr, "%s\n", rig_last(r));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(svg, ">&lt;b&gt;&amp;&quot;???&lt;/b&gt;</text>"));
	CU_ASSERT_PTR_NULL(strstr(svg, "<b>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(svg, ">T=50001 Add A, Add B</text>"));
	evbuffer_free(out);
	rig_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "a session from Add to its end", whole_session },
		{ "one termination after the other", one_after_the_other },
		{ "who they are, and were", participants },
		{ "what was refused", refused },
		{ "answered late", answered_late },
		{ "after the end", over },
		{ "an audit of all contexts is in no book", audits_of_all },
		{ "more commands than a step has room for", many_commands },
		{ "a book is bounded", bounded },
		{ "a book that is forgotten", forgotten },
		{ "A02 the drawing", drawing },
		{ NULL, NULL },
	};

	return suite_run("gateway/ladder", tests);
}
