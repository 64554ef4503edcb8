/* test/unit/test_gw_trace.c - whom a trace is of, and what it tells */
#include "gateway/trace.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/log.h"
#include "gateway/trace_int.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm)                                              \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR,ipdc/realm=\"" realm \
	".example\"},L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n"  \
	"a=setup:passive\n},R{\nv=0\nc=IN IP4 10.9.8.7\n"       \
	"m=message 9 TCP -\na=setup:active\n}}},"               \
	"E=2001{tcprv/syn}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"

/* What a trace told, as lines. */
struct told {
	char text[32768];
	unsigned int n;
	bool is_full, is_done, is_counting;
	struct gw_trace_sums sums;
};

static bool on_record(void *arg, const struct gw_trace_record *r)
{
	struct told *t = arg;
	size_t n = strlen(t->text);

	if (t->is_full)
		return false;
	t->n++;
	if (t->is_counting)
		return true;
	snprintf(t->text + n, sizeof(t->text) - n,
		 "%u %s %s %zu/%zu %s\n%.*s\n", r->ctx,
		 r->realm ? r->realm : r->transport, r->is_out ? "out" : "in",
		 r->n, r->of, r->comment, r->realm ? 0 : (int)r->n,
		 (const char *)r->octets);
	return true;
}

static void on_done(void *arg, const struct gw_trace_sums *sums)
{
	struct told *t = arg;

	t->is_done = true;
	t->sums = *sums;
}

static uint64_t now_us;

static void turn(struct rig *r)
{
	event_base_loop(r->host.base, EVLOOP_NONBLOCK);
}

static void later(struct rig *r, uint64_t ms)
{
	now_us += ms * 1000;
	gw_clock_freeze(now_us, UINT64_C(1768465800000000));
	if (r->host.trace) {
		event_active(r->host.trace->timer, EV_TIMEOUT, 0);
		turn(r);
	}
}

static struct rig *bench(void)
{
	struct rig *r;

	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	r = rig_new(200);
	now_us = 5000000;
	r->host.base = event_base_new();
	return r;
}

static void stop(struct rig *r, struct told *t)
{
	gw_trace_free(r->host.trace);
	event_base_free(r->host.base);
	r->host.base = NULL;
	rig_free(r);
	free(t);
}

static struct told *start(struct rig *r, struct gw_trace_ask ask)
{
	struct told *t = calloc(1, sizeof(*t));
	struct gw_trace_ops ops = { on_record, on_done, t };

	if (!ask.seconds)
		ask.seconds = 60;
	if (!ask.max_octets)
		ask.max_octets = 1000000;
	/* What is told of it is all that has a bound here. */
	ask.max_octets += GW_TRACE_FILE;
	CU_ASSERT_PTR_NULL_FATAL(gw_trace_start(&r->host, &ask, &ops));
	turn(r);
	return t;
}

#define SAYS(part) says(t, part, __LINE__)
static void says(const struct told *t, const char *part, int line)
{
	if (!strstr(t->text, part))
		fprintf(stderr, "line %d: no <%s> in\n%s\n", line, part,
			t->text);
	CU_ASSERT_PTR_NOT_NULL(strstr(t->text, part));
}

#define LACKS(part) CU_ASSERT_PTR_NULL(strstr(t->text, part))

/* A record of the engine about the gate of command i. */
static struct pkt_tapped record(unsigned int i)
{
	struct pkt_tapped p = { .gate = stub_cmd(i)->gate,
				.at_us = gw_now_us(),
				.level = PKT_TAP_HEADERS,
				.realm = i & 1,
				.act = PKT_ACT_FORWARD,
				.octets = 140,
				.kept = 40,
				.n = 40,
				.drop = PKT_DROP_NONE,
				.flags = PKT_ACK };

	return p;
}

static void tap(struct rig *r, const struct pkt_tapped *p)
{
	stub_tap(p);
	gw_trace_drain(r->host.trace);
}

