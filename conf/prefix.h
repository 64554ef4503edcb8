/*
 * conf/prefix.h - addresses and prefixes as they are written in the file
 */
#pragma once

#include "conf/conf.h"

/* "192.0.2.0/24", "2001:db8::/64", or an address alone (then /32, /128).
 * 0, or -EINVAL also for host bits that are set; *out untouched on error. */
int conf_prefix_parse(const char *text, struct conf_prefix *out);
/* Whether two prefixes have an address in common. */
bool conf_prefix_overlaps(const struct conf_prefix *a,
			  const struct conf_prefix *b);
/* "192.0.2.1:2944", "[2001:db8::1]:2944"; default_port when none is written,
 * 0: it must be.  0, or -EINVAL. */
int conf_endpoint_parse(const char *text, uint16_t default_port,
			struct sockaddr_storage *out);
