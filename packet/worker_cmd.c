/*
 * packet/worker_cmd.c - commands of the control thread
 *
 * Packets and commands are handled by the same thread, one after the other:
 * the fence of a removal is the command itself, unless programs of the kernel
 * have worked on the gate (worker_fast.c).
 */
#include <assert.h>
#include <string.h>

#include "packet/worker_priv.h"

static unsigned int leg_of(const struct worker_rdv *rdv,
			   struct pkt_gate_id gate)
{
	unsigned int leg = rdv->gen[1] == gate.gen;

	assert(rdv->gen[leg] == gate.gen && rdv->slot[leg] == gate.slot);
	return leg;
}

static void link_peers(struct pkt_worker *w, uint32_t rdv)
{
	const struct worker_rdv *r = &w->rdvs[rdv];

	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		if (r->gen[leg])
			worker_entry(w, rdv, leg)->peer_slot =
				r->gen[1 - leg] ? r->slot[1 - leg] :
						  PKT_SLOT_NONE;
}

static bool is_traffic_wanted(const struct pkt_traffic_cfg *cfg)
{
	return cfg->is_policed || cfg->quiet_s;
}

/* With the programs, if there are any left; they are to be filled then. */
static void share_buckets(struct pkt_worker *w, struct pkt_traffic *t,
			  uint32_t place)
{
	struct pkt_police *p = pkt_fast_police(w->cfg.fast, place);

	if (p == t->shared)
		return;
	t->shared = p;
	t->cfg.is_policed = false;
}

/* The record of a gate that asks for nothing is not touched. */
static void set_traffic(struct pkt_worker *w, const struct pkt_cmd *cmd,
			unsigned int leg)
{
	struct worker_rdv *rdv = &w->rdvs[cmd->rdv];
	struct pkt_traffic *t = &w->traffic[cmd->rdv * PKT_LEGS + leg];
	const struct pkt_traffic_cfg *cfg = &cmd->cfg.traffic;
	bool is_wanted = is_traffic_wanted(cfg);

	if (is_wanted && !rdv->has_traffic[leg])
		memset(t, 0, sizeof(*t));
	if (cfg->is_policed && w->cfg.fast)
		share_buckets(w, t, pkt_place(cmd->rdv, leg));
	if (is_wanted)
		pkt_traffic_set(t, cfg, w->now_us);
	rdv->has_traffic[leg] = is_wanted;
}

/* Programs of the kernel look for its buckets. */
static void mark_policed(struct pkt_worker *w, const struct pkt_cmd *cmd,
			 unsigned int leg)
{
	struct pkt_entry *e = worker_entry(w, cmd->rdv, leg);

	e->flags &= (uint8_t)~PKT_ENTRY_POLICED;
	if (cmd->cfg.traffic.is_policed)
		e->flags |= PKT_ENTRY_POLICED;
}

static void add(struct pkt_worker *w, const struct pkt_cmd *cmd)
{
	struct worker_rdv *rdv = &w->rdvs[cmd->rdv];
	unsigned int leg = rdv->gen[0] != 0;
	struct pkt_rdv view;

	assert(!rdv->gen[leg]);
	assert(w->cfg.places[cmd->gate.slot] == pkt_place(cmd->rdv, leg) + 1);
	if (w->n_rdvs <= cmd->rdv)
		w->n_rdvs = cmd->rdv + 1;
	rdv->slot[leg] = cmd->gate.slot;
	rdv->realm[leg] = cmd->cfg.realm;
	rdv->gen[leg] = cmd->gate.gen;
	worker_fast_begin(w, cmd->rdv, leg);
	worker_sent_begin(w, cmd->rdv, leg);
	worker_whys_begin(w, cmd->rdv, leg);
	if (!rdv->setup)
		worker_attach_setup(w, cmd->rdv);
	link_peers(w, cmd->rdv);
	set_traffic(w, cmd, leg);
	view = worker_view(w, cmd->rdv);
	pkt_rdv_add_leg(&view, leg, &cmd->cfg.leg, &cmd->cfg.rdv);
	mark_policed(w, cmd, leg);
	pkt_rdv_policy(&view, &cmd->cfg.rdv);
}

