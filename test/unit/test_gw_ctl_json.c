/* test/unit/test_gw_ctl_json.c - a context as JSON, member by member */
#include "gateway/ctl_int.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/stream.h"
#include "test/support/suite.h"

/* The engine is not asked here. */
int pkt_gate_read(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token)
{
	(void)e, (void)id, (void)token;
	return -1;
}

void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out)
{
	(void)e, (void)out;
}

void pkt_engine_usage(struct pkt_engine *e, unsigned int realm,
		      struct pkt_portpool_usage *out)
{
	(void)e, (void)realm, (void)out;
}

static struct gw gw;

/* A context of two terminations with stream 1, no gates yet. */
static struct gw_context *make(void)
{
	static const char *const ids[] = { "ip/1/access/1", "ip/1/core/2" };
	struct gw_context *ctx;

	memset(&gw, 0, sizeof(gw));
	gw.conf.max_contexts = 10;
	gw.conf.n_realms = 1;
	strcpy(gw.conf.realm[0].name, "access.example");
	CU_ASSERT_EQUAL_FATAL(gw_contexts_init(&gw), 0);
	ctx = gw_context_new(&gw);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ctx);
	for (unsigned int i = 0; i < 2; i++) {
		struct gw_term *term = gw_term_new(ids[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(term);
		gw_term_attach(ctx, term);
		gw_stream_init(&term->stream[0], 1);
		term->stream[0].is_used = true;
	}
	return ctx;
}

static struct gw_stream *side(struct gw_context *ctx, unsigned int i)
{
	return &ctx->term[i]->stream[0];
}

/* ctx as JSON text with sorted members; returns new. */
static char *shown(struct gw_context *ctx, enum ctl_detail detail)
{
	json_t *j = ctl_json_context(ctx, detail);
	char *text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	text = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	return text;
}

static void expect(struct gw_context *ctx, enum ctl_detail detail,
		   const char *const *parts)
{
	char *text = shown(ctx, detail);

	for (; *parts; parts++) {
		if (!strstr(text, *parts))
			fprintf(stderr, "no %s in %s\n", *parts, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, *parts));
	}
	free(text);
}

static void octets_as_text(void)
{
	static const struct {
		const char *octets;
		size_t n;
		const char *text;
	} t[] = {
		{ "", 0, "" },
		{ "v=0\r\n", 5, "v=0\r\n" },
		{ "a\0b", 3, "a\\x00b" },
		{ "\x80", 1, "\\x80" },
		{ "gr\xc3\xbc", 4, "gr\xc3\xbc" },
		{ "gr\xc3", 3, "gr\\xc3" },
		{ "\xc0\xaf", 2, "\\xc0\\xaf" }, /* overlong */
		{ "\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf" },
		{ "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xed\x9f\xbf", 3, "\xed\x9f\xbf" },
		{ "\xf4\x8f\xbf\xbf", 4, "\xf4\x8f\xbf\xbf" },
		{ "\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80" },
		{ "\xf0\x8f\xbf\xbf", 4, "\\xf0\\x8f\\xbf\\xbf" },
		{ "\xf8\x88\x80\x80", 4, "\\xf8\\x88\\x80\\x80" },
		{ "\xff\xfe", 2, "\\xff\\xfe" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		json_t *j = ctl_json_text(t[i].octets, t[i].n);

		CU_ASSERT_STRING_EQUAL(json_string_value(j), t[i].text);
		json_decref(j);
	}
}

static void mapped(const char *v4, struct in6_addr *out)
{
	char text[64];

	snprintf(text, sizeof(text), "::ffff:%s", v4);
	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, out), 1);
}

