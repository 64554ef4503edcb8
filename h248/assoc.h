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
	H248_MAX_PROFILES = 8,
};

enum h248_assoc_state {
	H248_ASSOC_IDLE,        /* not started, or stopped */
	H248_ASSOC_WAITING,     /* for the random delay 0..MWD */
	H248_ASSOC_REGISTERING, /* ServiceChange sent */
	H248_ASSOC_ACTIVE,
	H248_ASSOC_LEAVING, /* out-of-service ServiceChange sent */
	H248_ASSOC__COUNT
};

/* When we send a ServiceChange, and what it says by default.  Up to LOSS it
 * registers us: with version, profile and time stamp. */
enum h248_change_event {
	H248_CHANGE_BOOT,    /* never registered, or all is lost: Restart 901 */
	H248_CHANGE_RETURN,  /* to the controller we had: Disconnected 900 */
	H248_CHANGE_PRIMARY, /* to the first of the list: Disconnected 900 */
	H248_CHANGE_FAILOVER, /* to another: Failover 909 */
	H248_CHANGE_HANDOFF,  /* to the one that ours named: HandOff 903 */
	/* Contexts went while there was no controller.  Forced 915: each is
	 * reported when we are registered; Restart: we register with it. */
	H248_CHANGE_LOSS,
	H248_CHANGE_DRAIN,      /* leaving when all is ended: Graceful 905 */
	H248_CHANGE_RESUME,     /* staying after all: Restart 918 */
	H248_CHANGE_STOP,       /* leaving: Forced 908 */
	H248_CHANGE_REALM_DOWN, /* terminations of a realm: Forced 906 */
	H248_CHANGE_REALM_UP,   /* Restart 900 */
	H248_CHANGE_PACKAGES,   /* those that are supported: Restart 916 */
	H248_CHANGE__COUNT
};

struct h248_change {
	enum h248_sc_method method; /* H248_SC_NONE: the default */
	uint16_t reason;            /* H.248.8, 900 to 999; 0: the default */
};

struct h248_profile {
	char name[64];
	uint8_t version;
};

struct h248_assoc_params {
	struct h248_txn_params txn; /* txn.version: the highest we speak */
	struct sockaddr_storage controllers[H248_MAX_CONTROLLERS];
	unsigned int n_controllers;
	char profile[64]; /* empty: none offered */
	uint8_t profile_version;
	bool offers_in_header; /* header version of registrations: the highest
				* we speak; else 1 */
	/* A controller may answer with one of these as well. */
	struct h248_profile accept[H248_MAX_PROFILES];
	unsigned int n_accept;
	uint8_t min_version; /* a controller that wants less: 406; 0: any */
	uint32_t mwd_ms;     /* maximum waiting delay; 0: none */
	struct h248_change change[H248_CHANGE__COUNT];
};

struct h248_assoc_ops {
	/* request: only when ACTIVE, and of our controller; heard: only our
	 * controller */
	struct h248_txn_ops txn;
	/* The state has changed; text says why, for the operator.  From ACTIVE
	 * to ACTIVE: it is another controller. */
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

/* What a ServiceChange of a registered gateway is about. */
struct h248_report {
	enum h248_change_event what; /* LOSS, or one behind it */
	const char *term;            /* NULL: ROOT, in the NULL context */
	enum h248_ctx_kind ctx;      /* of term; H248_CTX_ID: all of ctx_ids */
	const uint32_t *ctx_ids;
	unsigned int n_ctx_ids;
	uint32_t delay_s; /* 0: none said */
};

/* Tells our controller; nothing else changes.  cb NULL: nobody waits for the
 * answer.  0, -ENOTCONN when not ACTIVE, or as h248_txns_request(). */
int h248_assoc_report(struct h248_assoc *a, const struct h248_report *r,
		      h248_reply_h *cb, void *arg, uint64_t now_ms);
/* What is said when: the configured, or the default. */
struct h248_change h248_assoc_change_of(const struct h248_assoc *a,
					enum h248_change_event what);
/* The controller wants us to go to another one (HandOff, 11.5): registers there
 * at the next tick.  -ENOTCONN when not ACTIVE. */
int h248_assoc_handoff(struct h248_assoc *a, const struct sockaddr_storage *to,
		       uint64_t now_ms);
/* Contexts are gone: the next registration says so, if LOSS is a Restart. */
void h248_assoc_lost_state(struct h248_assoc *a);

/* Whether another controller of the list has us than the first one, without
 * having been told so by a controller. */
bool h248_assoc_is_away(const struct h248_assoc *a);
/*
 * Asks the first controller of the list to take us back, once, while the other
 * one still has us.  Only a registration may ask that (clause 11.5): when it
 * accepts we are its own, when it is silent or refuses nothing has changed.
 * 0, -EALREADY while it is being asked, -ENOTCONN when h248_assoc_is_away() is
 * false, or as h248_txns_request().
 */
int h248_assoc_return(struct h248_assoc *a, uint64_t now_ms);

/* A datagram.  Who is no controller of the list, nor one that a controller
 * named, is not heard and gets nothing; any port of theirs will do (C50).  Who
 * is known and not our controller is refused: 505, or 406 or 461 when that is
 * why we did not take it (C31). */
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
/* As h248_txns_set_segments(). */
void h248_assoc_set_segments(struct h248_assoc *a, uint32_t segment_ms,
			     uint32_t segment_octets, uint32_t max_octets);
enum h248_assoc_state h248_assoc_state(const struct h248_assoc *a);
const char *h248_assoc_state_name(enum h248_assoc_state s);
/* NULL when there is none. */
const struct sockaddr_storage *
h248_assoc_controller(const struct h248_assoc *a);
uint8_t h248_assoc_version(const struct h248_assoc *a); /* negotiated */
const struct h248_txn_counters *h248_assoc_counters(const struct h248_assoc *a);
