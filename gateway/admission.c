/* gateway/admission.c - see admission.h */
#include "gateway/admission.h"

#include "gateway/job.h"
#include "gateway/number.h"
#include "gateway/stream.h"
#include "h248/error.h"

enum { OCTETS_PER_KBIT = 125 };

static const struct h248_place nowhere;

/* What a plan would add to one counter: streams going down give nothing to
 * others before they are gone. */
struct change {
	uint64_t more, less; /* octets/s */
};

static bool is_first(const struct gw *gw, bool is_emergency, bool is_ieps,
		     unsigned int priority)
{
	return is_emergency || is_ieps || priority >= gw->conf.reserve_priority;
}

bool gw_admission_is_first(const struct gw_context *ctx)
{
	return is_first(ctx->gw, ctx->is_emergency, ctx->is_ieps,
			ctx->priority);
}

/* What is left of a limit for this call; max 0: there is no limit. */
static uint64_t limit_of(uint64_t max, uint64_t reserve, bool goes_first)
{
	if (!max)
		return UINT64_MAX;
	return goes_first ? max : max - reserve;
}

/* ---- contexts ---- */

bool gw_admission_is_first_action(const struct gw *gw,
				  const struct h248_action *a)
{
	const struct h248_ctx_props *p = a->props;

	return p && is_first(gw, p->has_emergency == H248_GIVEN && p->emergency,
			     p->has_ieps == H248_GIVEN && p->ieps,
			     p->has_priority == H248_GIVEN ? p->priority : 0);
}

int gw_admission_context(const struct gw *gw, const struct h248_action *action,
			 struct h248_err *err)
{
	uint64_t limit = limit_of(gw->conf.max_contexts,
				  gw->conf.limits.reserve_contexts,
				  gw_admission_is_first_action(gw, action));

	if (gw->n_contexts < limit)
		return 0;
	return h248_err_set(err, 412, action->at, "No ContextIDs available");
}

static int check_realm_contexts(const struct gw *gw, const struct gw_plan *p,
				unsigned int realm, struct h248_err *err)
{
	const struct conf_realm *c = &gw->conf.realm[realm];
	const struct gw_context *ctx = p->job->ctx;
	uint64_t limit = limit_of(c->max_contexts, c->limits.reserve_contexts,
				  gw_admission_is_first(ctx));

	if (ctx->n_streams[realm] ||
	    gw->admission.realm[realm].contexts < limit)
		return 0;
	return h248_err_set(err, 412, nowhere, "contexts of realm %s", c->name);
}

/* ---- bandwidth ---- */

static uint64_t number(const struct gw_stream *s, const char *item)
{
	const struct gw_prop *p = gw_props_find(&s->props, "tman", item);

	return p ? gw_number(p->value) : 0;
}

static uint64_t rate_of_body(bool is_there, const struct h248_sdp *sdp)
{
	if (!is_there)
		return 0;
	if (sdp->bandwidth_as_kbps)
		return (uint64_t)sdp->bandwidth_as_kbps * OCTETS_PER_KBIT;
	return ((uint64_t)sdp->bandwidth_tias_bps + 7) / 8;
}

uint64_t gw_admission_rate(const struct gw *gw, const struct gw_stream *s,
			   const struct gw_sdp *sdp)
{
	uint64_t local = rate_of_body(sdp->has_local, &sdp->local);
	uint64_t remote = rate_of_body(sdp->has_remote, &sdp->remote);
	uint64_t rate = number(s, "sdr");

	if (!rate)
		rate = number(s, "pdr");
	if (!rate)
		rate = local > remote ? local : remote;
	if (!rate)
		rate = (uint64_t)gw->conf.termination_kbps * OCTETS_PER_KBIT;
	return rate;
}

static bool is_there(const struct gw_plan *p, unsigned int i)
{
	return p->next[i].is_used && p->step[i] != GW_STEP_DROP;
}

