/* test/support/program_rig.c - see program_rig.h */
#include "test/support/program_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "packet/fast.h"
#include "packet/home.h"
#include "test/support/program_fd.h"

static struct pkt_slots slots[2];
static struct pkt_fast *fast;
static struct pkt_engine_cfg cfg;
static int media = -1, xdp = -1; /* the programs of realm 0 */
static int first = -1; /* says how many octets are in front of data_end */

static const char DEVICES[] =
	"ip link set lo up && "
	"sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 && "
	"for i in 0 1; do ip tuntap add mode tun name tun$i && "
	"ip link set tun$i up && "
	"ip link add media$i address 02:00:00:00:00:02 type veth "
	"peer name far$i && "
	"ip link set media$i up && ip link set far$i up || exit 1; done && "
	"ip route add 10.0.0.0/8 via 169.254.0.9 dev media1 onlink && "
	"ip -6 route add 2001:db8:c::/48 via fe80::9 dev media1 && "
	"ip route add 172.16.0.0/12 via 169.254.0.8 dev media0 onlink && "
	"ip -6 route add 2001:db8:d::/48 via fe80::8 dev media0 && "
	"for a in 169.254.0.8 fe80::8; do ip neigh add $a "
	"lladdr 02:00:00:00:00:08 nud permanent dev media0 || exit 1; done && "
	"for a in 169.254.0.9 fe80::9; do ip neigh add $a "
	"lladdr 02:00:00:00:00:09 nud permanent dev media1 || exit 1; done";
/* Of a frame that XDP sends: to a router, from media1 or back by media0. */
static const uint8_t sent_macs[12] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 2 };
static const uint8_t turned_macs[12] = { 2, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 2 };

enum { TAG_OCTETS = 4 };

static void set_realm(unsigned int i, const char *v4, const char *v6,
		      uint16_t mtu)
{
	struct pkt_realm_cfg *r = &cfg.realm[i];

	snprintf(r->name, sizeof(r->name), "%u", i);
	snprintf(r->tun, sizeof(r->tun), "tun%u", i);
	snprintf(r->iface[0], sizeof(r->iface[0]), "media%u", i);
	r->n_ifaces = 1;
	r->fastpath[0] = PKT_FASTPATH_XDP;
	r->prefix[0].addr = rdv_addr(v4);
	r->prefix[1].addr = rdv_addr(v6);
	r->prefix[0].len = r->prefix[1].len = 126;
	r->n_prefixes = 2;
	r->port_min = PROGRAM_PORT;
	r->port_max = PROGRAM_PORT + PROGRAM_PORTS - 1;
	r->mtu = mtu;
}

static int lay_out(uint16_t mtu, uint32_t *n_slots)
{
	uint32_t next = 0;

	cfg = (struct pkt_engine_cfg) { .n_realms = 2,
					.n_workers = 1,
					.max_rendezvous = 16 };
	set_realm(0, "198.51.100.0", "2001:db8:a::", mtu);
	cfg.realm[0].prefix[2] = cfg.realm[0].prefix[0];
	cfg.realm[0].prefix[2].addr = rdv_addr("198.51.100.8");
	cfg.realm[0].n_prefixes = 3;
	set_realm(1, "192.0.2.0", "2001:db8:b::", mtu);
	for (unsigned int i = 0; i < 2; i++)
		if (pkt_slots_init(&slots[i], &cfg.realm[i], next, &next))
			return -1;
	*n_slots = next;
	return 0;
}

/* Not permitted: not to root in a container, not without privileges. */
static bool is_permitted(char *why, size_t cap)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL);

	if (fd < 0 && (errno == EPERM || errno == ENOSYS)) {
		snprintf(why, cap, "bpf(): %s", strerror(errno));
		return false;
	}
	close(fd);
	if (unshare(CLONE_NEWNET)) {
		snprintf(why, cap, "unshare(): %s", strerror(errno));
		return false;
	}
	return true;
}

