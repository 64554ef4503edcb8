/*
 * packet/icmp_map.c - ICMP types and codes of one family in the other
 *
 * RFC 7915, 4.2 and 5.2, as tables.  Within a family all stays as it is, but
 * for the length of RFC 4884: what it counts does not pass.
 */
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "packet/icmp.h"

enum { GROWTH = 20, ANY = 255, NONE = 255 };

/* One error in both families; 255 as a code: any, the same. */
struct pair {
	uint8_t type, code;
	uint8_t to_type, to_code;
};

static const struct pair to_v6[] = {
	{ ICMP_DEST_UNREACH, 0, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 1, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 2, ICMP6_PARAM_PROB, 1 },
	{ ICMP_DEST_UNREACH, 3, ICMP6_DST_UNREACH, 4 },
	{ ICMP_DEST_UNREACH, 4, ICMP6_PACKET_TOO_BIG, 0 },
	{ ICMP_DEST_UNREACH, 5, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 6, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 7, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 8, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 9, ICMP6_DST_UNREACH, 1 },
	{ ICMP_DEST_UNREACH, 10, ICMP6_DST_UNREACH, 1 },
	{ ICMP_DEST_UNREACH, 11, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 12, ICMP6_DST_UNREACH, 0 },
	{ ICMP_DEST_UNREACH, 13, ICMP6_DST_UNREACH, 1 },
	{ ICMP_DEST_UNREACH, 15, ICMP6_DST_UNREACH, 1 },
	{ ICMP_TIME_EXCEEDED, ANY, ICMP6_TIME_EXCEEDED, ANY },
	{ ICMP_PARAMETERPROB, 0, ICMP6_PARAM_PROB, 0 },
	{ ICMP_PARAMETERPROB, 2, ICMP6_PARAM_PROB, 0 },
};

static const struct pair to_v4[] = {
	{ ICMP6_DST_UNREACH, 0, ICMP_DEST_UNREACH, 1 },
	{ ICMP6_DST_UNREACH, 1, ICMP_DEST_UNREACH, 10 },
	{ ICMP6_DST_UNREACH, 2, ICMP_DEST_UNREACH, 1 },
	{ ICMP6_DST_UNREACH, 3, ICMP_DEST_UNREACH, 1 },
	{ ICMP6_DST_UNREACH, 4, ICMP_DEST_UNREACH, 3 },
	{ ICMP6_PACKET_TOO_BIG, ANY, ICMP_DEST_UNREACH, 4 },
	{ ICMP6_TIME_EXCEEDED, ANY, ICMP_TIME_EXCEEDED, ANY },
	{ ICMP6_PARAM_PROB, 0, ICMP_PARAMETERPROB, 0 },
	{ ICMP6_PARAM_PROB, 1, ICMP_DEST_UNREACH, 2 },
};

/* Pointers from first to last are one. */
struct pointer {
	uint8_t first, last, to;
};

static const struct pointer pointer6[] = {
	{ 0, 0, 0 }, { 1, 1, 1 },   { 2, 3, 4 },    { 8, 8, 7 },
	{ 9, 9, 6 }, { 12, 15, 8 }, { 16, 19, 24 },
};

static const struct pointer pointer4[] = {
	{ 0, 0, 0 }, { 1, 1, 1 },   { 4, 5, 2 },    { 6, 6, 9 },
	{ 7, 7, 8 }, { 8, 23, 12 }, { 24, 39, 16 },
};

static bool map_type(const struct pair *t, size_t n, const struct pkt_icmp *m,
		     uint8_t head[8])
{
	for (; n; n--, t++) {
		if (t->type != m->type ||
		    (t->code != ANY && t->code != m->code))
			continue;
		head[0] = t->to_type;
		head[1] = t->to_code == ANY ? m->code : t->to_code;
		return true;
	}
	return false;
}

static uint8_t map_pointer(const struct pointer *t, size_t n, uint8_t from)
{
	for (; n; n--, t++)
		if (from >= t->first && from <= t->last)
			return t->to;
	return NONE;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Section 7: what the sender's packets may have, seen from its family. */
static uint32_t map_mtu(const struct pkt_icmp *m, bool is_to_v6,
			const struct pkt_mtus *w)
{
	uint32_t mtu = m->mtu;

	if (w->from)
		mtu = least(mtu, w->from);
	if (is_to_v6)
		mtu += GROWTH;
	else
		mtu -= GROWTH;
	if (w->to)
		mtu = least(mtu, w->to);
	if (is_to_v6 && mtu < PKT_MTU_MIN6)
		mtu = PKT_MTU_MIN6;
	return mtu;
}

static void put_mtu(uint8_t head[8], uint32_t mtu, bool is_v6)
{
	if (!is_v6)
		mtu = least(mtu, UINT16_MAX);
	head[4] = is_v6 ? (uint8_t)(mtu >> 24) : 0;
	head[5] = is_v6 ? (uint8_t)(mtu >> 16) : 0;
	head[6] = (uint8_t)(mtu >> 8);
	head[7] = (uint8_t)mtu;
}

static void put_pointer(uint8_t head[8], uint8_t pointer, bool is_v6)
{
	head[is_v6 ? 7 : 4] = pointer;
}

static bool has_pointer(const uint8_t head[8], bool is_v6)
{
	return head[0] == (is_v6 ? ICMP6_PARAM_PROB : ICMP_PARAMETERPROB);
}

static bool keep(const struct pkt_icmp *m, uint8_t head[8])
{
	bool is_v6 = m->family == AF_INET6;

	head[0] = m->type;
	head[1] = m->code;
	if (m->is_too_big)
		put_mtu(head, m->mtu, is_v6);
	else if (has_pointer(head, is_v6))
		put_pointer(head, m->pointer, is_v6);
	return true;
}

#define N(table) (sizeof(table) / sizeof((table)[0]))

bool pkt_icmp_map(const struct pkt_icmp *m, bool is_to_v6,
		  const struct pkt_mtus *mtus, uint8_t head[8])
{
	uint8_t pointer;

	memset(head, 0, 8);
	if (is_to_v6 == (m->family == AF_INET6))
		return keep(m, head);
	if (!(is_to_v6 ? map_type(to_v6, N(to_v6), m, head) :
			 map_type(to_v4, N(to_v4), m, head)))
		return false;
	if (m->is_too_big) {
		put_mtu(head, map_mtu(m, is_to_v6, mtus), is_to_v6);
		return true;
	}
	if (!has_pointer(head, is_to_v6))
		return true;
	/* a protocol that is not known: IPv6 points at it */
	if (m->type == ICMP_DEST_UNREACH && is_to_v6)
		pointer = 6;
	else
		pointer =
			is_to_v6 ?
				map_pointer(pointer6, N(pointer6), m->pointer) :
				map_pointer(pointer4, N(pointer4), m->pointer);
	put_pointer(head, pointer, is_to_v6);
	return pointer != NONE;
}
