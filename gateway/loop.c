/* gateway/loop.c - the gateway on libevent: sockets, timers, signals */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "gateway/ctl.h"
#include "gateway/gw.h"
#include "gateway/link.h"
#include "gateway/log.h"
#include "gateway/packages.h"

enum { MAX_SLEEP_MS = 1000 };

static void arm(struct gw *gw)
{
	uint64_t next = gw_next_ms(gw), now = gw_now_ms(), wait;
	struct timeval tv;

	wait = next > now ? next - now : 0;
	if (wait > MAX_SLEEP_MS)
		wait = MAX_SLEEP_MS;
	tv.tv_sec = (time_t)(wait / 1000);
	tv.tv_usec = (suseconds_t)(wait % 1000 * 1000);
	event_add(gw->timer, &tv);
	if (gw->is_stopping && h248_assoc_state(gw->assoc) == H248_ASSOC_IDLE)
		event_base_loopbreak(gw->base);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gw *gw = arg;

	(void)fd;
	(void)what;
	gw_tick(gw);
	arm(gw);
}

static void on_engine(evutil_socket_t fd, short what, void *arg)
{
	struct gw *gw = arg;

	(void)fd;
	(void)what;
	gw_engine_ready(gw);
	arm(gw);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct gw *gw = arg;

	gw_input(gw, from, buf, n);
	arm(gw);
}

/* Whoever comes back may have forgotten us: it is asked. */
static void on_lost(void *arg, const struct sockaddr_storage *peer)
{
	struct gw *gw = arg;

	h248_assoc_link_lost(gw->assoc, peer, gw_now_ms());
	arm(gw);
}

static const struct h248_transport_hooks HOOKS = {
	.recv = on_message,
	.lost = on_lost,
	.log = gw_log_plain,
};

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	gw_stop(arg);
}

static void send_message(void *arg, const struct sockaddr_storage *to,
			 const char *buf, size_t n)
{
	struct gw *gw = arg;
	int r = h248_transport_send(&gw->transport, to, buf, n);

	if (r && r != -EAGAIN)
		gw_log(LOG_WARNING, NULL, "sending to the controller: %s",
		       strerror(-r));
}

static int open_transport(struct gw *gw, char *err, size_t cap)
{
	const struct conf_h248 *c = &gw->conf.h248;
	const struct h248_tls_params files = {
		.certificate = c->tls_certificate,
		.key = c->tls_key,
		.ca = c->tls_ca,
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
	r = h248_transport_open(&p, gw->base, &HOOKS, gw, &gw->transport);
	if (r)
		snprintf(err, cap, "h248 listen address: %s", strerror(-r));
	return r;
}

/* Certificates are replaced while we run; what cannot be read changes
 * nothing. */
static void on_hup(evutil_socket_t fd, short what, void *arg)
{
	struct gw *gw = arg;
	char err[512];

	(void)fd;
	(void)what;
	if (!gw->tls)
		return;
	if (h248_tls_reload(gw->tls, err, sizeof(err)))
		gw_log(LOG_ERR, NULL, "TLS stays as it was: %s", err);
	else
		gw_log(LOG_NOTICE, NULL, "TLS files read again");
}

static int make_events(struct gw *gw)
{
	/* A connection that is gone is an error of the write. */
	signal(SIGPIPE, SIG_IGN);
	gw->timer = evtimer_new(gw->base, on_timer, gw);
	gw->engine_event = event_new(gw->base, pkt_engine_evt_fd(gw->engine),
				     EV_READ | EV_PERSIST, on_engine, gw);
	gw->sig_term = evsignal_new(gw->base, SIGTERM, on_signal, gw);
	gw->sig_int = evsignal_new(gw->base, SIGINT, on_signal, gw);
	gw->sig_hup = evsignal_new(gw->base, SIGHUP, on_hup, gw);
	if (!gw->timer || !gw->engine_event || !gw->sig_term || !gw->sig_int ||
	    !gw->sig_hup)
		return -ENOMEM;
	if (event_add(gw->engine_event, NULL) ||
	    event_add(gw->sig_term, NULL) || event_add(gw->sig_int, NULL) ||
	    event_add(gw->sig_hup, NULL))
		return -EIO;
	return 0;
}

static int open_sockets(struct gw *gw, char *err, size_t cap)
{
	int r;

	gw->base = event_base_new();
	if (!gw->base || make_events(gw)) {
		snprintf(err, cap, "cannot set up the event loop");
		return -ENOMEM;
	}
	r = open_transport(gw, err, cap);
	if (r)
		return r;
	if (!gw->conf.control_socket[0])
		return 0;
	return gw_ctl_new(gw, gw->conf.control_socket, &gw->ctl, err, cap);
}

int gw_start(struct gw *gw, const struct conf *conf, char *err, size_t cap)
{
	struct h248_pkgs *pkgs;
	int r = gw_packages_load(conf->package_dir, &pkgs, err, cap);

	if (!r)
		r = gw_init(gw, conf, pkgs, err, cap);
	if (r)
		return r;
	gw->send = send_message;
	gw->send_arg = gw;
	r = open_sockets(gw, err, cap);
	if (r) {
		gw_shutdown(gw);
		return r;
	}
	h248_assoc_start(gw->assoc, gw_now_ms());
	return 0;
}

void gw_run(struct gw *gw)
{
	gw_log(LOG_NOTICE, NULL, "bgfd %s \"%s\" is up", BGF_VERSION,
	       gw->conf.name);
	arm(gw);
	event_base_dispatch(gw->base);
	gw_log(LOG_NOTICE, NULL, "stopped");
}

/* The last signal does not wait for the controller. */
void gw_stop(struct gw *gw)
{
	if (gw->is_stopping) {
		event_base_loopbreak(gw->base);
		return;
	}
	gw_link_stop(gw);
	arm(gw);
}

static void free_event(struct event **e)
{
	if (*e)
		event_free(*e);
	*e = NULL;
}

void gw_shutdown(struct gw *gw)
{
	gw_ctl_free(gw->ctl);
	gw->ctl = NULL;
	free_event(&gw->timer);
	free_event(&gw->engine_event);
	free_event(&gw->sig_term);
	free_event(&gw->sig_int);
	free_event(&gw->sig_hup);
	h248_transport_close(&gw->transport);
	h248_tls_free(gw->tls);
	gw->tls = NULL;
	gw_fini(gw);
	if (gw->base)
		event_base_free(gw->base);
	gw->base = NULL;
}
