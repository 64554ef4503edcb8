/*
 * test/support/fast_stub.h - programs of the kernel, as far as a worker knows them
 *
 * In place of packet/fast.c: the test says what they have done.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "packet/fast.h"

enum { FAST_STUB_PLACES = 80 };

/* Of a place: what was steered, and what the worker said it is done with. */
extern uint32_t steered[FAST_STUB_PLACES], done[FAST_STUB_PLACES];
extern uint32_t missed; /* hints */
/* As many as there are: none, or one for each place. */
extern struct pkt_police buckets[FAST_STUB_PLACES];
extern unsigned int n_buckets, n_given_back;
extern atomic_bool is_held; /* some program does not know yet */
extern int hint_fd;

/* Nothing was done; a new hint_fd. */
void fast_stub_reset(void);
/* Of a fence: waits while is_held. */
void fast_stub_fence(void);
