/* test/support/suite.c - see suite.h */
#include "test/support/suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int list(const struct suite_test *tests)
{
	for (const struct suite_test *t = tests; t->name; t++)
		printf("case\t%s\tlisted\n", t->name);
	return 0;
}

static bool has_failed(const struct suite_test *t)
{
	for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext)
		if (f->pTest && !strcmp(f->pTest->pName, t->name))
			return true;
	return false;
}

static void tell_verdicts(const struct suite_test *tests)
{
	for (const struct suite_test *t = tests; t->name; t++)
		printf("case\t%s\t%s\n", t->name,
		       has_failed(t) ? "fail" : "pass");
}

int suite_run(const char *suite, const struct suite_test *tests)
{
	const char *cases = getenv("SUITE_CASES");
	unsigned int failed, run;
	CU_pSuite s;

	if (cases && !strcmp(cases, "list"))
		return list(tests);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(suite, NULL, NULL);
	for (const struct suite_test *t = tests; s && t->name; t++)
		if (!CU_add_test(s, t->name, t->run))
			return 1;
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	if (cases)
		tell_verdicts(tests);
	failed = CU_get_number_of_failures();
	run = CU_get_number_of_tests_run();
	CU_cleanup_registry();
	return !s || failed || !run;
}
