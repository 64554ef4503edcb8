/* test/sim/control.c - see control.h */
#include "test/sim/control.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/span.h"
#include "test/sim/must.h"

#define MS 1000ull

static const char *const term_name[] = { "ip/1/a/1", "ip/1/b/1" };

static struct sim_control *control_of(void *arg)
{
	return ((struct sim_end *)arg)->control;
}

static struct sim_end *other(struct sim_end *e)
{
	struct sim_control *c = e->control;

	return e == &c->gateway ? &c->controller : &c->gateway;
}

static struct sim_asked *find(struct sim_end *e, uint32_t tid)
{
	for (unsigned int i = 0; i < e->n_asked; i++)
		if (e->asked[i].tid == tid)
			return &e->asked[i];
	sim_must(false, "only what was asked is answered and carried out");
	return NULL;
}

/* ---- hooks of the transaction layer ---- */

static uint64_t hash(const char *p, size_t n)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	while (n--)
		h = (h ^ (uint8_t)*p++) * 1099511628211u;
	return h;
}

/* "P=7{...}" of a message that answers; not "PN=7", which is Pending. */
static const char *reply_in(const char *p, size_t n)
{
	return memmem(p, n, "\nP=", 3);
}

/* Always the same answer to a request. */
static void check_reply(struct sim_end *e, const char *p, size_t n)
{
	const char *reply = reply_in(p, n);
	struct sim_asked *a;
	uint64_t h;

	if (!reply)
		return;
	a = find(other(e), (uint32_t)strtoul(reply + 3, NULL, 10));
	h = hash(reply, n - (size_t)(reply - p));
	sim_must(a->n_executed == 1, "what is answered was carried out");
	sim_must(!a->answer || a->answer == h,
		 "the answer to a request does not change");
	a->answer = h;
}

static void on_send(void *arg, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	struct sim_end *e = arg;
	struct sim_control *c = e->control;

	(void)to;
	SIM_TELL(c->now_us, "%s: %.*s",
		 e == &c->gateway ? "gateway" : "controller", (int)n, buf);
	check_reply(e, buf, n);
	c->send(c->arg, e == &c->controller, buf, n, c->now_us);
}

static uint32_t on_random(void *arg)
{
	return sim_any(control_of(arg)->chance);
}

static void executed(struct sim_end *asker, uint32_t tid)
{
	struct sim_asked *a = find(asker, tid);

	sim_must(!a->n_executed++, "a request has at most one effect");
}

static void hold(struct sim_control *c, struct h248_in *in,
		 struct h248_action *reply, uint32_t ms)
{
	sim_must(c->n_held < SIM_HELD, "no more is held than was asked");
	c->held[c->n_held].in = in;
	c->held[c->n_held].reply = reply;
	c->held[c->n_held++].due_us = c->now_us + ms * MS;
}

static const struct sim_order *order_of(struct sim_control *c, uint32_t tid)
{
	size_t i = (size_t)(find(&c->controller, tid) - c->controller.asked);

	return &c->order[i];
}

static void on_order(void *arg, struct h248_in *in, const struct h248_txn *req,
		     const struct h248_msg *msg,
		     const struct sockaddr_storage *from)
{
	struct sim_control *c = control_of(arg);
	const struct sim_order *o = order_of(c, h248_in_tid(in));
	const struct h248_cmd *cmd = req->actions->cmds;

	(void)msg;
	(void)from;
	executed(&c->controller, h248_in_tid(in));
	sim_must(cmd->kind == o->kind &&
			 h248_span_is(cmd->terms->text, term_name[o->leg]),
		 "what arrives is what was ordered");
	c->order_h(c->arg, o->kind, o->leg, c->now_us);
	if (o->answer_ms)
		hold(c, in, req->actions, o->answer_ms);
	else
		h248_in_reply(in, req->actions, c->now_us / MS);
}

static void on_notify(void *arg, struct h248_in *in, const struct h248_txn *req,
		      const struct h248_msg *msg,
		      const struct sockaddr_storage *from)
{
	struct sim_control *c = control_of(arg);
	struct h248_cmd cmd = *req->actions->cmds;
	struct h248_action reply = *req->actions;

	(void)msg;
	(void)from;
	executed(&c->gateway, h248_in_tid(in));
	cmd.descs = NULL;
	reply.cmds = &cmd;
	h248_in_reply(in, &reply, c->now_us / MS);
}

static const struct h248_txn_ops controller_ops = { .send = on_send,
						    .random = on_random,
						    .request = on_notify };
static const struct h248_txn_ops gateway_ops = { .send = on_send,
						 .random = on_random,
						 .request = on_order };

/* ---- asking ---- */

static void done(struct sim_asked *a, int err)
{
	sim_must(!a->n_done++, "who asked learns the outcome once");
	sim_must(err || a->n_executed, "what succeeded was carried out");
	a->err = err;
}

static void on_answer(void *arg, int err, const struct h248_txn *reply)
{
	struct sim_asked *a = arg;

	sim_must(err || reply, "an outcome is an answer or an error");
	done(a, err);
}

