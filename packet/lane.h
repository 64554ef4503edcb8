/*
 * packet/lane.h - the way to one worker, and back
 *
 * Its two rings, and how many commands are on their way.  Ring and backlog of
 * the commands never run over: each gate holds two places for its life (one
 * Modify, the removal), any other command holds one until its DONE came, and no
 * more places are given out than there are (decision 8).  Thread: control.
 */
#pragma once

#include "packet/backlog.h"
#include "packet/worker.h"

enum { PKT_LANE_GATE_PLACES = 2 };

struct pkt_lane {
	struct pkt_ring *cmds, *evts;
	struct pkt_backlog *backlog; /* of cmds */
	struct pkt_worker *worker;
	uint32_t places, held; /* of commands on their way */
	uint32_t n_rdvs;       /* rendezvous that live there */
	uint32_t n_halves;     /* of these, with one gate */
	bool is_running, is_wake_due;
};

/*
 * Make the rings and the worker, and start it.
 *
 * In:      cfg: all but its rings
 * Returns: 0 or a negative errno; then pkt_lane_close() is due as well
 */
int pkt_lane_open(struct pkt_lane *l, const struct pkt_worker_cfg *cfg);
/* Ends the thread; what the worker has lives on. */
void pkt_lane_stop(struct pkt_lane *l);
/* It is stopped already, or was never opened. */
void pkt_lane_close(struct pkt_lane *l);

/* Places: are there n more?  Take them, when there are; give them back. */
bool pkt_lane_has_places(const struct pkt_lane *l, uint32_t n);
void pkt_lane_take(struct pkt_lane *l, uint32_t n);
void pkt_lane_give(struct pkt_lane *l, uint32_t n);
/* Its place is held.  The worker is not woken before pkt_lane_flush(). */
void pkt_lane_send(struct pkt_lane *l, const struct pkt_cmd *cmd);
void pkt_lane_flush(struct pkt_lane *l);
/* The next event, if there is one. */
bool pkt_lane_next(struct pkt_lane *l, struct pkt_evt *evt);
/* A command was executed: its slot takes one that waits. */
void pkt_lane_drain(struct pkt_lane *l);
