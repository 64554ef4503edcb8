/* gateway/events.c - the Events descriptor of a termination (or of ROOT) */
#include "gateway/events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/number.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/pool.h"
#include "h248/span.h"

static int copy_param(struct gw_event *out, const struct h248_prop *p,
		      struct h248_err *err)
{
	struct gw_param *n = &out->param[out->n_params];
	struct h248_span value = p->values ? p->values->text : H248_SPAN("");

	if (h248_span_str(p->name.item, n->name, sizeof(n->name)) ||
	    h248_span_str(value, n->value, sizeof(n->value)))
		return h248_err_set(err, 510, p->at, "event parameters");
	n->is_quoted = p->values && p->values->is_quoted;
	out->n_params++;
	return 0;
}

/* hangterm/thb is the only event here that runs a timer of ours. */
static uint32_t timer_of(const struct gw_event *e)
{
	if (strcasecmp(e->pkg, "hangterm") || strcasecmp(e->item, "thb"))
		return 0;
	for (unsigned int i = 0; i < e->n_params; i++)
		if (!strcasecmp(e->param[i].name, "timerx"))
			return (uint32_t)gw_number(e->param[i].value);
	return 0;
}

/* Room for as many as there are. */
static int make_params(const struct h248_event *d, struct gw_event *out,
		       struct h248_err *err)
{
	unsigned int n = 0;

	for (const struct h248_prop *p = d->params; p; p = p->next)
		n++;
	if (!n)
		return 0;
	if (n <= GW_MAX_PARAMS)
		out->param = h248_zalloc(n * sizeof(*out->param));
	if (!out->param)
		return h248_err_set(err, 510, d->at, "event parameters");
	return 0;
}

static int copy_event(const struct h248_pkgs *pkgs, const struct h248_event *d,
		      unsigned int on, struct gw_event *out,
		      struct h248_err *err)
{
	int r = h248_pkgs_check_event(pkgs, d, on, err);

	if (r)
		return r;
	if (d->embed_signals || d->embed_events || d->digit_map.p)
		return h248_err_set(err, 501, d->at, "embedded descriptor");
	if (d->behaviour > H248_NOTIFY_IMMEDIATE || d->reset_events)
		return h248_err_set(err, 501, d->at, "notification behaviour");
	if (h248_span_str(d->name.pkg, out->pkg, sizeof(out->pkg)) ||
	    h248_span_str(d->name.item, out->item, sizeof(out->item)))
		return h248_err_set(err, 451, d->at, "event name");
	out->stream = d->stream;
	r = make_params(d, out, err);
	for (const struct h248_prop *p = d->params; !r && p; p = p->next)
		r = copy_param(out, p, err);
	out->timer_s = timer_of(out);
	return r;
}

static unsigned int count(const struct h248_events *d)
{
	unsigned int n = 0;

	for (const struct h248_event *e = d->list; e; e = e->next)
		n++;
	return n;
}

int gw_events_make(const struct h248_pkgs *pkgs, const struct h248_events *d,
		   unsigned int on, struct gw_events *out, struct h248_err *err)
{
	struct h248_place none = { 0 };
	unsigned int n = count(d);
	int r = 0;

	memset(out, 0, sizeof(*out));
	if (!n)
		return 0;
	if (n > GW_MAX_EVENTS)
		return h248_err_set(err, 510, d->list->at, "too many events");
	out->list = h248_zalloc(n * sizeof(out->list[0]));
	if (!out->list)
		return h248_err_set(err, 510, none, "memory");
	out->is_set = true;
	out->request_id = d->id;
	for (const struct h248_event *e = d->list; !r && e; e = e->next)
		r = copy_event(pkgs, e, on, &out->list[out->n++], err);
	if (r)
		gw_events_clear(out);
	return r;
}

void gw_events_clear(struct gw_events *e)
{
	for (unsigned int i = 0; i < e->n; i++)
		free(e->list[i].param);
	free(e->list);
	memset(e, 0, sizeof(*e));
}

void gw_events_move(struct gw_events *to, struct gw_events *from)
{
	gw_events_clear(to);
	*to = *from;
	memset(from, 0, sizeof(*from));
}

/* "g/" and an asterisk ask for all events of a package (B.2 pkgdName). */
static bool names(const char *asked, const char *name)
{
	return !strcmp(asked, "*") || !strcasecmp(asked, name);
}

const struct gw_event *gw_events_find(const struct gw_events *e,
				      const char *pkg, const char *item,
				      uint16_t stream)
{
	const struct gw_event *ev;

	for (unsigned int i = 0; i < e->n; i++) {
		ev = &e->list[i];
		if (!names(ev->pkg, pkg) || !names(ev->item, item))
			continue;
		if (!ev->stream || !stream || ev->stream == stream)
			return ev;
	}
	return NULL;
}

struct h248_prop *gw_params_build(const struct gw_param *param, unsigned int n,
				  struct h248_arena *a)
{
	struct h248_prop *list = NULL, **tail = &list;
	struct h248_value *v;

	for (unsigned int i = 0; i < n; i++) {
		v = h248_value_new(
			a, h248_arena_dup(a, h248_span_of(param[i].value)),
			param[i].is_quoted);
		H248_APPEND(tail, h248_prop_new(a, NULL, param[i].name, v));
	}
	return list;
}

struct h248_event *gw_event_audit(const struct gw_event *e,
				  struct h248_arena *a)
{
	struct h248_event *out = H248_NEW(a, struct h248_event);

	if (!out)
		return NULL;
	out->name.pkg = h248_arena_dup(a, h248_span_of(e->pkg));
	out->name.item = h248_arena_dup(a, h248_span_of(e->item));
	out->stream = e->stream;
	out->params = gw_params_build(e->param, e->n_params, a);
	return out;
}

struct h248_desc *gw_events_audit(const struct gw_events *e,
				  struct h248_arena *a)
{
	struct h248_desc *d = h248_desc_new(a, H248_DESC_EVENTS);
	struct h248_event **tail;

	if (!d)
		return NULL;
	d->is_bare = !e->is_set;
	d->u.events = H248_NEW(a, struct h248_events);
	if (!d->u.events)
		return NULL;
	d->u.events->has_id = e->is_set;
	d->u.events->id = e->request_id;
	tail = &d->u.events->list;
	for (unsigned int i = 0; i < e->n; i++)
		H248_APPEND(tail, gw_event_audit(&e->list[i], a));
	return d;
}
