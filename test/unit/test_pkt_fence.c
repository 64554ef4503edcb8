/* test/unit/test_pkt_fence.c - tickets, between two threads */
#include "packet/fence.h"
#include "test/support/suite.h"

#include <semaphore.h>
#include <stdatomic.h>

static sem_t may_pass, has_woken;
static atomic_uint fences;

static void slow(void)
{
	sem_wait(&may_pass);
	atomic_fetch_add(&fences, 1);
}

static void wake(void *arg)
{
	(void)arg;
	sem_post(&has_woken);
}

static struct pkt_fence *begin(void)
{
	struct pkt_fence *f = NULL;

	sem_init(&may_pass, 0, 0);
	sem_init(&has_woken, 0, 0);
	atomic_store(&fences, 0);
	CU_ASSERT_EQUAL_FATAL(pkt_fence_new(slow, wake, NULL, &f), 0);
	return f;
}

/* A ticket is good when a fence has begun and ended after it was taken. */
static void one(void)
{
	struct pkt_fence *f = begin();
	uint64_t ticket = pkt_fence_ask(f);

	CU_ASSERT_FALSE(pkt_fence_is_past(f, ticket));
	sem_post(&may_pass);
	sem_wait(&has_woken);
	CU_ASSERT_TRUE(pkt_fence_is_past(f, ticket));
	CU_ASSERT_FALSE(pkt_fence_is_past(f, ticket + 1));
	pkt_fence_free(f);
}

/* What is asked while one is under way waits for the next, all together. */
static void batch(void)
{
	struct pkt_fence *f = begin();
	uint64_t first = pkt_fence_ask(f), last = 0;
	unsigned int turns = 1;

	while (!last || !pkt_fence_is_past(f, first)) {
		sem_post(&may_pass);
		sem_wait(&has_woken);
		if (!last)
			for (int i = 0; i < 1000; i++)
				last = pkt_fence_ask(f);
	}
	for (; !pkt_fence_is_past(f, last); turns++) {
		sem_post(&may_pass);
		sem_wait(&has_woken);
	}
	CU_ASSERT_TRUE(pkt_fence_is_past(f, last));
	CU_ASSERT_TRUE(turns <= 3);
	CU_ASSERT_TRUE(atomic_load(&fences) <= 3);
	sem_post(&may_pass); /* for one that was rung for in vain */
	pkt_fence_free(f);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "decision 9: a ticket", one },
		{ "decision 9: one fence for many", batch },
		{ NULL, NULL },
	};

	return suite_run("packet/fence", tests);
}
