/*
 * h248/txn_in.c - requests received: executed at most once
 *
 * H.248.1 Annex D.1.  A request is known by (MID of the sender, transaction
 * id).  While it runs a copy brings a Pending, afterwards the stored reply,
 * until LONG-TIMER has passed; after a TransactionResponseAck only the id is
 * left and a copy brings nothing.
 *
 *	state      event                 action                    next
 *	-          request               execute                   RUNNING
 *	RUNNING    provisional timer     Pending                   -
 *	RUNNING    copy                  Pending                   -
 *	RUNNING    too many Pendings     reply 506                 ABANDONED
 *	RUNNING    finished              reply, IA after Pending   REPLIED
 *	ABANDONED  copy                  stored 506                -
 *	ABANDONED  finished              nothing: it is answered   REPLIED
 *	REPLIED    copy                  stored reply              -
 *	REPLIED    repetition (IA)       stored reply              -
 *	REPLIED    K                     drop the reply            CONFIRMED
 *	REPLIED    SM of each segment    the same                  CONFIRMED
 *	CONFIRMED  copy                  nothing                   -
 *	REPLIED, CONFIRMED  LONG-TIMER   forget                    -
 *	CONFIRMED  room is needed        forget the oldest         -
 *
 * A controller that says that it has restarted, and one that has us anew, may
 * count from the beginning again: what was answered before is no copy then.
 */
#include "h248/txn.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "h248/error.h"
#include "h248/pool.h"
#include "h248/span.h"
#include "h248/txn_int.h"
#include "h248/urgent.h"

enum in_state { IN_RUNNING, IN_ABANDONED, IN_REPLIED, IN_CONFIRMED };

struct h248_in {
	LIST_ENTRY(h248_in) bucket;
	uint32_t tid; /* in the line of cache that a look at others reads */
	enum in_state state;
	TAILQ_ENTRY(h248_in) entry; /* of the list of its state */
	struct h248_timer timer;    /* provisional; then repetition, LONG */
	struct h248_txns *t;
	struct h248_mid mid;      /* text points to mid_text */
	struct sockaddr_in6 from; /* or IPv4, of the latest copy */
	uint64_t content;         /* to notice another request of this id */
	unsigned int n_pendings;
	struct txn_msg *msg; /* RUNNING and ABANDONED: a reference */
	char *reply;         /* ABANDONED and REPLIED; owned */
	size_t reply_n;
	struct txn_segments *segments; /* in place of reply; owned */
	uint32_t era;                  /* of the association it was asked in */
	uint32_t interval_ms;          /* REPLIED with IA; 0: no repetition */
	uint64_t give_up_ms;           /* of the repetition */
	uint64_t forget_ms;
	char mid_text[];
};

/* There are a hundred thousand of them, and a sockaddr_storage is 128 octets. */
static void set_from(struct h248_in *in, const struct sockaddr_storage *from)
{
	memcpy(&in->from, from, sizeof(in->from));
}

static struct sockaddr_storage from_of(const struct h248_in *in)
{
	struct sockaddr_storage from = { 0 };

	memcpy(&from, &in->from, sizeof(in->from));
	return from;
}

static struct h248_in *in_of(struct h248_timer *timer)
{
	return (struct h248_in *)((char *)timer -
				  offsetof(struct h248_in, timer));
}

/* The key. */

static struct txn_in_bucket *bucket_of(struct h248_txns *t,
				       const struct h248_mid *mid, uint32_t tid)
{
	uint64_t key = h248_txn_key(t->hash_seed, mid, tid);

	return &t->in.bucket[key % TXN_IN_BUCKETS];
}

static bool is_same_mid(const struct h248_mid *a, const struct h248_mid *b)
{
	return a->kind == b->kind && a->port == b->port &&
	       h248_span_eq(a->text, b->text);
}

static struct h248_in *find(struct h248_txns *t, const struct h248_mid *mid,
			    uint32_t tid)
{
	struct h248_in *in;

	LIST_FOREACH (in, bucket_of(t, mid, tid), bucket)
		if (in->tid == tid && is_same_mid(&in->mid, mid))
			return in;
	return NULL;
}

