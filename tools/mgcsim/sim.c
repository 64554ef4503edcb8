/* mgcsim/sim.c - one H.248 endpoint that plays a controller */
#include "tools/mgcsim/sim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "h248/build.h"
#include "h248/span.h"
#include "tools/mgcsim/summary.h"
#include "tools/mgcsim/tree.h"

uint64_t sim_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* After every call of the transaction layer: its next date may have moved. */
static void rearm(struct sim *sim)
{
	uint64_t next = h248_txns_next(sim->txns);
	uint64_t now = sim_now_ms();
	struct timeval tv = { 0, 0 };

	if (next == UINT64_MAX) {
		event_del(sim->timer);
		return;
	}
	if (next > now) {
		tv.tv_sec = (time_t)((next - now) / 1000);
		tv.tv_usec = (suseconds_t)((next - now) % 1000 * 1000);
	}
	event_add(sim->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct sim *sim = arg;

	(void)fd;
	(void)what;
	h248_txns_tick(sim->txns, sim_now_ms());
	rearm(sim);
	sim->wake(sim->arg);
}

static struct sim_msg *keep(struct sim *sim, enum sim_kind kind, uint32_t tid)
{
	struct sim_msg *msg = calloc(1, sizeof(*msg));

	if (!msg)
		return NULL;
	msg->kind = kind;
	msg->tid = tid;
	TAILQ_INSERT_TAIL(&sim->inbox, msg, entry);
	return msg;
}

void sim_forget(struct sim *sim, struct sim_msg *msg)
{
	TAILQ_REMOVE(&sim->inbox, msg, entry);
	xmlFreeDoc(msg->doc);
	free(msg);
}

/* The hooks of the transaction layer. */

static void send_message(void *arg, const struct sockaddr_storage *to,
			 const char *buf, size_t n)
{
	struct sim *sim = arg;

	h248_transport_send(&sim->transport, to, buf, n);
}

static uint32_t random32(void *arg)
{
	(void)arg;
	return (uint32_t)random();
}

static void local_address(void *arg, const struct sockaddr_storage *peer,
			  struct sockaddr_storage *out)
{
	struct sim *sim = arg;

	h248_transport_local_to(&sim->transport, peer, out);
}

static void trace(void *arg, bool is_out, const struct sockaddr_storage *peer,
		  const char *buf, size_t n)
{
	struct sim *sim = arg;
	struct record_msg msg = {
		.at_ms = sim_now_ms() - sim->start_ms,
		.is_out = is_out,
		.peer = *peer,
		.octets = (char *)buf,
		.n = n,
	};

	summary_print(stdout, msg.at_ms, is_out, buf, n);
	record_add(&sim->record, &msg);
	if (sim->params.log) {
		fprintf(sim->params.log, "; %s\n%.*s\n",
			is_out ? "sent" : "got", (int)n, buf);
		fflush(sim->params.log);
	}
}

/* The same commands come back, each with its termination and nothing else. */
static struct h248_cmd *echo_cmd(struct h248_arena *a,
				 const struct h248_cmd *req)
{
	struct h248_span none = { "ROOT", 4 };

	return h248_cmd_new(a, req->kind, req->terms ? req->terms->text : none);
}

static void timestamp(struct h248_arena *a, struct h248_span *out)
{
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	*out = h248_arena_printf(a, "%04d%02d%02dT%02d%02d%02d%02d",
				 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
				 tm.tm_hour, tm.tm_min, tm.tm_sec,
				 (int)(ts.tv_nsec / 10000000));
}

static const struct h248_services *services_of(const struct h248_cmd *cmd)
{
	for (const struct h248_desc *d = cmd->descs; d; d = d->next)
		if (d->kind == H248_DESC_SERVICES)
			return d->u.services;
	return NULL;
}

/* The version both sides speak from now on (H.248.1 clause 11.3). */
static uint8_t agree(const struct sim *sim, const struct h248_services *s)
{
	uint8_t offered = s->version ? s->version : 1;

	return offered < sim->params.version ? offered : sim->params.version;
}

static struct h248_desc *services_reply(struct sim *sim, struct h248_arena *a,
					const struct h248_services *req)
{
	struct h248_desc *desc = h248_desc_new(a, H248_DESC_SERVICES);
	struct h248_services *s = H248_NEW(a, struct h248_services);

	if (!desc || !s)
		return NULL;
	s->version = req->version ? agree(sim, req) : 0;
	s->profile = req->profile;
	s->profile_version = req->profile_version;
	timestamp(a, &s->timestamp);
	desc->u.services = s;
	return desc;
}

/* A ServiceChange of ROOT is a registration, except when it says goodbye. */
static const struct h248_services *registration_of(const struct h248_txn *req)
{
	const struct h248_cmd *cmd = req->actions ? req->actions->cmds : NULL;
	const struct h248_services *s;

	if (!cmd || cmd->kind != H248_CMD_SERVICE_CHANGE || !cmd->terms ||
	    !cmd->terms->is_root)
		return NULL;
	s = services_of(cmd);
	if (!s || s->method == H248_SC_FORCED || s->method == H248_SC_GRACEFUL)
		return NULL;
	return s;
}

static struct h248_action *answer(struct sim *sim, struct h248_arena *a,
				  const struct h248_txn *req)
{
	struct h248_action *list = NULL, **tail = &list;

	for (const struct h248_action *r = req->actions; r; r = r->next) {
		struct h248_action *action =
			h248_action_new(a, r->ctx, r->ctx_id);
		struct h248_cmd **cmds = action ? &action->cmds : NULL;

		for (const struct h248_cmd *c = r->cmds; cmds && c;
		     c = c->next) {
			const struct h248_services *s = services_of(c);
			struct h248_cmd *cmd = echo_cmd(a, c);

			if (cmd && s)
				cmd->descs = services_reply(sim, a, s);
			H248_APPEND(cmds, cmd);
		}
		H248_APPEND(tail, action);
	}
	return list;
}

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct sim *sim = arg;
	struct sim_msg *kept = keep(sim, SIM_REQUEST, req->id);
	const struct h248_services *s = registration_of(req);
	uint8_t version = s ? agree(sim, s) : 0; /* req goes with its answer */
	struct h248_arena *a = h248_arena_new(0);

	(void)msg;
	sim->is_taken = true;
	if (kept) {
		kept->doc = tree_of_txn(req);
		kept->is_registration = version;
	}
	if (version || sim->params.is_manual)
		sim->peer = *from;
	if (kept && sim->params.is_manual)
		kept->in = in;
	else if (a)
		h248_in_reply(in, answer(sim, a, req), sim_now_ms());
	else
		h248_in_fail(in, 510, NULL, sim_now_ms());
	if (version) {
		sim->is_registered = true;
		sim->n_registrations++;
		h248_txns_set_version(sim->txns, version);
	}
	h248_arena_free(a);
}

