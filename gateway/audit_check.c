/* gateway/audit_check.c - may this be audited? (H.248.1 7.2.5, 7.2.6) */
#include "gateway/audit.h"

#include "gateway/gw.h"
#include "h248/error.h"
#include "h248/names.h"
#include "h248/span.h"

enum {
	AUDITABLE = 1 << H248_DESC_MEDIA | 1 << H248_DESC_EVENTS |
		    1 << H248_DESC_SIGNALS | 1 << H248_DESC_STATISTICS |
		    1 << H248_DESC_OBSERVED | 1 << H248_DESC_PACKAGES,
	/* A union of values can be written for these only. */
	UNITABLE = 1 << H248_DESC_EVENTS | 1 << H248_DESC_STATISTICS |
		   1 << H248_DESC_PACKAGES,
};

static bool is_any(struct h248_span s)
{
	return h248_span_is(s, "*");
}

static int check_events(const struct h248_pkgs *pkgs, const struct h248_desc *d,
			struct h248_err *err)
{
	const struct h248_event *e = d->u.events ? d->u.events->list : NULL;
	int r = 0;

	for (; !r && e; e = e->next)
		r = h248_pkgs_check_name(pkgs, H248_ITEM_EVENT, &e->name, e->at,
					 err);
	return r;
}

static int check_signals(const struct h248_pkgs *pkgs,
			 const struct h248_desc *d, struct h248_err *err)
{
	const struct h248_signal *s = d->u.signals ? d->u.signals->list : NULL;
	int r = 0;

	for (; !r && s; s = s->next)
		r = s->is_list ? h248_err_set(err, 501, s->at, "SignalList") :
				 h248_pkgs_check_name(pkgs, H248_ITEM_SIGNAL,
						      &s->name, s->at, err);
	return r;
}

/* A value in an audit selects terminations (v3). */
static int check_props(const struct h248_pkgs *pkgs,
		       const struct h248_prop *list, unsigned int where,
		       struct h248_err *err)
{
	for (const struct h248_prop *p = list; p; p = p->next)
		if (p->values)
			return h248_err_set(err, 501, p->at,
					    "selection by value");
	return h248_pkgs_check_props(pkgs, list, where, err);
}

static int check_stream(const struct h248_pkgs *pkgs,
			const struct h248_stream *s, struct h248_err *err)
{
	const struct h248_local_control *c = s->control;
	int r = 0;

	if (c &&
	    (c->has_mode == H248_GIVEN || c->has_reserve_value == H248_GIVEN ||
	     c->has_reserve_group == H248_GIVEN))
		return h248_err_set(err, 501, s->at, "selection by value");
	if (c)
		r = check_props(pkgs, c->props, H248_IN_LOCAL_CONTROL, err);
	return r ? r : h248_pkgs_check_stats(pkgs, s->stats, err);
}

static int check_media(const struct h248_pkgs *pkgs, const struct h248_desc *d,
		       struct h248_err *err)
{
	const struct h248_media *m = d->u.media;
	const struct h248_stream *s = m ? m->streams : NULL;
	int r = 0;

	if (m && m->state &&
	    (m->state->has_service == H248_GIVEN ||
	     m->state->has_buffer == H248_GIVEN))
		return h248_err_set(err, 501, d->at, "selection by value");
	if (m && m->state)
		r = check_props(pkgs, m->state->props,
				H248_IN_TERMINATION_STATE | H248_IN_ROOT, err);
	for (; !r && s; s = s->next)
		r = check_stream(pkgs, s, err);
	return r;
}

static int check_packages(const struct h248_pkgs *pkgs,
			  const struct h248_desc *d, struct h248_err *err)
{
	const struct h248_package_version *v = d->u.packages;
	const struct h248_pkg *pkg;

	for (; v; v = v->next) {
		pkg = h248_pkgs_find(pkgs, v->name);
		if (!pkg || !pkg->is_supported)
			return h248_err_set(err, 532, d->at, "%.*s",
					    (int)v->name.n, v->name.p);
	}
	return 0;
}

static int check_item(const struct h248_pkgs *pkgs, const struct h248_desc *d,
		      struct h248_err *err)
{
	if (d->is_bare)
		return 0;
	switch (d->kind) {
	case H248_DESC_MEDIA:
		return check_media(pkgs, d, err);
	case H248_DESC_EVENTS:
		return check_events(pkgs, d, err);
	case H248_DESC_SIGNALS:
		return check_signals(pkgs, d, err);
	case H248_DESC_STATISTICS:
		return h248_pkgs_check_stats(pkgs, d->u.stats, err);
	case H248_DESC_PACKAGES:
		return check_packages(pkgs, d, err);
	default:
		return 0;
	}
}

int gw_audit_check_items(const struct gw *gw, const struct h248_cmd *cmd,
			 struct h248_err *err)
{
	const struct h248_desc *at = gw_cmd_desc(cmd, H248_DESC_AUDIT);
	const struct h248_desc *d = at ? at->u.audit : NULL;
	unsigned int seen = 0, bit;
	int r = 0;

	for (; !r && d; d = d->next) {
		bit = 1u << d->kind;
		if (!(bit & AUDITABLE))
			return h248_err_set(err, 444, d->at, "%s",
					    h248_desc_name(d->kind));
		if (bit & seen)
			return h248_err_set(err, 448, d->at, "%s",
					    h248_desc_name(d->kind));
		if (gw_cmd_is_union(cmd) && !(bit & UNITABLE))
			return h248_err_set(err, 501, d->at,
					    "union of %s descriptors",
					    h248_desc_name(d->kind));
		seen |= bit;
		r = check_item(gw->pkgs, d, err);
	}
	return r;
}

static bool names(const struct h248_name *n, struct h248_span pkg,
		  struct h248_span item)
{
	return (is_any(n->pkg) || h248_span_eq(n->pkg, pkg)) &&
	       (is_any(n->item) || h248_span_eq(n->item, item));
}

bool gw_audit_names(const struct h248_prop *only, const char *pkg,
		    const char *item)
{
	const struct h248_prop *p = only;

	while (p && !names(&p->name, h248_span_of(pkg), h248_span_of(item)))
		p = p->next;
	return p || !only;
}

bool gw_audit_names_event(const struct h248_desc *item,
			  const struct h248_name *name)
{
	const struct h248_event *list =
		item->u.events ? item->u.events->list : NULL;
	const struct h248_event *e = list;

	while (e && !names(&e->name, name->pkg, name->item))
		e = e->next;
	return e || !list;
}

bool gw_audit_names_signal(const struct h248_desc *item, const char *pkg,
			   const char *name)
{
	const struct h248_signal *list =
		item->u.signals ? item->u.signals->list : NULL;
	const struct h248_signal *s = list;

	while (s && !names(&s->name, h248_span_of(pkg), h248_span_of(name)))
		s = s->next;
	return s || !list;
}
