/*
 * tools/bgfctl/top.h - who sends most, again and again
 *
 * Two samples of `flows` make the rates of one round; gateways stand above.
 */
#pragma once

#include <stdbool.h>

#include "tools/bgfctl/client.h"

struct top {
	const char *path;     /* of the control socket */
	const json_t *flows;  /* the request: command, gateway, filters */
	unsigned int every_s; /* between two samples */
	unsigned int rows;    /* at most so many flows */
	unsigned int rounds;  /* 0: until show() returns false */
};

/* Hands over one reply for each round:
 * {"ok":true,"command":"top","top":{"interval_ms","gateways","flows"}}, a flow
 * as in `flows` and "octets_per_s", the largest first; or a refusal. */
typedef bool(top_h)(void *arg, const json_t *reply);
enum client_result top_run(const struct top *t, top_h *show, void *arg,
			   char *err, size_t cap);
