/*
 * h248/txn_parts.c - segments of a reply to one of ours, until all are there
 *
 * In any order, each once.  What a peer may make us keep is bounded: segments of
 * one reply, and of all replies together.
 */
#include <stdio.h>
#include <stdlib.h>

#include "h248/txn_int.h"

struct txn_parts {
	unsigned int n, last; /* last: its number; 0: not yet known */
	struct txn_msg *msg[TXN_MAX_SEGMENTS]; /* references */
	struct h248_txn *txn[TXN_MAX_SEGMENTS];
};

void h248_txn_parts_free(struct h248_txns *t, struct txn_parts *p)
{
	if (!p)
		return;
	for (unsigned int i = 0; i < TXN_MAX_SEGMENTS; i++)
		if (p->msg[i])
			h248_txn_msg_put(p->msg[i]);
	t->out.n_parts -= p->n;
	free(p);
}

static bool is_possible(const struct txn_parts *p, const struct h248_txn *txn)
{
	unsigned int no = txn->segment;

	if (!no || no > TXN_MAX_SEGMENTS || (p->last && no > p->last))
		return false;
	if (!txn->is_last_segment)
		return true;
	for (unsigned int i = no; i < TXN_MAX_SEGMENTS; i++)
		if (p->txn[i])
			return false; /* there are later ones */
	return !p->last || p->last == no;
}

/* Without a segment that was taken there are no parts: the request goes on as
 * if nothing had come. */
enum txn_part h248_txn_parts_add(struct h248_txns *t, struct txn_parts **parts,
				 struct txn_msg *m, struct h248_txn *txn)
{
	static const struct txn_parts none;
	struct txn_parts *p = *parts;

	if (!is_possible(p ? p : &none, txn))
		return TXN_PART_REFUSED;
	if (p && p->txn[txn->segment - 1])
		return TXN_PART_AGAIN;
	if (t->out.n_parts >= TXN_MAX_PARTS)
		return TXN_PART_REFUSED;
	if (!p)
		p = *parts = calloc(1, sizeof(*p));
	if (!p)
		return TXN_PART_REFUSED;
	m->refs++;
	p->msg[txn->segment - 1] = m;
	p->txn[txn->segment - 1] = txn;
	if (txn->is_last_segment)
		p->last = txn->segment;
	p->n++;
	t->out.n_parts++;
	return p->n == p->last ? TXN_PART_LAST : TXN_PART_MORE;
}

/* What cannot be read in one of them is a verdict on all. */
void h248_txn_parts_join(struct txn_parts *p, struct h248_txn *reply)
{
	struct h248_action **tail;

	*reply = *p->txn[0];
	tail = &reply->actions;
	for (unsigned int i = 0; i < p->last; i++) {
		struct h248_txn *txn = p->txn[i];

		if (i)
			*tail = txn->actions;
		while (*tail)
			tail = &(*tail)->next;
		if (txn->error)
			reply->error = txn->error;
		if (txn->fault.code)
			reply->fault = txn->fault;
	}
	reply->next = NULL;
	reply->segment = 0;
	reply->is_last_segment = false;
}

void h248_txn_parts_missing(const struct txn_parts *p, char *buf, size_t cap)
{
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < p->last && n + 8 < cap; i++)
		if (!p->txn[i])
			n += (size_t)snprintf(buf + n, cap - n, "%s%u",
					      n ? "," : "", i + 1);
	if (!p->last)
		snprintf(buf, cap, "the last one");
}
