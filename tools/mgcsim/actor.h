/*
 * mgcsim/actor.h - a TCP client or server that a scenario steers
 *
 * What it sends is made from a seed; both directions have a running SHA-256,
 * so that one actor's input can be compared with another's output.
 */
#pragma once

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "tools/mgcsim/network.h"
#include "tools/mgcsim/vars.h"

enum { ACTOR_CHUNK = 16384, ACTOR_SUM = 32 };

enum actor_state {
	ACTOR_LISTENING,
	ACTOR_CONNECTING,
	ACTOR_CONNECTED,
	ACTOR_REFUSED, /* no connection came to be; why is in errno */
	ACTOR_RESET,   /* by the other side */
	ACTOR_CLOSED,  /* by us, or both sides have ended */
	ACTOR__COUNT
};

struct actor {
	LIST_ENTRY(actor) entry;
	char name[VARS_NAME];
	enum actor_state state;
	struct event_base *base;
	int fd; /* -1: none */
	int err;
	struct event *readable, *writable;
	struct sockaddr_storage local;
	uint64_t random;           /* of what it sends */
	uint64_t to_send;          /* octets yet to be made */
	bool is_ending, has_ended; /* FIN behind them; it is sent */
	bool has_eof;              /* the other side has ended */
	bool is_held;              /* it does not read */
	uint64_t n_sent, n_received;
	struct evp_md_ctx_st *sent, *received; /* of OpenSSL */
	unsigned char chunk[ACTOR_CHUNK];      /* made, not all written */
	size_t from, to;                       /* in chunk */
	void (*changed)(void *arg);
	void *arg;
};

struct actor_params {
	const char *name;
	struct network *network; /* where node is; borrowed for the call */
	const char *node;        /* NULL: our namespace */
	struct event_base *base;
	struct sockaddr_storage local; /* ss_family 0: any */
	struct sockaddr_storage to;    /* ss_family 0: it listens */
	uint64_t seed;
	/* After it is connected, has received something or has ended. */
	void (*changed)(void *arg);
	void *arg;
};

const char *actor_state_name(enum actor_state s); /* "connected" */

/* 0 and a new one in *out; a negative errno. */
int actor_start(const struct actor_params *p, struct actor **out);
void actor_free(struct actor *a); /* a connection that is open is reset */

void actor_send(struct actor *a, uint64_t octets); /* more of them */
/* These octets, at most ACTOR_CHUNK; -EBUSY while others are to be sent. */
int actor_write(struct actor *a, const char *text, size_t n);
/* It reads no more, and again: its window closes, as the octets come. */
void actor_hold(struct actor *a, bool is_held);
void actor_end(struct actor *a);   /* FIN behind the last */
void actor_close(struct actor *a); /* both directions */
void actor_reset(struct actor *a); /* with a RST */

/* SHA-256 of all that was sent so far, or received. */
void actor_sum(const struct actor *a, bool of_sent,
	       unsigned char sum[ACTOR_SUM]);
/* Everything asked for is written. */
bool actor_is_idle(const struct actor *a);
