/*
 * mgcsim/crowd.h - the users who play a scenario side by side
 */
#pragma once

#include "tools/mgcsim/data.h"
#include "tools/mgcsim/run.h"

struct crowd_params {
	struct sim *sim;
	struct scenario *scenario;
	const struct vars *vars; /* of every user */
	const struct data *data; /* a row each; NULL: none */
	unsigned int n_users;
	uint64_t timeout_ms; /* of all together */
};

/*
 * Runs the event base until each has a verdict.  Each user has the variables
 * "user" (from 1) and "users".
 *
 * Out:     *all, initialised by the caller
 * Returns: 0, or -ENOMEM
 */
int crowd_play(const struct crowd_params *p, struct verdicts *all);
