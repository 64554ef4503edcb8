/*
 * packet/ring.h - a bounded ring for one producer and one consumer thread
 *
 * C11 atomics; slots of one fixed size; push is release, pop is acquire
 * (decision 10).  What must not fail later (the removal of a gate) keeps its
 * place by accounting: the producer knows the number of slots, and promises no
 * more than that to the commands that are not answered yet.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pkt_ring; /* opaque */

/* slots: a power of two.  Returns new, or NULL. */
struct pkt_ring *pkt_ring_new(uint32_t slots, uint32_t slot_octets);
void pkt_ring_free(struct pkt_ring *r);

/* Producer.  Copies slot_octets; false: full, nothing written. */
bool pkt_ring_push(struct pkt_ring *r, const void *slot);
/* Producer.  Free slots; the consumer may have made more since. */
uint32_t pkt_ring_room(const struct pkt_ring *r);

/* Consumer.  false: empty. */
bool pkt_ring_pop(struct pkt_ring *r, void *slot);
