/* test/unit/test_pkt_backlog.c - decision 8: commands never meet a full ring */
#include "packet/backlog.h"
#include "test/support/suite.h"

enum { RING = 8, SLOTS = 100 };

static struct pkt_ring *ring;
static struct pkt_backlog *backlog;

static void start(void)
{
	ring = pkt_ring_new(RING, sizeof(uint32_t));
	backlog = pkt_backlog_new(SLOTS, sizeof(uint32_t));
	CU_ASSERT_PTR_NOT_NULL_FATAL(ring);
	CU_ASSERT_PTR_NOT_NULL_FATAL(backlog);
}

static void stop(void)
{
	pkt_backlog_free(backlog);
	pkt_ring_free(ring);
}

static void push(uint32_t i)
{
	CU_ASSERT(pkt_backlog_push(backlog, ring, &i));
}

static void pop(uint32_t i)
{
	uint32_t got = ~i;

	CU_ASSERT(pkt_ring_pop(ring, &got));
	CU_ASSERT_EQUAL(got, i);
}

static void order(void)
{
	uint32_t i, none;

	start();
	for (i = 0; i < RING + SLOTS; i++)
		push(i);
	CU_ASSERT(!pkt_backlog_push(backlog, ring, &i));
	CU_ASSERT(!pkt_backlog_drain(backlog, ring));
	pop(0);
	/* The ring has room, but others wait: not past them. */
	CU_ASSERT(!pkt_backlog_push(backlog, ring, &i));
	for (i = 1; i < RING + SLOTS; i++) {
		CU_ASSERT(pkt_backlog_drain(backlog, ring) == (i <= SLOTS));
		pop(i);
	}
	CU_ASSERT(!pkt_ring_pop(ring, &none));
	stop();
}

/* Many times around, never empty and never full. */
static void around(void)
{
	uint32_t in = 0, out = 0;

	start();
	while (in < RING + SLOTS / 2)
		push(in++);
	for (int round = 0; round < 10 * SLOTS; round++) {
		pop(out++);
		CU_ASSERT(pkt_backlog_drain(backlog, ring));
		push(in++);
	}
	while (out < in) {
		pop(out++);
		pkt_backlog_drain(backlog, ring);
	}
	push(in);
	pop(in);
	stop();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "decision 8: none is lost, none overtakes", order },
		{ "around", around },
		{ NULL, NULL },
	};

	return suite_run("packet/backlog", tests);
}
