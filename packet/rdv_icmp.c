/*
 * packet/rdv_icmp.c - what an ICMP error means for a rendezvous
 *
 * Nothing at all for its state (RFC 5382 REQ-10): in an open session it is
 * passed on to the client whose segment it quotes, before that it is dropped,
 * because a client in SYN-SENT would give up.  The SYN of a relayed call is
 * the exception (docs/relay.md, Y31): there the caller should.  Only the MTU of a way is
 * learned, while the MSS is not yet told.  tcp-rendezvous 6.2.
 */
#include <arpa/inet.h>

#include "packet/rdv_int.h"
#include "packet/window.h"

static bool is_joined(enum pkt_state s)
{
	return s == PKT_STATE_OPEN || s == PKT_STATE_HALF ||
	       s == PKT_STATE_CLOSING || s == PKT_STATE_DEAD;
}

/* RFC 5927 4.1: quotes what was sent to this client and not yet, or just now,
 * acknowledged. */
static bool is_in_flight(const struct pkt_entry *to, const struct pkt_entry *by,
			 uint32_t seq)
{
	uint32_t first = to->last_ack - 1;

	return seq - first <= by->snd_end - first;
}

static bool is_for(const struct pkt_entry *e, const struct pkt_quote *q)
{
	return e->remote_port_be == htons(q->dport) &&
	       IN6_ARE_ADDR_EQUAL(&e->remote, &q->dst);
}

static bool is_active(const struct pkt_entry *e)
{
	return e->flags & (PKT_ENTRY_RX | PKT_ENTRY_TX);
}

static void learn_mtu(struct pkt_setup_leg *s, const struct pkt_icmp *m)
{
	if (m->is_too_big && m->mtu < pkt_setup_mtu(s))
		s->pmtu = (uint16_t)m->mtu;
}

/* Event "ICMP" before both handshakes are complete. */
static void on_waiting(struct pkt_rdv *r, unsigned int leg,
		       const struct pkt_icmp *m)
{
	const struct pkt_entry *e = r->leg[leg], *peer = r->leg[1 - leg];

	switch (pkt_rdv_leg_state(r, leg)) {
	case PKT_LEG_SYN:
		learn_mtu(&r->setup->leg[leg], m);
		break;
	case PKT_LEG_SENT:
	case PKT_LEG_ACKED:
		if (peer && is_in_flight(e, peer, m->quote.seq))
			learn_mtu(&r->setup->leg[leg], m);
		break;
	default:
		break;
	}
}

/* Quotes the SYN that went to a server and is not answered. */
static bool is_about_call(const struct pkt_rdv *r, unsigned int leg,
			  const struct pkt_icmp *m)
{
	return rdv_relay_is_unanswered(r) && rdv_is_called(r, leg) &&
	       !m->is_too_big && m->quote.seq == r->leg[leg]->last_ack - 1;
}

static enum pkt_drop judge(struct pkt_rdv *r, unsigned int leg,
			   const struct pkt_icmp *m)
{
	const struct pkt_entry *e = r->leg[leg], *peer = r->leg[1 - leg];

	if (!is_for(e, &m->quote))
		return PKT_DROP_ICMP;
	if (!is_joined(pkt_rdv_state(r))) {
		on_waiting(r, leg, m);
		return is_about_call(r, leg, m) ? PKT_DROP_NONE : PKT_DROP_ICMP;
	}
	if (!peer || !is_in_flight(e, peer, m->quote.seq))
		return PKT_DROP_ICMP;
	return is_active(e) && is_active(peer) ? PKT_DROP_NONE : PKT_DROP_MODE;
}

enum pkt_drop pkt_rdv_icmp(struct pkt_rdv *r, unsigned int leg,
			   const struct pkt_icmp *m)
{
	enum pkt_drop drop = judge(r, leg, m);

	if (drop != PKT_DROP_NONE)
		pkt_count_drop(r->leg[leg]);
	return drop;
}
