/*
 * tools/shared/pcapng.h - a capture file with comments
 *
 * The pcapng format (draft-ietf-opsawg-pcapng): one section in the octet order
 * of this machine, cooked packets (Linux SLL), microseconds.
 * libpcap of Debian 12 reads such files, and writes none.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pcapng; /* opaque */

struct pcapng_packet {
	unsigned int interface; /* of pcapng_interface() */
	uint64_t time_us;       /* since 1970 */
	bool is_out;
	const uint8_t *octets;
	uint32_t n, of;      /* kept; there were */
	const char *comment; /* UTF-8 */
};

/* Writes the head.  out is borrowed.  Returns new; NULL: memory. */
struct pcapng *pcapng_new(FILE *out, const char *program);
/* The number of the interface of this name, written down when it is new. */
unsigned int pcapng_interface(struct pcapng *p, const char *name);
void pcapng_packet(struct pcapng *p, const struct pcapng_packet *pkt);
/* Statistics of an interface: what came, what was left out, and a comment. */
void pcapng_statistics(struct pcapng *p, unsigned int interface,
		       uint64_t time_us, uint64_t received, uint64_t dropped,
		       const char *comment);
/* 0: everything was written so far; else the errno of what was not. */
int pcapng_error(const struct pcapng *p);
void pcapng_free(struct pcapng *p);
