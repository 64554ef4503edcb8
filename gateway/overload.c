/* gateway/overload.c - see overload.h */
#include "gateway/overload.h"

#include "gateway/admission.h"
#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/root.h"
#include "h248/build.h"
#include "h248/span.h"
#include "h248/urgent.h"

/* mgcon follows the gauge in steps, and not faster than this. */
enum { REDUCTION_STEP = 10, REDUCTION_EVERY_US = 1000000 };

unsigned int gw_overload_percent(const struct gw *gw)
{
	uint32_t queue = gw->conf.overload.queue;

	return queue ? gw->n_jobs * 100 / queue : 0;
}

const char *gw_overload_level_name(enum gw_level level)
{
	static const char *const names[] = { "normal", "notify", "refuse-adds",
					     "refuse-all" };

	return names[level];
}

/* ---- what comes in ---- */

static bool goes_first(const struct gw *gw, const struct h248_action *a)
{
	const struct gw_context *ctx =
		a->ctx == H248_CTX_ID ? gw_context_find(gw, a->ctx_id) : NULL;

	return gw_admission_is_first_action(gw, a) ||
	       (ctx && gw_admission_is_first(ctx));
}

/* What is never refused, though it may have to wait. */
static bool is_kept(const struct h248_action *a)
{
	const struct h248_cmd *c = a->cmds;

	while (c && (c->kind == H248_CMD_SUBTRACT ||
		     c->kind == H248_CMD_AUDIT_VALUE ||
		     c->kind == H248_CMD_AUDIT_CAP ||
		     c->kind == H248_CMD_SERVICE_CHANGE))
		c = c->next;
	return !c;
}

enum gw_work gw_overload_work(const struct gw *gw, const struct h248_txn *req)
{
	enum gw_work work = GW_WORK_FRONT, one;

	for (const struct h248_action *a = req->actions; a; a = a->next) {
		if (h248_action_is_urgent(a) || goes_first(gw, a))
			one = GW_WORK_FRONT;
		else if (a->ctx == H248_CTX_CHOOSE)
			one = GW_WORK_NEW;
		else
			one = is_kept(a) ? GW_WORK_KEEP : GW_WORK_OTHER;
		if (one > work)
			work = one;
	}
	return work;
}

/* ---- telling the controller ---- */

/* 0, or a negative errno: it was not sent. */
static int send_event(struct gw *gw, const struct gw_observed *o,
		      h248_reply_h *cb)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_action *act =
		a ? h248_action_new(a, H248_CTX_NULL, 0) : NULL;
	struct h248_cmd *cmd =
		a ? h248_cmd_new(a, H248_CMD_NOTIFY, H248_SPAN("ROOT")) : NULL;
	int r = -1;

	if (act && cmd) {
		act->cmds = cmd;
		cmd->descs = gw_observed_build(o, 1, a);
		if (!h248_arena_failed(a))
			r = h248_assoc_request(gw->assoc, act, cb, gw,
					       gw_now_ms(), NULL);
	}
	if (!r)
		gw->stats.notifies++;
	h248_arena_free(a);
	return r;
}

static bool is_asked(const struct gw *gw, const char *pkg, const char *item)
{
	return h248_assoc_state(gw->assoc) == H248_ASSOC_ACTIVE &&
	       gw_events_find(&gw->root->events, pkg, item, 0);
}

static void on_overload_told(void *arg, int err, const struct h248_txn *reply)
{
	struct gw *gw = arg;

	(void)reply;
	gw->overload.is_ocp_out = false;
	gw->stats.notify_failed += err != 0;
}

/* For each Add that comes, but one at a time: the answers pace it. */
static void tell_overload(struct gw *gw)
{
	struct gw_observed o = {
		.at_us = gw_now_us(),
		.request_id = gw->root->events.request_id,
		.pkg = "ocp",
		.item = "mg_overload",
	};

	if (gw->overload.is_ocp_out || !is_asked(gw, "ocp", "mg_overload"))
		return;
	gw->overload.is_ocp_out = !send_event(gw, &o, on_overload_told);
}

/* How much less is wanted, percent: none below the first threshold, all at the
 * last one. */
static unsigned int reduction(const struct gw *gw)
{
	const struct conf_overload *c = &gw->conf.overload;
	unsigned int now = gw_overload_percent(gw), part = REDUCTION_STEP;

	if (gw->overload.level == GW_LEVEL_NORMAL)
		return 0;
	if (now >= c->refuse_all)
		return 100;
	if (now > c->notify)
		part = (now - c->notify) * 100 / (c->refuse_all - c->notify);
	part = (part + REDUCTION_STEP - 1) / REDUCTION_STEP * REDUCTION_STEP;
	return part > REDUCTION_STEP ? part : REDUCTION_STEP;
}

