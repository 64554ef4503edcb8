/* test/sim/net.c - see net.h */
#include "test/sim/net.h"

#include <string.h>

#include "test/sim/must.h"

void sim_net_begin(struct sim_net *net, struct sim_chance *chance)
{
	net->chance = chance;
	net->order = net->n = net->n_lost = net->n_sent = 0;
	net->n_spare = SIM_FLYING;
	net->taken = NULL;
	for (unsigned int i = 0; i < SIM_FLYING; i++)
		net->spare[i] = &net->pool[i];
}

static bool is_before(const struct sim_message *a, const struct sim_message *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void swap(struct sim_message **a, struct sim_message **b)
{
	struct sim_message *was = *a;

	*a = *b;
	*b = was;
}

static void rise(struct sim_net *net, unsigned int i)
{
	unsigned int parent;

	for (; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!is_before(net->heap[i], net->heap[parent]))
			return;
		swap(&net->heap[i], &net->heap[parent]);
	}
}

static void sink(struct sim_net *net, unsigned int i)
{
	for (;;) {
		unsigned int child = 2 * i + 1;

		if (child >= net->n)
			return;
		if (child + 1 < net->n &&
		    is_before(net->heap[child + 1], net->heap[child]))
			child++;
		if (!is_before(net->heap[child], net->heap[i]))
			return;
		swap(&net->heap[i], &net->heap[child]);
		i = child;
	}
}

static void fly(struct sim_net *net, const struct sim_way *way, enum sim_to to,
		const void *p, size_t n, uint64_t now_us)
{
	struct sim_message *m;

	sim_must(net->n_spare, "no flood on the way");
	m = net->spare[--net->n_spare];
	m->at_us = now_us + way->delay_us;
	if (way->jitter_us)
		m->at_us += sim_below(net->chance, way->jitter_us);
	m->order = net->order++;
	m->to = to;
	m->n = n;
	memcpy(m->octet, p, n);
	net->heap[net->n] = m;
	rise(net, net->n++);
}

void sim_net_send(struct sim_net *net, const struct sim_way *way,
		  enum sim_to to, const void *p, size_t n, uint64_t now_us)
{
	sim_must(n <= SIM_OCTETS, "a message fits into a packet");
	net->n_sent++;
	if (sim_percent(net->chance, way->loss)) {
		net->n_lost++;
		return;
	}
	fly(net, way, to, p, n, now_us);
	if (sim_percent(net->chance, way->twice))
		fly(net, way, to, p, n, now_us);
}

uint64_t sim_net_next(const struct sim_net *net)
{
	return net->n ? net->heap[0]->at_us : UINT64_MAX;
}

const struct sim_message *sim_net_take(struct sim_net *net)
{
	if (net->taken)
		net->spare[net->n_spare++] = net->taken;
	net->taken = net->heap[0];
	net->heap[0] = net->heap[--net->n];
	sink(net, 0);
	return net->taken;
}
