/*
 * mgcsim/door.h - other ports that datagrams are sent from
 *
 * A gateway answers where a request came from, and knows us by our MID.  What
 * comes to such a port is looked at as if it had come to the first one, and
 * says in the attribute "port" of its root where it came.
 */
#pragma once

#include <sys/queue.h>
#include <sys/socket.h>

struct sim;
struct sim_door;
LIST_HEAD(sim_doors, sim_door);

/* Octets from this address and port, which is open from the first on.  0, or
 * -errno. */
int door_put(struct sim *sim, const struct sockaddr_storage *from,
	     const struct sockaddr_storage *to, const char *octets, size_t n);
void door_close_all(struct sim *sim);
