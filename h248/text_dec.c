/* h248/text_dec.c - messages and transactions; see text.h */
#include "h248/text.h"

#include <errno.h>
#include <string.h>

#include "h248/error.h"
#include "h248/span.h"
#include "h248/text_dec_int.h"

enum {
	AUTH_WORD = 10, /* "0x" and 8 hex digits */
	MIN_AUTH_DATA = 24,
	MAX_AUTH_DATA = 64,
};

static bool hex_value(struct h248_span s, uint32_t *out)
{
	uint32_t v = 0;

	for (uint32_t i = 2; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);

		if (h248_is_digit(s.p[i]))
			v = v << 4 | (uint32_t)(s.p[i] - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

/* "0x" and min to max hex digits; *out: the low 32 bits of them. */
static int auth_word(struct h248_dec *d, uint32_t min, uint32_t max,
		     struct h248_span *digits, uint32_t *out)
{
	struct h248_span s = d->cur.text;

	if (d->cur.kind != H248_LEX_WORD || s.n < min + 2 || s.n > max + 2 ||
	    s.p[0] != '0' || (s.p[1] | 0x20) != 'x' || !hex_value(s, out))
		return h248_dec_syntax(d, "hexadecimal digits");
	*digits = (struct h248_span) { s.p + 2, s.n - 2 };
	h248_dec_advance(d);
	return 0;
}

/* authenticationHeader */
static int auth_header(struct h248_dec *d, void *node)
{
	struct h248_auth **out = node;
	struct h248_auth *a;
	struct h248_span digits;
	uint32_t low;
	int rc;

	if (!h248_dec_at_tok(d, H248_TOK_AUTH))
		return 0;
	if (H248_DEC_NEW(d, a))
		return -ENOMEM;
	h248_dec_advance(d);
	rc = h248_dec_expect(d, '=');
	if (!rc)
		rc = auth_word(d, 8, 8, &digits, &a->spi);
	if (!rc)
		rc = h248_dec_expect(d, ':');
	if (!rc)
		rc = auth_word(d, 8, 8, &digits, &a->seq);
	if (!rc)
		rc = h248_dec_expect(d, ':');
	if (!rc)
		rc = auth_word(d, MIN_AUTH_DATA, MAX_AUTH_DATA, &a->data, &low);
	if (!rc)
		*out = a;
	return rc;
}

/* "MEGACO/1" or "!/1"; 0: neither. */
static uint8_t version_at(const struct h248_dec *d)
{
	struct h248_span s = d->cur.text, word = s, digits;
	const char *slash = NULL;
	uint64_t v;

	if (d->cur.kind == H248_LEX_WORD)
		slash = memchr(s.p, '/', s.n);
	if (!slash)
		return 0;
	word.n = (uint32_t)(slash - s.p);
	digits = (struct h248_span) { slash + 1, s.n - word.n - 1 };
	if (!h248_tok_is(word, H248_TOK_MEGACO) ||
	    h248_span_uint(digits, 99, &v))
		return 0;
	return (uint8_t)v;
}

static int plain_header(struct h248_dec *d, struct h248_msg *m)
{
	m->version = version_at(d);
	if (!m->version)
		return h248_dec_syntax(d, "MEGACO/version");
	d->version = m->version;
	h248_dec_advance(d);
	return h248_dec_mid(d, &m->mid);
}

static bool is_at_end(const struct h248_dec *d)
{
	return d->cur.kind == H248_LEX_END || d->cur.kind == H248_LEX_BAD ||
	       d->cur.kind == H248_LEX_DEEP;
}

/* Nothing of a message is read whose authentication header is no such, but
 * one who asks is told (T3). */
static int refuse_auth(struct h248_dec *d, struct h248_msg *m)
{
	struct h248_err fault = d->err;

	while (!version_at(d) && !is_at_end(d))
		h248_dec_advance(d);
	if (plain_header(d, m) || !h248_dec_at_tok(d, H248_TOK_TRANSACTION))
		m->mid = (struct h248_mid) { 0 };
	d->err = fault;
	return -EPROTO;
}

static int header(struct h248_dec *d, struct h248_msg *m)
{
	int rc = h248_dec_within(d, H248_CLAUSE_AUTH, auth_header, &m->auth);

	if (rc == -EPROTO)
		return refuse_auth(d, m);
	return rc ? rc : plain_header(d, m);
}

/* White space is no part of a transaction. */
static struct h248_span body_of(const struct h248_dec *d)
{
	struct h248_span s = { d->lex.buf, d->lex.n };

	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]) && s.p[s.n - 1])
		s.n--;
	if (d->cur.kind == H248_LEX_END || d->cur.text.p > s.p + s.n)
		return (struct h248_span) { s.p + s.n, 0 };
	s.n -= (uint32_t)(d->cur.text.p - s.p);
	s.p = d->cur.text.p;
	return s;
}