static void modify(struct pkt_worker *w, const struct pkt_cmd *cmd)
{
	struct worker_rdv *rdv = &w->rdvs[cmd->rdv];
	unsigned int leg = leg_of(rdv, cmd->gate);
	struct pkt_rdv view;
	struct pkt_out out;

	if (cmd->rearm && !rdv->setup)
		worker_attach_setup(w, cmd->rdv);
	set_traffic(w, cmd, leg);
	mark_policed(w, cmd, leg);
	view = worker_view(w, cmd->rdv);
	pkt_rdv_policy(&view, &cmd->cfg.rdv);
	pkt_rdv_modify_leg(&view, leg, &cmd->cfg.leg, cmd->rearm, w->now_us,
			   &out);
	worker_apply(w, cmd->rdv, &out);
}

/* What the client is told, then the last statistics, then nothing more. */
static void remove_gate(struct pkt_worker *w, const struct pkt_cmd *cmd,
			struct pkt_gate_stat *stat)
{
	struct worker_rdv *rdv = &w->rdvs[cmd->rdv];
	unsigned int leg = leg_of(rdv, cmd->gate);
	struct pkt_rdv view = worker_view(w, cmd->rdv);
	struct pkt_out out;

	pkt_rdv_release(&view, leg, w->now_us, &out);
	worker_apply(w, cmd->rdv, &out);
	worker_stat(w, cmd->rdv, leg, stat);
	if (view.leg[1 - leg])
		worker_sent_keep(w, cmd->rdv, leg);
	memset(view.leg[leg], 0, sizeof(struct pkt_entry));
	rdv->gen[leg] = 0;
	rdv->has_traffic[leg] = false;
	if (w->cfg.fast)
		pkt_fast_unpolice(w->cfg.fast, pkt_place(cmd->rdv, leg));
	link_peers(w, cmd->rdv);
	if (rdv->gen[1 - leg])
		return;
	worker_tap_set(w, cmd->rdv, PKT_TAP_OFF);
	if (rdv->setup)
		worker_detach_setup(w, cmd->rdv);
}

static void execute(struct pkt_worker *w, const struct pkt_cmd *cmd)
{
	struct worker_rdv *rdv = &w->rdvs[cmd->rdv];
	struct pkt_gate_stat stat;
	bool is_changed;

	if (cmd->type != PKT_CMD_ADD)
		worker_fast_catch_up(w, cmd->rdv);
	switch (cmd->type) {
	case PKT_CMD_ADD:
		add(w, cmd);
		break;
	case PKT_CMD_MODIFY:
		is_changed = cmd->rearm || is_traffic_wanted(&cmd->cfg.traffic);
		if (is_changed)
			worker_fast_evict(w, cmd->rdv);
		modify(w, cmd);
		/* Else it comes back with its next segment. */
		if (!is_changed)
			worker_fast_follow(w, cmd->rdv);
		break;
	case PKT_CMD_REMOVE:
		remove_gate(w, cmd, &stat);
		break;
	case PKT_CMD_TRACE:
		worker_fast_evict(w, cmd->rdv);
		worker_tap_set(w, cmd->rdv, cmd->tap);
		worker_fast_follow(w, cmd->rdv);
		break;
	}
	if (cmd->type != PKT_CMD_REMOVE)
		worker_stat(w, cmd->rdv, leg_of(rdv, cmd->gate), &stat);
	worker_arm(w, cmd->rdv);
	worker_done(w, cmd, &stat);
}

/* For one command more.  What is left for want of it nobody tells us again, even
 * if room is made before we fall asleep. */
static bool has_room(struct pkt_worker *w)
{
	w->is_held_up = !worker_has_room(w, PKT_EVTS_PER_CMD);
	return !w->is_held_up;
}

void worker_commands(struct pkt_worker *w)
{
	struct pkt_cmd cmd;

	while (has_room(w) && worker_fast_next(w, &cmd))
		execute(w, &cmd);
	if (w->is_held_up)
		return;
	while (has_room(w) && pkt_ring_pop(w->cfg.cmds, &cmd))
		if (!worker_fast_defer(w, &cmd))
			execute(w, &cmd);
}
