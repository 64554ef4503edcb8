/* conf/check.c - values that must fit together; see check.h */
#include "conf/check.h"

#include <errno.h>
#include <string.h>

#include "conf/collide.h"
#include "conf/interop.h"
#include "conf/mid.h"
#include "conf/prefix.h"
#include "conf/value.h"
#include "conf/xml.h"

int conf_line(const struct conf *c, const void *value)
{
	size_t at = (size_t)((const char *)value - (const char *)c);

	for (unsigned int i = 0; i < c->n_origins; i++)
		if (c->origin[i].at == at)
			return c->origin[i].line;
	return 0;
}

static void derive_realm(struct conf_realm *r)
{
	size_t n = strcspn(r->name, ".");

	if (!r->interface[0])
		memcpy(r->interface, r->name, n);
	if (r->tun[0])
		return;
	memcpy(r->tun, "bgf-", 4);
	strncpy(r->tun + 4, r->interface, sizeof(r->tun) - 5);
}

static void derive_gateway(struct conf *c, struct conf_gateway *g)
{
	unsigned int n_defaults = 0;

	conf_interop_apply(c, &g->h248);
	if (!g->name[0])
		memcpy(g->name, c->name, sizeof(g->name));
	for (unsigned int i = 0; i < g->n_realms; i++) {
		derive_realm(&g->realm[i]);
		n_defaults += g->realm[i].is_default;
	}
	if (!n_defaults)
		g->realm[0].is_default = true;
	if (!g->h248.mid[0])
		conf_mid_of(&g->h248.local, g->h248.mid, sizeof(g->h248.mid));
}

void conf_derive(struct conf *c)
{
	for (unsigned int i = 0; i < c->n_gateways; i++)
		derive_gateway(c, &c->gateway[i]);
	if (!c->package_dir[0])
		conf_data_path("packages", c->package_dir);
}

/* ---- H.248 ---- */

static void check_timers(const struct conf *c, const struct conf_h248 *h,
			 struct conf_report *r)
{
	if (h->retransmit_ms > h->retransmit_max_ms)
		conf_report_add(r, conf_line(c, &h->retransmit_ms),
				"retransmit-ms is over retransmit-max-ms;"
				" write at most %u",
				h->retransmit_max_ms);
	if (h->retransmit_max_ms > h->t_max_ms)
		conf_report_add(r, conf_line(c, &h->retransmit_max_ms),
				"retransmit-max-ms is over t-max-ms;"
				" write at most %u",
				h->t_max_ms);
	if (h->t_max_ms > h->long_timer_ms)
		conf_report_add(r, conf_line(c, &h->t_max_ms),
				"t-max-ms is over long-timer-ms;"
				" write at most %u",
				h->long_timer_ms);
	if (h->provisional_ms > h->t_max_ms)
		conf_report_add(r, conf_line(c, &h->provisional_ms),
				"provisional-ms is over t-max-ms;"
				" write at most %u",
				h->t_max_ms);
}

static void check_controller(const struct conf *c, const struct conf_h248 *h,
			     unsigned int i, struct conf_report *r)
{
	const struct sockaddr_storage *a = &h->controller[i];
	int line = conf_line(c, a);

	if (conf_same_endpoint(a, &h->local))
		conf_report_add(r, line,
				"the controller is our own listen address;"
				" write the address of the controller");
	else if (a->ss_family != h->local.ss_family)
		conf_report_add(r, line,
				"the controller is of another address family"
				" than listen; write both as IPv4 or IPv6");
	else if (conf_is_wildcard(a))
		conf_report_add(r, line,
				"a controller needs an address; write one such"
				" as \"192.0.2.2:2944\"");
	for (unsigned int k = 0; k < i; k++)
		if (conf_same_endpoint(a, &h->controller[k]))
			conf_report_add(r, line,
					"the same controller twice;"
					" remove one");
}

/* Who leaves says so, and who comes does not say that he leaves. */
static const char *wrong_method(const struct conf_change *x)
{
	bool is_leaving = x->method >= CONF_METHOD_GRACEFUL;

	switch (x->event) {
	case CONF_CHANGE_DRAIN:
	case CONF_CHANGE_STOP:
	case CONF_CHANGE_REALM_DOWN:
		return is_leaving ? NULL :
				    "the gateway leaves here; write"
				    " method=\"graceful\" or \"forced\"";
	case CONF_CHANGE_RESUME:
	case CONF_CHANGE_REALM_UP:
	case CONF_CHANGE_PACKAGES:
		return x->method == CONF_METHOD_RESTART ?
			       NULL :
			       "the gateway is there already; write"
			       " method=\"restart\"";
	case CONF_CHANGE_LOSS:
		return x->method == CONF_METHOD_FORCED ||
				       x->method == CONF_METHOD_RESTART ?
			       NULL :
			       "contexts are lost here; write"
			       " method=\"forced\" or \"restart\"";
	default:
		return is_leaving ? "the gateway registers here; write"
				    " method=\"restart\", \"disconnected\","
				    " \"failover\" or \"hand-off\"" :
				    NULL;
	}
}

