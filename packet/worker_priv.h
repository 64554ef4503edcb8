/*
 * packet/worker_priv.h - what the files of the worker share
 *
 * worker.c: loop and packets; worker_icmp.c: ICMP; worker_cmd.c: commands;
 * worker_evt.c: events and snapshots; worker_fast.c: the kernel's programs;
 * worker_tap.c: records of traced rendezvous.  Everything here belongs to the worker
 * thread, but for the counters, which others read relaxed, and the stop flag.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "packet/cross.h"
#include "packet/rendezvous.h"
#include "packet/timers.h"
#include "packet/worker.h"

enum {
	PKT_STICKY_TYPES = 5,       /* SYN, OPEN, FAIL, CLOSED, QUIET */
	PKT_BUF_OCTETS = 66 * 1024, /* the largest super-segment, and more */
	PKT_BATCH = 64,             /* packets of one device in a turn */
	WORKER_JOINING = 256,       /* sessions given to the kernel at once */
	WORKER_LOOK = 1024, /* looked at in a turn, when hints were missed */
	/* At most two events of each report of a command, and its DONE. */
	PKT_EVTS_PER_CMD = 2 * PKT_OUT_REPORTS + 1,
};
_Static_assert((int)PKT_EVTS_PER_CMD <= (int)PKT_EVT_RING_MIN,
	       "a command must fit");

/* A rendezvous as the worker knows it; the pure half gets a view of it.  Zero is one
 * without gates: its number may be any, and what is not used is not touched. */
struct worker_rdv {
	uint32_t slot[PKT_LEGS]; /* of a gate */
	uint32_t gen[PKT_LEGS];  /* of pkt_gate_id; 0: no gate */
	uint32_t done[PKT_LEGS]; /* of pkt_fast_steered() */
	uint32_t setup;          /* index + 1; 0: none */
	uint8_t realm[PKT_LEGS];
	bool has_traffic[PKT_LEGS]; /* its record is in use */
};
_Static_assert(sizeof(struct worker_rdv) == 32, "an index, not a record");

/* Handed out to the client of a gate, beside what its peer of now has accepted: of
 * peers before it; less what a device did not take, so it may be below 0. */
struct worker_sent {
	uint64_t octets, packets;
};

/* What the worker itself dropped for a gate: how many, and why, the latest reason
 * first, as pkt_gate_stat.why.  Programs of the kernel count in the entry only,
 * and for one reason. */
struct worker_whys {
	uint32_t counted;
	uint8_t why[PKT_WHYS];
};

/* An event that found the ring full: its first time stamp, in a list in the
 * order of these (decision 24).  One per rendezvous, leg and type. */
struct sticky {
	uint64_t at_us;
	uint32_t next; /* index + 1; 0: last */
	uint8_t cause;
	bool is_far, is_set;
};

/* A session that the kernel has, but for what is on its way to the worker. */
struct worker_joining {
	uint32_t rdv;
	uint32_t steered[PKT_LEGS]; /* when the fence was asked for */
	uint64_t since_us;
	/* For programs that do not know of it yet, or have not sent yet what
	 * they counted. */
	uint64_t ticket;
	bool is_past; /* as of a turn before: who reads now reads it all */
};

/* A removal that waits for a fence. */
struct worker_leaving {
	struct pkt_gate_id gate;
	uint32_t rdv;
	uint64_t token, ticket;
};

