/*
 * mgcsim/timeval.h - a time as timers of libevent take it
 */
#pragma once

#include <stdint.h>
#include <sys/time.h>

static inline struct timeval sim_timeval(uint64_t us)
{
	return (struct timeval) { (time_t)(us / 1000000),
				  (suseconds_t)(us % 1000000) };
}
