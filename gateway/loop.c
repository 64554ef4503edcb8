/* gateway/loop.c - the host on libevent: loop, engine, signals, gateways */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/ctl.h"
#include "gateway/drain.h"
#include "gateway/host.h"
#include "gateway/http.h"
#include "gateway/log.h"
#include "gateway/packages.h"
#include "gateway/reload.h"
#include "gateway/supervise.h"
#include "gateway/trace.h"
#include "gateway/wire.h"

static void on_engine(evutil_socket_t fd, short what, void *arg)
{
	struct gw_host *host = arg;
	struct gw *gw;

	(void)fd;
	(void)what;
	gw_host_engine_ready(host);
	TAILQ_FOREACH (gw, &host->gateways, entry)
		gw_wire_arm(gw);
}

/* A turn of the loop brings many messages: the worker is woken once, when all
 * of them have been read. */
static void on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct gw_host *host = arg;

	(void)fd;
	(void)what;
	pkt_engine_flush(host->engine);
}

static void flush_later(void *arg)
{
	struct gw_host *host = arg;

	event_active(host->flush_event, EV_TIMEOUT, 0);
}

static void on_links(evutil_socket_t fd, short what, void *arg)
{
	struct gw_host *host = arg;
	struct gw *gw;

	(void)fd;
	(void)what;
	gw_host_links_ready(host);
	TAILQ_FOREACH (gw, &host->gateways, entry)
		gw_wire_arm(gw);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	gw_host_stop(arg);
}

static void on_hup(evutil_socket_t fd, short what, void *arg)
{
	struct gw_host *host = arg;

	(void)fd;
	(void)what;
	gw_supervise_reloading(host->supervise);
	gw_reload_logged(host);
	gw_supervise_ready(host->supervise);
}

static void on_supervise(evutil_socket_t fd, short what, void *arg)
{
	struct gw_host *host = arg;

	(void)fd;
	(void)what;
	gw_supervise_tick(host->supervise);
}

static void on_log(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	gw_log_tick();
}

static int make_events(struct gw_host *h)
{
	static const struct timeval second = { .tv_sec = 1 };

	/* A connection that is gone is an error of the write. */
	signal(SIGPIPE, SIG_IGN);
	h->engine_event = event_new(h->base, pkt_engine_evt_fd(h->engine),
				    EV_READ | EV_PERSIST, on_engine, h);
	h->flush_event = event_new(h->base, -1, 0, on_flush, h);
	h->log_event = event_new(h->base, -1, EV_PERSIST, on_log, h);
	h->links_event = event_new(h->base, pkt_links_fd(h->links),
				   EV_READ | EV_PERSIST, on_links, h);
	if (!h->engine_event || !h->flush_event || !h->log_event ||
	    !h->links_event)
		return -ENOMEM;
	pkt_engine_defer(h->engine, flush_later, h);
	if (gw_sigs_open(h->sig, h->base, on_stop, on_hup, h) ||
	    event_add(h->engine_event, NULL) ||
	    event_add(h->log_event, &second) || event_add(h->links_event, NULL))
		return -EIO;
	return 0;
}

static int start_supervise(struct gw_host *h)
{
	struct timeval tv;
	uint64_t us;

	h->supervise = calloc(1, sizeof(*h->supervise));
	if (!h->supervise)
		return -ENOMEM;
	gw_supervise_open(h->supervise, h);
	us = h->supervise->every_us;
	if (!us)
		return 0;
	tv.tv_sec = (time_t)(us / 1000000);
	tv.tv_usec = (suseconds_t)(us % 1000000);
	h->supervise_event =
		event_new(h->base, -1, EV_PERSIST, on_supervise, h);
	if (!h->supervise_event || event_add(h->supervise_event, &tv))
		return -ENOMEM;
	return 0;
}

