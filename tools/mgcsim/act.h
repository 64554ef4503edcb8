/*
 * mgcsim/act.h - steps of actors and of the network they live in
 */
#pragma once

#include "tools/mgcsim/run.h"

/* When these begin. */
enum run_verdict act_node(struct run *run, xmlNode *step);
enum run_verdict act_link(struct run *run, xmlNode *step);
enum run_verdict act_route(struct run *run, xmlNode *step);
enum run_verdict act_address(struct run *run, xmlNode *step);
enum run_verdict act_firewall(struct run *run, xmlNode *step);
enum run_verdict act_connect(struct run *run, xmlNode *step);
enum run_verdict act_listen(struct run *run, xmlNode *step);
enum run_verdict act_transmit(struct run *run, xmlNode *step);
enum run_verdict act_hold(struct run *run, xmlNode *step); /* and <resume> */
enum run_verdict act_close(struct run *run, xmlNode *step);
/* Until these are done. */
enum run_verdict act_receive(struct run *run, xmlNode *step);
enum run_verdict act_await(struct run *run, xmlNode *step);

void act_forget(struct run *run); /* all its actors */

/* wire.c: single segments, and what passes an interface.  When these begin. */
enum run_verdict wire_tap(struct run *run, xmlNode *step);
enum run_verdict wire_inject(struct run *run, xmlNode *step);
enum run_verdict wire_count(struct run *run, xmlNode *step);
/* Until it is done. */
enum run_verdict wire_seen(struct run *run, xmlNode *step);

void wire_forget(struct run *run); /* all its taps */
