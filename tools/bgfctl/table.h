/*
 * tools/bgfctl/table.h - aligned columns
 *
 * Cells are added from left to right and escaped for a terminal; every n-th
 * begins a new row.  Names of columns carry the unit.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct column {
	const char *name; /* NULL ends a list of columns */
	bool is_number;   /* to the right */
};

struct table; /* opaque */

/* Returns new; columns must outlive it. */
struct table *table_new(const struct column *columns);
void table_text(struct table *t, const char *text); /* NULL: "-" */
/* A string, number, boolean or list as it is; an object with a name and a
 * value as name=value; null and absent: "-". */
void table_json(struct table *t, const json_t *value);
/* Header line and rows, each behind `indent` blanks.  Takes the table. */
void table_print(struct table *t, unsigned int indent, FILE *out);

/* The text that table_json() shows.  Returns new. */
char *json_shown(const json_t *value);
