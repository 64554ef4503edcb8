/*
 * packet/host.c - routes and rules
 *
 * For realm i, with its media interfaces M, its TUN device T, its media
 * prefixes P and its own routing table R:
 *
 *   rule 1000+i  iif M        lookup table 47000+i
 *   rule 1100+i  iif T to P   lookup table 47000+i   (a call comes back)
 *   rule 1200+i  iif T        lookup R
 *   rule 1300+i  iif T        blackhole
 *
 *   table 47000+i: P dev T; P and all other media blackhole; else unreachable
 *   table main:    P dev T; P blackhole
 *
 * A device that goes takes its routes along; the blackhole of a higher metric
 * is what is left then, so that nothing for a media address follows the
 * default route, and nobody who waits gets an ICMP error.  What is ours is
 * known by its routing protocol number.
 */
#include "packet/host.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <stdio.h>

#include "packet/host_neigh.h"
#include "packet/host_nft.h"
#include "packet/host_sysctl.h"

enum {
	TABLE_MEDIA = 47000,
	PRIO_IFACE = 1000,
	PRIO_RETURN = 1100,
	PRIO_REALM = 1200,
	PRIO_LAST = 1300,
	METRIC_LAST = 0x7fffffff,
};

struct host {
	struct nl_sock *sk;
	const struct pkt_engine_cfg *cfg;
	char *err;
	size_t cap;
};

static int fail(struct host *h, int nl_error, const char *what)
{
	snprintf(h->err, h->cap, "%s: %s", what, nl_geterror(nl_error));
	return nl_error == -NLE_PERM ? -EPERM : -EIO;
}

static int family_of(const struct pkt_prefix *p)
{
	return IN6_IS_ADDR_V4MAPPED(&p->addr) ? AF_INET : AF_INET6;
}

static unsigned int len_of(const struct pkt_prefix *p)
{
	return family_of(p) == AF_INET ? p->len - 96u : p->len;
}

/* Returns new. */
static struct nl_addr *addr_of(const struct pkt_prefix *p)
{
	bool is_v4 = family_of(p) == AF_INET;
	const uint8_t *a = p->addr.s6_addr;
	struct nl_addr *out =
		nl_addr_build(family_of(p), is_v4 ? a + 12 : a, is_v4 ? 4 : 16);

	if (out)
		nl_addr_set_prefixlen(out, (int)len_of(p));
	return out;
}

struct route_spec {
	uint32_t table;
	uint8_t type; /* RTN_* */
	int ifindex;  /* for RTN_UNICAST */
	uint32_t metric;
};

static int set_device(struct rtnl_route *route, int ifindex)
{
	struct rtnl_nexthop *nh = rtnl_route_nh_alloc();

	if (!nh)
		return -NLE_NOMEM;
	rtnl_route_nh_set_ifindex(nh, ifindex);
	rtnl_route_add_nexthop(route, nh);
	rtnl_route_set_scope(route, RT_SCOPE_LINK);
	return 0;
}

/* dst: taken as a borrow. */
static int add_route(struct host *h, int family, struct nl_addr *dst,
		     const struct route_spec *s)
{
	struct rtnl_route *route = rtnl_route_alloc();
	int rc = -NLE_NOMEM;

	if (!route || !dst)
		goto out;
	rtnl_route_set_family(route, (uint8_t)family);
	rtnl_route_set_table(route, s->table);
	rtnl_route_set_protocol(route, PKT_HOST_PROTO);
	rtnl_route_set_type(route, s->type);
	rtnl_route_set_priority(route, s->metric);
	rtnl_route_set_scope(route, RT_SCOPE_UNIVERSE);
	rc = rtnl_route_set_dst(route, dst);
	if (!rc && s->type == RTN_UNICAST)
		rc = set_device(route, s->ifindex);
	if (!rc)
		rc = rtnl_route_add(h->sk, route, NLM_F_CREATE | NLM_F_REPLACE);
out:
	rtnl_route_put(route);
	return rc ? fail(h, rc, "cannot add a media route") : 0;
}

static int add_prefix_route(struct host *h, const struct pkt_prefix *p,
			    const struct route_spec *s)
{
	struct nl_addr *dst = addr_of(p);
	int rc = add_route(h, family_of(p), dst, s);

	nl_addr_put(dst);
	return rc;
}

