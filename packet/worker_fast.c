/*
 * packet/worker_fast.c - which rendezvous the kernel may carry on with
 *
 * The programs see the entries as they are; all that is decided here is
 * pkt_entry.kernel.  A session is given to them when it is open, plain, and
 * nothing of it is on its way through a TUN device, so that nothing is
 * overtaken: all that was steered there has been read, or the devices were
 * read empty.  It is taken back before a segment is judged that may change its
 * state (decision 13).  A gate that was theirs leaves after a fence only.
 */
#include "packet/window.h"
#include "packet/worker_priv.h"

enum { READY_MAX_US = 200000 };

static void set_level(struct pkt_entry *e, enum pkt_kernel level)
{
	/* What it rests on is there before, what follows comes after. */
	__sync_synchronize();
	e->kernel = level & 3;
	__sync_synchronize();
}

static struct pkt_entry *entry_of(struct pkt_worker *w, uint32_t rdv,
				  unsigned int leg)
{
	return w->rdvs[rdv].gen[leg] ? worker_entry(w, rdv, leg) : NULL;
}

/* A call that passes this host twice.  On a media interface its addresses are
 * forged, and only the host's rules look for that. */
static bool is_ours(const struct pkt_worker *w, const struct in6_addr *addr)
{
	for (unsigned int i = 0; i < w->cfg.n_realms; i++) {
		const struct pkt_slots *s = &w->cfg.realm[i].slots;

		if (pkt_slots_find(s, addr, s->port_min) != PKT_SLOT_NONE)
			return true;
	}
	return false;
}

static bool is_plain(const struct pkt_worker *w, const struct pkt_entry *e)
{
	return e->kernel != PKT_KERNEL_GONE && !is_ours(w, &e->remote);
}

/* Open, and not over: a FIN or two may have passed. */
static bool is_alive(const struct pkt_rdv *r)
{
	enum pkt_state state = pkt_rdv_state(r);

	return state >= PKT_STATE_OPEN && state <= PKT_STATE_CLOSING &&
	       !(pkt_rdv_leg_state(r, 0) == PKT_LEG_CLOSED &&
		 pkt_rdv_leg_state(r, 1) == PKT_LEG_CLOSED);
}

/* Policed, by buckets that no program sees: the worker's. */
static bool is_rationed(const struct pkt_rdv *r, unsigned int leg)
{
	return r->traffic[leg] && r->traffic[leg]->cfg.is_policed &&
	       !r->traffic[leg]->shared;
}

/* Traced gates are the worker's. */
static bool is_for_kernel(struct pkt_worker *w, uint32_t rdv,
			  const struct pkt_rdv *view)
{
	return view->leg[0] && view->leg[1] && !is_rationed(view, 0) &&
	       !is_rationed(view, 1) && !worker_is_tapped(w, rdv) &&
	       is_plain(w, view->leg[0]) && is_plain(w, view->leg[1]);
}

static bool is_ready(struct pkt_worker *w, uint32_t rdv)
{
	const struct pkt_rdv view = worker_view(w, rdv);

	return !view.setup && is_for_kernel(w, rdv, &view) && is_alive(&view);
}

/* Segments for the gate in this place, ever. */
static uint32_t steered(const struct pkt_worker *w, uint32_t rdv,
			unsigned int leg)
{
	return pkt_fast_steered(w->cfg.fast, pkt_place(rdv, leg));
}

/* What is on its way to the gate that was in this place is not this one's. */
void worker_fast_begin(struct pkt_worker *w, uint32_t rdv, unsigned int leg)
{
	if (w->cfg.fast)
		w->rdvs[rdv].read[leg] = steered(w, rdv, leg);
}

static void give(struct pkt_worker *w, uint32_t rdv)
{
	set_level(entry_of(w, rdv, 0), PKT_KERNEL_PASS);
	set_level(entry_of(w, rdv, 1), PKT_KERNEL_PASS);
}

/* Was the last segment read the last that is known to be on its way here? */
static bool is_read(const struct pkt_worker *w, uint32_t rdv)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		if (steered(w, rdv, leg) != w->rdvs[rdv].read[leg])
			return false;
	return true;
}

/* The devices are empty: whatever was lost on the way is not waited for. */
static void note_empty(struct pkt_worker *w, uint32_t rdv)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		w->rdvs[rdv].read[leg] = steered(w, rdv, leg);
}

/* Once in the life of its gates: what a client does beside its plain ACK makes
 * the session the worker's until it is open, and an entry that was the kernel's
 * is never NONE again. */
void worker_fast_commit(struct pkt_worker *w, uint32_t rdv)
{
	const struct pkt_rdv view = worker_view(w, rdv);

	if (w->cfg.fence && view.setup &&
	    pkt_rdv_state(&view) == PKT_STATE_COMMIT &&
	    is_for_kernel(w, rdv, &view) &&
	    view.leg[0]->kernel == PKT_KERNEL_NONE &&
	    view.leg[1]->kernel == PKT_KERNEL_NONE)
		give(w, rdv);
}

