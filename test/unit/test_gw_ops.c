/*
 * test/unit/test_gw_ops.c - what operators ask and order, over a real socket
 *
 * Sessions are made by a controller's text, as in service; the engine is the
 * stub, and clocks stand still.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "gateway/context.h"
#include "gateway/ctl.h"
#include "gateway/history.h"
#include "gateway/journal.h"
#include "gateway/link.h"
#include "gateway/log.h"
#include "test/support/allocated.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/suite.h"

#define LEG(realm)                                              \
	"A=ip/1/" realm "/${M{ST=1{O{MO=SR,ipdc/realm=\"" realm \
	".example\"},L{\nv=0\nc=IN IP4 $\nm=message $ TCP -\n"  \
	"a=setup:passive\n},R{\nv=0\nc=IN IP4 10.9.8.7\n"       \
	"m=message 9 TCP -\na=setup:active\n}}}}"
#define BOTH "C=${" LEG("access") "," LEG("core") "}"

struct fixture {
	struct rig *rig;
	struct gw_ctl *ctl;
	char dir[32], path[64];
};

static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char err[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	strcpy(f->dir, "/tmp/gw-ops-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/control", f->dir);
	f->rig = rig_new(500);
	f->rig->host.base = event_base_new();
	CU_ASSERT_EQUAL_FATAL(gw_ctl_new(&f->rig->host, f->path, &f->ctl, err,
					 sizeof(err)),
			      0);
	f->rig->host.ctl = f->ctl;
	return f;
}

static void stop(struct fixture *f)
{
	f->rig->host.ctl = NULL;
	gw_ctl_free(f->ctl);
	event_base_free(f->rig->host.base);
	rig_free(f->rig);
	rmdir(f->dir);
	free(f);
}

/* What comes back for one request; new. */
static json_t *ask(struct fixture *f, const char *request)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	static char text[1 << 20];
	struct pollfd p = { fd, POLLIN, 0 };
	size_t n = 0;
	ssize_t k;
	json_t *j;

	strcpy(addr.sun_path, f->path);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (void *)&addr, sizeof(addr)), 0);
	CU_ASSERT(write(fd, request, strlen(request)) > 0);
	CU_ASSERT_EQUAL(write(fd, "\n", 1), 1);
	stub_auto_done(true);
	for (int i = 0; i < 20000 && (!n || text[n - 1] != '\n'); i++) {
		event_base_loop(f->rig->host.base, EVLOOP_NONBLOCK);
		rig_events(f->rig);
		k = recv(fd, text + n, sizeof(text) - n, 0);
		if (k > 0)
			n += (size_t)k;
		else
			poll(&p, 1, 1);
	}
	stub_auto_done(false);
	close(fd);
	j = json_loadb(text, n, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(j);
	return j;
}

static json_int_t number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

static const char *word(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s ? s : "";
}

/* "192.0.2.10:40001"; borrowed. */
static const char *end(const json_t *j, const char *key)
{
	static char text[64];
	const json_t *e = json_object_get(j, key);

	snprintf(text, sizeof(text), "%s:%d", word(e, "address"),
		 (int)number(e, "port"));
	return text;
}

static struct in6_addr mapped(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct in6_addr) { .s6_addr = { [10] = 0xff,
						[11] = 0xff,
						[12] = a,
						[13] = b,
						[14] = c,
						[15] = d } };
}

static struct gw_stream *stream_of(struct fixture *f, uint32_t ctx, int side)
{
	return &gw_context_find(&f->rig->gw, ctx)->term[side]->stream[0];
}

