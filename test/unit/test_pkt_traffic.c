/*
 * test/unit/test_pkt_traffic.c - policing and the watch for silence
 *
 * Packets and time in, verdicts out; then both inside a session.  H.248.53
 * (tman), H.248.40 (adid); reference 5.9 and 5.11.
 */
#include "packet/traffic.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "packet/police_pool.h"
#include "test/support/rdv_script.h"
#include "test/support/suite.h"

/* One packet: when, how long, does it pass. */
struct step {
	uint64_t at_ms;
	uint32_t octets;
	bool passes;
};

static const struct police_case {
	const char *name;
	struct pkt_traffic_cfg cfg;
	struct step step[8]; /* until octets 0 */
} polices[] = {
	{ "not policed",
	  { .sdr = 1, .mbs = 1 },
	  { { 0, 60000, 1 }, { 0, 60000, 1 } } },
	{ "mbs at once, then sdr",
	  { .is_policed = true, .sdr = 1000, .mbs = 3000 },
	  { { 0, 1500, 1 },
	    { 0, 1500, 1 },
	    { 0, 1, 1 },
	    { 0, 1, 0 },
	    { 1, 1000, 1 },
	    { 999, 1, 0 },
	    { 1001, 1, 1 } } },
	{ "a bucket never holds more than mbs",
	  { .is_policed = true, .sdr = 1000, .mbs = 1000 },
	  { { 0, 1000, 1 },
	    { 3600000, 1001, 1 },
	    { 3600000, 1, 0 },
	    { 3600001, 1, 1 } } },
	{ "a packet larger than mbs passes and is paid for",
	  { .is_policed = true, .sdr = 1000, .mbs = 100 },
	  { { 0, 1500, 1 },
	    { 1399, 1500, 0 },
	    { 1400, 1500, 1 },
	    { 2899, 1, 0 },
	    { 2900, 1, 1 } } },
	{ "mbs 0: one packet at a time",
	  { .is_policed = true, .sdr = 1000 },
	  { { 0, 500, 1 }, { 499, 500, 0 }, { 500, 500, 1 } } },
	{ "pdr without tolerance spaces packets",
	  { .is_policed = true, .sdr = 1000, .mbs = 100000, .pdr = 10000 },
	  { { 0, 1000, 1 }, { 99, 1000, 0 }, { 100, 1000, 1 }, { 199, 1, 0 } } },
	{ "dvt lets packets come early",
	  { .is_policed = true,
	    .sdr = 1000,
	    .mbs = 100000,
	    .pdr = 10000,
	    .dvt_us = 100000 },
	  { { 0, 1000, 1 },
	    { 0, 1000, 1 },
	    { 99, 1000, 0 },
	    { 100, 1000, 1 } } },
	{ "largest numbers do not overflow",
	  { .is_policed = true,
	    .sdr = UINT32_MAX,
	    .mbs = UINT32_MAX,
	    .pdr = UINT32_MAX,
	    .dvt_us = UINT32_MAX },
	  { { 0, 65000, 1 },
	    { UINT32_MAX, 65000, 1 },
	    { UINT32_MAX, 65000, 1 } } },
};

static void police_table(void)
{
	for (size_t i = 0; i < sizeof(polices) / sizeof(polices[0]); i++) {
		const struct police_case *c = &polices[i];
		struct pkt_traffic t = { .is_told = false };

		pkt_traffic_set(&t, &c->cfg, 5000000);
		for (const struct step *s = c->step; s->octets; s++) {
			uint64_t now = 5000000 + s->at_ms * 1000;
			bool ok = pkt_traffic_ok(&t, PKT_DIR_IN, now);

			if (ok != s->passes)
				fprintf(stderr, "%s: step %d\n", c->name,
					(int)(s - c->step));
			CU_ASSERT_EQUAL(ok, s->passes);
			if (ok)
				pkt_traffic_charge(&t, PKT_DIR_IN, s->octets,
						   now);
		}
	}
}

/* One way does not pay for the other; the same numbers again keep the debt,
 * other numbers forgive it. */
static void ways_and_changes(void)
{
	struct pkt_traffic_cfg cfg = { .is_policed = true,
				       .sdr = 1000,
				       .mbs = 1000 };
	struct pkt_traffic t = { .is_told = false };

	pkt_traffic_set(&t, &cfg, 0);
	pkt_traffic_charge(&t, PKT_DIR_IN, 2000, 0);
	CU_ASSERT_FALSE(pkt_traffic_ok(&t, PKT_DIR_IN, 0));
	CU_ASSERT_TRUE(pkt_traffic_ok(&t, PKT_DIR_OUT, 0));
	pkt_traffic_set(&t, &cfg, 0);
	CU_ASSERT_FALSE(pkt_traffic_ok(&t, PKT_DIR_IN, 0));
	cfg.mbs = 1001;
	pkt_traffic_set(&t, &cfg, 0);
	CU_ASSERT_TRUE(pkt_traffic_ok(&t, PKT_DIR_IN, 0));
}

