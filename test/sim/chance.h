/*
 * test/sim/chance.h - everything that is left to chance, from one seed
 *
 * The generator is that of POSIX (jrand48()), so that a seed means the same
 * schedule on every machine.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct sim_chance {
	unsigned short x[3];
};

/* Neighbouring seeds begin far apart. */
static inline struct sim_chance sim_chance(uint64_t seed)
{
	uint64_t mixed = (seed + 1) * 0x9e3779b97f4a7c15u;

	return (struct sim_chance) { {
		(unsigned short)(mixed >> 16),
		(unsigned short)(mixed >> 32),
		(unsigned short)(mixed >> 48),
	} };
}

static inline uint32_t sim_any(struct sim_chance *c)
{
	return (uint32_t)jrand48(c->x);
}

/* 0 to n - 1. */
static inline uint32_t sim_below(struct sim_chance *c, uint32_t n)
{
	return (uint32_t)((uint64_t)sim_any(c) * n >> 32);
}

static inline uint32_t sim_between(struct sim_chance *c, uint32_t least,
				   uint32_t most)
{
	return least + sim_below(c, most - least + 1);
}

static inline bool sim_percent(struct sim_chance *c, uint32_t percent)
{
	return sim_below(c, 100) < percent;
}
