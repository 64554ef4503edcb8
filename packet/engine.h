/*
 * packet/engine.h - the packet engine, as the control thread sees it
 *
 * The engine moves media.  It has never heard of a Context, a Termination or
 * a descriptor: what crosses this header are values and ids.  Every function
 * here is called by the control thread, and none blocks after start.
 *
 * Each command is answered by exactly one PKT_EVT_DONE with the token that was
 * given.  Commands for one gate are executed in order.
 */
#pragma once

#include <net/if.h>

#include "packet/portpool.h"
#include "packet/rendezvous.h"
#include "packet/tap.h"

struct pkt_engine; /* opaque */

enum {
	PKT_MAX_REALMS = 64,
	PKT_PATH = 264,       /* octets of a file name */
	PKT_MAX_IFACES = 8,   /* media interfaces of a realm */
	PKT_MAX_PREFIXES = 8, /* media prefixes of a realm */
	PKT_REALM_NAME = 64,
	PKT_MAX_WORKERS = 16,
	PKT_MAX_QUEUES = PKT_MAX_REALMS * PKT_MAX_WORKERS,
};

/* How the kernel helps on a media interface (architecture 6). */
enum pkt_fastpath {
	PKT_FASTPATH_AUTO, /* what its driver is best at */
	PKT_FASTPATH_TC,   /* clsact */
	PKT_FASTPATH_XDP,  /* in its driver, and clsact for what that leaves */
	PKT_FASTPATH_OFF,  /* not at all: all goes through the TUN device */
};

struct pkt_prefix {
	struct in6_addr addr; /* IPv4 mapped */
	uint8_t len;          /* 0..128 over the mapped address */
};

/* A realm: media interfaces, address prefixes, a routing table, a TUN device
 * of its own (decision 1). */
struct pkt_realm_cfg {
	char name[PKT_REALM_NAME];
	char tun[IFNAMSIZ];
	char iface[PKT_MAX_IFACES][IFNAMSIZ];
	uint8_t fastpath[PKT_MAX_IFACES]; /* enum pkt_fastpath */
	unsigned int n_ifaces;
	struct pkt_prefix prefix[PKT_MAX_PREFIXES]; /* media addresses */
	unsigned int n_prefixes;
	uint32_t table; /* routes towards its clients; 254: main */
	uint16_t port_min, port_max;
	uint32_t quarantine_ms;
	uint16_t mtu; /* of the TUN device */
};

struct pkt_engine_cfg {
	struct pkt_realm_cfg realm[PKT_MAX_REALMS];
	unsigned int n_realms;
	unsigned int n_workers;  /* 1 to PKT_MAX_WORKERS; fewer are made when
				  * the kernel does not steer */
	uint32_t max_rendezvous; /* set-up blocks, and reserved slots */
	bool owns_host;          /* set up routes, rules, notrack */
	char saved[PKT_PATH];    /* file for what the settings of the host
				  * were (host_saved.h); empty: none */
};

struct pkt_gate_cfg {
	uint8_t realm; /* index of pkt_engine_cfg.realm */
	struct pkt_leg_cfg leg;
	struct pkt_rdv_cfg rdv; /* that of the later Add counts */
	struct pkt_traffic_cfg traffic;
};

/* A gate at one moment; in each event. */
struct pkt_gate_stat {
	struct in6_addr remote;          /* latched source; port 0: none */
	uint64_t rx_octets, tx_octets;   /* TCP payload (decision 22) */
	uint64_t rx_packets, tx_packets; /* of the session, on the wire */
	uint32_t syns, synacks, relatches, drops;
	uint32_t est_ms;       /* first SYN to open; 0: not open */
	uint32_t wait_left_ms; /* of T_wait; 0: not waiting */
	uint32_t idle_ms;      /* since the last segment */
	uint16_t remote_port;
	uint16_t mss;      /* told to this client; 0: not yet */
	uint8_t state;     /* enum pkt_state */
	uint8_t leg_state; /* enum pkt_leg_state */
	uint8_t opts;      /* PKT_STAT_* (types.h) of the session */
	bool is_dirty;     /* it emitted packets: quarantine */
	/* Why packets were dropped, the latest reason first, each once: enum
	 * pkt_drop + 1; 0: no more. */
	uint8_t why[PKT_WHYS];
};

/* OPEN, FAIL and CLOSED come for each gate of the rendezvous, one event each;
 * is_far is as seen from the gate of the event. */
enum pkt_evt_type {
	PKT_EVT_DONE,   /* a command was executed: token */
	PKT_EVT_SYN,    /* the source of this gate is latched */
	PKT_EVT_OPEN,   /* the session is open */
	PKT_EVT_FAIL,   /* it will not open: cause */
	PKT_EVT_CLOSED, /* it ended: cause, is_far */
	PKT_EVT_QUIET,  /* nothing passes this gate any more */
};

struct pkt_evt {
	uint8_t type;  /* enum pkt_evt_type */
	uint8_t cause; /* enum pkt_cause */
	bool is_far;   /* CLOSED: the other side caused it */
	uint8_t cmd;   /* DONE: which command; the engine's own */
	uint8_t realm; /* of the gate, index of pkt_engine_cfg.realm */
	struct pkt_gate_id gate;
	uint64_t token; /* DONE: of the command */
	uint64_t at_us; /* CLOCK_MONOTONIC */
	struct pkt_gate_stat stat;
};
_Static_assert(sizeof(struct pkt_evt) <= 128, "an event is one ring slot");

