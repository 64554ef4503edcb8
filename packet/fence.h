/*
 * packet/fence.h - waiting until the kernel's programs have let go
 *
 * That takes milliseconds, so a thread of its own does it, once for all that
 * has asked meanwhile (decision 9).  Thread: one asks, and looks.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pkt_fence; /* opaque */

/* fence: waits for what is under way at the call.  wake: called by the thread
 * after each.  0 and new in *out, or a negative errno. */
int pkt_fence_new(void (*fence)(void), void (*wake)(void *arg), void *arg,
		  struct pkt_fence **out);
/* Ends the thread.  NULL is fine. */
void pkt_fence_free(struct pkt_fence *f);

/* A ticket for what is under way now. */
uint64_t pkt_fence_ask(struct pkt_fence *f);
/* Has all of that ended? */
bool pkt_fence_is_past(const struct pkt_fence *f, uint64_t ticket);
