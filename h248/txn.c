/*
 * h248/txn.c - see txn.h: messages in, messages out
 *
 * Decodes, gives each transaction to the half it belongs to, and places
 * errors where H.248.1 clause 8.2.2 wants them.  An error, and a message from
 * somebody who answers, is never answered with an error, so that two parties
 * who misunderstand each other fall silent.
 */
#include "h248/txn.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "h248/error.h"
#include "h248/txn_int.h"

void h248_txn_log(struct h248_txns *t, int priority, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	if (!t->ops->log)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	t->ops->log(t->arg, priority, line);
}

uint64_t h248_txn_mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

uint32_t h248_txn_backoff(const struct h248_txns *t, uint32_t interval_ms)
{
	if (interval_ms > t->p.retransmit_max_ms / 2)
		return t->p.retransmit_max_ms;
	return interval_ms * 2;
}

uint32_t h248_txn_jitter(struct h248_txns *t, uint32_t interval_ms)
{
	uint32_t half = interval_ms / 2, span = interval_ms - half + 1;
	uint32_t r = half + t->ops->random(t->arg) % span;

	return r ? r : 1;
}

struct h248_error_desc h248_txn_error(uint16_t code, const char *text)
{
	struct h248_error_desc e = { .code = code };
	const char *s = text && *text ? text : h248_error_text(code);

	e.text.p = s;
	e.text.n = (uint32_t)strlen(s);
	return e;
}

/* Out. */

int h248_txn_encode_into(struct h248_txns *t, struct h248_txn *txn,
			 struct h248_error_desc *error, size_t room, size_t *n)
{
	struct h248_msg m = {
		.version = t->p.version,
		.mid = t->p.mid,
		.txns = txn,
		.error = error,
	};
	size_t head = h248_auth_is_sending(t->p.auth) ? H248_AUTH_HEADER : 0;

	return h248_text_enc(&m, &t->p.style, t->tx, room - head, n);
}

size_t h248_txn_room(const struct h248_txns *t)
{
	return t->max_octets && t->max_octets < sizeof(t->tx) ? t->max_octets :
								sizeof(t->tx);
}

int h248_txn_encode(struct h248_txns *t, struct h248_txn *txn,
		    struct h248_error_desc *error, size_t *n)
{
	return h248_txn_encode_into(t, txn, error, sizeof(t->tx), n);
}

static void local_of(struct h248_txns *t, const struct sockaddr_storage *peer,
		     struct sockaddr_storage *out)
{
	*out = (struct sockaddr_storage) { 0 };
	if (t->ops->local)
		t->ops->local(t->arg, peer, out);
}

/* Each transmission has a sequence number of its own, and an address may have
 * changed since the last.  The header that we write ends with its line.
 * Returns the octets in t->signed_tx; 0: it cannot be sent. */
static size_t sign(struct h248_txns *t, const struct sockaddr_storage *to,
		   const char *buf, size_t n)
{
	const char *eol = memchr(buf, '\n', n);
	struct sockaddr_storage local;
	struct h248_span body;
	int head;

	local_of(t, to, &local);
	body.p = eol ? eol + 1 : buf;
	body.n = (uint32_t)(n - (size_t)(body.p - buf));
	head = h248_auth_sign(t->p.auth, &local, to, body, t->p.style.is_long,
			      t->signed_tx);
	/* A reply may be older than the keys, and longer than leaves room. */
	if (head < 0 || (size_t)head + n > sizeof(t->signed_tx)) {
		h248_txn_log(t, LOG_ERR, "message cannot be signed: %s",
			     strerror(head < 0 ? -head : EMSGSIZE));
		return 0;
	}
	memcpy(t->signed_tx + head, buf, n);
	return (size_t)head + n;
}

void h248_txn_transmit(struct h248_txns *t, const struct sockaddr_storage *to,
		       const char *buf, size_t n)
{
	if (h248_auth_is_sending(t->p.auth)) {
		n = sign(t, to, buf, n);
		if (!n)
			return;
		buf = t->signed_tx;
	}
	t->n.msgs_out++;
	if (t->ops->trace)
		t->ops->trace(t->arg, true, to, buf, n);
	t->ops->send(t->arg, to, buf, n);
}

void h248_txn_send(struct h248_txns *t, const struct sockaddr_storage *to,
		   struct h248_txn *txn)
{
	size_t n;

	if (!h248_txn_encode(t, txn, NULL, &n))
		h248_txn_transmit(t, to, t->tx, n);
}

static void send_error(struct h248_txns *t, const struct sockaddr_storage *to,
		       uint16_t code, const char *text)
{
	struct h248_error_desc e = h248_txn_error(code, text);
	size_t n;

	if (h248_txn_encode(t, NULL, &e, &n)) {
		e = h248_txn_error(code, NULL);
		if (h248_txn_encode(t, NULL, &e, &n))
			return;
	}
	h248_txn_transmit(t, to, t->tx, n);
}