/* SC=ROOT{SV{MT=RS,RE="901 .."}} of a controller: it has restarted. */
static bool is_restart(const struct h248_txn *txn)
{
	const struct h248_action *a = txn->actions;
	const struct h248_cmd *c = a ? a->cmds : NULL;
	const struct h248_desc *d = c ? c->descs : NULL;
	const struct h248_services *sv;

	if (!d || a->ctx != H248_CTX_NULL || d->kind != H248_DESC_SERVICES ||
	    c->kind != H248_CMD_SERVICE_CHANGE || !c->terms ||
	    !c->terms->is_root)
		return false;
	sv = d->u.services;
	return sv && sv->method == H248_SC_RESTART && sv->reason.n >= 3 &&
	       (!memcmp(sv->reason.p, "901", 3) ||
		!memcmp(sv->reason.p, "902", 3));
}

/* The store. */

void h248_txn_in_init(struct h248_txns *t)
{
	TAILQ_INIT(&t->in.running);
	TAILQ_INIT(&t->in.replied);
	TAILQ_INIT(&t->in.confirmed);
}

static struct txn_in_list *list_of(struct h248_in *in)
{
	switch (in->state) {
	case IN_RUNNING:
	case IN_ABANDONED:
		return &in->t->in.running;
	case IN_REPLIED:
		return &in->t->in.replied;
	case IN_CONFIRMED:
		break;
	}
	return &in->t->in.confirmed;
}

static void enter(struct h248_in *in, enum in_state state)
{
	TAILQ_REMOVE(list_of(in), in, entry);
	in->state = state;
	TAILQ_INSERT_TAIL(list_of(in), in, entry);
}

static void drop_reply(struct h248_in *in)
{
	in->t->in.octets -= in->reply_n;
	free(in->reply);
	h248_txn_segments_free(in->segments);
	in->reply = NULL;
	in->segments = NULL;
	in->reply_n = 0;
	in->interval_ms = 0;
}

/* The message goes with the last of its transactions. */
static void drop_request(struct h248_in *in)
{
	in->t->in.n_running--;
	h248_txn_msg_put(in->msg);
	in->msg = NULL;
}

static void forget(struct h248_in *in)
{
	struct h248_txns *t = in->t;

	h248_timer_cancel(&t->in.timers, &in->timer);
	if (in->msg)
		drop_request(in);
	drop_reply(in);
	TAILQ_REMOVE(list_of(in), in, entry);
	LIST_REMOVE(in, bucket);
	t->in.n_stored--;
	free(in);
}

/* Those of a peer that have been answered; what runs is answered yet. */
static void forget_answered(struct txn_in_list *list,
			    const struct h248_mid *mid)
{
	struct h248_in *in, *next;

	for (in = TAILQ_FIRST(list); in; in = next) {
		next = TAILQ_NEXT(in, entry);
		if (is_same_mid(&in->mid, mid))
			forget(in);
	}
}

static void forget_all(struct txn_in_list *list)
{
	struct h248_in *in;

	while ((in = TAILQ_FIRST(list)))
		forget(in);
}

void h248_txn_in_fini(struct h248_txns *t)
{
	forget_all(&t->in.running);
	forget_all(&t->in.replied);
	forget_all(&t->in.confirmed);
}

static struct h248_in *in_new(struct h248_txns *t, struct txn_msg *m,
			      uint32_t tid)
{
	const struct h248_mid *mid = &m->msg.mid;
	struct h248_in *in = h248_zalloc(sizeof(*in) + mid->text.n);

	if (!in)
		return NULL;
	in->t = t;
	in->era = t->in.era;
	in->tid = tid;
	in->mid = *mid;
	in->mid.text.p = in->mid_text;
	if (mid->text.n)
		memcpy(in->mid_text, mid->text.p, mid->text.n);
	in->msg = m;
	m->refs++;
	LIST_INSERT_HEAD(bucket_of(t, mid, tid), in, bucket);
	TAILQ_INSERT_TAIL(&t->in.running, in, entry);
	t->in.n_stored++;
	t->in.n_running++;
	return in;
}

/* Answering. */

static void send_reply(struct h248_in *in, const char *octets, size_t n)
{
	struct sockaddr_storage to = from_of(in);

	in->t->n.replies_out++;
	h248_txn_transmit(in->t, &to, octets, n);
}

static void send_stored(struct h248_in *in)
{
	struct sockaddr_storage to = from_of(in);

	if (in->segments) {
		in->t->n.replies_out++;
		h248_txn_segments_send(in->t, in->segments, &to);
	} else if (in->reply) {
		send_reply(in, in->reply, in->reply_n);
	}
}

