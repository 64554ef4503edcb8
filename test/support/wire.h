/*
 * test/support/wire.h - TCP segments on a wire, without the kernel's TCP
 *
 * eth0 of a network namespace, by packet sockets: frames of IPv4 and TCP as
 * they are on the wire, in batches.  All checksums are complete.  Needs root;
 * what goes wrong ends the program.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	WIRE_SYN = 0x02,
	WIRE_PSH = 0x08,
	WIRE_ACK = 0x10,
	WIRE_BATCH = 64,
	WIRE_FRAME = 64,   /* octets of a frame with payload, header included */
	WIRE_PAYLOAD = 10, /* octets, all zero */
};

/* Host order. */
struct wire_seg {
	uint32_t src, dst;
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t flags;
	uint8_t payload; /* octets: 0 or WIRE_PAYLOAD to send */
	bool is_sound;   /* received: lengths and both checksums are right */
};

struct wire {
	int netns_fd, send_fd, listen_fd, stat_fd;
	unsigned int ifindex;
	uint32_t n; /* frames that wait in the batch */
	uint8_t frame[WIRE_BATCH][WIRE_FRAME];
	uint16_t octets[WIRE_BATCH];
};

/* Frames go from 02:00:00:00:SIDE:02 to 02:00:00:00:SIDE:01. */
void wire_open(struct wire *w, const char *netns, uint8_t side);
/* While it listens, what arrives costs time.  Begins empty.  patience_ms: how
 * long wire_get() waits; 0: it listens no more. */
void wire_listen(struct wire *w, int patience_ms);

/* Into the batch, at most WIRE_BATCH; flush sends it. */
void wire_put(struct wire *w, const struct wire_seg *s);
void wire_flush(struct wire *w);

/* The next TCP segment; false: none within two seconds. */
bool wire_get(struct wire *w, struct wire_seg *s);
/* Packets that have come to eth0 so far, listening or not. */
uint64_t wire_arrived(struct wire *w);
