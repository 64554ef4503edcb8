/*
 * gateway/packages.h - package definitions of conf/ into the registry of h248/
 */
#pragma once

#include "h248/pkg.h"

/* Reads all definitions of a directory.  0 and a new registry in *out
 * (h248_pkgs_free), or a negative errno with a line in err.  Thread: control,
 * at start. */
int gw_packages_load(const char *dir, struct h248_pkgs **out, char *err,
		     size_t cap);