static int add_default(struct host *h, int family, uint32_t table)
{
	static const uint8_t zero[16];
	struct route_spec s = { table, RTN_UNREACHABLE, 0, METRIC_LAST };
	struct nl_addr *dst =
		nl_addr_build(family, zero, family == AF_INET ? 4 : 16);
	int rc;

	if (dst)
		nl_addr_set_prefixlen(dst, 0);
	rc = add_route(h, family, dst, &s);
	nl_addr_put(dst);
	return rc;
}

/* One prefix of realm `of`, as realm r's media table sees it. */
static int add_media_route(struct host *h, unsigned int r, unsigned int of,
			   const struct pkt_prefix *p)
{
	struct route_spec dev = { TABLE_MEDIA + r, RTN_UNICAST, 0, 0 };
	struct route_spec last = { TABLE_MEDIA + r, RTN_BLACKHOLE, 0,
				   METRIC_LAST };
	int rc = 0;

	if (r == of) {
		dev.ifindex = (int)if_nametoindex(h->cfg->realm[r].tun);
		rc = add_prefix_route(h, p, &dev);
		dev.table = RT_TABLE_MAIN;
		if (!rc)
			rc = add_prefix_route(h, p, &dev);
	}
	if (!rc)
		rc = add_prefix_route(h, p, &last);
	last.table = RT_TABLE_MAIN;
	if (!rc && r == of)
		rc = add_prefix_route(h, p, &last);
	return rc;
}

static int add_routes(struct host *h, unsigned int r)
{
	int rc = add_default(h, AF_INET, TABLE_MEDIA + r);

	for (unsigned int of = 0; of < h->cfg->n_realms; of++) {
		const struct pkt_realm_cfg *realm = &h->cfg->realm[of];

		for (unsigned int i = 0; !rc && i < realm->n_prefixes; i++)
			rc = add_media_route(h, r, of, &realm->prefix[i]);
	}
	return rc;
}

static bool has_family(const struct pkt_engine_cfg *cfg, int family)
{
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_prefixes; i++)
			if (family_of(&cfg->realm[r].prefix[i]) == family)
				return true;
	return false;
}

struct rule_spec {
	uint32_t prio;
	uint32_t table; /* 0: blackhole */
	const char *iif;
	struct nl_addr *dst; /* borrowed; NULL: any */
};

static int add_rule(struct host *h, int family, const struct rule_spec *s)
{
	struct rtnl_rule *rule = rtnl_rule_alloc();
	int rc = rule ? 0 : -NLE_NOMEM;

	if (rc)
		goto out;
	rtnl_rule_set_family(rule, family);
	rtnl_rule_set_prio(rule, s->prio);
	rtnl_rule_set_protocol(rule, PKT_HOST_PROTO);
	rtnl_rule_set_action(rule, s->table ? FR_ACT_TO_TBL : FR_ACT_BLACKHOLE);
	if (s->table)
		rtnl_rule_set_table(rule, s->table);
	rc = rtnl_rule_set_iif(rule, s->iif);
	if (!rc && s->dst)
		rc = rtnl_rule_set_dst(rule, s->dst);
	if (!rc)
		rc = rtnl_rule_add(h->sk, rule, NLM_F_EXCL);
out:
	rtnl_rule_put(rule);
	return rc ? fail(h, rc, "cannot add a routing rule") : 0;
}

static int add_return_rule(struct host *h, unsigned int r,
			   const struct pkt_prefix *p)
{
	struct rule_spec s = { PRIO_RETURN + r, TABLE_MEDIA + r,
			       h->cfg->realm[r].tun, NULL };
	int rc;

	s.dst = addr_of(p);
	rc = s.dst ? add_rule(h, family_of(p), &s) : -ENOMEM;
	nl_addr_put(s.dst);
	return rc;
}

static int add_rules(struct host *h, unsigned int r, int family)
{
	const struct pkt_realm_cfg *realm = &h->cfg->realm[r];
	struct rule_spec tun = { PRIO_REALM + r, realm->table, realm->tun,
				 NULL };
	struct rule_spec last = { PRIO_LAST + r, 0, realm->tun, NULL };
	int rc = 0;

	for (unsigned int i = 0; !rc && i < realm->n_ifaces; i++) {
		struct rule_spec in = { PRIO_IFACE + r, TABLE_MEDIA + r,
					realm->iface[i], NULL };

		rc = add_rule(h, family, &in);
	}
	for (unsigned int i = 0; !rc && i < realm->n_prefixes; i++)
		if (family_of(&realm->prefix[i]) == family)
			rc = add_return_rule(h, r, &realm->prefix[i]);
	if (!rc)
		rc = add_rule(h, family, &tun);
	return rc ? rc : add_rule(h, family, &last);
}

