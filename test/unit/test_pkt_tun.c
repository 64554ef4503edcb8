/*
 * test/unit/test_pkt_tun.c - the engine on real TUN devices, real TCP clients
 *
 * Three network namespaces: the gateway in this process, a client in each of
 * two children.  Needs root; says so and passes as skipped without.
 *
 *   client "access" 10.77.1.2 -- vacc -- gateway -- vcor -- 10.77.2.2 "core"
 *
 * Each side connects to a media address of its realm; what one sends the
 * other gets.  BGFD_TUN_MB: megabytes each way instead of 20.
 */
#include "packet/engine.h"
#include "test/support/lab_config.h"
#include "test/support/rdv_cfg.h"
#include "test/support/stream.h"
#include "test/support/suite.h"
#include "test/support/tun_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 60000 };

struct side {
	pid_t pid;
	int to, from; /* pipes */
	struct pkt_gate_id gate;
	struct pkt_gate_cfg cfg;
};

static struct side side[2];
static struct pkt_engine *engine;
static unsigned int n_workers = 1;

/* The gateway */

static struct stream_answer answer_of(const struct side *s)
{
	struct pollfd pfd = { s->from, POLLIN, 0 };
	struct stream_answer a = { .error = ETIME };

	CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
	CU_ASSERT_EQUAL_FATAL(read(s->from, &a, sizeof(a)), sizeof(a));
	return a;
}

static void tell(const struct side *s, const struct tun_order *o)
{
	CU_ASSERT_EQUAL_FATAL(write(s->to, o, sizeof(*o)), sizeof(*o));
}

