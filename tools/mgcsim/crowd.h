/*
 * mgcsim/crowd.h - the users who play a scenario side by side
 */
#pragma once

#include "tools/mgcsim/capture.h"
#include "tools/mgcsim/data.h"
#include "tools/mgcsim/run.h"

struct crowd_params {
	struct sim *sim;
	struct scenario *scenario;
	const struct vars *vars; /* of every user */
	const struct data *data; /* a row each; NULL: none */
	unsigned int n_users;
	uint64_t timeout_ms; /* of all together; under load, of each call */
	/* Under load: who plays begins by this schedule, n_users is not used.
	 * NULL: all at once. */
	struct load *load;
	struct capture *capture; /* of what fails; may be NULL */
	FILE *screen;            /* how it stands, every second; may be NULL */
};

/*
 * Runs the event base until each has a verdict.  Each user has the variables
 * "user" (from 1) and "users".
 *
 * Out:     *all, initialised by the caller
 * Returns: 0, or -ENOMEM
 */
int crowd_play(const struct crowd_params *p, struct verdicts *all);
