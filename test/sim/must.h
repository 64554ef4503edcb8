/*
 * test/sim/must.h - what must hold, and what a schedule did
 *
 * A broken invariant ends the program by abort(); main.c then tells the seed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void sim_must(bool ok, const char *what);

/* One line of the trace, when one was asked for (--trace). */
extern bool sim_is_traced;
void sim_tell(uint64_t now_us, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
#define SIM_TELL(...)                          \
	do {                                   \
		if (sim_is_traced)             \
			sim_tell(__VA_ARGS__); \
	} while (0)
