/*
 * test/unit/test_h248_assoc.c - the association, against a fake network
 *
 * H.248.1 clause 11.  Case ids: C33 of the fault catalogue, T30 and T31 of
 * the interoperability list.
 */
#include "test/support/assoc_rig.h"
#include "test/support/suite.h"

#include "h248/addr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void cold_boot(void)
{
	struct gate *g = gate_started(1);

	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_REGISTERING);
	CU_ASSERT_PTR_NULL(h248_assoc_controller(g->a));
	CU_ASSERT(fake_net_last_has(&g->net, "!/1[192.0.2.20]:2944T=1{C=-{"
					     "SC=ROOT{SV{MT=RS,"));
	CU_ASSERT(fake_net_last_has(&g->net, "RE=\"901 Cold Boot\""));
	CU_ASSERT(fake_net_last_has(&g->net, "V=3"));
	CU_ASSERT(fake_net_last_has(&g->net, "PF=ETSI_BGF/2"));
	CU_ASSERT(fake_net_last_has(&g->net, "20260115T08300014"));
	CU_ASSERT_EQUAL(h248_assoc_request(g->a, &gate_action, gate_on_reply, g,
					   g->net.now_ms, NULL),
			-ENOTCONN);
	gate_answer(g, "C=-{SC=ROOT{SV{V=2,PF=ETSI_BGF/2}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	CU_ASSERT_EQUAL(h248_assoc_version(g->a), 2);
	CU_ASSERT_STRING_EQUAL(fake_addr_str(h248_assoc_controller(g->a)),
			       "192.0.2.1:2944");
	CU_ASSERT_EQUAL(h248_assoc_request(g->a, &gate_action, gate_on_reply, g,
					   g->net.now_ms, NULL),
			0);
	CU_ASSERT(fake_net_last_has(&g->net, "!/2[192.0.2.20]:2944T=2{"));
	gate_answer(g, "C=-{AV=ROOT}");
	CU_ASSERT_EQUAL(g->n_done, 1);
	CU_ASSERT_EQUAL(g->err, 0);
	gate_free(g);
}

static void c33_early_request(void)
{
	struct gate *g = gate_started(1);

	gate_receive(g, HEAD1 "T=77{" AUDIT "}");
	CU_ASSERT_EQUAL(g->executed, 0);
	CU_ASSERT(fake_net_last_has(&g->net, "P=77{ER=505{"));
	g->net.n_sent = 1; /* the registration is the latest again */
	gate_answer(g, "C=-{SC=ROOT}");
	gate_receive(g, HEAD1 "T=78{" AUDIT "}");
	CU_ASSERT_EQUAL(g->executed, 1);
	CU_ASSERT(fake_net_last_has(&g->net, "P=78{C=-{"));
	gate_free(g);
}

/* What a reply to the registration leads to, with two controllers. */
static void replies(void)
{
	static const struct {
		const char *body;
		enum h248_assoc_state state;
		const char *asked; /* whom next; NULL: nobody */
		uint8_t version;
	} t[] = {
		{ "C=-{SC=ROOT{SV{V=3,PF=ETSI_BGF/2,20260115T08300014}}}",
		  H248_ASSOC_ACTIVE, NULL, 3 },
		{ "C=-{SC=ROOT{SV{V=1}}}", H248_ASSOC_ACTIVE, NULL, 1 },
		{ "C=-{SC=ROOT}", H248_ASSOC_ACTIVE, NULL, 3 },
		{ "C=-{SC=ROOT{SV{PF=etsi_bgf/2}}}", H248_ASSOC_ACTIVE, NULL,
		  3 },
		{ "C=-{SC=ROOT{SV{V=4}}}", H248_ASSOC_REGISTERING,
		  "192.0.2.2:2944", 0 },
		{ "C=-{SC=ROOT{SV{PF=ETSI_BGF/3}}}", H248_ASSOC_REGISTERING,
		  "192.0.2.2:2944", 0 },
		{ "C=-{SC=ROOT{SV{PF=ResGW/1}}}", H248_ASSOC_REGISTERING,
		  "192.0.2.2:2944", 0 },
		{ "C=-{SC=ROOT{ER=402{\"Unauthorized\"}}}",
		  H248_ASSOC_REGISTERING, "192.0.2.2:2944", 0 },
		{ "C=-{ER=406{\"Version Not Supported\"}}",
		  H248_ASSOC_REGISTERING, "192.0.2.2:2944", 0 },
		{ "ER=502{\"Not Ready\"}", H248_ASSOC_REGISTERING,
		  "192.0.2.2:2944", 0 },
		{ "C=-{AV=ROOT}", H248_ASSOC_REGISTERING, "192.0.2.2:2944", 0 },
		{ "C=-{SC=ROOT{SV{MG=[192.0.2.99]:2950}}}",
		  H248_ASSOC_REGISTERING, "192.0.2.99:2950", 0 },
		{ "C=-{SC=ROOT{SV{MG=[192.0.2.98]}}}", H248_ASSOC_REGISTERING,
		  "192.0.2.98:2944", 0 },
		{ "C=-{SC=ROOT{SV{MG=<other.example>}}}",
		  H248_ASSOC_REGISTERING, "192.0.2.2:2944", 0 },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct gate *g = gate_started(2);

		gate_answer(g, t[i].body);
		CU_ASSERT_EQUAL(h248_assoc_state(g->a), t[i].state);
		CU_ASSERT_EQUAL(g->net.n_sent, t[i].asked ? 2 : 1);
		if (t[i].asked)
			CU_ASSERT_STRING_EQUAL(gate_last_to(g), t[i].asked);
		if (t[i].version)
			CU_ASSERT_EQUAL(h248_assoc_version(g->a), t[i].version);
		if (h248_assoc_state(g->a) != t[i].state)
			printf("%s: %s\n", t[i].body, g->why);
		gate_free(g);
	}
}

