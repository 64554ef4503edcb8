/*
 * mgcsim/sim.h - one H.248 endpoint that plays a controller
 *
 * Owns the socket and the transaction layer, answers registrations and
 * Notifies by itself, and keeps everything that was received, in the order of
 * arrival, for the steps of the scenario.  One thread, one event base.
 */
#pragma once

#include <event2/event.h>
#include <stdio.h>
#include <sys/queue.h>

#include <libxml/tree.h>

#include "h248/transport.h"
#include "h248/transport_tls.h"
#include "h248/txn.h"
#include "tools/mgcsim/record.h"

enum sim_kind {
	SIM_REQUEST,
	SIM_REPLY,
	SIM_OTHER, /* a message no transaction was waiting for */
};

/* Something received.  doc: see tree.h; NULL for a request of ours that was
 * never answered (err is set then). */
struct sim_msg {
	TAILQ_ENTRY(sim_msg) entry;
	enum sim_kind kind;
	uint32_t tid;
	bool is_registration;
	int err;            /* replies: -ETIMEDOUT, -ECANCELED */
	xmlDoc *doc;        /* owned */
	struct h248_in *in; /* request that waits for a <reply> */
};
TAILQ_HEAD(sim_msgs, sim_msg);

struct sim_params {
	struct sockaddr_storage listen;
	char mid[80];    /* empty: the bracketed listen address */
	uint8_t version; /* highest we accept */
	bool is_long;
	bool is_tcp;                     /* else UDP */
	struct h248_tls *tls;            /* of TCP; borrowed; NULL: none */
	struct h248_authenticator *auth; /* borrowed; NULL: none */
	bool is_manual;                  /* requests wait for <reply> */
	FILE *log; /* every message as on the wire; may be NULL */
};

struct sim {
	struct sim_params params;
	struct event_base *base;
	struct event *timer;
	struct h248_transport transport;
	struct h248_txns *txns;
	struct sockaddr_storage peer; /* the registered gateway */
	bool is_registered;
	unsigned int n_registrations;
	struct sim_msgs inbox;
	struct record record; /* what was said */
	uint64_t start_ms;
	bool is_taken; /* by a transaction: the datagram being delivered */
	/* Called after something arrived, was answered or timed out. */
	void (*wake)(void *arg);
	void *arg;
};

/* 0, or a negative errno of the socket.  sim is the caller's storage. */
int sim_init(struct sim *sim, const struct sim_params *params,
	     struct event_base *base);
void sim_fini(struct sim *sim);

/*
 * Send a request: what stands inside T=n{...}.
 *
 * Returns: 0 and *tid; -ENOTCONN without a gateway; -EPROTO with *err when
 *          the text is no H.248; what h248_txns_request() returns.
 */
int sim_send(struct sim *sim, const char *actions, uint32_t *tid,
	     struct h248_err *err);
/* Octets as they are, past the transaction layer.  0, -ENOTCONN, -errno. */
int sim_send_raw(struct sim *sim, const char *octets, size_t n);
/* Answer a request that waits.  As sim_send(). */
int sim_reply(struct sim *sim, struct sim_msg *msg, const char *actions,
	      struct h248_err *err);

void sim_forget(struct sim *sim, struct sim_msg *msg); /* takes msg */
uint64_t sim_now_ms(void);                             /* CLOCK_MONOTONIC */
