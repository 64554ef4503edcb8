/*
 * test/unit/test_h248_return.c - which controller has us, and which has not
 *
 * H.248.1 clauses 11.3 to 11.6.  Case ids: C28, C30, C31 of the fault
 * catalogue, T30 and T31 of the interoperability list.
 */
#include "test/support/assoc_rig.h"
#include "test/support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* At the second controller, because the first was silent. */
static struct gate *away(void)
{
	struct gate *g = gate_active(2);

	gate_lose(g);
	gate_wait(g, 25000);
	gate_answer_from(g, "192.0.2.2", "C=-{SC=ROOT{SV{V=2}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	CU_ASSERT(h248_assoc_is_away(g->a));
	return g;
}

static const char *controller(const struct gate *g)
{
	return fake_addr_str(h248_assoc_controller(g->a));
}

static unsigned int execute_from(struct gate *g, const char *ip,
				 const char *mid, unsigned int tid)
{
	unsigned int before = g->executed;
	char text[128];

	snprintf(text, sizeof(text), "MEGACO/2 %s\nT=%u{" AUDIT "}", mid, tid);
	gate_receive_from(g, ip, text);
	return g->executed - before;
}

static void back_at_the_first(void)
{
	struct gate *g = away();
	unsigned int n = g->net.n_sent;

	CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), 0);
	CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), -EALREADY);
	CU_ASSERT_EQUAL(g->net.n_sent, n + 1);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "!/1[192.0.2.20]"));
	CU_ASSERT(fake_net_last_has(&g->net, "SC=ROOT{SV{MT=DC,RE=\"900"));
	CU_ASSERT(fake_net_last_has(&g->net, "PF=ETSI_BGF/2"));
	/* Until it answers the second one has us. */
	CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.2:2944");
	CU_ASSERT_EQUAL(execute_from(g, "192.0.2.2", "[192.0.2.2]:2944", 90),
			1);
	CU_ASSERT(fake_net_last_has(&g->net, "!/2[192.0.2.20]:2944P=90{"));
	g->net.n_sent = n + 1;
	gate_answer(g, "C=-{SC=ROOT{SV{V=3}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.1:2944");
	CU_ASSERT_EQUAL(h248_assoc_version(g->a), 3);
	CU_ASSERT_FALSE(h248_assoc_is_away(g->a));
	CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), -ENOTCONN);
	CU_ASSERT_EQUAL(execute_from(g, "192.0.2.2", "[192.0.2.2]:2944", 91),
			0);
	gate_free(g);
}

/* Silence, refusal, redirection and other terms change nothing. */
static void first_does_not_want_us(void)
{
	static const char *const bodies[] = {
		NULL,
		"ER=502{\"Not Ready\"}",
		"C=-{SC=ROOT{ER=402{\"Unauthorized\"}}}",
		"C=-{SC=ROOT{SV{MG=[192.0.2.9]}}}",
		"C=-{SC=ROOT{SV{V=9}}}",
	};

	for (unsigned int i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct gate *g = away();

		CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), 0);
		if (bodies[i])
			gate_answer(g, bodies[i]);
		else
			gate_wait(g, 25000);
		CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
		CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.2:2944");
		CU_ASSERT_EQUAL(h248_assoc_version(g->a), 2);
		CU_ASSERT_EQUAL(execute_from(g, "192.0.2.2", "[192.0.2.2]:2944",
					     90),
				1);
		CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), 0);
		gate_free(g);
	}
}

/* The second one goes as well while the first is asked: one registration. */
static void lost_while_asking(void)
{
	struct gate *g = away();

	CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), 0);
	h248_assoc_link_lost(g->a, h248_assoc_controller(g->a), g->net.now_ms);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	gate_answer_from(g, "192.0.2.2", "C=-{SC=ROOT}");
	CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.2:2944");
	g->net.n_sent = 0;
	gate_wait(g, 30000);
	CU_ASSERT_EQUAL(g->net.n_sent, 0);
	CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), 0);
	gate_free(g);
}

