/* conf/check.c - values that must fit together; see check.h */
#include "conf/check.h"

#include <errno.h>
#include <string.h>

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
	c->n_gateways = 1;
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

static bool same_endpoint(const struct sockaddr_storage *a,
			  const struct sockaddr_storage *b)
{
	return !memcmp(a, b, sizeof(*a)); /* padding is zero: prefix.c */
}

static bool is_wildcard(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;

	if (ss->ss_family == AF_INET)
		return !v4->sin_addr.s_addr;
	return IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

static void check_controller(const struct conf *c, const struct conf_h248 *h,
			     unsigned int i, struct conf_report *r)
{
	const struct sockaddr_storage *a = &h->controller[i];
	int line = conf_line(c, a);

	if (same_endpoint(a, &h->local))
		conf_report_add(r, line,
				"the controller is our own listen address;"
				" write the address of the controller");
	else if (a->ss_family != h->local.ss_family)
		conf_report_add(r, line,
				"the controller is of another address family"
				" than listen; write both as IPv4 or IPv6");
	else if (is_wildcard(a))
		conf_report_add(r, line,
				"a controller needs an address; write one such"
				" as \"192.0.2.2:2944\"");
	for (unsigned int k = 0; k < i; k++)
		if (same_endpoint(a, &h->controller[k]))
			conf_report_add(r, line,
					"the same controller twice;"
					" remove one");
}

/* Who leaves says so, and who comes does not say that he leaves. */
static void check_change(const struct conf *c, const struct conf_h248 *h,
			 unsigned int i, struct conf_report *r)
{
	const struct conf_change *x = &h->change[i];
	bool is_leaving = x->event >= CONF_CHANGE_DRAIN;

	if (is_leaving != (x->method >= CONF_METHOD_GRACEFUL))
		conf_report_add(r, conf_line(c, &x->method),
				is_leaving ?
					"the gateway leaves here; write"
					" method=\"graceful\" or \"forced\"" :
					"the gateway registers here; write"
					" method=\"restart\", \"disconnected\","
					" \"failover\" or \"hand-off\"");
	for (unsigned int k = 0; k < i; k++)
		if (h->change[k].event == x->event)
			conf_report_add(r, conf_line(c, &x->event),
					"the same event twice; remove one");
}

static void check_h248(const struct conf *c, const struct conf_h248 *h,
		       struct conf_report *r)
{
	if (is_wildcard(&h->local) && !conf_line(c, h->mid))
		conf_report_add(r, conf_line(c, &h->local),
				"listen is any address, so mid must be"
				" written; write mid=\"[192.0.2.1]:2944\"");
	else if (!conf_mid_is_valid(h->mid))
		conf_report_add(r, conf_line(c, h->mid),
				"mid=\"%s\" is not a MID; write"
				" \"[192.0.2.1]:2944\", \"<bgf.example>\" or"
				" \"bgf/1\"",
				h->mid);
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
	check_timers(c, h, r);
}

/* ---- realms ---- */

/* What must differ between two realms. */
static void check_pair(const struct conf *c, const struct conf_realm *a,
		       const struct conf_realm *b, struct conf_report *r)
{
	const struct {
		const char *what, *x, *y;
	} t[] = {
		{ "name", a->name, b->name },
		{ "interface", a->interface, b->interface },
		{ "tun", a->tun, b->tun },
	};
	int line;

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		if (strcmp(t[i].x, t[i].y))
			continue;
		line = conf_line(c, t[i].y);
		conf_report_add(r, line ? line : b->line,
				"%s=\"%s\" is also that of the realm in line"
				" %d; write another %s",
				t[i].what, t[i].y, a->line, t[i].what);
	}
	if (a->table == b->table && a->table != 254)
		conf_report_add(r, conf_line(c, &b->table),
				"table=\"%u\" is also that of the realm in"
				" line %d; only 254 may be shared",
				b->table, a->line);
	if (a->is_default && b->is_default)
		conf_report_add(r, conf_line(c, &b->is_default),
				"the realm in line %d is the default already;"
				" write default=\"no\"",
				a->line);
	for (unsigned int i = 0; i < a->n_ifaces; i++)
		for (unsigned int k = 0; k < b->n_ifaces; k++)
			if (!strcmp(a->iface[i], b->iface[k]))
				conf_report_add(r, conf_line(c, b->iface[k]),
						"interface \"%s\" belongs to"
						" the realm in line %d;"
						" remove one",
						b->iface[k], a->line);
}

