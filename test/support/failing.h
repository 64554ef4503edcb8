/*
 * test/support/failing.h - the n-th allocation fails
 *
 * Of malloc(), calloc() and realloc() in our own objects, whose calls the
 * linker leads here (-Wl,--wrap): libraries, and what C itself allocates, are
 * not concerned.  Thread: one.
 */
#pragma once

#include <stdbool.h>

/* From now on the allocation after n more fails, and no other one. */
void failing_after(unsigned int n);
/* No more; whether one has failed. */
bool failing_end(void);
