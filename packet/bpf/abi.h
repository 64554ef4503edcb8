/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * packet/bpf/abi.h - what user space and the kernel's programs share
 *
 * Beside the entries themselves: the realms, which a program has as constants
 * (.rodata), and its counters.  fast.c fills them in.
 */
#pragma once

#include "packet/entry.h"

enum {
	FAST_PREFIXES = 8, /* PKT_MAX_PREFIXES */
	FAST_REALMS = 64,  /* PKT_MAX_REALMS */
	FAST_PORTS = 512,  /* PKT_MAX_REALMS * PKT_MAX_IFACES */
	FAST_WORKERS = 16, /* PKT_MAX_WORKERS */
	FAST_PLACES = 16,  /* in an element of the index */
	FAST_WAYS = 4096,  /* remembered by each processor; a power of two */
	FAST_WAY_MS = 50,  /* so long; then the routes are asked again */
	/* XDP: so often a packet of a way goes through tc, where the kernel
	 * verifies the neighbour. */
	FAST_NEIGH_MS = 30000,
	/* Policed gates that the kernel may have, 64 octets each: as many as
	 * fast_queue can name. */
	FAST_POLICED = 65535,
};

/* Keys of the counters: which program counted. */
enum { FAST_BY_TC, FAST_BY_XDP, FAST_PATHS };

/* Addresses as four words of 32 bits in network order, like an in6_addr. */
struct fast_prefix {
	uint32_t high[3];
	uint32_t low; /* the last word, host order */
	uint32_t n_addrs;
	uint32_t base; /* slot of its first address and port */
	/* home.h: of that one, and of all ports of the family in the realm */
	uint32_t nth, scale;
};

struct fast_realm {
	uint32_t first_slot;
	uint32_t tun;     /* its interface index */
	uint32_t tun_mtu; /* 0: any */
	uint32_t port_min, port_max;
	uint32_t n_prefixes;
	struct fast_prefix prefix[FAST_PREFIXES];
};

/* All realms, in the order of their slots; self: the one whose interfaces this
 * instance of a program is attached to. */
struct fast_realms {
	uint32_t n, self;
	uint32_t n_workers;
	struct fast_realm realm[FAST_REALMS];
};

/* What rules and routes said: how a packet from src to dst leaves when a TUN
 * device sends it. */
struct fast_way {
	uint32_t src[4], dst[4]; /* network order; IPv4 mapped */
	union {
		uint32_t next_hop[4]; /* tc; IPv4: the first word */
		uint16_t mac[6];      /* XDP: of it, and our own */
	};
	uint32_t tun; /* 0: nothing is remembered here */
	uint32_t told_ms;
	uint32_t seen_ms; /* XDP: last packet for tc, of any way here */
	uint32_t ifindex;
	uint16_t mtu;
	uint8_t family; /* of next_hop */
};

/* Of slots, one after another: place of the entry + 1; 0: no gate. */
struct fast_places {
	uint32_t at[FAST_PLACES];
} __attribute__((aligned(64)));

/* Segments for one gate that the programs have steered to the TUN device, ever,
 * and how many its worker is done with: what it made of them has left.  On their
 * way are those between, if none was lost and none came through the host.  So
 * many as wrap the shorter number no queue holds. */
struct fast_queue {
	uint32_t steered;
	uint16_t done;
	uint16_t police; /* buckets of this gate: index + 1; 0: none */
};
_Static_assert(sizeof(struct fast_queue) % 8 == 0 &&
		       sizeof(struct pkt_entry) % 8 == 0,
	       "the kernel rounds elements of an array up to 8 octets");

/* Of one worker: how many hints found no room, ever.  In a cache line of its own. */
struct fast_missed {
	uint32_t n;
} __attribute__((aligned(64)));

/* The interface that an instance of the XDP program is attached to. */
struct fast_port {
	uint16_t mac[3];
};

/* One of each processor and path. */
struct fast_counters {
	uint64_t count[PKT_FAST__COUNT];
	uint64_t octets; /* of PASSED: IP packets as they are here */
};
