/*
 * gateway/capability.c - AuditCapability (H.248.1 7.2.6): what could be
 *
 * Everything comes from the package data and the configuration: a number as
 * its range, a boolean or an enumeration as its alternatives, the realm as
 * one of those configured.  A string that can be anything is not listed.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/audit.h"
#include "h248/build.h"
#include "h248/span.h"

static void add_value(struct h248_value ***tail, struct h248_arena *a,
		      struct h248_span text, bool is_quoted)
{
	H248_APPEND(*tail,
		    h248_value_new(a, h248_arena_dup(a, text), is_quoted));
}

static void put_words(struct h248_prop *p, const char *words,
		      struct h248_arena *a)
{
	struct h248_value **tail = &p->values;
	size_t n;

	for (; *words; words += n) {
		n = strcspn(words, " ");
		if (n)
			add_value(&tail, a,
				  (struct h248_span) { words, (uint32_t)n },
				  false);
		n += words[n] == ' ';
	}
	p->set = H248_ALT;
}

static void put_range(struct h248_prop *p, const struct h248_item *item,
		      struct h248_arena *a)
{
	struct h248_value **tail = &p->values;

	add_value(&tail, a, h248_arena_printf(a, "%lld", (long long)item->min),
		  false);
	add_value(&tail, a, h248_arena_printf(a, "%lld", (long long)item->max),
		  false);
	p->set = H248_RANGE;
}

static void put_realms(struct h248_prop *p, const struct gw_call *c)
{
	struct h248_value **tail = &p->values;

	for (unsigned int i = 0; i < c->gw->conf.n_realms; i++)
		add_value(&tail, c->arena,
			  h248_span_of(c->gw->conf.realm[i].name), true);
	p->set = H248_ALT;
}

/* NULL: nothing can be said about its values. */
static struct h248_prop *prop_of(const struct h248_pkg *pkg,
				 const struct h248_item *item,
				 const struct gw_call *c)
{
	struct h248_prop *p = h248_prop_new(c->arena, pkg ? pkg->name : NULL,
					    item->name, NULL);

	if (!p)
		return NULL;
	if (item->type == H248_TYPE_BOOLEAN)
		put_words(p, "ON OFF", c->arena);
	else if (item->type == H248_TYPE_ENUM)
		put_words(p, item->values, c->arena);
	else if ((item->type == H248_TYPE_INTEGER ||
		  item->type == H248_TYPE_DOUBLE) &&
		 item->min < item->max)
		put_range(p, item, c->arena);
	else if (pkg && !strcmp(pkg->name, "ipdc") &&
		 !strcmp(item->name, "realm"))
		put_realms(p, c);
	return p->values ? p : NULL;
}

/* A walk over the items of one kind, of all supported packages. */
struct walk {
	enum h248_item_kind kind;
	const struct h248_pkg *pkg;
	const struct h248_item *item;
};

static struct walk walk_of(const struct gw_call *c, enum h248_item_kind kind)
{
	const struct h248_pkg *pkg = h248_pkgs_first(c->gw->pkgs);

	return (struct walk) { kind, pkg, pkg ? pkg->items : NULL };
}

/* The item at hand; the walk goes on behind it.  NULL: the end. */
static const struct h248_item *next(struct walk *w, const struct h248_pkg **pkg)
{
	const struct h248_item *i;

	while (w->pkg) {
		*pkg = w->pkg;
		i = w->item;
		if (i) {
			w->item = i->next;
			if (w->pkg->is_supported && i->is_supported &&
			    i->kind == w->kind)
				return i;
		} else {
			w->pkg = w->pkg->next;
			w->item = w->pkg ? w->pkg->items : NULL;
		}
	}
	return NULL;
}

/* Properties that may be written at a place. */
static struct h248_prop *props_of(const struct gw_call *c, unsigned int where,
				  const struct h248_prop *only)
{
	struct walk w = walk_of(c, H248_ITEM_PROPERTY);
	struct h248_prop *list = NULL, **tail = &list;
	const struct h248_item *i;
	const struct h248_pkg *p;

	while ((i = next(&w, &p)))
		if (i->where & where && !(i->where & H248_READ_ONLY) &&
		    gw_audit_names(only, p->name, i->name))
			H248_APPEND(tail, prop_of(p, i, c));
	return list;
}

static struct h248_term_state *state_of(const struct gw_call *c,
					const struct h248_media *only)
{
	struct h248_term_state *s = H248_NEW(c->arena, struct h248_term_state);

	if (!s)
		return NULL;
	s->has_service = H248_GIVEN;
	s->service = H248_SVC_IN;
	s->props =
		props_of(c, c->term ? H248_IN_TERMINATION_STATE : H248_IN_ROOT,
			 only && only->state ? only->state->props : NULL);
	return s;
}

/* Text has one StreamMode: the one that holds the others but Loopback. */
static struct h248_stream *stream_of(const struct gw_call *c,
				     const struct h248_stream *only)
{
	struct h248_stream *s = H248_NEW(c->arena, struct h248_stream);
	const struct h248_local_control *o = only ? only->control : NULL;

	if (!s)
		return NULL;
	s->id = only ? only->id : 1;
	s->is_implicit = !only || only->is_implicit;
	s->control = H248_NEW(c->arena, struct h248_local_control);
	if (!s->control)
		return NULL;
	if (!o || o->has_mode || !o->props)
		s->control->has_mode = H248_GIVEN;
	s->control->mode = H248_MODE_SEND_RECV;
	if (!o || o->props || !o->has_mode)
		s->control->props =
			props_of(c, H248_IN_LOCAL_CONTROL, o ? o->props : NULL);
	return s;
}