/* Where a controller has sent us is not away. */
static void sent_is_not_away(void)
{
	struct sockaddr_storage next = fake_addr("192.0.2.2", 2944);
	struct gate *g = gate_active(2);

	h248_assoc_handoff(g->a, &next, g->net.now_ms);
	gate_wait(g, 0);
	gate_answer_from(g, "192.0.2.2", "C=-{SC=ROOT}");
	CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.2:2944");
	CU_ASSERT_FALSE(h248_assoc_is_away(g->a));
	gate_free(g);
	g = gate_started(2);
	gate_answer(g, "C=-{SC=ROOT{SV{MG=[192.0.2.2]:2944}}}");
	gate_answer_from(g, "192.0.2.2", "C=-{SC=ROOT}");
	CU_ASSERT_FALSE(h248_assoc_is_away(g->a));
	CU_ASSERT_EQUAL(h248_assoc_return(g->a, g->net.now_ms), -ENOTCONN);
	gate_free(g);
}

/* What waits for the second one goes to the first when that has us. */
static void c30_requests_return_too(void)
{
	struct gate *g = away();
	unsigned int n;

	h248_assoc_return(g->a, g->net.now_ms);
	h248_assoc_request(g->a, &gate_action, gate_on_reply, g, g->net.now_ms,
			   NULL);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
	n = g->net.n_sent;
	/* The registration is the one before. */
	g->net.n_sent--;
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(g->net.n_sent, n);
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:2944");
	CU_ASSERT(fake_net_last_has(&g->net, "{C=-{AV=ROOT"));
	gate_free(g);
}

/* A command that runs when we go is answered to who gave it. */
static void c30_reply_goes_to_the_source(void)
{
	struct sockaddr_storage next = fake_addr("192.0.2.9", 2944);
	struct gate *g = gate_active(1);

	g->is_holding = true;
	CU_ASSERT_EQUAL(execute_from(g, "192.0.2.1", "[192.0.2.1]:2944", 70),
			1);
	h248_assoc_handoff(g->a, &next, g->net.now_ms);
	gate_wait(g, 0);
	gate_answer_from(g, "192.0.2.9", "C=-{SC=ROOT}");
	CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.9:2944");
	h248_in_reply(g->held, &gate_action, g->net.now_ms);
	CU_ASSERT(fake_net_last_has(&g->net, "P=70{"));
	CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.1:40000");
	/* Its copy gets the same; the new one's 70 is another one. */
	g->is_holding = false;
	CU_ASSERT_EQUAL(execute_from(g, "192.0.2.1", "[192.0.2.1]:2944", 70),
			0);
	CU_ASSERT(fake_net_last_has(&g->net, "P=70{C=-{AV=ROOT"));
	CU_ASSERT_EQUAL(execute_from(g, "192.0.2.9", "[192.0.2.9]:2944", 70),
			1);
	gate_free(g);
}

static void c31_second_controller(void)
{
	static const struct {
		const char *ip, *mid;
		bool is_executed;
	} t[] = {
		{ "192.0.2.1", "[192.0.2.1]:2944", true },
		/* what it calls itself is no proof against it */
		{ "192.0.2.1", "<other.example>", true },
		/* our controller, from another of its addresses */
		{ "192.0.2.2", "[192.0.2.1]:2944", true },
		{ "192.0.2.2", "[192.0.2.2]:2944", false },
		{ "192.0.2.2", "<mgc.example>", false },
	};
	struct gate *g = gate_active(2);
	unsigned int n;

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		CU_ASSERT_EQUAL(execute_from(g, t[i].ip, t[i].mid, 90 + i),
				t[i].is_executed);
		if (!t[i].is_executed)
			CU_ASSERT(fake_net_last_has(&g->net, "ER=505{"));
	}
	/* The first one is not disturbed. */
	CU_ASSERT_STRING_EQUAL(controller(g), "192.0.2.1:2944");
	n = g->net.n_sent;
	gate_receive_from(g, "192.0.2.2", "!/2 [192.0.2.2]:2944 ER=400{}");
	CU_ASSERT_EQUAL(g->net.n_sent, n);
	CU_ASSERT_EQUAL(execute_from(g, "192.0.2.1", "[192.0.2.1]:2944", 99),
			1);
	gate_free(g);
}

