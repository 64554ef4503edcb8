/*
 * mgcsim/hist.h - how long things took: percentiles without keeping each
 *
 * Buckets are at most 1/32 wider than what is in them, so a percentile is at
 * most that much too high.
 */
#pragma once

#include <stdint.h>

enum { HIST_SUB_BITS = 5, HIST_OCTAVES = 40, HIST_SUB = 1 << HIST_SUB_BITS };

struct hist {
	uint64_t n, min_us, max_us;
	uint64_t bucket[HIST_OCTAVES * HIST_SUB];
};

void hist_add(struct hist *h, uint64_t us);
/* The value that so many of a thousand are not over; 0 of nothing. */
uint64_t hist_permille(const struct hist *h, unsigned int permille);
