/*
 * h248/assoc.h - the control association, gateway side (H.248.1 clause 11)
 *
 * Registers with the first controller of a list that accepts, keeps version
 * and profile as negotiated, answers 505 until then, notices that a
 * controller is gone and starts again.  No I/O: it uses a transaction layer of
 * its own, and the same kind of hooks.  Thread: the one that owns the object.
 */
#pragma once

#include "h248/txn.h"

enum {
	H248_MAX_CONTROLLERS = 8,
};

enum h248_assoc_state {
	H248_ASSOC_IDLE,        /* not started, or stopped */
	H248_ASSOC_WAITING,     /* for the random delay 0..MWD */
	H248_ASSOC_REGISTERING, /* ServiceChange sent */
	H248_ASSOC_ACTIVE,
	H248_ASSOC_LEAVING, /* out-of-service ServiceChange sent */
	H248_ASSOC__COUNT
};

/* When we send a ServiceChange for ROOT, and what it says by default. */
enum h248_change_event {
	H248_CHANGE_BOOT,   /* never registered, or all is lost: Restart 901 */
	H248_CHANGE_RETURN, /* to the controller we had: Disconnected 900 */
	H248_CHANGE_FAILOVER, /* to another: Failover 909 */
	H248_CHANGE_HANDOFF,  /* to the one that ours named: HandOff 903 */
	H248_CHANGE_DRAIN,    /* leaving when all is ended: Graceful 905 */
	H248_CHANGE_STOP,     /* leaving: Forced 908 */
	H248_CHANGE__COUNT
};

struct h248_change {
	enum h248_sc_method method; /* H248_SC_NONE: the default */
	uint16_t reason;            /* H.248.8, 900 to 999; 0: the default */
};

struct h248_assoc_params {
	struct h248_txn_params txn; /* txn.version: the highest we speak */
	struct sockaddr_storage controllers[H248_MAX_CONTROLLERS];
	unsigned int n_controllers;
	char profile[64]; /* empty: none offered */
	uint8_t profile_version;
	bool offers_in_header; /* header version of registrations: the highest
				* we speak; else 1 */
	uint32_t mwd_ms;       /* maximum waiting delay; 0: none */
	struct h248_change change[H248_CHANGE__COUNT];
};

struct h248_assoc_ops {
	/* request: only when ACTIVE; heard: only our controller */
	struct h248_txn_ops txn;
	/* The state has changed; text says why, for the operator. */
	void (*state)(void *arg, enum h248_assoc_state from,
		      enum h248_assoc_state to, const char *why);
	/* Wall clock, for time stamps: microseconds since 1970. */
	uint64_t (*wall_us)(void *arg);
};

struct h248_assoc; /* opaque */

/* Returns new, or NULL.  ops must outlive the object. */
struct h248_assoc *h248_assoc_new(const struct h248_assoc_params *params,
				  const struct h248_assoc_ops *ops, void *arg);
void h248_assoc_free(struct h248_assoc *a);

/* Registration with Restart 901 (cold boot). */
void h248_assoc_start(struct h248_assoc *a, uint64_t now_ms);
/* ServiceChange STOP to the controller, then IDLE (at once when there
 * is none; at the latest after grace_ms). */
void h248_assoc_stop(struct h248_assoc *a, uint32_t grace_ms, uint64_t now_ms);

/* A datagram.  Who is no controller of the list, nor one that a controller
 * named, is not heard and gets nothing; any port of theirs will do (C50). */
/* Tells the controller that we shall stop, at the latest in delay_s (0: it is
 * not said when); nothing else changes.  -ENOTCONN when not ACTIVE. */
int h248_assoc_drain(struct h248_assoc *a, uint32_t delay_s, uint64_t now_ms);
/* The controller wants us to go to another one (HandOff, 11.5): registers there
 * at the next tick.  -ENOTCONN when not ACTIVE. */
int h248_assoc_handoff(struct h248_assoc *a, const struct sockaddr_storage *to,
		       uint64_t now_ms);
/* All contexts are gone: the next registration is that of a cold boot. */
void h248_assoc_forget(struct h248_assoc *a);

void h248_assoc_input(struct h248_assoc *a, const struct sockaddr_storage *from,
		      const char *buf, size_t n, uint64_t now_ms);
uint64_t h248_assoc_next(const struct h248_assoc *a);
void h248_assoc_tick(struct h248_assoc *a, uint64_t now_ms);

/* The connection to this peer is gone: when it is our controller we register
 * again, with Disconnected 900. */
void h248_assoc_link_lost(struct h248_assoc *a,
			  const struct sockaddr_storage *peer, uint64_t now_ms);

/* A request to the current controller, e.g. Notify.  As h248_txns_request();
 * -ENOTCONN when not ACTIVE. */
int h248_assoc_request(struct h248_assoc *a, const struct h248_action *actions,
		       h248_reply_h *cb, void *arg, uint64_t now_ms,
		       uint32_t *tid);

/* As h248_txns_set_limits(). */
void h248_assoc_set_limits(struct h248_assoc *a, uint32_t provisional_ms,
			   uint16_t pending_limit, uint16_t pending_limit_in);
/* As h248_txns_set_answer_time(). */
void h248_assoc_set_answer_time(struct h248_assoc *a, uint32_t ms);
enum h248_assoc_state h248_assoc_state(const struct h248_assoc *a);
const char *h248_assoc_state_name(enum h248_assoc_state s);
/* NULL when there is none. */
const struct sockaddr_storage *
h248_assoc_controller(const struct h248_assoc *a);
uint8_t h248_assoc_version(const struct h248_assoc *a); /* negotiated */
const struct h248_txn_counters *h248_assoc_counters(const struct h248_assoc *a);
