/*
 * test/unit/test_h248_segments.c - segmented replies, restarts, TCP
 *
 * H.248.1 version 3 clause 8.2.4, Annex D.  Case ids: C25 to C27 and C32 of the
 * fault catalogue, T20 to T22 of the interoperability list, 6.12.
 */
#include "h248/txn.h"
#include "test/support/fake_net.h"
#include "test/support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "MEGACO/3 [192.0.2.10]:2944\n"
#define AUDIT "C=-{AV=ROOT{AT{}}}"

enum { N_CMDS = 100 };

struct end {
	struct fake_net net; /* first: the hooks take it */
	struct h248_txns *txns;
	struct sockaddr_storage peer;
	unsigned int executed, n_done, error;
	unsigned int n_actions; /* of the reply to ours */
	char ctxs[64];          /* their ids */
	char text[128];         /* of its error */
	bool is_holding;
	struct h248_in *held;
	const struct h248_action *answer;
};

static struct h248_term_id root = { .text = { "ROOT", 4 }, .is_root = true };
static struct h248_cmd audit = { .kind = H248_CMD_AUDIT_VALUE, .terms = &root };
static struct h248_action small = { .ctx = H248_CTX_NULL, .cmds = &audit };

/* Two contexts, of each the reply to 50 commands. */
static struct h248_term_id id[N_CMDS];
static char name[N_CMDS][24];
static struct h248_cmd cmd[N_CMDS];
static struct h248_action big[2];

static void make_big(void)
{
	for (unsigned int i = 0; i < N_CMDS; i++) {
		snprintf(name[i], sizeof(name[i]), "ip/1/access/%u", 1000 + i);
		id[i].text.p = name[i];
		id[i].text.n = (uint32_t)strlen(name[i]);
		cmd[i].kind = H248_CMD_AUDIT_VALUE;
		cmd[i].terms = &id[i];
		cmd[i].next = i % 50 == 49 ? NULL : &cmd[i + 1];
	}
	for (unsigned int i = 0; i < 2; i++)
		big[i] = (struct h248_action) {
			.ctx = H248_CTX_ID,
			.ctx_id = 7 + i,
			.cmds = &cmd[i * 50],
		};
	big[0].next = &big[1];
}

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct end *e = arg;

	(void)req;
	(void)msg;
	(void)from;
	e->executed++;
	if (e->is_holding)
		e->held = in;
	else
		h248_in_reply(in, e->answer, e->net.now_ms);
}

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct end *e = arg;

	(void)err;
	e->n_done++;
	e->error = reply && reply->error ? reply->error->code : 0;
	if (e->error)
		snprintf(e->text, sizeof(e->text), "%.*s",
			 (int)reply->error->text.n, reply->error->text.p);
	for (const struct h248_action *a = reply ? reply->actions : NULL; a;
	     a = a->next) {
		e->n_actions++;
		snprintf(e->ctxs + strlen(e->ctxs),
			 sizeof(e->ctxs) - strlen(e->ctxs), "%u ", a->ctx_id);
	}
}

static const struct h248_txn_ops ops = {
	.send = fake_net_send,
	.random = fake_net_random,
	.request = on_request,
};

static const struct h248_txn_params defaults = {
	.mid = { .kind = H248_MID_IP4,
		 .text = { "192.0.2.20", 10 },
		 .port = 2944 },
	.version = 3,
	.max_txns_per_msg = 10,
	.first_tid = 100,
};

static struct end *end_new(const struct h248_txn_params *params)
{
	struct end *e = calloc(1, sizeof(*e));

	if (!e)
		abort();
	e->net.now_ms = 1000000;
	e->peer = fake_addr("192.0.2.10", 2944);
	e->answer = &small;
	e->txns = h248_txns_new(params, &ops, e);
	if (!e->txns)
		abort();
	return e;
}

static void end_free(struct end *e)
{
	h248_txns_free(e->txns);
	free(e);
}

static void receive(struct end *e, const char *text)
{
	h248_txns_input(e->txns, &e->peer, text, strlen(text), e->net.now_ms);
}

static void wait(struct end *e, uint64_t ms)
{
	uint64_t end = e->net.now_ms + ms;

	while (h248_txns_next(e->txns) <= end) {
		if (h248_txns_next(e->txns) > e->net.now_ms)
			e->net.now_ms = h248_txns_next(e->txns);
		h248_txns_tick(e->txns, e->net.now_ms);
	}
	e->net.now_ms = end;
}

static int ask(struct end *e)
{
	return h248_txns_request(e->txns, &e->peer, &small, on_reply, e,
				 e->net.now_ms, NULL);
}

static void acknowledge(struct end *e, unsigned int tid, unsigned int no,
			bool is_last)
{
	char text[64];

	snprintf(text, sizeof(text), HEAD "SM=%u/%u%s", tid, no,
		 is_last ? "/&" : "");
	receive(e, text);
}