/* A request of ours that is out. */
struct asked {
	struct sim *sim;
	uint32_t tid;
};

static void on_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct asked *asked = arg;
	struct sim_msg *msg = keep(asked->sim, SIM_REPLY, asked->tid);

	asked->sim->is_taken = true;
	if (msg) {
		msg->err = err;
		msg->doc = reply ? tree_of_txn(reply) : NULL;
	}
	free(asked);
}

/* Errors about messages nobody could attribute, e.g. "ER=400". */
static void keep_other(struct sim *sim, const char *buf, size_t n)
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
	kept = keep(sim, SIM_OTHER, txn ? txn->id : 0);
	if (kept)
		kept->doc = msg.error ? tree_of_error(&msg) : tree_of_txn(txn);
out:
	h248_arena_free(a);
}

static void on_message(void *arg, const struct sockaddr_storage *from,
		       const char *buf, size_t n)
{
	struct sim *sim = arg;

	sim->is_taken = false;
	h248_txns_input(sim->txns, from, buf, n, sim_now_ms());
	if (!sim->is_taken)
		keep_other(sim, buf, n);
	rearm(sim);
	sim->wake(sim->arg);
}

/* What stands inside T=n{...}, decoded as part of a message of ours. */
static int read_actions(struct h248_arena *a, const char *actions,
			struct h248_action **out, struct h248_err *err)
{
	struct h248_span text =
		h248_arena_printf(a, "!/3 [127.0.0.1]\nT=1{%s}\n", actions);
	struct h248_msg msg = { 0 };
	int rc;

	if (!text.p)
		return -ENOMEM;
	rc = h248_text_dec(a, text.p, text.n, &msg);
	*err = msg.fault;
	if (!err->code && msg.txns)
		*err = msg.txns->fault;
	for (struct h248_action *x = msg.txns ? msg.txns->actions : NULL;
	     x && !err->code; x = x->next) {
		*err = x->fault;
		for (struct h248_cmd *c = x->cmds; c && !err->code; c = c->next)
			*err = c->fault;
	}
	if (rc || err->code || !msg.txns || !msg.txns->actions)
		return rc && rc != -EPROTO ? rc : -EPROTO;
	/* The header stood in a line of its own. */
	*out = msg.txns->actions;
	return 0;
}

