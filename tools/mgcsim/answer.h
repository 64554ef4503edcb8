/*
 * mgcsim/answer.h - what is answered without a step of the scenario
 */
#pragma once

#include "tools/mgcsim/sim.h"

/* The version that the answer to a registration agrees on; 0: it is none, says
 * goodbye, or we are a gateway. */
uint8_t answer_version(const struct sim *sim, const struct h248_txn *req);
/* A controller: the same commands come back, each with its termination and
 * nothing else.  A gateway: see media.h. */
void answer_request(struct sim *sim, struct h248_in *in,
		    const struct h248_txn *req);
