/*
 * h248/assoc_reg.c - registration: what we offer, what a controller answers
 *
 * ServiceChange on ROOT (H.248.1 clauses 7.2.8 and 11.2 to 11.5).
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "h248/addr.h"
#include "h248/assoc_int.h"
#include "h248/error.h"
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

int h248_assoc_send_change(struct h248_assoc *a, const struct assoc_change *c,
			   h248_reply_h *cb, void *arg)
{
	struct h248_change change = h248_assoc_change_of(a, c->what);
	bool is_offer = c->what <= H248_CHANGE_HANDOFF;
	char now[64], reason[64];
	struct h248_services sv = {
		.method = change.method,
		.has_delay = c->delay_s,
		.delay_s = c->delay_s,
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
	if (is_offer) {
		sv.version = a->p.txn.version;
		sv.timestamp =
			timestamp(a->ops->wall_us(a->arg), now, sizeof(now));
	}
	if (is_offer && a->p.profile[0]) {
		sv.profile = h248_span_of(a->p.profile);
		sv.profile_version = a->p.profile_version;
	}
	return h248_txns_request(a->txns, &a->target, &action, cb, arg,
				 a->now_ms, &a->tid);
}

/* The verdict. */

static void refuse(struct assoc_verdict *v, uint16_t code,
		   struct h248_span text)
{
	const char *s = text.n ? text.p : h248_error_text(code);

	v->ev = AEV_REFUSED;
	snprintf(v->why, sizeof(v->why), "error %u %.*s", code,
		 text.n ? (int)text.n : (int)strlen(s), s);
}

static void refuse_fault(struct assoc_verdict *v, const struct h248_err *fault)
{
	refuse(v, fault->code, h248_span_of(fault->text));
}

static bool is_profile_ours(const struct h248_assoc *a,
			    const struct h248_services *sv)
{
	if (!sv->profile.p || !a->p.profile[0])
		return true;
	return h248_span_is(sv->profile, a->p.profile) &&
	       sv->profile_version == a->p.profile_version;
}

/* Where it wants our requests; a name that is no address changes nothing. */
static void judge_address(const struct h248_assoc *a,
			  const struct h248_services *sv,
			  struct assoc_verdict *v)
{
	if (sv->address) {
		(void)h248_addr_of_mid(sv->address, &v->address);
	} else if (sv->address_port) {
		v->address = a->target;
		*h248_addr_port(&v->address) = htons(sv->address_port);
	}
}

static void judge_services(const struct h248_assoc *a,
			   const struct h248_services *sv,
			   struct assoc_verdict *v)
{
	if (sv->mgc_id && h248_addr_of_mid(sv->mgc_id, &v->address)) {
		v->ev = AEV_REFUSED;
		snprintf(v->why, sizeof(v->why),
			 "redirected to what is no address: %.*s",
			 (int)sv->mgc_id->text.n, sv->mgc_id->text.p);
	} else if (sv->mgc_id) {
		v->ev = AEV_REDIRECTED;
		snprintf(v->why, sizeof(v->why), "redirected to %.*s",
			 (int)sv->mgc_id->text.n, sv->mgc_id->text.p);
	} else if (sv->version > a->p.txn.version) {
		v->ev = AEV_REFUSED;
		snprintf(v->why, sizeof(v->why),
			 "406: controller wants version %u", sv->version);
	} else if (!is_profile_ours(a, sv)) {
		v->ev = AEV_REFUSED;
		snprintf(v->why, sizeof(v->why),
			 "461: controller wants profile %.*s/%u",
			 (int)sv->profile.n, sv->profile.p,
			 sv->profile_version);
	} else {
		if (sv->version)
			v->version = sv->version;
		judge_address(a, sv, v);
	}
}

/* SC=ROOT without a body accepts what was offered. */
static void judge_cmd(const struct h248_assoc *a, const struct h248_cmd *cmd,
		      struct assoc_verdict *v)
{
	const struct h248_services *sv = NULL;

	for (const struct h248_desc *d = cmd->descs; d; d = d->next) {
		if (d->kind == H248_DESC_ERROR) {
			refuse(v, d->u.error.code, d->u.error.text);
			return;
		}
		if (d->kind == H248_DESC_SERVICES)
			sv = d->u.services;
	}
	if (cmd->fault.code)
		refuse_fault(v, &cmd->fault);
	else if (sv)
		judge_services(a, sv, v);
}

void h248_assoc_judge(const struct h248_assoc *a, const struct h248_txn *reply,
		      struct assoc_verdict *v)
{
	const struct h248_action *action = reply->actions;

	*v = (struct assoc_verdict) {
		.ev = AEV_ACCEPTED,
		.version = a->p.txn.version,
	};
	snprintf(v->why, sizeof(v->why), "registered");
	if (reply->error) {
		refuse(v, reply->error->code, reply->error->text);
	} else if (action && action->error) {
		refuse(v, action->error->code, action->error->text);
	} else if (action && action->cmds &&
		   action->cmds->kind == H248_CMD_SERVICE_CHANGE) {
		judge_cmd(a, action->cmds, v);
	} else if (action && action->fault.code) {
		refuse_fault(v, &action->fault);
	} else {
		v->ev = AEV_REFUSED;
		snprintf(v->why, sizeof(v->why), "no ServiceChange in reply");
	}
}
