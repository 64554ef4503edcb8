/*
 * h248/txn.h - transactions: at most once in, repeated until answered out
 *
 * One object serves one local MID (a gateway's, or a controller's in mgcsim)
 * towards any number of peers.  It does no I/O: octets come in through
 * h248_txns_input(), go out through ops->send, time is a parameter in
 * milliseconds of a monotonic clock, randomness is handed in (H.248.1 clause 9
 * and Annex D.1; decision 7).  Thread: the one that owns the object.
 */
#pragma once

#include <sys/socket.h>

#include "h248/auth.h"
#include "h248/text.h"

struct h248_txns; /* opaque: one endpoint */
struct h248_in;   /* opaque: a request being executed */

/* A time of 0 means the default that stands behind it. */
struct h248_txn_params {
	struct h248_mid mid; /* ours; text is copied */
	uint8_t version;     /* of the header sent, 1..3; higher: 406 */
	struct h248_text_style style;
	struct h248_authenticator *auth; /* borrowed; NULL: none */
	uint16_t max_txns_per_msg;       /* more in a message: 413; 0: any */
	uint32_t first_tid;              /* of our requests; not 0 */
	uint32_t retransmit_ms;          /* first repetition; 500 */
	uint32_t retransmit_max_ms;      /* cap of the back-off; 4000 */
	uint32_t t_max_ms;               /* give up; 25000 */
	uint32_t long_timer_ms;          /* keep replies; 30000 */
	uint32_t provisional_ms;         /* Pending after; 2000 */
	uint16_t pending_limit;    /* Pendings we send before 506; 0: any */
	uint16_t pending_limit_in; /* Pendings for one of ours; 0: 512 */
	uint32_t segment_ms;       /* for missing segments; 4000 */
	uint32_t segment_octets;   /* longer replies are segmented (version 3);
				  * 0: none is */
	bool is_reliable; /* TCP: no acknowledgement of replies, and repetition
			   * at the longest interval only (D.2) */
	/* Of the reply store.  Too many transactions: those whose reply was
	 * confirmed are forgotten, and new requests get 510 when there are none.
	 * Too many octets: new requests get 510 until replies were confirmed
	 * or have been kept long enough. */
	uint32_t max_stored;      /* transactions; 131072 */
	size_t max_stored_octets; /* of their replies; 128 MiB */
};

struct h248_txn_counters {
	uint64_t msgs_in, msgs_out;
	uint64_t undecodable; /* 400, or silence */
	uint64_t requests_in, requests_out;
	uint64_t replies_in, replies_out;
	uint64_t duplicates;      /* requests answered from the store */
	uint64_t conflicts;       /* of these: same id, other content */
	uint64_t retransmissions; /* requests of ours repeated */
	uint64_t pendings_in, pendings_out;
	uint64_t timeouts; /* requests of ours nobody answered */
	uint64_t stray;    /* replies to nothing we asked */
	uint64_t refused;  /* messages over a limit, or not authentic */
	uint64_t auth[H248_AUTH_VERDICT__COUNT]; /* messages by verdict */
};

/* The outcome of a request of ours, called once.  err: 0 with reply set (its
 * memory is only valid during the call); -ETIMEDOUT after T-MAX; -ECANCELED
 * by h248_txns_cancel() or at the end of the object.  More Pendings than agreed
 * are a reply with error 506, missing segments one with 459.  reply->error or errors
 * inside its actions are the peer's verdict. */
typedef void(h248_reply_h)(void *arg, int err, const struct h248_txn *reply);

struct h248_txn_ops {
	/* One datagram to peer.  Never blocks, never calls back; a loss is
	 * repaired by the repetition. */
	void (*send)(void *arg, const struct sockaddr_storage *to,
		     const char *buf, size_t n);
	uint32_t (*random)(void *arg);
	/* Our address as this peer sees it: what its messages are sent to.
	 * Unknown: *out untouched.  For authentication; may be NULL. */
	void (*local)(void *arg, const struct sockaddr_storage *peer,
		      struct sockaddr_storage *out);
	/*
	 * Execute a request.  `in` and req (with everything it points to) stay
	 * valid until h248_in_reply() or h248_in_fail(), which must follow once,
	 * now or later.  msg is only valid during the call.  What could not be
	 * read stands as fault at an action or command; a transaction that is
	 * itself at fault never comes here.
	 */
	void (*request)(void *arg, struct h248_in *in,
			const struct h248_txn *req, const struct h248_msg *msg,
			const struct sockaddr_storage *from);
	/* Something was heard from this peer (heartbeats); may be NULL. */
	void (*heard)(void *arg, const struct sockaddr_storage *from,
		      uint64_t now_ms);
	/* A message that is an error alone; may be NULL. */
	void (*error)(void *arg, const struct sockaddr_storage *from,
		      const struct h248_error_desc *error);
	/* Every message, as on the wire, for logs and traces; may be NULL. */
	void (*trace)(void *arg, bool is_out,
		      const struct sockaddr_storage *peer, const char *buf,
		      size_t n);
	h248_log_h *log; /* may be NULL */
};

