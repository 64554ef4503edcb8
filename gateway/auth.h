/*
 * gateway/auth.h - the authentication header, from the configuration
 *
 * Control thread only.
 */
#pragma once

#include "conf/conf.h"
#include "h248/auth.h"

/*
 * Reads the keys and makes an authenticator; the second time, when *a is
 * not NULL, it gets the keys as they are now in their files.
 *
 * Returns: 0 (*a stays NULL with mode="off"); a negative errno with one line
 *          in err, and *a as before.  Every copy of a secret is wiped.
 */
int gw_auth_load(const struct conf_auth *c, struct h248_authenticator **a,
		 char *err, size_t cap);
