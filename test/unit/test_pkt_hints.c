/*
 * test/unit/test_pkt_hints.c - what programs of the kernel tell the worker
 *
 * Rings are filled by segments that really pass (program_rig.h).  Skipped where
 * the kernel allows no bpf().
 */
#include "test/support/program_trial.h"
#include "test/support/suite.h"

enum { MAX = 100000 }; /* more than any ring has room for */

typedef void (*program)(const struct program_trial *t,
			struct program_outcome *o);

/* The second FIN of a session passes.  Was the worker told? */
static bool tells(program run)
{
	static const struct program_pair pair = { "4-4", "10.1.2.3",
						  "198.51.100.1", "192.0.2.2",
						  "10.9.8.7" };
	struct program_shape s = program_plain;
	struct program_outcome o;
	struct program_trial t;

	program_begin(&t, &pair);
	s.flags = PKT_ACK | PKT_FIN;
	t.out.fins = PKT_FINS_SEEN | PKT_FINS_FIRST;
	t.out.fin_end = PROGRAM_B_SENT;
	t.out.bits = PKT_LEG_FIN | PKT_STATE_HALF << 4;
	t.in.bits = PKT_LEG_ACKED | PKT_STATE_HALF << 4;
	program_write(&t, &s);
	run(&t, &o);
	CU_ASSERT_EQUAL(o.verdict, PROGRAM_PASSED);
	return (o.in.fins | o.out.fins) & PKT_FINS_TOLD_BOTH;
}

/* A ring that is full keeps nothing from passing, and that something was missed
 * is known when the ring has been read. */
static void full_ring(program run)
{
	uint32_t n = 0, missed;

	(void)program_rig_hints();
	missed = program_rig_missed();
	CU_ASSERT_TRUE(tells(run));
	CU_ASSERT_EQUAL(program_rig_hints(), 1);
	while (n < MAX && tells(run))
		n++;
	CU_ASSERT_TRUE(n > 1000 && n < MAX);
	CU_ASSERT_EQUAL(program_rig_missed(), missed + 1);
	CU_ASSERT_FALSE(tells(run));
	CU_ASSERT_EQUAL(program_rig_missed(), missed + 2);
	CU_ASSERT_EQUAL(program_rig_hints(), n);
	CU_ASSERT_TRUE(tells(run));
	CU_ASSERT_EQUAL(program_rig_missed(), missed + 2);
}

static void by_tc(void)
{
	full_ring(program_rig_tc);
}

static void by_xdp(void)
{
	full_ring(program_rig_xdp);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "no room for a hint of tc", by_tc },
		{ "no room for a hint of XDP", by_xdp },
		{ NULL, NULL },
	};

	return program_rig_run("packet/hints", PROGRAM_MTU, tests);
}