/* Two contexts: 1 is open, of 2 only A has come. */
static void two_contexts(struct fixture *f)
{
	struct pkt_gate_stat st = { .state = PKT_STATE_OPEN,
				    .leg_state = PKT_LEG_ACKED,
				    .est_ms = 33,
				    .rx_octets = 1000,
				    .tx_octets = 70,
				    .drops = 2 };

	rig_ask(f->rig, BOTH);
	rig_ask(f->rig, BOTH);
	st.remote = mapped(203, 0, 113, 7);
	st.remote_port = 5001;
	stub_set_stat(stream_of(f, 1, 0)->gate, &st);
	st.remote = mapped(192, 0, 2, 77);
	st.remote_port = 5002;
	st.rx_octets = 70;
	st.tx_octets = 1000;
	stub_set_stat(stream_of(f, 1, 1)->gate, &st);
	st = (struct pkt_gate_stat) { .state = PKT_STATE_WAIT,
				      .leg_state = PKT_LEG_SYN,
				      .remote = mapped(203, 0, 113, 8),
				      .remote_port = 5001 };
	stub_set_stat(stream_of(f, 2, 0)->gate, &st);
	st = (struct pkt_gate_stat) { .state = PKT_STATE_WAIT };
	stub_set_stat(stream_of(f, 2, 1)->gate, &st);
}

/* --- lists --------------------------------------------------------------- */

static void filters(void)
{
	static const struct {
		const char *filter;
		size_t contexts, terminations, flows;
	} t[] = {
		{ "\"state\":\"open\"", 1, 2, 2 },
		{ "\"state\":\"wait\"", 1, 2, 2 },
		{ "\"state\":\"none\"", 0, 0, 0 },
		{ "\"realm\":\"access.example\"", 2, 2, 2 },
		{ "\"realm\":\"access\"", 0, 0, 0 },
		{ "\"realm\":\"core.example\",\"state\":\"open\"", 1, 1, 1 },
		{ "\"termination\":\"ip/1/access/1\"", 1, 1, 1 },
		{ "\"termination\":\"ip/1/core/*\"", 2, 2, 2 },
		{ "\"termination\":\"ip/1/core\"", 0, 0, 0 },
		{ "\"address\":\"203.0.113.7\"", 1, 1, 1 },
		{ "\"address\":\"::ffff:203.0.113.7\"", 1, 1, 1 },
		{ "\"address\":\"192.0.2.10\"", 2, 4, 4 },
		{ "\"port\":5001", 2, 2, 2 },
		{ "\"port\":40001", 1, 1, 1 },
		{ "\"address\":\"203.0.113.8\",\"port\":5001", 1, 1, 1 },
		/* Of the same end: not the port of one and the address of the
		 * other. */
		{ "\"address\":\"203.0.113.7\",\"port\":40001", 0, 0, 0 },
		{ "\"id\":2", 1, 2, 2 },
		{ "\"id\":2,\"state\":\"open\"", 0, 0, 0 },
	};
	static const char *const lists[] = { "contexts", "terminations",
					     "flows" };
	struct fixture *f = start();
	char request[256];

	two_contexts(f);
	json_decref(ask(f, "{\"command\":\"contexts\"}")); /* all are read */
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		const size_t want[] = { t[i].contexts, t[i].terminations,
					t[i].flows };

		for (int k = 0; k < 3; k++) {
			json_t *j, *list;

			snprintf(request, sizeof(request),
				 "{\"command\":\"%s\",%s}", lists[k],
				 t[i].filter);
			j = ask(f, request);
			list = json_object_get(j, lists[k]);
			if (!json_is_array(list) ||
			    json_array_size(list) != want[k])
				fprintf(stderr, "%s: %zu\n", request,
					json_array_size(list));
			CU_ASSERT(json_is_array(list));
			CU_ASSERT_EQUAL(json_array_size(list), want[k]);
			json_decref(j);
		}
	}
	stop(f);
}

