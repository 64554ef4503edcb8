/*
 * packet/host_nft.h - the nftables rules around media prefixes
 *
 * One table "inet bgfd": takes media out of connection tracking, drops what
 * must never be answered or reassembled, and keeps media interfaces from
 * other addresses of this host (decisions 2 to 5).  Thread: control,
 * at start and stop.
 */
#pragma once

#include "packet/engine.h"

/* Replaces the table as a whole.  0, or -EIO with one line in err. */
int pkt_host_nft_setup(const struct pkt_engine_cfg *cfg, char *err, size_t cap);
void pkt_host_nft_cleanup(void);
