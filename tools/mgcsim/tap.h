/*
 * mgcsim/tap.h - what passes an interface of a node, kept in order
 */
#pragma once

#include <event2/event.h>
#include <stddef.h>
#include <sys/queue.h>

#include "tools/mgcsim/network.h"
#include "tools/mgcsim/segment.h"
#include "tools/mgcsim/vars.h"

enum { TAP_MAX = 200000 }; /* packets; what comes then is only counted */

struct tap {
	LIST_ENTRY(tap) entry;
	char name[VARS_NAME];
	int fd;
	struct event *readable;
	struct segment *packet;
	size_t n, cap;
	size_t n_missed; /* no room was left for, here or in the kernel */
	size_t next;     /* the first that no step has looked at */
	void (*changed)(void *arg);
	void *arg;
};

struct tap_params {
	const char *name, *node, *interface;
	struct network *network;
	struct event_base *base;
	void (*changed)(void *arg); /* after something was seen */
	void *arg;
};

/* 0 and a new one in *out; a negative errno. */
int tap_start(const struct tap_params *p, struct tap **out);
/* Whatever has passed by now is there afterwards, or counted as missed; of an
 * interface that never rests, TAP_MAX more. */
void tap_read(struct tap *t);
void tap_free(struct tap *t);
