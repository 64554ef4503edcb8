/* h248/arena.c - see arena.h */
#include "h248/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/pool.h"

enum {
	DEFAULT_BUDGET = 1 << 20,
	FIRST_CHUNK = 4096, /* an ordinary request fits */
	MAX_CHUNK = 64 * 1024,
	ALIGN = alignof(max_align_t),
};

struct chunk {
	struct chunk *next;
	size_t size; /* of data[] */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

struct h248_arena {
	struct chunk *chunks; /* newest first; only this one is filled */
	size_t budget;
	size_t taken;
	bool failed;
	struct chunk first; /* and FIRST_CHUNK octets of it */
};

static _Thread_local struct h248_pool pool;

struct h248_arena *h248_arena_new(size_t max_octets)
{
	struct h248_arena *a = h248_pool_take(&pool, sizeof(*a) + FIRST_CHUNK);

	if (!a)
		return NULL;
	*a = (struct h248_arena) { .budget = max_octets };
	if (!max_octets)
		a->budget = DEFAULT_BUDGET;
	return a;
}

void h248_arena_free(struct h248_arena *a)
{
	if (!a)
		return;
	while (a->chunks) {
		struct chunk *c = a->chunks;

		a->chunks = c->next;
		if (c != &a->first)
			free(c);
	}
	h248_pool_give(&pool, a);
}

static size_t next_size(const struct h248_arena *a, size_t need)
{
	size_t size = a->chunks ? 2 * a->chunks->size : FIRST_CHUNK;

	if (size > MAX_CHUNK)
		size = MAX_CHUNK;
	if (size > a->budget - a->taken)
		size = a->budget - a->taken;
	return size < need ? need : size;
}

static struct chunk *add_chunk(struct h248_arena *a, size_t need)
{
	size_t size = next_size(a, need);
	struct chunk *c = &a->first;

	if (size > a->budget - a->taken)
		return NULL;
	/* Zeroed when it is handed out: most of it never is. */
	if (a->chunks || size > FIRST_CHUNK)
		c = malloc(sizeof(*c) + size);
	if (!c)
		return NULL;
	*c = (struct chunk) { .next = a->chunks, .size = size };
	a->chunks = c;
	a->taken += size;
	return c;
}

void *h248_arena_alloc(struct h248_arena *a, size_t octets)
{
	struct chunk *c = a->chunks;
	size_t need;
	void *p;

	/* Refused before it is rounded up: the sum cannot wrap. */
	if (octets > a->budget) {
		a->failed = true;
		return NULL;
	}
	need = (octets + ALIGN - 1) / ALIGN * ALIGN;
	if (!c || c->size - c->used < need)
		c = add_chunk(a, need);
	if (!c) {
		a->failed = true;
		return NULL;
	}
	p = c->data + c->used;
	c->used += need;
	return memset(p, 0, octets);
}

struct h248_span h248_arena_dup(struct h248_arena *a, struct h248_span s)
{
	char *p = h248_arena_alloc(a, s.n ? s.n : 1);

	if (!p)
		return (struct h248_span) { NULL, 0 };
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct h248_span) { p, s.n };
}

struct h248_span h248_arena_printf(struct h248_arena *a, const char *fmt, ...)
{
	struct h248_span none = { NULL, 0 };
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return none;
	p = h248_arena_alloc(a, (size_t)n + 1);
	if (!p)
		return none;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct h248_span) { p, (uint32_t)n };
}

size_t h248_arena_used(const struct h248_arena *a)
{
	return a->taken;
}

bool h248_arena_failed(const struct h248_arena *a)
{
	return a->failed;
}
