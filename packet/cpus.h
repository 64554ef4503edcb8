/*
 * packet/cpus.h - the processors that this process may run on
 *
 * An operator's taskset, or CPUAffinity= of the unit, counts.  Thread: control.
 */
#pragma once

/* How many; at least 1. */
unsigned int pkt_cpus(void);
/* The number of the i-th of them, from 0; -1: there are not so many. */
int pkt_cpus_nth(unsigned int i);
