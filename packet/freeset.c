/* packet/freeset.c - see freeset.h */
#include "packet/freeset.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int pkt_freeset_init(struct pkt_freeset *s, uint32_t n)
{
	s->n = s->n_free = n;
	s->item = calloc((size_t)n + 1, sizeof(*s->item));
	s->where = calloc((size_t)n + 1, sizeof(*s->where));
	return s->item && s->where ? 0 : -ENOMEM;
}

void pkt_freeset_end(struct pkt_freeset *s)
{
	free(s->item);
	free(s->where);
}

uint32_t pkt_freeset_at(const struct pkt_freeset *s, uint32_t i)
{
	return s->item[i] ? s->item[i] - 1 : i;
}

static uint32_t where(const struct pkt_freeset *s, uint32_t number)
{
	return s->where[number] ? s->where[number] - 1 : number;
}

static void put(struct pkt_freeset *s, uint32_t i, uint32_t number)
{
	s->item[i] = number + 1;
	s->where[number] = i + 1;
}

/* Of one that is taken `where` is what it was: there is another one now, or none. */
bool pkt_freeset_has(const struct pkt_freeset *s, uint32_t number)
{
	uint32_t i = where(s, number);

	return i < s->n_free && pkt_freeset_at(s, i) == number;
}

void pkt_freeset_take(struct pkt_freeset *s, uint32_t number)
{
	assert(pkt_freeset_has(s, number));
	put(s, where(s, number), pkt_freeset_at(s, --s->n_free));
}

void pkt_freeset_give(struct pkt_freeset *s, uint32_t number)
{
	assert(!pkt_freeset_has(s, number));
	put(s, s->n_free++, number);
}
