/*
 * test/support/rdv_monitor.h - what must hold whatever packets come
 *
 * Watches one rendezvous from outside: it is shown each call and what came of
 * it, keeps a model of its own (which SYNs came from where, which octets
 * passed), and aborts when an invariant is broken.  The invariants are those
 * of docs/rendezvous.md 2 and 8, and these:
 *
 *  1. Nothing is delivered but to the source of a SYN that the leg was allowed
 *     to take, and in an open session only to the one that is latched.
 *  2. A client that waits hears nothing (unless fast-fail is set).
 *  3. Every SYN-ACK has the number of a SYN of the other client, and
 *     acknowledges one of its own.
 *  4. What is forwarded has the numbers, flags and payload of what came, and
 *     an error of its checksum stays the same error.
 *  5. Octet counters are what was forwarded.
 *  6. After a leg is released nothing goes to it or comes from it.
 *  7. `open` once an epoch, after both `syn`; `closed` only after `open`;
 *     `fail` only before it.
 *  8. Challenge ACKs keep their distance.
 *  9. Time passes: no timer is due again and again at the same instant.
 */
#pragma once

#include "packet/rendezvous.h"

enum { RDV_MON_SYNS = 64 };

struct rdv_mon_syn {
	struct in6_addr src;
	uint16_t sport;
	uint32_t isn;
};

struct rdv_mon_leg {
	struct rdv_mon_syn syn[RDV_MON_SYNS]; /* a ring */
	uint32_t n_syns;
	uint64_t rx_octets, rx_packets;
	uint64_t challenge_us;
	struct in6_addr latched; /* while open */
	uint16_t latched_port_be;
	bool is_released;
};

struct rdv_monitor {
	struct rdv_mon_leg leg[PKT_LEGS];
	bool is_relay, is_fast_fail;
	bool is_open, is_over; /* as reported in this epoch */

	/* before the call */
	enum pkt_state state;
	enum pkt_leg_state leg_state[PKT_LEGS];
	unsigned int still; /* ticks at one instant */
};

void rdv_mon_begin(struct rdv_monitor *m, bool is_relay, bool is_fast_fail);
/* Before and after each call of the state machine; leg and seg: the segment of
 * this call, or NULL. */
void rdv_mon_before(struct rdv_monitor *m, const struct pkt_rdv *r);
void rdv_mon_after(struct rdv_monitor *m, const struct pkt_rdv *r,
		   unsigned int leg, const struct pkt_seg *seg, uint64_t now_us,
		   const struct pkt_out *out);
/* A packet as it came and as it leaves, n octets each. */
void rdv_mon_forwarded(const struct rdv_monitor *m, const struct pkt_rdv *r,
		       unsigned int leg, const uint8_t *before,
		       const uint8_t *after, size_t n,
		       const struct pkt_seg *seg);
void rdv_mon_tick(struct rdv_monitor *m, uint64_t due_us, uint64_t now_us);
void rdv_mon_rearmed(struct rdv_monitor *m);
void rdv_mon_released(struct rdv_monitor *m, unsigned int leg);
