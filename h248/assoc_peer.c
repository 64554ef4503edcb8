/*
 * h248/assoc_peer.c - who is heard, and whose commands are executed
 *
 * Heard is who stands in the list, or was named by one of those; by address,
 * because a MID is only what somebody says of himself (C50).  Executed is what
 * our controller wants: the one at an address that it has, or that calls itself
 * as it does, since a controller may speak from several (C31).
 */
#include <inttypes.h>
#include <stdio.h>
#include <strings.h>
#include <syslog.h>

#include "h248/addr.h"
#include "h248/assoc_int.h"

enum {
	STRANGER_LOG_MS = 60000, /* between two lines about strangers */
};

/* Those of the list, the one we are asking and the one we have. */
static bool is_known(const struct h248_assoc *a,
		     const struct sockaddr_storage *from)
{
	for (unsigned int i = 0; i < a->p.n_controllers; i++)
		if (h248_addr_is_same_host(&a->p.controllers[i], from))
			return true;
	return h248_addr_is_same_host(&a->target, from) ||
	       (a->has_mgc && (h248_addr_is_same_host(&a->mgc, from) ||
			       h248_addr_is_same_host(&a->asked, from)));
}

/* Not more than a line a minute, whoever shouts. */
static bool may_log(struct h248_assoc *a)
{
	if (a->now_ms < a->stranger_log_ms)
		return false;
	a->stranger_log_ms = a->now_ms + STRANGER_LOG_MS;
	return true;
}

bool h248_assoc_hears(struct h248_assoc *a, const struct sockaddr_storage *from)
{
	char line[80];

	if (is_known(a, from))
		return true;
	a->strangers++;
	if (!may_log(a))
		return false;
	snprintf(line, sizeof(line),
		 "dropped what is from no controller of ours, %" PRIu64
		 " so far",
		 a->strangers);
	h248_assoc_say(a, LOG_WARNING, line);
	return false;
}

static bool is_ours(const struct h248_assoc *a, const struct h248_mid *mid,
		    const struct sockaddr_storage *from)
{
	char text[H248_MAX_MID];

	if (h248_addr_is_same_host(&a->mgc, from) ||
	    h248_addr_is_same_host(&a->asked, from))
		return true;
	return a->mgc_mid[0] && !h248_mid_enc(mid, text, sizeof(text)) &&
	       !strcasecmp(text, a->mgc_mid);
}

/* The first one is not disturbed, the operator is told. */
static void on_rival(struct h248_assoc *a, const struct sockaddr_storage *from)
{
	char line[160], peer[64];

	a->rivals++;
	if (!may_log(a))
		return;
	h248_addr_str(from, peer, sizeof(peer));
	snprintf(line, sizeof(line),
		 "refused what %s asks: it is not our controller, %" PRIu64
		 " so far",
		 peer, a->rivals);
	h248_assoc_say(a, LOG_WARNING, line);
}

uint16_t h248_assoc_refuses(struct h248_assoc *a, const struct h248_msg *msg,
			    const struct sockaddr_storage *from)
{
	if (a->state == H248_ASSOC_ACTIVE && is_ours(a, &msg->mid, from))
		return 0;
	if (a->state == H248_ASSOC_ACTIVE)
		on_rival(a, from);
	if (a->misfit_code && h248_addr_is_same_host(&a->misfit, from))
		return a->misfit_code;
	return 505;
}