struct pkt_counters {
	uint64_t rx_pkts, rx_octets; /* read from TUN, IP octets */
	uint64_t tx_pkts, tx_octets; /* written to TUN, IP octets */
	uint64_t synacks, rsts, challenges;
	uint64_t evt_ring_full; /* events that had to wait */
	uint64_t tap_lost; /* records of traces for which there was no room */
	uint64_t drop[PKT_DROP__COUNT];
	uint64_t fast[PKT_FAST__COUNT]; /* packets, in the kernel: each once */
	uint64_t fast_octets;           /* of PASSED, IP octets */
	/* Of these, what XDP passed; all else is why it left them to tc. */
	uint64_t xdp[PKT_FAST__COUNT], xdp_octets;
};

struct pkt_carried {
	uint64_t pkts, octets; /* IP octets */
};

/* What a path carried: TUN all that was read there, the programs what they sent
 * on. */
static inline struct pkt_carried pkt_carried(const struct pkt_counters *c,
					     enum pkt_path path)
{
	uint64_t xdp = c->xdp[PKT_FAST_PASSED];

	if (path == PKT_PATH_TUN)
		return (struct pkt_carried) { c->rx_pkts, c->rx_octets };
	if (path == PKT_PATH_XDP)
		return (struct pkt_carried) { xdp, c->xdp_octets };
	return (struct pkt_carried) { c->fast[PKT_FAST_PASSED] - xdp,
				      c->fast_octets - c->xdp_octets };
}

/*
 * Make the engine: TUN devices, host rules, memory, worker threads.  What an
 * earlier run left behind is cleaned first.
 *
 * Returns: 0 and a new engine in *out, or a negative errno with one line in
 *          err (cap octets) that tells the operator what is missing.
 */
int pkt_engine_new(const struct pkt_engine_cfg *cfg, struct pkt_engine **out,
		   char *err, size_t cap);
/* Commands wake the worker together: hook is called for the first of them, from
 * inside the command, and pkt_engine_flush() follows, before the thread sleeps.
 * Without a hook each command does so at once. */
void pkt_engine_defer(struct pkt_engine *e, void (*hook)(void *arg), void *arg);
void pkt_engine_flush(struct pkt_engine *e);
/* One line for the operator: how many workers, and why fewer than asked for. */
const char *pkt_engine_workers(const struct pkt_engine *e);
/* One line for the operator: where the fast path is, or why it is not. */
const char *pkt_engine_fastpath(const struct pkt_engine *e);
/* By what a media interface is served now. */
enum pkt_path pkt_engine_path(const struct pkt_engine *e, const char *iface);
/* A link has changed: programs go where they are missing. */
void pkt_engine_links_changed(struct pkt_engine *e);
/* Stops the workers, removes devices and host rules.  NULL is fine. */
void pkt_engine_free(struct pkt_engine *e);

/*
 * Reserve local address and port and install a gate that is armed as
 * cfg->leg.is_armed says.  peer.gen 0: first of its rendezvous.
 *
 * In:      cfg->leg.local all zero: choose (family as cfg->leg.family)
 * Out:     *id; cfg->leg.local and local_port are filled in
 * Returns: 0 (then DONE comes), -ENOSPC pool empty, -EAFNOSUPPORT no address
 *          of that family in the realm, -EAGAIN command ring full, -ENOENT
 *          peer is gone or has a peer already, -EADDRNOTAVAIL an explicit
 *          local address that is not to be had.  Room for the removal is
 *          reserved here.
 */
int pkt_gate_add(struct pkt_engine *e, struct pkt_gate_id peer,
		 struct pkt_gate_cfg *cfg, uint64_t token,
		 struct pkt_gate_id *id);
/* New policy; rearm: LATCH, RELATCH or a new Remote.  0, -ENOENT; -EAGAIN
 * only while an earlier Modify of this gate is still on its way. */
int pkt_gate_modify(struct pkt_engine *e, struct pkt_gate_id id,
		    const struct pkt_gate_cfg *cfg, bool rearm, uint64_t token);
/* Unlink, fence, release.  DONE carries the final statistics; after it no
 * packet of the gate passes, and the id is dead.  0, -ENOENT. */
int pkt_gate_remove(struct pkt_engine *e, struct pkt_gate_id id,
		    uint64_t token);
/* Only a snapshot.  0, -ENOENT, -EAGAIN. */
int pkt_gate_read(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token);

/* Trace the rendezvous of the gate, or not any more; both gates are concerned.
 * 0 (then DONE comes), -ENOENT, -EAGAIN. */
int pkt_gate_trace(struct pkt_engine *e, struct pkt_gate_id id,
		   enum pkt_tap_level level, uint64_t token);
/* The next record; false: there is none.  pkt_engine_evt_fd() tells of new
 * ones; they are not waited for. */
bool pkt_engine_next_tap(struct pkt_engine *e, struct pkt_tapped *out);

/* Readable when pkt_engine_next_evt() has something. */
int pkt_engine_evt_fd(const struct pkt_engine *e);
bool pkt_engine_next_evt(struct pkt_engine *e, struct pkt_evt *evt);

/* Of all workers, and of the kernel's programs. */
void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out);
/* One of the workers; counters without those of the kernel's programs. */
struct pkt_worker_figures {
	uint32_t rendezvous; /* that live there now */
	int cpu;             /* where it is held; -1: anywhere */
	struct pkt_counters counters;
};
unsigned int pkt_engine_n_workers(const struct pkt_engine *e);
void pkt_engine_worker(struct pkt_engine *e, unsigned int i,
		       struct pkt_worker_figures *out);
void pkt_engine_usage(struct pkt_engine *e, unsigned int realm,
		      struct pkt_portpool_usage *out);
