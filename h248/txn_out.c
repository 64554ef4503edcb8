/*
 * h248/txn_out.c - requests of ours, repeated until they are answered
 *
 * H.248.1 Annex D.1.  The interval between repetitions doubles up to a limit
 * and is drawn at random from its upper half, so that many gateways that lost
 * the same controller do not speak in step.  A Pending shows that the peer
 * lives: the repetition slows down and the age starts again.
 */
#include "h248/txn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "h248/addr.h"
#include "h248/txn_int.h"

struct h248_out {
	LIST_ENTRY(h248_out) bucket;
	LIST_ENTRY(h248_out) entry; /* any order */
	struct h248_timer timer;    /* next repetition, or the end */
	struct sockaddr_storage to;
	uint32_t tid;
	uint32_t interval_ms;
	uint64_t give_up_ms;
	unsigned int n_pendings;
	struct txn_parts *parts; /* segments of the reply; NULL: none */
	h248_reply_h *cb;
	void *arg;
	size_t n;
	char buf[]; /* the message */
};

static struct h248_out *out_of(struct h248_timer *timer)
{
	return (struct h248_out *)((char *)timer -
				   offsetof(struct h248_out, timer));
}

static struct txn_out_bucket *bucket_of(struct h248_txns *t, uint32_t tid)
{
	return &t->out.bucket[tid % TXN_OUT_BUCKETS];
}

static struct h248_out *find(struct h248_txns *t, uint32_t tid)
{
	struct h248_out *o;

	LIST_FOREACH (o, bucket_of(t, tid), bucket)
		if (o->tid == tid)
			return o;
	return NULL;
}

void h248_txn_out_init(struct h248_txns *t)
{
	LIST_INIT(&t->out.list);
	t->out.next_tid = t->p.first_tid;
}

/* 0 stands for "id unreadable" (8.2.2). */
static uint32_t new_tid(struct h248_txns *t)
{
	uint32_t tid;

	do
		tid = t->out.next_tid++;
	while (!tid || find(t, tid));
	return tid;
}

static void arm(struct h248_txns *t, struct h248_out *o, uint64_t now_ms,
		uint32_t wait_ms)
{
	uint64_t due = now_ms + wait_ms;

	h248_timer_arm(&t->out.timers, &o->timer,
		       due < o->give_up_ms ? due : o->give_up_ms);
}

/* First transmission: the interval as configured, or what the controller says
 * that it needs; later ones at random. */
static void transmit_first(struct h248_txns *t, struct h248_out *o,
			   uint64_t now_ms)
{
	o->interval_ms = t->answer_ms ? t->answer_ms : t->p.retransmit_ms;
	if (t->p.is_reliable)
		o->interval_ms = t->p.retransmit_max_ms;
	o->give_up_ms = now_ms + t->p.t_max_ms;
	arm(t, o, now_ms, o->interval_ms);
	h248_txn_transmit(t, &o->to, o->buf, o->n);
}

static void unlink_out(struct h248_txns *t, struct h248_out *o)
{
	h248_timer_cancel(&t->out.timers, &o->timer);
	LIST_REMOVE(o, bucket);
	LIST_REMOVE(o, entry);
	t->out.n--;
}

/* The callback may send, cancel and answer: o is out of every list by then. */
static void finish(struct h248_txns *t, struct h248_out *o, int err,
		   const struct h248_txn *reply)
{
	h248_reply_h *cb = o->cb;
	void *arg = o->arg;
	struct txn_parts *parts = o->parts; /* reply may be in them */

	unlink_out(t, o);
	free(o);
	cb(arg, err, reply);
	h248_txn_parts_free(t, parts);
}

/* We give it up, as if the peer had said so. */
static void fail(struct h248_txns *t, struct h248_out *o, uint16_t code,
		 const char *text)
{
	struct h248_error_desc e = h248_txn_error(code, text);
	struct h248_txn verdict = {
		.kind = H248_TXN_REPLY,
		.has_id = true,
		.id = o->tid,
		.error = &e,
	};

	h248_txn_log(t, LOG_WARNING, "request %u: %u %s", o->tid, code,
		     e.text.p);
	finish(t, o, 0, &verdict);
}

