/*
 * gateway/ctl_lists.c - terminations, flows, ports and associations as JSON
 *
 * What is long is given context by context: each function adds what one
 * context has of it to a list.
 */
#include <string.h>

#include "gateway/address.h"
#include "gateway/ctl_int.h"

static json_t *num(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static const char *realm_of(const struct gw *gw, uint8_t realm)
{
	return realm < gw->conf.n_realms ? gw->conf.realm[realm].name : "";
}

static const char *state_of(const struct gw_stream *s)
{
	return s->gate.gen ? pkt_state_name(s->stat.state) : "none";
}

static json_t *local_of(const struct gw_stream *s)
{
	return ctl_json_endpoint(&s->gate_cfg.leg.local,
				 s->gate.gen ? s->gate_cfg.leg.local_port : 0);
}

static json_t *remote_of(const struct gw_stream *s)
{
	return ctl_json_endpoint(&s->stat.remote, s->stat.remote_port);
}

/* --- terminations ------------------------------------------------------- */

static json_t *term_stream(const struct gw_term *term,
			   const struct gw_stream *s)
{
	return json_pack("{s:i,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id",
			 s->id, "realm", realm_of(term->ctx->gw, s->realm),
			 "state", state_of(s), "local_address", local_of(s),
			 "latched_address", remote_of(s), "rx_octets",
			 num(s->stat.rx_octets), "tx_octets",
			 num(s->stat.tx_octets), "rx_packets",
			 num(s->stat.rx_packets), "tx_packets",
			 num(s->stat.tx_packets), "drops", num(s->stat.drops),
			 "drop_reasons", ctl_json_whys(&s->stat));
}

static json_t *term_line(const struct gw_term *term, const struct ctl_filter *f)
{
	json_t *streams = json_array();

	for (unsigned int i = 0; i < term->n_slots; i++)
		if (term->stream[i].is_used &&
		    ctl_filter_stream(f, term, &term->stream[i]))
			json_array_append_new(
				streams, term_stream(term, &term->stream[i]));
	return json_pack("{s:s,s:o,s:o,s:o,s:b,s:o,s:o,s:o}", "gateway",
			 term->ctx->gw->conf.name, "context",
			 num(term->ctx->id), "id",
			 ctl_json_text(term->id, strlen(term->id)), "age_ms",
			 num((gw_now_us() - term->added_us) / 1000),
			 "is_out_of_service", term->is_out, "events_requested",
			 num(term->events.n), "events_waiting",
			 num(term->n_observed), "streams", streams);
}

void ctl_list_terminations(json_t *list, const struct gw_context *ctx,
			   const struct ctl_request *r)
{
	const struct ctl_filter *f = &r->filter;

	for (unsigned int i = 0; i < ctx->n_terms; i++)
		if (ctl_filter_term(f, ctx->term[i]))
			json_array_append_new(list, term_line(ctx->term[i], f));
}

/* --- flows -------------------------------------------------------------- */

/* What the client of s sends: to us, and then from us to the other one. */
static json_t *flow(const struct gw_term *term, const struct gw_stream *s)
{
	const struct gw_stream *peer = gw_stream_peer(term, s->id);

	return json_pack(
		"{s:s,s:o,s:i,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
		"gateway", term->ctx->gw->conf.name, "context",
		num(term->ctx->id), "stream", s->id, "termination",
		ctl_json_text(term->id, strlen(term->id)), "realm",
		realm_of(term->ctx->gw, s->realm), "protocol", "tcp", "state",
		state_of(s), "source", remote_of(s), "destination", local_of(s),
		"nat_source", peer ? local_of(peer) : json_null(),
		"nat_destination", peer ? remote_of(peer) : json_null(),
		"octets", num(s->stat.rx_octets), "drops", num(s->stat.drops),
		"drop_reasons", ctl_json_whys(&s->stat));
}

static void term_flows(json_t *list, const struct gw_term *term,
		       const struct ctl_filter *f)
{
	const struct gw_stream *s;

	for (unsigned int i = 0; i < term->n_slots; i++) {
		s = &term->stream[i];
		if (s->is_used && s->gate.gen && ctl_filter_stream(f, term, s))
			json_array_append_new(list, flow(term, s));
	}
}

void ctl_list_flows(json_t *list, const struct gw_context *ctx,
		    const struct ctl_request *r)
{
	const struct ctl_filter *f = &r->filter;

	for (unsigned int i = 0; i < ctx->n_terms; i++)
		if (ctl_filter_term(f, ctx->term[i]))
			term_flows(list, ctx->term[i], f);
}

void ctl_list_contexts(json_t *list, const struct gw_context *ctx,
		       const struct ctl_request *r)
{
	if (ctl_filter_context(&r->filter, ctx))
		json_array_append_new(list,
				      ctl_json_context(ctx, r->cmd->detail));
}

/* --- ports -------------------------------------------------------------- */

static json_t *port_line(const struct gw *gw, unsigned int realm)
{
	const struct conf_realm *r = &gw->conf.realm[realm];
	struct pkt_portpool_usage u = { 0 };

	if (gw->engine)
		pkt_engine_usage(gw->engine, gw->first_realm + realm, &u);
	return json_pack("{s:s,s:s,s:s,s:b,s:i,s:i,s:o,s:o,s:o,s:o}", "gateway",
			 gw->conf.name, "realm", r->name, "device", r->tun,
			 "is_up", !(gw->realms_down >> realm & 1), "port_min",
			 r->port_min, "port_max", r->port_max, "total",
			 num(u.total), "used", num(u.used), "quarantined",
			 num(u.quarantined), "free",
			 num(u.total - u.used - u.quarantined));
}

json_t *ctl_json_ports(const struct gw_host *host, const struct ctl_request *r)
{
	json_t *list = json_array();
	const struct gw *gw;

	(void)r;
	TAILQ_FOREACH (gw, &host->gateways, entry)
		for (unsigned int i = 0; i < gw->conf.n_realms; i++)
			json_array_append_new(list, port_line(gw, i));
	return list;
}

/* --- associations ------------------------------------------------------- */

static json_t *controllers(const struct gw *gw)
{
	const struct sockaddr_storage *now =
		gw->assoc ? h248_assoc_controller(gw->assoc) : NULL;
	const struct conf_h248 *c = &gw->conf.h248;
	json_t *list = json_array();

	for (unsigned int i = 0; i < c->n_controllers; i++)
		json_array_append_new(
			list, json_pack("{s:o,s:b}", "address",
					ctl_json_address(&c->controller[i]),
					"is_current",
					now && !memcmp(now, &c->controller[i],
						       sizeof(*now))));
	return list;
}

static json_t *association(const struct gw *gw)
{
	static const struct h248_txn_counters none;
	const struct h248_assoc *a = gw->assoc;
	const struct h248_txn_counters *c = a ? h248_assoc_counters(a) : &none;
	const struct conf_h248 *conf = &gw->conf.h248;

	return json_pack(
		"{s:s,s:s,s:o,s:s,s:s,s:o,s:o,s:i,s:s,s:i,s:o,s:o,s:o,s:o,s:o}",
		"gateway", gw->conf.name, "mid", conf->mid, "listen",
		ctl_json_address(&conf->local), "transport",
		gw_transport_name(conf->transport), "state",
		h248_assoc_state_name(gw_assoc_state(gw)), "controller",
		ctl_json_address(a ? h248_assoc_controller(a) : NULL),
		"controllers", controllers(gw), "h248_version",
		a ? h248_assoc_version(a) : conf->version, "profile",
		conf->profile, "profile_version", conf->profile_version,
		"heard_ms",
		gw->heard_us ? num((gw_now_us() - gw->heard_us) / 1000) :
			       json_null(),
		"messages_in", num(c->msgs_in), "messages_out",
		num(c->msgs_out), "retransmissions", num(c->retransmissions),
		"timeouts", num(c->timeouts));
}

json_t *ctl_json_associations(const struct gw_host *host,
			      const struct ctl_request *r)
{
	json_t *list = json_array();
	const struct gw *gw;

	(void)r;
	TAILQ_FOREACH (gw, &host->gateways, entry)
		json_array_append_new(list, association(gw));
	return list;
}
