/* test/support/failing.c - see failing.h */
#include "test/support/failing.h"

#include <stddef.h>

void *__real_malloc(size_t octets);
void *__real_calloc(size_t n, size_t octets);
void *__real_realloc(void *p, size_t octets);
void *__wrap_malloc(size_t octets);
void *__wrap_calloc(size_t n, size_t octets);
void *__wrap_realloc(void *p, size_t octets);

static struct {
	bool is_on, has_failed;
	unsigned int left;
} failing;

void failing_after(unsigned int n)
{
	failing.is_on = true;
	failing.has_failed = false;
	failing.left = n;
}

bool failing_end(void)
{
	failing.is_on = false;
	return failing.has_failed;
}

static bool is_to_fail(void)
{
	if (!failing.is_on || failing.has_failed || failing.left--)
		return false;
	failing.has_failed = true;
	return true;
}

void *__wrap_malloc(size_t octets)
{
	return is_to_fail() ? NULL : __real_malloc(octets);
}

void *__wrap_calloc(size_t n, size_t octets)
{
	return is_to_fail() ? NULL : __real_calloc(n, octets);
}

void *__wrap_realloc(void *p, size_t octets)
{
	return is_to_fail() ? NULL : __real_realloc(p, octets);
}
