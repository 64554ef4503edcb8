/*
 * test/support/suite.h - a CUnit program in one call
 *
 * Each test program has one table of tests, and main() returns
 * suite_run("h248/text_dec", tests).  Prints CUnit's summary; not zero when a
 * test failed or none ran.
 *
 * For test/conformance/report: with SUITE_CASES=run in the environment a line
 * "case<TAB>name<TAB>pass|fail" for each test follows; with SUITE_CASES=list
 * nothing runs and the lines say "listed".
 */
#pragma once

#include <CUnit/Basic.h>

struct suite_test {
	const char *name; /* case id or clause first: "P2 ..." */
	void (*run)(void);
};

/* tests ends with a NULL name. */
int suite_run(const char *suite, const struct suite_test *tests);