static bool make_devices(uint16_t mtu)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "for i in tun0 tun1 media0 media1 far0 far1; do "
		 "ip link set $i mtu %u || exit 1; done",
		 mtu);
	return !system(DEVICES) && !system(command);
}

static int load_first(void)
{
	static const struct bpf_insn does[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
		  .dst_reg = BPF_REG_0,
		  .src_reg = BPF_REG_1,
		  .off = offsetof(struct xdp_md, data_end) },
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
		  .dst_reg = BPF_REG_2,
		  .src_reg = BPF_REG_1,
		  .off = offsetof(struct xdp_md, data) },
		{ .code = BPF_ALU64 | BPF_SUB | BPF_X,
		  .dst_reg = BPF_REG_0,
		  .src_reg = BPF_REG_2 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_load_opts opts = {
		.sz = sizeof(opts),
		.prog_flags = BPF_F_XDP_HAS_FRAGS,
	};

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "first", "BSD", does,
			     sizeof(does) / sizeof(does[0]), &opts);
}

/* 0; 1: the kernel does not let us, why says why; -1: it does, and still something
 * failed, which why tells. */
static int rig_open(uint16_t mtu, char *why, size_t cap)
{
	uint32_t n_slots;

	if (!is_permitted(why, cap))
		return 1;
	snprintf(why, cap, "cannot make the devices");
	if (!make_devices(mtu) || lay_out(mtu, &n_slots) ||
	    pkt_fast_new(&cfg, slots, n_slots, &fast, why, cap))
		return -1;
	pkt_fast_attach(fast, why, cap);
	media = program_fd("media");
	xdp = program_fd("xdp");
	first = load_first();
	return media < 0 || xdp < 0 || first < 0 ? -1 : 0;
}

/* Is the interface of realm 1 in a map? */
static void set_in(const char *map, bool is_in)
{
	uint32_t key = if_nametoindex("media1");
	int fd = program_map_fd(map);
	int rc = is_in ? bpf_map_update_elem(fd, &key, &key, 0) :
			 bpf_map_delete_elem(fd, &key);

	if (rc && (is_in || errno != ENOENT))
		abort();
}

void program_rig_take(bool is_taken)
{
	set_in("ports", is_taken);
}

void program_rig_take_several(bool is_taken)
{
	set_in("several", is_taken);
}

static void rig_close(void)
{
	pkt_fast_free(fast);
	fast = NULL;
	close(first);
}

int program_rig_run(const char *suite, uint16_t mtu,
		    const struct suite_test *tests)
{
	char why[256];
	int rc = rig_open(mtu, why, sizeof(why));

	if (rc)
		printf("%s: %s\n", rc > 0 ? "skipped" : "failed", why);
	if (rc)
		return rc < 0;
	rc = suite_run(suite, tests);
	rig_close();
	return rc;
}

/* ---- one segment ---- */

static uint32_t slot_of(unsigned int realm, const struct pkt_local *l)
{
	uint32_t slot =
		pkt_slots_find(&slots[realm], &l->addr, ntohs(l->port_be));

	if (slot == PKT_SLOT_NONE)
		abort();
	return slot;
}

/* Its port is one of those of the family, in the order of their slots. */
static uint32_t home_of(const struct program_trial *t)
{
	bool is_v6 = !IN6_IS_ADDR_V4MAPPED(&t->x.addr);
	uint32_t slot = slot_of(0, &t->x), n = 0, nth = 0;

	for (unsigned int i = 0; i < slots[0].n_prefixes; i++) {
		if (!IN6_IS_ADDR_V4MAPPED(&slots[0].prefix[i].first) != is_v6)
			continue;
		if (slot >= slots[0].prefix[i].base)
			nth = n + slot - slots[0].prefix[i].base;
		n += slots[0].prefix[i].n_addrs * PROGRAM_PORTS;
	}
	return pkt_home(nth, pkt_home_scale(n, cfg.max_rendezvous));
}

/* The entry of the gate where it arrives; the other one is beside it. */
static struct pkt_entry *entry_of(const struct program_trial *t)
{
	static uint32_t n;
	uint32_t chance = ++n * 0x9e3779b1u, rdv = home_of(t);