/* Headers of every packet on the wire. */
static void wire_octets(void)
{
	static const struct {
		uint32_t payload, gso, octets;
	} c[] = { { 0, 0, 52 },
		  { 1000, 0, 1052 },
		  { 1000, 1448, 1052 },
		  { 2896, 1448, 3000 },
		  { 2897, 1448, 3053 } };
	struct pkt_seg seg = { .payload_off = 52 };

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		seg.payload_octets = c[i].payload;
		seg.gso_octets = (uint16_t)c[i].gso;
		CU_ASSERT_EQUAL(pkt_traffic_octets(&seg), c[i].octets);
	}
}

enum { PAYERS = 4, PAYMENTS = 400000 };

static struct pkt_police purse;

static void *pay_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < PAYMENTS; i++)
		pkt_police_charge(&purse, PKT_DIR_IN, 10, 0);
	return NULL;
}

/* The worker and programs on several processors: nothing is forgotten. */
static void paid_at_once(void)
{
	const uint64_t second = UINT64_C(1000000000) * PKT_TICKS_NS;
	pthread_t payer[PAYERS];

	purse = (struct pkt_police) { .rate = { 1000, 0 } };
	for (int i = 0; i < PAYERS; i++)
		pthread_create(&payer[i], NULL, pay_often, NULL);
	for (int i = 0; i < PAYERS; i++)
		pthread_join(payer[i], NULL);
	CU_ASSERT_EQUAL(purse.full_at[PKT_DIR_IN][PKT_SUSTAINED],
			PAYERS * PAYMENTS / 100 * second);
	CU_ASSERT_EQUAL(purse.full_at[PKT_DIR_IN][PKT_PEAK], 0);
	CU_ASSERT_EQUAL(purse.full_at[PKT_DIR_OUT][PKT_SUSTAINED], 0);
}

/* Buckets that the kernel sees as well are handed out by number. */
static void numbers_of_buckets(void)
{
	static struct pkt_police record[70];
	struct pkt_police_pool pool = { .n = 0 };

	CU_ASSERT_EQUAL(pkt_police_pool_init(&pool, record, 70), 0);
	for (uint32_t i = 1; i <= 70; i++)
		CU_ASSERT_EQUAL(pkt_police_pool_take(&pool), i);
	CU_ASSERT_EQUAL(pkt_police_pool_take(&pool), 0);
	CU_ASSERT_EQUAL(pkt_police_pool_take(&pool), 0);
	pkt_police_pool_give(&pool, 69);
	pkt_police_pool_give(&pool, 3);
	pkt_police_pool_give(&pool, 0);
	CU_ASSERT_EQUAL(pkt_police_pool_take(&pool), 3);
	CU_ASSERT_EQUAL(pkt_police_pool_take(&pool), 69);
	CU_ASSERT_EQUAL(pkt_police_pool_take(&pool), 0);
	pkt_police_pool_free(&pool);
}

/* ---- in a session ---- */

static struct pkt_traffic traffic[PKT_LEGS];

static void begin_policed(unsigned int leg)
{
	static const struct pkt_traffic_cfg cfg = { .is_policed = true,
						    .sdr = 1000,
						    .mbs = 1000 };

	rdv_begin_open();
	memset(traffic, 0, sizeof(traffic));
	pkt_traffic_set(&traffic[leg], &cfg, rdv.now_us);
	rdv.r.traffic[leg] = &traffic[leg];
}

/* What is dropped taught the entry nothing, counts as a drop, and not as an
 * octet; its retransmission passes when the debt is paid. */
static void policed_in(void)
{
	begin_policed(A);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1400);
	FORWARDED(B, PKT_ACK, A1, B1);
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1400, .ack = B1, .payload = 1400);
	DROPPED(POLICED);
	NOTHING();
	OK(rdv.entry[A].snd_end == A1 + 1400);
	OK(rdv.entry[A].rx_octets == 1400 && rdv.entry[A].rx_packets >= 1);
	OK(rdv.entry[A].drops == 1);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1 + 1400, .payload = 900);
	FORWARDED(A, PKT_ACK, B1, A1 + 1400);
	AT(500);
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1400, .ack = B1, .payload = 1400);
	FORWARDED(B, PKT_ACK, A1 + 1400, B1);
}

