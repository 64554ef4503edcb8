/*
 * gateway/cmd_audit.c - AuditValue and AuditCapability (H.248.1 7.2.5, 7.2.6)
 */
#include <string.h>

#include "gateway/audit.h"
#include "gateway/events.h"
#include "gateway/job.h"
#include "gateway/notify.h"
#include "gateway/root.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

static const struct h248_desc *items_of(const struct gw_call *c)
{
	const struct h248_desc *at = gw_cmd_desc(c->cmd, H248_DESC_AUDIT);

	return at ? at->u.audit : NULL;
}

/* Statistics are read from the engine first. */
static int ask_engine(struct gw_call *c, struct h248_err *err)
{
	const struct gw_stream *s;
	int r;

	for (unsigned int i = 0; i < c->term->n_slots; i++) {
		s = &c->term->stream[i];
		if (!s->gate.gen)
			continue;
		r = pkt_gate_read(c->gw->engine, s->gate,
				  gw_job_expect(c->job));
		if (r)
			return h248_err_set(err, 510, c->cmd->at, "%s",
					    strerror(-r));
	}
	return 0;
}

/* 532 for a stream that a termination named alone does not have. */
static int check_streams(const struct gw_call *c, const struct h248_desc *d,
			 struct h248_err *err)
{
	const struct h248_stream *s = d->u.media ? d->u.media->streams : NULL;

	if (!c->term || c->cmd->terms->has_all ||
	    c->cmd->kind != H248_CMD_AUDIT_VALUE)
		return 0;
	for (; s; s = s->next)
		if (!gw_stream_find(c->term, s->id))
			return h248_err_set(err, 532, s->at, "Stream %u",
					    s->id);
	return 0;
}

static bool has_stats(const struct h248_desc *d)
{
	const struct h248_stream *s = NULL;

	if (d->kind == H248_DESC_MEDIA && d->u.media)
		s = d->u.media->streams;
	while (s && !s->has_stats)
		s = s->next;
	return s || d->kind == H248_DESC_STATISTICS;
}

int gw_audit_check(struct gw_call *c, struct h248_err *err)
{
	bool wants_stats = false;
	int r = 0;

	for (const struct h248_desc *d = items_of(c); !r && d; d = d->next) {
		wants_stats |= has_stats(d);
		if (d->kind == H248_DESC_MEDIA)
			r = check_streams(c, d, err);
	}
	if (r || !wants_stats || !c->term || c->cmd->kind == H248_CMD_AUDIT_CAP)
		return r;
	return ask_engine(c, err);
}

static struct h248_signal *audit_latch(const struct gw_stream *s,
				       struct h248_arena *a)
{
	struct h248_signal *d = H248_NEW(a, struct h248_signal);

	if (!d)
		return NULL;
	d->name.pkg = H248_SPAN("ipnapt");
	d->name.item = H248_SPAN("latch");
	d->stream = s->is_implicit ? 0 : s->id;
	d->params = h248_prop_new(a, NULL, "napt",
				  h248_value_new(a,
						 s->latch == GW_LATCH_LATCH ?
							 H248_SPAN("LATCH") :
							 H248_SPAN("RELATCH"),
						 false));
	return d;
}

static struct h248_desc *audit_signals(struct gw_call *c,
				       const struct h248_desc *item)
{
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_SIGNALS);
	struct h248_signal **tail;

	if (d)
		d->u.signals = H248_NEW(c->arena, struct h248_signals);
	if (!d || !d->u.signals)
		return NULL;
	tail = &d->u.signals->list;
	for (unsigned int i = 0; c->term && i < c->term->n_slots; i++)
		if (c->term->stream[i].is_latch_pending &&
		    gw_audit_names_signal(item, "ipnapt", "latch"))
			H248_APPEND(tail,
				    audit_latch(&c->term->stream[i], c->arena));
	d->is_bare = !d->u.signals->list;
	return d;
}

static struct h248_desc *audit_stats(struct gw_call *c,
				     const struct h248_desc *item)
{
	struct gw_totals t = { 0 };

	if (c->term)
		gw_totals_add(&t, c->term);
	else
		t.dur_ms = (gw_now_us() - c->gw->start_us) / 1000;
	return gw_totals_build(c->gw->pkgs, &t, item->u.stats, c->arena);
}

static struct h248_desc *audit_observed(struct gw_call *c)
{
	struct h248_desc *d;

	if (c->term && c->term->last_observed)
		return gw_observed_build(c->term->last_observed, 1, c->arena);
	d = h248_desc_new(c->arena, H248_DESC_OBSERVED);
	if (d)
		d->is_bare = true;
	return d;
}

static const struct gw_events *events_of(const struct gw_call *c)
{
	return c->term ? &c->term->events : &c->gw->root->events;
}

/* Whether an item is about this RequestID, or about any. */
static bool is_request(const struct h248_desc *item, const struct gw_events *e)
{
	const struct h248_events *only = item->u.events;

	return !only || !only->has_id || only->is_any_id ||
	       only->id == e->request_id;
}