	if (t->where == PROGRAM_AWAY ||
	    (t->where == PROGRAM_ANYWHERE && chance >> 31))
		rdv = (rdv + 1 + (chance >> 26 & 7)) % cfg.max_rendezvous;
	return &pkt_fast_entries(fast)[pkt_place(rdv, chance >> 30 & 1)];
}

static struct pkt_entry *beside(const struct pkt_entry *e)
{
	struct pkt_entry *all = pkt_fast_entries(fast);

	return &all[(e - all) ^ 1];
}

static uint32_t index_of(const struct pkt_entry *e)
{
	return (uint32_t)(e - pkt_fast_entries(fast));
}

static void install_police(const struct pkt_traffic *t, struct pkt_entry *e)
{
	struct pkt_police *p;

	if (!t->cfg.is_policed)
		return;
	p = pkt_fast_police(fast, index_of(e));
	if (!p)
		abort();
	*p = t->own;
	e->flags |= PKT_ENTRY_POLICED;
}

static void take_police(const struct pkt_traffic *t, struct pkt_entry *e,
			struct pkt_police *into)
{
	*into = t->own;
	if (!t->cfg.is_policed)
		return;
	*into = *pkt_fast_police(fast, index_of(e));
	pkt_fast_unpolice(fast, index_of(e));
	e->flags &= (uint8_t)~PKT_ENTRY_POLICED;
}

/* Another session of the client, where that of the trial would be at home: to a
 * port beside. */
static void set_decoy(const struct program_trial *t, struct pkt_entry decoy[2])
{
	decoy[0] = t->in;
	decoy[1] = t->out;
	decoy[1].out_sport_be ^= htons(1);
}

static void install_decoy(const struct program_trial *t)
{
	if (t->where == PROGRAM_AWAY)
		set_decoy(t, &pkt_fast_entries(fast)[pkt_place(home_of(t), 0)]);
}

static void take_decoy(const struct program_trial *t, struct program_outcome *o)
{
	struct pkt_entry *at =
		&pkt_fast_entries(fast)[pkt_place(home_of(t), 0)];
	struct pkt_entry decoy[2];

	if (t->where != PROGRAM_AWAY)
		return;
	set_decoy(t, decoy);
	if (memcmp(at, decoy, sizeof(decoy)))
		o->verdict = PROGRAM_SPOILT;
	memset(at, 0, sizeof(decoy));
}

static uint32_t steered_before;

static void install(const struct program_trial *t, struct pkt_entry *in,
		    struct pkt_entry *out)
{
	uint32_t *places = pkt_fast_places(fast);

	*in = t->in;
	*out = t->out;
	in->peer_slot = slot_of(1, &t->y);
	out->peer_slot = slot_of(0, &t->x);
	if (t->where != PROGRAM_AT_HOME) {
		places[in->peer_slot] = index_of(out) + 1;
		places[out->peer_slot] = index_of(in) + 1;
	}
	install_decoy(t);
	install_police(&t->traffic[0], in);
	install_police(&t->traffic[1], out);
	steered_before = pkt_fast_steered(fast, index_of(in));
	pkt_fast_done(fast, index_of(in), steered_before - t->n_behind);
}

/* The entries are out of the way of the next trial. */
static void take_out(const struct program_trial *t, struct pkt_entry *in,
		     struct pkt_entry *out, struct program_outcome *o)
{
	take_police(&t->traffic[0], in, &o->police[0]);
	take_police(&t->traffic[1], out, &o->police[1]);
	pkt_fast_places(fast)[in->peer_slot] = 0;
	pkt_fast_places(fast)[out->peer_slot] = 0;
	o->n_steered = pkt_fast_steered(fast, index_of(in)) - steered_before;
	o->in = *in;
	o->out = *out;
	o->in.peer_slot = t->in.peer_slot;
	o->out.peer_slot = t->out.peer_slot;
	memset(in, 0, sizeof(*in));
	memset(out, 0, sizeof(*out));
	take_decoy(t, o);
}

