/* gateway/cmd_modify.c - Modify (H.248.1 7.2.2), of terminations and ROOT */
#include "gateway/job.h"
#include "gateway/log.h"
#include "gateway/root.h"
#include "gateway/signals.h"
#include "gateway/stream.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

int gw_modify_check(struct gw_call *c, struct h248_err *err)
{
	int r;

	if (!c->term)
		return gw_root_check(c, err);
	if (c->term->is_out)
		return h248_err_set(err, 521, c->cmd->at, "out of service");
	r = gw_plan_init(&c->plan, c->job, c->term, gw_term_peer(c->term), err);
	if (!r)
		r = gw_plan_read(&c->plan, c->cmd, err);
	if (!r)
		r = gw_plan_check(&c->plan, err);
	if (r)
		gw_plan_drop(&c->plan);
	return r;
}

void gw_modify_commit(struct gw_call *c)
{
	struct gw_about at;

	if (!c->term) {
		gw_root_commit(c);
		return;
	}
	at = gw_about_term(c->term);
	at.txn = h248_in_tid(c->job->in);
	H248_APPEND(c->desc_tail, gw_media_reply(&c->plan, c->arena));
	gw_plan_commit(&c->plan);
	gw_signals_commit(&c->plan);
	gw_log(GW_LOG_SESSION | LOG_INFO, &at, "modified");
}

void gw_modify_reply(struct gw_call *c)
{
	const struct h248_desc *at = gw_cmd_desc(c->cmd, H248_DESC_AUDIT);

	if (at)
		gw_audit_items(c, at->u.audit);
}

static bool has_choice(const struct gw_stream *s)
{
	const struct gw_prop *p;

	STAILQ_FOREACH (p, &s->props, entry)
		if (p->is_chosen)
			return true;
	return false;
}

/* LocalControl with what we chose of several values. */
static struct h248_local_control *choices(const struct gw_stream *s,
					  struct h248_arena *a)
{
	struct h248_local_control *d = H248_NEW(a, struct h248_local_control);
	struct h248_prop **tail = d ? &d->props : NULL;
	const struct gw_prop *p;
	struct h248_value *v;

	STAILQ_FOREACH (p, &s->props, entry) {
		if (!d || !p->is_chosen)
			continue;
		v = h248_value_new(a, h248_arena_dup(a, h248_span_of(p->value)),
				   p->is_quoted);
		H248_APPEND(tail, h248_prop_new(a, p->pkg, p->item, v));
	}
	return d;
}

static struct h248_stream *completed(const struct gw_stream *s, bool has_local,
				     struct h248_arena *a)
{
	struct h248_stream *d = H248_NEW(a, struct h248_stream);

	if (!d)
		return NULL;
	d->id = s->id;
	d->is_implicit = s->is_implicit;
	if (has_choice(s))
		d->control = choices(s, a);
	if (has_local)
		d->local = H248_NEW(a, struct h248_body);
	if (d->local)
		d->local->sdp = h248_arena_dup(a, gw_body_span(&s->local));
	return d;
}

struct h248_desc *gw_media_reply(const struct gw_plan *plan,
				 struct h248_arena *a)
{
	struct h248_desc *d;
	struct h248_stream *list = NULL, **tail = &list;

	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		if (plan->step[i] &&
		    (plan->is_completed[i] || has_choice(&plan->next[i])))
			H248_APPEND(tail, completed(&plan->next[i],
						    plan->is_completed[i], a));
	if (!list)
		return NULL;
	d = h248_desc_new(a, H248_DESC_MEDIA);
	if (d)
		d->u.media = H248_NEW(a, struct h248_media);
	if (!d || !d->u.media)
		return NULL;
	d->u.media->streams = list;
	return d;
}
