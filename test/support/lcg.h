/*
 * test/support/lcg.h - numbers by chance, the same ones in every run
 */
#pragma once

#include <stdint.h>

/* The next one of a sequence; seed: its uint32_t. */
static inline uint32_t lcg_next(void *seed)
{
	uint32_t *s = seed;

	*s = *s * 1664525 + 1013904223;
	return *s ^ *s >> 15;
}
