/* packet/fast.c - see fast.h; it, fast_hints.c, fast_maps.c, fast_xdp.c and
 * steering.c know libbpf */
#include "packet/fast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "packet/bpf/abi.h"
#include "packet/fast_hints.h"
#include "packet/fast_maps.h"
#include "packet/fast_xdp.h"
#include "packet/home.h"
#include "packet/police_pool.h"
#include "packet/tc.skel.h"

_Static_assert((int)FAST_PREFIXES == (int)PKT_MAX_PREFIXES, "one layout");
_Static_assert((int)FAST_REALMS == (int)PKT_MAX_REALMS, "one layout");
_Static_assert((int)FAST_WORKERS == (int)PKT_MAX_WORKERS, "one layout");

_Static_assert(FAST_POLICED <= UINT16_MAX, "a queue names its buckets");

enum {
	/* Our place among the filters of an interface, and how we know them:
	 * from an earlier run, too. */
	TC_PRIORITY = 4747,
	TC_HANDLE = 0xb6fd,
	PORTS_PER_REALM = PKT_MAX_IFACES + 1, /* and its TUN device */
};

/* The index is there as a whole from the start, and cannot be swapped.  The
 * configuration of the gateway allows half of it: this is for whoever else has an
 * engine. */
static const uint64_t MAX_INDEX_OCTETS = UINT64_C(1) << 27;

/* Where a program is attached. */
struct port {
	char name[IFNAMSIZ];
	bool is_tun;
	uint8_t wish;         /* enum pkt_fastpath */
	unsigned int ifindex; /* 0: not attached */
	bool has_made_hook;
	struct fast_xdp_port xdp;
};

struct realm {
	struct tc_bpf *skel;
	struct port port[PORTS_PER_REALM];
	unsigned int n_ports;
};

struct pkt_fast {
	struct realm realm[PKT_MAX_REALMS];
	unsigned int n_realms;
	struct fast_xdp xdp;
	struct fast_places *places; /* n_lines of them */
	struct pkt_entry *entries;  /* n_places, as the queues */
	struct fast_queue *queues;
	struct pkt_police_pool polices;
	uint32_t n_lines, n_places;
	struct fast_counters *per_cpu; /* scratch */
	int n_cpus;
	struct fast_hints hints;
};

static int fail(char *err, size_t cap, int rc, const char *what)
{
	snprintf(err, cap, "%s: %s", what, strerror(-rc));
	return rc;
}

/* Loading */

static void fill_prefix(struct fast_prefix *to, const struct in6_addr *first,
			uint32_t n_addrs, uint32_t base)
{
	uint32_t word[4];

	memcpy(word, first, sizeof(word));
	memcpy(to->high, word, sizeof(to->high));
	to->low = ntohl(word[3]);
	to->n_addrs = n_addrs;
	to->base = base;
}

/* The ports of a family in the order of their slots, as in the pool. */
static void fill_homes(struct fast_realm *r, const struct pkt_slots *s,
		       uint32_t n_rdvs)
{
	uint32_t span = r->port_max - r->port_min + 1, n[2] = { 0 };
	bool is_v6;

	for (unsigned int i = 0; i < s->n_prefixes; i++) {
		is_v6 = !IN6_IS_ADDR_V4MAPPED(&s->prefix[i].first);
		r->prefix[i].nth = n[is_v6];
		n[is_v6] += s->prefix[i].n_addrs * span;
	}
	for (unsigned int i = 0; i < s->n_prefixes; i++) {
		is_v6 = !IN6_IS_ADDR_V4MAPPED(&s->prefix[i].first);
		r->prefix[i].scale = pkt_home_scale(n[is_v6], n_rdvs);
	}
}

static void fill_realm(struct fast_realm *r, const struct pkt_realm_cfg *cfg,
		       const struct pkt_slots *s, uint32_t n_rdvs)
{
	r->first_slot = s->prefix[0].base;
	r->port_min = s->port_min;
	r->port_max = s->port_max;
	r->tun = if_nametoindex(cfg->tun);
	r->tun_mtu = cfg->mtu;
	r->n_prefixes = s->n_prefixes;
	for (unsigned int i = 0; i < s->n_prefixes; i++)
		fill_prefix(&r->prefix[i], &s->prefix[i].first,
			    s->prefix[i].n_addrs, s->prefix[i].base);
	fill_homes(r, s, n_rdvs);
}

