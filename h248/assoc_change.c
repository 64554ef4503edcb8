/*
 * h248/assoc_change.c - what the gateway says of itself: method and reason
 *
 * H.248.1 clause 7.2.8 and H.248.8; each can be set otherwise, because
 * controllers differ in what they expect.
 */
#include <stdio.h>

#include "h248/addr.h"
#include "h248/assoc_int.h"

static const struct h248_change defaults[H248_CHANGE__COUNT] = {
	[H248_CHANGE_BOOT] = { H248_SC_RESTART, 901 },
	[H248_CHANGE_RETURN] = { H248_SC_DISCONNECTED, 900 },
	[H248_CHANGE_PRIMARY] = { H248_SC_DISCONNECTED, 900 },
	[H248_CHANGE_FAILOVER] = { H248_SC_FAILOVER, 909 },
	[H248_CHANGE_HANDOFF] = { H248_SC_HANDOFF, 903 },
	[H248_CHANGE_LOSS] = { H248_SC_FORCED, 915 },
	[H248_CHANGE_DRAIN] = { H248_SC_GRACEFUL, 905 },
	[H248_CHANGE_RESUME] = { H248_SC_RESTART, 918 },
	[H248_CHANGE_STOP] = { H248_SC_FORCED, 908 },
	[H248_CHANGE_REALM_DOWN] = { H248_SC_FORCED, 906 },
	[H248_CHANGE_REALM_UP] = { H248_SC_RESTART, 900 },
	[H248_CHANGE_PACKAGES] = { H248_SC_RESTART, 916 },
};

/* From 900 on; NULL: a code without a text. */
static const char *const reasons[] = {
	"Service Restored",
	"Cold Boot",
	"Warm Boot",
	"MGC Directed Change",
	"Termination Malfunctioning",
	"Termination Taken Out Of Service",
	"Loss Of Lower Layer Connectivity",
	"Transmission Failure",
	"MG Impending Failure",
	"MGC Impending Failure",
	"Media Capability Failure",
	"Modem Capability Failure",
	"Mux Capability Failure",
	"Signal Capability Failure",
	"Event Capability Failure",
	"State Loss",
	"Packages Change",
	"Capabilities Change",
	"Cancel Graceful",
	"Warm Failover",
	"Cold Failover",
};

struct h248_change h248_assoc_change_of(const struct h248_assoc *a,
					enum h248_change_event what)
{
	struct h248_change c = a->p.change[what];

	if (!c.method)
		c.method = defaults[what].method;
	if (!c.reason)
		c.reason = defaults[what].reason;
	return c;
}

void h248_assoc_reason(uint16_t code, char *buf, size_t cap)
{
	const size_t n = sizeof(reasons) / sizeof(*reasons);

	if (code >= 900 && code < 900 + n)
		snprintf(buf, cap, "%u %s", code, reasons[code - 900]);
	else
		snprintf(buf, cap, "%u", code);
}

enum h248_change_event h248_assoc_offer_to(const struct h248_assoc *a)
{
	if (!a->has_mgc)
		return H248_CHANGE_BOOT;
	if (a->has_lost &&
	    h248_assoc_change_of(a, H248_CHANGE_LOSS).method == H248_SC_RESTART)
		return H248_CHANGE_LOSS;
	if (a->is_handoff)
		return H248_CHANGE_HANDOFF;
	return h248_addr_eq(&a->mgc, &a->target) ? H248_CHANGE_RETURN :
						   H248_CHANGE_FAILOVER;
}
