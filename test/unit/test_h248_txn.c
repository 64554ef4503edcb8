/*
 * test/unit/test_h248_txn.c - transactions, against a fake clock and network
 *
 * H.248.1 clause 9 and Annex D.1.  Case ids: C20-C24, C26 of the fault
 * catalogue, T9 and T20-T24 of the interoperability list.
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
#define PACKAGES "C=-{AV=ROOT{AT{PG}}}"

enum { HELD = 16 };

/* One endpoint with an executor that answers at once, or later. */
struct end {
	struct fake_net net; /* first: the hooks take it */
	struct h248_txns *txns;
	struct sockaddr_storage peer;
	unsigned int executed;
	bool is_holding; /* keep requests instead of answering */
	struct h248_in *held[HELD];
	const struct h248_txn *held_req[HELD];
	unsigned int n_held;
	unsigned int n_done; /* outcomes of requests of ours */
	int err;
	uint32_t reply_id;
	unsigned int reply_error;
	char big[200]; /* id of the answer, when set */
};

static struct h248_term_id root = {
	.text = { "ROOT", 4 },
	.is_root = true,
};
static struct h248_cmd audit = { .kind = H248_CMD_AUDIT_VALUE, .terms = &root };
static struct h248_action action = { .ctx = H248_CTX_NULL, .cmds = &audit };

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct end *e = arg;

	(void)msg;
	(void)from;
	e->executed++;
	if (!e->is_holding) {
		h248_in_reply(in, &action, e->net.now_ms);
		return;
	}
	if (e->n_held < HELD) {
		e->held[e->n_held] = in;
		e->held_req[e->n_held++] = req;
	}
}

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct end *e = arg;

	e->n_done++;
	e->err = err;
	e->reply_id = reply ? reply->id : 0;
	e->reply_error = reply && reply->error ? reply->error->code : 0;
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

static void receive_from(struct end *e, const struct sockaddr_storage *from,
			 const char *text)
{
	/* On the heap without NUL, so that a read too far is seen. */
	size_t n = strlen(text);
	char *buf = malloc(n ? n : 1);

	if (!buf)
		abort();
	memcpy(buf, text, n);
	h248_txns_input(e->txns, from, buf, n, e->net.now_ms);
	free(buf);
}

static void receive(struct end *e, const char *text)
{
	receive_from(e, &e->peer, text);
}

static void wait_until(struct end *e, uint64_t at_ms)
{
	while (h248_txns_next(e->txns) <= at_ms) {
		if (h248_txns_next(e->txns) > e->net.now_ms)
			e->net.now_ms = h248_txns_next(e->txns);
		h248_txns_tick(e->txns, e->net.now_ms);
	}
	e->net.now_ms = at_ms;
}

static void wait(struct end *e, uint64_t ms)
{
	wait_until(e, e->net.now_ms + ms);
}

static int ask(struct end *e, uint32_t *tid)
{
	return h248_txns_request(e->txns, &e->peer, &action, on_reply, e,
				 e->net.now_ms, tid);
}

/* Requests received. */

