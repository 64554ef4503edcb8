/*
 * gateway/term_id.h - "ip/<group>/<interface>/<n>" (h248.md 1.6)
 */
#pragma once

#include "gateway/gw.h"

/* Whether an id matches a pattern in which * stands for any text, also over
 * levels: "R1/1*" matches "R1/101/0". */
bool gw_term_id_matches(struct h248_span pattern, const char *id);

/*
 * The realm that a TerminationID with CHOOSE asks for.
 *
 * Out:     *realm, an index of conf.realm; untouched for "$" alone or a "$"
 *          in the place of the interface
 * Returns: 0, or -EPROTO with *err 430 for what is not ours
 */
int gw_term_id_realm(const struct conf_gateway *conf,
		     const struct h248_term_id *id, uint8_t *realm,
		     struct h248_err *err);
/* The id number n in a realm; cap over H248_MAX_TERM_ID. */
void gw_term_id_make(const struct conf_gateway *conf, uint8_t realm, uint32_t n,
		     char *out, size_t cap);
