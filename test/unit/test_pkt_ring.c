/* test/unit/test_pkt_ring.c - the ring, alone and between two threads */
#include "packet/ring.h"
#include "test/support/suite.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

enum { SLOTS = 8, CHURN = 200000 };

struct item { /* more than one word: a torn copy shows */
	uint32_t number;
	uint32_t twin[5];
};

static struct item item(uint32_t n)
{
	struct item i = { .number = n };

	for (int k = 0; k < 5; k++)
		i.twin[k] = n ^ 0x5a5a5a5a;
	return i;
}

static bool is_whole(const struct item *i)
{
	for (int k = 0; k < 5; k++)
		if (i->twin[k] != (i->number ^ 0x5a5a5a5a))
			return false;
	return true;
}

static void refuses_bad_sizes(void)
{
	CU_ASSERT_PTR_NULL(pkt_ring_new(0, 4));
	CU_ASSERT_PTR_NULL(pkt_ring_new(6, 4));
	CU_ASSERT_PTR_NULL(pkt_ring_new(8, 0));
	pkt_ring_free(NULL);
}

static void is_full_and_empty(void)
{
	struct pkt_ring *r = pkt_ring_new(SLOTS, sizeof(struct item));
	struct item i, out;

	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_FALSE(pkt_ring_pop(r, &out));
	for (uint32_t n = 0; n < SLOTS; n++) {
		CU_ASSERT_EQUAL(pkt_ring_room(r), SLOTS - n);
		i = item(n);
		CU_ASSERT_TRUE(pkt_ring_push(r, &i));
	}
	CU_ASSERT_EQUAL(pkt_ring_room(r), 0);
	i = item(99);
	CU_ASSERT_FALSE(pkt_ring_push(r, &i));
	for (uint32_t n = 0; n < SLOTS; n++) {
		CU_ASSERT_TRUE(pkt_ring_pop(r, &out));
		CU_ASSERT_EQUAL(out.number, n);
		CU_ASSERT_TRUE(is_whole(&out));
	}
	CU_ASSERT_FALSE(pkt_ring_pop(r, &out));
	CU_ASSERT_EQUAL(pkt_ring_room(r), SLOTS);
	pkt_ring_free(r);
}

static void keeps_order_over_the_edge(void)
{
	struct pkt_ring *r = pkt_ring_new(4, sizeof(struct item));
	struct item i, out;

	for (uint32_t n = 0; n < 1000; n++) {
		i = item(n);
		CU_ASSERT_TRUE(pkt_ring_push(r, &i));
		if (n < 2)
			continue;
		CU_ASSERT_TRUE(pkt_ring_pop(r, &out));
		CU_ASSERT_EQUAL(out.number, n - 2);
	}
	pkt_ring_free(r);
}

static void *produce(void *arg)
{
	for (uint32_t n = 0; n < CHURN; n++) {
		struct item i = item(n);

		while (!pkt_ring_push(arg, &i))
			sched_yield();
	}
	return NULL;
}

static void crosses_threads(void)
{
	struct pkt_ring *r = pkt_ring_new(64, sizeof(struct item));
	uint32_t bad = 0;
	struct item out;
	pthread_t t;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&t, NULL, produce, r), 0);
	for (uint32_t n = 0; n < CHURN; n++) {
		while (!pkt_ring_pop(r, &out))
			sched_yield();
		bad += out.number != n || !is_whole(&out);
	}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_FALSE(pkt_ring_pop(r, &out));
	pthread_join(t, NULL);
	pkt_ring_free(r);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "refuses bad sizes", refuses_bad_sizes },
		{ "is full, is empty", is_full_and_empty },
		{ "keeps order over the edge", keeps_order_over_the_edge },
		{ "crosses threads, nothing torn or lost", crosses_threads },
		{ NULL, NULL },
	};

	return suite_run("packet/ring", tests);
}