static struct h248_desc *media(const struct gw_call *c,
			       const struct h248_media *only)
{
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_MEDIA);

	if (d)
		d->u.media = H248_NEW(c->arena, struct h248_media);
	if (!d || !d->u.media)
		return NULL;
	if (!only || only->state)
		d->u.media->state = state_of(c, only);
	if (only ? only->streams != NULL : c->term != NULL)
		d->u.media->streams = stream_of(c, only ? only->streams : NULL);
	return d;
}

static struct h248_prop *params_of(const struct gw_call *c,
				   const struct h248_item *item)
{
	struct h248_prop *list = NULL, **tail = &list;

	for (const struct h248_item *i = item->params; i; i = i->next)
		if (i->where & H248_IN_REQUEST && i->is_supported)
			H248_APPEND(tail, prop_of(NULL, i, c));
	return list;
}

/* A copy: packages may be read anew before the reply is sent. */
static struct h248_name name_of(const struct h248_pkg *p,
				const struct h248_item *i, struct h248_arena *a)
{
	return (struct h248_name) {
		.pkg = h248_arena_dup(a, h248_span_of(p->name)),
		.item = h248_arena_dup(a, h248_span_of(i->name)),
	};
}

static struct h248_event *event_of(const struct gw_call *c,
				   const struct h248_desc *item,
				   const struct h248_pkg *p,
				   const struct h248_item *i)
{
	const struct h248_name name = { h248_span_of(p->name),
					h248_span_of(i->name) };
	struct h248_event *e;

	if (!gw_audit_names_event(item, &name))
		return NULL;
	e = H248_NEW(c->arena, struct h248_event);
	if (!e)
		return NULL;
	e->name = name_of(p, i, c->arena);
	e->params = params_of(c, i);
	return e;
}

/* Which events and signals the termination may have. */
static unsigned int on_of(const struct gw_call *c)
{
	return c->term ? H248_ON_TERMINATION : H248_ON_ROOT;
}

static struct h248_desc *events(const struct gw_call *c,
				const struct h248_desc *item)
{
	struct walk w = walk_of(c, H248_ITEM_EVENT);
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_EVENTS);
	const struct h248_item *i;
	struct h248_event **tail;
	const struct h248_pkg *p;

	if (d)
		d->u.events = H248_NEW(c->arena, struct h248_events);
	if (!d || !d->u.events)
		return NULL;
	d->u.events->has_id = d->u.events->is_any_id = true;
	tail = &d->u.events->list;
	while ((i = next(&w, &p)))
		if (i->where & on_of(c))
			H248_APPEND(tail, event_of(c, item, p, i));
	d->is_bare = !d->u.events->list;
	return d;
}

static struct h248_signal *signal_of(const struct gw_call *c,
				     const struct h248_pkg *p,
				     const struct h248_item *i)
{
	struct h248_signal *s = H248_NEW(c->arena, struct h248_signal);

	if (!s)
		return NULL;
	s->name = name_of(p, i, c->arena);
	s->params = params_of(c, i);
	return s;
}

static struct h248_desc *signals(const struct gw_call *c,
				 const struct h248_desc *item)
{
	struct walk w = walk_of(c, H248_ITEM_SIGNAL);
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_SIGNALS);
	const struct h248_item *i;
	struct h248_signal **tail;
	const struct h248_pkg *p;

	if (d)
		d->u.signals = H248_NEW(c->arena, struct h248_signals);
	if (!d || !d->u.signals)
		return NULL;
	tail = &d->u.signals->list;
	while ((i = next(&w, &p)))
		if (i->where & on_of(c) &&
		    gw_audit_names_signal(item, p->name, i->name))
			H248_APPEND(tail, signal_of(c, p, i));
	d->is_bare = !d->u.signals->list;
	return d;
}

static struct h248_desc *statistics(const struct gw_call *c,
				    const struct h248_desc *item)
{
	struct walk w = walk_of(c, H248_ITEM_STATISTIC);
	struct h248_desc *d = h248_desc_new(c->arena, H248_DESC_STATISTICS);
	const struct h248_item *i;
	struct h248_prop **tail;
	const struct h248_pkg *p;

	if (!d)
		return NULL;
	tail = &d->u.stats;
	while ((i = next(&w, &p)))
		if (gw_audit_names(item->u.stats, p->name, i->name))
			H248_APPEND(tail, h248_prop_new(c->arena, p->name,
							i->name, NULL));
	d->is_bare = !d->u.stats;
	return d;
}

struct h248_desc *gw_capability(const struct gw_call *c,
				const struct h248_desc *item)
{
	struct h248_desc *d;

	switch (item->kind) {
	case H248_DESC_MEDIA:
		return media(c, item->u.media);
	case H248_DESC_EVENTS:
		return events(c, item);
	case H248_DESC_SIGNALS:
		return signals(c, item);
	case H248_DESC_STATISTICS:
		return statistics(c, item);
	default: /* ObservedEvents: there is nothing to be able to */
		d = h248_desc_new(c->arena, item->kind);
		if (d)
			d->is_bare = true;
		return d;
	}
}
