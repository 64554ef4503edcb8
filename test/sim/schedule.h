/*
 * test/sim/schedule.h - one schedule: everything that happens by one seed
 *
 * Two clients behind firewalls, the rendezvous, a controller and the
 * gateway's transaction layer, in one thread and in virtual time.  What must
 * hold is checked at each step and at the end; a broken invariant ends the
 * program (must.h).
 */
#pragma once

#include "test/sim/plan.h"

struct sim_tally {
	uint64_t schedules, calm, opened, failed, closed, steps;
	uint64_t messages, lost, refused; /* refused: by firewalls */
};

void sim_schedule(uint64_t seed, struct sim_tally *tally);
