/*
 * h248/assoc_int.h - what the files of the association share
 *
 * assoc.c is the state machine, assoc_reg.c writes the ServiceChange and
 * reads its reply.  Private to assoc*.c.
 */
#pragma once

#include "h248/assoc.h"

enum assoc_ev {
	AEV_START,
	AEV_STOP,
	AEV_TIMER,
	AEV_ACCEPTED,   /* the controller took us */
	AEV_REDIRECTED, /* it names another one (MgcIdToTry) */
	AEV_REFUSED,    /* error, or terms we cannot meet */
	AEV_NO_ANSWER,  /* T-MAX */
	AEV_LOST,       /* a request of ours found nobody */
	AEV_HANDOFF,    /* the controller names its successor */
	AEV__COUNT
};

struct h248_assoc {
	struct h248_assoc_params p;
	const struct h248_assoc_ops *ops;
	void *arg;
	struct h248_txn_ops txn_ops; /* ours, in front of ops->txn */
	struct h248_txns *txns;

	enum h248_assoc_state state;
	uint64_t now_ms;          /* of the call we are in */
	uint64_t timer_ms;        /* UINT64_MAX: off */
	uint32_t grace_ms;        /* of LEAVING */
	uint64_t illegal;         /* events without meaning in their state */
	uint64_t strangers;       /* datagrams from nobody we know */
	uint64_t stranger_log_ms; /* the log may say so again */

	unsigned int current;           /* in p.controllers */
	unsigned int n_redirects;       /* since the last of the list */
	struct sockaddr_storage target; /* whom we ask */
	struct sockaddr_storage mgc;    /* whose we are, or last were */
	bool has_mgc;                   /* false: never registered, cold boot */
	struct sockaddr_storage successor; /* of mgc, as it said */
	bool is_handoff;                   /* towards target, as told by mgc */
	uint32_t tid;    /* of the ServiceChange that is out */
	uint8_t version; /* negotiated */
};

/* What a reply to our ServiceChange says. */
struct assoc_verdict {
	enum assoc_ev ev; /* ACCEPTED, REDIRECTED or REFUSED */
	uint8_t version;
	struct sockaddr_storage address; /* new one; family 0: as before */
	char why[96];
};

/* A service change on ROOT, as Services descriptor says. */
struct assoc_change {
	enum h248_change_event what; /* up to HANDOFF: with version, profile
				      * and time stamp */
	uint32_t delay_s;            /* 0: none */
};

struct h248_change h248_assoc_change_of(const struct h248_assoc *a,
					enum h248_change_event what);
/* "901 Cold Boot" */
void h248_assoc_reason(uint16_t code, char *buf, size_t cap);
/* What a registration with a->target is. */
enum h248_change_event h248_assoc_offer_to(const struct h248_assoc *a);

/* As h248_txns_request(), to a->target; its id is in a->tid. */
int h248_assoc_send_change(struct h248_assoc *a, const struct assoc_change *c,
			   h248_reply_h *cb, void *arg);
void h248_assoc_judge(const struct h248_assoc *a, const struct h248_txn *reply,
		      struct assoc_verdict *v);
