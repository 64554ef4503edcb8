/* gateway/metrics.c - the table of metrics, and the order of an answer */
#include "gateway/context.h"
#include "gateway/drain.h"
#include "gateway/metrics_int.h"

static bool is_up(const struct gw *gw)
{
	return gw->assoc && h248_assoc_state(gw->assoc) == H248_ASSOC_ACTIVE;
}

static bool is_in_service(const struct gw *gw)
{
	return !gw->service.is_out && !gw_drain_refuses(gw, false);
}

const struct h248_txn_counters *metric_counters(const struct gw *gw)
{
	static const struct h248_txn_counters none;

	return gw->assoc ? h248_assoc_counters(gw->assoc) : &none;
}

#define FAMILY(name, type, labels, help)
#define GATEWAY(name, type, help, value)                              \
	static double value_##name(const struct gw *gw,               \
				   const struct h248_txn_counters *c) \
	{                                                             \
		(void)gw, (void)c;                                    \
		return (double)(value);                               \
	}
#include "gateway/metric.def"
#undef FAMILY
#undef GATEWAY

static const struct metric metrics[] = {
#define FAMILY(name, type, labels, help) \
	{ #name, #type, help, NULL, put_##name },
#define GATEWAY(name, type, help, value) \
	{ #name, #type, help, value_##name, NULL },
#include "gateway/metric.def"
#undef FAMILY
#undef GATEWAY
};

static void put_gateways(const struct metric_out *o, const struct metric *m)
{
	const struct gw *gw;

	TAILQ_FOREACH (gw, &o->host->gateways, entry)
		evbuffer_add_printf(o->to, "%s{gateway=\"%s\"} %.17g\n",
				    m->name, gw->conf.name,
				    m->value(gw, metric_counters(gw)));
}

void gw_metrics_write(const struct gw_host *host, struct evbuffer *out)
{
	struct metric_out o = { .to = out, .host = host };
	const struct metric *end = metrics + sizeof(metrics) / sizeof(*metrics);

	if (host->engine)
		pkt_engine_counters(host->engine, &o.packets);
	for (const struct metric *m = metrics; m < end; m++) {
		evbuffer_add_printf(out, "# HELP %s %s\n# TYPE %s %s\n",
				    m->name, m->help, m->name, m->type);
		if (m->put)
			m->put(&o, m);
		else
			put_gateways(&o, m);
	}
}
