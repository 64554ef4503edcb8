/*
 * packet/police_pool.h - buckets that programs of the kernel see as well
 *
 * Records of a map, handed out by number to the few gates that are policed.
 * Take and give: any worker, at once with others, no lock.
 */
#pragma once

#include <stdatomic.h>

#include "packet/police.h"

struct pkt_police_pool {
	struct pkt_police *record; /* n of them; borrowed */
	uint32_t n;
	_Atomic uint64_t *taken; /* a bit for each */
};

/* 0 or -ENOMEM. */
int pkt_police_pool_init(struct pkt_police_pool *p, struct pkt_police *record,
			 uint32_t n);
/* As after zero or init. */
void pkt_police_pool_free(struct pkt_police_pool *p);

/* Number + 1 of a record; 0: all are taken. */
uint32_t pkt_police_pool_take(struct pkt_police_pool *p);
void pkt_police_pool_give(struct pkt_police_pool *p, uint32_t number_1);
