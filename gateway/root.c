/* gateway/root.c - the termination ROOT */
#include "gateway/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/events.h"
#include "gateway/number.h"
#include "gateway/overload.h"
#include "gateway/realm.h"
#include "gateway/service.h"
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
	if (d && d->u.media && gw_plan_check_state(d->u.media->state, err))
		return -EPROTO;
	return h248_pkgs_check_props(c->gw->pkgs, given_props(c->cmd),
				     H248_IN_ROOT, err);
}

/* Signals of ROOT: none is known, so all there is is to stop all of none. */
static int check_signals(struct gw_call *c, struct h248_err *err)
{
	const struct h248_desc *d = gw_cmd_desc(c->cmd, H248_DESC_SIGNALS);
	const struct h248_signal *s =
		d && d->u.signals ? d->u.signals->list : NULL;

	if (!s)
		return 0;
	if (s->is_list)
		return h248_err_set(err, 501, s->at, "SignalList");
	if (h248_pkgs_check_signal(c->gw->pkgs, s, H248_ON_ROOT, err))
		return -EPROTO;
	return h248_err_set(err, 513, s->at, "signals of ROOT");
}

/* ROOT has no streams. */
static int check_events(const struct h248_desc *d, struct h248_err *err)
{
	const struct h248_event *e =
		d && d->u.events ? d->u.events->list : NULL;

	while (e && !e->stream)
		e = e->next;
	return e ? h248_err_set(err, 449, e->at, "ST=%u", e->stream) : 0;
}

int gw_root_check(struct gw_call *c, struct h248_err *err)
{
	const struct h248_desc *e = gw_cmd_desc(c->cmd, H248_DESC_EVENTS);
	static const struct h248_events none;
	int r = check_media(c, err);

	gw_props_init(&c->root_props);
	c->has_root_events = e;
	if (!r)
		r = check_signals(c, err);
	if (!r)
		r = check_events(e, err);
	if (!r)
		r = gw_props_read(&c->root_props, given_props(c->cmd), err);
	if (!r && e)
		r = gw_events_make(c->gw->pkgs,
				   e->u.events ? e->u.events : &none,
				   H248_ON_ROOT, &c->root_events, err);
	if (r)
		gw_props_clear(&c->root_props);
	return r;
}

/* 0: not set by the controller. */
static uint32_t number_of(const struct gw *gw, const char *pkg,
			  const char *item)
{
	const struct gw_prop *p = gw_props_find(&gw->root->props, pkg, item);

	return p ? (uint32_t)gw_number(p->value) : 0;
}

static uint32_t number(const struct gw *gw, const char *item)
{
	return number_of(gw, "root", item);
}

/* What the controller can take is not what the path can: segments stay as short
 * as configured. */
static void apply_segments(struct gw *gw)
{
	uint32_t ms = number_of(gw, "seg", "MGSegmentationTimerValue");
	uint32_t max = number_of(gw, "seg", "MGCMaxPDUSize");
	uint32_t octets = gw->conf.h248.segment_octets;

	if (!ms)
		ms = gw->conf.h248.segment_ms;
	if (max && (!octets || octets > max))
		octets = max;
	h248_assoc_set_segments(gw->assoc, ms, octets, max);
}

/* What the controller sets goes before what is configured; a Pending is due
 * when the execution takes longer than normal (reference 5.4). */
static void apply(struct gw *gw)
{
	uint32_t ms = number(gw, "MGProvisionalResponseTimerValue");
	uint32_t limit = number(gw, "MGOriginatedPendingLimit");
	uint32_t answer = number(gw, "MGCProvisionalResponseTimerValue");

	if (!ms)
		ms = number(gw, "normalMGExecutionTime");
	if (!ms)
		ms = gw->conf.h248.provisional_ms;
	if (!limit)
		limit = gw->conf.h248.pending_limit;
	if (!answer)
		answer = number(gw, "normalMGCExecutionTime");
	h248_assoc_set_answer_time(gw->assoc, answer);
	h248_assoc_set_limits(gw->assoc, ms, (uint16_t)limit,
			      (uint16_t)number(gw,
					       "MGCOriginatedPendingLimit"));
	apply_segments(gw);
}

