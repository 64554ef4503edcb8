/*
 * packet/entry.h - the record of one gate, as it stands in the array
 *
 * The two entries of a rendezvous are beside each other, at its number times
 * two: what a segment needs of both is there with one random access.  Whose a
 * local address and port is says an index of 4 octets for each of them: base of
 * the address + port (decision 12); programs guess it first (home.h).  First
 * cache line: what rewriting a segment that *arrives* here needs, constant while
 * the session is open.
 * Second line: what changes, and what a session that is open still has to
 * know of its policy and will tell of its set-up.  Pointer-free and complete,
 * so that another process, node or a BPF map can go on with it: the two
 * entries are all that the engine knows of an open session.
 *
 * Owner: the worker of the gate.  While `kernel` says PASS or JOIN, programs
 * in the kernel change what changes with every segment, and nothing else.
 */
#pragma once

#include "packet/types.h"

/* Bits of pkt_entry.flags. */
enum {
	PKT_ENTRY_USED = 1 << 0,    /* a gate is here */
	PKT_ENTRY_OPEN = 1 << 1,    /* rewrite data is valid */
	PKT_ENTRY_POLICED = 1 << 2, /* its octets are rationed */
	PKT_ENTRY_OUT6 = 1 << 3,    /* out_* are IPv6 */
	PKT_ENTRY_RX = 1 << 4,      /* payload may come in here */
	PKT_ENTRY_TX = 1 << 5,      /* payload may go out here */
	PKT_ENTRY_DSCP = 1 << 6,    /* mark what leaves here */
	PKT_ENTRY_LIBERAL = 1 << 7, /* V1 only: window scale not known */
};

/* What the kernel's programs may do with a segment that comes from `remote`;
 * they see the array as it is (architecture 6).  All others for a gate go to
 * the worker. */
enum pkt_kernel {
	PKT_KERNEL_NONE, /* hand it to the worker */
	PKT_KERNEL_PASS, /* translate it and send it on */
	PKT_KERNEL_LEFT, /* as NONE, but one may still be at it (fence.h) */
	PKT_KERNEL_JOIN, /* as PASS, behind what is on its way to the worker */
};

/* Where the numbers of an entry end; what is larger stays at its end. */
enum {
	PKT_ENTRY_TIDLE_MAX = (1 << 20) - 1, /* seconds, 12 days */
	PKT_ENTRY_TEND_MAX = (1 << 12) - 1,  /* seconds, T_fin and T_rst */
	PKT_ENTRY_EST_MAX = (1 << 20) - 1,   /* milliseconds, 17 minutes */
	PKT_ENTRY_SYNS_MAX = (1 << 16) - 1,
	PKT_ENTRY_SYNACKS_MAX = (1 << 9) - 1,
	PKT_ENTRY_RELATCHES_MAX = (1 << 7) - 1,
};

/* Bits of pkt_entry.fins: which FINs have passed, and which handshake ACKs in the
 * kernel.  Whoever passes one sets them; what follows from it for the state is
 * the worker's to say. */
enum {
	PKT_FINS_SEEN = 1 << 0,  /* fin_end is valid */
	PKT_FINS_FIRST = 1 << 1, /* before that of the other client */
	/* The worker was told: both have passed, both are acknowledged. */
	PKT_FINS_TOLD_BOTH = 1 << 2,
	PKT_FINS_TOLD_OVER = 1 << 3,
	PKT_ACK_PASSED = 1 << 4, /* in COMMIT, by a program */
	PKT_ACK_TOLD = 1 << 5,   /* the worker was told that both have */
	PKT_ACK_BEHIND = 1 << 6, /* what it sent since is on its way there */
};

/* pkt_entry.bits */
enum {
	PKT_BITS_LEG = 0x0f,      /* mask of pkt_leg_state */
	PKT_BITS_STATE_SHIFT = 4, /* of pkt_state */
};

/* Entries of a rendezvous. */
enum { PKT_LEGS = 2 };

/* Where the entry of a gate stands in the array. */
static inline uint32_t pkt_place(uint32_t rdv, unsigned int leg)
{
	return rdv * PKT_LEGS + leg;
}

/* The local end of an entry: its slot tells, so it is not in the entry. */
struct pkt_local {
	struct in6_addr addr;
	uint16_t port_be;
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
	uint8_t dscp : 6;
	uint8_t kernel : 2; /* enum pkt_kernel */
	uint32_t peer_slot; /* of the other gate (slots.h) */

	/* changes with every segment; by the worker and by the kernel's
	 * programs at once, see window.h */
	uint32_t snd_end;      /* highest seq + len it sent */
	uint32_t last_ack;     /* highest ACK it sent */
	uint32_t max_end;      /* highest ACK + window granted to it */
	uint32_t fin_end;      /* seq after its FIN, when it was seen */
	uint32_t last_seen_ms; /* engine clock, wraps; stands when over */
	uint32_t drops;        /* of segments for this gate */
	/* Accepted from its client, so handed out to the other one: payload, and
	 * packets as they are on the wire. */
	uint64_t rx_octets, rx_packets;
	uint16_t max_win;   /* largest window it advertised >> wscale */
	uint16_t challenge; /* time of the last challenge ACK, 20 ms;
				* 0: none */

	/* changes with the state, or by the controller */
	uint16_t mtu; /* of the way to its client; 0: not known */
	uint16_t mss; /* told to its client; 0: not yet */
	uint32_t tidle_s : 20, tfin_s : 12;
	uint32_t trst_s : 12;
	uint32_t est_ms : 20; /* first SYN to open; 0: not open */
	uint16_t syns;        /* taken, repeated ones included */
	uint8_t bits;         /* PKT_BITS_*: states of leg and rendezvous */
	uint8_t wscale : 4;   /* its shift, 0 when not agreed */
	uint8_t opts : 4;     /* PKT_STAT_* of the session */
	uint32_t synacks : 9;
	uint32_t is_leaving : 1; /* its removal waits: for no program again */
	uint32_t relatches : 7;  /* source changed while it waited */
	uint32_t role : 2;       /* enum pkt_role */
	uint32_t is_armed : 1;
	uint32_t is_closer : 1;   /* its FIN was the first, or its RST */
	uint32_t is_dirty : 1;    /* something left here: quarantine */
	uint32_t is_revived : 1;  /* data after a RST: no T_rst */
	uint32_t release_rst : 1; /* RST to its client on release */
	uint8_t fins; /* PKT_FINS_*, PKT_ACK_*: changes with segments */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct pkt_entry) == 128, "one entry, two cache lines");
_Static_assert(offsetof(struct pkt_entry, snd_end) == 64,
	       "what is constant has a cache line of its own");
