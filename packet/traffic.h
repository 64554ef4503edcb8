/*
 * packet/traffic.h - how much may pass a gate, and whether anything does
 *
 * Policing (H.248.53): token buckets for each direction of a gate, and the
 * watch for a stream that falls silent (H.248.40).  One record per gate,
 * beside the entry; who asks for neither never touches it.
 *
 * What is counted: octets of IP packets as they are on the wire, headers of
 * every packet of a super-segment included.  A packet passes while a bucket
 * is not in debt, and is then charged whole: the rate holds over time, a
 * burst exceeds the bucket by less than one packet (64 KiB with segmentation
 * offload), and a bucket smaller than a packet does not end the session.
 *
 * Owner: the worker of the gate; of shared buckets see police.h.
 */
#pragma once

#include "packet/police.h"
#include "packet/seg.h"

/* All zero: nothing is policed, nothing is watched. */
struct pkt_traffic_cfg {
	bool is_policed;
	uint32_t sdr, mbs;  /* sustained: octets/s, octets */
	uint32_t pdr;       /* peak, octets/s; 0: none */
	uint32_t dvt_us;    /* how early a packet may be for pdr */
	uint32_t quiet_s;   /* report silence of this length; 0: never */
	uint8_t quiet_ways; /* 1 << PKT_DIR_IN, 1 << PKT_DIR_OUT or both */
	uint32_t quiet_id;  /* of the request: another one watches anew */
};

struct pkt_traffic {
	struct pkt_traffic_cfg cfg;
	struct pkt_police own;     /* its buckets, unless there are shared: */
	struct pkt_police *shared; /* programs of the kernel pay there too */
	uint32_t watch_ms;         /* since when it is watched, engine clock */
	uint32_t told_ms;          /* the last packet when it was reported */
	bool is_told;
};

/* Octets on the wire of the IP packets that this segment is. */
uint32_t pkt_traffic_octets(const struct pkt_seg *seg);

/* New policy; shared is set before, if at all.  A bucket whose numbers stay keeps
 * its level, any other is full; a new request id or other numbers start the
 * watch anew. */
void pkt_traffic_set(struct pkt_traffic *t, const struct pkt_traffic_cfg *cfg,
		     uint64_t now_us);
/* Does a packet conform?  Changes no level. */
bool pkt_traffic_ok(const struct pkt_traffic *t, enum pkt_dir way,
		    uint64_t now_us);
/* It passes: all buckets of this way pay for it. */
void pkt_traffic_charge(struct pkt_traffic *t, enum pkt_dir way,
			uint32_t octets, uint64_t now_us);

/* The watch.  seen_ms: time of the latest packet in and out, 0: none yet.
 * next: when to look again, UINT64_MAX: never.  quiet: there is a silence
 * that has not been reported; it counts as reported from now on. */
uint64_t pkt_traffic_next(const struct pkt_traffic *t,
			  const uint32_t seen_ms[PKT_DIRS], uint64_t now_us);
bool pkt_traffic_quiet(struct pkt_traffic *t, const uint32_t seen_ms[PKT_DIRS],
		       uint64_t now_us);
