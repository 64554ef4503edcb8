/* test/support/rdv_monitor.c - see rdv_monitor.h */
#include "test/support/rdv_monitor.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/support/rdv_pkt.h"

enum {
	CHALLENGE_US = 500 * 1000, /* docs/rendezvous.md 8 */
	STILL_MOST = 32,           /* timers of one rendezvous, and some */
	SOURCE4 = 12,              /* addresses of an IPv4 header, octets */
	ADDRESSES4 = 8,
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

void rdv_mon_begin(struct rdv_monitor *m, bool is_relay, bool is_fast_fail)
{
	memset(m, 0, sizeof(*m));
	m->is_relay = is_relay;
	m->is_fast_fail = is_fast_fail;
}

void rdv_mon_before(struct rdv_monitor *m, const struct pkt_rdv *r)
{
	m->state = pkt_rdv_state(r);
	for (unsigned int i = 0; i < PKT_LEGS; i++)
		m->leg_state[i] = pkt_rdv_leg_state(r, i);
}

static void note_syn(struct rdv_mon_leg *l, const struct pkt_seg *seg)
{
	l->syn[l->n_syns++ % RDV_MON_SYNS] = (struct rdv_mon_syn) {
		.src = seg->src,
		.sport = seg->sport,
		.isn = seg->seq,
	};
}

/* Did a SYN with this number (or any: NULL) come from there? */
static bool has_syn(const struct rdv_mon_leg *l, const struct in6_addr *src,
		    uint16_t port, const uint32_t *isn)
{
	unsigned int n = l->n_syns < RDV_MON_SYNS ? l->n_syns : RDV_MON_SYNS;

	for (unsigned int i = 0; i < n; i++) {
		const struct rdv_mon_syn *s = &l->syn[i];

		if ((!src ||
		     (IN6_ARE_ADDR_EQUAL(&s->src, src) && s->sport == port)) &&
		    (!isn || s->isn == *isn))
			return true;
	}
	return l->n_syns > RDV_MON_SYNS; /* it may be one of the forgotten */
}

static void check_synack(const struct rdv_monitor *m, unsigned int leg,
			 const struct pkt_tx *tx)
{
	uint32_t own = tx->ack - 1;

	must(has_syn(&m->leg[1 - leg], NULL, 0, &tx->seq),
	     "a SYN-ACK has the number of a SYN of the other client");
	must(has_syn(&m->leg[leg], &tx->dst, tx->dport, &own),
	     "a SYN-ACK acknowledges a SYN that came from there");
}

static void check_challenge(struct rdv_mon_leg *l, uint64_t now_us)
{
	must(!l->challenge_us ||
		     now_us - l->challenge_us >= CHALLENGE_US - 1000,
	     "challenge ACKs keep their distance");
	l->challenge_us = now_us;
}

/* 1, 2, 3, 6 and 8 for what is ours; a relayed SYN is none of it. */
static void check_tx(struct rdv_monitor *m, uint64_t now_us,
		     const struct pkt_out *out)
{
	for (unsigned int i = 0; i < out->n_tx; i++) {
		unsigned int leg = out->tx[i].leg;
		const struct pkt_tx *tx = &out->tx[i].seg;
		uint8_t both = tx->flags & (PKT_SYN | PKT_ACK);

		must(!m->leg[leg].is_released,
		     "nothing goes to a released leg");
		if (m->is_relay)
			continue;
		must(both != PKT_SYN, "we never send a SYN");
		must(has_syn(&m->leg[leg], &tx->dst, tx->dport, NULL),
		     "nothing goes to whom nobody took a SYN from");
		if (both == (PKT_SYN | PKT_ACK))
			check_synack(m, leg, tx);
		else
			must(m->is_fast_fail ||
				     m->leg_state[leg] > PKT_LEG_SYN ||
				     tx->flags == PKT_ACK,
			     "a client that waits hears nothing");
		if (tx->flags == PKT_ACK)
			check_challenge(&m->leg[leg], now_us);
	}
}

static void check_reports(struct rdv_monitor *m, const struct pkt_out *out)
{
	for (unsigned int i = 0; i < out->n_reports; i++) {
		switch (out->report[i].type) {
		case PKT_REPORT_OPEN:
			must(!m->is_open, "open is reported once");
			must(m->is_relay ||
				     (m->leg[0].n_syns && m->leg[1].n_syns),
			     "open after both SYNs");
			m->is_open = true;
			break;
		case PKT_REPORT_CLOSED:
			must(m->is_open && !m->is_over,
			     "closed is reported once, of an open session");
			m->is_over = true;
			break;
		case PKT_REPORT_FAIL:
			must(!m->is_open, "fail only before it is open");
			break;
		default:
			break;
		}
	}
}

/* 1: while it is open the latch does not move. */
static void check_latch(struct rdv_monitor *m, const struct pkt_rdv *r)
{
	enum pkt_state s = pkt_rdv_state(r);
	bool was_joined =
		m->state >= PKT_STATE_OPEN && m->state <= PKT_STATE_DEAD;

	for (unsigned int i = 0; i < PKT_LEGS; i++) {
		struct rdv_mon_leg *l = &m->leg[i];
		const struct pkt_entry *e = r->leg[i];

		if (!e || s < PKT_STATE_OPEN || s > PKT_STATE_DEAD)
			continue;
		if (was_joined)
			must(IN6_ARE_ADDR_EQUAL(&e->remote, &l->latched) &&
				     e->remote_port_be == l->latched_port_be,
			     "the latch of an open session does not move");
		l->latched = e->remote;
		l->latched_port_be = e->remote_port_be;
	}
}

static void check_counts(struct rdv_monitor *m, const struct pkt_rdv *r)
{
	for (unsigned int i = 0; i < PKT_LEGS; i++)
		must(!r->leg[i] ||
			     (r->leg[i]->rx_octets == m->leg[i].rx_octets &&
			      r->leg[i]->rx_packets == m->leg[i].rx_packets),
		     "counters are what was forwarded");
}

static bool is_latch(const struct pkt_entry *e, const struct in6_addr *src,
		     uint16_t port)
{
	return IN6_ARE_ADDR_EQUAL(&e->remote, src) &&
	       ntohs(e->remote_port_be) == port;
}

void rdv_mon_after(struct rdv_monitor *m, const struct pkt_rdv *r,
		   unsigned int leg, const struct pkt_seg *seg, uint64_t now_us,
		   const struct pkt_out *out)
{
	must(out->n_tx <= PKT_OUT_TX && out->n_reports <= PKT_OUT_REPORTS,
	     "no more goes out than there is room");
	if (seg && seg->flags & PKT_SYN && out->act != PKT_ACT_DROP)
		note_syn(&m->leg[leg], seg);
	if (seg && out->act == PKT_ACT_FORWARD) {
		must(m->state >= PKT_STATE_COMMIT || m->is_relay,
		     "nothing is forwarded before both have their SYN-ACK");
		must(r->leg[0] && r->leg[1], "both ends are there");
		must(is_latch(r->leg[leg], &seg->src, seg->sport),
		     "what is forwarded comes from the latch of its leg");
		m->leg[leg].rx_octets += seg->payload_octets;
		m->leg[leg].rx_packets +=
			pkt_pieces(seg->payload_octets, seg->gso_octets);
	}
	check_tx(m, now_us, out);
	check_reports(m, out);
	check_latch(m, r);
	check_counts(m, r);
	must(!out->is_setup_done || pkt_rdv_state(r) >= PKT_STATE_OPEN ||
		     m->leg[0].is_released || m->leg[1].is_released,
	     "the set-up block goes when it is open or over");
}

/* By how much its TCP checksum is wrong. */
static uint32_t csum_error(const uint8_t *p, size_t n,
			   const struct pkt_seg *seg)
{
	size_t l4 = seg->l4_off;
	uint32_t sum = rdv_pkt_sum(p + SOURCE4, ADDRESSES4) +
		       rdv_pkt_sum(p + l4, n - l4) + (uint32_t)(n - l4) + 6;

	return sum % 0xffff;
}

void rdv_mon_forwarded(const struct rdv_monitor *m, const struct pkt_rdv *r,
		       unsigned int leg, const uint8_t *before,
		       const uint8_t *after, size_t n,
		       const struct pkt_seg *seg)
{
	const struct pkt_entry *to = r->leg[1 - leg];
	size_t l4 = seg->l4_off, end = seg->payload_off + seg->payload_octets;
	struct in6_addr dst = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
	uint16_t dport = (uint16_t)(after[l4 + 2] << 8 | after[l4 + 3]);

	memcpy(&dst.s6_addr[12], after + 16, 4);
	must(is_latch(to, &dst, dport),
	     "what is forwarded goes to the latch of the other leg");
	must(m->is_relay || has_syn(&m->leg[1 - leg], &dst, dport, NULL),
	     "what is forwarded goes to whom a SYN came from");
	must(!memcmp(before + l4 + 4, after + l4 + 4, 12) &&
		     !memcmp(before + l4 + 18, after + l4 + 18, end - l4 - 18),
	     "numbers, flags and payload stay as they came");
	if (!seg->is_partial && end == n)
		must(csum_error(before, n, seg) == csum_error(after, n, seg),
		     "a wrong checksum stays as wrong as it was");
}

void rdv_mon_tick(struct rdv_monitor *m, uint64_t due_us, uint64_t now_us)
{
	m->still = due_us <= now_us ? m->still + 1 : 0;
	must(m->still < STILL_MOST, "a timer that is due gets done");
}

void rdv_mon_rearmed(struct rdv_monitor *m)
{
	m->is_open = false;
	m->is_over = false;
}

void rdv_mon_released(struct rdv_monitor *m, unsigned int leg)
{
	m->leg[leg].is_released = true;
}