static void c20_before_during_after(void)
{
	struct end *e = end_new(&defaults);
	const struct h248_txn_counters *n = h248_txns_counters(e->txns);

	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 0);
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT(fake_net_last_has(&e->net, "PN=7{"));
	h248_in_reply(e->held[0], &action, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{IA,C=-{AV=ROOT"));
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{IA,"));
	CU_ASSERT_EQUAL(n->requests_in, 1);
	CU_ASSERT_EQUAL(n->duplicates, 2);
	CU_ASSERT_EQUAL(n->conflicts, 0);
	CU_ASSERT_EQUAL(n->pendings_out, 1);
	end_free(e);
}

static void c20_key_is_mid_and_id(void)
{
	struct end *e = end_new(&defaults);

	receive(e, HEAD "T=7{" AUDIT "}");
	receive(e, "!/3 [192.0.2.10]:2945 T=7{" AUDIT "}");
	receive(e, "!/3 <mgc.example>:2944 T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 3);
	receive(e, "!/3 <MGC.example>:2944 T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 3);
	end_free(e);
}

static void c21_new_after_long_timer(void)
{
	struct end *e = end_new(&defaults);

	receive(e, HEAD "T=7{" AUDIT "}");
	wait(e, 29999);
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	wait(e, 1);
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 2);
	end_free(e);
}

static void c22_same_id_other_content(void)
{
	struct end *e = end_new(&defaults);

	receive(e, HEAD "T=7{" AUDIT "}");
	receive(e, HEAD "Transaction = 7 { Context = - { AuditValue = ROOT "
			"{ Audit { } } } }");
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->conflicts, 0);
	receive(e, HEAD "T=7{C=1{S=ip/1/access/1}}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{C=-{AV=ROOT"));
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->conflicts, 1);
	end_free(e);
}

static void c23_seven_repetitions(void)
{
	struct end *e = end_new(&defaults);

	for (int i = 0; i < 8; i++) {
		receive(e, HEAD "T=7{" AUDIT "}");
		wait(e, 3000);
	}
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->replies_out, 8);
	CU_ASSERT_STRING_EQUAL(fake_net_msg(&e->net, 0)->text,
			       fake_net_msg(&e->net, 7)->text);
	end_free(e);
}

static void c24_acks(void)
{
	static const struct {
		const char *ack;
		bool is_confirmed; /* a copy of 7 brings nothing */
	} t[] = {
		{ "K{7}", true },
		{ "K{6-8}", true },
		{ "K{1-4294967295}", true },
		{ "K{0-4294967295,3}", true },
		{ "K{5,7}", true },
		{ "K{8-9}", false },
		{ "K{8-4294967295}", false },
		{ "K{8-6}", false },
		{ "K{4000000000}", false },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct end *e = end_new(&defaults);
		char text[128];

		receive(e, HEAD "T=7{" AUDIT "}");
		snprintf(text, sizeof(text), HEAD "%s", t[i].ack);
		receive(e, text);
		receive(e, HEAD "T=7{" AUDIT "}");
		CU_ASSERT_EQUAL(e->executed, 1);
		CU_ASSERT_EQUAL(e->net.n_sent, t[i].is_confirmed ? 1 : 2);
		if (e->net.n_sent != (t[i].is_confirmed ? 1u : 2u))
			printf("%s\n", t[i].ack);
		end_free(e);
	}
}

static void c24_ack_of_another_sender(void)
{
	struct end *e = end_new(&defaults);

	receive(e, HEAD "T=7{" AUDIT "}");
	receive(e, "!/3 [192.0.2.99]:2944 K{7}");
	receive(e, "!/3 [192.0.2.99]:2944 K{0-4294967295}");
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	end_free(e);
}

