/* gateway/needs.c - see needs.h */
#include "gateway/needs.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>

#include "gateway/log.h"

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
	unsigned int n = FILES_FIXED;

	for (unsigned int i = 0; i < conf->n_gateways; i++) {
		const struct conf_gateway *g = &conf->gateway[i];

		n += FILES_GATEWAY + g->n_realms * (FILES_REALM + g->workers);
	}
	return n;
}

static void check_files(const struct conf *conf)
{
	rlim_t need = gw_needs_files(conf);
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) || l.rlim_cur >= need)
		return;
	l.rlim_cur = need < l.rlim_max ? need : l.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &l) && l.rlim_cur == need)
		return;
	gw_log(LOG_WARNING, NULL,
	       "open files are limited to %llu, %llu may be needed: raise "
	       "LimitNOFILE= of the unit, or ulimit -n",
	       (unsigned long long)l.rlim_cur, (unsigned long long)need);
}

static void check_core(void)
{
	struct rlimit l;

	if (!getrlimit(RLIMIT_CORE, &l) && !l.rlim_cur)
		gw_log(LOG_INFO, NULL,
		       "a crash would leave no core file: set LimitCORE= of "
		       "the unit, or ulimit -c");
}

/* Without <host setup="yes"/> somebody else has to do it. */
static void check_sysctl(const char *format, const char *iface, int want)
{
	char path[128];
	FILE *f;
	int value;

	snprintf(path, sizeof(path), format, iface);
	f = fopen(path, "re");
	if (!f)
		return; /* the interface may come later */
	if (fscanf(f, "%d", &value) == 1 && value != want)
		gw_log(LOG_WARNING, NULL,
		       "%s is %d and must be %d for media to pass: set it, or "
		       "use <host setup=\"yes\"/>",
		       path, value, want);
	fclose(f);
}

static void check_realm(const struct conf_realm *realm)
{
	for (unsigned int i = 0; i < realm->n_ifaces; i++) {
		check_sysctl("/proc/sys/net/ipv4/conf/%s/forwarding",
			     realm->media[i].name, 1);
		check_sysctl("/proc/sys/net/ipv4/conf/%s/rp_filter",
			     realm->media[i].name, 0);
	}
}

static void check_host(const struct conf *conf)
{
	check_sysctl("/proc/sys/net/ipv4/conf/%s/rp_filter", "all", 0);
	for (unsigned int i = 0; i < conf->n_gateways; i++)
		for (unsigned int r = 0; r < conf->gateway[i].n_realms; r++)
			check_realm(&conf->gateway[i].realm[r]);
}

int gw_needs_check(const struct conf *conf, char *err, size_t cap)
{
	if (!has_cap(CAP_NET_ADMIN)) {
		snprintf(err, cap,
			 "CAP_NET_ADMIN is missing: AmbientCapabilities= of "
			 "the unit gives it, or start it as root");
		return -EPERM;
	}
	check_files(conf);
	check_core();
	if (!conf->owns_host)
		check_host(conf);
	return 0;
}
