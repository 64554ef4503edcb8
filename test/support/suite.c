/* test/support/suite.c - see suite.h */
#include "test/support/suite.h"

int suite_run(const char *suite, const struct suite_test *tests)
{
	unsigned int failed, run;
	CU_pSuite s;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(suite, NULL, NULL);
	for (const struct suite_test *t = tests; s && t->name; t++)
		if (!CU_add_test(s, t->name, t->run))
			return 1;
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	run = CU_get_number_of_tests_run();
	CU_cleanup_registry();
	return !s || failed || !run;
}
