/*
 * packet/portpool.c - see portpool.h
 *
 * The free ports of one family and one class are a list, a set of numbers:
 * address by address, of each the ports of the class.
 */
#include "packet/portpool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packet/freeset.h"
#include "packet/home.h"
#include "packet/steer.h"

enum { HOME_TRIES = 16 }; /* ports of one home that are looked at */

struct list {
	struct pkt_freeset free;
	uint32_t first_port, n_ports; /* of each address */
	bool is_v6;
};

struct resting {
	uint32_t slot;
	uint64_t until_ms;
};

struct pkt_portpool {
	struct pkt_portpool_cfg cfg;
	struct in6_addr *addrs;
	uint32_t *by_family[2];     /* indices into addrs */
	uint32_t n_family[2];       /* IPv4, IPv6 */
	uint32_t *place;            /* of an address, within its family */
	struct list *lists;         /* class * 2 + is_v6, so side by side */
	uint8_t *taken;             /* a bit per slot: catches a second give */
	struct resting *quarantine; /* FIFO, all rest equally long */
	uint32_t q_first, q_count;
	uint32_t scale[2]; /* of homes, by family */
	uint32_t span, total, used;
};

uint32_t pkt_portpool_slots(const struct pkt_portpool_cfg *cfg)
{
	if (cfg->port_max < cfg->port_min)
		return 0;
	return cfg->n_addrs * ((uint32_t)cfg->port_max - cfg->port_min + 1);
}

static int add_list(struct pkt_portpool *p, unsigned int class_, bool is_v6)
{
	struct list *l = &p->lists[class_ * 2 + is_v6];
	uint32_t n = p->cfg.classes, min = p->cfg.port_min;
	uint32_t first = min + (class_ + n - min % n) % n;

	l->is_v6 = is_v6;
	l->first_port = first;
	if (first <= p->cfg.port_max)
		l->n_ports = (p->cfg.port_max - first) / n + 1;
	return pkt_freeset_init(&l->free, l->n_ports * p->n_family[is_v6]);
}

static void sort_families(struct pkt_portpool *p)
{
	for (uint32_t i = 0; i < p->cfg.n_addrs; i++) {
		bool is_v6 = !IN6_IS_ADDR_V4MAPPED(&p->addrs[i]);

		p->place[i] = p->n_family[is_v6];
		p->by_family[is_v6][p->n_family[is_v6]++] = i;
	}
}

static int allocate(struct pkt_portpool *p)
{
	uint32_t n = p->cfg.n_addrs;

	p->addrs = calloc(n, sizeof(*p->addrs));
	p->by_family[0] = calloc(n, sizeof(uint32_t));
	p->by_family[1] = calloc(n, sizeof(uint32_t));
	p->place = calloc(n, sizeof(uint32_t));
	p->lists = calloc((size_t)p->cfg.classes * 2, sizeof(*p->lists));
	p->taken = calloc((size_t)p->total / 8 + 1, 1);
	p->quarantine = calloc(p->total, sizeof(*p->quarantine));
	if (!p->addrs || !p->by_family[0] || !p->by_family[1] || !p->place ||
	    !p->lists || !p->taken || !p->quarantine)
		return -ENOMEM;
	return 0;
}

struct pkt_portpool *pkt_portpool_new(const struct pkt_portpool_cfg *cfg)
{
	uint32_t total = pkt_portpool_slots(cfg);
	struct pkt_portpool *p;

	if (!total || !cfg->classes || !cfg->random || !cfg->port_min)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->cfg = *cfg;
	p->total = total;
	p->span = total / cfg->n_addrs;
	if (allocate(p))
		goto out;
	memcpy(p->addrs, cfg->addrs, cfg->n_addrs * sizeof(*p->addrs));
	p->cfg.addrs = p->addrs;
	sort_families(p);
	for (int f = 0; f < 2; f++)
		p->scale[f] =
			pkt_home_scale(p->n_family[f] * p->span, cfg->n_homes);
	for (unsigned int c = 0; c < cfg->classes; c++)
		if (add_list(p, c, false) || add_list(p, c, true))
			goto out;
	return p;
out:
	pkt_portpool_free(p);
	return NULL;
}

void pkt_portpool_free(struct pkt_portpool *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; p->lists && i < p->cfg.classes * 2; i++)
		pkt_freeset_end(&p->lists[i].free);
	free(p->lists);
	free(p->addrs);
	free(p->by_family[0]);
	free(p->by_family[1]);
	free(p->place);
	free(p->taken);
	free(p->quarantine);
	free(p);
}

/* Uniform in 0..n-1 (Lemire's multiplication; what is left of the bias is
 * n / 2^32). */
static uint32_t pick(struct pkt_portpool *p, uint32_t n)
{
	return (uint32_t)((uint64_t)p->cfg.random(p->cfg.random_arg) * n >> 32);
}

static void set_taken(struct pkt_portpool *p, uint32_t i, bool is_taken)
{
	uint8_t bit = (uint8_t)(1u << i % 8);

	assert(!(p->taken[i / 8] & bit) == is_taken);
	p->taken[i / 8] ^= bit;
}