static void service_change_address(void)
{
	static const struct {
		const char *body;
		const char *later;
	} t[] = {
		{ "C=-{SC=ROOT{SV{AD=2950}}}", "192.0.2.1:2950" },
		{ "C=-{SC=ROOT{SV{AD=[192.0.2.77]:2951}}}", "192.0.2.77:2951" },
	};

	for (unsigned int i = 0; i < 2; i++) {
		struct gate *g = gate_started(1);

		gate_answer(g, t[i].body);
		h248_assoc_request(g->a, &gate_action, gate_on_reply, g,
				   g->net.now_ms, NULL);
		CU_ASSERT_STRING_EQUAL(gate_last_to(g), t[i].later);
		gate_free(g);
	}
}

/* Whether a request is executed; who is not known gets nothing, whatever it
 * says. */
/* Before anybody has us a stranger answers in the name of the controller: the
 * registration goes on, and the stranger gets nothing. */
static void c50_stranger_answers(void)
{
	struct sockaddr_storage stranger = fake_addr("198.51.100.1", 2944);
	struct gate *g = gate_started(2);

	gate_answer_from(g, "198.51.100.1", "C=-{SC=ROOT}");
	gate_answer_from(g, "198.51.100.1",
			 "C=-{SC=ROOT{SV{MG=[198.51.100.1]:2944}}}");
	gate_wait(g, 20000);
	CU_ASSERT_NOT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	CU_ASSERT(g->net.n_sent > 1);
	for (unsigned int i = 0; i < g->net.n_sent; i++)
		CU_ASSERT_FALSE(h248_addr_is_same_host(
			&fake_net_msg(&g->net, i)->to, &stranger));
	gate_free(g);
}

static void c50_who_is_heard(void)
{
	static const struct {
		const char *ip;
		bool is_heard;
	} t[] = {
		{ "192.0.2.1", false }, /* it sent us on */
		{ "192.0.2.2", false },
		{ "192.0.2.99", true }, /* we were sent to */
		{ "192.0.2.77", true }, /* it told us to ask */
		{ "192.0.2.3", false },
		{ "198.51.100.1", false },
	};
	static const char *const words[] = {
		HEAD1 "T=700{" AUDIT "}",
		HEAD1 "T=701{",
		HEAD1 "P=2{IA,C=-{SC=ROOT}}",
		HEAD1 "ER=400{}",
		"nonsense",
	};
	struct gate *g = gate_started(2);
	struct sockaddr_storage from;
	unsigned int n;

	gate_answer(g, "C=-{SC=ROOT{SV{MG=[192.0.2.99]:2944}}}");
	gate_answer_from(g, "192.0.2.99",
			 "C=-{SC=ROOT{SV{AD=[192.0.2.77]:2944}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		char text[128];

		g->executed = 0;
		snprintf(text, sizeof(text), HEAD1 "T=%u{" AUDIT "}", 90 + i);
		gate_receive_from(g, t[i].ip, text);
		CU_ASSERT_EQUAL(g->executed, t[i].is_heard);
	}
	n = g->net.n_sent;
	from = fake_addr("192.0.2.3", 2944);
	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++)
		h248_assoc_input(g->a, &from, words[i], strlen(words[i]),
				 g->net.now_ms);
	gate_wait(g, 5000);
	CU_ASSERT_EQUAL(g->executed, 0);
	CU_ASSERT_EQUAL(g->net.n_sent, n);
	gate_free(g);
}

