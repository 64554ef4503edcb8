/* test/fuzz/fuzz_conf_load.c - configuration files
 *
 * A file is refused with a message, or its dump loads again.
 */
#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct conf c;
	char err[CONF_ERR_TEXT], *text = NULL;
	size_t len = 0;
	FILE *f;

	if (conf_load_memory((const char *)data, n, "f", &c, err,
			     sizeof(err))) {
		check(!strncmp(err, "f:", 2));
		return 0;
	}
	f = open_memstream(&text, &len);
	check(f && !conf_dump(&c, f));
	fclose(f);
	check(!conf_load_memory(text, len, "f", &c, err, sizeof(err)));
	free(text);
	return 0;
}
