/*
 * h248/assoc.c - see assoc.h: the state machine
 *
 *	IDLE         -start->          WAITING
 *	WAITING      -timer->          REGISTERING (first of the list)
 *	REGISTERING  -accepted->       ACTIVE
 *	             -redirected->     REGISTERING (the one named)
 *	             -refused, silent->REGISTERING (next of the list),
 *	                               after the last one WAITING
 *	ACTIVE       -lost->           REGISTERING (the same one first)
 *	             -hand-off->       REGISTERING (the one named)
 *	             -taken back->     ACTIVE (assoc_return.c)
 *	             -stop->           LEAVING
 *	LEAVING      -answer, timer->  IDLE
 *	any          -stop->           IDLE
 *
 * What a registration says follows from its target (assoc_change.c): a new
 * gateway, one that returns, one that lost its controller, one that was sent
 * on (H.248.1 clauses 11.2, 11.5 and 11.6).
 */
#include "h248/assoc.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "h248/addr.h"
#include "h248/assoc_int.h"

enum {
	MAX_REDIRECTS = 4, /* between two controllers of the list */
	MIN_PASS_MS = 200, /* between two passes through the list */
};

/* A request of the gateway: its outcome tells whether somebody is there. */
struct user_request {
	struct h248_assoc *a;
	h248_reply_h *cb;
	void *arg;
};

#define EV(e) (1u << AEV_##e)
static const unsigned int legal[H248_ASSOC__COUNT] = {
	[H248_ASSOC_IDLE] = EV(START) | EV(STOP),
	[H248_ASSOC_WAITING] = EV(TIMER) | EV(STOP),
	[H248_ASSOC_REGISTERING] = EV(ACCEPTED) | EV(REDIRECTED) | EV(REFUSED) |
				   EV(NO_ANSWER) | EV(STOP),
	[H248_ASSOC_ACTIVE] = EV(LOST) | EV(HANDOFF) | EV(STOP),
	[H248_ASSOC_LEAVING] = EV(ACCEPTED) | EV(REDIRECTED) | EV(REFUSED) |
			       EV(NO_ANSWER) | EV(TIMER) | EV(STOP),
};
#undef EV

static const char *const ev_name[AEV__COUNT] = {
	[AEV_START] = "start",           [AEV_STOP] = "stop",
	[AEV_TIMER] = "timer",           [AEV_ACCEPTED] = "accepted",
	[AEV_REDIRECTED] = "redirected", [AEV_REFUSED] = "refused",
	[AEV_NO_ANSWER] = "no answer",   [AEV_LOST] = "controller lost",
	[AEV_HANDOFF] = "handed off",
};

const char *h248_assoc_state_name(enum h248_assoc_state s)
{
	static const char *const name[H248_ASSOC__COUNT] = {
		[H248_ASSOC_IDLE] = "idle",
		[H248_ASSOC_WAITING] = "waiting",
		[H248_ASSOC_REGISTERING] = "registering",
		[H248_ASSOC_ACTIVE] = "active",
		[H248_ASSOC_LEAVING] = "leaving",
	};

	return name[s];
}

void h248_assoc_say(struct h248_assoc *a, int priority, const char *text)
{
	if (a->ops->txn.log)
		a->ops->txn.log(a->arg, priority, text);
}

/* The only writer of the state.  The last thing a transition does, because
 * the hook may call back. */
void h248_assoc_enter(struct h248_assoc *a, enum h248_assoc_state to,
		      const char *why)
{
	enum h248_assoc_state from = a->state;
	char line[192];

	snprintf(line, sizeof(line), "association: %s -> %s: %s",
		 h248_assoc_state_name(from), h248_assoc_state_name(to), why);
	a->state = to;
	h248_assoc_say(a, LOG_NOTICE, line);
	if (a->ops->state)
		a->ops->state(a->arg, from, to, why);
}

/* Registering. */

static void on_change_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct h248_assoc *a = arg;
	struct assoc_verdict v = { .ev = AEV_NO_ANSWER };

	if (err == -ECANCELED)
		return;
	if (err)
		snprintf(v.why, sizeof(v.why), "no answer");
	else
		h248_assoc_judge(a, &a->target, reply, &v);
	if (v.misfit) {
		a->misfit = a->target;
		a->misfit_code = v.misfit;
	}
	h248_assoc_event(a, v.ev, &v);
}

static void wait_before_pass(struct h248_assoc *a, uint32_t min_ms,
			     const char *why)
{
	uint32_t wait = a->ops->txn.random(a->arg) % (a->p.mwd_ms + 1ull);

	a->current = 0;
	a->n_redirects = 0;
	a->is_handoff = false;
	a->timer_ms = a->now_ms + (wait > min_ms ? wait : min_ms);
	h248_assoc_enter(a, H248_ASSOC_WAITING, why);
}