void worker_fast_follow(struct pkt_worker *w, uint32_t rdv)
{
	struct pkt_entry *first = entry_of(w, rdv, 0);

	if (!w->cfg.fence || !first || first->kernel == PKT_KERNEL_PASS)
		return;
	if (!is_ready(w, rdv))
		return;
	if (is_read(w, rdv)) {
		give(w, rdv);
		return;
	}
	/* No room: its next segment comes here as well. */
	if (w->n_ready == WORKER_READY)
		return;
	if (!w->n_ready)
		w->ready_us = w->now_us;
	w->ready[w->n_ready++] = rdv;
}

/* A device that is never read empty must not keep the kernel from helping: to
 * be overtaken once costs a session less than that. */
void worker_fast_promote(struct pkt_worker *w, bool is_empty)
{
	if (!is_empty && w->now_us - w->ready_us < READY_MAX_US)
		return;
	while (w->n_ready) {
		uint32_t rdv = w->ready[--w->n_ready];

		if (!is_ready(w, rdv))
			continue;
		note_empty(w, rdv);
		give(w, rdv);
	}
}

void worker_fast_evict(struct pkt_worker *w, uint32_t rdv)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		struct pkt_entry *e = entry_of(w, rdv, leg);

		if (e && e->kernel == PKT_KERNEL_PASS)
			set_level(e, PKT_KERNEL_LEFT);
	}
}

/* Something has passed that says more than a segment.  An ACK noted late, by a
 * program that had the entries no longer, may be one of an earlier attempt. */
static bool has_news(const struct pkt_rdv *r)
{
	uint8_t fins = r->leg[0]->fins | r->leg[1]->fins;

	if (pkt_is_committed(r->leg[0]))
		return r->setup && fins & PKT_ACK_PASSED &&
		       r->leg[0]->kernel == PKT_KERNEL_PASS;
	return fins & PKT_FINS_SEEN;
}

void worker_fast_catch_up(struct pkt_worker *w, uint32_t rdv)
{
	struct pkt_entry *e = entry_of(w, rdv, 0);
	struct pkt_rdv view;
	struct pkt_out out;

	if (!e || e->kernel == PKT_KERNEL_NONE)
		return;
	view = worker_view(w, rdv);
	if (!view.leg[1] || !has_news(&view))
		return;
	/* Open by itself it would overtake what is still to be read. */
	if (view.setup && !is_read(w, rdv))
		worker_fast_evict(w, rdv);
	pkt_rdv_catch_up(&view, w->now_us, &out);
	if (!pkt_is_committed(e) && !is_alive(&view))
		worker_fast_evict(w, rdv);
	worker_apply(w, rdv, &out);
	worker_arm(w, rdv);
	worker_fast_follow(w, rdv);
}

static void on_hint(void *arg, uint32_t place)
{
	struct pkt_worker *w = arg;

	if (place / PKT_LEGS < w->n_rdvs)
		worker_fast_catch_up(w, place / PKT_LEGS);
}

void worker_fast_hints(struct pkt_worker *w)
{
	pkt_fast_hints(w->cfg.fast, w->cfg.self, on_hint, w);
}

void worker_fast_look(struct pkt_worker *w)
{
	uint32_t missed;

	if (!w->cfg.fast)
		return;
	missed = pkt_fast_missed(w->cfg.fast, w->cfg.self);
	if (missed != w->missed)
		w->n_unseen = w->n_rdvs; /* once round, from here on */
	w->missed = missed;
	for (unsigned int i = 0; i < WORKER_LOOK && w->n_unseen; i++) {
		w->n_unseen--;
		w->next_look = (w->next_look + 1) % w->n_rdvs;
		worker_fast_catch_up(w, w->next_look);
	}
}

bool worker_fast_defer(struct pkt_worker *w, const struct pkt_cmd *cmd)
{
	uint32_t n = w->cfg.max_rendezvous * PKT_LEGS;
	struct pkt_entry *e;

	if (cmd->type != PKT_CMD_REMOVE || !w->cfg.fence)
		return false;
	e = entry_of(w, cmd->rdv, w->rdvs[cmd->rdv].slot[1] == cmd->gate.slot);
	/* While what has passed is news still; its events have room. */
	worker_fast_catch_up(w, cmd->rdv);
	worker_fast_evict(w, cmd->rdv);
	if (e->kernel != PKT_KERNEL_LEFT)
		return false;
	set_level(e, PKT_KERNEL_GONE);
	w->leaving[(w->first_leaving + w->n_leaving++) % n] =
		(struct worker_leaving) {
			.gate = cmd->gate,
			.rdv = cmd->rdv,
			.token = cmd->token,
			.ticket = pkt_fence_ask(w->cfg.fence),
		};
	return true;
}

bool worker_fast_next(struct pkt_worker *w, struct pkt_cmd *cmd)
{
	const struct worker_leaving *l = &w->leaving[w->first_leaving];

	if (!w->n_leaving || !pkt_fence_is_past(w->cfg.fence, l->ticket))
		return false;
	cmd->type = PKT_CMD_REMOVE;
	cmd->gate = l->gate;
	cmd->rdv = l->rdv;
	cmd->token = l->token;
	w->n_leaving--;
	w->first_leaving =
		(w->first_leaving + 1) % (w->cfg.max_rendezvous * PKT_LEGS);
	return true;
}
