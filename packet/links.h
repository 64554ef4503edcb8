/*
 * packet/links.h - which media interfaces are up
 *
 * A realm is available while one of its interfaces is there, up and running
 * (has its carrier); a realm without interfaces always is.  The kernel says
 * when a link changes; what the state is then is asked for each interface.
 * Needs no privilege.  Thread: control; never blocks.
 */
#pragma once

#include "packet/engine.h"

struct pkt_links; /* opaque */

/* Watches the interfaces of the realms of cfg, which is not kept.  0 and a new
 * object in *out, or a negative errno. */
int pkt_links_new(const struct pkt_engine_cfg *cfg, struct pkt_links **out);
void pkt_links_free(struct pkt_links *l); /* NULL is fine */
/* Readable when a link has changed; then pkt_links_read(). */
int pkt_links_fd(const struct pkt_links *l);
/* Takes the news, and looks.  Bit i: realm i is available. */
uint64_t pkt_links_read(struct pkt_links *l);
