/* test/sim/firewall.c - see firewall.h */
#include "test/sim/firewall.h"

enum {
	OPEN_S = 7440, /* RFC 5382 */
	STEP = 7,
};

#define SECOND 1000000ull

static void begin(struct sim_firewall *w, const struct pkt_tx *tx)
{
	w->is_known = true;
	w->is_open = false;
	w->inner = tx->sport;
	if (w->kind != SIM_WALL_NAT)
		w->outer = tx->sport;
	else
		w->outer = (uint16_t)(w->outer ? w->outer + STEP :
						 tx->sport - STEP);
}

uint16_t sim_firewall_out(struct sim_firewall *w, const struct pkt_tx *tx,
			  uint64_t now_us)
{
	bool is_syn = (tx->flags & (PKT_SYN | PKT_ACK)) == PKT_SYN;

	if (w->kind == SIM_WALL_NONE)
		return tx->sport;
	if (!w->is_known || now_us >= w->until_us || w->inner != tx->sport)
		begin(w, tx);
	if (is_syn && w->isn != tx->seq) {
		w->isn = tx->seq;
		w->is_open = false;
	}
	w->until_us = now_us + (w->is_open ? OPEN_S * SECOND : w->half_open_us);
	return w->outer;
}

static bool is_welcome(const struct sim_firewall *w, const struct pkt_seg *seg,
		       uint64_t now_us)
{
	if (!w->is_known || now_us >= w->until_us || seg->dport != w->outer)
		return false;
	/* A plain SYN from outside begins nothing. */
	if ((seg->flags & (PKT_SYN | PKT_ACK)) == PKT_SYN)
		return false;
	return !(seg->flags & PKT_SYN) || seg->ack == w->isn + 1;
}

bool sim_firewall_in(struct sim_firewall *w, const struct pkt_seg *seg,
		     uint64_t now_us, uint16_t *port)
{
	*port = seg->dport;
	if (w->kind == SIM_WALL_NONE)
		return true;
	if (!is_welcome(w, seg, now_us)) {
		w->n_refused++;
		return false;
	}
	if (seg->flags & PKT_SYN)
		w->is_open = true;
	if (w->is_open)
		w->until_us = now_us + OPEN_S * SECOND;
	*port = w->inner;
	return true;
}
