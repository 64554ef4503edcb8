/*
 * packet/rdv_int.h - what the parts of the rendezvous share
 *
 * rendezvous.c: entry points, time, controller.  rdv_setup.c: until both
 * handshakes are complete.  rdv_latch.c: which SYN counts.  rdv_pair.c: what
 * the two clients are told.  rdv_relay.c: when one of them is called.
 * rdv_open.c: from then on.  rdv_util.c: the only writers of states and of
 * what goes out.
 * Numbers such as "event 4b" are rows of rendezvous.md 2.3.
 */
#pragma once

#include "packet/rendezvous.h"

enum {
	RDV_MS = 1000, /* in microseconds */
	RDV_SECOND = 1000 * RDV_MS,
	RDV_SPACING_US = 200 * RDV_MS, /* between two SYN-ACKs to a client */
	/* between two challenge ACKs to a client: half a second */
	RDV_CHALLENGE_TICK_US = 20 * RDV_MS, /* of pkt_entry.challenge */
	RDV_CHALLENGE_TICKS = 25,
};

/* One call of the state machine. */
struct rdv_call {
	struct pkt_rdv *r;
	struct pkt_out *out;
	uint64_t now_us;
};

static inline struct pkt_entry *rdv_entry(const struct rdv_call *c,
					  unsigned int leg)
{
	return c->r->leg[leg];
}

static inline struct pkt_setup_leg *rdv_leg(const struct rdv_call *c,
					    unsigned int leg)
{
	return &c->r->setup->leg[leg];
}

/* Until it is open. */
static inline const struct pkt_rdv_cfg *rdv_policy(const struct pkt_rdv *r)
{
	return &r->setup->rdv;
}

static inline bool rdv_is(const struct pkt_rdv *r, unsigned int leg,
			  enum pkt_leg_state state)
{
	return pkt_rdv_leg_state(r, leg) == state;
}

/* States and outcomes. */
void rdv_set_leg(struct pkt_rdv *r, unsigned int leg, enum pkt_leg_state s);
void rdv_set_state(struct pkt_rdv *r, enum pkt_state s);
void rdv_drop(struct rdv_call *c, enum pkt_drop why);
void rdv_report(struct rdv_call *c, enum pkt_report_type type, unsigned int leg,
		enum pkt_cause cause);
/* Both legs closed, nothing passes, nothing is reported (decision 19). */
void rdv_silence(struct rdv_call *c);
void rdv_count_relatch(struct rdv_call *c, unsigned int leg);

/* What goes out.  rdv_emit() returns a segment with its addresses filled. */
struct pkt_tx *rdv_emit(struct rdv_call *c, unsigned int leg, uint8_t flags);
void rdv_rst(struct rdv_call *c, unsigned int leg, uint32_t seq, uint32_t ack);
/* The RST that this client believes, by the state of its leg. */
void rdv_rst_leg(struct rdv_call *c, unsigned int leg);
void rdv_challenge(struct rdv_call *c, unsigned int leg);

/* Does the segment come from where this leg is latched? */
bool rdv_is_latched(const struct rdv_call *c, unsigned int leg,
		    const struct pkt_seg *seg);
/* Pass a segment of a joined pair on: mode and window rules, FINs, counts.
 * False: it was dropped and nothing changed. */
bool rdv_pass(struct rdv_call *c, unsigned int leg, const struct pkt_seg *seg);

/* rdv_latch.c: a SYN that may not count at all. */
enum pkt_drop rdv_refuse_syn(const struct rdv_call *c, unsigned int leg,
			     const struct pkt_seg *seg);
/* MD5, TCP-AO, MP_JOIN, or an absurd MSS. */
enum pkt_drop rdv_refuse_options(const struct pkt_opts *o);
bool rdv_filter_ok(const struct pkt_filter *f, const struct in6_addr *addr,
		   uint16_t port);
/* Another ISN: may it replace the attempt that is held? */
bool rdv_may_replace(struct rdv_call *c, unsigned int leg, uint32_t isn);
/* More attempts than a client makes: which of them is real, only an ACK can
 * tell (2.5). */
bool rdv_is_disputed(const struct rdv_call *c, unsigned int leg);
void rdv_take_syn(struct rdv_call *c, unsigned int leg,
		  const struct pkt_seg *seg);
void rdv_refresh_syn(struct rdv_call *c, unsigned int leg,
		     const struct pkt_seg *seg);
void rdv_latch(struct rdv_call *c, unsigned int leg, const struct pkt_seg *seg);
void rdv_unlatch(struct rdv_call *c, unsigned int leg);

/* rdv_pair.c */
void rdv_send_synack(struct rdv_call *c, unsigned int leg);
/* Again, but not within the spacing.  is_owed: a SYN asked for it, so it goes as
 * soon as that is over. */
void rdv_resend_synack(struct rdv_call *c, unsigned int leg, bool is_owed);
/* Its timer is due. */
void rdv_timed_synack(struct rdv_call *c, unsigned int leg);
/* What the window rules start from: both SYNs. */
void rdv_load_windows(struct pkt_rdv *r);
/* A source has moved: both entries are written anew. */
void rdv_load_rewrites(struct pkt_rdv *r);
/* Tell one client only, with a window of 0 (D5, D6); its ACK decides. */
void rdv_probe(struct rdv_call *c, unsigned int leg);
void rdv_try_pair(struct rdv_call *c);
/* ARMED, WAIT or SILENT, from what the legs are; T_wait goes with it. */
void rdv_settle(struct rdv_call *c);

/* rdv_setup.c */
void rdv_setup_segment(struct rdv_call *c, unsigned int leg,
		       const struct pkt_seg *seg);
/* What the kernel's programs have passed is followed. */
void rdv_setup_catch_up(struct rdv_call *c);
void rdv_setup_tick(struct rdv_call *c);
uint64_t rdv_setup_next(const struct pkt_rdv *r);

/* Ends a rendezvous that is not open yet. */
void rdv_fail(struct rdv_call *c, enum pkt_cause cause);

/* rdv_relay.c: docs/relay.md.  Called: the leg of the server. */
bool rdv_is_called(const struct pkt_rdv *r, unsigned int leg);
bool rdv_is_relay(const struct pkt_rdv *r);
/* Its SYN is on the way to the server. */
bool rdv_relay_is_unanswered(const struct pkt_rdv *r);
/* Sends the SYN that is held to the server, when both gates are ready. */
void rdv_relay_try(struct rdv_call *c);
void rdv_relay_syn_again(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg);
void rdv_relay_server(struct rdv_call *c, unsigned int server,
		      const struct pkt_seg *seg);

/* rdv_open.c */
void rdv_open_segment(struct rdv_call *c, unsigned int leg,
		      const struct pkt_seg *seg);
/* HALF or CLOSING, from the FINs there are; `rel` when both are done. */
void rdv_open_follow(struct rdv_call *c);
/* What the kernel's programs have passed is followed. */
void rdv_open_catch_up(struct rdv_call *c);
void rdv_open_tick(struct rdv_call *c);
uint64_t rdv_open_next(const struct pkt_rdv *r, uint64_t now_us);
/* End by us, not by a client: RSTs by policy, CLOSED unless it was said. */
void rdv_open_end(struct rdv_call *c, enum pkt_cause cause, bool is_reported);