/* In. */

static struct txn_msg *msg_new(const char *buf, size_t n)
{
	struct txn_msg *m = malloc(sizeof(*m) + n);

	if (!m)
		return NULL;
	memset(m, 0, sizeof(*m));
	m->refs = 1;
	m->arena = h248_arena_new(0);
	if (!m->arena) {
		free(m);
		return NULL;
	}
	if (n)
		memcpy(m->buf, buf, n);
	return m;
}

void h248_txn_msg_put(struct txn_msg *m)
{
	if (--m->refs)
		return;
	h248_arena_free(m->arena);
	free(m);
}

static bool is_over_limit(const struct h248_txns *t, const struct h248_msg *msg)
{
	unsigned int n = 0;

	if (msg->fault.code == 413)
		return true;
	for (const struct h248_txn *x = msg->txns; x; x = x->next)
		n += x->kind == H248_TXN_REQUEST;
	return t->p.max_txns_per_msg && n > t->p.max_txns_per_msg;
}

/* Why no request of a message is executed; 0: they are. */
static uint16_t refusal(const struct h248_txns *t, const struct h248_msg *msg)
{
	if (msg->version > t->max_version)
		return 406;
	return is_over_limit(t, msg) ? 413 : 0;
}

/* Whether the sender asks, or cannot be told from one who asks. */
static bool is_from_requester(const struct h248_msg *msg)
{
	for (const struct h248_txn *x = msg->txns; x; x = x->next)
		if (x->kind == H248_TXN_REQUEST)
			return true;
	return !msg->txns && !msg->error;
}

static void handle(struct h248_txns *t, struct txn_msg *m, struct h248_txn *txn,
		   const struct sockaddr_storage *from, uint64_t now_ms)
{
	switch (txn->kind) {
	case H248_TXN_REQUEST:
		h248_txn_in_request(t, m, txn, from, now_ms);
		break;
	case H248_TXN_REPLY:
		h248_txn_out_reply(t, m, txn, from, now_ms);
		break;
	case H248_TXN_PENDING:
		h248_txn_out_pending(t, txn, now_ms);
		break;
	case H248_TXN_ACK:
		h248_txn_in_confirm(t, &m->msg.mid, txn->acks, now_ms);
		break;
	case H248_TXN_SEGMENT_ACK:
		h248_txn_in_segment_ack(t, &m->msg.mid, txn, now_ms);
		break;
	}
}

static void on_error(struct h248_txns *t, const struct h248_error_desc *e,
		     const struct sockaddr_storage *from)
{
	h248_txn_log(t, LOG_WARNING, "peer answers error %u: %.*s", e->code,
		     (int)e->text.n, e->text.n ? e->text.p : "");
	if (t->ops->error)
		t->ops->error(t->arg, from, e);
}

/* What could be read is executed and answered before the verdict on the rest
 * (8.2.2); of a message that is refused no request is executed. */
static void dispatch(struct h248_txns *t, struct txn_msg *m,
		     const struct sockaddr_storage *from, uint64_t now_ms)
{
	const struct h248_msg *msg = &m->msg;
	uint16_t code = refusal(t, msg);

	for (struct h248_txn *x = msg->txns; x; x = x->next)
		if (!code || x->kind != H248_TXN_REQUEST)
			handle(t, m, x, from, now_ms);
	if (msg->error)
		on_error(t, msg->error, from);
	if (code)
		t->n.refused++;
	else if (msg->fault.code)
		t->n.undecodable++;
	if (!is_from_requester(msg))
		return;
	if (code)
		send_error(t, from, code, NULL);
	else if (msg->fault.code)
		send_error(t, from, msg->fault.code, msg->fault.text);
}

/* Who sent it, and whether as it came, is what the header must tell. */
static bool is_authentic(struct h248_txns *t, const struct h248_msg *msg,
			 const struct sockaddr_storage *from, uint64_t now_ms)
{
	struct sockaddr_storage local;
	enum h248_auth_verdict v;

	local_of(t, from, &local);
	v = h248_auth_check(t->p.auth, msg, from, &local);
	t->n.auth[v]++;
	if (v == H248_AUTH_OK)
		return true;
	t->n.refused++;
	if (now_ms >= t->auth_log_ms) {
		t->auth_log_ms = now_ms + TXN_AUTH_LOG_MS;
		h248_txn_log(t, LOG_WARNING,
			     "message refused: authentication header %s",
			     h248_auth_verdict_name(v));
	}
	/* A network that repeats a datagram is not told off, or the sender
	 * would take it for the answer. */
	if (v != H248_AUTH_REPLAYED && is_from_requester(msg))
		send_error(t, from, 402, NULL);
	return false;
}