/* Ours. */

static struct end *segmenting(unsigned int octets)
{
	struct h248_txn_params p = defaults;
	struct end *e;

	make_big();
	p.segment_octets = octets;
	e = end_new(&p);
	e->answer = big;
	return e;
}

/* Every command once, in order, in segments that are not longer than said. */
static void cut(void)
{
	struct end *e = segmenting(600);
	unsigned int n, seen = 0;
	char want[48];

	receive(e, HEAD "T=7{" AUDIT "}");
	n = e->net.n_sent;
	CU_ASSERT(n >= 4 && n < 20);
	for (unsigned int i = 0; i < n; i++) {
		const struct fake_msg *m = fake_net_msg(&e->net, i);

		CU_ASSERT(m->n <= 600);
		snprintf(want, sizeof(want), "P=7/%u%s{C=%u{", i + 1,
			 i + 1 == n ? "/&" : "", seen < 50 ? 7u : 8u);
		CU_ASSERT(fake_net_has(&e->net, i, want));
		for (; seen < N_CMDS; seen++) {
			snprintf(want, sizeof(want), "AV=%s", name[seen]);
			if (!fake_net_has(&e->net, i, want))
				break;
		}
	}
	CU_ASSERT_EQUAL(seen, N_CMDS);
	end_free(e);
}

/* What is not acknowledged comes again, by time and for a copy; when all are
 * there, nothing does. */
static void acknowledged(void)
{
	struct end *e = segmenting(1000);
	unsigned int n;

	receive(e, HEAD "T=7{" AUDIT "}");
	n = e->net.n_sent;
	CU_ASSERT(n > 2);
	for (unsigned int i = 1; i <= n; i++)
		if (i != 2)
			acknowledge(e, 7, i, i == n);
	acknowledge(e, 7, 1, false);
	acknowledge(e, 7, 0, false);
	acknowledge(e, 7, 65535, true);
	CU_ASSERT_EQUAL(e->net.n_sent, n);
	wait(e, 500);
	CU_ASSERT_EQUAL(e->net.n_sent, n + 1);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7/2{"));
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, n + 2);
	acknowledge(e, 7, 2, false);
	receive(e, HEAD "T=7{" AUDIT "}");
	wait(e, 29000);
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, n + 2);
	wait(e, 2000);
	CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
	acknowledge(e, 7, 2, false);
	CU_ASSERT(h248_txns_counters(e->txns)->stray);
	end_free(e);
}

