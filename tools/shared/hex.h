/*
 * tools/shared/hex.h - octets as hexadecimal digits, two for each
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The n digits at text, in either case, as n / 2 octets into out, which may be
 * where text is.  0, or -EINVAL: an odd number of them, or what is no digit. */
int hex_octets(const char *text, size_t n, uint8_t *out);
