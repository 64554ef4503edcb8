/* test/unit/test_pkt_berths.c - rendezvous and ports of new gates; free numbers */
#include "packet/berths.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "packet/home.h"
#include "test/support/lcg.h"
#include "test/support/suite.h"

enum { PORT_MIN = 2000, NUMBERS = 100, STEPS = 20000, BUCKETS = 8 };

static uint32_t seed;

/* ---- free numbers ---- */

static void compare(const struct pkt_freeset *s, const bool *is_free)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < NUMBERS; i++) {
		CU_ASSERT_EQUAL_FATAL(pkt_freeset_has(s, i), is_free[i]);
		n += is_free[i];
	}
	CU_ASSERT_EQUAL_FATAL(s->n_free, n);
	for (uint32_t i = 0; i < n; i++)
		CU_ASSERT_TRUE_FATAL(is_free[pkt_freeset_at(s, i)]);
}

static void free_numbers(void)
{
	struct pkt_freeset s;
	bool is_free[NUMBERS];

	seed = 1;
	memset(is_free, true, sizeof(is_free));
	CU_ASSERT_EQUAL_FATAL(pkt_freeset_init(&s, NUMBERS), 0);
	for (int i = 0; i < STEPS; i++) {
		uint32_t k = lcg_next(&seed) % NUMBERS;

		if (is_free[k])
			pkt_freeset_take(&s, k);
		else
			pkt_freeset_give(&s, k);
		is_free[k] = !is_free[k];
		compare(&s, is_free);
	}
	pkt_freeset_end(&s);
}

/* ---- gates ---- */

/* A realm: as many ports of IPv4 addresses, and of IPv6 addresses. */
struct realm {
	uint32_t n_v4, n_v6, n_ports; /* of an address */
	struct pkt_portpool *pool;
	uint32_t first_slot;
};

static struct pkt_berths berths;
static uint32_t n_rdvs;

static void start(uint32_t n, bool has_homes)
{
	seed = 4711;
	n_rdvs = n;
	berths = (struct pkt_berths) { .has_homes = has_homes,
				       .random = lcg_next,
				       .random_arg = &seed };
	CU_ASSERT_EQUAL_FATAL(pkt_berths_init(&berths, n), 0);
}

static void open_realm(struct realm *r, uint32_t first_slot,
		       unsigned int classes, uint32_t quarantine_ms)
{
	struct in6_addr addrs[8] = { IN6ADDR_ANY_INIT };
	struct pkt_portpool_cfg cfg = {
		.addrs = addrs,
		.n_addrs = r->n_v4 + r->n_v6,
		.port_min = PORT_MIN,
		.port_max = (uint16_t)(PORT_MIN + r->n_ports - 1),
		.classes = classes,
		.first_slot = first_slot,
		.n_homes = n_rdvs,
		.quarantine_ms = quarantine_ms,
		.random = lcg_next,
		.random_arg = &seed,
	};

	/* IPv6 first, so that slots are not the numbers of ports. */
	for (uint32_t i = 0; i < cfg.n_addrs; i++) {
		CU_ASSERT_EQUAL(inet_pton(AF_INET6,
					  i < r->n_v6 ? "2001:db8::" :
							"::ffff:192.0.2.0",
					  &addrs[i]),
				1);
		addrs[i].s6_addr[15] = (uint8_t)i;
	}
	r->first_slot = first_slot;
	r->pool = pkt_portpool_new(&cfg);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r->pool);
}

/* As a program does it. */
static bool is_at_home(const struct realm *r, const struct pkt_berth *b)
{
	bool is_v6 = !IN6_IS_ADDR_V4MAPPED(&b->addr);
	uint32_t n = (is_v6 ? r->n_v6 : r->n_v4) * r->n_ports;
	uint32_t nth =
		b->slot - r->first_slot - (is_v6 ? 0 : r->n_v6 * r->n_ports);

	CU_ASSERT_TRUE_FATAL(nth < n);
	return pkt_home(nth, pkt_home_scale(n, n_rdvs)) == b->rdv;
}

static struct pkt_berth take(const struct realm *r, int family,
			     const struct pkt_berth *first, uint64_t now_ms,
			     int want)
{
	struct pkt_berth_wish wish = { r->pool, family, 0, now_ms };
	struct pkt_berth b = { .rdv = first ? first->rdv : 0 };
	int rc = first ? pkt_berths_second(&berths, &wish, &b) :
			 pkt_berths_first(&berths, &wish, &b);

	CU_ASSERT_EQUAL_FATAL(rc, want);
	if (!rc)
		CU_ASSERT_TRUE_FATAL(b.rdv < n_rdvs);
	return b;
}

