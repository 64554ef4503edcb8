/* packet/worker.c - see worker.h: the loop, and the way of a packet */
#include "packet/worker_priv.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "packet/pages.h"
#include "packet/steer.h"
#include "packet/translate_pkt.h"
#include "packet/tun.h"
#include "packet/window.h"

enum {
	WAKE = PKT_MAX_REALMS, /* epoll data of wake_fd */
	HINTS,                 /* of the kernel's programs */
	ROOM_POLL_MS = 5,      /* while events wait for room */
	BULK_OCTETS = 16384,   /* a super-segment of that size is bulk */
	AWAKE_US = 300,        /* after it */
	MAX_WAIT_MS = 10000,
};

static uint64_t clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* The pure half */

struct pkt_rdv worker_view(struct pkt_worker *w, uint32_t rdv)
{
	struct worker_rdv *r = &w->rdvs[rdv];
	struct pkt_rdv view = { .setup = NULL };

	for (unsigned int leg = 0; leg < PKT_LEGS; leg++) {
		if (!r->gen[leg])
			continue;
		view.leg[leg] = worker_entry(w, rdv, leg);
		if (r->has_traffic[leg])
			view.traffic[leg] = &w->traffic[rdv * PKT_LEGS + leg];
	}
	if (r->setup)
		view.setup = &w->setups[r->setup - 1];
	return view;
}

static struct pkt_local local_end(const struct pkt_worker *w,
				  const struct worker_rdv *r, unsigned int leg)
{
	const struct pkt_slots *s = &w->cfg.realm[r->realm[leg]].slots;
	struct pkt_local at = { .port_be = 0 };
	uint16_t port;

	if (!r->gen[leg])
		return at;
	at.addr = pkt_slots_local(s, r->slot[leg], &port);
	at.port_be = htons(port);
	return at;
}

/* What was never used is not touched before. */
static uint32_t take_setup(struct pkt_worker *w)
{
	if (w->n_free_setups)
		return w->free_setups[--w->n_free_setups];
	assert(w->n_setups < w->cfg.max_rendezvous);
	return w->n_setups++;
}

void worker_attach_setup(struct pkt_worker *w, uint32_t rdv)
{
	struct worker_rdv *r = &w->rdvs[rdv];
	struct pkt_local at[] = { local_end(w, r, 0), local_end(w, r, 1) };
	struct pkt_rdv view;

	assert(!r->setup);
	r->setup = take_setup(w) + 1;
	view = worker_view(w, rdv);
	pkt_rdv_init(&view, at);
}

void worker_detach_setup(struct pkt_worker *w, uint32_t rdv)
{
	struct worker_rdv *r = &w->rdvs[rdv];

	w->free_setups[w->n_free_setups++] = r->setup - 1;
	r->setup = 0;
}

void worker_arm(struct pkt_worker *w, uint32_t rdv)
{
	struct pkt_rdv view = worker_view(w, rdv);
	uint64_t due = PKT_TIMER_NEVER;

	if (view.leg[0] || view.leg[1])
		due = pkt_rdv_next(&view, w->now_us);
	pkt_timers_set(w->timers, rdv, due);
}

/* What leaves */

bool worker_send(struct pkt_worker *w, unsigned int realm,
		 const struct virtio_net_hdr *vh, const uint8_t *pkt, size_t n)
{
	if (pkt_tun_write(w->cfg.realm[realm].fd, vh, pkt, n)) {
		worker_count(&w->drop[PKT_DROP_TX], 1);
		return false;
	}
	worker_count(&w->tx_pkts, 1);
	worker_count(&w->tx_octets, n);
	return true;
}

static void send_own(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		     const struct pkt_tx *tx)
{
	static const struct virtio_net_hdr plain;
	uint8_t buf[PKT_SEG_MAX_BUILT];
	size_t n = pkt_tx_build(tx, buf);
	bool has_left;

	if (tx->flags & PKT_SYN)
		worker_count(&w->synacks, !!(tx->flags & PKT_ACK));
	else if (tx->flags & PKT_RST)
		worker_count(&w->rsts, 1);
	else
		worker_count(&w->challenges, 1);
	has_left = worker_send(w, w->rdvs[rdv].realm[leg], &plain, buf, n);
	if (worker_is_tapped(w, rdv))
		worker_tap_packet(w, rdv, leg, PKT_TAP_OWN, tx->flags,
				  has_left ? PKT_DROP_NONE : PKT_DROP_TX, buf,
				  n);
}

