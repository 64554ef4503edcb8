/*
 * h248/timer.h - timers of one object, the earliest first
 *
 * A pairing heap of timers embedded in their owners: arming cannot fail and
 * allocates nothing, and costs O(1); cancelling and expiring O(log n)
 * amortised.  It knows no clock: the caller asks what is due.  Private to
 * libh248.  Thread: the owner's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct h248_timer {
	uint64_t due_ms;
	struct h248_timer *child, *next;
	struct h248_timer **link; /* what points to us; NULL: not armed */
};

/* All zero: empty. */
struct h248_timers {
	struct h248_timer *root;
};

/* Arms, or moves an armed timer. */
void h248_timer_arm(struct h248_timers *h, struct h248_timer *t,
		    uint64_t due_ms);
/* Does nothing when it is not armed. */
void h248_timer_cancel(struct h248_timers *h, struct h248_timer *t);
/* When the earliest is due; UINT64_MAX: none armed. */
uint64_t h248_timers_next(const struct h248_timers *h);
/* Takes out one timer that is due at now_ms, NULL: none. */
struct h248_timer *h248_timers_pop(struct h248_timers *h, uint64_t now_ms);
