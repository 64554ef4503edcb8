/* test/support/gw_rig.c - see gw_rig.h */
#include "test/support/gw_rig.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/context.h"
#include "gateway/job.h"
#include "gateway/log.h"
#include "gateway/packages.h"
#include "test/support/engine_stub.h"

static struct sockaddr_storage address(const char *text)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;

	in->sin_family = AF_INET;
	in->sin_port = htons(2944);
	inet_pton(AF_INET, text, &in->sin_addr);
	return ss;
}

static void keep(void *arg, const struct sockaddr_storage *to, const char *buf,
		 size_t n)
{
	struct rig *r = arg;

	r->to = *to;
	if (r->n_sent == RIG_MAX_SENT) { /* the oldest goes */
		free(r->sent[0]);
		memmove(&r->sent[0], &r->sent[1],
			--r->n_sent * sizeof(r->sent[0]));
	}
	r->sent[r->n_sent++] = strndup(buf, n);
}

static void realm(struct conf_realm *r, const char *name, const char *iface)
{
	snprintf(r->name, sizeof(r->name), "%s", name);
	snprintf(r->interface, sizeof(r->interface), "%s", iface);
	r->mtu = 1500;
	r->port_min = 16384;
	r->port_max = 65535;
}

static void configure(struct conf_gateway *c, unsigned int max_contexts)
{
	memset(c, 0, sizeof(*c));
	snprintf(c->name, sizeof(c->name), "bench");
	snprintf(c->h248.mid, sizeof(c->h248.mid), "[198.51.100.20]:2944");
	snprintf(c->h248.profile, sizeof(c->h248.profile), "ETSI_BGF");
	snprintf(c->h248.group, sizeof(c->h248.group), "1");
	c->h248.local = address("198.51.100.20");
	c->h248.profile_version = 2;
	c->h248.version = 3;
	c->h248.emergency_when_out = true;
	c->h248.controller[0] = address("198.51.100.10");
	c->h248.n_controllers = 1;
	c->h248.max_txns_per_msg = 10;
	c->h248.max_actions = 256;
	c->h248.max_commands = 4096;
	c->h248.retransmit_ms = 500;
	c->h248.retransmit_max_ms = 4000;
	c->h248.t_max_ms = 25000;
	c->h248.long_timer_ms = 30000;
	c->h248.provisional_ms = 2000;
	c->h248.segment_ms = 4000;
	realm(&c->realm[0], "access.example", "access");
	realm(&c->realm[1], "core.example", "core");
	c->realm[0].is_default = true;
	c->n_realms = 2;
	c->rendezvous.twait_s = 75;
	c->rendezvous.tidle_s = 7440;
	c->max_contexts = max_contexts;
	c->reserve_priority = 15;
	c->overload = (struct conf_overload) {
		.queue = 2048,
		.notify = 50,
		.refuse_adds = 75,
		.refuse_all = 90,
		.hysteresis = 10,
		.error = CONF_BUSY_510,
	};
	c->workers = 1;
}

static void configure_second(struct conf_gateway *c, unsigned int max_contexts)
{
	configure(c, max_contexts);
	snprintf(c->name, sizeof(c->name), "second");
	snprintf(c->h248.mid, sizeof(c->h248.mid), "[198.51.100.21]:2944");
	c->h248.controller[0] = address("198.51.100.11");
	realm(&c->realm[0], "access.second", "access");
	realm(&c->realm[1], "core.second", "core");
}

/* Answers the ServiceChange that the gateway began with. */
static void register_gateway(struct rig *r)
{
	unsigned long tid = 0;
	char text[128];
	const char *id;

	h248_assoc_start(r->gw.assoc, gw_now_ms());
	gw_tick(&r->gw);
	id = strstr(rig_last(r), "T=");
	if (id)
		tid = strtoul(id + 2, NULL, 10);
	snprintf(text, sizeof(text), "P=%lu{C=-{SC=ROOT{SV{V=%u}}}}", tid,
		 r->gw.conf.h248.version);
	rig_send(r, text);
	if (h248_assoc_state(r->gw.assoc) != H248_ASSOC_ACTIVE) {
		fprintf(stderr, "not registered: %s\n", rig_last(r));
		exit(1);
	}
}

static void fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static void start_host(struct gw_host *host, const struct conf *conf)
{
	struct h248_pkgs *pkgs;
	char err[512];

	gw_log_setup(getenv("GW_RIG_LOG") ? LOG_DEBUG : LOG_EMERG,
		     CONF_LOG_TEXT);
	gw_clock_freeze(5000000, UINT64_C(1768465800000000));
	stub_reset();
	if (gw_packages_load(SOURCE_DIR "/conf/packages", &pkgs, err,
			     sizeof(err)) ||
	    gw_host_init(host, conf, pkgs, err, sizeof(err)))
		fail(err);
}

static void start(struct rig *r, struct gw_host *host, unsigned int i,
		  const char *controller)
{
	char err[512];

	if (gw_init(&r->gw, host, &host->conf->gateway[i], err, sizeof(err)))
		fail(err);
	r->gw.send = keep;
	r->gw.send_arg = r;
	r->controller = controller;
	r->tid = 50001;
}

static struct rig *new_rig(void)
{
	struct rig *r = calloc(1, sizeof(*r));

	if (!r)
		fail("out of memory");
	return r;
}