static void flows(void)
{
	struct fixture *f = start();
	json_t *j, *flow;

	two_contexts(f);
	j = ask(f, "{\"command\":\"flows\",\"id\":1}");
	flow = json_array_get(json_object_get(j, "flows"), 0);
	CU_ASSERT_STRING_EQUAL(end(flow, "source"), "203.0.113.7:5001");
	CU_ASSERT_STRING_EQUAL(end(flow, "destination"), "192.0.2.10:40001");
	CU_ASSERT_STRING_EQUAL(end(flow, "nat_source"), "192.0.2.10:40002");
	CU_ASSERT_STRING_EQUAL(end(flow, "nat_destination"), "192.0.2.77:5002");
	CU_ASSERT_EQUAL(number(flow, "octets"), 1000);
	CU_ASSERT_STRING_EQUAL(word(flow, "realm"), "access.example");
	json_decref(j);
	/* B of context 2 has not come: nothing to translate to. */
	j = ask(f, "{\"command\":\"flows\",\"id\":2}");
	flow = json_array_get(json_object_get(j, "flows"), 0);
	CU_ASSERT(json_is_null(json_object_get(flow, "nat_destination")));
	json_decref(j);
	stop(f);
}

/* More than one batch of the cursor, and the list stays one list. */
static void long_lists(void)
{
	struct fixture *f = start();
	json_t *j;

	for (int i = 0; i < 100; i++)
		rig_ask(f->rig, BOTH);
	j = ask(f, "{\"command\":\"terminations\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "terminations")),
			200);
	json_decref(j);
	j = ask(f, "{\"command\":\"flows\",\"realm\":\"core.example\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "flows")), 100);
	json_decref(j);
	stop(f);
}

static void ports_and_associations(void)
{
	struct fixture *f = start();
	json_t *j = ask(f, "{\"command\":\"ports\"}"), *a;

	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "ports")), 2);
	CU_ASSERT_STRING_EQUAL(
		word(json_array_get(json_object_get(j, "ports"), 1), "realm"),
		"core.example");
	json_decref(j);
	j = ask(f, "{\"command\":\"associations\"}");
	a = json_array_get(json_object_get(j, "associations"), 0);
	CU_ASSERT_STRING_EQUAL(word(a, "state"), "active");
	CU_ASSERT_STRING_EQUAL(word(a, "controller"), "198.51.100.10:2944");
	CU_ASSERT_EQUAL(number(a, "h248_version"), 3);
	a = json_array_get(json_object_get(a, "controllers"), 0);
	CU_ASSERT(json_is_true(json_object_get(a, "is_current")));
	json_decref(j);
	stop(f);
}

static const json_t *named(const json_t *list, const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (!strcmp(word(item, "name"), name))
			return item;
	return NULL;
}

static void statistics(void)
{
	struct fixture *f = start();
	const json_t *s, *v;
	json_t *j;

	rig_ask(f->rig, BOTH);
	rig_ask(f->rig, "C=1{AV=*{AT{M}}}");
	rig_ask(f->rig, "C=1{S=*}");
	j = ask(f, "{\"command\":\"statistics\"}");
	s = json_object_get(j, "statistics");
	v = named(json_object_get(s, "levels"), "contexts");
	CU_ASSERT_EQUAL(number(v, "current"), 0);
	CU_ASSERT_EQUAL(number(v, "most"), 1);
	CU_ASSERT_EQUAL(number(v, "limit"), 500);
	v = named(json_object_get(s, "levels"), "terminations");
	CU_ASSERT_EQUAL(number(v, "most"), 2);
	v = named(json_object_get(s, "commands"), "AuditValue");
	CU_ASSERT_EQUAL(number(v, "received"), 1);
	CU_ASSERT_EQUAL(number(v, "wildcards"), 1);
	v = named(json_object_get(s, "commands"), "Add");
	CU_ASSERT_EQUAL(number(v, "wildcards"), 0);
	v = named(json_object_get(s, "commands"), "ServiceChange");
	CU_ASSERT_EQUAL(number(v, "sent"), 1);
	v = named(json_object_get(s, "closed"), "controller");
	CU_ASSERT_EQUAL(number(v, "contexts"), 1);
	json_decref(j);
	stop(f);
}