/* Whose terms we did not take hears why; until it takes ours. */
static void t31_misfit_is_told(void)
{
	static const struct {
		const char *body, *error;
	} t[] = {
		{ "C=-{SC=ROOT{SV{V=4}}}", "ER=406{" },
		{ "C=-{SC=ROOT{SV{V=1}}}", "ER=406{" }, /* min_version */
		{ "C=-{SC=ROOT{SV{PF=ResGW/1}}}", "ER=461{" },
		{ "C=-{SC=ROOT{ER=402{\"Unauthorized\"}}}", "ER=505{" },
	};
	struct h248_assoc_params p = gate_params(2, 0);

	p.min_version = 2;
	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct gate *g = gate_new(&p);

		h248_assoc_start(g->a, g->net.now_ms);
		gate_wait(g, 0);
		gate_answer(g, t[i].body);
		CU_ASSERT_STRING_EQUAL(gate_last_to(g), "192.0.2.2:2944");
		CU_ASSERT_EQUAL(execute_from(g, "192.0.2.1", "[192.0.2.1]:2944",
					     70),
				0);
		CU_ASSERT(fake_net_last_has(&g->net, t[i].error));
		CU_ASSERT_EQUAL(execute_from(g, "192.0.2.2", "[192.0.2.2]:2944",
					     71),
				0);
		CU_ASSERT(fake_net_last_has(&g->net, "ER=505{"));
		g->net.n_sent -= 2; /* the registration is the latest again */
		gate_answer_from(g, "192.0.2.2", "C=-{SC=ROOT{SV{V=2}}}");
		CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
		execute_from(g, "192.0.2.1", "[192.0.2.1]:2944", 72);
		CU_ASSERT(fake_net_last_has(&g->net, t[i].error));
		gate_free(g);
	}
}

static void t31_accepted_profiles(void)
{
	static const struct {
		const char *profile;
		bool is_taken;
	} t[] = {
		{ "ETSI_BGF/2", true },  { "ETSI_BGF/1", true },
		{ "etsi_bgf/1", true },  { "threegpp/7", true },
		{ "ETSI_BGF/3", false }, { "threegpp/6", false },
	};
	struct h248_assoc_params p = gate_params(2, 0);

	p.accept[0] = (struct h248_profile) { "ETSI_BGF", 1 };
	p.accept[1] = (struct h248_profile) { "threegpp", 7 };
	p.n_accept = 2;
	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct gate *g = gate_new(&p);
		char body[64];

		h248_assoc_start(g->a, g->net.now_ms);
		gate_wait(g, 0);
		snprintf(body, sizeof(body), "C=-{SC=ROOT{SV{PF=%s}}}",
			 t[i].profile);
		gate_answer(g, body);
		CU_ASSERT_EQUAL(h248_assoc_state(g->a),
				t[i].is_taken ? H248_ASSOC_ACTIVE :
						H248_ASSOC_REGISTERING);
		gate_free(g);
	}
}

/* What is said of contexts that went, in the registration or behind it. */
static void t30_state_loss(void)
{
	static const uint32_t ids[] = { 7, 9 };
	static const struct h248_report loss = {
		.what = H248_CHANGE_LOSS,
		.term = "*",
		.ctx = H248_CTX_ID,
		.ctx_ids = ids,
		.n_ctx_ids = 2,
	};
	struct h248_assoc_params p = gate_params(1, 0);
	struct gate *g = gate_active(1);

	h248_assoc_lost_state(g->a); /* with a controller: nothing lost */
	gate_lose(g);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	h248_assoc_lost_state(g->a);
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(
		h248_assoc_report(g->a, &loss, NULL, NULL, g->net.now_ms), 0);
	CU_ASSERT(fake_net_last_has(
		&g->net, "{C=7{SC=*{SV{MT=FO,RE=\"915 State Loss\"}}},"
			 "C=9{SC=*{SV{MT=FO,RE=\"915 State Loss\"}}}}"));
	gate_free(g);

	p.change[H248_CHANGE_LOSS] =
		(struct h248_change) { H248_SC_RESTART, 901 };
	g = gate_new(&p);
	h248_assoc_start(g->a, g->net.now_ms);
	gate_wait(g, 0);
	gate_answer(g, "C=-{SC=ROOT}");
	h248_assoc_link_lost(g->a, h248_assoc_controller(g->a), g->net.now_ms);
	h248_assoc_lost_state(g->a);
	gate_wait(g, 25200); /* T-MAX, and the pause between two passes */
	CU_ASSERT(fake_net_last_has(&g->net, "MT=RS,RE=\"901"));
	gate_answer(g, "C=-{SC=ROOT}");
	h248_assoc_link_lost(g->a, h248_assoc_controller(g->a), g->net.now_ms);
	CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	gate_free(g);
}

