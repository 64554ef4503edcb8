/* h248/timer.c - see timer.h */
#include "h248/timer.h"

#include <stddef.h>

/* Both are roots, either may be NULL.  The later one becomes a child. */
static struct h248_timer *meld(struct h248_timer *a, struct h248_timer *b)
{
	if (!a || !b)
		return a ? a : b;
	if (b->due_ms < a->due_ms) {
		struct h248_timer *swap = a;

		a = b;
		b = swap;
	}
	b->next = a->child;
	if (b->next)
		b->next->link = &b->next;
	b->link = &a->child;
	a->child = b;
	return a;
}

/* Meld a list of siblings into one: first in pairs, then the pairs. */
static struct h248_timer *meld_list(struct h248_timer *list)
{
	struct h248_timer *pairs = NULL, *root = NULL;

	while (list) {
		struct h248_timer *a = list, *b = a->next;

		list = b ? b->next : NULL;
		a->next = NULL;
		if (b)
			b->next = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct h248_timer *a = pairs;

		pairs = a->next;
		a->next = NULL;
		root = meld(root, a);
	}
	return root;
}

static void set_root(struct h248_timers *h, struct h248_timer *root)
{
	h->root = root;
	if (root)
		root->link = &h->root;
}

void h248_timer_arm(struct h248_timers *h, struct h248_timer *t,
		    uint64_t due_ms)
{
	h248_timer_cancel(h, t);
	t->due_ms = due_ms;
	set_root(h, meld(h->root, t));
}

void h248_timer_cancel(struct h248_timers *h, struct h248_timer *t)
{
	struct h248_timer *rest;

	if (!t->link)
		return;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
	rest = meld_list(t->child);
	t->child = t->next = NULL;
	t->link = NULL;
	set_root(h, meld(h->root, rest));
}

uint64_t h248_timers_next(const struct h248_timers *h)
{
	return h->root ? h->root->due_ms : UINT64_MAX;
}

struct h248_timer *h248_timers_pop(struct h248_timers *h, uint64_t now_ms)
{
	struct h248_timer *t = h->root;

	if (!t || t->due_ms > now_ms)
		return NULL;
	h248_timer_cancel(h, t);
	return t;
}
