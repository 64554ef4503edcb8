/* gateway/plan.c - what an Add or a Modify will do to a termination */
#include "gateway/plan.h"

#include <errno.h>
#include <string.h>

#include "gateway/admission.h"
#include "gateway/events.h"
#include "gateway/job.h"
#include "gateway/plan_gate.h"
#include "gateway/signals.h"
#include "gateway/stream.h"
#include "gateway/traffic.h"
#include "h248/error.h"
#include "h248/span.h"

static const struct h248_place nowhere;

static int no_memory(struct h248_err *err)
{
	return h248_err_set(err, 510, nowhere, "memory");
}

int gw_plan_init(struct gw_plan *p, struct gw_job *job, struct gw_term *term,
		 const struct gw_term *peer, struct h248_err *err)
{
	int r = 0;

	memset(p, 0, sizeof(*p));
	p->job = job;
	p->term = term;
	p->peer = peer;
	gw_props_init(&p->state);
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		gw_stream_init(&p->next[i], 0);
		if (i >= term->n_slots || !term->stream[i].is_used)
			continue;
		if (!r)
			r = gw_stream_copy(&p->next[i], &term->stream[i]);
		p->realm = term->stream[i].realm;
	}
	if (!r)
		return 0;
	gw_plan_drop(p);
	return no_memory(err);
}

static int slot_of(struct gw_plan *p, const struct h248_stream *d,
		   struct h248_err *err)
{
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		if (p->next[i].is_used && p->next[i].id == d->id)
			return (int)i;
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		if (p->next[i].is_used)
			continue;
		if (i >= p->term->n_slots && gw_term_grow(p->term))
			return no_memory(err);
		gw_stream_init(&p->next[i], d->id);
		p->next[i].is_used = true;
		p->next[i].is_implicit = d->is_implicit;
		p->next[i].realm = p->realm;
		return (int)i;
	}
	return h248_err_set(err, 510, d->at, "streams");
}

/* LocalControl is replaced as a whole (H.248.1 7.1.7). */
static int read_control(struct gw_plan *p, struct gw_stream *s,
			const struct h248_local_control *c,
			struct h248_err *err)
{
	const struct h248_pkgs *pkgs = p->job->gw->pkgs;
	int r;

	r = h248_pkgs_check_props(pkgs, c->props, H248_IN_LOCAL_CONTROL, err);
	if (r)
		return r;
	s->mode = c->has_mode == H248_GIVEN ? c->mode : H248_MODE_INACTIVE;
	s->reserve_value = c->reserve_value;
	s->reserve_group = c->reserve_group;
	gw_props_clear(&s->props);
	return gw_props_read(&s->props, c->props, err);
}

static bool is_same(const struct gw_body *b, struct h248_span s)
{
	return b->is_present && b->n == s.n && !memcmp(b->octets, s.p, s.n);
}

static int read_stream(struct gw_plan *p, const struct h248_stream *d,
		       struct h248_err *err)
{
	int i = slot_of(p, d, err), r = 0;
	struct gw_stream *s;

	if (i < 0)
		return i;
	if (d->has_stats)
		return h248_err_set(err, 460, d->at, "Statistics");
	s = &p->next[i];
	p->step[i] = s->gate.gen ? GW_STEP_CHANGE : GW_STEP_ADD;
	if (d->control)
		r = read_control(p, s, d->control, err);
	if (!r && d->remote && !is_same(&s->remote, d->remote->sdp)) {
		r = gw_body_set(&s->remote, d->remote->sdp) ? no_memory(err) :
							      0;
		p->rearm[i] = s->gate.gen;
	}
	if (!r && d->local)
		r = gw_body_set(&s->local, d->local->sdp) ? no_memory(err) : 0;
	if (!r && d->local && !d->local->sdp.n && s->gate.gen)
		p->step[i] = GW_STEP_DROP;
	return r;
}

int gw_plan_check_state(const struct h248_term_state *state,
			struct h248_err *err)
{
	if (state && state->has_service == H248_GIVEN)
		return h248_err_set(err, 501, nowhere, "ServiceStates");
	if (state && state->has_buffer == H248_GIVEN && state->buffer_lockstep)
		return h248_err_set(err, 501, nowhere, "LockStep");
	return 0;
}

static int read_media(struct gw_plan *p, const struct h248_media *m,
		      struct h248_err *err)
{
	int r = 0;

