/*
 * packet/portpool.h - local addresses and ports of one realm
 *
 * Random choice out of the free ones, quarantine after use, an index per
 * address and port that is also the index of its entry (decision 12).
 * Constant time.  Thread: control.
 */
#pragma once

#include <sys/socket.h>

#include "packet/types.h"

struct pkt_portpool; /* opaque */

struct pkt_portpool_cfg {
	const struct in6_addr *addrs; /* copied; IPv4 mapped */
	unsigned int n_addrs;
	uint16_t port_min, port_max;
	unsigned int classes; /* workers; class: pkt_steer_worker() */
	uint32_t first_slot;  /* entry index of the first port */
	uint32_t n_homes;     /* rendezvous (home.h) */
	uint32_t quarantine_ms;
	uint32_t (*random)(void *arg);
	void *random_arg;
};

struct pkt_portpool_usage {
	uint32_t total, used, quarantined;
};

/* Returns new, or NULL. */
struct pkt_portpool *pkt_portpool_new(const struct pkt_portpool_cfg *cfg);
void pkt_portpool_free(struct pkt_portpool *p);

/*
 * Take a free port.
 *
 * In:      family AF_INET, AF_INET6 or 0 (any); class
 * Out:     *addr, *port, *slot
 * Returns: 0, -ENOSPC (H.248 error 510), -EAFNOSUPPORT when the realm has no
 *          address of that family
 */
int pkt_portpool_take(struct pkt_portpool *p, int family, unsigned int class_,
		      uint64_t now_ms, struct in6_addr *addr, uint16_t *port,
		      uint32_t *slot);
/* The same, of those that are at home with this rendezvous, below n_homes; some of
 * them are looked at.  -ENOSPC: none of these is free. */
int pkt_portpool_take_home(struct pkt_portpool *p, int family,
			   unsigned int class_, uint32_t home, uint64_t now_ms,
			   struct in6_addr *addr, uint16_t *port,
			   uint32_t *slot);
/* Give it back; is_dirty: it emitted packets, so it goes into quarantine. */
void pkt_portpool_give(struct pkt_portpool *p, uint32_t slot, bool is_dirty,
		       uint64_t now_ms);
/* Ports that can be taken now; family and class as for a take. */
uint32_t pkt_portpool_n_free(struct pkt_portpool *p, int family,
			     unsigned int class_, uint64_t now_ms);
void pkt_portpool_usage(struct pkt_portpool *p, uint64_t now_ms,
			struct pkt_portpool_usage *out);
/* How many slots a pool of this configuration takes in the entry array. */
uint32_t pkt_portpool_slots(const struct pkt_portpool_cfg *cfg);
