/* gateway/needs.c - see needs.h */
#include "gateway/needs.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/workers.h"

enum {
	FILES_FIXED = 256,  /* logs, sockets of netlink, operators */
	FILES_GATEWAY = 72, /* connections of controllers, and listening */
	FILES_REALM = 4,    /* beside the queues of its TUN device */
};

/* Whether we have it; also when that cannot be told. */
static bool has_cap(unsigned int cap)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long set = ~0ULL;
	char line[256];

	if (!f)
		return true;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %llx", &set) == 1)
			break;
	fclose(f);
	return set >> cap & 1;
}

unsigned int gw_needs_files(const struct conf *conf)
{
	unsigned int n = FILES_FIXED, workers = gw_workers_of(conf);

	for (unsigned int i = 0; i < conf->n_gateways; i++) {
		const struct conf_gateway *g = &conf->gateway[i];

		n += FILES_GATEWAY + g->n_realms * (FILES_REALM + workers);
	}
	return n;
}

/* Who hears what is missing, one line each. */
struct ears {
	gw_needs_h *hear;
	bool is_dry; /* nothing is changed */
};

static void say(const struct ears *e, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(const struct ears *e, int priority, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	e->hear(priority, line);
}

static void check_files(const struct ears *e, const struct conf *conf)
{
	rlim_t need = gw_needs_files(conf);
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) || l.rlim_cur >= need)
		return;
	l.rlim_cur = need < l.rlim_max ? need : l.rlim_max;
	if ((e->is_dry || !setrlimit(RLIMIT_NOFILE, &l)) && l.rlim_cur == need)
		return;
	say(e, LOG_WARNING,
	    "open files are limited to %llu, %llu may be needed: raise "
	    "LimitNOFILE= of the unit, or ulimit -n",
	    (unsigned long long)l.rlim_cur, (unsigned long long)need);
}

static void check_core(const struct ears *e)
{
	struct rlimit l;

	if (!getrlimit(RLIMIT_CORE, &l) && !l.rlim_cur)
		say(e, LOG_INFO,
		    "a crash would leave no core file: set LimitCORE= of "
		    "the unit, or ulimit -c");
}

/* -1: there is no such setting, as when the interface comes later. */
static int setting(const char *path)
{
	FILE *f = fopen(path, "re");
	int value;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

/* Without <host setup="yes"/> somebody else has to do it; that of "all" he has
 * to do in any case. */
static void check_sysctl(const struct ears *e, const char *format,
			 const char *iface, int want)
{
	char path[128];
	int value;

	snprintf(path, sizeof(path), format, iface);
	value = setting(path);
	if (value >= 0 && value != want)
		say(e, LOG_WARNING, "%s is %d and must be %d for media to pass",
		    path, value, want);
}

static bool has_v6(const struct conf_realm *realm)
{
	for (unsigned int i = 0; i < realm->n_pools; i++)
		if (realm->pool[i].family == AF_INET6)
			return true;
	return false;
}

static void check_realm(const struct ears *e, const struct conf_realm *realm)
{
	for (unsigned int i = 0; i < realm->n_ifaces; i++) {
		check_sysctl(e, "/proc/sys/net/ipv4/conf/%s/forwarding",
			     realm->media[i].name, 1);
		check_sysctl(e, "/proc/sys/net/ipv4/conf/%s/rp_filter",
			     realm->media[i].name, 0);
		if (has_v6(realm))
			check_sysctl(e, "/proc/sys/net/ipv6/conf/%s/forwarding",
				     realm->media[i].name, 1);
	}
}

/* Nobody but the operator decides this. */
static void check_v6(const struct ears *e, const struct conf_realm *realm)
{
	char path[128];

	for (unsigned int i = 0; has_v6(realm) && i < realm->n_ifaces; i++) {
		snprintf(path, sizeof(path),
			 "/proc/sys/net/ipv6/conf/%s/disable_ipv6",
			 realm->media[i].name);
		if (setting(path) == 1)
			say(e, LOG_WARNING,
			    "%s is 1 and realm %s has an IPv6 pool: set it to "
			    "0",
			    path, realm->name);
	}
}

static void check_host(const struct ears *e, const struct conf *conf)
{
	const struct conf_gateway *g;

	/* The start refuses this one when it sets up the host itself. */
	if (!conf->owns_host || e->is_dry)
		check_sysctl(e, "/proc/sys/net/ipv4/conf/%s/rp_filter", "all",
			     0);
	for (unsigned int i = 0; i < conf->n_gateways; i++) {
		g = &conf->gateway[i];
		for (unsigned int r = 0; r < g->n_realms; r++) {
			check_v6(e, &g->realm[r]);
			if (!conf->owns_host)
				check_realm(e, &g->realm[r]);
		}
	}
}

/* What the start would end with; NULL: nothing. */
static const char *forbidden(void)
{
	if (!has_cap(CAP_NET_ADMIN))
		return "CAP_NET_ADMIN is missing: AmbientCapabilities= of the "
		       "unit gives it, or start it as root";
	if (access("/dev/net/tun", R_OK | W_OK))
		return "/dev/net/tun cannot be opened: load the module tun "
		       "(modprobe tun), and let the user have it "
		       "(DeviceAllow= of the unit)";
	return NULL;
}

static void check_all(const struct ears *e, const struct conf *conf)
{
	check_files(e, conf);
	check_core(e);
	check_host(e, conf);
	gw_needs_net(conf, e->hear);
}

static void to_log(int priority, const char *line)
{
	gw_log(priority, NULL, "%s", line);
}

int gw_needs_check(const struct conf *conf, char *err, size_t cap)
{
	const struct ears log = { to_log, false };
	const char *why = forbidden();

	if (why) {
		snprintf(err, cap, "%s", why);
		return -EPERM;
	}
	check_all(&log, conf);
	return 0;
}

static void to_stderr(int priority, const char *line)
{
	fprintf(stderr, "%s: %s\n", gw_log_level_name(priority), line);
}

void gw_needs_print(const struct conf *conf)
{
	const struct ears operator= { to_stderr, true };

	/* Who looks at a file is often not who will run it. */
	if (forbidden())
		to_stderr(LOG_NOTICE, forbidden());
	check_all(&operator, conf);
}
