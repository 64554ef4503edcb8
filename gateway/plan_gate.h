/*
 * gateway/plan_gate.h - the part of a plan that speaks with the engine
 */
#pragma once

#include "gateway/plan.h"

/* Policy of stream i, and whether an explicit Local is ours. */
int gw_plan_gate_check(struct gw_plan *p, unsigned int i, struct h248_err *err);
/* Reserves the gate of stream i and completes its Local. */
int gw_plan_gate_add(struct gw_plan *p, unsigned int i, struct h248_err *err);
/* Takes the reservation back. */
void gw_plan_gate_undo(struct gw_plan *p, unsigned int i);
void gw_plan_gate_modify(struct gw_plan *p, unsigned int i);
void gw_plan_gate_remove(struct gw_plan *p, unsigned int i);
