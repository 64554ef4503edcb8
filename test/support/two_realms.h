/*
 * test/support/two_realms.h - what the benchmarks of the engine have in common
 *
 * Realm a with the media addresses 198.18/16 and clients in 10/8, realm b with
 * 198.19/16 (RFC 2544) and clients in 11/8; as few addresses of either as the
 * sessions take, and all ports from 1024 on.
 */
#pragma once

#include "packet/engine.h"

enum {
	TWO_PORT_MIN = 1024,
	TWO_PORT_MAX = 65535,
	TWO_PORTS = TWO_PORT_MAX - TWO_PORT_MIN + 1, /* of an address */
};

/* Mapped; a in host order. */
struct in6_addr two_realms_ipv4(uint32_t a);
/* The n-th media address, and the n-th client, of realm i. */
struct in6_addr two_realms_local(unsigned int i, uint32_t n);
struct in6_addr two_realms_client(unsigned int i, uint32_t n);
/* How many media addresses of a realm the sessions take, a power of two. */
uint32_t two_realms_addrs(uint32_t n_sessions);

/* cfg: realms for so many sessions, one worker, nothing of the host. */
void two_realms_init(struct pkt_engine_cfg *cfg, uint32_t n_sessions);
/* Then: in the gateway's namespace of test/bench/lab.py, which it sets up;
 * enum pkt_fastpath, on both media interfaces. */
void two_realms_own_host(struct pkt_engine_cfg *cfg, uint8_t fastpath);
