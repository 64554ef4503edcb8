/*
 * test/fuzz/fuzz_h248_text.c - octets into the text decoder, and round again
 *
 * C03, C16: whatever comes in, no harm; what is taken without a fault gives
 * an equal tree and equal octets after another turn, in both forms.
 */
#include "h248/text.h"
#include "test/support/round_trip.h"
#include "test/support/tree_eq.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const char *wrong, const uint8_t *data, size_t n)
{
	if (!wrong)
		return;
	fprintf(stderr, "%s:\n%.*s\n", wrong, (int)n, (const char *)data);
	abort();
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
		check(round_trip(&m, false), data, n);
		check(round_trip(&m, true), data, n);
	}
	h248_arena_free(a);
	return 0;
}
