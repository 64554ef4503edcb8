/*
 * test/fuzz/fuzz_h248_txn.c - hostile datagrams against transactions
 *
 * The input is a row of datagrams, an octet 0xff between two.  Requests are
 * answered at once, later or never, as their id says.  An authentication header
 * may be there and must then be right (key 1 of zeros).  Whatever comes: one
 * datagram brings at most one more answer than it has transactions, and after
 * all timers nothing is left to do.
 */
#include <stdlib.h>
#include <string.h>

#include "h248/txn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { HELD = 64, MAX_ANSWERS = H248_MAX_TXNS + 1 };

struct peer {
	struct h248_txns *txns;
	struct h248_in *held[HELD];
	unsigned int n_held;
	unsigned int n_sent; /* since the last datagram */
	uint64_t now_ms;
	uint32_t random;
};

static void on_send(void *arg, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	struct peer *p = arg;

	(void)to;
	if (!n || n > H248_MAX_MSG_OCTETS || !memchr(buf, '[', n))
		abort();
	p->n_sent++;
}

static uint32_t on_random(void *arg)
{
	struct peer *p = arg;

	return p->random = p->random * 1664525u + 1013904223u;
}

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct peer *p = arg;

	(void)msg;
	(void)from;
	/* What stands before a fault comes here together with it. */
	if (!req->has_id || (req->fault.code && !req->actions))
		abort();
	if (h248_in_tid(in) % 3 == 0 && p->n_held < HELD)
		p->held[p->n_held++] = in;
	else if (h248_in_tid(in) % 3 == 1)
		h248_in_fail(in, 430, NULL, p->now_ms);
	else
		h248_in_reply(in, req->actions, p->now_ms);
}

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	(void)arg;
	if (!err && !reply)
		abort();
}

static void run(struct peer *p, uint64_t ms)
{
	p->now_ms += ms;
	h248_txns_tick(p->txns, p->now_ms);
	if (h248_txns_next(p->txns) <= p->now_ms)
		abort();
}

static void feed(struct peer *p, const uint8_t *data, size_t n)
{
	struct sockaddr_storage from = { .ss_family = AF_INET };

	while (n) {
		const uint8_t *end = memchr(data, 0xff, n);
		size_t one = end ? (size_t)(end - data) : n;

		p->n_sent = 0;
		h248_txns_input(p->txns, &from, (const char *)data, one,
				p->now_ms);
		if (p->n_sent > MAX_ANSWERS)
			abort();
		run(p, 700);
		data += one;
		n -= one;
		if (n) {
			data++;
			n--;
		}
	}
}

/* Sequence numbers are no state that could outlive an input: no window. */
static struct h248_authenticator *auth(void)
{
	static const struct h248_auth_params p = {
		.mode = H248_AUTH_ACCEPT,
		.key = { { .spi = 1, .alg = H248_AUTH_MD5_96, .n = 16 } },
		.n_keys = 1,
	};
	static struct h248_authenticator *a;

	if (!a && h248_auth_new(&p, &a))
		abort();
	return a;
}

static void on_local(void *arg, const struct sockaddr_storage *peer,
		     struct sockaddr_storage *out)
{
	(void)arg;
	*out = *peer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct h248_txn_ops ops = { .send = on_send,
						 .random = on_random,
						 .local = on_local,
						 .request = on_request };
	struct h248_txn_params params = {
		.mid = { .kind = H248_MID_IP4, .text = { "192.0.2.20", 10 } },
		.version = 3,
		.first_tid = 1,
		.pending_limit = 3,
		.max_stored = 16,
		.auth = auth(),
	};
	struct h248_cmd audit = { .kind = H248_CMD_AUDIT_VALUE };
	struct h248_term_id root = { .text = { "ROOT", 4 }, .is_root = true };
	struct h248_action action = { .ctx = H248_CTX_NULL, .cmds = &audit };
	struct sockaddr_storage to = { .ss_family = AF_INET };
	struct peer p = { .now_ms = 1 };

	audit.terms = &root;
	p.txns = h248_txns_new(&params, &ops, &p);
	if (!p.txns)
		return 0;
	for (int i = 0; i < 4; i++)
		h248_txns_request(p.txns, &to, &action, on_reply, &p, p.now_ms,
				  NULL);
	feed(&p, data, n);
	for (unsigned int i = 0; i < p.n_held; i++)
		h248_in_reply(p.held[i], NULL, p.now_ms);
	for (int i = 0; i < 200 && h248_txns_next(p.txns) != UINT64_MAX; i++)
		run(&p, 1000);
	if (h248_txns_next(p.txns) != UINT64_MAX)
		abort();
	h248_txns_free(p.txns);
	return 0;
}
