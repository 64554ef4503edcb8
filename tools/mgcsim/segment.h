/*
 * mgcsim/segment.h - a TCP segment as scenarios write and see it
 */
#pragma once

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	SEGMENT_OPTIONS = 40,
	SEGMENT_MAX_DATA = 1400, /* of one that is made */
	SEGMENT_MAX = 40 + 20 + SEGMENT_OPTIONS + SEGMENT_MAX_DATA,
};

struct segment {
	struct sockaddr_storage from, to; /* of one family, with ports */
	uint8_t tos, ttl;                 /* or traffic class, hop limit */
	bool is_icmp;                     /* then only type and code follow */
	uint8_t type, code;
	uint8_t flags; /* as on the wire: FIN is 1 */
	uint32_t seq, ack;
	uint16_t window;
	uint8_t options[SEGMENT_OPTIONS]; /* as on the wire, whole words */
	uint8_t n_options;
	uint32_t n_data; /* octets of payload */
	bool is_out;     /* seen: it left by that interface */
};

/* Letters of "SAFRPUEC", in any order: -EINVAL. */
int segment_flags(const char *text, uint8_t *flags);
/*
 * Options in the order of the text: "mss=1460 sack ts=5:0 ws=7 nop 34=", where
 * NUMBER=HEX is any other kind with its value.  What is missing to a whole
 * word is filled with NOP.  -EINVAL: no such option, or more than 40 octets.
 */
int segment_options(const char *text, struct segment *s);

/* An IP packet with right checksums into buf (SEGMENT_MAX octets), its data
 * all 'x'; returns its length, 0: more than SEGMENT_MAX_DATA. */
size_t segment_write(const struct segment *s, uint8_t *buf);
/* An IPv4 or IPv6 packet, of which n octets are there (the data may be cut):
 * false: neither TCP nor ICMP, a fragment, or not whole. */
bool segment_read(struct segment *s, const uint8_t *packet, size_t n);
/* <packet/> as docs/mgcsim.md has it.  Returns new, or NULL (memory). */
xmlDoc *segment_tree(const struct segment *s);