static void spawn(struct side *s)
{
	int down[2], up[2];

	CU_ASSERT_EQUAL_FATAL(pipe(down) | pipe(up), 0);
	s->pid = fork();
	CU_ASSERT_TRUE_FATAL(s->pid >= 0);
	if (!s->pid) {
		close(down[1]);
		close(up[0]);
		tun_client_run(down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	s->to = down[1];
	s->from = up[0];
	answer_of(s);
}

static void shell(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static void shell(const char *format, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static void wire(int i, const char *iface)
{
	pid_t pid = side[i].pid;
	int net = i + 1;

	shell("ip link add %s type veth peer name eth0 netns %d", iface, pid);
	shell("ip addr add 10.77.%d.1/24 dev %s; ip link set %s up", net, iface,
	      iface);
	shell("nsenter -t %d -n sh -c 'ip link set lo up; ip link set eth0 up;"
	      " ip addr add 10.77.%d.2/24 dev eth0;"
	      " ip route add default via 10.77.%d.1'",
	      pid, net, net);
}

static const struct pkt_rdv_cfg rdv_cfg = { .twait_s = 20,
					    RDV_CFG_TIMERS,
					    .release_rst = true };

/* One address for each side, and the sum of those that a segment has does not
 * change on its way. */
static void set_neutral(struct pkt_engine_cfg *cfg)
{
	inet_pton(AF_INET6, "::ffff:198.18.71.122",
		  &cfg->realm[0].prefix[0].addr);
	for (int i = 0; i < 2; i++)
		cfg->realm[i].prefix[0].len = 128;
}

static bool is_neutral; /* the addresses of the next engine */

static void start_with(enum pkt_fastpath fastpath)
{
	struct pkt_engine_cfg cfg = lab_config(n_workers);
	char err[256] = "";
	int rc;

	cfg.realm[0].fastpath[0] = cfg.realm[1].fastpath[0] = fastpath;
	if (is_neutral)
		set_neutral(&cfg);
	rc = pkt_engine_new(&cfg, &engine, err, sizeof(err));
	if (rc)
		printf("\n%s\n", err);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
}

static void start(void)
{
	start_with(PKT_FASTPATH_AUTO);
}

static struct pkt_evt next_event(void)
{
	struct pollfd pfd = { pkt_engine_evt_fd(engine), POLLIN, 0 };
	struct pkt_evt evt = { .type = 255 };

	while (!pkt_engine_next_evt(engine, &evt))
		CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
	return evt;
}

static struct pkt_evt expect(uint8_t type)
{
	struct pkt_evt evt = next_event();

	CU_ASSERT_EQUAL(evt.type, type);
	return evt;
}

static void add(int i, struct pkt_gate_id peer)
{
	struct pkt_gate_cfg *cfg = &side[i].cfg;

	memset(cfg, 0, sizeof(*cfg));
	cfg->realm = (uint8_t)i;
	cfg->rdv = rdv_cfg;
	cfg->leg.family = AF_INET;
	cfg->leg.mode = PKT_MODE_RX | PKT_MODE_TX;
	cfg->leg.role = PKT_ROLE_MERGE;
	cfg->leg.is_armed = true;
	cfg->leg.mtu = 1500;
	inet_pton(AF_INET6, i ? "::ffff:10.77.2.2" : "::ffff:10.77.1.2",
		  &cfg->leg.from.addr);
	cfg->leg.from.prefix_len = 128;
	cfg->leg.from.port_max = 65535;
	CU_ASSERT_EQUAL_FATAL(pkt_gate_add(engine, peer, cfg, 1, &side[i].gate),
			      0);
	expect(PKT_EVT_DONE);
}

static struct tun_order to_gate(int i, int what, uint64_t octets)
{
	struct tun_order o = { .what = what,
			       .port = side[i].cfg.leg.local_port,
			       .octets = octets };

	memcpy(&o.addr, &side[i].cfg.leg.local.s6_addr[12], 4);
	return o;
}

static struct pkt_evt remove_gate(int i)
{
	CU_ASSERT_EQUAL_FATAL(pkt_gate_remove(engine, side[i].gate, 3), 0);
	return expect(PKT_EVT_DONE);
}

static uint64_t want_octets(void)
{
	const char *mb = getenv("BGFD_TUN_MB");

	return (mb ? strtoull(mb, NULL, 10) : 20) << 20;
}

static double gbit_s(const struct stream_answer *a)
{
	return (double)a->octets * 8e-3 / (double)a->us;
}

/* What the next test is measured by: the same octets between the same
 * clients, but forwarded by the kernel of the gateway. */
static void kernel_forwards(void)
{
	struct tun_order o = { .what = TUN_LISTEN,
			       .port = 5000,
			       .octets = want_octets() };
	unsigned int resent = 0;
	struct stream_answer a;

	shell("sysctl -qw net.ipv4.ip_forward=1");
	inet_pton(AF_INET, "10.77.2.2", &o.addr);
	tell(&side[1], &o);
	CU_ASSERT_EQUAL(answer_of(&side[1]).error, 0);
	o.what = TUN_ACCEPT;
	tell(&side[1], &o);
	o.what = TUN_TRANSFER;
	tell(&side[0], &o);
	for (int i = 0; i < 2; i++) {
		a = answer_of(&side[i]);
		CU_ASSERT_EQUAL(a.octets, o.octets);
		resent += a.resent;
		printf(" %.2f Gbit/s", gbit_s(&a));
	}
	printf(", %u resent forwarded by the kernel\n", resent);
	shell("sysctl -qw net.ipv4.ip_forward=0");
}

static void begin_as(int what, uint64_t octets)
{
	add(0, (struct pkt_gate_id) { 0, 0 });
	add(1, side[0].gate);
	for (int i = 0; i < 2; i++) {
		struct tun_order o = to_gate(i, what, octets);

		tell(&side[i], &o);
		expect(PKT_EVT_SYN);
	}
	expect(PKT_EVT_OPEN);
	expect(PKT_EVT_OPEN);
}

/* Both gates, and both clients on their way. */
static void begin(uint64_t octets)
{
	begin_as(TUN_TRANSFER, octets);
}

/* Statistics are the octets that the clients moved, and nothing was lost
 * between them and us (decision 22).  n_closed: events that have come. */
static void finish(uint64_t octets, struct pkt_counters *c, int n_closed)
{
	struct stream_answer a[2];
	struct pkt_gate_stat stat[2];

	for (int i = 0; i < 2; i++) {
		a[i] = answer_of(&side[i]);
		CU_ASSERT_EQUAL(a[i].error, 0);
		CU_ASSERT_EQUAL(a[i].octets, octets);
		CU_ASSERT_FALSE(a[i].is_wrong);
	}
	for (; n_closed < 2; n_closed++)
		CU_ASSERT_EQUAL(expect(PKT_EVT_CLOSED).cause, PKT_CAUSE_FIN);
	pkt_engine_counters(engine, c);
	for (int i = 0; i < 2; i++) {
		stat[i] = remove_gate(i).stat;
		CU_ASSERT_TRUE(stat[i].rx_octets >= octets);
		CU_ASSERT_TRUE(stat[i].tx_octets >= octets);
		/* Super-segments count as what they are on the wire. */
		CU_ASSERT_TRUE(stat[i].rx_packets * 1460 >= stat[i].rx_octets);
		printf(" %.2f Gbit/s", gbit_s(&a[i]));
	}
	CU_ASSERT_EQUAL(c->drop[PKT_DROP_TX], 0);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(stat[i].tx_octets, stat[!i].rx_octets);
		CU_ASSERT_EQUAL(stat[i].tx_packets, stat[!i].rx_packets);
	}
	printf(", %u resent", a[0].resent + a[1].resent);
}

static void session(void)
{
	struct pkt_counters c;

	start_with(PKT_FASTPATH_OFF);
	CU_ASSERT_STRING_EQUAL(pkt_engine_fastpath(engine), "off");
	begin(want_octets());
	finish(want_octets(), &c, 0);
	/* Segments arrived as super-segments, not one by one. */
	CU_ASSERT_TRUE(c.rx_octets / c.rx_pkts > 2000);
	printf(" through the engine, %lu octets a packet\n",
	       c.rx_octets / c.rx_pkts);
	pkt_engine_free(engine);
}

static bool is_fast(void)
{
	const char *note = pkt_engine_fastpath(engine);

	if (!strncmp(note, "tc on 4 devices", 15))
		return true;
	printf(" skipped: kernel fast path %s\n", note);
	return false;
}

/* Both clients connect and say nothing. */
static void join(void)
{
	add(0, (struct pkt_gate_id) { 0, 0 });
	add(1, side[0].gate);
	for (int i = 0; i < 2; i++) {
		struct tun_order o = to_gate(i, TUN_JOIN, 0);

		tell(&side[i], &o);
		expect(PKT_EVT_SYN);
	}
	for (int i = 0; i < 2; i++) {
		expect(PKT_EVT_OPEN);
		CU_ASSERT_EQUAL(answer_of(&side[i]).error, 0);
	}
}

/* What the worker, tc and XDP have passed on. */
struct passed {
	uint64_t worker, tc, xdp;
};

static struct passed passed_by(void)
{
	struct pkt_counters c;

	pkt_engine_counters(engine, &c);
	return (struct passed) {
		.worker = c.rx_pkts,
		.tc = c.fast[PKT_FAST_PASSED] - c.xdp[PKT_FAST_PASSED],
		.xdp = c.xdp[PKT_FAST_PASSED],
	};
}

/* An octet each way, and who has passed the segments of it. */
static struct passed touch_both(void)
{
	const struct tun_order touch = { .what = TUN_TOUCH };
	struct passed was = passed_by(), is;

	for (int i = 0; i < 2; i++)
		tell(&side[i], &touch);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(answer_of(&side[i]).error, 0);
	is = passed_by();
	return (struct passed) { is.worker - was.worker, is.tc - was.tc,
				 is.xdp - was.xdp };
}

/* A session that is the kernel's: on a busy machine that takes as long as what
 * is sent then.  Until that all passes where it should. */
static void begin_in_kernel(bool by_xdp, uint64_t octets)
{
	struct passed n;

	join();
	for (int tries = 0; tries < 10000; tries++) {
		n = touch_both();
		if (!n.worker && (by_xdp ? n.xdp >= 2 && !n.tc : n.tc >= 2))
			break;
		usleep(1000);
	}
	CU_ASSERT_TRUE(by_xdp ? n.xdp >= 2 : n.tc >= 2);
	for (int i = 0; i < 2; i++) {
		struct tun_order o = to_gate(i, TUN_REST, octets);

		tell(&side[i], &o);
	}
}

/* The same in the kernel: the worker sees the beginning and the end. */
static void session_in_kernel(void)
{
	struct pkt_counters c;

	start();
	if (is_fast()) {
		begin_in_kernel(false, want_octets());
		finish(want_octets(), &c, 0);
		CU_ASSERT_TRUE(c.fast_octets > want_octets());
		CU_ASSERT_TRUE(c.rx_octets < want_octets());
		printf(" in the kernel, %lu of %lu packets by the worker\n",
		       c.rx_pkts, c.rx_pkts + c.fast[PKT_FAST_PASSED]);
	}
	pkt_engine_free(engine);
}

/* One session after the other, each on the next worker, none of whose packets
 * comes by another queue. */
static void on_two_workers(enum pkt_fastpath fastpath)
{
	struct pkt_worker_figures f;
	struct pkt_counters c;

	n_workers = 2;
	start_with(fastpath);
	CU_ASSERT_EQUAL(pkt_engine_n_workers(engine), 2);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(pkt_engine_workers(engine), "2, steered"));
	for (unsigned int i = 0; i < 2; i++) {
		begin(want_octets());
		finish(want_octets(), &c, 0);
		CU_ASSERT_EQUAL(c.drop[PKT_DROP_STRAY], 0);
		pkt_engine_worker(engine, i, &f);
		CU_ASSERT_TRUE(f.counters.rx_pkts >= 2);
		CU_ASSERT_TRUE(f.counters.rx_octets > want_octets() ||
			       fastpath != PKT_FASTPATH_OFF);
		CU_ASSERT_EQUAL(f.counters.synacks, 2);
		pkt_engine_worker(engine, 1, &f);
		CU_ASSERT_TRUE(i || !f.counters.rx_pkts);
	}
	printf(" on two workers\n");
	pkt_engine_free(engine);
	n_workers = 1;
}

static void two_workers(void)
{
	on_two_workers(PKT_FASTPATH_OFF);
}

static void two_workers_in_kernel(void)
{
	on_two_workers(PKT_FASTPATH_AUTO);
}

/* The SYN of each is all that the worker sees of a session without payload,
 * unless a SYN-ACK was late. */
static void handshake_in_kernel(void)
{
	struct tun_order leave = { .what = TUN_LEAVE };
	struct pkt_counters c;
	uint32_t syns = 0;

	start();
	if (is_fast()) {
		join();
		for (int i = 0; i < 2; i++) {
			tell(&side[i], &leave);
			answer_of(&side[i]);
		}
		for (int i = 0; i < 2; i++)
			CU_ASSERT_EQUAL(expect(PKT_EVT_CLOSED).cause,
					PKT_CAUSE_FIN);
		pkt_engine_counters(engine, &c);
		for (int i = 0; i < 2; i++)
			syns += remove_gate(i).stat.syns;
		if (c.synacks == 2)
			CU_ASSERT_EQUAL(c.rx_pkts, syns);
		CU_ASSERT_TRUE(c.fast[PKT_FAST_PASSED] >= 5);
	}
	pkt_engine_free(engine);
}

static void offloads(const char *tx)
{
	for (int i = 0; i < 2; i++)
		shell("nsenter -t %d -n ethtool -K eth0 tx %s gro on >/dev/null",
		      side[i].pid, tx);
}

/* Without offload the clients write whole checksums, and read them. */
static void checksums_in_kernel(void)
{
	offloads("off");
	session_in_kernel();
	offloads("on");
}

/* The gateway's interfaces write what the clients left to a device: a sum that
 * begins with what the program made of it. */
static void partial_checksums_in_kernel(void)
{
	shell("for i in vacc vcor; do ethtool -K $i tx off >/dev/null; done");
	session_in_kernel();
	shell("for i in vacc vcor; do ethtool -K $i tx on >/dev/null; done");
}

/* The kernel shows by the ports whether a checksum is a partial one. */
static void neutral_addresses(void)
{
	is_neutral = true;
	session_in_kernel();
	checksums_in_kernel();
	partial_checksums_in_kernel();
	is_neutral = false;
}

static bool is_xdp(void)
{
	const char *note = pkt_engine_fastpath(engine);

	if (!strcmp(note, "tc on 4 devices, xdp on 2"))
		return true;
	printf(" skipped: kernel fast path %s\n", note);
	return false;
}

/* All that flows while the session is open; tc has the ends. */
static void session_by_xdp(void)
{
	struct pkt_counters c;

	offloads("off");
	start_with(PKT_FASTPATH_XDP);
	/* An interface has another address now: frames to it are ours. */
	shell("ip link set vacc address 02:00:00:00:77:01;"
	      " nsenter -t %d -n ip neigh flush all",
	      side[0].pid);
	pkt_engine_links_changed(engine);
	if (is_xdp()) {
		CU_ASSERT_EQUAL(pkt_engine_path(engine, "vacc"), PKT_PATH_XDP);
		begin_in_kernel(true, want_octets());
		finish(want_octets(), &c, 0);
		/* While it joined it was tc's. */
		CU_ASSERT_TRUE(c.xdp_octets > want_octets());
		CU_ASSERT_TRUE(c.fast_octets - c.xdp_octets < want_octets());
		CU_ASSERT_TRUE(c.rx_octets < want_octets());
		printf(" by XDP, %lu of %lu packets by tc\n",
		       c.fast[PKT_FAST_PASSED] - c.xdp[PKT_FAST_PASSED],
		       c.fast[PKT_FAST_PASSED]);
	}
	pkt_engine_free(engine);
	shell("! ip link | grep -q xdp");
	offloads("on");
}

/* What local clients leave to the device does not show in a frame. */
static void partial_checksums_at_xdp(void)
{
	struct pkt_counters c;

	start_with(PKT_FASTPATH_XDP);
	if (is_xdp()) {
		begin_in_kernel(false, want_octets());
		finish(want_octets(), &c, 0);
		CU_ASSERT_TRUE(c.xdp[PKT_FAST_PARTIAL] > 0);
		CU_ASSERT_TRUE(c.fast_octets - c.xdp_octets > want_octets());
		CU_ASSERT_TRUE(c.xdp_octets < want_octets());
		printf(" by tc behind XDP\n");
	}
	pkt_engine_free(engine);
}

/* A client that has closed may answer what comes twice with a RST; nothing that
 * it sent before may be lost. */
static void no_drops(const struct pkt_counters *c)
{
	CU_ASSERT_EQUAL(c->drop[PKT_DROP_WINDOW], 0);
	CU_ASSERT_EQUAL(c->drop[PKT_DROP_ACK_UNSENT], 0);
	CU_ASSERT_EQUAL(c->drop[PKT_DROP_CLOSED], 0);
	CU_ASSERT_EQUAL(c->drop[PKT_DROP_SOURCE], 0);
}

/* A counter of a client's kernel, of snmp or netstat. */
static uint64_t client_count(int i, const char *file, const char *name)
{
	char path[64], names[8192], values[8192], *n, *v, *next_n, *next_v;
	uint64_t found = UINT64_MAX;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)side[i].pid, file);
	f = fopen(path, "re");
	while (f && fgets(names, sizeof(names), f) &&
	       fgets(values, sizeof(values), f)) {
		n = strtok_r(names, " \n", &next_n);
		v = strtok_r(values, " \n", &next_v);
		for (; n && v; n = strtok_r(NULL, " \n", &next_n),
			       v = strtok_r(NULL, " \n", &next_v))
			if (!strcmp(n, name))
				found = strtoull(v, NULL, 10);
	}
	if (f)
		fclose(f);
	return found;
}

