/* gateway/realm.c - see realm.h */
#include "gateway/realm.h"

#include <stdio.h>

#include "gateway/context.h"
#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/root.h"
#include "h248/build.h"
#include "h248/span.h"

static uint32_t all_of(const struct gw *gw)
{
	return (uint32_t)((UINT64_C(1) << gw->conf.n_realms) - 1);
}

/* A parameter or property that lists realms; NULL: none of them. */
static struct h248_prop *list(const struct gw *gw, const char *pkg,
			      const char *item, uint32_t realms,
			      struct h248_arena *a)
{
	struct h248_prop *p = realms ? h248_prop_new(a, pkg, item, NULL) : NULL;
	struct h248_value **tail = p ? &p->values : NULL;

	for (unsigned int i = 0; p && i < gw->conf.n_realms; i++)
		if (realms & UINT32_C(1) << i)
			H248_APPEND(
				tail,
				h248_value_new(
					a, h248_span_of(gw->conf.realm[i].name),
					true));
	if (p && p->values && p->values->next)
		p->set = H248_LIST;
	return p;
}

struct h248_prop *gw_realm_available(const struct gw *gw, struct h248_arena *a)
{
	return list(gw, "ipra", "ar", all_of(gw) & ~gw->realms_down, a);
}

static void answered(void *arg, int err, const struct h248_txn *reply)
{
	struct gw *gw = arg;

	(void)reply;
	gw->is_arc_out = false;
	if (err) {
		/* Kept; told again when the association is back. */
		gw->stats.notify_failed++;
		return;
	}
	gw->realms_told = gw->realms_down_out;
	gw_realm_tell(gw);
}

static int send_change(struct gw *gw, uint32_t up, uint32_t down,
		       struct h248_arena *a)
{
	struct gw_observed o = {
		.at_us = gw_now_us(),
		.request_id = gw->root->events.request_id,
		.pkg = "ipra",
		.item = "arc",
	};
	struct h248_action *act = h248_action_new(a, H248_CTX_ALL, 0);
	struct h248_cmd *cmd =
		h248_cmd_new(a, H248_CMD_NOTIFY, H248_SPAN("ROOT"));
	struct h248_desc *d = gw_observed_build(&o, 1, a);
	struct h248_prop **tail;

	if (!act || !cmd || !d || !d->u.observed || !d->u.observed->list)
		return -ENOMEM;
	tail = &d->u.observed->list->params;
	H248_APPEND(tail, list(gw, NULL, "nar", up, a));
	H248_APPEND(tail, list(gw, NULL, "nur", down, a));
	cmd->descs = d;
	act->cmds = cmd;
	if (h248_arena_failed(a))
		return -ENOMEM;
	return h248_assoc_request(gw->assoc, act, answered, gw, gw_now_ms(),
				  NULL);
}

/* Who did not ask for ipra/arc hears of a realm as of any group of
 * terminations (reference 3.5): one at a time, in the order of the file. */
static int send_service(struct gw *gw, unsigned int realm, bool is_down)
{
	char term[H248_MAX_TERM_ID + 1];
	struct h248_report r = {
		.what = is_down ? H248_CHANGE_REALM_DOWN : H248_CHANGE_REALM_UP,
		.term = term,
		.ctx = H248_CTX_NULL,
	};

	snprintf(term, sizeof(term), "ip/%.20s/%.36s/*", gw->conf.h248.group,
		 gw->conf.realm[realm].interface);
	return h248_assoc_report(gw->assoc, &r, answered, gw, gw_now_ms());
}

static void tell_service(struct gw *gw, uint32_t changed)
{
	unsigned int i = 0;
	uint32_t bit;

	while (!(changed & UINT32_C(1) << i))
		i++;
	bit = UINT32_C(1) << i;
	if (send_service(gw, i, gw->realms_down & bit))
		return;
	gw->is_arc_out = true;
	gw->realms_down_out =
		(gw->realms_told & ~bit) | (gw->realms_down & bit);
}

void gw_realm_tell(struct gw *gw)
{
	uint32_t changed = gw->realms_down ^ gw->realms_told;
	struct h248_arena *a;

	if (!changed || gw->is_arc_out ||
	    h248_assoc_state(gw->assoc) != H248_ASSOC_ACTIVE)
		return;
	if (!gw_events_find(&gw->root->events, "ipra", "arc", 0)) {
		tell_service(gw, changed);
		return;
	}
	a = h248_arena_new(0);
	if (!a)
		return;
	if (!send_change(gw, changed & ~gw->realms_down,
			 changed & gw->realms_down, a)) {
		gw->is_arc_out = true;
		gw->realms_down_out = gw->realms_down;
		gw->stats.notifies++;
	}
	h248_arena_free(a);
}

void gw_realm_watch(struct gw *gw)
{
	gw->realms_told = gw->realms_down;
}

bool gw_realm_lacks(const struct gw *gw, const struct gw_term *term)
{
	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used &&
		    gw->realms_down >> term->stream[i].realm & 1)
			return true;
	return false;
}

static void fail_term(struct gw_term *term, uint32_t realms)
{
	struct gw_notify_params p = { 0 };

	gw_notify_text(&p, "cs", "link down", true);
	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used &&
		    realms & UINT32_C(1) << term->stream[i].realm)
			gw_notify(term, "nt", "netfail", &term->stream[i],
				  gw_now_us(), &p);
}

/* One pass over the contexts, as seldom as a link goes. */
static void fail_terms(struct gw *gw, uint32_t realms)
{
	struct gw_context *ctx;

	TAILQ_FOREACH (ctx, &gw->contexts, entry)
		for (unsigned int i = 0; i < ctx->n_terms; i++)
			fail_term(ctx->term[i], realms);
}

void gw_realm_set(struct gw *gw, uint32_t up)
{
	uint32_t down = ~up & all_of(gw), changed = down ^ gw->realms_down;
	struct gw_about at = gw_about_gw(gw);

	if (!changed)
		return;
	for (unsigned int i = 0; i < gw->conf.n_realms; i++)
		if (changed & UINT32_C(1) << i)
			gw_log(LOG_WARNING, &at, "realm %s is %s",
			       gw->conf.realm[i].name,
			       down & UINT32_C(1) << i ? "down: no interface" :
							 "available");
	gw->realms_down = down;
	if (changed & down)
		fail_terms(gw, changed & down);
	gw_realm_tell(gw);
}
