/*
 * packet/host.h - what the host must do, and must not do, with media
 *
 * Routes media prefixes to the TUN device of their realm, lets a media
 * interface reach nothing else, takes media out of connection tracking, drops
 * what may never be answered (TTL 1, fragments), and answers neighbour
 * requests for media addresses only (decisions 1 to 5).  Routes and
 * rules are in host.c (libnl), the packet filter in host_nft.c (libnftables).
 * Thread: control, at start and stop.
 */
#pragma once

#include "packet/engine.h"

/* Removes leftovers, then sets everything up.  TUN devices exist already.  On
 * error what was done is undone, and err says what is missing. */
int pkt_host_setup(const struct pkt_engine_cfg *cfg, char *err, size_t cap);
/* Takes everything away except the blackhole that keeps media prefixes from
 * the default route; `is_final` takes that too. */
void pkt_host_cleanup(const struct pkt_engine_cfg *cfg, bool is_final);
