/*
 * packet/worker.h - the thread that moves packets
 *
 * Owns the entries of its class of ports, the set-up blocks, the timers and
 * its counters.  Reads the TUN devices of all realms, takes commands from one
 * ring, gives events into another.  Neither allocates nor logs nor blocks
 * after new (architecture 4).  Used by engine.c and by tests.
 */
#pragma once

#include "packet/engine.h"
#include "packet/fast.h"
#include "packet/fence.h"
#include "packet/ring.h"
#include "packet/slots.h"

enum { PKT_EVT_RING_MIN = 16 };

enum pkt_cmd_type {
	PKT_CMD_ADD,
	PKT_CMD_MODIFY,
	PKT_CMD_REMOVE,
	PKT_CMD_READ,
	PKT_CMD_TRACE,
};

/* One slot of the command ring. */
struct pkt_cmd {
	uint8_t type; /* enum pkt_cmd_type */
	bool rearm;   /* MODIFY */
	uint8_t tap;  /* TRACE: enum pkt_tap_level */
	uint32_t rdv; /* index of the rendezvous */
	struct pkt_gate_id gate;
	uint64_t token;
	struct pkt_gate_cfg cfg; /* ADD, MODIFY */
};

struct pkt_worker_cfg {
	unsigned int self, n_workers; /* port % n_workers == self: ours */
	unsigned int cpu; /* where it runs: number + 1; 0: anywhere */
	struct {
		int fd; /* TUN queue of the realm; borrowed */
		struct pkt_slots slots;
	} realm[PKT_MAX_REALMS];
	unsigned int n_realms;
	struct pkt_entry *entries; /* of max_rendezvous, zero; borrowed */
	const uint32_t *places;    /* of each slot: place of its entry + 1,
				    * before its ADD; borrowed */
	uint32_t max_rendezvous;   /* pkt_cmd.rdv is below */
	struct pkt_ring *cmds;     /* of struct pkt_cmd; borrowed */
	struct pkt_ring *evts;     /* of struct pkt_evt, PKT_EVT_RING_MIN slots
				* or more; borrowed */
	int evt_fd;                /* eventfd: events were pushed; borrowed */
	struct pkt_fast *fast;     /* programs of the kernel see the entries;
				  * NULL: none do; borrowed */
	struct pkt_fence *fence;   /* with fast; borrowed */
};

struct pkt_worker; /* opaque */

/* Returns 0 and new in *out, or a negative errno. */
int pkt_worker_new(const struct pkt_worker_cfg *cfg, struct pkt_worker **out);
/* The thread is stopped already.  NULL is fine. */
void pkt_worker_free(struct pkt_worker *w);

/* The thread.  Start: 0 or a negative errno; stop waits until it has ended. */
int pkt_worker_start(struct pkt_worker *w);
void pkt_worker_stop(struct pkt_worker *w);

/* Control, any time: commands were pushed. */
void pkt_worker_wake(struct pkt_worker *w);
/* Control, any time: adds the counters of this worker to *sum. */
void pkt_worker_counters(const struct pkt_worker *w, struct pkt_counters *sum);

/* Control: the next record of a gate that is traced; false: there is none. */
bool pkt_worker_next_tap(struct pkt_worker *w, struct pkt_tapped *out);

/* One turn of the loop: commands, timers, packets; waits at most max_ms for
 * something to do.  For the thread, and for tests without one. */
void pkt_worker_turn(struct pkt_worker *w, int max_ms);
