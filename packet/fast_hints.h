/*
 * packet/fast_hints.h - what the programs of the kernel tell each worker
 *
 * A ring for each worker (note.h of packet/bpf), and how many hints found no
 * room in it.  Hints are for speed: the entries say it all, so the rings need not
 * hold all sessions that there may be.
 *
 * Open and close: control; the rest: the worker.
 */
#pragma once

#include "packet/engine.h"

struct fast_missed;
struct fast_ring;

struct fast_hints {
	struct fast_ring *ring[PKT_MAX_WORKERS]; /* NULL: none */
	struct fast_missed *missed;              /* one for each worker */
};

/* rings, missed: the maps.  A hint names a place below n_places.  0 or a negative
 * errno; close it either way. */
int fast_hints_open(struct fast_hints *h, int rings, int missed,
		    unsigned int n_workers, uint32_t n_places);
/* All zero, or after open. */
void fast_hints_close(struct fast_hints *h);

/* See fast.h. */
int fast_hints_fd(const struct fast_hints *h, unsigned int worker);
void fast_hints_read(struct fast_hints *h, unsigned int worker,
		     void (*tell)(void *arg, uint32_t place), void *arg);
uint32_t fast_hints_missed(const struct fast_hints *h, unsigned int worker);
