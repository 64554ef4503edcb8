/*
 * test/unit/test_pkt_host.c - what is set up on the host, and taken away
 *
 * In a network namespace of its own: vacc and vcor are media interfaces, ctl0
 * has the control address and a default route that media must never follow.
 * The kernel is asked what it would do, with ip and nft.  Needs root; says so
 * and passes as skipped without.
 */
#include "packet/host.h"
#include "packet/tun.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct pkt_engine_cfg cfg;
static int tun[2];
static char err[256];

static bool shell(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "{ %s; } >/dev/null 2>&1", command);
	return !system(line);
}

/* The route of a packet from -> to that came in on iif has this word. */
static bool goes(const char *from, const char *to, const char *iif,
		 const char *word)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "ip route get %s from %s iif %s 2>&1 | grep -qw -- '%s'", to,
		 from, iif, word);
	return shell(command);
}

static bool table_says(const char *text)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "nft list table inet bgfd | grep -qF -- '%s'", text);
	return shell(command);
}

static void add_realm(const char *name, const char *iface, const char *prefix,
		      uint32_t table)
{
	struct pkt_realm_cfg *r = &cfg.realm[cfg.n_realms++];

	snprintf(r->name, sizeof(r->name), "%s", name);
	snprintf(r->tun, sizeof(r->tun), "t-%s", name);
	snprintf(r->iface[r->n_ifaces++], IFNAMSIZ, "%s", iface);
	inet_pton(AF_INET6, prefix, &r->prefix[0].addr);
	r->prefix[0].len = 125;
	r->n_prefixes = 1;
	r->table = table;
	r->port_min = 20000;
	r->port_max = 20999;
	r->mtu = 1500;
}

static void laboratory(void)
{
	CU_ASSERT_FATAL(shell(
		"set -e; ip link set lo up;"
		"ip link add vacc type veth peer name pacc;"
		"ip link add vcor type veth peer name pcor;"
		"ip link add ctl0 type veth peer name pctl;"
		"for i in vacc pacc vcor pcor ctl0 pctl; do ip link set $i up; done;"
		"ip addr add 10.77.1.1/24 dev vacc;"
		"ip addr add 10.77.2.1/24 dev vcor;"
		"ip addr add 10.77.3.1/24 dev ctl0;"
		"ip route add default via 10.77.3.2;"
		"ip route add 10.77.1.0/24 dev vacc table 101;"
		"ip route add 10.77.2.0/24 dev vcor table 102"));
	add_realm("access", "vacc", "::ffff:198.51.100.0", 101);
	add_realm("core", "vcor", "::ffff:198.51.100.8", 102);
	cfg.n_workers = 1;
	cfg.max_rendezvous = 4;
	cfg.owns_host = true;
}

static void open_tuns(void)
{
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(pkt_tun_open(cfg.realm[i].tun, 1500, 1,
						   -1, &tun[i], err,
						   sizeof(err)),
				      0);
}

static void close_tuns(void)
{
	close(tun[0]);
	close(tun[1]);
}

static void check_routes(void)
{
	/* in: to the device of the realm, and to nothing else */
	CU_ASSERT(goes("10.77.1.2", "198.51.100.1", "vacc", "t-access"));
	CU_ASSERT(goes("10.77.2.2", "198.51.100.9", "vcor", "t-core"));
	CU_ASSERT_FALSE(goes("10.77.1.2", "198.51.100.9", "vacc", "dev"));
	CU_ASSERT(goes("10.77.1.2", "10.77.2.2", "vacc", "No route"));
	CU_ASSERT(goes("10.77.1.2", "8.8.8.8", "vacc", "No route"));
	/* out: by the table of the realm, never the default route */
	CU_ASSERT(goes("198.51.100.1", "10.77.1.2", "t-access", "vacc"));
	CU_ASSERT(goes("198.51.100.9", "10.77.2.2", "t-core", "vcor"));
	CU_ASSERT_FALSE(goes("198.51.100.1", "10.77.2.2", "t-access", "dev"));
	CU_ASSERT_FALSE(goes("198.51.100.1", "8.8.8.8", "t-access", "dev"));
	/* a call that comes back (hairpin) */
	CU_ASSERT(goes("198.51.100.1", "198.51.100.2", "t-access", "table"));
	CU_ASSERT(
		shell("ip neigh show proxy | grep -q '198.51.100.7 dev vacc'"));
	CU_ASSERT_FALSE(shell("ip neigh show proxy | grep '198.51.100.8 dev "
			      "vacc'"));
	CU_ASSERT(shell("test $(ip neigh show proxy | wc -l) = 16"));
}

