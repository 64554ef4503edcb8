/*
 * mgcsim/number.h - whole numbers as decimal digits, and nothing but these
 */
#pragma once

/* One up to max.  Returns what follows it, NULL: there is none. */
const char *number_read(const char *text, unsigned long max,
			unsigned long *out);
/* The whole text is one, from min to max.  0, or -EINVAL: *out is as it was. */
int number_parse(const char *text, unsigned long min, unsigned long max,
		 unsigned long *out);
