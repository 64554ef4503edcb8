/*
 * packet/slots.h - the media addresses of one realm, and the index of a port
 *
 * Slot = base of the address + (port - lowest port): a compare per prefix,
 * no hash (decision 12).  Of a prefix with more than PKT_SLOT_ADDRS addresses
 * the first PKT_SLOT_ADDRS are used.  Constant after init; thread: any.
 */
#pragma once

#include "packet/engine.h"

enum {
	PKT_SLOT_ADDRS = 256, /* of one prefix */
	PKT_SLOT_NONE = UINT32_MAX,
};

struct pkt_slots {
	struct {
		struct in6_addr first;
		uint8_t len; /* of it, over the mapped address */
		uint32_t n_addrs;
		uint32_t base; /* slot of its first address and port */
	} prefix[PKT_MAX_PREFIXES];
	unsigned int n_prefixes;
	uint16_t port_min, port_max;
};

/* Lays the realm out from first_slot on.  Returns 0 and, in *end, the slot
 * after its last; -EINVAL: ports upside down, a prefix with host bits, or
 * nothing to lay out; -E2BIG: more slots than an index can name. */
int pkt_slots_init(struct pkt_slots *s, const struct pkt_realm_cfg *realm,
		   uint32_t first_slot, uint32_t *end);

/* Slot of a local address and port, or PKT_SLOT_NONE. */
uint32_t pkt_slots_find(const struct pkt_slots *s, const struct in6_addr *addr,
			uint16_t port);

/* Does the address lie in a prefix of the realm, used or not? */
bool pkt_slots_covers(const struct pkt_slots *s, const struct in6_addr *addr);

/* The other way round: which address and port a slot of this realm is. */
struct in6_addr pkt_slots_local(const struct pkt_slots *s, uint32_t slot,
				uint16_t *port);

uint32_t pkt_slots_n_addrs(const struct pkt_slots *s);
/* The i-th address, in the order of their slots. */
struct in6_addr pkt_slots_addr(const struct pkt_slots *s, uint32_t i);
