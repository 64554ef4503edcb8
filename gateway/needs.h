/*
 * gateway/needs.h - what the process must be allowed, before it starts
 *
 * Capabilities, limits and sysctls that are missing are named here in the words
 * an operator can act on, and not found out later one by one.  Thread: control.
 */
#pragma once

#include "conf/conf.h"

/* How many descriptors conf may ever want at once. */
unsigned int gw_needs_files(const struct conf *conf);

/*
 * Raises the soft limit of open files when it is too low and the hard one
 * allows it; logs what is missing and can be done without.
 *
 * Returns: 0, or -EPERM with one line in err about what cannot.
 */
int gw_needs_check(const struct conf *conf, char *err, size_t cap);

/* One thing that is missing: a syslog priority, and a line. */
typedef void(gw_needs_h)(int priority, const char *line);
/* Tells of pools with addresses of the host, realms without an interface, and
 * controllers without a route (needs_net.c). */
void gw_needs_net(const struct conf *conf, gw_needs_h *hear);

/* For --check: the same to stderr, a line each, "warning: ..."; nothing is
 * changed, and what would end the start is told as well. */
void gw_needs_print(const struct conf *conf);
