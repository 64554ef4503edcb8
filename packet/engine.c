/*
 * packet/engine.c - see engine.h: the control thread's half
 *
 * Keeps which gate stands where, and how many commands are on their way.  Ring
 * and backlog of the commands never run over: each gate holds two places for
 * its life (one Modify, the removal), any other command holds one until its
 * DONE came, and no more places are given out than there are (decision 8).
 */
#include "packet/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "packet/backlog.h"
#include "packet/engine_priv.h"
#include "packet/host.h"
#include "packet/tun.h"
#include "packet/worker.h"

enum {
	GATE_PLACES = 2,
	SPARE_PLACES = 256, /* Adds and reads on their way */
	CMD_SLOTS = 1024,
	EVT_SLOTS = 4096,
	RANDOM_WORDS = 64,
	NOTE_OCTETS = 160,
};

struct gate {
	struct pkt_gate_id id; /* gen 0: none */
	uint8_t realm;
	bool is_leaving;     /* its removal is on the way */
	uint32_t n_modifies; /* on their way */
};

struct rdv {
	struct gate gate[PKT_LEGS];
	uint32_t next_free; /* index + 1 */
	int class_;         /* of its local ports */
};

struct pkt_engine {
	struct pkt_engine_cfg cfg;
	int fd[PKT_MAX_REALMS];
	struct pkt_slots slots[PKT_MAX_REALMS];
	struct pkt_portpool *pool[PKT_MAX_REALMS];
	struct pkt_entry *entries;
	uint32_t *rdv_of; /* of a slot that is in use */
	uint32_t n_slots;
	struct rdv *rdvs;
	uint32_t free_rdv; /* index + 1; 0: only those never used */
	uint32_t n_used_rdvs;
	uint32_t last_gen;
	uint32_t places, held; /* of commands on their way */
	struct pkt_ring *cmds, *evts;
	struct pkt_backlog *backlog; /* of cmds */
	int evt_fd;
	struct pkt_worker *worker;
	struct pkt_fast *fast; /* NULL: no program of the kernel helps */
	struct pkt_fence *fence;
	char fast_note[NOTE_OCTETS];
	bool is_running, has_host;
	void (*defer)(void *arg); /* NULL: wake the worker at once */
	void *defer_arg;
	bool is_flush_due;
	uint32_t random[RANDOM_WORDS];
	unsigned int n_random;
};

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static uint32_t next_random(void *arg)
{
	struct pkt_engine *e = arg;

	if (!e->n_random) {
		/* Up to 256 octets come whole or not at all. */
		while (getrandom(e->random, sizeof(e->random), 0) < 0)
			;
		e->n_random = RANDOM_WORDS;
	}
	return e->random[--e->n_random];
}

/* Life */

static int fail(char *err, size_t cap, int rc, const char *what)
{
	snprintf(err, cap, "packet engine: %s: %s", what, strerror(-rc));
	return rc;
}

static int check_realm(const struct pkt_realm_cfg *r, char *err, size_t cap)
{
	struct pkt_slots slots;
	uint32_t end;

	if (!pkt_slots_init(&slots, r, 0, &end))
		return 0;
	snprintf(err, cap,
		 "realm %s: its ports %u to %u or one of its %u pools cannot "
		 "be laid out; a pool needs a prefix without host bits",
		 r->name, r->port_min, r->port_max, r->n_prefixes);
	return -EINVAL;
}

static int check(const struct pkt_engine_cfg *cfg, char *err, size_t cap)
{
	int rc = 0;

	if (!cfg->n_realms || cfg->n_realms > PKT_MAX_REALMS) {
		snprintf(err, cap, "%u realms; 1 to %d are possible",
			 cfg->n_realms, PKT_MAX_REALMS);
		return -EINVAL;
	}
	if (cfg->n_workers != 1) {
		snprintf(err, cap, "%u workers; this version has one",
			 cfg->n_workers);
		return -EINVAL;
	}
	if (!cfg->max_rendezvous || cfg->max_rendezvous > 1u << 20) {
		snprintf(err, cap, "%u rendezvous; 1 to %u are possible",
			 cfg->max_rendezvous, 1u << 20);
		return -EINVAL;
	}
	for (unsigned int i = 0; !rc && i < cfg->n_realms; i++)
		rc = check_realm(&cfg->realm[i], err, cap);
	return rc;
}

