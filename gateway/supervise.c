/* gateway/supervise.c - see supervise.h */
#include "gateway/supervise.h"

#include <stdio.h>
#include <string.h>

#include "gateway/job.h"
#include "gateway/log.h"

/* Without a watchdog the status is still to be fresh. */
#define LOOK_US UINT64_C(5000000)
#define SHORTEST_US UINT64_C(50000)

/* Twice within the time that the manager gives us. */
static uint64_t every_us(const struct gw_sd *sd)
{
	uint64_t us = sd->watchdog_us / 2;

	if (sd->fd < 0)
		return 0;
	if (!us || us > LOOK_US)
		return LOOK_US;
	return us < SHORTEST_US ? SHORTEST_US : us;
}

void gw_supervise_open(struct gw_supervise *s, const struct gw_host *host)
{
	int r;

	memset(s, 0, sizeof(*s));
	s->host = host;
	r = gw_sd_open(&s->sd);
	if (r)
		gw_log(LOG_WARNING, NULL, "NOTIFY_SOCKET: %s", strerror(-r));
	s->every_us = every_us(&s->sd);
}

void gw_supervise_close(struct gw_supervise *s)
{
	gw_sd_close(&s->sd);
}

struct sums {
	unsigned int gateways, active, draining, stopping;
	uint32_t contexts, rendezvous;
	const char *state; /* of the last one */
};

static struct sums sums_of(const struct gw_host *host)
{
	struct sums sums = { .state = "no gateway" };
	const struct gw *gw;

	TAILQ_FOREACH (gw, &host->gateways, entry) {
		enum h248_assoc_state state = h248_assoc_state(gw->assoc);

		sums.gateways++;
		sums.active += state == H248_ASSOC_ACTIVE;
		sums.draining += gw->drain_until_us && !gw->is_stopping;
		sums.stopping += gw->is_stopping;
		sums.contexts += gw->n_contexts;
		sums.rendezvous += gw->n_rendezvous;
		sums.state = h248_assoc_state_name(state);
	}
	return sums;
}

void gw_supervise_status(const struct gw_host *host, char *buf, size_t cap)
{
	struct sums sums = sums_of(host);
	char first[64];

	if (sums.gateways > 1)
		snprintf(first, sizeof(first), "%u of %u gateways active",
			 sums.active, sums.gateways);
	else
		snprintf(first, sizeof(first), "%s", sums.state);
	snprintf(buf, cap, "%s, %u contexts, %u rendezvous%s%s", first,
		 sums.contexts, sums.rendezvous,
		 sums.draining ? ", draining" : "",
		 sums.stopping ? ", stopping" : "");
}

void gw_supervise_ready(struct gw_supervise *s)
{
	gw_supervise_status(s->host, s->status, sizeof(s->status));
	gw_sd_send(&s->sd, "READY=1\nSTATUS=%s", s->status);
}

void gw_supervise_reloading(struct gw_supervise *s)
{
	gw_sd_send(&s->sd, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)gw_now_us());
}

/* How long it may take is in the configuration, which the manager has not
 * read: it hears at each look that we are still at it. */
static void extend(const struct gw_supervise *s)
{
	gw_sd_send(&s->sd, "EXTEND_TIMEOUT_USEC=%llu",
		   (unsigned long long)(3 * LOOK_US));
}

void gw_supervise_stopping(struct gw_supervise *s)
{
	if (s->is_stopping)
		return;
	s->is_stopping = true;
	gw_sd_send(&s->sd, "STOPPING=1");
	extend(s);
}

/* A command takes the worker microseconds.  One that is as old as a look is
 * told apart by its token: they are never used twice. */
static bool is_stuck(struct gw_supervise *s)
{
	bool is_stuck = false;
	unsigned int i = 0;
	const struct gw *gw;

	TAILQ_FOREACH (gw, &s->host->gateways, entry) {
		const struct gw_wait *w = TAILQ_FIRST(&gw->waits);
		uint64_t token = w ? w->token : 0;

		is_stuck = is_stuck || (token && token == s->waiting[i]);
		s->waiting[i++] = token;
	}
	return is_stuck;
}

static void tell_status(struct gw_supervise *s)
{
	char now[sizeof(s->status)];

	gw_supervise_status(s->host, now, sizeof(now));
	if (!strcmp(now, s->status))
		return;
	memcpy(s->status, now, sizeof(now));
	gw_sd_send(&s->sd, "STATUS=%s", now);
}

void gw_supervise_tick(struct gw_supervise *s)
{
	bool was_stuck = s->is_stuck;

	s->is_stuck = is_stuck(s);
	if (s->is_stuck) {
		if (!was_stuck)
			gw_log(LOG_CRIT, NULL,
			       "the packet worker does not answer");
		return;
	}
	if (s->sd.watchdog_us)
		gw_sd_send(&s->sd, "WATCHDOG=1");
	if (s->is_stopping)
		extend(s);
	tell_status(s);
}