/* --- what was ------------------------------------------------------------ */

static void history(void)
{
	struct fixture *f = start();
	const json_t *past, *term;
	json_t *j;

	two_contexts(f);
	gw_clock_freeze(5000000 + 12345000, UINT64_C(1768465800000000));
	rig_ask(f->rig, "C=1{S=*}");
	rig_ask(f->rig, "C=2{S=*}");
	j = ask(f, "{\"command\":\"history\"}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "history")), 2);
	past = json_array_get(json_object_get(j, "history"), 1);
	CU_ASSERT_EQUAL(number(past, "id"), 1);
	CU_ASSERT_STRING_EQUAL(word(past, "reason"), "controller");
	CU_ASSERT_EQUAL(number(past, "lasted_ms"), 12345);
	CU_ASSERT_EQUAL(number(past, "established_ms"), 33);
	CU_ASSERT_EQUAL(number(past, "ended_ms"), 1768465800000);
	term = json_array_get(json_object_get(past, "terminations"), 0);
	CU_ASSERT_STRING_EQUAL(word(term, "id"), "ip/1/access/1");
	CU_ASSERT_STRING_EQUAL(word(term, "state"), "open");
	CU_ASSERT_STRING_EQUAL(end(term, "latched_address"),
			       "203.0.113.7:5001");
	CU_ASSERT_EQUAL(number(term, "rx_octets"), 1000);
	CU_ASSERT_EQUAL(number(term, "drops"), 2);
	json_decref(j);
	j = ask(f, "{\"command\":\"history\",\"count\":1}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "history")), 1);
	CU_ASSERT_EQUAL(number(json_array_get(json_object_get(j, "history"), 0),
			       "id"),
			2);
	json_decref(j);
	j = ask(f, "{\"command\":\"history\",\"id\":1}");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(j, "history")), 1);
	json_decref(j);
	stop(f);
}

/* A ring: the newest GW_HISTORY of them; one that lasts is not lost in it. */
static void history_is_bounded(void)
{
	struct fixture *f = start();
	const struct gw_past *p;
	unsigned int n = 0;
	char text[64];

	rig_ask(f->rig, BOTH);
	rig_ask(f->rig, "C=1{S=ip/1/access/1}");
	CU_ASSERT_PTR_NULL(gw_history_before(&f->rig->gw, UINT64_MAX));
	for (unsigned int i = 2; i < GW_HISTORY + 10; i++) {
		rig_ask(f->rig, BOTH);
		snprintf(text, sizeof(text), "C=%u{S=*}", i);
		rig_ask(f->rig, text);
	}
	/* Overtaken by all: what is left of it is told as the latest. */
	rig_ask(f->rig, "C=1{S=*}");
	p = gw_history_find(&f->rig->gw, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_EQUAL(p, gw_history_before(&f->rig->gw, UINT64_MAX));
	CU_ASSERT(p->is_over && p->end == GW_END_CONTROLLER);
	CU_ASSERT_EQUAL(p->n_terms, 1);
	CU_ASSERT_STRING_EQUAL(p->term[0].id, "ip/1/core/2");
	for (n = 1; (p = gw_history_before(&f->rig->gw, p->seq));) {
		CU_ASSERT(p->is_over && p->id != 1);
		CU_ASSERT_EQUAL(p->n_terms, 2);
		/* Its own: they are numbered one by one. */
		snprintf(text, sizeof(text), "ip/1/core/%u", 2 * p->id);
		CU_ASSERT_STRING_EQUAL(p->term[1].id, text);
		n++;
	}
	CU_ASSERT_EQUAL(n, GW_HISTORY);
	stop(f);
}

static void reasons(void)
{
	struct fixture *f = start();
	const struct gw_past *p;

	rig_ask(f->rig, BOTH);
	rig_ask(f->rig, "C=-{SC=ROOT{SV{MT=FO,RE=905}}}");
	gw_tick(&f->rig->gw);
	p = gw_history_before(&f->rig->gw, UINT64_MAX);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->end, GW_END_SERVICE);
	rig_ask(f->rig, "C=-{SC=ROOT{SV{MT=RS,RE=900}}}");
	rig_ask(f->rig, BOTH);
	f->rig->gw.is_stopping = true;
	gw_link_release_some(&f->rig->gw, UINT64_MAX);
	p = gw_history_before(&f->rig->gw, UINT64_MAX);
	CU_ASSERT_EQUAL(p->end, GW_END_STOP);
	stop(f);
}

