/* gateway/host.c - what virtual gateways share, without sockets */
#include "gateway/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/bridge.h"
#include "gateway/ctl.h"
#include "gateway/job.h"
#include "gateway/log.h"
#include "gateway/packages.h"
#include "gateway/realm.h"
#include "gateway/trace.h"
#include "gateway/workers.h"
#include "h248/span.h"

/* In one turn of the loop; the time is that after which no more of them, nor
 * another gateway's jobs, are begun (decision 24). */
enum { EVENTS_PER_TURN = 1024, TURN_US = 5000 };

static struct pkt_prefix prefix_of(const struct conf_prefix *p)
{
	return (struct pkt_prefix) {
		.addr = p->addr,
		.len = (uint8_t)(p->len + (p->family == AF_INET ? 96 : 0)),
	};
}

static void copy_realm(const struct conf_realm *c, struct pkt_realm_cfg *r)
{
	snprintf(r->name, sizeof(r->name), "%s", c->name);
	memcpy(r->tun, c->tun, sizeof(r->tun));
	for (unsigned int i = 0; i < c->n_ifaces && i < PKT_MAX_IFACES; i++) {
		memcpy(r->iface[i], c->media[i].name, sizeof(r->iface[0]));
		r->fastpath[i] = (uint8_t)c->media[i].fastpath;
		r->n_ifaces++;
	}
	for (unsigned int i = 0; i < c->n_pools && i < PKT_MAX_PREFIXES; i++)
		r->prefix[r->n_prefixes++] = prefix_of(&c->pool[i]);
	r->table = c->table;
	r->port_min = c->port_min;
	r->port_max = c->port_max;
	r->quarantine_ms = c->quarantine_s * 1000;
	r->mtu = c->mtu;
}

static void copy_gateway(const struct conf_gateway *c,
			 struct pkt_engine_cfg *cfg)
{
	for (unsigned int i = 0; i < c->n_realms; i++)
		copy_realm(&c->realm[i], &cfg->realm[cfg->n_realms++]);
	/* A context may have several streams, mostly it has one. */
	cfg->max_rendezvous += c->max_contexts;
}

_Static_assert((int)CONF_FASTPATH_AUTO == (int)PKT_FASTPATH_AUTO &&
		       (int)CONF_FASTPATH_TC == (int)PKT_FASTPATH_TC &&
		       (int)CONF_FASTPATH_XDP == (int)PKT_FASTPATH_XDP &&
		       (int)CONF_FASTPATH_OFF == (int)PKT_FASTPATH_OFF,
	       "copied as a number");
_Static_assert((int)CONF_MAX_ALL_REALMS <= (int)PKT_MAX_REALMS,
	       "every realm has a place");

static void tell_workers(const struct gw_host *host, unsigned int wanted)
{
	bool are_fewer = pkt_engine_n_workers(host->engine) < wanted;

	if (wanted > 1)
		gw_log(are_fewer ? LOG_WARNING : LOG_NOTICE, NULL,
		       "packet workers: %s", pkt_engine_workers(host->engine));
}

static int make_engine(struct gw_host *host, char *err, size_t cap)
{
	struct pkt_engine_cfg *cfg = calloc(1, sizeof(*cfg));
	const struct conf *conf = host->conf;
	int r;

	if (!cfg) {
		snprintf(err, cap, "out of memory");
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < conf->n_gateways; i++)
		copy_gateway(&conf->gateway[i], cfg);
	cfg->owns_host = conf->owns_host;
	snprintf(cfg->saved, sizeof(cfg->saved), "%s.host",
		 conf->control_socket);
	cfg->n_workers = gw_workers_of(conf);
	r = pkt_engine_new(cfg, &host->engine, err, cap);
	if (!r)
		tell_workers(host, cfg->n_workers);
	if (!r) {
		r = pkt_links_new(cfg, &host->links);
		if (r)
			snprintf(err, cap, "link watch: %s", strerror(-r));
	}
	free(cfg);
	return r;
}

int gw_host_init(struct gw_host *host, const struct conf *conf,
		 struct h248_pkgs *pkgs, char *err, size_t cap)
{
	int r;

	memset(host, 0, sizeof(*host));
	host->conf = conf;
	host->pkgs = pkgs;
	TAILQ_INIT(&host->gateways);
	r = make_engine(host, err, cap);
	if (r)
		gw_host_fini(host);
	return r;
}

void gw_host_fini(struct gw_host *host)
{
	free(host->own_conf);
	host->own_conf = NULL;
	pkt_links_free(host->links);
	host->links = NULL;
	pkt_engine_free(host->engine);
	host->engine = NULL;
	h248_pkgs_free(host->pkgs);
	host->pkgs = NULL;
}

