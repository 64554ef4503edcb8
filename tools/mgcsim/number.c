/* mgcsim/number.c - see number.h */
#include "tools/mgcsim/number.h"

#include <errno.h>
#include <stdlib.h>

const char *number_read(const char *text, unsigned long max, unsigned long *out)
{
	unsigned long value;
	char *end;

	/* What strtoul() takes besides: spaces, signs. */
	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || value > max)
		return NULL;
	*out = value;
	return end;
}

int number_parse(const char *text, unsigned long min, unsigned long max,
		 unsigned long *out)
{
	unsigned long value;
	const char *end = number_read(text, max, &value);

	if (!end || *end || value < min)
		return -EINVAL;
	*out = value;
	return 0;
}