static void the_next(void)
{
	struct rig *r = bench();
	struct told *t;
	struct pkt_tapped p;

	rig_ask(r, BOTH);
	t = start(r, (struct gw_trace_ask) { .next = 1 });
	CU_ASSERT_STRING_EQUAL(stub_traced(), "");
	rig_ask(r, BOTH);
	/* The request was held until its reply said which context it made. */
	SAYS("2 udp in ");
	SAYS("from the controller: T=50002 C=$ Add ip/1/access/$, Add");
	SAYS("to the controller: P=50002 C=2 Add ip/1/access/3");
	CU_ASSERT(strstr(t->text, "C=$") < strstr(t->text, "P=50002"));
	CU_ASSERT_STRING_NOT_EQUAL(stub_traced(), "");
	/* The one after it, and the one before it, are of no interest. */
	rig_ask(r, BOTH);
	rig_ask(r, "C=1{AV=ip/1/access/1{AT{M}}}");
	LACKS("50003");
	LACKS("50004");
	CU_ASSERT_EQUAL(r->host.trace->n_held, 1);
	p = record(2);
	p.what = PKT_TAP_LEFT;
	tap(r, &p);
	SAYS("2 access.example out 40/140 to A: translated, from B\n");
	p = record(3);
	tap(r, &p);
	SAYS("2 core.example in 40/140 from B: ");
	p = record(0);
	tap(r, &p);
	CU_ASSERT_EQUAL(t->n, 4);
	later(r, 2000);
	later(r, 2000);
	CU_ASSERT_FALSE(t->is_done);
	/* It ends some time after the last of its contexts. */
	rig_ask(r, "C=2{S=*}");
	SAYS("T=50005 C=2 Subtract *");
	SAYS("P=50005 C=2 Subtract ip/1/access/3");
	later(r, 200);
	CU_ASSERT_FALSE(t->is_done);
	later(r, 600);
	CU_ASSERT(t->is_done);
	CU_ASSERT_STRING_EQUAL(t->sums.why, "over");
	CU_ASSERT_EQUAL(t->sums.contexts, 1);
	CU_ASSERT_EQUAL(t->sums.packets, 2);
	CU_ASSERT_EQUAL(t->sums.messages, 4);
	CU_ASSERT_EQUAL(t->sums.left_out, 0);
	later(r, 1);
	CU_ASSERT_PTR_NULL(r->host.trace);
	stop(r, t);
}

static void one_context(void)
{
	struct rig *r = bench();
	struct told *t;

	rig_ask(r, BOTH);
	rig_ask(r, BOTH);
	t = start(r, (struct gw_trace_ask) { .gw = &r->gw, .id = 1 });
	CU_ASSERT_STRING_NOT_EQUAL(stub_traced(), "");
	rig_ask(r, BOTH);
	rig_ask(r, "C=2{AV=ip/1/access/3{AT{M}}}");
	CU_ASSERT_EQUAL(t->n, 0);
	rig_ask(r, "C=1{AV=ip/1/access/1{AT{M}}}");
	SAYS("T=50005 C=1 AuditValue");
	SAYS("P=50005 C=1 AuditValue");
	/* An answer without a context is known by its request. */
	rig_send(r, "T=7{C=1{AV=ip/1/nix/1{AT{M}}}}");
	SAYS("P=7 C=1 AuditValue ip/1/nix/1 Error 430");
	rig_send(r, "K{7}");
	SAYS("from the controller: K=7");
	rig_send(r, "K{8}");
	LACKS("K=8");
	gw_trace_stop(r->host.trace, "reader");
	CU_ASSERT(t->is_done);
	CU_ASSERT_STRING_EQUAL(t->sums.why, "reader");
	later(r, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(stub_traced(), ":0"));
	stop(r, t);
}

static void an_address(void)
{
	struct rig *r = bench();
	struct gw_trace_ask ask = { .has_address = true };
	struct pkt_evt evt = { .type = PKT_EVT_SYN };
	struct told *t;

	CU_ASSERT_EQUAL(inet_pton(AF_INET6, "::ffff:203.0.113.9", &ask.address),
			1);
	for (int i = 0; i < 3; i++)
		rig_ask(r, BOTH);
	/* The second one is latched there already. */
	evt.gate = stub_cmd(2)->gate;
	evt.stat.remote = ask.address;
	evt.stat.remote_port = 4711;
	gw_bridge_event(&r->gw, &evt);
	t = start(r, ask);
	for (int i = 0; i < 5; i++)
		later(r, 1);
	CU_ASSERT_EQUAL(r->host.trace->n_contexts, 1);
	CU_ASSERT_EQUAL(r->host.trace->context[0].id, 2);
	/* The third one now. */
	evt.gate = stub_cmd(5)->gate;
	gw_bridge_event(&r->gw, &evt);
	CU_ASSERT_EQUAL(r->host.trace->n_contexts, 2);
	CU_ASSERT_EQUAL(r->host.trace->n_gates, 4);
	rig_ask(r, "C=3{S=*}");
	SAYS("T=50004 C=3 Subtract");
	/* More may come: only time ends it. */
	rig_ask(r, "C=2{S=*}");
	later(r, 1000);
	later(r, 1000);
	CU_ASSERT_FALSE(t->is_done);
	later(r, 60000);
	CU_ASSERT(t->is_done);
	CU_ASSERT_STRING_EQUAL(t->sums.why, "time");
	stop(r, t);
}

