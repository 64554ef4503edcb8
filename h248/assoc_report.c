/*
 * h248/assoc_report.c - ServiceChange as we send it
 *
 * To a controller that shall take us: with version, profile and time stamp
 * (H.248.1 clause 11.2).  To the one that has us: what happens to the gateway,
 * to a group of its terminations or to contexts (clause 7.2.8).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "h248/assoc_int.h"
#include "h248/build.h"
#include "h248/span.h"

/* yyyymmddThhmmsscc, UTC. */
static struct h248_span timestamp(uint64_t wall_us, char *buf, size_t cap)
{
	time_t s = (time_t)(wall_us / 1000000);
	struct tm tm;
	int n;

	gmtime_r(&s, &tm);
	n = snprintf(buf, cap, "%04d%02d%02dT%02d%02d%02d%02d",
		     tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		     tm.tm_min, tm.tm_sec, (int)(wall_us / 10000 % 100));
	return (struct h248_span) { buf, (uint32_t)n };
}

int h248_assoc_offer(struct h248_assoc *a, enum h248_change_event what,
		     const struct sockaddr_storage *to, h248_reply_h *cb,
		     void *arg, uint32_t *tid)
{
	struct h248_change change = h248_assoc_change_of(a, what);
	char now[64], reason[64];
	struct h248_services sv = {
		.method = change.method,
		.version = a->p.txn.version,
		.timestamp =
			timestamp(a->ops->wall_us(a->arg), now, sizeof(now)),
	};
	struct h248_desc desc = {
		.kind = H248_DESC_SERVICES,
		.u.services = &sv,
	};
	struct h248_term_id root = {
		.text = H248_SPAN("ROOT"),
		.is_root = true,
	};
	struct h248_cmd cmd = {
		.kind = H248_CMD_SERVICE_CHANGE,
		.terms = &root,
		.descs = &desc,
	};
	struct h248_action action = { .ctx = H248_CTX_NULL, .cmds = &cmd };

	h248_assoc_reason(change.reason, reason, sizeof(reason));
	sv.reason = h248_span_of(reason);
	if (a->p.profile[0]) {
		sv.profile = h248_span_of(a->p.profile);
		sv.profile_version = a->p.profile_version;
	}
	return h248_txns_request(a->txns, to, &action, cb, arg, a->now_ms, tid);
}

/* Reports. */

static struct h248_desc *services(const struct h248_assoc *a,
				  const struct h248_report *r,
				  struct h248_arena *mem)
{
	struct h248_change change = h248_assoc_change_of(a, r->what);
	struct h248_desc *d = h248_desc_new(mem, H248_DESC_SERVICES);
	struct h248_services *sv = H248_NEW(mem, struct h248_services);
	char reason[64];

	if (!d || !sv)
		return NULL;
	h248_assoc_reason(change.reason, reason, sizeof(reason));
	sv->method = change.method;
	sv->reason = h248_arena_dup(mem, h248_span_of(reason));
	sv->has_delay = r->delay_s;
	sv->delay_s = r->delay_s;
	/* What has changed is named since version 2 (7.2.8). */
	if (r->what == H248_CHANGE_PACKAGES && a->version >= 2) {
		sv->audit = h248_desc_new(mem, H248_DESC_PACKAGES);
		if (sv->audit)
			sv->audit->is_bare = true;
	}
	d->u.services = sv;
	return d;
}

static struct h248_action *action_of(const struct h248_assoc *a,
				     const struct h248_report *r,
				     unsigned int i, struct h248_arena *mem)
{
	enum h248_ctx_kind kind = r->term ? r->ctx : H248_CTX_NULL;
	uint32_t id = kind == H248_CTX_ID ? r->ctx_ids[i] : 0;
	struct h248_action *action = h248_action_new(mem, kind, id);
	struct h248_span term = h248_span_of(r->term ? r->term : "ROOT");

	if (!action)
		return NULL;
	action->cmds = h248_cmd_new(mem, H248_CMD_SERVICE_CHANGE, term);
	if (!action->cmds)
		return NULL;
	action->cmds->descs = services(a, r, mem);
	return action;
}

static void on_nothing(void *arg, int err, const struct h248_txn *reply)
{
	(void)arg;
	(void)err;
	(void)reply;
}

static struct h248_action *build(const struct h248_assoc *a,
				 const struct h248_report *r,
				 struct h248_arena *mem)
{
	struct h248_action *list = NULL, **tail = &list;
	unsigned int n = r->term && r->ctx == H248_CTX_ID ? r->n_ctx_ids : 1;

	for (unsigned int i = 0; i < n; i++)
		H248_APPEND(tail, action_of(a, r, i, mem));
	return list;
}

int h248_assoc_farewell(struct h248_assoc *a, h248_reply_h *cb, void *arg)
{
	static const struct h248_report stop = { .what = H248_CHANGE_STOP };
	struct h248_arena *mem = h248_arena_new(0);
	struct h248_action *list;
	int rc = -ENOMEM;

	if (!mem)
		return rc;
	list = build(a, &stop, mem);
	if (!h248_arena_failed(mem))
		rc = h248_txns_request(a->txns, &a->mgc, list, cb, arg,
				       a->now_ms, &a->tid);
	h248_arena_free(mem);
	return rc;
}

int h248_assoc_report(struct h248_assoc *a, const struct h248_report *r,
		      h248_reply_h *cb, void *arg, uint64_t now_ms)
{
	struct h248_arena *mem = h248_arena_new(0);
	struct h248_action *list;
	int rc = -ENOMEM;

	if (!mem)
		return rc;
	list = build(a, r, mem);
	if (!h248_arena_failed(mem))
		rc = h248_assoc_request(a, list, cb ? cb : on_nothing, arg,
					now_ms, NULL);
	h248_arena_free(mem);
	return rc;
}
