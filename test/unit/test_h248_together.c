/*
 * test/unit/test_h248_together.c - many gateways that register at once
 *
 * H.248.1 clause 9.2 (restart avalanche).  Case ids: C34 of the fault
 * catalogue, T31 of the interoperability list.
 */
#include "test/support/assoc_rig.h"
#include "test/support/suite.h"

#include <stdio.h>
#include <string.h>

enum {
	N_GATES = 64,
	MWD_MS = 30000,
	N_PARTS = 8, /* of MWD_MS */
	TOP = 20     /* that a part may have; 8 are to be expected */
};

/* Splitmix64: a known seed, so that each run is the same one. */
static uint64_t seed;

static uint32_t random_number(void)
{
	uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) >> 32);
}

/* One starts and says after how long it has asked the controller. */
static uint64_t first_after(void)
{
	struct h248_assoc_params p = gate_params(1, MWD_MS);
	struct gate *g = gate_new(&p);
	uint64_t start = g->net.now_ms, at;

	g->net.random = random_number();
	h248_assoc_start(g->a, start);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
	gate_wait(g, MWD_MS);
	CU_ASSERT_FATAL(g->net.n_sent > 0);
	CU_ASSERT(fake_net_has(&g->net, 0, "MT=RS,RE=\"901"));
	at = fake_net_msg(&g->net, 0)->at_ms - start;
	gate_free(g);
	return at;
}

/* All of them: none too late, none of the parts empty or crowded. */
static void all(uint64_t after[N_GATES])
{
	unsigned int part[N_PARTS + 1] = { 0 };

	for (unsigned int i = 0; i < N_GATES; i++) {
		after[i] = first_after();
		CU_ASSERT_FATAL(after[i] <= MWD_MS);
		part[after[i] * N_PARTS / (MWD_MS + 1)]++;
	}
	for (unsigned int i = 0; i < N_PARTS; i++) {
		CU_ASSERT(part[i] > 0);
		CU_ASSERT(part[i] <= TOP);
	}
}

static void spread(void)
{
	uint64_t after[N_GATES];

	seed = 34;
	all(after);
}

/* All lose power again: nobody comes in the turn that it had. */
static void spread_anew(void)
{
	uint64_t first[N_GATES], second[N_GATES];
	unsigned int n_same = 0;

	seed = 34;
	all(first);
	all(second);
	for (unsigned int i = 0; i < N_GATES; i++)
		n_same += first[i] == second[i];
	CU_ASSERT(n_same < N_GATES / 8);
}

/* The controller of all of them is gone and nobody answers: the next pass
 * through the list is spread as well. */
static void spread_when_lost(void)
{
	struct h248_assoc_params p = gate_params(1, MWD_MS);
	uint64_t min = UINT64_MAX, max = 0, before, waits;

	seed = 35;
	for (unsigned int i = 0; i < N_GATES; i++) {
		struct gate *g = gate_new(&p);

		g->net.random = random_number();
		h248_assoc_start(g->a, g->net.now_ms);
		gate_wait(g, MWD_MS);
		g->net.random = random_number();
		before = g->net.now_ms;
		gate_answer(g, "C=-{SC=ROOT{ER=502{\"Not Ready\"}}}");
		CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_WAITING);
		waits = h248_assoc_next(g->a) - before;
		CU_ASSERT(waits <= MWD_MS);
		min = waits < min ? waits : min;
		max = waits > max ? waits : max;
		gate_free(g);
	}
	CU_ASSERT(min < MWD_MS / 8);
	CU_ASSERT(max > MWD_MS / 8 * 7);
}

/* Registered with a reply that says less than it may. */
static void registered(const char *reply, uint8_t version)
{
	struct gate *g = gate_started(1);
	char text[64];

	gate_answer(g, reply);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	CU_ASSERT_EQUAL(h248_assoc_version(g->a), version);
	CU_ASSERT_STRING_EQUAL(fake_addr_str(h248_assoc_controller(g->a)),
			       "192.0.2.1:2944");
	snprintf(text, sizeof(text),
		 "MEGACO/%u [192.0.2.1]:2944\nT=9{" AUDIT "}", version);
	gate_receive(g, text);
	CU_ASSERT_EQUAL(g->executed, 1);
	snprintf(text, sizeof(text), "!/%u[192.0.2.20]:2944P=9{", version);
	CU_ASSERT(fake_net_last_has(&g->net, text));
	gate_free(g);
}

static void no_time_stamp(void)
{
	registered("C=-{SC=ROOT{SV{V=2,PF=ETSI_BGF/2}}}", 2);
	registered("C=-{SC=ROOT{SV{V=1}}}", 1);
}

/* Then what was offered holds. */
static void no_services(void)
{
	registered("C=-{SC=ROOT}", 3);
}

static const struct suite_test tests[] = {
	{ "C34 T31 many gateways at once: spread over MWD", spread },
	{ "C34 T31 a second restart is spread anew", spread_anew },
	{ "C34 T31 many are refused at once: spread over MWD",
	  spread_when_lost },
	{ "T31 a reply without time stamp", no_time_stamp },
	{ "T31 a reply without Services", no_services },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("h248/together", tests);
}
