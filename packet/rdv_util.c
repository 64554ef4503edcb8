/* packet/rdv_util.c - the only writers of states and of what goes out */
#include "packet/rdv_int.h"

#include <arpa/inet.h>
#include <assert.h>

enum { LEG_MASK = 0x0f, STATE_SHIFT = 4 };

enum pkt_state pkt_rdv_state(const struct pkt_rdv *r)
{
	const struct pkt_entry *e = r->leg[r->leg[0] ? 0 : 1];

	return (enum pkt_state)(e->bits >> STATE_SHIFT);
}

enum pkt_leg_state pkt_rdv_leg_state(const struct pkt_rdv *r, unsigned int leg)
{
	if (!r->leg[leg])
		return PKT_LEG_IDLE;
	return (enum pkt_leg_state)(r->leg[leg]->bits & LEG_MASK);
}

void rdv_set_leg(struct pkt_rdv *r, unsigned int leg, enum pkt_leg_state s)
{
	struct pkt_entry *e = r->leg[leg];

	e->bits = (uint8_t)((e->bits & ~LEG_MASK) | s);
}

void rdv_set_state(struct pkt_rdv *r, enum pkt_state s)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		struct pkt_entry *e = r->leg[leg];

		if (e)
			e->bits = (uint8_t)((e->bits & LEG_MASK) |
					    s << STATE_SHIFT);
	}
}

void rdv_set_linger(struct pkt_rdv *r, uint64_t until_us)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++)
		if (r->cold[leg])
			r->cold[leg]->linger_us = until_us;
}

void rdv_drop(struct rdv_call *c, enum pkt_drop why)
{
	c->out->act = PKT_ACT_DROP;
	c->out->drop = why;
}

void rdv_report(struct rdv_call *c, enum pkt_report_type type, unsigned int leg,
		enum pkt_cause cause)
{
	struct pkt_out *out = c->out;

	assert(out->n_reports < PKT_OUT_REPORTS);
	out->report[out->n_reports++] = (struct pkt_report) {
		.type = (uint8_t)type,
		.leg = (uint8_t)leg,
		.cause = (uint8_t)cause,
		.is_far = type == PKT_REPORT_CLOSED && leg == 1,
	};
}

void rdv_silence(struct rdv_call *c)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		if (!c->r->leg[leg])
			continue;
		rdv_set_leg(c->r, leg, PKT_LEG_CLOSED);
		c->r->leg[leg]->flags &= (uint8_t)~PKT_ENTRY_OPEN;
	}
	rdv_set_state(c->r, PKT_STATE_SILENT);
	rdv_set_linger(c->r, 0);
	c->out->is_setup_done = c->r->setup != NULL;
}

struct pkt_tx *rdv_emit(struct rdv_call *c, unsigned int leg, uint8_t flags)
{
	struct pkt_cold *cold = c->r->cold[leg];
	struct pkt_out *out = c->out;
	struct pkt_tx *tx;

	assert(out->n_tx < PKT_OUT_TX);
	out->tx[out->n_tx].leg = (uint8_t)leg;
	tx = &out->tx[out->n_tx++].seg;
	*tx = (struct pkt_tx) {
		.src = cold->cfg.local,
		.dst = c->r->leg[leg]->remote,
		.sport = cold->cfg.local_port,
		.dport = ntohs(c->r->leg[leg]->remote_port_be),
		.family = cold->cfg.family,
		.flags = flags,
		.dscp = cold->cfg.has_dscp ? cold->cfg.dscp : 0,
	};
	cold->is_dirty = true;
	return tx;
}

void rdv_rst(struct rdv_call *c, unsigned int leg, uint32_t seq, uint32_t ack)
{
	struct pkt_tx *tx = rdv_emit(c, leg, PKT_RST | PKT_ACK);

	tx->seq = seq;
	tx->ack = ack;
}

/*
 * Event 17.  A client that may be in SYN-SENT believes a RST only with the
 * right ACK; one that is established, only the exact number.  After a SYN-ACK
 * it may be either: last_ack is what it expects next in both cases.
 */
void rdv_rst_leg(struct rdv_call *c, unsigned int leg)
{
	const struct pkt_entry *e = c->r->leg[leg];

	switch (pkt_rdv_leg_state(c->r, leg)) {
	case PKT_LEG_IDLE:
		break;
	case PKT_LEG_SYN:
		rdv_rst(c, leg, 0, rdv_leg(c, leg)->syn.isn + 1);
		break;
	default:
		rdv_rst(c, leg, e->last_ack, e->snd_end);
	}
}

void rdv_challenge(struct rdv_call *c, unsigned int leg)
{
	struct pkt_entry *e = c->r->leg[leg];
	const struct pkt_entry *peer = c->r->leg[1 - leg];
	uint32_t now_ms = (uint32_t)(c->now_us / 1000);
	struct pkt_tx *tx;

	if (e->challenge_ms && now_ms - e->challenge_ms < RDV_CHALLENGE_MS)
		return;
	e->challenge_ms = now_ms ? now_ms : 1;
	tx = rdv_emit(c, leg, PKT_ACK);
	tx->seq = peer->snd_end;
	tx->ack = peer->last_ack;
	tx->window = peer->window;
}

bool rdv_is_latched(const struct rdv_call *c, unsigned int leg,
		    const struct pkt_seg *seg)
{
	const struct pkt_entry *e = c->r->leg[leg];

	return e->remote_port_be == htons(seg->sport) &&
	       IN6_ARE_ADDR_EQUAL(&e->remote, &seg->src);
}
