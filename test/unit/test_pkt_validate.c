/*
 * test/unit/test_pkt_validate.c - rules V1 and V2, number by number
 *
 * rendezvous.md 8: what may pass, at both edges of each rule and across the
 * wrap of sequence space.
 */
#include "packet/validate.h"

#include <string.h>

#include "test/support/suite.h"

/* A sent up to 10 000 beyond base and may send up to 60 000; it has
 * acknowledged all 5 000 of B, whose largest window was 50 000. */
static void pair(struct pkt_entry *a, struct pkt_entry *b, uint32_t base)
{
	memset(a, 0, sizeof(*a));
	memset(b, 0, sizeof(*b));
	a->snd_end = base + 10000;
	a->max_end = base + 60000;
	a->max_win = 20000;
	a->last_ack = base + 5000;
	b->snd_end = base + 5000;
	b->max_end = base + 25000;
	b->max_win = 50000;
	b->last_ack = base + 10000;
}

static const uint32_t bases[] = { 0,          100000,     0x7fffff00,
				  0xffffff00, 0xffff0000, 0xfffec780 };

static const struct {
	const char *name;
	int32_t seq, ack; /* from base */
	uint32_t payload;
	enum pkt_drop want;
	bool is_current;
} segments[] = {
	{ "next in order", 10000, 5000, 1000, PKT_DROP_NONE, true },
	{ "bare ACK", 10000, 5000, 0, PKT_DROP_NONE, true },
	{ "I at the edge", 60000, 5000, 1, PKT_DROP_NONE, true },
	{ "I within the slack", 60001, 5000, 49999, PKT_DROP_NONE, true },
	{ "I beyond the slack", 60001, 5000, 50000, PKT_DROP_WINDOW, false },
	{ "I starts in, ends beyond", 60000, 5000, 65000, PKT_DROP_NONE, true },
	{ "A6 far beyond", 100010000, 5000, 100, PKT_DROP_WINDOW, false },
	{ "II at the edge", -41000, 5000, 1000, PKT_DROP_NONE, true },
	{ "II older than one window", -41001, 5000, 1000, PKT_DROP_NONE,
	  false },
	{ "III at the edge", 10000, 5000, 0, PKT_DROP_NONE, true },
	{ "A7 III one too far", 10000, 5001, 0, PKT_DROP_ACK_UNSENT, false },
	{ "IV at the edge", 10000, 5000 - 66000, 0, PKT_DROP_NONE, true },
	{ "IV from long ago", 10000, 5000 - 66001, 0, PKT_DROP_NONE, false },
};

static void window(void)
{
	struct pkt_entry a, b;
	bool is_current;
	size_t i, j;

	for (j = 0; j < sizeof(bases) / sizeof(bases[0]); j++)
		for (i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
			struct pkt_seg s = {
				.flags = PKT_ACK,
				.seq = bases[j] + (uint32_t)segments[i].seq,
				.ack = bases[j] + (uint32_t)segments[i].ack,
				.payload_octets = segments[i].payload,
			};
			enum pkt_drop d;

			pair(&a, &b, bases[j]);
			d = pkt_window_check(&a, &b, &s, &is_current);
			if (d != segments[i].want ||
			    (d == PKT_DROP_NONE &&
			     is_current != segments[i].is_current))
				CU_FAIL(segments[i].name);
		}
	CU_PASS("all segments");
}

/* Slack IV grows with the largest window of the sender. */
static void late_ack_of_a_large_window(void)
{
	struct pkt_entry a, b;
	struct pkt_seg s = { .flags = PKT_ACK, .seq = 10000 };
	bool is_current;

	pair(&a, &b, 0);
	a.max_win = 62500;
	a.wscale = 4;
	s.ack = 5000u - 1000000u;
	CU_ASSERT_EQUAL(pkt_window_check(&a, &b, &s, &is_current),
			PKT_DROP_NONE);
	CU_ASSERT(is_current);
	s.ack--;
	CU_ASSERT_EQUAL(pkt_window_check(&a, &b, &s, &is_current),
			PKT_DROP_NONE);
	CU_ASSERT(!is_current);
}

static void liberal(void)
{
	struct pkt_entry a, b;
	struct pkt_seg s = { .flags = PKT_ACK,
			     .seq = 100000000,
			     .ack = 100000000 };
	bool is_current;

	pair(&a, &b, 0);
	a.flags = PKT_ENTRY_LIBERAL;
	CU_ASSERT_EQUAL(pkt_window_check(&a, &b, &s, &is_current),
			PKT_DROP_NONE);
}