/* How the engine counts the first realm of a gateway: see make_engine(). */
static unsigned int first_realm(const struct conf *conf,
				const struct conf_gateway *of)
{
	unsigned int n = 0;

	for (const struct conf_gateway *c = conf->gateway; c < of; c++)
		n += c->n_realms;
	return n;
}

void gw_host_enter(struct gw_host *host, struct gw *gw,
		   const struct conf_gateway *conf)
{
	gw->first_realm = (uint8_t)first_realm(host->conf, conf);
	for (unsigned int i = 0; i < conf->n_realms; i++)
		host->of_realm[gw->first_realm + i] = gw;
	TAILQ_INSERT_TAIL(&host->gateways, gw, entry);
}

void gw_host_leave(struct gw_host *host, struct gw *gw)
{
	if (!gw->entry.tqe_prev)
		return; /* it did not enter */
	for (unsigned int i = 0; i < gw->conf.n_realms; i++)
		host->of_realm[gw->first_realm + i] = NULL;
	TAILQ_REMOVE(&host->gateways, gw, entry);
	gw->entry.tqe_prev = NULL;
}

static void hand_over(struct gw_host *host, const struct pkt_evt *evt)
{
	struct gw *gw = host->of_realm[evt->realm];

	if (gw)
		gw_bridge_event(gw, evt);
}

/* Those that do not get their turn here have a timer of their own. */
static void run_jobs(struct gw_host *host)
{
	uint64_t until_us = gw_now_us() + TURN_US;
	struct gw *gw;

	TAILQ_FOREACH (gw, &host->gateways, entry) {
		gw_jobs_run(gw);
		if (gw_now_us() >= until_us)
			return;
	}
}

void gw_host_engine_ready(struct gw_host *host)
{
	uint64_t until_us = gw_now_us() + TURN_US;
	struct pkt_evt evt;

	gw_trace_drain(host->trace);
	/* What is left keeps the descriptor readable. */
	for (unsigned int n = 0; n < EVENTS_PER_TURN && gw_now_us() < until_us;
	     n++) {
		if (!pkt_engine_next_evt(host->engine, &evt))
			break;
		hand_over(host, &evt);
	}
	run_jobs(host);
}

/* Whether each package of a that is supported is in b, in this version. */
static bool has_all(const struct h248_pkgs *b, const struct h248_pkgs *a)
{
	const struct h248_pkg *p, *q;

	for (p = h248_pkgs_first(a); p; p = p->next) {
		q = h248_pkgs_find(b, h248_span_of(p->name));
		if (p->is_supported &&
		    (!q || !q->is_supported || q->version != p->version))
			return false;
	}
	return true;
}

/* What the gateways keep of a package is copied: names and values. */
int gw_host_reload_packages(struct gw_host *host, char *err, size_t cap)
{
	static const struct h248_report r = { .what = H248_CHANGE_PACKAGES };
	struct h248_pkgs *pkgs, *old = host->pkgs;
	bool has_changed;
	struct gw *gw;
	int rc;

	rc = gw_packages_load(host->conf->package_dir, &pkgs, err, cap);
	if (rc) {
		gw_log(LOG_ERR, NULL, "packages stay as they were: %s", err);
		return rc;
	}
	has_changed = !has_all(pkgs, old) || !has_all(old, pkgs);
	host->pkgs = pkgs;
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		gw->pkgs = pkgs;
		if (has_changed)
			(void)h248_assoc_report(gw->assoc, &r, NULL, NULL,
						gw_now_ms());
	}
	h248_pkgs_free(old);
	gw_log(LOG_NOTICE, NULL, "packages read again, %s",
	       has_changed ? "others than before" : "the same as before");
	return 0;
}

/* Said at start, and when it changes. */
static void tell_fastpath(struct gw_host *host)
{
	const char *now = pkt_engine_fastpath(host->engine);

	if (!strcmp(now, host->fastpath))
		return;
	snprintf(host->fastpath, sizeof(host->fastpath), "%s", now);
	gw_log(LOG_NOTICE, NULL, "kernel fast path: %s", now);
}

void gw_host_links_ready(struct gw_host *host)
{
	uint64_t up = pkt_links_read(host->links);
	struct gw *gw;

	pkt_engine_links_changed(host->engine);
	tell_fastpath(host);

	TAILQ_FOREACH (gw, &host->gateways, entry)
		gw_realm_set(gw, (uint32_t)(up >> gw->first_realm));
}