static void ask(struct sim_end *e, enum h248_cmd_kind kind, unsigned int leg,
		struct h248_desc *descs)
{
	struct h248_term_id term = { .text = { term_name[leg],
					       strlen(term_name[leg]) } };
	struct h248_cmd cmd = { .kind = kind, .terms = &term, .descs = descs };
	struct h248_action action = { .ctx = H248_CTX_ID,
				      .ctx_id = 1,
				      .cmds = &cmd };
	struct sim_asked *a = &e->asked[e->n_asked];

	sim_must(e->n_asked < SIM_NOTES, "reports end");
	memset(a, 0, sizeof(*a));
	e->n_asked++;
	sim_must(!h248_txns_request(e->txns, &e->peer, &action, on_answer, a,
				    e->control->now_us / MS, &a->tid),
		 "a request can be made");
}

void sim_control_notify(struct sim_control *c, unsigned int leg,
			const char *event, uint64_t now_us)
{
	struct h248_observed_event seen = {
		.timestamp = { "20260115T08300000", 17 },
		.name = { .pkg = { "g", 1 }, .item = { event, strlen(event) } },
	};
	struct h248_observed observed = { .request_id = 1, .list = &seen };
	struct h248_desc desc = { .kind = H248_DESC_OBSERVED };

	desc.u.observed = &observed;
	c->now_us = now_us;
	ask(&c->gateway, H248_CMD_NOTIFY, leg, &desc);
}

/* ---- life ---- */

static struct h248_txns *new_txns(struct sim_end *e, const char *mid,
				  const struct h248_txn_ops *ops)
{
	struct h248_txn_params p = {
		.mid = { .kind = H248_MID_IP4, .text = { mid, strlen(mid) } },
		.version = 3,
		.first_tid = 1,
		.max_stored = SIM_NOTES,
	};

	return h248_txns_new(&p, ops, e);
}

void sim_control_begin(struct sim_control *c)
{
	struct sockaddr_in *in;

	c->controller = (struct sim_end) { .control = c };
	c->gateway = (struct sim_end) { .control = c };
	c->next = c->n_held = 0;
	c->controller.txns =
		new_txns(&c->controller, "192.0.2.1", &controller_ops);
	c->gateway.txns = new_txns(&c->gateway, "192.0.2.20", &gateway_ops);
	sim_must(c->controller.txns && c->gateway.txns, "memory");
	in = (struct sockaddr_in *)&c->controller.peer;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0xc0000214);
	in = (struct sockaddr_in *)&c->gateway.peer;
	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0xc0000201);
}

void sim_control_end(struct sim_control *c)
{
	h248_txns_free(c->controller.txns);
	h248_txns_free(c->gateway.txns);
}

void sim_control_input(struct sim_control *c, bool is_controller, const void *p,
		       size_t n, uint64_t now_us)
{
	struct sim_end *e = is_controller ? &c->controller : &c->gateway;

	c->now_us = now_us;
	h248_txns_input(e->txns, &e->peer, p, n, now_us / MS);
}

/* ---- time ---- */

static bool is_free(const struct sim_control *c)
{
	return !c->controller.n_asked ||
	       c->controller.asked[c->controller.n_asked - 1].n_done;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The layer counts milliseconds. */
static uint64_t next_of(const struct sim_end *e)
{
	uint64_t ms = h248_txns_next(e->txns);

	return ms == UINT64_MAX ? ms : ms * MS;
}

uint64_t sim_control_next(const struct sim_control *c)
{
	uint64_t next = sooner(next_of(&c->controller), next_of(&c->gateway));

	for (unsigned int i = 0; i < c->n_held; i++)
		next = sooner(next, c->held[i].due_us);
	if (c->next < c->n_orders && is_free(c))
		next = sooner(next, c->order[c->next].at_us);
	return next;
}

static void give_answers(struct sim_control *c)
{
	for (unsigned int i = 0; i < c->n_held;) {
		if (c->held[i].due_us > c->now_us) {
			i++;
			continue;
		}
		h248_in_reply(c->held[i].in, c->held[i].reply, c->now_us / MS);
		c->held[i] = c->held[--c->n_held];
	}
}

void sim_control_tick(struct sim_control *c, uint64_t now_us)
{
	const struct sim_order *o = &c->order[c->next];

	c->now_us = now_us;
	give_answers(c);
	if (c->next < c->n_orders && is_free(c) && o->at_us <= now_us) {
		c->next++;
		ask(&c->controller, o->kind, o->leg, NULL);
	}
	if (next_of(&c->controller) <= now_us)
		h248_txns_tick(c->controller.txns, now_us / MS);
	if (next_of(&c->gateway) <= now_us)
		h248_txns_tick(c->gateway.txns, now_us / MS);
}

static void check_end(const struct sim_end *e, bool is_lossless)
{
	sim_must(h248_txns_next(e->txns) == UINT64_MAX,
		 "in the end nothing is left to do");
	for (unsigned int i = 0; i < e->n_asked; i++) {
		sim_must(e->asked[i].n_done == 1, "who asked was told");
		sim_must(!is_lossless || !e->asked[i].err,
			 "without loss every request is answered");
	}
}

void sim_control_check(const struct sim_control *c, bool is_lossless)
{
	check_end(&c->controller, is_lossless);
	check_end(&c->gateway, is_lossless);
}
