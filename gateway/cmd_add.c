/* gateway/cmd_add.c - Add (H.248.1 7.2.1) */
#include <errno.h>

#include "gateway/job.h"
#include "gateway/log.h"
#include "gateway/service.h"
#include "gateway/signals.h"
#include "gateway/term_id.h"
#include "h248/build.h"
#include "h248/error.h"
#include "h248/span.h"

/* The first realm that is marked, or the first. */
static uint8_t default_realm(const struct conf_gateway *conf)
{
	for (unsigned int i = 0; i < conf->n_realms; i++)
		if (conf->realm[i].is_default)
			return (uint8_t)i;
	return 0;
}

/* *realm is untouched when the interface is left to us. */
static int check_id(struct gw_call *c, uint8_t *realm, struct h248_err *err)
{
	const struct h248_term_id *id = c->cmd->terms;
	uint16_t code;

	if (id->has_all || id->next)
		return h248_err_set(err, 410, id->at, "%.*s", (int)id->text.n,
				    id->text.p);
	if (!id->has_choose) {
		/* Ours are all ephemeral: they exist in a context only. */
		code = gw_term_find_any(c->gw, id->text) ? 433 : 430;
		return h248_err_set(err, code, id->at, "%.*s", (int)id->text.n,
				    id->text.p);
	}
	return gw_term_id_realm(&c->gw->conf, id, realm, err);
}

static bool has_stream(const struct gw_plan *p)
{
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		if (p->next[i].is_used)
			return true;
	return false;
}

static int plan(struct gw_call *c, struct gw_term *term, uint8_t realm,
		struct h248_err *err)
{
	struct gw_plan *p = &c->plan;
	const struct gw_term *peer = c->ctx->n_terms ? c->ctx->term[0] : NULL;
	int r = gw_plan_init(p, c->job, term, peer, err);

	if (r)
		return r;
	p->realm = realm;
	r = gw_plan_read(p, c->cmd, err);
	if (!r && !has_stream(p))
		r = h248_err_set(err, 441, c->cmd->at, "Local");
	if (!r)
		r = gw_plan_check(p, err);
	return r;
}

static uint8_t planned_realm(const struct gw_plan *p)
{
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		if (p->next[i].is_used)
			return p->next[i].realm;
	return p->realm;
}

int gw_add_check(struct gw_call *c, struct h248_err *err)
{
	struct gw *gw = c->gw;
	struct gw_term *term;
	uint8_t realm = default_realm(&gw->conf), named = UINT8_MAX;
	int r = check_id(c, &named, err);

	if (r)
		return r;
	if (gw_service_is_refused(gw, c->ctx))
		return h248_err_set(err, 503, c->cmd->at, "out of service");
	if (c->ctx->n_terms == GW_MAX_TERMS)
		return h248_err_set(err, 434, c->cmd->at,
				    "two terminations in a context");
	term = gw_term_new("");
	if (!term)
		return h248_err_set(err, 510, c->cmd->at, "memory");
	if (named != UINT8_MAX)
		realm = named;
	r = plan(c, term, realm, err);
	if (r) {
		gw_plan_drop(&c->plan);
		gw_term_free(term);
		return r;
	}
	/* The id answers the pattern that was asked for, also when ipdc/realm
	 * puts the media elsewhere. */
	if (named == UINT8_MAX)
		named = planned_realm(&c->plan);
	gw_term_id_make(&gw->conf, named, gw->next_term_id++, term->id,
			sizeof(term->id));
	c->term = term;
	return 0;
}

void gw_add_commit(struct gw_call *c)
{
	struct gw_about at;

	/* What was completed is wanted by the reply, after the plan. */
	H248_APPEND(c->desc_tail, gw_media_reply(&c->plan, c->arena));
	gw_plan_commit(&c->plan);
	gw_term_attach(c->ctx, c->term);
	gw_signals_commit(&c->plan);
	c->reply_id = h248_span_of(c->term->id);
	at = gw_about_term(c->term);
	at.txn = h248_in_tid(c->job->in);
	gw_log(GW_LOG_SESSION | LOG_INFO, &at, "added");
}

void gw_add_reply(struct gw_call *c)
{
	const struct h248_desc *at = gw_cmd_desc(c->cmd, H248_DESC_AUDIT);

	if (at)
		gw_audit_items(c, at->u.audit);
}
