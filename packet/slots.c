/* packet/slots.c - see slots.h */
#include "packet/slots.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <string.h>

/* The last 32 bits: within them lies all that is used of a prefix. */
static uint32_t low(const struct in6_addr *a)
{
	uint32_t be;

	memcpy(&be, &a->s6_addr[12], sizeof(be));
	return ntohl(be);
}

static uint32_t n_addrs(const struct pkt_prefix *p)
{
	if (p->len <= 120)
		return PKT_SLOT_ADDRS;
	return 1u << (128 - p->len);
}

static int init_prefix(struct pkt_slots *s, const struct pkt_prefix *p,
		       uint64_t *next)
{
	uint32_t n, span = (uint32_t)s->port_max - s->port_min + 1;

	if (p->len > 128)
		return -EINVAL;
	n = n_addrs(p);
	if (low(&p->addr) & (n - 1))
		return -EINVAL;
	s->prefix[s->n_prefixes].first = p->addr;
	s->prefix[s->n_prefixes].len = p->len;
	s->prefix[s->n_prefixes].n_addrs = n;
	s->prefix[s->n_prefixes].base = (uint32_t)*next;
	s->n_prefixes++;
	*next += (uint64_t)n * span;
	return *next < PKT_SLOT_NONE ? 0 : -E2BIG;
}

int pkt_slots_init(struct pkt_slots *s, const struct pkt_realm_cfg *realm,
		   uint32_t first_slot, uint32_t *end)
{
	uint64_t next = first_slot;
	int rc;

	if (!realm->port_min || realm->port_min > realm->port_max ||
	    !realm->n_prefixes || realm->n_prefixes > PKT_MAX_PREFIXES)
		return -EINVAL;
	memset(s, 0, sizeof(*s));
	s->port_min = realm->port_min;
	s->port_max = realm->port_max;
	for (unsigned int i = 0; i < realm->n_prefixes; i++) {
		rc = init_prefix(s, &realm->prefix[i], &next);
		if (rc)
			return rc;
	}
	*end = (uint32_t)next;
	return 0;
}

uint32_t pkt_slots_find(const struct pkt_slots *s, const struct in6_addr *addr,
			uint16_t port)
{
	uint32_t span = (uint32_t)s->port_max - s->port_min + 1;

	if (port < s->port_min || port > s->port_max)
		return PKT_SLOT_NONE;
	for (unsigned int i = 0; i < s->n_prefixes; i++) {
		const struct in6_addr *first = &s->prefix[i].first;
		uint32_t offset = low(addr) - low(first);

		if (offset < s->prefix[i].n_addrs && !memcmp(addr, first, 12))
			return s->prefix[i].base + offset * span + port -
			       s->port_min;
	}
	return PKT_SLOT_NONE;
}

static bool begin_alike(const struct in6_addr *a, const struct in6_addr *b,
			unsigned int bits)
{
	unsigned int octets = bits / 8, rest = bits % 8;

	return !memcmp(a, b, octets) &&
	       (!rest ||
		!((a->s6_addr[octets] ^ b->s6_addr[octets]) >> (8 - rest)));
}

bool pkt_slots_covers(const struct pkt_slots *s, const struct in6_addr *addr)
{
	for (unsigned int i = 0; i < s->n_prefixes; i++)
		if (begin_alike(&s->prefix[i].first, addr, s->prefix[i].len))
			return true;
	return false;
}

uint32_t pkt_slots_n_addrs(const struct pkt_slots *s)
{
	uint32_t n = 0;

	for (unsigned int i = 0; i < s->n_prefixes; i++)
		n += s->prefix[i].n_addrs;
	return n;
}

static struct in6_addr nth(const struct in6_addr *first, uint32_t i)
{
	struct in6_addr a = *first;
	uint32_t be = htonl(low(first) + i);

	memcpy(&a.s6_addr[12], &be, sizeof(be));
	return a;
}

struct in6_addr pkt_slots_addr(const struct pkt_slots *s, uint32_t i)
{
	unsigned int p = 0;

	while (i >= s->prefix[p].n_addrs) {
		i -= s->prefix[p++].n_addrs;
		assert(p < s->n_prefixes);
	}
	return nth(&s->prefix[p].first, i);
}

struct in6_addr pkt_slots_local(const struct pkt_slots *s, uint32_t slot,
				uint16_t *port)
{
	uint32_t span = (uint32_t)s->port_max - s->port_min + 1;
	unsigned int p = s->n_prefixes - 1;

	while (p && slot < s->prefix[p].base)
		p--;
	slot -= s->prefix[p].base;
	assert(slot / span < s->prefix[p].n_addrs);
	*port = (uint16_t)(s->port_min + slot % span);
	return nth(&s->prefix[p].first, slot / span);
}
