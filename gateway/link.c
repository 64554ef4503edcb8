/* gateway/link.c - see link.h */
#include "gateway/link.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "gateway/context.h"
#include "gateway/drain.h"
#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/loss.h"
#include "gateway/notify.h"
#include "gateway/number.h"
#include "gateway/realm.h"
#include "gateway/root.h"
#include "h248/build.h"
#include "h248/span.h"

enum {
	ITO_UNIT_US = 10000,
	ITO_DEFAULT = 12000,    /* units: 120 s */
	RELEASED_PER_TURN = 16, /* contexts; at most 10 ms (decision 24) */
};

/* Sessions without a controller. */

static enum gw_end why_released(const struct gw *gw, bool is_loss)
{
	if (is_loss)
		return GW_END_LOSS;
	if (gw->is_stopping)
		return GW_END_STOP;
	return gw->drain_until_us ? GW_END_DRAIN : GW_END_SERVICE;
}

static void release(struct gw_context *ctx, enum gw_end why)
{
	struct pkt_gate_id gate;

	ctx->end = why;
	for (unsigned int t = 0; t < ctx->n_terms; t++)
		for (unsigned int i = 0; i < ctx->term[t]->n_slots; i++) {
			gate = ctx->term[t]->stream[i].gate;
			/* Nobody waits; room for it was reserved. */
			if (gate.gen)
				(void)pkt_gate_remove(ctx->gw->engine, gate, 0);
		}
	gw_context_free(ctx);
}

/* Contexts stand in the order they were made. */
static bool is_older(const struct gw_context *ctx, uint64_t before_us)
{
	return ctx && ctx->created_us < before_us;
}

/* A context that a command works on comes later. */
static bool release_some(struct gw *gw, uint64_t before_us, bool is_loss)
{
	struct gw_context *ctx = TAILQ_FIRST(&gw->contexts), *next;

	for (unsigned int n = 0;
	     is_older(ctx, before_us) && n < RELEASED_PER_TURN; n++) {
		next = TAILQ_NEXT(ctx, entry);
		if (!ctx->owner && is_loss)
			gw_loss_note(gw, ctx->id);
		if (!ctx->owner)
			release(ctx, why_released(gw, is_loss));
		ctx = next;
	}
	return is_older(TAILQ_FIRST(&gw->contexts), before_us);
}

/* It is told as contexts that were lost are, and only of this one. */
int gw_link_release(struct gw_context *ctx)
{
	struct gw *gw = ctx->gw;
	struct gw_about at = gw_about_gw(gw);
	struct h248_report r = {
		.what = H248_CHANGE_LOSS,
		.term = "*",
		.ctx = H248_CTX_ID,
		.ctx_ids = &ctx->id,
		.n_ctx_ids = 1,
	};

	if (ctx->owner)
		return -EBUSY;
	at.ctx = ctx->id;
	gw_log(GW_LOG_SESSION | LOG_NOTICE, &at, "released by an operator");
	(void)h248_assoc_report(gw->assoc, &r, NULL, NULL, gw_now_ms());
	release(ctx, GW_END_OPERATOR); /* nobody waits without an owner */
	return 0;
}

bool gw_link_release_some(struct gw *gw, uint64_t before_us)
{
	return release_some(gw, before_us, false);
}

static void look_orphans(struct gw *gw, uint64_t now_us)
{
	struct gw_about at = gw_about_gw(gw);

	if (!gw->orphans_until_us || now_us < gw->orphans_until_us)
		return;
	if (!gw->is_releasing)
		gw_log(GW_LOG_SESSION | LOG_WARNING, &at,
		       "no controller for %u s: releasing %u contexts",
		       gw->conf.h248.context_lifetime_s, gw->n_contexts);
	gw->is_releasing = true;
	/* Those of a controller that came meanwhile are no orphans. */
	if (release_some(gw, gw->orphans_until_us, true))
		return;
	gw->is_releasing = false;
	gw->orphans_until_us = 0;
	gw_loss_report(gw);
}

/* Not all gateways at once, when their controller is there again. */
static void plan_return(struct gw *gw, uint64_t now_us)
{
	uint32_t extra_ms = gw->ops.txn.random(gw) % (gw->conf.h248.mwd_ms + 1);

	gw->return_us = 0;
	if (gw->conf.h248.return_when != CONF_RETURN_NO &&
	    h248_assoc_is_away(gw->assoc))
		gw->return_us =
			now_us +
			(gw->conf.h248.return_s * UINT64_C(1000) + extra_ms) *
				1000;
}

void gw_link_state(void *arg, enum h248_assoc_state from,
		   enum h248_assoc_state to, const char *why)
{
	struct gw *gw = arg;
	uint64_t now_us = gw_now_us();

