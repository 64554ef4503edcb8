/* packet/pages.c - see pages.h */
#include "packet/pages.h"

#include <sys/mman.h>

void *pkt_pages_new(size_t n, size_t octets)
{
	void *p = mmap(NULL, n * octets, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void pkt_pages_free(void *p, size_t n, size_t octets)
{
	if (p)
		munmap(p, n * octets);
}