/* The same limit at the other end of the way. */
static void policed_out(void)
{
	begin_policed(B);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1400);
	FORWARDED(B, PKT_ACK, A1, B1);
	SEND(A, .flags = PKT_ACK, .seq = A1 + 1400, .ack = B1, .payload = 1400);
	DROPPED(POLICED);
	SEND(B, .flags = PKT_ACK, .seq = B1, .ack = A1 + 1400, .payload = 900);
	FORWARDED(A, PKT_ACK, B1, A1 + 1400);
	NOTHING();
}

static void policed_rst(void)
{
	begin_policed(A);
	SEND(A, .flags = PKT_ACK, .seq = A1, .ack = B1, .payload = 1400);
	SEND(A, .flags = PKT_RST, .seq = A1 + 1400);
	REPORT(CLOSED, A, RST);
}

static void watch(unsigned int leg, uint32_t seconds, uint8_t ways, uint32_t id)
{
	struct pkt_traffic_cfg cfg = { .quiet_s = seconds,
				       .quiet_ways = ways,
				       .quiet_id = id };

	pkt_traffic_set(&traffic[leg], &cfg, rdv.now_us);
	rdv.r.traffic[leg] = &traffic[leg];
}

enum { IN = 1 << PKT_DIR_IN, OUT = 1 << PKT_DIR_OUT };

static void begin_watched(uint8_t ways)
{
	rdv_begin_open();
	memset(traffic, 0, sizeof(traffic));
	watch(A, 5, ways, 1);
}

static void from_a(uint32_t n)
{
	SEND(A, .flags = PKT_ACK, .seq = A1 + n, .ack = B1, .payload = 1);
}

static void from_b(uint32_t n)
{
	SEND(B, .flags = PKT_ACK, .seq = B1 + n, .ack = A1, .payload = 1);
}

/* Once for each silence, and only for who asked. */
static void quiet_once(void)
{
	begin_watched(IN | OUT);
	AT(3000);
	from_a(0);
	AT(7999);
	NO_REPORT();
	AT(8000);
	REPORT(QUIET, A, NONE);
	AT(60000);
	NO_REPORT();
	from_b(0);
	AT(61000);
	from_a(1);
	AT(65999);
	NO_REPORT();
	AT(66000);
	REPORT(QUIET, A, NONE);
	NO_REPORT();
	STATE(OPEN);
}

/* dir: what goes the other way does not count. */
static void quiet_ways(void)
{
	begin_watched(IN);
	AT(4000);
	from_b(0);
	AT(5000);
	REPORT(QUIET, A, NONE);
	begin_watched(OUT);
	AT(4000);
	from_a(0);
	AT(5000);
	REPORT(QUIET, A, NONE);
	begin_watched(OUT);
	AT(4000);
	from_b(0);
	AT(8999);
	NO_REPORT();
}

/* A new request counts anew; the same one again does not. */
static void quiet_again(void)
{
	begin_watched(IN | OUT);
	AT(5000);
	REPORT(QUIET, A, NONE);
	watch(A, 5, IN | OUT, 1);
	AT(20000);
	NO_REPORT();
	watch(A, 5, IN | OUT, 2);
	AT(24999);
	NO_REPORT();
	AT(25000);
	REPORT(QUIET, A, NONE);
}

/* Nobody ever came; and nothing is said of a session that is over. */
static void quiet_states(void)
{
	rdv_begin();
	memset(traffic, 0, sizeof(traffic));
	watch(B, 2, IN, 1);
	AT(2000);
	REPORT(QUIET, B, NONE);
	begin_watched(IN | OUT);
	SEND(A, .flags = PKT_RST, .seq = A1);
	REPORT(CLOSED, A, RST);
	rdv_release(B);
	AT(100000);
	NO_REPORT();
}

static const struct suite_test tests[] = {
	{ "tman: packets and time", police_table },
	{ "tman: ways and changes", ways_and_changes },
	{ "tman: octets on the wire", wire_octets },
	{ "tman: paid by several at once", paid_at_once },
	{ "tman: buckets for the kernel", numbers_of_buckets },
	{ "tman: incoming in a session", policed_in },
	{ "tman: outgoing in a session", policed_out },
	{ "tman: a RST passes", policed_rst },
	{ "adid: reported once", quiet_once },
	{ "adid: dir", quiet_ways },
	{ "adid: a new request", quiet_again },
	{ "adid: before and after the session", quiet_states },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("packet/traffic", tests);
}