static struct h248_out *out_new(struct h248_txns *t, uint32_t tid, size_t n)
{
	struct h248_out *o = calloc(1, sizeof(*o) + n);

	if (!o)
		return NULL;
	memcpy(o->buf, t->tx, n);
	o->n = n;
	o->tid = tid;
	LIST_INSERT_HEAD(bucket_of(t, tid), o, bucket);
	LIST_INSERT_HEAD(&t->out.list, o, entry);
	t->out.n++;
	return o;
}

int h248_txns_request(struct h248_txns *t, const struct sockaddr_storage *to,
		      const struct h248_action *actions, h248_reply_h *cb,
		      void *arg, uint64_t now_ms, uint32_t *tid)
{
	struct h248_txn txn = {
		.kind = H248_TXN_REQUEST,
		.has_id = true,
		.actions = (struct h248_action *)actions, /* only read */
	};
	struct h248_out *o;
	size_t n;
	int rc;

	if (t->is_closing)
		return -EINVAL;
	if (t->out.n >= TXN_MAX_OUT)
		return -EAGAIN;
	txn.id = new_tid(t);
	rc = h248_txn_encode(t, &txn, NULL, &n);
	if (rc)
		return rc;
	o = out_new(t, txn.id, n);
	if (!o)
		return -ENOMEM;
	o->to = *to;
	o->cb = cb;
	o->arg = arg;
	if (tid)
		*tid = txn.id;
	t->n.requests_out++;
	transmit_first(t, o, now_ms);
	return 0;
}

/* The reply keeps being repeated until this arrives (D.1.2.3): also when it
 * was answered before. */
static void send_ack(struct h248_txns *t, uint32_t tid,
		     const struct sockaddr_storage *to)
{
	struct h248_tid_range range = { .first = tid, .last = tid };
	struct h248_txn ack = { .kind = H248_TXN_ACK, .acks = &range };

	h248_txn_send(t, to, &ack);
}

/* A reply that cannot be read is a verdict too: repeating the request would
 * bring the same one again. */
static void deliver(struct h248_txns *t, struct h248_out *o,
		    const struct h248_txn *txn)
{
	struct h248_txn reply = *txn;
	struct h248_error_desc e;

	reply.next = NULL;
	if (reply.fault.code && !reply.error) {
		e = h248_txn_error(reply.fault.code, reply.fault.text);
		reply.error = &e;
	}
	finish(t, o, 0, &reply);
}

/* Each segment is acknowledged, also one that comes again. */
static void send_segment_ack(struct h248_txns *t, const struct h248_txn *txn,
			     const struct sockaddr_storage *to)
{
	struct h248_txn ack = {
		.kind = H248_TXN_SEGMENT_ACK,
		.has_id = true,
		.id = txn->id,
		.segment = txn->segment,
		.is_last_segment = txn->is_last_segment,
	};

	h248_txn_send(t, to, &ack);
}

/* The peer lives: from now on we wait for it instead of asking again. */
static void on_segment(struct h248_txns *t, struct h248_out *o,
		       struct txn_msg *m, struct h248_txn *txn,
		       const struct sockaddr_storage *from, uint64_t now_ms)
{
	enum txn_part part = h248_txn_parts_add(t, &o->parts, m, txn);
	struct h248_txn reply;

	if (part == TXN_PART_REFUSED) {
		t->n.stray++;
		return;
	}
	send_segment_ack(t, txn, from);
	if (part == TXN_PART_MORE) {
		o->give_up_ms = now_ms + t->p.segment_ms;
		arm(t, o, now_ms, t->p.segment_ms);
	} else if (part == TXN_PART_LAST) {
		h248_txn_parts_join(o->parts, &reply);
		deliver(t, o, &reply);
	}
}

