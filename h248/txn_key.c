/*
 * h248/txn_key.c - by what a request is known, and what it asks
 *
 * Eight octets at a time, with the bit set that tells the cases of a letter
 * apart: what is equal without regard to case has the same hash.
 */
#include "h248/txn_int.h"

#include <string.h>

static const uint64_t LOWER = UINT64_C(0x2020202020202020);

static uint64_t hash_number(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9fb21c651e98df25);
	return h ^ h >> 32;
}

static uint64_t hash_span(uint64_t h, struct h248_span s)
{
	uint64_t word, n = s.n;

	for (; s.n >= sizeof(word); s.p += sizeof(word), s.n -= sizeof(word)) {
		memcpy(&word, s.p, sizeof(word));
		h = hash_number(h, word | LOWER);
	}
	word = 0;
	if (s.n)
		memcpy(&word, s.p, s.n);
	return hash_number(hash_number(h, word | LOWER), n);
}

/* Keyed: which ids share a bucket cannot be known from outside. */
uint64_t h248_txn_key(uint64_t seed, const struct h248_mid *mid, uint32_t tid)
{
	uint64_t h = hash_span(seed, mid->text) ^ mid->port;

	h = h248_txn_mix(h ^ seed);
	return h248_txn_mix((h ^ tid) + seed);
}

static uint64_t hash_services(uint64_t h, const struct h248_services *sv)
{
	if (!sv)
		return h;
	h = hash_number(h, sv->method);
	h = hash_span(h, sv->reason);
	return hash_span(h, sv->timestamp);
}

static uint64_t hash_media(uint64_t h, const struct h248_media *m)
{
	const struct h248_stream *s = m ? m->streams : NULL;

	for (; s; s = s->next) {
		h = hash_number(h, s->id);
		if (s->local)
			h = hash_span(h, s->local->sdp);
		if (s->remote)
			h = hash_span(h, s->remote->sdp);
	}
	return h;
}

static uint64_t hash_desc(uint64_t h, const struct h248_desc *d)
{
	h = hash_number(h, d->kind);
	if (d->kind == H248_DESC_SERVICES)
		return hash_services(h, d->u.services);
	return d->kind == H248_DESC_MEDIA ? hash_media(h, d->u.media) : h;
}

uint64_t h248_txn_content(const struct h248_txn *txn)
{
	uint64_t h = 0;

	for (const struct h248_action *a = txn->actions; a; a = a->next) {
		h = hash_number(h, a->ctx);
		h = hash_number(h, a->ctx_id);
		for (const struct h248_cmd *c = a->cmds; c; c = c->next) {
			h = hash_number(h, c->kind);
			if (c->terms)
				h = hash_span(h, c->terms->text);
			for (const struct h248_desc *d = c->descs; d;
			     d = d->next)
				h = hash_desc(h, d);
		}
	}
	return h;
}
