/*
 * test/sim/gate.h - the packet engine's side: one rendezvous, watched
 *
 * The state machine of packet/rendezvous.h with octets in and octets out, as
 * the worker drives it; test/support/rdv_monitor.h looks at each step.
 */
#pragma once

#include "packet/rendezvous.h"
#include "test/sim/chance.h"
#include "test/support/rdv_monitor.h"

struct sim_gate {
	struct pkt_local local[PKT_LEGS];
	struct pkt_leg_cfg cfg[PKT_LEGS];
	struct pkt_rdv_cfg policy;
	/* A whole packet to the client of this leg. */
	void (*send)(void *arg, unsigned int leg, const uint8_t *p, size_t n,
		     uint64_t now_us);
	void (*report)(void *arg, const struct pkt_report *r, uint64_t now_us);
	void *arg;

	struct pkt_entry entry[PKT_LEGS];
	struct pkt_setup setup;
	struct pkt_rdv r;
	struct rdv_monitor mon;
	uint64_t tick_us; /* of the latest tick */
	unsigned int n_open, n_fail, n_closed;
};

void sim_gate_begin(struct sim_gate *g);
/* What the controller orders. */
void sim_gate_add(struct sim_gate *g, unsigned int leg);
void sim_gate_rearm(struct sim_gate *g, unsigned int leg, uint64_t now_us);
void sim_gate_release(struct sim_gate *g, unsigned int leg, uint64_t now_us);
bool sim_gate_has(const struct sim_gate *g, unsigned int leg);
/* A packet that arrives at the address of this leg. */
void sim_gate_packet(struct sim_gate *g, unsigned int leg, const uint8_t *p,
		     size_t n, uint64_t now_us);
uint64_t sim_gate_next(const struct sim_gate *g, uint64_t now_us);
void sim_gate_tick(struct sim_gate *g, uint64_t now_us);
