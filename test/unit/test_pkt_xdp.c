/*
 * test/unit/test_pkt_xdp.c - frames that XDP sends, or leaves alone
 *
 * One at a time (BPF_PROG_TEST_RUN), by ways that test_pkt_program does not go:
 * back by the interface they came on, by one that takes none any more, of a
 * VLAN, and in several buffers.  Skipped where the kernel allows no bpf().
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "packet/bpf/abi.h"
#include "test/support/program_trial.h"
#include "test/support/suite.h"

static const struct program_pair pairs[] = {
	{ "4-4", "10.1.2.3", "198.51.100.1", "192.0.2.2", "10.9.8.7" },
	{ "6-6", "2001:db8:c::a", "2001:db8:a::1", "2001:db8:b::2",
	  "2001:db8:c::b" },
};

enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]), JUMBO_MTU = 9000 };

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

/* ---- frames in several buffers ---- */

enum { ETHERNET = 14, TCP_OCTETS = 20 };

static size_t headers_of(const struct program_pair *pair)
{
	return TCP_OCTETS + (pair->x[4] == ':' ? 40 : 20);
}

/* 100 octets a second; 200 s of them are left. */
static void police(struct pkt_traffic *t, enum pkt_dir way)
{
	const uint64_t second = UINT64_C(1000000000) * PKT_TICKS_NS;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	t->cfg.is_policed = true;
	t->own.rate[PKT_SUSTAINED] = 100;
	t->own.depth[PKT_SUSTAINED] = 300 * second;
	t->own.full_at[way][PKT_SUSTAINED] =
		((uint64_t)now.tv_sec + 100) * second;
}

/* A frame of so many octets: both gates pay for all of them. */
static void begin_frame(struct program_trial *t,
			const struct program_pair *pair, size_t octets)
{
	struct program_shape s = program_plain;

	s.payload = (uint16_t)(octets - ETHERNET - headers_of(pair));
	program_begin(t, pair);
	police(&t->traffic[0], PKT_DIR_IN);
	police(&t->traffic[1], PKT_DIR_OUT);
	program_write(t, &s);
}

/* Nothing is wrong, and it went, or not, as it should. */
static void try_frame(const struct program_trial *t, bool is_sent)
{
	struct program_outcome o;
	const char *wrong;

	program_rig_xdp_alone(t, &o);
	wrong = program_compare(t, &o);
	if (wrong)
		printf(" %zu octets: %s\n", t->p.n, wrong);
	CU_ASSERT_PTR_NULL(wrong);
	CU_ASSERT_EQUAL(o.verdict, is_sent ? PROGRAM_PASSED : PROGRAM_HOST);
	if (!is_sent)
		CU_ASSERT_EQUAL(o.reason, PKT_FAST_NEIGHBOUR);
}

/* How many octets the first buffer holds here. */
static size_t first_buffer(void)
{
	struct program_trial t;
	size_t n;

	begin_frame(&t, &pairs[0], JUMBO_MTU + ETHERNET);
	n = program_rig_first(&t);
	CU_ASSERT_TRUE_FATAL(n > 0);
	CU_ASSERT_TRUE(n + 2 * (size_t)getpagesize() > JUMBO_MTU);
	CU_ASSERT_TRUE(n + (size_t)getpagesize() < JUMBO_MTU);
	return n;
}

/* What is said of all of it - lengths, counters, rates, sums - is of the frame, not
 * of its first buffer. */
static void several_buffers(void)
{
	size_t first = first_buffer(), page = (size_t)getpagesize();
	const size_t octets[] = { ETHERNET + 60, first - 1, first,
				  first + 1,     page + 1,  8000 + 74,
				  first + page,  9000,      9000 + ETHERNET };
	struct program_trial t;

	program_rig_take_several(true);
	for (size_t p = 0; p < PAIRS; p++)
		for (size_t i = 0; i < sizeof(octets) / sizeof(*octets); i++) {
			begin_frame(&t, &pairs[p], octets[i]);
			CU_ASSERT_EQUAL(program_rig_first(&t),
					octets[i] < first ? octets[i] : first);
			try_frame(&t, true);
			/* A wrong sum stays wrong by so much. */
			t.p.octet[t.p.n - 1] ^= 0x55;
			try_frame(&t, true);
			turn_back(&t);
			program_sum(&t.p);
			try_frame(&t, true);
		}
}

/* The next frame asks again: some turns of the clock after what is remembered. */
static void forget_way(void)
{
	usleep((FAST_WAY_MS + 20) * 1000);
}

/* Drivers, and kernels before 6.3, that lose them: tc has them, and XDP what is in
 * one buffer, or goes back. */
static void several_not_taken(void)
{
	size_t first = first_buffer();
	const size_t octets[] = { first, first + 1, 9000 };
	struct program_trial t;

	program_rig_take_several(false);
	for (size_t p = 0; p < PAIRS; p++)
		for (size_t i = 0; i < sizeof(octets) / sizeof(*octets); i++) {
			begin_frame(&t, &pairs[p], octets[i]);
			try_frame(&t, i == 0);
			forget_way();
			try_frame(&t, i == 0);
			turn_back(&t);
			try_frame(&t, true);
		}
}

/* A driver may let the first buffer end anywhere. */
static void headers_only(void)
{
	struct program_outcome o;
	struct program_trial t;

	program_rig_take_several(true);
	for (size_t p = 0; p < PAIRS; p++) {
		size_t headers = ETHERNET + headers_of(&pairs[p]);

		begin_frame(&t, &pairs[p], 8000);
		t.n_first = (uint16_t)headers;
		if (program_rig_first(&t) != headers) {
			puts(" skipped: the kernel cuts buffers itself");
			return;
		}
		try_frame(&t, true);
		while (--t.n_first > ETHERNET) {
			program_rig_xdp_alone(&t, &o);
			CU_ASSERT_PTR_NULL(program_compare(&t, &o));
			CU_ASSERT_EQUAL(o.verdict, PROGRAM_HOST);
			CU_ASSERT_EQUAL(o.reason, PKT_FAST_FOREIGN);
		}
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "XDP: one arm", turned },
		{ "XDP: the way out is taken away", no_longer_taken },
		{ "a tag of a VLAN", tagged },
		{ "XDP: several buffers, octet by octet", several_buffers },
		{ "XDP: the way out takes no several buffers",
		  several_not_taken },
		{ "XDP: the first buffer has the headers, or less",
		  headers_only },
		{ NULL, NULL },
	};

	return program_rig_run("packet/xdp", JUMBO_MTU, tests);
}
