/*
 * gateway/cmd_service_change.c - ServiceChange from a controller (7.2.8)
 *
 * Orders to the association (HandOff) are not built; nothing is done and the
 * controller is told so.
 */
#include "gateway/cmd.h"
#include "h248/error.h"

int gw_service_change_check(struct gw_call *c, struct h248_err *err)
{
	const struct h248_desc *d = gw_cmd_desc(c->cmd, H248_DESC_SERVICES);

	if (!d || !d->u.services || d->u.services->method == H248_SC_NONE)
		return h248_err_set(err, 472, c->cmd->at, "Services");
	return h248_err_set(err, 501, c->cmd->at, "ServiceChange");
}
