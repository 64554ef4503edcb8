/*
 * packet/freeset.h - the free ones of the numbers 0 to n - 1
 *
 * Any of them can be taken, by its number or by chance, in constant time.  A
 * new set of millions touches no memory.  Thread: its owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pkt_freeset {
	uint32_t *item; /* the first n_free are free: number + 1; 0: as the index */
	uint32_t *where; /* of a number: index in item + 1; 0: as the number */
	uint32_t n, n_free;
};

/* All are free.  0 or -ENOMEM; to be ended in both cases. */
int pkt_freeset_init(struct pkt_freeset *s, uint32_t n);
void pkt_freeset_end(struct pkt_freeset *s);

/* The i-th of the free ones, i < n_free; in no order. */
uint32_t pkt_freeset_at(const struct pkt_freeset *s, uint32_t i);
bool pkt_freeset_has(const struct pkt_freeset *s, uint32_t number);
/* It is free. */
void pkt_freeset_take(struct pkt_freeset *s, uint32_t number);
/* It is not. */
void pkt_freeset_give(struct pkt_freeset *s, uint32_t number);
