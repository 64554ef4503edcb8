/* packet/berths.c - see berths.h */
#include "packet/berths.h"

#include <errno.h>

enum { DRAWS = 8 }; /* rendezvous that are asked for a free port of theirs */

int pkt_berths_init(struct pkt_berths *b, uint32_t n_rdvs)
{
	return pkt_freeset_init(&b->rdvs, n_rdvs);
}

void pkt_berths_end(struct pkt_berths *b)
{
	pkt_freeset_end(&b->rdvs);
}

static int take_any(const struct pkt_berth_wish *w, struct pkt_berth *out)
{
	return pkt_portpool_take(w->pool, w->family, w->class_, w->now_ms,
				 &out->addr, &out->port, &out->slot);
}

static int take_home(const struct pkt_berth_wish *w, struct pkt_berth *out)
{
	return pkt_portpool_take_home(w->pool, w->family, w->class_, out->rdv,
				      w->now_ms, &out->addr, &out->port,
				      &out->slot);
}

static uint32_t draw(const struct pkt_berths *b)
{
	uint64_t n = (uint64_t)b->random(b->random_arg) * b->rdvs.n_free;

	return pkt_freeset_at(&b->rdvs, (uint32_t)(n >> 32));
}

/* Nobody can tell which port it will be, if it is one that is at home. */
static bool has_choice(const struct pkt_berths *b,
		       const struct pkt_berth_wish *w)
{
	uint64_t n;

	if (!b->has_homes)
		return false;
	n = pkt_portpool_n_free(w->pool, w->family, w->class_, w->now_ms);
	return n * b->rdvs.n_free >= (uint64_t)b->n_choice * b->rdvs.n;
}

/* The port is at home with the rendezvous, or any. */
static int choose(const struct pkt_berths *b, const struct pkt_berth_wish *w,
		  struct pkt_berth *out)
{
	int n = has_choice(b, w) ? DRAWS : 0;

	for (int i = 0; i < n; i++) {
		out->rdv = draw(b);
		if (!take_home(w, out))
			return 0;
	}
	/* Without homes the numbers are dense, for the sake of memory. */
	out->rdv = b->has_homes ? draw(b) :
				  pkt_freeset_at(&b->rdvs, b->rdvs.n_free - 1);
	return take_any(w, out);
}

int pkt_berths_first(struct pkt_berths *b, const struct pkt_berth_wish *wish,
		     struct pkt_berth *out)
{
	int rc = b->rdvs.n_free ? choose(b, wish, out) : -ENOSPC;

	if (!rc)
		pkt_freeset_take(&b->rdvs, out->rdv);
	return rc;
}

int pkt_berths_second(struct pkt_berths *b, const struct pkt_berth_wish *wish,
		      struct pkt_berth *out)
{
	if (has_choice(b, wish) && !take_home(wish, out))
		return 0;
	return take_any(wish, out);
}

void pkt_berths_give(struct pkt_berths *b, uint32_t rdv)
{
	pkt_freeset_give(&b->rdvs, rdv);
}
