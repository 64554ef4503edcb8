/*
 * test/sim/net.h - packets and datagrams on their way, in virtual time
 *
 * What is sent is lost, delayed, overtaken and repeated by chance, and comes
 * out in the order of its arrival.  Nothing is allocated.
 */
#pragma once

#include <stddef.h>

#include "test/sim/chance.h"

enum { SIM_OCTETS = 1400, SIM_FLYING = 512 };

/* Where something arrives; gates and clients count by leg. */
enum sim_to {
	SIM_GATE_A,
	SIM_GATE_B,
	SIM_CLIENT_A,
	SIM_CLIENT_B,
	SIM_GATEWAY, /* its H.248 side */
	SIM_CONTROLLER,
};

/* How bad a way is. */
struct sim_way {
	uint8_t loss, twice;          /* percent */
	uint32_t delay_us, jitter_us; /* at least; up to so much more */
};

struct sim_message {
	uint64_t at_us;
	uint32_t order; /* of two at one instant */
	enum sim_to to;
	size_t n;
	uint8_t octet[SIM_OCTETS];
};

struct sim_net {
	struct sim_chance *chance;
	uint32_t order;
	unsigned int n, n_spare; /* of heap, of spare */
	struct sim_message *taken;
	struct sim_message *heap[SIM_FLYING], *spare[SIM_FLYING];
	struct sim_message pool[SIM_FLYING];
	unsigned int n_lost, n_sent;
};

void sim_net_begin(struct sim_net *net, struct sim_chance *chance);
void sim_net_send(struct sim_net *net, const struct sim_way *way,
		  enum sim_to to, const void *p, size_t n, uint64_t now_us);
/* When the next one arrives; UINT64_MAX: nothing is on its way. */
uint64_t sim_net_next(const struct sim_net *net);
/* The next one, valid until another one is taken. */
const struct sim_message *sim_net_take(struct sim_net *net);
