/*
 * test/support/round_trip.h - a message through decoder and encoder and back
 */
#pragma once

#include "h248/msg.h"

/* Encoded in a form, decoded and encoded again: NULL when the trees are equal
 * and the octets too, else what went wrong; it is valid until the next call.
 * m has no fault. */
const char *round_trip(const struct h248_msg *m, bool is_long);

/* n octets decoded, and then both forms; a fault counts as wrong.  The octets
 * lie in a buffer of exactly their size, so that a sanitizer sees each read
 * behind the end. */
const char *round_trip_octets(const char *text, size_t n);
