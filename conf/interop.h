/*
 * conf/interop.h - what a named interoperability profile stands for
 *
 * A profile gives the default of each of its switches; what is written in the
 * file goes first.  docs/interop.md has the same table, and a test holds the
 * two against each other.
 */
#pragma once

#include "conf/conf.h"

/* One switch: an attribute of <h248> or of an element in it. */
struct conf_switch {
	const char *elem, *attr;
	const char *value[CONF_INTEROP__COUNT]; /* by profile */
	const char *clause;                     /* of docs/h248.md */
	const char *reason;
};

extern const struct conf_switch conf_switches[];
extern const unsigned int conf_n_switches;

/* Sets what is not written in the file.  Before conf_derive() looks at it. */
void conf_interop_apply(const struct conf *c, struct conf_h248 *h);
