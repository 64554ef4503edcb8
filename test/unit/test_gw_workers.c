/* test/unit/test_gw_workers.c - how many workers a configuration asks for */
#include "gateway/workers.h"
#include "packet/cpus.h"
#include "test/support/suite.h"

#include <sched.h>

static struct conf conf;

static void set(unsigned int first, unsigned int second, uint16_t ports)
{
	conf.n_gateways = 2;
	conf.gateway[0].workers = first;
	conf.gateway[1].workers = second;
	for (int i = 0; i < 2; i++) {
		struct conf_realm *r = &conf.gateway[i].realm[0];

		conf.gateway[i].n_realms = 1;
		r->port_min = 20000;
		r->port_max = (uint16_t)(i ? 19999 + ports : 60000);
	}
}

static void the_most(void)
{
	set(1, 1, 100);
	CU_ASSERT_EQUAL(gw_workers_of(&conf), 1);
	set(2, 5, 100);
	CU_ASSERT_EQUAL(gw_workers_of(&conf), 5);
	set(5, 2, 100);
	CU_ASSERT_EQUAL(gw_workers_of(&conf), 5);
}

/* An operator's taskset counts; a small range of ports as well. */
static void automatic(void)
{
	cpu_set_t all, one;
	int cpu = pkt_cpus_nth(0);

	CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof(all), &all), 0);
	CU_ASSERT_EQUAL(pkt_cpus(), (unsigned int)CPU_COUNT(&all));
	CU_ASSERT_EQUAL(pkt_cpus_nth(pkt_cpus()), -1);
	set(CONF_WORKERS_AUTO, 1, 100);
	CU_ASSERT_EQUAL(gw_workers_of(&conf), pkt_cpus() < CONF_MAX_WORKERS ?
						      pkt_cpus() :
						      CONF_MAX_WORKERS);
	set(1, CONF_WORKERS_AUTO, 1);
	CU_ASSERT_EQUAL(gw_workers_of(&conf), 1);
	set(CONF_WORKERS_AUTO, 9, 100);
	CU_ASSERT(gw_workers_of(&conf) >= 9);
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof(one), &one), 0);
	CU_ASSERT_EQUAL(pkt_cpus(), 1);
	CU_ASSERT_EQUAL(pkt_cpus_nth(0), cpu);
	CU_ASSERT_EQUAL(pkt_cpus_nth(1), -1);
	set(CONF_WORKERS_AUTO, 1, 100);
	CU_ASSERT_EQUAL(gw_workers_of(&conf), 1);
	CU_ASSERT_EQUAL(sched_setaffinity(0, sizeof(all), &all), 0);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "all share the most that one asks for", the_most },
		{ "auto: the processors of the process", automatic },
		{ NULL, NULL },
	};

	return suite_run("gateway/workers", tests);
}