struct pkt_worker {
	struct pkt_worker_cfg cfg;
	struct worker_rdv *rdvs;          /* max_rendezvous */
	uint32_t n_rdvs;                  /* highest ever used, + 1 */
	struct worker_whys *whys;         /* by place, untouched if 0 */
	struct pkt_setup *setups;         /* max_rendezvous */
	uint32_t *free_setups;            /* a stack */
	uint32_t n_free_setups, n_setups; /* n_setups: ever used */
	struct worker_sent *sent;         /* by place, untouched if 0 */
	struct pkt_traffic *traffic; /* one per leg, untouched if not used */
	struct pkt_timers *timers;
	struct sticky *sticky;
	uint32_t sticky_first, sticky_last; /* index + 1; 0: none */
	struct worker_joining joining[WORKER_JOINING];
	unsigned int n_joining;
	uint32_t missed;                /* of pkt_fast_missed() */
	uint32_t next_look, n_unseen;   /* since then; a ring of all rdvs */
	struct worker_leaving *leaving; /* a ring, one for each gate */
	uint32_t first_leaving, n_leaving;
	bool has_pushed;       /* events, since evt_fd was written */
	uint32_t n_tapped;     /* rendezvous that are traced */
	uint8_t *tapped;       /* enum pkt_tap_level, max_rendezvous */
	struct pkt_ring *taps; /* of struct pkt_tapped */
	uint8_t tap_state, tap_leg_state; /* before the segment at hand */

	bool is_held_up; /* commands were left, for want of room for events */

	uint64_t now_us;
	uint64_t awake_until_us; /* until then a turn waits for nothing */
	uint8_t *room;           /* PKT_HEADROOM octets, then what is read */
	struct pkt_frame frame;  /* the packet at hand */
	uint16_t ip_id;          /* of the next IPv4 packet made of IPv6 */

	int epoll_fd, wake_fd;
	pthread_t thread;
	atomic_bool want_stop;

	/* worker writes, control reads */
	_Atomic uint64_t rx_pkts, rx_octets, tx_pkts, tx_octets;
	_Atomic uint64_t synacks, rsts, challenges, evt_ring_full;
	_Atomic uint64_t tap_lost;
	_Atomic uint64_t drop[PKT_DROP__COUNT];
};

/* The only writer adds: no read-modify-write is needed. */
static inline void worker_count(_Atomic uint64_t *counter, uint64_t n)
{
	uint64_t v = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, v + n, memory_order_relaxed);
}

static inline struct pkt_entry *worker_entry(const struct pkt_worker *w,
					     uint32_t rdv, unsigned int leg)
{
	return &w->cfg.entries[pkt_place(rdv, leg)];
}

/* Whose is this slot?  False: nobody's, or that of another worker. */
static inline bool worker_find(const struct pkt_worker *w, uint32_t slot,
			       uint32_t *rdv, unsigned int *leg)
{
	uint32_t place;

	if (slot == PKT_SLOT_NONE)
		return false;
	place = __atomic_load_n(&w->cfg.places[slot], __ATOMIC_RELAXED) - 1;
	*rdv = place / PKT_LEGS;
	*leg = place % PKT_LEGS;
	return *rdv < w->n_rdvs && w->rdvs[*rdv].gen[*leg] &&
	       w->rdvs[*rdv].slot[*leg] == slot;
}

/* worker.c */
struct pkt_rdv worker_view(struct pkt_worker *w, uint32_t rdv);
void worker_attach_setup(struct pkt_worker *w, uint32_t rdv);
void worker_detach_setup(struct pkt_worker *w, uint32_t rdv);
/* Sends, reports and gives the set-up block back, as out says. */
void worker_apply(struct pkt_worker *w, uint32_t rdv,
		  const struct pkt_out *out);
void worker_arm(struct pkt_worker *w, uint32_t rdv);

/* Into the device of a realm, counted.  false: it did not take the packet,
 * which is counted as dropped. */
bool worker_send(struct pkt_worker *w, unsigned int realm,
		 const struct virtio_net_hdr *vh, const uint8_t *pkt, size_t n);

/* worker_icmp.c: the packet at hand is ICMP.  PKT_DROP_NONE: it was passed on
 * to the client that it is for. */
enum pkt_drop worker_icmp(struct pkt_worker *w, unsigned int realm);
/* Does the segment at hand, from a client of this realm, outgrow a way of this
 * MTU when it changes its family?  Then its sender is told. */
bool worker_tells_too_big(struct pkt_worker *w, unsigned int realm,
			  const struct pkt_seg *seg, uint16_t mtu);