static void stop(struct realm *a, struct realm *b)
{
	pkt_portpool_free(a->pool);
	if (b)
		pkt_portpool_free(b->pool);
	pkt_berths_end(&berths);
}

/* n sessions between two realms; returns how many gates are at home. */
static uint32_t fill(struct realm *a, struct realm *b, int family, uint32_t n)
{
	uint32_t at_home = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct pkt_berth one = take(a, family, NULL, 0, 0);
		struct pkt_berth two = take(b, family, &one, 0, 0);

		at_home += is_at_home(a, &one) + is_at_home(b, &two);
	}
	return at_home;
}

static void everyone_at_home(void)
{
	static const struct {
		struct realm a, b;
		int family;
		uint32_t n_rdvs;
	} rows[] = {
		{ { .n_v4 = 1, .n_ports = 1000 },
		  { .n_v4 = 1, .n_ports = 1000 },
		  AF_INET,
		  1000 },
		{ { .n_v4 = 4, .n_v6 = 1, .n_ports = 800 },
		  { .n_v4 = 1, .n_v6 = 4, .n_ports = 3100 },
		  AF_INET,
		  1000 },
		{ { .n_v4 = 4, .n_v6 = 2, .n_ports = 700 },
		  { .n_v4 = 1, .n_v6 = 4, .n_ports = 1000 },
		  AF_INET6,
		  1000 },
		{ { .n_v4 = 8, .n_ports = 60000 },
		  { .n_v4 = 1, .n_ports = 40000 },
		  0,
		  1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct realm a = rows[i].a, b = rows[i].b;

		start(rows[i].n_rdvs, true);
		open_realm(&a, 7, 1, 0);
		open_realm(&b, 400000, 1, 0);
		CU_ASSERT_EQUAL(fill(&a, &b, rows[i].family, n_rdvs),
				2 * n_rdvs);
		take(&a, 0, NULL, 0, -ENOSPC);
		stop(&a, &b);
	}
}

/* Half of the ports of either realm are somebody's then. */
static void fewer_ports(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 1000 };
	struct realm b = { .n_v4 = 1, .n_ports = 1000 };

	start(2000, true);
	open_realm(&a, 0, 1, 0);
	open_realm(&b, 1000, 1, 0);
	CU_ASSERT_TRUE(fill(&a, &b, 0, 500) > 900);
	(void)fill(&a, &b, 0, 500);
	take(&a, 0, NULL, 0, -ENOSPC);
	stop(&a, &b);
}

static void one_realm(void)
{
	struct realm a = { .n_v4 = 2, .n_ports = 2000 };

	start(1000, true);
	open_realm(&a, 0, 1, 0);
	CU_ASSERT_EQUAL(fill(&a, &a, 0, 1000), 2000);
	stop(&a, NULL);
}

/* Both gates of a worker: ports of its class. */
static void classes(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 3000 };
	struct pkt_berth_wish wish = { .class_ = 1 };
	struct pkt_berth one, two;

	start(500, true);
	open_realm(&a, 0, 3, 0);
	wish.pool = a.pool;
	for (int i = 0; i < 500; i++) {
		CU_ASSERT_EQUAL_FATAL(pkt_berths_first(&berths, &wish, &one),
				      0);
		two.rdv = one.rdv;
		CU_ASSERT_EQUAL_FATAL(pkt_berths_second(&berths, &wish, &two),
				      0);
		CU_ASSERT_TRUE(one.port % 3 == 1 && two.port % 3 == 1);
		CU_ASSERT_TRUE(is_at_home(&a, &one) && is_at_home(&a, &two));
	}
	CU_ASSERT_EQUAL(pkt_berths_first(&berths, &wish, &one), -ENOSPC);
	stop(&a, NULL);
}

/* All ports of its home rest: any other one does. */
static void quarantine(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 100 };
	struct pkt_berth first, second;

	start(100, true);
	open_realm(&a, 0, 1, 1000);
	first = take(&a, 0, NULL, 0, 0);
	CU_ASSERT_TRUE(is_at_home(&a, &first));
	pkt_portpool_give(a.pool, first.slot, true, 0);
	second = take(&a, 0, &first, 999, 0);
	CU_ASSERT_FALSE(is_at_home(&a, &second));
	pkt_portpool_give(a.pool, second.slot, false, 999);
	second = take(&a, 0, &first, 1000, 0);
	CU_ASSERT_EQUAL(second.slot, first.slot);
	stop(&a, NULL);
}