/* second NULL: there is none. */
static struct rig *boot(unsigned int max_contexts, struct rig **second,
			rig_edit_h *edit)
{
	static struct conf conf;
	struct rig *r = new_rig();

	memset(&conf, 0, sizeof(conf));
	snprintf(conf.name, sizeof(conf.name), "bench");
	configure(&conf.gateway[conf.n_gateways++], max_contexts);
	if (edit)
		edit(&conf.gateway[0]);
	if (second)
		configure_second(&conf.gateway[conf.n_gateways++],
				 max_contexts);
	start_host(&r->host, &conf);
	start(r, &r->host, 0, "198.51.100.10");
	if (second) {
		*second = new_rig();
		start(*second, &r->host, 1, "198.51.100.11");
	}
	return r;
}

struct rig *rig_boot_with(unsigned int max_contexts, rig_edit_h *edit)
{
	return boot(max_contexts, NULL, edit);
}

struct rig *rig_boot(unsigned int max_contexts)
{
	return rig_boot_with(max_contexts, NULL);
}

struct rig *rig_new(unsigned int max_contexts)
{
	return rig_new_with(max_contexts, NULL);
}

struct rig *rig_new_with(unsigned int max_contexts, rig_edit_h *edit)
{
	struct rig *r = rig_boot_with(max_contexts, edit);

	register_gateway(r);
	return r;
}

struct rig *rig_new_pair(unsigned int max_contexts, struct rig **second)
{
	struct rig *r = boot(max_contexts, second, NULL);

	register_gateway(r);
	register_gateway(*second);
	return r;
}

void rig_free(struct rig *r)
{
	bool has_host = r->gw.host == &r->host;

	gw_fini(&r->gw);
	if (has_host)
		gw_host_fini(&r->host);
	for (unsigned int i = 0; i < r->n_sent; i++)
		free(r->sent[i]);
	free(r);
	if (has_host)
		gw_clock_freeze(0, 0);
}

void rig_input(struct rig *r, const char *message)
{
	struct sockaddr_storage from = address(r->controller);

	gw_input(&r->gw, &from, message, strlen(message));
	gw_jobs_run(&r->gw);
}

void rig_send(struct rig *r, const char *text)
{
	static char buf[RIG_OCTETS + 64]; /* the header in front */

	snprintf(buf, sizeof(buf), "!/%d [%s]:2944\n%s",
		 h248_assoc_state(r->gw.assoc) == H248_ASSOC_ACTIVE ?
			 h248_assoc_version(r->gw.assoc) :
			 1,
		 r->controller, text);
	rig_input(r, buf);
}

const char *rig_ask(struct rig *r, const char *actions)
{
	static char text[RIG_OCTETS];

	snprintf(text, sizeof(text), "T=%u{%s}", r->tid++, actions);
	stub_auto_done(true);
	rig_send(r, text);
	for (unsigned int i = 0; i < 8; i++)
		rig_events(r);
	stub_auto_done(false);
	return rig_last(r);
}

const char *rig_last(const struct rig *r)
{
	return r->n_sent ? r->sent[r->n_sent - 1] : "";
}

bool rig_acknowledge(struct rig *r)
{
	const char *id = strstr(rig_last(r), "T=");
	char text[64];

	if (!id)
		return false;
	snprintf(text, sizeof(text), "P=%lu{C=1{N=ip/1/access/1}}",
		 strtoul(id + 2, NULL, 10));
	rig_send(r, text);
	return true;
}

void rig_events(struct rig *r)
{
	gw_host_engine_ready(r->gw.host);
}

static void put_stream(FILE *f, const struct gw_stream *s)
{
	const struct gw_prop *p;

	fprintf(f, "    stream %u mode %d latch %d%s gate %u/%u port %u\n",
		s->id, s->mode, s->latch, s->is_latch_pending ? "?" : "",
		s->gate.slot, s->gate.gen, s->gate_cfg.leg.local_port);
	STAILQ_FOREACH (p, &s->props, entry)
		fprintf(f, "      %s/%s=%s\n", p->pkg, p->item, p->value);
	fprintf(f, "      L<%.*s> R<%.*s>\n", (int)s->local.n,
		s->local.octets ? s->local.octets : "", (int)s->remote.n,
		s->remote.octets ? s->remote.octets : "");
}

static void put_term(FILE *f, const struct gw_term *t)
{
	const struct gw_prop *p;

	fprintf(f, "  term %s events %u\n", t->id, t->events.request_id);
	STAILQ_FOREACH (p, &t->state, entry)
		fprintf(f, "    %s/%s=%s\n", p->pkg, p->item, p->value);
	for (unsigned int i = 0; i < t->events.n; i++)
		fprintf(f, "    %s/%s\n", t->events.list[i].pkg,
			t->events.list[i].item);
	for (unsigned int i = 0; i < t->n_slots; i++)
		if (t->stream[i].is_used)
			put_stream(f, &t->stream[i]);
}

const char *rig_state(struct rig *r)
{
	FILE *f = fmemopen(r->state, sizeof(r->state), "w");
	const struct gw_context *c;

	fprintf(f, "%u contexts, %u terminations, %u gates, %u jobs\n",
		r->gw.n_contexts, r->gw.n_terms, stub_gates(), r->gw.n_jobs);
	TAILQ_FOREACH (c, &r->gw.contexts, entry) {
		fprintf(f, " context %u priority %u owner %d\n", c->id,
			c->priority, c->owner != NULL);
		for (unsigned int i = 0; i < c->n_terms; i++)
			put_term(f, c->term[i]);
	}
	fclose(f);
	return r->state;
}
