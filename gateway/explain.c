/* gateway/explain.c - a context as a whole; see explain.h */
#include "gateway/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/journal.h"

enum { MAX_REFUSALS = 8 }; /* lines of the journal, the latest */

const char *gw_explain_kind_name(enum gw_explain_kind kind)
{
	static const char *const names[] = {
		[GW_EXPLAIN_STATE] = "state",
		[GW_EXPLAIN_WAITS] = "waits",
		[GW_EXPLAIN_REFUSED] = "refused",
		[GW_EXPLAIN_NOTE] = "note",
	};

	return kind < GW_EXPLAIN__COUNT ? names[kind] : "?";
}

void gw_explain_tell(const struct gw_teller *t, enum gw_explain_kind kind,
		     const char *fmt, ...)
{
	char text[GW_EXPLAIN_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	t->say(t->arg, t->stream, kind, text);
}

static uint64_t seconds_until(uint64_t us)
{
	uint64_t now = gw_now_us();

	return us > now ? (us - now) / 1000000 : 0;
}

/* --- the gateway around it ----------------------------------------------- */

static void tell_controller(const struct gw_teller *t, const struct gw *gw)
{
	enum h248_assoc_state state = gw_assoc_state(gw);

	if (state == H248_ASSOC_ACTIVE)
		return;
	gw_explain_tell(
		t, GW_EXPLAIN_NOTE,
		"No controller has the gateway now (%s); the session goes on, but"
		" nobody can change or end it.",
		h248_assoc_state_name(state));
	if (gw->orphans_until_us)
		gw_explain_tell(
			t, GW_EXPLAIN_WAITS,
			"Without a controller it is released in %" PRIu64
			" s (context-lifetime-s=\"%u\").",
			seconds_until(gw->orphans_until_us),
			gw->conf.h248.context_lifetime_s);
}

static void tell_service(const struct gw_teller *t, const struct gw *gw)
{
	if (gw->is_stopping)
		gw_explain_tell(
			t, GW_EXPLAIN_WAITS,
			"The gateway is stopping: it is ended with it.");
	else if (gw->drain_until_us && gw->drain_until_us != UINT64_MAX)
		gw_explain_tell(
			t, GW_EXPLAIN_WAITS,
			"The gateway is draining: what is left is ended in %" PRIu64
			" s.",
			seconds_until(gw->drain_until_us));
	else if (gw->drain_until_us)
		gw_explain_tell(
			t, GW_EXPLAIN_NOTE,
			"The gateway is draining: it may end by itself, and no new"
			" contexts are made.");
	else if (gw->service.is_out)
		gw_explain_tell(
			t, GW_EXPLAIN_NOTE,
			"The controller has taken the gateway out of service: no"
			" new contexts are made (503).");
}

/* --- its terminations ---------------------------------------------------- */

static void tell_term(const struct gw_teller *t, const struct gw_term *term)
{
	if (term->is_out)
		gw_explain_tell(
			t, GW_EXPLAIN_STATE,
			"%s is out of service by order of the controller"
			" (ServiceChange Forced): nothing passes it until Restart.",
			term->id);
	if (term->unknown_us)
		gw_explain_tell(
			t, GW_EXPLAIN_REFUSED,
			"The controller does not know %s any more: it answered a"
			" Notify so %" PRIu64
			" s ago. Nothing is released by guess;"
			" `bgfctl release %u` ends it.",
			term->id, (gw_now_us() - term->unknown_us) / 1000000,
			term->ctx->id);
	if (term->n_observed)
		gw_explain_tell(t, GW_EXPLAIN_WAITS,
				"%u event%s of %s wait%s for the controller%s.",
				term->n_observed,
				term->n_observed > 1 ? "s" : "", term->id,
				term->n_observed > 1 ? "" : "s",
				term->n_notify_out ?
					": its answer to a Notify is missing" :
					"");
}

static void tell_terms(const struct gw_teller *t, const struct gw_context *ctx)
{
	if (!ctx->n_terms)
		gw_explain_tell(t, GW_EXPLAIN_STATE,
				"It has no termination yet.");
	if (ctx->n_terms == 1)
		gw_explain_tell(
			t, GW_EXPLAIN_WAITS,
			"It has only the termination %s: the controller has not"
			" added the other side, or has subtracted it.",
			ctx->term[0]->id);
	if (ctx->owner)
		gw_explain_tell(
			t, GW_EXPLAIN_WAITS,
			"A command of the controller works on it at this moment.");
	for (unsigned int i = 0; i < ctx->n_terms; i++)
		tell_term(t, ctx->term[i]);
}

/* --- what was refused ---------------------------------------------------- */

static bool is_about(const struct gw_line *l, const struct gw_context *ctx)
{
	return l->ctx == ctx->id && !strcmp(l->gw, ctx->gw->conf.name) &&
	       l->wall_us >= gw_wall_of(ctx->created_us) &&
	       strstr(l->text, "refused: ");
}

static void tell_refusals(const struct gw_teller *t,
			  const struct gw_context *ctx)
{
	const struct gw_line *found[MAX_REFUSALS], *l;
	unsigned int n = 0;

	for (l = gw_journal_after(0); l; l = gw_journal_after(l->seq))
		if (is_about(l, ctx))
			found[n++ % MAX_REFUSALS] = l;
	for (unsigned int i = n > MAX_REFUSALS ? n - MAX_REFUSALS : 0; i < n;
	     i++) {
		l = found[i % MAX_REFUSALS];
		gw_explain_tell(t, GW_EXPLAIN_REFUSED,
				"%s (transaction %u, %" PRIu64 " s ago).",
				l->text, l->txn,
				(gw_wall_us() - l->wall_us) / 1000000);
	}
}

static void tell_streams(const struct gw_context *ctx, gw_explain_h *say,
			 void *arg)
{
	uint16_t next = 0, lowest;

	do {
		lowest = 0;
		for (unsigned int i = 0; i < ctx->n_terms; i++)
			for (unsigned int k = 0; k < ctx->term[i]->n_slots;
			     k++) {
				const struct gw_stream *s =
					&ctx->term[i]->stream[k];

				if (s->is_used && s->id > next &&
				    (!lowest || s->id < lowest))
					lowest = s->id;
			}
		if (lowest)
			gw_explain_stream(ctx, lowest, say, arg);
		next = lowest;
	} while (lowest);
}

void gw_explain_context(const struct gw_context *ctx, gw_explain_h *say,
			void *arg)
{
	struct gw_teller t = { say, arg, 0 };

	tell_terms(&t, ctx);
	tell_streams(ctx, say, arg);
	tell_refusals(&t, ctx);
	tell_controller(&t, ctx->gw);
	tell_service(&t, ctx->gw);
}

/* --- a context that is over ---------------------------------------------- */

void gw_explain_past(const struct gw_past *p, gw_explain_h *say, void *arg)
{
	const char *cause = "";
	struct gw_teller t = { say, arg, 0 };

	for (unsigned int i = 0; i < p->n_terms && !cause[0]; i++)
		cause = gw_explain_cause(p->term[i].last_cause);
	gw_explain_tell(&t, GW_EXPLAIN_STATE,
			"It is over since %" PRIu64 " s, after %" PRIu64
			" s: %s.",
			(gw_now_us() - p->ended_us) / 1000000,
			(p->ended_us - p->created_us) / 1000000,
			gw_end_text(p->end));
	if (cause[0])
		gw_explain_tell(&t, GW_EXPLAIN_NOTE, "Its session: %s.", cause);
	else if (p->est_ms)
		gw_explain_tell(&t, GW_EXPLAIN_NOTE,
				"Its session was open, and ended with it.");
	else
		gw_explain_tell(&t, GW_EXPLAIN_NOTE,
				"Its session never opened.");
}
