/* gateway/wire.c - a virtual gateway on libevent: its socket and its timer */
#include "gateway/wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/auth.h"
#include "gateway/host.h"
#include "gateway/drain.h"
#include "gateway/job.h"
#include "gateway/link.h"
#include "gateway/log.h"

enum { MAX_SLEEP_MS = 1000 };

/* It has left its controller; other gateways may go on.  What is left of its
 * sessions ends: nobody could ask for their end any more. */
static void end(struct gw *gw)
{
	h248_transport_close(&gw->transport);
	(void)gw_link_release_some(gw, UINT64_MAX);
	gw_jobs_run(gw);
}

static uint64_t next_ms(const struct gw *gw)
{
	if (!gw_drain_is_over(gw))
		return gw_next_ms(gw);
	return gw->transport.ops || gw->n_contexts ? 0 : UINT64_MAX;
}

void gw_wire_arm(struct gw *gw)
{
	uint64_t next = next_ms(gw), now = gw_now_ms(), wait;
	struct timeval tv;

	wait = next > now ? next - now : 0;
	if (wait > MAX_SLEEP_MS)
		wait = MAX_SLEEP_MS;
	tv.tv_sec = (time_t)(wait / 1000);
	tv.tv_usec = (suseconds_t)(wait % 1000 * 1000);
	event_add(gw->timer, &tv);
	if (gw_drain_is_over(gw))
		gw_host_stopped(gw->host);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gw *gw = arg;

	(void)fd;
	(void)what;
	if (gw_drain_is_over(gw))
		end(gw);
	else
		gw_tick(gw);
	gw_wire_arm(gw);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct gw *gw = arg;

	gw_input(gw, from, buf, n);
	gw_wire_arm(gw);
}

/* Whoever comes back may have forgotten us: it is asked. */
static void on_lost(void *arg, const struct sockaddr_storage *peer)
{
	struct gw *gw = arg;

	h248_assoc_link_lost(gw->assoc, peer, gw_now_ms());
	gw_wire_arm(gw);
}

static const struct h248_transport_hooks HOOKS = {
	.recv = on_message,
	.lost = on_lost,
	.log = gw_log_plain,
};

static void send_message(void *arg, const struct sockaddr_storage *to,
			 const char *buf, size_t n)
{
	struct gw *gw = arg;
	struct gw_about at = gw_about_gw(gw);
	int r;

	if (!gw->transport.ops)
		return; /* it has left */
	r = h248_transport_send(&gw->transport, to, buf, n);
	if (r && r != -EAGAIN)
		gw_log(GW_LOG_H248 | LOG_WARNING, &at,
		       "sending to the controller: %s", strerror(-r));
}

static int open_transport(struct gw *gw, char *err, size_t cap)
{
	const struct conf_h248 *c = &gw->conf.h248;
	const struct h248_tls_params files = {
		.certificate = c->tls_certificate,
		.key = c->tls_key,
		.ca = c->tls_ca,
		.crl = c->tls_crl,
		.name = c->tls_name,
	};
	struct h248_transport_params p = {
		.kind = c->transport == CONF_TRANSPORT_UDP ?
				H248_TRANSPORT_UDP :
				H248_TRANSPORT_TCP,
		.local = c->local,
	};
	int r = 0;

	if (c->transport == CONF_TRANSPORT_TLS)
		r = h248_tls_new(&files, &gw->tls, err, cap);
	if (r)
		return r;
	p.tls = gw->tls;
	r = h248_transport_open(&p, gw->host->base, &HOOKS, gw, &gw->transport);
	if (r)
		snprintf(err, cap, "h248 listen address: %s", strerror(-r));
	return r;
}

int gw_wire_open(struct gw *gw, char *err, size_t cap)
{
	gw->send = send_message;
	gw->send_arg = gw;
	gw->timer = evtimer_new(gw->host->base, on_timer, gw);
	if (!gw->timer) {
		snprintf(err, cap, "cannot set up a timer");
		return -ENOMEM;
	}
	return open_transport(gw, err, cap);
}

void gw_wire_close(struct gw *gw)
{
	if (gw->timer)
		event_free(gw->timer);
	gw->timer = NULL;
	h248_transport_close(&gw->transport);
	h248_tls_free(gw->tls);
	gw->tls = NULL;
}

int gw_wire_reload_tls(struct gw *gw, char *err, size_t cap)
{
	struct gw_about at = gw_about_gw(gw);
	int r = gw->tls ? h248_tls_reload(gw->tls, err, cap) : 0;

	if (r)
		gw_log(GW_LOG_H248 | LOG_ERR, &at, "TLS stays as it was: %s",
		       err);
	else if (gw->tls)
		gw_log(GW_LOG_H248 | LOG_NOTICE, &at, "TLS files read again");
	return r;
}

int gw_wire_reload_auth(struct gw *gw, char *err, size_t cap)
{
	struct gw_about at = gw_about_gw(gw);
	int r = gw->auth ?
			gw_auth_load(&gw->conf.h248.auth, &gw->auth, err, cap) :
			0;

	if (r)
		gw_log(GW_LOG_H248 | LOG_ERR, &at,
		       "authentication stays as it was: %s", err);
	else if (gw->auth)
		gw_log(GW_LOG_H248 | LOG_NOTICE, &at,
		       "authentication keys read again");
	return r;
}
