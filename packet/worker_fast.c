/*
 * packet/worker_fast.c - which rendezvous the kernel may carry on with
 *
 * The programs see the entries as they are; all that is decided here is
 * pkt_entry.kernel.  A session is given to them when it is open and plain.
 * It joins first: each way of it follows there when nothing is left that was
 * steered to the worker, so that nothing is overtaken; the program itself looks
 * (packet/bpf/gate.h).  When all programs know, and nothing is on its way, it is
 * told not to look any more.  A session is taken back before a segment is judged
 * that may change its state (decision 13).  A gate that was theirs leaves after a
 * fence only.
 */
#include "packet/window.h"
#include "packet/worker_priv.h"

enum { JOIN_MAX_US = 1000000 };

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
	for (unsigned int i = 0; i < w->cfg.n_realms; i++)
		if (pkt_slots_covers(&w->cfg.realm[i].slots, addr))
			return true;
	return false;
}

static bool is_plain(const struct pkt_worker *w, const struct pkt_entry *e)
{
	return !e->is_leaving && !is_ours(w, &e->remote);
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
		w->rdvs[rdv].done[leg] = steered(w, rdv, leg);
}

static bool is_given(const struct pkt_entry *e)
{
	return e->kernel == PKT_KERNEL_PASS || e->kernel == PKT_KERNEL_JOIN;
}

static void give(struct pkt_worker *w, uint32_t rdv, enum pkt_kernel level)
{
	set_level(entry_of(w, rdv, 0), level);
	set_level(entry_of(w, rdv, 1), level);
}

static void set_done(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		     uint32_t n)
{
	w->rdvs[rdv].done[leg] = n;
	pkt_fast_done(w->cfg.fast, pkt_place(rdv, leg), n);
}

/* Only who joins is compared: else the worker leaves alone what programs write. */
void worker_fast_done(struct pkt_worker *w, uint32_t rdv, unsigned int leg)
{
	uint32_t n = ++w->rdvs[rdv].done[leg];

	if (worker_entry(w, rdv, leg)->kernel == PKT_KERNEL_JOIN)
		pkt_fast_done(w->cfg.fast, pkt_place(rdv, leg), n);
}

/* Was the last segment done with the last that is known to be on its way? */
static bool is_read(const struct pkt_worker *w, uint32_t rdv)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		if (steered(w, rdv, leg) != w->rdvs[rdv].done[leg])
			return false;
	return true;
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
		give(w, rdv, PKT_KERNEL_PASS);
}

/* That of a rendezvous; a new one at the end.  NULL: there is no room. */
static struct worker_joining *seat_of(struct pkt_worker *w, uint32_t rdv)
{
	for (unsigned int i = 0; i < w->n_joining; i++)
		if (w->joining[i].rdv == rdv)
			return &w->joining[i];
	if (w->n_joining == WORKER_JOINING)
		return NULL;
	return &w->joining[w->n_joining++];
}

static void sample(const struct pkt_worker *w, struct worker_joining *j)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		j->steered[leg] = steered(w, j->rdv, leg);
}

/* What is on its way now, and a fence after which all of that can be read. */
static void begin(const struct pkt_worker *w, struct worker_joining *j)
{
	sample(w, j);
	j->ticket = pkt_fence_ask(w->cfg.fence);
	j->is_past = false;
}

void worker_fast_follow(struct pkt_worker *w, uint32_t rdv)
{
	struct pkt_entry *first = entry_of(w, rdv, 0);
	struct worker_joining *j;

	if (!w->cfg.fence || !first || is_given(first) || !is_ready(w, rdv))
		return;
	j = seat_of(w, rdv);
	if (!j)
		return; /* its next segment comes here as well */
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		set_done(w, rdv, leg, w->rdvs[rdv].done[leg]);
	give(w, rdv, PKT_KERNEL_JOIN);
	j->rdv = rdv;
	j->since_us = w->now_us;
	begin(w, j);
}

/* Since the fence the devices were read empty: of what the sample counts nothing
 * is on its way.  Some was lost, or more came than was counted, through the
 * host. */
static void write_off(struct pkt_worker *w, const struct worker_joining *j)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		uint32_t n = j->steered[leg];

		if (pkt_seq_after(n, w->rdvs[j->rdv].done[leg]) ||
		    steered(w, j->rdv, leg) == n)
			set_done(w, j->rdv, leg, n);
	}
}

/* A device that is never empty must not keep the kernel from helping: to be
 * overtaken once costs a session less than that. */
static void look(struct pkt_worker *w, struct worker_joining *j, bool is_empty)
{
	bool is_late = w->now_us - j->since_us >= JOIN_MAX_US;

	if (is_late)
		sample(w, j);
	if ((is_empty && j->is_past) || is_late)
		write_off(w, j);
}

/* It is the kernel's now, or again the worker's. */
static bool has_joined(struct pkt_worker *w, struct worker_joining *j,
		       bool is_empty)
{
	const struct pkt_entry *first = entry_of(w, j->rdv, 0);
	bool is_past = pkt_fence_is_past(w->cfg.fence, j->ticket);

	if (!first || first->kernel != PKT_KERNEL_JOIN)
		return true;
	look(w, j, is_empty);
	if (is_past && is_read(w, j->rdv)) {
		give(w, j->rdv, PKT_KERNEL_PASS);
		return true;
	}
	if (is_empty && j->is_past)
		begin(w, j);
	else
		j->is_past = is_past;
	return false;
}

void worker_fast_promote(struct pkt_worker *w, bool is_empty)
{
	unsigned int n = w->n_joining;

	w->n_joining = 0;
	for (unsigned int i = 0; i < n; i++) {
		struct worker_joining j = w->joining[i];

		if (!has_joined(w, &j, is_empty))
			w->joining[w->n_joining++] = j;
	}
}

void worker_fast_evict(struct pkt_worker *w, uint32_t rdv)
{
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		struct pkt_entry *e = entry_of(w, rdv, leg);

		if (e && is_given(e))
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
	e = entry_of(w, cmd->rdv, w->rdvs[cmd->rdv].gen[1] == cmd->gate.gen);
	/* While what has passed is news still; its events have room.  Before, so
	 * that it does not join just to be taken back. */
	e->is_leaving = true;
	worker_fast_catch_up(w, cmd->rdv);
	worker_fast_evict(w, cmd->rdv);
	e->is_leaving = e->kernel == PKT_KERNEL_LEFT;
	if (!e->is_leaving)
		return false;
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
