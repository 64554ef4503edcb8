/* test/sim/gate.c - see gate.h */
#include "test/sim/gate.h"

#include <arpa/inet.h>
#include <string.h>

#include "packet/translate_pkt.h"
#include "test/sim/must.h"
#include "test/sim/net.h"

void sim_gate_begin(struct sim_gate *g)
{
	memset(g->entry, 0, sizeof(g->entry));
	memset(&g->r, 0, sizeof(g->r));
	g->tick_us = 0;
	g->n_open = g->n_fail = g->n_closed = 0;
	rdv_mon_begin(&g->mon, false, g->policy.fast_fail);
}

bool sim_gate_has(const struct sim_gate *g, unsigned int leg)
{
	return g->r.leg[leg];
}

static void attach(struct sim_gate *g)
{
	if (g->r.setup)
		return;
	g->r.setup = &g->setup;
	pkt_rdv_init(&g->r, g->local);
}

/* ---- what came of a call ---- */

static void send_own(struct sim_gate *g, const struct pkt_out *out,
		     uint64_t now_us)
{
	uint8_t buf[PKT_SEG_MAX_BUILT];

	for (unsigned int i = 0; i < out->n_tx; i++) {
		const struct pkt_tx *tx = &out->tx[i].seg;

		SIM_TELL(now_us, "gateway to %c: flags %02x seq %u ack %u",
			 'a' + out->tx[i].leg, tx->flags, tx->seq, tx->ack);
		g->send(g->arg, out->tx[i].leg, buf, pkt_tx_build(tx, buf),
			now_us);
	}
}

static void tell_reports(struct sim_gate *g, const struct pkt_out *out,
			 uint64_t now_us)
{
	for (unsigned int i = 0; i < out->n_reports; i++) {
		const struct pkt_report *r = &out->report[i];

		SIM_TELL(now_us, "report %u leg %u cause %s", r->type, r->leg,
			 pkt_cause_name(r->cause));
		g->n_open += r->type == PKT_REPORT_OPEN;
		g->n_fail += r->type == PKT_REPORT_FAIL;
		g->n_closed += r->type == PKT_REPORT_CLOSED;
		g->report(g->arg, r, now_us);
	}
}

static void after(struct sim_gate *g, unsigned int leg,
		  const struct pkt_seg *seg, struct pkt_out *out,
		  uint64_t now_us)
{
	rdv_mon_after(&g->mon, &g->r, leg, seg, now_us, out);
	send_own(g, out, now_us);
	tell_reports(g, out, now_us);
	if (out->is_setup_done)
		g->r.setup = NULL;
}

/* ---- orders ---- */

void sim_gate_add(struct sim_gate *g, unsigned int leg)
{
	attach(g);
	g->r.leg[leg] = &g->entry[leg];
	pkt_rdv_add_leg(&g->r, leg, &g->cfg[leg], &g->policy);
	g->mon.leg[leg].is_released = false;
}

void sim_gate_rearm(struct sim_gate *g, unsigned int leg, uint64_t now_us)
{
	struct pkt_out out;

	if (!g->r.leg[0] || !g->r.leg[1])
		return;
	rdv_mon_before(&g->mon, &g->r);
	attach(g);
	pkt_rdv_policy(&g->r, &g->policy);
	pkt_rdv_modify_leg(&g->r, leg, &g->cfg[leg], true, now_us, &out);
	after(g, leg, NULL, &out, now_us);
	rdv_mon_rearmed(&g->mon);
}

void sim_gate_release(struct sim_gate *g, unsigned int leg, uint64_t now_us)
{
	struct pkt_out out;

	rdv_mon_before(&g->mon, &g->r);
	pkt_rdv_release(&g->r, leg, now_us, &out);
	g->r.leg[leg] = NULL;
	if (g->r.leg[1 - leg]) {
		after(g, leg, NULL, &out, now_us);
	} else {
		send_own(g, &out, now_us);
		g->r.setup = NULL;
	}
	rdv_mon_released(&g->mon, leg);
}

/* ---- packets and time ---- */

static void forward(struct sim_gate *g, unsigned int leg, const uint8_t *p,
		    size_t n, const struct pkt_seg *seg, uint64_t now_us)
{
	uint8_t out[SIM_OCTETS];

	memcpy(out, p, n);
	if (pkt_translate(out, seg, g->r.leg[leg], g->r.leg[1 - leg]))
		return;
	rdv_mon_forwarded(&g->mon, &g->r, leg, p, out, n, seg);
	g->send(g->arg, 1 - leg, out, n, now_us);
}

static void check(struct sim_gate *g, unsigned int leg, const uint8_t *p,
		  size_t n, const struct pkt_seg *seg, uint64_t now_us)
{
	struct pkt_out out;

	rdv_mon_before(&g->mon, &g->r);
	pkt_rdv_segment(&g->r, leg, seg, now_us, &out);
	if (out.act == PKT_ACT_DROP)
		SIM_TELL(now_us, "dropped: %s", pkt_drop_name(out.drop));
	/* What it sends of its own goes first. */
	after(g, leg, seg, &out, now_us);
	if (out.act == PKT_ACT_FORWARD)
		forward(g, leg, p, n, seg, now_us);
}

void sim_gate_packet(struct sim_gate *g, unsigned int leg, const uint8_t *p,
		     size_t n, uint64_t now_us)
{
	struct pkt_seg seg;

	if (!g->r.leg[leg] ||
	    pkt_seg_parse(p, n, false, false, &seg) != PKT_DROP_NONE)
		return;
	SIM_TELL(now_us, "%c port %u: flags %02x seq %u ack %u, %u octets",
		 'a' + leg, seg.sport, seg.flags, seg.seq, seg.ack,
		 seg.payload_octets);
	check(g, leg, p, n, &seg, now_us);
}

uint64_t sim_gate_next(const struct sim_gate *g, uint64_t now_us)
{
	if (!g->r.leg[0] && !g->r.leg[1])
		return UINT64_MAX;
	return pkt_rdv_next(&g->r, now_us);
}

void sim_gate_tick(struct sim_gate *g, uint64_t now_us)
{
	struct pkt_out out;

	rdv_mon_tick(&g->mon, pkt_rdv_next(&g->r, now_us), g->tick_us);
	g->tick_us = now_us;
	rdv_mon_before(&g->mon, &g->r);
	pkt_rdv_tick(&g->r, now_us, &out);
	after(g, 0, NULL, &out, now_us);
}
