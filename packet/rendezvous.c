/*
 * packet/rendezvous.c - the entry points of the rendezvous
 *
 * What the controller wants, what time does, and where a segment goes first.
 * The states themselves: rdv_setup.c until the session is open, rdv_open.c
 * from then on.
 */
#include "packet/rendezvous.h"

#include <arpa/inet.h>
#include <string.h>

#include "packet/rdv_int.h"
#include "packet/validate.h"
#include "packet/window.h"

static struct rdv_call start(struct pkt_rdv *r, uint64_t now_us,
			     struct pkt_out *out)
{
	struct rdv_call c = { .r = r, .out = out, .now_us = now_us };

	memset(out, 0, sizeof(*out));
	out->act = PKT_ACT_CONSUME;
	out->drop = PKT_DROP_NONE;
	return c;
}

static bool is_joined(enum pkt_state s)
{
	return s == PKT_STATE_OPEN || s == PKT_STATE_HALF ||
	       s == PKT_STATE_CLOSING || s == PKT_STATE_DEAD;
}

static bool is_committing(enum pkt_state s)
{
	return s == PKT_STATE_PROBE || s == PKT_STATE_COMMIT;
}

/* A leg whose session was open: who called is known, who else may not. */
static void recall_filter(struct pkt_filter *from, const struct pkt_entry *e)
{
	uint16_t port = ntohs(e->remote_port_be);

	*from = (struct pkt_filter) { .prefix_len = 128, .port_min = 1 };
	if (e->role != PKT_ROLE_RELAY)
		return;
	from->addr = e->remote;
	from->port_min = from->port_max = port;
}

static void recall(struct pkt_leg_cfg *cfg, const struct pkt_entry *e,
		   const struct pkt_local *at)
{
	bool is_v4 = IN6_IS_ADDR_V4MAPPED(&at->addr);

	*cfg = (struct pkt_leg_cfg) {
		.local = at->addr,
		.local_port = ntohs(at->port_be),
		.family = is_v4 ? AF_INET : AF_INET6,
		.role = e->role,
		.dscp = e->dscp,
		.has_dscp = e->flags & PKT_ENTRY_DSCP,
		.is_armed = e->is_armed,
		.mtu = e->mtu,
	};
	cfg->mode |= e->flags & PKT_ENTRY_RX ? PKT_MODE_RX : 0;
	cfg->mode |= e->flags & PKT_ENTRY_TX ? PKT_MODE_TX : 0;
	recall_filter(&cfg->from, e);
}

void pkt_rdv_init(struct pkt_rdv *r, const struct pkt_local at[PKT_LEGS])
{
	unsigned int leg;

	memset(r->setup, 0, sizeof(*r->setup));
	for (leg = 0; leg < PKT_LEGS; leg++)
		if (r->leg[leg])
			recall(&r->setup->leg[leg].cfg, r->leg[leg], &at[leg]);
}

static uint32_t at_most(uint32_t n, uint32_t most)
{
	return n < most ? n : most;
}

static void load_policy(struct pkt_entry *e, const struct pkt_rdv_cfg *cfg)
{
	e->tidle_s = at_most(cfg->tidle_s, PKT_ENTRY_TIDLE_MAX) & 0xfffff;
	e->tfin_s = at_most(cfg->tfin_s, PKT_ENTRY_TEND_MAX) & 0xfff;
	e->trst_s = at_most(cfg->trst_s, PKT_ENTRY_TEND_MAX) & 0xfff;
	e->release_rst = cfg->release_rst;
}

void pkt_rdv_policy(struct pkt_rdv *r, const struct pkt_rdv_cfg *cfg)
{
	unsigned int leg;

	if (r->setup)
		r->setup->rdv = *cfg;
	for (leg = 0; leg < PKT_LEGS; leg++)
		if (r->leg[leg])
			load_policy(r->leg[leg], cfg);
}

/* What an open session needs of it; all of it while there is a block. */
static void load_cfg(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_leg_cfg *cfg)
{
	const uint8_t mask = PKT_ENTRY_RX | PKT_ENTRY_TX | PKT_ENTRY_DSCP;
	struct pkt_entry *e = r->leg[leg];
	uint8_t flags = e->flags & (uint8_t)~mask;

	flags |= cfg->mode & PKT_MODE_RX ? PKT_ENTRY_RX : 0;
	flags |= cfg->mode & PKT_MODE_TX ? PKT_ENTRY_TX : 0;
	flags |= cfg->has_dscp ? PKT_ENTRY_DSCP : 0;
	e->dscp = cfg->dscp & 63;
	/* Programs of the kernel see the old ones or the new ones. */
	__atomic_store_n(&e->flags, flags, __ATOMIC_RELAXED);
	e->mtu = cfg->mtu;
	e->role = cfg->role & 3;
	e->is_armed = cfg->is_armed;
	if (r->setup)
		r->setup->leg[leg].cfg = *cfg;
}