static void redirection_repeats_and_ends(void)
{
	struct gate *g = gate_started(2);

	for (unsigned int i = 0; i < 4; i++) {
		gate_answer(g, "C=-{SC=ROOT{SV{MG=[192.0.2.1]:2944}}}");
		CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
		CU_ASSERT(fake_net_last_has(&g->net, "901"));
	}
	gate_answer(g, "C=-{SC=ROOT{SV{MG=[192.0.2.1]:2944}}}");
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_REGISTERING);
	gate_free(g);
}

static void list_exhausted(void)
{
	struct h248_assoc_params p = gate_params(2, 3000);
	struct gate *g = gate_new(&p);

	g->net.random = 1500;
	h248_assoc_start(g->a, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
	gate_wait(g, 1499);
	CU_ASSERT_EQUAL(g->net.n_sent, 0);
	gate_wait(g, 1);
	CU_ASSERT_EQUAL(g->net.n_sent, 1);
	g->net.n_sent = 0;
	gate_wait(g, 24999); /* T-MAX */
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	gate_wait(g, 1);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	gate_answer(g, "ER=502{\"Not Ready\"}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
	gate_wait(g, 1499);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
	gate_wait(g, 1);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "901"));
	gate_free(g);
}

static void refusals_do_not_spin(void)
{
	struct gate *g = gate_started(1);

	for (int i = 0; i < 10; i++) {
		uint64_t start = g->net.now_ms;

		gate_answer(g, "ER=502{\"Not Ready\"}");
		CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
		CU_ASSERT(h248_assoc_next(g->a) >= start + 100);
		gate_wait(g, 200);
	}
	CU_ASSERT_EQUAL(g->net.n_sent, 11);
	gate_free(g);
}

static void t31_waiting_is_random(void)
{
	static const struct {
		uint32_t random;
		uint64_t wait_ms;
	} t[] = {
		{ 0, 0 }, { 1, 1 }, { 3000, 3000 }, { 3001, 0 }, { 3005, 4 },
	};
	struct h248_assoc_params p = gate_params(1, 3000);

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct gate *g = gate_new(&p);

		g->net.random = t[i].random;
		h248_assoc_start(g->a, g->net.now_ms);
		CU_ASSERT_EQUAL(h248_assoc_next(g->a),
				g->net.now_ms + t[i].wait_ms);
		gate_free(g);
	}
}

static void t30_lost_and_back(void)
{
	struct gate *g = gate_active(2);

	gate_lose(g);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "!/1"));
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC"));
	CU_ASSERT(fake_net_last_has(&g->net, "RE=\"900 Service Restored\""));
	gate_answer(g, "C=-{SC=ROOT{SV{V=2}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	gate_free(g);
}