/* An answer that is not kept: the same fault would bring the same answer. */
static void answer_error(struct h248_txns *t, const struct sockaddr_storage *to,
			 uint32_t tid, uint16_t code, const char *text)
{
	struct h248_error_desc e = h248_txn_error(code, text);
	struct h248_txn reply = {
		.kind = H248_TXN_REPLY,
		.has_id = true,
		.id = tid,
		.error = &e,
	};

	t->n.replies_out++;
	h248_txn_send(t, to, &reply);
}

/* What cannot be said becomes 533 (too long) or 500.  An error's text may be
 * the reason, so the registered one is the last resort. */
static int encode_reply(struct h248_in *in, struct h248_txn *reply, size_t *n)
{
	struct h248_error_desc e;
	struct h248_txn verdict = *reply;
	int rc = h248_txn_encode_into(in->t, reply, NULL, h248_txn_room(in->t),
				      n);

	if (!rc)
		return 0;
	if (reply->error)
		e = h248_txn_error(reply->error->code, NULL);
	else
		e = h248_txn_error(rc == -EMSGSIZE ? 533 : 500, NULL);
	h248_txn_log(in->t, LOG_ERR, "reply %u cannot be encoded (%s): %u",
		     in->tid, strerror(-rc), e.code);
	verdict.actions = NULL;
	verdict.error = &e;
	return h248_txn_encode(in->t, &verdict, NULL, n);
}

/* The next thing to do for a finished request: repeat the reply until it is
 * confirmed (only after a Pending, D.1.2.3), or forget. */
static void arm_replied(struct h248_in *in, uint64_t now_ms)
{
	uint64_t due = in->forget_ms;

	if (in->interval_ms && now_ms + in->interval_ms < in->give_up_ms)
		due = now_ms + in->interval_ms;
	h248_timer_arm(&in->t->in.timers, &in->timer,
		       due < in->forget_ms ? due : in->forget_ms);
}

/* At most once holds without memory for the reply as well: then a copy brings
 * nothing. */
static void keep_reply(struct h248_in *in, size_t n)
{
	in->reply = malloc(n);
	if (!in->reply)
		return;
	memcpy(in->reply, in->t->tx, n);
	in->reply_n = n;
	in->t->in.octets += n;
}

/* Whether it was too long for one message and could be cut. */
static bool keep_segments(struct h248_in *in, struct h248_txn *reply)
{
	const struct h248_txn_params *p = &in->t->p;
	size_t n;

	if (!p->segment_octets || p->version < 3 || !reply->actions ||
	    h248_txn_encode_into(in->t, reply, NULL, p->segment_octets, &n) !=
		    -EMSGSIZE)
		return false;
	in->segments = h248_txn_cut(in->t, reply);
	if (!in->segments)
		return false;
	in->reply_n = h248_txn_segments_octets(in->segments);
	in->t->in.octets += in->reply_n;
	return true;
}

/* SM takes the place of IA and K.  What was just encoded goes out from there,
 * whether it could be kept or not. */
static void encode_and_send(struct h248_in *in, struct h248_txn *reply)
{
	size_t n = 0;

	if (keep_segments(in, reply)) {
		in->interval_ms = in->t->p.retransmit_ms;
		send_stored(in);
	} else if (!encode_reply(in, reply, &n)) {
		keep_reply(in, n);
		send_reply(in, in->t->tx, n);
	}
}

static void answer(struct h248_in *in, enum in_state next,
		   struct h248_txn *reply, uint64_t now_ms)
{
	struct h248_txns *t = in->t;

	reply->kind = H248_TXN_REPLY;
	reply->has_id = true;
	reply->id = in->tid;
	reply->wants_ack = in->n_pendings > 0 && !t->p.is_reliable;
	in->forget_ms = now_ms + t->p.long_timer_ms;
	in->give_up_ms = now_ms + t->p.t_max_ms;
	enter(in, next);
	in->interval_ms = reply->wants_ack ? t->p.retransmit_ms : 0;
	encode_and_send(in, reply);
	arm_replied(in, now_ms);
}

/* More Pendings than agreed end the transaction with 506, while its executor
 * goes on; its answer will be too late. */
static void abandon(struct h248_in *in, uint64_t now_ms)
{
	struct h248_error_desc e = h248_txn_error(506, NULL);
	struct h248_txn reply = { .error = &e };

	answer(in, IN_ABANDONED, &reply, now_ms);
}