static void release(void)
{
	struct fixture *f = start();
	const struct gw_past *past;
	struct gw_context *ctx;
	unsigned int gates;
	json_t *j;

	two_contexts(f);
	gates = stub_gates();
	j = ask(f, "{\"command\":\"release\"}");
	CU_ASSERT(json_is_false(json_object_get(j, "ok")));
	json_decref(j);
	j = ask(f, "{\"command\":\"release\",\"id\":77}");
	CU_ASSERT_STRING_EQUAL(word(j, "error"), "there is no such context");
	json_decref(j);
	ctx = gw_context_find(&f->rig->gw, 1);
	ctx->owner = (const struct gw_job *)f; /* a command works on it */
	j = ask(f, "{\"command\":\"release\",\"id\":1}");
	CU_ASSERT_PTR_NOT_NULL(strstr(word(j, "error"), "try again"));
	json_decref(j);
	ctx->owner = NULL;
	j = ask(f, "{\"command\":\"release\",\"id\":1}");
	CU_ASSERT(json_is_true(json_object_get(j, "ok")));
	json_decref(j);
	CU_ASSERT_PTR_NULL(gw_context_find(&f->rig->gw, 1));
	CU_ASSERT_PTR_NOT_NULL(gw_context_find(&f->rig->gw, 2));
	CU_ASSERT_EQUAL(stub_gates(), gates - 2);
	/* The controller hears it, of this context alone. */
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(f->rig), "C=1{"));
	CU_ASSERT_PTR_NOT_NULL(strstr(rig_last(f->rig), "MT=FO"));
	CU_ASSERT_PTR_NULL(strstr(rig_last(f->rig), "C=2"));
	past = gw_history_before(&f->rig->gw, UINT64_MAX);
	CU_ASSERT_EQUAL(past->end, GW_END_OPERATOR);
	/* A first, though it went last. */
	CU_ASSERT_STRING_EQUAL(past->term[0].id, "ip/1/access/1");
	stop(f);
}

static void draining(void)
{
	struct fixture *f = start();
	json_t *j = ask(f, "{\"command\":\"gateways\"}");

	CU_ASSERT_STRING_EQUAL(
		word(json_array_get(json_object_get(j, "gateways"), 0),
		     "service"),
		"in");
	json_decref(j);
	json_decref(ask(f, "{\"command\":\"drain\"}"));
	j = ask(f, "{\"command\":\"gateways\"}");
	CU_ASSERT_STRING_EQUAL(
		word(json_array_get(json_object_get(j, "gateways"), 0),
		     "service"),
		"draining");
	json_decref(j);
	stop(f);
}

/* --- the journal --------------------------------------------------------- */

static const json_t *lines_of(const json_t *j)
{
	return json_object_get(json_object_get(j, "events"), "lines");
}

