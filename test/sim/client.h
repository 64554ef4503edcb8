/*
 * test/sim/client.h - a TCP client, as far as the gateway can tell
 *
 * Connects, sends a stream of octets that it alone could have sent, closes,
 * and may start anew from the same port (RFC 9293, with what Linux does in
 * SYN-SENT: it resets an answer that echoes a time stamp it did not send).
 * Knows the other client only to check: everything received must come from
 * one life of it, in order and whole.
 */
#pragma once

#include "packet/seg.h"
#include "test/sim/chance.h"

enum { SIM_LIVES = 3 };

enum sim_close {
	SIM_CLOSE_FIRST, /* FIN behind its octets */
	SIM_CLOSE_AFTER, /* FIN when the other one has sent its */
	SIM_CLOSE_RESET, /* RST behind its octets */
	SIM_CLOSE__COUNT
};

struct sim_client_plan {
	uint64_t start_us, restart_us; /* 0: does not start anew */
	uint16_t port;
	uint32_t isn;
	uint16_t n_octets; /* of its stream */
	uint8_t close;     /* enum sim_close */
	bool has_ts, has_sack, has_ws;
};

enum sim_client_state {
	SIM_IDLE,
	SIM_SYN_SENT,
	SIM_OPEN,
	SIM_CLOSED, /* both FINs, both acknowledged */
	SIM_RESET,
	SIM_GAVE_UP,
};

struct sim_client {
	struct sim_client_plan plan;
	const struct sim_client *peer;
	struct in6_addr addr, gate;
	uint16_t gate_port;
	unsigned int leg;
	bool is_attacked; /* a stranger may have been taken for the other */
	/* The segment leaves; n octets of payload. */
	void (*send)(void *arg, unsigned int leg, const struct pkt_tx *tx,
		     const uint8_t *payload, size_t n, uint64_t now_us);
	void *arg;

	enum sim_client_state state;
	unsigned int life; /* 0: has not begun; then 1, 2, ... */
	uint32_t isn[SIM_LIVES + 1];
	uint64_t due_us, challenge_us;
	unsigned int tries;
	uint32_t una, next, end; /* what it sends; end: behind its FIN */
	uint32_t from;           /* what it expects next */
	uint32_t window;         /* that it may use */
	uint32_t first_ts;
	unsigned int peer_life; /* whom it is connected to; 0: a stranger */
	bool has_fin;           /* the other one's */
};

void sim_client_begin(struct sim_client *c);
uint64_t sim_client_next(const struct sim_client *c);
void sim_client_tick(struct sim_client *c, uint64_t now_us);
/* Passed by its firewall. */
void sim_client_segment(struct sim_client *c, const struct pkt_seg *seg,
			const uint8_t *payload, uint64_t now_us);
const char *sim_client_state_name(enum sim_client_state s);
/* How many octets of the other one it has. */
uint32_t sim_client_received(const struct sim_client *c);