static void check_change(const struct conf *c, const struct conf_h248 *h,
			 unsigned int i, struct conf_report *r)
{
	const struct conf_change *x = &h->change[i];
	const char *wrong = wrong_method(x);

	if (wrong)
		conf_report_add(r, conf_line(c, &x->method), "%s", wrong);
	for (unsigned int k = 0; k < i; k++)
		if (h->change[k].event == x->event)
			conf_report_add(r, conf_line(c, &x->event),
					"the same event twice; remove one");
}

static void check_h248(const struct conf *c, const struct conf_h248 *h,
		       struct conf_report *r)
{
	if (conf_is_wildcard(&h->local) && !conf_line(c, h->mid))
		conf_report_add(r, conf_line(c, &h->local),
				"listen is any address, so mid must be"
				" written; write mid=\"[192.0.2.1]:2944\"");
	else if (!conf_mid_is_valid(h->mid))
		conf_report_add(r, conf_line(c, h->mid),
				"mid=\"%s\" is not a MID; write"
				" \"[192.0.2.1]:2944\", \"<bgf.example>\" or"
				" \"bgf/1\"",
				h->mid);
	conf_check_auth(c, h, r);
	for (unsigned int i = 0; i < h->n_controllers; i++)
		check_controller(c, h, i, r);
	if (h->transport == CONF_TRANSPORT_TLS &&
	    (!h->tls_certificate[0] || !h->tls_key[0] || !h->tls_ca[0]))
		conf_report_add(r, conf_line(c, &h->transport),
				"transport=\"tls\" needs files; write"
				" <tls certificate=\"..\" key=\"..\""
				" ca=\"..\"/>");
	for (unsigned int i = 0; i < h->n_changes; i++)
		check_change(c, h, i, r);
	if (h->min_version > h->version)
		conf_report_add(r, conf_line(c, &h->min_version),
				"min-version is over version; write at most"
				" %u",
				h->version);
	if (h->segment_octets && h->segment_octets < CONF_MIN_SEGMENT)
		conf_report_add(r, conf_line(c, &h->segment_octets),
				"a segment needs room for a reply; write"
				" segment-octets=\"%u\" or more, or \"0\"",
				(unsigned int)CONF_MIN_SEGMENT);
	check_timers(c, h, r);
}

/* ---- realms ---- */

/* Loopback, multicast and the like can be no media addresses (C15). */
static void check_special(const struct conf *c, const struct conf_prefix *pool,
			  struct conf_report *r)
{
	static const char *const special[] = {
		"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3",
		"::1",       "fe80::/10",   "ff00::/8",
	};
	struct conf_prefix p;

	for (unsigned int i = 0; i < sizeof(special) / sizeof(*special); i++) {
		if (conf_prefix_parse(special[i], &p) ||
		    !conf_prefix_overlaps(pool, &p))
			continue;
		conf_report_add(r, conf_line(c, pool),
				"this pool holds addresses of %s; write a"
				" prefix that is routed to this host",
				special[i]);
		return;
	}
}

static uint64_t ports_of(const struct conf_realm *realm)
{
	uint64_t ports = realm->port_max - realm->port_min + 1u, n = 0;
	unsigned int bits;

	for (unsigned int i = 0; i < realm->n_pools; i++) {
		bits = (realm->pool[i].family == AF_INET ? 32 : 128) -
		       realm->pool[i].len;
		n += bits < 32 ? ports << bits : UINT64_C(1) << 48;
	}
	return n;
}

/* A reserve is a part of a limit. */
static void check_limits(const struct conf *c, uint32_t contexts,
			 const struct conf_limits *l, struct conf_report *r)
{
	if (l->reserve_contexts > contexts)
		conf_report_add(r, conf_line(c, &l->reserve_contexts),
				"reserve-contexts is over contexts; write at"
				" most %u",
				contexts);
	if (l->reserve_kbps > l->bandwidth_kbps)
		conf_report_add(r, conf_line(c, &l->reserve_kbps),
				"reserve-kbps is over bandwidth-kbps; write at"
				" most %u",
				l->bandwidth_kbps);
}

static void check_realm(const struct conf *c, const struct conf_realm *realm,
			struct conf_report *r)
{
	bool has_v6 = false;

