/*
 * h248/legal.h - which descriptor may stand in which command (H.248.1 clause
 * 7.2, Annex B.2)
 */
#pragma once

#include "h248/msg.h"

/*
 * May a descriptor of this kind stand in a request of kind cmd, when those of
 * the bits `seen` (1 << kind) stood there before?  0, or the code: 447 not
 * legal here, 448 a second time.
 */
uint16_t h248_legal_desc(enum h248_cmd_kind cmd, enum h248_desc_kind kind,
			 unsigned int seen);

/* May it be an item of the Audit descriptor in a command of kind cmd?
 * 0 or 447. */
uint16_t h248_legal_audit_item(enum h248_cmd_kind cmd,
			       enum h248_desc_kind kind);

/* Bits (1 << kind) one of which must stand in a request; 0: none must. */
unsigned int h248_legal_needed(enum h248_cmd_kind cmd);
