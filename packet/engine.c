/*
 * packet/engine.c - see engine.h: the control thread's half
 *
 * Keeps which gate stands where, and on which worker.
 */
#include "packet/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "packet/berths.h"
#include "packet/cpus.h"
#include "packet/engine_priv.h"
#include "packet/host.h"
#include "packet/lane.h"
#include "packet/pages.h"
#include "packet/steering.h"
#include "packet/tun.h"

enum {
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
	unsigned int worker; /* where it lives: the class of its local ports */
};

struct pkt_engine {
	struct pkt_engine_cfg cfg;
	int fd[PKT_MAX_QUEUES];
	struct pkt_slots slots[PKT_MAX_REALMS];
	struct pkt_portpool *pool[PKT_MAX_REALMS];
	struct pkt_entry *entries;
	uint32_t *places; /* of each slot: place of its entry + 1; 0: free */
	uint32_t n_slots;
	struct rdv *rdvs;
	struct pkt_berths berths;
	uint32_t last_gen;
	struct pkt_lane lane[PKT_MAX_WORKERS];
	unsigned int next_lane; /* whose event is next */
	unsigned int tap_lane;  /* whose record was last */
	bool tap_is_more;       /* and is not complete */
	unsigned int turn;      /* who is asked first to take a rendezvous */
	int evt_fd;
	struct pkt_fast *fast; /* NULL: no program of the kernel helps */
	struct pkt_fence *fence;
	char fast_note[NOTE_OCTETS];
	char workers_note[NOTE_OCTETS];
	unsigned int cpu[PKT_MAX_WORKERS]; /* of each worker, + 1; 0: any */
	bool has_host;
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

static int check_realm(const struct pkt_realm_cfg *r, unsigned int n_workers,
		       char *err, size_t cap)
{
	struct pkt_slots slots;
	uint32_t end;

	if (r->port_min <= r->port_max &&
	    r->port_max - r->port_min + 1u < n_workers) {
		snprintf(err, cap,
			 "realm %s: %u workers need as many ports, and it has "
			 "%u to %u",
			 r->name, n_workers, r->port_min, r->port_max);
		return -EINVAL;
	}
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
	if (!cfg->n_workers || cfg->n_workers > PKT_MAX_WORKERS) {
		snprintf(err, cap, "%u workers; 1 to %d are possible",
			 cfg->n_workers, PKT_MAX_WORKERS);
		return -EINVAL;
	}
	if (!cfg->max_rendezvous || cfg->max_rendezvous > 1u << 20) {
		snprintf(err, cap, "%u rendezvous; 1 to %u are possible",
			 cfg->max_rendezvous, 1u << 20);
		return -EINVAL;
	}
	for (unsigned int i = 0; !rc && i < cfg->n_realms; i++)
		rc = check_realm(&cfg->realm[i], cfg->n_workers, err, cap);
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
		.n_homes = e->cfg.max_rendezvous,
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

static int allocate(struct pkt_engine *e)
{
	e->evt_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (e->fast) {
		e->entries = pkt_fast_entries(e->fast);
		e->places = pkt_fast_places(e->fast);
	} else {
		e->entries = pkt_pages_new(pkt_place(e->cfg.max_rendezvous, 0),
					   sizeof(*e->entries));
		e->places = pkt_pages_new(e->n_slots, sizeof(*e->places));
	}
	e->rdvs = calloc(e->cfg.max_rendezvous, sizeof(*e->rdvs));
	e->berths.has_homes = e->fast;
	e->berths.n_choice = PKT_BERTHS_CHOICE;
	e->berths.random = next_random;
	e->berths.random_arg = e;
	if (pkt_berths_init(&e->berths, e->cfg.max_rendezvous) || !e->entries ||
	    !e->places || !e->rdvs)
		return -ENOMEM;
	if (e->evt_fd < 0)
		return -errno;
	return 0;
}

static int start_worker(struct pkt_engine *e, unsigned int i)
{
	struct pkt_worker_cfg cfg = {
		.self = i,
		.n_workers = e->cfg.n_workers,
		.cpu = e->cpu[i],
		.n_realms = e->cfg.n_realms,
		.entries = e->entries,
		.places = e->places,
		.max_rendezvous = e->cfg.max_rendezvous,
		.evt_fd = e->evt_fd,
		.fast = e->fast,
		.fence = e->fence,
	};

	for (unsigned int r = 0; r < e->cfg.n_realms; r++) {
		cfg.realm[r].fd = e->fd[r * e->cfg.n_workers + i];
		cfg.realm[r].slots = e->slots[r];
	}
	return pkt_lane_open(&e->lane[i], &cfg);
}

static int start_workers(struct pkt_engine *e)
{
	int rc = 0;

	for (unsigned int i = 0; !rc && i < e->cfg.n_workers; i++)
		rc = start_worker(e, i);
	return rc;
}

static bool wants_fast(const struct pkt_realm_cfg *r)
{
	for (unsigned int i = 0; i < r->n_ifaces; i++)
		if (r->fastpath[i] != PKT_FASTPATH_OFF)
			return true;
	return false;
}

/* A fence is past: whose, they know.  Thread: the fence's. */
static void wake(void *arg)
{
	struct pkt_engine *e = arg;

	for (unsigned int i = 0; i < e->cfg.n_workers; i++)
		pkt_worker_wake(e->lane[i].worker);
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
	rc = start_workers(e);
	return rc ? fail(err, cap, rc, "worker") : 0;
}

static void close_all(const int *fd, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		close(fd[i]);
}

/* More workers than processors share them as the kernel likes, and a single one
 * is not held where others may be busy. */
static void choose_cpus(struct pkt_engine *e)
{
	unsigned int n = e->cfg.n_workers;

	for (unsigned int i = 0; n > 1 && i < n && pkt_cpus() >= n; i++)
		e->cpu[i] = (unsigned int)(pkt_cpus_nth(i) + 1);
}

static int make(const struct pkt_engine_cfg *cfg, const int *fd,
		bool may_be_fast, struct pkt_engine **out, char *err,
		size_t cap)
{
	struct pkt_engine *e;
	int rc = check(cfg, err, cap);

	e = rc ? NULL : calloc(1, sizeof(*e));
	if (!e) {
		close_all(fd, cfg->n_realms * cfg->n_workers);
		return rc ? rc : fail(err, cap, -ENOMEM, "memory");
	}
	e->cfg = *cfg;
	e->evt_fd = -1;
	if (may_be_fast)
		choose_cpus(e);
	memcpy(e->fd, fd, cfg->n_realms * cfg->n_workers * sizeof(*fd));
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

static int open_devices(const struct pkt_engine_cfg *cfg, int steering, int *fd,
			char *err, size_t cap)
{
	unsigned int n = cfg->n_workers;
	int rc = 0;

	for (unsigned int i = 0; !rc && i < cfg->n_realms; i++) {
		rc = pkt_tun_open(cfg->realm[i].tun, cfg->realm[i].mtu, n,
				  steering, fd + i * n, err, cap);
		if (rc)
			close_all(fd, i * n);
	}
	return rc;
}

/* As many queues as workers; where the kernel does not steer, one. */
static int open_queues(struct pkt_engine_cfg *cfg, int *fd, char *why,
		       char *err, size_t cap)
{
	unsigned int n = cfg->n_workers;
	int rc, steering = -1;

	why[0] = '\0';
	if (n > 1)
		steering = pkt_steering_load(n, why, NOTE_OCTETS / 2);
	if (n > 1 && steering < 0)
		cfg->n_workers = 1;
	rc = open_devices(cfg, steering, fd, err, cap);
	if (steering >= 0)
		close(steering);
	if (rc != -ENOTSUP || cfg->n_workers == 1)
		return rc;
	snprintf(why, NOTE_OCTETS / 2, "%s", err);
	cfg->n_workers = 1;
	return open_devices(cfg, -1, fd, err, cap);
}

static void note_workers(struct pkt_engine *e, unsigned int wanted,
			 const char *why)
{
	unsigned int n = e->cfg.n_workers;

	if (n < wanted)
		snprintf(e->workers_note, NOTE_OCTETS, "1 in place of %u: %s",
			 wanted, why);
	else if (n > 1)
		snprintf(e->workers_note, NOTE_OCTETS,
			 "%u, steered by local port%s", n,
			 e->cpu[0] ? ", each on a processor of its own" : "");
	else
		snprintf(e->workers_note, NOTE_OCTETS, "1");
}

int pkt_engine_new(const struct pkt_engine_cfg *wanted, struct pkt_engine **out,
		   char *err, size_t cap)
{
	struct pkt_engine_cfg own = *wanted, *cfg = &own;
	int fd[PKT_MAX_QUEUES], rc = check(cfg, err, cap);
	char why[NOTE_OCTETS / 2];
	struct pkt_engine *e;

	if (!rc)
		rc = open_queues(cfg, fd, why, err, cap);
	if (!rc)
		rc = make(cfg, fd, true, &e, err, cap);
	if (rc)
		return rc;
	note_workers(e, wanted->n_workers, why);
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
	if (e->fast)
		pkt_fast_attach(e->fast, e->fast_note, NOTE_OCTETS);
}

enum pkt_path pkt_engine_path(const struct pkt_engine *e, const char *iface)
{
	return e->fast ? pkt_fast_path(e->fast, iface) : PKT_PATH_TUN;
}

const char *pkt_engine_workers(const struct pkt_engine *e)
{
	return e->workers_note;
}

const char *pkt_engine_fastpath(const struct pkt_engine *e)
{
	return e->fast_note;
}

void pkt_engine_free(struct pkt_engine *e)
{
	if (!e)
		return;
	for (unsigned int i = 0; i < e->cfg.n_workers; i++)
		pkt_lane_stop(&e->lane[i]);
	/* Programs go first: the rules are what keeps them in their realm. */
	pkt_fence_free(e->fence);
	if (e->fast) {
		pkt_fast_free(e->fast);
		e->entries = NULL;
		e->places = NULL;
	}
	if (e->has_host)
		pkt_host_cleanup(&e->cfg, true);
	for (unsigned int i = 0; i < e->cfg.n_workers; i++)
		pkt_lane_close(&e->lane[i]);
	close_all(e->fd, e->cfg.n_realms * e->cfg.n_workers);
	for (unsigned int i = 0; i < e->cfg.n_realms; i++)
		pkt_portpool_free(e->pool[i]);
	pkt_pages_free(e->entries, pkt_place(e->cfg.max_rendezvous, 0),
		       sizeof(*e->entries));
	pkt_pages_free(e->places, e->n_slots, sizeof(*e->places));
	free(e->rdvs);
	pkt_berths_end(&e->berths);
	if (e->evt_fd >= 0)
		close(e->evt_fd);
	free(e);
}

/* Gates */

static struct gate *find(struct pkt_engine *e, struct pkt_gate_id id,
			 uint32_t *rdv)
{
	struct rdv *r;

	if (!id.gen || id.slot >= e->n_slots || !e->places[id.slot])
		return NULL;
	*rdv = (e->places[id.slot] - 1) / PKT_LEGS;
	r = &e->rdvs[*rdv];
	for (unsigned int leg = 0; leg < PKT_LEGS; leg++)
		if (r->gate[leg].id.gen == id.gen &&
		    r->gate[leg].id.slot == id.slot)
			return &r->gate[leg];
	return NULL;
}

static struct pkt_lane *lane_of(struct pkt_engine *e, uint32_t rdv)
{
	return &e->lane[e->rdvs[rdv].worker];
}

static void send_cmd(struct pkt_engine *e, const struct pkt_cmd *cmd)
{
	pkt_lane_send(lane_of(e, cmd->rdv), cmd);
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
	for (unsigned int i = 0; i < e->cfg.n_workers; i++)
		pkt_lane_flush(&e->lane[i]);
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

/* Are there hardly more ports of this class than gates whose peer is still to
 * come, in any realm?  Where it will be nobody knows yet. */
static bool is_scarce(const struct pkt_engine *e, unsigned int worker,
		      uint64_t now)
{
	uint32_t n = e->lane[worker].n_halves + 1;

	for (unsigned int i = 0; i < e->cfg.n_realms; i++)
		if (pkt_portpool_n_free(e->pool[i], 0, worker, now) <= n)
			return true;
	return false;
}

/* Of a new rendezvous for this worker: the number that it has; more when one of
 * its gates may find no port, or when it is full already. */
static uint64_t cost(const struct pkt_engine *e, unsigned int worker,
		     const struct pkt_gate_cfg *cfg, uint64_t now)
{
	const struct pkt_lane *l = &e->lane[worker];

	if (!pkt_portpool_n_free(e->pool[cfg->realm], cfg->leg.family, worker,
				 now))
		return UINT64_MAX;
	if (!pkt_lane_has_places(l, PKT_LANE_GATE_PLACES + 1))
		return UINT64_MAX - 1;
	return (uint64_t)is_scarce(e, worker, now) << 32 | l->n_rdvs;
}

/* The first gate of a rendezvous decides: both live there (decision 11). */
static unsigned int choose_worker(struct pkt_engine *e,
				  const struct pkt_gate_cfg *cfg)
{
	uint64_t now = now_ms(), least = UINT64_MAX;
	unsigned int n = e->cfg.n_workers, best = 0;

	for (unsigned int i = 0; n > 1 && i < n; i++) {
		unsigned int worker = (e->turn + i) % n;
		uint64_t c = cost(e, worker, cfg, now);

		if (c < least) {
			least = c;
			best = worker;
		}
	}
	e->turn = best + 1;
	return best;
}

/* The rendezvous of the peer, if it has room. */
static int find_rdv(struct pkt_engine *e, struct pkt_gate_id peer,
		    uint32_t *rdv)
{
	struct gate *g = find(e, peer, rdv);

	if (!g || g->is_leaving)
		return -ENOENT;
	if (e->rdvs[*rdv].gate[0].id.gen && e->rdvs[*rdv].gate[1].id.gen)
		return -ENOENT;
	return 0;
}

/* Local address and port are ours to choose; without a peer so is the rendezvous. */
static int choose_berth(struct pkt_engine *e, const struct pkt_gate_cfg *cfg,
			bool is_first, unsigned int worker,
			struct pkt_berth *berth)
{
	struct pkt_berth_wish wish = { .pool = e->pool[cfg->realm],
				       .family = cfg->leg.family,
				       .class_ = worker,
				       .now_ms = now_ms() };

	if (cfg->leg.local_port || !IN6_IS_ADDR_UNSPECIFIED(&cfg->leg.local))
		return -EADDRNOTAVAIL;
	return is_first ? pkt_berths_first(&e->berths, &wish, berth) :
			  pkt_berths_second(&e->berths, &wish, berth);
}

/* Workers and programs read it: for a new gate before they hear of it, and for
 * one that is gone when they know, before its entry is another's. */
static void set_place(struct pkt_engine *e, uint32_t slot, uint32_t place_1)
{
	__atomic_store_n(&e->places[slot], place_1, __ATOMIC_RELEASE);
}

static void enter_gate(struct pkt_engine *e, uint32_t rdv,
		       struct pkt_gate_id id, const struct pkt_gate_cfg *cfg)
{
	struct rdv *r = &e->rdvs[rdv];
	struct pkt_lane *l = lane_of(e, rdv);
	unsigned int leg = r->gate[0].id.gen != 0;

	if (!r->gate[0].id.gen && !r->gate[1].id.gen) {
		l->n_rdvs++;
		l->n_halves++;
	} else {
		l->n_halves--;
	}
	r->gate[leg] = (struct gate) { .id = id, .realm = cfg->realm };
	set_place(e, id.slot, pkt_place(rdv, leg) + 1);
	pkt_lane_take(l, PKT_LANE_GATE_PLACES + 1);
}

/* Where its gate will be.  0, or as pkt_gate_add(). */
static int make_room(struct pkt_engine *e, struct pkt_gate_id peer,
		     const struct pkt_gate_cfg *cfg, struct pkt_berth *berth)
{
	unsigned int worker;
	int rc = 0;

	if (peer.gen)
		rc = find_rdv(e, peer, &berth->rdv);
	else if (!e->berths.rdvs.n_free)
		rc = -ENOSPC;
	if (rc)
		return rc;
	worker = peer.gen ? e->rdvs[berth->rdv].worker : choose_worker(e, cfg);
	if (!pkt_lane_has_places(&e->lane[worker], PKT_LANE_GATE_PLACES + 1))
		return -EAGAIN;
	rc = choose_berth(e, cfg, !peer.gen, worker, berth);
	if (!rc)
		e->rdvs[berth->rdv].worker = worker;
	return rc;
}

int pkt_gate_add(struct pkt_engine *e, struct pkt_gate_id peer,
		 struct pkt_gate_cfg *cfg, uint64_t token,
		 struct pkt_gate_id *id)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_ADD, .token = token };
	struct pkt_berth berth;
	int rc;

	assert(cfg->realm < e->cfg.n_realms);
	rc = make_room(e, peer, cfg, &berth);
	if (rc)
		return rc;
	cfg->leg.local = berth.addr;
	cfg->leg.local_port = berth.port;
	cfg->leg.family =
		IN6_IS_ADDR_V4MAPPED(&berth.addr) ? AF_INET : AF_INET6;
	id->slot = berth.slot;
	id->gen = next_gen(e);
	enter_gate(e, berth.rdv, *id, cfg);
	cmd.rdv = berth.rdv;
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
	if (g->n_modifies && !pkt_lane_has_places(lane_of(e, cmd.rdv), 1))
		return -EAGAIN;
	if (g->n_modifies++)
		pkt_lane_take(lane_of(e, cmd.rdv), 1);
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

/* Of one place, given back with its DONE. */
static int send_other(struct pkt_engine *e, struct pkt_cmd *cmd)
{
	struct gate *g = find(e, cmd->gate, &cmd->rdv);

	if (!g || g->is_leaving)
		return -ENOENT;
	if (!pkt_lane_has_places(lane_of(e, cmd->rdv), 1))
		return -EAGAIN;
	pkt_lane_take(lane_of(e, cmd->rdv), 1);
	send_cmd(e, cmd);
	return 0;
}

int pkt_gate_read(struct pkt_engine *e, struct pkt_gate_id id, uint64_t token)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_READ,
			       .gate = id,
			       .token = token };

	return send_other(e, &cmd);
}

int pkt_gate_trace(struct pkt_engine *e, struct pkt_gate_id id,
		   enum pkt_tap_level level, uint64_t token)
{
	struct pkt_cmd cmd = { .type = PKT_CMD_TRACE,
			       .tap = (uint8_t)level,
			       .gate = id,
			       .token = token };