void gw_root_commit(struct gw_call *c)
{
	struct gw_root *root = c->gw->root;

	gw_props_merge(&root->props, &c->root_props);
	apply(c->gw);
	if (!c->has_root_events)
		return;
	gw_events_move(&root->events, &c->root_events);
	gw_realm_watch(c->gw);
	gw_overload_watch(c->gw);
}

static struct h248_prop *read_only(const char *item, uint64_t value,
				   const struct h248_prop *only,
				   struct h248_arena *a)
{
	return gw_audit_names(only, "root", item) ?
		       h248_prop_uint(a, "root", item, value) :
		       NULL;
}

/* What holds as long as the controller has not said otherwise; in version 3,
 * which brought it. */
static struct h248_prop *segments(const struct gw *gw, const char *item,
				  uint64_t value, const struct h248_prop *only,
				  struct h248_arena *a)
{
	const struct h248_pkg *p = h248_pkgs_find(gw->pkgs, H248_SPAN("seg"));

	return p && p->is_supported && h248_assoc_version(gw->assoc) >= 3 &&
			       !gw_props_find(&gw->root->props, "seg", item) &&
			       gw_audit_names(only, "seg", item) ?
		       h248_prop_uint(a, "seg", item, value) :
		       NULL;
}

static void put_props(const struct gw *gw, struct h248_term_state *ts,
		      const struct h248_prop *only, struct h248_arena *a)
{
	struct h248_prop **tail = &ts->props;
	const struct gw_prop *p;
	struct h248_value *v;

	H248_APPEND(tail, read_only("maxNumberOfContexts",
				    gw->conf.max_contexts, only, a));
	H248_APPEND(tail, read_only("maxTerminationsPerContext", GW_MAX_TERMS,
				    only, a));
	H248_APPEND(tail, segments(gw, "MGSegmentationTimerValue",
				   gw->conf.h248.segment_ms, only, a));
	H248_APPEND(tail,
		    segments(gw, "MGMaxPDUSize", H248_MAX_MSG_OCTETS, only, a));
	if (gw_audit_names(only, "ipra", "ar"))
		H248_APPEND(tail, gw_realm_available(gw, a));
	STAILQ_FOREACH (p, &gw->root->props, entry) {
		if (!gw_audit_names(only, p->pkg, p->item))
			continue;
		v = h248_value_new(a, h248_arena_dup(a, h248_span_of(p->value)),
				   p->is_quoted);
		H248_APPEND(tail, h248_prop_new(a, p->pkg, p->item, v));
	}
}

struct h248_desc *gw_root_media(const struct gw *gw,
				const struct h248_media *only,
				struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_MEDIA);
	struct h248_term_state *ts = H248_NEW(a, struct h248_term_state);
	const struct h248_term_state *o = only ? only->state : NULL;
	bool is_all =
		!only || (o && !o->has_service && !o->has_buffer && !o->props);

	if (!d || !ts)
		return NULL;
	d->u.media = H248_NEW(a, struct h248_media);
	if (!d->u.media)
		return NULL;
	d->is_bare = !is_all && !o; /* streams: ROOT has none */
	d->u.media->state = d->is_bare ? NULL : ts;
	if (is_all || (o && o->has_service))
		ts->has_service = H248_GIVEN;
	ts->service = gw_service_state(gw, NULL);
	if (o && o->has_buffer)
		ts->has_buffer = H248_GIVEN;
	if (is_all || (o && o->props))
		put_props(gw, ts, o ? o->props : NULL, a);
	return d;
}

static bool is_asked(const struct h248_package_version *only, const char *name)
{
	const struct h248_package_version *v = only;

	while (v && !h248_span_is(v->name, name))
		v = v->next;
	return v || !only;
}

struct h248_desc *gw_root_packages(const struct gw *gw,
				   const struct h248_package_version *only,
				   struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_PACKAGES);
	struct h248_package_version **tail, *n;
	const struct h248_pkg *p;

	if (!d)
		return NULL;
	tail = &d->u.packages;
	for (p = h248_pkgs_first(gw->pkgs); p; p = p->next) {
		if (!p->is_supported || !is_asked(only, p->name))
			continue;
		n = H248_NEW(a, struct h248_package_version);
		if (n) {
			/* They may be read anew before this is sent. */
			n->name = h248_arena_dup(a, h248_span_of(p->name));
			n->version = p->version;
		}
		H248_APPEND(tail, n);
	}
	return d;
}
