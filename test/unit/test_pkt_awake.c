/*
 * test/unit/test_pkt_awake.c - the worker stays awake while there is bulk
 *
 * How long is not asked: a machine that is busy may take longer than that.  So
 * one turn of many that did not wait is enough, and one that waited is proof of
 * the other.
 */
#include "test/support/fake_tun.h"
#include "test/support/suite.h"
#include "test/support/worker_rig.h"

#include <time.h>

enum { TURN_MS = 20, TRIES = 100, SMALL = 1400, BULK = 40000 };

static const uint8_t data[BULK];
static struct fake_pkt got;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Does a turn with nothing to do wait, behind a segment of n octets? */
static bool waits_behind(size_t n)
{
	uint64_t began;

	segment(3, 4, data, n);
	turn();
	while (fake_tun_recv(fd[1], &got, 0))
		;
	began = now_ms();
	pkt_worker_turn(worker, TURN_MS);
	return now_ms() - began >= TURN_MS / 2;
}

static bool always_waits_behind(size_t n)
{
	for (int i = 0; i < TRIES; i++)
		if (!waits_behind(n))
			return false;
	return true;
}

static void awake_behind_bulk(void)
{
	start();
	open_session();
	CU_ASSERT_FALSE(always_waits_behind(BULK));
	stop();
}

static void sleeps_again(void)
{
	int i = 0;

	start();
	open_session();
	(void)waits_behind(BULK);
	while (i < TRIES && !waits_behind(SMALL))
		i++;
	CU_ASSERT_TRUE(i < TRIES);
	CU_ASSERT_TRUE(waits_behind(SMALL));
	stop();
}

/* Nobody but an open session keeps it awake. */
static void asleep_behind_what_is_dropped(void)
{
	start();
	add_pair();
	for (int i = 0; i < 5; i++)
		CU_ASSERT_TRUE(waits_behind(BULK));
	stop();
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "awake behind bulk", awake_behind_bulk },
		{ "sleeps when it is over", sleeps_again },
		{ "asleep behind what is dropped",
		  asleep_behind_what_is_dropped },
		{ NULL, NULL },
	};

	return suite_run("packet/awake", tests);
}
