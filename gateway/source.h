/*
 * gateway/source.h - from which address we speak to a client (gm/, H.248.43)
 *
 * A TCP gate has one address and one port, those of Local: it can speak from
 * no other.  So gm/esas with gm/lsa, and gm/esps with gm/lsp, are done when
 * they name just these.  Without esas or esps, lsa and lsp say nothing.
 */
#pragma once

#include "gateway/context.h"

/* Local leaves address and port to us: takes what gm/ asks for, if it asks for
 * both. */
void gw_source_ask(struct gw_stream *s);
/* When local address and port are known.  0, or -EPROTO: 449 another address
 * or port than ours, or none at all; 472 esas or esps without a value. */
int gw_source_check(const struct gw_stream *s, struct h248_err *err);