/* "=" tid; the id stays unknown when it cannot be read. */
static int transaction_id(struct h248_dec *d, struct h248_txn *t)
{
	uint64_t id = 0;
	int rc = h248_dec_expect(d, '=');

	if (!rc)
		rc = h248_dec_uint(d, UINT32_MAX, "a TransactionID", &id);
	if (rc)
		return rc;
	t->has_id = true;
	t->id = (uint32_t)id;
	return 0;
}

/* list(action) "}"; the limit is not that of other lists. */
static int actions(struct h248_dec *d, struct h248_txn *t)
{
	struct h248_action **tail = &t->actions;
	unsigned int n = 0;
	int rc;

	do {
		if (n++ >= H248_MAX_ACTIONS)
			return h248_dec_fail(d, 403, "too many actions");
		rc = h248_dec_action(d, &tail);
		if (rc)
			return rc;
	} while (h248_dec_accept(d, ','));
	if (h248_dec_accept(d, '}'))
		return 0;
	return h248_dec_syntax(d, "',' or '}'");
}

static int transaction_request(struct h248_dec *d, void *node)
{
	struct h248_txn *t = node;
	int rc = transaction_id(d, t);

	if (!rc)
		rc = h248_dec_expect(d, '{');
	if (!rc)
		rc = actions(d, t);
	return rc;
}

static bool segment_number(struct h248_txn *t, struct h248_span s)
{
	const char *slash = memchr(s.p, '/', s.n);
	struct h248_span n = s;
	uint64_t v;

	if (slash) {
		struct h248_span end = { slash + 1,
					 s.n - (uint32_t)(slash - s.p) - 1 };

		n.n = (uint32_t)(slash - s.p);
		if (!h248_tok_is(end, H248_TOK_SEGMENT_END))
			return false;
		t->is_last_segment = true;
	}
	if (h248_span_uint(n, UINT16_MAX, &v) || !v)
		return false;
	t->segment = (uint16_t)v;
	return true;
}

/* "=" tid, with an optional segment: "7", "7/1", "7/2/&" (one word) */
static int segmented_id(struct h248_dec *d, struct h248_txn *t)
{
	struct h248_span id, segment = { NULL, 0 };
	const char *slash;
	uint64_t v;
	int rc = h248_dec_expect(d, '=');

	if (rc)
		return rc;
	id = d->cur.text;
	slash = memchr(id.p, '/', id.n);
	if (slash) {
		id.n = (uint32_t)(slash - id.p);
		segment.p = slash + 1;
		segment.n = d->cur.text.n - id.n - 1;
	}
	if (d->cur.kind != H248_LEX_WORD || h248_span_uint(id, UINT32_MAX, &v))
		return h248_dec_syntax(d, "a TransactionID");
	t->has_id = true;
	t->id = (uint32_t)v;
	if (segment.p)
		rc = h248_dec_need(d, H248_TOK_SEGMENT);
	if (!rc && segment.p && !segment_number(t, segment))
		rc = h248_dec_syntax(d, "a segment number");
	if (!rc)
		h248_dec_advance(d);
	return rc;
}

