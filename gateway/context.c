/* gateway/context.c - contexts, terminations, and which gate is whose */
#include "gateway/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/admission.h"
#include "gateway/history.h"
#include "gateway/events.h"
#include "gateway/host.h"
#include "gateway/notify.h"
#include "gateway/stream.h"
#include "gateway/trace.h"
#include "h248/span.h"

/* 0, 0xfffffffe and 0xffffffff stand for NULL, CHOOSE and ALL (B.2). */
enum { FIRST_ID = 1, MIN_BUCKETS = 1024, BUCKETS_PER_SLICE = 256 };
static const uint32_t LAST_ID = 0xfffffffd;

struct gw_gate_ref {
	struct gw_gate_ref *next;
	struct pkt_gate_id gate;
	struct pkt_gate_id peer; /* gen 0: alone in its rendezvous */
	struct gw_term *term;
	uint16_t stream;
	bool is_open; /* its session is */
};

int gw_contexts_init(struct gw *gw)
{
	TAILQ_INIT(&gw->contexts);
	gw->next_context_id = FIRST_ID;
	gw->next_term_id = 1;
	gw->n_buckets = MIN_BUCKETS;
	while (gw->n_buckets < gw->conf.max_contexts &&
	       gw->n_buckets < 1u << 24)
		gw->n_buckets *= 2;
	gw->ctx_bucket = calloc(gw->n_buckets, sizeof(gw->ctx_bucket[0]));
	gw->gate_bucket = calloc(gw->n_buckets, sizeof(gw->gate_bucket[0]));
	if (!gw->ctx_bucket || !gw->gate_bucket)
		return -ENOMEM;
	return gw_history_init(gw);
}

void gw_contexts_fini(struct gw *gw)
{
	struct gw_context *ctx, *next;

	if (!gw->ctx_bucket)
		return;
	for (ctx = TAILQ_FIRST(&gw->contexts); ctx; ctx = next) {
		next = TAILQ_NEXT(ctx, entry);
		gw_context_free(ctx);
	}
	free(gw->ctx_bucket);
	free(gw->gate_bucket);
	gw_history_fini(gw);
	gw->ctx_bucket = NULL;
	gw->gate_bucket = NULL;
}

static struct gw_context **ctx_bucket(const struct gw *gw, uint32_t id)
{
	return &gw->ctx_bucket[id & (gw->n_buckets - 1)];
}

struct gw_context *gw_context_find(const struct gw *gw, uint32_t id)
{
	struct gw_context *ctx = *ctx_bucket(gw, id);

	while (ctx && ctx->id != id)
		ctx = ctx->next_in_bucket;
	return ctx;
}

/* Ids are not used again before all others were: a late message for a
 * context that is gone does not meet a new one. */
static uint32_t next_id(struct gw *gw)
{
	uint32_t id;

	do {
		id = gw->next_context_id;
		gw->next_context_id = id == LAST_ID ? FIRST_ID : id + 1;
	} while (gw_context_find(gw, id));
	return id;
}

struct gw_context *gw_context_new(struct gw *gw)
{
	struct gw_context *ctx;

	ctx = h248_zalloc(sizeof(*ctx));
	if (!ctx)
		return NULL;
	ctx->gw = gw;
	ctx->id = next_id(gw);
	ctx->created_us = gw_now_us();
	TAILQ_INIT(&ctx->waiting[0]);
	TAILQ_INIT(&ctx->waiting[1]);
	ctx->next_in_bucket = *ctx_bucket(gw, ctx->id);
	*ctx_bucket(gw, ctx->id) = ctx;
	TAILQ_INSERT_TAIL(&gw->contexts, ctx, entry);
	gw->n_contexts++;
	gw->stats.contexts_created++;
	if (gw->n_contexts > gw->stats.contexts_most)
		gw->stats.contexts_most = gw->n_contexts;
	gw_trace_context(gw->host ? gw->host->trace : NULL, ctx);
	return ctx;
}

