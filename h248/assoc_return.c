/*
 * h248/assoc_return.c - back to the first controller of the list
 *
 * A gateway has one controller, and may send nothing but a registration to
 * another one (H.248.1 clause 11.5): asking whether it is there is asking it to
 * take us.  Until it does, the one that has us keeps us.
 */
#include <errno.h>
#include <stdio.h>
#include <syslog.h>

#include "h248/addr.h"
#include "h248/assoc_int.h"

bool h248_assoc_is_away(const struct h248_assoc *a)
{
	return a->state == H248_ASSOC_ACTIVE && !a->was_sent &&
	       !h248_addr_is_same_host(&a->asked, &a->p.controllers[0]);
}

static void on_answer(void *arg, int err, const struct h248_txn *reply)
{
	struct h248_assoc *a = arg;
	struct assoc_verdict v = { .ev = AEV_NO_ANSWER, .why = "no answer" };
	char line[160];

	a->back_tid = 0;
	if (err == -ECANCELED || a->state != H248_ASSOC_ACTIVE)
		return;
	if (!err)
		h248_assoc_judge(a, &a->p.controllers[0], reply, &v);
	if (v.ev != AEV_ACCEPTED) {
		snprintf(line, sizeof(line),
			 "association: the first controller does not take us"
			 " back: %s",
			 v.why);
		h248_assoc_say(a, LOG_NOTICE, line);
		return;
	}
	a->n_redirects = 0;
	h248_assoc_belong(a, &a->p.controllers[0], &v);
	h248_assoc_enter(a, H248_ASSOC_ACTIVE, "back at the first controller");
}

/* The header is that of any registration; what we tell the one that has us has
 * its own. */
int h248_assoc_return(struct h248_assoc *a, uint64_t now_ms)
{
	uint32_t tid;
	int rc;

	if (!h248_assoc_is_away(a))
		return -ENOTCONN;
	if (a->back_tid)
		return -EALREADY;
	a->now_ms = now_ms;
	h248_txns_set_version(a->txns, h248_assoc_offer_version(a));
	rc = h248_assoc_offer(a, H248_CHANGE_PRIMARY, &a->p.controllers[0],
			      on_answer, a, &tid);
	h248_txns_set_version(a->txns, a->version);
	if (!rc)
		a->back_tid = tid;
	return rc;
}