void worker_apply(struct pkt_worker *w, uint32_t rdv, const struct pkt_out *out)
{
	struct worker_rdv *r = &w->rdvs[rdv];

	if (out->n_tx)
		worker_fast_commit(w, rdv);
	for (unsigned int i = 0; i < out->n_tx; i++)
		send_own(w, rdv, out->tx[i].leg, &out->tx[i].seg);
	for (unsigned int i = 0; i < out->n_reports; i++)
		worker_report(w, rdv, &out->report[i]);
	if (out->is_setup_done && r->setup)
		worker_detach_setup(w, rdv);
}

/* The packet at hand becomes the one that leaves. */
static enum pkt_drop translate(struct pkt_worker *w, uint32_t rdv,
			       unsigned int leg, const struct pkt_seg *seg)
{
	struct pkt_entry *in = worker_entry(w, rdv, leg);
	struct pkt_entry *out = worker_entry(w, rdv, 1 - leg);
	struct pkt_way way = { .mtu = out->mtu };
	int rc;

	if (!pkt_is_cross(seg, in)) {
		rc = pkt_translate(w->frame.at, seg, in, out);
		return rc ? PKT_DROP_TX : PKT_DROP_NONE;
	}
	if (worker_tells_too_big(w, w->rdvs[rdv].realm[leg], seg, way.mtu))
		return PKT_DROP_TOO_BIG;
	way.id = w->ip_id++;
	rc = pkt_cross(&w->frame, seg, in, out, &way);
	return rc ? PKT_DROP_TX : PKT_DROP_NONE;
}

/* What comes behind a super-segment comes soon.  To fall asleep and to be woken
 * takes longer than to pass it, and whoever wakes pays too. */
static void stay_awake(struct pkt_worker *w)
{
	if (w->frame.n >= BULK_OCTETS)
		w->awake_until_us = w->now_us + AWAKE_US;
}

static void forward(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
		    const struct pkt_seg *seg)
{
	const struct worker_rdv *r = &w->rdvs[rdv];
	const struct pkt_frame *f = &w->frame;
	enum pkt_drop d = translate(w, rdv, leg, seg);

	if (d != PKT_DROP_NONE)
		worker_count(&w->drop[d], 1);
	else if (!worker_send(w, r->realm[1 - leg], &f->vh, f->at, f->n))
		d = PKT_DROP_TX;
	if (worker_is_tapped(w, rdv))
		worker_tap_left(w, rdv, 1 - leg, seg, d);
	if (d == PKT_DROP_NONE) {
		stay_awake(w);
		return;
	}
	/* It was counted as handed out (decision 22). */
	worker_unsent(w, rdv, 1 - leg, seg);
	pkt_count_drop(worker_entry(w, rdv, leg));
	worker_why(w, rdv, leg, d);
}

/* What arrives */

/* Otherwise the queues are not steered as they should be. */
static bool is_ours(const struct pkt_worker *w, uint16_t port)
{
	return pkt_steer_worker(port, w->cfg.n_workers) == w->cfg.self;
}

/* Reads the packet at hand and finds its gate. */
static enum pkt_drop classify(struct pkt_worker *w, unsigned int realm,
			      struct pkt_seg *seg, uint32_t *rdv,
			      unsigned int *leg)
{
	const struct pkt_frame *f = &w->frame;
	bool is_partial = f->vh.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	bool is_gso = f->vh.gso_type != VIRTIO_NET_HDR_GSO_NONE;
	enum pkt_drop drop;
	uint32_t slot;

	drop = pkt_seg_parse(f->at, f->n, is_partial, is_gso, seg);
	if (drop != PKT_DROP_NONE)
		return drop;
	if (is_gso)
		seg->gso_octets = f->vh.gso_size;
	slot = pkt_slots_find(&w->cfg.realm[realm].slots, &seg->dst,
			      seg->dport);
	if (worker_find(w, slot, rdv, leg))
		return PKT_DROP_NONE;
	if (slot != PKT_SLOT_NONE && !is_ours(w, seg->dport))
		return PKT_DROP_STRAY;
	return PKT_DROP_NO_GATE;
}

