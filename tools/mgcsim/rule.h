/*
 * mgcsim/rule.h - <answer>: replies that a scenario gives in advance
 */
#pragma once

#include "tools/mgcsim/run.h"

/* An <answer> step begins: from now on requests that match get it. */
enum run_verdict rule_begin(struct run *run, xmlNode *step);
/* Whether a rule answers this request, now or later.  req: as in the request
 * hook of h248_txn_ops. */
bool rule_answer(struct sim *sim, const struct sim_msg *msg, struct h248_in *in,
		 const struct h248_txn *req);
void rule_forget(struct run *run); /* its rules, and answers that wait */
