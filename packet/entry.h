/*
 * packet/entry.h - the record of one gate, as it stands in the array
 *
 * One entry per local address and port of a realm, found by index: base of
 * the address + port (decision 12).  First cache line: what rewriting a
 * segment that *arrives* here needs, constant while the session is open.
 * Second line: what changes.  Pointer-free and complete, so that another
 * process, node or a BPF map can go on with it.
 *
 * Owner: the worker of the gate writes; others read single fields, relaxed.
 */
#pragma once

#include "packet/types.h"

/* Bits of pkt_entry.flags. */
enum {
	PKT_ENTRY_USED = 1 << 0,    /* a gate is here */
	PKT_ENTRY_OPEN = 1 << 1,    /* rewrite data is valid */
	PKT_ENTRY_SRC6 = 1 << 2,    /* remote is IPv6 */
	PKT_ENTRY_OUT6 = 1 << 3,    /* out_* are IPv6 */
	PKT_ENTRY_RX = 1 << 4,      /* payload may come in here */
	PKT_ENTRY_TX = 1 << 5,      /* payload may go out here */
	PKT_ENTRY_DSCP = 1 << 6,    /* mark what leaves here */
	PKT_ENTRY_LIBERAL = 1 << 7, /* V1 only: window scale not known */
};

struct pkt_entry {
	/* constant while open */
	struct in6_addr remote;  /* latched source, or candidate */
	struct in6_addr out_src; /* local address of the peer entry */
	struct in6_addr out_dst; /* latched source of the peer entry */
	uint16_t remote_port_be;
	uint16_t out_sport_be;
	uint16_t out_dport_be;
	uint16_t addr_delta; /* checksum: addresses only */
	uint16_t full_delta; /* checksum: addresses and ports */
	uint8_t flags;       /* PKT_ENTRY_* */
	uint8_t dscp;
	uint32_t peer; /* index of the other entry */

	/* changes with every segment */
	uint32_t snd_end;      /* highest seq + len it sent */
	uint32_t last_ack;     /* highest ACK it sent */
	uint32_t max_end;      /* highest ACK + window granted to it */
	uint32_t max_win;      /* largest window it advertised */
	uint32_t fin_end;      /* seq after its FIN, when LEG_FIN */
	uint32_t last_seen_ms; /* engine clock, wraps */
	uint64_t rx_octets;    /* payload accepted from its client */
	uint64_t tx_octets;    /* payload handed out to its client */
	uint32_t gen;          /* of the gate, 0: free */
	uint32_t setup;        /* index + 1 of the set-up block; 0: none */
	uint32_t drops;        /* of segments for this gate */
	uint16_t window;       /* last advertised, raw */
	uint8_t wscale;        /* its shift, 0 when not agreed */
	uint8_t bits;          /* pkt_leg_state | pkt_state << 4 */
	uint32_t tidle_s;
	uint32_t challenge_ms; /* time of the last challenge ACK */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct pkt_entry) == 128, "one entry, two cache lines");
