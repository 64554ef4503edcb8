/*
 * h248/txn_int.h - what the files of the transaction layer share
 *
 * txn.c takes messages apart and sends them; txn_in.c answers requests and
 * keeps the replies, txn_seg.c cuts long ones; txn_out.c repeats requests of
 * ours, txn_parts.c collects segments of their replies.  Private to txn*.c.
 */
#pragma once

#include <sys/queue.h>

#include "h248/timer.h"
#include "h248/txn.h"

/* Limits and sizes by design. */
enum {
	TXN_IN_BUCKETS = 262144, /* for 131072 ids: mostly one look */
	TXN_OUT_BUCKETS = 1024,
	TXN_MAX_RUNNING = 8192,    /* requests being executed; more: 510 */
	TXN_URGENT_PART = 4,       /* 1/4 above each limit, for urgent ones */
	TXN_MAX_OUT = 4096,        /* requests of ours unanswered */
	TXN_MAX_ACK_RANGES = 64,   /* of one K{}; the rest is ignored */
	TXN_MAX_PENDINGS_IN = 512, /* for one request of ours */
	TXN_MAX_EXPIRED = 1024,    /* timers in one tick, each way */
	TXN_MAX_SEGMENTS = 64,     /* of one reply, either way */
	TXN_MAX_PARTS = 1024,      /* segments kept of all replies to us */
	TXN_AUTH_LOG_MS = 60000,   /* between two lines about refusals */
};

/* A received message: octets and tree.  Shared by the transactions in it. */
struct txn_msg {
	unsigned int refs;
	struct h248_arena *arena;
	struct h248_msg msg;
	char buf[];
};

struct h248_out;
LIST_HEAD(txn_in_bucket, h248_in);
LIST_HEAD(txn_out_bucket, h248_out);
TAILQ_HEAD(txn_in_list, h248_in);
LIST_HEAD(txn_out_list, h248_out);

/* Requests received: those being executed, and the reply store. */
struct txn_in_store {
	struct txn_in_bucket bucket[TXN_IN_BUCKETS];
	struct txn_in_list running;
	struct txn_in_list replied;   /* not yet confirmed by K */
	struct txn_in_list confirmed; /* only the id is left */
	struct h248_timers timers;
	uint32_t n_stored; /* all of them */
	uint32_t era;      /* of the association; h248_txns_renew() */
	uint32_t n_running;
	size_t octets; /* of replies */
};

/* Requests of ours that wait for their reply. */
struct txn_out_table {
	struct txn_out_bucket bucket[TXN_OUT_BUCKETS];
	struct txn_out_list list; /* all, in any order */
	struct h248_timers timers;
	uint32_t n;
	uint32_t n_parts; /* segments of replies that are not complete */
	uint32_t next_tid;
};

struct h248_txns {
	struct h248_txn_params p;
	uint8_t max_version; /* that we read; p.version: what we write */
	char *mid_text;      /* owned; p.mid points here */
	const struct h248_txn_ops *ops;
	void *arg;
	uint64_t hash_seed;
	struct h248_txn_counters n;
	struct txn_in_store in;
	struct txn_out_table out;
	bool is_closing;
	uint32_t answer_ms;   /* as the controller says; 0: it did not */
	uint32_t max_octets;  /* that the controller takes; 0: any */
	uint64_t auth_log_ms; /* the log may tell of a refusal again */
	const struct h248_mid *sender; /* of the message being taken apart */
	char tx[H248_MAX_MSG_OCTETS];
	char signed_tx[H248_MAX_MSG_OCTETS]; /* header and message */
};

void h248_txn_msg_put(struct txn_msg *m);

/* Encode a message with one transaction, or with an error alone, into t->tx.
 * As h248_text_enc(). */
int h248_txn_encode(struct h248_txns *t, struct h248_txn *txn,
		    struct h248_error_desc *error, size_t *n);
/* The same, with less room: octets of t->tx. */
int h248_txn_encode_into(struct h248_txns *t, struct h248_txn *txn,
			 struct h248_error_desc *error, size_t room, size_t *n);
