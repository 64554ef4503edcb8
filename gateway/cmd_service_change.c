/*
 * gateway/cmd_service_change.c - ServiceChange from a controller (7.2.8)
 *
 * HandOff goes to the association, Forced, Graceful and Restart to
 * gateway/service.c; the other methods belong to the gateway.
 */
#include "gateway/service.h"
#include "h248/addr.h"
#include "h248/error.h"

static const struct h248_services *services_of(const struct gw_call *c)
{
	const struct h248_desc *d = gw_cmd_desc(c->cmd, H248_DESC_SERVICES);

	return d ? d->u.services : NULL;
}

static int check_handoff(struct gw_call *c, const struct h248_services *sv,
			 struct h248_err *err)
{
	struct sockaddr_storage to;

	if (!c->cmd->terms->is_root)
		return h248_err_set(err, 410, c->cmd->at,
				    "HandOff is for ROOT");
	if (!sv->mgc_id)
		return h248_err_set(err, 472, c->cmd->at, "MgcIdToTry");
	/* Names are not resolved. */
	if (h248_addr_of_mid(sv->mgc_id, &to))
		return h248_err_set(err, 501, c->cmd->at, "MgcIdToTry %.*s",
				    (int)sv->mgc_id->text.n,
				    sv->mgc_id->text.p);
	if (to.ss_family != c->gw->conf.h248.local.ss_family)
		return h248_err_set(err, 501, c->cmd->at,
				    "MgcIdToTry of another address family");
	if (h248_assoc_state(c->gw->assoc) != H248_ASSOC_ACTIVE)
		return h248_err_set(err, 502, c->cmd->at, "no association");
	return 0;
}

int gw_service_change_check(struct gw_call *c, struct h248_err *err)
{
	const struct h248_services *sv = services_of(c);

	if (!sv || sv->method == H248_SC_NONE)
		return h248_err_set(err, 472, c->cmd->at, "Services");
	if (sv->audit) /* it is the gateway that announces (7.2.8) */
		return h248_err_set(err, 501, c->cmd->at,
				    "audit in ServiceChange");
	if (sv->method == H248_SC_HANDOFF)
		return check_handoff(c, sv, err);
	return gw_service_check(c, sv, err);
}

void gw_service_change_commit(struct gw_call *c)
{
	const struct h248_services *sv = services_of(c);
	struct sockaddr_storage to;

	if (sv->method != H248_SC_HANDOFF)
		gw_service_commit(c, sv);
	else if (!h248_addr_of_mid(sv->mgc_id, &to))
		(void)h248_assoc_handoff(c->gw->assoc, &to, gw_now_ms());
}

/* The TerminationID alone: done. */
void gw_service_change_reply(struct gw_call *c)
{
	(void)c;
}