	return send_other(e, &cmd);
}

/* Events */

static void release(struct pkt_engine *e, uint32_t rdv, struct gate *g,
		    bool is_dirty)
{
	struct rdv *r = &e->rdvs[rdv];
	struct pkt_lane *l = lane_of(e, rdv);

	pkt_portpool_give(e->pool[g->realm], g->id.slot, is_dirty, now_ms());
	set_place(e, g->id.slot, 0);
	g->id.gen = 0;
	pkt_lane_give(l, PKT_LANE_GATE_PLACES);
	if (r->gate[0].id.gen || r->gate[1].id.gen) {
		l->n_halves++;
		return;
	}
	l->n_halves--;
	l->n_rdvs--;
	pkt_berths_give(&e->berths, rdv);
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
			pkt_lane_give(lane_of(e, rdv), 1);
		break;
	case PKT_CMD_REMOVE:
		release(e, rdv, g, evt->stat.is_dirty);
		break;
	default:
		pkt_lane_give(lane_of(e, rdv), 1);
	}
	pkt_lane_drain(lane_of(e, rdv));
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

/* One of each in turn: none has to wait for all of another's. */
static bool pop(struct pkt_engine *e, struct pkt_evt *evt)
{
	for (unsigned int i = 0; i < e->cfg.n_workers; i++) {
		struct pkt_lane *l = &e->lane[e->next_lane];

		e->next_lane = (e->next_lane + 1) % e->cfg.n_workers;
		if (pkt_lane_next(l, evt))
			return true;
	}
	return false;
}

bool pkt_engine_next_evt(struct pkt_engine *e, struct pkt_evt *evt)
{
	uint64_t n;

	if (!pop(e, evt)) {
		/* Clear first, then look again: what comes in between makes
		 * the descriptor readable. */
		(void)!read(e->evt_fd, &n, sizeof(n));
		if (!pop(e, evt))
			return false;
	}
	evt->realm = realm_of(e, evt->gate.slot);
	if (evt->type == PKT_EVT_DONE)
		account(e, evt);
	return true;
}

unsigned int pkt_engine_n_workers(const struct pkt_engine *e)
{
	return e->cfg.n_workers;
}

void pkt_engine_worker(struct pkt_engine *e, unsigned int i,
		       struct pkt_worker_figures *out)
{
	memset(out, 0, sizeof(*out));
	out->rendezvous = e->lane[i].n_rdvs;
	out->cpu = (int)e->cpu[i] - 1;
	pkt_worker_counters(e->lane[i].worker, &out->counters);
}

static void next_tap_lane(struct pkt_engine *e)
{
	e->tap_lane = (e->tap_lane + 1) % e->cfg.n_workers;
}

/* The records of a packet come together: they are one worker's. */
bool pkt_engine_next_tap(struct pkt_engine *e, struct pkt_tapped *out)
{
	unsigned int n = e->tap_is_more ? 1 : e->cfg.n_workers;

	for (unsigned int i = 0; i < n; i++) {
		if (pkt_worker_next_tap(e->lane[e->tap_lane].worker, out)) {
			e->tap_is_more = out->is_more;
			if (!out->is_more)
				next_tap_lane(e);
			return true;
		}
		if (!e->tap_is_more)
			next_tap_lane(e);
	}
	return false;
}

void pkt_engine_counters(struct pkt_engine *e, struct pkt_counters *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned int i = 0; i < e->cfg.n_workers; i++)
		pkt_worker_counters(e->lane[i].worker, out);
	if (e->fast)
		pkt_fast_counters(e->fast, out);
}

void pkt_engine_usage(struct pkt_engine *e, unsigned int realm,
		      struct pkt_portpool_usage *out)
{
	pkt_portpool_usage(e->pool[realm], now_ms(), out);
}
