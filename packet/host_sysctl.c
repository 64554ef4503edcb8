/* packet/host_sysctl.c - see host_sysctl.h */
#include "packet/host_sysctl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "packet/host_saved.h"

struct setting {
	const char *path; /* %s: interface */
	const char *value;
	bool is_tun_too; /* else media interfaces only */
};

static const struct setting settings[] = {
	{ "/proc/sys/net/ipv4/conf/%s/forwarding", "1", true },
	/* Clients are reached by the realm's table, which reverse path
	 * filtering does not look at. */
	{ "/proc/sys/net/ipv4/conf/%s/rp_filter", "0", true },
	{ "/proc/sys/net/ipv4/conf/%s/send_redirects", "0", true },
	/* Proxied neighbours are answered at once, not after up to 0.8 s. */
	{ "/proc/sys/net/ipv4/neigh/%s/proxy_delay", "0", false },
};

/* Where it is done, and where an error goes. */
struct place {
	const char *file; /* of the engine's configuration; "": none */
	char *err;
	size_t cap;
};

static int apply(const struct place *to, const struct setting *s,
		 const char *iface)
{
	char path[128];
	int rc;

	snprintf(path, sizeof(path), s->path, iface);
	rc = pkt_saved_set(to->file, path, s->value);
	if (rc)
		snprintf(to->err, to->cap, "cannot write %s to %s: %s",
			 s->value, path, strerror(-rc));
	return rc;
}

static int apply_all(const struct place *to, const char *iface, bool is_tun)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(settings) / sizeof(*settings); i++)
		if (settings[i].is_tun_too || !is_tun)
			rc = apply(to, &settings[i], iface);
	return rc;
}

/* A media interface with IPv6.  Without proxy_ndp the kernel answers for no
 * proxied neighbour; it answers for those alone. */
static int apply_v6(const struct place *to, const char *iface)
{
	static const struct setting v6[] = {
		{ "/proc/sys/net/ipv6/conf/%s/proxy_ndp", "1", false },
		{ "/proc/sys/net/ipv6/neigh/%s/proxy_delay", "0", false },
	};
	int rc = apply(to, &v6[0], iface);

	return rc ? rc : apply(to, &v6[1], iface);
}

/* The stricter of "all" and the interface wins, so "all" must be off. */
static int check_rp_filter(char *err, size_t cap)
{
	static const char path[] = "/proc/sys/net/ipv4/conf/all/rp_filter";
	char value[8];

	if (pkt_saved_read(path, value, sizeof(value)) || !value[0] ||
	    !strcmp(value, "0"))
		return 0;
	snprintf(err, cap,
		 "net.ipv4.conf.all.rp_filter is %s and would drop "
		 "media; set it to 0 (interfaces keep their own)",
		 value);
	return -EINVAL;
}

static bool has_v6(const struct pkt_engine_cfg *cfg)
{
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_prefixes; i++)
			if (!IN6_IS_ADDR_V4MAPPED(
				    &cfg->realm[r].prefix[i].addr))
				return true;
	return false;
}

/* Every interface of the host but "all", whose neighbour "default" is one. */
static void each_iface(const struct place *to,
		       int (*act)(const struct place *to, const char *iface))
{
	DIR *dir = opendir("/proc/sys/net/ipv6/conf");
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.' && strcmp(e->d_name, "all") != 0)
			(void)act(to, e->d_name);
	if (dir)
		closedir(dir);
}

/* A router takes no advertisements, and forgets its default route, unless this
 * is 2: the control interface may live by them. */
static int keep_advertisements(const struct place *to, const char *iface)
{
	static const struct setting accept = {
		"/proc/sys/net/ipv6/conf/%s/accept_ra", "2", false
	};
	char path[320], now[8]; /* a name of a directory may be long */

	snprintf(path, sizeof(path), accept.path, iface);
	if (pkt_saved_read(path, now, sizeof(now)) || strcmp(now, "1") != 0)
		return 0;
	return apply(to, &accept, iface);
}

/* "all" takes every interface along, forth and back. */
static int keep_forwarding(const struct place *to, const char *iface)
{
	char path[320], now[8]; /* a name of a directory may be long */

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/forwarding",
		 iface);
	if (!pkt_saved_read(path, now, sizeof(now)) && !strcmp(now, "1"))
		pkt_saved_keep(to->file, path, "1", "0");
	return 0;
}

/* IPv6 knows no forwarding per interface before Linux 6.17. */
static int forward_v6(const struct place *to)
{
	static const struct setting forwarding = {
		"/proc/sys/net/ipv6/conf/%s/forwarding", "1", true
	};
	char now[8];

	if (!pkt_saved_read("/proc/sys/net/ipv6/conf/all/forwarding", now,
			    sizeof(now)) &&
	    !strcmp(now, "1"))
		return 0;
	each_iface(to, keep_advertisements);
	/* Behind "all" in the file, so that it is put back after it. */
	pkt_saved_keep(to->file, "/proc/sys/net/ipv6/conf/all/forwarding", "0",
		       "1");
	each_iface(to, keep_forwarding);
	return apply(&(struct place) { "", to->err, to->cap }, &forwarding,
		     "all");
}

int pkt_host_sysctl_setup(const struct pkt_engine_cfg *cfg, char *err,
			  size_t cap)
{
	struct place to = { cfg->saved, err, cap }, tun = { "", err, cap };
	bool is_v6 = has_v6(cfg);
	int rc = check_rp_filter(err, cap);

	/* Of a run that was killed. */
	(void)pkt_saved_restore(cfg->saved);
	for (unsigned int r = 0; !rc && r < cfg->n_realms; r++) {
		const struct pkt_realm_cfg *realm = &cfg->realm[r];

		rc = apply_all(&tun, realm->tun, true);
		for (unsigned int i = 0; !rc && i < realm->n_ifaces; i++) {
			rc = apply_all(&to, realm->iface[i], false);
			if (!rc && is_v6)
				rc = apply_v6(&to, realm->iface[i]);
		}
	}
	return !rc && is_v6 ? forward_v6(&to) : rc;
}

void pkt_host_sysctl_cleanup(const struct pkt_engine_cfg *cfg)
{
	char path[128], value[8];

	if (pkt_saved_restore(cfg->saved) ||
	    pkt_saved_read("/proc/sys/net/ipv4/ip_forward", value,
			   sizeof(value)))
		return;
	/* Nobody knows what it was, but without the rules it is no fence any
	 * more: what the host does elsewhere. */
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_ifaces; i++) {
			snprintf(path, sizeof(path), settings[0].path,
				 cfg->realm[r].iface[i]);
			(void)pkt_saved_set("", path, value);
		}
}