static int add_pool(struct pkt_engine *e, unsigned int realm)
{
	const struct pkt_realm_cfg *r = &e->cfg.realm[realm];
	struct pkt_slots *s = &e->slots[realm];
	struct pkt_portpool_cfg cfg = {
		.port_min = r->port_min,
		.port_max = r->port_max,
		.classes = e->cfg.n_workers,
		.first_slot = e->n_slots,
		.quarantine_ms = r->quarantine_ms,
		.random = next_random,
		.random_arg = e,
	};
	struct in6_addr *addrs;
	int rc = pkt_slots_init(s, r, e->n_slots, &e->n_slots);

	if (rc)
		return rc;
	cfg.n_addrs = pkt_slots_n_addrs(s);
	addrs = calloc(cfg.n_addrs, sizeof(*addrs));
	if (!addrs)
		return -ENOMEM;
	for (uint32_t i = 0; i < cfg.n_addrs; i++)
		addrs[i] = pkt_slots_addr(s, i);
	cfg.addrs = addrs;
	e->pool[realm] = pkt_portpool_new(&cfg);
	free(addrs);
	return e->pool[realm] ? 0 : -ENOMEM;
}

static void *map(size_t octets)
{
	void *p = mmap(NULL, octets, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int allocate(struct pkt_engine *e)
{
	uint32_t n = e->cfg.max_rendezvous;

	e->places = n * PKT_LEGS * GATE_PLACES + SPARE_PLACES;
	e->cmds = pkt_ring_new(CMD_SLOTS, sizeof(struct pkt_cmd));
	e->backlog = pkt_backlog_new(e->places, sizeof(struct pkt_cmd));
	e->evts = pkt_ring_new(EVT_SLOTS, sizeof(struct pkt_evt));
	e->evt_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	e->entries = e->fast ? pkt_fast_entries(e->fast) :
			       map(e->n_slots * sizeof(*e->entries));
	e->rdv_of = map(e->n_slots * sizeof(*e->rdv_of));
	e->rdvs = calloc(n, sizeof(*e->rdvs));
	if (!e->cmds || !e->backlog || !e->evts || !e->entries || !e->rdv_of ||
	    !e->rdvs)
		return -ENOMEM;
	if (e->evt_fd < 0)
		return -errno;
	return 0;
}

static int start_worker(struct pkt_engine *e)
{
	struct pkt_worker_cfg cfg = {
		.n_realms = e->cfg.n_realms,
		.entries = e->entries,
		.n_slots = e->n_slots,
		.max_rendezvous = e->cfg.max_rendezvous,
		.cmds = e->cmds,
		.evts = e->evts,
		.evt_fd = e->evt_fd,
		.fast = e->fast,
		.fence = e->fence,
	};
	int rc;

	for (unsigned int i = 0; i < e->cfg.n_realms; i++) {
		cfg.realm[i].fd = e->fd[i];
		cfg.realm[i].slots = e->slots[i];
	}
	rc = pkt_worker_new(&cfg, &e->worker);
	if (!rc)
		rc = pkt_worker_start(e->worker);
	e->is_running = !rc;
	return rc;
}

static bool wants_fast(const struct pkt_realm_cfg *r)
{
	for (unsigned int i = 0; i < r->n_ifaces; i++)
		if (r->fastpath[i] != PKT_FASTPATH_OFF)
			return true;
	return false;
}

static void wake(void *arg)
{
	struct pkt_engine *e = arg;

	if (e->worker)
		pkt_worker_wake(e->worker);
}

/* Without it everything works, slower; the note tells why. */
static void load_fast(struct pkt_engine *e)
{
	bool is_wanted = false;
	int rc;

	for (unsigned int i = 0; i < e->cfg.n_realms; i++)
		is_wanted |= wants_fast(&e->cfg.realm[i]);
	if (!is_wanted)
		return;
	rc = pkt_fence_new(pkt_fast_fence, wake, e, &e->fence);
	if (rc) {
		snprintf(e->fast_note, NOTE_OCTETS, "off: no thread: %s",
			 strerror(-rc));
		return;
	}
	memcpy(e->fast_note, "off: ", sizeof("off: "));
	rc = pkt_fast_new(&e->cfg, e->slots, e->n_slots, &e->fast,
			  e->fast_note + 5, NOTE_OCTETS - 5);
	if (rc) {
		pkt_fence_free(e->fence);
		e->fence = NULL;
	}
}

static int set_up(struct pkt_engine *e, bool may_be_fast, char *err, size_t cap)
{
	int rc = 0;

	for (unsigned int i = 0; !rc && i < e->cfg.n_realms; i++)
		rc = add_pool(e, i);
	if (rc)
		return fail(err, cap, rc, "port pool");
	memcpy(e->fast_note, "off", sizeof("off"));
	if (may_be_fast)
		load_fast(e);
	rc = allocate(e);
	if (rc)
		return fail(err, cap, rc, "memory");
	rc = start_worker(e);
	return rc ? fail(err, cap, rc, "worker") : 0;
}

static void close_all(const int *fd, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(fd[i]);
}

static int make(const struct pkt_engine_cfg *cfg, const int *fd,
		bool may_be_fast, struct pkt_engine **out, char *err,
		size_t cap)
{
	struct pkt_engine *e;
	int rc = check(cfg, err, cap);

	e = rc ? NULL : calloc(1, sizeof(*e));
	if (!e) {
		close_all(fd, cfg->n_realms);
		return rc ? rc : fail(err, cap, -ENOMEM, "memory");
	}
	e->cfg = *cfg;
	e->evt_fd = -1;
	memcpy(e->fd, fd, cfg->n_realms * sizeof(*fd));
	rc = set_up(e, may_be_fast, err, cap);
	if (rc) {
		pkt_engine_free(e);
		return rc;
	}
	*out = e;
	return 0;
}

int pkt_engine_new_on(const struct pkt_engine_cfg *cfg, const int *fd,
		      struct pkt_engine **out, char *err, size_t cap)
{
	return make(cfg, fd, false, out, err, cap);
}

int pkt_engine_new(const struct pkt_engine_cfg *cfg, struct pkt_engine **out,
		   char *err, size_t cap)
{
	int fd[PKT_MAX_REALMS], rc = check(cfg, err, cap);
	struct pkt_engine *e;

	for (unsigned int i = 0; !rc && i < cfg->n_realms; i++) {
		rc = pkt_tun_open(cfg->realm[i].tun, cfg->realm[i].mtu, &fd[i],
				  err, cap);
		if (rc)
			close_all(fd, i);
	}
	if (!rc)
		rc = make(cfg, fd, true, &e, err, cap);
	if (rc)
		return rc;
	pkt_fast_sweep(cfg);
	if (cfg->owns_host)
		rc = pkt_host_setup(cfg, err, cap);
	if (rc) {
		pkt_engine_free(e);
		return rc;
	}
	e->has_host = cfg->owns_host;
	pkt_engine_links_changed(e);
	*out = e;
	return 0;
}

void pkt_engine_links_changed(struct pkt_engine *e)
{
	char why[NOTE_OCTETS / 2];
	unsigned int n;

	if (!e->fast)
		return;
	n = pkt_fast_attach(e->fast, why, sizeof(why));
	snprintf(e->fast_note, NOTE_OCTETS, "tc on %u devices%s%s", n,
		 why[0] ? "; not on " : "", why);
}

const char *pkt_engine_fastpath(const struct pkt_engine *e)
{
	return e->fast_note;
}

void pkt_engine_free(struct pkt_engine *e)
{
	if (!e)
		return;
	if (e->is_running)
		pkt_worker_stop(e->worker);
	/* Programs go first: the rules are what keeps them in their realm. */
	pkt_fence_free(e->fence);
	if (e->fast) {
		pkt_fast_free(e->fast);
		e->entries = NULL;
	}
	if (e->has_host)
		pkt_host_cleanup(&e->cfg, true);
	pkt_worker_free(e->worker);
	close_all(e->fd, e->cfg.n_realms);
	for (unsigned int i = 0; i < e->cfg.n_realms; i++)
		pkt_portpool_free(e->pool[i]);
	if (e->entries)
		munmap(e->entries, e->n_slots * sizeof(*e->entries));
	if (e->rdv_of)
		munmap(e->rdv_of, e->n_slots * sizeof(*e->rdv_of));
	free(e->rdvs);
	pkt_ring_free(e->cmds);
	pkt_backlog_free(e->backlog);
	pkt_ring_free(e->evts);
	if (e->evt_fd >= 0)
		close(e->evt_fd);
	free(e);
}

/* Gates */

static struct gate *find(struct pkt_engine *e, struct pkt_gate_id id,
			 uint32_t *rdv)
{
	struct rdv *r;

	if (!id.gen || id.slot >= e->n_slots)
		return NULL;
	*rdv = e->rdv_of[id.slot];
	r = &e->rdvs[*rdv];
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		if (r->gate[leg].id.gen == id.gen &&
		    r->gate[leg].id.slot == id.slot)
			return &r->gate[leg];
	return NULL;
}

static void send_cmd(struct pkt_engine *e, const struct pkt_cmd *cmd)
{
	bool is_pushed = pkt_backlog_push(e->backlog, e->cmds, cmd);

	assert(is_pushed); /* places are counted */
	(void)is_pushed;
	if (e->is_flush_due)
		return;
	e->is_flush_due = true;
	if (e->defer)
		e->defer(e->defer_arg);
	else
		pkt_engine_flush(e);
}

void pkt_engine_flush(struct pkt_engine *e)
{
	if (e->is_flush_due)
		pkt_worker_wake(e->worker);
	e->is_flush_due = false;
}

void pkt_engine_defer(struct pkt_engine *e, void (*hook)(void *arg), void *arg)
{
	e->defer = hook;
	e->defer_arg = arg;
}

static uint32_t next_gen(struct pkt_engine *e)
{
	if (!++e->last_gen)
		e->last_gen = 1;
	return e->last_gen;
}

/* The rendezvous of the peer if it has room, or a free one. */
static int choose_rdv(struct pkt_engine *e, struct pkt_gate_id peer,
		      uint32_t *rdv)
{
	struct gate *g;

	if (!peer.gen) {
		*rdv = e->free_rdv ? e->free_rdv - 1 : e->n_used_rdvs;
		return *rdv < e->cfg.max_rendezvous ? 0 : -ENOSPC;
	}
	g = find(e, peer, rdv);
	if (!g || g->is_leaving)
		return -ENOENT;
	if (e->rdvs[*rdv].gate[0].id.gen && e->rdvs[*rdv].gate[1].id.gen)
		return -ENOENT;
	return 0;
}

/* Local address and port: ours to choose. */
static int choose_local(struct pkt_engine *e, struct pkt_gate_cfg *cfg,
			int class_, uint32_t *slot)
{
	if (cfg->leg.local_port || !IN6_IS_ADDR_UNSPECIFIED(&cfg->leg.local))
		return -EADDRNOTAVAIL;
	return pkt_portpool_take(e->pool[cfg->realm], cfg->leg.family, class_,
				 now_ms(), &cfg->leg.local,
				 &cfg->leg.local_port, slot);
}

static void enter_gate(struct pkt_engine *e, uint32_t rdv,
		       struct pkt_gate_id id, const struct pkt_gate_cfg *cfg)
{
	struct rdv *r = &e->rdvs[rdv];
	unsigned int leg = r->gate[0].id.gen != 0;

	if (rdv == e->n_used_rdvs)
		e->n_used_rdvs++;
	else if (!r->gate[0].id.gen && !r->gate[1].id.gen)
		e->free_rdv = r->next_free;
	r->gate[leg] = (struct gate) { .id = id, .realm = cfg->realm };
	r->class_ = (int)(cfg->leg.local_port % e->cfg.n_workers);
	e->rdv_of[id.slot] = rdv;
}

int pkt_gate_add(struct pkt_engine *e, struct pkt_gate_id peer,
		 struct pkt_gate_cfg *cfg, uint64_t token,
		 struct pkt_gate_id *id)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_ADD, .token = token };
	uint32_t slot;
	int rc;

	assert(cfg->realm < e->cfg.n_realms);
	if (e->held + GATE_PLACES + 1 > e->places)
		return -EAGAIN;
	rc = choose_rdv(e, peer, &cmd.rdv);
	if (rc)
		return rc;
	rc = choose_local(e, cfg, peer.gen ? e->rdvs[cmd.rdv].class_ : -1,
			  &slot);
	if (rc)
		return rc;
	cfg->leg.family =
		IN6_IS_ADDR_V4MAPPED(&cfg->leg.local) ? AF_INET : AF_INET6;
	id->slot = slot;
	id->gen = next_gen(e);
	enter_gate(e, cmd.rdv, *id, cfg);
	e->held += GATE_PLACES + 1;
	cmd.gate = *id;
	cmd.cfg = *cfg;
	send_cmd(e, &cmd);
	return 0;
}

