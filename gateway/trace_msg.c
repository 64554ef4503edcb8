/*
 * gateway/trace_msg.c - which messages are about the contexts of a trace
 *
 * A message is when one of its actions names such a context, or one of its
 * transactions is the request, or the answer, of one that was.  A request that
 * makes a context is held until the reply says which; what there is no room for
 * is left out and counted.  Secrets are not in what is told: the ICV of the
 * authentication header, keys in SDP.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/address.h"
#include "gateway/log_msg.h"
#include "gateway/trace_int.h"
#include "h248/summary.h"
#include "h248/text.h"

enum { TREE_OCTETS = 1 << 20 };

/* A message at hand. */
struct message {
	struct gw *gw;
	bool is_out;
	const struct sockaddr_storage *peer;
	uint64_t at_us;
	const char *text;
	size_t n;
	struct h248_msg tree;
};

/* --- what is said -------------------------------------------------------- */

/* What a controller wrote must not forge a line. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void comment(const struct message *m, char *out, size_t cap)
{
	const char *who =
		m->is_out ? "to the controller: " : "from the controller: ";
	FILE *f = fmemopen(out, cap, "w");

	out[0] = '\0';
	if (!f)
		return;
	fputs(who, f);
	h248_summary(f, &m->tree);
	fclose(f);
	out[cap - 1] = '\0';
	clean(out);
}

/* Keys in SDP as the log does it; in the place of the ICV zeros, so that it can
 * still be read. */
static void mask(const struct message *m, char *copy)
{
	const struct h248_auth *auth = m->tree.auth;

	gw_log_mask(copy, m->n);

	if (auth && auth->data.p >= m->text &&
	    auth->data.p + auth->data.n <= m->text + m->n)
		memset(copy + (auth->data.p - m->text), '0', auth->data.n);
}

static void emit(struct gw_trace *t, const struct message *m, uint32_t ctx)
{
	char text[GW_TRACE_COMMENT], *copy = malloc(m->n + 1);
	struct gw_trace_record r = {
		.at_us = m->at_us,
		.gw = m->gw,
		.ctx = ctx,
		.is_out = m->is_out,
		.octets = (const uint8_t *)copy,
		.n = m->n,
		.of = m->n,
		.comment = text,
		.transport = gw_transport_name(m->gw->conf.h248.transport),
	};

	if (!copy) {
		t->sums.left_out++;
		return;
	}
	memcpy(copy, m->text, m->n);
	mask(m, copy);
	comment(m, text, sizeof(text));
	r.from = *m->peer;
	m->gw->ops.txn.local(m->gw, m->peer, &r.to);
	if (m->is_out) {
		r.from = r.to;
		r.to = *m->peer;
	}
	trace_emit(t, &r);
	free(copy);
}

/* --- transactions -------------------------------------------------------- */

/* Whose request it is: its reply, and what acknowledges that, are of the same
 * transaction. */
static bool is_ours(const struct message *m, const struct h248_txn *txn)
{
	bool is_request = txn->kind == H248_TXN_REQUEST ||
			  txn->kind == H248_TXN_ACK ||
			  txn->kind == H248_TXN_SEGMENT_ACK;

	return m->is_out == is_request;
}

static const struct trace_txn *find_txn(const struct gw_trace *t,
					const struct gw *gw, bool ours,
					uint32_t first, uint32_t last)
{
	unsigned int n = t->n_txns < TRACE_TXNS ? t->n_txns : TRACE_TXNS;

	for (unsigned int i = 0; i < n; i++)
		if (t->txn[i].gw == gw && t->txn[i].is_ours == ours &&
		    t->txn[i].tid >= first && t->txn[i].tid <= last)
			return &t->txn[i];
	return NULL;
}

static void keep_txn(struct gw_trace *t, const struct message *m,
		     const struct h248_txn *txn, uint32_t ctx)
{
	if (find_txn(t, m->gw, is_ours(m, txn), txn->id, txn->id))
		return;
	t->txn[t->n_txns++ % TRACE_TXNS] = (struct trace_txn) {
		.gw = m->gw,
		.tid = txn->id,
		.ctx = ctx,
		.is_ours = is_ours(m, txn),
	};
}

static uint32_t by_action(struct gw_trace *t, const struct message *m,
			  const struct h248_txn *txn)
{
	struct trace_context *c;

	for (const struct h248_action *a = txn->actions; a; a = a->next) {
		c = a->ctx == H248_CTX_ID ? trace_find(t, m->gw, a->ctx_id) :
					    NULL;
		if (!c)
			continue;
		c->is_told = true;
		return a->ctx_id;
	}
	return 0;
}

static uint32_t by_id(const struct gw_trace *t, const struct message *m,
		      const struct h248_txn *txn)
{
	bool ours = is_ours(m, txn);
	const struct trace_txn *known = NULL;

	for (const struct h248_tid_range *r = txn->acks; r && !known;
	     r = r->next)
		known = find_txn(t, m->gw, ours, r->first, r->last);
	if (!known && txn->kind != H248_TXN_ACK)
		known = find_txn(t, m->gw, ours, txn->id, txn->id);
	return known ? known->ctx : 0;
}

