/*
 * test/sim/main.c - schedules by the million
 *
 *	sim [--schedules N] [--first SEED] [--seconds N] [--trace]
 *
 * Runs N schedules (schedule.h), one for each seed from the first on, or as
 * many as the seconds allow.  Status 0: no invariant was broken.  Otherwise 1,
 * and the seed is told, and the command that plays it again and tells
 * everything that happens.
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "test/sim/must.h"
#include "test/sim/schedule.h"
#include "test/support/allocated.h"

/* Octets that the pools of h248/ may come to hold; a schedule that kept one
 * block would be over it after some thousands. */
enum { POOLS = 64 * 1024 };

bool sim_is_traced;
static volatile uint64_t seed;

void sim_tell(uint64_t now_us, const char *format, ...)
{
	va_list args;

	printf("%10.6f ", (double)now_us / 1e6);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void sim_must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* Of an abort() anywhere, the monitor's too. */
static void on_broken(int sig)
{
	char text[128];
	int n = snprintf(text, sizeof(text),
			 "schedule %" PRIu64 ": again with sim --first %" PRIu64
			 " --schedules 1 --trace\n",
			 seed, seed);

	(void)sig;
	if (write(STDERR_FILENO, text, (size_t)n) < 0)
		_exit(2);
	_exit(1);
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void print(const struct sim_tally *t, uint64_t first, double seconds)
{
	printf("%" PRIu64 " schedules from seed %" PRIu64 " in %.1f s: "
	       "%" PRIu64 " calm, %" PRIu64 " opened, %" PRIu64
	       " failed, %" PRIu64 " closed; %" PRIu64 " steps, %" PRIu64
	       " messages, %" PRIu64 " lost, %" PRIu64
	       " refused by firewalls; no invariant broken\n",
	       t->schedules, first, seconds, t->calm, t->opened, t->failed,
	       t->closed, t->steps, t->messages, t->lost, t->refused);
}

static int usage(void)
{
	fprintf(stderr, "usage: sim [--schedules N] [--first SEED] "
			"[--seconds N] [--trace]\n");
	return 2;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "schedules", required_argument, NULL, 'n' },
		{ "first", required_argument, NULL, 'f' },
		{ "seconds", required_argument, NULL, 's' },
		{ "trace", no_argument, NULL, 't' },
		{ 0 },
	};
	uint64_t first = 1, n = 10000;
	double begin = now_s(), seconds = 0;
	struct sim_tally tally = { 0 };
	size_t kept = 0;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'n')
			n = strtoull(optarg, NULL, 10);
		else if (opt == 'f')
			first = strtoull(optarg, NULL, 10);
		else if (opt == 's')
			seconds = strtod(optarg, NULL);
		else if (opt == 't')
			sim_is_traced = true;
		else
			return usage();
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGABRT, on_broken);
	for (seed = first; seed - first < n; seed++) {
		sim_schedule(seed, &tally);
		if (seed == first)
			kept = allocated();
		if (seconds > 0 && now_s() - begin > seconds)
			break;
	}
	sim_must(allocated() <= kept + POOLS, "no schedule keeps memory");
	print(&tally, first, now_s() - begin);
	return 0;
}
