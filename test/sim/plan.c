/* test/sim/plan.c - see plan.h */
#include "test/sim/plan.h"

#include <string.h>

#include "test/sim/must.h"
#include "test/support/rdv_cfg.h"

enum {
	OCTETS = 1500, /* of a stream, the most */
	EARLY_S = 20,  /* the second client comes within */
	LATE_S = 60,
	HURRY_MS = 5000, /* a controller that takes it back soon */
	LAST_S = 400,
};

#define MS 1000ull
#define SECOND 1000000ull

static uint64_t within(struct sim_chance *chance, uint32_t ms)
{
	return sim_below(chance, ms) * MS;
}

static struct sim_way draw_way(struct sim_chance *chance, bool is_calm)
{
	static const uint8_t loss[] = { 0, 0, 1, 10, 30 };
	struct sim_way w = { .delay_us = 200 + sim_below(chance, 60000) };

	if (sim_percent(chance, 50))
		w.jitter_us = sim_below(chance, is_calm ? 20000 : 500000);
	if (is_calm)
		return w;
	w.loss = loss[sim_below(chance, sizeof(loss))];
	if (sim_percent(chance, 30))
		w.twice = 10;
	return w;
}

static void draw_client(struct sim_client_plan *c, struct sim_chance *chance)
{
	uint32_t late = sim_percent(chance, 30) ? LATE_S : EARLY_S;

	*c = (struct sim_client_plan) {
		.start_us = within(chance,
				   sim_percent(chance, 50) ? 200 : late * 1000),
		.port = (uint16_t)sim_between(chance, 1024, 65535),
		.isn = sim_any(chance),
		.n_octets = (uint16_t)(sim_percent(chance, 20) ?
					       0 :
					       sim_below(chance, OCTETS)),
		.close = (uint8_t)sim_below(chance, SIM_CLOSE__COUNT),
		.has_ts = sim_percent(chance, 60),
		.has_sack = sim_percent(chance, 80),
		.has_ws = sim_percent(chance, 80),
	};
	if (sim_percent(chance, 5))
		c->isn = UINT32_MAX - sim_below(chance, 700); /* wraps */
	if (sim_percent(chance, 15))
		c->restart_us = c->start_us + 1 + within(chance, 15000);
}

static void draw_policy(struct pkt_rdv_cfg *p, struct sim_chance *chance)
{
	*p = (struct pkt_rdv_cfg) {
		.commit = (uint8_t)sim_below(chance, PKT_COMMIT_WAITING + 1),
		.fast_fail = sim_percent(chance, 30),
		.release_rst = sim_percent(chance, 50),
		.twait_s = 75,
		RDV_CFG_TIMERS,
	};
}

static void order(struct sim_plan *p, struct sim_chance *chance,
		  enum h248_cmd_kind kind, unsigned int leg, uint64_t at_us)
{
	struct sim_order *o = &p->order[p->n_orders++];

	*o = (struct sim_order) { .kind = kind,
				  .leg = (uint8_t)leg,
				  .at_us = at_us };
	if (sim_percent(chance, 20))
		o->answer_ms = sim_between(chance, 1, 5000);
}

static void draw_orders(struct sim_plan *p, struct sim_chance *chance)
{
	unsigned int first = sim_below(chance, 2);

	order(p, chance, H248_CMD_ADD, first, 0);
	order(p, chance, H248_CMD_ADD, 1 - first, within(chance, 300));
	if (!p->is_calm && sim_percent(chance, 15))
		order(p, chance, H248_CMD_MODIFY, sim_below(chance, 2),
		      within(chance, 30000));
	p->release_us = LAST_S * SECOND;
	if (!p->is_calm && sim_percent(chance, 40))
		p->release_us =
			within(chance, sim_percent(chance, 50) ? HURRY_MS :
								 LAST_S * 1000);
	first = sim_below(chance, 2);
	order(p, chance, H248_CMD_SUBTRACT, first, p->release_us);
	order(p, chance, H248_CMD_SUBTRACT, 1 - first, p->release_us);
}

void sim_plan_draw(struct sim_plan *p, struct sim_chance *chance)
{
	static const uint8_t prefix[] = { 128, 120, 0 };

	memset(p, 0, sizeof(*p));
	p->is_calm = sim_percent(chance, 25);
	p->control = draw_way(chance, p->is_calm);
	draw_policy(&p->policy, chance);
	for (unsigned int i = 0; i < PKT_LEGS; i++) {
		p->access[i] = draw_way(chance, p->is_calm);
		draw_client(&p->client[i], chance);
		p->wall[i] = sim_below(chance, SIM_WALL_NAT + 1);
		p->half_open_us[i] =
			(uint32_t)((sim_percent(chance, 50) ? 10 : 120) *
				   SECOND);
		p->prefix_len[i] = prefix[sim_below(chance, 3)];
	}
	draw_orders(p, chance);
	if (!p->is_calm && sim_percent(chance, 20))
		p->n_attacks = sim_between(chance, 1, 12);
}

void sim_plan_tell(const struct sim_plan *p)
{
	SIM_TELL(0,
		 "%s; commit %u, fast-fail %u, RST on release %u; "
		 "control loses %u %%; taken back at %.3f s; %u attacks",
		 p->is_calm ? "calm" : "rough", p->policy.commit,
		 p->policy.fast_fail, p->policy.release_rst, p->control.loss,
		 (double)p->release_us / SECOND, p->n_attacks);
	for (unsigned int i = 0; i < PKT_LEGS; i++)
		SIM_TELL(0,
			 "%c: from %.3f s, again at %.3f s, %u octets, "
			 "close %u, wall %u of %u s, loses %u %%, "
			 "%u to %u ms, prefix %u",
			 'a' + i, (double)p->client[i].start_us / SECOND,
			 (double)p->client[i].restart_us / SECOND,
			 p->client[i].n_octets, p->client[i].close, p->wall[i],
			 p->half_open_us[i] / 1000000, p->access[i].loss,
			 p->access[i].delay_us / 1000,
			 (p->access[i].delay_us + p->access[i].jitter_us) /
				 1000,
			 p->prefix_len[i]);
}
