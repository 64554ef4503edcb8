/* gateway/service.c - see service.h */
#include "gateway/service.h"

#include "gateway/job.h"
#include "gateway/link.h"
#include "gateway/log.h"
#include "gateway/realm.h"
#include "h248/error.h"

int gw_service_check(struct gw_call *c, const struct h248_services *sv,
		     struct h248_err *err)
{
	bool may_wait = !c->term && sv->method == H248_SC_GRACEFUL;

	if (sv->method != H248_SC_FORCED && sv->method != H248_SC_GRACEFUL &&
	    sv->method != H248_SC_RESTART)
		return h248_err_set(err, 501, c->cmd->at,
				    "this ServiceChangeMethod");
	if (!sv->reason.p)
		return h248_err_set(err, 472, c->cmd->at,
				    "ServiceChangeReason");
	if (sv->has_delay && sv->delay_s && !may_wait)
		return h248_err_set(err, 501, c->cmd->at, "ServiceChangeDelay");
	return 0;
}

static void change_root(struct gw *gw, const struct h248_services *sv)
{
	struct gw_about at = gw_about_gw(gw);
	struct gw_service *s = &gw->service;

	s->is_out = sv->method != H248_SC_RESTART;
	s->end_before_us = sv->method == H248_SC_FORCED ? gw_now_us() + 1 : 0;
	s->until_us = 0;
	if (sv->method == H248_SC_GRACEFUL && sv->has_delay && sv->delay_s)
		s->until_us = gw_now_us() + sv->delay_s * UINT64_C(1000000);
	gw_log(GW_LOG_H248 | LOG_NOTICE, &at,
	       "%s service by order of the controller: %.*s",
	       s->is_out ? "out of" : "in", (int)sv->reason.n, sv->reason.p);
}

/* What the gate is told; the stream keeps what was asked for it. */
static void change_gate(struct gw_call *c, const struct gw_stream *s)
{
	struct pkt_gate_cfg cfg = s->gate_cfg;

	if (c->term->is_out)
		cfg.leg.mode = 0;
	/* It can only fail for a gate that is gone; then nothing waits. */
	if (pkt_gate_modify(c->gw->engine, s->gate, &cfg, false,
			    gw_job_expect(c->job)))
		gw_job_forget(c->job);
}

static void change_term(struct gw_call *c, const struct h248_services *sv)
{
	bool was_out = c->term->is_out;

	/* An ephemeral termination ends with its context: that is graceful. */
	if (sv->method == H248_SC_GRACEFUL)
		return;
	c->term->is_out = sv->method == H248_SC_FORCED;
	for (unsigned int i = 0; i < c->term->n_slots; i++)
		if (c->term->stream[i].gate.gen && c->term->is_out != was_out)
			change_gate(c, &c->term->stream[i]);
}

void gw_service_commit(struct gw_call *c, const struct h248_services *sv)
{
	if (c->term)
		change_term(c, sv);
	else
		change_root(c->gw, sv);
}

bool gw_service_is_refused(const struct gw *gw, const struct gw_context *ctx)
{
	return gw->service.is_out &&
	       !(ctx->is_emergency && gw->conf.h248.emergency_when_out);
}

enum h248_service_state gw_service_state(const struct gw *gw,
					 const struct gw_term *term)
{
	bool is_out = term ? term->is_out || gw_realm_lacks(gw, term) :
			     gw->service.is_out;

	return is_out ? H248_SVC_OUT : H248_SVC_IN;
}

uint64_t gw_service_next_us(const struct gw *gw)
{
	if (gw->service.end_before_us)
		return 0;
	return gw->service.until_us ? gw->service.until_us : UINT64_MAX;
}

void gw_service_tick(struct gw *gw, uint64_t now_us)
{
	struct gw_service *s = &gw->service;

	if (s->until_us && now_us >= s->until_us) {
		s->until_us = 0;
		s->end_before_us = now_us + 1;
	}
	if (s->end_before_us && !gw_link_release_some(gw, s->end_before_us))
		s->end_before_us = 0;
}
