/*
 * mgcsim/data.h - rows of a CSV file, one for each user (RFC 4180)
 *
 * The first line names the variables.  A field in double quotes may hold
 * commas, line ends, and "" for a quote.
 */
#pragma once

#include "tools/mgcsim/vars.h"

struct data {
	char *text;  /* owned: every field, with NUL */
	char **cell; /* of the names, then row by row */
	unsigned int n_columns, n_rows;
};

/* 0, or -EINVAL with "FILE:LINE: what" in err. */
int data_load(struct data *d, const char *path, char *err, size_t cap);
void data_fini(struct data *d);
/* The variables of row i modulo the number of rows.  As vars_set(). */
int data_apply(const struct data *d, unsigned int i, struct vars *vars);
