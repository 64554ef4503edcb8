/* packet/synack.c - what the two SYN-ACKs of a rendezvous say */
#include "packet/synack.h"

enum {
	HDR_IP4 = 40, /* fixed headers, IP and TCP */
	HDR_IP6 = 60,
	MSS_IP4 = 536, /* RFC 9293 MUST-15: of a SYN without the option */
	MSS_IP6 = 1220,
};

static bool is_ip6(const struct pkt_leg_cfg *cfg)
{
	return cfg->family == AF_INET6;
}

static uint16_t default_mss(const struct pkt_leg_cfg *cfg)
{
	return is_ip6(cfg) ? MSS_IP6 : MSS_IP4;
}

/* What the way to this client takes.  A value we compute never falls below
 * what every host must take. */
static uint16_t mtu_mss(const struct pkt_setup_leg *s)
{
	const struct pkt_leg_cfg *cfg = &s->cfg;
	uint16_t hdr = is_ip6(cfg) ? HDR_IP6 : HDR_IP4;
	uint16_t mtu = pkt_setup_mtu(s);

	if (mtu < hdr + default_mss(cfg))
		return default_mss(cfg);
	return (uint16_t)(mtu - hdr);
}

static uint16_t smaller(uint16_t a, uint16_t b)
{
	return a < b ? a : b;
}

/* 3.4: the MSS of the other client, within the limits of both ways. */
uint16_t pkt_synack_mss(const struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_setup_leg *own = &r->setup->leg[leg];
	const struct pkt_setup_leg *peer = &r->setup->leg[1 - leg];
	const struct pkt_opts *o = &peer->syn.opts;
	uint16_t mss = o->has_mss ? o->mss : default_mss(&peer->cfg);

	return smaller(mss, smaller(mtu_mss(own), mtu_mss(peer)));
}

static bool is_fresh(const struct pkt_syn *s, uint16_t limit_ms, uint64_t now)
{
	return now - s->latest_us < (uint64_t)limit_ms * 1000;
}

/* 3.5: an old echo would poison the client's round-trip estimate. */
static bool agree_ts(const struct pkt_rdv *r, uint64_t now_us)
{
	const struct pkt_rdv_cfg *cfg = &r->setup->rdv;
	const struct pkt_syn *a = &r->setup->leg[0].syn;
	const struct pkt_syn *b = &r->setup->leg[1].syn;

	if (!a->opts.has_ts || !b->opts.has_ts)
		return false;
	if (cfg->ts_policy == PKT_TS_FRESH)
		return is_fresh(a, cfg->tts_ms, now_us) &&
		       is_fresh(b, cfg->tts_ms, now_us);
	return cfg->ts_policy != PKT_TS_NEVER;
}

static uint32_t echo_for(const struct pkt_rdv *r, unsigned int leg)
{
	if (r->setup->rdv.ts_policy == PKT_TS_ZERO)
		return 0;
	return r->setup->leg[leg].syn.opts.tsval;
}

static void freeze(struct pkt_rdv *r, unsigned int leg, bool has_ts)
{
	const struct pkt_opts *own = &r->setup->leg[leg].syn.opts;
	const struct pkt_opts *other = &r->setup->leg[1 - leg].syn.opts;
	struct pkt_opts *o = &r->setup->frozen[leg];

	*o = (struct pkt_opts) {
		.has_mss = true,
		.mss = pkt_synack_mss(r, leg),
		.has_ws = own->has_ws && other->has_ws,
		.has_sack = own->has_sack && other->has_sack,
		.has_ts = has_ts,
	};
	if (o->has_ws)
		o->ws = other->ws;
	if (o->has_ts) {
		o->tsval = other->tsval;
		o->tsecr = echo_for(r, leg);
	}
}

uint8_t pkt_synack_stat_bits(const struct pkt_setup *s)
{
	const struct pkt_opts *o = &s->frozen[0];

	return (uint8_t)((o->has_ws ? PKT_STAT_WS : 0) |
			 (o->has_sack ? PKT_STAT_SACK : 0) |
			 (o->has_ts ? PKT_STAT_TS : 0) |
			 (s->frozen_ecn ? PKT_STAT_ECN : 0));
}

void pkt_synack_agree(struct pkt_rdv *r, uint64_t now_us)
{
	struct pkt_setup *s = r->setup;
	bool has_ts = agree_ts(r, now_us);
	unsigned int leg;

	s->frozen_ecn = s->leg[0].syn.is_ecn && s->leg[1].syn.is_ecn;
	for (leg = 0; leg < PKT_LEGS; leg++)
		freeze(r, leg, has_ts);
	for (leg = 0; leg < PKT_LEGS; leg++) {
		r->leg[leg]->mss = s->frozen[leg].mss;
		r->leg[leg]->opts = pkt_synack_stat_bits(s) & PKT_STAT_ALL;
	}
}

/* ECN is left out on purpose: clients clear it in repeated SYNs and still take
 * the answer to the first. */
bool pkt_synack_lacks(const struct pkt_rdv *r, unsigned int leg,
		      const struct pkt_opts *o)
{
	const struct pkt_opts *f = &r->setup->frozen[leg];

	return (f->has_ws && !o->has_ws) || (f->has_sack && !o->has_sack) ||
	       (f->has_ts && !o->has_ts);
}

void pkt_synack_renew_ts(struct pkt_rdv *r, unsigned int probed,
			 const struct pkt_opts *ack)
{
	struct pkt_opts *o = &r->setup->frozen[1 - probed];

	if (!o->has_ts)
		return;
	if (ack->has_ts)
		o->tsval = ack->tsval;
	o->tsecr = echo_for(r, 1 - probed);
}

uint16_t pkt_synack_window(const struct pkt_rdv *r, unsigned int leg)
{
	const struct pkt_setup *s = r->setup;

	return s->leg[leg].is_probed_zero ? 0 : s->leg[1 - leg].syn.window;
}

void pkt_synack_fill(const struct pkt_rdv *r, unsigned int leg,
		     struct pkt_tx *tx)
{
	const struct pkt_setup *s = r->setup;

	tx->flags = PKT_SYN | PKT_ACK | (s->frozen_ecn ? PKT_ECE : 0);
	tx->seq = s->leg[1 - leg].syn.isn;
	tx->ack = s->leg[leg].syn.isn + 1;
	tx->window = pkt_synack_window(r, leg);
	tx->opts = s->frozen[leg];
}