/* What a reply may take: all of t->tx, or what the controller can take. */
size_t h248_txn_room(const struct h248_txns *t);
void h248_txn_transmit(struct h248_txns *t, const struct sockaddr_storage *to,
		       const char *buf, size_t n);
/* Encode and send what is never repeated: Pending, K, errors. */
void h248_txn_send(struct h248_txns *t, const struct sockaddr_storage *to,
		   struct h248_txn *txn);
/* text NULL: the registered one. */
struct h248_error_desc h248_txn_error(uint16_t code, const char *text);

void h248_txn_log(struct h248_txns *t, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The next interval of a back-off: doubled up to the limit. */
uint32_t h248_txn_backoff(const struct h248_txns *t, uint32_t interval_ms);
/* Random, between half of it and all of it (D.1.2.1), at least 1. */
uint32_t h248_txn_jitter(struct h248_txns *t, uint32_t interval_ms);
uint64_t h248_txn_mix(uint64_t h); /* spreads every bit of h */

/* txn_key.c: where (MID, id) is looked for; hash_seed makes it ours. */
uint64_t h248_txn_key(uint64_t seed, const struct h248_mid *mid, uint32_t tid);
/* What a request asks, roughly: contexts, commands, terminations, which
 * descriptors, SDP and ServiceChange.  Two requests that differ here are not
 * copies. */
uint64_t h248_txn_content(const struct h248_txn *txn);

/* txn_in.c */
void h248_txn_in_init(struct h248_txns *t);
void h248_txn_in_fini(struct h248_txns *t);
void h248_txn_in_request(struct h248_txns *t, struct txn_msg *m,
			 struct h248_txn *txn,
			 const struct sockaddr_storage *from, uint64_t now_ms);
void h248_txn_in_confirm(struct h248_txns *t, const struct h248_mid *mid,
			 const struct h248_tid_range *ranges, uint64_t now_ms);
void h248_txn_in_tick(struct h248_txns *t, uint64_t now_ms);

/* SM: a segment of a reply has come. */
void h248_txn_in_segment_ack(struct h248_txns *t, const struct h248_mid *mid,
			     const struct h248_txn *ack, uint64_t now_ms);

/* txn_seg.c: a reply in segments of p.segment_octets.  Returns new, or NULL
 * when it cannot be cut into at most TXN_MAX_SEGMENTS. */
struct txn_segments;
struct txn_segments *h248_txn_cut(struct h248_txns *t,
				  const struct h248_txn *reply);
void h248_txn_segments_free(struct txn_segments *s); /* NULL is fine */
size_t h248_txn_segments_octets(const struct txn_segments *s);
/* Those that are not acknowledged. */
void h248_txn_segments_send(struct h248_txns *t, const struct txn_segments *s,
			    const struct sockaddr_storage *to);
/* true: that was the last one to be acknowledged. */
bool h248_txn_segments_ack(struct txn_segments *s, unsigned int no);

/* txn_parts.c: segments of a reply to us. */
struct txn_parts;
enum txn_part {
	TXN_PART_MORE,   /* a new one */
	TXN_PART_LAST,   /* the one that was missing */
	TXN_PART_AGAIN,  /* it is there already */
	TXN_PART_REFUSED /* a number that cannot be, or no room */
};
/* Keeps txn, which is of m; *parts NULL: the first one. */
enum txn_part h248_txn_parts_add(struct h248_txns *t, struct txn_parts **parts,
				 struct txn_msg *m, struct h248_txn *txn);
/* The reply that they are together; its memory is theirs. */
void h248_txn_parts_join(struct txn_parts *p, struct h248_txn *reply);
/* "2,5" */
void h248_txn_parts_missing(const struct txn_parts *p, char *buf, size_t cap);
void h248_txn_parts_free(struct h248_txns *t, struct txn_parts *p);

/* txn_out.c */
void h248_txn_out_init(struct h248_txns *t);
void h248_txn_out_reply(struct h248_txns *t, struct txn_msg *m,
			struct h248_txn *txn,
			const struct sockaddr_storage *from, uint64_t now_ms);
void h248_txn_out_pending(struct h248_txns *t, const struct h248_txn *txn,
			  uint64_t now_ms);
void h248_txn_out_tick(struct h248_txns *t, uint64_t now_ms);
