/* packet/police_pool.c - see police_pool.h */
#include "packet/police_pool.h"

#include <errno.h>
#include <stdlib.h>

enum { BITS = 64 };

static uint32_t words(uint32_t n)
{
	return (n + BITS - 1) / BITS;
}

int pkt_police_pool_init(struct pkt_police_pool *p, struct pkt_police *record,
			 uint32_t n)
{
	p->record = record;
	p->n = n;
	p->taken = calloc(words(n), sizeof(*p->taken));
	return p->taken ? 0 : -ENOMEM;
}

void pkt_police_pool_free(struct pkt_police_pool *p)
{
	free((void *)p->taken);
	p->taken = NULL;
}

/* A free bit of this word becomes ours; BITS: there is none. */
static uint32_t take_bit(_Atomic uint64_t *word)
{
	uint64_t seen = atomic_load_explicit(word, memory_order_relaxed);

	while (seen != UINT64_MAX) {
		uint32_t bit = (uint32_t)__builtin_ctzll(~seen);

		if (atomic_compare_exchange_weak(word, &seen,
						 seen | UINT64_C(1) << bit))
			return bit;
	}
	return BITS;
}

uint32_t pkt_police_pool_take(struct pkt_police_pool *p)
{
	for (uint32_t i = 0; i < words(p->n); i++) {
		uint32_t bit = take_bit(&p->taken[i]);

		if (bit == BITS)
			continue;
		if (i * BITS + bit < p->n)
			return i * BITS + bit + 1;
		/* Behind the last: stays taken. */
		return 0;
	}
	return 0;
}

void pkt_police_pool_give(struct pkt_police_pool *p, uint32_t number_1)
{
	uint32_t i = number_1 - 1;

	if (i < p->n)
		atomic_fetch_and(&p->taken[i / BITS],
				 ~(UINT64_C(1) << i % BITS));
}
