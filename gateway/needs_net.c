/*
 * gateway/needs_net.c - what the host's network lacks for a configuration
 *
 * Addresses and routes may come later, so it is told and is no error.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "conf/check.h"
#include "conf/prefix.h"
#include "gateway/address.h"
#include "gateway/needs.h"
#include "h248/addr.h"

struct net {
	const struct conf *conf;
	struct ifaddrs *list; /* of the host; NULL: not known */
	gw_needs_h *hear;
};

static void warn(const struct net *n, const void *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* at: what of the configuration it is about. */
static void warn(const struct net *n, const void *at, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int k = snprintf(line, sizeof(line),
			 "line %d: ", conf_line(n->conf, at));

	va_start(ap, fmt);
	vsnprintf(line + k, sizeof(line) - (size_t)k, fmt, ap);
	va_end(ap);
	n->hear(LOG_WARNING, line);
}

/* The prefix that is this address alone; false: neither IPv4 nor IPv6. */
static bool prefix_of(const struct sockaddr *a, struct conf_prefix *out)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNSPEC };
	uint16_t port;

	if (!a)
		return false;
	ss.ss_family = a->sa_family;
	memcpy(&ss, a, h248_addr_len(&ss));
	*out = (struct conf_prefix) {
		.family = ss.ss_family,
		.len = ss.ss_family == AF_INET6 ? 128 : 32,
	};
	return gw_address_split(&ss, &out->addr, &port);
}

/* Packets for an address of the host are its own, and reach no gate. */
static void check_pool(const struct net *n, const struct conf_realm *realm,
		       const struct conf_prefix *pool)
{
	struct conf_prefix own;
	char text[GW_ADDRESS];

	for (const struct ifaddrs *a = n->list; a; a = a->ifa_next) {
		if (!prefix_of(a->ifa_addr, &own) ||
		    !conf_prefix_overlaps(&own, pool))
			continue;
		gw_address_text(&own.addr, 0, text, sizeof(text));
		warn(n, pool,
		     "this pool of realm %s holds %s, which is an address of"
		     " %s: take it from there, or write another prefix",
		     realm->name, text, a->ifa_name);
	}
}

static bool is_there(const struct net *n, const char *iface)
{
	for (const struct ifaddrs *a = n->list; a; a = a->ifa_next)
		if (!strcmp(a->ifa_name, iface))
			return true;
	return false;
}

static void check_realm(const struct net *n, const struct conf_realm *realm)
{
	bool has_way = false;

	for (unsigned int i = 0; i < realm->n_ifaces; i++)
		has_way = has_way || is_there(n, realm->media[i].name);
	if (realm->n_ifaces && !has_way)
		warn(n, &realm->media[0],
		     "nobody can use realm %s: none of its interfaces is there"
		     " (%s); write <media interface=\"..\"/> of the host",
		     realm->name, realm->media[0].name);
	for (unsigned int i = 0; i < realm->n_pools; i++)
		check_pool(n, realm, &realm->pool[i]);
}

/* Asks the routing tables, and sends nothing. */
static void check_controller(const struct net *n,
			     const struct sockaddr_storage *to)
{
	int fd = socket(to->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[GW_ADDRESS];

	if (fd < 0)
		return;
	gw_address_of(to, text, sizeof(text));
	if (connect(fd, (const struct sockaddr *)to, h248_addr_len(to)))
		warn(n, to, "the controller %s cannot be reached: %s", text,
		     strerror(errno));
	close(fd);
}

void gw_needs_net(const struct conf *conf, gw_needs_h *hear)
{
	struct net n = { .conf = conf, .hear = hear };

	if (getifaddrs(&n.list))
		return;
	for (unsigned int i = 0; i < conf->n_gateways; i++) {
		const struct conf_gateway *g = &conf->gateway[i];

		for (unsigned int k = 0; k < g->h248.n_controllers; k++)
			check_controller(&n, &g->h248.controller[k]);
		for (unsigned int k = 0; k < g->n_realms; k++)
			check_realm(&n, &g->realm[k]);
	}
	freeifaddrs(n.list);
}