/* What clients count: when a segment was lost or overtaken, and when a timer
 * says that it may have been. */
enum trouble { OUT_OF_ORDER, OLD, RESENT, REORDERED, DELAYED, LATE, TROUBLES };

static void count_troubles(uint64_t n[TROUBLES])
{
	static const struct {
		const char *file, *name;
	} of[TROUBLES] = {
		[OUT_OF_ORDER] = { "netstat", "TCPOFOQueue" },
		[OLD] = { "netstat", "PAWSEstab" },
		[RESENT] = { "snmp", "RetransSegs" },
		[REORDERED] = { "netstat", "TCPSACKReorder" },
		[DELAYED] = { "netstat", "TCPTSReorder" },
		[LATE] = { "netstat", "TCPTimeouts" },
	};

	for (int t = 0; t < TROUBLES; t++)
		n[t] = client_count(0, of[t].file, of[t].name) +
		       client_count(1, of[t].file, of[t].name);
}

/* A veth hands a packet to the processor that sent it, so what two of them send
 * arrives in any order; by its hash it goes to one, whoever sends.  That of the
 * clients is not that of the gateway. */
static bool set_wires(const char *clients, const char *gateway)
{
	char command[1024];
	const char *set = "unshare -m sh -c 'mount -t sysfs none /sys &&"
			  " for q in /sys/class/net/v[ac][co]*/queues/rx-*"
			  " /sys/class/net/eth0/queues/rx-*; do [ ! -d $q ] ||"
			  " echo %s >$q/rps_cpus || exit 1; done'";

	for (int i = 0; i < 2; i++) {
		int n = snprintf(command, sizeof(command), "nsenter -t %d -n ",
				 (int)side[i].pid);

		snprintf(command + n, sizeof(command) - (size_t)n, set,
			 clients);
		if (system(command))
			return false;
	}
	snprintf(command, sizeof(command), set, gateway);
	return !system(command);
}

