/* packet/timers.c - see timers.h */
#include "packet/timers.h"

#include <assert.h>

#include "packet/pages.h"

struct timer {
	uint64_t due_us;
	uint32_t id;
};

struct pkt_timers {
	struct timer *heap; /* [0] is the earliest */
	uint32_t *place;    /* of an id in the heap, + 1; 0: not there */
	uint32_t n, n_ids;
};

struct pkt_timers *pkt_timers_new(uint32_t n_ids)
{
	struct pkt_timers *t = pkt_pages_new(1, sizeof(*t));

	if (!t)
		return NULL;
	t->n_ids = n_ids;
	t->heap = pkt_pages_new(n_ids, sizeof(*t->heap));
	t->place = pkt_pages_new(n_ids, sizeof(*t->place));
	if (!t->heap || !t->place) {
		pkt_timers_free(t);
		return NULL;
	}
	return t;
}

void pkt_timers_free(struct pkt_timers *t)
{
	if (!t)
		return;
	pkt_pages_free(t->heap, t->n_ids, sizeof(*t->heap));
	pkt_pages_free(t->place, t->n_ids, sizeof(*t->place));
	pkt_pages_free(t, 1, sizeof(*t));
}

static void put(struct pkt_timers *t, uint32_t i, struct timer timer)
{
	t->heap[i] = timer;
	t->place[timer.id] = i + 1;
}

static void sift_up(struct pkt_timers *t, uint32_t i, struct timer timer)
{
	while (i && t->heap[(i - 1) / 2].due_us > timer.due_us) {
		put(t, i, t->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(t, i, timer);
}

static void sift_down(struct pkt_timers *t, uint32_t i, struct timer timer)
{
	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < t->n &&
		    t->heap[child + 1].due_us < t->heap[child].due_us)
			child++;
		if (child >= t->n || t->heap[child].due_us >= timer.due_us)
			break;
		put(t, i, t->heap[child]);
		i = child;
	}
	put(t, i, timer);
}

static void move(struct pkt_timers *t, uint32_t i, struct timer timer)
{
	if (i && t->heap[(i - 1) / 2].due_us > timer.due_us)
		sift_up(t, i, timer);
	else
		sift_down(t, i, timer);
}

static void drop(struct pkt_timers *t, uint32_t i)
{
	t->place[t->heap[i].id] = 0;
	t->n--;
	if (i < t->n)
		move(t, i, t->heap[t->n]);
}

void pkt_timers_set(struct pkt_timers *t, uint32_t id, uint64_t due_us)
{
	struct timer timer = { due_us, id };
	uint32_t place;

	assert(id < t->n_ids);
	place = t->place[id];
	if (due_us == PKT_TIMER_NEVER) {
		if (place)
			drop(t, place - 1);
		return;
	}
	if (place) {
		move(t, place - 1, timer);
		return;
	}
	t->n++;
	sift_up(t, t->n - 1, timer);
}

uint64_t pkt_timers_first(const struct pkt_timers *t, uint32_t *id)
{
	if (!t->n)
		return PKT_TIMER_NEVER;
	*id = t->heap[0].id;
	return t->heap[0].due_us;
}
