/* gateway/workers.c - see workers.h */
#include "gateway/workers.h"

#include "packet/cpus.h"
#include "packet/engine.h"

_Static_assert((int)CONF_MAX_WORKERS == (int)PKT_MAX_WORKERS,
	       "what can be written can be had");

/* Each worker has a part of the ports of each address. */
static unsigned int fewest_ports(const struct conf *conf)
{
	unsigned int fewest = PKT_MAX_WORKERS;

	for (unsigned int i = 0; i < conf->n_gateways; i++)
		for (unsigned int k = 0; k < conf->gateway[i].n_realms; k++) {
			const struct conf_realm *r = &conf->gateway[i].realm[k];
			unsigned int n = r->port_max - r->port_min + 1u;

			if (n < fewest)
				fewest = n;
		}
	return fewest;
}

static unsigned int automatic(const struct conf *conf)
{
	unsigned int n = pkt_cpus(), most = fewest_ports(conf);

	return n < most ? n : most;
}

unsigned int gw_workers_of(const struct conf *conf)
{
	unsigned int most = 1;

	for (unsigned int i = 0; i < conf->n_gateways; i++) {
		unsigned int n = conf->gateway[i].workers;

		if (n == CONF_WORKERS_AUTO)
			n = automatic(conf);
		if (n > most)
			most = n;
	}
	return most;
}
