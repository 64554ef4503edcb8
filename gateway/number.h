/*
 * gateway/number.h - the number that a value or parameter says
 *
 * Thread: any.
 */
#pragma once

#include <stdint.h>

/* text: what h248/pkg.h took as an integer that is not negative, decimal or
 * behind 0x.  A zero in front changes nothing. */
uint64_t gw_number(const char *text);
