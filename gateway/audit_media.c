/* gateway/audit_media.c - the Media descriptor of an audit */
#include "gateway/audit.h"
#include "gateway/root.h"
#include "gateway/service.h"
#include "gateway/stream.h"
#include "h248/build.h"
#include "h248/span.h"

static struct h248_prop *prop_of(const struct gw_prop *p, struct h248_arena *a)
{
	struct h248_value *v = h248_value_new(
		a, h248_arena_dup(a, h248_span_of(p->value)), p->is_quoted);

	return h248_prop_new(a, p->pkg, p->item, v);
}

/* What was asked for by name and is not set has its default, if it has one. */
static struct h248_prop *default_of(const struct h248_pkgs *pkgs,
				    const struct h248_prop *asked,
				    struct h248_arena *a)
{
	const struct h248_pkg *pkg = h248_pkgs_find(pkgs, asked->name.pkg);
	const struct h248_item *item;

	if (!pkg || h248_span_is(asked->name.item, "*"))
		return NULL;
	item = h248_pkg_item(pkg, H248_ITEM_PROPERTY, asked->name.item);
	if (!item || !item->default_value[0])
		return NULL;
	return h248_prop_str(a, pkg->name, item->name, item->default_value);
}

static bool is_set(const struct gw_props *props, const struct h248_prop *asked)
{
	const struct gw_prop *p;

	STAILQ_FOREACH (p, props, entry)
		if (h248_span_is(asked->name.pkg, p->pkg) &&
		    h248_span_is(asked->name.item, p->item))
			return true;
	return false;
}

static struct h248_prop *props_of(const struct gw_props *props,
				  const struct h248_prop *only,
				  const struct gw_call *c)
{
	struct h248_prop *list = NULL, **tail = &list;
	const struct gw_prop *p;

	STAILQ_FOREACH (p, props, entry)
		if (gw_audit_names(only, p->pkg, p->item))
			H248_APPEND(tail, prop_of(p, c->arena));
	for (; only; only = only->next)
		if (!is_set(props, only))
			H248_APPEND(tail,
				    default_of(c->gw->pkgs, only, c->arena));
	return list;
}

/* only NULL or empty: everything. */
static struct h248_local_control *
control_of(const struct gw_stream *s, const struct h248_local_control *only,
	   const struct gw_call *c)
{
	struct h248_local_control *d =
		H248_NEW(c->arena, struct h248_local_control);
	bool is_all = !only || (!only->has_mode && !only->has_reserve_value &&
				!only->has_reserve_group && !only->props);

	if (!d)
		return NULL;
	if (is_all || only->has_mode)
		d->has_mode = H248_GIVEN;
	d->mode = s->mode;
	if (is_all ? s->reserve_value : only->has_reserve_value)
		d->has_reserve_value = H248_GIVEN;
	d->reserve_value = s->reserve_value;
	if (is_all ? s->reserve_group : only->has_reserve_group)
		d->has_reserve_group = H248_GIVEN;
	d->reserve_group = s->reserve_group;
	if (is_all || only->props)
		d->props = props_of(&s->props, is_all ? NULL : only->props, c);
	return d;
}

static struct h248_body *body_of(const struct gw_body *b, struct h248_arena *a)
{
	struct h248_body *d;

	if (!b->is_present)
		return NULL;
	d = H248_NEW(a, struct h248_body);
	if (d)
		d->sdp = h248_arena_dup(a, gw_body_span(b));
	return d;
}

/* The statistics of one stream (v3, reference 6.8). */
static struct h248_prop *stats_of(const struct gw_stream *s,
				  const struct h248_stream *only,
				  const struct gw_call *c)
{
	struct gw_totals t = { 0 };
	struct h248_desc *d;

	t.dur_ms = (gw_now_us() - c->term->added_us) / 1000;
	gw_totals_add_stream(&t, s);
	d = gw_totals_build(c->gw->pkgs, &t, only->stats, c->arena);
	return d ? d->u.stats : NULL;
}

static struct h248_stream *stream_of(const struct gw_stream *s,
				     const struct h248_stream *only,
				     const struct gw_call *c)
{
	struct h248_stream *d = H248_NEW(c->arena, struct h248_stream);
	bool is_all = !only || (!only->control && !only->local &&
				!only->remote && !only->has_stats);

	if (!d)
		return NULL;
	d->id = s->id;
	d->is_implicit = s->is_implicit;
	if (is_all || only->control)
		d->control = control_of(s, only ? only->control : NULL, c);
	if (is_all || only->local)
		d->local = body_of(&s->local, c->arena);
	if (is_all || only->remote)
		d->remote = body_of(&s->remote, c->arena);
	if (!is_all && only->has_stats) {
		d->has_stats = true;
		d->stats = stats_of(s, only, c);
	}
	return d;
}

/* The gateway has no event buffer: BF is always OFF. */
static struct h248_term_state *state_of(const struct gw_call *c,
					const struct h248_term_state *only)
{
	struct h248_term_state *d = H248_NEW(c->arena, struct h248_term_state);
	bool is_all = !only ||
		      (!only->has_service && !only->has_buffer && !only->props);

	if (!d)
		return NULL;
	if (is_all || only->has_service)
		d->has_service = H248_GIVEN;
	d->service = gw_service_state(c->gw, c->term);
	if (!is_all && only->has_buffer)
		d->has_buffer = H248_GIVEN;
	if (is_all || only->props)
		d->props = props_of(&c->term->state,
				    is_all ? NULL : only->props, c);
	return d;
}

static const struct h248_stream *find(const struct h248_stream *list,
				      uint16_t id)
{
	while (list && list->id != id)
		list = list->next;
	return list;
}

struct h248_desc *gw_audit_media(const struct gw_call *c,
				 const struct h248_desc *item)
{
	const struct h248_media *only = item->u.media;
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_MEDIA);
	const struct h248_stream *o;
	struct h248_stream **tail;
	const struct gw_stream *s;

	if (!c->term)
		return gw_root_media(c->gw, only, c->arena);
	if (d)
		d->u.media = H248_NEW(c->arena, struct h248_media);
	if (!d || !d->u.media)
		return NULL;
	if (!only || only->state)
		d->u.media->state = state_of(c, only ? only->state : NULL);
	tail = &d->u.media->streams;
	for (unsigned int i = 0; i < c->term->n_slots; i++) {
		s = &c->term->stream[i];
		o = only ? find(only->streams, s->id) : NULL;
		if (s->is_used && (o || !only))
			H248_APPEND(tail, stream_of(s, o, c));
	}
	d->is_bare = !d->u.media->state && !d->u.media->streams;
	return d;
}
