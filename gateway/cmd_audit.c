/*
 * gateway/cmd_audit.c - AuditValue and AuditCapability (H.248.1 7.2.5, 7.2.6)
 *
 * AuditCapability gives the packages; other items of it are answered with
 * 501, as they would need a description of what could be, not of what is.
 */
#include <errno.h>
#include <string.h>

#include "gateway/events.h"
#include "gateway/job.h"
#include "gateway/notify.h"
#include "gateway/root.h"
#include "gateway/stream.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

enum {
	AUDITABLE = 1 << H248_DESC_MEDIA | 1 << H248_DESC_EVENTS |
		    1 << H248_DESC_SIGNALS | 1 << H248_DESC_STATISTICS |
		    1 << H248_DESC_OBSERVED | 1 << H248_DESC_PACKAGES,
};

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

	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
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

/* What is asked for by name has to exist in its package (T11). */
static int check_names(const struct gw_call *c, const struct h248_desc *item,
		       struct h248_err *err)
{
	const struct h248_pkgs *pkgs = c->gw->pkgs;
	const struct h248_stream *s;
	int r = 0;

	if (item->kind == H248_DESC_STATISTICS)
		return h248_pkgs_check_stats(pkgs, item->u.stats, err);
	if (item->kind != H248_DESC_MEDIA || !item->u.media)
		return 0;
	for (s = item->u.media->streams; !r && s; s = s->next)
		if (s->control)
			r = h248_pkgs_check_props(pkgs, s->control->props,
						  H248_IN_LOCAL_CONTROL, err);
	return r;
}

int gw_audit_check(struct gw_call *c, struct h248_err *err)
{
	bool has_stats = false;

	for (const struct h248_desc *d = items_of(c); d; d = d->next) {
		if (!(1u << d->kind & AUDITABLE))
			return h248_err_set(err, 444, d->at,
					    "not to be audited");
		if (c->cmd->kind == H248_CMD_AUDIT_CAP &&
		    d->kind != H248_DESC_PACKAGES)
			return h248_err_set(err, 501, d->at, "capability");
		if (check_names(c, d, err))
			return -EPROTO;
		has_stats |= d->kind == H248_DESC_STATISTICS;
	}
	return has_stats && c->term ? ask_engine(c, err) : 0;
}

static bool is_named(const struct h248_prop *only, const struct gw_prop *p)
{
	for (; only; only = only->next)
		if (h248_span_is(only->name.pkg, p->pkg) &&
		    (h248_span_is(only->name.item, p->item) ||
		     h248_span_is(only->name.item, "*")))
			return true;
	return false;
}

/* only NULL: everything. */
static struct h248_local_control *
audit_control(const struct gw_stream *s, const struct h248_local_control *only,
	      struct h248_arena *a)
{
	struct h248_local_control *c = H248_NEW(a, struct h248_local_control);
	bool is_all = !only || (!only->has_mode && !only->has_reserve_value &&
				!only->has_reserve_group && !only->props);
	const struct gw_prop *p;
	struct h248_prop **tail;
	struct h248_value *v;

	if (!c)
		return NULL;
	if (is_all || only->has_mode)
		c->has_mode = H248_GIVEN;
	c->mode = s->mode;
	if (only ? only->has_reserve_value : s->reserve_value)
		c->has_reserve_value = H248_GIVEN;
	c->reserve_value = s->reserve_value;
	if (only ? only->has_reserve_group : s->reserve_group)
		c->has_reserve_group = H248_GIVEN;
	c->reserve_group = s->reserve_group;
	tail = &c->props;
	STAILQ_FOREACH (p, &s->props, entry) {
		if (!is_all && !is_named(only->props, p))
			continue;
		v = h248_value_new(a, h248_arena_dup(a, h248_span_of(p->value)),
				   p->is_quoted);
		H248_APPEND(tail, h248_prop_new(a, p->pkg, p->item, v));
	}
	return c;
}

static struct h248_body *audit_body(const struct gw_body *b,
				    struct h248_arena *a)
{
	struct h248_body *d;

	if (!b->is_present)
		return NULL;
	d = H248_NEW(a, struct h248_body);
	if (d)
		d->sdp = h248_arena_dup(a, gw_body_span(b));
	return d;
}

static struct h248_stream *audit_stream(const struct gw_stream *s,
					const struct h248_stream *only,
					struct h248_arena *a)
{
	struct h248_stream *d = H248_NEW(a, struct h248_stream);
	bool is_all =
		!only || (!only->control && !only->local && !only->remote);

	if (!d)
		return NULL;
	d->id = s->id;
	d->is_implicit = s->is_implicit;
	if (is_all || only->control)
		d->control = audit_control(s, only ? only->control : NULL, a);
	if (is_all || only->local)
		d->local = audit_body(&s->local, a);
	if (is_all || only->remote)
		d->remote = audit_body(&s->remote, a);
	return d;
}

static struct h248_desc *audit_media(struct gw_call *c,
				     const struct h248_desc *item)
{
	const struct h248_stream *only = item->u.media ?
						 item->u.media->streams :
						 NULL,
				 *o;
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_MEDIA);
	struct h248_stream **tail;
	const struct gw_stream *s;

	if (!c->term)
		return gw_root_media(c->gw, c->arena);
	if (d)
		d->u.media = H248_NEW(c->arena, struct h248_media);
	if (!d || !d->u.media)
		return NULL;
	tail = &d->u.media->streams;
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		s = &c->term->stream[i];
		for (o = only; o && o->id != s->id;)
			o = o->next;
		if (s->is_used && (o || !only))
			H248_APPEND(tail, audit_stream(s, o, c->arena));
	}
	return d;
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

static struct h248_desc *audit_signals(struct gw_call *c)
{
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_SIGNALS);
	struct h248_signal **tail;

	if (d)
		d->u.signals = H248_NEW(c->arena, struct h248_signals);
	if (!d || !d->u.signals)
		return NULL;
	tail = &d->u.signals->list;
	for (unsigned int i = 0; c->term && i < GW_MAX_STREAMS; i++)
		if (c->term->stream[i].is_latch_pending)
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
	return gw_totals_build(&t, item->u.stats, c->arena);
}

static struct h248_desc *audit_observed(struct gw_call *c)
{
	struct h248_desc *d;

	if (c->term && c->term->last_observed.at_us)
		return gw_observed_build(&c->term->last_observed, 1, c->arena);
	d = h248_desc_new(c->arena, H248_DESC_OBSERVED);
	if (d)
		d->is_bare = true;
	return d;
}

static struct h248_desc *audit_item(struct gw_call *c,
				    const struct h248_desc *item)
{
	switch (item->kind) {
	case H248_DESC_MEDIA:
		return audit_media(c, item);
	case H248_DESC_EVENTS:
		return gw_events_audit(c->term ? &c->term->events :
						 &c->gw->root->events,
				       c->arena);
	case H248_DESC_SIGNALS:
		return audit_signals(c);
	case H248_DESC_STATISTICS:
		return audit_stats(c, item);
	case H248_DESC_OBSERVED:
		return audit_observed(c);
	case H248_DESC_PACKAGES:
		return gw_root_packages(c->gw, c->arena);
	default:
		return NULL;
	}
}

void gw_audit_items(struct gw_call *c, const struct h248_desc *items)
{
	/* W- says nothing of single terminations: no memory for it either. */
	if (c->cmd->is_wildcard_reply)
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