static void secrets(void)
{
	struct rig *r = bench();
	struct told *t;

	rig_ask(r, BOTH);
	t = start(r, (struct gw_trace_ask) { .gw = &r->gw, .id = 1 });
	rig_input(r, "AU=0x00000007:0x00000001:0x0123456789abcdef01234567\n"
		     "!/3 [192.0.2.1]:2944 T=9{C=1{AV=ip/1/core/2{AT{M}}}}");
	SAYS("AU=0x00000007:0x00000001:0x000000000000000000000000\n!/3");
	LACKS("0123456789");
	rig_ask(r, "C=1{MF=ip/1/core/2{M{ST=1{R{\nv=0\nc=IN IP4 10.9.8.7\n"
		   "k=clear:geheim\nm=message 9 TCP -\n}}}}}");
	SAYS("\nk=");
	LACKS("geheim");
	stop(r, t);
}

static void no_room(void)
{
	struct rig *r = bench();
	struct told *t;

	rig_ask(r, BOTH);
	t = start(r, (struct gw_trace_ask) {
			     .gw = &r->gw, .id = 1, .max_octets = 1500 });
	t->is_full = true;
	rig_ask(r, "C=1{AV=ip/1/access/1{AT{M}}}");
	CU_ASSERT_EQUAL(t->n, 0);
	t->is_full = false;
	for (int i = 0; i < 10; i++)
		rig_ask(r, "C=1{AV=ip/1/core/2{AT{M}}}");
	CU_ASSERT(t->n > 0 && t->n < 20);
	later(r, 100);
	CU_ASSERT(t->is_done);
	CU_ASSERT_STRING_EQUAL(t->sums.why, "size");
	CU_ASSERT(t->sums.octets <= GW_TRACE_FILE + 1500);
	CU_ASSERT_EQUAL(t->sums.left_out, 2 + 20 - t->n);
	stop(r, t);
}

/* What still waits in the ring at the end is left out, and said to be. */
static void rest_of_the_ring(void)
{
	struct rig *r = bench();
	struct told *t;
	struct pkt_tapped p;

	rig_ask(r, BOTH);
	t = start(r, (struct gw_trace_ask) { .gw = &r->gw, .id = 1 });
	p = record(0);
	p.what = PKT_TAP_LEFT;
	stub_taps(&p, 1000);
	gw_trace_stop(r->host.trace, "reader");
	CU_ASSERT(t->is_done);
	CU_ASSERT(t->sums.packets > 0 && t->sums.packets < 1000);
	CU_ASSERT_EQUAL(t->sums.packets + t->sums.left_out, 1000);
	/* After its end nobody wants them. */
	stub_taps(&p, 1000);
	later(r, 1);
	CU_ASSERT_PTR_NULL(r->host.trace);
	CU_ASSERT_FALSE(pkt_engine_next_tap(r->host.engine, &p));
	stop(r, t);
}

/* A message does not wait for all packets that were before it. */
static void message_and_packets(void)
{
	static const char text[] =
		"!/3 [192.0.2.1]:2944 T=9{C=1{AV=ip/1/access/1{AT{M}}}}";
	struct sockaddr_storage peer = { .ss_family = AF_INET };
	struct rig *r = bench();
	struct gw_trace_sums *sums;
	struct pkt_tapped p;
	struct told *t;

	rig_ask(r, BOTH);
	t = start(r, (struct gw_trace_ask) { .gw = &r->gw, .id = 1 });
	sums = &r->host.trace->sums;
	p = record(0);
	p.what = PKT_TAP_LEFT;
	stub_taps(&p, 100000);
	t->is_counting = true;
	gw_trace_message(r->host.trace, &r->gw, false, &peer, text,
			 sizeof(text) - 1);
	CU_ASSERT_EQUAL(sums->messages, 1);
	CU_ASSERT(sums->packets > 0 && sums->packets < 1000);
	stub_taps(&p, 0);
	stop(r, t);
}