	/* The association says it in the log itself. */
	(void)why;
	if (to == H248_ASSOC_ACTIVE) {
		gw->heard_us = now_us;
		if (!gw->is_releasing) /* what has begun is finished */
			gw->orphans_until_us = 0;
		plan_return(gw, now_us);
		gw_drain_repeat(gw);
		gw_loss_report(gw);
		gw_notify_resume(gw);
		gw_realm_tell(gw);
	} else if (from == H248_ASSOC_ACTIVE &&
		   gw->conf.h248.context_lifetime_s && gw->n_contexts) {
		gw->orphans_until_us =
			now_us +
			gw->conf.h248.context_lifetime_s * UINT64_C(1000000);
	}
}

/* A silent controller. */

void gw_link_heard(void *arg, const struct sockaddr_storage *from,
		   uint64_t now_ms)
{
	struct gw *gw = arg;

	(void)from;
	(void)now_ms;
	gw->heard_us = gw_now_us();
}

/* How long the controller may be silent; 0: for ever, or it is gone. */
static uint64_t silence_us(const struct gw *gw)
{
	const struct gw_event *e =
		gw_events_find(&gw->root->events, "it", "ito", 0);

	if (h248_assoc_state(gw->assoc) != H248_ASSOC_ACTIVE)
		return 0;
	if (!e && gw->conf.h248.inactivity_s)
		return gw->conf.h248.inactivity_s * UINT64_C(1000000);
	if (!e && !gw->conf.h248.interop.supervises)
		return 0;
	for (unsigned int i = 0; e && i < e->n_params; i++)
		if (!strcasecmp(e->param[i].name, "mit"))
			return gw_number(e->param[i].value) * ITO_UNIT_US;
	return ITO_DEFAULT * ITO_UNIT_US;
}

static void on_answer(void *arg, int err, const struct h248_txn *reply)
{
	struct gw *gw = arg;

	(void)reply;
	gw->is_ito_out = false;
	/* No answer at all: the association looks for another controller. */
	if (err)
		gw->stats.notify_failed++;
}

static void notify_silence(struct gw *gw, uint64_t now_us)
{
	struct gw_observed o = {
		.at_us = now_us,
		.request_id = gw->root->events.request_id,
		.pkg = "it",
		.item = "ito",
	};
	struct h248_arena *a = h248_arena_new(0);
	struct h248_action *act =
		a ? h248_action_new(a, H248_CTX_NULL, 0) : NULL;
	struct h248_cmd *cmd =
		a ? h248_cmd_new(a, H248_CMD_NOTIFY, H248_SPAN("ROOT")) : NULL;

	if (act && cmd) {
		act->cmds = cmd;
		cmd->descs = gw_observed_build(&o, 1, a);
		if (!h248_arena_failed(a) &&
		    !h248_assoc_request(gw->assoc, act, on_answer, gw,
					now_us / 1000, NULL)) {
			gw->is_ito_out = true;
			gw->stats.notifies++;
		}
	}
	h248_arena_free(a);
}

static void look_silence(struct gw *gw, uint64_t now_us)
{
	uint64_t limit = silence_us(gw);

	if (!limit || gw->is_ito_out || now_us < gw->heard_us + limit)
		return;
	gw->heard_us = now_us; /* the next one, when it is not sent */
	notify_silence(gw, now_us);
}

/* Back to the first controller (reference 3.4). */

static bool may_return(const struct gw *gw)
{
	return gw->return_us && h248_assoc_is_away(gw->assoc) &&
	       (gw->conf.h248.return_when == CONF_RETURN_ALWAYS ||
		!gw->n_contexts);
}

static void look_return(struct gw *gw, uint64_t now_us)
{
	if (!may_return(gw) || now_us < gw->return_us)
		return;
	(void)h248_assoc_return(gw->assoc, now_us / 1000);
	plan_return(gw, now_us);
}

/* Time. */

uint64_t gw_link_next_us(const struct gw *gw)
{
	uint64_t next = UINT64_MAX, limit = silence_us(gw);

	if (gw->orphans_until_us)
		next = gw->orphans_until_us;
	if (gw_drain_next_us(gw) < next)
		next = gw_drain_next_us(gw);
	if (may_return(gw) && gw->return_us < next)
		next = gw->return_us;
	if (limit && !gw->is_ito_out && gw->heard_us + limit < next)
		next = gw->heard_us + limit;
	return next;
}

void gw_link_tick(struct gw *gw, uint64_t now_us)
{
	look_orphans(gw, now_us);
	look_silence(gw, now_us);
	look_return(gw, now_us);
	gw_drain_tick(gw, now_us);
}