/* 3.5: what a gateway that is registered says of itself. */
static void t33_reports(void)
{
	static const struct {
		struct h248_report r;
		const char *text;
	} t[] = {
		{ { .what = H248_CHANGE_DRAIN, .delay_s = 300 },
		  "{C=-{SC=ROOT{SV{MT=GR,RE=\"905 Termination Taken Out Of "
		  "Service\",DL=300}}}}" },
		{ { .what = H248_CHANGE_RESUME },
		  "{C=-{SC=ROOT{SV{MT=RS,RE=\"918 Cancel Graceful\"}}}}" },
		{ { .what = H248_CHANGE_REALM_DOWN,
		    .term = "ip/1/access/*",
		    .ctx = H248_CTX_NULL },
		  "{C=-{SC=ip/1/access/*{SV{MT=FO,RE=\"906 Loss Of Lower "
		  "Layer Connectivity\"}}}}" },
		{ { .what = H248_CHANGE_REALM_UP,
		    .term = "ip/1/access/*",
		    .ctx = H248_CTX_NULL },
		  "{C=-{SC=ip/1/access/*{SV{MT=RS,RE=\"900 Service "
		  "Restored\"}}}}" },
		{ { .what = H248_CHANGE_PACKAGES },
		  "{C=-{SC=ROOT{SV{MT=RS,RE=\"916 Packages Change\",PG}}}}" },
	};
	struct gate *g = gate_active(1);

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		CU_ASSERT_EQUAL(h248_assoc_report(g->a, &t[i].r, NULL, NULL,
						  g->net.now_ms),
				0);
		CU_ASSERT(fake_net_last_has(&g->net, t[i].text));
		gate_answer(g, "C=-{SC=ROOT}");
	}
	gate_lose(g);
	CU_ASSERT_EQUAL(h248_assoc_report(g->a, &t[0].r, NULL, NULL,
					  g->net.now_ms),
			-ENOTCONN);
	gate_free(g);
	/* Audit items in ServiceChange came with version 2. */
	g = gate_started(1);
	gate_answer(g, "C=-{SC=ROOT{SV{V=1}}}");
	h248_assoc_report(g->a, &t[4].r, NULL, NULL, g->net.now_ms);
	CU_ASSERT(fake_net_last_has(&g->net, "RE=\"916 Packages Change\"}}}}"));
	gate_free(g);
}

/* Silence until T-MAX, then the list, then a wait that is random each time;
 * what the gateway holds is not its business here. */
static void c28_silence(void)
{
	struct h248_assoc_params p = gate_params(1, 3000);
	struct gate *g = gate_new(&p);
	uint64_t waits[3];

	g->net.random = 1000;
	g->net.random_step = 777;
	h248_assoc_start(g->a, g->net.now_ms);
	gate_wait(g, 3000);
	gate_answer(g, "C=-{SC=ROOT}");
	gate_lose(g);
	for (unsigned int i = 0; i < 3; i++) {
		while (h248_assoc_state(g->a) == H248_ASSOC_REGISTERING)
			gate_wait(g, 1);
		CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
		waits[i] = h248_assoc_next(g->a) - g->net.now_ms;
		CU_ASSERT(waits[i] <= 3000);
		gate_wait(g, waits[i]);
		CU_ASSERT(fake_net_last_has(&g->net, "MT=DC,RE=\"900"));
	}
	CU_ASSERT(waits[0] != waits[1] && waits[1] != waits[2]);
	gate_answer(g, "C=-{SC=ROOT}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	gate_free(g);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "T30 back at the first controller", back_at_the_first },
		{ "T30 the first does not want us", first_does_not_want_us },
		{ "T30 lost while the first is asked", lost_while_asking },
		{ "T30 where we were sent is not away", sent_is_not_away },
		{ "C30 requests return too", c30_requests_return_too },
		{ "C30 a reply goes to the source",
		  c30_reply_goes_to_the_source },
		{ "C31 a second controller", c31_second_controller },
		{ "T31 406 and 461 for whom we refused", t31_misfit_is_told },
		{ "T31 profiles that are accepted", t31_accepted_profiles },
		{ "T30 state loss 915", t30_state_loss },
		{ "T30 T33 6.11 reports", t33_reports },
		{ "C28 a controller vanishes", c28_silence },
		{ NULL, NULL },
	};

	return suite_run("h248/return", tests);
}