static struct change change_in(const struct gw_plan *p, unsigned int realm)
{
	const struct gw_stream *now = p->term->stream;
	struct change c = { 0, 0 };

	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++) {
		if (is_there(p, i) && p->next[i].realm == realm)
			c.more += p->next[i].octets_s;
		if (i < p->term->n_slots && now[i].is_used &&
		    now[i].realm == realm)
			c.less += now[i].octets_s;
	}
	return c;
}

static int check_bandwidth(const struct gw_plan *p, uint64_t used,
			   const struct conf_limits *l, struct change c,
			   struct h248_err *err)
{
	uint64_t limit = limit_of(l->bandwidth_kbps, l->reserve_kbps,
				  gw_admission_is_first(p->job->ctx));

	if (limit != UINT64_MAX)
		limit *= OCTETS_PER_KBIT;
	/* Who asks for less than he has is never refused. */
	if (c.more <= c.less || used - c.less + c.more <= limit)
		return 0;
	return h248_err_set(err, 526, nowhere, "Insufficient bandwidth");
}

static bool enters(const struct gw_plan *p, unsigned int realm)
{
	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		if (is_there(p, i) && p->next[i].realm == realm)
			return true;
	return false;
}

int gw_admission_check(const struct gw_plan *p, struct h248_err *err)
{
	struct gw *gw = p->job->gw;
	const struct gw_admission *a = &gw->admission;
	struct change all = { 0, 0 }, c;
	int r = 0;

	for (unsigned int i = 0; !r && i < gw->conf.n_realms; i++) {
		c = change_in(p, i);
		all.more += c.more;
		all.less += c.less;
		if (enters(p, i))
			r = check_realm_contexts(gw, p, i, err);
		if (!r)
			r = check_bandwidth(p, a->realm[i].octets_s,
					    &gw->conf.realm[i].limits, c, err);
	}
	return r ? r :
		   check_bandwidth(p, a->octets_s, &gw->conf.limits, all, err);
}

/* ---- counting ---- */

static void take(struct gw *gw, struct gw_context *ctx,
		 const struct gw_stream *s)
{
	struct gw_usage *u = &gw->admission.realm[s->realm];

	gw->admission.octets_s += s->octets_s;
	u->octets_s += s->octets_s;
	if (!ctx->n_streams[s->realm]++)
		u->contexts++;
}

static void give_back(struct gw *gw, struct gw_context *ctx,
		      const struct gw_stream *s)
{
	struct gw_usage *u = &gw->admission.realm[s->realm];

	gw->admission.octets_s -= s->octets_s;
	u->octets_s -= s->octets_s;
	if (!--ctx->n_streams[s->realm])
		u->contexts--;
}

void gw_admission_commit(const struct gw_plan *p)
{
	struct gw *gw = p->job->gw;
	struct gw_context *ctx = p->job->ctx;

	for (unsigned int i = 0; i < GW_MAX_STREAMS; i++)
		if (is_there(p, i))
			take(gw, ctx, &p->next[i]);
	for (unsigned int i = 0; i < p->term->n_slots; i++)
		if (p->term->stream[i].is_used)
			give_back(gw, ctx, &p->term->stream[i]);
}

void gw_admission_release(const struct gw_term *term)
{
	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used)
			give_back(term->ctx->gw, term->ctx, &term->stream[i]);
}

/* ---- for operators ---- */

void gw_admission_limit(const struct gw *gw, int realm, struct gw_limit *out)
{
	const struct conf_realm *r = realm < 0 ? NULL : &gw->conf.realm[realm];
	const struct conf_limits *l = r ? &r->limits : &gw->conf.limits;
	const struct gw_usage *u = r ? &gw->admission.realm[realm] : NULL;

	*out = (struct gw_limit) {
		.name = r ? r->name : gw->conf.name,
		.contexts = u ? u->contexts : gw->n_contexts,
		.max_contexts = r ? r->max_contexts : gw->conf.max_contexts,
		.reserve_contexts = l->reserve_contexts,
		.kbps = (u ? u->octets_s : gw->admission.octets_s) /
			OCTETS_PER_KBIT,
		.max_kbps = l->bandwidth_kbps,
		.reserve_kbps = l->reserve_kbps,
	};
}