/* Without a header nobody is known to be there: silence. */
static void reject(struct h248_txns *t, const struct h248_msg *msg, int rc,
		   const struct sockaddr_storage *from)
{
	t->n.undecodable++;
	h248_txn_log(t, LOG_NOTICE, "message dropped: %s, line %u: %s",
		     strerror(-rc), msg->fault.at.line, msg->fault.text);
	if (rc == -ENOMEM && msg->mid.text.p)
		send_error(t, from, 510, NULL);
	else if (rc == -EPROTO && msg->mid.text.p)
		send_error(t, from, 400, msg->fault.text);
}

void h248_txns_input(struct h248_txns *t, const struct sockaddr_storage *from,
		     const char *buf, size_t n, uint64_t now_ms)
{
	struct txn_msg *m;
	int rc;

	t->n.msgs_in++;
	if (t->ops->trace)
		t->ops->trace(t->arg, false, from, buf, n);
	if (n > H248_MAX_MSG_OCTETS) {
		t->n.undecodable++;
		return;
	}
	m = msg_new(buf, n);
	if (!m) {
		t->n.refused++;
		return;
	}
	rc = h248_text_dec(m->arena, m->buf, n, &m->msg);
	if (rc) {
		reject(t, &m->msg, rc, from);
	} else if (is_authentic(t, &m->msg, from, now_ms)) {
		if (t->ops->heard)
			t->ops->heard(t->arg, from, now_ms);
		t->sender = &m->msg.mid;
		dispatch(t, m, from, now_ms);
		t->sender = NULL;
	}
	h248_txn_msg_put(m);
}

/* Life. */

static void set_default(uint32_t *value, uint32_t fallback)
{
	if (!*value)
		*value = fallback;
}

static void set_defaults(struct h248_txn_params *p)
{
	set_default(&p->first_tid, 1);
	set_default(&p->retransmit_ms, 500);
	set_default(&p->retransmit_max_ms, 4000);
	set_default(&p->t_max_ms, 25000);
	set_default(&p->long_timer_ms, 30000);
	set_default(&p->provisional_ms, 2000);
	set_default(&p->segment_ms, 4000);
	set_default(&p->max_stored, 131072);
	if (!p->pending_limit_in)
		p->pending_limit_in = TXN_MAX_PENDINGS_IN;
	if (!p->max_stored_octets)
		p->max_stored_octets = 128 << 20;
}

struct h248_txns *h248_txns_new(const struct h248_txn_params *params,
				const struct h248_txn_ops *ops, void *arg)
{
	struct h248_txns *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->p = *params;
	t->max_version = params->version;
	set_defaults(&t->p);
	t->ops = ops;
	t->arg = arg;
	t->mid_text = malloc(params->mid.text.n + 1);
	if (!t->mid_text) {
		free(t);
		return NULL;
	}
	if (params->mid.text.n)
		memcpy(t->mid_text, params->mid.text.p, params->mid.text.n);
	t->p.mid.text.p = t->mid_text;
	t->hash_seed = (uint64_t)ops->random(arg) << 32 | ops->random(arg);
	h248_txn_in_init(t);
	h248_txn_out_init(t);
	return t;
}

void h248_txns_free(struct h248_txns *t)
{
	if (!t)
		return;
	t->is_closing = true;
	h248_txns_cancel(t, NULL);
	h248_txn_in_fini(t);
	free(t->mid_text);
	free(t);
}

uint64_t h248_txns_next(const struct h248_txns *t)
{
	uint64_t in = h248_timers_next(&t->in.timers);
	uint64_t out = h248_timers_next(&t->out.timers);

	return in < out ? in : out;
}

void h248_txns_tick(struct h248_txns *t, uint64_t now_ms)
{
	h248_txn_in_tick(t, now_ms);
	h248_txn_out_tick(t, now_ms);
}

const struct h248_mid *h248_txns_sender(const struct h248_txns *t)
{
	return t->sender;
}

void h248_txns_renew(struct h248_txns *t)
{
	t->in.era++;
}

void h248_txns_set_version(struct h248_txns *t, uint8_t version)
{
	t->p.version = version;
}

void h248_txns_set_limits(struct h248_txns *t, uint32_t provisional_ms,
			  uint16_t pending_limit, uint16_t pending_limit_in)
{
	t->p.provisional_ms = provisional_ms;
	t->p.pending_limit = pending_limit;
	t->p.pending_limit_in = pending_limit_in;
	set_defaults(&t->p);
}

void h248_txns_set_answer_time(struct h248_txns *t, uint32_t ms)
{
	t->answer_ms = ms;
}

void h248_txns_set_segments(struct h248_txns *t, uint32_t segment_ms,
			    uint32_t segment_octets, uint32_t max_octets)
{
	t->p.segment_ms = segment_ms;
	t->p.segment_octets = segment_octets;
	t->max_octets = max_octets;
	set_defaults(&t->p);
}

const struct h248_txn_counters *h248_txns_counters(const struct h248_txns *t)
{
	return &t->n;
}
