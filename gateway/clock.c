/* gateway/clock.c - the two clocks: monotonic to measure, wall to report */
#include "gateway/gw.h"

#include <time.h>

/* Both 0 unless a test has stopped the clocks. */
static uint64_t frozen_mono_us, frozen_wall_us;

static uint64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t gw_now_us(void)
{
	return frozen_mono_us ? frozen_mono_us : read_us(CLOCK_MONOTONIC);
}

uint64_t gw_now_ms(void)
{
	return gw_now_us() / 1000;
}

uint64_t gw_wall_us(void)
{
	return frozen_wall_us ? frozen_wall_us : read_us(CLOCK_REALTIME);
}

uint64_t gw_wall_of(uint64_t mono_us)
{
	return gw_wall_us() - gw_now_us() + mono_us;
}

void gw_clock_freeze(uint64_t mono_us, uint64_t wall_us)
{
	frozen_mono_us = mono_us;
	frozen_wall_us = wall_us;
}
