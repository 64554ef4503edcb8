/* packet/host_sysctl.c - see host_sysctl.h */
#include "packet/host_sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static int write_value(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	n = n < 0 ? -errno : 0;
	close(fd);
	return (int)n;
}

static int apply(const struct setting *s, const char *iface, char *err,
		 size_t cap)
{
	char path[128];
	int rc;

	snprintf(path, sizeof(path), s->path, iface);
	rc = write_value(path, s->value);
	if (rc)
		snprintf(err, cap, "cannot write %s to %s: %s", s->value, path,
			 strerror(-rc));
	return rc;
}

static int apply_all(const char *iface, bool is_tun, char *err, size_t cap)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(settings) / sizeof(*settings); i++)
		if (settings[i].is_tun_too || !is_tun)
			rc = apply(&settings[i], iface, err, cap);
	return rc;
}

/* A media interface with IPv6.  Without proxy_ndp the kernel answers for no
 * proxied neighbour; it answers for those alone. */
static int apply_v6(const char *iface, char *err, size_t cap)
{
	static const struct setting v6[] = {
		{ "/proc/sys/net/ipv6/conf/%s/proxy_ndp", "1", false },
		{ "/proc/sys/net/ipv6/neigh/%s/proxy_delay", "0", false },
	};
	int rc = apply(&v6[0], iface, err, cap);

	return rc ? rc : apply(&v6[1], iface, err, cap);
}

/* The stricter of "all" and the interface wins, so "all" must be off. */
static int check_rp_filter(char *err, size_t cap)
{
	static const char path[] = "/proc/sys/net/ipv4/conf/all/rp_filter";
	char value = '0';
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, &value, 1) != 1)
		value = '0';
	close(fd);
	if (value == '0')
		return 0;
	snprintf(err, cap,
		 "net.ipv4.conf.all.rp_filter is %c and would drop "
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

int pkt_host_sysctl_setup(const struct pkt_engine_cfg *cfg, char *err,
			  size_t cap)
{
	/* IPv6 knows no forwarding per interface before Linux 6.17. */
	static const struct setting forwarding = {
		"/proc/sys/net/ipv6/conf/%s/forwarding", "1", true
	};
	bool is_v6 = has_v6(cfg);
	int rc = check_rp_filter(err, cap);

	for (unsigned int r = 0; !rc && r < cfg->n_realms; r++) {
		const struct pkt_realm_cfg *realm = &cfg->realm[r];

		rc = apply_all(realm->tun, true, err, cap);
		for (unsigned int i = 0; !rc && i < realm->n_ifaces; i++) {
			rc = apply_all(realm->iface[i], false, err, cap);
			if (!rc && is_v6)
				rc = apply_v6(realm->iface[i], err, cap);
		}
	}
	if (!rc && is_v6)
		rc = apply(&forwarding, "all", err, cap);
	return rc;
}

void pkt_host_sysctl_cleanup(const struct pkt_engine_cfg *cfg)
{
	char path[128], value[2] = "0";
	int fd = open("/proc/sys/net/ipv4/ip_forward", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, value, 1) != 1)
		value[0] = '0';
	if (fd >= 0)
		close(fd);
	for (unsigned int r = 0; r < cfg->n_realms; r++)
		for (unsigned int i = 0; i < cfg->realm[r].n_ifaces; i++) {
			snprintf(path, sizeof(path), settings[0].path,
				 cfg->realm[r].iface[i]);
			/* The interface may be gone. */
			(void)write_value(path, value);
		}
}
