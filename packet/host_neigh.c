/* packet/host_neigh.c - see host_neigh.h; libnl as in host.c */
#include "packet/host_neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>

/* One address of one interface.  libnl 3.7 has no word for the protocol of a
 * neighbour, by which we know ours again: the message is made by hand. */
struct neighbour {
	int ifindex;
	uint8_t family;
	struct in6_addr addr; /* IPv4: in its first four octets */
};

static int send_neighbour(struct nl_sock *sk, int type,
			  const struct neighbour *n)
{
	struct ndmsg head = {
		.ndm_family = n->family,
		.ndm_ifindex = n->ifindex,
		.ndm_flags = NTF_PROXY,
	};
	int flags = type == RTM_NEWNEIGH ? NLM_F_CREATE : 0;
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);
	int rc = -NLE_NOMEM;

	if (!msg)
		return rc;
	rc = nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	if (!rc)
		rc = nla_put(msg, NDA_DST, n->family == AF_INET ? 4 : 16,
			     &n->addr);
	if (!rc)
		rc = nla_put_u8(msg, NDA_PROTOCOL, PKT_HOST_PROTO);
	if (rc) {
		nlmsg_free(msg);
		return rc;
	}
	return nl_send_sync(sk, msg); /* takes it */
}

/* Address i of a prefix. */
static void set_address(struct neighbour *n, const struct pkt_prefix *p,
			uint32_t i)
{
	struct in6_addr a = p->addr;

	for (int k = 15; i && k >= 0; k--) {
		i += a.s6_addr[k];
		a.s6_addr[k] = (uint8_t)i;
		i >>= 8;
	}
	n->family = IN6_IS_ADDR_V4MAPPED(&p->addr) ? AF_INET : AF_INET6;
	if (n->family == AF_INET)
		memcpy(&n->addr, &a.s6_addr[12], 4);
	else
		n->addr = a;
}

/* Larger prefixes must be routed to this host, not found by neighbours. */
static uint32_t neighbours_of(const struct pkt_prefix *p)
{
	unsigned int bits = 128u - p->len;

	return bits <= 12 && 1u << bits <= PKT_HOST_NEIGHBOURS ? 1u << bits : 0;
}

static int add_prefix(struct nl_sock *sk, int ifindex,
		      const struct pkt_prefix *p)
{
	struct neighbour n = { .ifindex = ifindex };
	int rc = 0;

	for (uint32_t i = 0; !rc && i < neighbours_of(p); i++) {
		set_address(&n, p, i);
		rc = send_neighbour(sk, RTM_NEWNEIGH, &n);
	}
	return rc;
}

static int add_realm(struct nl_sock *sk, const struct pkt_realm_cfg *realm)
{
	int rc = 0;

	for (unsigned int f = 0; f < realm->n_ifaces; f++)
		for (unsigned int i = 0; !rc && i < realm->n_prefixes; i++)
			rc = add_prefix(sk,
					(int)if_nametoindex(realm->iface[f]),
					&realm->prefix[i]);
	return rc;
}

int pkt_host_neigh_setup(struct nl_sock *sk, const struct pkt_engine_cfg *cfg,
			 char *err, size_t cap)
{
	int rc = 0;

	for (unsigned int r = 0; !rc && r < cfg->n_realms; r++)
		rc = add_realm(sk, &cfg->realm[r]);
	if (!rc)
		return 0;
	snprintf(err, cap, "cannot add a proxy neighbour: %s", nl_geterror(rc));
	return rc == -NLE_PERM ? -EPERM : -EIO;
}

/* Those that a dump has found; removed when it is over. */
struct found {
	struct neighbour list[256];
	unsigned int n;
	bool is_full;
};

static int on_neighbour(struct nl_msg *msg, void *arg)
{
	const struct ndmsg *head = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attr[NDA_MAX + 1];
	struct found *f = arg;
	struct neighbour n = { .ifindex = head->ndm_ifindex,
			       .family = head->ndm_family };
	int want = n.family == AF_INET ? 4 : 16;

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(*head), attr, NDA_MAX, NULL) ||
	    !(head->ndm_flags & NTF_PROXY) || !attr[NDA_DST] ||
	    nla_len(attr[NDA_DST]) != want || !attr[NDA_PROTOCOL] ||
	    nla_get_u8(attr[NDA_PROTOCOL]) != PKT_HOST_PROTO)
		return NL_OK;
	memcpy(&n.addr, nla_data(attr[NDA_DST]), (size_t)want);
	f->is_full = f->n == sizeof(f->list) / sizeof(*f->list);
	if (!f->is_full)
		f->list[f->n++] = n;
	return NL_OK;
}

static int dump(struct nl_sock *sk, uint8_t family, struct found *f)
{
	struct ndmsg head = { .ndm_family = family, .ndm_flags = NTF_PROXY };
	int rc;

	f->n = 0;
	f->is_full = false;
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_neighbour, f);
	rc = nl_send_simple(sk, RTM_GETNEIGH, NLM_F_DUMP, &head, sizeof(head));
	if (rc >= 0)
		rc = nl_recvmsgs_default(sk);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_DEFAULT, NULL, NULL);
	return rc;
}

/* So many at a time; whatever cannot be removed ends it. */
static void sweep(struct nl_sock *sk, uint8_t family)
{
	struct found f;
	unsigned int n_removed;

	do {
		n_removed = 0;
		if (dump(sk, family, &f))
			return;
		for (unsigned int i = 0; i < f.n; i++)
			n_removed +=
				!send_neighbour(sk, RTM_DELNEIGH, &f.list[i]);
	} while (f.is_full && n_removed);
}

void pkt_host_neigh_cleanup(struct nl_sock *sk)
{
	sweep(sk, AF_INET);
	sweep(sk, AF_INET6);
}
