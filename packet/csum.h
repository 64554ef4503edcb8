/*
 * packet/csum.h - the Internet checksum over memory (RFC 1071)
 *
 * Sums are kept in host order over big-endian words.  Differences for
 * segments that pass through are in translate.h.
 */
#pragma once

#include "packet/types.h"

/* Sum n octets onto sum; an odd last octet counts as the high half of a word.
 * At most 64 KiB between two folds. */
uint32_t pkt_sum(const uint8_t *p, size_t n, uint32_t sum);
/* Fold to 16 bits, not complemented. */
uint16_t pkt_sum_fold(uint32_t sum);

/* Un-complemented sum of the pseudo-header of a TCP segment of n octets;
 * family AF_INET or AF_INET6. */
uint32_t pkt_sum_pseudo(uint8_t family, const struct in6_addr *src,
			const struct in6_addr *dst, size_t n);
