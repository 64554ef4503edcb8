/*
 * conf/conf_realm.h - a network with media addresses
 *
 * Part of conf/conf.h.
 */
#pragma once

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	CONF_MAX_IFACES = 8,
	CONF_MAX_POOLS = 8,
	CONF_NAME = 64,
};

struct conf_prefix {
	int family;           /* AF_INET, AF_INET6 */
	struct in6_addr addr; /* IPv4 in the mapped form */
	uint8_t len;          /* in bits of its own family */
};

/* What a gateway or a realm may hold, beside contexts; a reserve is the last
 * part of a limit, for calls that go first.  0: no limit, no reserve. */
struct conf_limits {
	uint32_t reserve_contexts;
	uint32_t bandwidth_kbps, reserve_kbps; /* kbit/s, each way */
};

/* How the kernel helps on a media interface; in the order of their words. */
enum conf_fastpath {
	CONF_FASTPATH_AUTO,
	CONF_FASTPATH_TC,
	CONF_FASTPATH_XDP,
	CONF_FASTPATH_OFF
};

struct conf_media {
	char name[IFNAMSIZ];
	enum conf_fastpath fastpath;
};

/* <realm name=.. tun=.. table=.. mtu=..>: see packet/engine.h. */
struct conf_realm {
	char name[CONF_NAME];
	char tun[IFNAMSIZ];
	uint32_t table; /* 254: main */
	uint16_t mtu;
	struct conf_media media[CONF_MAX_IFACES];
	unsigned int n_ifaces;
	struct conf_prefix pool[CONF_MAX_POOLS];
	unsigned int n_pools;
	uint16_t port_min, port_max;
	uint32_t quarantine_s;
	bool is_default; /* when no ipdc/realm is given */
	/* TerminationIDs "ip/<group>/<interface>/<n>" select a realm by this
	 * interface name; empty: the name up to the first dot. */
	char interface[CONF_NAME];
	uint32_t max_contexts; /* 0: as many as the gateway has */
	struct conf_limits limits;
	int line;
};
