/*
 * conf/check.h - what neither a table nor a schema can say (inside conf/)
 */
#pragma once

#include "conf/conf.h"
#include "conf/report.h"

/* Fills in what is derived from other values: MID, TUN names, the default
 * realm, the folder of the package definitions. */
void conf_derive(struct conf *c);
/* Values that do not fit together.  0, or -EINVAL: reported. */
int conf_check(const struct conf *c, struct conf_report *r);

/* The same for <authentication>, in check_auth.c. */
void conf_check_auth(const struct conf *c, const struct conf_h248 *h,
		     struct conf_report *r);

/* The line a value of *c was written in; 0: it is a default. */
int conf_line(const struct conf *c, const void *value);
