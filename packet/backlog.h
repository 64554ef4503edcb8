/*
 * packet/backlog.h - commands that found the ring full, in their order
 *
 * The ring of commands is small, so that it stays in the cache; what must not
 * be refused (the removal of a gate) waits here.  A bounded FIFO of slots as
 * those of the ring; its memory is only touched by a burst, and given back
 * after it.  Thread: control.
 */
#pragma once

#include "packet/ring.h"

struct pkt_backlog; /* opaque */

/* Returns new, or NULL. */
struct pkt_backlog *pkt_backlog_new(uint32_t slots, uint32_t slot_octets);
void pkt_backlog_free(struct pkt_backlog *b);

/* Into the ring, or behind what waits already.  false: it is full, which the
 * caller rules out by counting. */
bool pkt_backlog_push(struct pkt_backlog *b, struct pkt_ring *ring,
		      const void *slot);
/* Moves what the ring takes.  Returns whether it was any. */
bool pkt_backlog_drain(struct pkt_backlog *b, struct pkt_ring *ring);
