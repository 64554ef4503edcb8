/* test/sim/schedule.c - see schedule.h */
#include "test/sim/schedule.h"

#include <arpa/inet.h>
#include <string.h>

#include "test/sim/must.h"
#include "test/support/rdv_pkt.h"

enum {
	STEPS = 20000,  /* a schedule that takes more goes in a circle */
	ATTACKER = 2,   /* its part of the addresses */
	MISS = 1 << 30, /* a blind number is at least so far off */
};

struct world {
	struct sim_chance chance;
	struct sim_plan plan;
	struct sim_net net;
	struct sim_client client[PKT_LEGS];
	struct sim_firewall wall[PKT_LEGS];
	struct sim_gate gate;
	struct sim_control control;
	uint64_t now_us, attack_us;
	unsigned int n_attacks;
	bool is_late; /* a new life came when the old one had been answered */
};

static const char *const client_addr[] = { "203.0.113.10", "192.0.2.20",
					   "203.0.113.99" };
static const char *const gate_addr[] = { "198.51.100.1", "198.51.100.2" };
static const uint16_t gate_port[] = { 20000, 20002 };

/* ---- from one part to the other ---- */

static void from_client(void *arg, unsigned int leg, const struct pkt_tx *tx,
			const uint8_t *payload, size_t n, uint64_t now_us)
{
	struct world *w = arg;
	struct pkt_tx outer = *tx;
	uint8_t head[PKT_SEG_MAX_BUILT];
	struct rdv_pkt p;
	size_t n_head;

	outer.sport = sim_firewall_out(&w->wall[leg], tx, now_us);
	n_head = pkt_tx_build(&outer, head);
	memcpy(p.octet, head, n_head);
	memcpy(p.octet + n_head, payload, n);
	p.n = n_head + n;
	p.octet[2] = (uint8_t)(p.n >> 8);
	p.octet[3] = (uint8_t)p.n;
	if (n)
		rdv_pkt_finish(&p);
	sim_net_send(&w->net, &w->plan.access[leg], SIM_GATE_A + leg, p.octet,
		     p.n, now_us);
}

static void from_gate(void *arg, unsigned int leg, const uint8_t *p, size_t n,
		      uint64_t now_us)
{
	struct world *w = arg;

	sim_net_send(&w->net, &w->plan.access[leg], SIM_CLIENT_A + leg, p, n,
		     now_us);
}

static void to_client(struct world *w, unsigned int leg,
		      const struct sim_message *m)
{
	struct pkt_seg seg;
	uint16_t port;

	sim_must(pkt_seg_parse(m->octet, m->n, false, false, &seg) ==
			 PKT_DROP_NONE,
		 "what reaches a client can be read");
	/* Another client of a masquerade, or the attacker. */
	if (!IN6_ARE_ADDR_EQUAL(&seg.dst, &w->client[leg].addr) ||
	    !sim_firewall_in(&w->wall[leg], &seg, w->now_us, &port) ||
	    port != w->client[leg].plan.port) {
		SIM_TELL(w->now_us, "refused before %c: flags %02x port %u",
			 'a' + leg, seg.flags, seg.dport);
		return;
	}
	sim_client_segment(&w->client[leg], &seg, m->octet + seg.payload_off,
			   w->now_us);
}

static void from_control(void *arg, bool is_controller, const char *p, size_t n,
			 uint64_t now_us)
{
	struct world *w = arg;

	sim_net_send(&w->net, &w->plan.control,
		     is_controller ? SIM_GATEWAY : SIM_CONTROLLER, p, n,
		     now_us);
}

static void on_order(void *arg, enum h248_cmd_kind kind, unsigned int leg,
		     uint64_t now_us)
{
	struct world *w = arg;

	SIM_TELL(now_us, "order %u for %c", kind, 'a' + leg);
	if (kind == H248_CMD_ADD)
		sim_gate_add(&w->gate, leg);
	else if (kind == H248_CMD_MODIFY)
		sim_gate_rearm(&w->gate, leg, now_us);
	else if (sim_gate_has(&w->gate, leg)) /* its Add may have been lost */
		sim_gate_release(&w->gate, leg, now_us);
}

