/*
 * test/support/tree_eq.h - are two decoded messages the same?
 *
 * Words are compared without case, Local and Remote octet by octet.  In a
 * quoted string of b, "?" stands for what a has and may not be sent.  Where in
 * the text something stood does not matter.
 */
#pragma once

#include "h248/msg.h"

/* NULL when they are, else the comparison that failed. */
const char *tree_difference(const struct h248_msg *a, const struct h248_msg *b);

/* The first fault of a message, at any level; NULL: none. */
const struct h248_err *tree_fault(const struct h248_msg *m);
