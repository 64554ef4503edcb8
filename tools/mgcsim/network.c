/* mgcsim/network.c - see network.h */
#include "tools/mgcsim/network.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct network_node {
	LIST_ENTRY(network_node) entry;
	char name[NETWORK_NAME];
	int fd;
};

void network_init(struct network *n)
{
	LIST_INIT(&n->nodes);
	n->own_fd = -1;
}

void network_fini(struct network *n)
{
	struct network_node *node;

	while ((node = LIST_FIRST(&n->nodes))) {
		LIST_REMOVE(node, entry);
		close(node->fd);
		free(node);
	}
	if (n->own_fd >= 0)
		close(n->own_fd);
	n->own_fd = -1;
}

static int open_own(struct network *n)
{
	if (n->own_fd < 0)
		n->own_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return n->own_fd < 0 ? -errno : 0;
}

static struct network_node *find(struct network *n, const char *name)
{
	struct network_node *node;

	LIST_FOREACH (node, &n->nodes, entry)
		if (!strcmp(node->name, name))
			return node;
	return NULL;
}

int network_path(struct network *n, const char *name, char *path, size_t cap)
{
	struct network_node *node = find(n, name);

	if (!strcmp(name, "host"))
		snprintf(path, cap, "/proc/%d/ns/net", (int)getpid());
	else if (node)
		snprintf(path, cap, "/proc/%d/fd/%d", (int)getpid(), node->fd);
	else
		return -ENOENT;
	return 0;
}

static int path_of(struct network *n, const char *name, char path[NETWORK_PATH],
		   char *why, size_t cap)
{
	int rc = network_path(n, name, path, NETWORK_PATH);

	if (rc)
		snprintf(why, cap, "no node is called %s", name);
	return rc;
}

/* Names and addresses become part of commands. */
static bool is_plain(const char *text)
{
	static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/";

	return text[0] && !text[strspn(text, PLAIN)];
}

