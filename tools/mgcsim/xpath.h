/*
 * mgcsim/xpath.h - XPath over a message and the variables of a scenario
 *
 * "$name" inside an expression is the variable, a string; comparisons and sums
 * make numbers of it.
 */
#pragma once

#include <stdbool.h>

#include <libxml/xpath.h>

#include "tools/mgcsim/vars.h"

/*
 * doc NULL: an empty document.
 *
 * Returns: new text (xmlFree), NULL when the expression names nodes that are
 *          not there, or cannot be evaluated.  *is_true (may be NULL) is its
 *          truth.
 */
xmlChar *xpath_text(xmlDoc *doc, const char *expression,
		    const struct vars *vars, bool *is_true);
bool xpath_is_true(xmlDoc *doc, const char *expression,
		   const struct vars *vars);
/* Whether it is an expression; else why not is in err. */
bool xpath_check(const char *expression, char *err, size_t cap);

/* Takes the nodes of this element name that the expression finds out of doc:
 * how many. */
unsigned int xpath_remove(xmlDoc *doc, const char *expression,
			  const char *element, const struct vars *vars);
/* Reads a finite number; false: the text is none. */
bool xpath_number(const char *text, double *out);
