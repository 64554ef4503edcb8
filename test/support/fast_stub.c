/* test/support/fast_stub.c - see fast_stub.h */
#include "test/support/fast_stub.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

uint32_t steered[FAST_STUB_PLACES], done[FAST_STUB_PLACES], missed;
struct pkt_police buckets[FAST_STUB_PLACES];
unsigned int n_buckets, n_given_back;
atomic_bool is_held;
int hint_fd;

void fast_stub_reset(void)
{
	memset(steered, 0, sizeof(steered));
	memset(done, 0, sizeof(done));
	memset(buckets, 0, sizeof(buckets));
	n_buckets = FAST_STUB_PLACES;
	n_given_back = missed = 0;
	hint_fd = eventfd(0, EFD_NONBLOCK);
}

uint32_t pkt_fast_steered(const struct pkt_fast *f, uint32_t place)
{
	(void)f;
	return steered[place];
}

void pkt_fast_done(struct pkt_fast *f, uint32_t place, uint32_t n)
{
	(void)f;
	done[place] = n;
}

struct pkt_police *pkt_fast_police(struct pkt_fast *f, uint32_t place)
{
	(void)f;
	return n_buckets ? &buckets[place] : NULL;
}

void pkt_fast_unpolice(struct pkt_fast *f, uint32_t place)
{
	(void)f;
	(void)place;
	n_given_back++;
}

int pkt_fast_hint_fd(const struct pkt_fast *f, unsigned int self)
{
	(void)f;
	(void)self;
	return hint_fd;
}

void pkt_fast_hints(struct pkt_fast *f, unsigned int self,
		    void (*tell)(void *arg, uint32_t place), void *arg)
{
	(void)f;
	(void)self;
	(void)tell;
	(void)arg;
}

uint32_t pkt_fast_missed(const struct pkt_fast *f, unsigned int self)
{
	(void)f;
	(void)self;
	return missed;
}

void fast_stub_fence(void)
{
	while (is_held)
		usleep(1000);
}
