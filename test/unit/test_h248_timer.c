/* test/unit/test_h248_timer.c - the timer heap */
#include "h248/timer.h"
#include "test/support/suite.h"

#include <stdlib.h>

enum { N = 2000 };

static uint32_t seed;

static uint32_t rnd(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static void empty_heap_has_nothing_due(void)
{
	struct h248_timers h = { 0 };
	struct h248_timer t = { 0 };

	CU_ASSERT_EQUAL(h248_timers_next(&h), UINT64_MAX);
	CU_ASSERT_PTR_NULL(h248_timers_pop(&h, UINT64_MAX));
	h248_timer_cancel(&h, &t);
	CU_ASSERT_EQUAL(h248_timers_next(&h), UINT64_MAX);
}

static void pops_only_what_is_due(void)
{
	struct h248_timers h = { 0 };
	struct h248_timer a = { 0 }, b = { 0 };

	h248_timer_arm(&h, &a, 20);
	h248_timer_arm(&h, &b, 10);
	CU_ASSERT_EQUAL(h248_timers_next(&h), 10);
	CU_ASSERT_PTR_NULL(h248_timers_pop(&h, 9));
	CU_ASSERT_PTR_EQUAL(h248_timers_pop(&h, 10), &b);
	h248_timer_arm(&h, &a, 5); /* moves an armed timer */
	CU_ASSERT_PTR_EQUAL(h248_timers_pop(&h, 10), &a);
	CU_ASSERT_PTR_NULL(h248_timers_pop(&h, UINT64_MAX));
}

/* Against a plain array: the same earliest time after every operation. */
static void random_use_keeps_order(void)
{
	struct h248_timers h = { 0 };
	struct h248_timer *t = calloc(N, sizeof(*t));
	unsigned int wrong = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	seed = 1;
	for (unsigned int i = 0; i < 5 * N; i++) {
		struct h248_timer *x = &t[rnd() % N];
		uint64_t first = UINT64_MAX;

		if (rnd() % 3)
			h248_timer_arm(&h, x, rnd() % 1000);
		else
			h248_timer_cancel(&h, x);
		for (unsigned int k = 0; k < N; k++)
			if (t[k].link && t[k].due_ms < first)
				first = t[k].due_ms;
		wrong += first != h248_timers_next(&h);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	for (uint64_t last = 0, due; h.root; last = due) {
		due = h248_timers_next(&h);
		wrong += due < last;
		wrong += h248_timers_pop(&h, due) == NULL;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	free(t);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "empty heap has nothing due", empty_heap_has_nothing_due },
		{ "pops only what is due", pops_only_what_is_due },
		{ "random use keeps the order", random_use_keeps_order },
		{ NULL, NULL },
	};

	return suite_run("h248/timer", tests);
}
