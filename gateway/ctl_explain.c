/* gateway/ctl_explain.c - contexts in words, as JSON */
#include <string.h>

#include "gateway/ctl_int.h"
#include "gateway/explain.h"

static void add_line(void *arg, unsigned int stream, enum gw_explain_kind kind,
		     const char *text)
{
	json_t *lines = arg;

	json_array_append_new(
		lines, json_pack("{s:o,s:s,s:o}", "stream",
				 stream ? json_integer(stream) : json_null(),
				 "kind", gw_explain_kind_name(kind), "text",
				 ctl_json_text(text, strlen(text))));
}

/* Takes lines. */
static json_t *explanation(const struct gw *gw, uint32_t id, bool is_over,
			   json_t *lines)
{
	return json_pack("{s:s,s:I,s:b,s:o}", "gateway", gw->conf.name,
			 "context", (json_int_t)id, "is_over", is_over, "lines",
			 lines);
}

void ctl_list_explain(json_t *list, const struct gw_context *ctx,
		      const struct ctl_request *r)
{
	json_t *lines = json_array();

	if (!ctl_filter_context(&r->filter, ctx)) {
		json_decref(lines);
		return;
	}
	gw_explain_context(ctx, add_line, lines);
	json_array_append_new(list,
			      explanation(ctx->gw, ctx->id, false, lines));
}

json_t *ctl_json_explain_past(const struct gw *gw, const struct ctl_request *r)
{
	const struct gw_past *p = gw_history_find(gw, r->id);
	json_t *lines = json_array();

	if (p)
		gw_explain_past(p, add_line, lines);
	return json_pack("[o]", explanation(gw, r->id, true, lines));
}