static void check_table(void)
{
	CU_ASSERT(table_says("elements = { 198.51.100.0/29, 198.51.100.8/29"));
	CU_ASSERT(table_says("ip daddr @media4 notrack"));
	CU_ASSERT(table_says("ip ttl <= 1 counter name \"ttl\" drop"));
	CU_ASSERT(table_says("ip hdrlength > 5 counter name \"options\" drop"));
	CU_ASSERT(table_says("iifname @interfaces ip saddr @media4"));
	CU_ASSERT(table_says("counter name \"foreign\" drop"));
}

static bool is_clean(void)
{
	return shell("test -z \"$(nft list ruleset)\"") &&
	       shell("test $(ip rule | wc -l) = 3") &&
	       shell("! ip route show table all | grep 'proto 182'") &&
	       shell("test -z \"$(ip neigh show proxy)\"");
}

/* Twice: the second finds what the first left. */
static void set_up(void)
{
	open_tuns();
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(pkt_host_setup(&cfg, err, sizeof(err)), 0);
		check_routes();
		check_table();
		CU_ASSERT(shell("test $(ip rule | wc -l) = 11"));
	}
	pkt_host_cleanup(&cfg, true);
	CU_ASSERT(is_clean());
	close_tuns();
}

static void device_gone(void)
{
	open_tuns();
	CU_ASSERT_EQUAL(pkt_host_setup(&cfg, err, sizeof(err)), 0);
	CU_ASSERT(shell("ip link del t-access"));
	CU_ASSERT_FALSE(goes("10.77.1.2", "198.51.100.1", "vacc", "dev"));
	CU_ASSERT_FALSE(goes("10.77.3.2", "198.51.100.1", "ctl0", "dev"));
	CU_ASSERT_FALSE(shell("ip route get 198.51.100.1 | grep ctl0"));
	CU_ASSERT(goes("10.77.2.2", "198.51.100.9", "vcor", "t-core"));
	pkt_host_cleanup(&cfg, false); /* the daemon goes, and comes back */
	CU_ASSERT_FALSE(shell("ip route get 198.51.100.9 | grep ctl0"));
	pkt_host_cleanup(&cfg, true);
	CU_ASSERT(is_clean());
	close_tuns();
}

static void no_interface(void)
{
	struct pkt_engine_cfg wrong = cfg;

	snprintf(wrong.realm[1].iface[0], IFNAMSIZ, "nowhere0");
	open_tuns();
	CU_ASSERT_EQUAL(pkt_host_setup(&wrong, err, sizeof(err)), -ENODEV);
	CU_ASSERT_STRING_EQUAL(err,
			       "realm core: there is no interface nowhere0");
	CU_ASSERT(is_clean());
	close_tuns();
}

/* The last step fails: what was done before is undone. */
static void undone(void)
{
	struct pkt_engine_cfg wrong = cfg;

	wrong.realm[1].prefix[0] = wrong.realm[0].prefix[0];
	wrong.realm[1].prefix[0].len = 126;
	open_tuns();
	CU_ASSERT(pkt_host_setup(&wrong, err, sizeof(err)) < 0);
	CU_ASSERT(strlen(err) > 0);
	CU_ASSERT(is_clean());
	close_tuns();
}

/* Started twice by mistake: the second engine says so, the first goes on. */
static void second_engine(void)
{
	struct pkt_engine *first, *second;

	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&cfg, &first, err, sizeof(err)),
			      0);
	CU_ASSERT_EQUAL(pkt_engine_new(&cfg, &second, err, sizeof(err)),
			-EBUSY);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "t-access"));
	check_routes();
	check_table();
	pkt_engine_free(first);
	CU_ASSERT(is_clean());
}

/* --- neighbours ---------------------------------------------------------- */

static char lan_dir[] = "/tmp/bgf-host-XXXXXX", saved[64];

