/*
 * h248/arena.h - the memory of one message
 *
 * Everything decoded from a message, or built into one, is allocated here and
 * freed at once.  Nothing that outlives the transaction may point into it.
 * An arena belongs to one thread.
 */
#pragma once

#include "h248/types.h"

struct h248_arena;

/* Returns new, or NULL when memory or max_octets (0: 1 MiB) does not allow.
 * The budget bounds what a hostile message can cost. */
struct h248_arena *h248_arena_new(size_t max_octets);
void h248_arena_free(struct h248_arena *a); /* NULL is fine */

/* Zeroed, aligned for any type.  NULL when the budget or memory is used up:
 * the caller answers 510. */
void *h248_arena_alloc(struct h248_arena *a, size_t octets);
#define H248_NEW(a, type) ((type *)h248_arena_alloc((a), sizeof(type)))

/* A copy inside the arena; p NULL when memory is used up. */
struct h248_span h248_arena_dup(struct h248_arena *a, struct h248_span s);
struct h248_span h248_arena_printf(struct h248_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Octets taken from the system so far; never over the budget. */
size_t h248_arena_used(const struct h248_arena *a);
/* True from the first allocation that did not fit: a builder may go on and
 * ask once at the end. */
bool h248_arena_failed(const struct h248_arena *a);
