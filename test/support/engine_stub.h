/*
 * test/support/engine_stub.h - an engine that only records
 *
 * Linked into every test_gw_* program in the place of libpacket's engine.
 * Commands are kept as lines of text; a test answers them when it likes.
 */
#pragma once

#include "packet/engine.h"

struct stub_cmd {
	char verb[8]; /* "add", "modify", "remove", "read" */
	uint64_t token;
	struct pkt_gate_id gate, peer;
	struct pkt_gate_cfg cfg; /* add, modify */
	bool rearm;
};

/* Forget everything; ports start at 40001 again. */
void stub_reset(void);
/* IPv6 gates have ports of their own, from this one. */
void stub_set_v6_port(uint16_t port);
/* pkt_gate_add() fails with this from now on; 0: it works. */
void stub_fail_add(int err);
/* The same, but the next n still work. */
void stub_fail_add_after(unsigned int n, int err);
unsigned int stub_count(void); /* commands since stub_reset() */
const struct stub_cmd *stub_cmd(unsigned int i);
unsigned int stub_gates(void); /* that are there now */

/* Queue DONE for every command that has none yet, or for the n oldest. */
void stub_done_all(void);
void stub_done_some(unsigned int n);
/* While on, DONE is queued with the command. */
void stub_auto_done(bool on);
/* The numbers that events of a gate carry. */
void stub_set_stat(struct pkt_gate_id gate, const struct pkt_gate_stat *stat);
/* Queue another event. */
void stub_event(enum pkt_evt_type type, struct pkt_gate_id gate,
		enum pkt_cause cause, bool is_far);
/* The gate that was traced last, and how: "SLOT:LEVEL"; "": none. */
const char *stub_traced(void);
/* The next record of the engine: one at a time. */
void stub_tap(const struct pkt_tapped *t);
/* The same n times. */
void stub_taps(const struct pkt_tapped *t, unsigned int n);
