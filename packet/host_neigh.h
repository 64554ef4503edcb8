/*
 * packet/host_neigh.h - proxied neighbours: who answers for media addresses
 *
 * Where a media prefix lies in the subnet of a media interface, or clients take
 * it for such, the kernel answers ARP and neighbour solicitations for its
 * addresses there, and for no other (decision 3).  Thread: control, at start
 * and stop.
 */
#pragma once

#include "packet/engine.h"

struct nl_sock; /* libnl */

enum {
	PKT_HOST_PROTO = 182,       /* of our routes, rules and neighbours */
	PKT_HOST_NEIGHBOURS = 4096, /* addresses of a prefix, at most */
};

/* 0, or a negative errno with one line in err. */
int pkt_host_neigh_setup(struct nl_sock *sk, const struct pkt_engine_cfg *cfg,
			 char *err, size_t cap);
/* Removes those that are ours, whatever run and configuration made them. */
void pkt_host_neigh_cleanup(struct nl_sock *sk);