/* Probes for what may be lost at the end, sent when a busy machine is late. */
static void set_probes(int on)
{
	for (int i = 0; i < 2; i++)
		shell("nsenter -t %d -n sysctl -qw net.ipv4.tcp_early_retrans=%d",
		      (int)side[i].pid, on);
}

static uint64_t passed(void)
{
	struct pkt_counters c;

	pkt_engine_counters(engine, &c);
	return c.fast[PKT_FAST_PASSED];
}

/* A Modify that asks for something takes the session from the kernel, which gets
 * it back with its next segment. */
static void move(int i)
{
	uint64_t before;

	side[0].cfg.traffic.quiet_s = 3600u + (unsigned int)i % 2;
	CU_ASSERT_EQUAL_FATAL(pkt_gate_modify(engine, side[0].gate,
					      &side[0].cfg, false, 2),
			      0);
	expect(PKT_EVT_DONE);
	before = passed();
	for (int t = 0; t < 10000 && passed() == before; t++)
		usleep(100);
}

/* Data flows, and the session is the kernel's, the worker's, the kernel's ...
 * Nothing of it is lost, and nothing overtakes. */
static void moved_often(void)
{
	enum { MOVES = 1000, FEW = 50, SECONDS = 8 };
	const time_t end = time(NULL) + SECONDS;
	uint64_t before[TROUBLES], after[TROUBLES];
	struct pkt_counters c;
	int moves = 0;

	start();
	if (!is_fast())
		goto out;
	if (!set_wires("1", sysconf(_SC_NPROCESSORS_ONLN) > 1 ? "2" : "1")) {
		printf(" skipped: no wires that keep order\n");
		goto out;
	}
	set_probes(0);
	begin_as(TUN_FLOW, 100000 * want_octets());
	count_troubles(before);
	for (; moves < MOVES && (moves < FEW || time(NULL) < end); moves++)
		move(moves);
	count_troubles(after);
	pkt_engine_counters(engine, &c);
	for (int t = 0; t < TROUBLES; t++)
		after[t] -= before[t];
	printf(" %.0f MB, moved %d times, %lu resent, %lu out of order\n",
	       (double)(c.fast_octets + c.rx_octets) / 1e6, moves,
	       after[RESENT], after[OUT_OF_ORDER]);
	CU_ASSERT_EQUAL(after[OUT_OF_ORDER], 0);
	CU_ASSERT_EQUAL(after[OLD], 0);
	/* A timer that expires on a busy machine says nothing of us. */
	if (!after[LATE]) {
		CU_ASSERT_EQUAL(after[RESENT], 0);
		CU_ASSERT_EQUAL(after[REORDERED], 0);
		CU_ASSERT_EQUAL(after[DELAYED], 0);
	}
	CU_ASSERT_TRUE(c.rx_pkts > (unsigned int)moves);
	CU_ASSERT_TRUE(c.fast[PKT_FAST_PASSED] > (unsigned int)moves);
	no_drops(&c);
	remove_gate(0);
	remove_gate(1);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_FALSE(answer_of(&side[i]).is_wrong);
	set_probes(3);
	set_wires("0", "0");
out:
	pkt_engine_free(engine);
}