/* The first Add is refused: both messages are told, and it is none of N. */
static void refused(void)
{
	struct rig *r = bench();
	struct told *t = start(r, (struct gw_trace_ask) { .next = 1 });

	rig_ask(r, "C=${A=ip/1/nowhere/$}");
	SAYS("0 udp in ");
	SAYS("from the controller: T=50001 C=$ Add ip/1/nowhere/$");
	SAYS("to the controller: P=50001 C=$ ");
	SAYS("Error 430");
	CU_ASSERT_EQUAL(t->n, 2);
	CU_ASSERT_EQUAL(r->host.trace->n_contexts, 0);
	CU_ASSERT_EQUAL(r->host.trace->n_gates, 0);
	/* Its first gate was there when the second Add was refused. */
	rig_ask(r, "C=${" LEG("access") ",A=ip/1/nowhere/$}");
	SAYS("P=50002 C=");
	later(r, 1000);
	later(r, 1000);
	CU_ASSERT_FALSE(t->is_done);
	rig_ask(r, "C=1{S=*}");
	stop(r, t);
}

/* The same gate was traced before, with payload: that is not for this one. */
static void of_an_earlier_trace(void)
{
	struct rig *r = bench();
	struct pkt_tapped p;
	struct told *t;

	rig_ask(r, BOTH);
	now_us += 1000000;
	gw_clock_freeze(now_us, UINT64_C(1768465800000000));
	t = start(r, (struct gw_trace_ask) { .gw = &r->gw, .id = 1 });
	p = record(0);
	p.level = PKT_TAP_PAYLOAD;
	tap(r, &p);
	CU_ASSERT_EQUAL(t->n, 0);
	p = record(0);
	p.at_us = now_us - 1;
	tap(r, &p);
	CU_ASSERT_EQUAL(t->n, 0);
	p.at_us = now_us;
	tap(r, &p);
	CU_ASSERT_EQUAL(t->n, 1);
	/* The rest of a packet is taken with it. */
	p.is_more = true;
	stub_taps(&p, 1);
	gw_trace_stop(r->host.trace, "reader");
	later(r, 1);
	CU_ASSERT_PTR_NOT_NULL(r->host.trace);
	p.is_more = false;
	stub_taps(&p, 1);
	later(r, 100);
	CU_ASSERT_PTR_NULL(r->host.trace);
	stop(r, t);
}

/* More requests that make contexts than there is room for, and no replies. */
static void held_requests(void)
{
	static char text[70000];
	struct rig *r = bench();
	struct sockaddr_storage peer = { .ss_family = AF_INET };
	struct told *t = start(r, (struct gw_trace_ask) { .next = 1 });
	int n = snprintf(text, sizeof(text), "!/3 [192.0.2.1]:2944 ");

	memset(text + n, ' ', 60000);
	for (int i = 0; i < 100; i++) {
		int k = snprintf(text + n + 60000, 1000, "T=%d{C=${A=$}}",
				 i + 1);

		gw_trace_message(r->host.trace, &r->gw, false, &peer, text,
				 (size_t)(n + 60000 + k));
		CU_ASSERT(r->host.trace->held_octets <= TRACE_HELD_OCTETS);
	}
	CU_ASSERT_EQUAL(t->n, 0);
	stop(r, t);
}

static void one_at_a_time(void)
{
	struct rig *r = bench();
	struct told *t = start(r, (struct gw_trace_ask) { .next = 1 });
	struct gw_trace_ask ask = { .next = 1, .seconds = 1, .max_octets = 1 };
	struct gw_trace_ops ops = { on_record, on_done, t };

	CU_ASSERT_PTR_NOT_NULL(gw_trace_start(&r->host, &ask, &ops));
	/* Its reader went: nobody is told, and another one may come. */
	gw_trace_stop(r->host.trace, NULL);
	CU_ASSERT_FALSE(t->is_done);
	later(r, 1);
	CU_ASSERT_PTR_NULL(gw_trace_start(&r->host, &ask, &ops));
	stop(r, t);
}