/* Only the connection with our controller counts. */
static void t30_connection_lost(void)
{
	struct sockaddr_storage other = fake_addr("192.0.2.2", 2944);
	struct sockaddr_storage ours = fake_addr("192.0.2.1", 2944);
	struct gate *g = gate_active(2);

	h248_assoc_link_lost(g->a, &other, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	h248_assoc_link_lost(g->a, &ours, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_REGISTERING);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	h248_assoc_link_lost(g->a, &ours, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_REGISTERING);
	gate_free(g);
}

static void t30_failover(void)
{
	struct gate *g = gate_active(2);

	gate_lose(g);
	gate_wait(g, 25000);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=FL"));
	CU_ASSERT(fake_net_last_has(&g->net, "909"));
	gate_answer(g, "C=-{SC=ROOT{SV{V=3}}}");
	CU_ASSERT_STRING_EQUAL(fake_addr_str(h248_assoc_controller(g->a)),
			       "192.0.2.2:2944");
	CU_ASSERT_EQUAL(h248_assoc_version(g->a), 3);
	gate_free(g);
}

/* A second request that is still waiting goes to the new controller. */
static void c30_waiting_request_moves(void)
{
	struct gate *g = gate_active(2);

	h248_assoc_request(g->a, &gate_action, gate_on_reply, g, g->net.now_ms,
			   NULL);
	gate_wait(g, 24600);
	h248_assoc_request(g->a, &gate_action, gate_on_reply, g, g->net.now_ms,
			   NULL);
	gate_wait(g, 400);
	CU_ASSERT_EQUAL(g->n_done, 1);
	gate_answer(g, "ER=502{\"Not Ready\"}");
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT(fake_net_last_has(&g->net, "T=3{C=-{AV=ROOT"));
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	CU_ASSERT_EQUAL(g->n_done, 1);
	gate_answer(g, "C=-{AV=ROOT}");
	CU_ASSERT_EQUAL(g->n_done, 2);
	CU_ASSERT_EQUAL(g->err, 0);
	gate_free(g);
}

/* It tells its successor who sent us; what it does not answer is a loss. */
static void t30_handoff(void)
{
	struct sockaddr_storage next = fake_addr("192.0.2.9", 2945);
	struct gate *g = gate_active(2);

	CU_ASSERT_EQUAL(h248_assoc_handoff(g->a, &next, g->net.now_ms), 0);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	gate_wait(g, 0);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.9:2945");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=HO,RE=\"903 MGC Directed"));
	gate_answer(g, "C=-{SC=ROOT{SV{MG=[192.0.2.8]}}}");
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.8:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=HO,RE=\"903"));
	gate_free(g);

	g = gate_active(2);
	CU_ASSERT_EQUAL(h248_assoc_handoff(g->a, &next, g->net.now_ms), 0);
	gate_wait(g, 25000);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	gate_wait(g, 25000);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=FL,RE=\"909"));
	CU_ASSERT_EQUAL(h248_assoc_handoff(g->a, &next, g->net.now_ms),
			-ENOTCONN);
	gate_free(g);
}

/* To the controller we have: registers anyway; it has us again. */
static void t30_handoff_to_the_same(void)
{
	struct sockaddr_storage same = fake_addr("192.0.2.1", 2944);
	struct gate *g = gate_active(1);

	h248_assoc_handoff(g->a, &same, g->net.now_ms);
	gate_wait(g, 0);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=HO,RE=\"903"));
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	h248_assoc_link_lost(g->a, &same, g->net.now_ms);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	gate_free(g);
}

/* Section 3.2 of the reference: every event can say something else. */
static void t30_changes_as_configured(void)
{
	struct h248_assoc_params p = gate_params(2, 0);
	struct gate *g;

	p.change[H248_CHANGE_BOOT] =
		(struct h248_change) { H248_SC_RESTART, 902 };
	p.change[H248_CHANGE_RETURN] =
		(struct h248_change) { H248_SC_RESTART, 900 };
	p.change[H248_CHANGE_FAILOVER] =
		(struct h248_change) { H248_SC_FAILOVER, 919 };
	p.change[H248_CHANGE_STOP] =
		(struct h248_change) { H248_SC_GRACEFUL, 999 };
	g = gate_new(&p);
	h248_assoc_start(g->a, g->net.now_ms);
	gate_wait(g, 0);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=RS,RE=\"902 Warm Boot\""));
	gate_answer(g, "C=-{SC=ROOT}");
	gate_lose(g);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=RS,RE=\"900 Service"));
	gate_wait(g, 25000);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=FL,RE=\"919 Warm Fail"));
	gate_answer(g, "C=-{SC=ROOT}");
	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=GR,RE=\"999\""));
	gate_free(g);
}

/* An error that names no transaction does not wait for T-MAX. */
static void t30_refused_by_message(void)
{
	struct gate *g = gate_started(2);

	gate_wait(g, 400);
	gate_receive(g, HEAD1 "ER=406{\"Version Not Supported\"}");
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	CU_ASSERT_EQUAL(g->net.n_sent, 2);
	/* From the first one again: it was not asked any more. */
	gate_receive(g, HEAD1 "ER=406{\"Version Not Supported\"}");
	CU_ASSERT_EQUAL(g->net.n_sent, 2);
	/* The question to the first has ended with its answer. */
	gate_wait(g, 24900);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_REGISTERING);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	gate_free(g);
}

static int report(struct gate *g, const struct h248_report *r)
{
	return h248_assoc_report(g->a, r, NULL, NULL, g->net.now_ms);
}

