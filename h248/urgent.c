/* h248/urgent.c - see urgent.h */
#include "h248/urgent.h"

static bool is_heartbeat(const struct h248_cmd *c)
{
	const struct h248_desc *d = c->descs;

	return c->kind == H248_CMD_AUDIT_VALUE && c->terms &&
	       c->terms->is_root &&
	       (!d || (!d->next && d->kind == H248_DESC_AUDIT && !d->u.audit));
}

bool h248_action_is_urgent(const struct h248_action *a)
{
	const struct h248_cmd *c = a->cmds;

	while (c && (c->kind == H248_CMD_SUBTRACT || is_heartbeat(c)))
		c = c->next;
	return a->cmds && !c;
}

bool h248_txn_is_urgent(const struct h248_txn *txn)
{
	const struct h248_action *a = txn->actions;

	while (a && h248_action_is_urgent(a))
		a = a->next;
	return txn->actions && !a;
}