/* Headers say version 1 until one is agreed, so that any controller can read
 * the offer; unless it wants it otherwise. */
uint8_t h248_assoc_offer_version(const struct h248_assoc *a)
{
	return a->p.offers_in_header ? a->p.txn.version : 1;
}

static void ask(struct h248_assoc *a, const struct sockaddr_storage *target,
		const char *why)
{
	int rc;

	a->target = *target;
	a->timer_ms = UINT64_MAX;
	h248_txns_set_version(a->txns, h248_assoc_offer_version(a));
	rc = h248_assoc_offer(a, h248_assoc_offer_to(a), target,
			      on_change_reply, a, &a->tid);
	if (rc)
		wait_before_pass(a, MIN_PASS_MS, strerror(-rc));
	else
		h248_assoc_enter(a, H248_ASSOC_REGISTERING, why);
}

static void ask_next(struct h248_assoc *a, const char *why)
{
	a->n_redirects = 0;
	a->is_handoff = false;
	if (++a->current < a->p.n_controllers)
		ask(a, &a->p.controllers[a->current], why);
	else
		wait_before_pass(a, MIN_PASS_MS, why);
}

static void ask_named(struct h248_assoc *a, const struct assoc_verdict *v)
{
	if (++a->n_redirects > MAX_REDIRECTS)
		ask_next(a, "too many redirections");
	else
		ask(a, &v->address, v->why);
}

/* Requests that waited for the old controller go to the new one (D.1.4); the
 * same one gets them again at once. */
void h248_assoc_belong(struct h248_assoc *a, const struct sockaddr_storage *to,
		       const struct assoc_verdict *v)
{
	struct sockaddr_storage old = a->mgc;
	bool had_mgc = a->has_mgc;

	a->asked = *to;
	a->mgc = v->address.ss_family ? v->address : *to;
	memcpy(a->mgc_mid, v->mid, sizeof(a->mgc_mid));
	a->has_mgc = true;
	a->was_sent = a->is_handoff || a->n_redirects;
	a->is_handoff = false;
	a->has_lost = false;
	if (h248_addr_is_same_host(&a->misfit, to))
		a->misfit_code = 0;
	a->version = v->version;
	h248_txns_set_version(a->txns, v->version);
	h248_txns_renew(a->txns);
	if (had_mgc)
		h248_txns_move(a->txns, &old, &a->mgc, a->now_ms);
}

static void accept_us(struct h248_assoc *a, const struct assoc_verdict *v)
{
	h248_assoc_belong(a, &a->target, v);
	h248_assoc_enter(a, H248_ASSOC_ACTIVE, v->why);
}

/* Whoever is asked now, the first controller is not asked beside it. */
static void stop_returning(struct h248_assoc *a)
{
	if (a->back_tid)
		h248_txns_cancel_tid(a->txns, a->back_tid);
}

/* The controller we had is asked first, then those behind it in the list; one
 * that was reached by redirection stands in front of the list. */
static void ask_again(struct h248_assoc *a)
{
	unsigned int i = 0;

	stop_returning(a);
	while (i < a->p.n_controllers &&
	       !h248_addr_eq(&a->p.controllers[i], &a->mgc))
		i++;
	a->current = i < a->p.n_controllers ? i : UINT_MAX;
	a->n_redirects = 0;
	ask(a, &a->mgc, "controller lost");
}

/* When that one does not take us, it is as if ours were lost: the list. */
static void ask_successor(struct h248_assoc *a)
{
	stop_returning(a);
	a->current = UINT_MAX;
	a->n_redirects = 0;
	a->is_handoff = true;
	ask(a, &a->successor, "handed off");
}

/* Leaving. */

static void go_idle(struct h248_assoc *a, const char *why)
{
	a->timer_ms = UINT64_MAX;
	h248_txns_cancel(a->txns, NULL);
	h248_assoc_enter(a, H248_ASSOC_IDLE, why);
}

static void leave(struct h248_assoc *a)
{
	stop_returning(a);
	a->target = a->mgc;
	a->timer_ms = a->now_ms + a->grace_ms;
	if (h248_assoc_farewell(a, on_change_reply, a))
		go_idle(a, "stopped");
	else
		h248_assoc_enter(a, H248_ASSOC_LEAVING, "stopped");
}

/* The machine. */

static void event_registering(struct h248_assoc *a, enum assoc_ev ev,
			      const struct assoc_verdict *v)
{
	switch (ev) {
	case AEV_ACCEPTED:
		accept_us(a, v);
		break;
	case AEV_REDIRECTED:
		ask_named(a, v);
		break;
	case AEV_STOP:
		go_idle(a, "stopped");
		break;
	default: /* refused, no answer */
		ask_next(a, v->why);
	}
}