static void t33_drain(void)
{
	static const struct h248_report drain = {
		.what = H248_CHANGE_DRAIN,
		.delay_s = 300,
	};
	struct gate *g = gate_active(1);

	CU_ASSERT_EQUAL(report(g, &drain), 0);
	CU_ASSERT(fake_net_last_has(&g->net, "SC=ROOT{SV{MT=GR,RE=\"905"));
	CU_ASSERT(fake_net_last_has(&g->net, "DL=300"));
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=FO,RE=\"908"));
	CU_ASSERT_EQUAL(report(g, &drain), -ENOTCONN);
	gate_free(g);
}

static void stop_while_active(void)
{
	struct gate *g = gate_active(1);

	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_LEAVING);
	CU_ASSERT(fake_net_last_has(&g->net, "!/2"));
	CU_ASSERT(fake_net_last_has(&g->net, "SC=ROOT{SV{MT=FO,RE=\"908"));
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_IDLE);
	CU_ASSERT_EQUAL(h248_assoc_next(g->a), UINT64_MAX);
	gate_free(g);
}

static void stop_without_answer(void)
{
	struct gate *g = gate_active(1);

	h248_assoc_request(g->a, &gate_action, gate_on_reply, g, g->net.now_ms,
			   NULL);
	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	gate_wait(g, 999);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_LEAVING);
	gate_wait(g, 1);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_IDLE);
	CU_ASSERT_EQUAL(g->n_done, 1);
	CU_ASSERT_EQUAL(g->err, -ECANCELED);
	gate_free(g);
}

static void stop_while_nobody_is_there(void)
{
	struct gate *g = gate_started(1);
	struct h248_assoc_params p = gate_params(1, 3000);

	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_IDLE);
	CU_ASSERT_EQUAL(h248_assoc_next(g->a), UINT64_MAX);
	CU_ASSERT_EQUAL(g->net.n_sent, 1);
	gate_free(g);
	g = gate_new(&p);
	g->net.random = 3000;
	h248_assoc_start(g->a, g->net.now_ms);
	h248_assoc_start(g->a, g->net.now_ms); /* not legal, no harm */
	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_IDLE);
	gate_wait(g, 10000);
	CU_ASSERT_EQUAL(g->net.n_sent, 0);
	gate_free(g);
}

static void states_are_reported(void)
{
	static const enum h248_assoc_state want[] = {
		H248_ASSOC_WAITING, H248_ASSOC_REGISTERING, H248_ASSOC_ACTIVE,
		H248_ASSOC_LEAVING, H248_ASSOC_IDLE,
	};
	struct gate *g = gate_active(1);

	h248_assoc_stop(g->a, 1000, g->net.now_ms);
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(g->n_seen, 5);
	CU_ASSERT_EQUAL(memcmp(g->seen, want, sizeof(want)), 0);
	CU_ASSERT_STRING_EQUAL(h248_assoc_state_name(H248_ASSOC_ACTIVE),
			       "active");
	gate_free(g);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T30 cold boot 901", cold_boot },
		{ "C33 request before the reply: 505", c33_early_request },
		{ "T31 replies to the registration", replies },
		{ "T30 ServiceChangeAddress", service_change_address },
		{ "C50 who is heard", c50_who_is_heard },
		{ "C50 a stranger answers", c50_stranger_answers },
		{ "T30 MgcIdToTry loop", redirection_repeats_and_ends },
		{ "T30 list exhausted", list_exhausted },
		{ "T30 refusals do not spin", refusals_do_not_spin },
		{ "T31 MWD is random", t31_waiting_is_random },
		{ "T30 disconnected 900", t30_lost_and_back },
		{ "T30 connection lost", t30_connection_lost },
		{ "T30 failover 909", t30_failover },
		{ "C30 waiting request moves", c30_waiting_request_moves },
		{ "T30 handoff 903", t30_handoff },
		{ "T30 handoff to the same", t30_handoff_to_the_same },
		{ "T30 changes as configured", t30_changes_as_configured },
		{ "T30 refused by message", t30_refused_by_message },
		{ "T33 graceful with delay", t33_drain },
		{ "T30 forced 908", stop_while_active },
		{ "T30 forced 908 unanswered", stop_without_answer },
		{ "stop while nobody is there", stop_while_nobody_is_there },
		{ "states are reported", states_are_reported },
		{ NULL, NULL },
	};

	return suite_run("h248/assoc", tests);
}
