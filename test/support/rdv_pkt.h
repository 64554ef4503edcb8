/*
 * test/support/rdv_pkt.h - whole packets for tests, checksums done naively
 *
 * Nothing here uses the checksum code of packet/, so that the two can be held
 * against each other.
 */
#pragma once

#include "packet/seg.h"

enum { RDV_PKT_MAX = 9216 };

struct rdv_pkt {
	uint8_t octet[RDV_PKT_MAX];
	size_t n;
};

/* "4500 003c ..." into octets; blanks are skipped. */
void rdv_pkt_hex(struct rdv_pkt *p, const char *hex);
/* An IPv4 packet: 20 octets of IP, 20 of TCP, n_opts raw octets of options
 * (a multiple of 4), n octets of payload. */
void rdv_pkt_ipv4(struct rdv_pkt *p, const struct pkt_tx *tx,
		  const uint8_t *opts, size_t n_opts, const void *payload,
		  size_t n);
/* Write both checksums of an IPv4 packet anew, whatever its IHL. */
void rdv_pkt_finish(struct rdv_pkt *p);
/* Full TCP checksum over an IPv4 packet, as the field should be. */
uint16_t rdv_pkt_tcp_csum(const struct rdv_pkt *p);
uint16_t rdv_pkt_get16(const struct rdv_pkt *p, size_t off);

/* Ones'-complement sum of n octets, below 0xffff. */
uint32_t rdv_pkt_sum(const uint8_t *p, size_t n);
/* Either family, with payload octets of payload; returns octets at p. */
size_t rdv_pkt_whole(uint8_t *p, const struct pkt_tx *tx, size_t payload);

/* "192.0.2.1" mapped, or "2001:db8::1". */
struct in6_addr rdv_addr(const char *text);
