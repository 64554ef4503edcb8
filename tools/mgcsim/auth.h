/*
 * mgcsim/auth.h - the authentication header, from the command line
 */
#pragma once

#include "h248/auth.h"

/*
 * SPI:ALGORITHM:FILE, e.g. "0x101:hmac-sha1-96:key.hex": what is sent is signed
 * with this key, and what comes must be.
 *
 * Returns: 0, or -EINVAL after a line on standard error
 */
int auth_make(const char *text, enum h248_auth_pseudo pseudo,
	      struct h248_authenticator **out);