/* v: what the controller said, for events that a reply brings. */
void h248_assoc_event(struct h248_assoc *a, enum assoc_ev ev,
		      const struct assoc_verdict *v)
{
	char line[80];

	if (!(legal[a->state] & 1u << ev)) {
		a->illegal++;
		snprintf(line, sizeof(line), "association: \"%s\" while %s",
			 ev_name[ev], h248_assoc_state_name(a->state));
		h248_assoc_say(a, LOG_WARNING, line);
		return;
	}
	switch (a->state) {
	case H248_ASSOC_IDLE:
		if (ev == AEV_START)
			wait_before_pass(a, 0, "start");
		break;
	case H248_ASSOC_WAITING:
		if (ev == AEV_TIMER)
			ask(a, &a->p.controllers[0], "waited");
		else
			go_idle(a, "stopped");
		break;
	case H248_ASSOC_REGISTERING:
		event_registering(a, ev, v);
		break;
	case H248_ASSOC_ACTIVE:
		if (ev == AEV_LOST)
			ask_again(a);
		else if (ev == AEV_HANDOFF)
			ask_successor(a);
		else
			leave(a);
		break;
	case H248_ASSOC_LEAVING:
		go_idle(a, ev_name[ev]);
		break;
	case H248_ASSOC__COUNT:
		break;
	}
}

/* Hooks of the transaction layer. */

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct h248_assoc *a = arg;
	uint16_t code = h248_assoc_refuses(a, msg, from);

	if (code)
		h248_in_fail(in, code, NULL, a->now_ms);
	else
		a->ops->txn.request(a->arg, in, req, msg, from);
}

static void on_send(void *arg, const struct sockaddr_storage *to,
		    const char *buf, size_t n)
{
	struct h248_assoc *a = arg;

	a->ops->txn.send(a->arg, to, buf, n);
}

static uint32_t on_random(void *arg)
{
	struct h248_assoc *a = arg;

	return a->ops->txn.random(a->arg);
}

static void on_local(void *arg, const struct sockaddr_storage *peer,
		     struct sockaddr_storage *out)
{
	struct h248_assoc *a = arg;

	a->ops->txn.local(a->arg, peer, out);
}

static void on_heard(void *arg, const struct sockaddr_storage *from,
		     uint64_t now_ms)
{
	struct h248_assoc *a = arg;

	if (a->ops->txn.heard && a->state == H248_ASSOC_ACTIVE &&
	    h248_addr_is_same_host(&a->mgc, from))
		a->ops->txn.heard(a->arg, from, now_ms);
}

/* An error without a transaction from whom we ask to take us is about that;
 * repeating the question would bring the same again. */
static void on_error(void *arg, const struct sockaddr_storage *from,
		     const struct h248_error_desc *error)
{
	struct h248_assoc *a = arg;
	struct assoc_verdict v = { .ev = AEV_REFUSED };

	if (a->state != H248_ASSOC_REGISTERING ||
	    !h248_addr_is_same_host(from, &a->target))
		return;
	snprintf(v.why, sizeof(v.why), "error %u %.*s", error->code,
		 (int)error->text.n, error->text.n ? error->text.p : "");
	h248_txns_cancel_tid(a->txns, a->tid);
	h248_assoc_event(a, v.ev, &v);
}

static void on_trace(void *arg, bool is_out,
		     const struct sockaddr_storage *peer, const char *buf,
		     size_t n)
{
	struct h248_assoc *a = arg;

	a->ops->txn.trace(a->arg, is_out, peer, buf, n);
}

static void on_log(void *arg, int priority, const char *text)
{
	h248_assoc_say(arg, priority, text);
}

/* Requests of the gateway. */

static void on_user_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct user_request u = *(struct user_request *)arg;

	free(arg);
	u.cb(u.arg, err, reply);
	if (err == -ETIMEDOUT && u.a->state == H248_ASSOC_ACTIVE)
		h248_assoc_event(u.a, AEV_LOST, NULL);
}

int h248_assoc_request(struct h248_assoc *a, const struct h248_action *actions,
		       h248_reply_h *cb, void *arg, uint64_t now_ms,
		       uint32_t *tid)
{
	struct user_request *u;
	int rc;

	if (a->state != H248_ASSOC_ACTIVE)
		return -ENOTCONN;
	a->now_ms = now_ms;
	u = malloc(sizeof(*u));
	if (!u)
		return -ENOMEM;
	*u = (struct user_request) { a, cb, arg };
	rc = h248_txns_request(a->txns, &a->mgc, actions, on_user_reply, u,
			       now_ms, tid);
	if (rc)
		free(u);
	return rc;
}