static void addresses(void)
{
	static const char *const parts[] = {
		"\"local_address\":{\"address\":\"198.51.100.1\",\"port\":"
		"20000}",
		"\"latched_address\":{\"address\":\"2001:db8::7\",\"port\":9}",
		"\"source\":{\"prefix\":\"203.0.113.0/24\",\"port_min\":1,"
		"\"port_max\":2}",
		"\"options\":[\"ws\",\"ts\"]",
		"\"mss\":1400",
		"\"is_armed\":true",
		"\"dscp\":46",
		NULL
	};
	static const char *const half[] = { "\"latched_address\":null",
					    "\"gate\":null", NULL };
	struct gw_context *ctx = make();
	struct gw_stream *s = side(ctx, 0);

	s->gate = (struct pkt_gate_id) { 5, 1 };
	mapped("198.51.100.1", &s->gate_cfg.leg.local);
	s->gate_cfg.leg.local_port = 20000;
	mapped("203.0.113.0", &s->gate_cfg.leg.from.addr);
	s->gate_cfg.leg.from.prefix_len = 120;
	s->gate_cfg.leg.from.port_min = 1;
	s->gate_cfg.leg.from.port_max = 2;
	s->gate_cfg.leg.is_armed = true;
	s->gate_cfg.leg.has_dscp = true;
	s->gate_cfg.leg.dscp = 46;
	inet_pton(AF_INET6, "2001:db8::7", &s->stat.remote);
	s->stat.remote_port = 9;
	s->stat.mss = 1400;
	s->stat.opts = PKT_STAT_WS | PKT_STAT_TS;
	expect(ctx, CTL_FULL, parts);
	expect(ctx, CTL_FULL, half);
	gw_contexts_fini(&gw);
}

static void descriptors(void)
{
	static const char *const parts[] = {
		"\"local_control\":{\"mode\":\"ReceiveOnly\",\"reserve_value\":"
		"true,\"reserve_group\":false,\"properties\":[{\"name\":"
		"\"ipdc/realm\",\"value\":\"access\"}]}",
		"\"local\":\"v=0\\r\\n\\\\xff\"",
		"\"remote\":\"\"",
		"\"signals\":[{\"name\":\"ipnapt/latch\",\"value\":\"RELATCH\","
		"\"is_pending\":true}]",
		"\"events\":{\"request_id\":17,\"list\":[{\"name\":"
		"\"tcprv/est\",\"stream\":1,\"parameters\":[{\"name\":\"p\","
		"\"value\":\"v\"}]}]}",
		"\"observed_events\":[{\"name\":\"tcprv/syn\",\"stream\":1,",
		"\"report\":\"last\"}",
		"\"report\":\"sent\"}",
		"\"report\":\"waiting\"}",
		"\"is_emergency\":true",
		NULL
	};
	static struct gw_prop prop = { .pkg = "ipdc",
				       .item = "realm",
				       .value = "access" };
	struct gw_param param = { "p", "v", false };
	struct gw_event event = { .pkg = "tcprv",
				  .item = "est",
				  .stream = 1,
				  .n_params = 1,
				  .param = &param };
	struct gw_observed o[2] = { { .pkg = "tcprv", .item = "syn" },
				    { .pkg = "tcprv", .item = "rel" } };
	char local[] = "v=0\r\n\xff";
	struct gw_context *ctx = make();
	struct gw_term *term = ctx->term[0];
	struct gw_stream *s = side(ctx, 0);

	ctx->is_emergency = true;
	s->mode = H248_MODE_RECV_ONLY;
	s->reserve_value = true;
	STAILQ_INSERT_TAIL(&s->props, &prop, entry);
	s->local = (struct gw_body) { local, 6, true };
	s->remote = (struct gw_body) { NULL, 0, true };
	s->latch = GW_LATCH_RELATCH;
	s->is_latch_pending = true;
	term->events = (struct gw_events) { true, 17, &event, 1 };
	term->last_observed = malloc(sizeof(o[0]));
	CU_ASSERT_PTR_NOT_NULL_FATAL(term->last_observed);
	*term->last_observed = o[0];
	term->last_observed->stream = 1;
	term->last_observed->at_us = gw_now_us();
	STAILQ_INSERT_TAIL(&term->observed, &o[0], entry);
	STAILQ_INSERT_TAIL(&term->observed, &o[1], entry);
	term->n_notify_out = 1;
	expect(ctx, CTL_FULL, parts);
	/* The model does not own what this test lent it. */
	STAILQ_INIT(&s->props);
	STAILQ_INIT(&term->observed);
	s->local = (struct gw_body) { 0 };
	s->remote = (struct gw_body) { 0 };
	term->events = (struct gw_events) { 0 };
	gw_contexts_fini(&gw);
}

