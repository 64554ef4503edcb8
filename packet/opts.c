/* packet/opts.c - the options of a TCP header, read and written */
#include "packet/opts.h"

#include <string.h>

enum {
	KIND_EOL = 0,
	KIND_NOP = 1,
	KIND_MSS = 2,
	KIND_WS = 3,
	KIND_SACK = 4,
	KIND_TS = 8,
	KIND_MD5 = 19,
	KIND_AO = 29,
	KIND_MPTCP = 30,

	LEN_MSS = 4,
	LEN_WS = 3,
	LEN_SACK = 2,
	LEN_TS = 10,

	MPTCP_JOIN = 1, /* subtype, RFC 8684 3.2 */
	WS_MAX = 14,    /* RFC 7323 2.3 */
};

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
	return p + 4;
}

/* One option of len octets, kind and length included; len >= 2. */
static void read_one(const uint8_t *p, size_t len, struct pkt_opts *o)
{
	switch (p[0]) {
	case KIND_MSS:
		if (len != LEN_MSS)
			break;
		o->has_mss = true;
		o->mss = (uint16_t)(p[2] << 8 | p[3]);
		break;
	case KIND_WS:
		if (len != LEN_WS)
			break;
		o->has_ws = true;
		o->ws = p[2] > WS_MAX ? WS_MAX : p[2];
		break;
	case KIND_SACK:
		o->has_sack |= len == LEN_SACK;
		break;
	case KIND_TS:
		if (len != LEN_TS)
			break;
		o->has_ts = true;
		o->tsval = get32(p + 2);
		o->tsecr = get32(p + 6);
		break;
	case KIND_MD5:
	case KIND_AO:
		o->has_auth = true;
		break;
	case KIND_MPTCP:
		o->has_mp_join |= len > 2 && p[2] >> 4 == MPTCP_JOIN;
		break;
	}
}

void pkt_opts_read(const uint8_t *p, size_t n, struct pkt_opts *o)
{
	size_t len;

	memset(o, 0, sizeof(*o));
	for (; n > 0 && p[0] != KIND_EOL; p += len, n -= len) {
		len = 1;
		if (p[0] == KIND_NOP)
			continue;
		if (n < 2 || p[1] < 2 || p[1] > n)
			return;
		len = p[1];
		read_one(p, len, o);
	}
}

static uint8_t *pad(uint8_t *p, size_t n)
{
	memset(p, KIND_NOP, n);
	return p + n;
}

static uint8_t *write_ts(const struct pkt_opts *o, uint8_t *p)
{
	*p++ = KIND_TS;
	*p++ = LEN_TS;
	p = put32(p, o->tsval);
	return put32(p, o->tsecr);
}

size_t pkt_opts_write(const struct pkt_opts *o, uint8_t *start)
{
	uint8_t *p = start;

	if (o->has_mss)
		p = put32(p, (uint32_t)KIND_MSS << 24 | LEN_MSS << 16 | o->mss);
	/* SACK and TS fill three words together; alone each needs two NOPs */
	if (o->has_sack != o->has_ts)
		p = pad(p, 2);
	if (o->has_sack) {
		*p++ = KIND_SACK;
		*p++ = LEN_SACK;
	}
	if (o->has_ts)
		p = write_ts(o, p);
	if (o->has_ws)
		p = put32(p, (uint32_t)KIND_NOP << 24 | KIND_WS << 16 |
				     LEN_WS << 8 | o->ws);
	return (size_t)(p - start);
}
