/* gateway/ctl_request.c - what may be asked over the control socket */
#include <string.h>

#include "gateway/ctl_int.h"
#include "gateway/drain.h"
#include "gateway/history.h"
#include "gateway/link.h"
#include "gateway/log.h"
#include "gateway/trace.h"

enum { MAX_SECONDS = 86400, MAX_MEGABYTES = 1000 };

static const char *drain(struct gw *gw, const struct ctl_request *r)
{
	return gw_drain(gw, r->seconds) ? "it is draining or stopping already" :
					  NULL;
}

static const char *resume(struct gw *gw, const struct ctl_request *r)
{
	(void)r;
	return gw_drain_cancel(gw) ? "it is not draining" : NULL;
}

static const char *release(struct gw *gw, const struct ctl_request *r)
{
	return gw_link_release(gw_context_find(gw, r->id)) ?
		       "a command of the controller works on it; try again" :
		       NULL;
}

static const char *set_level(struct gw *gw, const struct ctl_request *r)
{
	(void)gw;
	if (r->level >= 0 && r->part >= 0)
		gw_log_set_part_level((unsigned int)r->part, r->level);
	else if (r->level >= 0)
		gw_log_set_level(r->level);
	return NULL;
}

static const struct ctl_command commands[] = {
	{ .name = "contexts",
	  .takes_id = true,
	  .detail = CTL_SUMMARY,
	  .list = "contexts",
	  .items = ctl_list_contexts },
	{ .name = "context",
	  .needs_id = true,
	  .takes_id = true,
	  .detail = CTL_LIVE,
	  .list = "contexts",
	  .items = ctl_list_contexts },
	{ .name = "dump",
	  .takes_id = true,
	  .detail = CTL_FULL,
	  .list = "contexts",
	  .items = ctl_list_contexts },
	{ .name = "terminations",
	  .takes_id = true,
	  .list = "terminations",
	  .items = ctl_list_terminations },
	{ .name = "flows",
	  .takes_id = true,
	  .list = "flows",
	  .items = ctl_list_flows },
	{ .name = "explain",
	  .needs_id = true,
	  .takes_id = true,
	  .knows_past = true,
	  .list = "explain",
	  .items = ctl_list_explain,
	  .object = ctl_json_explain_past },
	{ .name = "ladder",
	  .needs_id = true,
	  .takes_id = true,
	  .knows_past = true,
	  .takes_svg = true,
	  .object = ctl_json_ladder },
	{ .name = "trace",
	  .takes_id = true,
	  .takes_seconds = true,
	  .is_trace = true },
	{ .name = "gateways", .all = ctl_json_gateways },
	{ .name = "associations", .all = ctl_json_associations },
	{ .name = "ports", .all = ctl_json_ports },
	{ .name = "status", .object = ctl_json_status },
	{ .name = "statistics", .object = ctl_json_statistics },
	{ .name = "history",
	  .object = ctl_json_history,
	  .takes_id = true,
	  .is_past = true,
	  .takes_count = true },
	{ .name = "events",
	  .all = ctl_json_events,
	  .takes_id = true,
	  .is_past = true,
	  .takes_gateway = true,
	  .takes_count = true,
	  .takes_since = true },
	{ .name = "log",
	  .all = ctl_json_log,
	  .order = set_level,
	  .takes_level = true },
	{ .name = "reload", .all = ctl_json_reload, .takes_dry_run = true },
	{ .name = "release",
	  .object = ctl_json_released,
	  .order = release,
	  .needs_id = true,
	  .takes_id = true },
	{ .name = "drain",
	  .object = ctl_json_service,
	  .order = drain,
	  .takes_seconds = true },
	{ .name = "resume", .object = ctl_json_service, .order = resume },
	{ .name = NULL },
};

static struct gw *find_gateway(const struct gw_host *host, const char *name)
{
	struct gw *gw;

	TAILQ_FOREACH (gw, &host->gateways, entry)
		if (!strcmp(gw->conf.name, name))
			return gw;
	return NULL;
}

/* The functions below return NULL, or what is wrong. */

static const char *parse_command(const json_t *req, struct ctl_request *r)
{
	const char *name = json_string_value(json_object_get(req, "command"));

	if (!name)
		return "a request is an object with a \"command\"";
	for (r->cmd = commands; r->cmd->name; r->cmd++)
		if (!strcmp(r->cmd->name, name))
			return NULL;
	return "no such command";
}

