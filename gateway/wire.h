/*
 * gateway/wire.h - a virtual gateway on libevent: its socket and its timer
 *
 * gateway/loop.c has the loop and what all gateways share.
 */
#pragma once

#include "gateway/gw.h"

/* Opens the H.248 socket on the loop of gw->host.  0, or a negative errno with
 * one line in err. */
int gw_wire_open(struct gw *gw, char *err, size_t cap);
/* NULL events and closed sockets are fine. */
void gw_wire_close(struct gw *gw);
/* The next gw_tick() when it is due; after whatever may have moved it. */
void gw_wire_arm(struct gw *gw);
/* Certificates, keys are replaced while we run, when there are any; what cannot
 * be read changes nothing.  0, or a negative errno with one line in err. */
int gw_wire_reload_tls(struct gw *gw, char *err, size_t cap);
int gw_wire_reload_auth(struct gw *gw, char *err, size_t cap);
