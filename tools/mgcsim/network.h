/*
 * mgcsim/network.h - namespaces that a scenario makes: nodes, links, firewalls
 *
 * A node is a network namespace without a name, held open by this process: it
 * is gone when the process is, however that ends.  Others reach it as
 * /proc/PID/fd/N, for nsenter --net.  Needs CAP_SYS_ADMIN, ip, nft.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

enum {
	NETWORK_NAME = 12,
	NETWORK_PATH = 64,
	NETWORK_MARK = 0x66, /* of what firewalls leave alone: <inject> */
};

struct network_node;

struct network {
	LIST_HEAD(, network_node) nodes;
	int own_fd; /* our namespace; -1: not opened yet */
};

struct network_link {
	/* "host" is our own namespace.  An interface has the name of the node
	 * that it leads to. */
	const char *from, *to;
	const char *from_address, *to_address; /* "10.1.0.2/24", or NULL */
};

struct network_firewall {
	const char *node, *outside; /* the node behind it */
	bool is_masquerading, has_random_ports;
	unsigned int half_open_s; /* life of a mapping after a SYN; 0: as it is */
};

void network_init(struct network *n);
void network_fini(struct network *n);

/* All return 0, or a negative errno with `why` (cap octets): -EPERM, -EEXIST,
 * -ENOENT no such node, -EIO a command has failed and says so on stderr. */
int network_node(struct network *n, const char *name, char *why, size_t cap);
/* One that is there already: /run/netns/NETNS, as of ip-netns(8). */
int network_adopt(struct network *n, const char *name, const char *netns,
		  char *why, size_t cap);
int network_link(struct network *n, const struct network_link *l, char *why,
		 size_t cap);
int network_route(struct network *n, const char *node, const char *to,
		  const char *via, char *why, size_t cap);
/* The addresses of an interface are this one alone from now on. */
int network_address(struct network *n, const char *node, const char *towards,
		    const char *address, char *why, size_t cap);
int network_firewall(struct network *n, const struct network_firewall *f,
		     char *why, size_t cap);

/* "/proc/PID/fd/N"; -ENOENT. */
int network_path(struct network *n, const char *node, char *path, size_t cap);
/* A socket, not blocking, in a node (NULL: ours).  A negative errno. */
int network_socket(struct network *n, const char *node, int family, int type,
		   int protocol);
