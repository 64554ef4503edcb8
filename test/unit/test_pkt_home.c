/*
 * test/unit/test_pkt_home.c - where a program looks for the gate of a segment
 *
 * At home first, and in the index (packet/home.h).  Skipped where the kernel
 * allows no bpf().
 */
#include "packet/home.h"

#include <arpa/inet.h>

#include "test/support/program_trial.h"
#include "test/support/suite.h"

static const struct program_pair pairs[] = {
	{ "4-4", "10.1.2.3", "198.51.100.1", "192.0.2.2", "10.9.8.7" },
	{ "6-6", "2001:db8:c::a", "2001:db8:a::3", "2001:db8:b::2",
	  "2001:db8:c::b" },
	{ "4-4, second pool", "10.1.2.3", "198.51.100.10", "192.0.2.2",
	  "10.9.8.7" },
};

enum {
	PAIRS = sizeof(pairs) / sizeof(pairs[0]),
	TRIALS = PAIRS * 32, /* at any port, in either entry of a rendezvous */
};

static void try(const struct program_trial *t, enum program_verdict verdict)
{
	struct program_outcome o;

	program_rig_tc(t, &o);
	CU_ASSERT_EQUAL(o.verdict, verdict);
	if (verdict == PROGRAM_PASSED)
		CU_ASSERT_PTR_NULL(program_compare(t, &o));
	program_rig_xdp_alone(t, &o);
	CU_ASSERT_EQUAL(o.verdict, verdict);
}

static void begin(struct program_trial *t, unsigned int i,
		  enum program_where where)
{
	program_begin(t, &pairs[i % PAIRS]);
	t->where = (uint8_t)where;
	t->x.port_be =
		htons((uint16_t)(PROGRAM_PORT + i / PAIRS % PROGRAM_PORTS));
	program_set_rewrites(t);
}

static void passes(enum program_where where)
{
	struct program_trial t;

	for (unsigned int i = 0; i < TRIALS; i++) {
		begin(&t, i, where);
		program_write(&t, &program_plain);
		try(&t, PROGRAM_PASSED);
	}
}

static void at_home(void)
{
	passes(PROGRAM_AT_HOME);
}

static void away(void)
{
	passes(PROGRAM_AWAY);
}

/* What is at home is not open: what the index says counts, and that is nothing. */
static void not_open(void)
{
	static const uint8_t kernel[] = { PKT_KERNEL_NONE, PKT_KERNEL_LEFT };
	struct program_trial t;

	for (unsigned int i = 0; i < TRIALS; i++) {
		begin(&t, i, PROGRAM_AT_HOME);
		t.in.kernel = kernel[i % 2];
		program_write(&t, &program_plain);
		try(&t, PROGRAM_HOST);
	}
}

/* Of another client, to a port that is at home with a session. */
static void stranger(void)
{
	struct program_trial t;

	for (unsigned int i = 0; i < TRIALS; i++) {
		begin(&t, i, PROGRAM_AT_HOME);
		program_write(&t, &program_plain);
		t.in.remote_port_be ^= htons(1);
		try(&t, PROGRAM_HOST);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "at home, the index is not asked", at_home },
		{ "away, another one at home is not touched", away },
		{ "at home, and not open", not_open },
		{ "at home, from a stranger", stranger },
		{ NULL, NULL },
	};

	return program_rig_run("packet/home", PROGRAM_MTU, tests);
}
