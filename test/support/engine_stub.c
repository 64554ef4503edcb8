/* test/support/engine_stub.c - see engine_stub.h */
#include "test/support/engine_stub.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	MAX_CMDS = 256,
	MAX_EVTS = 65536,
	MAX_GATES = 1 << 20,
	FIRST_PORT = 40001
};

/* Tests of the control socket bring their own. */
#define WEAK __attribute__((weak))

static struct stub_cmd cmds[MAX_CMDS];
static bool is_done[MAX_CMDS];
static unsigned int n_cmds;
static struct pkt_evt evts[MAX_EVTS];
static unsigned int n_evts, next_evt;
static struct gate {
	struct pkt_gate_id id;
	uint8_t realm;
	struct pkt_gate_stat stat;
} gates[MAX_GATES];
static unsigned int n_live, n_slots; /* slots that were ever used */
static unsigned int free_slot[MAX_GATES], n_free;
static uint32_t last_gen;
static uint16_t next_port = FIRST_PORT, next_v6_port;
static int add_error;
static unsigned int n_adds_that_work;
static bool auto_done;

void stub_reset(void)
{
	memset(gates, 0, n_slots * sizeof(gates[0]));
	n_cmds = n_evts = next_evt = n_live = n_slots = n_free = 0;
	memset(is_done, 0, sizeof(is_done));
	next_port = FIRST_PORT;
	next_v6_port = 0;
	add_error = 0;
	auto_done = false;
}

void stub_fail_add(int err)
{
	stub_fail_add_after(0, err);
}

void stub_fail_add_after(unsigned int n, int err)
{
	n_adds_that_work = n;
	add_error = err;
}

void stub_set_v6_port(uint16_t port)
{
	next_v6_port = port;
}

unsigned int stub_count(void)
{
	return n_cmds;
}

const struct stub_cmd *stub_cmd(unsigned int i)
{
	return &cmds[i];
}

unsigned int stub_gates(void)
{
	return n_live;
}

static struct gate *find(struct pkt_gate_id id)
{
	struct gate *g = &gates[id.slot % MAX_GATES];

	return id.gen && g->id.gen == id.gen ? g : NULL;
}

static void put_event(struct pkt_evt evt)
{
	const struct gate *g = find(evt.gate);

	if (g) {
		evt.stat = g->stat;
		evt.realm = g->realm;
	}
	evt.at_us = 5000000;
	if (n_evts < MAX_EVTS)
		evts[n_evts++] = evt;
}

static void done(unsigned int i)
{
	struct gate *g = find(cmds[i].gate);

	is_done[i] = true;
	put_event((struct pkt_evt) { .type = PKT_EVT_DONE,
				     .gate = cmds[i].gate,
				     .token = cmds[i].token });
	if (g && !strcmp(cmds[i].verb, "remove")) {
		g->id.gen = 0;
		free_slot[n_free++] = g->id.slot;
		n_live--;
	}
}

static struct stub_cmd *record(const char *verb, struct pkt_gate_id id,
			       uint64_t token)
{
	struct stub_cmd *c = &cmds[n_cmds % MAX_CMDS];

	memset(c, 0, sizeof(*c));
	snprintf(c->verb, sizeof(c->verb), "%s", verb);
	c->gate = id;
	c->token = token;
	is_done[n_cmds++ % MAX_CMDS] = false;
	return c;
}

void stub_done_some(unsigned int n)
{
	unsigned int i = n_cmds > MAX_CMDS ? n_cmds - MAX_CMDS : 0;

	for (; n && i < n_cmds; i++) {
		if (is_done[i % MAX_CMDS])
			continue;
		done(i % MAX_CMDS);
		n--;
	}
}

void stub_done_all(void)
{
	stub_done_some(MAX_CMDS);
}

void stub_auto_done(bool on)
{
	auto_done = on;
}

void stub_set_stat(struct pkt_gate_id gate, const struct pkt_gate_stat *stat)
{
	struct gate *g = find(gate);

	if (g)
		g->stat = *stat;
}

static char traced[32];
static struct pkt_tapped tap;
static unsigned int n_taps;

void stub_event(enum pkt_evt_type type, struct pkt_gate_id gate,
		enum pkt_cause cause, bool is_far)
{
	put_event((struct pkt_evt) { .type = type,
				     .gate = gate,
				     .cause = (uint8_t)cause,
				     .is_far = is_far });
}

int pkt_engine_new(const struct pkt_engine_cfg *cfg, struct pkt_engine **out,
		   char *err, size_t cap)
{
	(void)cfg;
	(void)err;
	(void)cap;
	*out = (struct pkt_engine *)gates;
	return 0;
}

enum pkt_path pkt_engine_path(const struct pkt_engine *e, const char *iface)
{
	(void)e;
	return strcmp(iface, "eth1") ? PKT_PATH_TC : PKT_PATH_XDP;
}

const char *pkt_engine_fastpath(const struct pkt_engine *e)
{
	(void)e;
	return "off";
}

