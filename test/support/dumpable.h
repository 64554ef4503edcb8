/*
 * test/support/dumpable.h - what a core dump of this process would hold
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DUMPABLE_MASK = 0x5a };

/* Whether memory that a core dump takes (no "dd" in its VmFlags, proc(5)) has
 * these n octets, 4 to 256, somewhere.  Each octet of masked is XOR'ed with
 * DUMPABLE_MASK, so that the question itself is not found. */
bool dumpable_has(const uint8_t *masked, size_t n);