struct sweep {
	struct nl_sock *sk;
	bool want_blackholes;
};

/* When the daemon goes but comes back, the blackholes of main stay. */
static void sweep_route(struct nl_object *obj, void *arg)
{
	struct rtnl_route *route = (struct rtnl_route *)obj;
	const struct sweep *s = arg;

	if (rtnl_route_get_protocol(route) != PKT_HOST_PROTO)
		return;
	if (!s->want_blackholes &&
	    rtnl_route_get_table(route) == RT_TABLE_MAIN &&
	    rtnl_route_get_type(route) == RTN_BLACKHOLE)
		return;
	(void)rtnl_route_delete(s->sk, route, 0);
}

static void sweep_rule(struct nl_object *obj, void *arg)
{
	struct rtnl_rule *rule = (struct rtnl_rule *)obj;
	const struct sweep *s = arg;
	uint8_t protocol = 0;

	if (!rtnl_rule_get_protocol(rule, &protocol) &&
	    protocol == PKT_HOST_PROTO)
		(void)rtnl_rule_delete(s->sk, rule, 0);
}

static void sweep_family(struct nl_sock *sk, int family, bool want_blackholes)
{
	struct sweep s = { sk, want_blackholes };
	struct nl_cache *cache;

	if (!rtnl_rule_alloc_cache(sk, family, &cache)) {
		nl_cache_foreach(cache, sweep_rule, &s);
		nl_cache_free(cache);
	}
	if (!rtnl_route_alloc_cache(sk, family, 0, &cache)) {
		nl_cache_foreach(cache, sweep_route, &s);
		nl_cache_free(cache);
	}
}

static int check_ifaces(struct host *h)
{
	for (unsigned int r = 0; r < h->cfg->n_realms; r++) {
		const struct pkt_realm_cfg *realm = &h->cfg->realm[r];

		for (unsigned int i = 0; i < realm->n_ifaces; i++) {
			if (if_nametoindex(realm->iface[i]))
				continue;
			snprintf(h->err, h->cap,
				 "realm %s: there is no interface %s",
				 realm->name, realm->iface[i]);
			return -ENODEV;
		}
	}
	return 0;
}

static int setup(struct host *h)
{
	static const int families[] = { AF_INET, AF_INET6 };
	int rc = check_ifaces(h);

	if (!rc)
		rc = pkt_host_nft_setup(h->cfg, h->err, h->cap);
	for (unsigned int r = 0; !rc && r < h->cfg->n_realms; r++) {
		rc = add_routes(h, r);
		if (!rc && has_family(h->cfg, AF_INET6))
			rc = add_default(h, AF_INET6, TABLE_MEDIA + r);
		for (unsigned int f = 0; !rc && f < 2; f++)
			if (has_family(h->cfg, families[f]))
				rc = add_rules(h, r, families[f]);
	}
	if (!rc)
		rc = pkt_host_neigh_setup(h->sk, h->cfg, h->err, h->cap);
	/* Last: nothing is forwarded before it is fenced in. */
	if (!rc)
		rc = pkt_host_sysctl_setup(h->cfg, h->err, h->cap);
	return rc;
}

static struct nl_sock *open_netlink(void)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (sk && nl_connect(sk, NETLINK_ROUTE)) {
		nl_socket_free(sk);
		sk = NULL;
	}
	return sk;
}

int pkt_host_setup(const struct pkt_engine_cfg *cfg, char *err, size_t cap)
{
	struct host h = { NULL, cfg, err, cap };
	int rc;

	pkt_host_cleanup(cfg, false);
	h.sk = open_netlink();
	if (!h.sk) {
		snprintf(err, cap, "netlink: no socket");
		return -EIO;
	}
	rc = setup(&h);
	nl_socket_free(h.sk);
	if (rc)
		pkt_host_cleanup(cfg, true);
	return rc;
}

void pkt_host_cleanup(const struct pkt_engine_cfg *cfg, bool is_final)
{
	char err[128];
	struct host h = { open_netlink(), cfg, err, sizeof(err) };

	/* First: without the rules this host would be a router. */
	if (is_final)
		pkt_host_sysctl_cleanup(cfg);
	if (!h.sk)
		return;
	pkt_host_neigh_cleanup(h.sk);
	sweep_family(h.sk, AF_INET, is_final);
	sweep_family(h.sk, AF_INET6, is_final);
	nl_socket_free(h.sk);
	pkt_host_nft_cleanup();
}