static int transaction_reply(struct h248_dec *d, void *node)
{
	struct h248_txn *t = node;
	int rc = segmented_id(d, t);

	if (!rc)
		rc = h248_dec_expect(d, '{');
	if (rc)
		return rc;
	d->is_reply = true;
	if (h248_dec_at_tok(d, H248_TOK_IMM_ACK_REQUIRED)) {
		h248_dec_advance(d);
		t->wants_ack = true;
		rc = h248_dec_expect(d, ',');
		if (rc)
			return rc;
	}
	if (!h248_dec_at_tok(d, H248_TOK_ERROR))
		return actions(d, t);
	if (H248_DEC_NEW(d, t->error))
		return -ENOMEM;
	rc = h248_dec_error(d, t->error);
	return rc ? rc : h248_dec_expect(d, '}');
}

static int transaction_pending(struct h248_dec *d, void *node)
{
	int rc = transaction_id(d, node);

	if (!rc)
		rc = h248_dec_expect(d, '{');
	if (!rc)
		rc = h248_dec_expect(d, '}');
	return rc;
}

/* transactionAck: "7" or "7-9" (one word) */
static int ack_item(struct h248_dec *d, void *node)
{
	struct h248_tid_range ***tail = node, *r;
	struct h248_span s = d->cur.text, last;
	const char *dash = NULL;
	uint64_t from, to;

	if (d->cur.kind != H248_LEX_WORD)
		return h248_dec_syntax(d, "a TransactionID");
	dash = memchr(s.p, '-', s.n);
	last = s;
	if (dash) {
		last = (struct h248_span) { dash + 1,
					    s.n - (uint32_t)(dash - s.p) - 1 };
		s.n = (uint32_t)(dash - s.p);
	}
	if (h248_span_uint(s, UINT32_MAX, &from) ||
	    h248_span_uint(last, UINT32_MAX, &to) || from > to)
		return h248_dec_syntax(d, "TransactionIDs");
	if (H248_DEC_NEW(d, r))
		return -ENOMEM;
	r->first = (uint32_t)from;
	r->last = (uint32_t)to;
	H248_APPEND(*tail, r);
	h248_dec_advance(d);
	return 0;
}

static int transaction_response_ack(struct h248_dec *d, void *node)
{
	struct h248_txn *t = node;
	struct h248_tid_range **tail = &t->acks;

	return h248_dec_block(d, ack_item, &tail);
}

static int message_segment(struct h248_dec *d, void *node)
{
	struct h248_txn *t = node;
	int rc = h248_dec_need(d, H248_TOK_SEGMENT);

	if (!rc)
		rc = segmented_id(d, t);
	if (!rc && !t->segment)
		rc = h248_dec_syntax(d, "a segment number");
	return rc;
}

static const struct {
	enum h248_tok tok;
	enum h248_txn_kind kind;
	enum h248_clause clause;
	h248_dec_rule *rule;
} transactions[] = {
	{ H248_TOK_TRANSACTION, H248_TXN_REQUEST, H248_CLAUSE_REQUEST,
	  transaction_request },
	{ H248_TOK_REPLY, H248_TXN_REPLY, H248_CLAUSE_REPLY,
	  transaction_reply },
	{ H248_TOK_PENDING, H248_TXN_PENDING, H248_CLAUSE_PENDING,
	  transaction_pending },
	{ H248_TOK_RESPONSE_ACK, H248_TXN_ACK, H248_CLAUSE_RESPONSE_ACK,
	  transaction_response_ack },
	{ H248_TOK_SEGMENT, H248_TXN_SEGMENT_ACK, H248_CLAUSE_REPLY,
	  message_segment },
};

/* Find the end of a transaction that could not be read, from its beginning:
 * where the fault was says nothing about braces.  -EPROTO: there is none, or
 * none that can be trusted; nothing of the message is read after it. */
