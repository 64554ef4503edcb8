/*
 * gateway/metrics_int.h - between metrics.c (the table) and metrics_put.c (the
 * samples that are more than one number for each gateway)
 */
#pragma once

#include <event2/buffer.h>

#include "gateway/metrics.h"

struct metric_out;

struct metric {
	const char *name, *type, *help;
	/* One of them: a value for each gateway, or everything. */
	double (*value)(const struct gw *gw, const struct h248_txn_counters *c);
	void (*put)(struct metric_out *o, const struct metric *m);
};

struct metric_out {
	struct evbuffer *to;
	const struct gw_host *host;
	struct pkt_counters packets; /* read once for one answer */
};

#define FAMILY(name, type, labels, help) \
	void put_##name(struct metric_out *o, const struct metric *m);
#define GATEWAY(name, type, help, value)
#include "gateway/metric.def"
#undef FAMILY
#undef GATEWAY

/* Of the association; all zero when there is none. */
const struct h248_txn_counters *metric_counters(const struct gw *gw);