/* Runs a script; arguments must be is_plain(). */
static int shell(char *why, size_t cap, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int shell(char *why, size_t cap, const char *fmt, ...)
{
	char script[4096];
	int status = -1;
	pid_t pid;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(script, sizeof(script), fmt, ap);
	va_end(ap);
	pid = fork();
	if (!pid) {
		execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
		_exit(127);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && !status)
		return 0;
	snprintf(why, cap, "a command has failed: %.200s", script);
	return -EIO;
}

/* A new namespace; we are back in ours afterwards. */
static int new_namespace(struct network *n)
{
	int fd = open_own(n);

	if (fd)
		return fd;
	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	/* Without a way back nothing of this process makes sense. */
	if (setns(n->own_fd, CLONE_NEWNET))
		abort();
	return fd;
}

static int check_name(struct network *n, const char *name, char *why,
		      size_t cap)
{
	if (is_plain(name) && strlen(name) < NETWORK_NAME &&
	    strcmp(name, "host") != 0 && !find(n, name))
		return 0;
	snprintf(why, cap, "no node can be called %s", name);
	return -EEXIST;
}

/* Takes fd, which may be a negative errno. */
static int add_node(struct network *n, const char *name, int fd, char *why,
		    size_t cap)
{
	struct network_node *node = calloc(1, sizeof(*node));

	if (fd < 0 || !node) {
		snprintf(why, cap, "no namespace: %s",
			 strerror(fd < 0 ? -fd : ENOMEM));
		if (fd >= 0)
			close(fd);
		free(node);
		return fd < 0 ? fd : -ENOMEM;
	}
	snprintf(node->name, sizeof(node->name), "%s", name);
	node->fd = fd;
	LIST_INSERT_HEAD(&n->nodes, node, entry);
	return 0;
}

int network_node(struct network *n, const char *name, char *why, size_t cap)
{
	char path[NETWORK_PATH];
	int rc = check_name(n, name, why, cap);

	if (!rc)
		rc = add_node(n, name, new_namespace(n), why, cap);
	if (rc)
		return rc;
	network_path(n, name, path, sizeof(path));
	return shell(why, cap,
		     "nsenter --net=%s sh -ec 'ip link set lo up; sysctl -qw "
		     "net.ipv4.conf.all.promote_secondaries=1'",
		     path);
}

int network_adopt(struct network *n, const char *name, const char *netns,
		  char *why, size_t cap)
{
	char path[256];
	int rc = check_name(n, name, why, cap);
	int fd;

	if (!rc)
		rc = open_own(n);
	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = strchr(netns, '/') ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	return add_node(n, name, fd < 0 ? -ENOENT : fd, why, cap);
}

/* One end of a link. */
static int end_up(const char *path, const char *interface, const char *address,
		  char *why, size_t cap)
{
	int rc = 0;

	if (address && !is_plain(address)) {
		snprintf(why, cap, "no address: %s", address);
		return -EINVAL;
	}
	if (address)
		rc = shell(why, cap, "nsenter --net=%s ip addr add %s dev %s%s",
			   path, address, interface,
			   strchr(address, ':') ? " nodad" : "");
	return rc ? rc :
		    shell(why, cap, "nsenter --net=%s ip link set dev %s up",
			  path, interface);
}

int network_link(struct network *n, const struct network_link *l, char *why,
		 size_t cap)
{
	char from[NETWORK_PATH], to[NETWORK_PATH];
	int rc = path_of(n, l->from, from, why, cap);

	if (!rc)
		rc = path_of(n, l->to, to, why, cap);
	if (!rc)
		rc = shell(why, cap,
			   "nsenter --net=%s ip link add name %s type veth "
			   "peer name %s netns %s",
			   from, l->to, l->from, to);
	if (!rc)
		rc = end_up(from, l->to, l->from_address, why, cap);
	if (!rc)
		rc = end_up(to, l->from, l->to_address, why, cap);
	return rc;
}

int network_route(struct network *n, const char *node, const char *to,
		  const char *via, char *why, size_t cap)
{
	char path[NETWORK_PATH];
	int rc = path_of(n, node, path, why, cap);

	if (!rc && (!is_plain(to) || !is_plain(via))) {
		snprintf(why, cap, "no route: %s via %s", to, via);
		return -EINVAL;
	}
	return rc ? rc :
		    shell(why, cap, "nsenter --net=%s ip route add %s via %s",
			  path, to, via);
}

int network_address(struct network *n, const char *node, const char *towards,
		    const char *address, char *why, size_t cap)
{
	char path[NETWORK_PATH], other[NETWORK_PATH];
	int rc = path_of(n, node, path, why, cap);

	if (!rc)
		rc = path_of(n, towards, other, why, cap);
	if (!rc && !is_plain(address)) {
		snprintf(why, cap, "no address: %s", address);
		rc = -EINVAL;
	}
	/* The new one first: routes by way of its neighbours stay. */
	return rc ? rc :
		    shell(why, cap,
			  "nsenter --net=%s sh -ec 'ip addr add %s dev %s; "
			  "ip -o -4 addr show dev %s | while read -r _ _ _ a "
			  "_; do test $a = %s || ip addr del $a dev %s; done'",
			  path, address, towards, towards, address, towards);
}

/* Nothing that did not begin inside comes in, and no SYN at all. */
static const char FILTER[] =
	"table inet firewall {\n"
	" chain forged {\n" /* by <inject> */
	"  type filter hook output priority -300;\n"
	"  meta mark %d notrack\n"
	" }\n"
	" chain every {\n"
	"  type filter hook prerouting priority -100;\n"
	"  ct state invalid drop\n"
	"  iifname \"%s\" tcp flags & (syn|ack) == syn drop\n"
	" }\n"
	" chain through {\n"
	"  type filter hook forward priority 0; policy drop;\n"
	"  ct state established,related accept\n"
	"  oifname \"%s\" accept\n"
	" }\n"
	"}\n";

static void put_rules(const struct network_firewall *f, char *text, size_t cap)
{
	size_t n = (size_t)snprintf(text, cap, "flush ruleset\n");

	n += (size_t)snprintf(text + n, cap - n, FILTER, NETWORK_MARK,
			      f->outside, f->outside);
	if (f->is_masquerading)
		snprintf(text + n, cap - n,
			 "table ip nat {\n chain out {\n"
			 "  type nat hook postrouting priority 100;\n"
			 "  oifname \"%s\" masquerade %s\n }\n}\n",
			 f->outside, f->has_random_ports ? "random" : "");
}

int network_firewall(struct network *n, const struct network_firewall *f,
		     char *why, size_t cap)
{
	char path[NETWORK_PATH], other[NETWORK_PATH], rules[1024];
	char half_open[80] = "";
	int rc = path_of(n, f->node, path, why, cap);

	if (!rc)
		rc = path_of(n, f->outside, other, why, cap);
	if (rc)
		return rc;
	put_rules(f, rules, sizeof(rules));
	if (f->half_open_s)
		snprintf(half_open, sizeof(half_open),
			 "net.netfilter.nf_conntrack_tcp_timeout_syn_sent=%u",
			 f->half_open_s);
	return shell(why, cap,
		     "nsenter --net=%s nft -f - <<'END'\n%sEND\n"
		     "nsenter --net=%s sysctl -qw net.ipv4.ip_forward=1 "
		     "net.netfilter.nf_conntrack_tcp_loose=0 %s",
		     path, rules, path, half_open);
}

int network_socket(struct network *n, const char *name, int family, int type,
		   int protocol)
{
	struct network_node *node = name ? find(n, name) : NULL;
	bool is_elsewhere = name && strcmp(name, "host") != 0;
	int fd;

	if (is_elsewhere && !node)
		return -ENOENT;
	if (is_elsewhere && setns(node->fd, CLONE_NEWNET))
		return -errno;
	fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		fd = -errno;
	if (is_elsewhere && setns(n->own_fd, CLONE_NEWNET))
		abort();
	return fd;
}