static void release(struct pkt_portpool *p, uint32_t i)
{
	uint32_t addr = i / p->span, n = p->cfg.classes;
	uint32_t port = p->cfg.port_min + i % p->span;
	bool is_v6 = !IN6_IS_ADDR_V4MAPPED(&p->addrs[addr]);
	struct list *l =
		&p->lists[pkt_steer_worker((uint16_t)port, n) * 2 + is_v6];

	pkt_freeset_give(&l->free, p->place[addr] * l->n_ports +
					   (port - l->first_port) / n);
}

/* Out of the quarantine what has rested long enough. */
static void wake(struct pkt_portpool *p, uint64_t now_ms)
{
	while (p->q_count && p->quarantine[p->q_first].until_ms <= now_ms) {
		release(p, p->quarantine[p->q_first].slot);
		p->q_first = (p->q_first + 1) % p->total;
		p->q_count--;
	}
}

/* Of one class; family 0: of both. */
static uint32_t count_free(const struct pkt_portpool *p, int family,
			   unsigned int class_)
{
	const struct list *l = &p->lists[class_ * 2];
	uint32_t n = 0;

	assert(class_ < p->cfg.classes);
	if (family != AF_INET6)
		n += l[0].free.n_free;
	if (family != AF_INET)
		n += l[1].free.n_free;
	return n;
}

uint32_t pkt_portpool_n_free(struct pkt_portpool *p, int family,
			     unsigned int class_, uint64_t now_ms)
{
	wake(p, now_ms);
	return count_free(p, family, class_);
}

/* One random element of one class; each has the same chance. */
static struct list *choose(struct pkt_portpool *p, int family,
			   unsigned int class_, uint32_t *index)
{
	uint32_t n_free = count_free(p, family, class_);
	struct list *l = &p->lists[class_ * 2];

	if (!n_free)
		return NULL;
	*index = pick(p, n_free);
	if (family == AF_INET6)
		return &l[1];
	if (family == AF_INET || *index < l[0].free.n_free)
		return &l[0];
	*index -= l[0].free.n_free;
	return &l[1];
}

/* Out of its list. */
static void take(struct pkt_portpool *p, struct list *l, uint32_t item,
		 struct in6_addr *addr, uint16_t *port, uint32_t *slot)
{
	uint32_t a = p->by_family[l->is_v6][item / l->n_ports];

	pkt_freeset_take(&l->free, item);
	*addr = p->addrs[a];
	*port = (uint16_t)(l->first_port + item % l->n_ports * p->cfg.classes);
	*slot = p->cfg.first_slot + a * p->span + *port - p->cfg.port_min;
	set_taken(p, *slot - p->cfg.first_slot, true);
	p->used++;
}

int pkt_portpool_take(struct pkt_portpool *p, int family, unsigned int class_,
		      uint64_t now_ms, struct in6_addr *addr, uint16_t *port,
		      uint32_t *slot)
{
	struct list *l;
	uint32_t index;

	if (family && !p->n_family[family == AF_INET6])
		return -EAFNOSUPPORT;
	wake(p, now_ms);
	l = choose(p, family, class_, &index);
	if (!l)
		return -ENOSPC;
	take(p, l, pkt_freeset_at(&l->free, index), addr, port, slot);
	return 0;
}

/* Is the nth port of the family of this class, and free? */
static bool is_free(const struct pkt_portpool *p, const struct list *l,
		    unsigned int class_, uint32_t nth, uint32_t *item)
{
	uint32_t port = p->cfg.port_min + nth % p->span, n = p->cfg.classes;

	if (pkt_steer_worker((uint16_t)port, n) != class_)
		return false;
	*item = nth / p->span * l->n_ports + (port - l->first_port) / n;
	return pkt_freeset_has(&l->free, *item);
}

int pkt_portpool_take_home(struct pkt_portpool *p, int family,
			   unsigned int class_, uint32_t home, uint64_t now_ms,
			   struct in6_addr *addr, uint16_t *port,
			   uint32_t *slot)
{
	uint32_t index, item, first, n, turn;
	struct list *l;

	wake(p, now_ms);
	l = choose(p, family, class_, &index);
	if (!l)
		return -ENOSPC;
	first = pkt_home_first(home, p->scale[l->is_v6]);
	n = pkt_home_first(home + 1, p->scale[l->is_v6]);
	if (n > p->n_family[l->is_v6] * p->span)
		n = p->n_family[l->is_v6] * p->span;
	n = n > first ? n - first : 0;
	turn = pick(p, n);
	for (uint32_t i = 0; i < n && i < HOME_TRIES; i++) {
		if (is_free(p, l, class_, first + (turn + i) % n, &item)) {
			take(p, l, item, addr, port, slot);
			return 0;
		}
	}
	return -ENOSPC;
}

void pkt_portpool_give(struct pkt_portpool *p, uint32_t slot, bool is_dirty,
		       uint64_t now_ms)
{
	uint32_t i = slot - p->cfg.first_slot;
	struct resting *q;

	assert(i < p->total);
	set_taken(p, i, false);
	p->used--;
	if (!is_dirty || !p->cfg.quarantine_ms) {
		release(p, i);
		return;
	}
	q = &p->quarantine[(p->q_first + (uint64_t)p->q_count++) % p->total];
	q->slot = i;
	q->until_ms = now_ms + p->cfg.quarantine_ms;
}

void pkt_portpool_usage(struct pkt_portpool *p, uint64_t now_ms,
			struct pkt_portpool_usage *out)
{
	wake(p, now_ms);
	out->total = p->total;
	out->used = p->used;
	out->quarantined = p->q_count;
}
