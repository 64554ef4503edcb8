/*
 * gateway/metrics_put.c - samples of the metrics with labels of their own
 *
 * Values of labels are names out of the configuration and of our own tables:
 * letters, digits and "-._", which need no escapes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/admission.h"
#include "gateway/http.h"
#include "gateway/log.h"
#include "gateway/log_sink.h"
#include "gateway/metrics_int.h"
#include "h248/names.h"

/* name{gateway="..",LABEL="VALUE"} n */
static void one(const struct metric_out *o, const struct metric *m,
		const struct gw *gw, const char *label, const char *value,
		uint64_t n)
{
	evbuffer_add_printf(o->to, "%s{gateway=\"%s\",%s=\"%s\"} %" PRIu64 "\n",
			    m->name, gw->conf.name, label, value, n);
}

/* name{LABEL="VALUE"} n, of the whole process */
static void process(const struct metric_out *o, const struct metric *m,
		    const char *label, const char *value, uint64_t n)
{
	evbuffer_add_printf(o->to, "%s{%s=\"%s\"} %" PRIu64 "\n", m->name,
			    label, value, n);
}

static void bare(const struct metric_out *o, const struct metric *m, double v)
{
	evbuffer_add_printf(o->to, "%s %.15g\n", m->name, v);
}

#define EACH_GATEWAY(gw, o) TAILQ_FOREACH ((gw), &(o)->host->gateways, entry)

void put_bgf_build_info(struct metric_out *o, const struct metric *m)
{
	process(o, m, "version", BGF_VERSION, 1);
}

void put_bgf_association_state(struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (int i = 0; i < H248_ASSOC__COUNT; i++)
		one(o, m, gw, "state", h248_assoc_state_name(i),
		    (int)gw_assoc_state(gw) == i);
}

void put_bgf_contexts_closed_total(struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (int i = 0; i < GW_END__COUNT; i++)
		one(o, m, gw, "reason", gw_end_name(i), gw->stats.closed_by[i]);
}

/* Buckets of a histogram are cumulative. */
static void histogram(const struct metric_out *o, const struct metric *m,
		      const char *gateway, const struct gw_times *t,
		      const uint32_t *bound_us)
{
	uint64_t n = 0;

	for (int i = 0; i < GW_TIME_BUCKETS; i++) {
		char bound[32] = "+Inf";

		n += t->n[i];
		if (i < GW_TIME_BUCKETS - 1)
			snprintf(bound, sizeof(bound), "%g", bound_us[i] / 1e6);
		evbuffer_add_printf(
			o->to,
			"%s_bucket{gateway=\"%s\",le=\"%s\"} %" PRIu64 "\n",
			m->name, gateway, bound, n);
	}
	evbuffer_add_printf(o->to,
			    "%s_sum{gateway=\"%s\"} %.15g\n"
			    "%s_count{gateway=\"%s\"} %" PRIu64 "\n",
			    m->name, gateway, (double)t->sum_us / 1e6, m->name,
			    gateway, n);
}

void put_bgf_session_setup_seconds(struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	histogram(o, m, gw->conf.name, &gw->stats.setup, gw_setup_bound_us);
}

void put_bgf_h248_transaction_seconds(struct metric_out *o,
				      const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	histogram(o, m, gw->conf.name, &gw->stats.txn, gw_txn_bound_us);
}

#define PUT_DIRECTIONS(id, in_of, out_of)                           \
	void put_##id(struct metric_out *o, const struct metric *m) \
	{                                                           \
		const struct gw *gw;                                \
                                                                    \
		EACH_GATEWAY(gw, o)                                 \
		{                                                   \
			one(o, m, gw, "direction", "in",            \
			    metric_counters(gw)->in_of);            \
			one(o, m, gw, "direction", "out",           \
			    metric_counters(gw)->out_of);           \
		}                                                   \
	}
PUT_DIRECTIONS(bgf_h248_messages_total, msgs_in, msgs_out)
PUT_DIRECTIONS(bgf_h248_requests_total, requests_in, requests_out)
PUT_DIRECTIONS(bgf_h248_replies_total, replies_in, replies_out)
PUT_DIRECTIONS(bgf_h248_pendings_total, pendings_in, pendings_out)

void put_bgf_h248_authentication_total(struct metric_out *o,
				       const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (int i = 0; i < H248_AUTH_VERDICT__COUNT; i++)
		one(o, m, gw, "verdict", h248_auth_verdict_name(i),
		    metric_counters(gw)->auth[i]);
}

void put_bgf_h248_commands_total(struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (int i = 0; i < H248_CMD__COUNT; i++)
		one(o, m, gw, "command", h248_cmd_name(i), gw->stats.cmd_in[i]);
}

void put_bgf_h248_commands_failed_total(struct metric_out *o,
					const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (int i = 0; i < H248_CMD__COUNT; i++)
		one(o, m, gw, "command", h248_cmd_name(i),
		    gw->stats.cmd_failed[i]);
}

