/* gateway/core.c - a virtual gateway without sockets and timers */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/auth.h"
#include "gateway/context.h"
#include "gateway/host.h"
#include "gateway/interop.h"
#include "gateway/job.h"
#include "gateway/link.h"
#include "gateway/log_msg.h"
#include "gateway/loss.h"
#include "gateway/notify.h"
#include "gateway/overload.h"
#include "gateway/root.h"
#include "gateway/service.h"
#include "gateway/trace.h"
#include "h248/span.h"

enum { HANGTERM_EVERY_US = 1000000 }; /* and as long as it takes */

static void send_octets(void *arg, const struct sockaddr_storage *to,
			const char *buf, size_t n)
{
	struct gw *gw = arg;

	gw->send(gw->send_arg, to, buf, n);
}

static uint32_t random_number(void *arg)
{
	uint32_t v = 0;

	(void)arg;
	/* Never blocks once the kernel is up; 4 octets come whole. */
	if (getrandom(&v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
		v = (uint32_t)gw_now_us();
	return v;
}

/* Before a transport is open, and in tests, there is no other. */
static void local_address(void *arg, const struct sockaddr_storage *peer,
			  struct sockaddr_storage *out)
{
	struct gw *gw = arg;

	if (gw->transport.ops)
		h248_transport_local_to(&gw->transport, peer, out);
	else
		*out = gw->conf.h248.local;
}

static uint64_t wall_us(void *arg)
{
	(void)arg;
	return gw_wall_us();
}

static void trace(void *arg, bool is_out, const struct sockaddr_storage *peer,
		  const char *buf, size_t n)
{
	struct gw *gw = arg;

	if (gw->host->trace)
		gw_trace_message(gw->host->trace, gw, is_out, peer, buf, n);
	gw_log_message(gw, is_out, peer, buf, n);
}

static void set_hooks(struct gw *gw)
{
	gw->ops.txn.send = send_octets;
	gw->ops.txn.random = random_number;
	gw->ops.txn.local = local_address;
	gw->ops.txn.request = gw_job_request;
	gw->ops.txn.trace = trace;
	gw->ops.txn.log = gw_log_plain;
	gw->ops.txn.heard = gw_link_heard;
	gw->ops.state = gw_link_state;
	gw->ops.wall_us = wall_us;
}

static void copy_changes(const struct conf_h248 *c, struct h248_assoc_params *p)
{
	static const enum h248_sc_method method[] = {
		[CONF_METHOD_RESTART] = H248_SC_RESTART,
		[CONF_METHOD_DISCONNECTED] = H248_SC_DISCONNECTED,
		[CONF_METHOD_FAILOVER] = H248_SC_FAILOVER,
		[CONF_METHOD_HANDOFF] = H248_SC_HANDOFF,
		[CONF_METHOD_GRACEFUL] = H248_SC_GRACEFUL,
		[CONF_METHOD_FORCED] = H248_SC_FORCED,
	};

	_Static_assert((int)CONF_CHANGE__COUNT == (int)H248_CHANGE__COUNT &&
			       (int)CONF_CHANGE_LOSS == (int)H248_CHANGE_LOSS &&
			       (int)CONF_CHANGE_STOP == (int)H248_CHANGE_STOP,
		       "the events are the same ones");
	for (unsigned int i = 0; i < c->n_changes; i++)
		p->change[c->change[i].event] = (struct h248_change) {
			.method = method[c->change[i].method],
			.reason = c->change[i].reason,
		};
}

static int make_assoc(struct gw *gw)
{
	const struct conf_h248 *c = &gw->conf.h248;
	struct h248_assoc_params p = {
		.txn = {
			.version = c->version,
			.auth = gw->auth,
			.max_txns_per_msg = c->max_txns_per_msg,
			.first_tid = 1 + (random_number(NULL) & 0xffffff),
			.retransmit_ms = c->retransmit_ms,
			.retransmit_max_ms = c->retransmit_max_ms,
			.t_max_ms = c->t_max_ms,
			.long_timer_ms = c->long_timer_ms,
			.provisional_ms = c->provisional_ms,
			.pending_limit = c->pending_limit,
			.segment_ms = c->segment_ms,
			.segment_octets = c->segment_octets,
			.is_reliable = c->transport != CONF_TRANSPORT_UDP,
		},
		.n_controllers = c->n_controllers,
		.profile_version = c->profile_version,
		.offers_in_header = c->interop.offers_in_header,
		.min_version = c->min_version,
		.mwd_ms = c->mwd_ms,
	};

	_Static_assert((int)CONF_MAX_CONTROLLERS <= (int)H248_MAX_CONTROLLERS,
		       "every controller has a place");
	gw_interop_style(c, &p.txn.style);
	if (h248_mid_dec(h248_span_of(c->mid), &p.txn.mid))
		return -EINVAL;
	memcpy(p.controllers, c->controller,
	       c->n_controllers * sizeof(c->controller[0]));
	snprintf(p.profile, sizeof(p.profile), "%s", c->profile);
	_Static_assert((int)CONF_MAX_PROFILES <= (int)H248_MAX_PROFILES,
		       "every profile has a place");
	for (; p.n_accept < c->n_accept; p.n_accept++) {
		memcpy(p.accept[p.n_accept].name, c->accept[p.n_accept].name,
		       sizeof(p.accept[0].name));
		p.accept[p.n_accept].version = c->accept[p.n_accept].version;
	}
	copy_changes(c, &p);
	gw->assoc = h248_assoc_new(&p, &gw->ops, gw);
	return gw->assoc ? 0 : -ENOMEM;
}

int gw_init(struct gw *gw, struct gw_host *host,
	    const struct conf_gateway *conf, char *err, size_t cap)
{
	int r;

	memset(gw, 0, sizeof(*gw));
	gw->host = host;
	gw->conf = *conf;
	gw->pkgs = host->pkgs;
	gw->engine = host->engine;
	gw->start_us = gw_now_us();
	TAILQ_INIT(&gw->to_tell);
	TAILQ_INIT(&gw->front);
	TAILQ_INIT(&gw->ready);
	TAILQ_INIT(&gw->waits);
	set_hooks(gw);
	snprintf(err, cap, "out of memory");
	gw->root = gw_root_new();
	r = gw_contexts_init(gw);
	if (!r && !gw->root)
		r = -ENOMEM;
	if (!r)
		r = gw_auth_load(&gw->conf.h248.auth, &gw->auth, err, cap);
	if (!r) {
		r = make_assoc(gw);
		if (r == -EINVAL)
			snprintf(err, cap, "mid \"%s\" is not a valid MID",
				 conf->h248.mid);
	}
	if (r)
		gw_fini(gw);
	else
		gw_host_enter(host, gw, conf);
	return r;
}

enum h248_assoc_state gw_assoc_state(const struct gw *gw)
{
	return gw->assoc ? h248_assoc_state(gw->assoc) : H248_ASSOC_IDLE;
}

void gw_fini(struct gw *gw)
{
	gw_host_leave(gw->host, gw);
	gw_jobs_fini(gw);
	h248_assoc_free(gw->assoc);
	gw->assoc = NULL;
	h248_auth_free(gw->auth);
	gw->auth = NULL;
	gw_loss_fini(gw);
	gw_contexts_fini(gw);
	gw_root_free(gw->root);
	gw->root = NULL;
}

void gw_input(struct gw *gw, const struct sockaddr_storage *from,
	      const char *buf, size_t n)
{
	h248_assoc_input(gw->assoc, from, buf, n, gw_now_ms());
}

uint64_t gw_next_ms(const struct gw *gw)
{
	uint64_t next = h248_assoc_next(gw->assoc);
	uint64_t hangterm = gw->hangterm_us / 1000;
	uint64_t link_us = gw_link_next_us(gw);

	if (!TAILQ_EMPTY(&gw->front) || !TAILQ_EMPTY(&gw->ready))
		return 0;
	if (!TAILQ_EMPTY(&gw->contexts) && hangterm < next)
		next = hangterm;
	if (gw_service_next_us(gw) < link_us)
		link_us = gw_service_next_us(gw);
	if (gw_overload_next_us(gw) < link_us)
		link_us = gw_overload_next_us(gw);
	if (link_us != UINT64_MAX && (link_us + 999) / 1000 < next)
		next = (link_us + 999) / 1000;
	return next;
}

void gw_tick(struct gw *gw)
{
	uint64_t now_us = gw_now_us();

	h248_assoc_tick(gw->assoc, now_us / 1000);
	if (now_us >= gw->hangterm_us) {
		gw->hangterm_us = now_us;
		if (!gw_notify_hangterm(gw, now_us))
			gw->hangterm_us += HANGTERM_EVERY_US;
	}
	gw_notify_resume(gw);
	gw_link_tick(gw, now_us);
	gw_service_tick(gw, now_us);
	gw_overload_tick(gw);
	gw_jobs_run(gw);
}
