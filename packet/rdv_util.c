/* packet/rdv_util.c - the only writers of states and of what goes out */
#include "packet/rdv_int.h"
#include "packet/window.h"

#include <arpa/inet.h>
#include <assert.h>

enum pkt_state pkt_rdv_state(const struct pkt_rdv *r)
{
	const struct pkt_entry *e = r->leg[r->leg[0] ? 0 : 1];

	return (enum pkt_state)(e->bits >> PKT_BITS_STATE_SHIFT);
}

enum pkt_leg_state pkt_rdv_leg_state(const struct pkt_rdv *r, unsigned int leg)
{
	if (!r->leg[leg])
		return PKT_LEG_IDLE;
	return (enum pkt_leg_state)(r->leg[leg]->bits & PKT_BITS_LEG);
}

void rdv_set_leg(struct pkt_rdv *r, unsigned int leg, enum pkt_leg_state s)
{
	struct pkt_entry *e = r->leg[leg];

	e->bits = (uint8_t)((e->bits & ~PKT_BITS_LEG) | s);
}

void rdv_set_state(struct pkt_rdv *r, enum pkt_state s)
{
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		struct pkt_entry *e = r->leg[leg];

		if (e)
			e->bits = (uint8_t)((e->bits & PKT_BITS_LEG) |
					    s << PKT_BITS_STATE_SHIFT);
	}
}

void rdv_count_relatch(struct rdv_call *c, unsigned int leg)
{
	struct pkt_entry *e = rdv_entry(c, leg);

	if (e->relatches < PKT_ENTRY_RELATCHES_MAX)
		e->relatches++;
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
}

/* Of an open session it is kept where the peer needs it. */
static void set_source(const struct rdv_call *c, unsigned int leg,
		       struct pkt_tx *tx)
{
	const struct pkt_entry *peer = c->r->leg[1 - leg];

	if (c->r->setup) {
		tx->src = rdv_leg(c, leg)->cfg.local;
		tx->sport = rdv_leg(c, leg)->cfg.local_port;
	} else {
		tx->src = peer->out_src;
		tx->sport = ntohs(peer->out_sport_be);
	}
	tx->family = IN6_IS_ADDR_V4MAPPED(&tx->src) ? AF_INET : AF_INET6;
}

struct pkt_tx *rdv_emit(struct rdv_call *c, unsigned int leg, uint8_t flags)
{
	struct pkt_entry *e = rdv_entry(c, leg);
	struct pkt_out *out = c->out;
	struct pkt_tx *tx;

	assert(out->n_tx < PKT_OUT_TX);
	out->tx[out->n_tx].leg = (uint8_t)leg;
	tx = &out->tx[out->n_tx++].seg;
	*tx = (struct pkt_tx) {
		.dst = e->remote,
		.dport = ntohs(e->remote_port_be),
		.flags = flags,
		.dscp = e->flags & PKT_ENTRY_DSCP ? e->dscp : 0,
	};
	set_source(c, leg, tx);
	e->is_dirty = true;
	return tx;
}

void rdv_rst(struct rdv_call *c, unsigned int leg, uint32_t seq, uint32_t ack)
{
	struct pkt_tx *tx = rdv_emit(c, leg, PKT_RST | PKT_ACK);

	tx->seq = seq;
	tx->ack = ack;
}

/* A client that has all its peer has sent, and whose ACK is late, expects what
 * comes behind; to one that has not, this one is not exact. */
static void rst_told(struct rdv_call *c, unsigned int leg)
{
	const struct pkt_entry *e = c->r->leg[leg];
	const struct pkt_entry *peer = c->r->leg[1 - leg];

	rdv_rst(c, leg, e->last_ack, e->snd_end);
	if (peer && pkt_seq_after(peer->snd_end, e->last_ack))
		rdv_rst(c, leg, peer->snd_end, e->snd_end);
}

/*
 * Event 17.  A client that may be in SYN-SENT believes a RST only with the
 * right ACK; one that is established, only the exact number.  After a SYN-ACK
 * it may be either: last_ack is what it expects next in both cases.
 */
void rdv_rst_leg(struct rdv_call *c, unsigned int leg)
{
	switch (pkt_rdv_leg_state(c->r, leg)) {
	case PKT_LEG_IDLE:
		break;
	case PKT_LEG_CLOSED:
		if (pkt_rdv_state(c->r) < PKT_STATE_COMMIT)
			break; /* of a session that is over: nobody is there */
		rst_told(c, leg);
		break;
	case PKT_LEG_SYN:
		rdv_rst(c, leg, 0, rdv_leg(c, leg)->syn.isn + 1);
		break;
	default:
		rst_told(c, leg);
	}
}

/* What the client of `to` may still send, as its peer said it. */
static uint16_t window_left(const struct pkt_entry *to,
			    const struct pkt_entry *peer)
{
	uint32_t left = (to->max_end - peer->last_ack) >> peer->wscale;

	return left < UINT16_MAX ? (uint16_t)left : UINT16_MAX;
}

void rdv_challenge(struct rdv_call *c, unsigned int leg)
{
	struct pkt_entry *e = c->r->leg[leg];
	const struct pkt_entry *peer = c->r->leg[1 - leg];
	uint64_t tick = c->now_us / RDV_CHALLENGE_TICK_US;
	struct pkt_tx *tx;

	if (e->challenge &&
	    (uint16_t)(tick + 1 - e->challenge) <= RDV_CHALLENGE_TICKS)
		return;
	if (tick * RDV_CHALLENGE_TICK_US < c->now_us) /* rounded up */
		tick++;
	e->challenge = (uint16_t)tick ? (uint16_t)tick : 1;
	tx = rdv_emit(c, leg, PKT_ACK);
	tx->seq = peer->snd_end;
	tx->ack = peer->last_ack;
	tx->window = window_left(e, peer);
}

bool rdv_is_latched(const struct rdv_call *c, unsigned int leg,
		    const struct pkt_seg *seg)
{
	return pkt_is_latched(c->r->leg[leg], &seg->src, htons(seg->sport));
}