uint32_t gw_context_list(const struct gw *gw, uint32_t *bucket, uint32_t *ids,
			 uint32_t max)
{
	uint32_t end = gw->n_buckets - *bucket > BUCKETS_PER_SLICE ?
			       *bucket + BUCKETS_PER_SLICE :
			       gw->n_buckets;
	uint32_t n = 0;

	for (; *bucket < end; ++*bucket)
		for (const struct gw_context *c = gw->ctx_bucket[*bucket];
		     c && n < max; c = c->next_in_bucket)
			ids[n++] = c->id;
	return n;
}

void gw_context_free(struct gw_context *ctx)
{
	struct gw_context **at = ctx_bucket(ctx->gw, ctx->id);

	while (ctx->n_terms)
		gw_term_free(ctx->term[ctx->n_terms - 1]);
	while (*at != ctx)
		at = &(*at)->next_in_bucket;
	*at = ctx->next_in_bucket;
	TAILQ_REMOVE(&ctx->gw->contexts, ctx, entry);
	ctx->gw->n_contexts--;
	ctx->gw->stats.contexts_closed++;
	ctx->gw->stats.closed_by[ctx->end]++;
	gw_history_end(ctx);
	free(ctx->rungs);
	free(ctx);
}

struct gw_term *gw_term_new(const char *id)
{
	struct gw_term *term = h248_zalloc(sizeof(*term));

	if (!term)
		return NULL;
	term->stream = &term->first;
	term->n_slots = 1;
	gw_stream_init(&term->first, 0);
	strncpy(term->id, id, sizeof(term->id) - 1);
	gw_props_init(&term->state);
	STAILQ_INIT(&term->observed);
	term->added_us = gw_now_us();
	term->touched_us = term->added_us;
	return term;
}

int gw_term_grow(struct gw_term *term)
{
	struct gw_stream *all;

	if (term->n_slots == GW_MAX_STREAMS)
		return 0;
	all = calloc(GW_MAX_STREAMS, sizeof(*all));
	if (!all)
		return -ENOMEM;
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		gw_stream_init(&all[i], 0);
	gw_stream_move(&all[0], &term->first);
	term->stream = all;
	term->n_slots = GW_MAX_STREAMS;
	return 0;
}

/* Also when A has gone before B. */
uint8_t gw_context_free_side(const struct gw_context *ctx)
{
	return ctx->n_terms && !ctx->term[0]->side;
}

const char *gw_side_name(uint8_t side)
{
	return side ? "B" : "A";
}

struct gw_term *gw_context_side(const struct gw_context *ctx, uint8_t side)
{
	for (unsigned int i = 0; i < ctx->n_terms; i++)
		if (ctx->term[i]->side == side)
			return ctx->term[i];
	return NULL;
}

_Static_assert(GW_MAX_TERMS == 2, "A in front of B is all the order there is");

void gw_term_attach(struct gw_context *ctx, struct gw_term *term)
{
	term->side = gw_context_free_side(ctx);
	if (ctx->n_terms && !term->side)
		ctx->term[1] = ctx->term[0];
	ctx->term[term->side] = term;
	ctx->n_terms++;
	term->ctx = ctx;
	ctx->gw->n_terms++;
	if (ctx->gw->n_terms > ctx->gw->stats.terms_most)
		ctx->gw->stats.terms_most = ctx->gw->n_terms;
}

static void detach(struct gw_term *term)
{
	struct gw_context *ctx = term->ctx;
	unsigned int i = 0;

	while (ctx->term[i] != term)
		i++;
	for (; i + 1 < ctx->n_terms; i++)
		ctx->term[i] = ctx->term[i + 1];
	ctx->n_terms--;
	ctx->gw->n_terms--;
	term->ctx = NULL;
}

void gw_term_free(struct gw_term *term)
{
	struct gw_observed *o;

	if (term->ctx) {
		gw_history_term(term);
		gw_admission_release(term);
		gw_notify_forget(term);
	}
	for (unsigned int i = 0; i < term->n_slots; i++) {
		if (term->ctx && term->stream[i].gate.gen)
			gw_gate_unbind(term->ctx->gw, term->stream[i].gate);
		gw_stream_clear(&term->stream[i]);
	}
	if (term->ctx)
		detach(term);
	while ((o = STAILQ_FIRST(&term->observed))) {
		STAILQ_REMOVE_HEAD(&term->observed, entry);
		free(o);
	}
	gw_props_clear(&term->state);
	gw_events_clear(&term->events);
	free(term->last_observed);
	if (term->stream != &term->first)
		free(term->stream);
	free(term);
}

