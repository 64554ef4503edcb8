/* packet/fast_none.c - built without the fast path (BGF_FASTPATH=OFF) */
#include <errno.h>
#include <stdio.h>

#include "packet/fast.h"

int pkt_fast_new(const struct pkt_engine_cfg *cfg,
		 const struct pkt_slots *slots, uint32_t n_slots,
		 struct pkt_fast **out, char *err, size_t cap)
{
	(void)cfg;
	(void)slots;
	(void)n_slots;
	(void)out;
	snprintf(err, cap, "this program was built without it");
	return -ENOTSUP;
}

void pkt_fast_free(struct pkt_fast *f)
{
	(void)f;
}

struct pkt_entry *pkt_fast_entries(struct pkt_fast *f)
{
	(void)f;
	return NULL;
}

uint32_t *pkt_fast_places(struct pkt_fast *f)
{
	(void)f;
	return NULL;
}

uint32_t pkt_fast_steered(const struct pkt_fast *f, uint32_t place)
{
	(void)f;
	(void)place;
	return 0;
}

void pkt_fast_done(struct pkt_fast *f, uint32_t place, uint32_t n)
{
	(void)f;
	(void)place;
	(void)n;
}

struct pkt_police *pkt_fast_police(struct pkt_fast *f, uint32_t place)
{
	(void)f;
	(void)place;
	return NULL;
}

void pkt_fast_unpolice(struct pkt_fast *f, uint32_t place)
{
	(void)f;
	(void)place;
}

void pkt_fast_attach(struct pkt_fast *f, char *note, size_t cap)
{
	(void)f;
	if (cap)
		note[0] = '\0';
}

enum pkt_path pkt_fast_path(const struct pkt_fast *f, const char *iface)
{
	(void)f;
	(void)iface;
	return PKT_PATH_TUN;
}

int pkt_fast_hint_fd(const struct pkt_fast *f, unsigned int worker)
{
	(void)f;
	(void)worker;
	return -1;
}

void pkt_fast_hints(struct pkt_fast *f, unsigned int worker,
		    void (*tell)(void *arg, uint32_t place), void *arg)
{
	(void)f;
	(void)worker;
	(void)tell;
	(void)arg;
}

uint32_t pkt_fast_missed(const struct pkt_fast *f, unsigned int worker)
{
	(void)f;
	(void)worker;
	return 0;
}

void pkt_fast_counters(const struct pkt_fast *f, struct pkt_counters *sum)
{
	(void)f;
	(void)sum;
}

void pkt_fast_fence(void)
{
}

void pkt_fast_sweep(const struct pkt_engine_cfg *cfg)
{
	(void)cfg;
}