/* A Subtract while data flows: after its answer nothing passes, and the
 * segments that come while it waits for its fence do not change that. */
static void removed_in_flight(void)
{
	struct pkt_counters before, after;

	start();
	if (is_fast()) {
		begin_as(TUN_FLOW, 100 * want_octets());
		for (int t = 0; t < 100000 && passed() < 100; t++)
			usleep(100);
		remove_gate(0);
		pkt_engine_counters(engine, &before);
		remove_gate(1);
		usleep(100000);
		pkt_engine_counters(engine, &after);
		CU_ASSERT_TRUE(before.fast[PKT_FAST_PASSED] > 0);
		CU_ASSERT_EQUAL(after.fast[PKT_FAST_PASSED],
				before.fast[PKT_FAST_PASSED]);
		answer_of(&side[0]);
		answer_of(&side[1]);
	}
	pkt_engine_free(engine);
}

/* Somebody takes a program away: the session goes through the TUN device there,
 * and the next news of a link bring the program back. */
static void program_taken_away(void)
{
	struct pkt_counters c;

	start();
	if (is_fast()) {
		shell("tc qdisc del dev vacc clsact");
		begin(want_octets());
		finish(want_octets(), &c, 0);
		printf(" with one program gone\n");
		CU_ASSERT_TRUE(c.rx_octets > want_octets());
		pkt_engine_links_changed(engine);
		CU_ASSERT_STRING_EQUAL(pkt_engine_fastpath(engine),
				       "tc on 4 devices");
		shell("tc filter show dev vacc ingress | grep -q media");
	}
	pkt_engine_free(engine);
	shell("! tc qdisc show | grep -q clsact");
}

