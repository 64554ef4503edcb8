/* test/unit/test_conf_docs.c - docs/configuration.md against the table */
#include "conf/table.h"
#include "test/support/suite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static char *read_docs(void)
{
	FILE *f = fopen(SOURCE_DIR "/docs/configuration.md", "r");
	char *text = calloc(1, 65536);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fread(text, 1, 65535, f) > 0);
	fclose(f);
	return text;
}

/* The section of an element: several have the name "limits". */
static const char *section(const char *docs, int elem)
{
	const struct conf_elem *e = &conf_spec_bgfd.elems[elem];
	bool is_top = e->parent <= conf_spec_bgfd.implied;
	char head[96];

	snprintf(head, sizeof(head), "%s `<%s>`", is_top ? "\n##" : "\n###",
		 e->name);
	if (!strcmp(e->name, "limits") && !is_top)
		snprintf(head, sizeof(head), "\n### `<limits>` inside `<%s>`",
			 conf_spec_bgfd.elems[e->parent].name);
	return strstr(docs, head);
}

/* "| `name` | value | `default` | restart |" with the limits of a number. */
static void check_row(const char *docs, const struct conf_row *row)
{
	const char *at = section(docs, row->elem), *end;
	char want[128], line[1024];

	if (!at)
		printf("\nno section <%s>",
		       conf_spec_bgfd.elems[row->elem].name);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	end = strstr(at + 1, "\n#");
	snprintf(want, sizeof(want), "\n| `%s` | ", row->name);
	at = strstr(at, want);
	if (!at || (end && at > end)) {
		CU_FAIL("not described");
		puts(row->name);
		return;
	}
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at + 1, "\n"),
		 at + 1);
	snprintf(want, sizeof(want), "| %s%s%s| %s |",
		 row->value && row->value[0] ? "`" : "",
		 row->value ? row->value : "must be written ",
		 row->value && row->value[0] ? "` " : "",
		 conf_row_is_live(row) ? "no" : "yes");
	CU_ASSERT_PTR_NOT_NULL(strstr(line, want));
	snprintf(want, sizeof(want), "| %" PRId64 " to %" PRId64 " ", row->min,
		 row->max);
	if (row->kind == CONF_NUMBER && row->min != row->max)
		CU_ASSERT_PTR_NOT_NULL(strstr(line, want));
	for (unsigned int i = 0; row->words && row->words[i]; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(line, row->words[i]));
}

static void attributes(void)
{
	char *docs = read_docs();

	for (unsigned int i = 0; i < conf_spec_bgfd.n_rows; i++)
		check_row(docs, &conf_spec_bgfd.rows[i]);
	free(docs);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "every attribute, its limits and default", attributes },
		{ NULL, NULL },
	};

	return suite_run("docs/configuration.md", tests);
}