static void send_pending(struct h248_in *in, uint64_t now_ms)
{
	struct sockaddr_storage to = from_of(in);
	struct h248_txns *t = in->t;
	struct h248_txn pending = {
		.kind = H248_TXN_PENDING,
		.has_id = true,
		.id = in->tid,
	};

	if (t->p.pending_limit && in->n_pendings >= t->p.pending_limit) {
		abandon(in, now_ms);
		return;
	}
	in->n_pendings++;
	t->n.pendings_out++;
	h248_txn_send(t, &to, &pending);
}

static void finish(struct h248_in *in, struct h248_txn *reply, uint64_t now_ms)
{
	if (in->state == IN_RUNNING)
		answer(in, IN_REPLIED, reply, now_ms);
	else
		enter(in, IN_REPLIED);
	drop_request(in); /* reply may point into it */
}

void h248_in_reply(struct h248_in *in, const struct h248_action *actions,
		   uint64_t now_ms)
{
	struct h248_txn reply = {
		.actions = (struct h248_action *)actions, /* only read */
	};

	finish(in, &reply, now_ms);
}

void h248_in_fail(struct h248_in *in, uint16_t code, const char *text,
		  uint64_t now_ms)
{
	struct h248_error_desc e = h248_txn_error(code, text);
	struct h248_txn reply = { .error = &e };

	finish(in, &reply, now_ms);
}

void h248_in_refuse(struct h248_in *in, uint16_t code, const char *text)
{
	struct sockaddr_storage to = from_of(in);
	struct h248_txns *t = in->t;
	uint32_t tid = in->tid;

	forget(in);
	t->n.refused++;
	answer_error(t, &to, tid, code, text);
}

uint32_t h248_in_tid(const struct h248_in *in)
{
	return in->tid;
}

/* Asking. */

/* Whether an id comes again for something new. */
static bool is_reused(const struct h248_in *in, const struct h248_txn *txn)
{
	if (in->state != IN_REPLIED && in->state != IN_CONFIRMED)
		return false;
	return in->content != h248_txn_content(txn) &&
	       (is_restart(txn) || in->era != in->t->in.era);
}

static void duplicate(struct h248_in *in, const struct h248_txn *txn,
		      const struct sockaddr_storage *from, uint64_t now_ms)
{
	struct h248_txns *t = in->t;

	t->n.duplicates++;
	if (in->content != h248_txn_content(txn)) {
		t->n.conflicts++;
		h248_txn_log(t, LOG_WARNING,
			     "request %u again with other content", in->tid);
	}
	set_from(in, from);
	switch (in->state) {
	case IN_RUNNING:
		send_pending(in, now_ms);
		break;
	case IN_ABANDONED:
	case IN_REPLIED:
		send_stored(in);
		break;
	case IN_CONFIRMED:
		break;
	}
}

static bool is_over(size_t n, size_t limit, bool is_urgent)
{
	return n >= (is_urgent ? limit + limit / TXN_URGENT_PART : limit);
}

static bool has_too_many(const struct h248_txns *t, bool is_urgent)
{
	return is_over(t->in.n_stored, t->p.max_stored, is_urgent);
}

/* A confirmed reply is not asked for again: of these the oldest ids give way,
 * so that a controller that confirms is not held to as many requests in a
 * LONG-TIMER as the store has places.  They stay when it is replies that take
 * too much room, of which a confirmed id has none.  There is a little more
 * room for what makes room. */
static bool has_room(struct h248_txns *t, const struct h248_txn *txn)
{
	bool is_urgent = h248_txn_is_urgent(txn);
	struct h248_in *in;

	if (is_over(t->in.octets, t->p.max_stored_octets, is_urgent) ||
	    is_over(t->in.n_running, TXN_MAX_RUNNING, is_urgent))
		return false;
	while (has_too_many(t, is_urgent) &&
	       (in = TAILQ_FIRST(&t->in.confirmed)))
		forget(in);
	return !has_too_many(t, is_urgent);
}

/* A refusal is not kept: the request was not executed, so a copy that comes
 * when there is room again may be. */
static void refuse(struct h248_txns *t, const struct sockaddr_storage *from,
		   uint32_t tid)
{
	t->n.refused++;
	answer_error(t, from, tid, 510, NULL);
}

