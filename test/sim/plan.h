/*
 * test/sim/plan.h - what a seed means: who does what, when, on what network
 */
#pragma once

#include "test/sim/client.h"
#include "test/sim/control.h"
#include "test/sim/firewall.h"
#include "test/sim/gate.h"
#include "test/sim/net.h"

struct sim_plan {
	struct sim_way access[PKT_LEGS], control;
	struct sim_client_plan client[PKT_LEGS];
	enum sim_wall wall[PKT_LEGS];
	uint32_t half_open_us[PKT_LEGS];
	struct pkt_rdv_cfg policy;
	uint8_t prefix_len[PKT_LEGS]; /* who may call: 128, 120, 0 */
	struct sim_order order[SIM_ORDERS];
	unsigned int n_orders;
	uint64_t release_us;    /* the first Subtract is sent */
	unsigned int n_attacks; /* blind segments of a stranger */
	/* Nothing goes wrong: what was meant to happen must happen. */
	bool is_calm;
};

void sim_plan_draw(struct sim_plan *p, struct sim_chance *chance);
void sim_plan_tell(const struct sim_plan *p);