static void x6_super_segment(void)
{
	struct pkt_entry a, b;
	struct pkt_seg s = { .flags = PKT_ACK,
			     .is_gso = true,
			     .seq = 60001,
			     .ack = 5000,
			     .payload_octets = 64000 };
	bool is_current;

	pair(&a, &b, 0);
	CU_ASSERT_EQUAL(pkt_window_check(&a, &b, &s, &is_current),
			PKT_DROP_WINDOW);
	s.seq = 10000;
	CU_ASSERT_EQUAL(pkt_window_check(&a, &b, &s, &is_current),
			PKT_DROP_NONE);
	pkt_window_learn(&a, &b, &s);
	CU_ASSERT_EQUAL(a.snd_end, 74000);
}

static void learn(void)
{
	struct pkt_entry a, b;
	struct pkt_seg s = { .flags = PKT_ACK | PKT_FIN,
			     .seq = 10000,
			     .ack = 4000,
			     .window = 300,
			     .payload_octets = 500 };

	pair(&a, &b, 0);
	a.wscale = 7;
	a.max_win = 0;
	pkt_window_learn(&a, &b, &s);
	CU_ASSERT_EQUAL(a.snd_end, 10501); /* payload and FIN */
	CU_ASSERT_EQUAL(a.last_ack, 5000); /* never back */
	CU_ASSERT_EQUAL(b.max_end, 4000 + (300 << 7));
	CU_ASSERT_EQUAL(a.max_win, 300);

	s.ack = 5000;
	s.seq = 9000;
	s.window = 0;
	s.flags = PKT_ACK;
	pkt_window_learn(&a, &b, &s);
	CU_ASSERT_EQUAL(a.snd_end, 10501);
	CU_ASSERT_EQUAL(b.max_end, 4000 + (300 << 7)); /* granted is granted */
}

static const struct {
	const char *name;
	int32_t seq;
	enum pkt_rst want;
} rsts[] = {
	{ "what the receiver expects", 8000, PKT_RST_EXACT },
	{ "C7 the end of a train", 10000, PKT_RST_EXACT },
	{ "C5 just after", 8001, PKT_RST_NEAR },
	{ "C5 end of the window", 60000, PKT_RST_NEAR },
	{ "C6 behind the window", 60001, PKT_RST_FAR },
	{ "C6 just before", 7999, PKT_RST_FAR },
	{ "C6 half a space away", INT32_MIN, PKT_RST_FAR },
};

static void rst(void)
{
	struct pkt_entry a, b;
	size_t i, j;

	for (j = 0; j < sizeof(bases) / sizeof(bases[0]); j++) {
		pair(&a, &b, bases[j]);
		b.last_ack = bases[j] + 8000;
		for (i = 0; i < sizeof(rsts) / sizeof(rsts[0]); i++)
			if (pkt_rst_check(&a, &b,
					  bases[j] + (uint32_t)rsts[i].seq) !=
			    rsts[i].want)
				CU_FAIL(rsts[i].name);
	}
	CU_PASS("all RSTs");
}

/* Of the 32 sets of the five flags that count, nine are real. */
static void flags(void)
{
	static const uint8_t good[] = {
		PKT_SYN, PKT_SYN | PKT_URG,           PKT_SYN | PKT_ACK,
		PKT_RST, PKT_RST | PKT_ACK,           PKT_FIN | PKT_ACK,
		PKT_ACK, PKT_FIN | PKT_ACK | PKT_URG, PKT_ACK | PKT_URG,
	};
	unsigned int f, n = 0;
	size_t i;

	for (f = 0; f < 256; f++)
		n += pkt_flags_ok((uint8_t)f);
	CU_ASSERT_EQUAL(n, sizeof(good) * 8); /* PSH, ECE, CWR are free */
	for (i = 0; i < sizeof(good); i++)
		CU_ASSERT(pkt_flags_ok(good[i]));
}

static const struct suite_test tests[] = {
	{ "A6 A7 A8 rules I to IV at both edges", window },
	{ "IV the slack grows with the window", late_ack_of_a_large_window },
	{ "V1 only, when the scale is not known", liberal },
	{ "X6 the full length of a super-segment", x6_super_segment },
	{ "what is learnt, and what never goes back", learn },
	{ "C5 C6 C7 RST numbers", rst },
	{ "A2 sets of flags", flags },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/validate", tests);
}