static int resynchronise(struct h248_dec *d, struct h248_lex start)
{
	struct h248_lexeme l;

	d->lex = start;
	d->lex.depth = 0;
	do {
		h248_lex_next(&d->lex, &l);
		if (l.kind == H248_LEX_END || l.kind == H248_LEX_BAD ||
		    l.kind == H248_LEX_DEEP)
			return -EPROTO;
	} while (l.kind != H248_LEX_MARK || l.mark != '{');
	if (h248_lex_skip_block(&d->lex))
		return -EPROTO;
	h248_dec_advance(d);
	return 0;
}

/* One transaction.  Its own fault stays with it; -EPROTO means that nothing
 * behind it can be read. */
static int transaction(struct h248_dec *d, unsigned int which,
		       struct h248_txn ***tail)
{
	struct h248_lex start = h248_dec_here(d);
	struct h248_txn *t;
	int rc;

	if (H248_DEC_NEW(d, t))
		return -ENOMEM;
	t->kind = transactions[which].kind;
	t->at = d->cur.at;
	H248_APPEND(*tail, t);
	d->level = 403;
	d->is_reply = false;
	d->is_audit = false;
	d->is_placed = false;
	h248_dec_advance(d);
	rc = h248_dec_within(d, transactions[which].clause,
			     transactions[which].rule, t);
	d->level = 400;
	d->clause = H248_CLAUSE_MESSAGE;
	if (rc != -EPROTO)
		return rc;
	if (!d->is_placed)
		t->fault = d->err;
	return resynchronise(d, start);
}

static int transaction_list(struct h248_dec *d, struct h248_msg *m)
{
	const unsigned int kinds = sizeof(transactions) / sizeof(*transactions);
	struct h248_txn **tail = &m->txns;
	unsigned int n = 0, i;
	int rc = 0;

	while (d->cur.kind != H248_LEX_END) {
		for (i = 0; i < kinds; i++)
			if (h248_dec_at_tok(d, transactions[i].tok))
				break;
		if (i == kinds)
			return h248_dec_syntax(d, "a transaction");
		if (n++ >= H248_MAX_TXNS)
			return h248_dec_fail(d, 413, "too many transactions");
		rc = transaction(d, i, &tail);
		if (rc)
			break;
	}
	/* What cannot be found again is told by the transaction's fault. */
	return rc == -EPROTO ? 0 : rc;
}

static int message_body(struct h248_dec *d, struct h248_msg *m)
{
	int rc;

	if (d->cur.kind == H248_LEX_END)
		return h248_dec_syntax(d, "a transaction");
	if (!h248_dec_at_tok(d, H248_TOK_ERROR))
		return transaction_list(d, m);
	if (H248_DEC_NEW(d, m->error))
		return -ENOMEM;
	rc = h248_dec_error(d, m->error);
	if (!rc && d->cur.kind != H248_LEX_END)
		rc = h248_dec_syntax(d, "the end");
	if (rc)
		m->error = NULL;
	return rc;
}

int h248_text_dec(struct h248_arena *a, const char *buf, size_t n,
		  struct h248_msg *out)
{
	struct h248_dec d = { .arena = a,
			      .level = 400,
			      .clause = H248_CLAUSE_MESSAGE };
	bool has_header;
	int rc;

	*out = (struct h248_msg) { .arena = a };
	if (n > H248_MAX_MSG_OCTETS)
		return -EMSGSIZE;
	h248_lex_init(&d.lex, buf, (uint32_t)n);
	h248_dec_advance(&d);
	rc = header(&d, out);
	has_header = !rc;
	if (!rc) {
		out->body = body_of(&d);
		rc = message_body(&d, out);
	}
	if (rc == -ENOMEM)
		h248_err_set(&out->fault, 510, d.cur.at,
			     "message needs too much memory");
	else if (rc)
		out->fault = d.err;
	return rc == -EPROTO && has_header ? 0 : rc;
}