/* Version 2 has none; what is short needs none; 64 are enough. */
static void not_cut(void)
{
	struct end *e = segmenting(600);
	struct h248_txn_params p = defaults;

	h248_txns_set_version(e->txns, 2);
	receive(e, "MEGACO/2 [192.0.2.10]:2944\nT=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->net.n_sent, 1);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{C=7{"));
	h248_txns_set_version(e->txns, 3);
	e->answer = &small;
	receive(e, HEAD "T=8{" AUDIT "}");
	CU_ASSERT(fake_net_last_has(&e->net, "P=8{C=-{AV=ROOT}}"));
	end_free(e);
	make_big();
	p.segment_octets = 60; /* a reply each: too many */
	e = end_new(&p);
	e->answer = big;
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->net.n_sent, 1);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{C=7{"));
	end_free(e);
}

/* Theirs. */

#define PART(no, ctx) HEAD "P=100/" no "{C=" ctx "{AV=a}}"

static void any_order(void)
{
	static const char *const orders[][5] = {
		{ PART("1", "1"), PART("2", "2"), PART("3/&", "3") },
		{ PART("3/&", "3"), PART("2", "2"), PART("1", "1") },
		{ PART("2", "2"), PART("2", "2"), PART("3/END", "3"),
		  PART("2", "2"), PART("1", "1") },
	};
	static const char *const acks[] = { "SM=100/3/&", "SM=100/1",
					    "SM=100/2" };

	for (unsigned int i = 0; i < 3; i++) {
		struct end *e = end_new(&defaults);
		unsigned int n = 0, acked = 0;

		ask(e);
		for (; n < 5 && orders[i][n]; n++) {
			CU_ASSERT_EQUAL(e->n_done, 0);
			receive(e, orders[i][n]);
		}
		CU_ASSERT_EQUAL(e->n_done, 1);
		CU_ASSERT_EQUAL(e->error, 0);
		CU_ASSERT_STRING_EQUAL(e->ctxs, "1 2 3 ");
		CU_ASSERT_EQUAL(e->net.n_sent,
				1 + n); /* each is acknowledged */
		for (unsigned int k = 0; k < 3; k++)
			for (unsigned int m = 1; m < e->net.n_sent; m++)
				if (fake_net_has(&e->net, m, acks[k])) {
					acked++;
					break;
				}
		CU_ASSERT_EQUAL(acked, 3);
		/* Our acknowledgement was lost. */
		receive(e, PART("3/&", "3"));
		CU_ASSERT(fake_net_last_has(&e->net, "SM=100/3/&"));
		CU_ASSERT_EQUAL(e->n_done, 1);
		CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
		end_free(e);
	}
}

/* 459, and which; the request is not repeated meanwhile. */
static void missing(void)
{
	static const struct {
		const char *parts[3];
		const char *text;
	} t[] = {
		{ { PART("1", "1"), PART("4/&", "4") }, "2,3" },
		{ { PART("2", "2"), PART("3/&", "3") }, "1" },
		{ { PART("1", "1"), PART("2", "2") }, "the last one" },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct end *e = end_new(&defaults);

		ask(e);
		for (unsigned int k = 0; t[i].parts[k]; k++)
			receive(e, t[i].parts[k]);
		wait(e, 3999);
		CU_ASSERT_EQUAL(e->n_done, 0);
		CU_ASSERT_EQUAL(e->net.n_sent, 3);
		wait(e, 1);
		CU_ASSERT_EQUAL(e->n_done, 1);
		CU_ASSERT_EQUAL(e->error, 459);
		CU_ASSERT_STRING_EQUAL(e->text, t[i].text);
		CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
		end_free(e);
	}
}

/* Replies to two requests, mixed; each gets its own. */
static void interleaved(void)
{
	struct end *e = end_new(&defaults);

	ask(e);
	ask(e);
	receive(e, HEAD "P=100/1{C=1{AV=a}}P=101/2/&{C=4{AV=a}}");
	receive(e, HEAD "P=101/1{C=3{AV=a}}");
	CU_ASSERT_STRING_EQUAL(e->ctxs, "3 4 ");
	receive(e, HEAD "P=100/2/&{C=2{AV=a}}");
	CU_ASSERT_STRING_EQUAL(e->ctxs, "3 4 1 2 ");
	CU_ASSERT_EQUAL(e->n_done, 2);
	end_free(e);
}

/* 65 535 of them: what is kept is bounded, what is not kept is not
 * acknowledged; numbers that cannot be are not either. */
static void endless(void)
{
	struct end *e = end_new(&defaults);
	char text[64];
	unsigned int n;

	ask(e);
	for (unsigned int i = 1; i <= 65535; i++) {
		snprintf(text, sizeof(text), HEAD "P=100/%u{C=1{AV=a}}", i);
		receive(e, text);
	}
	CU_ASSERT_EQUAL(e->net.n_sent, 1 + 64);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->stray, 65535 - 64);
	n = e->net.n_sent;
	receive(e, HEAD "P=100/0{C=1{AV=a}}");
	receive(e, PART("3/&", "1")); /* there are later ones */
	CU_ASSERT(e->net.n_sent - n <= 2);
	CU_ASSERT_EQUAL(e->n_done <= 1, true);
	wait(e, 4000);
	CU_ASSERT_EQUAL(e->n_done, 1);
	end_free(e);
}

/* One that is refused as the first of its reply has not been heard: the
 * request is repeated, and its reply is taken. */
static void refused(void)
{
	struct end *e = end_new(&defaults);

	ask(e);
	receive(e, HEAD "P=100/65{C=1{AV=a}}");
	CU_ASSERT_EQUAL(e->net.n_sent, 1);
	wait(e, 6000);
	CU_ASSERT_EQUAL(e->n_done, 0);
	CU_ASSERT(e->net.n_sent > 1);
	receive(e, PART("1/&", "1"));
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(e->error, 0);
	end_free(e);
}

/* All requests together: 1024. */
static void all_together(void)
{
	struct end *e = end_new(&defaults);
	char text[64];
	unsigned int n;

	for (unsigned int i = 0; i < 20; i++)
		ask(e);
	n = e->net.n_sent;
	for (unsigned int i = 0; i < 20; i++)
		for (unsigned int k = 1; k <= 64; k++) {
			snprintf(text, sizeof(text), HEAD "P=%u/%u{C=1{AV=a}}",
				 100 + i, k);
			receive(e, text);
		}
	CU_ASSERT_EQUAL(e->net.n_sent - n, 1024);
	wait(e, 30000);
	CU_ASSERT_EQUAL(e->n_done, 20);
	/* They are free again. */
	ask(e);
	n = e->net.n_sent;
	receive(e, HEAD "P=120/1{C=1{AV=a}}");
	CU_ASSERT_EQUAL(e->net.n_sent, n + 1);
	end_free(e);
}

/* Ids again. */

#define RESTART(reason) "C=-{SC=ROOT{SV{MT=RS,RE=" reason "}}}"