/* --- requests that make a context ---------------------------------------- */

static void let_go(struct gw_trace *t, struct trace_held *h)
{
	if (!h->text)
		return;
	t->held_octets -= h->n;
	free(h->text);
	h->text = NULL;
}

/* May the request make a context that this trace is to have? */
static bool may_make_one(const struct gw_trace *t, const struct message *m,
			 const struct h248_txn *txn)
{
	const struct h248_action *a = txn->actions;

	if (m->is_out || txn->kind != H248_TXN_REQUEST || !trace_wants_more(t))
		return false;
	while (a && a->ctx != H248_CTX_CHOOSE)
		a = a->next;
	return a;
}

static void hold(struct gw_trace *t, const struct message *m, uint32_t tid)
{
	struct trace_held *h = &t->held[t->n_held++ % TRACE_HELD];

	let_go(t, h);
	if (t->held_octets + m->n > TRACE_HELD_OCTETS)
		return;
	*h = (struct trace_held) {
		.gw = m->gw,
		.tid = tid,
		.at_us = m->at_us,
		.peer = *m->peer,
		.n = m->n,
		.text = malloc(m->n),
	};
	if (!h->text)
		return;
	memcpy(h->text, m->text, m->n);
	t->held_octets += h->n;
}

/* The reply came: the request stands in front of it.  false: none is held. */
static bool emit_held(struct gw_trace *t, const struct gw *gw, uint32_t tid,
		      uint32_t ctx)
{
	bool was_held = false;

	for (unsigned int i = 0; i < TRACE_HELD; i++) {
		struct trace_held *h = &t->held[i];
		struct message m = { .gw = h->gw,
				     .peer = &h->peer,
				     .at_us = h->at_us,
				     .text = h->text,
				     .n = h->n };
		struct h248_arena *a;

		if (!h->text || h->gw != gw || h->tid != tid)
			continue;
		a = h248_arena_new(TREE_OCTETS);
		if (a && !h248_text_dec(a, m.text, m.n, &m.tree))
			emit(t, &m, ctx);
		h248_arena_free(a);
		let_go(t, h);
		was_held = true;
	}
	return was_held;
}

/* The answer to a request that should have made a context, and made none. */
static bool is_refusal(const struct message *m, const struct h248_txn *txn)
{
	const struct h248_action *a = txn->actions;

	while (a && a->ctx != H248_CTX_ID)
		a = a->next;
	return m->is_out && txn->kind == H248_TXN_REPLY && !a;
}

/* Of the next contexts those that were refused are told, and do not count. */
static bool tell_refusals(struct gw_trace *t, const struct message *m)
{
	bool was_held = false;

	for (const struct h248_txn *txn = m->tree.txns; txn && t->ask.next;
	     txn = txn->next)
		if (is_refusal(m, txn) && emit_held(t, m->gw, txn->id, 0))
			was_held = true;
	if (was_held)
		trace_forget_unmade(t);
	return was_held;
}

void trace_forget_messages(struct gw_trace *t)
{
	for (unsigned int i = 0; i < TRACE_HELD; i++)
		let_go(t, &t->held[i]);
}

/* --- the message --------------------------------------------------------- */

/* The context that a transaction is about, of those that are traced; 0: it is
 * about none, as far as is known. */
static uint32_t context_of(struct gw_trace *t, const struct message *m,
			   const struct h248_txn *txn)
{
	uint32_t ctx = by_action(t, m, txn);

	if (ctx && txn->kind == H248_TXN_REPLY && m->is_out)
		(void)emit_held(t, m->gw, txn->id, ctx);
	if (ctx)
		keep_txn(t, m, txn, ctx);
	else
		ctx = by_id(t, m, txn);
	return ctx;
}

static void look(struct gw_trace *t, const struct message *m)
{
	uint32_t ctx = 0, c;

	for (const struct h248_txn *txn = m->tree.txns; txn; txn = txn->next) {
		c = context_of(t, m, txn);
		if (!ctx)
			ctx = c;
	}
	if (ctx || tell_refusals(t, m)) {
		emit(t, m, ctx);
		return;
	}
	for (const struct h248_txn *txn = m->tree.txns; txn; txn = txn->next)
		if (may_make_one(t, m, txn)) {
			hold(t, m, txn->id);
			return;
		}
}

void gw_trace_message(struct gw_trace *t, struct gw *gw, bool is_out,
		      const struct sockaddr_storage *peer, const char *buf,
		      size_t n)
{
	struct message m = { .gw = gw,
			     .is_out = is_out,
			     .peer = peer,
			     .at_us = gw_now_us(),
			     .text = buf,
			     .n = n };
	struct h248_arena *a;

	if (!t || t->is_leaving || !trace_is_of(t, gw))
		return;
	a = h248_arena_new(TREE_OCTETS);
	/* Packets that were before it stand before it. */
	gw_trace_drain(t);
	if (a && !h248_text_dec(a, buf, n, &m.tree))
		look(t, &m);
	h248_arena_free(a);
}
