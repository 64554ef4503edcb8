/*
 * packet/rdv_open.c - an open session, until nobody speaks any more
 *
 * States OPEN, HALF, CLOSING and DEAD.  Segments pass translated; FIN and RST
 * are followed.  It ends by both FINs, an exact RST, idleness or the
 * controller.  There is no set-up block here.
 */
#include "packet/rdv_int.h"

#include "packet/validate.h"

static bool is_finished(const struct pkt_rdv *r, unsigned int leg)
{
	return rdv_is(r, leg, PKT_LEG_CLOSED);
}

static bool has_fin(const struct pkt_rdv *r, unsigned int leg)
{
	return is_finished(r, leg) || rdv_is(r, leg, PKT_LEG_FIN);
}

/* `rel` was reported: both FINs acknowledged, or an exact RST passed. */
static bool is_over(const struct pkt_rdv *r)
{
	return pkt_rdv_state(r) == PKT_STATE_DEAD ||
	       (is_finished(r, 0) && is_finished(r, 1));
}

/* T_fin or T_rst runs, from the segment that ended it: its time stands. */
static bool is_lingering(const struct pkt_rdv *r)
{
	return is_over(r) && !r->leg[0]->is_revived;
}

static unsigned int closer_of(const struct pkt_rdv *r)
{
	return r->leg[1]->is_closer;
}

static void set_closer(struct rdv_call *c, unsigned int leg)
{
	rdv_entry(c, leg)->is_closer = true;
	rdv_entry(c, 1 - leg)->is_closer = false;
}

/* ---- one segment on its way ---- */

/* Event 14: what the FINs that have passed, and their acknowledgements, say
 * about the legs. */
static void note_fins(struct rdv_call *c, unsigned int leg)
{
	struct pkt_entry *from = rdv_entry(c, leg);

	if (from->fins & PKT_FINS_SEEN && rdv_is(c->r, leg, PKT_LEG_ACKED)) {
		rdv_set_leg(c->r, leg, PKT_LEG_FIN);
		if (from->fins & PKT_FINS_FIRST)
			set_closer(c, leg);
	}
	if (rdv_is(c->r, leg, PKT_LEG_FIN) &&
	    pkt_fin_is_acked(from, rdv_entry(c, 1 - leg)))
		rdv_set_leg(c->r, leg, PKT_LEG_CLOSED);
}

static void forward(struct rdv_call *c, unsigned int leg,
		    const struct pkt_seg *seg)
{
	struct pkt_entry *in = rdv_entry(c, leg), *out = rdv_entry(c, 1 - leg);

	c->out->act = PKT_ACT_FORWARD;
	if (!is_lingering(c->r))
		in->last_seen_ms = (uint32_t)(c->now_us / RDV_MS);
	pkt_count_passed(in, seg->payload_octets,
			 pkt_pieces(seg->payload_octets, seg->gso_octets));
	out->is_dirty = true;
}

static bool is_allowed(const struct rdv_call *c, unsigned int leg,
		       enum pkt_dir way)
{
	const struct pkt_traffic *t = c->r->traffic[leg];

	return !t || pkt_traffic_ok(t, way, c->now_us);
}

static void charge(struct rdv_call *c, unsigned int leg, enum pkt_dir way,
		   uint32_t octets)
{
	struct pkt_traffic *t = c->r->traffic[leg];

	if (t)
		pkt_traffic_charge(t, way, octets, c->now_us);
}

/* Both ends of its way have to allow a segment; only then it costs. */
static bool police(struct rdv_call *c, unsigned int leg,
		   const struct pkt_seg *seg)
{
	uint32_t octets;

	if (!c->r->traffic[0] && !c->r->traffic[1])
		return true;
	if (!is_allowed(c, leg, PKT_DIR_IN) ||
	    !is_allowed(c, 1 - leg, PKT_DIR_OUT))
		return false;
	octets = pkt_traffic_octets(seg);
	charge(c, leg, PKT_DIR_IN, octets);
	charge(c, 1 - leg, PKT_DIR_OUT, octets);
	return true;
}

bool rdv_pass(struct rdv_call *c, unsigned int leg, const struct pkt_seg *seg)
{
	struct pkt_entry *in = rdv_entry(c, leg);
	struct pkt_entry *out = rdv_entry(c, 1 - leg);
	enum pkt_drop d;
	bool is_current;

	if (!pkt_mode_ok(in, out, seg->payload_octets)) {
		rdv_drop(c, PKT_DROP_MODE);
		return false;
	}
	d = pkt_window_check(in, out, seg, &is_current);
	if (d != PKT_DROP_NONE) {
		rdv_drop(c, d);
		return false;
	}
	if (!police(c, leg, seg)) {
		rdv_drop(c, PKT_DROP_POLICED);
		return false;
	}
	forward(c, leg, seg);
	if (is_current) {
		pkt_window_learn(in, out, seg);
		if (seg->flags & PKT_FIN)
			pkt_fin_note(in, out, pkt_seg_end(seg));
		note_fins(c, leg);
		note_fins(c, 1 - leg);
	}
	return true;
}

/* ---- the end ---- */

/* Events 14 and 15. */
void rdv_open_follow(struct rdv_call *c)
{
	unsigned int fins = has_fin(c->r, 0) + has_fin(c->r, 1);

	if (fins == 0)
		return;
	rdv_set_state(c->r, fins == 1 ? PKT_STATE_HALF : PKT_STATE_CLOSING);
	if (is_over(c->r))
		rdv_report(c, PKT_REPORT_CLOSED, closer_of(c->r),
			   PKT_CAUSE_FIN);
}

