/*
 * test/support/rdv_seq.h - a sequence of packets and time, as octets
 *
 * What a script does to one rendezvous, in a form that a fuzzer can take on:
 * three octets of policy, then records.  A record is one octet, operation and
 * flags, and what the operation needs:
 *
 *	PACKET   length (2, big endian), the packet
 *	BUILT    struct rdv_built: a segment by what is known so far
 *	TIME     n: (n & 15) + 1 shifted by n >> 4, milliseconds
 *	MODIFY   mode, filter and whether the leg is armed again
 *	RELEASE  nothing
 *
 * Written by rdv_script.c when RDV_RECORD names a directory, read by
 * test/fuzz/fuzz_pkt_rdv.c.  IPv4 only: addresses are those of the script.
 */
#pragma once

#include "packet/rendezvous.h"

enum rdv_op {
	RDV_OP_PACKET,
	RDV_OP_BUILT,
	RDV_OP_TIME,
	RDV_OP_MODIFY,
	RDV_OP_RELEASE,
	RDV_OP__COUNT,
};

/* Bits of the first octet of a record, above the operation. */
enum {
	RDV_OP_MASK = 0x07,
	RDV_OP_LEG = 1 << 3,
	RDV_OP_FIX = 1 << 4, /* correct the checksums of the packet */
	RDV_OP_PARTIAL = 1 << 5,
	RDV_OP_GSO = 1 << 6,
};

/* Octets of a BUILT record. */
struct rdv_built {
	uint8_t flags;
	uint8_t base; /* enum rdv_base of seq, of ack << 4 */
	uint8_t seq_delta[2], ack_delta[2];
	uint8_t window[2];
	uint8_t payload; /* in units of 16 octets */
	uint8_t from;    /* which source: low nibble port, high address */
};

enum rdv_base {
	RDV_BASE_ISN,      /* of its latest SYN, + 1 */
	RDV_BASE_SENT,     /* behind what it sent last */
	RDV_BASE_PEER_ISN, /* of its peer's latest SYN, + 1 */
	RDV_BASE_PEER_SENT,
	RDV_BASE_ZERO,
	RDV_BASE__COUNT,
};

/* What the policy octets and MODIFY can say of a leg. */
enum rdv_filter { RDV_FROM_EXACT, RDV_FROM_PREFIX, RDV_FROM_ANY };

struct rdv_seq_leg {
	uint8_t filter; /* enum rdv_filter */
	uint8_t mode;   /* PKT_MODE_* */
	bool is_relay;
};

struct rdv_seq_head {
	uint8_t commit, ts_policy; /* enum pkt_commit, enum pkt_ts_policy */
	bool fast_fail, release_rst;
	struct rdv_seq_leg leg[PKT_LEGS];
};

enum { RDV_SEQ_HEAD = 3 };

void rdv_seq_head_put(const struct rdv_seq_head *h, uint8_t p[RDV_SEQ_HEAD]);
void rdv_seq_head_get(const uint8_t p[RDV_SEQ_HEAD], struct rdv_seq_head *h);
/* One octet of MODIFY; without is_relay. */
uint8_t rdv_seq_leg_put(const struct rdv_seq_leg *l, bool is_rearmed);
bool rdv_seq_leg_get(uint8_t octet, struct rdv_seq_leg *l); /* rearmed? */
/* The largest TIME octet that is not over ms, and what it stands for. */
uint8_t rdv_seq_time_put(uint64_t ms);
uint64_t rdv_seq_time_get(uint8_t octet);