static void fill_realms(struct fast_realms *r, const struct pkt_engine_cfg *cfg,
			const struct pkt_slots *slots, unsigned int self)
{
	r->n = cfg->n_realms;
	r->self = self;
	r->n_workers = cfg->n_workers;
	for (unsigned int i = 0; i < cfg->n_realms; i++)
		fill_realm(&r->realm[i], &cfg->realm[i], &slots[i],
			   cfg->max_rendezvous);
}

static uint32_t n_polices(const struct pkt_engine_cfg *cfg)
{
	uint64_t n = (uint64_t)cfg->max_rendezvous * PKT_LEGS;

	return n < FAST_POLICED ? (uint32_t)n : FAST_POLICED;
}

static int size_maps(struct pkt_fast *f, const struct pkt_engine_cfg *cfg)
{
	struct tc_bpf *skel = f->realm[0].skel;
	int rc = bpf_map__set_max_entries(skel->maps.entries, f->n_places);

	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.queues, f->n_places);
	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.places, f->n_lines);
	if (!rc)
		rc = bpf_map__set_max_entries(skel->maps.polices,
					      n_polices(cfg));
	return rc;
}

static int load_realm(struct pkt_fast *f, unsigned int i,
		      const struct pkt_engine_cfg *cfg,
		      const struct pkt_slots *slots)
{
	struct tc_bpf *skel = tc_bpf__open();
	int rc;

	if (!skel)
		return -errno;
	f->realm[i].skel = skel;
	f->n_realms = i + 1;
	/* Constants for the program; not yet for us. */
	fill_realms((struct fast_realms *)&skel->rodata->realms, cfg, slots, i);
	rc = i ? fast_maps_share(skel->obj, f->realm[0].skel->obj) :
		 size_maps(f, cfg);
	return rc ? rc : tc_bpf__load(skel);
}

static void list_ports(struct realm *r, const struct pkt_realm_cfg *cfg)
{
	struct port *p = r->port;

	for (unsigned int i = 0; i < cfg->n_ifaces; i++)
		if (cfg->fastpath[i] != PKT_FASTPATH_OFF) {
			p->wish = cfg->fastpath[i];
			memcpy((p++)->name, cfg->iface[i], sizeof(p->name));
		}
	if (p == r->port)
		return;
	memcpy(p->name, cfg->tun, sizeof(p->name));
	p->is_tun = true;
	r->n_ports = (unsigned int)(p + 1 - r->port);
}