void rdv_open_end(struct rdv_call *c, enum pkt_cause cause, bool is_reported)
{
	unsigned int leg;

	rdv_open_catch_up(c);
	if (!is_over(c->r)) {
		for (leg = 0; leg < PKT_LEGS; leg++)
			if (c->r->leg[leg]->release_rst)
				rdv_rst_leg(c, leg);
		if (is_reported)
			rdv_report(c, PKT_REPORT_CLOSED, 0, cause);
	}
	rdv_silence(c);
}

void rdv_open_catch_up(struct rdv_call *c)
{
	if (is_over(c->r) || pkt_rdv_state(c->r) == PKT_STATE_SILENT)
		return;
	note_fins(c, 0);
	note_fins(c, 1);
	rdv_open_follow(c);
}

/* ---- segments ---- */

/* Event 13. */
static void on_exact_rst(struct rdv_call *c, unsigned int leg,
			 const struct pkt_seg *seg)
{
	bool was_over = is_over(c->r);

	forward(c, leg, seg);
	if (was_over)
		return;
	set_closer(c, leg);
	rdv_report(c, PKT_REPORT_CLOSED, leg, PKT_CAUSE_RST);
	rdv_set_state(c->r, PKT_STATE_DEAD);
}

static void on_rst(struct rdv_call *c, unsigned int leg,
		   const struct pkt_seg *seg)
{
	const struct pkt_entry *from = rdv_entry(c, leg);
	const struct pkt_entry *to = rdv_entry(c, 1 - leg);
	enum pkt_rst verdict = pkt_rst_check(from, to, seg->seq);

	if (!pkt_mode_ok(from, to, seg->payload_octets)) {
		rdv_drop(c, PKT_DROP_MODE);
		return;
	}
	if (verdict == PKT_RST_EXACT) {
		on_exact_rst(c, leg, seg);
		return;
	}
	if (verdict == PKT_RST_NEAR)
		rdv_challenge(c, leg);
	rdv_drop(c, PKT_DROP_RST_INEXACT);
}

/* Events 2 to 4 of an open session: a client that really restarted answers
 * the challenge with an exact RST (RFC 5961). */
static void on_syn(struct rdv_call *c, unsigned int leg)
{
	if (!is_over(c->r))
		rdv_challenge(c, leg);
	rdv_drop(c, PKT_DROP_SYN_LATE);
}

static void revive(struct rdv_call *c, unsigned int leg)
{
	c->r->leg[0]->is_revived = c->r->leg[1]->is_revived = true;
	rdv_entry(c, leg)->last_seen_ms = (uint32_t)(c->now_us / RDV_MS);
}

static void on_segment(struct rdv_call *c, unsigned int leg,
		       const struct pkt_seg *seg)
{
	uint32_t sent = rdv_entry(c, leg)->snd_end;
	bool was_over = is_over(c->r);

	if (!rdv_pass(c, leg, seg))
		return;
	if (!was_over) {
		rdv_open_follow(c);
		return;
	}
	/* decision 20: its own new data proves a forged RST */
	if (pkt_rdv_state(c->r) == PKT_STATE_DEAD && closer_of(c->r) == leg &&
	    pkt_seq_after(rdv_entry(c, leg)->snd_end, sent))
		revive(c, leg);
}

void rdv_open_segment(struct rdv_call *c, unsigned int leg,
		      const struct pkt_seg *seg)
{
	rdv_open_catch_up(c);
	if (!rdv_is_latched(c, leg, seg))
		rdv_drop(c, PKT_DROP_SOURCE);
	else if (seg->flags & PKT_SYN)
		on_syn(c, leg);
	else if (seg->flags & PKT_RST)
		on_rst(c, leg, seg);
	else
		on_segment(c, leg, seg);
}

/* ---- time ---- */

/* Milliseconds until nothing has been seen for so long; 0 or less: now. */
static int64_t left_ms(const struct pkt_rdv *r, uint32_t seconds,
		       uint64_t now_us)
{
	uint32_t now_ms = (uint32_t)(now_us / RDV_MS);
	uint32_t a = pkt_since_ms(r->leg[0]->last_seen_ms, now_ms);
	uint32_t b = pkt_since_ms(r->leg[1]->last_seen_ms, now_ms);

	return (int64_t)seconds * 1000 - (a < b ? a : b);
}

static int64_t idle_left_ms(const struct pkt_rdv *r, uint64_t now_us)
{
	return left_ms(r, r->leg[0]->tidle_s, now_us);
}

/* T_fin runs since the latest segment, anew with each while one FIN is not
 * acknowledged. */
static int64_t linger_left_ms(const struct pkt_rdv *r, uint64_t now_us)
{
	if (pkt_rdv_state(r) == PKT_STATE_CLOSING)
		return left_ms(r, r->leg[0]->tfin_s, now_us);
	if (is_lingering(r))
		return left_ms(r, r->leg[0]->trst_s, now_us);
	return INT64_MAX;
}

void rdv_open_tick(struct rdv_call *c)
{
	rdv_open_catch_up(c);
	if (linger_left_ms(c->r, c->now_us) <= 0) {
		if (!is_over(c->r))
			rdv_report(c, PKT_REPORT_CLOSED, closer_of(c->r),
				   PKT_CAUSE_FIN);
		rdv_silence(c);
	} else if (idle_left_ms(c->r, c->now_us) <= 0) {
		rdv_open_end(c, PKT_CAUSE_IDLE, true);
	}
}

uint64_t rdv_open_next(const struct pkt_rdv *r, uint64_t now_us)
{
	int64_t left = idle_left_ms(r, now_us);
	int64_t linger = linger_left_ms(r, now_us);

	if (linger < left)
		left = linger;
	return now_us + (left > 0 ? (uint64_t)left * RDV_MS : 0);
}