static void c24_ack_while_running_or_stale(void)
{
	struct end *e = end_new(&defaults);

	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	receive(e, HEAD "K{7}");
	h248_in_reply(e->held[0], &action, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{"));
	e->is_holding = false;
	receive(e, HEAD "K{7}"); /* the id stays until LONG-TIMER */
	wait(e, 29999);
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	wait(e, 1);
	receive(e, HEAD "K{1-100}"); /* stale: nothing is stored */
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 2);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	end_free(e);
}

static void c26_too_many_pendings(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;

	p.pending_limit = 2;
	e = end_new(&p);
	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	receive(e, HEAD "T=7{" AUDIT "}");
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT(fake_net_last_has(&e->net, "PN=7{"));
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{IA,ER=506{"));
	wait(e, 70000); /* the executor still has it */
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT(fake_net_last_has(&e->net, "ER=506{"));
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 4);
	h248_in_reply(e->held[0], &action, e->net.now_ms);
	CU_ASSERT_EQUAL(e->net.n_sent, 4); /* too late */
	wait(e, 70000);
	CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
	end_free(e);
}

static void t9_transactions_per_message(void)
{
	struct end *e = end_new(&defaults);
	char text[2048] = HEAD;

	for (int i = 1; i <= 10; i++)
		sprintf(text + strlen(text), "T=%d{" AUDIT "}\n", i);
	receive(e, text);
	CU_ASSERT_EQUAL(e->executed, 10);
	CU_ASSERT_EQUAL(e->net.n_sent, 10);
	for (int i = 11; i <= 21; i++)
		sprintf(text + strlen(text), "T=%d{" AUDIT "}\n", i);
	receive(e, strcat(text, ""));
	CU_ASSERT_EQUAL(e->executed, 10);
	CU_ASSERT_EQUAL(e->net.n_sent, 11);
	CU_ASSERT(fake_net_last_has(&e->net, "[192.0.2.20]:2944ER=413{"));
	for (int i = 22; i <= 100; i++) /* over the decoder's own limit */
		sprintf(text + strlen(text), "T=%d{}", i);
	receive(e, text);
	CU_ASSERT_EQUAL(e->executed, 10);
	CU_ASSERT(fake_net_last_has(&e->net, "ER=413{"));
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->refused, 2);
	end_free(e);
}

/* A message that is refused as a whole: its requests are not executed, and
 * what it answers counts only when it could be read. */
static void refused_messages(void)
{
	static const struct {
		const char *header, *error;
		bool is_reply_heard;
	} t[] = {
		{ "MEGACO/4 [192.0.2.1]:2944\n", "ER=406{", true }, /* C12 */
		{ "MEGACO/99 [192.0.2.1]:2944\n", "ER=406{", true },
		{ "AU=0x00000001:0x00000002:0x0123456789abcdef01234567\n" HEAD,
		  "[192.0.2.20]:2944ER=402{", false }, /* C17 */
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct end *e = end_new(&defaults);
		char text[512];

		CU_ASSERT_EQUAL(ask(e, NULL), 0);
		snprintf(text, sizeof(text), "%sT=5{" AUDIT "}", t[i].header);
		receive(e, text);
		CU_ASSERT_EQUAL(e->executed, 0);
		CU_ASSERT(fake_net_last_has(&e->net, t[i].error));
		CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->refused, 1);
		snprintf(text, sizeof(text), "%sP=%u{C=-{AV=ROOT}}",
			 t[i].header, defaults.first_tid);
		receive(e, text);
		CU_ASSERT_EQUAL(e->net.n_sent, 2);
		CU_ASSERT_EQUAL(e->n_done, t[i].is_reply_heard);
		receive(e, HEAD "T=5{" AUDIT "}");
		CU_ASSERT_EQUAL(e->executed, 1);
		end_free(e);
	}
}

static void t20_other_source_port(void)
{
	struct end *e = end_new(&defaults);
	struct sockaddr_storage other = fake_addr("192.0.2.10", 40000);

	receive(e, HEAD "T=7{" AUDIT "}");
	receive_from(e, &other, HEAD "T=7{" AUDIT "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_STRING_EQUAL(fake_addr_str(&fake_net_msg(&e->net, 0)->to),
			       "192.0.2.10:2944");
	CU_ASSERT_STRING_EQUAL(fake_addr_str(&fake_net_msg(&e->net, 1)->to),
			       "192.0.2.10:40000");
	end_free(e);
}

