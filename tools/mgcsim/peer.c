/* mgcsim/peer.c - see peer.h */
#include "tools/mgcsim/peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/addr.h"
#include "h248/span.h"
#include "tools/mgcsim/answer.h"
#include "tools/mgcsim/rule.h"
#include "tools/mgcsim/timeval.h"
#include "tools/mgcsim/tree.h"

/* After every call of the transaction layer: its next date may have moved. */
void peer_rearm(struct sim_peer *peer)
{
	uint64_t next = h248_txns_next(peer->txns);
	uint64_t now = sim_now_ms();
	struct timeval tv;

	if (next == UINT64_MAX) {
		event_del(peer->timer);
		return;
	}
	tv = sim_timeval(next > now ? (next - now) * 1000 : 0);
	event_add(peer->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct sim_peer *peer = arg;

	(void)fd;
	(void)what;
	h248_txns_tick(peer->txns, sim_now_ms());
	peer_rearm(peer);
	users_wake(peer->sim);
}

static struct sim_msg *msg_new(struct sim_peer *peer, enum sim_kind kind,
			       const struct h248_txn *txn)
{
	const struct h248_action *first = txn ? txn->actions : NULL;
	struct sim_msg *msg = calloc(1, sizeof(*msg));

	if (!msg)
		return NULL;
	msg->kind = kind;
	msg->peer = peer;
	msg->at_us = sim_now_us();
	msg->number = peer->sim->received;
	if (!txn)
		return msg;
	msg->tid = txn->id;
	msg->ctx = first && first->ctx == H248_CTX_ID ? first->ctx_id : 0;
	msg->doc = tree_of_txn(txn);
	return msg;
}

/* The hooks of the transaction layer. */

static void send_message(void *arg, const struct sockaddr_storage *to,
			 const char *buf, size_t n)
{
	struct sim_peer *peer = arg;

	sim_put(peer->sim, to, buf, n);
}

static uint32_t random32(void *arg)
{
	(void)arg;
	return (uint32_t)random();
}

static void local_address(void *arg, const struct sockaddr_storage *addr,
			  struct sockaddr_storage *out)
{
	struct sim_peer *peer = arg;

	h248_transport_local_to(&peer->sim->transport, addr, out);
}

static void trace(void *arg, bool is_out, const struct sockaddr_storage *addr,
		  const char *buf, size_t n)
{
	struct sim_peer *peer = arg;

	sim_trace(peer->sim, is_out, addr, buf, n);
}

void peer_set_version(struct sim_peer *peer, uint8_t version)
{
	h248_txns_set_version(peer->txns, version);
}

static void note_mid(struct sim_peer *peer)
{
	const struct h248_mid *mid = h248_txns_sender(peer->txns);

	if (mid)
		h248_mid_enc(mid, peer->mid, sizeof(peer->mid));
}

/* It has us from now on, in the version that was agreed. */
static void registered(struct sim_peer *peer,
		       const struct sockaddr_storage *from, uint8_t version)
{
	note_mid(peer);
	peer->addr = *from;
	peer->is_registered = true;
	peer_set_version(peer, version);
	users_ready(peer->sim);
}

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct sim_peer *peer = arg;
	struct sim *sim = peer->sim;
	struct sim_msg *kept = msg_new(peer, SIM_REQUEST, req);
	uint8_t version = answer_version(sim, req); /* req goes with `in` */
	struct sim_user *user = user_of(sim, peer, kept ? kept->ctx : 0);

	(void)msg;
	sim->is_taken = true;
	sim->speaker = user ? user->number : 0;
	record_tag(&sim->record, sim->received, sim->speaker);
	if (kept)
		kept->is_registration = version;
	if (kept && rule_answer(sim, kept, in, req))
		;
	else if (kept && sim->params.is_manual)
		kept->in = in;
	else
		answer_request(sim, in, req);
	if (kept)
		user_deliver(sim, user, kept);
	if (version)
		registered(peer, from, version);
	sim->speaker = 0;
}

static void own_contexts(struct sim_user *user, struct sim_peer *peer,
			 const struct h248_txn *reply)
{
	for (const struct h248_action *a = reply->actions; a; a = a->next)
		if (a->ctx == H248_CTX_ID)
			user_own(user, peer, a->ctx_id);
}

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct sim_asked *asked = arg;
	struct sim_user *user = asked->user;
	struct sim_msg *msg;

	asked->peer->sim->is_taken = true;
	note_mid(asked->peer);
	if (user) {
		msg = msg_new(asked->peer, SIM_REPLY, reply);
		record_tag(&user->sim->record, user->sim->received,
			   user->number);
		if (msg) {
			msg->tid = asked->tid;
			msg->err = err;
			user_deliver(user->sim, user, msg);
		}
		if (reply)
			own_contexts(user, asked->peer, reply);
		LIST_REMOVE(asked, entry);
	}
	free(asked);
}

/* Errors about messages nobody could attribute, e.g. "ER=400". */
static void keep_other(struct sim_peer *peer, const char *buf, size_t n)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg msg = { 0 };
	struct sim_msg *kept;
	const struct h248_txn *txn;

	if (!a || h248_text_dec(a, buf, n, &msg))
		goto out;
	txn = msg.txns;
	if (!msg.error && (!txn || txn->kind != H248_TXN_REPLY))
		goto out;
	kept = msg_new(peer, SIM_OTHER, msg.error ? NULL : txn);
	if (!kept)
		goto out;
	if (msg.error)
		kept->doc = tree_of_error(&msg);
	if (peer->sim->came_to)
		tree_note_port(kept->doc,
			       h248_addr_port_of(peer->sim->came_to));
	user_deliver(peer->sim, user_of(peer->sim, peer, kept->ctx), kept);