/* IP packets that have left by this interface reach a thousand more. */
static void leaves_by(const char *iface)
{
	shell("sent() { ip -s link show %s | sed -n '/TX:/{n;p}' |"
	      " awk '{ print $2 }'; }; was=$(sent);"
	      " for i in $(seq 300); do [ $(sent) -lt $((was + 1000)) ] ||"
	      " exit 0; sleep 0.05; done; exit 1",
	      iface);
}

static void second_link(pid_t pid)
{
	shell("ip link add vcor2 type veth peer name eth1 netns %d;"
	      " ip addr add 10.77.3.1/24 dev vcor2; ip link set vcor2 up",
	      pid);
	shell("nsenter -t %d -n sh -c 'ip link set eth1 up;"
	      " ip addr add 10.77.3.2/24 dev eth1;"
	      " sysctl -qw net.ipv4.conf.all.rp_filter=0"
	      " net.ipv4.conf.eth1.rp_filter=0 net.ipv4.conf.eth1.arp_notify=1'",
	      pid);
}

/* The way of a session in the kernel becomes another, and so does the neighbour
 * at its end: it follows, and nothing of it has to come here. */
static void way_changes(void)
{
	struct pkt_counters before, after;
	pid_t pid = side[1].pid;

	start();
	if (is_fast()) {
		second_link(pid);
		begin_as(TUN_FLOW, 1000 * want_octets());
		leaves_by("vcor");
		pkt_engine_counters(engine, &before);
		shell("ip route add 10.77.2.2/32 via 10.77.3.2 dev vcor2");
		leaves_by("vcor2");
		shell("nsenter -t %d -n ip link set eth1 address"
		      " 02:00:00:00:00:99",
		      pid);
		leaves_by("vcor2");
		shell("ip route replace 10.77.2.2/32 nexthop via 10.77.3.2 dev"
		      " vcor2 nexthop via 10.77.2.2 dev vcor");
		shell("ip route del 10.77.2.2/32");
		leaves_by("vcor");
		pkt_engine_counters(engine, &after);
		CU_ASSERT_TRUE(after.fast[PKT_FAST_PASSED] >
			       before.fast[PKT_FAST_PASSED] + 3000);
		CU_ASSERT_EQUAL(after.fast[PKT_FAST_ROUTE],
				before.fast[PKT_FAST_ROUTE]);
		CU_ASSERT_EQUAL(after.drop[PKT_DROP_TX], 0);
		remove_gate(0);
		remove_gate(1);
		for (int i = 0; i < 2; i++)
			CU_ASSERT_FALSE(answer_of(&side[i]).is_wrong);
		shell("ip link del vcor2");
	}
	pkt_engine_free(engine);
}

