/*
 * packet/pages.h - zeroed memory in pages of its own
 *
 * What one thread writes shares no cache line with what another one does: a
 * table, or a single struct, begins and ends with a page.  A page that nobody
 * touched takes no memory.  Thread: any.
 */
#pragma once

#include <stddef.h>

/* n things of so many octets; NULL: no memory.  Given back with the same
 * numbers; NULL is fine. */
void *pkt_pages_new(size_t n, size_t octets);
void pkt_pages_free(void *p, size_t n, size_t octets);
