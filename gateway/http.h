/*
 * gateway/http.h - metrics, health and the status page over HTTP
 *
 * Off unless <http listen=".."/> names an address.  Read only: GET and HEAD.
 *
 *	/          the status page (gateway/page.h); /context: one context
 *	/metrics   gateway/metric.def, for Prometheus
 *	/healthz   200 while the process runs its loop
 *	/readyz    200 when every gateway may be given sessions, else 503 and why
 *
 * What a client can cost is bounded: connections at a time, octets of a
 * request, and the time it may take to ask and to be answered, however it
 * spreads its octets; those of / and /metrics, the long ones, are made at most
 * ten times a second.  Thread: control.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct gw_host;
struct gw_http; /* opaque */
struct sockaddr_storage;

struct gw_http_stats {
	unsigned int n_connections;
	uint64_t requests; /* answered */
	uint64_t cut;      /* connections that were too slow */
};

/* Listen at `at` with host->base.  0 and a new object in *out, or a negative
 * errno with one line in err (cap octets). */
int gw_http_new(struct gw_host *host, const struct sockaddr_storage *at,
		struct gw_http **out, char *err, size_t cap);
/* Closes all connections.  NULL is fine. */
void gw_http_free(struct gw_http *http);

/* NULL: all zero. */
struct gw_http_stats gw_http_stats(const struct gw_http *http);
/* The port it listens on, when that of `at` was 0 (tests). */
uint16_t gw_http_port(const struct gw_http *http);
