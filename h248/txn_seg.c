/*
 * h248/txn_seg.c - a reply in segments (H.248.1 version 3, clause 8.2.4)
 *
 * Cut between the replies of commands, so that each segment can be read alone.
 * The segments are kept as a reply is, and those that were not acknowledged
 * (SM) are sent again like one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/txn_int.h"

struct txn_segments {
	unsigned int n, n_acked;
	size_t end[TXN_MAX_SEGMENTS]; /* octets of buf behind the i-th */
	bool is_acked[TXN_MAX_SEGMENTS];
	char *buf; /* owned */
};

/* One reply of a command, or an action without any. */
struct piece {
	const struct h248_action *of;
	struct h248_cmd cmd;       /* a copy: its next is of the segment */
	struct h248_action action; /* the same */
	bool has_cmd, is_first, is_last; /* of the action */
};

static size_t count(const struct h248_action *a)
{
	size_t n = 0;

	for (; a; a = a->next) {
		n += !a->cmds;
		for (const struct h248_cmd *c = a->cmds; c; c = c->next)
			n++;
	}
	return n;
}

static void spread(const struct h248_action *a, struct piece *p)
{
	for (; a; a = a->next) {
		const struct h248_cmd *c = a->cmds;
		bool is_first = true;

		do {
			p->of = a;
			p->has_cmd = c;
			p->is_first = is_first;
			if (c)
				p->cmd = *c;
			c = c ? c->next : NULL;
			p->is_last = !c;
			is_first = false;
			p++;
		} while (c);
	}
}

/* Pieces i to j - 1 as the actions of a segment. */
static struct h248_action *join(struct piece *p, size_t i, size_t j)
{
	struct h248_action *first = &p[i].action, *a = NULL;

	for (size_t k = i; k < j; k++) {
		bool goes_on = a && p[k].of == p[k - 1].of;

		if (!goes_on) {
			if (a)
				a->next = &p[k].action;
			a = &p[k].action;
			*a = *p[k].of;
			a->next = NULL;
			a->cmds = p[k].has_cmd ? &p[k].cmd : NULL;
			a->error = NULL;
			if (!p[k].is_first)
				a->props = NULL;
		} else {
			p[k - 1].cmd.next = &p[k].cmd;
		}
		p[k].cmd.next = NULL;
		if (p[k].is_last)
			a->error = p[k].of->error;
	}
	return first;
}

/* Encodes pieces i to j - 1 as segment number `no` into t->tx. */
static int encode(struct h248_txns *t, const struct h248_txn *reply,
		  struct piece *p, size_t i, size_t j, bool is_last,
		  unsigned int no, size_t room, size_t *n)
{
	struct h248_txn seg = {
		.kind = H248_TXN_REPLY,
		.has_id = true,
		.id = reply->id,
		.segment = (uint16_t)no,
		.is_last_segment = is_last,
		.actions = join(p, i, j),
	};

	return h248_txn_encode_into(t, &seg, NULL, room, n);
}

/* The end of the longest segment that begins at piece i; one that is too long
 * alone may take as much as the controller can. */
static int longest(struct h248_txns *t, const struct h248_txn *reply,
		   struct piece *p, size_t i, size_t n_pieces, unsigned int no,
		   size_t *end, size_t *n)
{
	size_t fits = i, over = n_pieces + 1, mid = n_pieces;
	size_t most = h248_txn_room(t), room = t->p.segment_octets;

	while (fits + 1 < over) {
		if (encode(t, reply, p, i, mid, mid == n_pieces, no, room, n))
			over = mid;
		else
			fits = mid;
		mid = fits + (over - fits) / 2;
	}
	*end = fits > i ? fits : i + 1;
	if (fits == i)
		room = most;
	return encode(t, reply, p, i, *end, *end == n_pieces, no, room, n);
}

static int keep(struct txn_segments *s, const char *text, size_t n)
{
	size_t before = s->n ? s->end[s->n - 1] : 0;
	char *buf;

	if (s->n == TXN_MAX_SEGMENTS)
		return -EMSGSIZE;
	buf = realloc(s->buf, before + n);
	if (!buf)
		return -ENOMEM;
	memcpy(buf + before, text, n);
	s->buf = buf;
	s->end[s->n++] = before + n;
	return 0;
}

static int cut(struct h248_txns *t, const struct h248_txn *reply,
	       struct piece *p, size_t n_pieces, struct txn_segments *s)
{
	size_t i = 0, end, n;
	int rc = 0;

	while (!rc && i < n_pieces) {
		rc = longest(t, reply, p, i, n_pieces, s->n + 1, &end, &n);
		if (!rc)
			rc = keep(s, t->tx, n);
		i = end;
	}
	return rc;
}

struct txn_segments *h248_txn_cut(struct h248_txns *t,
				  const struct h248_txn *reply)
{
	size_t n = count(reply->actions);
	struct txn_segments *s = calloc(1, sizeof(*s));
	struct piece *p = n ? calloc(n, sizeof(*p)) : NULL;
	int rc = -ENOMEM;

	if (s && p) {
		spread(reply->actions, p);
		rc = cut(t, reply, p, n, s);
	}
	free(p);
	if (!rc)
		return s;
	h248_txn_segments_free(s);
	return NULL;
}

void h248_txn_segments_free(struct txn_segments *s)
{
	if (!s)
		return;
	free(s->buf);
	free(s);
}

size_t h248_txn_segments_octets(const struct txn_segments *s)
{
	return sizeof(*s) + s->end[s->n - 1];
}

void h248_txn_segments_send(struct h248_txns *t, const struct txn_segments *s,
			    const struct sockaddr_storage *to)
{
	size_t at = 0;

	for (unsigned int i = 0; i < s->n; i++) {
		if (!s->is_acked[i])
			h248_txn_transmit(t, to, s->buf + at, s->end[i] - at);
		at = s->end[i];
	}
}

bool h248_txn_segments_ack(struct txn_segments *s, unsigned int no)
{
	if (no && no <= s->n && !s->is_acked[no - 1]) {
		s->is_acked[no - 1] = true;
		s->n_acked++;
	}
	return s->n_acked == s->n;
}
