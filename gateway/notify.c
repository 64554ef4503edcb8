/* gateway/notify.c - telling the controller what happened */
#include "gateway/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/stats.h"
#include "gateway/rungs.h"
#include "h248/build.h"
#include "h248/span.h"

enum { MAX_BATCH = 8, BUCKETS_PER_LOOK = 1024 };

/* Who a Notify was about: the termination may be gone when it is answered. */
struct pending {
	struct gw *gw;
	uint32_t ctx, tid;
	char term[H248_MAX_TERM_ID + 1];
	uint64_t added_us;
};

static void tell(struct gw_term *term);

void gw_notify_text(struct gw_notify_params *p, const char *name,
		    const char *value, bool is_quoted)
{
	struct gw_param *n = &p->param[p->n++];

	snprintf(n->name, sizeof(n->name), "%s", name);
	snprintf(n->value, sizeof(n->value), "%s", value);
	n->is_quoted = is_quoted;
}

void gw_notify_octets(struct gw_notify_params *p, const char *name,
		      const void *octets, size_t n)
{
	char hex[sizeof(p->param[0].value)] = "";
	const unsigned char *from = octets;

	for (size_t i = 0; i < n && 2 * i + 2 < sizeof(hex); i++)
		snprintf(hex + 2 * i, 3, "%02x", from[i]);
	gw_notify_text(p, name, hex, false);
}

void gw_notify_uint(struct gw_notify_params *p, const char *name,
		    uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	gw_notify_text(p, name, text, false);
}

/* yyyymmddThhmmsscc, UTC (h248.md 1.2). */
static struct h248_span timestamp(uint64_t mono_us, struct h248_arena *a)
{
	uint64_t wall_us = gw_wall_of(mono_us);
	time_t s = (time_t)(wall_us / 1000000);
	char day[32];
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y%m%dT%H%M%S", &tm);
	return h248_arena_printf(a, "%s%02u", day,
				 (unsigned int)(wall_us % 1000000 / 10000));
}

static struct h248_observed_event *build_event(const struct gw_observed *o,
					       struct h248_arena *a)
{
	struct h248_observed_event *e = H248_NEW(a, struct h248_observed_event);

	if (!e)
		return NULL;
	e->timestamp = timestamp(o->at_us, a);
	e->name.pkg = h248_span_of(o->pkg);
	e->name.item = h248_span_of(o->item);
	e->stream = o->stream;
	e->params = gw_params_build(o->param, o->n_params, a);
	return e;
}

struct h248_desc *gw_observed_build(const struct gw_observed *first,
				    unsigned int n, struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_OBSERVED);
	struct h248_observed_event **tail;

	if (d)
		d->u.observed = H248_NEW(a, struct h248_observed);
	if (!d || !d->u.observed)
		return NULL;
	d->u.observed->request_id = first->request_id;
	tail = &d->u.observed->list;
	for (; n; n--, first = STAILQ_NEXT(first, entry))
		H248_APPEND(tail, build_event(first, a));
	return d;
}

static void drop_first(struct gw_term *term, unsigned int n)
{
	struct gw_observed *o;

	for (; n; n--) {
		o = STAILQ_FIRST(&term->observed);
		STAILQ_REMOVE_HEAD(&term->observed, entry);
		free(o);
		term->n_observed--;
	}
}

/* The code of the first error in a reply; 0: none. */
static uint16_t error_of(const struct h248_txn *reply)
{
	const struct h248_action *a;
	const struct h248_cmd *c;
	const struct h248_desc *d;

	if (reply->error)
		return reply->error->code;
	for (a = reply->actions; a; a = a->next) {
		if (a->error)
			return a->error->code;
		for (c = a->cmds; c; c = c->next)
			for (d = c->descs; d; d = d->next)
				if (d->kind == H248_DESC_ERROR)
					return d->u.error.code;
	}
	return 0;
}

static struct gw_term *find(const struct pending *p)
{
	struct gw_context *ctx = gw_context_find(p->gw, p->ctx);
	struct gw_term *term =
		ctx ? gw_term_find(ctx, h248_span_of(p->term)) : NULL;

	return term && term->added_us == p->added_us ? term : NULL;
}

