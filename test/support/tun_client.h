/*
 * test/support/tun_client.h - a TCP client in a network of its own
 *
 * A child of the test, which gives it orders through a pipe and gets an answer to
 * each when it has been done.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "test/support/stream.h"

struct tun_order {
	enum {
		TUN_CONNECT,  /* and close */
		TUN_TRANSFER, /* connect, octets both ways, close */
		TUN_FLOW,     /* the same, where we break it off */
		TUN_LISTEN,
		TUN_ACCEPT,   /* after LISTEN: one, octets both ways, close */
		TUN_DATAGRAM, /* one, in fragments */
		TUN_JOIN,     /* connect, and stay */
		TUN_TOUCH,    /* after JOIN: an octet each way */
		TUN_REST,     /* after JOIN: octets both ways, close */
		TUN_LEAVE,    /* after JOIN: close */
	} what;
	struct in_addr addr;
	uint16_t port;
	uint64_t octets;
};

/* In the child: makes its network, says so with an empty stream_answer, and
 * obeys struct tun_order from one pipe, answering with a stream_answer on the
 * other, until that is closed.  Does not return. */
_Noreturn void tun_client_run(int from, int to);
