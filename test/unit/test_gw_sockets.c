/*
 * test/unit/test_gw_sockets.c - each call of the system fails once
 *
 * A gateway registers, is asked for a session, reports an event and is asked to
 * end it, over real sockets; again and again, and each time another call of the
 * control path fails, with each of the errors that it may have.  The controller
 * repeats what was not answered.  Whatever fails: every request is executed
 * once and answered alike, nothing stays behind, and the association is there in
 * the end.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "gateway/wire.h"
#include "h248/transport.h"
#include "h248/transport_tls.h"
#include "test/support/allocated.h"
#include "test/support/engine_stub.h"
#include "test/support/gw_rig.h"
#include "test/support/pki.h"
#include "test/support/refusing.h"
#include "test/support/suite.h"

enum {
	MOST = 2000, /* calls of one play */
	/* malloc() counts what it keeps at hand; the address sanitizer does
	 * not, and tells of what is lost besides. */
	KEPT = 256 * 1024,
	IDLE = 4,             /* turns without an event */
	IDLE_US = 1000,       /* what loopback may take on a busy machine */
	STEP_US = 500000,     /* of the clock */
	LIMIT_US = 600000000, /* for all of a play */
	REPEAT_US = 1000000,
	REQUESTS = 3,
	TEXT = 16384,
};

static const char *const requests[REQUESTS] = {
	"C=${" RIG_LEG_A "}",
	"C=1{" RIG_LEG_B "}",
	"C=1{S=*{AT{SA}}}",
};

/* The controller: what it has asked, and what it was told. */
struct mgc {
	struct event_base *base;
	struct h248_transport transport;
	struct h248_tls *tls;
	struct sockaddr_storage gateway; /* where it came from last */
	bool is_registered;
	unsigned int n_asked;
	uint32_t tid; /* of the latest request */
	uint64_t asked_us;
	char *answer[REQUESTS];   /* behind the transaction id */
	unsigned int n_different; /* answers to one request */
	unsigned int n_notified;
	bool has_opened; /* the session */
};

struct play {
	enum conf_transport transport;
	struct rig *rig;
	struct mgc mgc;
	uint64_t now_us;
	unsigned int n_idle; /* turns without an event, in a row */
};

static struct sockaddr_storage loopback;
static char dir[] = "/tmp/test_gw_sockets.XXXXXX";
static enum conf_transport transport_of_edit;
static struct sockaddr_storage controller_of_edit;

/* ---- the controller ---- */

static void say(struct mgc *m, const char *text)
{
	char message[TEXT];
	int n = snprintf(message, sizeof(message), "!/%d [127.0.0.1]:2944\n%s",
			 m->n_asked ? 3 : 1, text);

	(void)h248_transport_send(&m->transport, &m->gateway, message,
				  (size_t)n);
}

static void ask(struct play *p, unsigned int i)
{
	char text[TEXT];

	snprintf(text, sizeof(text), "T=%u{%s}", p->mgc.tid, requests[i]);
	p->mgc.asked_us = p->now_us;
	say(&p->mgc, text);
}

/* 505: it is registering anew (C33), and has done nothing. */
static void on_answer(struct mgc *m, const char *text)
{
	const char *body = strchr(text, '{');
	char **answer;

	if (!m->n_asked || strtoul(text, NULL, 10) != m->tid || !body)
		return;
	answer = &m->answer[m->n_asked - 1];
	if (strstr(body, "ER=505"))
		m->tid++;
	else if (!*answer)
		*answer = strdup(body);
	else if (strcmp(*answer, body))
		m->n_different++;
}

static void on_request(struct mgc *m, const char *text)
{
	bool is_change = strstr(text, "SC=ROOT");
	char answer[256];

	m->is_registered |= is_change;
	if (!is_change && strstr(text, "tcprv/est"))
		m->n_notified++;
	snprintf(answer, sizeof(answer),
		 is_change ? "P=%lu{C=-{SC=ROOT{SV{V=3}}}}" :
			     "P=%lu{C=1{N=ip/1/access/1}}",
		 strtoul(text, NULL, 10));
	say(m, answer);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	char *text = strndup(buf, n), *p;
	struct mgc *m = arg;

	m->gateway = *from;
	if ((p = strstr(text, "P=")))
		on_answer(m, p + 2);
	else if ((p = strstr(text, "T=")))
		on_request(m, p + 2);
	free(text);
}

static const struct h248_transport_hooks HOOKS = { .recv = on_message };

static struct h248_tls *tls_of(const char *who)
{
	static char cert[128], key[128], ca[128];
	struct h248_tls_params p = { .certificate = cert,
				     .key = key,
				     .ca = ca };
	struct h248_tls *tls = NULL;
	char err[256];