/* A controller that does not know the termination: an operator's matter,
 * nothing is released by guess (decision 26). */
static void refused(struct gw *gw, struct gw_term *term, uint16_t code)
{
	struct gw_about at = gw_about_term(term);
	bool is_unknown = code == 411 || code == 430 || code == 435;

	gw->stats.notify_failed++;
	if (is_unknown) {
		gw->stats.notify_unknown++;
		term->unknown_us = gw_now_us();
	}
	gw_log(GW_LOG_H248 | LOG_WARNING, &at,
	       "Notify refused by the controller: %u%s", code,
	       is_unknown ? ", it does not know this termination" : "");
}

static void answered(void *arg, int err, const struct h248_txn *reply)
{
	struct pending *p = arg;
	struct gw_term *term = find(p);
	uint16_t code = err ? 0 : error_of(reply);
	struct gw *gw = p->gw;
	unsigned int n;

	gw->n_notifies_out--;
	if (!err)
		gw_rungs_answered(gw, p->ctx, p->tid, code);
	if (!term)
		goto out;
	n = term->n_notify_out;
	term->n_notify_out = 0;
	if (err) {
		struct gw_about at = gw_about_term(term);

		gw->stats.notify_failed++;
		gw_log(GW_LOG_H248 | LOG_WARNING, &at,
		       "Notify not answered: %s", strerror(-err));
	} else {
		drop_first(term, n);
	}
	if (code)
		gw_stats_error_in(gw, code);
	if (code)
		refused(gw, term, code);
	/* Kept when it was not answered: sent again when there is somebody. */
	tell(term);
out:
	free(p);
	if (!err)
		gw_notify_resume(gw);
}

static unsigned int batch(const struct gw_term *term)
{
	const struct gw_observed *first = STAILQ_FIRST(&term->observed), *o;
	unsigned int n = 0;

	for (o = first;
	     o && n < MAX_BATCH && o->request_id == first->request_id;
	     o = STAILQ_NEXT(o, entry))
		n++;
	return n;
}

static int send_notify(struct gw_term *term, struct pending *p,
		       struct h248_arena *a, unsigned int n)
{
	struct h248_action *act =
		h248_action_new(a, H248_CTX_ID, term->ctx->id);
	struct h248_cmd *cmd =
		h248_cmd_new(a, H248_CMD_NOTIFY, h248_span_of(term->id));

	if (!act || !cmd)
		return -ENOMEM;
	cmd->descs = gw_observed_build(STAILQ_FIRST(&term->observed), n, a);
	act->cmds = cmd;
	if (h248_arena_failed(a))
		return -ENOMEM;
	return h248_assoc_request(p->gw->assoc, act, answered, p, gw_now_ms(),
				  &p->tid);
}

static void say_step(struct gw_term *term, const struct pending *p,
		     unsigned int n)
{
	const struct gw_observed *first = STAILQ_FIRST(&term->observed);

	gw_rungs_notified(term, p->tid, first->pkg, first->item, n);
}

/* 0, or a negative errno: it was not sent. */
static int send_batch(struct gw_term *term, unsigned int n)
{
	struct gw *gw = term->ctx->gw;
	struct h248_arena *a = h248_arena_new(0);
	struct pending *p = calloc(1, sizeof(*p));
	int r = -ENOMEM;

	if (a && p) {
		p->gw = gw;
		p->ctx = term->ctx->id;
		p->added_us = term->added_us;
		memcpy(p->term, term->id, sizeof(p->term));
		r = send_notify(term, p, a, n);
	}
	if (!r)
		say_step(term, p, n);
	else
		free(p);
	h248_arena_free(a);
	return r;
}

static bool has_room(const struct gw *gw)
{
	return gw->n_notifies_out < GW_MAX_NOTIFIES &&
	       h248_assoc_state(gw->assoc) == H248_ASSOC_ACTIVE;
}

/* Nothing more goes out for it while one is out, whose answer asks again. */
static void tell(struct gw_term *term)
{
	struct gw *gw = term->ctx->gw;

	if (term->is_to_tell || term->n_notify_out || !term->n_observed)
		return;
	term->is_to_tell = true;
	TAILQ_INSERT_TAIL(&gw->to_tell, term, to_tell);
}

