/* test/support/rdv_seq.c - see rdv_seq.h */
#include "test/support/rdv_seq.h"

enum { ONE_OF_THREE = 3, REARM = 0x80, UNIT = 16 };

/* 0: commit, 2: policy of time stamps, 4: fast-fail, 5: resets, 6: relay */
void rdv_seq_head_put(const struct rdv_seq_head *h, uint8_t p[RDV_SEQ_HEAD])
{
	p[0] = (uint8_t)(h->commit | h->ts_policy << 2 | h->fast_fail << 4 |
			 h->release_rst << 5 | h->leg[0].is_relay << 6 |
			 h->leg[1].is_relay << 7);
	p[1] = rdv_seq_leg_put(&h->leg[0], false);
	p[2] = rdv_seq_leg_put(&h->leg[1], false);
}

void rdv_seq_head_get(const uint8_t p[RDV_SEQ_HEAD], struct rdv_seq_head *h)
{
	h->commit = (p[0] & 3) % ONE_OF_THREE;
	h->ts_policy = p[0] >> 2 & 3;
	h->fast_fail = p[0] >> 4 & 1;
	h->release_rst = p[0] >> 5 & 1;
	(void)rdv_seq_leg_get(p[1], &h->leg[0]);
	(void)rdv_seq_leg_get(p[2], &h->leg[1]);
	h->leg[0].is_relay = p[0] >> 6 & 1;
	/* Two servers never meet: the gateway refuses it (decision 18). */
	h->leg[1].is_relay = p[0] >> 7 & 1 && !h->leg[0].is_relay;
}

uint8_t rdv_seq_leg_put(const struct rdv_seq_leg *l, bool is_rearmed)
{
	return (uint8_t)(l->mode | l->filter << 2 | (is_rearmed ? REARM : 0));
}

bool rdv_seq_leg_get(uint8_t octet, struct rdv_seq_leg *l)
{
	l->mode = octet & 3;
	l->filter = (octet >> 2 & 3) % ONE_OF_THREE;
	return octet & REARM;
}

uint8_t rdv_seq_time_put(uint64_t ms)
{
	unsigned int shift = 0;

	while (ms >> shift > UNIT && shift < UNIT - 1)
		shift++;
	ms >>= shift;
	if (ms > UNIT)
		ms = UNIT;
	return (uint8_t)(shift << 4 | (ms ? ms - 1 : 0));
}

uint64_t rdv_seq_time_get(uint8_t octet)
{
	return ((uint64_t)(octet & 15) + 1) << (octet >> 4);
}