	snprintf(cert, sizeof(cert), "%s/%s.pem", dir, who);
	snprintf(key, sizeof(key), "%s/%s.key", dir, who);
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	CU_ASSERT_EQUAL_FATAL(h248_tls_new(&p, &tls, err, sizeof(err)), 0);
	return tls;
}

static void mgc_open(struct mgc *m, enum conf_transport transport)
{
	struct h248_transport_params p = {
		.kind = transport == CONF_TRANSPORT_UDP ?
				H248_TRANSPORT_UDP :
				H248_TRANSPORT_TCP_LISTEN,
		.local = loopback,
	};

	memset(m, 0, sizeof(*m));
	m->base = event_base_new();
	if (transport == CONF_TRANSPORT_TLS)
		p.tls = m->tls = tls_of("mgc");
	CU_ASSERT_EQUAL_FATAL(
		h248_transport_open(&p, m->base, &HOOKS, m, &m->transport), 0);
}

static void mgc_close(struct mgc *m)
{
	h248_transport_close(&m->transport);
	h248_tls_free(m->tls);
	event_base_free(m->base);
	for (unsigned int i = 0; i < REQUESTS; i++)
		free(m->answer[i]);
}

/* ---- the gateway ---- */

static void edit(struct conf_gateway *c)
{
	struct conf_h248 *h = &c->h248;

	h->local = loopback;
	h->transport = transport_of_edit;
	h->controller[0] = controller_of_edit;
	snprintf(h->tls_certificate, sizeof(h->tls_certificate), "%s/gw.pem",
		 dir);
	snprintf(h->tls_key, sizeof(h->tls_key), "%s/gw.key", dir);
	snprintf(h->tls_ca, sizeof(h->tls_ca), "%s/ca.pem", dir);
}

/* 0, or what gw_wire_open() says. */
static int gateway_open(struct play *p)
{
	char err[256];
	int rc;

	transport_of_edit = p->transport;
	controller_of_edit = *h248_transport_local(&p->mgc.transport);
	p->rig = rig_boot_with(10, edit);
	gw_clock_freeze(0, 0);
	stub_auto_done(true);
	p->rig->host.base = event_base_new();
	refusing_watch(true);
	rc = gw_wire_open(&p->rig->gw, err, sizeof(err));
	if (!rc) {
		h248_assoc_start(p->rig->gw.assoc, gw_now_ms());
		gw_wire_arm(&p->rig->gw);
	}
	refusing_watch(false);
	return rc;
}

static void gateway_close(struct play *p)
{
	struct event_base *base = p->rig->host.base;

	gw_wire_close(&p->rig->gw);
	p->rig->host.base = NULL;
	rig_free(p->rig);
	event_base_free(base);
	stub_auto_done(false);
}

/* ---- both ---- */

/* Each has turns as long as there is something to do; then time passes.  What
 * does not come at once is waited for a little, but not each time. */
static void turn(struct play *p)
{
	unsigned long before, first = refusing_events();

	do {
		before = refusing_events();
		event_base_loop(p->mgc.base, EVLOOP_NONBLOCK);
		refusing_watch(true);
		event_base_loop(p->rig->host.base, EVLOOP_NONBLOCK);
		rig_events(p->rig);
		gw_wire_arm(&p->rig->gw);
		refusing_watch(false);
	} while (refusing_events() != before);
	p->n_idle = before == first ? p->n_idle + 1 : 0;
	if (p->n_idle && !(p->n_idle % IDLE))
		usleep(IDLE_US);
	refusing_pass(STEP_US);
	p->now_us += STEP_US;
}

static bool is_answered(const struct play *p)
{
	return p->mgc.n_asked && p->mgc.answer[p->mgc.n_asked - 1];
}

/* The next request when the last is answered, the last again when it is not;
 * the session opens before it is ended. */
static void go_on(struct play *p)
{
	struct mgc *m = &p->mgc;

	if (!m->is_registered)
		return;
	if (m->n_asked && !is_answered(p)) {
		if (p->now_us >= m->asked_us + REPEAT_US)
			ask(p, m->n_asked - 1);
		return;
	}
	if (m->n_asked == REQUESTS - 1 && !m->n_notified) {
		if (!m->has_opened)
			stub_event(PKT_EVT_OPEN, stub_cmd(0)->gate,
				   PKT_CAUSE_NONE, false);
		m->has_opened = true;
		return;
	}
	if (m->n_asked < REQUESTS) {
		m->tid++;
		ask(p, m->n_asked++);
	}
}

