/*
 * gateway/ctl_stats.c - the gateway as a whole, as JSON: status, statistics
 */
#include "gateway/address.h"
#include "gateway/ctl_int.h"
#include "gateway/log.h"
#include "gateway/log_sink.h"
#include "h248/error.h"
#include "h248/names.h"

static json_t *num(uint64_t n)
{
	return json_integer((json_int_t)n);
}

json_t *ctl_json_address(const struct sockaddr_storage *ss)
{
	char text[GW_ADDRESS] = "";

	if (ss)
		gw_address_of(ss, text, sizeof(text));
	return text[0] ? json_string(text) : json_null();
}

static json_t *association(const struct gw *gw)
{
	const struct h248_assoc *a = gw->assoc;
	const struct conf_h248 *c = &gw->conf.h248;

	return json_pack("{s:s,s:o,s:s,s:i,s:s,s:i}", "state",
			 h248_assoc_state_name(gw_assoc_state(gw)),
			 "controller",
			 ctl_json_address(a ? h248_assoc_controller(a) : NULL),
			 "mid", c->mid, "h248_version",
			 a ? h248_assoc_version(a) : c->version, "profile",
			 c->profile, "profile_version", c->profile_version);
}

/* One line of `gateways`. */
static json_t *gateway(const struct gw *gw)
{
	const struct h248_assoc *a = gw->assoc;

	return json_pack("{s:s,s:s,s:o,s:s,s:o,s:s,s:b,s:o,s:o,s:o}", "name",
			 gw->conf.name, "mid", gw->conf.h248.mid, "listen",
			 ctl_json_address(&gw->conf.h248.local), "state",
			 h248_assoc_state_name(gw_assoc_state(gw)),
			 "controller",
			 ctl_json_address(a ? h248_assoc_controller(a) : NULL),
			 "service",
			 gw->drain_until_us ? "draining" :
			 gw->service.is_out ? "out" :
					      "in",
			 "is_stopping", gw->is_stopping, "contexts",
			 num(gw->n_contexts), "contexts_max",
			 num(gw->conf.max_contexts), "terminations",
			 num(gw->n_terms));
}

json_t *ctl_json_gateways(const struct gw_host *host,
			  const struct ctl_request *r)
{
	json_t *list = json_array();
	const struct gw *gw;

	(void)r;
	TAILQ_FOREACH (gw, &host->gateways, entry)
		json_array_append_new(list, gateway(gw));
	return list;
}

static const char *path_name(const struct gw *gw, const char *iface)
{
	return pkt_path_name(gw->engine ? pkt_engine_path(gw->engine, iface) :
					  PKT_PATH_TUN);
}

/* By what each media interface is served. */
static json_t *media(const struct gw *gw)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < gw->conf.n_realms; i++) {
		const struct conf_realm *r = &gw->conf.realm[i];

		for (unsigned int m = 0; m < r->n_ifaces; m++)
			json_array_append_new(
				list,
				json_pack("{s:s,s:s,s:s}", "realm", r->name,
					  "interface", r->media[m].name, "path",
					  path_name(gw, r->media[m].name)));
	}
	return list;
}

static json_t *realms(const struct gw *gw)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < gw->conf.n_realms; i++) {
		const struct conf_realm *r = &gw->conf.realm[i];
		struct pkt_portpool_usage u = { 0 };

		if (gw->engine)
			pkt_engine_usage(gw->engine, gw->first_realm + i, &u);
		json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:o,s:o,s:o}", "name", r->name,
				  "tun", r->tun, "ports_total", num(u.total),
				  "ports_used", num(u.used),
				  "ports_quarantined", num(u.quarantined)));
	}
	return list;
}

/* Of the engine, which all gateways share. */
static json_t *workers(struct pkt_engine *e)
{
	json_t *list = json_array();

	for (unsigned int i = 0; e && i < pkt_engine_n_workers(e); i++) {
		struct pkt_worker_figures f;
		uint64_t drops = 0;

		pkt_engine_worker(e, i, &f);
		for (unsigned int d = 0; d < PKT_DROP__COUNT; d++)
			drops += f.counters.drop[d];
		json_array_append_new(
			list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "worker",
					num(i), "cpu",
					f.cpu < 0 ? json_null() :
						    num((uint64_t)f.cpu),
					"rendezvous", num(f.rendezvous),
					"rx_packets", num(f.counters.rx_pkts),
					"tx_packets", num(f.counters.tx_pkts),
					"drops", num(drops)));
	}
	return list;
}

