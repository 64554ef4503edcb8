/*
 * gateway/interop.h - where a switch for a kind of controller acts
 *
 * docs/interop.md has the switches; those of the codec and the association go
 * into their parameters (gateway/core.c).  Control thread only.
 */
#pragma once

#include "conf/conf.h"
#include "h248/text.h"

/* An octet of an octet string, as it is written to this controller, from what
 * it means, or back: the same either way (h248.md 1.3). */
uint8_t gw_interop_octet(const struct conf_interop *c, uint8_t octet);
/* The code of a refused command. */
uint16_t gw_interop_code(const struct conf_interop *c, enum h248_cmd_kind kind,
			 uint16_t code);
/* Whether a command may have a wildcarded response; -EPROTO with err 501. */
int gw_interop_check_cmd(const struct conf_interop *c,
			 const struct h248_cmd *cmd, struct h248_err *err);
/* Context properties, set or audited; NULL: none.  -EPROTO with err. */
int gw_interop_check_props(const struct conf_interop *c,
			   const struct h248_ctx_props *p, struct h248_place at,
			   struct h248_err *err);
/* How messages are written. */
void gw_interop_style(const struct conf_h248 *c, struct h248_text_style *out);