	for (unsigned int i = 0; i < realm->n_pools; i++) {
		has_v6 |= realm->pool[i].family == AF_INET6;
		check_special(c, &realm->pool[i], r);
	}
	if (realm->port_min > realm->port_max)
		conf_report_add(r, conf_line(c, &realm->port_min),
				"min is over max; write min=\"%u\""
				" max=\"%u\"",
				realm->port_max, realm->port_min);
	else if (ports_of(realm) > CONF_MAX_PORTS)
		conf_report_add(r, realm->line,
				"the pools of this realm hold over %u ports;"
				" write longer prefixes or fewer ports",
				(unsigned int)CONF_MAX_PORTS);
	if (realm->table == 253 || realm->table == 255)
		conf_report_add(r, conf_line(c, &realm->table),
				"table %u belongs to the kernel; write 254 or"
				" a table of your own, such as 101",
				realm->table);
	if (has_v6 && realm->mtu < 1280)
		conf_report_add(r, conf_line(c, &realm->mtu),
				"IPv6 needs an mtu of 1280; write at least"
				" mtu=\"1280\"");
	check_limits(c, realm->max_contexts, &realm->limits, r);
	if (!realm->interface[0])
		conf_report_add(r, realm->line,
				"the name begins with a dot; write"
				" interface=\"access\"");
}

static void check_overload(const struct conf *c, const struct conf_overload *o,
			   struct conf_report *r)
{
	if (o->notify > o->refuse_adds)
		conf_report_add(r, conf_line(c, &o->notify),
				"notify-percent is over refuse-adds-percent;"
				" write at most %u",
				o->refuse_adds);
	if (o->refuse_adds > o->refuse_all)
		conf_report_add(r, conf_line(c, &o->refuse_adds),
				"refuse-adds-percent is over"
				" refuse-all-percent; write at most %u",
				o->refuse_all);
	if (o->hysteresis >= o->notify)
		conf_report_add(r, conf_line(c, &o->hysteresis),
				"hysteresis-percent is not under"
				" notify-percent; write at most %u",
				o->notify - 1);
}

static void check_gateway(const struct conf *c, const struct conf_gateway *g,
			  struct conf_report *r)
{
	check_h248(c, &g->h248, r);
	check_limits(c, g->max_contexts, &g->limits, r);
	check_overload(c, &g->overload, r);
	for (unsigned int i = 0; i < g->n_realms; i++)
		check_realm(c, &g->realm[i], r);
}

/* Each worker has a part of the ports of each address. */
static void check_workers(const struct conf *c, const struct conf_gateway *g,
			  unsigned int workers, struct conf_report *r)
{
	for (unsigned int i = 0; i < g->n_realms; i++) {
		const struct conf_realm *realm = &g->realm[i];
		unsigned int n = realm->port_max - realm->port_min + 1u;

		if (n < workers)
			conf_report_add(r, conf_line(c, &realm->port_min),
					"%u workers need as many ports, and"
					" these are %u; write more ports or"
					" <limits workers=\"%u\"/>",
					workers, n, n);
	}
}

/* What all gateways share one of: the packet engine. */
static void check_sums(const struct conf *c, struct conf_report *r)
{
	uint64_t ports = 0, contexts = 0;
	unsigned int realms = 0, workers = 1;

	for (unsigned int i = 0; i < c->n_gateways; i++) {
		const struct conf_gateway *g = &c->gateway[i];

		contexts += g->max_contexts;
		realms += g->n_realms;
		if (g->workers > workers)
			workers = g->workers;
		for (unsigned int k = 0; k < g->n_realms; k++)
			ports += ports_of(&g->realm[k]);
	}
	for (unsigned int i = 0; i < c->n_gateways; i++)
		check_workers(c, &c->gateway[i], workers, r);
	if (ports > CONF_MAX_PORTS)
		conf_report_add(r, 0,
				"all pools together hold over %u ports; write"
				" longer prefixes or fewer ports",
				(unsigned int)CONF_MAX_PORTS);
	if (contexts > CONF_MAX_CONTEXTS)
		conf_report_add(r, 0,
				"the gateways together hold over %u contexts;"
				" write smaller <limits contexts=\"..\"/>",
				(unsigned int)CONF_MAX_CONTEXTS);
	if (realms > CONF_MAX_ALL_REALMS)
		conf_report_add(r, 0,
				"the gateways together hold over %u realms;"
				" remove some",
				(unsigned int)CONF_MAX_ALL_REALMS);
}

int conf_check(const struct conf *c, struct conf_report *r)
{
	unsigned int before = r->errors;

	for (unsigned int i = 0; i < c->n_gateways; i++)
		check_gateway(c, &c->gateway[i], r);
	conf_check_collisions(c, r);
	if (r->errors == before)
		check_sums(c, r);
	if (c->control_socket[0] != '/')
		conf_report_add(r, conf_line(c, c->control_socket),
				"the control socket needs a full path; write"
				" socket=\"/run/bgfd/control\"");
	return r->errors > before ? -EINVAL : 0;
}