static void events(void)
{
	const struct gw_about about = {
		.gw = "bench", .ctx = 7, .term = "ip/1/a/1", .txn = 9
	};
	struct fixture *f = start();
	char request[128];
	json_int_t next;
	const json_t *l;
	json_t *j;

	gw_log_setup(LOG_EMERG, CONF_LOG_TEXT);
	gw_journal_put(LOG_NOTICE, &about, "one");
	j = ask(f, "{\"command\":\"events\",\"id\":7}");
	l = json_array_get(lines_of(j), json_array_size(lines_of(j)) - 1);
	CU_ASSERT_STRING_EQUAL(word(l, "text"), "one");
	CU_ASSERT_STRING_EQUAL(word(l, "level"), "notice");
	CU_ASSERT_STRING_EQUAL(word(l, "gateway"), "bench");
	CU_ASSERT_STRING_EQUAL(word(l, "termination"), "ip/1/a/1");
	CU_ASSERT_EQUAL(number(l, "context"), 7);
	CU_ASSERT_EQUAL(number(l, "transaction"), 9);
	json_decref(j);
	next = (json_int_t)gw_journal_last();
	for (int i = 0; i < 600; i++)
		gw_journal_put(LOG_INFO, &about, "more");
	/* In parts: 256, 256, 88. */
	for (int part = 0; part < 3; part++) {
		snprintf(request, sizeof(request),
			 "{\"command\":\"events\",\"since\":%d}", (int)next);
		j = ask(f, request);
		next = number(json_object_get(j, "events"), "next");
		CU_ASSERT_EQUAL(json_array_size(lines_of(j)),
				part < 2 ? 256 : 88);
		CU_ASSERT_EQUAL(
			json_is_true(json_object_get(
				json_object_get(j, "events"), "is_complete")),
			part == 2);
		json_decref(j);
	}
	for (int i = 0; i < 1030; i++)
		gw_journal_put(LOG_INFO, &about, "too many");
	snprintf(request, sizeof(request),
		 "{\"command\":\"events\",\"since\":%d}", (int)next);
	j = ask(f, request);
	CU_ASSERT_EQUAL(number(json_object_get(j, "events"), "lost"), 6);
	json_decref(j);
	gw_journal_put(LOG_INFO, &about, "one more"); /* one over the ring */
	snprintf(request, sizeof(request),
		 "{\"command\":\"events\",\"since\":%d}",
		 (int)gw_journal_last() - GW_JOURNAL - 1);
	j = ask(f, request);
	CU_ASSERT_EQUAL(number(json_object_get(j, "events"), "lost"), 1);
	json_decref(j);
	/* A number from before a restart: all there is. */
	j = ask(f, "{\"command\":\"events\",\"since\":99999999}");
	CU_ASSERT_EQUAL(json_array_size(lines_of(j)), 256);
	json_decref(j);
	stop(f);
}

static void log_level(void)
{
	static const char *const refused[] = {
		"{\"command\":\"log\",\"level\":\"loud\"}",
		"{\"command\":\"log\",\"level\":\"info\",\"part\":\"x\"}",
		"{\"command\":\"log\",\"part\":\"core\"}",
		"{\"command\":\"status\",\"part\":\"core\"}",
	};
	struct fixture *f = start();
	json_t *j = ask(f, "{\"command\":\"log\",\"level\":\"warning\"}");

	CU_ASSERT_STRING_EQUAL(word(json_object_get(j, "log"), "level"),
			       "warning");
	json_decref(j);
	CU_ASSERT_EQUAL(gw_log_level(), LOG_WARNING);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		j = ask(f, refused[i]);
		CU_ASSERT(json_is_false(json_object_get(j, "ok")));
		json_decref(j);
	}
	j = ask(f, "{\"command\":\"log\",\"level\":\"debug\","
		   "\"part\":\"messages\"}");
	CU_ASSERT_STRING_EQUAL(
		word(json_object_get(json_object_get(j, "log"), "parts"),
		     "messages"),
		"debug");
	CU_ASSERT_STRING_EQUAL(
		word(json_object_get(json_object_get(j, "log"), "parts"),
		     "session"),
		"warning");
	json_decref(j);
	gw_log_set_part_level(GW_LOG_MESSAGES >> 3, LOG_NOTICE);
	j = ask(f, "{\"command\":\"log\"}");
	CU_ASSERT_STRING_EQUAL(word(json_object_get(j, "log"), "level"),
			       "warning");
	json_decref(j);
	stop(f);
}

