/* test/support/assoc_rig.c - see assoc_rig.h */
#include "test/support/assoc_rig.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct h248_term_id root = {
	.text = { "ROOT", 4 },
	.is_root = true,
};
static struct h248_cmd notify = { .kind = H248_CMD_AUDIT_VALUE,
				  .terms = &root };
struct h248_action gate_action = { .ctx = H248_CTX_NULL, .cmds = &notify };

static void on_request(void *arg, struct h248_in *in,
		       const struct h248_txn *req, const struct h248_msg *msg,
		       const struct sockaddr_storage *from)
{
	struct gate *g = arg;

	(void)req;
	(void)msg;
	(void)from;
	g->executed++;
	if (g->is_holding)
		g->held = in;
	else
		h248_in_reply(in, &gate_action, g->net.now_ms);
}

static void on_state(void *arg, enum h248_assoc_state from,
		     enum h248_assoc_state to, const char *why)
{
	struct gate *g = arg;

	(void)from;
	if (g->n_seen < MAX_STATES)
		g->seen[g->n_seen++] = to;
	snprintf(g->why, sizeof(g->why), "%s", why);
}

/* 2026-01-15 08:30:00.14 UTC */
static uint64_t on_wall(void *arg)
{
	(void)arg;
	return 1768465800140000ull;
}

void gate_on_reply(void *arg, int err, const struct h248_txn *reply)
{
	struct gate *g = arg;

	(void)reply;
	g->n_done++;
	g->err = err;
}

static const struct h248_assoc_ops ops = {
	.txn = { .send = fake_net_send,
		 .random = fake_net_random,
		 .request = on_request },
	.state = on_state,
	.wall_us = on_wall,
};

/* Controllers 192.0.2.1, 192.0.2.2, ... */
struct h248_assoc_params gate_params(unsigned int n_controllers,
				     uint32_t mwd_ms)
{
	struct h248_assoc_params p = {
		.txn = { .mid = { .kind = H248_MID_IP4,
				  .text = { "192.0.2.20", 10 },
				  .port = 2944 },
			 .version = 3 },
		.n_controllers = n_controllers,
		.profile = "ETSI_BGF",
		.profile_version = 2,
		.mwd_ms = mwd_ms,
	};

	for (unsigned int i = 0; i < n_controllers; i++) {
		char ip[32];

		snprintf(ip, sizeof(ip), "192.0.2.%u", i + 1);
		p.controllers[i] = fake_addr(ip, 2944);
	}
	return p;
}

struct gate *gate_new(const struct h248_assoc_params *p)
{
	struct gate *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	g->net.now_ms = 1000;
	g->a = h248_assoc_new(p, &ops, g);
	if (!g->a)
		abort();
	return g;
}

void gate_free(struct gate *g)
{
	h248_assoc_free(g->a);
	free(g);
}

void gate_receive_from(struct gate *g, const char *ip, const char *text)
{
	/* Which port: no matter. */
	struct sockaddr_storage from = fake_addr(ip, 40000);

	h248_assoc_input(g->a, &from, text, strlen(text), g->net.now_ms);
}

void gate_receive(struct gate *g, const char *text)
{
	gate_receive_from(g, "192.0.2.1", text);
}

void gate_wait(struct gate *g, uint64_t ms)
{
	uint64_t end = g->net.now_ms + ms;

	while (h248_assoc_next(g->a) <= end) {
		if (h248_assoc_next(g->a) > g->net.now_ms)
			g->net.now_ms = h248_assoc_next(g->a);
		h248_assoc_tick(g->a, g->net.now_ms);
	}
	g->net.now_ms = end;
}

void gate_answer_from(struct gate *g, const char *ip, const char *body)
{
	const char *t = strstr(fake_net_last(&g->net)->text, "T=");
	char text[512];

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	snprintf(text, sizeof(text), "MEGACO/1 [%s]:2944\nP=%lu{%s}", ip,
		 strtoul(t + 2, NULL, 10), body);
	gate_receive_from(g, ip, text);
}

void gate_answer(struct gate *g, const char *body)
{
	gate_answer_from(g, "192.0.2.1", body);
}

const char *gate_last_to(const struct gate *g)
{
	return fake_addr_str(&fake_net_last(&g->net)->to);
}

/* Started, and the first ServiceChange is out. */
struct gate *gate_started(unsigned int n_controllers)
{
	struct h248_assoc_params p = gate_params(n_controllers, 0);
	struct gate *g = gate_new(&p);

	h248_assoc_start(g->a, g->net.now_ms);
	gate_wait(g, 0);
	CU_ASSERT_EQUAL(g->net.n_sent, 1);
	return g;
}

struct gate *gate_active(unsigned int n_controllers)
{
	struct gate *g = gate_started(n_controllers);

	gate_answer(g, "C=-{SC=ROOT{SV{V=2,PF=ETSI_BGF/2}}}");
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_ACTIVE);
	return g;
}

void gate_lose(struct gate *g)
{
	CU_ASSERT_EQUAL(h248_assoc_request(g->a, &gate_action, gate_on_reply, g,
					   g->net.now_ms, NULL),
			0);
	gate_wait(g, 25000);
	CU_ASSERT_EQUAL(g->err, -ETIMEDOUT);
	CU_ASSERT_EQUAL(h248_assoc_state(g->a), H248_ASSOC_REGISTERING);
}
