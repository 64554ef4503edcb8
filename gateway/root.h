/*
 * gateway/root.h - the termination ROOT: properties and Events of the gateway
 */
#pragma once

#include "gateway/cmd.h"

struct gw_root {
	struct gw_props props; /* as set by the controller */
	struct gw_events events;
};

struct gw_root *gw_root_new(void); /* NULL: memory */
void gw_root_free(struct gw_root *root);

/* Modify of ROOT. */
int gw_root_check(struct gw_call *c, struct h248_err *err);
void gw_root_commit(struct gw_call *c);

/* Descriptors for an audit; only: NULL, or what is asked for.  NULL when the
 * arena is used up. */
struct h248_desc *gw_root_media(const struct gw *gw,
				const struct h248_media *only,
				struct h248_arena *a);
struct h248_desc *gw_root_packages(const struct gw *gw,
				   const struct h248_package_version *only,
				   struct h248_arena *a);