void h248_txn_in_request(struct h248_txns *t, struct txn_msg *m,
			 struct h248_txn *txn,
			 const struct sockaddr_storage *from, uint64_t now_ms)
{
	struct h248_in *in = txn->has_id ? find(t, &m->msg.mid, txn->id) : NULL;

	if (in && is_reused(in, txn)) {
		forget(in);
	} else if (in) {
		duplicate(in, txn, from, now_ms);
		return;
	}
	t->n.requests_in++;
	/* What was read before a fault is executed first (8.2.2). */
	if (!txn->has_id || (txn->fault.code && !txn->actions)) {
		answer_error(t, from, txn->has_id ? txn->id : 0,
			     txn->fault.code ? txn->fault.code : 403,
			     txn->fault.text);
		return;
	}
	if (is_restart(txn)) {
		forget_answered(&t->in.replied, &m->msg.mid);
		forget_answered(&t->in.confirmed, &m->msg.mid);
	}
	in = has_room(t, txn) ? in_new(t, m, txn->id) : NULL;
	if (!in) {
		refuse(t, from, txn->id);
		return;
	}
	set_from(in, from);
	in->content = h248_txn_content(txn);
	h248_timer_arm(&t->in.timers, &in->timer, now_ms + t->p.provisional_ms);
	t->ops->request(t->arg, in, txn, &m->msg, from);
}

/* Confirming. */

static void confirm(struct h248_in *in, uint64_t now_ms)
{
	bool is_repeating = in->interval_ms;

	if (in->state != IN_REPLIED)
		return;
	drop_reply(in);
	enter(in, IN_CONFIRMED);
	if (is_repeating)
		arm_replied(in, now_ms);
}

/* A range costs as much as it has ids, or as there are replies, whichever is
 * less: "K{1-4294967295}" is no work for us. */
static void confirm_range(struct h248_txns *t, const struct h248_mid *mid,
			  const struct h248_tid_range *r, uint64_t now_ms)
{
	struct h248_in *in, *next;

	if (r->last - r->first < t->in.n_stored) {
		for (uint64_t id = r->first; id <= r->last; id++) {
			in = find(t, mid, (uint32_t)id);
			if (in)
				confirm(in, now_ms);
		}
		return;
	}
	for (in = TAILQ_FIRST(&t->in.replied); in; in = next) {
		next = TAILQ_NEXT(in, entry);
		if (in->tid >= r->first && in->tid <= r->last &&
		    is_same_mid(&in->mid, mid))
			confirm(in, now_ms);
	}
}

void h248_txn_in_confirm(struct h248_txns *t, const struct h248_mid *mid,
			 const struct h248_tid_range *ranges, uint64_t now_ms)
{
	unsigned int n = 0;

	for (; ranges && n < TXN_MAX_ACK_RANGES; ranges = ranges->next, n++)
		if (ranges->first <= ranges->last)
			confirm_range(t, mid, ranges, now_ms);
}

void h248_txn_in_segment_ack(struct h248_txns *t, const struct h248_mid *mid,
			     const struct h248_txn *ack, uint64_t now_ms)
{
	struct h248_in *in = ack->has_id ? find(t, mid, ack->id) : NULL;

	if (!in || !in->segments)
		t->n.stray++;
	else if (h248_txn_segments_ack(in->segments, ack->segment))
		confirm(in, now_ms);
}

/* Time. */

static void expire(struct h248_in *in, uint64_t now_ms)
{
	switch (in->state) {
	case IN_RUNNING:
		send_pending(in, now_ms);
		break;
	case IN_REPLIED:
		if (now_ms < in->forget_ms) {
			send_stored(in);
			in->interval_ms =
				h248_txn_backoff(in->t, in->interval_ms);
			arm_replied(in, now_ms);
			break;
		}
		forget(in);
		break;
	case IN_CONFIRMED:
		forget(in);
		break;
	case IN_ABANDONED: /* the id stays as long as it is executed */
		h248_timer_arm(&in->t->in.timers, &in->timer,
			       now_ms + in->t->p.long_timer_ms);
		break;
	}
}

void h248_txn_in_tick(struct h248_txns *t, uint64_t now_ms)
{
	struct h248_timer *timer;

	for (int n = 0; n < TXN_MAX_EXPIRED; n++) {
		timer = h248_timers_pop(&t->in.timers, now_ms);
		if (!timer)
			break;
		expire(in_of(timer), now_ms);
	}
}