/* An Events item of another RequestID, or of other events, has nothing. */
static struct h248_desc *audit_events(struct gw_call *c,
				      const struct h248_desc *item)
{
	struct h248_desc *d = gw_events_audit(events_of(c), c->arena);
	struct h248_event **at;

	if (!d || !d->u.events)
		return NULL;
	for (at = &d->u.events->list; *at;)
		if (gw_audit_names_event(item, &(*at)->name))
			at = &(*at)->next;
		else
			*at = (*at)->next;
	if (!is_request(item, events_of(c)))
		d->u.events->list = NULL;
	d->is_bare = !d->u.events->list;
	d->u.events->has_id = !d->is_bare;
	return d;
}

static struct h248_desc *audit_item(struct gw_call *c,
				    const struct h248_desc *item)
{
	if (c->cmd->kind == H248_CMD_AUDIT_CAP)
		return gw_capability(c, item);
	switch (item->kind) {
	case H248_DESC_MEDIA:
		return gw_audit_media(c, item);
	case H248_DESC_EVENTS:
		return audit_events(c, item);
	case H248_DESC_SIGNALS:
		return audit_signals(c, item);
	case H248_DESC_STATISTICS:
		return audit_stats(c, item);
	case H248_DESC_OBSERVED:
		return audit_observed(c);
	case H248_DESC_PACKAGES:
		return gw_root_packages(c->gw, item->u.packages, c->arena);
	default:
		return NULL;
	}
}

void gw_audit_items(struct gw_call *c, const struct h248_desc *items)
{
	/* W- says nothing of single terminations: no memory for it either. */
	if (gw_cmd_is_union(c->cmd))
		return;
	/* An Add already answers with Local; an audit of Media has it too. */
	for (; items; items = items->next) {
		if (items->kind == H248_DESC_MEDIA && c->descs &&
		    c->descs->kind == H248_DESC_MEDIA) {
			c->descs = NULL;
			c->desc_tail = &c->descs;
		}
		H248_APPEND(c->desc_tail, audit_item(c, items));
	}
}

void gw_audit_reply(struct gw_call *c)
{
	gw_audit_items(c, items_of(c));
}

void gw_audit_union_begin(struct gw_call *c)
{
	memset(&c->totals, 0, sizeof(c->totals));
	c->any_events = NULL;
	c->any_tail = &c->any_events;
}

static bool is_listed(const struct h248_event *list, const struct gw_event *e)
{
	while (list && !(h248_span_is(list->name.pkg, e->pkg) &&
			 h248_span_is(list->name.item, e->item)))
		list = list->next;
	return list;
}

/* The RequestIDs may differ: the union has "*" (7.2.5).  Memory is taken for
 * what is new only. */
static void add_events(struct gw_call *c, const struct h248_desc *item)
{
	const struct gw_events *from = events_of(c);
	const struct gw_event *e;
	struct h248_name name;

	for (unsigned int i = 0; is_request(item, from) && i < from->n; i++) {
		e = &from->list[i];
		name.pkg = h248_span_of(e->pkg);
		name.item = h248_span_of(e->item);
		if (gw_audit_names_event(item, &name) &&
		    !is_listed(c->any_events, e))
			H248_APPEND(c->any_tail, gw_event_audit(e, c->arena));
	}
}

void gw_audit_union_add(struct gw_call *c)
{
	/* Subtract adds them itself. */
	if (c->term && c->cmd->kind != H248_CMD_SUBTRACT)
		gw_totals_add(&c->totals, c->term);
	for (const struct h248_desc *i = items_of(c); i; i = i->next)
		if (i->kind == H248_DESC_EVENTS)
			add_events(c, i);
}

static struct h248_desc *union_events(struct gw_call *c)
{
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_EVENTS);

	if (d)
		d->u.events = H248_NEW(c->arena, struct h248_events);
	if (!d || !d->u.events)
		return NULL;
	d->u.events->list = c->any_events;
	d->u.events->has_id = d->u.events->is_any_id = c->any_events;
	d->is_bare = !c->any_events;
	return d;
}

struct h248_desc *gw_audit_union_build(struct gw_call *c)
{
	struct h248_desc *list = NULL, **tail = &list;

	for (const struct h248_desc *i = items_of(c); i; i = i->next) {
		if (c->cmd->kind == H248_CMD_AUDIT_CAP)
			H248_APPEND(tail, gw_capability(c, i));
		else if (i->kind == H248_DESC_EVENTS)
			H248_APPEND(tail, union_events(c));
		else if (i->kind == H248_DESC_STATISTICS)
			H248_APPEND(tail,
				    gw_totals_build(c->gw->pkgs, &c->totals,
						    i->u.stats, c->arena));
		else if (i->kind == H248_DESC_PACKAGES)
			H248_APPEND(tail, gw_root_packages(c->gw, i->u.packages,
							   c->arena));
	}
	return list;
}
