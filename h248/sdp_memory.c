/* h248/sdp_memory.c - see sdp_memory.h */
#include "h248/sdp_memory.h"

#include <osipparser2/osip_port.h>

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A description of some ten lines fits; what does not comes from malloc(). */
enum { BUFFER_OCTETS = 16384, ALIGN = alignof(max_align_t) };

struct head {
	alignas(max_align_t) size_t size; /* of the block behind it */
};

static _Thread_local struct {
	alignas(max_align_t) unsigned char octets[BUFFER_OCTETS];
	size_t used;
	unsigned int n_blocks;
} buffer;

static bool is_ours(const void *p)
{
	uintptr_t a = (uintptr_t)p, first = (uintptr_t)buffer.octets;

	return a >= first && a < first + BUFFER_OCTETS;
}

static void *take(size_t size)
{
	size_t room = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct head *h = (struct head *)(buffer.octets + buffer.used);

	if (size > BUFFER_OCTETS ||
	    sizeof(*h) + room > BUFFER_OCTETS - buffer.used)
		return malloc(size);
	h->size = room;
	buffer.used += sizeof(*h) + room;
	buffer.n_blocks++;
	return h + 1;
}

static void give(void *p)
{
	if (!p)
		return;
	if (!is_ours(p))
		free(p);
	else if (!--buffer.n_blocks)
		buffer.used = 0;
}

static void *change(void *p, size_t size)
{
	const struct head *h;
	void *other;

	if (!p)
		return take(size);
	if (!is_ours(p))
		return realloc(p, size);
	other = take(size);
	if (!other)
		return NULL;
	h = (const struct head *)p - 1;
	memcpy(other, p, h->size < size ? h->size : size);
	give(p);
	return other;
}

void h248_sdp_memory_init(void)
{
	/* A sanitizer has to see each block. */
#ifndef BGF_ASAN
	if (!osip_malloc_func)
		osip_set_allocators(take, change, give);
#else
	(void)take;
	(void)change;
#endif
}
