/*
 * gateway/metrics.h - the metrics of the process, as Prometheus reads them
 *
 * Text exposition format 0.0.4.  gateway/metric.def names every metric once;
 * what one costs does not depend on how many contexts there are.
 * Thread: control.
 */
#pragma once

#include "gateway/host.h"

struct evbuffer;

#define GW_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Appends all of them to out; less when there is no memory. */
void gw_metrics_write(const struct gw_host *host, struct evbuffer *out);