/* Only we give codes, out of H.248.8: a bounded set. */
void put_bgf_h248_errors_total(struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;
	char code[8];

	EACH_GATEWAY(gw, o)
	for (int i = 0; i < GW_MAX_ERROR_CODE; i++) {
		if (!gw->stats.error_code[i])
			continue;
		snprintf(code, sizeof(code), "%d", i);
		one(o, m, gw, "code", code, gw->stats.error_code[i]);
	}
}

void put_bgf_overload_refused_total(struct metric_out *o,
				    const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	{
		one(o, m, gw, "kind", "add", gw->overload.refused_adds);
		one(o, m, gw, "kind", "other", gw->overload.refused_others);
	}
}

/* What a realm is asked for; u: its ports. */
typedef uint64_t(realm_value_h)(const struct gw *gw, unsigned int realm,
				const struct pkt_portpool_usage *u);

static void each_realm(const struct metric_out *o, const struct metric *m,
		       const char *more, realm_value_h *value)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (unsigned int i = 0; i < gw->conf.n_realms; i++) {
		struct pkt_portpool_usage u = { 0 };

		if (gw->engine)
			pkt_engine_usage(gw->engine, gw->first_realm + i, &u);
		evbuffer_add_printf(o->to,
				    "%s{gateway=\"%s\",realm=\"%s\"%s} %" PRIu64
				    "\n",
				    m->name, gw->conf.name,
				    gw->conf.realm[i].name, more,
				    value(gw, i, &u));
	}
}

#define REALM_VALUE(name, expression)                                 \
	static uint64_t name(const struct gw *gw, unsigned int realm, \
			     const struct pkt_portpool_usage *u)      \
	{                                                             \
		(void)gw, (void)realm, (void)u;                       \
		return expression;                                    \
	}
REALM_VALUE(realm_contexts, gw->admission.realm[realm].contexts)
REALM_VALUE(realm_octets, gw->admission.realm[realm].octets_s)
REALM_VALUE(realm_up, !(gw->realms_down >> realm & 1))
REALM_VALUE(ports_total, u->total)
REALM_VALUE(ports_used, u->used)
REALM_VALUE(ports_quarantined, u->quarantined)
REALM_VALUE(ports_free, u->total - u->used - u->quarantined)

void put_bgf_realm_contexts(struct metric_out *o, const struct metric *m)
{
	each_realm(o, m, "", realm_contexts);
}

void put_bgf_realm_up(struct metric_out *o, const struct metric *m)
{
	each_realm(o, m, "", realm_up);
}

void put_bgf_realm_reserved_bytes_per_second(struct metric_out *o,
					     const struct metric *m)
{
	each_realm(o, m, "", realm_octets);
}

void put_bgf_ports(struct metric_out *o, const struct metric *m)
{
	each_realm(o, m, ",state=\"used\"", ports_used);
	each_realm(o, m, ",state=\"quarantined\"", ports_quarantined);
	each_realm(o, m, ",state=\"free\"", ports_free);
}

void put_bgf_ports_limit(struct metric_out *o, const struct metric *m)
{
	each_realm(o, m, "", ports_total);
}

void put_bgf_packets_total(struct metric_out *o, const struct metric *m)
{
	process(o, m, "direction", "in", o->packets.rx_pkts);
	process(o, m, "direction", "out", o->packets.tx_pkts);
}

void put_bgf_bytes_total(struct metric_out *o, const struct metric *m)
{
	process(o, m, "direction", "in", o->packets.rx_octets);
	process(o, m, "direction", "out", o->packets.tx_octets);
}

void put_bgf_drops_total(struct metric_out *o, const struct metric *m)
{
	for (int i = 0; i < PKT_DROP__COUNT; i++)
		process(o, m, "reason", pkt_drop_name(i), o->packets.drop[i]);
}

void put_bgf_kernel_packets_total(struct metric_out *o, const struct metric *m)
{
	for (int i = 0; i < PKT_FAST__COUNT; i++)
		process(o, m, "verdict", pkt_fast_name(i), o->packets.fast[i]);
}

void put_bgf_xdp_packets_total(struct metric_out *o, const struct metric *m)
{
	for (int i = 0; i < PKT_FAST__COUNT; i++)
		process(o, m, "verdict", pkt_fast_name(i), o->packets.xdp[i]);
}

void put_bgf_path_packets_total(struct metric_out *o, const struct metric *m)
{
	for (int i = 0; i < PKT_PATH__COUNT; i++)
		process(o, m, "path", pkt_path_name(i),
			pkt_carried(&o->packets, i).pkts);
}

void put_bgf_path_bytes_total(struct metric_out *o, const struct metric *m)
{
	for (int i = 0; i < PKT_PATH__COUNT; i++)
		process(o, m, "path", pkt_path_name(i),
			pkt_carried(&o->packets, i).octets);
}

