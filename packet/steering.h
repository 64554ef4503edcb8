/*
 * packet/steering.h - the program that spreads packets over the queues
 *
 * packet/bpf/steer.bpf.c, loaded.  Without it a TUN device has one queue, and
 * the engine one worker.  Thread: control.
 */
#pragma once

#include <stddef.h>

/* A descriptor of the program, for pkt_tun_open(), to be closed by the
 * caller; or a negative errno, with one line in err that says why. */
int pkt_steering_load(unsigned int n_workers, char *err, size_t cap);
