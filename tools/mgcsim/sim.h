/*
 * mgcsim/sim.h - one H.248 endpoint, and whom it talks to
 *
 * Owns the socket, a transaction layer for each peer, and what was received:
 * each message goes to the user (a play of the scenario) whose request it
 * answers or whose context it is about, in the order of arrival.  One thread,
 * one event base.
 */
#pragma once

#include <event2/event.h>
#include <stdio.h>
#include <sys/queue.h>

#include <libxml/tree.h>

#include "h248/transport.h"
#include "h248/transport_tls.h"
#include "h248/txn.h"
#include "tools/mgcsim/media.h"
#include "tools/mgcsim/network.h"
#include "tools/mgcsim/record.h"
#include "tools/mgcsim/channel.h"
#include "tools/mgcsim/door.h"

enum { SIM_MAX_PEERS = 256, SIM_NAME = 32, SIM_MID = 96 };

enum sim_kind {
	SIM_REQUEST,
	SIM_REPLY,
	SIM_OTHER, /* a message no transaction was waiting for */
};

struct sim;
struct sim_peer;

/* Something received.  doc: see tree.h; NULL for a request of ours that was
 * never answered (err is set then). */
struct sim_msg {
	TAILQ_ENTRY(sim_msg) entry;
	enum sim_kind kind;
	struct sim_peer *peer;
	uint32_t tid;
	uint32_t ctx;    /* of its first action; 0: none, or no number */
	uint64_t at_us;  /* sim_now_us() */
	uint64_t number; /* of the message in the record; 0: in none */
	bool is_registration;
	int err;            /* replies: -ETIMEDOUT, -ECANCELED */
	xmlDoc *doc;        /* owned */
	struct h248_in *in; /* request that waits for a <reply> */
};
TAILQ_HEAD(sim_msgs, sim_msg);

struct sim_params {
	bool is_gateway; /* else a controller */
	struct sockaddr_storage listen;
	struct sockaddr_storage controller; /* of a gateway: whom it asks */
	struct sockaddr_storage media;      /* its address in Local */
	char mid[80];    /* empty: the bracketed listen address */
	uint8_t version; /* highest we accept */
	bool is_long;
	bool is_tcp;                     /* else UDP */
	struct h248_tls *tls;            /* of TCP; borrowed; NULL: none */
	struct h248_authenticator *auth; /* borrowed; NULL: none */
	bool is_manual;                  /* requests wait for <reply> */
	bool is_silent;                  /* no line for each message */
	struct faults faults;            /* rules and seed to begin with */
	FILE *log; /* every message as on the wire; may be NULL */
};

/* A gateway, known by its MID wherever it comes from; or our controller. */
struct sim_peer {
	TAILQ_ENTRY(sim_peer) entry;
	struct sim *sim;
	struct h248_txns *txns;
	struct event *timer;
	struct sockaddr_storage addr;
	char mid[SIM_MID];   /* as it wrote it last; empty: unreadable */
	char name[SIM_NAME]; /* by <register gateway="">; empty: none */
	bool is_registered;
};

/* Who plays: see user.h. */
struct sim_user {
	TAILQ_ENTRY(sim_user) entry, ready_entry;
	bool is_ready;       /* something came since it was woken */
	unsigned int number; /* from 1 */
	struct sim *sim;
	struct sim_msgs inbox;
	LIST_HEAD(, sim_asked) asked;
	LIST_HEAD(, sim_ctx) contexts;
	unsigned int n_contexts;
	/* After something arrived, was answered or timed out.  May end it. */
	void (*wake)(void *arg);
	void *arg;
};

struct sim {
	struct sim_params params;
	struct event_base *base;
	struct h248_transport transport;
	struct channel channel; /* in front of it */
	TAILQ_HEAD(, sim_peer) peers;
	unsigned int n_peers;
	TAILQ_HEAD(, sim_user) users, ready;
	/* With more than one, each has what is about his contexts; under load
	 * what is about none is nobody's, else the first one's. */
	bool is_crowded, is_load;
	struct sim_users *by_context; /* of user.c */
	struct sim_msgs unclaimed;    /* of no user yet */
	unsigned int n_unclaimed;
	TAILQ_HEAD(, sim_rule) rules; /* of rule.c */
	LIST_HEAD(, sim_waiting) waiting;
	struct media media;     /* of a gateway */
	struct network network; /* that a scenario makes */
	struct record record;   /* what was said */
	uint64_t received;      /* number in it of what is looked at */
	unsigned int speaker;   /* the user whom what is sent now is of */
	const xmlNode *step;    /* that it is sent by; NULL: none */
	uint64_t start_ms;
	struct sim_doors doors; /* other ports of ours */
	unsigned int n_doors;
	/* The doors of what is delivered, and sent; NULL: the first port. */
	const struct sockaddr_storage *came_to, *sent_from;
	bool is_taken; /* by a transaction: the datagram being delivered */
};

/* 0, or a negative errno of the socket.  sim is the caller's storage. */
int sim_init(struct sim *sim, const struct sim_params *params,
	     struct event_base *base);
void sim_fini(struct sim *sim); /* users are gone before */

/* Octets as they are, unless a fault befalls them.  0, or -errno. */
int sim_put(struct sim *sim, const struct sockaddr_storage *to,
	    const char *octets, size_t n);
/* A line on standard output, the log, and the record. */
void sim_trace(struct sim *sim, bool is_out,
	       const struct sockaddr_storage *addr, const char *buf, size_t n);

/* The peer of this name; NULL or empty: the first that is registered (with
 * answers="manual", and as a gateway, the first of all).  NULL: none. */
struct sim_peer *sim_peer_find(struct sim *sim, const char *name);
/* The registered one with this MID; the first registered without a name. */
struct sim_peer *sim_peer_by_mid(struct sim *sim, const char *mid);
struct sim_peer *sim_peer_unnamed(struct sim *sim);

uint64_t sim_now_ms(void); /* CLOCK_MONOTONIC */
uint64_t sim_now_us(void);
