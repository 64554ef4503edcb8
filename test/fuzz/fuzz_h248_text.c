/*
 * test/fuzz/fuzz_h248_text.c - octets into the text decoder, and round again
 *
 * C03, C16: whatever comes in, no harm; what is taken without a fault gives
 * an equal tree and equal octets after another turn, in both forms.
 */
#include "h248/text.h"
#include "test/support/tree_eq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAP = 256 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void die(const char *what, const char *buf, size_t n)
{
	fprintf(stderr, "%s:\n%.*s\n", what, (int)n, buf);
	abort();
}

static void encode_again(const struct h248_msg *m, bool is_long)
{
	static char one[CAP], two[CAP];
	struct h248_text_style st = { .is_long = is_long };
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg again;
	const char *diff;
	size_t n = 0, n2 = 0;

	if (h248_text_enc(m, &st, one, sizeof(one), &n))
		die("accepted, but not encoded", "", 0);
	/* The long form of a full message may be more than is taken. */
	if (n > H248_MAX_MSG_OCTETS)
		goto out;
	if (h248_text_dec(a, one, n, &again))
		die("our own octets are refused", one, n);
	diff = tree_difference(m, &again);
	if (diff)
		die(diff, one, n);
	if (h248_text_enc(&again, &st, two, sizeof(two), &n2) || n != n2 ||
	    memcmp(one, two, n))
		die("encoded differently the second time", one, n);
out:
	h248_arena_free(a);
}

/* A tree with faults may have holes: only that the encoder keeps its bounds
 * counts. */
static void encode_short_of_room(const struct h248_msg *m)
{
	struct h248_text_style st = { .is_long = true };
	char *small = malloc(100);
	size_t n;

	h248_text_enc(m, &st, small, 100, &n);
	free(small);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct h248_arena *a = h248_arena_new(0);
	struct h248_msg m;
	int rc = h248_text_dec(a, (const char *)data, n, &m);

	if (!rc)
		encode_short_of_room(&m);
	if (!rc && !tree_fault(&m)) {
		encode_again(&m, false);
		encode_again(&m, true);
	}
	h248_arena_free(a);
	return 0;
}