int pkt_gate_modify(struct pkt_engine *e, struct pkt_gate_id id,
		    const struct pkt_gate_cfg *cfg, bool rearm, uint64_t token)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_MODIFY,
			       .rearm = rearm,
			       .gate = id,
			       .token = token,
			       .cfg = *cfg };
	struct gate *g = find(e, id, &cmd.rdv);

	if (!g || g->is_leaving)
		return -ENOENT;
	if (g->n_modifies && e->held + 1 > e->places)
		return -EAGAIN;
	if (g->n_modifies++)
		e->held++;
	send_cmd(e, &cmd);
	return 0;
}

int pkt_gate_remove(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_REMOVE,
			       .gate = id,
			       .token = token };
	struct gate *g = find(e, id, &cmd.rdv);

	if (!g || g->is_leaving)
		return -ENOENT;
	g->is_leaving = true;
	send_cmd(e, &cmd);
	return 0;
}

int pkt_gate_read(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_READ,
			       .gate = id,
			       .token = token };
	struct gate *g = find(e, id, &cmd.rdv);

	if (!g || g->is_leaving)
		return -ENOENT;
	if (e->held + 1 > e->places)
		return -EAGAIN;
	e->held++;
	send_cmd(e, &cmd);
	return 0;
}

/* Events */