static void on_reduction_told(void *arg, int err, const struct h248_txn *reply)
{
	struct gw *gw = arg;
	struct gw_overload *v = &gw->overload;

	(void)reply;
	v->is_chp_out = false;
	gw->stats.notify_failed += err != 0;
	if (!err)
		v->told = v->told_out;
}

static void tell_reduction(struct gw *gw)
{
	struct gw_overload *v = &gw->overload;
	struct gw_notify_params p = { 0 };
	struct gw_observed o = {
		.at_us = gw_now_us(),
		.request_id = gw->root->events.request_id,
		.pkg = "chp",
		.item = "mgcon",
	};

	if (v->is_chp_out || o.at_us < v->told_us + REDUCTION_EVERY_US ||
	    v->told == reduction(gw) || !is_asked(gw, "chp", "mgcon"))
		return;
	v->told_out = reduction(gw);
	gw_notify_uint(&p, "reduction", v->told_out);
	o.n_params = p.n;
	o.param[0] = p.param[0];
	v->is_chp_out = !send_event(gw, &o, on_reduction_told);
	v->told_us = o.at_us;
}

void gw_overload_watch(struct gw *gw)
{
	gw->overload.told = 0;
	gw->overload.told_us = 0;
}

/* ---- the level ---- */

static unsigned int threshold(const struct gw *gw, enum gw_level level)
{
	const struct conf_overload *c = &gw->conf.overload;

	switch (level) {
	case GW_LEVEL_NORMAL:
		break;
	case GW_LEVEL_NOTIFY:
		return c->notify;
	case GW_LEVEL_NO_ADDS:
		return c->refuse_adds;
	case GW_LEVEL_FULL:
		return c->refuse_all;
	}
	return 0;
}

static enum gw_level level_of(const struct gw *gw)
{
	unsigned int now = gw_overload_percent(gw);
	enum gw_level level = gw->overload.level;

	while (level < GW_LEVEL_FULL && now >= threshold(gw, level + 1))
		level++;
	while (level > GW_LEVEL_NORMAL &&
	       now + gw->conf.overload.hysteresis < threshold(gw, level))
		level--;
	return level;
}

void gw_overload_look(struct gw *gw)
{
	struct gw_overload *v = &gw->overload;
	struct gw_about at = gw_about_gw(gw);
	enum gw_level level = level_of(gw);

	if (level == v->level)
		return;
	gw_log(GW_LOG_H248 | (level > v->level ? LOG_WARNING : LOG_NOTICE), &at,
	       "overload %s, was %s: %u of %u jobs",
	       gw_overload_level_name(level), gw_overload_level_name(v->level),
	       gw->n_jobs, gw->conf.overload.queue);
	v->n_rises += level > v->level;
	v->level = level;
}

static uint16_t busy_code(const struct gw *gw)
{
	static const uint16_t codes[] = {
		[CONF_BUSY_503] = 503,
		[CONF_BUSY_510] = 510,
		[CONF_BUSY_511] = 511,
	};

	return codes[gw->conf.overload.error];
}

uint16_t gw_overload_judge(struct gw *gw, enum gw_work work)
{
	struct gw_overload *v = &gw->overload;

	if (v->level == GW_LEVEL_NORMAL)
		return 0;
	if (work == GW_WORK_NEW)
		tell_overload(gw);
	tell_reduction(gw);
	if (work == GW_WORK_NEW && v->level >= GW_LEVEL_NO_ADDS) {
		v->refused_adds++;
		return busy_code(gw);
	}
	if (work == GW_WORK_OTHER && v->level >= GW_LEVEL_FULL) {
		v->refused_others++;
		return busy_code(gw);
	}
	return 0;
}

/* ---- time ---- */

uint64_t gw_overload_next_us(const struct gw *gw)
{
	const struct gw_overload *v = &gw->overload;

	if (v->is_chp_out || v->told == reduction(gw) ||
	    !is_asked(gw, "chp", "mgcon"))
		return UINT64_MAX;
	return v->told_us + REDUCTION_EVERY_US;
}

void gw_overload_tick(struct gw *gw)
{
	gw_overload_look(gw);
	tell_reduction(gw);
}