void pkt_rdv_add_leg(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_leg_cfg *cfg,
		     const struct pkt_rdv_cfg *rdv)
{
	bool is_waiting = r->leg[1 - leg] && rdv_is(r, 1 - leg, PKT_LEG_SYN);
	struct pkt_entry *e = r->leg[leg];
	uint32_t peer = e->peer_slot;

	memset(e, 0, sizeof(*e));
	e->peer_slot = peer;
	e->flags = PKT_ENTRY_USED;
	memset(&r->setup->leg[leg], 0, sizeof(r->setup->leg[leg]));
	load_cfg(r, leg, cfg);
	pkt_rdv_policy(r, rdv);
	rdv_set_leg(r, leg, PKT_LEG_IDLE);
	rdv_set_state(r, is_waiting ? PKT_STATE_WAIT : PKT_STATE_ARMED);
}

/* ---- controller ---- */

/* LATCH, RELATCH or a new Remote: whatever this leg was in is over; its peer
 * keeps waiting if it only waits, and is armed still if nothing failed. */
static void rearm(struct rdv_call *c, unsigned int leg)
{
	enum pkt_state state = pkt_rdv_state(c->r);
	bool has_rst = rdv_policy(c->r)->release_rst;
	unsigned int i;

	if (is_joined(state))
		rdv_open_end(c, PKT_CAUSE_OPER, true);
	for (i = 0; is_committing(state) && i < PKT_LEGS; i++) {
		if (pkt_rdv_leg_state(c->r, i) <= PKT_LEG_SYN)
			continue;
		if (has_rst)
			rdv_rst_leg(c, i);
		rdv_unlatch(c, i);
	}
	rdv_unlatch(c, leg);
	rdv_settle(c);
}

/* A held SYN that the new policy would not have taken is let go. */
static void recheck(struct rdv_call *c, unsigned int leg)
{
	const struct pkt_entry *e = c->r->leg[leg];
	const struct pkt_filter *from = &rdv_leg(c, leg)->cfg.from;

	if (!rdv_is(c->r, leg, PKT_LEG_SYN) ||
	    rdv_filter_ok(from, &e->remote, ntohs(e->remote_port_be)))
		return;
	rdv_unlatch(c, leg);
	rdv_settle(c);
}

void pkt_rdv_modify_leg(struct pkt_rdv *r, unsigned int leg,
			const struct pkt_leg_cfg *cfg, bool is_rearmed,
			uint64_t now_us, struct pkt_out *out)
{
	struct rdv_call c = start(r, now_us, out);

	load_cfg(r, leg, cfg);
	if (is_rearmed)
		rearm(&c, leg);
	else if (pkt_rdv_state(r) == PKT_STATE_WAIT)
		recheck(&c, leg);
	if (pkt_rdv_state(r) == PKT_STATE_WAIT)
		rdv_try_pair(&c);
}

/* Event 17 before the session is open. */
static void release_setup(struct rdv_call *c, unsigned int leg)
{
	const struct pkt_rdv_cfg *policy = rdv_policy(c->r);
	unsigned int i;

	if (!is_committing(pkt_rdv_state(c->r))) {
		if (policy->fast_fail && rdv_is(c->r, leg, PKT_LEG_SYN))
			rdv_rst_leg(c, leg);
		return;
	}
	for (i = 0; i < PKT_LEGS; i++) {
		bool is_told = pkt_rdv_leg_state(c->r, i) > PKT_LEG_SYN;

		if (is_told ? policy->release_rst : policy->fast_fail)
			rdv_rst_leg(c, i);
	}
	rdv_silence(c);
}

void pkt_rdv_release(struct pkt_rdv *r, unsigned int leg, uint64_t now_us,
		     struct pkt_out *out)
{
	struct rdv_call c = start(r, now_us, out);
	struct pkt_rdv rest = *r;

	if (is_joined(pkt_rdv_state(r)))
		rdv_open_end(&c, PKT_CAUSE_NONE, false);
	else if (r->setup)
		release_setup(&c, leg);
	rdv_set_leg(r, leg, PKT_LEG_CLOSED);
	r->leg[leg]->flags &= (uint8_t)~PKT_ENTRY_OPEN;
	rest.leg[leg] = NULL;
	if (!r->setup)
		return;
	out->is_setup_done = !rest.leg[1 - leg];
	c.r = &rest;
	if (rest.leg[1 - leg])
		rdv_settle(&c);
}

