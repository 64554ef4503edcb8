/* test/support/round_trip.c - see round_trip.h */
#include "test/support/round_trip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h248/text.h"
#include "test/support/tree_eq.h"

/* The long form of a full message may be more than is taken. */
enum { CAP = 4 * H248_MAX_MSG_OCTETS };

static char one[CAP], two[CAP], why[512];

static const char *wrong(const char *what, const struct h248_err *e)
{
	if (e)
		snprintf(why, sizeof(why), "%s at %u:%u: %u %s", what,
			 e->at.line, e->at.col, e->code, e->text);
	else
		snprintf(why, sizeof(why), "%s", what);
	return why;
}

static const char *again(struct h248_arena *a, const struct h248_msg *m,
			 const struct h248_text_style *st, size_t n)
{
	struct h248_msg back;
	const char *diff;
	size_t n2 = 0;

	if (h248_text_dec(a, one, n, &back) || tree_fault(&back))
		return wrong("our own octets are refused", tree_fault(&back));
	diff = tree_difference(m, &back);
	if (diff)
		return wrong(diff, NULL);
	if (h248_text_enc(&back, st, two, CAP, &n2))
		return wrong("not encoded the second time", NULL);
	return n == n2 && !memcmp(one, two, n) ? NULL :
						 wrong("other octets", NULL);
}

const char *round_trip(const struct h248_msg *m, bool is_long)
{
	struct h248_text_style st = { .is_long = is_long };
	struct h248_arena *a;
	const char *what = NULL;
	size_t n = 0;

	if (h248_text_enc(m, &st, one, CAP, &n))
		return wrong("accepted, but not encoded", NULL);
	if (n > H248_MAX_MSG_OCTETS)
		return NULL;
	a = h248_arena_new(0);
	what = a ? again(a, m, &st, n) : wrong("no memory", NULL);
	h248_arena_free(a);
	return what;
}

const char *round_trip_octets(const char *text, size_t n)
{
	struct h248_arena *a = h248_arena_new(0);
	char *buf = malloc(n ? n : 1);
	const char *what;
	struct h248_msg m;

	memcpy(buf, text, n);
	if (h248_text_dec(a, buf, n, &m) || tree_fault(&m))
		what = wrong("refused", tree_fault(&m));
	else
		what = round_trip(&m, false);
	if (!what)
		what = round_trip(&m, true);
	h248_arena_free(a);
	free(buf);
	return what;
}
