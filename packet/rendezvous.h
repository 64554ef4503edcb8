/*
 * packet/rendezvous.h - the state machine of one rendezvous
 *
 * A pure function of (record, packet, time): it performs no I/O, knows no
 * device and no thread.  It says what to do with the segment, what to send of
 * our own, what to report and when it wants to be called again.  The
 * specification is docs/rendezvous.md, sections 2, 3 and 8.
 *
 * Two records.  Two entries: all there is of an open session.  One set-up
 * block: policy, stored SYNs and timers, given back when the session is open.
 */
#pragma once

#include "packet/entry.h"
#include "packet/icmp.h"
#include "packet/seg.h"
#include "packet/traffic.h"

enum {
	PKT_OUT_TX = 6,
	PKT_OUT_REPORTS = 4,
	PKT_KNOWN_ISNS = 16, /* three seconds of the default syn_rate */
};

/* Who may send the SYN of a leg (architecture 8, decision 15). */
struct pkt_filter {
	struct in6_addr addr;
	uint8_t prefix_len; /* over the mapped address; 0: any ("open") */
	uint16_t port_min, port_max; /* 0 and 65535: any */
};

/* Policy of one leg, from the controller. */
struct pkt_leg_cfg {
	struct in6_addr local;
	uint16_t local_port;
	uint8_t family; /* of local */
	uint8_t mode;   /* PKT_MODE_* */
	uint8_t role;   /* enum pkt_role */
	uint8_t dscp;   /* 0..63 */
	bool has_dscp;
	bool is_armed; /* SYNs are taken */
	uint16_t mtu;  /* of the way to this client; 0: not known */
	struct pkt_filter from;
};

/* Policy of the rendezvous. */
struct pkt_rdv_cfg {
	uint8_t commit;    /* enum pkt_commit */
	uint8_t ts_policy; /* enum pkt_ts_policy */
	bool fast_fail;    /* answer a client that waits in vain */
	bool release_rst;  /* RST both ways on release */
	uint16_t twait_s;  /* 1..120 */
	uint32_t tidle_s;
	uint16_t thalf_s;
	uint16_t tfin_s, trst_s;
	uint16_t tfresh_ms, tts_ms;
	uint16_t tgrace_ms;
	uint16_t syn_rate; /* new ISNs per second and leg */
};

/* What is kept of a SYN: always the latest of the attempt (D3). */
struct pkt_syn {
	uint32_t isn;
	uint16_t window;
	bool is_ecn; /* ECE and CWR both */
	struct pkt_opts opts;
	uint64_t first_us, latest_us;
};

struct pkt_setup_leg {
	struct pkt_leg_cfg cfg;
	struct pkt_syn syn;
	uint16_t pmtu;       /* of the way, from ICMP; 0: none heard */
	bool is_repeated;    /* this attempt sent its SYN twice */
	bool is_probed_zero; /* its SYN-ACK said window 0 */
	bool is_suspect;     /* reset its SYN-ACK; T_grace runs */
	bool has_stale;      /* it may hold stale_isn of its peer */
	uint32_t stale_isn;
	uint8_t resends; /* SYN-ACKs sent by timer */
	uint8_t n_known;
	uint32_t known[PKT_KNOWN_ISNS]; /* latest attempts, a ring */
	uint64_t synack_us;             /* latest SYN-ACK; 0: none */
	uint64_t resend_us;             /* next one; 0: none */
	uint64_t rate_us;               /* when the rate allows one more */
	uint64_t flood_us;              /* when the rate was last exceeded */
};

struct pkt_setup {
	struct pkt_rdv_cfg rdv;
	struct pkt_setup_leg leg[PKT_LEGS];
	struct pkt_opts frozen[PKT_LEGS]; /* options of the SYN-ACK to leg i */
	bool frozen_ecn;
	bool is_frozen;
	uint64_t deadline_us;  /* T_wait or T_half; 0: none */
	uint64_t grace_us;     /* T_grace; 0: none */
	uint64_t wait_from_us; /* first SYN of this epoch */
};

/* A view, assembled for one call.  Either leg may be NULL (not reserved, or
 * released).  While there is a set-up block, the order of the legs is the same
 * in every call.  setup NULL: open or later, and not armed again since. */
struct pkt_rdv {
	struct pkt_entry *leg[PKT_LEGS];
	struct pkt_traffic *traffic[PKT_LEGS]; /* NULL: free and unwatched */
	struct pkt_setup *setup;
};

