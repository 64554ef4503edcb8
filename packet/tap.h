/*
 * packet/tap.h - what became of the packets of a gate that is traced
 *
 * The worker writes records into a ring of its own, never waits for room and
 * counts what it had to leave out.  A gate that nobody traces costs a few
 * branches.  While a rendezvous is traced all its packets come to the worker: it
 * is taken back from the programs of the kernel.  Plain values; packets that
 * belong to no gate (scans, broken headers) are counted as dropped and in no
 * record.
 */
#pragma once

#include "packet/types.h"

enum pkt_tap_level {
	PKT_TAP_OFF,
	PKT_TAP_HEADERS, /* up to the payload */
	PKT_TAP_PAYLOAD, /* whole packets */
};

enum pkt_tap_what {
	PKT_TAP_CAME, /* from a client; act, drop and what it changed */
	PKT_TAP_LEFT, /* what it became, to the other client; drop: it did not
		       * leave, and why */
	PKT_TAP_OWN,  /* a segment of our own; drop as LEFT */
	PKT_TAP_ICMP, /* an ICMP error came that quotes a segment; drop */
	PKT_TAP_TOLD, /* what it became; drop as LEFT */
};

enum {
	PKT_TAP_PIECE = 1984,  /* octets of a packet in one record */
	PKT_TAP_RECORDS = 1024 /* in the ring */
};

struct pkt_tapped {
	struct pkt_gate_id gate; /* where it came, or leaves */
	uint64_t at_us;          /* CLOCK_MONOTONIC */
	uint32_t octets;         /* of the packet */
	uint32_t kept;           /* of these, in all its records */
	uint16_t n;              /* in this one */
	bool is_more;            /* another record goes on with it */
	uint8_t what;            /* enum pkt_tap_what */
	uint8_t level;           /* enum pkt_tap_level it was made at */
	uint8_t flags;           /* of TCP: PKT_FIN.. PKT_CWR */
	uint8_t realm;           /* index of pkt_engine_cfg.realm */
	uint8_t act;             /* CAME: enum pkt_act */
	uint8_t drop;            /* enum pkt_drop; PKT_DROP_NONE */
	uint8_t reports;         /* CAME: bits, 1 << enum pkt_report_type */
	uint8_t cause;           /* of FAIL or CLOSED */
	uint8_t before, after;   /* enum pkt_state */
	uint8_t leg_before, leg_after; /* enum pkt_leg_state */
	uint8_t octet[PKT_TAP_PIECE];
};
_Static_assert(sizeof(struct pkt_tapped) <= 2048, "a slot of the ring");
