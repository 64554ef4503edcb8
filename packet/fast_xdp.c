/* packet/fast_xdp.c - see fast_xdp.h */
#include "packet/fast_xdp.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "packet/fast_features.h"
#include "packet/fast_maps.h"
#include "packet/xdp.skel.h"

_Static_assert((int)FAST_PORTS == PKT_MAX_REALMS * PKT_MAX_IFACES,
	       "a place for each interface");

static int refuse(struct fast_xdp_port *p, const char *why)
{
	snprintf(p->why, sizeof(p->why), "%s", why);
	return -1;
}

/* The interface */

/* ioctl() of an interface, by any socket. */
static int ask(const char *name, unsigned long request, struct ifreq *r)
{
	int rc, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	snprintf(r->ifr_name, sizeof(r->ifr_name), "%s", name);
	rc = ioctl(fd, request, r) ? -errno : 0;
	close(fd);
	return rc;
}

static int read_mac(const char *name, uint8_t *mac)
{
	struct ifreq r = { 0 };
	int rc = ask(name, SIOCGIFHWADDR, &r);

	if (!rc && r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		rc = -EOPNOTSUPP;
	if (!rc)
		memcpy(mac, r.ifr_hwaddr.sa_data, 6);
	return rc;
}

/* There tc is better: super-segments stay whole. */
static bool is_virtual(const char *name)
{
	static const char *const drivers[] = { "veth", "virtio_net", "tun" };
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq r = { .ifr_data = (void *)&info };

	if (ask(name, SIOCETHTOOL, &r))
		return false;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
		if (!strcmp(info.driver, drivers[i]))
			return true;
	return false;
}

/* Is there a VLAN on it, whose tags it takes off before XDP sees a frame?  Then a
 * frame of the VLAN looks like one of the interface. */
static bool hides_tags(const char *name)
{
	struct ethtool_value flags = { .cmd = ETHTOOL_GFLAGS };
	struct ifreq r = { .ifr_data = (void *)&flags };
	FILE *f = fopen("/proc/net/vlan/config", "re");
	char line[128], under[IFNAMSIZ];
	bool has_vlan = false;

	while (f && !has_vlan && fgets(line, sizeof(line), f))
		has_vlan = sscanf(line, "%*s | %*u | %15s", under) == 1 &&
			   !strcmp(under, name);
	if (f)
		fclose(f);
	return has_vlan && !ask(name, SIOCETHTOOL, &r) &&
	       flags.data & ETH_FLAG_RXVLAN;
}

/* Loading */

static int make_ports(const char *name)
{
	return bpf_map_create(BPF_MAP_TYPE_DEVMAP_HASH, name, sizeof(uint32_t),
			      sizeof(uint32_t), FAST_PORTS, NULL);
}

static int make_maps(struct fast_xdp *x)
{
	if (x->ways <= 0)
		x->ways = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "ways",
					 sizeof(uint32_t),
					 sizeof(struct fast_way), FAST_WAYS,
					 NULL);
	if (x->ports <= 0)
		x->ports = make_ports("ports");
	if (x->several <= 0)
		x->several = make_ports("several");
	return x->ways > 0 && x->ports > 0 && x->several > 0 ? 0 : -errno;
}

/* Our ways lead elsewhere than those of tc. */
static int share_maps(const struct fast_xdp *x, struct xdp_bpf *skel)
{
	int rc = fast_maps_share(skel->obj, x->tc);

	if (!rc)
		rc = bpf_map__reuse_fd(skel->maps.ways, x->ways);
	if (!rc)
		rc = bpf_map__reuse_fd(skel->maps.ports, x->ports);
	return rc ? rc : bpf_map__reuse_fd(skel->maps.several, x->several);
}

/* Is it the verifier's answer, which does not change? */
static bool is_for_good(int rc)
{
	return rc == -EINVAL || rc == -EACCES || rc == -E2BIG;
}

static int load_program(struct xdp_bpf *skel, struct fast_xdp_port *p,
			const struct fast_realms *realms)
{
	int rc;

	/* Constants for the program; not yet for us. */
	memcpy((void *)&skel->rodata->realms, realms, sizeof(*realms));
	memcpy((void *)&skel->rodata->port.mac, p->mac, sizeof(p->mac));
	rc = xdp_bpf__load(skel);
	p->is_refused = is_for_good(rc);
	return rc;
}

