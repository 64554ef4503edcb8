/*
 * conf/value.h - one attribute: text to value, and back
 *
 * Inside conf/ only.
 */
#pragma once

#include "conf/table.h"

enum { CONF_VALUE_TEXT = 320 };

/* Stores the value in the struct at base.  0, or -EINVAL with what to write
 * instead in why (at least CONF_VALUE_TEXT octets). */
int conf_value_set(const struct conf_row *row, void *base, const char *text,
		   char *why);
/* The value as it may be written, CONF_VALUE_TEXT octets at out. */
void conf_value_print(const struct conf_row *row, const void *base, char *out);

/* The known name that is nearest to a wrong one; names[0..n), n > 0. */
const char *conf_nearest(const char *wrong, const char *const *names,
			 unsigned int n);