/* BGF_REQUESTS: how many, each on a connection of its own; nothing is kept. */
static void many_requests(void)
{
	static const char *const all[] = {
		"{\"command\":\"contexts\"}",
		"{\"command\":\"dump\"}",
		"{\"command\":\"terminations\",\"realm\":\"core.example\"}",
		"{\"command\":\"flows\"}",
		"{\"command\":\"explain\",\"id\":1}",
		"{\"command\":\"statistics\"}",
		"{\"command\":\"status\"}",
		"{\"command\":\"history\"}",
		"{\"command\":\"events\"}",
		"{\"command\":\"ports\"}",
		"{\"command\":\"associations\"}",
		"{\"command\":\"nothing\"}",
		"{\"command\":\"flows\",\"port\":0}",
		"not a request",
	};
	enum { N_ALL = sizeof(all) / sizeof(*all) };
	const char *text = getenv("BGF_REQUESTS");
	long n = text ? atol(text) : 2000;
	struct fixture *f = start();
	size_t warm = 0;

	two_contexts(f);
	for (long i = 0; i < n; i++) {
		json_decref(ask(f, all[i % N_ALL]));
		if (i == n / 2)
			warm = allocated();
	}
	CU_ASSERT(allocated() < warm + 65536);
	stop(f);
}

static void refusals(void)
{
	static const char *const t[][2] = {
		{ "{\"command\":\"status\",\"state\":\"open\"}", "no filter" },
		{ "{\"command\":\"flows\",\"state\":\"opened\"}",
		  "no such state" },
		{ "{\"command\":\"flows\",\"address\":\"x\"}", "an address" },
		{ "{\"command\":\"flows\",\"address\":7}", "short string" },
		{ "{\"command\":\"flows\",\"address\":\"::1]:80\"}",
		  "an address" },
		{ "{\"command\":\"flows\",\"port\":65536}", "1 to 65535" },
		{ "{\"command\":\"flows\",\"port\":\"80\"}", "1 to 65535" },
		{ "{\"command\":\"flows\",\"termination\":\"\"}",
		  "short string" },
		{ "{\"command\":\"flows\",\"count\":1}", "no count" },
		{ "{\"command\":\"history\",\"count\":0}", "from 1" },
		{ "{\"command\":\"history\",\"since\":0}", "no since" },
		{ "{\"command\":\"events\",\"since\":-1}", "number of a line" },
		{ "{\"command\":\"events\",\"gateway\":\"x\"}",
		  "no such gateway" },
		{ "{\"command\":\"status\",\"level\":\"info\"}", "no level" },
		{ "{\"command\":\"ports\",\"gateway\":\"bench\"}",
		  "takes no gateway" },
	};
	struct fixture *f = start();
	char longest[512];
	json_t *j;

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		j = ask(f, t[i][0]);
		CU_ASSERT(json_is_false(json_object_get(j, "ok")));
		CU_ASSERT_PTR_NOT_NULL(strstr(word(j, "error"), t[i][1]));
		json_decref(j);
	}
	snprintf(longest, sizeof(longest),
		 "{\"command\":\"flows\",\"realm\":\"%0300d\"}", 0);
	j = ask(f, longest);
	CU_ASSERT_PTR_NOT_NULL(strstr(word(j, "error"), "short string"));
	json_decref(j);
	stop(f);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "filters of contexts, terminations, flows", filters },
		{ "flows", flows },
		{ "long lists", long_lists },
		{ "ports and associations", ports_and_associations },
		{ "statistics: most, wildcards, sent", statistics },
		{ "history", history },
		{ "history is bounded", history_is_bounded },
		{ "who ended a context", reasons },
		{ "release", release },
		{ "a gateway that drains says so", draining },
		{ "events", events },
		{ "log level", log_level },
		{ "what is refused", refusals },
		{ "many requests", many_requests },
		{ NULL, NULL },
	};

	return suite_run("gateway/ops", tests);
}
