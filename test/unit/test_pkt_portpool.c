/* test/unit/test_pkt_portpool.c - local ports: D16, K5, decisions 11 and 27 */
#include "packet/portpool.h"
#include "test/support/lcg.h"
#include "test/support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MIN = 1000, MAX = 1009, FIRST = 40, Q_MS = 120000 };

static uint32_t seed;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	CU_ASSERT_EQUAL(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

static struct pkt_portpool *pool(unsigned int classes)
{
	struct in6_addr addrs[] = { addr("::ffff:192.0.2.1"),
				    addr("2001:db8::1"),
				    addr("::ffff:192.0.2.2") };
	struct pkt_portpool_cfg cfg = {
		.addrs = addrs,
		.n_addrs = 3,
		.port_min = MIN,
		.port_max = MAX,
		.classes = classes,
		.first_slot = FIRST,
		.quarantine_ms = Q_MS,
		.random = lcg_next,
		.random_arg = &seed,
	};

	seed = 1;
	CU_ASSERT_EQUAL(pkt_portpool_slots(&cfg), 30);
	return pkt_portpool_new(&cfg);
}

struct taken {
	struct in6_addr addr;
	uint16_t port;
	uint32_t slot;
	int rc;
};

static struct taken take(struct pkt_portpool *p, int family,
			 unsigned int class_, uint64_t now)
{
	struct taken t = { .port = 0 };

	t.rc = pkt_portpool_take(p, family, class_, now, &t.addr, &t.port,
				 &t.slot);
	return t;
}

static void exhaustion(void)
{
	struct pkt_portpool *p = pool(1);
	bool seen[30] = { false };
	struct taken t;

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	for (int i = 0; i < 30; i++) {
		t = take(p, 0, 0, 0);
		CU_ASSERT_EQUAL_FATAL(t.rc, 0);
		CU_ASSERT_TRUE_FATAL(t.slot >= FIRST && t.slot < FIRST + 30);
		CU_ASSERT_FALSE(seen[t.slot - FIRST]);
		seen[t.slot - FIRST] = true;
		CU_ASSERT_EQUAL(t.port, MIN + (t.slot - FIRST) % 10);
	}
	CU_ASSERT_EQUAL(take(p, 0, 0, 0).rc, -ENOSPC);
	pkt_portpool_give(p, t.slot, false, 0);
	CU_ASSERT_EQUAL(take(p, 0, 0, 0).slot, t.slot);
	pkt_portpool_free(p);
}

/* The slot is the index of address and port, whatever was asked. */
static void index_is_address_and_port(void)
{
	struct pkt_portpool *p = pool(3);
	struct in6_addr want[] = { addr("::ffff:192.0.2.1"),
				   addr("2001:db8::1"),
				   addr("::ffff:192.0.2.2") };

	for (int i = 0; i < 30; i++) {
		/* 9, 12 and 9 of the classes, see below */
		struct taken t = take(p, 0, (i >= 9) + (i >= 21), 0);

		CU_ASSERT_EQUAL_FATAL(t.rc, 0);
		CU_ASSERT_EQUAL(memcmp(&t.addr, &want[(t.slot - FIRST) / 10],
				       sizeof(t.addr)),
				0);
	}
	pkt_portpool_free(p);
}

static void family(void)
{
	struct pkt_portpool *p = pool(1);

	for (int i = 0; i < 10; i++) {
		struct taken t = take(p, AF_INET6, 0, 0);

		CU_ASSERT_EQUAL(t.rc, 0);
		CU_ASSERT_FALSE(IN6_IS_ADDR_V4MAPPED(&t.addr));
	}
	CU_ASSERT_EQUAL(take(p, AF_INET6, 0, 0).rc, -ENOSPC);
	for (int i = 0; i < 20; i++) {
		struct taken t = take(p, AF_INET, 0, 0);

		CU_ASSERT_EQUAL(t.rc, 0);
		CU_ASSERT_TRUE(IN6_IS_ADDR_V4MAPPED(&t.addr));
	}
	CU_ASSERT_EQUAL(take(p, AF_INET, 0, 0).rc, -ENOSPC);
	pkt_portpool_free(p);
}

static void family_not_there(void)
{
	struct in6_addr a = addr("::ffff:192.0.2.1");
	struct pkt_portpool_cfg cfg = { .addrs = &a,
					.n_addrs = 1,
					.port_min = MIN,
					.port_max = MAX,
					.classes = 1,
					.random = lcg_next,
					.random_arg = &seed };
	struct pkt_portpool *p = pkt_portpool_new(&cfg);

	CU_ASSERT_EQUAL(take(p, AF_INET6, 0, 0).rc, -EAFNOSUPPORT);
	CU_ASSERT_EQUAL(take(p, AF_INET, 0, 0).rc, 0);
	pkt_portpool_free(p);
	cfg.port_max = MIN - 1;
	CU_ASSERT_PTR_NULL(pkt_portpool_new(&cfg));
}

/* Ports 1000..1009 in 3 classes: 3, 3 and 4 of each address. */
static void class_of_the_port(void)
{
	struct pkt_portpool *p = pool(3);
	static const int n[3] = { 9, 12, 9 }; /* 1000 % 3 is 1 */

	for (unsigned int c = 0; c < 3; c++) {
		for (int i = 0; i < n[c]; i++) {
			struct taken t = take(p, 0, c, 0);

			CU_ASSERT_EQUAL(t.rc, 0);
			CU_ASSERT_EQUAL(t.port % 3, c);
		}
		CU_ASSERT_EQUAL(take(p, 0, c, 0).rc, -ENOSPC);
	}
	pkt_portpool_free(p);
}

static void quarantine(void)
{
	struct pkt_portpool *p = pool(1);
	struct pkt_portpool_usage u;
	struct taken t[30];

	for (int i = 0; i < 30; i++)
		t[i] = take(p, 0, 0, 0);
	pkt_portpool_give(p, t[3].slot, true, 1000);
	pkt_portpool_give(p, t[4].slot, true, 2000);
	pkt_portpool_usage(p, 2000, &u);
	CU_ASSERT_EQUAL(u.total, 30);
	CU_ASSERT_EQUAL(u.used, 28);
	CU_ASSERT_EQUAL(u.quarantined, 2);
	CU_ASSERT_EQUAL(take(p, 0, 0, 1000 + Q_MS - 1).rc, -ENOSPC);
	CU_ASSERT_EQUAL(take(p, 0, 0, 1000 + Q_MS).slot, t[3].slot);
	CU_ASSERT_EQUAL(take(p, 0, 0, 1000 + Q_MS).rc, -ENOSPC);
	CU_ASSERT_EQUAL(take(p, 0, 0, 2000 + Q_MS).slot, t[4].slot);
	pkt_portpool_usage(p, 2000 + Q_MS, &u);
	CU_ASSERT_EQUAL(u.quarantined, 0);
	CU_ASSERT_EQUAL(u.used, 30);
	pkt_portpool_free(p);
}

/* Ten thousand rounds of random take and give: no port is ever held twice,
 * no port is lost. */
static void churn(void)
{
	struct pkt_portpool *p = pool(2);
	struct pkt_portpool_usage u;
	bool held[30] = { false };
	uint32_t slots[30], n = 0;

	for (uint64_t now = 0; now < 10000; now++) {
		struct taken t;

		if (n && lcg_next(&seed) % 2) {
			uint32_t i = lcg_next(&seed) % n;

			held[slots[i] - FIRST] = false;
			pkt_portpool_give(p, slots[i], now % 3 == 0,
					  now * 1000);
			slots[i] = slots[--n];
			continue;
		}
		t = take(p, 0, lcg_next(&seed) % 2, now * 1000);
		if (t.rc)
			continue;
		CU_ASSERT_FALSE(held[t.slot - FIRST]);
		held[t.slot - FIRST] = true;
		slots[n++] = t.slot;
	}
	while (n)
		pkt_portpool_give(p, slots[--n], false, 0);
	for (unsigned int i = 0; i < 30; i++)
		CU_ASSERT_EQUAL(take(p, 0, i % 2, UINT64_MAX).rc, 0);
	pkt_portpool_usage(p, UINT64_MAX, &u);
	CU_ASSERT_EQUAL(u.used, 30);
	pkt_portpool_free(p);
}

/* Each port comes first equally often, within a factor of two. */
static void randomness(void)
{
	struct pkt_portpool *p = pool(1);
	int hits[30] = { 0 };

	for (int i = 0; i < 30000; i++) {
		struct taken t = take(p, 0, 0, 0);

		hits[t.slot - FIRST]++;
		pkt_portpool_give(p, t.slot, false, 0);
	}
	for (int i = 0; i < 30; i++)
		CU_ASSERT_TRUE(hits[i] > 500 && hits[i] < 2000);
	pkt_portpool_free(p);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "D16 exhaustion, recovery at once", exhaustion },
		{ "decision 12: slot is address and port",
		  index_is_address_and_port },
		{ "family asked for", family },
		{ "family the realm has not", family_not_there },
		{ "decision 11: class of the port", class_of_the_port },
		{ "K5 quarantine", quarantine },
		{ "churn holds no port twice", churn },
		{ "choice is random", randomness },
		{ NULL, NULL },
	};

	return suite_run("packet/portpool", tests);
}