static void check_overlap(const struct conf *c, const struct conf_prefix *a,
			  const struct conf_prefix *b, struct conf_report *r)
{
	if (conf_prefix_overlaps(a, b))
		conf_report_add(r, conf_line(c, b),
				"this pool overlaps the one in line %d;"
				" a media address belongs to one realm",
				conf_line(c, a));
}

/* All pools of the gateway against all: they are disjoint. */
static void check_pools(const struct conf *c, const struct conf_gateway *g,
			struct conf_report *r)
{
	const struct conf_prefix *pool[CONF_MAX_REALMS * CONF_MAX_POOLS];
	unsigned int n = 0;

	for (unsigned int i = 0; i < g->n_realms; i++)
		for (unsigned int k = 0; k < g->realm[i].n_pools; k++)
			pool[n++] = &g->realm[i].pool[k];
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < i; k++)
			check_overlap(c, pool[k], pool[i], r);
}

static void prefix_of(const struct sockaddr_storage *ss, struct conf_prefix *p)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;

	*p = (struct conf_prefix) { .family = ss->ss_family };
	p->len = ss->ss_family == AF_INET ? 32 : 128;
	if (ss->ss_family == AF_INET6) {
		p->addr = v6->sin6_addr;
		return;
	}
	p->addr.s6_addr[10] = p->addr.s6_addr[11] = 0xff;
	memcpy(&p->addr.s6_addr[12], &v4->sin_addr, 4);
}

/* Media addresses are routed to a TUN device: H.248 would vanish there. */
static void check_control(const struct conf *c, const struct conf_h248 *h,
			  const struct conf_prefix *pool, struct conf_report *r)
{
	struct conf_prefix p;

	prefix_of(&h->local, &p);
	if (!is_wildcard(&h->local) && conf_prefix_overlaps(pool, &p))
		conf_report_add(r, conf_line(c, pool),
				"this pool holds the H.248 listen address;"
				" write a prefix for media only");
	for (unsigned int i = 0; i < h->n_controllers; i++) {
		prefix_of(&h->controller[i], &p);
		if (conf_prefix_overlaps(pool, &p))
			conf_report_add(r, conf_line(c, pool),
					"this pool holds the address of a"
					" controller; write a prefix for media"
					" only");
	}
}

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

static void check_realm(const struct conf *c, const struct conf_gateway *g,
			const struct conf_realm *realm, struct conf_report *r)
{
	bool has_v6 = false;

	for (unsigned int i = 0; i < realm->n_pools; i++) {
		has_v6 |= realm->pool[i].family == AF_INET6;
		check_control(c, &g->h248, &realm->pool[i], r);
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
	if (!realm->interface[0])
		conf_report_add(r, realm->line,
				"the name begins with a dot; write"
				" interface=\"access\"");
}

/* Returns how many ports its pools hold. */
static uint64_t check_gateway(const struct conf *c,
			      const struct conf_gateway *g,
			      struct conf_report *r)
{
	uint64_t ports = 0;

	check_h248(c, &g->h248, r);
	for (unsigned int i = 0; i < g->n_realms; i++) {
		check_realm(c, g, &g->realm[i], r);
		ports += ports_of(&g->realm[i]);
		for (unsigned int k = 0; k < i; k++)
			check_pair(c, &g->realm[k], &g->realm[i], r);
	}
	check_pools(c, g, r);
	return ports;
}

int conf_check(const struct conf *c, struct conf_report *r)
{
	unsigned int before = r->errors;
	uint64_t ports = 0;

	for (unsigned int i = 0; i < c->n_gateways; i++)
		ports += check_gateway(c, &c->gateway[i], r);
	if (r->errors == before && ports > CONF_MAX_PORTS)
		conf_report_add(r, 0,
				"all pools together hold over %u ports; write"
				" longer prefixes or fewer ports",
				(unsigned int)CONF_MAX_PORTS);
	if (c->control_socket[0] != '/')
		conf_report_add(r, conf_line(c, c->control_socket),
				"the control socket needs a full path; write"
				" socket=\"/run/bgfd/control\"");
	return r->errors > before ? -EINVAL : 0;
}
