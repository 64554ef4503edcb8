/* test/unit/test_tools_mgcsim_load.c - schedules and percentiles */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/support/suite.h"
#include "tools/mgcsim/crowd.h"

static void percentiles_are_near(void)
{
	struct hist *h = calloc(1, sizeof(*h));

	CU_ASSERT_EQUAL(hist_permille(h, 500), 0);
	for (uint64_t us = 1; us <= 100000; us++)
		hist_add(h, us);
	CU_ASSERT_EQUAL(h->n, 100000);
	CU_ASSERT_EQUAL(h->min_us, 1);
	for (unsigned int permille = 1; permille <= 1000; permille++) {
		uint64_t is = hist_permille(h, permille);
		uint64_t exact = permille * 100;

		CU_ASSERT(is >= exact && is <= exact + exact / 32 + 1);
	}
	CU_ASSERT_EQUAL(hist_permille(h, 1000), 100000);
	free(h);
}

static void small_and_huge_values_have_a_bucket(void)
{
	static const uint64_t VALUE[] = { 0,          1,         31, 32,
					  63,         64,        65, 1000000,
					  1ull << 40, UINT64_MAX };

	for (size_t i = 0; i < sizeof(VALUE) / sizeof(VALUE[0]); i++) {
		struct hist *h = calloc(1, sizeof(*h));

		hist_add(h, VALUE[i]);
		hist_add(h, VALUE[i]);
		CU_ASSERT_EQUAL(h->max_us, VALUE[i]);
		if (VALUE[i] < 1ull << 40)
			CU_ASSERT_EQUAL(hist_permille(h, 500), VALUE[i]);
		free(h);
	}
}

static void calls_begin_by_the_schedule(void)
{
	struct load_params even = { .rate = 100, .calls = 10 };
	struct load_params ramp = { .rate = 100, .ramp_s = 10 };

	CU_ASSERT_EQUAL(load_due_us(&even, 0), 0);
	CU_ASSERT_EQUAL(load_due_us(&even, 1), 10000);
	CU_ASSERT_EQUAL(load_due_us(&even, 250), 2500000);
	CU_ASSERT_EQUAL(load_calls(&even, 2.5), 250);
	/* Half as many as without it, and the full rate from then on. */
	CU_ASSERT_EQUAL(load_calls(&ramp, 10), 500);
	CU_ASSERT_EQUAL(load_calls(&ramp, 5), 125);
	CU_ASSERT_EQUAL(load_calls(&ramp, 11), 600);
	CU_ASSERT_EQUAL(load_due_us(&ramp, 125), 5000000);
	CU_ASSERT_EQUAL(load_due_us(&ramp, 500), 10000000);
	CU_ASSERT_EQUAL(load_due_us(&ramp, 501), 10010000);
	for (unsigned long i = 1; i < 1000; i++)
		CU_ASSERT(load_due_us(&ramp, i) >= load_due_us(&ramp, i - 1));
}

static void series_have_names(void)
{
	struct load *l = malloc(sizeof(*l));
	struct load_params p = { .rate = 1, .calls = 1 };
	char name[16], *text = NULL;
	size_t n;
	FILE *to;

	load_init(l, &p);
	load_note(l, "add", 1500);
	load_note(l, "add", 2500);
	for (int i = 0; i < 2 * LOAD_MAX_SERIES; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		load_note(l, name, 1);
	}
	CU_ASSERT_EQUAL(l->n_series, LOAD_MAX_SERIES);
	l->n_begun = l->n_pass = 4;
	to = open_memstream(&text, &n);
	load_print(l, 2000000, to);
	load_print_line(l, 2000000, to);
	fclose(to);
	CU_ASSERT(strstr(text, "4 calls begun in 2.0 s (2.0 a second)") !=
		  NULL);
	CU_ASSERT(strstr(text, "add                      2     1.500") != NULL);
	CU_ASSERT(strstr(text, "2.500\n") != NULL);
	CU_ASSERT(strstr(text, "    2.0 s: 4 begun, 0 playing") != NULL);
	free(text);
	free(l);
}

/* Interrupted before a call has ended, or begun. */
static void a_load_without_an_end_took_no_time(void)
{
	struct load *l = malloc(sizeof(*l));
	struct load_params p = { .rate = 1, .calls = 1 };
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	load_init(l, &p);
	l->t0_us = 5000000;
	load_print(l, l->end_us, to);
	fclose(to);
	CU_ASSERT(strstr(text, "load: 0 calls begun in 0.0 s (0.0 a second)") !=
		  NULL);
	free(text);
	free(l);
}

struct bench {
	struct event_base *base;
	struct sim sim;
	struct scenario scenario;
	struct load load;
	struct verdicts all;
	char path[32];
};