/* What the kernel is set to, of all interfaces but those of TUN. */
static bool settings_are(const char *what)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "sysctl -a 2>/dev/null | grep -E '^net[.]ipv[46][.]"
		 "(conf|neigh)[.](all|default|lo|v[a-z]*|ctl0)[.]"
		 "(forwarding|rp_filter|send_redirects|proxy_.*|accept_ra) ' | "
		 "sort %s %s/settings",
		 what, lan_dir);
	return shell(command);
}

/* vlan and a client of its subnet, which holds the media addresses as well:
 * 10.77.9.128/29 and 2001:db8:77::80/125. */
static void attached_subnet(void)
{
	CU_ASSERT_FATAL(shell(
		"set -e; mkdir -p /run/netns; ip netns add bgfclient;"
		"ip link add vlan type veth peer name eth0 netns bgfclient;"
		"ip link set vlan up; ip addr add 10.77.9.1/24 dev vlan;"
		"ip addr add 2001:db8:77::1/64 dev vlan nodad;"
		"ip -n bgfclient link set eth0 up;"
		"ip -n bgfclient addr add 10.77.9.2/24 dev eth0;"
		"ip -n bgfclient addr add 2001:db8:77::2/64 dev eth0 nodad;"
		"for v in 4 6; do ip netns exec bgfclient sysctl -qw "
		"net.ipv$v.neigh.eth0.retrans_time_ms=200; done;"
		"sysctl -qw net.ipv6.conf.vcor.forwarding=1"));
}

static void lan_config(struct pkt_engine_cfg *lan)
{
	struct pkt_realm_cfg *r = &lan->realm[0];

	*lan = cfg;
	lan->n_realms = 1;
	snprintf(lan->saved, sizeof(lan->saved), "%s", saved);
	snprintf(r->iface[0], IFNAMSIZ, "vlan");
	r->table = 254;
	inet_pton(AF_INET6, "::ffff:10.77.9.128", &r->prefix[0].addr);
	inet_pton(AF_INET6, "2001:db8:77::80", &r->prefix[1].addr);
	r->prefix[1].len = 125;
	r->n_prefixes = 2;
}

/* Whether the client finds somebody at this address; it is not answered. */
static bool is_found(const char *address)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "ip -n bgfclient neigh flush dev eth0;"
		 "ip netns exec bgfclient bash -c 'echo >/dev/udp/%s/9';"
		 "for i in $(seq 100); do"
		 "  s=$(ip -n bgfclient neigh show %s); case \"$s\" in"
		 "  *lladdr*) break;; *FAILED*) break;; esac; sleep 0.1;"
		 "done; echo \"$s\" | grep -q "
		 "\"$(ip -br link show vlan | awk '{ print $3 }')\"",
		 address, address);
	return shell(command);
}

static void check_neighbours(void)
{
	CU_ASSERT(is_found("10.77.9.128"));
	CU_ASSERT(is_found("10.77.9.135"));
	CU_ASSERT(is_found("2001:db8:77::80"));
	CU_ASSERT(is_found("2001:db8:77::87"));
	CU_ASSERT(is_found("10.77.9.1"));
	CU_ASSERT_FALSE(is_found("10.77.9.136"));
	CU_ASSERT_FALSE(is_found("2001:db8:77::88"));
	/* to the engine; and back by the subnet */
	CU_ASSERT(goes("10.77.9.2", "10.77.9.129", "vlan", "t-access"));
	CU_ASSERT(goes("10.77.9.129", "10.77.9.2", "t-access", "vlan"));
	CU_ASSERT(
		goes("2001:db8:77::2", "2001:db8:77::81", "vlan", "t-access"));
	CU_ASSERT(
		goes("2001:db8:77::81", "2001:db8:77::2", "t-access", "vlan"));
}

static void engine_and_back(const struct pkt_engine_cfg *lan, bool has_look)
{
	struct pkt_engine *e;

	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(lan, &e, err, sizeof(err)), 0);
	if (has_look)
		check_neighbours();
	CU_ASSERT_FALSE(settings_are("| diff -q -"));
	pkt_engine_free(e);
	CU_ASSERT(is_clean());
	CU_ASSERT(settings_are("| diff -q -"));
	CU_ASSERT_EQUAL(access(saved, F_OK), -1);
}

