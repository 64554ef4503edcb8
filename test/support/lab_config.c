/* test/support/lab_config.c - see lab_config.h */
#include "test/support/lab_config.h"

#include <arpa/inet.h>
#include <string.h>

struct pkt_engine_cfg lab_config(unsigned int n_workers)
{
	static const char *const media[2] = { "::ffff:198.51.100.0",
					      "::ffff:10.77.2.64" };
	struct pkt_engine_cfg cfg = {
		.n_realms = 2,
		.n_workers = n_workers,
		.max_rendezvous = 16,
		.owns_host = true,
	};

	for (int i = 0; i < 2; i++) {
		struct pkt_realm_cfg *r = &cfg.realm[i];

		strcpy(r->name, i ? "core" : "access");
		strcpy(r->tun, i ? "bgf-core" : "bgf-access");
		strcpy(r->iface[0], i ? "vcor" : "vacc");
		r->n_ifaces = 1;
		r->n_prefixes = 1;
		inet_pton(AF_INET6, media[i], &r->prefix[0].addr);
		r->prefix[0].len = 128 - 2;
		r->table = 254;
		r->port_min = 16384;
		r->port_max = 65535;
		r->mtu = 1500;
	}
	return cfg;
}
