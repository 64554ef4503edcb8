/*
 * test/unit/test_pkt_xdp.c - frames that XDP sends, or leaves alone
 *
 * One at a time (BPF_PROG_TEST_RUN), by ways that test_pkt_program does not go:
 * back by the interface they came on, by one that takes none any more, of a
 * VLAN.  Skipped where the kernel allows no bpf().
 */
#include "test/support/program_trial.h"
#include "test/support/suite.h"

static const struct program_pair pairs[] = {
	{ "4-4", "10.1.2.3", "198.51.100.1", "192.0.2.2", "10.9.8.7" },
	{ "6-6", "2001:db8:c::a", "2001:db8:a::1", "2001:db8:b::2",
	  "2001:db8:c::b" },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

/* Its receiver is behind the interface where it came. */
static void turn_back(struct program_trial *t)
{
	t->out.remote = rdv_addr(program_is_v6(&t->y.addr) ? "2001:db8:d::5" :
							     "172.16.0.5");
	program_set_rewrites(t);
}

static const char *by_xdp(const struct program_pair *pair, bool is_one_armed,
			  struct program_outcome *o)
{
	struct program_shape s = program_plain;
	struct program_trial t;

	program_begin(&t, pair);
	if (is_one_armed)
		turn_back(&t);
	program_write(&t, &s);
	program_rig_xdp(&t, o);
	return program_compare(&t, o);
}

/* By the interface it came on no other one is asked. */
static void turned(void)
{
	struct program_outcome o;

	for (size_t p = 0; p < PAIRS; p++) {
		CU_ASSERT_PTR_NULL(by_xdp(&pairs[p], true, &o));
		CU_ASSERT_EQUAL(o.verdict, PROGRAM_PASSED);
		CU_ASSERT_TRUE(o.is_by_xdp && o.is_turned);
		CU_ASSERT_PTR_NULL(by_xdp(&pairs[p], false, &o));
		CU_ASSERT_TRUE(o.is_by_xdp && !o.is_turned);
	}
}

/* A way is remembered, but its interface takes no frames of XDP any more: tc has
 * it at once, and nothing is lost. */
static void no_longer_taken(void)
{
	struct program_outcome o;

	for (size_t p = 0; p < PAIRS; p++) {
		CU_ASSERT_PTR_NULL(by_xdp(&pairs[p], false, &o));
		CU_ASSERT_TRUE(o.is_by_xdp);
		program_rig_take(false);
		CU_ASSERT_PTR_NULL(by_xdp(&pairs[p], false, &o));
		CU_ASSERT_EQUAL(o.verdict, PROGRAM_PASSED);
		CU_ASSERT_FALSE(o.is_by_xdp);
		program_rig_take(true);
		CU_ASSERT_PTR_NULL(by_xdp(&pairs[p], false, &o));
		CU_ASSERT_TRUE(o.is_by_xdp);
	}
}

/* The same port is a gate of the interface beneath, not of the VLAN. */
static void tagged(void)
{
	struct program_shape s = program_plain;
	struct program_outcome o;
	struct program_trial t;

	for (size_t p = 0; p < PAIRS; p++)
		for (int c = 0; c < 2; c++) {
			program_begin(&t, &pairs[p]);
			t.has_tag = true;
			program_write(&t, &s);
			if (c)
				program_rig_xdp(&t, &o);
			else
				program_rig_tc(&t, &o);
			CU_ASSERT_PTR_NULL(program_compare(&t, &o));
			CU_ASSERT_EQUAL(o.verdict, PROGRAM_HOST);
		}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "XDP: one arm", turned },
		{ "XDP: the way out is taken away", no_longer_taken },
		{ "a tag of a VLAN", tagged },
		{ NULL, NULL },
	};

	return program_rig_run("packet/xdp", tests);
}