void gw_notify_forget(struct gw_term *term)
{
	if (term->is_to_tell)
		TAILQ_REMOVE(&term->ctx->gw->to_tell, term, to_tell);
	term->is_to_tell = false;
}

/* What cannot be sent now stays where it is, at the head. */
void gw_notify_resume(struct gw *gw)
{
	struct gw_term *term;
	unsigned int n;

	while (has_room(gw) && (term = TAILQ_FIRST(&gw->to_tell))) {
		n = batch(term);
		if (send_batch(term, n))
			return;
		term->n_notify_out = n;
		gw->n_notifies_out++;
		gw->stats.notifies++;
		gw_notify_forget(term);
	}
}

/* Events in a Notify that is out stay; the oldest after them goes. */
static void drop_oldest(struct gw_term *term)
{
	struct gw_observed *old = STAILQ_FIRST(&term->observed);

	for (unsigned int i = 0; i < term->n_notify_out; i++)
		old = STAILQ_NEXT(old, entry);
	STAILQ_REMOVE(&term->observed, old, gw_observed, entry);
	free(old);
	term->n_observed--;
	term->ctx->gw->stats.events_lost++;
}

/* Only as long as its parameters are.  Without memory, the one before. */
static void remember(struct gw_term *term, const struct gw_observed *o)
{
	size_t n = offsetof(struct gw_observed, param) +
		   o->n_params * sizeof(o->param[0]);
	struct gw_observed *copy = malloc(n);

	if (!copy)
		return;
	memcpy(copy, o, n);
	free(term->last_observed);
	term->last_observed = copy;
}

static void keep(struct gw_term *term, struct gw_observed *o)
{
	if (term->n_observed >= GW_MAX_OBSERVED)
		drop_oldest(term);
	STAILQ_INSERT_TAIL(&term->observed, o, entry);
	term->n_observed++;
	remember(term, o);
}

void gw_notify(struct gw_term *term, const char *pkg, const char *item,
	       const struct gw_stream *stream, uint64_t at_us,
	       const struct gw_notify_params *params)
{
	uint16_t id = stream ? stream->id : 0;
	struct gw_observed *o;

	if (!gw_events_find(&term->events, pkg, item, id))
		return;
	o = calloc(1, sizeof(*o));
	if (!o) {
		term->ctx->gw->stats.events_lost++;
		return;
	}
	o->at_us = at_us;
	o->request_id = term->events.request_id;
	snprintf(o->pkg, sizeof(o->pkg), "%s", pkg);
	snprintf(o->item, sizeof(o->item), "%s", item);
	o->stream = stream && !stream->is_implicit ? id : 0;
	if (params) {
		o->n_params = params->n;
		memcpy(o->param, params->param, sizeof(o->param));
	}
	keep(term, o);
	tell(term);
	gw_notify_resume(term->ctx->gw);
}

static void look(struct gw_term *term, uint64_t now_us)
{
	const struct gw_event *e =
		gw_events_find(&term->events, "hangterm", "thb", 0);

	if (!e || !e->timer_s ||
	    now_us - term->touched_us < (uint64_t)e->timer_s * 1000000)
		return;
	term->touched_us = now_us;
	gw_notify(term, "hangterm", "thb", NULL, now_us, NULL);
}

static void look_bucket(struct gw *gw, uint32_t bucket, uint64_t now_us)
{
	struct gw_context *ctx = gw->ctx_bucket[bucket];

	for (; ctx; ctx = ctx->next_in_bucket)
		for (unsigned int i = 0; i < ctx->n_terms; i++)
			look(ctx->term[i], now_us);
}

bool gw_notify_hangterm(struct gw *gw, uint64_t now_us)
{
	for (unsigned int n = 0;
	     n < BUCKETS_PER_LOOK && gw->hangterm_bucket < gw->n_buckets; n++)
		look_bucket(gw, gw->hangterm_bucket++, now_us);
	if (gw->hangterm_bucket < gw->n_buckets)
		return true;
	gw->hangterm_bucket = 0;
	return false;
}
