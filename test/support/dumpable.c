/* test/support/dumpable.c - see dumpable.h */
#include "test/support/dumpable.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

/* Sanitizers reserve far more than there is. */
static const unsigned long MAX_AREA = 1UL << 28;

static bool is_at(const uint8_t *p, const uint8_t *masked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != (masked[i] ^ DUMPABLE_MASK))
			return false;
	return true;
}

/* In steps that overlap by n octets. */
static bool is_in_area(int mem, unsigned long from, unsigned long to,
		       const uint8_t *masked, size_t n)
{
	uint8_t *buf = malloc(PIECE);
	bool is_found = false;
	ssize_t k;

	for (unsigned long at = from; !is_found && at < to; at += PIECE - n) {
		size_t want = to - at < PIECE ? to - at : PIECE;

		k = pread(mem, buf, want, (off_t)at);
		for (ssize_t i = 0; !is_found && i + (ssize_t)n <= k; i++)
			is_found = is_at(buf + i, masked, n) &&
				   at + (unsigned long)i !=
					   (unsigned long)(buf + i);
	}
	explicit_bzero(buf, PIECE);
	free(buf);
	return is_found;
}

/* smaps: a line of addresses, and what is said of them, VmFlags last. */
bool dumpable_has(const uint8_t *masked, size_t n)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long from = 0, to = 0, a, b;
	bool is_found = false, is_open = false;
	char line[512], mode[8];

	while (f && !is_found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %7s", &a, &b, mode) == 3) {
			from = a;
			to = b;
			is_open = mode[0] == 'r' && mode[1] == 'w';
		} else if (!strncmp(line, "VmFlags:", 8) && is_open &&
			   !strstr(line, " dd") && to - from <= MAX_AREA) {
			is_found = is_in_area(mem, from, to, masked, n);
		}
	}
	if (f)
		fclose(f);
	close(mem);
	return is_found;
}
