/*
 * gateway/host.h - one process, and the virtual gateways in it
 *
 * What the gateways share: the packet engine, the package definitions, the
 * event loop, the control socket, the signals.  Everything a controller can
 * change belongs to one gateway (gateway/gw.h): what happens to one of them,
 * its controller, its sessions, leaves the others alone.
 *
 * gateway/host.c makes the part without sockets (tests drive it by hand),
 * gateway/loop.c puts it on libevent.  Thread: control.
 */
#pragma once

#include "gateway/gw.h"
#include "gateway/sigs.h"
#include "packet/links.h"

struct gw_ctl;       /* gateway/ctl.h */
struct gw_http;      /* gateway/http.h */
struct gw_trace;     /* gateway/trace.h */
struct gw_supervise; /* gateway/supervise.h */

TAILQ_HEAD(gw_list, gw);

struct gw_host {
	const struct conf *conf; /* outlives the host, or: */
	struct conf *own_conf;   /* owned; of the latest reload */
	struct h248_pkgs *pkgs;
	struct pkt_engine *engine;
	struct pkt_links *links;             /* of all realms */
	char fastpath[160];                  /* as it was last told */
	struct gw_list gateways;             /* in the order of conf */
	struct gw *of_realm[PKT_MAX_REALMS]; /* by the engine's number */

	/* gateway/loop.c */
	struct event_base *base;
	struct gw_ctl *ctl;
	struct gw_http *http;   /* NULL: none */
	struct gw_trace *trace; /* NULL: none */
	struct event *engine_event, *links_event;
	struct event *flush_event; /* commands wait for the worker */
	struct event *log_event;   /* once a second */
	struct event *sig[GW_SIGS];
	struct gw_supervise *supervise;
	struct event *supervise_event; /* NULL: nobody listens */
};

/*
 * Packages and engine; the gateways come with gw_init().  Takes pkgs, also on
 * error.
 *
 * Returns: 0, or a negative errno with one line in err; then the object is
 *          as after gw_host_fini().
 */
int gw_host_init(struct gw_host *host, const struct conf *conf,
		 struct h248_pkgs *pkgs, char *err, size_t cap);
void gw_host_fini(struct gw_host *host); /* after its last gateway */

/* For gw_init(): events of the realms of conf, which is one of host->conf, are
 * for gw from here on.  For gw_fini(): they are no more. */
void gw_host_enter(struct gw_host *host, struct gw *gw,
		   const struct conf_gateway *conf);
void gw_host_leave(struct gw_host *host, struct gw *gw);

/* Reads what the engine has to say, and hands it to whom it concerns. */
void gw_host_engine_ready(struct gw_host *host);

/* Reads the package definitions again; files that cannot be used change
 * nothing.  When the supported packages or their versions are others, the
 * controllers hear it (ServiceChange 916).  Not while a command is checked.
 * 0, or a negative errno with one line in err. */
int gw_host_reload_packages(struct gw_host *host, char *err, size_t cap);

/* Looks which realms are available, and tells each gateway of its own. */
void gw_host_links_ready(struct gw_host *host);

/* Everything from the configuration: packages, engine, gateways with their
 * sockets and associations, control socket.  0, or a negative errno with one
 * line in err. */
int gw_host_start(struct gw_host *host, const struct conf *conf, char *err,
		  size_t cap);
/* Runs until it is told to stop. */
void gw_host_run(struct gw_host *host);
/* Each gateway leaves its controller, those with drain-s and sessions when the
 * last context is gone; then gw_host_run() ends.  The second time none waits
 * for sessions, the last time nor for controllers. */
void gw_host_stop(struct gw_host *host);
/* For gateway/wire.c: a gateway has left. */
void gw_host_stopped(struct gw_host *host);
/* Ends what gw_host_start() made. */
void gw_host_shutdown(struct gw_host *host);
