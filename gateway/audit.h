/*
 * gateway/audit.h - what the files of the audits share
 *
 * audit_check.c judges what is asked, cmd_audit.c answers AuditValue and the
 * Audit descriptor of other commands, audit_media.c and capability.c build
 * their larger parts.  An item without contents ("M") asks for all of it, one
 * with contents for what it names (individual audit, H.248.1 7.1.12, v2).
 */
#pragma once

#include "gateway/cmd.h"

/* Media as asked for by item; NULL when the arena is used up. */
struct h248_desc *gw_audit_media(const struct gw_call *c,
				 const struct h248_desc *item);
/* What the gateway can do of a descriptor (AuditCapability, 7.2.6). */
struct h248_desc *gw_capability(const struct gw_call *c,
				const struct h248_desc *item);

/* Whether a list of names, or the package's "*", holds pkg/item.  An empty
 * list holds everything. */
bool gw_audit_names(const struct h248_prop *only, const char *pkg,
		    const char *item);
/* The same for the names of an Events or Signals item. */
bool gw_audit_names_event(const struct h248_desc *item,
			  const struct h248_name *name);
bool gw_audit_names_signal(const struct h248_desc *item, const char *pkg,
			   const char *name);