static const struct {
	struct pkt_tapped p;
	uint8_t side;
	const char *text;
} COMMENTS[] = {
	{ { .what = PKT_TAP_CAME,
	    .act = PKT_ACT_DROP,
	    .drop = PKT_DROP_RST_INEXACT,
	    .flags = PKT_RST },
	  1,
	  "from B: dropped: rst_inexact (" },
	{ { .what = PKT_TAP_CAME,
	    .act = PKT_ACT_CONSUME,
	    .flags = PKT_SYN,
	    .reports = 1 << PKT_REPORT_SYN,
	    .after = PKT_STATE_WAIT },
	  0,
	  "from A: SYN: latched, its source is this client's from here "
	  "on; kept until B has come and both modes are SendReceive, "
	  "answered with nothing; state armed -> wait" },
	{ { .what = PKT_TAP_CAME,
	    .act = PKT_ACT_CONSUME,
	    .flags = PKT_SYN,
	    .before = PKT_STATE_WAIT,
	    .after = PKT_STATE_WAIT },
	  1,
	  "from B: SYN, again or anew: the latest one counts; kept" },
	{ { .what = PKT_TAP_CAME,
	    .act = PKT_ACT_CONSUME,
	    .flags = PKT_ACK,
	    .before = PKT_STATE_COMMIT,
	    .after = PKT_STATE_OPEN,
	    .leg_before = PKT_LEG_SENT,
	    .leg_after = PKT_LEG_ACKED,
	    .reports = 1 << PKT_REPORT_OPEN },
	  0,
	  "from A: acknowledges its SYN-ACK: the source is fixed; both "
	  "handshakes are complete; state commit -> open" },
	{ { .what = PKT_TAP_CAME,
	    .act = PKT_ACT_FORWARD,
	    .reports = 1 << PKT_REPORT_CLOSED,
	    .cause = PKT_CAUSE_RST,
	    .before = PKT_STATE_OPEN,
	    .after = PKT_STATE_DEAD },
	  0,
	  "from A: accepted, sent on to B; the session is over: rst; "
	  "state open -> dead" },
	{ { .what = PKT_TAP_OWN,
	    .flags = PKT_SYN | PKT_ACK,
	    .drop = PKT_DROP_NONE },
	  1,
	  "to B: SYN-ACK synthesised from the SYN of A: its sequence "
	  "number and options" },
	{ { .what = PKT_TAP_OWN, .flags = PKT_SYN, .drop = PKT_DROP_NONE },
	  1,
	  "to B: SYN of A, sent on" },
	{ { .what = PKT_TAP_OWN,
	    .flags = PKT_RST | PKT_ACK,
	    .drop = PKT_DROP_NONE },
	  0,
	  "to A: RST made by the gateway, with the exact" },
	{ { .what = PKT_TAP_OWN, .flags = PKT_ACK, .drop = PKT_DROP_NONE },
	  0,
	  "to A: ACK made by the gateway" },
	{ { .what = PKT_TAP_OWN, .flags = PKT_ACK, .drop = PKT_DROP_TX },
	  0,
	  "to A: ACK made by the gateway; dropped: tx (" },
	{ { .what = PKT_TAP_LEFT, .drop = PKT_DROP_TOO_BIG },
	  1,
	  "to B: dropped: too_big (" },
	{ { .what = PKT_TAP_ICMP, .drop = PKT_DROP_NONE },
	  0,
	  "ICMP about a segment that left to A: passed on to B" },
	{ { .what = PKT_TAP_ICMP, .drop = PKT_DROP_ICMP },
	  0,
	  "ICMP about a segment that left to A: dropped: icmp (" },
	{ { .what = PKT_TAP_TOLD, .drop = PKT_DROP_NONE },
	  1,
	  "to B: translated, from A" },
};

static void comments(void)
{
	char text[GW_TRACE_COMMENT];

	for (size_t i = 0; i < sizeof(COMMENTS) / sizeof(*COMMENTS); i++) {
		trace_comment(&COMMENTS[i].p, COMMENTS[i].side, text,
			      sizeof(text));
		if (strncmp(text, COMMENTS[i].text, strlen(COMMENTS[i].text)))
			fprintf(stderr, "row %zu: %s\n", i, text);
		CU_ASSERT(!strncmp(text, COMMENTS[i].text,
				   strlen(COMMENTS[i].text)));
		/* Cut off, never over the end. */
		memset(text, '#', sizeof(text));
		trace_comment(&COMMENTS[i].p, COMMENTS[i].side, text, 10);
		CU_ASSERT(memchr(text, '\0', 10) && text[10] == '#');
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the next context", the_next },
		{ "one context", one_context },
		{ "A04 an address, until its time is over", an_address },
		{ "A02 secrets are masked", secrets },
		{ "A04 what has no room is counted", no_room },
		{ "the rest of the ring", rest_of_the_ring },
		{ "a message among packets", message_and_packets },
		{ "a first Add that is refused", refused },
		{ "records of an earlier trace", of_an_earlier_trace },
		{ "A04 requests that are held are bounded", held_requests },
		{ "A04 one at a time", one_at_a_time },
		{ "comments", comments },
		{ NULL, NULL },
	};

	return suite_run("gateway/trace", tests);
}
