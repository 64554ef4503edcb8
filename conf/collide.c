/* conf/collide.c - see collide.h */
#include "conf/collide.h"

#include <string.h>

#include "conf/check.h"
#include "conf/mid.h"
#include "conf/prefix.h"

bool conf_same_endpoint(const struct sockaddr_storage *a,
			const struct sockaddr_storage *b)
{
	return !memcmp(a, b, sizeof(*a)); /* padding is zero: prefix.c */
}

bool conf_is_wildcard(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;

	if (ss->ss_family == AF_INET)
		return !v4->sin_addr.s_addr;
	return IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

/* ---- two realms ---- */

static void check_text(const struct conf *c, const char *what,
		       const struct conf_realm *a, const char *x,
		       const struct conf_realm *b, const char *y,
		       struct conf_report *r)
{
	int line = conf_line(c, y);

	if (!strcmp(x, y))
		conf_report_add(r, line ? line : b->line,
				"%s=\"%s\" is also that of the realm in line"
				" %d; write another %s",
				what, y, a->line, what);
}

/* Of one gateway: a controller selects a realm by interface, or by none. */
static void check_selection(const struct conf *c, const struct conf_realm *a,
			    const struct conf_realm *b, struct conf_report *r)
{
	check_text(c, "interface", a, a->interface, b, b->interface, r);
	if (a->is_default && b->is_default)
		conf_report_add(r, conf_line(c, &b->is_default),
				"the realm in line %d is the default already;"
				" write default=\"no\"",
				a->line);
}

static void check_pair(const struct conf *c, const struct conf_realm *a,
		       const struct conf_realm *b, struct conf_report *r)
{
	check_text(c, "name", a, a->name, b, b->name, r);
	check_text(c, "tun", a, a->tun, b, b->tun, r);
	if (a->table == b->table && a->table != 254)
		conf_report_add(r, conf_line(c, &b->table),
				"table=\"%u\" is also that of the realm in"
				" line %d; only 254 may be shared",
				b->table, a->line);
	for (unsigned int i = 0; i < a->n_ifaces; i++)
		for (unsigned int k = 0; k < b->n_ifaces; k++)
			if (!strcmp(a->media[i].name, b->media[k].name))
				conf_report_add(r,
						conf_line(c, b->media[k].name),
						"interface \"%s\" belongs to"
						" the realm in line %d;"
						" remove one",
						b->media[k].name, a->line);
}

static void check_realms(const struct conf *c, const struct conf_gateway *a,
			 const struct conf_gateway *b, struct conf_report *r)
{
	for (unsigned int k = 0; k < b->n_realms; k++)
		for (unsigned int i = 0; i < (a == b ? k : a->n_realms); i++) {
			check_pair(c, &a->realm[i], &b->realm[k], r);
			if (a == b)
				check_selection(c, &a->realm[i], &b->realm[k],
						r);
		}
}

/* ---- pools ---- */

static void check_overlap(const struct conf *c, const struct conf_prefix *a,
			  const struct conf_prefix *b, struct conf_report *r)
{
	if (conf_prefix_overlaps(a, b))
		conf_report_add(r, conf_line(c, b),
				"this pool overlaps the one in line %d;"
				" a media address belongs to one realm",
				conf_line(c, a));
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
	if (!conf_is_wildcard(&h->local) && conf_prefix_overlaps(pool, &p))
		conf_report_add(r, conf_line(c, pool),
				"this pool holds the H.248 listen address;"
				" write a prefix for media only");
	prefix_of(&c->http, &p);
	if (c->http.ss_family != AF_UNSPEC && !conf_is_wildcard(&c->http) &&
	    conf_prefix_overlaps(pool, &p))
		conf_report_add(r, conf_line(c, pool),
				"this pool holds the address of <http listen>;"
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

/* A pool against all before it, and against all controllers. */
static void check_pool(const struct conf *c,
		       const struct conf_prefix *const *all, unsigned int n,
		       struct conf_report *r)
{
	for (unsigned int i = 0; i < n; i++)
		check_overlap(c, all[i], all[n], r);
	for (unsigned int i = 0; i < c->n_gateways; i++)
		check_control(c, &c->gateway[i].h248, all[n], r);
}

static void check_pools(const struct conf *c, struct conf_report *r)
{
	const struct conf_prefix *all[CONF_MAX_ALL_REALMS * CONF_MAX_POOLS];
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->n_gateways; i++)
		for (unsigned int k = 0; k < c->gateway[i].n_realms; k++)
			for (unsigned int p = 0;
			     p < c->gateway[i].realm[k].n_pools; p++) {
				if (n == sizeof(all) / sizeof(*all))
					return; /* too many realms: reported */
				all[n] = &c->gateway[i].realm[k].pool[p];
				check_pool(c, all, n++, r);
			}
}

/* ---- two gateways ---- */

static unsigned int port_of(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;

	return ss->ss_family == AF_INET ? v4->sin_port : v6->sin6_port;
}

/* Whether both can not listen: UDP and TCP have ports of their own. */
static bool same_listener(const struct conf_h248 *a, const struct conf_h248 *b)
{
	bool is_any =
		conf_is_wildcard(&a->local) || conf_is_wildcard(&b->local);

	if ((a->transport == CONF_TRANSPORT_UDP) !=
		    (b->transport == CONF_TRANSPORT_UDP) ||
	    a->local.ss_family != b->local.ss_family)
		return false;
	return conf_same_endpoint(&a->local, &b->local) ||
	       (is_any && port_of(&a->local) == port_of(&b->local));
}

/* The line of a value, or of the tag when it is derived. */
static int line_of(const struct conf *c, const void *value,
		   const struct conf_gateway *g)
{
	int line = conf_line(c, value);

	return line ? line : conf_line(c, &g->h248.local);
}

static void check_two(const struct conf *c, const struct conf_gateway *a,
		      const struct conf_gateway *b, struct conf_report *r)
{
	if (!strcmp(a->name, b->name))
		conf_report_add(r, conf_line(c, b->name),
				"name=\"%s\" is also that of the gateway in"
				" line %d; write another name",
				b->name, a->line);
	if (same_listener(&a->h248, &b->h248))
		conf_report_add(r, conf_line(c, &b->h248.local),
				"the gateway in line %d listens there too;"
				" write another address or port",
				a->line);
	if (conf_mid_is_same(a->h248.mid, b->h248.mid))
		conf_report_add(r, line_of(c, b->h248.mid, b),
				"mid \"%s\" is also that of the gateway in"
				" line %d; write another mid",
				b->h248.mid, a->line);
	check_realms(c, a, b, r);
}

void conf_check_collisions(const struct conf *c, struct conf_report *r)
{
	for (unsigned int i = 0; i < c->n_gateways; i++) {
		check_realms(c, &c->gateway[i], &c->gateway[i], r);
		for (unsigned int k = 0; k < i; k++)
			check_two(c, &c->gateway[k], &c->gateway[i], r);
	}
	check_pools(c, r);
}
