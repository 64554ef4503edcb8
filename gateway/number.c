/* gateway/number.c - see number.h */
#include "gateway/number.h"

#include <stdlib.h>

uint64_t gw_number(const char *text)
{
	/* Base 0 would take "0100" for an octal number. */
	int base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;

	return strtoull(text, NULL, base);
}
