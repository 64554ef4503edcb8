/* test/unit/test_h248_span.c - comparing and reading spans */
#include "h248/span.h"
#include "test/support/suite.h"

#include <errno.h>

static void eq_ignores_case(void)
{
	CU_ASSERT(h248_span_is(H248_SPAN("MEGACO"), "megaco"));
	CU_ASSERT(!h248_span_is(H248_SPAN("MEGACO"), "megac"));
	CU_ASSERT(!h248_span_is(H248_SPAN("a{"), "A["));
}

static void uint_reads_digits_only(void)
{
	static const struct {
		const char *text;
		uint64_t max;
		int rc;
		uint64_t value;
	} t[] = {
		{ "0", 10, 0, 0 },
		{ "10", 10, 0, 10 },
		{ "11", 10, -ERANGE, 0 },
		{ "4294967295", UINT32_MAX, 0, UINT32_MAX },
		{ "4294967296", UINT32_MAX, -ERANGE, 0 },
		{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
		{ "5", 3, -ERANGE, 0 },
		{ "", 10, -EBADMSG, 0 },
		{ "-1", 10, -EBADMSG, 0 },
		{ "1 ", 10, -EBADMSG, 0 },
		{ "0x1", 10, -EBADMSG, 0 },
	};

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++) {
		uint64_t v = 0;

		CU_ASSERT_EQUAL(h248_span_uint(h248_span_of(t[i].text),
					       t[i].max, &v),
				t[i].rc);
		CU_ASSERT_EQUAL(v, t[i].value);
	}
}

static void digits_are_what_uint_reads(void)
{
	static const struct {
		uint64_t value;
		const char *text;
	} t[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ 4294967295, "4294967295" },
		{ UINT64_MAX, "18446744073709551615" },
	};
	char buf[H248_MAX_DIGITS];

	for (unsigned int i = 0; i < sizeof(t) / sizeof(*t); i++)
		CU_ASSERT(h248_span_is(h248_span_digits(t[i].value, buf),
				       t[i].text));
}

static void str_never_overruns(void)
{
	char buf[4];

	CU_ASSERT_EQUAL(h248_span_str(H248_SPAN("abc"), buf, sizeof(buf)), 0);
	CU_ASSERT_STRING_EQUAL(buf, "abc");
	CU_ASSERT_EQUAL(h248_span_str(H248_SPAN("abcd"), buf, sizeof(buf)),
			-ENAMETOOLONG);
	CU_ASSERT_STRING_EQUAL(buf, "");
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "B.2 tokens are case-insensitive", eq_ignores_case },
		{ "uint reads digits only", uint_reads_digits_only },
		{ "digits are what uint reads", digits_are_what_uint_reads },
		{ "str never overruns", str_never_overruns },
		{ NULL, NULL },
	};

	return suite_run("h248/span", tests);
}
