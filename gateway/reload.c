/* gateway/reload.c - see reload.h */
#include "gateway/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/log.h"
#include "gateway/overload.h"
#include "gateway/wire.h"

static void keep(void *arg, const struct conf_change_of *change)
{
	struct gw_reload *out = arg;

	if (out->n_changes < GW_RELOAD_CHANGES)
		out->change[out->n_changes] = *change;
	out->n_changes++;
	out->n_restarts += change->needs_restart;
}

static const struct conf_gateway *find(const struct conf *conf,
				       const char *name)
{
	for (unsigned int i = 0; i < conf->n_gateways; i++)
		if (!strcmp(conf->gateway[i].name, name))
			return &conf->gateway[i];
	return NULL;
}

/* Nothing else differs than what may: the whole of it can be copied. */
static void apply(struct gw_host *host, struct conf *new)
{
	const struct conf_gateway *c;
	struct gw *gw;

	if (!gw_log_is_same(new, host->conf))
		gw_log_configure(new);
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		c = find(new, gw->conf.name);
		if (!c)
			continue;
		gw->conf = *c;
		gw_overload_look(gw);
	}
	free(host->own_conf);
	host->own_conf = new;
	host->conf = new;
}

/* gw NULL: of all gateways. */
static void failed(struct gw_reload *out, const struct gw *gw, const char *what,
		   const char *why)
{
	size_t n = strlen(out->err);

	out->n_failed++;
	snprintf(out->err + n, sizeof(out->err) - n,
		 "%s%s%s%s stay as they were: %s\n", gw ? "gateway " : "",
		 gw ? gw->conf.name : "", gw ? ": " : "", what, why);
}

static void reread(struct gw_host *host, struct gw_reload *out)
{
	char why[1024] = "";
	struct gw *gw;

	if (gw_host_reload_packages(host, why, sizeof(why)))
		failed(out, NULL, "package definitions", why);
	TAILQ_FOREACH (gw, &host->gateways, entry) {
		if (gw_wire_reload_tls(gw, why, sizeof(why)))
			failed(out, gw, "files of TLS", why);
		if (gw_wire_reload_auth(gw, why, sizeof(why)))
			failed(out, gw, "authentication keys", why);
		if (gw->timer)
			gw_wire_arm(gw);
	}
}

void gw_reload(struct gw_host *host, bool is_dry, struct gw_reload *out)
{
	struct conf *new = calloc(1, sizeof(*new));

	memset(out, 0, sizeof(*out));
	if (!new) {
		out->is_refused = true;
		strcpy(out->err, "out of memory");
		return;
	}
	out->is_refused = conf_load(host->conf->path, new, out->err,
				    sizeof(out->err)) != 0;
	if (!out->is_refused)
		conf_diff(host->conf, new, keep, out);
	out->is_refused = out->is_refused || out->n_restarts;
	if (out->is_refused || is_dry) {
		free(new);
		return;
	}
	apply(host, new);
	reread(host, out);
}

static void log_change(const struct conf_change_of *c, bool is_refused)
{
	gw_log(is_refused ? LOG_ERR : LOG_NOTICE, NULL,
	       "configuration: %s%s%s: \"%s\" -> \"%s\"%s", c->where,
	       c->what ? " " : "", c->what ? c->what : "", c->from, c->to,
	       c->needs_restart ? ", needs a restart" : "");
}

void gw_reload_log(const struct gw_reload *r)
{
	unsigned int n = r->n_changes;

	/* Of the other files each has been told. */
	if (r->is_refused && r->err[0])
		gw_log(LOG_ERR, NULL, "configuration: %s", r->err);
	if (n > GW_RELOAD_CHANGES)
		n = GW_RELOAD_CHANGES;
	for (unsigned int i = 0; i < n; i++)
		log_change(&r->change[i], r->is_refused);
	gw_log(r->is_refused ? LOG_ERR : LOG_NOTICE, NULL,
	       r->is_refused ? "configuration not read again: nothing changed" :
			       "configuration read again, changes: %u",
	       r->n_changes);
}

void gw_reload_logged(struct gw_host *host)
{
	struct gw_reload *r = calloc(1, sizeof(*r));

	if (!r) {
		gw_log(LOG_ERR, NULL, "configuration: out of memory");
		return;
	}
	gw_reload(host, false, r);
	gw_reload_log(r);
	free(r);
}
