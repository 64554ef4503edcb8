/* test/fuzz/fuzz_tools_trace.c - lines of a gateway into a capture */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/bgfctl/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *record =
		json_loadb((const char *)data, n, JSON_REJECT_DUPLICATES, NULL);
	FILE *out = fopen("/dev/null", "w");
	struct trace_file *t = out ? trace_file_new(out) : NULL;

	/* Twice: an interface and a connection that are known. */
	for (int i = 0; t && record && i < 2; i++)
		(void)trace_file_record(t, record);
	if (t && record)
		(void)trace_file_end(t, record);
	trace_file_free(t);
	if (out)
		fclose(out);
	json_decref(record);
	return 0;
}