/* Pools whose ports an index may not hold. */
static void map_too_large(void)
{
	static const char *const more[] = { "2001:db8:1::", "2001:db8:2::" };
	struct pkt_engine_cfg cfg = lab_config(n_workers);
	struct pkt_realm_cfg *r = &cfg.realm[0];
	char err[256] = "";

	r->prefix[0].len = 128 - 8;
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		struct pkt_prefix *p = &r->prefix[r->n_prefixes++];

		inet_pton(AF_INET6, more[i], &p->addr);
		p->len = 128 - 8;
	}
	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&cfg, &engine, err, sizeof(err)),
			      0);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(pkt_engine_fastpath(engine), "off: the pools have"));
	begin(want_octets());
	finish(want_octets(), &(struct pkt_counters) { 0 }, 0);
	printf(" without a map\n");
	pkt_engine_free(engine);
}

/* Decision 2: the gateway is no router. */
static void no_router(void)
{
	struct tun_order o = { .what = TUN_CONNECT, .port = 9 };

	start();
	inet_pton(AF_INET, "10.77.2.2", &o.addr);
	tell(&side[0], &o);
	CU_ASSERT_EQUAL(answer_of(&side[0]).error, EHOSTUNREACH);
	pkt_engine_free(engine);
}

/* Decision 5: fragments for media do not even reach the engine; what the host says
 * by a new device itself may. */
