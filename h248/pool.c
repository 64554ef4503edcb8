/* h248/pool.c - see pool.h */
#include "h248/pool.h"

#include <stdlib.h>
#include <string.h>

/* As many as one turn of the loop may need; the rest goes back. */
#ifdef BGF_ASAN
enum { KEPT = 0 };
#else
enum { KEPT = 256 };
#endif

struct h248_block {
	struct h248_block *next;
};

void *h248_pool_take(struct h248_pool *pool, size_t octets)
{
	struct h248_block *b = pool->first;

	if (!b)
		return malloc(octets);
	pool->first = b->next;
	pool->n--;
	return b;
}

void h248_pool_give(struct h248_pool *pool, void *block)
{
	struct h248_block *b = block;

	if (!b)
		return;
	if (pool->n == KEPT) {
		free(b);
		return;
	}
	b->next = pool->first;
	pool->first = b;
	pool->n++;
}

void h248_pool_fini(struct h248_pool *pool)
{
	struct h248_block *b;

	while ((b = pool->first)) {
		pool->first = b->next;
		free(b);
	}
	pool->n = 0;
}

/* The compiler would make a calloc() of it: see CMakeLists.txt. */
void *h248_zalloc(size_t octets)
{
	void *p = malloc(octets);

	return p ? memset(p, 0, octets) : NULL;
}