static int load(struct fast_xdp *x, struct fast_xdp_port *p,
		const struct fast_realms *realms)
{
	struct xdp_bpf *skel = make_maps(x) ? NULL : xdp_bpf__open();
	int rc = skel ? share_maps(x, skel) : -errno;

	if (!rc)
		rc = load_program(skel, p, realms);
	if (rc) {
		xdp_bpf__destroy(skel);
		return refuse(p, strerror(-rc));
	}
	p->skel = skel;
	return 0;
}

/* Attaching */

static bool is_attached(const struct fast_xdp_port *p)
{
	struct bpf_link_info info = { 0 };
	uint32_t n = sizeof(info);

	return p->link > 0 && !bpf_obj_get_info_by_fd(p->link, &info, &n) &&
	       info.xdp.ifindex == p->ifindex;
}

/* From now on nobody sends here. */
static void drop_link(struct fast_xdp *x, struct fast_xdp_port *p)
{
	uint32_t key = p->ifindex;

	if (p->link > 0) {
		(void)bpf_map_delete_elem(x->several, &key);
		(void)bpf_map_delete_elem(x->ports, &key);
		close(p->link);
	}
	p->link = 0;
}

/* It may be so now and not later: a veth asks its other end. */
static void note_several(const struct fast_xdp *x,
			 const struct fast_xdp_port *p)
{
	uint32_t key = p->ifindex;

	/* Without it such frames are left to tc. */
	if (fast_sends_several(p->ifindex))
		(void)bpf_map_update_elem(x->several, &key, &key, 0);
	else
		(void)bpf_map_delete_elem(x->several, &key);
}

static int attach(struct fast_xdp *x, struct fast_xdp_port *p)
{
	struct bpf_link_create_opts opts = { .sz = sizeof(opts),
					     .flags = XDP_FLAGS_DRV_MODE };
	int prog = bpf_program__fd(p->skel->progs.xdp);
	uint32_t key = p->ifindex;
	int fd;

	drop_link(x, p); /* dead, if any: somebody took the program away */
	fd = bpf_link_create(prog, (int)p->ifindex, BPF_XDP, &opts);
	if (fd < 0)
		return refuse(p, strerror(-fd));
	p->link = fd;
	/* From now on others send here. */
	if (bpf_map_update_elem(x->ports, &key, &p->ifindex, 0)) {
		(void)refuse(p, strerror(errno));
		fast_xdp_detach(x, p);
		return -1;
	}
	p->why[0] = '\0';
	return 0;
}

/* An interface of this name now is another one, or has another address. */
static void forget(struct fast_xdp *x, struct fast_xdp_port *p,
		   unsigned int ifindex, const uint8_t *mac)
{
	if (p->ifindex == ifindex && !memcmp(p->mac, mac, sizeof(p->mac)))
		return;
	fast_xdp_detach(x, p);
	p->ifindex = ifindex;
	memcpy(p->mac, mac, sizeof(p->mac));
}

bool fast_xdp_attach(struct fast_xdp *x, struct fast_xdp_port *p,
		     const char *name, enum pkt_fastpath wish,
		     const struct fast_realms *realms)
{
	bool is_wanted = wish == PKT_FASTPATH_XDP ||
			 (wish == PKT_FASTPATH_AUTO && !is_virtual(name));
	unsigned int ifindex = if_nametoindex(name);
	uint8_t mac[6] = { 0 };
	int rc = is_wanted && ifindex ? read_mac(name, mac) : 0;

	forget(x, p, ifindex, mac);
	if (!is_wanted || !ifindex || p->is_refused)
		return false;
	if (rc)
		return !refuse(p, strerror(-rc));
	if (hides_tags(name)) {
		fast_xdp_detach(x, p);
		return !refuse(p, "it takes off VLAN tags (rxvlan)");
	}
	if (!is_attached(p) &&
	    ((!p->skel && load(x, p, realms)) || attach(x, p)))
		return false;
	note_several(x, p);
	return true;
}

void fast_xdp_detach(struct fast_xdp *x, struct fast_xdp_port *p)
{
	drop_link(x, p);
	xdp_bpf__destroy(p->skel);
	p->skel = NULL;
}

void fast_xdp_close(struct fast_xdp *x)
{
	if (x->ways > 0)
		close(x->ways);
	if (x->ports > 0)
		close(x->ports);
	if (x->several > 0)
		close(x->several);
	x->ways = x->ports = x->several = 0;
}