void h248_txn_out_reply(struct h248_txns *t, struct txn_msg *m,
			struct h248_txn *txn,
			const struct sockaddr_storage *from, uint64_t now_ms)
{
	struct h248_out *o = txn->has_id ? find(t, txn->id) : NULL;

	t->n.replies_in++;
	if (txn->has_id && txn->wants_ack)
		send_ack(t, txn->id, from);
	if (o && txn->segment) {
		on_segment(t, o, m, txn, from, now_ms);
		return;
	}
	if (o) {
		deliver(t, o, txn);
		return;
	}
	t->n.stray++;
	if (txn->has_id && txn->segment)
		send_segment_ack(t, txn, from);
	if (txn->error)
		h248_txn_log(t, LOG_WARNING,
			     "reply %u to nothing asked: error %u", txn->id,
			     txn->error->code);
}

void h248_txn_out_pending(struct h248_txns *t, const struct h248_txn *txn,
			  uint64_t now_ms)
{
	struct h248_out *o = txn->has_id ? find(t, txn->id) : NULL;

	t->n.pendings_in++;
	if (!o) {
		t->n.stray++;
		return;
	}
	if (o->parts)
		return; /* late: the reply is on its way */
	if (++o->n_pendings > t->p.pending_limit_in) {
		fail(t, o, 506, NULL);
		return;
	}
	o->interval_ms = t->p.retransmit_max_ms;
	o->give_up_ms = now_ms + t->p.t_max_ms;
	arm(t, o, now_ms, o->interval_ms);
}

static void expire(struct h248_txns *t, struct h248_out *o, uint64_t now_ms)
{
	char missing[128];

	if (o->parts) {
		h248_txn_parts_missing(o->parts, missing, sizeof(missing));
		fail(t, o, 459, missing);
		return;
	}
	if (now_ms >= o->give_up_ms) {
		t->n.timeouts++;
		h248_txn_log(t, LOG_WARNING, "request %u: no answer in %u ms",
			     o->tid, t->p.t_max_ms);
		finish(t, o, -ETIMEDOUT, NULL);
		return;
	}
	t->n.retransmissions++;
	o->interval_ms = h248_txn_backoff(t, o->interval_ms);
	arm(t, o, now_ms, h248_txn_jitter(t, o->interval_ms));
	h248_txn_transmit(t, &o->to, o->buf, o->n);
}

void h248_txn_out_tick(struct h248_txns *t, uint64_t now_ms)
{
	struct h248_timer *timer;

	for (int n = 0; n < TXN_MAX_EXPIRED; n++) {
		timer = h248_timers_pop(&t->out.timers, now_ms);
		if (!timer)
			break;
		expire(t, out_of(timer), now_ms);
	}
}

/* Takes out what goes to `to` (NULL: everything): what a callback sends
 * meanwhile is not touched, and what it cancels leaves this list too. */
static void collect(struct h248_txns *t, const struct sockaddr_storage *to,
		    struct txn_out_list *found)
{
	struct h248_out *o = LIST_FIRST(&t->out.list), *next;

	LIST_INIT(found);
	for (; o; o = next) {
		next = LIST_NEXT(o, entry);
		if (to && !h248_addr_eq(&o->to, to))
			continue;
		LIST_REMOVE(o, entry);
		LIST_INSERT_HEAD(found, o, entry);
	}
}

void h248_txns_move(struct h248_txns *t, const struct sockaddr_storage *from,
		    const struct sockaddr_storage *to, uint64_t now_ms)
{
	struct txn_out_list found;
	struct h248_out *o;

	collect(t, from, &found);
	while ((o = LIST_FIRST(&found))) {
		LIST_REMOVE(o, entry);
		LIST_INSERT_HEAD(&t->out.list, o, entry);
		o->to = *to;
		transmit_first(t, o, now_ms);
	}
}

void h248_txns_cancel(struct h248_txns *t, const struct sockaddr_storage *to)
{
	struct txn_out_list found;
	struct h248_out *o;

	collect(t, to, &found);
	while ((o = LIST_FIRST(&found)))
		finish(t, o, -ECANCELED, NULL);
}

void h248_txns_cancel_tid(struct h248_txns *t, uint32_t tid)
{
	struct h248_out *o = find(t, tid);

	if (o)
		finish(t, o, -ECANCELED, NULL);
}