/* Killed in the middle, it comes back with another configuration. */
static void on_an_attached_subnet(void)
{
	static struct pkt_engine_cfg lan, other;
	struct pkt_engine *e;
	int status = 0;
	pid_t pid;

	attached_subnet();
	lan_config(&lan);
	CU_ASSERT(settings_are(">"));
	engine_and_back(&lan, true);
	pid = fork();
	if (!pid) {
		if (!pkt_engine_new(&lan, &e, err, sizeof(err)))
			raise(SIGKILL);
		_exit(1);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFSIGNALED(status));
	CU_ASSERT_FALSE(is_clean());
	CU_ASSERT_FALSE(settings_are("| diff -q -"));
	other = lan;
	snprintf(other.realm[0].iface[0], IFNAMSIZ, "vacc");
	other.realm[0].n_prefixes = 1;
	engine_and_back(&other, false);
	CU_ASSERT(shell("ip netns del bgfclient"));
}

/* What somebody else has set meanwhile is not touched. */
static void set_by_others(void)
{
	static struct pkt_engine_cfg lan;
	struct pkt_engine *e;

	lan_config(&lan);
	snprintf(lan.realm[0].iface[0], IFNAMSIZ, "vacc");
	CU_ASSERT(shell("sysctl -qw net.ipv4.conf.vacc.rp_filter=1"));
	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&lan, &e, err, sizeof(err)), 0);
	CU_ASSERT(shell("test $(sysctl -n net.ipv4.conf.vacc.rp_filter) = 0"));
	CU_ASSERT(shell("sysctl -qw net.ipv4.conf.vacc.rp_filter=2"));
	pkt_engine_free(e);
	CU_ASSERT(shell("test $(sysctl -n net.ipv4.conf.vacc.rp_filter) = 2"));
	CU_ASSERT(shell("sysctl -qw net.ipv4.conf.vacc.rp_filter=0"));
}

static double cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The worker does not spin on a device that somebody took away. */
static void no_spinning(void)
{
	struct pkt_engine *e;
	double before;

	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&cfg, &e, err, sizeof(err)), 0);
	CU_ASSERT(shell("ip link del t-core"));
	before = cpu_s();
	usleep(400000);
	CU_ASSERT(cpu_s() - before < 0.1);
	pkt_engine_free(e);
	CU_ASSERT(is_clean());
}

/* The kernel says nothing on a new device: no router solicitations. */
static void silent(void)
{
	struct pkt_counters c;
	struct pkt_engine *e;

	CU_ASSERT_EQUAL_FATAL(pkt_engine_new(&cfg, &e, err, sizeof(err)), 0);
	CU_ASSERT_FALSE(shell("ip -6 addr show dev t-core | grep inet6"));
	sleep(1);
	pkt_engine_counters(e, &c);
	CU_ASSERT_EQUAL(c.rx_pkts, 0);
	pkt_engine_free(e);
}

int main(void)
{
	int r;

	static const struct suite_test tests[] = {
		{ "laboratory", laboratory },
		{ "decisions 1 to 5: set up once and twice", set_up },
		{ "decision 2: a device that is gone", device_gone },
		{ "an interface that does not exist", no_interface },
		{ "a set-up that fails is undone", undone },
		{ "a second engine on the same host", second_engine },
		{ "decision 3: media addresses in an attached subnet",
		  on_an_attached_subnet },
		{ "settings that others have changed", set_by_others },
		{ "no spinning on a device that is gone", no_spinning },
		{ "a silent device", silent },
		{ NULL, NULL },
	};

	if (geteuid() || unshare(CLONE_NEWNET) ||
	    access("/dev/net/tun", R_OK)) {
		puts("skipped: needs root, namespaces and /dev/net/tun");
		return 0;
	}
	/* Names of namespaces are files: they are ours alone. */
	if (unshare(CLONE_NEWNS) ||
	    !shell("mount --make-rprivate / && mkdir -p /run/netns &&"
		   "mount -t tmpfs none /run/netns") ||
	    !mkdtemp(lan_dir))
		return 1;
	snprintf(saved, sizeof(saved), "%s/new/saved", lan_dir);
	r = suite_run("packet/host", tests);
	snprintf(err, sizeof(err), "rm -r %s", lan_dir);
	(void)shell(err);
	return r;
}
