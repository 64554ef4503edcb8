/*
 * packet/types.h - values that every file of libpacket shares
 *
 * Addresses are struct in6_addr; IPv4 as ::ffff:a.b.c.d.  Ports and numbers
 * are host order unless the name ends in _be.
 */
#pragma once

#ifdef __bpf__
#include <linux/in6.h>
#else
#include <netinet/in.h>
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Indexes pkt_counters.drop[]. */
enum pkt_drop {
#define DROP(id, name, help, look) PKT_DROP_##id,
#include "packet/drop.def"
#undef DROP
	PKT_DROP__COUNT,
	PKT_DROP_NONE = PKT_DROP__COUNT /* not dropped */
};

const char *pkt_drop_name(enum pkt_drop d);
const char *pkt_drop_help(enum pkt_drop d);

enum { PKT_WHYS = 4 }; /* reasons that are kept of a gate */

/* What became of a packet in a program of the kernel; pkt_counters.fast[]. */
enum pkt_fast_count {
#define FAST(id, name, help) PKT_FAST_##id,
#include "packet/fast.def"
#undef FAST
	PKT_FAST__COUNT
};

const char *pkt_fast_name(enum pkt_fast_count c);
const char *pkt_fast_help(enum pkt_fast_count c);

/* By what a media interface is served; what one leaves is for those before. */
enum pkt_path { PKT_PATH_TUN, PKT_PATH_TC, PKT_PATH_XDP, PKT_PATH__COUNT };

const char *pkt_path_name(enum pkt_path p); /* "tun", "tc", "xdp" */

/* One gate for its whole life.  slot is reused, gen is not: a stale id never
 * reaches the gate that took its slot.  gen 0: no gate. */
struct pkt_gate_id {
	uint32_t slot;
	uint32_t gen;
};

/* How the two ends of a stream meet (architecture 7). */
enum pkt_role {
	PKT_ROLE_HOLD,  /* holdconn: nothing yet */
	PKT_ROLE_MERGE, /* both clients connect to us */
	PKT_ROLE_RELAY, /* we connect: the SYN of the peer is sent on to the
			 * one address and port of the filter */
};

/* rendezvous.md 2.2 */
enum pkt_commit {
	PKT_COMMIT_AUTO,
	PKT_COMMIT_PARALLEL,
	PKT_COMMIT_WAITING, /* waiting client first */
};

/* rendezvous.md 3 */
enum pkt_ts_policy {
	PKT_TS_FRESH,  /* only when the SYN is fresh */
	PKT_TS_LATEST, /* always, echo of the latest SYN */
	PKT_TS_ZERO,   /* always, echo of 0 */
	PKT_TS_NEVER,
};

/* Stream mode, as bits seen from the termination: RX lets payload of its
 * client in, TX lets payload out to it (decision 17). */
enum {
	PKT_MODE_RX = 1 << 0,
	PKT_MODE_TX = 1 << 1,
};

/* What a session agreed on: pkt_entry.opts, pkt_gate_stat.opts. */
enum {
	PKT_STAT_WS = 1 << 0,
	PKT_STAT_SACK = 1 << 1,
	PKT_STAT_TS = 1 << 2,
	PKT_STAT_ECN = 1 << 3,
	PKT_STAT_ALL = (1 << 4) - 1,
};

/* State of one leg (rendezvous.md 2.1, L0..L5). */
enum pkt_leg_state {
	PKT_LEG_IDLE,   /* no SYN yet */
	PKT_LEG_SYN,    /* SYN held, source latched */
	PKT_LEG_SENT,   /* SYN-ACK sent */
	PKT_LEG_ACKED,  /* handshake ACK seen */
	PKT_LEG_FIN,    /* its FIN seen */
	PKT_LEG_CLOSED, /* reset, or closed */
};

/* State of the rendezvous (rendezvous.md 2.1). */
enum pkt_state {
	PKT_STATE_ARMED,
	PKT_STATE_WAIT,
	PKT_STATE_PROBE,
	PKT_STATE_COMMIT,
	PKT_STATE_OPEN,
	PKT_STATE_HALF,
	PKT_STATE_CLOSING,
	PKT_STATE_DEAD,
	PKT_STATE_SILENT, /* over; waits to be armed again */
	PKT_STATE__COUNT
};

const char *pkt_state_name(enum pkt_state s); /* "armed", "wait", ... */
const char *pkt_leg_state_name(enum pkt_leg_state s);

/* Why it failed or ended. */
enum pkt_cause {
	PKT_CAUSE_NONE,
	PKT_CAUSE_TWAIT,
	PKT_CAUSE_TSA, /* SYN-ACK never acknowledged */
	PKT_CAUSE_RST,
	PKT_CAUSE_RESTART,
	PKT_CAUSE_POLICY,
	PKT_CAUSE_FIN,
	PKT_CAUSE_IDLE,
	PKT_CAUSE_OPER,
	PKT_CAUSE__COUNT
};

const char *pkt_cause_name(enum pkt_cause c); /* "twait", "fin", ... */
