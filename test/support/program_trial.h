/*
 * test/support/program_trial.h - a segment of an open session, and what the
 * worker makes of it
 *
 * Beside it, what a program of the kernel made of it: they have to be the same.
 * Nothing here needs the kernel.
 */
#pragma once

#include "packet/seg.h"
#include "test/support/program_rig.h"

enum {
	PROGRAM_A_SENT = 0x11111111, /* next octet of A */
	PROGRAM_B_SENT = 0x22222222,
	PROGRAM_WINDOW = 60000,
};

/* A sends to x; y sends to B. */
struct program_pair {
	const char *name;
	const char *a, *x, *y, *b;
};

/* What a segment of A is made of. */
struct program_shape {
	uint32_t seq, ack;
	uint16_t window, payload;
	uint8_t flags, tos, ttl;
	uint8_t opts[40], n_opts;
};

extern const struct program_shape program_plain;

/* A session of which nothing is on its way; no segment yet. */
void program_begin(struct program_trial *t, const struct program_pair *pair);
/* Addresses or ports of the trial are others now. */
void program_set_rewrites(struct program_trial *t);
/* B's address, and port if asked for, are such that the checksum stays: what
 * leaves has the sum of what came. */
void program_set_neutral(struct program_trial *t, bool has_port);
/* The segment of A, with right sums. */
void program_write(struct program_trial *t, const struct program_shape *s);

static inline bool program_is_v6(const struct in6_addr *a)
{
	return !IN6_IS_ADDR_V4MAPPED(a);
}

/* Octets of the IP header, whatever options it has, and of the packet by what
 * the header says. */
size_t program_ip_header(const struct rdv_pkt *p);
size_t program_ip_octets(const struct rdv_pkt *p);
/* Both sums anew, or that of an IPv4 header only. */
void program_sum(struct rdv_pkt *p);
void program_sum_ip(struct rdv_pkt *p);
void program_put16(uint8_t *p, size_t v);
/* Identification of an IPv4 packet, else 0. */
uint16_t program_id(const struct rdv_pkt *p);

/* The worker, and the host around it: PASSED or DROPPED; HOST: it never gets
 * there.  id: of an IPv4 packet made of IPv6.  *seg: what was read, if it did
 * not end as HOST. */
void program_by_worker(const struct program_trial *t, uint16_t id,
		       struct pkt_seg *seg, struct program_outcome *o);
/* What is wrong with what a program made of it; NULL: nothing. */
const char *program_compare(const struct program_trial *t,
			    struct program_outcome *o);
