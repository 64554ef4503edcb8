/* test/unit/test_pkt_timers.c - the heap of deadlines */
#include "packet/timers.h"
#include "test/support/suite.h"

enum { IDS = 50 };

static uint32_t seed = 7;

static uint32_t next_random(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void none(void)
{
	struct pkt_timers *t = pkt_timers_new(IDS);
	uint32_t id = 99;

	CU_ASSERT_EQUAL(pkt_timers_first(t, &id), PKT_TIMER_NEVER);
	pkt_timers_set(t, 3, PKT_TIMER_NEVER);
	CU_ASSERT_EQUAL(pkt_timers_first(t, &id), PKT_TIMER_NEVER);
	CU_ASSERT_EQUAL(id, 99);
	pkt_timers_free(t);
	pkt_timers_free(NULL);
}

static void earliest_first(void)
{
	struct pkt_timers *t = pkt_timers_new(IDS);
	uint32_t id;

	pkt_timers_set(t, 1, 300);
	pkt_timers_set(t, 2, 100);
	pkt_timers_set(t, 0, 200);
	CU_ASSERT_EQUAL(pkt_timers_first(t, &id), 100);
	CU_ASSERT_EQUAL(id, 2);
	pkt_timers_set(t, 2, 250);
	CU_ASSERT_EQUAL(pkt_timers_first(t, &id), 200);
	CU_ASSERT_EQUAL(id, 0);
	pkt_timers_set(t, 1, 50);
	CU_ASSERT_EQUAL(pkt_timers_first(t, &id), 50);
	CU_ASSERT_EQUAL(id, 1);
	pkt_timers_set(t, 1, PKT_TIMER_NEVER);
	CU_ASSERT_EQUAL(pkt_timers_first(t, &id), 200);
	pkt_timers_free(t);
}

/* Against a plain array, which is searched. */
static void churn(void)
{
	struct pkt_timers *t = pkt_timers_new(IDS);
	uint64_t due[IDS], min, got;
	uint32_t id;

	for (uint32_t i = 0; i < IDS; i++)
		due[i] = PKT_TIMER_NEVER;
	for (int round = 0; round < 20000; round++) {
		id = next_random() % IDS;
		due[id] = next_random() % 4 ? next_random() % 1000 :
					      PKT_TIMER_NEVER;
		pkt_timers_set(t, id, due[id]);
		min = PKT_TIMER_NEVER;
		for (uint32_t i = 0; i < IDS; i++)
			min = due[i] < min ? due[i] : min;
		got = pkt_timers_first(t, &id);
		CU_ASSERT_EQUAL_FATAL(got, min);
		if (got != PKT_TIMER_NEVER)
			CU_ASSERT_EQUAL_FATAL(due[id], got);
	}
	pkt_timers_free(t);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "none", none },
		{ "earliest first", earliest_first },
		{ "churn, against a search", churn },
		{ NULL, NULL },
	};

	return suite_run("packet/timers", tests);
}
