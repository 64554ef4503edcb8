/*
 * mgcsim/answer.h - what a controller answers by itself
 */
#pragma once

#include "tools/mgcsim/sim.h"

/* The version that the answer to a registration agrees on; 0: it is none, or
 * says goodbye. */
uint8_t answer_version(const struct sim *sim, const struct h248_txn *req);
/* The same commands come back, each with its termination and nothing else. */
void answer_request(struct sim *sim, struct h248_in *in,
		    const struct h248_txn *req);
