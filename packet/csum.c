/* packet/csum.c - the Internet checksum over memory */
#include "packet/csum.h"

uint32_t pkt_sum(const uint8_t *p, size_t n, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if (i < n)
		sum += (uint32_t)p[i] << 8;
	return sum;
}

uint16_t pkt_sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

uint32_t pkt_sum_pseudo(uint8_t family, const struct in6_addr *src,
			const struct in6_addr *dst, size_t n)
{
	size_t from = family == AF_INET ? 12 : 0;
	uint32_t sum = IPPROTO_TCP + (uint32_t)(n & 0xffff) + (n >> 16);

	sum = pkt_sum(&src->s6_addr[from], 16 - from, sum);
	return pkt_sum(&dst->s6_addr[from], 16 - from, sum);
}