/* ---- segments and time ---- */

static void dispatch(struct rdv_call *c, unsigned int leg,
		     const struct pkt_seg *seg)
{
	uint8_t both = seg->flags & (PKT_SYN | PKT_ACK);

	if (!pkt_flags_ok(seg->flags)) /* event 8 */
		rdv_drop(c, PKT_DROP_FLAGS);
	else if (both == (PKT_SYN | PKT_ACK) &&
		 !rdv_is_called(c->r, leg)) /* event 7 */
		rdv_drop(c, PKT_DROP_SYN_ACK);
	else if (is_joined(pkt_rdv_state(c->r)))
		rdv_open_segment(c, leg, seg);
	else if (!c->r->setup || pkt_rdv_state(c->r) == PKT_STATE_SILENT)
		rdv_drop(c, PKT_DROP_CLOSED);
	else
		rdv_setup_segment(c, leg, seg);
}

void pkt_rdv_segment(struct pkt_rdv *r, unsigned int leg,
		     const struct pkt_seg *seg, uint64_t now_us,
		     struct pkt_out *out)
{
	struct rdv_call c = start(r, now_us, out);

	dispatch(&c, leg, seg);
	if (out->act == PKT_ACT_DROP)
		pkt_count_drop(r->leg[leg]);
}

/* What came from a client goes out at the other gate. */
static void load_seen(const struct pkt_rdv *r, unsigned int leg,
		      uint32_t seen_ms[PKT_DIRS])
{
	const struct pkt_entry *peer = r->leg[1 - leg];

	seen_ms[PKT_DIR_IN] = r->leg[leg]->last_seen_ms;
	seen_ms[PKT_DIR_OUT] = peer ? peer->last_seen_ms : 0;
}

/* A gate that is over has nothing to be watched for. */
static bool is_watched(const struct pkt_rdv *r, unsigned int leg)
{
	return r->leg[leg] && r->traffic[leg] &&
	       pkt_rdv_state(r) != PKT_STATE_SILENT;
}

static uint64_t next_quiet(const struct pkt_rdv *r, uint64_t now_us)
{
	uint64_t next = UINT64_MAX, due;
	uint32_t seen_ms[PKT_DIRS];
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		if (!is_watched(r, leg))
			continue;
		load_seen(r, leg, seen_ms);
		due = pkt_traffic_next(r->traffic[leg], seen_ms, now_us);
		next = due < next ? due : next;
	}
	return next;
}

static void tick_quiet(struct rdv_call *c)
{
	uint32_t seen_ms[PKT_DIRS];
	unsigned int leg;

	for (leg = 0; leg < PKT_LEGS; leg++) {
		if (!is_watched(c->r, leg))
			continue;
		load_seen(c->r, leg, seen_ms);
		if (pkt_traffic_quiet(c->r->traffic[leg], seen_ms, c->now_us))
			rdv_report(c, PKT_REPORT_QUIET, leg, PKT_CAUSE_NONE);
	}
}

static uint64_t next_of_state(const struct pkt_rdv *r, uint64_t now_us)
{
	enum pkt_state state = pkt_rdv_state(r);

	if (is_joined(state))
		return rdv_open_next(r, now_us);
	if (!r->setup || state == PKT_STATE_SILENT)
		return UINT64_MAX;
	return rdv_setup_next(r);
}

uint64_t pkt_rdv_next(const struct pkt_rdv *r, uint64_t now_us)
{
	uint64_t state = next_of_state(r, now_us);
	uint64_t quiet = next_quiet(r, now_us);

	return state < quiet ? state : quiet;
}

void pkt_rdv_tick(struct pkt_rdv *r, uint64_t now_us, struct pkt_out *out)
{
	struct rdv_call c = start(r, now_us, out);
	enum pkt_state state = pkt_rdv_state(r);

	if (is_joined(state))
		rdv_open_tick(&c);
	else if (r->setup && state != PKT_STATE_SILENT)
		rdv_setup_tick(&c);
	tick_quiet(&c);
}

void pkt_rdv_catch_up(struct pkt_rdv *r, uint64_t now_us, struct pkt_out *out)
{
	struct rdv_call c = start(r, now_us, out);

	if (!r->leg[0] || !r->leg[1])
		return;
	if (is_joined(pkt_rdv_state(r)))
		rdv_open_catch_up(&c);
	else if (r->setup)
		rdv_setup_catch_up(&c);
}