struct gw_term *gw_term_find(const struct gw_context *ctx, struct h248_span id)
{
	for (unsigned int i = 0; i < ctx->n_terms; i++)
		if (h248_span_is(id, ctx->term[i]->id))
			return ctx->term[i];
	return NULL;
}

struct gw_term *gw_term_find_any(const struct gw *gw, struct h248_span id)
{
	const struct gw_context *ctx;
	struct gw_term *term;

	TAILQ_FOREACH (ctx, &gw->contexts, entry) {
		term = gw_term_find(ctx, id);
		if (term)
			return term;
	}
	return NULL;
}

struct gw_term *gw_term_peer(const struct gw_term *term)
{
	for (unsigned int i = 0; term->ctx && i < term->ctx->n_terms; i++)
		if (term->ctx->term[i] != term)
			return term->ctx->term[i];
	return NULL;
}

struct gw_stream *gw_stream_find(struct gw_term *term, uint16_t id)
{
	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used && term->stream[i].id == id)
			return &term->stream[i];
	return NULL;
}

struct gw_stream *gw_stream_peer(const struct gw_term *term, uint16_t id)
{
	struct gw_term *peer = gw_term_peer(term);

	return peer ? gw_stream_find(peer, id) : NULL;
}

uint8_t gw_stream_state(const struct gw_stream *a, const struct gw_stream *b)
{
	return b && b->gate.gen && b->heard > a->heard ? b->stat.state :
							 a->stat.state;
}

static struct gw_gate_ref **gate_at(const struct gw *gw,
				    struct pkt_gate_id gate)
{
	struct gw_gate_ref **at;

	at = &gw->gate_bucket[gate.slot & (gw->n_buckets - 1)];
	while (*at &&
	       ((*at)->gate.slot != gate.slot || (*at)->gate.gen != gate.gen))
		at = &(*at)->next;
	return at;
}

struct gw_stream *gw_stream_of_gate(const struct gw *gw,
				    struct pkt_gate_id gate,
				    struct gw_term **term)
{
	const struct gw_gate_ref *ref = *gate_at(gw, gate);

	if (!ref)
		return NULL;
	*term = ref->term;
	return gw_stream_find(ref->term, ref->stream);
}

int gw_gate_bind(struct gw *gw, struct pkt_gate_id gate,
		 struct pkt_gate_id peer, struct gw_term *term, uint16_t stream)
{
	struct gw_gate_ref *ref = h248_zalloc(sizeof(*ref));
	struct gw_gate_ref *other = peer.gen ? *gate_at(gw, peer) : NULL;

	if (!ref)
		return -ENOMEM;
	ref->gate = gate;
	ref->term = term;
	ref->stream = stream;
	*gate_at(gw, gate) = ref; /* the end of its chain */
	if (other) {
		ref->peer = peer;
		other->peer = gate;
	} else {
		gw->n_rendezvous++;
	}
	return 0;
}

static bool is_peer_open(const struct gw *gw, const struct gw_gate_ref *ref)
{
	return ref->peer.gen && (*gate_at(gw, ref->peer))->is_open;
}

void gw_gate_unbind(struct gw *gw, struct pkt_gate_id gate)
{
	struct gw_gate_ref **at = gate_at(gw, gate);
	struct gw_gate_ref *ref = *at;

	if (!ref)
		return;
	gw_gate_set_open(gw, gate, false);
	if (ref->peer.gen)
		(*gate_at(gw, ref->peer))->peer.gen = 0;
	else
		gw->n_rendezvous--;
	*at = ref->next;
	free(ref);
}

void gw_gate_set_open(struct gw *gw, struct pkt_gate_id gate, bool is_open)
{
	struct gw_gate_ref *ref = *gate_at(gw, gate);

	if (!ref || ref->is_open == is_open)
		return;
	ref->is_open = is_open;
	if (is_peer_open(gw, ref))
		return;
	gw->n_open += is_open ? 1 : -1;
	if (gw->n_open > gw->stats.sessions_most)
		gw->stats.sessions_most = gw->n_open;
}