const char *pkt_engine_workers(const struct pkt_engine *e)
{
	(void)e;
	return "1";
}

unsigned int pkt_engine_n_workers(const struct pkt_engine *e)
{
	(void)e;
	return 1;
}

void pkt_engine_worker(struct pkt_engine *e, unsigned int i,
		       struct pkt_worker_figures *out)
{
	(void)e;
	memset(out, 0, sizeof(*out));
	out->cpu = -1;
	out->rendezvous = 3 + i;
}

void pkt_engine_links_changed(struct pkt_engine *e)
{
	(void)e;
}

void pkt_engine_free(struct pkt_engine *e)
{
	(void)e;
}

/* 192.0.2.10, or 2001:db8:1::10. */
static void choose(struct pkt_leg_cfg *leg)
{
	static const uint8_t v4[] = { 0, 0, 0,    0,    0,   0, 0, 0,
				      0, 0, 0xff, 0xff, 192, 0, 2, 10 };
	static const uint8_t v6[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0,
				      0,    0,    0,    0,    0, 0, 0, 0x10 };

	memcpy(&leg->local, leg->family == AF_INET6 ? v6 : v4, sizeof(v4));
	leg->local_port = leg->family == AF_INET6 && next_v6_port ?
				  next_v6_port++ :
				  next_port++;
}

int pkt_gate_add(struct pkt_engine *e, struct pkt_gate_id peer,
		 struct pkt_gate_cfg *cfg, uint64_t token,
		 struct pkt_gate_id *id)
{
	struct stub_cmd *c;
	struct gate *g;

	(void)e;
	if (add_error && !n_adds_that_work)
		return add_error;
	if (add_error)
		n_adds_that_work--;
	if (IN6_IS_ADDR_UNSPECIFIED(&cfg->leg.local))
		choose(&cfg->leg);
	if (!n_free && n_slots == MAX_GATES)
		return -ENOSPC;
	g = &gates[n_free ? free_slot[--n_free] : n_slots++];
	*id = (struct pkt_gate_id) { (uint32_t)(g - gates), ++last_gen };
	memset(g, 0, sizeof(*g));
	g->id = *id;
	g->realm = cfg->realm;
	n_live++;
	c = record("add", *id, token);
	c->peer = peer;
	c->cfg = *cfg;
	if (auto_done)
		stub_done_all();
	return 0;
}

int pkt_gate_modify(struct pkt_engine *e, struct pkt_gate_id id,
		    const struct pkt_gate_cfg *cfg, bool rearm, uint64_t token)
{
	struct stub_cmd *c;

	(void)e;
	if (!find(id))
		return -ENOENT;
	c = record("modify", id, token);
	c->cfg = *cfg;
	c->rearm = rearm;
	if (auto_done)
		stub_done_all();
	return 0;
}

static int simple(const char *verb, struct pkt_gate_id id, uint64_t token)
{
	if (!find(id))
		return -ENOENT;
	record(verb, id, token);
	if (auto_done)
		stub_done_all();
	return 0;
}

int pkt_gate_remove(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token)
{
	(void)e;
	return simple("remove", id, token);
}

WEAK int pkt_gate_read(struct pkt_engine *e, struct pkt_gate_id id,
		       uint64_t token)
{
	(void)e;
	return simple("read", id, token);
}

void pkt_engine_defer(struct pkt_engine *e, void (*hook)(void *arg), void *arg)
{
	(void)e;
	(void)hook;
	(void)arg;
}

void pkt_engine_flush(struct pkt_engine *e)
{
	(void)e;
}

int pkt_engine_evt_fd(const struct pkt_engine *e)
{
	(void)e;
	return -1;
}

bool pkt_engine_next_evt(struct pkt_engine *e, struct pkt_evt *evt)
{
	(void)e;
	if (next_evt == n_evts) {
		next_evt = n_evts = 0;
		return false;
	}
	*evt = evts[next_evt++];
	return true;
}

WEAK void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out)
{
	(void)e;
	memset(out, 0, sizeof(*out));
}

WEAK void pkt_engine_usage(struct pkt_engine *e, unsigned int realm,
			   struct pkt_portpool_usage *out)
{
	(void)e;
	(void)realm;
	memset(out, 0, sizeof(*out));
}

int pkt_gate_trace(struct pkt_engine *e, struct pkt_gate_id id,
		   enum pkt_tap_level level, uint64_t token)
{
	(void)e, (void)token;
	snprintf(traced, sizeof(traced), "%u:%d", id.slot, level);
	return 0;
}

const char *stub_traced(void)
{
	return traced;
}

void stub_taps(const struct pkt_tapped *t, unsigned int n)
{
	tap = *t;
	n_taps = n;
}

void stub_tap(const struct pkt_tapped *t)
{
	stub_taps(t, 1);
}

bool pkt_engine_next_tap(struct pkt_engine *e, struct pkt_tapped *out)
{
	(void)e;
	if (!n_taps)
		return false;
	*out = tap;
	n_taps--;
	return true;
}
