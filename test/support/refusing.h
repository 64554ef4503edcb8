/*
 * test/support/refusing.h - the n-th call of the system fails
 *
 * Of what our objects and the libraries behind them (libevent, OpenSSL) ask of
 * sockets and of epoll: the program that links this has these functions in the
 * place of those of C.  The monotonic clock stands still and is moved by the
 * test, so that pauses and repetitions cost no time.  Thread: one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From now on the call after n more fails with the i-th of the errors that it
 * may have, or is done by half, and no other one.  Calls count that have so many
 * (refusing_errors() at most), while refusing_watch(true). */
void refusing_after(unsigned int n, unsigned int i);
unsigned int refusing_errors(void);
void refusing_watch(bool on);
/* No more; which call has failed and how ("writev: ECONNRESET"), NULL: none. */
const char *refusing_end(void);

/* Events that epoll_wait() has returned so far. */
unsigned long refusing_events(void);
/* The clock of the program goes on. */
void refusing_pass(uint64_t us);
