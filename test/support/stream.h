/*
 * test/support/stream.h - octets that two TCP clients send each other
 *
 * Each sends the same, so each knows what it should get.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct stream_answer {
	int error;       /* errno of connect() or of the transfer */
	uint64_t octets; /* received */
	bool is_wrong;   /* not as sent */
	uint64_t us;
	unsigned int resent; /* segments, by TCP_INFO */
};

/* Once, before the first. */
void stream_init(void);
/* Sends so many octets and its FIN, from a process of its own, and receives
 * until there is nothing more. */
void stream_transfer(int s, uint64_t octets, struct stream_answer *a);
