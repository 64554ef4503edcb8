/*
 * packet/rdv_latch.c - which SYN counts, and what is kept of it
 *
 * Always the latest SYN of an attempt, the ISN being the attempt (D3).
 * Nothing is allocated; of former attempts only a few ISNs are kept.
 */
#include "packet/rdv_int.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	MSS_LEAST = 64, /* decision 23 */
	SECOND_US = 1000 * 1000,
	FLOOD_US = 10 * SECOND_US, /* how long we stay wary after a flood */
};

static bool prefix_match(const struct in6_addr *a, const struct in6_addr *b,
			 unsigned int len)
{
	unsigned int whole = len / 8, rest = len % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (memcmp(a, b, whole))
		return false;
	return !rest || !((a->s6_addr[whole] ^ b->s6_addr[whole]) & mask);
}

bool rdv_filter_ok(const struct pkt_filter *f, const struct in6_addr *addr,
		   uint16_t port)
{
	return port >= f->port_min && port <= f->port_max &&
	       prefix_match(addr, &f->addr, f->prefix_len);
}

/* A13: a gate of this context is no client.  One of another context, of the
 * same address perhaps, is: a call may pass here twice (decision 6). */
static bool is_own(const struct rdv_call *c, const struct pkt_seg *seg)
{
	const struct pkt_leg_cfg *cfg;
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		if (!c->r->leg[leg])
			continue;
		cfg = &rdv_leg(c, leg)->cfg;
		if (seg->sport == cfg->local_port &&
		    IN6_ARE_ADDR_EQUAL(&seg->src, &cfg->local))
			return true;
	}
	return false;
}

enum pkt_drop rdv_refuse_options(const struct pkt_opts *o)
{
	if (o->has_auth || o->has_mp_join)
		return PKT_DROP_SYN_OPTION;
	if (o->has_mss && o->mss < MSS_LEAST)
		return PKT_DROP_SYN_MSS;
	return PKT_DROP_NONE;
}

enum pkt_drop rdv_refuse_syn(const struct rdv_call *c, unsigned int leg,
			     const struct pkt_seg *seg)
{
	const struct pkt_leg_cfg *cfg = &rdv_leg(c, leg)->cfg;
	bool has_peer = !rdv_is(c->r, 1 - leg, PKT_LEG_IDLE);

	if (!cfg->is_armed || cfg->role != PKT_ROLE_MERGE)
		return PKT_DROP_NOT_ARMED;
	if (!rdv_filter_ok(&cfg->from, &seg->src, seg->sport))
		return PKT_DROP_SOURCE;
	if (is_own(c, seg))
		return PKT_DROP_MARTIAN;
	/* A14: the same client on both legs would talk to itself */
	if (has_peer && rdv_is_latched(c, 1 - leg, seg))
		return PKT_DROP_SOURCE;
	return rdv_refuse_options(&seg->opts);
}

/* At most syn_rate new attempts a second, and as many at once. */
static bool take_token(struct rdv_call *c, unsigned int leg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);
	uint16_t rate = rdv_policy(c->r)->syn_rate;
	uint64_t step = SECOND_US / (rate ? rate : 1);

	if (s->rate_us < c->now_us)
		s->rate_us = c->now_us;
	if (s->rate_us + step > c->now_us + SECOND_US) {
		s->flood_us = c->now_us;
		return false;
	}
	s->rate_us += step;
	return true;
}

static bool is_known(const struct pkt_setup_leg *s, uint32_t isn)
{
	unsigned int i;

	for (i = 0; i < s->n_known && i < PKT_KNOWN_ISNS; i++)
		if (s->known[i] == isn)
			return true;
	return false;
}

/* n_known counts on behind the ring, so it must wrap at a multiple of it. */
static void remember(struct pkt_setup_leg *s, uint32_t isn)
{
	if (is_known(s, isn))
		return;
	s->known[s->n_known % PKT_KNOWN_ISNS] = isn;
	s->n_known++;
	if (s->n_known == 2 * PKT_KNOWN_ISNS)
		s->n_known = PKT_KNOWN_ISNS;
}

bool rdv_is_disputed(const struct rdv_call *c, unsigned int leg)
{
	const struct pkt_setup_leg *s = rdv_leg(c, leg);

	return s->flood_us && c->now_us - s->flood_us < FLOOD_US;
}

/*
 * Event 4 within bounds (R9): an attempt that was here before may come back;
 * a new one needs a token, and under a flood must not push out an attempt
 * that has repeated its SYN, as only a real client does.
 */
bool rdv_may_replace(struct rdv_call *c, unsigned int leg, uint32_t isn)
{
	const struct pkt_setup_leg *s = rdv_leg(c, leg);

	if (is_known(s, isn))
		return true;
	if (rdv_is_disputed(c, leg) && s->is_repeated)
		return false;
	return take_token(c, leg);
}

static void keep_syn(struct rdv_call *c, unsigned int leg,
		     const struct pkt_seg *seg)
{
	struct pkt_syn *syn = &rdv_leg(c, leg)->syn;
	struct pkt_entry *e = rdv_entry(c, leg);

	syn->window = seg->window;
	syn->is_ecn = (seg->flags & (PKT_ECE | PKT_CWR)) == (PKT_ECE | PKT_CWR);
	syn->opts = seg->opts;
	syn->latest_us = c->now_us;
	if (e->syns < PKT_ENTRY_SYNS_MAX)
		e->syns++;
	e->last_seen_ms = (uint32_t)(c->now_us / 1000);
}

void rdv_latch(struct rdv_call *c, unsigned int leg, const struct pkt_seg *seg)
{
	struct pkt_entry *e = c->r->leg[leg];

	e->remote = seg->src;
	e->remote_port_be = htons(seg->sport);
}

void rdv_unlatch(struct rdv_call *c, unsigned int leg)
{
	struct pkt_entry *e = c->r->leg[leg];
	struct pkt_setup_leg *s = rdv_leg(c, leg);
	struct pkt_setup_leg keep = *s;

	e->est_ms = 0;
	e->mss = 0;
	e->opts = 0;
	memset(&e->remote, 0, sizeof(e->remote));
	e->remote_port_be = 0;
	/* What is known of attempts stays: the real one comes again. */
	memset(s, 0, sizeof(*s));
	s->cfg = keep.cfg;
	s->rate_us = keep.rate_us;
	s->flood_us = keep.flood_us;
	s->n_known = keep.n_known;
	memcpy(s->known, keep.known, sizeof(s->known));
	rdv_set_leg(c->r, leg, PKT_LEG_IDLE);
}

/* Events 1 and 4: a new attempt, latched where it comes from. */
void rdv_take_syn(struct rdv_call *c, unsigned int leg,
		  const struct pkt_seg *seg)
{
	struct pkt_setup_leg *s = rdv_leg(c, leg);

	s->is_repeated = is_known(s, seg->seq);
	remember(s, seg->seq);
	s->syn.isn = seg->seq;
	s->syn.first_us = c->now_us;
	s->is_probed_zero = false;
	s->is_suspect = false;
	s->has_stale = false;
	s->resends = 0;
	s->synack_us = 0;
	s->resend_us = 0;
	keep_syn(c, leg, seg);
	rdv_latch(c, leg, seg);
	rdv_set_leg(c->r, leg, PKT_LEG_SYN);
}

/* Event 2. */
void rdv_refresh_syn(struct rdv_call *c, unsigned int leg,
		     const struct pkt_seg *seg)
{
	rdv_leg(c, leg)->is_repeated = true;
	keep_syn(c, leg, seg);
}
