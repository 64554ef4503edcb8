/* gateway/clock.c - the two clocks: monotonic to measure, wall to report */
#include "gateway/gw.h"

#include <time.h>

static uint64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t gw_now_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

uint64_t gw_now_ms(void)
{
	return gw_now_us() / 1000;
}

uint64_t gw_wall_us(void)
{
	return read_us(CLOCK_REALTIME);
}

uint64_t gw_wall_of(uint64_t mono_us)
{
	return gw_wall_us() - gw_now_us() + mono_us;
}
