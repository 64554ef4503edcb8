/* mgcsim/hist.c - see hist.h */
#include "tools/mgcsim/hist.h"

/* Below HIST_SUB each value has a bucket; above, each octave has HIST_SUB. */
static unsigned int bucket_of(uint64_t us)
{
	unsigned int octave = 0, index;

	while (us >> octave >= 2 * HIST_SUB)
		octave++;
	index = octave * HIST_SUB + (unsigned int)(us >> octave);
	return index < HIST_OCTAVES * HIST_SUB ? index :
						 HIST_OCTAVES * HIST_SUB - 1;
}

/* The highest value of a bucket. */
static uint64_t top_of(unsigned int bucket)
{
	unsigned int octave = bucket / HIST_SUB;
	uint64_t in = bucket % HIST_SUB + (octave ? HIST_SUB : 0);

	octave -= octave != 0;
	return ((in + 1) << octave) - 1;
}

void hist_add(struct hist *h, uint64_t us)
{
	if (!h->n || us < h->min_us)
		h->min_us = us;
	if (us > h->max_us)
		h->max_us = us;
	h->n++;
	h->bucket[bucket_of(us)]++;
}

uint64_t hist_permille(const struct hist *h, unsigned int permille)
{
	uint64_t want = (h->n * permille + 999) / 1000, seen = 0;

	for (unsigned int i = 0; i < HIST_OCTAVES * HIST_SUB; i++) {
		seen += h->bucket[i];
		if (seen && seen >= want)
			return top_of(i) < h->max_us ? top_of(i) : h->max_us;
	}
	return 0;
}