	if (!m)
		return 0;
	if (gw_plan_check_state(m->state, err))
		return -EPROTO;
	if (m->state && m->state->props)
		r = h248_pkgs_check_props(p->job->gw->pkgs, m->state->props,
					  H248_IN_TERMINATION_STATE, err);
	if (!r && m->state)
		r = gw_props_read(&p->state, m->state->props, err);
	for (const struct h248_stream *d = m->streams; !r && d; d = d->next)
		r = read_stream(p, d, err);
	return r;
}

/* 449 for an event of a stream that the termination will not have. */
static int check_event_streams(const struct gw_plan *p,
			       const struct h248_events *d,
			       struct h248_err *err)
{
	unsigned int i;

	for (const struct h248_event *e = d->list; e; e = e->next) {
		for (i = 0; e->stream && i < GW_MAX_STREAMS; i++)
			if (p->next[i].is_used && p->next[i].id == e->stream)
				break;
		if (e->stream && i == GW_MAX_STREAMS)
			return h248_err_set(err, 449, e->at, "ST=%u",
					    e->stream);
	}
	return 0;
}

int gw_plan_read(struct gw_plan *p, const struct h248_cmd *cmd,
		 struct h248_err *err)
{
	const struct h248_desc *media = gw_cmd_desc(cmd, H248_DESC_MEDIA);
	const struct h248_desc *events = gw_cmd_desc(cmd, H248_DESC_EVENTS);
	const struct h248_desc *signals = gw_cmd_desc(cmd, H248_DESC_SIGNALS);
	static const struct h248_events none;
	int r = 0;

	if (media)
		r = read_media(p, media->u.media, err);
	if (!r && events) {
		p->has_events = true;
		r = gw_events_make(p->job->gw->pkgs,
				   events->u.events ? events->u.events : &none,
				   H248_ON_TERMINATION, &p->events, err);
		if (!r && events->u.events)
			r = check_event_streams(p, events->u.events, err);
	}
	if (!r && signals)
		r = gw_signals_read(p, signals->u.signals, err);
	return r;
}

/* Events say what the engine watches for. */
static void spread_events(struct gw_plan *p)
{
	for (unsigned int i = 0; p->has_events && i < GW_MAX_STREAMS; i++)
		if (p->next[i].gate.gen && !p->step[i] &&
		    gw_traffic_is_news(&p->next[i], &p->events))
			p->step[i] = GW_STEP_CHANGE;
}

int gw_plan_check(struct gw_plan *p, struct h248_err *err)
{
	int r = 0;

	spread_events(p);
	for (unsigned int i = 0; !r && i < GW_MAX_STREAMS; i++)
		if (p->step[i] && p->step[i] != GW_STEP_DROP)
			r = gw_plan_gate_check(p, i, err);
	if (!r)
		r = gw_admission_check(p, err);
	/* What can fail in the engine comes last: it has to be undone. */
	for (unsigned int i = 0; !r && i < GW_MAX_STREAMS; i++)
		if (p->step[i] == GW_STEP_ADD)
			r = gw_plan_gate_add(p, i, err);
	return r;
}

static void commit_stream(struct gw_plan *p, unsigned int i)
{
	struct gw *gw = p->job->gw;
	struct gw_stream *s = &p->next[i];

	switch (p->step[i]) {
	case GW_STEP_NONE:
		return;
	case GW_STEP_CHANGE:
		if (p->rearm[i])
			s->last_cause = PKT_CAUSE_NONE;
		gw_plan_gate_modify(p, i);
		break;
	case GW_STEP_DROP:
		gw_plan_gate_remove(p, i);
		gw_gate_unbind(gw, s->gate);
		gw_stream_clear(s);
		break;
	case GW_STEP_ADD:
		break;
	}
	gw_stream_move(&p->term->stream[i], s);
}

void gw_plan_commit(struct gw_plan *p)
{
	gw_admission_commit(p);
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		commit_stream(p, i);
	if (p->has_events)
		gw_events_move(&p->term->events, &p->events);
	gw_props_merge(&p->term->state, &p->state);
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		gw_stream_clear(&p->next[i]);
	p->job = NULL;
}

void gw_plan_drop(struct gw_plan *p)
{
	if (!p->job)
		return;
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		if (p->step[i] == GW_STEP_ADD && p->next[i].gate.gen)
			gw_plan_gate_undo(p, i);
		gw_stream_clear(&p->next[i]);
	}
	gw_events_clear(&p->events);
	gw_props_clear(&p->state);
	gw_job_forget(p->job);
	p->job = NULL;
}