static void t22_pending_and_immediate_ack(void)
{
	struct end *e = end_new(&defaults);

	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	wait(e, 1999);
	CU_ASSERT_EQUAL(e->net.n_sent, 0);
	wait(e, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 1);
	CU_ASSERT(fake_net_last_has(&e->net, "PN=7{"));
	h248_in_reply(e->held[0], &action, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{IA,"));
	wait(e, 499);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	wait(e, 1); /* no K: the reply comes again */
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	receive(e, HEAD "K{7}");
	wait(e, 29000);
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	CU_ASSERT_EQUAL(e->executed, 1);
	end_free(e);
}

static void t22_missing_ack_ends(void)
{
	struct end *e = end_new(&defaults);

	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	wait(e, 2000);
	h248_in_reply(e->held[0], &action, e->net.now_ms);
	wait(e, 60000);
	CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
	/* 500 1500 3500 7500 11500 15500 19500 23500 */
	CU_ASSERT_EQUAL(e->net.n_sent, 2 + 8);
	end_free(e);
}

static void t23_many_in_one_message(void)
{
	struct end *e = end_new(&defaults);

	e->is_holding = true;
	receive(e, HEAD "T=1{" AUDIT "} T=2{C=5{S=ip/1/a/1}} T=3{" AUDIT "}");
	CU_ASSERT_EQUAL_FATAL(e->n_held, 3);
	h248_in_reply(e->held[2], &action, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=3{"));
	h248_in_reply(e->held[0], &action, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=1{"));
	/* The buffer lives as long as one of them. */
	CU_ASSERT_EQUAL(e->held_req[1]->actions->ctx_id, 5);
	CU_ASSERT_EQUAL(memcmp(e->held_req[1]->actions->cmds->terms->text.p,
			       "ip/1", 4),
			0);
	h248_in_fail(e->held[1], 411, NULL, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=2{ER=411{"));
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	end_free(e);
}

static void placement_of_errors(void)
{
	static const struct {
		const char *text;
		const char *answer; /* NULL: silence */
	} t[] = {
		{ HEAD "FOO=1{}", "!/3[192.0.2.20]:2944ER=400{" },
		{ HEAD, "ER=400{" },
		{ "", NULL },
		{ "GET / HTTP/1.1\r\n\r\n", NULL },
		{ "MEGACO/3", NULL },
		{ HEAD "ER=400{\"Syntax error in message\"}", NULL },
		{ HEAD "P=9{" AUDIT "} FOO", NULL },
		{ HEAD "P=9{C=-{AV=ROOT}", NULL },
		{ HEAD "T=X{" AUDIT "}", "P=0{ER=403{" },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct end *e = end_new(&defaults);

		receive(e, t[i].text);
		CU_ASSERT_EQUAL(e->executed, 0);
		CU_ASSERT_EQUAL(e->net.n_sent, t[i].answer ? 1 : 0);
		if (t[i].answer)
			CU_ASSERT(fake_net_last_has(&e->net, t[i].answer));
		if (e->net.n_sent != (t[i].answer ? 1u : 0u))
			printf("%s -> %s\n", t[i].text,
			       fake_net_last(&e->net)->text);
		end_free(e);
	}
}

static void what_is_before_a_fault_is_executed(void)
{
	struct end *e = end_new(&defaults);

	receive(e, HEAD "T=7{" AUDIT "} FOO=1{}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	CU_ASSERT(fake_net_has(&e->net, 0, "P=7{C=-{"));
	CU_ASSERT(fake_net_has(&e->net, 1, "ER=400{"));
	receive(e, HEAD "T=8{" AUDIT ",C=x{}}T=9{X=1{}}");
	CU_ASSERT_EQUAL(e->executed, 2);
	CU_ASSERT(fake_net_last_has(&e->net, "P=9{ER=422{"));
	end_free(e);
}

static void full_store_refuses_and_keeps(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;
	char text[128];

	p.max_stored = 4;
	e = end_new(&p);
	for (int i = 1; i <= 5; i++) {
		snprintf(text, sizeof(text), HEAD "T=%d{" PACKAGES "}", i);
		receive(e, text);
	}
	CU_ASSERT_EQUAL(e->executed, 4);
	CU_ASSERT(fake_net_last_has(&e->net, "P=5{ER=510{"));
	receive(e, HEAD "T=6{" AUDIT "}"); /* a heartbeat still has a place */
	CU_ASSERT_EQUAL(e->executed, 5);
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{ER=510{"));
	receive(e, HEAD "T=1{" PACKAGES "}"); /* the oldest is still there */
	CU_ASSERT_EQUAL(e->executed, 5);
	CU_ASSERT(fake_net_last_has(&e->net, "P=1{C=-{"));
	wait(e, 30000);
	receive(e, HEAD "T=5{" PACKAGES "}");
	CU_ASSERT_EQUAL(e->executed, 6);
	end_free(e);
}

static void full_store_forgets_what_is_confirmed(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;
	char text[128];

	p.max_stored = 4;
	e = end_new(&p);
	for (int i = 1; i <= 4; i++) {
		snprintf(text, sizeof(text), HEAD "T=%d{" PACKAGES "}", i);
		receive(e, text);
	}
	receive(e, HEAD "K{2-3}");
	for (int i = 5; i <= 6; i++) { /* in the places of 2 and 3 */
		snprintf(text, sizeof(text), HEAD "T=%d{" PACKAGES "}", i);
		receive(e, text);
	}
	CU_ASSERT_EQUAL(e->executed, 6);
	receive(e, HEAD "T=1{" PACKAGES "} T=4{" AUDIT
			"}"); /* unconfirmed: kept */
	CU_ASSERT_EQUAL(e->executed, 6);
	CU_ASSERT(fake_net_last_has(&e->net, "P=4{C=-{"));
	receive(e, HEAD "T=7{" PACKAGES "}");
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{ER=510{"));
	end_free(e);
}

static void full_store_by_octets(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;

	p.max_stored_octets = 30; /* less than one reply */
	e = end_new(&p);
	receive(e, HEAD "T=1{" PACKAGES "} T=2{" PACKAGES "}");
	CU_ASSERT_EQUAL(e->executed, 1);
	CU_ASSERT(fake_net_last_has(&e->net, "P=2{ER=510{"));
	wait(e, 30000);
	receive(e, HEAD "T=2{" PACKAGES "}");
	CU_ASSERT_EQUAL(e->executed, 2);
	end_free(e);
}

/* Ids without a reply make no room for replies: they are remembered. */
static void full_store_by_octets_keeps_ids(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;

	p.max_stored_octets = 60; /* one reply, not two */
	e = end_new(&p);
	receive(e, HEAD "T=1{" PACKAGES "}");
	receive(e, HEAD "K{1} T=2{" PACKAGES "} T=3{" PACKAGES "}");
	CU_ASSERT_EQUAL(e->executed, 3);
	receive(e, HEAD "T=4{" PACKAGES "}");
	CU_ASSERT_EQUAL(e->executed, 3);
	CU_ASSERT(fake_net_last_has(&e->net, "P=4{ER=510{"));
	receive(e, HEAD "T=1{" PACKAGES "}"); /* a late copy */
	CU_ASSERT_EQUAL(e->executed, 3);
	CU_ASSERT(fake_net_last_has(&e->net, "P=4{ER=510{"));
	receive(e, HEAD "K{2-3} T=4{" PACKAGES "}");
	CU_ASSERT_EQUAL(e->executed, 4);
	end_free(e);
}

/* A reply of more than a datagram: 4000 terminations of 30 octets. */
static void too_long_reply_becomes_533(void)
{
	enum { N = 4000 };
	struct end *e = end_new(&defaults);
	struct h248_cmd *cmds = calloc(N, sizeof(*cmds));
	struct h248_term_id id = {
		.text = { "ip/1/access/1234567890123456789", 31 },
	};
	struct h248_action long_one = { .ctx = H248_CTX_NULL, .cmds = cmds };

	CU_ASSERT_PTR_NOT_NULL_FATAL(cmds);
	for (int i = 0; i < N; i++) {
		cmds[i].kind = H248_CMD_AUDIT_VALUE;
		cmds[i].terms = &id;
		cmds[i].next = i + 1 < N ? &cmds[i + 1] : NULL;
	}
	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	h248_in_reply(e->held[0], &long_one, e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{ER=533{"));
	receive(e, HEAD "T=7{" AUDIT "}");
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{ER=533{"));
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	CU_ASSERT_EQUAL(ask(e, NULL), 0);
	CU_ASSERT_EQUAL(h248_txns_request(e->txns, &e->peer, &long_one,
					  on_reply, e, e->net.now_ms, NULL),
			-EMSGSIZE);
	end_free(e);
	free(cmds);
}

static void unsayable_error_text(void)
{
	struct end *e = end_new(&defaults);

	e->is_holding = true;
	receive(e, HEAD "T=7{" AUDIT "}");
	h248_in_fail(e->held[0], 449, "a \" quote", e->net.now_ms);
	CU_ASSERT(fake_net_last_has(&e->net, "P=7{ER=449{"));
	end_free(e);
}

/* Requests of ours. */

static void t21_back_off(void)
{
	/* 500 as configured, then the upper half of the doubled interval. */
	static const struct {
		uint32_t random; /* added to the lower bound */
		uint64_t at_ms[7];
	} t[] = {
		{ 0, { 0, 500, 1000, 2000, 4000, 6000, 8000 } },
		{ 500, { 0, 500, 1500, 3000, 5500, 8000, 10500 } },
	};

	for (unsigned int i = 0; i < 2; i++) {
		struct end *e = end_new(&defaults);
		uint64_t start = e->net.now_ms;

		e->net.random = t[i].random;
		CU_ASSERT_EQUAL(ask(e, NULL), 0);
		wait(e, 11000);
		for (unsigned int k = 0; k < 7; k++)
			CU_ASSERT_EQUAL(fake_net_msg(&e->net, k)->at_ms - start,
					t[i].at_ms[k]);
		CU_ASSERT_STRING_EQUAL(fake_net_msg(&e->net, 0)->text,
				       fake_net_msg(&e->net, 6)->text);
		end_free(e);
	}
}

static void t21_jitter_stays_inside(void)
{
	struct end *e = end_new(&defaults);
	uint64_t interval = 500, last;

	e->net.random = 12345;
	e->net.random_step = 2654435761u;
	ask(e, NULL);
	wait(e, 24999);
	last = fake_net_msg(&e->net, 1)->at_ms;
	CU_ASSERT(e->net.n_sent >= 8 && e->net.n_sent <= 16);
	for (unsigned int i = 2; i < e->net.n_sent; i++) {
		uint64_t at = fake_net_msg(&e->net, i)->at_ms;

		interval = interval > 2000 ? 4000 : interval * 2;
		CU_ASSERT(at - last >= interval / 2);
		CU_ASSERT(at - last <= interval);
		last = at;
	}
	end_free(e);
}

static void t21_t_max(void)
{
	struct end *e = end_new(&defaults);

	ask(e, NULL);
	wait(e, 24999);
	CU_ASSERT_EQUAL(e->n_done, 0);
	wait(e, 1);
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(e->err, -ETIMEDOUT);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->timeouts, 1);
	CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
	receive(e, HEAD "P=100{C=-{AV=ROOT}}");
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->stray, 1);
	end_free(e);
}

static void t20_reply_ends_repetition(void)
{
	struct end *e = end_new(&defaults);
	uint32_t tid = 0;

	CU_ASSERT_EQUAL(ask(e, &tid), 0);
	CU_ASSERT_EQUAL(tid, 100);
	CU_ASSERT(fake_net_last_has(&e->net, "T=100{C=-{AV=ROOT"));
	wait(e, 600);
	receive(e, HEAD "P=100{C=-{AV=ROOT}}");
	receive(e, HEAD "P=100{C=-{AV=ROOT}}");
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(e->err, 0);
	CU_ASSERT_EQUAL(e->reply_id, 100);
	wait(e, 30000);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	CU_ASSERT_EQUAL(e->n_done, 1);
	ask(e, &tid);
	CU_ASSERT_EQUAL(tid, 101);
	receive(e, HEAD "P=101{ER=502{\"Not ready\"}}");
	CU_ASSERT_EQUAL(e->reply_error, 502);
	end_free(e);
}

static void t22_peer_says_pending(void)
{
	struct end *e = end_new(&defaults);

	ask(e, NULL);
	wait(e, 400);
	receive(e, HEAD "PN=100{}");
	wait(e, 3999);
	CU_ASSERT_EQUAL(e->net.n_sent, 1);
	wait(e, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	wait(e, 20999); /* T-MAX counts from the Pending */
	CU_ASSERT_EQUAL(e->n_done, 0);
	wait(e, 1);
	CU_ASSERT_EQUAL(e->err, -ETIMEDOUT);
	receive(e, HEAD "PN=100{}");
	CU_ASSERT_EQUAL(h248_txns_next(e->txns), UINT64_MAX);
	end_free(e);
}

static void t22_endless_pendings(void)
{
	struct end *e = end_new(&defaults);

	ask(e, NULL);
	for (int i = 0; i < 600 && !e->n_done; i++) {
		receive(e, HEAD "PN=100{}");
		wait(e, 20000);
	}
	CU_ASSERT_EQUAL(e->err, 0);
	CU_ASSERT_EQUAL(e->reply_error, 506);
	end_free(e);
}

static void t22_immediate_ack_is_answered(void)
{
	struct end *e = end_new(&defaults);

	ask(e, NULL);
	receive(e, HEAD "P=100{IA,C=-{AV=ROOT}}");
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	CU_ASSERT(fake_net_last_has(&e->net, "K{100}"));
	receive(e, HEAD "P=100{IA,C=-{AV=ROOT}}"); /* our K was lost */
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(e->net.n_sent, 3);
	CU_ASSERT(fake_net_last_has(&e->net, "K{100}"));
	end_free(e);
}

static void unreadable_reply_is_a_verdict(void)
{
	struct end *e = end_new(&defaults);

	ask(e, NULL);
	receive(e, HEAD "P=100{FOO}");
	wait(e, 25000);
	CU_ASSERT_EQUAL(e->n_done, 1);
	CU_ASSERT_EQUAL(h248_txns_counters(e->txns)->msgs_out, e->net.n_sent);
	end_free(e);
}

static void t24_move_and_cancel(void)
{
	struct end *e = end_new(&defaults);
	struct sockaddr_storage next = fake_addr("192.0.2.11", 2944);

	ask(e, NULL);
	ask(e, NULL);
	wait(e, 20000);
	e->net.n_sent = 0;
	h248_txns_move(e->txns, &next, &e->peer, e->net.now_ms);
	CU_ASSERT_EQUAL(e->net.n_sent, 0);
	h248_txns_move(e->txns, &e->peer, &next, e->net.now_ms);
	CU_ASSERT_EQUAL(e->net.n_sent, 2);
	CU_ASSERT_STRING_EQUAL(fake_addr_str(&fake_net_last(&e->net)->to),
			       "192.0.2.11:2944");
	wait(e, 24999); /* the age starts again */
	CU_ASSERT_EQUAL(e->n_done, 0);
	h248_txns_cancel(e->txns, &e->peer);
	CU_ASSERT_EQUAL(e->n_done, 0);
	h248_txns_cancel(e->txns, &next);
	CU_ASSERT_EQUAL(e->n_done, 2);
	CU_ASSERT_EQUAL(e->err, -ECANCELED);
	end_free(e);
}

static void ask_again(void *arg, int err, const struct h248_txn *reply)
{
	struct end *e = arg;

	on_reply(arg, err, reply);
	if (e->n_done < 10)
		h248_txns_request(e->txns, &e->peer, &action, ask_again, e,
				  e->net.now_ms, NULL);
}

static void requests_from_inside_callbacks(void)
{
	struct end *e = end_new(&defaults);

	h248_txns_request(e->txns, &e->peer, &action, ask_again, e,
			  e->net.now_ms, NULL);
	h248_txns_cancel(e->txns, NULL); /* the new one stays */
	CU_ASSERT_EQUAL(e->n_done, 1);
	wait(e, 25000);
	CU_ASSERT_EQUAL(e->n_done, 2);
	CU_ASSERT_EQUAL(e->err, -ETIMEDOUT);
	h248_txns_free(e->txns); /* and ends here */
	CU_ASSERT_EQUAL(e->n_done, 3);
	CU_ASSERT_EQUAL(e->err, -ECANCELED);
	free(e);
}

static void outstanding_requests_are_bounded(void)
{
	struct end *e = end_new(&defaults);
	unsigned int n = 0;

	while (n < 100000 && ask(e, NULL) == 0)
		n++;
	CU_ASSERT_EQUAL(n, 4096);
	CU_ASSERT_EQUAL(ask(e, NULL), -EAGAIN);
	end_free(e);
}

static void t10_ids_wrap_over_zero(void)
{
	struct h248_txn_params p = defaults;
	struct end *e;
	uint32_t tid;

	p.first_tid = UINT32_MAX;
	e = end_new(&p);
	ask(e, &tid);
	CU_ASSERT_EQUAL(tid, UINT32_MAX);
	ask(e, &tid);
	CU_ASSERT_EQUAL(tid, 1);
	end_free(e);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "C20 T20 before, during, after", c20_before_during_after },
		{ "C20 T20 key is MID and id", c20_key_is_mid_and_id },
		{ "C21 T21 new after LONG-TIMER", c21_new_after_long_timer },
		{ "C22 same id, other content", c22_same_id_other_content },
		{ "C23 T20 seven repetitions", c23_seven_repetitions },
		{ "C24 T20 acknowledgements", c24_acks },
		{ "C24 of another sender", c24_ack_of_another_sender },
		{ "C24 running or stale", c24_ack_while_running_or_stale },
		{ "C26 T22 too many Pendings", c26_too_many_pendings },
		{ "C12, C17 refused messages", refused_messages },
		{ "T9 transactions per message", t9_transactions_per_message },
		{ "T10 P18 ids wrap over 0", t10_ids_wrap_over_zero },
		{ "T20 reply ends repetition", t20_reply_ends_repetition },
		{ "T20 other source port", t20_other_source_port },
		{ "T21 back-off", t21_back_off },
		{ "T21 jitter stays inside", t21_jitter_stays_inside },
		{ "T21 T-MAX", t21_t_max },
		{ "T22 Pending and IA", t22_pending_and_immediate_ack },
		{ "T22 missing K", t22_missing_ack_ends },
		{ "T22 the peer says Pending", t22_peer_says_pending },
		{ "T22 endless Pendings", t22_endless_pendings },
		{ "T22 IA is answered", t22_immediate_ack_is_answered },
		{ "T23 many in one message", t23_many_in_one_message },
		{ "C30 move and cancel", t24_move_and_cancel },
		{ "8.2.2 placement of errors", placement_of_errors },
		{ "8.2.2 before a fault", what_is_before_a_fault_is_executed },
		{ "8.2.2 unreadable reply", unreadable_reply_is_a_verdict },
		{ "full store: entries", full_store_refuses_and_keeps },
		{ "full store: confirmed ones give way",
		  full_store_forgets_what_is_confirmed },
		{ "full store: octets", full_store_by_octets },
		{ "full store: ids stay", full_store_by_octets_keeps_ids },
		{ "533 reply too long", too_long_reply_becomes_533 },
		{ "error text with a quote", unsayable_error_text },
		{ "requests inside callbacks", requests_from_inside_callbacks },
		{ "bounded requests", outstanding_requests_are_bounded },
		{ NULL, NULL },
	};

	return suite_run("h248/txn", tests);
}
