/* test/unit/test_pkt_slots.c - decision 12: address and port give the index */
#include "packet/slots.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

static struct pkt_realm_cfg realm(void)
{
	struct pkt_realm_cfg r = { .n_prefixes = 3,
				   .port_min = 16384,
				   .port_max = 16393 };

	r.prefix[0] = (struct pkt_prefix) { addr("::ffff:198.51.100.8"), 125 };
	r.prefix[1] = (struct pkt_prefix) { addr("2001:db8::"), 64 };
	r.prefix[2] = (struct pkt_prefix) { addr("::ffff:192.0.2.255"), 128 };
	return r;
}

static const struct {
	const char *addr;
	uint16_t port;
	uint32_t slot;
} cases[] = {
	{ "::ffff:198.51.100.8", 16384, 100 },
	{ "::ffff:198.51.100.8", 16393, 109 },
	{ "::ffff:198.51.100.9", 16384, 110 },
	{ "::ffff:198.51.100.15", 16393, 179 },
	{ "2001:db8::", 16384, 180 },
	{ "2001:db8::ff", 16393, 180 + 2559 },
	{ "::ffff:192.0.2.255", 16385, 180 + 2560 + 1 },
	/* one beside each edge */
	{ "::ffff:198.51.100.8", 16383, PKT_SLOT_NONE },
	{ "::ffff:198.51.100.8", 16394, PKT_SLOT_NONE },
	{ "::ffff:198.51.100.7", 16384, PKT_SLOT_NONE },
	{ "::ffff:198.51.100.16", 16384, PKT_SLOT_NONE },
	{ "2001:db8::100", 16384, PKT_SLOT_NONE },
	{ "2001:db8:0:0:1::", 16384, PKT_SLOT_NONE },
	{ "::ffff:192.0.2.254", 16384, PKT_SLOT_NONE },
	{ "::198.51.100.8", 16384, PKT_SLOT_NONE },
};

static void find(void)
{
	struct pkt_realm_cfg r = realm();
	struct pkt_slots s;
	uint32_t end;

	CU_ASSERT_EQUAL_FATAL(pkt_slots_init(&s, &r, 100, &end), 0);
	CU_ASSERT_EQUAL(end, 100 + 80 + 2560 + 10);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct in6_addr a = addr(cases[i].addr);

		CU_ASSERT_EQUAL(pkt_slots_find(&s, &a, cases[i].port),
				cases[i].slot);
	}
}

static void there_and_back(void)
{
	struct pkt_realm_cfg r = realm();
	struct pkt_slots s;
	uint32_t end;

	CU_ASSERT_EQUAL_FATAL(pkt_slots_init(&s, &r, 0, &end), 0);
	CU_ASSERT_EQUAL(pkt_slots_n_addrs(&s), 8 + 256 + 1);
	for (uint32_t i = 0; i < pkt_slots_n_addrs(&s); i++) {
		struct in6_addr a = pkt_slots_addr(&s, i);

		CU_ASSERT_EQUAL(pkt_slots_find(&s, &a, 16384), i * 10);
	}
}

/* What is not in the entry of a gate: its own end. */
static void local(void)
{
	struct pkt_realm_cfg r = realm();
	struct pkt_slots s;
	uint16_t port;
	uint32_t end;

	CU_ASSERT_EQUAL_FATAL(pkt_slots_init(&s, &r, 100, &end), 0);
	for (uint32_t slot = 100; slot < end; slot++) {
		struct in6_addr a = pkt_slots_local(&s, slot, &port);

		CU_ASSERT_EQUAL(pkt_slots_find(&s, &a, port), slot);
	}
}

static void refused(void)
{
	struct pkt_realm_cfg r = realm();
	struct pkt_slots s;
	uint32_t end;

	r.port_max = r.port_min - 1;
	CU_ASSERT_EQUAL(pkt_slots_init(&s, &r, 0, &end), -EINVAL);
	r = realm();
	r.n_prefixes = 0;
	CU_ASSERT_EQUAL(pkt_slots_init(&s, &r, 0, &end), -EINVAL);
	r = realm();
	r.prefix[0].addr = addr("::ffff:198.51.100.9");
	CU_ASSERT_EQUAL(pkt_slots_init(&s, &r, 0, &end), -EINVAL);
	r = realm();
	CU_ASSERT_EQUAL(pkt_slots_init(&s, &r, UINT32_MAX - 100, &end), -E2BIG);
}

/* Of a prefix with more addresses than are used all are ours. */
static void covers(void)
{
	static const struct {
		const char *addr;
		bool is_ours;
	} t[] = {
		{ "::ffff:198.51.100.7", false },
		{ "::ffff:198.51.100.8", true },
		{ "::ffff:198.51.100.15", true },
		{ "::ffff:198.51.100.16", false },
		{ "2001:db8::100", true },
		{ "2001:db8::ffff:0:0:1", true },
		{ "2001:db8:0:1::", false },
		{ "::ffff:192.0.2.255", true },
		{ "::ffff:192.0.2.254", false },
		{ "::198.51.100.8", false },
	};
	struct pkt_realm_cfg r = realm();
	struct in6_addr a;
	struct pkt_slots s;
	uint32_t end;

	CU_ASSERT_EQUAL_FATAL(pkt_slots_init(&s, &r, 0, &end), 0);
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		a = addr(t[i].addr);
		CU_ASSERT_EQUAL(pkt_slots_covers(&s, &a), t[i].is_ours);
	}
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "decision 12: find", find },
		{ "there and back", there_and_back },
		{ "local", local },
		{ "refused", refused },
		{ "decision 6: ours, used or not", covers },
		{ NULL, NULL },
	};

	return suite_run("packet/slots", tests);
}