/* A deadline only moves nearer while there is a set-up block, or when the
 * state changes; that of an open session is looked at when it comes. */
static bool moves_deadline(const struct worker_rdv *r,
			   const struct pkt_seg *seg, const struct pkt_out *out)
{
	return r->setup || out->n_reports || out->n_tx ||
	       seg->flags & (PKT_SYN | PKT_FIN | PKT_RST);
}

/* May it change the state?  Nobody but its clients can; before it is open, they
 * by any segment, and whoever sends a SYN may be one of them. */
static bool may_change(const struct pkt_rdv *r, unsigned int leg,
		       const struct pkt_seg *seg)
{
	if (r->setup && seg->flags & PKT_SYN)
		return true;
	return (r->setup || seg->flags & (PKT_SYN | PKT_FIN | PKT_RST)) &&
	       pkt_is_latched(r->leg[leg], &seg->src, htons(seg->sport));
}

static void handle_segment(struct pkt_worker *w, uint32_t rdv, unsigned int leg,
			   const struct pkt_seg *seg)
{
	struct worker_rdv *r = &w->rdvs[rdv];
	struct pkt_rdv view;
	struct pkt_out out;
	bool had_setup;

	/* Before: this one is not to be overtaken either. */
	if (r->setup)
		worker_fast_catch_up(w, rdv);
	had_setup = r->setup;
	view = worker_view(w, rdv);
	if (may_change(&view, leg, seg))
		worker_fast_evict(w, rdv);
	if (worker_is_tapped(w, rdv))
		worker_tap_before(w, &view, leg);
	pkt_rdv_segment(&view, leg, seg, w->now_us, &out);
	if (worker_is_tapped(w, rdv))
		worker_tap_came(w, rdv, &view, leg, seg, &out);
	if (out.act == PKT_ACT_DROP) /* before it is reported */
		worker_drop(w, rdv, leg, out.drop);
	worker_apply(w, rdv, &out);
	if (out.act == PKT_ACT_FORWARD)
		forward(w, rdv, leg, seg);
	if (had_setup || moves_deadline(r, seg, &out))
		worker_arm(w, rdv);
	if (w->cfg.fast)
		worker_fast_done(w, rdv, leg);
	worker_fast_follow(w, rdv);
}

static void handle_packet(struct pkt_worker *w, unsigned int realm)
{
	enum pkt_drop drop;
	struct pkt_seg seg;
	unsigned int leg;
	uint32_t rdv;

	worker_count(&w->rx_pkts, 1);
	worker_count(&w->rx_octets, w->frame.n);
	drop = classify(w, realm, &seg, &rdv, &leg);
	if (drop == PKT_DROP_ICMP)
		drop = worker_icmp(w, realm);
	else if (drop == PKT_DROP_NONE)
		handle_segment(w, rdv, leg, &seg);
	if (drop != PKT_DROP_NONE)
		worker_count(&w->drop[drop], 1);
}

/* A device that was taken away would be ready, with an error, for ever. */
static void forget_realm(struct pkt_worker *w, unsigned int realm)
{
	(void)epoll_ctl(w->epoll_fd, EPOLL_CTL_DEL, w->cfg.realm[realm].fd,
			NULL);
}

/* False: there may be more. */
static bool read_realm(struct pkt_worker *w, unsigned int realm)
{
	struct pkt_frame *f = &w->frame;
	int fd = w->cfg.realm[realm].fd;

	for (unsigned int i = 0; i < PKT_BATCH; i++) {
		ssize_t n;

		f->at = w->room + PKT_HEADROOM;
		n = pkt_tun_read(fd, &f->vh, f->at, PKT_BUF_OCTETS);
		if (n == -EBADFD || n == -ENODEV)
			forget_realm(w, realm);
		if (n <= 0)
			return true;
		f->n = (size_t)n;
		w->now_us = clock_us();
		handle_packet(w, realm);
	}
	return false;
}

/* The loop */

static void tick(struct pkt_worker *w, uint32_t rdv)
{
	struct pkt_rdv view;
	struct pkt_out out;
	uint64_t due;

	worker_fast_catch_up(w, rdv);
	view = worker_view(w, rdv);
	due = pkt_rdv_next(&view, w->now_us);
	if (due <= w->now_us) {
		worker_fast_evict(w, rdv);
		pkt_rdv_tick(&view, w->now_us, &out);
		worker_apply(w, rdv, &out);
		view = worker_view(w, rdv);
		due = pkt_rdv_next(&view, w->now_us);
	}
	/* Never at once again: the loop must get on whatever is asked. */
	if (due <= w->now_us)
		due = w->now_us + 1000;
	pkt_timers_set(w->timers, rdv, due);
}