static bool is_over(const struct play *p)
{
	return p->mgc.n_asked == REQUESTS && is_answered(p) &&
	       h248_assoc_state(p->rig->gw.assoc) == H248_ASSOC_ACTIVE;
}

static unsigned int count_of(const char *verb)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < stub_count(); i++)
		n += !strcmp(stub_cmd(i)->verb, verb);
	return n;
}

static void check(bool ok, const struct play *p, unsigned int n,
		  const char *failed, const char *what)
{
	if (!ok)
		fprintf(stderr, "call %u, %s: %s; asked %u, notified %u, %s\n",
			n, failed ? failed : "none", what, p->mgc.n_asked,
			p->mgc.n_notified, rig_state(p->rig));
	CU_ASSERT(ok);
}

static void judge(const struct play *p, unsigned int n, const char *failed)
{
	const struct mgc *m = &p->mgc;

	check(is_over(p), p, n, failed, "it has not come to its end");
	for (unsigned int i = 0; i < REQUESTS; i++)
		check(m->answer[i] && !strstr(m->answer[i], "ER="), p, n,
		      failed, m->answer[i] ? m->answer[i] : "no answer");
	check(!m->n_different, p, n, failed, "other answers to one request");
	check(count_of("add") == 2 && count_of("remove") == 2, p, n, failed,
	      "a request was executed twice, or never");
	check(!p->rig->gw.n_contexts && !p->rig->gw.n_terms && !stub_gates(), p,
	      n, failed, "something is left");
}

static unsigned int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

/* One play, the call after n fails with the i-th error; how, NULL: no call was
 * left to fail. */
static const char *play(enum conf_transport transport, unsigned int n,
			unsigned int i)
{
	struct play p = { .transport = transport };
	unsigned int before = descriptors();
	const char *failed;
	int rc;

	mgc_open(&p.mgc, transport);
	refusing_after(n, i);
	rc = gateway_open(&p);
	while (!rc && !is_over(&p) && p.now_us < LIMIT_US) {
		go_on(&p);
		turn(&p);
	}
	failed = refusing_end();
	if (!rc)
		judge(&p, n, failed);
	else
		CU_ASSERT_PTR_NOT_NULL(failed);
	gateway_close(&p);
	mgc_close(&p.mgc);
	CU_ASSERT_EQUAL(descriptors(), before);
	return failed;
}

static void every_call(enum conf_transport transport)
{
	unsigned int sum = 0, n;
	size_t kept = 0;

	CU_ASSERT_PTR_NULL(play(transport, MOST, 0));
	for (unsigned int i = 0; i < refusing_errors(); i++) {
		for (n = 0; n < MOST && play(transport, n, i); n++)
			;
		CU_ASSERT(n > 1 && n < MOST);
		sum += n;
		if (!i) /* what is for good is there */
			kept = allocated();
	}
	CU_ASSERT(allocated() <= kept + KEPT);
	printf("%u calls failed ", sum);
	CU_ASSERT(sum > 20);
}

static void udp(void)
{
	every_call(CONF_TRANSPORT_UDP);
}

static void tcp(void)
{
	every_call(CONF_TRANSPORT_TCP);
}

static void tls(void)
{
	every_call(CONF_TRANSPORT_TLS);
}

/* ---- certificates ---- */

static int set_up(void)
{
	struct pki *ca = pki_new();
	struct sockaddr_in *in = (struct sockaddr_in *)&loopback;
	static const char *const who[] = { "gw", "mgc" };
	char cert[128], key[128];

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!mkdtemp(dir))
		return 1;
	snprintf(cert, sizeof(cert), "%s/ca.pem", dir);
	pki_write_ca(ca, cert);
	for (unsigned int i = 0; i < 2; i++) {
		snprintf(cert, sizeof(cert), "%s/%s.pem", dir, who[i]);
		snprintf(key, sizeof(key), "%s/%s.key", dir, who[i]);
		pki_write_cert(ca, "IP:127.0.0.1", -60, 3600, cert, key);
	}
	pki_free(ca);
	return 0;
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	(void)!system(command);
}

static const struct suite_test tests[] = {
	{ "each call over UDP fails", udp },
	{ "each call over TCP fails", tcp },
	{ "each call over TLS fails", tls },
	{ 0 },
};

/* libevent would tell of each. */
static void be_quiet(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

int main(void)
{
	int rc;

	signal(SIGPIPE, SIG_IGN); /* as bgfd does */
	event_set_log_callback(be_quiet);
	if (set_up())
		return 1;
	rc = suite_run("gw/sockets", tests);
	tear_down();
	return rc;
}
