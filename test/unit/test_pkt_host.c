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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
		CU_ASSERT_EQUAL_FATAL(pkt_tun_open(cfg.realm[i].tun, 1500,
						   &tun[i], err, sizeof(err)),
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
	static const struct suite_test tests[] = {
		{ "laboratory", laboratory },
		{ "decisions 1 to 5: set up once and twice", set_up },
		{ "decision 2: a device that is gone", device_gone },
		{ "an interface that does not exist", no_interface },
		{ "a set-up that fails is undone", undone },
		{ "a second engine on the same host", second_engine },
		{ "no spinning on a device that is gone", no_spinning },
		{ "a silent device", silent },
		{ NULL, NULL },
	};

	if (geteuid() || unshare(CLONE_NEWNET) ||
	    access("/dev/net/tun", R_OK)) {
		puts("skipped: needs root, namespaces and /dev/net/tun");
		return 0;
	}
	return suite_run("packet/host", tests);
}