static void run_timers(struct pkt_worker *w)
{
	uint32_t rdv;

	while (pkt_timers_first(w->timers, &rdv) <= w->now_us)
		tick(w, rdv);
}

static int wait_ms(struct pkt_worker *w, int max_ms)
{
	uint32_t rdv;
	uint64_t due = pkt_timers_first(w->timers, &rdv);

	if ((w->is_held_up || !worker_has_room(w, PKT_EVTS_PER_CMD)) &&
	    max_ms > ROOM_POLL_MS)
		max_ms = ROOM_POLL_MS;
	if (due <= w->now_us || w->n_unseen || w->now_us < w->awake_until_us)
		return 0;
	if (due - w->now_us < (uint64_t)max_ms * 1000)
		return (int)((due - w->now_us + 999) / 1000);
	return max_ms;
}

static void tell_control(struct pkt_worker *w)
{
	uint64_t one = 1;

	if (!w->has_pushed)
		return;
	w->has_pushed = false;
	/* Fails only when the counter is full: then it is readable. */
	(void)!write(w->cfg.evt_fd, &one, sizeof(one));
}

static void drain_wake(struct pkt_worker *w)
{
	uint64_t n;

	/* Its value says nothing: the ring is looked at in every turn. */
	(void)!read(w->wake_fd, &n, sizeof(n));
}

/* False: there is more to read. */
static bool on_ready(struct pkt_worker *w, const struct epoll_event *ready)
{
	uint32_t realm = ready->data.u32;

	if (realm == WAKE)
		drain_wake(w);
	else if (realm == HINTS)
		worker_fast_hints(w);
	else if (ready->events & EPOLLERR)
		forget_realm(w, realm);
	else
		return read_realm(w, realm);
	return true;
}

void pkt_worker_turn(struct pkt_worker *w, int max_ms)
{
	struct epoll_event ready[PKT_MAX_REALMS + 2];
	bool is_empty = true;
	int n;

	w->now_us = clock_us();
	worker_flush_sticky(w);
	worker_commands(w);
	run_timers(w);
	tell_control(w);
	n = epoll_wait(w->epoll_fd, ready, PKT_MAX_REALMS + 2,
		       wait_ms(w, max_ms));
	for (int i = 0; i < n; i++)
		is_empty &= on_ready(w, &ready[i]);
	worker_fast_look(w);
	worker_fast_promote(w, is_empty);
	tell_control(w);
}

static void *run(void *arg)
{
	struct pkt_worker *w = arg;

	while (!atomic_load_explicit(&w->want_stop, memory_order_relaxed))
		pkt_worker_turn(w, MAX_WAIT_MS);
	return NULL;
}

void pkt_worker_wake(struct pkt_worker *w)
{
	uint64_t one = 1;

	/* Fails only when the counter is full: then it is readable. */
	(void)!write(w->wake_fd, &one, sizeof(one));
}

/* Best effort: it works anywhere. */
static void pin(const struct pkt_worker *w)
{
	cpu_set_t set;

	if (!w->cfg.cpu)
		return;
	CPU_ZERO(&set);
	CPU_SET(w->cfg.cpu - 1, &set);
	(void)pthread_setaffinity_np(w->thread, sizeof(set), &set);
}

int pkt_worker_start(struct pkt_worker *w)
{
	char name[16];
	sigset_t all, before;
	int rc;

	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc)
		return -rc;
	snprintf(name, sizeof(name),
		 w->cfg.n_workers > 1 ? "bgfd-worker%u" : "bgfd-worker",
		 w->cfg.self);
	pthread_setname_np(w->thread, name);
	pin(w);
	return 0;
}

void pkt_worker_stop(struct pkt_worker *w)
{
	atomic_store(&w->want_stop, true);
	pkt_worker_wake(w);
	pthread_join(w->thread, NULL);
}

