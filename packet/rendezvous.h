/*
 * packet/rendezvous.h - the state machine of one rendezvous
 *
 * A pure function of (record, packet, time): it performs no I/O, knows no
 * device and no thread.  It says what to do with the segment, what to send of
 * our own, what to report and when it wants to be called again.  The
 * specification is tcp-rendezvous.md, sections 2, 3 and 8.
 *
 * What stays for the life of a session is in the two entries; what is only
 * needed until it opens (stored SYNs, timers, policy) is in the set-up block,
 * which goes back to its pool when the session is open.
 */
#pragma once

#include "packet/entry.h"
#include "packet/seg.h"

enum { PKT_LEGS = 2, PKT_OUT_TX = 4, PKT_OUT_REPORTS = 4 };

/* Who may send the SYN of a leg (architecture 8, decision 15). */
struct pkt_filter {
	struct in6_addr addr;
	uint8_t prefix_len; /* 0..128 over the mapped address; 0:
					 * any ("open") */
	uint16_t port_min, port_max; /* 0 and 65535: any */
};

/* Policy of one leg, from the controller. */
struct pkt_leg_cfg {
	struct in6_addr local;
	uint16_t local_port;
	uint8_t family; /* of local */
	uint8_t mode; /* PKT_MODE_* */
	uint8_t role; /* enum pkt_role */
	uint8_t dscp; /* 0..63 */
	bool has_dscp;
	bool is_armed; /* SYNs are taken */
	uint16_t mtu; /* of the way to this client */
	struct pkt_filter from;
};

/* Policy of the rendezvous. */
struct pkt_rdv_cfg {
	uint8_t commit; /* enum pkt_commit */
	uint8_t ts_policy; /* enum pkt_ts_policy */
	bool fast_fail; /* answer a client that waits in vain */
	bool release_rst; /* RST both ways on release */
	uint16_t twait_s; /* 1..120 */
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
	struct in6_addr remote; /* candidate, latched source */
	uint16_t remote_port;
	bool is_probed_zero; /* its SYN-ACK said window 0 */
	uint8_t synacks; /* sent in this epoch */
	uint64_t synack_us; /* last one */
	uint64_t resend_us; /* next one; 0: none */
	uint32_t rate_tokens;
	uint64_t rate_us;
	uint32_t n_syns, n_synacks, n_relatches;
};

struct pkt_setup {
	struct pkt_rdv_cfg cfg;
	struct pkt_setup_leg leg[PKT_LEGS];
	struct pkt_opts frozen[PKT_LEGS]; /* options of the SYN-ACK to leg i */
	bool frozen_ecn;
	bool is_frozen;
	uint64_t deadline_us; /* T_wait, T_half, T_grace; 0: none */
	uint64_t wait_from_us; /* first SYN of this epoch */
};

/* A view, assembled for one call.  setup NULL: open or later. */
struct pkt_rdv {
	struct pkt_entry *leg[PKT_LEGS]; /* leg[1] NULL: half reserved */
	struct pkt_setup *setup;
};

enum pkt_act {
	PKT_ACT_DROP, /* reason in pkt_out.drop */
	PKT_ACT_CONSUME, /* taken, nothing goes on */
	PKT_ACT_FORWARD, /* translate, to the peer leg */
};

enum pkt_report_type {
	PKT_REPORT_SYN, /* source latched */
	PKT_REPORT_OPEN, /* both handshakes are complete */
	PKT_REPORT_FAIL, /* it will not open: cause */
	PKT_REPORT_CLOSED, /* it ended: cause, leg that caused it */
};

struct pkt_report {
	uint8_t type; /* enum pkt_report_type */
	uint8_t leg; /* SYN, CLOSED: which; else 0 */
	uint8_t cause; /* enum pkt_cause */
	bool is_far; /* CLOSED: by the client of leg 1 */
};

/* The outcome of one call. */
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
	bool is_setup_needed; /* re-armed: attach a set-up block */
};

/* Reserve a leg: writes entry->..., starts ARMED when both are there. */
void pkt_rdv_init(struct pkt_rdv *r, const struct pkt_rdv_cfg *cfg,
		  uint64_t now_us);
void pkt_rdv_add_leg(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_leg_cfg *cfg, uint64_t now_us);
/* New policy for a leg.  rearm: LATCH, RELATCH or a new Remote came. */
void pkt_rdv_modify_leg(struct pkt_rdv *r, unsigned int leg,
			const struct pkt_leg_cfg *cfg, bool rearm,
			uint64_t now_us, struct pkt_out *out);

/* A segment that arrived at the local address and port of `leg`. */
void pkt_rdv_segment(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_seg *seg, uint64_t now_us,
		     struct pkt_out *out);

/* When pkt_rdv_tick() is due (microseconds), UINT64_MAX: never. */
uint64_t pkt_rdv_next(const struct pkt_rdv *r, uint64_t now_us);
void pkt_rdv_tick(struct pkt_rdv *r, uint64_t now_us, struct pkt_out *out);

/* The controller takes a leg away: exact RSTs by policy (decision 20). */
void pkt_rdv_release(struct pkt_rdv *r, unsigned int leg, uint64_t now_us,
		     struct pkt_out *out);

enum pkt_state pkt_rdv_state(const struct pkt_rdv *r);
enum pkt_leg_state pkt_rdv_leg_state(const struct pkt_rdv *r, unsigned int leg);
