/* tools/bgfctl/die.c - see die.h */
#include "tools/bgfctl/die.h"

#include <stdio.h>
#include <stdlib.h>

void die(const char *text)
{
	fprintf(stderr, "bgfctl: %s\n", text);
	exit(1);
}
