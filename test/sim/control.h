/*
 * test/sim/control.h - a controller and a gateway, by the transaction layer
 *
 * Two ends of h248/txn.h.  The controller orders Add, Modify and Subtract of
 * the two gates, one after the other; the gateway carries them out at once or
 * after a while, and tells reports by Notify.  Checked at both ends (faults.md,
 * invariant 4): a request has at most one effect, its answer is always the
 * same, and whoever asked learns the outcome once.
 */
#pragma once

#include "h248/txn.h"
#include "packet/types.h"
#include "test/sim/chance.h"

enum { SIM_ORDERS = 8, SIM_NOTES = 32, SIM_HELD = 8 };

struct sim_order {
	enum h248_cmd_kind kind; /* ADD, MODIFY, SUBTRACT */
	uint8_t leg;
	uint64_t at_us;     /* not before, and after the one in front of it */
	uint32_t answer_ms; /* how long the gateway takes; 0: at once */
};

/* What one end asked. */
struct sim_asked {
	uint32_t tid;
	unsigned int n_done, n_executed;
	int err;
	uint64_t answer; /* a hash of its reply; 0: none sent yet */
};

struct sim_end {
	struct sim_control *control;
	struct h248_txns *txns;
	struct sockaddr_storage peer;
	struct sim_asked asked[SIM_NOTES];
	unsigned int n_asked;
};

struct sim_control {
	struct sim_chance *chance;
	struct sim_order order[SIM_ORDERS];
	unsigned int n_orders;
	/* Octets for the other end. */
	void (*send)(void *arg, bool is_controller, const char *p, size_t n,
		     uint64_t now_us);
	/* The gateway carries an order out. */
	void (*order_h)(void *arg, enum h248_cmd_kind kind, unsigned int leg,
			uint64_t now_us);
	void *arg;

	uint64_t now_us;
	struct sim_end controller, gateway;
	unsigned int next; /* order */
	struct {
		struct h248_in *in;
		uint64_t due_us;
		struct h248_action *reply;
	} held[SIM_HELD];
	unsigned int n_held;
};

void sim_control_begin(struct sim_control *c);
void sim_control_end(struct sim_control *c);
void sim_control_input(struct sim_control *c, bool is_controller, const void *p,
		       size_t n, uint64_t now_us);
/* The gateway reports something about a gate. */
void sim_control_notify(struct sim_control *c, unsigned int leg,
			const char *event, uint64_t now_us);
uint64_t sim_control_next(const struct sim_control *c);
void sim_control_tick(struct sim_control *c, uint64_t now_us);
/* When nothing is left to come. */
void sim_control_check(const struct sim_control *c, bool is_lossless);