/* A gateway's side, which may begin at once. */
static void play(struct bench *b, const struct load_params *p,
		 const char *steps, bool is_gateway, uint64_t timeout_ms)
{
	struct sim_params sp = { .version = 3,
				 .is_silent = true,
				 .is_gateway = is_gateway };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&sp.listen;
	struct vars vars = { .n = 0 };
	struct crowd_params cp = {
		.sim = &b->sim,
		.scenario = &b->scenario,
		.vars = &vars,
		.load = &b->load,
		.timeout_ms = timeout_ms,
	};
	char err[512];
	FILE *f;

	memset(b, 0, sizeof(*b));
	strcpy(b->path, "/tmp/test_mgcsim.XXXXXX");
	f = fdopen(mkstemp(b->path), "w");
	fprintf(f, "<scenario name=\"t\">%s</scenario>", steps);
	fclose(f);
	in4->sin_family = AF_INET;
	in4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sp.controller = sp.listen;
	((struct sockaddr_in *)&sp.controller)->sin_port = htons(9);
	b->base = event_base_new();
	verdicts_init(&b->all);
	load_init(&b->load, p);
	CU_ASSERT_EQUAL_FATAL(sim_init(&b->sim, &sp, b->base), 0);
	CU_ASSERT_EQUAL_FATAL(scenario_load(&b->scenario, b->path,
					    SOURCE_DIR
					    "/test/scenarios/scenario.rng",
					    err, sizeof(err)),
			      0);
	CU_ASSERT_EQUAL(crowd_play(&cp, &b->all), 0);
}

static void end(struct bench *b)
{
	verdicts_fini(&b->all);
	scenario_fini(&b->scenario);
	sim_fini(&b->sim);
	event_base_free(b->base);
	unlink(b->path);
}

/* Ten calls of 20 ms, due at once, one at a time: the last is 180 ms late, and
 * that is part of how long it took. */
static void what_is_late_counts(void)
{
	struct load_params p = { .rate = 1e6, .calls = 10, .concurrent = 1 };
	struct bench *b = malloc(sizeof(*b));
	const struct hist *h = &b->load.series[0].hist;

	play(b, &p, "<pause ms=\"20\"/>", true, 60000);
	CU_ASSERT_EQUAL(b->all.n_pass, 10);
	CU_ASSERT_EQUAL(b->load.n_pass, 10);
	CU_ASSERT_EQUAL(b->load.max_playing, 1);
	CU_ASSERT_EQUAL(h->n, 10);
	CU_ASSERT(h->max_us >= 199000);
	CU_ASSERT(hist_permille(h, 500) >= 99000);
	CU_ASSERT(h->min_us >= 19000);
	CU_ASSERT(b->load.max_late_us >= 179000);
	end(b);
	free(b);
}

static void calls_do_not_wait_for_each_other(void)
{
	struct load_params p = { .rate = 1e6, .calls = 200 };
	struct bench *b = malloc(sizeof(*b));

	play(b, &p,
	     "<pause ms=\"100\"/><if test=\"$user mod 4 = 0\">"
	     "<fail>so</fail></if>",
	     true, 60000);
	CU_ASSERT_EQUAL(b->load.n_begun, 200);
	CU_ASSERT_EQUAL(b->load.n_pass, 150);
	CU_ASSERT_EQUAL(b->load.n_fail, 50);
	CU_ASSERT_EQUAL(b->load.n_playing, 0);
	CU_ASSERT(b->load.max_playing > 1);
	end(b);
	free(b);
}

static void a_load_may_end_badly(void)
{
	struct load_params p = { .rate = 1e6, .calls = 3 };
	struct bench *b = malloc(sizeof(*b));

	play(b, &p, "<pause ms=\"60000\"/>", true, 100);
	CU_ASSERT_EQUAL(b->load.n_fail, 3);
	CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&b->all.list)->why,
			       "the call took too long");
	end(b);
	play(b, &p, "<register/>", false, 100);
	CU_ASSERT_EQUAL(b->load.n_begun, 0);
	CU_ASSERT_EQUAL(b->all.n_fail, 1);
	CU_ASSERT_STRING_EQUAL(STAILQ_FIRST(&b->all.list)->why,
			       "no gateway has registered");
	end(b);
	free(b);
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "percentiles are near", percentiles_are_near },
		{ "small and huge values have a bucket",
		  small_and_huge_values_have_a_bucket },
		{ "calls begin by the schedule", calls_begin_by_the_schedule },
		{ "series have names", series_have_names },
		{ "a load without an end took no time",
		  a_load_without_an_end_took_no_time },
		{ "what is late counts", what_is_late_counts },
		{ "calls do not wait for each other",
		  calls_do_not_wait_for_each_other },
		{ "a load may end badly", a_load_may_end_badly },
		{ NULL, NULL },
	};

	return suite_run("tools/mgcsim_load", TESTS);
}
