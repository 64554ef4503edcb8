/* packet/backlog.c - see backlog.h */
#include "packet/backlog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "packet/pages.h"

/* What an emptied backlog may keep. */
enum { KEPT_OCTETS = 64 * 1024 };

struct pkt_backlog {
	uint8_t *slots;
	size_t octets;
	uint32_t n_slots, slot_octets;
	uint32_t first, n, most; /* most: since it was last given back */
};

struct pkt_backlog *pkt_backlog_new(uint32_t slots, uint32_t slot_octets)
{
	struct pkt_backlog *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->n_slots = slots;
	b->slot_octets = slot_octets;
	b->octets = (size_t)slots * slot_octets;
	b->slots = pkt_pages_new(slots, slot_octets);
	if (b->slots)
		return b;
	free(b);
	return NULL;
}

void pkt_backlog_free(struct pkt_backlog *b)
{
	if (!b)
		return;
	pkt_pages_free(b->slots, b->n_slots, b->slot_octets);
	free(b);
}

static uint8_t *slot_at(const struct pkt_backlog *b, uint32_t i)
{
	uint64_t at = ((uint64_t)b->first + i) % b->n_slots;

	return b->slots + at * b->slot_octets;
}

static void start_over(struct pkt_backlog *b)
{
	b->first = 0;
	if ((size_t)b->most * b->slot_octets > KEPT_OCTETS)
		madvise(b->slots, b->octets, MADV_DONTNEED);
	b->most = 0;
}

bool pkt_backlog_push(struct pkt_backlog *b, struct pkt_ring *ring,
		      const void *slot)
{
	if (!b->n && pkt_ring_push(ring, slot))
		return true;
	if (b->n == b->n_slots)
		return false;
	memcpy(slot_at(b, b->n), slot, b->slot_octets);
	b->n++;
	b->most++;
	return true;
}

bool pkt_backlog_drain(struct pkt_backlog *b, struct pkt_ring *ring)
{
	uint32_t before = b->n;

	while (b->n && pkt_ring_push(ring, slot_at(b, 0))) {
		b->first = (b->first + 1) % b->n_slots;
		b->n--;
	}
	if (before && !b->n)
		start_over(b);
	return b->n != before;
}