static void on_report(void *arg, const struct pkt_report *r, uint64_t now_us)
{
	static const char *const event[] = {
		[PKT_REPORT_SYN] = "syn",     [PKT_REPORT_OPEN] = "est",
		[PKT_REPORT_FAIL] = "fail",   [PKT_REPORT_CLOSED] = "rel",
		[PKT_REPORT_QUIET] = "quiet",
	};
	struct world *w = arg;

	/* A forgotten session could go on reporting for ever. */
	if (w->control.gateway.n_asked < SIM_NOTES)
		sim_control_notify(&w->control, r->leg, event[r->type], now_us);
}

/* ---- the stranger ---- */

/* Numbers that are not those of the session: a blind guess that misses. */
static uint32_t miss(struct world *w, uint32_t number)
{
	return number + MISS + sim_below(&w->chance, MISS) * 2;
}

static void attack(struct world *w)
{
	static const uint8_t flags[] = { PKT_SYN,           PKT_ACK,
					 PKT_RST,           PKT_RST | PKT_ACK,
					 PKT_FIN | PKT_ACK, PKT_SYN | PKT_ACK };
	unsigned int leg = sim_below(&w->chance, PKT_LEGS);
	const struct sim_client *c = &w->client[leg];
	bool is_spoofed = sim_percent(&w->chance, 70);
	struct pkt_tx tx = {
		.src = is_spoofed ? c->addr : rdv_addr(client_addr[ATTACKER]),
		.dst = w->gate.local[leg].addr,
		.sport = is_spoofed && w->wall[leg].outer ? w->wall[leg].outer :
							    c->plan.port,
		.dport = gate_port[leg],
		.family = AF_INET,
		.flags = flags[sim_below(&w->chance, sizeof(flags))],
		.window = 1000,
		.seq = miss(w, c->life ? c->next : 0),
		.ack = miss(w, c->life ? c->from : 0),
	};
	uint8_t buf[PKT_SEG_MAX_BUILT];

	sim_net_send(&w->net, &w->plan.access[leg], SIM_GATE_A + leg, buf,
		     pkt_tx_build(&tx, buf), w->now_us);
}

static void next_attack(struct world *w)
{
	w->attack_us = UINT64_MAX;
	if (w->n_attacks++ < w->plan.n_attacks)
		w->attack_us = w->now_us + sim_below(&w->chance, 5000000);
}

/* ---- beginning ---- */

static void begin_leg(struct world *w, unsigned int leg)
{
	struct sim_client *c = &w->client[leg];

	w->gate.local[leg].addr = rdv_addr(gate_addr[leg]);
	w->gate.local[leg].port_be = htons(gate_port[leg]);
	*c = (struct sim_client) {
		.plan = w->plan.client[leg],
		.peer = &w->client[1 - leg],
		.addr = rdv_addr(client_addr[leg]),
		.gate = w->gate.local[leg].addr,
		.gate_port = gate_port[leg],
		.leg = leg,
		.is_attacked = w->plan.n_attacks,
		.send = from_client,
		.arg = w,
	};
	w->wall[leg] = (struct sim_firewall) {
		.kind = w->plan.wall[leg],
		.half_open_us = w->plan.half_open_us[leg],
	};
	w->gate.cfg[leg] = (struct pkt_leg_cfg) {
		.local = c->gate,
		.local_port = gate_port[leg],
		.family = AF_INET,
		.mode = PKT_MODE_RX | PKT_MODE_TX,
		.role = PKT_ROLE_MERGE,
		.is_armed = true,
		.mtu = 1500,
		.from = { .addr = c->addr,
			  .prefix_len = w->plan.prefix_len[leg],
			  .port_max = 65535 },
	};
	sim_client_begin(c);
}

static void begin(struct world *w, uint64_t seed)
{
	w->chance = sim_chance(seed);
	w->now_us = 1000000;
	w->n_attacks = 0;
	w->is_late = false;
	sim_plan_draw(&w->plan, &w->chance);
	sim_plan_tell(&w->plan);
	sim_net_begin(&w->net, &w->chance);
	w->gate.policy = w->plan.policy;
	w->gate.send = from_gate;
	w->gate.report = on_report;
	w->gate.arg = w;
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		begin_leg(w, leg);
	sim_gate_begin(&w->gate);
	w->control.chance = &w->chance;
	memcpy(w->control.order, w->plan.order, sizeof(w->control.order));
	w->control.n_orders = w->plan.n_orders;
	w->control.send = from_control;
	w->control.order_h = on_order;
	w->control.arg = w;
	sim_control_begin(&w->control);
	next_attack(w);
}