/* By XDP alone, or by both programs. */
static void count(bool is_xdp, uint64_t of[PKT_FAST__COUNT])
{
	struct pkt_counters c = { .rx_pkts = 0 };

	pkt_fast_counters(fast, &c);
	memcpy(of, is_xdp ? c.xdp : c.fast, sizeof(c.fast));
}

/* The one that has grown; PKT_FAST__COUNT: not just one. */
static unsigned int counted(bool is_xdp, const uint64_t before[PKT_FAST__COUNT])
{
	uint64_t after[PKT_FAST__COUNT];
	unsigned int reason = PKT_FAST__COUNT;

	count(is_xdp, after);
	for (unsigned int i = 0; i < PKT_FAST__COUNT; i++) {
		if (after[i] == before[i])
			continue;
		if (after[i] != before[i] + 1 || reason != PKT_FAST__COUNT)
			return PKT_FAST__COUNT;
		reason = i;
	}
	return reason;
}

static enum program_verdict verdict_of(unsigned int reason, uint32_t told)
{
	if (told == TC_ACT_SHOT)
		return PROGRAM_DROPPED;
	if (told != TC_ACT_REDIRECT)
		return PROGRAM_HOST;
	return reason == PKT_FAST_PASSED ? PROGRAM_PASSED : PROGRAM_WORKER;
}

static uint32_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint32_t)((uint64_t)ts.tv_sec * 1000 +
			  (uint64_t)ts.tv_nsec / 1000000);
}

static size_t l2(const struct program_trial *t)
{
	return ETH_HLEN + (t->has_tag ? TAG_OCTETS : 0);
}

static size_t put_frame(const struct program_trial *t, uint8_t *frame)
{
	bool is_v6 = t->p.octet[0] >> 4 == 6;

	memset(frame, 0, ETH_HLEN);
	frame[0] = frame[6] = frame[5] = 2;
	frame[12] = is_v6 ? ETH_P_IPV6 >> 8 : ETH_P_IP >> 8;
	frame[13] = is_v6 ? ETH_P_IPV6 & 0xff : ETH_P_IP & 0xff;
	if (t->has_tag) {
		memmove(frame + 12 + TAG_OCTETS, frame + 12, 2);
		memcpy(frame + 12, "\x81\0\0\5", TAG_OCTETS);
	}
	memcpy(frame + l2(t), t->p.octet, t->p.n);
	return l2(t) + t->p.n;
}

/* Returns what the program returned; a huge number: it did not run. */
static uint32_t run(const struct program_trial *t, struct rdv_pkt *after)
{
	static uint8_t frame[ETH_HLEN + RDV_PKT_MAX];
	static uint8_t result[sizeof(frame) + 64];
	struct __sk_buff skb = { .ifindex = if_nametoindex("media0"),
				 .gso_size = t->gso_octets };
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = frame,
		.data_out = result,
		.data_size_out = sizeof(result),
		.ctx_in = &skb,
		.ctx_size_in = sizeof(skb),
		.repeat = 1,
	};

	opts.data_size_in = (uint32_t)put_frame(t, frame);
	if (bpf_prog_test_run_opts(media, &opts))
		return UINT32_MAX;
	after->n = opts.data_size_out - l2(t);
	memcpy(after->octet, result + l2(t), after->n);
	return opts.retval;
}

/* What it looks like afterwards. */
struct frame {
	uint8_t octet[ETH_HLEN + TAG_OCTETS + RDV_PKT_MAX];
	uint32_t n;
};

/* Returns what this program of XDP returned; a huge number: it did not run. */
static uint32_t run_frame(int prog, const struct program_trial *t,
			  struct frame *after)
{
	static uint8_t frame[sizeof(after->octet)];
	struct xdp_md md = { .ingress_ifindex = if_nametoindex("media0") };
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = frame,
		.data_out = after->octet,
		.data_size_out = sizeof(after->octet),
		.ctx_in = &md,
		.ctx_size_in = sizeof(md),
		.repeat = 1,
	};

	opts.data_size_in = md.data_end = (uint32_t)put_frame(t, frame);
	if (t->n_first)
		md.data_end = t->n_first;
	if (bpf_prog_test_run_opts(prog, &opts))
		return UINT32_MAX;
	after->n = opts.data_size_out;
	return opts.retval;
}

