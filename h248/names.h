/*
 * h248/names.h - the token of each value of the tree, once
 *
 * Decoder and encoder walk the same tables; what people read is the long form
 * of the same token.  Thread: any.
 */
#pragma once

#include "h248/msg.h"
#include "h248/tok.h"

enum { H248_N_MODES = 5, H248_N_TOPOLOGIES = 5, H248_N_SERVICE_STATES = 3 };

extern const enum h248_tok h248_cmd_toks[H248_CMD__COUNT];
extern const enum h248_tok h248_desc_toks[H248_DESC__COUNT];
extern const enum h248_tok h248_mode_toks[H248_N_MODES];
extern const enum h248_tok h248_topology_toks[H248_N_TOPOLOGIES];
extern const enum h248_tok h248_service_state_toks[H248_N_SERVICE_STATES];

/* "AuditValue", "ObservedEvents", "SendReceive"; "?" for what is none. */
const char *h248_cmd_name(enum h248_cmd_kind kind);
const char *h248_desc_name(enum h248_desc_kind kind);
const char *h248_mode_name(enum h248_mode mode);