static void put_path(const struct metric_out *o, const struct metric *m,
		     const struct gw *gw, const struct conf_realm *r,
		     const char *iface)
{
	enum pkt_path now =
		gw->engine ? pkt_engine_path(gw->engine, iface) : PKT_PATH_TUN;

	for (int i = 0; i < PKT_PATH__COUNT; i++)
		evbuffer_add_printf(o->to,
				    "%s{gateway=\"%s\",realm=\"%s\","
				    "interface=\"%s\",path=\"%s\"} %d\n",
				    m->name, gw->conf.name, r->name, iface,
				    pkt_path_name(i), i == (int)now);
}

void put_bgf_media_path(struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;

	EACH_GATEWAY(gw, o)
	for (unsigned int i = 0; i < gw->conf.n_realms; i++) {
		const struct conf_realm *r = &gw->conf.realm[i];

		for (unsigned int k = 0; k < r->n_ifaces; k++)
			put_path(o, m, gw, r, r->media[k].name);
	}
}

void put_bgf_kernel_bytes_total(struct metric_out *o, const struct metric *m)
{
	bare(o, m, (double)o->packets.fast_octets);
}

void put_bgf_synthesised_total(struct metric_out *o, const struct metric *m)
{
	process(o, m, "kind", "synack", o->packets.synacks);
	process(o, m, "kind", "rst", o->packets.rsts);
	process(o, m, "kind", "challenge", o->packets.challenges);
}

/* At most PKT_MAX_WORKERS of them. */
void put_bgf_worker_rendezvous(struct metric_out *o, const struct metric *m)
{
	struct pkt_engine *e = o->host->engine;
	struct pkt_worker_figures f;
	char worker[16];

	for (unsigned int i = 0; e && i < pkt_engine_n_workers(e); i++) {
		pkt_engine_worker(e, i, &f);
		snprintf(worker, sizeof(worker), "%u", i);
		process(o, m, "worker", worker, f.rendezvous);
	}
}

void put_bgf_worker_packets_total(struct metric_out *o, const struct metric *m)
{
	static const char format[] =
		"%s{worker=\"%u\",direction=\"%s\"} %" PRIu64 "\n";
	struct pkt_engine *e = o->host->engine;
	struct pkt_worker_figures f;

	for (unsigned int i = 0; e && i < pkt_engine_n_workers(e); i++) {
		pkt_engine_worker(e, i, &f);
		evbuffer_add_printf(o->to, format, m->name, i, "in",
				    f.counters.rx_pkts);
		evbuffer_add_printf(o->to, format, m->name, i, "out",
				    f.counters.tx_pkts);
	}
}

void put_bgf_engine_events_delayed_total(struct metric_out *o,
					 const struct metric *m)
{
	bare(o, m, (double)o->packets.evt_ring_full);
}

void put_bgf_log_held_back_total(struct metric_out *o, const struct metric *m)
{
	bare(o, m, (double)gw_log_held());
}

void put_bgf_log_lost_total(struct metric_out *o, const struct metric *m)
{
	bare(o, m, (double)gw_sink_lost());
}

void put_bgf_http_connections(struct metric_out *o, const struct metric *m)
{
	bare(o, m, gw_http_stats(o->host->http).n_connections);
}

void put_bgf_http_requests_total(struct metric_out *o, const struct metric *m)
{
	bare(o, m, (double)gw_http_stats(o->host->http).requests);
}

void put_bgf_http_cut_total(struct metric_out *o, const struct metric *m)
{
	bare(o, m, (double)gw_http_stats(o->host->http).cut);
}

/* Field n (from 1) of /proc/self/stat, see proc(5); 0: none. */
static double proc_stat(unsigned int n)
{
	FILE *f = fopen("/proc/self/stat", "re");
	char text[1024] = "", *at;

	if (!f)
		return 0;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	at = strrchr(text, ')'); /* the end of field 2, a name */
	for (unsigned int i = 2; at && i < n; i++)
		at = strchr(at + 1, ' ');
	return at ? strtod(at, NULL) : 0;
}

void put_process_cpu_seconds_total(struct metric_out *o, const struct metric *m)
{
	bare(o, m, (double)clock() / CLOCKS_PER_SEC);
}

void put_process_resident_memory_bytes(struct metric_out *o,
				       const struct metric *m)
{
	bare(o, m, proc_stat(24) * (double)sysconf(_SC_PAGESIZE));
}

void put_process_virtual_memory_bytes(struct metric_out *o,
				      const struct metric *m)
{
	bare(o, m, proc_stat(23));
}

/* Field 22 counts ticks since the machine was started. */
static double start_time(void)
{
	double ticks = proc_stat(22) / (double)sysconf(_SC_CLK_TCK);
	struct timespec boot = { 0 }, wall = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &wall);
	return (double)(wall.tv_sec - boot.tv_sec) + ticks +
	       (double)(wall.tv_nsec - boot.tv_nsec) / 1e9;
}

/* Once: the clocks drift apart, and another value means another process. */
void put_process_start_time_seconds(struct metric_out *o,
				    const struct metric *m)
{
	static double at;

	if (at == 0)
		at = start_time();
	bare(o, m, at);
}