/* Nobody looks at home: the rendezvous that were used last are used next. */
static void no_homes(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 100 };
	struct pkt_berth b[3];

	start(1000, false);
	open_realm(&a, 0, 1, 0);
	for (int i = 0; i < 3; i++)
		b[i] = take(&a, 0, NULL, 0, 0);
	CU_ASSERT_TRUE(b[0].rdv == b[1].rdv + 1 && b[1].rdv == b[2].rdv + 1);
	pkt_berths_give(&berths, b[0].rdv);
	CU_ASSERT_EQUAL(take(&a, 0, NULL, 0, 0).rdv, b[0].rdv);
	stop(&a, NULL);
}

/* Nobody can tell which port is next. */
static void by_chance(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 8000 };
	uint32_t n[BUCKETS] = { 0 };

	start(1000, true);
	open_realm(&a, 0, 1, 0);
	for (uint32_t i = 0; i < 8000; i++) {
		struct pkt_berth b = take(&a, 0, NULL, 0, 0);

		n[(b.port - PORT_MIN) * BUCKETS / 8000]++;
		pkt_portpool_give(a.pool, b.slot, false, 0);
		pkt_berths_give(&berths, b.rdv);
	}
	for (int i = 0; i < BUCKETS; i++)
		CU_ASSERT_TRUE(n[i] > 850 && n[i] < 1150);
	stop(&a, NULL);
}

/* Nor when one rendezvous is left, and known: that of who has just gone. */
static void one_is_left(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 8000 };
	uint32_t n[2][BUCKETS] = { { 0 } };

	start(1000, true);
	berths.n_choice = 1024;
	open_realm(&a, 0, 1, 0);
	for (uint32_t i = 0; i < 999; i++)
		take(&a, 0, NULL, 0, 0);
	for (uint32_t i = 0; i < 8000; i++) {
		struct pkt_berth one = take(&a, 0, NULL, 0, 0);
		struct pkt_berth two = take(&a, 0, &one, 0, 0);

		n[0][(one.port - PORT_MIN) * BUCKETS / 8000]++;
		n[1][(two.port - PORT_MIN) * BUCKETS / 8000]++;
		pkt_portpool_give(a.pool, one.slot, false, 0);
		pkt_portpool_give(a.pool, two.slot, false, 0);
		pkt_berths_give(&berths, one.rdv);
	}
	for (int i = 0; i < 2 * BUCKETS; i++)
		CU_ASSERT_TRUE(n[i % 2][i / 2] > 800 && n[i % 2][i / 2] < 1200);
	stop(&a, NULL);
}

/* What the engine asks for costs little: most gates are at home. */
static void most_at_home(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 49152 };
	struct realm b = a;

	start(10000, true);
	berths.n_choice = PKT_BERTHS_CHOICE;
	open_realm(&a, 0, 1, 0);
	open_realm(&b, 49152, 1, 0);
	CU_ASSERT_TRUE(fill(&a, &b, AF_INET, 10000) > 19000);
	stop(&a, &b);
}

static void no_port(void)
{
	struct realm a = { .n_v4 = 1, .n_ports = 1 };
	struct pkt_berth b;

	start(10, true);
	open_realm(&a, 0, 1, 0);
	take(&a, AF_INET6, NULL, 0, -EAFNOSUPPORT);
	b = take(&a, AF_INET, NULL, 0, 0);
	take(&a, 0, &b, 0, -ENOSPC);
	take(&a, 0, NULL, 0, -ENOSPC);
	CU_ASSERT_EQUAL(berths.rdvs.n_free, 9);
	stop(&a, NULL);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "free numbers", free_numbers },
		{ "every gate is at home", everyone_at_home },
		{ "fewer ports than rendezvous", fewer_ports },
		{ "both gates in one realm", one_realm },
		{ "ports of one worker", classes },
		{ "ports at home that rest", quarantine },
		{ "no homes", no_homes },
		{ "by chance", by_chance },
		{ "by chance, one is left", one_is_left },
		{ "most gates are at home", most_at_home },
		{ "no port", no_port },
		{ NULL, NULL },
	};

	return suite_run("packet/berths", tests);
}
