/*
 * test/bench/bench_h248_text.c - what decoding and encoding a message costs
 *
 * Usage: bench_h248_text FILE [ROUNDS]
 *
 * Prints nanoseconds of processor time for each message, the arena included, as
 * the best of ten runs of ROUNDS messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "h248/text.h"

enum { RUNS = 10 };

static char in[H248_MAX_MSG_OCTETS], out[4 * H248_MAX_MSG_OCTETS];

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void decode(size_t n)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg m;

	if (!a || h248_text_dec(a, in, n, &m))
		abort();
	h248_arena_free(a);
}

static void encode(const struct h248_msg *m, bool is_long)
{
	struct h248_text_style st = { .is_long = is_long };
	size_t n;

	if (h248_text_enc(m, &st, out, sizeof(out), &n))
		abort();
}

int main(int argc, char **argv)
{
	static const char *const names[] = { "decode", "encode short",
					     "encode long" };
	FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
	long rounds = argc > 2 ? atol(argv[2]) : 20000;
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg m;
	size_t n = f ? fread(in, 1, sizeof(in), f) : 0;

	if (!n || !a || rounds < 1 || h248_text_dec(a, in, n, &m)) {
		fprintf(stderr, "usage: bench_h248_text FILE [ROUNDS]\n");
		return 2;
	}
	printf("%zu octets, arena %zu octets\n", n, h248_arena_used(a));
	for (int what = 0; what < 3; what++) {
		double best = 0;

		for (int run = 0; run < RUNS; run++) {
			double start = now_ns(), ns;

			for (long i = 0; i < rounds; i++)
				what ? encode(&m, what == 2) : decode(n);
			ns = (now_ns() - start) / (double)rounds;
			best = !run || ns < best ? ns : best;
		}
		printf("%-12s %8.0f ns\n", names[what], best);
	}
	h248_arena_free(a);
	fclose(f);
	return 0;
}