void pkt_worker_counters(const struct pkt_worker *w, struct pkt_counters *sum)
{
#define ADD(name) \
	(sum->name += atomic_load_explicit(&w->name, memory_order_relaxed))
	ADD(rx_pkts);
	ADD(rx_octets);
	ADD(tx_pkts);
	ADD(tx_octets);
	ADD(synacks);
	ADD(rsts);
	ADD(challenges);
	ADD(evt_ring_full);
	ADD(tap_lost);
	for (unsigned int i = 0; i < PKT_DROP__COUNT; i++)
		ADD(drop[i]);
#undef ADD
}

/* Life */

static int allocate(struct pkt_worker *w)
{
	uint32_t n = w->cfg.max_rendezvous;

	w->rdvs = pkt_pages_new(n, sizeof(*w->rdvs));
	w->whys = pkt_pages_new((size_t)n * PKT_LEGS, sizeof(*w->whys));
	w->setups = pkt_pages_new(n, sizeof(*w->setups));
	w->sticky = pkt_pages_new((size_t)n * PKT_LEGS * PKT_STICKY_TYPES,
				  sizeof(*w->sticky));
	w->traffic = pkt_pages_new((size_t)n * PKT_LEGS, sizeof(*w->traffic));
	w->leaving = pkt_pages_new((size_t)n * PKT_LEGS, sizeof(*w->leaving));
	w->sent = pkt_pages_new((size_t)n * PKT_LEGS, sizeof(*w->sent));
	w->free_setups = pkt_pages_new(n, sizeof(*w->free_setups));
	w->timers = pkt_timers_new(n);
	w->room = pkt_pages_new(1, PKT_HEADROOM + PKT_BUF_OCTETS);
	if (!w->rdvs || !w->whys || !w->setups || !w->sticky || !w->traffic ||
	    !w->leaving || !w->sent || !w->free_setups || !w->timers ||
	    !w->room || worker_tap_init(w))
		return -ENOMEM;
	return 0;
}

static int watch(struct pkt_worker *w, int fd, uint32_t data)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = data };

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static int watch_all(struct pkt_worker *w)
{
	int rc;

	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->epoll_fd < 0 || w->wake_fd < 0)
		return -errno;
	rc = watch(w, w->wake_fd, WAKE);
	if (!rc && w->cfg.fast)
		rc = watch(w, pkt_fast_hint_fd(w->cfg.fast, w->cfg.self),
			   HINTS);
	for (unsigned int i = 0; !rc && i < w->cfg.n_realms; i++)
		rc = watch(w, w->cfg.realm[i].fd, i);
	return rc;
}

int pkt_worker_new(const struct pkt_worker_cfg *cfg, struct pkt_worker **out)
{
	struct pkt_worker *w = pkt_pages_new(1, sizeof(*w));
	int rc;

	if (!w)
		return -ENOMEM;
	w->cfg = *cfg;
	w->epoll_fd = w->wake_fd = -1;
	rc = allocate(w);
	if (!rc)
		rc = watch_all(w);
	if (rc) {
		pkt_worker_free(w);
		return rc;
	}
	*out = w;
	return 0;
}

void pkt_worker_free(struct pkt_worker *w)
{
	uint32_t n;

	if (!w)
		return;
	n = w->cfg.max_rendezvous;
	pkt_pages_free(w->rdvs, n, sizeof(*w->rdvs));
	pkt_pages_free(w->whys, (size_t)n * PKT_LEGS, sizeof(*w->whys));
	pkt_pages_free(w->setups, n, sizeof(*w->setups));
	pkt_pages_free(w->sticky, (size_t)n * PKT_LEGS * PKT_STICKY_TYPES,
		       sizeof(*w->sticky));
	pkt_pages_free(w->traffic, (size_t)n * PKT_LEGS, sizeof(*w->traffic));
	pkt_pages_free(w->leaving, (size_t)n * PKT_LEGS, sizeof(*w->leaving));
	pkt_pages_free(w->sent, (size_t)n * PKT_LEGS, sizeof(*w->sent));
	pkt_pages_free(w->free_setups, n, sizeof(*w->free_setups));
	worker_tap_fini(w);
	pkt_timers_free(w->timers);
	pkt_pages_free(w->room, 1, PKT_HEADROOM + PKT_BUF_OCTETS);
	if (w->epoll_fd >= 0)
		close(w->epoll_fd);
	if (w->wake_fd >= 0)
		close(w->wake_fd);
	pkt_pages_free(w, 1, sizeof(*w));
}
