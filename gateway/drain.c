/* gateway/drain.c - see drain.h */
#include "gateway/drain.h"

#include <errno.h>
#include <syslog.h>

#include "gateway/log.h"

enum {
	LEAVE_MS = 2000, /* the last ServiceChange may wait for its answer */
};

#define SECOND_US UINT64_C(1000000)

static void leave(struct gw *gw)
{
	struct gw_about at = gw_about_gw(gw);

	gw->is_stopping = true;
	gw_log(LOG_NOTICE, &at, "stopping, %u contexts", gw->n_contexts);
	h248_assoc_stop(gw->assoc, LEAVE_MS, gw_now_ms());
}

/* Without a controller nobody is to be told; the next one is. */
static int announce(struct gw *gw)
{
	uint64_t now_us = gw_now_us();
	struct h248_report r = { .what = H248_CHANGE_DRAIN };

	if (gw->drain_until_us != UINT64_MAX && gw->drain_until_us > now_us)
		r.delay_s = (uint32_t)((gw->drain_until_us - now_us +
					SECOND_US - 1) /
				       SECOND_US);
	return h248_assoc_report(gw->assoc, &r, NULL, NULL, now_us / 1000);
}

int gw_drain(struct gw *gw, uint32_t seconds)
{
	struct gw_about at = gw_about_gw(gw);

	if (gw->drain_until_us || gw->is_stopping)
		return -EALREADY;
	gw->drain_until_us =
		seconds ? gw_now_us() + seconds * SECOND_US : UINT64_MAX;
	gw_log(LOG_NOTICE, &at, "draining, %u contexts", gw->n_contexts);
	(void)announce(gw);
	return 0;
}

int gw_drain_cancel(struct gw *gw)
{
	struct gw_about at = gw_about_gw(gw);
	struct h248_report r = { .what = H248_CHANGE_RESUME };

	if (!gw->drain_until_us || gw->is_stopping)
		return -EALREADY;
	gw->drain_until_us = 0;
	gw->is_leaving = false;
	gw_log(LOG_NOTICE, &at, "in service again, %u contexts",
	       gw->n_contexts);
	(void)h248_assoc_report(gw->assoc, &r, NULL, NULL, gw_now_ms());
	return 0;
}

void gw_drain_stop(struct gw *gw)
{
	struct gw_about at = gw_about_gw(gw);
	uint32_t drain_s = gw->conf.h248.drain_s;

	if (gw->is_leaving || !drain_s || !gw->n_contexts) {
		leave(gw);
		return;
	}
	gw->is_leaving = true;
	gw->drain_until_us = gw_now_us() + drain_s * SECOND_US;
	if (announce(gw))
		leave(gw);
	else
		gw_log(LOG_NOTICE, &at,
		       "stopping in %u s, or without contexts: %u", drain_s,
		       gw->n_contexts);
}

bool gw_drain_is_over(const struct gw *gw)
{
	return gw->is_stopping &&
	       h248_assoc_state(gw->assoc) == H248_ASSOC_IDLE;
}

bool gw_drain_refuses(const struct gw *gw, bool is_emergency)
{
	if (gw->is_stopping)
		return true;
	return gw->drain_until_us &&
	       !(is_emergency && gw->conf.h248.emergency_when_out);
}

void gw_drain_repeat(struct gw *gw)
{
	if (gw->drain_until_us && !gw->is_stopping)
		(void)announce(gw);
}

uint64_t gw_drain_next_us(const struct gw *gw)
{
	if (!gw->drain_until_us || gw->is_stopping)
		return UINT64_MAX;
	return gw->is_leaving && !gw->n_contexts ? 0 : gw->drain_until_us;
}

/* Who only drains stays, out of service, until it is told otherwise. */
static void end_sessions(struct gw *gw, uint64_t now_us)
{
	gw->drain_until_us = UINT64_MAX;
	gw->service.end_before_us = now_us + 1;
}

void gw_drain_tick(struct gw *gw, uint64_t now_us)
{
	if (now_us < gw_drain_next_us(gw))
		return;
	if (gw->is_leaving)
		leave(gw);
	else
		end_sessions(gw, now_us);
}
