/*
 * packet/engine_priv.h - an engine on ports that are there already
 *
 * pkt_engine_new() opens TUN devices and sets up the host, which takes root;
 * tests hand in sockets that behave like a TUN device with virtio headers.
 */
#pragma once

#include "packet/engine.h"

/* fd: of each realm one for each worker, realm by realm; taken (closed) on
 * success and on error.  The host is left alone, whatever cfg->owns_host
 * says. */
int pkt_engine_new_on(const struct pkt_engine_cfg *cfg, const int *fd,
		      struct pkt_engine **out, char *err, size_t cap);