/* The same; also a huge number: the frame was sent to somebody else. */
static uint32_t run_xdp(const struct program_trial *t, struct rdv_pkt *after)
{
	static struct frame f;
	uint32_t told = run_frame(xdp, t, &f);

	if (told == UINT32_MAX)
		return told;
	after->n = f.n - l2(t);
	memcpy(after->octet, f.octet + l2(t), after->n);
	if ((told == XDP_REDIRECT &&
	     memcmp(f.octet, sent_macs, sizeof(sent_macs))) ||
	    (told == XDP_TX &&
	     memcmp(f.octet, turned_macs, sizeof(turned_macs))))
		return UINT32_MAX;
	return told;
}

uint32_t program_rig_first(const struct program_trial *t)
{
	static struct frame f;
	uint32_t told = run_frame(first, t, &f);

	return told == UINT32_MAX ? 0 : told;
}

static bool is_untouched(const struct program_trial *t,
			 const struct program_outcome *o)
{
	return o->p.n == t->p.n && !memcmp(o->p.octet, t->p.octet, t->p.n) &&
	       !memcmp(&o->in, &t->in, sizeof(t->in)) &&
	       !memcmp(&o->out, &t->out, sizeof(t->out)) &&
	       !memcmp(&o->police[0], &t->traffic[0].own,
		       sizeof(o->police[0])) &&
	       !memcmp(&o->police[1], &t->traffic[1].own, sizeof(o->police[1]));
}

static enum program_verdict verdict_of_xdp(unsigned int reason, uint32_t told)
{
	if ((told == XDP_REDIRECT || told == XDP_TX) &&
	    reason == PKT_FAST_PASSED)
		return PROGRAM_PASSED;
	return told == XDP_DROP ? PROGRAM_DROPPED : PROGRAM_SPOILT;
}

void program_rig_xdp_alone(const struct program_trial *t,
			   struct program_outcome *o)
{
	struct pkt_entry *in = entry_of(t), *out = beside(in);
	uint64_t before[PKT_FAST__COUNT];
	uint32_t told;

	install(t, in, out);
	count(true, before);
	o->before_ms = now_ms();
	told = run_xdp(t, &o->p);
	o->after_ms = now_ms();
	o->reason = counted(true, before);
	o->verdict = verdict_of_xdp(o->reason, told);
	o->is_by_xdp = o->verdict == PROGRAM_PASSED;
	o->is_turned = told == XDP_TX;
	take_out(t, in, out, o);
	if (told == XDP_PASS && is_untouched(t, o))
		o->verdict = PROGRAM_HOST;
}

/* What it leaves as it was is tc's. */
void program_rig_xdp(const struct program_trial *t, struct program_outcome *o)
{
	if (!t->gso_octets)
		program_rig_xdp_alone(t, o);
	if (t->gso_octets || o->verdict == PROGRAM_HOST)
		program_rig_tc(t, o);
}

void program_rig_tc(const struct program_trial *t, struct program_outcome *o)
{
	struct pkt_entry *in = entry_of(t), *out = beside(in);
	uint64_t before[PKT_FAST__COUNT];
	uint32_t told;

	install(t, in, out);
	count(false, before);
	o->before_ms = now_ms();
	told = run(t, &o->p);
	o->after_ms = now_ms();
	o->reason = counted(false, before);
	o->verdict = verdict_of(o->reason, told);
	o->is_by_xdp = o->is_turned = false;
	take_out(t, in, out, o);
}

static void count_hint(void *arg, uint32_t place)
{
	(void)place;
	++*(uint32_t *)arg;
}

uint32_t program_rig_hints(void)
{
	uint32_t n = 0;

	pkt_fast_hints(fast, 0, count_hint, &n);
	return n;
}

uint32_t program_rig_missed(void)
{
	return pkt_fast_missed(fast, 0);
}
