/* gateway/root.c - the termination ROOT */
#include "gateway/root.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/events.h"
#include "gateway/stream.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

struct gw_root *gw_root_new(void)
{
	struct gw_root *root = calloc(1, sizeof(*root));

	if (root)
		gw_props_init(&root->props);
	return root;
}

void gw_root_free(struct gw_root *root)
{
	if (!root)
		return;
	gw_props_clear(&root->props);
	gw_events_clear(&root->events);
	free(root);
}

static const struct h248_prop *given_props(const struct h248_cmd *cmd)
{
	const struct h248_desc *d = gw_cmd_desc(cmd, H248_DESC_MEDIA);

	return d && d->u.media && d->u.media->state ? d->u.media->state->props :
						      NULL;
}

static int check_media(struct gw_call *c, struct h248_err *err)
{
	const struct h248_desc *d = gw_cmd_desc(c->cmd, H248_DESC_MEDIA);

	if (d && d->u.media && d->u.media->streams)
		return h248_err_set(err, 447, d->at, "Stream");
	return h248_pkgs_check_props(c->gw->pkgs, given_props(c->cmd),
				     H248_IN_ROOT, err);
}

int gw_root_check(struct gw_call *c, struct h248_err *err)
{
	const struct h248_desc *e = gw_cmd_desc(c->cmd, H248_DESC_EVENTS);
	static const struct h248_events none;
	int r = check_media(c, err);

	c->has_root_events = e;
	if (r || !e)
		return r;
	return gw_events_make(c->gw->pkgs, e->u.events ? e->u.events : &none,
			      &c->root_events, err);
}

static void remove_prop(struct gw_props *props, const struct h248_prop *like)
{
	struct gw_prop *p;

	STAILQ_FOREACH (p, props, entry)
		if (h248_span_is(like->name.pkg, p->pkg) &&
		    h248_span_is(like->name.item, p->item)) {
			STAILQ_REMOVE(props, p, gw_prop, entry);
			free(p);
			return;
		}
}

void gw_root_commit(struct gw_call *c)
{
	struct gw_root *root = c->gw->root;

	for (const struct h248_prop *p = given_props(c->cmd); p; p = p->next) {
		remove_prop(&root->props, p);
		gw_props_add(&root->props, p);
	}
	if (c->has_root_events)
		gw_events_move(&root->events, &c->root_events);
}

struct h248_desc *gw_root_media(const struct gw *gw, struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_MEDIA);
	struct h248_term_state *ts = H248_NEW(a, struct h248_term_state);
	struct h248_media *m = H248_NEW(a, struct h248_media);
	struct h248_prop **tail;
	const struct gw_prop *p;
	struct h248_value *v;

	if (!d || !ts || !m)
		return NULL;
	d->u.media = m;
	m->state = ts;
	ts->has_service = H248_GIVEN;
	ts->service = H248_SVC_IN;
	tail = &ts->props;
	H248_APPEND(tail, h248_prop_uint(a, "root", "maxNumberOfContexts",
					 gw->conf.max_contexts));
	H248_APPEND(tail, h248_prop_uint(a, "root", "maxTerminationsPerContext",
					 GW_MAX_TERMS));
	STAILQ_FOREACH (p, &gw->root->props, entry) {
		v = h248_value_new(a, h248_arena_dup(a, h248_span_of(p->value)),
				   p->is_quoted);
		H248_APPEND(tail, h248_prop_new(a, p->pkg, p->item, v));
	}
	return d;
}

struct h248_desc *gw_root_packages(const struct gw *gw, struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_PACKAGES);
	struct h248_package_version **tail, *n;
	const struct h248_pkg *p;

	if (!d)
		return NULL;
	tail = &d->u.packages;
	for (p = h248_pkgs_first(gw->pkgs); p; p = p->next) {
		if (!p->is_supported)
			continue;
		n = H248_NEW(a, struct h248_package_version);
		if (n) {
			n->name = h248_span_of(p->name);
			n->version = p->version;
		}
		H248_APPEND(tail, n);
	}
	return d;
}
