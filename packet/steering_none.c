/* packet/steering_none.c - built without programs (BGF_FASTPATH=OFF) */
#include <errno.h>
#include <stdio.h>

#include "packet/steering.h"

int pkt_steering_load(unsigned int n_workers, char *err, size_t cap)
{
	(void)n_workers;
	snprintf(err, cap, "this program was built without steering");
	return -ENOTSUP;
}