/* Life. */

struct h248_assoc *h248_assoc_new(const struct h248_assoc_params *params,
				  const struct h248_assoc_ops *ops, void *arg)
{
	struct h248_assoc *a;

	if (!params->n_controllers ||
	    params->n_controllers > H248_MAX_CONTROLLERS)
		return NULL;
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->p = *params;
	a->ops = ops;
	a->arg = arg;
	a->version = params->txn.version;
	a->timer_ms = UINT64_MAX;
	a->txn_ops = (struct h248_txn_ops) {
		.send = on_send,
		.random = on_random,
		.local = ops->txn.local ? on_local : NULL,
		.request = on_request,
		.heard = on_heard,
		.error = on_error,
		.trace = ops->txn.trace ? on_trace : NULL,
		.log = on_log,
	};
	a->txns = h248_txns_new(&params->txn, &a->txn_ops, a);
	if (!a->txns) {
		free(a);
		return NULL;
	}
	h248_txns_set_version(a->txns, h248_assoc_offer_version(a));
	return a;
}

void h248_assoc_free(struct h248_assoc *a)
{
	if (!a)
		return;
	h248_txns_free(a->txns);
	free(a);
}

void h248_assoc_start(struct h248_assoc *a, uint64_t now_ms)
{
	a->now_ms = now_ms;
	h248_assoc_event(a, AEV_START, NULL);
}

void h248_assoc_stop(struct h248_assoc *a, uint32_t grace_ms, uint64_t now_ms)
{
	a->now_ms = now_ms;
	a->grace_ms = grace_ms;
	h248_assoc_event(a, AEV_STOP, NULL);
}

int h248_assoc_handoff(struct h248_assoc *a, const struct sockaddr_storage *to,
		       uint64_t now_ms)
{
	if (a->state != H248_ASSOC_ACTIVE)
		return -ENOTCONN;
	a->successor = *to;
	a->timer_ms = now_ms;
	return 0;
}

void h248_assoc_lost_state(struct h248_assoc *a)
{
	if (a->state != H248_ASSOC_ACTIVE)
		a->has_lost = true;
}

void h248_assoc_input(struct h248_assoc *a, const struct sockaddr_storage *from,
		      const char *buf, size_t n, uint64_t now_ms)
{
	a->now_ms = now_ms;
	if (h248_assoc_hears(a, from))
		h248_txns_input(a->txns, from, buf, n, now_ms);
}

void h248_assoc_link_lost(struct h248_assoc *a,
			  const struct sockaddr_storage *peer, uint64_t now_ms)
{
	a->now_ms = now_ms;
	if (a->state == H248_ASSOC_ACTIVE && h248_addr_eq(peer, &a->mgc))
		h248_assoc_event(a, AEV_LOST, NULL);
}

uint64_t h248_assoc_next(const struct h248_assoc *a)
{
	uint64_t due = h248_txns_next(a->txns);

	return due < a->timer_ms ? due : a->timer_ms;
}

void h248_assoc_tick(struct h248_assoc *a, uint64_t now_ms)
{
	a->now_ms = now_ms;
	h248_txns_tick(a->txns, now_ms);
	if (now_ms >= a->timer_ms) {
		a->timer_ms = UINT64_MAX;
		/* In ACTIVE: what was answered in this turn is out. */
		h248_assoc_event(a,
				 a->state == H248_ASSOC_ACTIVE ? AEV_HANDOFF :
								 AEV_TIMER,
				 NULL);
	}
}

enum h248_assoc_state h248_assoc_state(const struct h248_assoc *a)
{
	return a->state;
}

const struct sockaddr_storage *h248_assoc_controller(const struct h248_assoc *a)
{
	return a->state == H248_ASSOC_ACTIVE || a->state == H248_ASSOC_LEAVING ?
		       &a->mgc :
		       NULL;
}

uint8_t h248_assoc_version(const struct h248_assoc *a)
{
	return a->version;
}

void h248_assoc_set_limits(struct h248_assoc *a, uint32_t provisional_ms,
			   uint16_t pending_limit, uint16_t pending_limit_in)
{
	h248_txns_set_limits(a->txns, provisional_ms, pending_limit,
			     pending_limit_in);
}

const struct h248_txn_counters *h248_assoc_counters(const struct h248_assoc *a)
{
	return h248_txns_counters(a->txns);
}

void h248_assoc_set_answer_time(struct h248_assoc *a, uint32_t ms)
{
	h248_txns_set_answer_time(a->txns, ms);
}

void h248_assoc_set_segments(struct h248_assoc *a, uint32_t segment_ms,
			     uint32_t segment_octets, uint32_t max_octets)
{
	h248_txns_set_segments(a->txns, segment_ms, segment_octets, max_octets);
}
