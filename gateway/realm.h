/*
 * gateway/realm.h - which realms can be used now (ipra, nt/netfail)
 *
 * ipra/ar of ROOT lists them (H.248.41 Amendment 1), ipra/arc on ROOT tells of
 * changes, in one Notify with context ALL; what changes while there is no
 * controller, or while a Notify is out, is told after.  A controller that did
 * not ask gets a ServiceChange of the terminations of that realm instead.  nt/netfail goes to
 * each termination of a realm that goes (H.248.1 E.11).
 */
#pragma once

#include "gateway/gw.h"

/* Bit i of up: realm i of gw->conf is available. */
void gw_realm_set(struct gw *gw, uint32_t up);
/* Tells what the controller does not know yet; the association is back. */
void gw_realm_tell(struct gw *gw);
/* ipra/arc was asked for: changes from now on. */
void gw_realm_watch(struct gw *gw);
/* A realm of one of its streams is down: nothing passes it. */
bool gw_realm_lacks(const struct gw *gw, const struct gw_term *term);
/* ipra/ar; NULL when there is none, or the arena is used up. */
struct h248_prop *gw_realm_available(const struct gw *gw, struct h248_arena *a);
