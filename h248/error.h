/*
 * h248/error.h - error codes (H.248.8) and how a verdict is filled
 */
#pragma once

#include "h248/types.h"

/* The registered text of a code, or "Unknown error". */
const char *h248_error_text(uint16_t code);

/* Clauses of H.248.1 that a message may offend against. */
enum h248_clause {
	H248_CLAUSE_NONE,
#define CLAUSE(id, number) H248_CLAUSE_##id,
#include "h248/clause.def"
#undef CLAUSE
	H248_CLAUSE__COUNT
};

/* "7.1.4"; "" for none. */
const char *h248_clause_text(enum h248_clause c);

/* Fill *e and return -EPROTO, so that a check reads
 * `return h248_err_set(e, 430, at, "%.*s", ...)`.  Non-ASCII octets and
 * double quotes of the arguments become '?'.  e may be NULL. */
int h248_err_set(struct h248_err *e, uint16_t code, struct h248_place at,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));
