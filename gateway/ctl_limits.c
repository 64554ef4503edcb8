/* gateway/ctl_limits.c - limits and overload of a gateway, as JSON */
#include "gateway/admission.h"
#include "gateway/ctl_int.h"
#include "gateway/overload.h"

/* null: there is no limit. */
static json_t *limit_of(uint64_t max)
{
	return max ? json_integer((json_int_t)max) : json_null();
}

static json_t *limit(const struct gw *gw, int realm)
{
	struct gw_limit l;

	gw_admission_limit(gw, realm, &l);
	return json_pack("{s:s,s:s,s:I,s:o,s:I,s:I,s:o,s:I}", "scope",
			 realm < 0 ? "gateway" : "realm", "name", l.name,
			 "contexts", (json_int_t)l.contexts, "contexts_limit",
			 limit_of(l.max_contexts), "contexts_reserve",
			 (json_int_t)l.reserve_contexts, "kbps",
			 (json_int_t)l.kbps, "kbps_limit", limit_of(l.max_kbps),
			 "kbps_reserve", (json_int_t)l.reserve_kbps);
}

json_t *ctl_json_limits(const struct gw *gw)
{
	json_t *list = json_array();

	for (int i = -1; i < (int)gw->conf.n_realms; i++)
		json_array_append_new(list, limit(gw, i));
	return list;
}

json_t *ctl_json_overload(const struct gw *gw)
{
	const struct conf_overload *c = &gw->conf.overload;
	const struct gw_overload *v = &gw->overload;

	return json_pack("{s:s,s:I,s:I,s:I,s:I,s:i,s:i,s:i,s:I,s:I,s:I}",
			 "level", gw_overload_level_name(v->level), "jobs",
			 (json_int_t)gw->n_jobs, "jobs_limit",
			 (json_int_t)c->queue, "jobs_most",
			 (json_int_t)v->max_jobs, "percent",
			 (json_int_t)gw_overload_percent(gw), "notify_percent",
			 c->notify, "refuse_adds_percent", c->refuse_adds,
			 "refuse_all_percent", c->refuse_all, "rises",
			 (json_int_t)v->n_rises, "refused_adds",
			 (json_int_t)v->refused_adds, "refused_others",
			 (json_int_t)v->refused_others);
}