static void release(struct pkt_engine *e, uint32_t rdv, struct gate *g,
		    bool is_dirty)
{
	struct rdv *r = &e->rdvs[rdv];

	pkt_portpool_give(e->pool[g->realm], g->id.slot, is_dirty, now_ms());
	g->id.gen = 0;
	e->held -= GATE_PLACES;
	if (r->gate[0].id.gen || r->gate[1].id.gen)
		return;
	r->next_free = e->free_rdv;
	e->free_rdv = rdv + 1;
}

/* A command was executed: its place is free again. */
static void account(struct pkt_engine *e, const struct pkt_evt *evt)
{
	uint32_t rdv;
	struct gate *g = find(e, evt->gate, &rdv);

	assert(g);
	switch (evt->cmd) {
	case PKT_CMD_MODIFY:
		if (--g->n_modifies)
			e->held--;
		break;
	case PKT_CMD_REMOVE:
		release(e, rdv, g, evt->stat.is_dirty);
		break;
	default:
		e->held--;
	}
}

int pkt_engine_evt_fd(const struct pkt_engine *e)
{
	return e->evt_fd;
}

/* Realms have their slots one after another: see add_pool(). */
static uint8_t realm_of(const struct pkt_engine *e, uint32_t slot)
{
	unsigned int i = e->cfg.n_realms - 1;

	while (i && slot < e->slots[i].prefix[0].base)
		i--;
	return (uint8_t)i;
}

bool pkt_engine_next_evt(struct pkt_engine *e, struct pkt_evt *evt)
{
	uint64_t n;

	if (!pkt_ring_pop(e->evts, evt)) {
		/* Clear first, then look again: what comes in between makes
		 * the descriptor readable. */
		(void)!read(e->evt_fd, &n, sizeof(n));
		if (!pkt_ring_pop(e->evts, evt))
			return false;
	}
	evt->realm = realm_of(e, evt->gate.slot);
	if (evt->type != PKT_EVT_DONE)
		return true;
	account(e, evt);
	if (pkt_backlog_drain(e->backlog, e->cmds))
		pkt_worker_wake(e->worker);
	return true;
}

void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out)
{
	memset(out, 0, sizeof(*out));
	pkt_worker_counters(e->worker, out);
	if (e->fast)
		pkt_fast_counters(e->fast, out);
}

void pkt_engine_usage(struct pkt_engine *e, unsigned int realm,
		      struct pkt_portpool_usage *out)
{
	pkt_portpool_usage(e->pool[realm], now_ms(), out);
}
