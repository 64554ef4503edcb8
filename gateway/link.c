/* gateway/link.c - see link.h */
#include "gateway/link.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "gateway/context.h"
#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/realm.h"
#include "gateway/root.h"
#include "h248/build.h"
#include "h248/span.h"

enum {
	LEAVE_MS = 2000, /* the last ServiceChange may wait for its answer */
	ITO_UNIT_US = 10000,
	ITO_DEFAULT = 12000,    /* units: 120 s */
	RELEASED_PER_TURN = 16, /* contexts; at most 10 ms (decision 24) */
};

/* Sessions without a controller. */

static void release(struct gw_context *ctx)
{
	struct pkt_gate_id gate;

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
bool gw_link_release_some(struct gw *gw, uint64_t before_us)
{
	struct gw_context *ctx = TAILQ_FIRST(&gw->contexts), *next;

	for (unsigned int n = 0;
	     is_older(ctx, before_us) && n < RELEASED_PER_TURN; n++) {
		next = TAILQ_NEXT(ctx, entry);
		if (!ctx->owner)
			release(ctx);
		ctx = next;
	}
	return is_older(TAILQ_FIRST(&gw->contexts), before_us);
}

static void look_orphans(struct gw *gw, uint64_t now_us)
{
	struct gw_about at = gw_about_gw(gw);

	if (!gw->orphans_until_us || now_us < gw->orphans_until_us)
		return;
	if (!gw->is_releasing)
		gw_log(LOG_WARNING, &at,
		       "no controller for %u s: releasing %u contexts",
		       gw->conf.h248.context_lifetime_s, gw->n_contexts);
	gw->is_releasing = true;
	h248_assoc_forget(gw->assoc);
	/* Those of a controller that came meanwhile are no orphans. */
	if (gw_link_release_some(gw, gw->orphans_until_us))
		return;
	gw->is_releasing = false;
	gw->orphans_until_us = 0;
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

/* How long the controller may be silent; 0: it did not ask, or is gone. */
static uint64_t silence_us(const struct gw *gw)
{
	const struct gw_event *e =
		gw_events_find(&gw->root->events, "it", "ito", 0);

	if ((!e && !gw->conf.h248.interop.supervises) ||
	    h248_assoc_state(gw->assoc) != H248_ASSOC_ACTIVE)
		return 0;
	for (unsigned int i = 0; e && i < e->n_params; i++)
		if (!strcasecmp(e->param[i].name, "mit"))
			return strtoul(e->param[i].value, NULL, 10) *
			       ITO_UNIT_US;
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

/* Farewell. */

static void leave(struct gw *gw)
{
	struct gw_about at = gw_about_gw(gw);

	gw->is_stopping = true;
	gw_log(LOG_NOTICE, &at, "stopping, %u contexts", gw->n_contexts);
	h248_assoc_stop(gw->assoc, LEAVE_MS, gw_now_ms());
}

void gw_link_stop(struct gw *gw)
{
	uint32_t drain_s = gw->conf.h248.drain_s;
	struct gw_about at = gw_about_gw(gw);

	if (gw->drain_until_us || !drain_s || !gw->n_contexts ||
	    h248_assoc_drain(gw->assoc, drain_s, gw_now_ms())) {
		leave(gw);
		return;
	}
	gw_log(LOG_NOTICE, &at, "stopping in %u s, or without contexts: %u",
	       drain_s, gw->n_contexts);
	gw->drain_until_us = gw_now_us() + drain_s * UINT64_C(1000000);
}

bool gw_link_is_over(const struct gw *gw)
{
	return gw->is_stopping &&
	       h248_assoc_state(gw->assoc) == H248_ASSOC_IDLE;
}

static void look_drain(struct gw *gw, uint64_t now_us)
{
	if (!gw->drain_until_us || gw->is_stopping)
		return;
	if (!gw->n_contexts || now_us >= gw->drain_until_us)
		leave(gw);
}

/* Time. */

uint64_t gw_link_next_us(const struct gw *gw)
{
	uint64_t next = UINT64_MAX, limit = silence_us(gw);

	if (gw->orphans_until_us)
		next = gw->orphans_until_us;
	if (gw->drain_until_us && !gw->is_stopping && gw->drain_until_us < next)
		next = gw->n_contexts ? gw->drain_until_us : 0;
	if (limit && !gw->is_ito_out && gw->heard_us + limit < next)
		next = gw->heard_us + limit;
	return next;
}

void gw_link_tick(struct gw *gw, uint64_t now_us)
{
	look_orphans(gw, now_us);
	look_silence(gw, now_us);
	look_drain(gw, now_us);
}