json_t *ctl_json_service(const struct gw *gw, const struct ctl_request *r)
{
	const char *service = gw->is_stopping    ? "stopping" :
			      gw->drain_until_us ? "draining" :
			      gw->service.is_out ? "out of service" :
						   "in service";

	(void)r;
	return json_pack("{s:s,s:s,s:o}", "name", gw->conf.name, "service",
			 service, "contexts", num(gw->n_contexts));
}

json_t *ctl_json_status(const struct gw *gw, const struct ctl_request *r)
{
	(void)r;
	return json_pack(
		"{s:s,s:s,s:b,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:o}",
		"name", gw->conf.name, "version", BGF_VERSION, "is_stopping",
		gw->is_stopping, "uptime_s",
		num((gw_now_us() - gw->start_us) / 1000000), "association",
		association(gw), "contexts", num(gw->n_contexts),
		"contexts_max", num(gw->conf.max_contexts), "terminations",
		num(gw->n_terms), "realms", realms(gw), "workers",
		workers(gw->engine), "fastpath",
		gw->engine ? pkt_engine_fastpath(gw->engine) : "off", "media",
		media(gw), "limits", ctl_json_limits(gw), "overload",
		ctl_json_overload(gw));
}

/* What we ask of a controller: Notify, and ServiceChange for the rest. */
static uint64_t sent(const struct gw *gw, unsigned int kind)
{
	const struct h248_txn_counters *c =
		gw->assoc ? h248_assoc_counters(gw->assoc) : NULL;

	if (kind == H248_CMD_NOTIFY)
		return gw->stats.notifies;
	if (kind != H248_CMD_SERVICE_CHANGE || !c ||
	    c->requests_out < gw->stats.notifies)
		return 0;
	return c->requests_out - gw->stats.notifies;
}

static json_t *commands(const struct gw *gw)
{
	const struct gw_stats *s = &gw->stats;
	json_t *list = json_array();

	for (unsigned int i = 0; i < H248_CMD__COUNT; i++)
		json_array_append_new(list,
				      json_pack("{s:s,s:o,s:o,s:o,s:o}", "name",
						h248_cmd_name(i), "received",
						num(s->cmd_in[i]), "wildcards",
						num(s->cmd_wild[i]), "failed",
						num(s->cmd_failed[i]), "sent",
						num(sent(gw, i))));
	return list;
}

static json_t *errors(const struct gw_stats *s)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < GW_MAX_ERROR_CODE; i++)
		if (s->error_code[i] || s->error_in[i])
			json_array_append_new(
				list,
				json_pack("{s:i,s:o,s:o,s:s}", "code", i,
					  "answered", num(s->error_code[i]),
					  "received", num(s->error_in[i]),
					  "meaning", h248_error_text(i)));
	return list;
}

static void level(json_t *list, const char *name, uint64_t now, uint64_t most,
		  uint64_t limit)
{
	json_array_append_new(
		list, json_pack("{s:s,s:o,s:o,s:o}", "name", name, "current",
				num(now), "most", num(most), "limit",
				limit ? num(limit) : json_null()));
}

/* Now, and the most there ever was. */
static json_t *levels(const struct gw *gw)
{
	json_t *list = json_array();

	level(list, "contexts", gw->n_contexts, gw->stats.contexts_most,
	      gw->conf.max_contexts);
	level(list, "terminations", gw->n_terms, gw->stats.terms_most, 0);
	level(list, "sessions", gw->n_open, gw->stats.sessions_most, 0);
	level(list, "transactions", gw->n_jobs, gw->overload.max_jobs,
	      gw->conf.overload.queue);
	return list;
}

static json_t *closed(const struct gw_stats *s)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < GW_END__COUNT; i++)
		json_array_append_new(
			list, json_pack("{s:s,s:o,s:s}", "name", gw_end_name(i),
					"contexts", num(s->closed_by[i]),
					"meaning", gw_end_text(i)));
	return list;
}

static json_t *messages(const struct gw *gw)
{
	static const struct h248_txn_counters none;
	const struct h248_txn_counters *c =
		gw->assoc ? h248_assoc_counters(gw->assoc) : &none;

	return json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
		"messages_in", num(c->msgs_in), "messages_out",
		num(c->msgs_out), "undecodable", num(c->undecodable),
		"requests_in", num(c->requests_in), "requests_out",
		num(c->requests_out), "replies_in", num(c->replies_in),
		"replies_out", num(c->replies_out), "duplicates",
		num(c->duplicates), "retransmissions", num(c->retransmissions),
		"pendings_in", num(c->pendings_in), "pendings_out",
		num(c->pendings_out), "timeouts", num(c->timeouts), "stray",
		num(c->stray), "refused", num(c->refused));
}

