/*
 * test/sim/firewall.h - what stands between a client and the gateway
 *
 * Lets in only what belongs to a connection that its client began and that it
 * still remembers; a masquerade gives each new mapping another port.  What
 * firewalls really do: docs/rendezvous.md 4.
 */
#pragma once

#include "packet/seg.h"
#include "test/sim/chance.h"

enum sim_wall {
	SIM_WALL_NONE,
	SIM_WALL_FILTER,
	SIM_WALL_NAT, /* keeps the address, not the port */
};

struct sim_firewall {
	enum sim_wall kind;
	uint32_t half_open_us; /* how long a SYN without answer is remembered */
	bool is_known, is_open; /* of its mapping; open: answered */
	uint64_t until_us;
	uint32_t isn;
	uint16_t inner, outer; /* ports of the client */
	unsigned int n_refused;
};

/* Outgoing: the port that the gateway sees. */
uint16_t sim_firewall_out(struct sim_firewall *w, const struct pkt_tx *tx,
			  uint64_t now_us);
/* Incoming: whether it passes, and then the client's own port. */
bool sim_firewall_in(struct sim_firewall *w, const struct pkt_seg *seg,
		     uint64_t now_us, uint16_t *port);
