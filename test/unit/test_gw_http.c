/*
 * test/unit/test_gw_http.c - metrics and health, over a real socket
 *
 * The gateway is that of the bench with its clocks stopped; the test turns the
 * loop, and waits for what it expects, never for a time.
 */
#include "gateway/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "gateway/context.h"
#include "gateway/drain.h"
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

enum { PLACES = 32, MOST_TURNS = 20000, ANSWER = 1 << 17 };

struct fixture {
	struct rig *rig;
	struct gw_http *http;
	char text[ANSWER];
};

/* What the engine has counted. */
static struct pkt_counters counted;

void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out)
{
	(void)e;
	*out = counted;
}

static struct fixture *start(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct sockaddr_storage at = { .ss_family = AF_INET };
	char err[256] = "";

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	((struct sockaddr_in *)&at)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	f->rig = rig_new(100);
	f->rig->gw.conf.realm[0].n_ifaces = 1;
	strcpy(f->rig->gw.conf.realm[0].media[0].name, "eth1");
	f->rig->host.base = event_base_new();
	CU_ASSERT_EQUAL_FATAL(
		gw_http_new(&f->rig->host, &at, &f->http, err, sizeof(err)), 0);
	f->rig->host.http = f->http;
	return f;
}

static void stop(struct fixture *f)
{
	gw_http_free(f->http);
	event_base_free(f->rig->host.base);
	rig_free(f->rig);
	free(f);
}

/* The clock of the gateway, milliseconds after the start. */
static void at_ms(uint64_t ms)
{
	gw_clock_freeze(5000000 + ms * 1000, UINT64_C(1768465800000000));
}

static void turn(struct fixture *f)
{
	event_base_loop(f->rig->host.base, EVLOOP_NONBLOCK);
}