out:
	h248_arena_free(a);
}

void peer_input(struct sim_peer *peer, const struct sockaddr_storage *from,
		const char *buf, size_t n)
{
	peer->sim->is_taken = false;
	h248_txns_input(peer->txns, from, buf, n, sim_now_ms());
	if (!peer->sim->is_taken)
		keep_other(peer, buf, n);
	peer_rearm(peer);
}

static const struct h248_err *fault_of(const struct h248_txn *txn)
{
	for (const struct h248_action *a = txn->actions; a; a = a->next) {
		if (a->fault.code)
			return &a->fault;
		for (const struct h248_cmd *c = a->cmds; c; c = c->next)
			if (c->fault.code)
				return &c->fault;
	}
	return &txn->fault;
}

int peer_read_actions(struct h248_arena *a, bool is_reply, const char *actions,
		      struct h248_action **out, struct h248_err *err)
{
	struct h248_span text =
		h248_arena_printf(a, "!/3 [127.0.0.1]\n%s=1{%s}\n",
				  is_reply ? "P" : "T", actions);
	struct h248_msg msg = { 0 };
	int rc;

	memset(err, 0, sizeof(*err));
	if (!text.p)
		return -ENOMEM;
	rc = h248_text_dec(a, text.p, text.n, &msg);
	*err = msg.fault;
	if (!err->code && msg.txns)
		*err = *fault_of(msg.txns);
	if (err->at.line) /* the header stood in a line of its own */
		err->at.line--;
	if (rc || err->code || !msg.txns || !msg.txns->actions)
		return rc && rc != -EPROTO ? rc : -EPROTO;
	*out = msg.txns->actions;
	return 0;
}

int peer_send(struct sim_peer *peer, struct sim_user *user, const char *actions,
	      uint32_t *tid, struct h248_err *err)
{
	struct h248_arena *a = h248_arena_new(0);
	struct sim_asked *asked = calloc(1, sizeof(*asked));
	struct h248_action *list = NULL;
	int rc = a && asked ? peer_read_actions(a, false, actions, &list, err) :
			      -ENOMEM;

	if (rc)
		goto out;
	asked->user = user;
	asked->peer = peer;
	peer->sim->speaker = user->number;
	rc = h248_txns_request(peer->txns, &peer->addr, list, on_reply, asked,
			       sim_now_ms(), &asked->tid);
	peer->sim->speaker = 0;
	if (rc)
		goto out;
	*tid = asked->tid;
	LIST_INSERT_HEAD(&user->asked, asked, entry);
	asked = NULL;
	peer_rearm(peer);
out:
	free(asked);
	h248_arena_free(a);
	return rc;
}

int peer_reply(struct sim_user *user, struct sim_msg *msg, const char *actions,
	       struct h248_err *err)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_action *list = NULL;
	int rc = a ? peer_read_actions(a, true, actions, &list, err) : -ENOMEM;

	if (!rc) {
		user->sim->speaker = user->number;
		h248_in_reply(msg->in, list, sim_now_ms());
		user->sim->speaker = 0;
		msg->in = NULL;
		peer_rearm(msg->peer);
	}
	h248_arena_free(a);
	return rc;
}

static const struct h248_txn_ops OPS = {
	.send = send_message,
	.random = random32,
	.local = local_address,
	.request = on_request,
	.trace = trace,
};

static struct h248_txns *txns_new(struct sim_peer *peer)
{
	const struct sim_params *sp = &peer->sim->params;
	struct h248_txn_params p = {
		.version = sp->version,
		.style.is_long = sp->is_long,
		.auth = sp->auth,
		.is_reliable = sp->is_tcp,
		.max_txns_per_msg = 10,
		.first_tid = 1000,
		.retransmit_ms = 500,
		.retransmit_max_ms = 4000,
		.t_max_ms = 25000,
		.long_timer_ms = 30000,
		.provisional_ms = 2000,
	};

	if (h248_mid_dec(h248_span_of(sp->mid), &p.mid))
		return NULL;
	return h248_txns_new(&p, &OPS, peer);
}

struct sim_peer *peer_new(struct sim *sim, const struct sockaddr_storage *addr,
			  const char *mid)
{
	struct sim_peer *peer =
		sim->n_peers < SIM_MAX_PEERS ? calloc(1, sizeof(*peer)) : NULL;

	if (!peer)
		return NULL;
	peer->sim = sim;
	peer->addr = *addr;
	snprintf(peer->mid, sizeof(peer->mid), "%s", mid);
	peer->txns = txns_new(peer);
	peer->timer = evtimer_new(sim->base, on_timer, peer);
	TAILQ_INSERT_TAIL(&sim->peers, peer, entry);
	sim->n_peers++;
	if (!peer->txns || !peer->timer) {
		peer_free(peer);
		return NULL;
	}
	/* Until a registration agrees on another. */
	h248_txns_set_version(peer->txns, 1);
	return peer;
}

void peer_free(struct sim_peer *peer)
{
	if (peer->txns)
		h248_txns_free(peer->txns);
	if (peer->timer)
		event_free(peer->timer);
	TAILQ_REMOVE(&peer->sim->peers, peer, entry);
	peer->sim->n_peers--;
	free(peer);
}
