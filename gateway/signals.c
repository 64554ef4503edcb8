/* gateway/signals.c - see signals.h */
#include "gateway/signals.h"

#include "gateway/job.h"
#include "gateway/notify.h"
#include "h248/error.h"
#include "h248/span.h"

static int read_napt(const struct h248_signal *s, enum gw_latch *out,
		     struct h248_err *err)
{
	const struct h248_prop *q = s->params;

	while (q && !h248_span_is(q->name.item, "napt"))
		q = q->next;
	if (!q || !q->values)
		return h248_err_set(err, 457, s->at, "napt");
	if (h248_span_is(q->values->text, "LATCH"))
		*out = GW_LATCH_LATCH;
	else if (h248_span_is(q->values->text, "RELATCH"))
		*out = GW_LATCH_RELATCH;
	else if (h248_span_is(q->values->text, "OFF"))
		*out = GW_LATCH_OFF;
	else
		return h248_err_set(err, 454, q->at, "%.*s",
				    (int)q->values->text.n, q->values->text.p);
	return 0;
}

static bool is_pending(enum gw_latch latch)
{
	return latch == GW_LATCH_LATCH || latch == GW_LATCH_RELATCH;
}

/* KeepActive: the one that is pending goes on as it is. */
static bool goes_on(const struct gw_plan *p, unsigned int i,
		    const struct h248_signal *d, enum gw_latch latch)
{
	return d->keep_active && p->was_pending[i] && p->was_latch[i] == latch;
}

static void start(struct gw_plan *p, unsigned int i,
		  const struct h248_signal *d, enum gw_latch latch)
{
	struct gw_stream *s = &p->next[i];
	bool is_new = !goes_on(p, i, d, latch);

	s->latch = latch;
	s->is_latch_pending = is_pending(latch);
	if (is_new) {
		s->completion = (struct gw_completion) {
			.reasons = d->has_completion ? d->notify_completion : 0,
			.has_request_id = d->has_request_id,
			.request_id = d->request_id,
		};
		p->rearm[i] |= s->gate.gen && s->is_latch_pending;
		p->is_done[i] = latch == GW_LATCH_OFF;
	} else {
		s->completion = p->ended[i];
		p->was_pending[i] = false;
	}
	if (!p->step[i])
		p->step[i] = GW_STEP_CHANGE;
}

static int start_all(struct gw_plan *p, const struct h248_signal *d,
		     enum gw_latch latch, struct h248_err *err)
{
	bool is_found = !d->stream;

	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		if (!p->next[i].is_used ||
		    (d->stream && p->next[i].id != d->stream))
			continue;
		is_found = true;
		start(p, i, d, latch);
	}
	return is_found ? 0 : h248_err_set(err, 449, d->at, "ST=%u", d->stream);
}

/* Signals are replaced as a whole: a latch that has not happened yet and is
 * not named again stops; one that has happened stays the policy. */
static void stop_all(struct gw_plan *p)
{
	struct gw_stream *s;

	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		s = &p->next[i];
		p->was_pending[i] = s->is_latch_pending;
		p->was_latch[i] = s->latch;
		p->ended[i] = s->completion;
		if (!s->is_latch_pending)
			continue;
		s->is_latch_pending = false;
		s->latch = GW_LATCH_NONE;
		if (!p->step[i])
			p->step[i] = GW_STEP_CHANGE;
	}
}

/* What B.2 allows with any signal, and cannot be done to this one. */
static int check_form(const struct h248_signal *s, struct h248_err *err)
{
	if (s->is_list)
		return h248_err_set(err, 501, s->at, "SignalList");
	if (s->type != H248_SIG_DEFAULT && s->type != H248_SIG_BRIEF)
		return h248_err_set(err, 501, s->at, "SignalType");
	if (s->has_duration)
		return h248_err_set(err, 501, s->at, "Duration");
	if (s->direction != H248_DIR_NONE && s->direction != H248_DIR_EXTERNAL)
		return h248_err_set(err, 501, s->at, "SPADirection");
	if (s->has_intersignal)
		return h248_err_set(err, 501, s->at, "Intersignal");
	return 0;
}

static int read_signal(struct gw_plan *p, const struct h248_signal *s,
		       struct h248_err *err)
{
	enum gw_latch latch = GW_LATCH_NONE;
	int r = check_form(s, err);

	if (!r)
		r = h248_pkgs_check_signal(p->job->gw->pkgs, s,
					   H248_ON_TERMINATION, err);
	if (!r && (!h248_span_is(s->name.pkg, "ipnapt") ||
		   !h248_span_is(s->name.item, "latch")))
		r = h248_err_set(err, 513, s->at, "%.*s/%.*s",
				 (int)s->name.pkg.n, s->name.pkg.p,
				 (int)s->name.item.n, s->name.item.p);
	if (!r)
		r = read_napt(s, &latch, err);
	return r ? r : start_all(p, s, latch, err);
}

int gw_signals_read(struct gw_plan *p, const struct h248_signals *d,
		    struct h248_err *err)
{
	const struct h248_signal *s = d ? d->list : NULL;
	int r = 0;

	stop_all(p);
	for (; !r && s; s = s->next)
		r = read_signal(p, s, err);
	return r;
}

static void complete(struct gw_term *term, struct gw_stream *s,
		     const struct gw_completion *c, bool is_replaced,
		     uint64_t at_us)
{
	unsigned int reason = is_replaced ? H248_NC_SIGNALS : H248_NC_TIMEOUT;
	struct gw_notify_params p = { 0 };

	if (!(c->reasons & reason))
		return;
	gw_notify_text(&p, "SigID", "ipnapt/latch", true);
	gw_notify_text(&p, "Meth", is_replaced ? "SD" : "TO", false);
	if (c->has_request_id)
		gw_notify_uint(&p, "RID", c->request_id);
	gw_notify(term, "g", "sc", s, at_us, &p);
}

void gw_signals_commit(struct gw_plan *p)
{
	struct gw_stream *s;

	for (unsigned int i = 0; i < p->term->n_slots; i++) {
		s = &p->term->stream[i];
		if (p->was_pending[i])
			complete(p->term, s, &p->ended[i], true, gw_now_us());
		if (p->is_done[i])
			complete(p->term, s, &s->completion, false,
				 gw_now_us());
	}
}

void gw_signals_done(struct gw_term *term, struct gw_stream *s, uint64_t at_us)
{
	bool was_pending = s->is_latch_pending;

	s->is_latch_pending = false;
	if (was_pending)
		complete(term, s, &s->completion, false, at_us);
}
