/* test/support/two_realms.c - see two_realms.h */
#include "test/support/two_realms.h"

#include <arpa/inet.h>
#include <string.h>

struct in6_addr two_realms_ipv4(uint32_t a)
{
	struct in6_addr m = IN6ADDR_ANY_INIT;

	memset(&m.s6_addr[10], 0xff, 2);
	a = htonl(a);
	memcpy(&m.s6_addr[12], &a, 4);
	return m;
}

struct in6_addr two_realms_local(unsigned int i, uint32_t n)
{
	return two_realms_ipv4((i ? 0xc6130000 : 0xc6120000) + n);
}

struct in6_addr two_realms_client(unsigned int i, uint32_t n)
{
	return two_realms_ipv4((i ? 0x0b000000 : 0x0a000000) + n);
}

uint32_t two_realms_addrs(uint32_t n_sessions)
{
	uint32_t n = 1;

	while ((uint64_t)n * TWO_PORTS < n_sessions)
		n *= 2;
	return n;
}

void two_realms_init(struct pkt_engine_cfg *cfg, uint32_t n_sessions)
{
	uint32_t n_addrs = two_realms_addrs(n_sessions);

	memset(cfg, 0, sizeof(*cfg));
	cfg->n_realms = 2;
	cfg->n_workers = 1;
	cfg->max_rendezvous = n_sessions;
	for (unsigned int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg->realm[i];

		strcpy(r->name, i ? "b" : "a");
		r->prefix[0].addr = two_realms_local(i, 0);
		r->prefix[0].len = (uint8_t)(129 - __builtin_ffs((int)n_addrs));
		r->n_prefixes = 1;
		r->port_min = TWO_PORT_MIN;
		r->port_max = TWO_PORT_MAX;
	}
}

void two_realms_own_host(struct pkt_engine_cfg *cfg, uint8_t fastpath)
{
	cfg->owns_host = true;
	for (unsigned int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg->realm[i];

		strcpy(r->tun, i ? "bgf-b" : "bgf-a");
		strcpy(r->iface[0], i ? "vb" : "va");
		r->fastpath[0] = fastpath;
		r->n_ifaces = 1;
		r->table = 254;
		r->mtu = 1500;
	}
}
