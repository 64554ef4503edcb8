/*
 * packet/timers.h - one deadline for each of a fixed number of ids
 *
 * A binary heap: O(log n) to set, O(1) to look; no allocation after new.
 * Thread: worker.
 */
#pragma once

#include <stdint.h>

struct pkt_timers; /* opaque */

#define PKT_TIMER_NEVER UINT64_MAX

/* ids: 0..n_ids-1.  Returns new, or NULL. */
struct pkt_timers *pkt_timers_new(uint32_t n_ids);
void pkt_timers_free(struct pkt_timers *t);

/* The one deadline of an id, microseconds; PKT_TIMER_NEVER takes it away. */
void pkt_timers_set(struct pkt_timers *t, uint32_t id, uint64_t due_us);

/* The earliest deadline and whose it is; PKT_TIMER_NEVER: none. */
uint64_t pkt_timers_first(const struct pkt_timers *t, uint32_t *id);
