/* packet/fast_features.c - see fast_features.h */
#include "packet/fast_features.h"

#include <linux/genetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdint.h>

/* The family "netdev": its header is younger than Debian 12. */
enum {
	NETDEV_DEV_GET = 1,
	NETDEV_IFINDEX = 1,
	NETDEV_XDP_FEATURES = 3,
	NETDEV_SENDS_SEVERAL = 1 << 6, /* NETDEV_XDP_ACT_NDO_XMIT_SG */
};

struct question {
	int family;
	struct genlmsghdr head;
	int key, octets; /* an attribute of the request */
	const void *value;
	int wanted; /* attribute of the answer */
	uint64_t answer;
};

static int on_answer(struct nl_msg *msg, void *arg)
{
	struct question *q = arg;
	struct nlattr *a =
		nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, q->wanted);

	if (a && nla_len(a) == sizeof(uint16_t))
		q->answer = nla_get_u16(a);
	if (a && nla_len(a) == sizeof(uint64_t))
		q->answer = nla_get_u64(a);
	return NL_OK;
}

/* False: the kernel does not know such a thing. */
static bool ask(struct nl_sock *sk, struct question *q)
{
	struct nl_msg *msg = nlmsg_alloc_simple(q->family, 0);
	int rc = msg ? 0 : -NLE_NOMEM;

	if (!rc)
		rc = nlmsg_append(msg, &q->head, sizeof(q->head),
				  NLMSG_ALIGNTO);
	if (!rc)
		rc = nla_put(msg, q->key, q->octets, q->value);
	if (!rc)
		rc = nl_send_auto(sk, msg);
	nlmsg_free(msg);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_answer, q);
	return rc >= 0 && nl_recvmsgs_default(sk) >= 0;
}

/* 0: there is none. */
static int find_family(struct nl_sock *sk)
{
	static const char name[] = "netdev";
	struct question q = {
		.family = GENL_ID_CTRL,
		.head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.key = CTRL_ATTR_FAMILY_NAME,
		.octets = sizeof(name),
		.value = name,
		.wanted = CTRL_ATTR_FAMILY_ID,
	};

	return ask(sk, &q) ? (int)q.answer : 0;
}

static uint64_t features_of(struct nl_sock *sk, unsigned int ifindex)
{
	uint32_t key = ifindex;
	struct question q = {
		.family = find_family(sk),
		.head = { .cmd = NETDEV_DEV_GET, .version = 1 },
		.key = NETDEV_IFINDEX,
		.octets = sizeof(key),
		.value = &key,
		.wanted = NETDEV_XDP_FEATURES,
	};

	return q.family && ask(sk, &q) ? q.answer : 0;
}

bool fast_sends_several(unsigned int ifindex)
{
	struct nl_sock *sk = nl_socket_alloc();
	uint64_t features = 0;

	if (!sk)
		return false;
	nl_socket_disable_auto_ack(sk); /* each is answered once */
	if (!nl_connect(sk, NETLINK_GENERIC))
		features = features_of(sk, ifindex);
	nl_socket_free(sk);
	return features & NETDEV_SENDS_SEVERAL;
}