int sim_send(struct sim *sim, const char *actions, uint32_t *tid,
	     struct h248_err *err)
{
	struct h248_arena *a = h248_arena_new(0);
	struct asked *asked = calloc(1, sizeof(*asked));
	struct h248_action *list = NULL;
	int rc = -ENOMEM;

	memset(err, 0, sizeof(*err));
	if (!a || !asked)
		goto out;
	rc = -ENOTCONN;
	if (!sim->peer.ss_family)
		goto out;
	rc = read_actions(a, actions, &list, err);
	if (rc)
		goto out;
	asked->sim = sim;
	rc = h248_txns_request(sim->txns, &sim->peer, list, on_reply, asked,
			       sim_now_ms(), &asked->tid);
	if (rc)
		goto out;
	*tid = asked->tid;
	asked = NULL;
	rearm(sim);
out:
	free(asked);
	h248_arena_free(a);
	return rc;
}

int sim_send_raw(struct sim *sim, const char *octets, size_t n)
{
	if (!sim->peer.ss_family)
		return -ENOTCONN;
	trace(sim, true, &sim->peer, octets, n);
	return h248_transport_send(&sim->transport, &sim->peer, octets, n);
}

int sim_reply(struct sim *sim, struct sim_msg *msg, const char *actions,
	      struct h248_err *err)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_action *list = NULL;
	int rc = a ? read_actions(a, actions, &list, err) : -ENOMEM;

	if (!rc) {
		h248_in_reply(msg->in, list, sim_now_ms());
		msg->in = NULL;
		rearm(sim);
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

static const struct h248_transport_hooks HOOKS = { .recv = on_message };

/* "[192.0.2.1]:2944" of the address that was bound. */
static void mid_of(const struct sockaddr_storage *ss, char *buf, size_t cap)
{
	const struct sockaddr_in *in4 = (const void *)ss;
	const struct sockaddr_in6 *in6 = (const void *)ss;
	char host[INET6_ADDRSTRLEN];

	if (ss->ss_family == AF_INET)
		inet_ntop(AF_INET, &in4->sin_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	/* The port has the same place in both. */
	snprintf(buf, cap, "[%s]:%u", host, ntohs(in4->sin_port));
}

static int open_txns(struct sim *sim)
{
	struct h248_txn_params p = {
		.version = sim->params.version,
		.style.is_long = sim->params.is_long,
		.auth = sim->params.auth,
		.max_txns_per_msg = 10,
		.first_tid = 1000,
		.retransmit_ms = 500,
		.retransmit_max_ms = 4000,
		.t_max_ms = 25000,
		.long_timer_ms = 30000,
		.provisional_ms = 2000,
	};

	if (h248_mid_dec(h248_span_of(sim->params.mid), &p.mid))
		return -EINVAL;
	sim->txns = h248_txns_new(&p, &OPS, sim);
	if (!sim->txns)
		return -ENOMEM;
	/* Until a registration agrees on another. */
	h248_txns_set_version(sim->txns, 1);
	return 0;
}

int sim_init(struct sim *sim, const struct sim_params *params,
	     struct event_base *base)
{
	struct h248_transport_params tp = {
		.kind = params->is_tcp ? H248_TRANSPORT_TCP_LISTEN :
					 H248_TRANSPORT_UDP,
		.local = params->listen,
		.tls = params->tls,
	};
	int rc;

	memset(sim, 0, sizeof(*sim));
	sim->params = *params;
	sim->base = base;
	sim->start_ms = sim_now_ms();
	TAILQ_INIT(&sim->inbox);
	sim->timer = evtimer_new(base, on_timer, sim);
	if (!sim->timer)
		return -ENOMEM;
	rc = h248_transport_open(&tp, base, &HOOKS, sim, &sim->transport);
	if (rc)
		return rc;
	if (!sim->params.mid[0])
		mid_of(h248_transport_local(&sim->transport), sim->params.mid,
		       sizeof(sim->params.mid));
	return open_txns(sim);
}

void sim_fini(struct sim *sim)
{
	if (sim->txns)
		h248_txns_free(sim->txns);
	while (!TAILQ_EMPTY(&sim->inbox))
		sim_forget(sim, TAILQ_FIRST(&sim->inbox));
	record_fini(&sim->record);
	h248_transport_close(&sim->transport);
	if (sim->timer)
		event_free(sim->timer);
}
