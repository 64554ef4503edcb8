/*
 * test/support/fake_net.h - a network that only remembers, and a clock
 *
 * fake_net_send() and fake_net_random() fit h248_txn_ops when the argument of
 * the ops starts with a struct fake_net.  Texts are kept without blanks and
 * line ends, so that a test does not depend on the layout of the encoder.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { FAKE_NET_KEPT = 64, FAKE_NET_TEXT = 4096 };

struct fake_msg {
	struct sockaddr_storage to;
	uint64_t at_ms;
	size_t n;                 /* octets on the wire */
	char text[FAKE_NET_TEXT]; /* squeezed, cut off */
};

struct fake_net {
	uint64_t now_ms; /* the test turns it */
	uint32_t random; /* returned by fake_net_random(), then stepped */
	uint32_t random_step;
	unsigned int n_sent;                 /* all ever sent */
	struct fake_msg kept[FAKE_NET_KEPT]; /* ring: the latest */
};

void fake_net_send(void *arg, const struct sockaddr_storage *to,
		   const char *buf, size_t n);
uint32_t fake_net_random(void *arg);

/* The i-th message sent, from 0; "" when it is not there (any more). */
const struct fake_msg *fake_net_msg(const struct fake_net *net, unsigned int i);
const struct fake_msg *fake_net_last(const struct fake_net *net);
/* Whether message i contains this text (without blanks). */
bool fake_net_has(const struct fake_net *net, unsigned int i, const char *text);
bool fake_net_last_has(const struct fake_net *net, const char *text);

struct sockaddr_storage fake_addr(const char *ip4, uint16_t port);
/* "192.0.2.1:2944" in a static buffer. */
const char *fake_addr_str(const struct sockaddr_storage *ss);
