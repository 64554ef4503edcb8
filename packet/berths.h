/*
 * packet/berths.h - which rendezvous and which local port a new gate gets
 *
 * Both by chance.  Where the kernel's programs look, a port that is at home with
 * its rendezvous (home.h), if a few tries find one, and there is still a choice.
 * Thread: control.
 */
#pragma once

#include "packet/freeset.h"
#include "packet/portpool.h"

/* pkt_berths.n_choice of an engine. */
enum { PKT_BERTHS_CHOICE = 1024 };

struct pkt_berths {
	struct pkt_freeset rdvs; /* those without gates */
	bool has_homes;          /* programs look at home first */
	/* Ports at home with free rendezvous, about: with fewer any port is
	 * taken.  Who has just gone knows his, and it may be the only one. */
	uint32_t n_choice;
	uint32_t (*random)(void *arg);
	void *random_arg;
};

struct pkt_berth {
	uint32_t rdv, slot;
	struct in6_addr addr;
	uint16_t port;
};

/* What a gate needs: a port of this pool. */
struct pkt_berth_wish {
	struct pkt_portpool *pool;
	int family; /* as pkt_portpool_take() */
	unsigned int class_;
	uint64_t now_ms;
};

/* For so many rendezvous.  0 or -ENOMEM; to be ended in both cases. */
int pkt_berths_init(struct pkt_berths *b, uint32_t n_rdvs);
void pkt_berths_end(struct pkt_berths *b);

/* Of the first gate of a rendezvous: it has that from now on.  Returns 0,
 * -ENOSPC: there is no rendezvous or no port, or as pkt_portpool_take(). */
int pkt_berths_first(struct pkt_berths *b, const struct pkt_berth_wish *wish,
		     struct pkt_berth *out);
/* Of the second one; out->rdv is given. */
int pkt_berths_second(struct pkt_berths *b, const struct pkt_berth_wish *wish,
		      struct pkt_berth *out);
/* It has no gate any more; their ports go back to the pools. */
void pkt_berths_give(struct pkt_berths *b, uint32_t rdv);