static const char *parse_id(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "id");
	json_int_t n = json_integer_value(j);

	if (j && !r->cmd->takes_id)
		return "this command takes no id";
	if (!j && r->cmd->needs_id)
		return "this command needs the id of a context";
	if (j && (!json_is_integer(j) || n < 1 || n > UINT32_MAX))
		return "the id of a context is a number";
	r->id = (uint32_t)n;
	return NULL;
}

static const char *parse_seconds(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "seconds");
	json_int_t n = json_integer_value(j);

	if (j && !r->cmd->takes_seconds)
		return "this command takes no seconds";
	if (j && (!json_is_integer(j) || n < 1 || n > MAX_SECONDS))
		return "the seconds are a number from 1 to 86400";
	r->seconds = (uint32_t)n;
	return NULL;
}

static const char *parse_count(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "count");
	json_int_t n = json_integer_value(j);

	if (j && !r->cmd->takes_count)
		return "this command takes no count";
	if (j && (!json_is_integer(j) || n < 1 || n > UINT32_MAX))
		return "a count is a number from 1";
	r->count = (uint32_t)n;
	return NULL;
}

static const char *parse_since(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "since");
	json_int_t n = json_integer_value(j);

	if (j && !r->cmd->takes_since)
		return "this command takes no since";
	if (j && (!json_is_integer(j) || n < 0))
		return "since is the number of a line";
	r->since = (uint64_t)n;
	return NULL;
}

static const char *parse_level(const json_t *req, struct ctl_request *r)
{
	const char *name = json_string_value(json_object_get(req, "level"));

	r->level = -1;
	if (!json_object_get(req, "level"))
		return NULL;
	if (!r->cmd->takes_level)
		return "this command takes no level";
	for (int i = 0; name && i <= LOG_DEBUG; i++)
		if (!strcmp(name, gw_log_level_name(i)))
			r->level = i;
	return r->level >= 0 ? NULL :
			       "a level is emerg, alert, crit, error, warning,"
			       " notice, info or debug";
}

static const char *parse_part(const json_t *req, struct ctl_request *r)
{
	const char *name = json_string_value(json_object_get(req, "part"));

	r->part = -1;
	if (!json_object_get(req, "part"))
		return NULL;
	if (!r->cmd->takes_level)
		return "this command takes no part";
	if (r->level < 0)
		return "a part of the log needs a level";
	for (unsigned int i = 0; name && i < GW_LOG_PARTS; i++)
		if (!strcmp(name, gw_log_part_name(i)))
			r->part = (int)i;
	return r->part >= 0 ? NULL :
			      "a part of the log is core, h248, session or"
			      " messages";
}

static const char *parse_dry_run(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "dry_run");

	if (j && !r->cmd->takes_dry_run)
		return "this command takes no dry_run";
	if (j && !json_is_boolean(j))
		return "dry_run is true or false";
	r->is_dry = json_is_true(j);
	return NULL;
}

static const char *parse_svg(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "svg");

	if (j && !r->cmd->takes_svg)
		return "this command takes no svg";
	if (j && !json_is_boolean(j))
		return "svg is true or false";
	r->wants_svg = json_is_true(j);
	return NULL;
}

/* A member that only a trace has; NULL there: it is not said. */
static const char *parse_number(const json_t *req, const char *name,
				uint32_t max, const struct ctl_request *r,
				uint32_t *out)
{
	const json_t *j = json_object_get(req, name);
	json_int_t n = json_integer_value(j);

	if (j && !r->cmd->is_trace)
		return "only a trace takes next, megabytes and payload";
	if (j && (!json_is_integer(j) || n < 1 || n > max))
		return "next is a number up to 64, megabytes one up to 1000";
	*out = (uint32_t)n;
	return NULL;
}

static const char *parse_payload(const json_t *req, struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "payload");

	if (j && (!r->cmd->is_trace || !json_is_boolean(j)))
		return "payload is true or false, and only a trace takes it";
	r->has_payload = json_is_true(j);
	return NULL;
}