static void details(void)
{
	static const struct {
		const char *member;
		enum ctl_detail from;
	} t[] = {
		{ "\"state\":", CTL_SUMMARY },
		{ "\"rx_octets\":", CTL_SUMMARY },
		{ "\"waits_for\":", CTL_SUMMARY },
		{ "\"realm\":\"access.example\"", CTL_LIVE },
		{ "\"wait_left_ms\":", CTL_LIVE },
		{ "\"last_cause\":", CTL_LIVE },
		{ "\"local_control\":", CTL_FULL },
		{ "\"signals\":", CTL_FULL },
		{ "\"events\":", CTL_FULL },
	};
	struct gw_context *ctx = make();

	for (enum ctl_detail d = CTL_SUMMARY; d <= CTL_FULL; d++) {
		char *text = shown(ctx, d);

		for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
			CU_ASSERT_EQUAL(!!strstr(text, t[i].member),
					d >= t[i].from);
		free(text);
	}
	gw_contexts_fini(&gw);
}

/* What an operator is told to wait for, from the states of both legs. */
static void waits_for(void)
{
	static const struct {
		enum pkt_state state;
		enum pkt_leg_state a, b;
		const char *text; /* of the first termination */
	} t[] = {
		{ PKT_STATE_ARMED, PKT_LEG_IDLE, PKT_LEG_IDLE,
		  "\"a SYN from either client\"" },
		{ PKT_STATE_WAIT, PKT_LEG_IDLE, PKT_LEG_SYN,
		  "\"a SYN from this client\"" },
		{ PKT_STATE_WAIT, PKT_LEG_SYN, PKT_LEG_IDLE,
		  "\"a SYN from the other client\"" },
		{ PKT_STATE_WAIT, PKT_LEG_SYN, PKT_LEG_SYN,
		  "\"stream mode SendReceive on both sides\"" },
		{ PKT_STATE_COMMIT, PKT_LEG_SENT, PKT_LEG_ACKED,
		  "\"the handshake ACK of this client\"" },
		{ PKT_STATE_PROBE, PKT_LEG_ACKED, PKT_LEG_SENT,
		  "\"the handshake ACK of the other client\"" },
		{ PKT_STATE_OPEN, PKT_LEG_ACKED, PKT_LEG_ACKED, "null" },
		{ PKT_STATE_SILENT, PKT_LEG_CLOSED, PKT_LEG_CLOSED,
		  "\"LATCH, RELATCH or a new Remote\"" },
	};
	struct gw_context *ctx = make();
	const char *parts[] = { "\"waits_for\":\"a Local descriptor\"", NULL };
	char want[96];

	expect(ctx, CTL_SUMMARY, parts);
	side(ctx, 0)->gate.gen = 1;
	parts[0] = "\"waits_for\":\"the other termination of this stream\"";
	expect(ctx, CTL_SUMMARY, parts);
	side(ctx, 1)->gate.gen = 1;
	parts[0] = want;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		side(ctx, 0)->stat.state = t[i].state;
		side(ctx, 1)->stat.state = t[i].state;
		side(ctx, 0)->stat.leg_state = t[i].a;
		side(ctx, 1)->stat.leg_state = t[i].b;
		snprintf(want, sizeof(want),
			 "\"id\":1,\"state\":\"%s\",\"leg\":\"%s\","
			 "\"waits_for\":%s",
			 pkt_state_name(t[i].state), pkt_leg_state_name(t[i].a),
			 t[i].text);
		expect(ctx, CTL_SUMMARY, parts);
	}
	gw_contexts_fini(&gw);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "A02 octets as text", octets_as_text },
		{ "addresses", addresses },
		{ "descriptors", descriptors },
		{ "details", details },
		{ "waits for", waits_for },
		{ NULL, NULL },
	};

	return suite_run("gateway/ctl_json", tests);
}
