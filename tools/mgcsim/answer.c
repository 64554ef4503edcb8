/* mgcsim/answer.c - see answer.h */
#include "tools/mgcsim/answer.h"

#include <time.h>

#include "h248/build.h"

static struct h248_cmd *echo_cmd(struct h248_arena *a,
				 const struct h248_cmd *req)
{
	struct h248_span none = { "ROOT", 4 };

	return h248_cmd_new(a, req->kind, req->terms ? req->terms->text : none);
}

static void timestamp(struct h248_arena *a, struct h248_span *out)
{
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	*out = h248_arena_printf(a, "%04d%02d%02dT%02d%02d%02d%02d",
				 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
				 tm.tm_hour, tm.tm_min, tm.tm_sec,
				 (int)(ts.tv_nsec / 10000000));
}

static const struct h248_services *services_of(const struct h248_cmd *cmd)
{
	for (const struct h248_desc *d = cmd->descs; d; d = d->next)
		if (d->kind == H248_DESC_SERVICES)
			return d->u.services;
	return NULL;
}

/* The version both sides speak from now on (H.248.1 clause 11.3). */
static uint8_t agree(const struct sim *sim, const struct h248_services *s)
{
	uint8_t offered = s->version ? s->version : 1;

	return offered < sim->params.version ? offered : sim->params.version;
}

static struct h248_desc *services_reply(struct sim *sim, struct h248_arena *a,
					const struct h248_services *req)
{
	struct h248_desc *desc = h248_desc_new(a, H248_DESC_SERVICES);
	struct h248_services *s = H248_NEW(a, struct h248_services);

	if (!desc || !s)
		return NULL;
	s->version = req->version ? agree(sim, req) : 0;
	s->profile = req->profile;
	s->profile_version = req->profile_version;
	timestamp(a, &s->timestamp);
	desc->u.services = s;
	return desc;
}

/* A ServiceChange of ROOT is a registration, except when it says goodbye. */
uint8_t answer_version(const struct sim *sim, const struct h248_txn *req)
{
	const struct h248_cmd *cmd = req->actions ? req->actions->cmds : NULL;
	const struct h248_services *s;

	if (sim->params.is_gateway)
		return 0;
	if (!cmd || cmd->kind != H248_CMD_SERVICE_CHANGE || !cmd->terms ||
	    !cmd->terms->is_root)
		return 0;
	s = services_of(cmd);
	if (!s || s->method == H248_SC_FORCED || s->method == H248_SC_GRACEFUL)
		return 0;
	return agree(sim, s);
}

static struct h248_cmd *answer_cmds(struct sim *sim, struct h248_arena *a,
				    const struct h248_cmd *req)
{
	struct h248_cmd *list = NULL, **tail = &list;

	for (; req; req = req->next) {
		const struct h248_services *s = services_of(req);
		struct h248_cmd *cmd = echo_cmd(a, req);

		if (cmd && s)
			cmd->descs = services_reply(sim, a, s);
		H248_APPEND(tail, cmd);
	}
	return list;
}

static struct h248_action *echo(struct sim *sim, struct h248_arena *a,
				const struct h248_txn *req)
{
	struct h248_action *list = NULL, **tail = &list;

	for (const struct h248_action *r = req->actions; r; r = r->next) {
		struct h248_action *action =
			h248_action_new(a, r->ctx, r->ctx_id);

		if (action)
			action->cmds = answer_cmds(sim, a, r->cmds);
		H248_APPEND(tail, action);
	}
	return list;
}

void answer_request(struct sim *sim, struct h248_in *in,
		    const struct h248_txn *req)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_action *list = NULL;

	if (a && sim->params.is_gateway)
		list = media_answer(&sim->media, a, req, sim_now_ms());
	else if (a)
		list = echo(sim, a, req);
	if (list)
		h248_in_reply(in, list, sim_now_ms());
	else
		h248_in_fail(in, 510, NULL, sim_now_ms());
	h248_arena_free(a);
}
