/* gateway/ctl_reload.c - the configuration again, by the control socket */
#include <stdlib.h>
#include <string.h>

#include "gateway/ctl_int.h"
#include "gateway/reload.h"

static json_t *change(const struct conf_change_of *c)
{
	return json_pack("{s:o,s:s?,s:o,s:o,s:b}", "where",
			 ctl_json_text(c->where, strlen(c->where)), "attribute",
			 c->what, "from",
			 ctl_json_text(c->from, strlen(c->from)), "to",
			 ctl_json_text(c->to, strlen(c->to)), "needs_restart",
			 c->needs_restart);
}

static json_t *changes(const struct gw_reload *r)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < r->n_changes && i < GW_RELOAD_CHANGES; i++)
		json_array_append_new(list, change(&r->change[i]));
	return list;
}

/* One item for each line. */
static json_t *errors(const char *text)
{
	json_t *list = json_array();

	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (n)
			json_array_append_new(list, ctl_json_text(text, n));
	}
	return list;
}

/* The host is not const for an order. */
json_t *ctl_json_reload(const struct gw_host *host, const struct ctl_request *r)
{
	struct gw *first = TAILQ_FIRST(&host->gateways);
	struct gw_reload *done = calloc(1, sizeof(*done));
	json_t *j;

	if (!done || !first) {
		free(done);
		return NULL;
	}
	gw_reload(first->host, r->is_dry, done);
	if (!r->is_dry)
		gw_reload_log(done);
	j = json_pack("{s:b,s:b,s:I,s:o,s:o}", "is_dry_run", r->is_dry,
		      "is_refused", done->is_refused, "changes_total",
		      (json_int_t)done->n_changes, "changes", changes(done),
		      "errors", errors(done->err));
	free(done);
	return j;
}
