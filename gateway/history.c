/* gateway/history.c - see history.h */
#include "gateway/history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/totals.h"

int gw_history_init(struct gw *gw)
{
	gw->history = calloc(1, sizeof(*gw->history));
	return gw->history ? 0 : -ENOMEM;
}

void gw_history_fini(struct gw *gw)
{
	for (unsigned int i = 0; gw->history && i < GW_HISTORY; i++)
		free(gw->history->past[i].rungs);
	free(gw->history);
	gw->history = NULL;
}

/* Where a context is written down: begun again, without what was in it, when
 * it was overtaken by all the others since its first termination went. */
static struct gw_past *place_of(struct gw_context *ctx)
{
	struct gw_history *h = ctx->gw->history;
	struct gw_past *p = &h->past[ctx->past_seq % GW_HISTORY];

	if (ctx->past_seq && p->seq == ctx->past_seq)
		return p;
	ctx->past_seq = ++h->last_seq;
	p = &h->past[ctx->past_seq % GW_HISTORY];
	free(p->rungs);
	*p = (struct gw_past) {
		.seq = ctx->past_seq,
		.id = ctx->id,
		.created_us = ctx->created_us,
	};
	return p;
}

static void keep_stream(struct gw_past_term *t, const struct gw_stream *s)
{
	t->realm = s->realm;
	t->state = s->stat.state;
	t->last_cause = s->last_cause;
	t->has_gate = s->gate.gen;
	if (t->has_gate) {
		t->local = s->gate_cfg.leg.local;
		t->local_port = s->gate_cfg.leg.local_port;
	}
	t->remote = s->stat.remote;
	t->remote_port = s->stat.remote_port;
}

/* The stream with the lowest number. */
static const struct gw_stream *first_stream(const struct gw_term *term)
{
	const struct gw_stream *s, *first = NULL;

	for (unsigned int i = 0; i < term->n_slots; i++) {
		s = &term->stream[i];
		if (s->is_used && (!first || s->id < first->id))
			first = s;
	}
	return first;
}

/* A before B, whichever ended first. */
static void put_in_order(struct gw_past *p)
{
	struct gw_past_term first = p->term[0];

	if (p->n_terms < 2 || p->term[0].side <= p->term[1].side)
		return;
	p->term[0] = p->term[1];
	p->term[1] = first;
}

/* One that was put in the place of another is the one that counts. */
static struct gw_past_term *term_of(struct gw_past *p, uint8_t side)
{
	for (unsigned int i = 0; i < p->n_terms; i++)
		if (p->term[i].side == side)
			return &p->term[i];
	return &p->term[p->n_terms++];
}

void gw_history_term(const struct gw_term *term)
{
	struct gw_past *p = place_of(term->ctx);
	const struct gw_stream *s = first_stream(term);
	struct gw_totals sum = { 0 };
	struct gw_past_term *t;

	t = term_of(p, term->side);
	*t = (struct gw_past_term) { 0 };
	memcpy(t->id, term->id, sizeof(t->id));
	t->side = term->side;
	if (s)
		keep_stream(t, s);
	gw_totals_add(&sum, term);
	t->rx_octets = sum.received;
	t->tx_octets = sum.sent;
	t->drops = sum.drops;
	if (s && s->stat.est_ms > p->est_ms)
		p->est_ms = s->stat.est_ms;
	put_in_order(p);
}

void gw_history_end(struct gw_context *ctx)
{
	/* One that never had a termination is nobody's. */
	struct gw_past *p;

	if (!ctx->past_seq)
		return;
	p = place_of(ctx);
	p->end = ctx->end;
	p->ended_us = gw_now_us();
	p->is_over = true;
	p->rungs = ctx->rungs;
	ctx->rungs = NULL;
}

const struct gw_past *gw_history_of(const struct gw_context *ctx)
{
	const struct gw_past *p =
		&ctx->gw->history->past[ctx->past_seq % GW_HISTORY];

	return ctx->past_seq && p->seq == ctx->past_seq ? p : NULL;
}

const struct gw_past *gw_history_before(const struct gw *gw, uint64_t before)
{
	const struct gw_history *h = gw->history;
	const struct gw_past *p;

	if (before > h->last_seq + 1)
		before = h->last_seq + 1;
	for (uint64_t seq = before - 1; seq && seq + GW_HISTORY > h->last_seq;
	     seq--) {
		p = &h->past[seq % GW_HISTORY];
		if (p->seq == seq && p->is_over)
			return p;
	}
	return NULL;
}

const struct gw_past *gw_history_find(const struct gw *gw, uint32_t id)
{
	const struct gw_past *p = gw_history_before(gw, UINT64_MAX);

	while (p && p->id != id)
		p = gw_history_before(gw, p->seq);
	return p;
}