static void c32_restart(void)
{
	static const struct {
		const char *first; /* what it says when it is back, as T=7 */
		bool is_new;       /* T=8 as before is executed again */
	} t[] = {
		{ RESTART("\"901 Cold Boot\""), true },
		{ RESTART("\"902\""), true },
		{ RESTART("901"), true },
		{ RESTART("\"918 Cancel Graceful\""), false },
		{ "C=-{AV=ROOT{AT{M}}}", false },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct end *e = end_new(&defaults);
		char text[128];

		receive(e, HEAD "T=7{" AUDIT "} T=8{" AUDIT "}");
		receive(e, "!/3 [192.0.2.99]:2944 T=8{" AUDIT "}");
		receive(e, HEAD "K{8}");
		CU_ASSERT_EQUAL(e->executed, 3);
		snprintf(text, sizeof(text), HEAD "T=7{%s}", t[i].first);
		receive(e, text);
		CU_ASSERT_EQUAL(e->executed, t[i].is_new ? 4 : 3);
		receive(e, text); /* its copy is one */
		receive(e, HEAD "T=8{" AUDIT "}");
		CU_ASSERT_EQUAL(e->executed, t[i].is_new ? 5 : 3);
		/* Another sender has not restarted. */
		receive(e, "!/3 [192.0.2.99]:2944 T=8{" AUDIT "}");
		CU_ASSERT_EQUAL(e->executed, t[i].is_new ? 5 : 3);
		end_free(e);
	}
}

/* What runs while it restarts is answered, and is not executed twice. */
static void c32_running(void)
{
	struct end *e = end_new(&defaults);

	e->is_holding = true;
	receive(e, HEAD "T=8{" AUDIT "}");
	e->is_holding = false;
	receive(e, HEAD "T=7{" RESTART("\"901\"") "}");
	receive(e, HEAD "T=8{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 2);
	CU_ASSERT(fake_net_last_has(&e->net, "PN=8{}"));
	h248_in_reply(e->held, &small, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=8{IA,"));
	end_free(e);
}

/* Registered anew: the same again is a copy, other content is new. */
static void c32_registered_anew(void)
{
	struct end *e = end_new(&defaults);

	receive(e, HEAD "T=7{" AUDIT "} T=8{" AUDIT "}");
	h248_txns_renew(e->txns);
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 2);
	receive(e, HEAD "T=8{C=1{S=a}}");
	CU_ASSERT_EQUAL(e->executed, 3);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->conflicts, 0);
	receive(e, HEAD "T=8{" AUDIT "}"); /* now it is a violation (C22) */
	CU_ASSERT_EQUAL(e->executed, 3);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->conflicts, 1);
	end_free(e);
}

/* The other way: 506 is our verdict when a peer says it once too often. */
static void c26_pendings_of_the_peer(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;

	p.pending_limit_in = 2;
	e = end_new(&p);
	ask(e);
	receive(e, HEAD "PN=100{}");
	receive(e, HEAD "PN=100{}");
	CU_ASSERT_EQUAL(e->n_done, 0);
	receive(e, HEAD "PN=100{}");
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(e->error, 506);
	CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
	receive(e, HEAD "P=100{C=-{AV=ROOT}}");
	CU_ASSERT_EQUAL(e->n_done, 1);
	end_free(e);
}

/* D.2: nobody acknowledges replies over TCP; Pending is said all the same. */
static void reliable(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;

	p.is_reliable = true;
	e = end_new(&p);
	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	wait(e, 2000);
	CU_ASSERT(fake_net_last_has(&e->net, "PN=7{}"));
	h248_in_reply(e->held, &small, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{C=-{"));
	wait(e, 29000);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	receive(e, HEAD "T=7{" AUDIT "}"); /* at most once here too */
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	ask(e);
	wait(e, 3999);
	CU_ASSERT_EQUAL(e->net.n_sent, 4);
	wait(e, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 5);
	end_free(e);
}

static const struct suite_test tests[] = {
	{ "C27 6.12 a reply is cut", cut },
	{ "C27 6.12 SM, and what is repeated without", acknowledged },
	{ "C27 what is not cut", not_cut },
	{ "C27 6.12 segments in any order, repeated", any_order },
	{ "C27 missing segments: 459", missing },
	{ "C27 segments of two replies, mixed", interleaved },
	{ "C27 65 535 segments", endless },
	{ "C27 a segment that is refused", refused },
	{ "C27 all that is kept", all_together },
	{ "C32 T21 a controller restarts", c32_restart },
	{ "C32 what runs while it restarts", c32_running },
	{ "C32 T21 registered anew", c32_registered_anew },
	{ "C26 T22 Pendings of the peer: 506", c26_pendings_of_the_peer },
	{ "T20 T22 over TCP", reliable },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("h248/segments", tests);
}
