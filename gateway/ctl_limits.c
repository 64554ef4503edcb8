/* gateway/ctl_limits.c - what a gateway may hold, as JSON */
#include "gateway/admission.h"
#include "gateway/ctl_int.h"

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