static int dial(struct fixture *f)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(gw_http_port(f->http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_EQUAL_FATAL(connect(fd, (void *)&at, sizeof(at)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void say(int fd, const char *text)
{
	CU_ASSERT_EQUAL(send(fd, text, strlen(text), MSG_NOSIGNAL),
			(ssize_t)strlen(text));
}

/* Whether the answer that begins at text is complete. */
static bool is_whole(const char *text, bool has_body)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *length = strcasestr(text, "content-length: ");

	if (!end || !has_body)
		return end;
	return length && length < end &&
	       strlen(end + 4) >= strtoul(length + 16, NULL, 10);
}

/* One answer into f->text; "" when the connection was closed. */
static const char *hear(struct fixture *f, int fd, bool has_body)
{
	struct pollfd p = { fd, POLLIN, 0 };
	size_t n = 0;
	ssize_t k;

	f->text[0] = '\0';
	for (int i = 0; i < MOST_TURNS && !is_whole(f->text, has_body); i++) {
		turn(f);
		k = recv(fd, f->text + n, sizeof(f->text) - 1 - n, 0);
		if (!k || (k < 0 && errno == ECONNRESET))
			return f->text;
		if (k > 0)
			n += (size_t)k;
		f->text[n] = '\0';
		if (k < 0)
			poll(&p, 1, 1);
	}
	CU_ASSERT(is_whole(f->text, has_body));
	return f->text;
}

static const char *get(struct fixture *f, const char *path)
{
	char request[128];
	int fd = dial(f);

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n",
		 path);
	say(fd, request);
	hear(f, fd, true);
	close(fd);
	return f->text;
}

static bool has(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	fprintf(stderr, "no <%s> in\n%s\n", part, text);
	return false;
}

/* Until this many connections are there; false: never. */
static bool comes_to(struct fixture *f, unsigned int n)
{
	for (int i = 0; i < MOST_TURNS; i++) {
		turn(f);
		if (gw_http_stats(f->http).n_connections == n)
			return true;
		poll(NULL, 0, 1);
	}
	fprintf(stderr, "%u connections, not %u\n",
		gw_http_stats(f->http).n_connections, n);
	return false;
}

/* A row of the table is a HELP line, a TYPE line, and its samples. */
static void all_metrics(void)
{
	static const char *const rows[] = {
#define FAMILY(name, type, labels, help) \
	"# HELP " #name " " help "\n# TYPE " #name " " #type "\n",
#define GATEWAY(name, type, help, value)                                \
	"# HELP " #name " " help "\n# TYPE " #name " " #type "\n" #name \
	"{gateway=\"bench\"} ",
#include "gateway/metric.def"
#undef FAMILY
#undef GATEWAY
	};
	struct fixture *f = start();
	const char *text = get(f, "/metrics");

	CU_ASSERT(has(text, "HTTP/1.1 200 OK\r\n"));
	CU_ASSERT(has(text, "Content-Type: text/plain; version=0.0.4"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *at = strstr(text, rows[i]);

		CU_ASSERT(has(text, rows[i]));
		CU_ASSERT(at && !strstr(at + 1, rows[i]));
	}
	stop(f);
}

static void open_session(struct fixture *f, unsigned int first, uint32_t est_ms)
{
	struct pkt_gate_stat stat = { .est_ms = est_ms };

	rig_ask(f->rig, BOTH);
	for (unsigned int i = first; i < first + 2; i++) {
		stub_set_stat(stub_cmd(i)->gate, &stat);
		stub_event(PKT_EVT_SYN, stub_cmd(i)->gate, 0, false);
		stub_event(PKT_EVT_OPEN, stub_cmd(i)->gate, 0, false);
	}
	rig_events(f->rig);
}

/* The engine takes 3 ms of the clock; the other one is at once. */
static void transaction_times(void)
{
	struct fixture *f = start();

	rig_send(f->rig, "T=7{" BOTH "}");
	at_ms(3);
	rig_send(f->rig, "T=8{C=-{AV=ROOT{AT{M}}}}");
	for (int i = 0; i < 10 && f->rig->gw.n_jobs; i++) {
		stub_done_all();
		rig_events(f->rig);
	}
	get(f, "/metrics");
	CU_ASSERT(has(f->text, "\nbgf_h248_transaction_seconds_bucket{"
			       "gateway=\"bench\",le=\"0.0001\"} 1\n"));
	CU_ASSERT(has(f->text, "le=\"0.0025\"} 1\n"));
	CU_ASSERT(has(f->text, "le=\"0.005\"} 2\n"));
	CU_ASSERT(has(f->text, "\nbgf_h248_transaction_seconds_sum{"
			       "gateway=\"bench\"} 0.003\n"));
	CU_ASSERT(has(f->text, "\nbgf_h248_transaction_seconds_count{"
			       "gateway=\"bench\"} 2\n"));
	stop(f);
}

static void values(void)
{
	static const char *const open[] = {
		"\nbgf_association_up{gateway=\"bench\"} 1\n",
		"\nbgf_association_state{gateway=\"bench\",state=\"active\"} 1\n",
		"\nbgf_association_state{gateway=\"bench\",state=\"idle\"} 0\n",
		"\nbgf_contexts{gateway=\"bench\"} 1\n",
		"\nbgf_terminations{gateway=\"bench\"} 2\n",
		"\nbgf_sessions{gateway=\"bench\"} 1\n",
		"\nbgf_h248_commands_total{gateway=\"bench\",command=\"Add\"} 3\n",
		"\nbgf_h248_commands_failed_total{gateway=\"bench\",command=\"Add\"} 1\n",
		"\nbgf_h248_errors_total{gateway=\"bench\",code=\"434\"} 1\n",
		"_bucket{gateway=\"bench\",le=\"0.025\"} 0\n",
		"_bucket{gateway=\"bench\",le=\"0.05\"} 1\n",
		"_bucket{gateway=\"bench\",le=\"+Inf\"} 1\n",
		"\nbgf_session_setup_seconds_sum{gateway=\"bench\"} 0.042",
		"\nbgf_session_setup_seconds_count{gateway=\"bench\"} 1\n",
		"\nbgf_realm_contexts{gateway=\"bench\",realm=\"core.example\"} 1\n",
		"\nbgf_drops_total{reason=\"no_gate\"} 0\n",
		"\nbgf_path_packets_total{path=\"xdp\"} 0\n",
		"interface=\"eth1\",path=\"xdp\"} 1\n",
		"interface=\"eth1\",path=\"tc\"} 0\n",
		"\nbgf_http_requests_total 1\n",
	};
	static const char *const over[] = {
		"\nbgf_contexts{gateway=\"bench\"} 0\n",
		"\nbgf_contexts_most{gateway=\"bench\"} 1\n",
		"\nbgf_sessions{gateway=\"bench\"} 0\n",
		"\nbgf_sessions_most{gateway=\"bench\"} 1\n",
		"\nbgf_contexts_closed_total{gateway=\"bench\",reason=\"controller\"} 1\n",
		"\nbgf_contexts_closed_total{gateway=\"bench\",reason=\"drain\"} 0\n",
	};
	struct fixture *f = start();

	open_session(f, 0, 42);
	rig_ask(f->rig, "C=1{" LEG("access") "}"); /* a third: 434 */
	get(f, "/metrics");
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		CU_ASSERT(has(f->text, open[i]));
	rig_ask(f->rig, "C=1{S=*}");
	/* An answer is good for a tenth of a second. */
	CU_ASSERT(has(get(f, "/metrics"),
		      "\nbgf_contexts{gateway=\"bench\"} 1\n"));
	at_ms(100);
	get(f, "/metrics");
	for (size_t i = 0; i < sizeof(over) / sizeof(*over); i++)
		CU_ASSERT(has(f->text, over[i]));
	stop(f);
}

/* In the place of libc's: the wall clock is set while we run. */
static time_t wall_ahead_s;

int clock_gettime(clockid_t id, struct timespec *at)
{
	int r = (int)syscall(SYS_clock_gettime, id, at);

	if (id == CLOCK_REALTIME)
		at->tv_sec += wall_ahead_s;
	return r;
}

/* When the process was started is one number, however often it is asked. */
static void start_does_not_drift(void)
{
	static const char name[] = "\nprocess_start_time_seconds ";
	struct fixture *f = start();
	char first[64] = "";
	const char *at;

	for (unsigned int i = 0; i < 3; i++) {
		at_ms(100 * i);
		wall_ahead_s = i;
		at = strstr(get(f, "/metrics"), name);
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		at += sizeof(name) - 1;
		if (!i)
			snprintf(first, sizeof(first), "%.*s",
				 (int)strcspn(at, "\n"), at);
		CU_ASSERT(strtod(at, NULL) > 1e9);
		CU_ASSERT(!strncmp(at, first, strlen(first)) &&
			  at[strlen(first)] == '\n');
	}
	wall_ahead_s = 0;
	stop(f);
}

#define SESSIONS "\nbgf_sessions{gateway=\"bench\"}"

/* A session that ended is not open any more, though its context is there. */
static void sessions_end(void)
{
	struct fixture *f = start();

	open_session(f, 0, 1);
	CU_ASSERT(has(get(f, "/metrics"), SESSIONS " 1\n"));
	for (unsigned int i = 0; i < 2; i++)
		stub_event(PKT_EVT_CLOSED, stub_cmd(i)->gate, PKT_CAUSE_FIN,
			   false);
	rig_events(f->rig);
	at_ms(100);
	CU_ASSERT(has(get(f, "/metrics"), SESSIONS " 0\n"));
	CU_ASSERT_EQUAL(f->rig->gw.n_open, 0);
	stop(f);
}

/* One that lost a gate is still one, and two of them are two. */
static void sessions_lose_a_gate(void)
{
	struct fixture *f = start();

	open_session(f, 0, 1);
	open_session(f, 2, 1);
	rig_ask(f->rig, "C=1{S=ip/1/access/1},C=2{S=ip/1/core/4}");
	CU_ASSERT_EQUAL(f->rig->gw.n_terms, 2);
	CU_ASSERT(has(get(f, "/metrics"), SESSIONS " 2\n"));
	rig_ask(f->rig, "C=1{S=*}");
	at_ms(100);
	CU_ASSERT(has(get(f, "/metrics"), SESSIONS " 1\n"));
	rig_ask(f->rig, "C=2{S=*}");
	CU_ASSERT_EQUAL(f->rig->gw.n_open, 0);
	CU_ASSERT_EQUAL(f->rig->gw.stats.sessions_most, 2);
	stop(f);
}

/* What a controller wrote never becomes a tag or an attribute. */
static void status_page(void)
{
	struct fixture *f = start();
	struct gw_context *ctx;

	open_session(f, 0, 42);
	ctx = gw_context_find(&f->rig->gw, 1);
	strcpy(ctx->term[0]->id, "<b>\"&'\x1b\xc3\xa4</b>");
	get(f, "/");
	CU_ASSERT(has(f->text, " 200 OK"));
	CU_ASSERT(has(f->text, "Content-Type: text/html"));
	CU_ASSERT(has(f->text, "Content-Security-Policy: default-src 'none'"));
	CU_ASSERT(has(f->text, "<td>&lt;b&gt;&quot;&amp;'???&lt;/b&gt;</td>"));
	CU_ASSERT(has(f->text, "<td class=\"good\">active</td>"));
	CU_ASSERT(has(f->text, "<td>core.example</td>"));
	CU_ASSERT(has(f->text,
		      "<a href=\"/context?gateway=bench&amp;id=1\">1</a>"));
	CU_ASSERT(!strstr(f->text, "<b>"));
	stop(f);
}

/* A row of the table: termination and client of A, then those of B. */
static void status_of_one_side(void)
{
	struct fixture *f = start();

	open_session(f, 0, 42);
	rig_ask(f->rig, "C=1{S=ip/1/access/1}");
	get(f, "/");
	CU_ASSERT(has(f->text, "<td></td><td></td><td>ip/1/core/2</td>"));
	rig_ask(f->rig, "C=1{S=ip/1/core/2}");
	stop(f);
}

/* From page to page; those the kernel passed are packets as well. */
static void rates(void)
{
	struct fixture *f = start();

	counted.rx_pkts = 1000;
	at_ms(10000);
	get(f, "/");
	at_ms(12000);
	get(f, "/");
	counted.rx_pkts = 1100;
	counted.fast[PKT_FAST_PASSED] = 500;
	counted.rx_octets = 8000;
	counted.drop[PKT_DROP_SOURCE] = 4;
	at_ms(14000);
	CU_ASSERT(has(get(f, "/"), "<td class=\"n\">1600</td>"
				   "<td class=\"n\">8000</td>"
				   "<td class=\"n\">500</td>"
				   "<td class=\"n\">4</td>"
				   "<td class=\"n\">300</td>"
				   "<td class=\"n\">4000</td>"
				   "<td class=\"n\">2</td></tr>"));
	/* Another page at once says the same. */
	at_ms(14500);
	counted.rx_pkts = 1101;
	CU_ASSERT(has(get(f, "/"), "<td class=\"n\">300</td>"));
	/* Many octets since a page of long ago. */
	counted.rx_octets += 200000000000000;
	at_ms(16000);
	CU_ASSERT(has(get(f, "/"), "<td class=\"n\">100000000000000</td>"));
	memset(&counted, 0, sizeof(counted));
	at_ms(20000);
	CU_ASSERT(has(get(f, "/"), "<td class=\"n\">-</td>"));
	stop(f);
}

static void context_page(void)
{
	static const char *const none[] = {
		"/context",
		"/context?",
		"/context?id=1",
		"/context?gateway=bench",
		"/context?gateway=bench&id=2",
		"/context?gateway=bench&id=x",
		"/context?gateway=bench&id=-1",
		"/context?gateway=bench&id=4294967297",
		"/context?gateway=bench&id=1abc",
		"/context?gateway=bench&id=+1",
		"/context?gateway=bench&id=%201",
		"/context?gateway=bench&id=",
		"/context?gateway=bench&id=0",
		"/context?gateway=other&id=1",
		"/context?gateway=bench&id=99999999999999999999",
		"/context?%00=&&&=;gateway=bench",
	};
	struct fixture *f = start();

	rig_ask(f->rig, BOTH);
	CU_ASSERT(has(get(f, "/context?gateway=bench&id=1"), " 200 OK"));
	CU_ASSERT(has(f->text, "Both clients may come, and none has"));
	CU_ASSERT(has(f->text, " Add A, Add B</text>"));
	rig_ask(f->rig, "C=1{S=*}");
	CU_ASSERT(has(get(f, "/context?gateway=bench&id=1"), "It is over"));
	CU_ASSERT(has(f->text, " Subtract A, Subtract B</text>"));
	CU_ASSERT(has(get(f, "/"), "subtracted its last termination"));
	CU_ASSERT(has(get(f, "/context?gateway=bench&id=01"), "It is over"));
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		CU_ASSERT(has(get(f, none[i]), " 404 "));
	CU_ASSERT(has(get(f, "/nothing"), "/context"));
	CU_ASSERT(comes_to(f, 0));
	stop(f);
}

/* The engine tells of B's gate only: the pages say that B has come. */
static void only_b_has_come(void)
{
	struct pkt_gate_stat stat = { .state = PKT_STATE_WAIT,
				      .leg_state = PKT_LEG_SYN,
				      .remote_port = 5002 };
	struct fixture *f = start();

	rig_ask(f->rig, BOTH);
	stub_set_stat(stub_cmd(1)->gate, &stat);
	stub_event(PKT_EVT_SYN, stub_cmd(1)->gate, 0, false);
	rig_events(f->rig);
	get(f, "/context?gateway=bench&id=1");
	CU_ASSERT(has(f->text, "B has come from"));
	CU_ASSERT(!strstr(f->text, "and none has"));
	CU_ASSERT(has(f->text, "as last heard of its gates"));
	CU_ASSERT(has(get(f, "/"), "<td>wait</td>"));
	CU_ASSERT(!strstr(f->text, "<td>armed</td>"));
	stop(f);
}

/* The page does not grow with what there is. */
static void page_is_bounded(void)
{
	struct fixture *f = start();
	unsigned int n = 0;

	for (int i = 0; i < 100; i++)
		rig_ask(f->rig, BOTH);
	f->rig->gw.conf.max_contexts = 200;
	for (int i = 0; i < 30; i++)
		rig_ask(f->rig, BOTH);
	get(f, "/");
	for (const char *at = f->text; (at = strstr(at, "href=\"/context"));
	     at++)
		n++;
	CU_ASSERT_EQUAL(f->rig->gw.n_contexts, 130);
	CU_ASSERT_EQUAL(n, 100);
	/* The newest. */
	CU_ASSERT(has(f->text, "id=130\""));
	CU_ASSERT(!strstr(f->text, "id=30\""));
	stop(f);
}

static void health(void)
{
	struct fixture *f = start();

	CU_ASSERT(has(get(f, "/healthz"), "HTTP/1.1 200 OK\r\n"));
	CU_ASSERT(has(get(f, "/readyz"), "HTTP/1.1 200 OK\r\n"));
	CU_ASSERT(has(f->text, "\r\nbench: ready\n"));
	gw_drain(&f->rig->gw, 0);
	CU_ASSERT(has(get(f, "/readyz"), "HTTP/1.1 503 "));
	CU_ASSERT(has(f->text, "\r\nbench: draining\n"));
	CU_ASSERT(has(get(f, "/healthz"), "HTTP/1.1 200 OK\r\n"));
	gw_drain_cancel(&f->rig->gw);
	h248_assoc_stop(f->rig->gw.assoc, 1000, gw_now_ms());
	CU_ASSERT(has(get(f, "/readyz"), "\r\nbench: leaving\n"));
	stop(f);
}

static void refusals(void)
{
	static const struct {
		const char *request, *answer;
	} t[] = {
		{ "GET /nothing HTTP/1.1\r\n\r\n", "HTTP/1.1 404 " },
		{ "GET /metrics/ HTTP/1.0\r\n\r\n", "HTTP/1.0 404 " },
		{ "GET /../../etc/passwd HTTP/1.0\r\n\r\n", "HTTP/1.0 404 " },
		{ "DELETE /metrics HTTP/1.0\r\n\r\n", "HTTP/1.1 501 " },
		{ "GET http://x/healthz HTTP/1.0\r\n\r\n", "HTTP/1.0 200 " },
		{ "POST /metrics HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
		  " 413 " },
		{ "GET /healthz HTTP/1.0\r\nContent-Length: 9999999\r\n\r\n",
		  " 413 " },
		{ "nonsense\r\n\r\n", "HTTP/1.1 400 " },
		{ "\r\n\r\n", "HTTP/1.1 400 " },
	};
	struct fixture *f = start();

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		int fd = dial(f);

		say(fd, t[i].request);
		CU_ASSERT(has(hear(f, fd, true), t[i].answer));
		close(fd);
	}
	CU_ASSERT(comes_to(f, 0));
	stop(f);
}

static void head_has_no_body(void)
{
	struct fixture *f = start();
	int fd = dial(f);

	say(fd, "HEAD /healthz HTTP/1.1\r\n\r\n");
	hear(f, fd, false);
	CU_ASSERT(has(f->text, "HTTP/1.1 200 OK\r\n"));
	CU_ASSERT_EQUAL(strlen(strstr(f->text, "\r\n\r\n")), 4);
	close(fd);
	stop(f);
}

static void long_headers(void)
{
	char chunk[1025];
	struct fixture *f = start();
	int fd = dial(f);

	memset(chunk, 'a', sizeof(chunk) - 1);
	chunk[sizeof(chunk) - 1] = '\0';
	say(fd, "GET /healthz HTTP/1.1\r\nX: ");
	for (int i = 0; i < 16; i++)
		(void)!send(fd, chunk, 1024, MSG_NOSIGNAL);
	hear(f, fd, true);
	CU_ASSERT(!f->text[0] || strstr(f->text, " 400 "));
	close(fd);
	CU_ASSERT(comes_to(f, 0));
	stop(f);
}

/* All places are taken by clients that never come to an end; who comes then
 * is served when their time is over, and the controller all the while. */
static void slow_clients(void)
{
	struct fixture *f = start();
	int fd[PLACES], last;

	for (unsigned int i = 0; i < PLACES; i++) {
		fd[i] = dial(f);
		say(fd[i], "GET /metr");
		CU_ASSERT(comes_to(f, i + 1));
	}
	last = dial(f);
	say(last, "GET /healthz HTTP/1.1\r\n\r\n");
	for (int ms = 0; ms < 10000; ms += 1000) {
		at_ms(ms);
		for (int i = 0; i < PLACES; i++)
			say(fd[i], "x"); /* not idle */
		for (int i = 0; i < 50; i++)
			turn(f);
		CU_ASSERT_EQUAL(gw_http_stats(f->http).n_connections, PLACES);
		CU_ASSERT(has(rig_ask(f->rig, BOTH), "A=ip/1/access/"));
	}
	CU_ASSERT_EQUAL(gw_http_stats(f->http).requests, 0);
	at_ms(10000);
	CU_ASSERT(has(hear(f, last, true), " 200 OK"));
	CU_ASSERT_EQUAL(gw_http_stats(f->http).cut, PLACES);
	for (int i = 0; i < PLACES; i++)
		close(fd[i]);
	close(last);
	CU_ASSERT(comes_to(f, 0));
	stop(f);
}

/* Asks all the time and reads nothing: what is kept for it has an end. */
static void deaf_client(void)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\n\r\n";
	struct fixture *f = start();
	int fd = dial(f), size = 4096;
	uint64_t before = 0, now = 0;
	char many[sizeof(request) * 1000] = "";
	bool is_full = false;
	size_t n = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(many + n, "%s", request);
	for (int i = 0; i < MOST_TURNS && !(is_full && before == now); i++) {
		is_full = send(fd, many, n, MSG_NOSIGNAL) < 0;
		before = now;
		for (int k = 0; k < 100; k++)
			turn(f);
		now = gw_http_stats(f->http).requests;
	}
	/* It was answered for a while, then no more: nobody takes it. */
	CU_ASSERT(now > 0 && is_full && before == now);
	at_ms(10000);
	CU_ASSERT(comes_to(f, 0));
	CU_ASSERT_EQUAL(gw_http_stats(f->http).cut, 1);
	while (recv(fd, f->text, sizeof(f->text), 0) > 0)
		;
	close(fd);
	stop(f);
}

/* A client may ask again on its connection; each request has its own time. */
static void kept_alive(void)
{
	struct fixture *f = start();
	int fd = dial(f), other;

	for (int i = 0; i < 5; i++) {
		at_ms(9000 * (uint64_t)i);
		/* Who comes makes it look for those that are too slow. */
		other = dial(f);
		CU_ASSERT(comes_to(f, 2));
		close(other);
		CU_ASSERT(comes_to(f, 1));
		say(fd, "GET /healthz HTTP/1.1\r\n\r\n");
		CU_ASSERT(has(hear(f, fd, true), " 200 OK"));
	}
	CU_ASSERT_EQUAL(gw_http_stats(f->http).cut, 0);
	CU_ASSERT_EQUAL(gw_http_stats(f->http).n_connections, 1);
	close(fd);
	CU_ASSERT(comes_to(f, 0));
	stop(f);
}

/* BGF_SCRAPES: how many.  Every fourth on a connection of its own. */
static void many_scrapes(void)
{
	const char *text = getenv("BGF_SCRAPES");
	long n = text ? atol(text) : 4000;
	size_t warm = 0;
	struct fixture *f = start();
	int fd = -1;

	open_session(f, 0, 7);
	for (long i = 0; i < n; i++) {
		at_ms((uint64_t)i);
		if (i % 4 == 0 && fd >= 0)
			close(fd);
		if (i % 4 == 0)
			fd = dial(f);
		say(fd, "GET /metrics HTTP/1.1\r\n\r\n");
		hear(f, fd, true);
		if (!strstr(f->text, "\nbgf_sessions{gateway=\"bench\"} 1\n"))
			break;
		if (i == n / 2)
			warm = allocated();
	}
	close(fd);
	CU_ASSERT_EQUAL(gw_http_stats(f->http).requests, (uint64_t)n);
	/* The second half took nothing that it kept. */
	CU_ASSERT(allocated() < warm + 65536);
	CU_ASSERT(comes_to(f, 0));
	stop(f);
}

static void address_in_use(void)
{
	struct fixture *f = start();
	struct sockaddr_storage at = { .ss_family = AF_INET };
	struct gw_http *second = NULL;
	char err[256] = "";

	((struct sockaddr_in *)&at)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	((struct sockaddr_in *)&at)->sin_port = htons(gw_http_port(f->http));
	CU_ASSERT_EQUAL(gw_http_new(&f->rig->host, &at, &second, err,
				    sizeof(err)),
			-EADDRINUSE);
	CU_ASSERT(has(err, "<http listen>: Address already in use"));
	CU_ASSERT_PTR_NULL(second);
	stop(f);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "A01 every row of metric.def, once", all_metrics },
		{ "values of a session, and after it", values },
		{ "time of a transaction", transaction_times },
		{ "the time of the start", start_does_not_drift },
		{ "a session that ended is not open", sessions_end },
		{ "sessions that lost a gate", sessions_lose_a_gate },
		{ "A02 status page", status_page },
		{ "the status page with B alone", status_of_one_side },
		{ "rates", rates },
		{ "the page of a context", context_page },
		{ "only B has come", only_b_has_come },
		{ "the status page is bounded", page_is_bounded },
		{ "healthz and readyz", health },
		{ "what is refused", refusals },
		{ "HEAD has no body", head_has_no_body },
		{ "headers without end", long_headers },
		{ "P14 slow clients take all places", slow_clients },
		{ "P14 a client that does not read", deaf_client },
		{ "one connection, many requests", kept_alive },
		{ "many scrapes", many_scrapes },
		{ "address in use", address_in_use },
		{ NULL, NULL },
	};

	return suite_run("gateway/http", tests);
}