/* Returns new, or NULL (memory).  ops must outlive the object. */
struct h248_txns *h248_txns_new(const struct h248_txn_params *params,
				const struct h248_txn_ops *ops, void *arg);
/* Requests of ours still out are answered with -ECANCELED; every struct
 * h248_in is gone.  Not from inside a callback. */
void h248_txns_free(struct h248_txns *t);

/* One datagram, or one TPKT payload, from a peer. */
void h248_txns_input(struct h248_txns *t, const struct sockaddr_storage *from,
		     const char *buf, size_t n, uint64_t now_ms);

/* When h248_txns_tick() is due, UINT64_MAX: never. */
uint64_t h248_txns_next(const struct h248_txns *t);
/* A bounded share of what is due: h248_txns_next() says whether there is more.
 */
void h248_txns_tick(struct h248_txns *t, uint64_t now_ms);

/*
 * Send a request; it is encoded before this returns, so actions may go.
 * *tid (may be NULL) is its id.  0, -EMSGSIZE, -EINVAL, -ENOMEM, -EAGAIN (too
 * many are out); on error cb is not called.
 */
int h248_txns_request(struct h248_txns *t, const struct sockaddr_storage *to,
		      const struct h248_action *actions, h248_reply_h *cb,
		      void *arg, uint64_t now_ms, uint32_t *tid);
/*
 * A peer has us anew.  Whatever it asked before, an id that comes again with
 * other content is a new request from now on: the peer may have lost its count
 * (C32).  The same content still gets the stored reply.
 */
void h248_txns_renew(struct h248_txns *t);
/* Redirect to a new peer all requests to `from` not yet answered (hand-off,
 * D.1.4), or cancel them (to NULL: all). */
void h248_txns_move(struct h248_txns *t, const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, uint64_t now_ms);
void h248_txns_cancel(struct h248_txns *t, const struct sockaddr_storage *to);
/* Cancels one, when it is still out. */
void h248_txns_cancel_tid(struct h248_txns *t, uint32_t tid);

/* Answer a request, once; `in` is gone afterwards.  A reply that cannot be
 * encoded becomes 533 or 500. */
void h248_in_reply(struct h248_in *in, const struct h248_action *actions,
		   uint64_t now_ms);
void h248_in_fail(struct h248_in *in, uint16_t code, const char *text,
		  uint64_t now_ms);
/* Refuse a request without executing it, in the request hook.  This is not
 * kept: a copy that comes when the first answer was lost is a new request. */
void h248_in_refuse(struct h248_in *in, uint16_t code, const char *text);
uint32_t h248_in_tid(const struct h248_in *in);

/* While a callback runs: the MID in the header of the message that it is
 * about; NULL: it is about none. */
const struct h248_mid *h248_txns_sender(const struct h248_txns *t);

void h248_txns_set_version(struct h248_txns *t, uint8_t version);
/* From now on; the three numbers are those of struct h248_txn_params. */
void h248_txns_set_limits(struct h248_txns *t, uint32_t provisional_ms,
			  uint16_t pending_limit, uint16_t pending_limit_in);
/* How long the answer to a request of ours normally takes: it is not repeated
 * before.  0: retransmit_ms. */
void h248_txns_set_answer_time(struct h248_txns *t, uint32_t ms);
/*
 * Of the replies from now on.  The first two are those of struct
 * h248_txn_params; max_octets: what the peer can take, a reply that is longer
 * and cannot be cut becomes 533; 0: any.
 */
void h248_txns_set_segments(struct h248_txns *t, uint32_t segment_ms,
			    uint32_t segment_octets, uint32_t max_octets);
const struct h248_txn_counters *h248_txns_counters(const struct h248_txns *t);
