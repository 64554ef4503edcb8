/*
 * h248/pool.h - memory of what comes and goes with each transaction
 *
 * malloc() keeps small blocks that were freed at hand, up to a kilobyte and a
 * few of each size; larger ones are joined with their neighbours and cut off
 * again, and calloc() passes all of that by.  A pool keeps blocks of one size.
 * It belongs to one thread.  Under the address sanitizer it keeps none, so
 * that each use after the end is seen.
 */
#pragma once

#include <stddef.h>

/* All zero: empty. */
struct h248_pool {
	struct h248_block *first;
	unsigned int n;
};

/* Not zeroed, aligned for any type; octets is the same for all blocks of a
 * pool, and room for a pointer at least.  NULL: no memory. */
void *h248_pool_take(struct h248_pool *pool, size_t octets);
void h248_pool_give(struct h248_pool *pool, void *block); /* NULL is fine */
void h248_pool_fini(struct h248_pool *pool); /* of those that were given back */

/* As calloc(), but from the blocks at hand; free() it. */
void *h248_zalloc(size_t octets);
