/*
 * h248/assoc_int.h - what the files of the association share
 *
 * assoc.c is the state machine, assoc_reg.c writes the ServiceChange and
 * reads its reply.  Private to assoc*.c.
 */
#pragma once

#include "h248/assoc.h"

enum { H248_MAX_MID = 80 }; /* octets of a MID as text, with NUL */

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
	struct sockaddr_storage asked;  /* where mgc accepted us */
	char mgc_mid[H248_MAX_MID];     /* as it calls itself */
	struct sockaddr_storage successor; /* of mgc, as it said */
	bool is_handoff;                   /* towards target, as told by mgc */
	bool was_sent;                     /* to mgc, by another controller */
	bool has_lost;     /* contexts, since we were registered */
	uint32_t tid;      /* of the ServiceChange that is out */
	uint8_t version;   /* negotiated */
	uint32_t back_tid; /* of h248_assoc_return(); 0: none is out */
	uint64_t rivals;   /* requests of controllers that are not ours */

	/* Whose terms we could not meet, and what it is answered. */
	struct sockaddr_storage misfit;
	uint16_t misfit_code; /* 0: nobody */
};

/* What a reply to our ServiceChange says. */
struct assoc_verdict {
	enum assoc_ev ev; /* ACCEPTED, REDIRECTED or REFUSED */
	uint16_t misfit;  /* REFUSED by us: 406 or 461 */
	uint8_t version;
	struct sockaddr_storage address; /* new one; family 0: as before */
	char mid[H248_MAX_MID];          /* who said it */
	char why[96];
};

/* assoc.c */
void h248_assoc_event(struct h248_assoc *a, enum assoc_ev ev,
		      const struct assoc_verdict *v);
void h248_assoc_say(struct h248_assoc *a, int priority, const char *text);
/* Of the header of a registration. */
uint8_t h248_assoc_offer_version(const struct h248_assoc *a);
/* From now on `to` has us, at its terms.  The state is left as it is. */
void h248_assoc_belong(struct h248_assoc *a, const struct sockaddr_storage *to,
		       const struct assoc_verdict *v);
/* The only writer of the state; last thing of a transition. */
void h248_assoc_enter(struct h248_assoc *a, enum h248_assoc_state to,
		      const char *why);

/* assoc_change.c */
/* "901 Cold Boot" */
void h248_assoc_reason(uint16_t code, char *buf, size_t cap);
/* What a registration with a->target is. */
enum h248_change_event h248_assoc_offer_to(const struct h248_assoc *a);

/* assoc_report.c */
/* Registers with `to`; as h248_txns_request(). */
int h248_assoc_offer(struct h248_assoc *a, enum h248_change_event what,
		     const struct sockaddr_storage *to, h248_reply_h *cb,
		     void *arg, uint32_t *tid);
/* STOP, to mgc; as h248_txns_request(), the id is in a->tid. */
int h248_assoc_farewell(struct h248_assoc *a, h248_reply_h *cb, void *arg);

/* assoc_reg.c: the reply of `from`, which we asked. */
void h248_assoc_judge(const struct h248_assoc *a,
		      const struct sockaddr_storage *from,
		      const struct h248_txn *reply, struct assoc_verdict *v);

/* assoc_peer.c: who is heard, and what is answered to whom. */
bool h248_assoc_hears(struct h248_assoc *a,
		      const struct sockaddr_storage *from);
/* 0: execute what it asks; else the error it gets. */
uint16_t h248_assoc_refuses(struct h248_assoc *a, const struct h248_msg *msg,
			    const struct sockaddr_storage *from);