/* worker_fast.c.  Begin: a gate is new; evict: before a rendezvous is changed or
 * judged in a way that programs of the kernel must not run into; commit: before
 * SYN-ACKs leave, whose ACKs the kernel may pass; follow: after a change, or
 * after a segment; done: what came of a segment has left; promote: at the end of
 * a turn, in which the TUN devices were read empty or not. */
void worker_fast_begin(struct pkt_worker *w, uint32_t rdv, unsigned int leg);
void worker_fast_evict(struct pkt_worker *w, uint32_t rdv);
void worker_fast_commit(struct pkt_worker *w, uint32_t rdv);
void worker_fast_follow(struct pkt_worker *w, uint32_t rdv);
void worker_fast_done(struct pkt_worker *w, uint32_t rdv, unsigned int leg);
void worker_fast_promote(struct pkt_worker *w, bool is_empty);
/* FINs or handshake ACKs have passed in the kernel: the state follows. */
void worker_fast_catch_up(struct pkt_worker *w, uint32_t rdv);
void worker_fast_hints(struct pkt_worker *w);
/* Some of the sessions that no hint may have come of; after the hints. */
void worker_fast_look(struct pkt_worker *w);
/* A removal that has to wait for a fence is kept; there is room for the events
 * of a command.  Next: one whose fence is past. */
bool worker_fast_defer(struct pkt_worker *w, const struct pkt_cmd *cmd);
bool worker_fast_next(struct pkt_worker *w, struct pkt_cmd *cmd);

/* worker_cmd.c: executes commands while their events have room. */
void worker_commands(struct pkt_worker *w);

/* worker_evt.c */
void worker_stat(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		 struct pkt_gate_stat *out);
/* What the device of a gate did not take was not handed out (decision 22). */
void worker_unsent(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		   const struct pkt_seg *seg);
/* The gate is new; it leaves, and what it accepted was handed out. */
void worker_sent_begin(struct pkt_worker *w, uint32_t rdv, unsigned int leg);
void worker_sent_keep(struct pkt_worker *w, uint32_t rdv, unsigned int leg);
/* A packet for this gate was dropped, and is counted there; drop: and is to be
 * counted by its reason.  Begin: the gate is new. */
void worker_whys_begin(struct pkt_worker *w, uint32_t rdv, unsigned int leg);
void worker_why(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		enum pkt_drop why);
void worker_drop(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		 enum pkt_drop why);
void worker_report(struct pkt_worker *w, uint32_t rdv,
		   const struct pkt_report *report);
void worker_done(struct pkt_worker *w, const struct pkt_cmd *cmd,
		 const struct pkt_gate_stat *stat);
/* Room for at least n events, none of them waiting. */
bool worker_has_room(struct pkt_worker *w, uint32_t n);
void worker_flush_sticky(struct pkt_worker *w);

/* worker_tap.c.  The others are called for what worker_is_tapped() only, before
 * and after a segment is judged, and after it left or did not. */
int worker_tap_init(struct pkt_worker *w); /* 0 or -1: no memory */
void worker_tap_fini(struct pkt_worker *w);
void worker_tap_set(struct pkt_worker *w, uint32_t rdv, uint8_t level);
static inline bool worker_is_tapped(const struct pkt_worker *w, uint32_t rdv)
{
	return __builtin_expect(w->n_tapped, 0) && w->tapped[rdv];
}
void worker_tap_before(struct pkt_worker *w, const struct pkt_rdv *view,
		       unsigned int leg);
void worker_tap_came(struct pkt_worker *w, uint32_t rdv,
		     const struct pkt_rdv *view, unsigned int leg,
		     const struct pkt_seg *seg, const struct pkt_out *out);
void worker_tap_left(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		     const struct pkt_seg *seg, enum pkt_drop drop);
/* Any other packet, whole. */
void worker_tap_packet(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		       enum pkt_tap_what what, uint8_t flags,
		       enum pkt_drop drop, const uint8_t *pkt, size_t n);