enum pkt_act {
	PKT_ACT_DROP,    /* reason in pkt_out.drop */
	PKT_ACT_CONSUME, /* taken, nothing goes on */
	PKT_ACT_FORWARD, /* pkt_translate() to the peer leg */
};

enum pkt_report_type {
	PKT_REPORT_SYN,    /* source latched: for the gate of `leg` only */
	PKT_REPORT_OPEN,   /* both handshakes are complete: for both gates */
	PKT_REPORT_FAIL,   /* it will not open, cause: for both gates */
	PKT_REPORT_CLOSED, /* it ended, cause and leg: for both gates */
	PKT_REPORT_QUIET,  /* nothing passes: for the gate of `leg` only */
};

struct pkt_report {
	uint8_t type; /* enum pkt_report_type */
	uint8_t leg; /* SYN, QUIET: which; CLOSED: whose client ended it; else 0 */
	uint8_t cause; /* enum pkt_cause */
	bool is_far;   /* CLOSED: by the client of leg 1 */
};

/* The outcome of one call; every call overwrites it whole. */
struct pkt_out {
	enum pkt_act act;
	enum pkt_drop drop;
	uint8_t n_tx, n_reports;
	struct {
		uint8_t leg; /* to whose client */
		struct pkt_tx seg;
	} tx[PKT_OUT_TX]; /* before a forwarded segment */
	struct pkt_report report[PKT_OUT_REPORTS];
	bool is_setup_done; /* give the set-up block back */
};

/* A new set-up block, *r->setup: what the entries of the view still tell of
 * their policy, and else zero.  at: their local ends.  The latched source, or
 * the candidate for it, is in the entry. */
void pkt_rdv_init(struct pkt_rdv *r, const struct pkt_local at[PKT_LEGS]);
/* Policy of the rendezvous: into the entries, and the set-up block if there
 * is one. */
void pkt_rdv_policy(struct pkt_rdv *r, const struct pkt_rdv_cfg *cfg);

/* Reserve a leg: a fresh entry (peer stays, it is the engine's).  r->setup is
 * there.  The leg takes SYNs from now on, also while its peer is missing. */
void pkt_rdv_add_leg(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_leg_cfg *cfg,
		     const struct pkt_rdv_cfg *rdv);
/* New policy for a leg.  rearm: LATCH, RELATCH or a new Remote came; it ends
 * what was there, and r->setup has to be there. */
void pkt_rdv_modify_leg(struct pkt_rdv *r, unsigned int leg,
			const struct pkt_leg_cfg *cfg, bool rearm,
			uint64_t now_us, struct pkt_out *out);

/* A segment that arrived at the local address and port of `leg`.  Counts
 * rx_octets, rx_packets, drops and last_seen_ms of the entries itself. */
void pkt_rdv_segment(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_seg *seg, uint64_t now_us,
		     struct pkt_out *out);

/* An ICMP error that quotes a segment which left at `leg`.  PKT_DROP_NONE: the
 * other client is to have it, pkt_icmp_forward(); else why not.  No state
 * changes.  The quoted source is the local end of the leg. */
enum pkt_drop pkt_rdv_icmp(struct pkt_rdv *r, unsigned int leg,
			   const struct pkt_icmp *m);

/* What the way to a client takes; UINT16_MAX: not known. */
static inline uint16_t pkt_setup_mtu(const struct pkt_setup_leg *s)
{
	uint16_t mtu = s->cfg.mtu ? s->cfg.mtu : UINT16_MAX;

	return s->pmtu && s->pmtu < mtu ? s->pmtu : mtu;
}

/* When pkt_rdv_tick() is due (microseconds), UINT64_MAX: never. */
uint64_t pkt_rdv_next(const struct pkt_rdv *r, uint64_t now_us);
void pkt_rdv_tick(struct pkt_rdv *r, uint64_t now_us, struct pkt_out *out);

/* FINs and ACKs may have passed without us (window.h): follow them.  In COMMIT
 * only what programs did that had the entries until just now. */
void pkt_rdv_catch_up(struct pkt_rdv *r, uint64_t now_us, struct pkt_out *out);

/* The controller takes a leg away: exact RSTs by policy (decision 20).  The
 * leg leaves the view afterwards; its counters stay readable.  A peer that was
 * joined to it is silent then, one that only waits goes on waiting. */
void pkt_rdv_release(struct pkt_rdv *r, unsigned int leg, uint64_t now_us,
		     struct pkt_out *out);

enum pkt_state pkt_rdv_state(const struct pkt_rdv *r);
enum pkt_leg_state pkt_rdv_leg_state(const struct pkt_rdv *r, unsigned int leg);