/* What is left of it when this fails, gw_host_shutdown() takes. */
static int start_gateway(struct gw_host *host, const struct conf_gateway *conf,
			 char *err, size_t cap)
{
	struct gw *gw = calloc(1, sizeof(*gw));
	int r = gw ? gw_init(gw, host, conf, err, cap) : -ENOMEM;

	if (!gw)
		snprintf(err, cap, "out of memory");
	if (!r)
		return gw_wire_open(gw, err, cap);
	free(gw);
	return r;
}

static int start_all(struct gw_host *host, char *err, size_t cap)
{
	const struct conf *conf = host->conf;
	int r = 0;

	gw_log_libevent();
	host->base = event_base_new();
	if (!host->base || make_events(host) || start_supervise(host)) {
		snprintf(err, cap, "cannot set up the event loop");
		return -ENOMEM;
	}
	for (unsigned int i = 0; !r && i < conf->n_gateways; i++)
		r = start_gateway(host, &conf->gateway[i], err, cap);
	if (!r && conf->control_socket[0])
		r = gw_ctl_new(host, conf->control_socket, &host->ctl, err,
			       cap);
	if (!r && conf->http.ss_family != AF_UNSPEC)
		r = gw_http_new(host, &conf->http, &host->http, err, cap);
	return r;
}

int gw_host_start(struct gw_host *host, const struct conf *conf, char *err,
		  size_t cap)
{
	struct h248_pkgs *pkgs;
	struct gw *gw;
	int r = gw_packages_load(conf->package_dir, &pkgs, err, cap);

	if (!r)
		r = gw_host_init(host, conf, pkgs, err, cap);
	if (r)
		return r;
	r = start_all(host, err, cap);
	if (r) {
		gw_host_shutdown(host);
		return r;
	}
	gw_host_links_ready(host); /* as they are now */
	TAILQ_FOREACH (gw, &host->gateways, entry)
		h248_assoc_start(gw->assoc, gw_now_ms());
	return 0;
}

void gw_host_run(struct gw_host *host)
{
	struct gw *gw;

	gw_log(LOG_NOTICE, NULL, "bgfd %s \"%s\" is up", BGF_VERSION,
	       host->conf->name);
	TAILQ_FOREACH (gw, &host->gateways, entry)
		gw_wire_arm(gw);
	gw_supervise_ready(host->supervise);
	event_base_dispatch(host->base);
	gw_log(LOG_NOTICE, NULL, "stopped");
}

/* The last signal does not wait for controllers. */
void gw_host_stop(struct gw_host *host)
{
	bool are_leaving = true;
	struct gw *gw;

	gw_supervise_stopping(host->supervise);
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		if (gw->is_stopping)
			continue;
		are_leaving = false;
		gw_drain_stop(gw);
		gw_wire_arm(gw);
	}
	if (are_leaving)
		event_base_loopbreak(host->base);
}

void gw_host_stopped(struct gw_host *host)
{
	struct gw *gw;

	TAILQ_FOREACH (gw, &host->gateways, entry)
		if (!gw_drain_is_over(gw))
			return;
	event_base_loopbreak(host->base);
}

static void free_event(struct event **e)
{
	if (*e)
		event_free(*e);
	*e = NULL;
}

static void end_gateways(struct gw_host *host)
{
	struct gw *gw;

	while ((gw = TAILQ_FIRST(&host->gateways))) {
		gw_wire_close(gw);
		gw_fini(gw);
		free(gw);
	}
}

void gw_host_shutdown(struct gw_host *host)
{
	gw_sigs_close(host->sig);
	gw_http_free(host->http);
	host->http = NULL;
	gw_ctl_free(host->ctl);
	host->ctl = NULL;
	gw_trace_free(host->trace);
	pkt_engine_defer(host->engine, NULL, NULL);
	pkt_engine_flush(host->engine);
	free_event(&host->engine_event);
	free_event(&host->flush_event);
	free_event(&host->log_event);
	free_event(&host->links_event);
	free_event(&host->supervise_event);
	end_gateways(host);
	gw_host_fini(host);
	if (host->base)
		event_base_free(host->base);
	host->base = NULL;
	if (host->supervise)
		gw_supervise_close(host->supervise);
	free(host->supervise);
	host->supervise = NULL;
}