static void fragments(void)
{
	struct pkt_counters after;
	struct tun_order o;

	start();
	add(0, (struct pkt_gate_id) { 0, 0 });
	o = to_gate(0, TUN_DATAGRAM, 0);
	tell(&side[0], &o);
	answer_of(&side[0]);
	shell("for i in $(seq 200); do nft list counter inet bgfd fragment |"
	      " grep -q 'packets 3' && exit 0; sleep 0.05; done; exit 1");
	pkt_engine_counters(engine, &after);
	CU_ASSERT_EQUAL(after.drop[PKT_DROP_FRAGMENT], 0);
	pkt_engine_free(engine);
}

static uint64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* The worker neither spins nor ends when an operator deletes a device. */
static void device_taken_away(void)
{
	uint64_t before;

	start();
	shell("ip link del bgf-access");
	before = cpu_us();
	usleep(300000);
	CU_ASSERT_TRUE(cpu_us() - before < 100000);
	add(0, (struct pkt_gate_id) { 0, 0 });
	remove_gate(0);
	pkt_engine_free(engine);
}

/* A second start finds nothing in its way; the end leaves nothing. */
static void leaves_nothing(void)
{
	start();
	pkt_engine_free(engine);
	start();
	pkt_engine_free(engine);
	shell("! grep -q 1 /proc/sys/net/ipv4/conf/v*/forwarding");
	shell("test -z \"$(nft list ruleset)\"");
	shell("test \"$(ip rule | wc -l)\" = 3");
	shell("test -z \"$(ip route show table all | grep -E 'proto 182|bgf')\"");
}

static void laboratory(void)
{
	spawn(&side[0]);
	spawn(&side[1]);
	wire(0, "vacc");
	wire(1, "vcor");
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "laboratory", laboratory },
		{ "measure: forwarded by the kernel", kernel_forwards },
		{ "P5 X5 a session both ways at once", session },
		{ "P5 the same in the kernel", session_in_kernel },
		{ "decision 11: on two workers", two_workers },
		{ "decision 11: the same in the kernel",
		  two_workers_in_kernel },
		{ "X4 the same with whole checksums", checksums_in_kernel },
		{ "X4 the same with partial checksums",
		  partial_checksums_in_kernel },
		{ "X4 all where addresses add nothing", neutral_addresses },
		{ "XDP: whole checksums, both ways", session_by_xdp },
		{ "XDP: partial checksums are left to tc",
		  partial_checksums_at_xdp },
		{ "P4 the handshake in the kernel", handshake_in_kernel },
		{ "D33 to the kernel and back, often", moved_often },
		{ "decision 9: removed while data flows", removed_in_flight },
		{ "D35 a program is taken away, and comes back",
		  program_taken_away },
		{ "D36 another route, another neighbour, two routes",
		  way_changes },
		{ "D34 no map for so many ports", map_too_large },
		{ "decision 2: access does not reach core", no_router },
		{ "D27 fragments (decision 5)", fragments },
		{ "a device is taken away", device_taken_away },
		{ "decision 3: leaves nothing", leaves_nothing },
		{ NULL, NULL },
	};
	int rc;

	if (geteuid() || unshare(CLONE_NEWNET) ||
	    access("/dev/net/tun", R_OK)) {
		puts("skipped: needs root, namespaces and /dev/net/tun");
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	stream_init();
	rc = suite_run("packet/tun", tests);
	for (int i = 0; i < 2 && side[i].pid; i++) {
		kill(side[i].pid, SIGKILL);
		waitpid(side[i].pid, NULL, 0);
	}
	return rc;
}