/* ---- step by step ---- */

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t next_of(const struct world *w)
{
	uint64_t next = sooner(sim_net_next(&w->net), w->attack_us);

	next = sooner(next, sim_gate_next(&w->gate, w->now_us));
	next = sooner(next, sim_control_next(&w->control));
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		next = sooner(next, sim_client_next(&w->client[leg]));
	return next;
}

/* A client that starts anew is served as long as nobody was told its first
 * number: then that attempt ends, for both. */
static void note_life(struct world *w, unsigned int leg)
{
	if (w->client[leg].life > 1 && w->gate.r.leg[leg] &&
	    pkt_rdv_state(&w->gate.r) > PKT_STATE_WAIT)
		w->is_late = true;
}

static void arrive(struct world *w, const struct sim_message *m)
{
	switch (m->to) {
	case SIM_GATEWAY:
	case SIM_CONTROLLER:
		sim_control_input(&w->control, m->to == SIM_CONTROLLER,
				  m->octet, m->n, w->now_us);
		break;
	case SIM_GATE_A:
	case SIM_GATE_B:
		note_life(w, m->to - SIM_GATE_A);
		sim_gate_packet(&w->gate, m->to - SIM_GATE_A, m->octet, m->n,
				w->now_us);
		break;
	case SIM_CLIENT_A:
	case SIM_CLIENT_B:
		to_client(w, m->to - SIM_CLIENT_A, m);
		break;
	}
}

/* What is due; who goes first at one instant is fixed. */
static void step(struct world *w)
{
	uint64_t now = w->now_us;

	if (sim_net_next(&w->net) <= now)
		arrive(w, sim_net_take(&w->net));
	else if (sim_client_next(&w->client[0]) <= now)
		sim_client_tick(&w->client[0], now);
	else if (sim_client_next(&w->client[1]) <= now)
		sim_client_tick(&w->client[1], now);
	else if (sim_gate_next(&w->gate, now) <= now)
		sim_gate_tick(&w->gate, now);
	else if (sim_control_next(&w->control) <= now)
		sim_control_tick(&w->control, now);
	else {
		attack(w);
		next_attack(w);
	}
}

/* ---- the end ---- */

/* Both mean to speak to the end, and the second one comes soon enough. */
static bool can_succeed(const struct world *w)
{
	uint64_t a = w->plan.client[0].start_us, b = w->plan.client[1].start_us;
	uint64_t apart = a < b ? b - a : a - b;

	return w->plan.client[0].close != SIM_CLOSE_RESET &&
	       w->plan.client[1].close != SIM_CLOSE_RESET && !w->is_late &&
	       apart + 5000000 < w->plan.policy.twait_s * 1000000ull;
}

/* Nothing was in the way: both have it all. */
static void check_calm(const struct world *w)
{
	sim_must(w->gate.n_open == 1 && !w->gate.n_fail,
		 "two clients that come in time are joined");
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		const struct sim_client *c = &w->client[leg];

		SIM_TELL(w->now_us, "%c: %s, %u octets received", 'a' + leg,
			 sim_client_state_name(c->state),
			 sim_client_received(c));
		sim_must(sim_client_received(c) ==
				 w->plan.client[1 - leg].n_octets,
			 "both have received everything");
	}
}

static void check_end(const struct world *w)
{
	bool is_released =
		!sim_gate_has(&w->gate, 0) && !sim_gate_has(&w->gate, 1);

	sim_must(is_released || w->plan.control.loss,
		 "what was taken back is released");
	sim_control_check(&w->control, w->plan.is_calm);
	if (w->plan.is_calm && can_succeed(w))
		check_calm(w);
}

static void count(const struct world *w, unsigned int steps,
		  struct sim_tally *t)
{
	t->schedules++;
	t->calm += w->plan.is_calm;
	t->opened += w->gate.n_open;
	t->failed += w->gate.n_fail;
	t->closed += w->gate.n_closed;
	t->steps += steps;
	t->messages += w->net.n_sent;
	t->lost += w->net.n_lost;
	t->refused += w->wall[0].n_refused + w->wall[1].n_refused;
}

void sim_schedule(uint64_t seed, struct sim_tally *tally)
{
	static struct world w;
	unsigned int steps = 0;
	uint64_t next;

	begin(&w, seed);
	while ((next = next_of(&w)) != UINT64_MAX) {
		if (next > w.now_us)
			w.now_us = next;
		step(&w);
		sim_must(++steps < STEPS, "a schedule comes to its end");
	}
	check_end(&w);
	sim_control_end(&w.control);
	count(&w, steps, tally);
}