/* Messages by what their authentication header was worth. */
static json_t *authentication(const struct gw *gw)
{
	const struct h248_txn_counters *c =
		gw->assoc ? h248_assoc_counters(gw->assoc) : NULL;
	json_t *o = json_object();

	for (unsigned int i = 0; i < H248_AUTH_VERDICT__COUNT; i++)
		json_object_set_new(o, h248_auth_verdict_name(i),
				    num(c ? c->auth[i] : 0));
	return o;
}

static json_t *sessions(const struct gw_stats *s)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
			 "contexts_created", num(s->contexts_created),
			 "contexts_closed", num(s->contexts_closed), "latched",
			 num(s->syn), "opened", num(s->open), "failed",
			 num(s->fail), "ended", num(s->closed), "notifies",
			 num(s->notifies), "notifies_failed",
			 num(s->notify_failed), "notifies_unknown",
			 num(s->notify_unknown), "events_lost",
			 num(s->events_lost));
}

static json_t *packets(const struct pkt_counters *c)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "rx_packets",
			 num(c->rx_pkts), "rx_octets", num(c->rx_octets),
			 "tx_packets", num(c->tx_pkts), "tx_octets",
			 num(c->tx_octets), "synacks", num(c->synacks), "rsts",
			 num(c->rsts), "challenges", num(c->challenges),
			 "events_delayed", num(c->evt_ring_full),
			 "kernel_octets", num(c->fast_octets));
}

static void append(json_t *list, const char *name, uint64_t packets,
		   const char *meaning)
{
	json_array_append_new(list, json_pack("{s:s,s:o,s:s}", "name", name,
					      "packets", num(packets),
					      "meaning", meaning));
}

/* All reasons, also those that never happened: a name is easier to find in
 * a list that is always the same. */
static json_t *drops(const struct pkt_counters *c)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < PKT_DROP__COUNT; i++)
		append(list, pkt_drop_name(i), c->drop[i], pkt_drop_help(i));
	return list;
}

/* Of the programs of the kernel; nothing but zeros without them. */
static json_t *in_kernel(const struct pkt_counters *c)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < PKT_FAST__COUNT; i++)
		append(list, pkt_fast_name(i), c->fast[i], pkt_fast_help(i));
	return list;
}

/* What each path carried. */
static json_t *paths(const struct pkt_counters *c)
{
	json_t *list = json_array();

	for (int path = 0; path < PKT_PATH__COUNT; path++) {
		struct pkt_carried n = pkt_carried(c, (enum pkt_path)path);

		json_array_append_new(
			list,
			json_pack("{s:s,s:o,s:o}", "name",
				  pkt_path_name((enum pkt_path)path), "packets",
				  num(n.pkts), "octets", num(n.octets)));
	}
	return list;
}

json_t *ctl_json_statistics(const struct gw *gw, const struct ctl_request *r)
{
	struct pkt_counters c = { 0 };

	(void)r;
	if (gw->engine)
		pkt_engine_counters(gw->engine, &c);
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
			 "levels", levels(gw), "closed", closed(&gw->stats),
			 "commands", commands(gw), "errors", errors(&gw->stats),
			 "messages", messages(gw), "authentication",
			 authentication(gw), "sessions", sessions(&gw->stats),
			 "packets", packets(&c), "paths", paths(&c), "kernel",
			 in_kernel(&c), "drops", drops(&c));
}

json_t *ctl_json_log(const struct gw_host *host, const struct ctl_request *r)
{
	json_t *parts = json_object();
	int level;

	(void)host, (void)r;
	for (unsigned int i = 0; i < GW_LOG_PARTS; i++) {
		level = gw_log_part_level(i);
		json_object_set_new(parts, gw_log_part_name(i),
				    json_string(gw_log_level_name(level)));
	}
	return json_pack("{s:s,s:o,s:I,s:I}", "level",
			 gw_log_level_name(gw_log_level()), "parts", parts,
			 "held_back", (json_int_t)gw_log_held(), "lost",
			 (json_int_t)gw_sink_lost());
}

json_t *ctl_json_released(const struct gw *gw, const struct ctl_request *r)
{
	return json_pack("{s:s,s:I,s:s}", "gateway", gw->conf.name, "context",
			 (json_int_t)r->id, "state", "released");
}