/* Of whom?  One of three. */
static const char *parse_trace(const json_t *req, struct ctl_request *r)
{
	const char *wrong =
		parse_number(req, "next", GW_TRACE_CONTEXTS, r, &r->next);

	if (!wrong)
		wrong = parse_number(req, "megabytes", MAX_MEGABYTES, r,
				     &r->megabytes);
	if (!wrong)
		wrong = parse_payload(req, r);
	if (!wrong && r->cmd->is_trace &&
	    !!r->id + !!r->next + r->filter.has_address != 1)
		wrong = "a trace is of the id of a context, of the next ones, or"
			" of an address";
	return wrong;
}

static bool takes_filter(const struct ctl_request *r)
{
	const struct ctl_filter *f = &r->filter;

	return r->cmd->items || (r->cmd->is_trace && !f->term[0] &&
				 !f->realm[0] && !f->port && !f->has_state);
}

static const char *parse_filter(const json_t *req, struct ctl_request *r)
{
	const char *wrong = ctl_filter_read(&r->filter, req);

	if (!wrong && r->filter.is_set && !takes_filter(r))
		return "this command takes no filter";
	return wrong;
}

static const char *parse_gateway(const struct gw_host *host, const json_t *req,
				 struct ctl_request *r)
{
	const json_t *j = json_object_get(req, "gateway");

	if (!j)
		return NULL;
	if (r->cmd->all && !r->cmd->takes_gateway)
		return "this command takes no gateway";
	if (!json_is_string(j))
		return "the name of a gateway is a string";
	r->gw = find_gateway(host, json_string_value(j));
	return r->gw ? NULL : "there is no such gateway; see `gateways`";
}

/* The one gateway that has the context. */
static const char *find_context(const struct gw_host *host,
				struct ctl_request *r)
{
	struct gw *gw;

	if (r->gw)
		return gw_context_find(r->gw, r->id) ?
			       NULL :
			       "there is no such context";
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		if (!gw_context_find(gw, r->id))
			continue;
		if (r->gw)
			return "several gateways have a context of this id;"
			       " name one; see `gateways`";
		r->gw = gw;
	}
	return r->gw ? NULL : "there is no such context";
}

/* The one gateway that has had it. */
static const char *find_past(const struct gw_host *host, struct ctl_request *r)
{
	struct gw *gw, *found = NULL;

	TAILQ_FOREACH (gw, &host->gateways, entry) {
		if ((r->gw && r->gw != gw) || !gw_history_find(gw, r->id))
			continue;
		if (found)
			return "several gateways have had a context of this id;"
			       " name one; see `gateways`";
		found = gw;
	}
	r->gw = found;
	r->is_over = true;
	return found ? NULL : "there is no such context, nor was one lately";
}

static bool is_there(const struct gw_host *host, const struct ctl_request *r)
{
	const struct gw *gw;

	TAILQ_FOREACH (gw, &host->gateways, entry)
		if ((!r->gw || r->gw == gw) && gw_context_find(gw, r->id))
			return true;
	return false;
}

/* Who is asked when no gateway is named. */
static const char *choose_gateway(const struct gw_host *host,
				  struct ctl_request *r)
{
	struct gw *first = TAILQ_FIRST(&host->gateways);

	if (r->cmd->knows_past && !is_there(host, r))
		return find_past(host, r);
	if (r->id && !r->cmd->is_past)
		return find_context(host, r);
	if (r->gw || !r->cmd->object)
		return NULL;
	if (TAILQ_NEXT(first, entry))
		return "there are several gateways; name one; see `gateways`";
	r->gw = first;
	return NULL;
}

const char *ctl_request_read(struct ctl_request *r, const json_t *req,
			     const struct gw_host *host)
{
	const char *wrong;

	*r = (struct ctl_request) { 0 };
	wrong = parse_command(req, r);
	if (!wrong)
		wrong = parse_id(req, r);
	if (!wrong)
		wrong = parse_seconds(req, r);
	if (!wrong)
		wrong = parse_count(req, r);
	if (!wrong)
		wrong = parse_since(req, r);
	if (!wrong)
		wrong = parse_level(req, r);
	if (!wrong)
		wrong = parse_part(req, r);
	if (!wrong)
		wrong = parse_dry_run(req, r);
	if (!wrong)
		wrong = parse_svg(req, r);
	if (!wrong)
		wrong = parse_filter(req, r);
	if (!wrong)
		wrong = parse_trace(req, r);
	if (!wrong)
		wrong = parse_gateway(host, req, r);
	return wrong ? wrong : choose_gateway(host, r);
}
