/*
 * h248/assoc_reg.c - registration: what a controller answers
 *
 * The reply to ServiceChange on ROOT (H.248.1 clauses 7.2.8, 11.2 to 11.5).
 */
#include <stdio.h>
#include <string.h>

#include "h248/addr.h"
#include "h248/assoc_int.h"
#include "h248/error.h"
#include "h248/span.h"

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
	if (h248_span_is(sv->profile, a->p.profile) &&
	    sv->profile_version == a->p.profile_version)
		return true;
	for (unsigned int i = 0; i < a->p.n_accept; i++)
		if (h248_span_is(sv->profile, a->p.accept[i].name) &&
		    sv->profile_version == a->p.accept[i].version)
			return true;
	return false;
}

/* Where it wants our requests; a name that is no address changes nothing. */
static void judge_address(const struct sockaddr_storage *from,
			  const struct h248_services *sv,
			  struct assoc_verdict *v)
{
	if (sv->address) {
		(void)h248_addr_of_mid(sv->address, &v->address);
	} else if (sv->address_port) {
		v->address = *from;
		*h248_addr_port(&v->address) = htons(sv->address_port);
	}
}

static void judge_redirection(const struct h248_mid *to,
			      struct assoc_verdict *v)
{
	bool is_address = !h248_addr_of_mid(to, &v->address);

	v->ev = is_address ? AEV_REDIRECTED : AEV_REFUSED;
	snprintf(v->why, sizeof(v->why), "redirected to %s%.*s",
		 is_address ? "" : "what is no address: ", (int)to->text.n,
		 to->text.p);
}

/* Terms that we cannot meet; whoever has them is told so when it asks. */
static bool is_misfit(const struct h248_assoc *a,
		      const struct h248_services *sv, struct assoc_verdict *v)
{
	if (sv->version > a->p.txn.version ||
	    (sv->version && sv->version < a->p.min_version)) {
		v->misfit = 406;
		snprintf(v->why, sizeof(v->why),
			 "406: controller wants version %u", sv->version);
	} else if (!is_profile_ours(a, sv)) {
		v->misfit = 461;
		snprintf(v->why, sizeof(v->why),
			 "461: controller wants profile %.*s/%u",
			 (int)sv->profile.n, sv->profile.p,
			 sv->profile_version);
	}
	if (v->misfit)
		v->ev = AEV_REFUSED;
	return v->misfit;
}

static void judge_services(const struct h248_assoc *a,
			   const struct sockaddr_storage *from,
			   const struct h248_services *sv,
			   struct assoc_verdict *v)
{
	if (sv->mgc_id) {
		judge_redirection(sv->mgc_id, v);
	} else if (!is_misfit(a, sv, v)) {
		if (sv->version)
			v->version = sv->version;
		judge_address(from, sv, v);
	}
}

/* SC=ROOT without a body accepts what was offered. */
static void judge_cmd(const struct h248_assoc *a,
		      const struct sockaddr_storage *from,
		      const struct h248_cmd *cmd, struct assoc_verdict *v)
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
		judge_services(a, from, sv, v);
}

void h248_assoc_judge(const struct h248_assoc *a,
		      const struct sockaddr_storage *from,
		      const struct h248_txn *reply, struct assoc_verdict *v)
{
	const struct h248_action *action = reply->actions;
	const struct h248_mid *mid = h248_txns_sender(a->txns);

	*v = (struct assoc_verdict) {
		.ev = AEV_ACCEPTED,
		.version = a->p.txn.version,
	};
	snprintf(v->why, sizeof(v->why), "registered");
	if (mid)
		(void)h248_mid_enc(mid, v->mid, sizeof(v->mid));
	if (reply->error) {
		refuse(v, reply->error->code, reply->error->text);
	} else if (action && action->error) {
		refuse(v, action->error->code, action->error->text);
	} else if (action && action->cmds &&
		   action->cmds->kind == H248_CMD_SERVICE_CHANGE) {
		judge_cmd(a, from, action->cmds, v);
	} else if (action && action->fault.code) {
		refuse_fault(v, &action->fault);
	} else {
		v->ev = AEV_REFUSED;
		snprintf(v->why, sizeof(v->why), "no ServiceChange in reply");
	}
}