/* Returns NULL, or n elements of a map. */
static void *map_array(const struct bpf_map *map, size_t n, size_t octets)
{
	void *p = mmap(NULL, n * octets, PROT_READ | PROT_WRITE, MAP_SHARED,
		       bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

static int map_arrays(struct pkt_fast *f)
{
	const struct tc_bpf *skel = f->realm[0].skel;
	uint32_t n = bpf_map__max_entries(skel->maps.polices);
	struct pkt_police *polices;

	f->places =
		map_array(skel->maps.places, f->n_lines, sizeof(*f->places));
	f->entries =
		map_array(skel->maps.entries, f->n_places, sizeof(*f->entries));
	f->queues =
		map_array(skel->maps.queues, f->n_places, sizeof(*f->queues));
	polices = map_array(skel->maps.polices, n, sizeof(*polices));
	/* From here on it is pkt_fast_free() that takes it away. */
	f->polices.record = polices;
	f->polices.n = n;
	if (!f->places || !f->entries || !f->queues || !polices)
		return -ENOMEM;
	return pkt_police_pool_init(&f->polices, polices, n);
}

struct pkt_police *pkt_fast_police(struct pkt_fast *f, uint32_t place)
{
	struct fast_queue *q = &f->queues[place];

	if (!q->police)
		q->police = (uint16_t)pkt_police_pool_take(&f->polices);
	return q->police ? &f->polices.record[q->police - 1] : NULL;
}

void pkt_fast_unpolice(struct pkt_fast *f, uint32_t place)
{
	struct fast_queue *q = &f->queues[place];

	if (q->police)
		pkt_police_pool_give(&f->polices, q->police);
	q->police = 0;
}

uint32_t pkt_fast_steered(const struct pkt_fast *f, uint32_t place)
{
	return __atomic_load_n(&f->queues[place].steered, __ATOMIC_SEQ_CST);
}

void pkt_fast_done(struct pkt_fast *f, uint32_t place, uint32_t n)
{
	/* Before it is asked who else was steered (gate.h: is_behind). */
	__atomic_store_n(&f->queues[place].done, (uint16_t)n, __ATOMIC_SEQ_CST);
}

int pkt_fast_hint_fd(const struct pkt_fast *f, unsigned int worker)
{
	return fast_hints_fd(&f->hints, worker);
}

void pkt_fast_hints(struct pkt_fast *f, unsigned int worker,
		    void (*tell)(void *arg, uint32_t place), void *arg)
{
	fast_hints_read(&f->hints, worker, tell, arg);
}

uint32_t pkt_fast_missed(const struct pkt_fast *f, unsigned int worker)
{
	return fast_hints_missed(&f->hints, worker);
}

static int make_scratch(struct pkt_fast *f)
{
	f->n_cpus = libbpf_num_possible_cpus();
	if (f->n_cpus <= 0)
		return f->n_cpus ? f->n_cpus : -EIO;
	f->per_cpu = calloc((size_t)f->n_cpus, sizeof(*f->per_cpu));
	return f->per_cpu ? 0 : -ENOMEM;
}

static int load(struct pkt_fast *f, const struct pkt_engine_cfg *cfg,
		const struct pkt_slots *slots, char *err, size_t cap)
{
	const struct tc_bpf *first;
	int rc = 0;

	for (unsigned int i = 0; !rc && i < cfg->n_realms; i++) {
		rc = load_realm(f, i, cfg, slots);
		list_ports(&f->realm[i], &cfg->realm[i]);
	}
	if (rc)
		return fail(err, cap, rc, "cannot load the programs");
	first = f->realm[0].skel;
	f->xdp.tc = first->obj;
	rc = map_arrays(f);
	if (!rc)
		rc = make_scratch(f);
	if (!rc)
		rc = fast_hints_open(&f->hints, bpf_map__fd(first->maps.hints),
				     bpf_map__fd(first->maps.missed),
				     cfg->n_workers, f->n_places);
	return rc ? fail(err, cap, rc, "cannot map the entries") : 0;
}

/* What has to be so, whatever the kernel says to the programs. */
static int check(uint32_t n_slots, char *err, size_t cap)
{
	uint64_t octets = (uint64_t)n_slots * sizeof(uint32_t);
	long can = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	if (can < 0 || !(can & MEMBARRIER_CMD_GLOBAL)) {
		snprintf(err, cap, "the kernel has no global membarrier()");
		return -ENOTSUP;
	}
	if (octets > MAX_INDEX_OCTETS) {
		snprintf(err, cap,
			 "the pools have %u ports, an index of %llu is allowed",
			 n_slots,
			 (unsigned long long)(MAX_INDEX_OCTETS /
					      sizeof(uint32_t)));
		return -E2BIG;
	}
	return 0;
}

int pkt_fast_new(const struct pkt_engine_cfg *cfg,
		 const struct pkt_slots *slots, uint32_t n_slots,
		 struct pkt_fast **out, char *err, size_t cap)
{
	struct pkt_fast *f;
	int rc = check(n_slots, err, cap);

	if (rc)
		return rc;
	f = calloc(1, sizeof(*f));
	if (!f)
		return fail(err, cap, -ENOMEM, "memory");
	libbpf_set_print(NULL);
	f->n_lines = (n_slots + FAST_PLACES - 1) / FAST_PLACES;
	f->n_places = pkt_place(cfg->max_rendezvous, 0);
	rc = load(f, cfg, slots, err, cap);
	if (rc) {
		pkt_fast_free(f);
		return rc;
	}
	*out = f;
	return 0;
}

struct pkt_entry *pkt_fast_entries(struct pkt_fast *f)
{
	return f->entries;
}

uint32_t *pkt_fast_places(struct pkt_fast *f)
{
	return f->places->at;
}

/* Attaching */

static struct bpf_tc_hook hook_of(unsigned int ifindex)
{
	return (struct bpf_tc_hook) {
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = (int)ifindex,
		.attach_point = BPF_TC_INGRESS,
	};
}

static struct bpf_tc_opts opts_of(int prog_fd)
{
	return (struct bpf_tc_opts) {
		.sz = sizeof(struct bpf_tc_opts),
		.prog_fd = prog_fd,
		.flags = prog_fd ? BPF_TC_F_REPLACE : 0,
		.handle = TC_HANDLE,
		.priority = TC_PRIORITY,
	};
}

static bool is_attached(unsigned int ifindex)
{
	struct bpf_tc_hook hook = hook_of(ifindex);
	struct bpf_tc_opts opts = opts_of(0);

	return !bpf_tc_query(&hook, &opts);
}

static void detach(unsigned int ifindex, bool has_made_hook)
{
	struct bpf_tc_hook hook = hook_of(ifindex);
	struct bpf_tc_opts opts = opts_of(0);

	if (bpf_tc_detach(&hook, &opts) || !has_made_hook)
		return;
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	(void)bpf_tc_hook_destroy(&hook);
}

/* An interface of another name now is not ours any more, or another port's. */
static void forget_port(struct pkt_fast *f, struct port *p)
{
	unsigned int ifindex = if_nametoindex(p->name);

	if (p->ifindex && p->ifindex != ifindex) {
		detach(p->ifindex, p->has_made_hook);
		p->has_made_hook = false;
		p->ifindex = 0;
	}
	if (p->xdp.ifindex && p->xdp.ifindex != ifindex)
		fast_xdp_detach(&f->xdp, &p->xdp);
}

static int attach_port(const struct realm *r, struct port *p)
{
	unsigned int ifindex = if_nametoindex(p->name);
	struct bpf_tc_hook hook = hook_of(ifindex);
	const struct bpf_program *prog =
		p->is_tun ? r->skel->progs.tun : r->skel->progs.media;
	struct bpf_tc_opts opts = opts_of(bpf_program__fd(prog));
	int rc;

	if (p->ifindex == ifindex && ifindex && is_attached(ifindex))
		return 0;
	p->ifindex = 0;
	if (!ifindex)
		return -ENODEV;
	rc = bpf_tc_hook_create(&hook);
	if (rc && rc != -EEXIST)
		return rc;
	p->has_made_hook |= !rc;
	rc = bpf_tc_attach(&hook, &opts);
	if (!rc)
		p->ifindex = ifindex;
	return rc;
}

/* How many took a program, and the first that did not. */
struct tally {
	unsigned int n_tc, n_xdp;
	char why[64]; /* and its name */
};

static void complain(struct tally *t, const char *what, const char *name,
		     const char *why)
{
	if (!t->why[0])
		snprintf(t->why, sizeof(t->why), "; %s %s: %s", what, name,
			 why);
}

static void attach_both(struct pkt_fast *f, struct realm *r, struct port *p,
			struct tally *t)
{
	const struct fast_realms *constants =
		(const struct fast_realms *)&r->skel->rodata->realms;
	int rc = attach_port(r, p);

	if (rc)
		complain(t, "not on", p->name, strerror(-rc));
	else
		t->n_tc++;
	if (p->is_tun)
		return;
	if (fast_xdp_attach(&f->xdp, &p->xdp, p->name, p->wish, constants))
		t->n_xdp++;
	else if (p->xdp.why[0])
		complain(t, "no xdp on", p->name, p->xdp.why);
}

/* All, before one is attached to what may have been another's. */
static void forget_ports(struct pkt_fast *f)
{
	for (unsigned int i = 0; i < f->n_realms; i++)
		for (unsigned int p = 0; p < f->realm[i].n_ports; p++)
			forget_port(f, &f->realm[i].port[p]);
}

void pkt_fast_attach(struct pkt_fast *f, char *note, size_t cap)
{
	struct tally t = { 0 };
	char xdp[32] = "";

	forget_ports(f);
	for (unsigned int i = 0; i < f->n_realms; i++) {
		struct realm *r = &f->realm[i];

		for (unsigned int p = 0; p < r->n_ports; p++)
			attach_both(f, r, &r->port[p], &t);
	}
	if (t.n_xdp)
		snprintf(xdp, sizeof(xdp), ", xdp on %u", t.n_xdp);
	snprintf(note, cap, "tc on %u devices%s%s", t.n_tc, xdp, t.why);
}

static enum pkt_path path_of(const struct port *p)
{
	if (p->xdp.link)
		return PKT_PATH_XDP;
	return p->ifindex ? PKT_PATH_TC : PKT_PATH_TUN;
}

enum pkt_path pkt_fast_path(const struct pkt_fast *f, const char *iface)
{
	for (unsigned int i = 0; i < f->n_realms; i++) {
		const struct realm *r = &f->realm[i];

		for (unsigned int p = 0; p < r->n_ports; p++)
			if (!strcmp(r->port[p].name, iface))
				return path_of(&r->port[p]);
	}
	return PKT_PATH_TUN;
}

void pkt_fast_sweep(const struct pkt_engine_cfg *cfg)
{
	libbpf_set_print(NULL);
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_ifaces; i++) {
			const char *name = cfg->realm[r].iface[i];
			unsigned int ifindex = if_nametoindex(name);

			if (ifindex && is_attached(ifindex))
				detach(ifindex, false);
		}
}

static void detach_both(struct pkt_fast *f, struct port *p)
{
	fast_xdp_detach(&f->xdp, &p->xdp);
	if (p->ifindex)
		detach(p->ifindex, p->has_made_hook);
}

void pkt_fast_free(struct pkt_fast *f)
{
	if (!f)
		return;
	for (unsigned int i = 0; i < f->n_realms; i++) {
		struct realm *r = &f->realm[i];

		for (unsigned int p = 0; p < r->n_ports; p++)
			detach_both(f, &r->port[p]);
		tc_bpf__destroy(r->skel);
	}
	fast_xdp_close(&f->xdp);
	fast_hints_close(&f->hints);
	if (f->places)
		munmap(f->places, f->n_lines * sizeof(*f->places));
	if (f->entries)
		munmap(f->entries, f->n_places * sizeof(*f->entries));
	if (f->queues)
		munmap(f->queues, f->n_places * sizeof(*f->queues));
	if (f->polices.record)
		munmap(f->polices.record,
		       f->polices.n * sizeof(*f->polices.record));
	pkt_police_pool_free(&f->polices);
	free(f->per_cpu);
	free(f);
}

/* Running */

/* Adds what was counted under a key, of all processors. */
static void add_counts(const struct pkt_fast *f, uint32_t key, uint64_t *count,
		       uint64_t *octets)
{
	int fd = bpf_map__fd(f->realm[0].skel->maps.counters);

	if (bpf_map_lookup_elem(fd, &key, f->per_cpu))
		return;
	for (int cpu = 0; cpu < f->n_cpus; cpu++) {
		for (unsigned int i = 0; i < PKT_FAST__COUNT; i++)
			count[i] += f->per_cpu[cpu].count[i];
		*octets += f->per_cpu[cpu].octets;
	}
}

void pkt_fast_counters(const struct pkt_fast *f, struct pkt_counters *sum)
{
	uint64_t count[PKT_FAST__COUNT] = { 0 }, octets = 0;

	add_counts(f, FAST_BY_TC, sum->fast, &sum->fast_octets);
	add_counts(f, FAST_BY_XDP, count, &octets);
	for (unsigned int i = 0; i < PKT_FAST__COUNT; i++)
		sum->xdp[i] += count[i];
	sum->xdp_octets += octets;
	/* What it left was seen, and counted, by tc as well. */
	sum->fast[PKT_FAST_PASSED] += count[PKT_FAST_PASSED];
	sum->fast[PKT_FAST_POLICED] += count[PKT_FAST_POLICED];
	sum->drop[PKT_DROP_POLICED] += sum->fast[PKT_FAST_POLICED];
	sum->fast_octets += octets;
}

void pkt_fast_fence(void)
{
	/* Waits for a grace period of RCU, under which the programs run; that
	 * it can was asked when they were loaded. */
	(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}
