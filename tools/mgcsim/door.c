/* mgcsim/door.c - see door.h */
#include "tools/mgcsim/door.h"

#include <errno.h>
#include <stdlib.h>

#include "h248/addr.h"
#include "tools/mgcsim/sim.h"

enum { MAX_DOORS = 64 };

struct sim_door {
	LIST_ENTRY(sim_door) entry;
	struct sim *sim;
	struct h248_transport transport;
};

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct sim_door *door = arg;

	door->sim->came_to = h248_transport_local(&door->transport);
	channel_put(&door->sim->channel, false, from, buf, n);
	door->sim->came_to = NULL;
}

static const struct h248_transport_hooks HOOKS = { .recv = on_message };

static struct sim_door *find(struct sim *sim,
			     const struct sockaddr_storage *addr)
{
	struct sim_door *door;

	LIST_FOREACH (door, &sim->doors, entry)
		if (h248_addr_eq(h248_transport_local(&door->transport), addr))
			return door;
	return NULL;
}

static int open_door(struct sim *sim, const struct sockaddr_storage *addr,
		     struct sim_door **out)
{
	struct h248_transport_params tp = { .kind = H248_TRANSPORT_UDP,
					    .local = *addr };
	struct sim_door *door;
	int rc;

	if (sim->n_doors == MAX_DOORS)
		return -EMFILE;
	door = calloc(1, sizeof(*door));
	if (!door)
		return -ENOMEM;
	door->sim = sim;
	rc = h248_transport_open(&tp, sim->base, &HOOKS, door,
				 &door->transport);
	if (rc) {
		free(door);
		return rc;
	}
	LIST_INSERT_HEAD(&sim->doors, door, entry);
	sim->n_doors++;
	*out = door;
	return 0;
}

int door_put(struct sim *sim, const struct sockaddr_storage *from,
	     const struct sockaddr_storage *to, const char *octets, size_t n)
{
	struct sim_door *door = find(sim, from);
	int rc = door ? 0 : open_door(sim, from, &door);

	return rc ? rc : h248_transport_send(&door->transport, to, octets, n);
}

void door_close_all(struct sim *sim)
{
	struct sim_door *door;

	while ((door = LIST_FIRST(&sim->doors))) {
		LIST_REMOVE(door, entry);
		h248_transport_close(&door->transport);
		free(door);
	}
}
