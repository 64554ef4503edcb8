/* packet/ring.c - see ring.h */
#include "packet/ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "packet/pages.h"

enum { CACHE_LINE = 64 };

/* Both indices run freely and wrap; a slot is index & mask. */
struct pkt_ring {
	/* constant */
	uint32_t mask;
	uint32_t slot_octets;
	uint8_t *slots;

	/* producer writes */
	alignas(CACHE_LINE) _Atomic uint32_t head;
	uint32_t tail_seen; /* saves the producer a shared load */

	/* consumer writes */
	alignas(CACHE_LINE) _Atomic uint32_t tail;
	uint32_t head_seen;
};

struct pkt_ring *pkt_ring_new(uint32_t slots, uint32_t slot_octets)
{
	struct pkt_ring *r;

	if (!slots || slots & (slots - 1) || !slot_octets)
		return NULL;
	r = aligned_alloc(CACHE_LINE, sizeof(*r));
	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	r->mask = slots - 1;
	r->slot_octets = slot_octets;
	r->slots = pkt_pages_new(slots, slot_octets);
	if (!r->slots) {
		free(r);
		return NULL;
	}
	return r;
}

void pkt_ring_free(struct pkt_ring *r)
{
	if (!r)
		return;
	pkt_pages_free(r->slots, (size_t)r->mask + 1, r->slot_octets);
	free(r);
}

static uint8_t *slot_at(const struct pkt_ring *r, uint32_t i)
{
	return r->slots + (size_t)(i & r->mask) * r->slot_octets;
}

bool pkt_ring_push(struct pkt_ring *r, const void *slot)
{
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	if (head - r->tail_seen > r->mask)
		r->tail_seen =
			atomic_load_explicit(&r->tail, memory_order_acquire);
	if (head - r->tail_seen > r->mask)
		return false;
	memcpy(slot_at(r, head), slot, r->slot_octets);
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
	return true;
}

uint32_t pkt_ring_room(const struct pkt_ring *r)
{
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);

	return r->mask + 1 - (head - tail);
}

bool pkt_ring_pop(struct pkt_ring *r, void *slot)
{
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	if (tail == r->head_seen)
		r->head_seen =
			atomic_load_explicit(&r->head, memory_order_acquire);
	if (tail == r->head_seen)
		return false;
	memcpy(slot, slot_at(r, tail), r->slot_octets);
	atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
	return true;
}
