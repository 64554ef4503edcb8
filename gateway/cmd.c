/* gateway/cmd.c - which command may have what, and who executes it */
#include "gateway/cmd.h"

#include <stddef.h>

#include "h248/error.h"
#include "h248/names.h"

#define D(kind) (1u << H248_DESC_##kind)
#define C(kind) (1u << H248_CTX_##kind)

/* H.248.1 7.2.1 to 7.2.8; contexts: 7.2 and 8.1.  Move (7.2.3) is not
 * offered by the profile. */
static const struct gw_cmd_ops table[H248_CMD__COUNT] = {
	[H248_CMD_ADD] = { D(MEDIA) | D(EVENTS) | D(SIGNALS) | D(AUDIT),
			   C(CHOOSE) | C(ID), false, true, gw_add_check,
			   gw_add_commit, gw_add_reply },
	[H248_CMD_MODIFY] = { D(MEDIA) | D(EVENTS) | D(SIGNALS) | D(AUDIT),
			      C(NULL) | C(ID) | C(ALL), true, true,
			      gw_modify_check, gw_modify_commit,
			      gw_modify_reply },
	[H248_CMD_SUBTRACT] = { D(AUDIT), C(ID) | C(ALL), false, true,
				gw_subtract_check, gw_subtract_commit,
				gw_subtract_reply },
	[H248_CMD_AUDIT_VALUE] = { D(AUDIT), C(NULL) | C(ID) | C(ALL), true,
				   true, gw_audit_check, NULL, gw_audit_reply },
	[H248_CMD_AUDIT_CAP] = { D(AUDIT), C(NULL) | C(ID) | C(ALL), true, true,
				 gw_audit_check, NULL, gw_audit_reply },
	[H248_CMD_SERVICE_CHANGE] = { D(SERVICES), C(NULL) | C(ID) | C(ALL),
				      true, true, gw_service_change_check,
				      gw_service_change_commit,
				      gw_service_change_reply },
};

/* Not in the profile of this gateway (T13).  Statistics in Add and Modify (v3)
 * would switch them on or off: they are always on. */
static const unsigned int unsupported =
	D(MODEM) | D(MUX) | D(DIGIT_MAP) | D(EVENT_BUFFER) | D(STATISTICS);

const struct gw_cmd_ops *gw_cmd_ops(enum h248_cmd_kind kind)
{
	return kind < H248_CMD__COUNT && table[kind].check ? &table[kind] :
							     NULL;
}

int gw_cmd_check_descs(const struct h248_cmd *cmd, struct h248_err *err)
{
	unsigned int legal = gw_cmd_ops(cmd->kind)->descs, seen = 0, bit;

	for (const struct h248_desc *d = cmd->descs; d; d = d->next) {
		bit = 1u << d->kind;
		if (bit & unsupported)
			return h248_err_set(err, 444, d->at, "%s",
					    h248_desc_name(d->kind));
		if (!(bit & legal))
			return h248_err_set(err, 447, d->at, "%s",
					    h248_desc_name(d->kind));
		if (bit & seen)
			return h248_err_set(err, 448, d->at, "%s",
					    h248_desc_name(d->kind));
		seen |= bit;
	}
	return 0;
}

const struct h248_desc *gw_cmd_desc(const struct h248_cmd *cmd,
				    enum h248_desc_kind kind)
{
	const struct h248_desc *d = cmd->descs;

	while (d && d->kind != kind)
		d = d->next;
	return d;
}

bool gw_cmd_is_union(const struct h248_cmd *cmd)
{
	return cmd->is_wildcard_reply && cmd->terms && cmd->terms->has_all;
}
