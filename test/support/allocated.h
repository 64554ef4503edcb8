/* test/support/allocated.h - what the process has allocated */
#pragma once

#include <stddef.h>

/* Octets that malloc() gave and that were not freed; of the address sanitizer
 * when there is one. */
size_t allocated(void);
