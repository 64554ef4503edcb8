/* test/unit/test_conf_interop.c - the profiles: their defaults, their document
 */
#include "conf/interop.h"
#include "test/support/suite.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "lenient", "etsi-bgf", "3gpp-iq" };

static char *dump_with(const char *attributes, const char *inside)
{
	static struct conf c;
	char text[1024], err[1024], *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	snprintf(text, sizeof(text),
		 "<bgfd><h248 listen=\"192.0.2.1\" %s>"
		 "<controller address=\"192.0.2.2\"/>%s</h248>"
		 "<realm name=\"a\"><pool prefix=\"192.0.2.8/30\"/></realm>"
		 "</bgfd>",
		 attributes, inside);
	if (conf_load_memory(text, strlen(text), "t", &c, err, sizeof(err)))
		CU_FAIL_FATAL(err);
	CU_ASSERT_EQUAL(conf_dump(&c, f), 0);
	fclose(f);
	return out;
}

/* Whether <elem> of the H.248 part has this attribute with this value. */
static bool has(const char *dump, const struct conf_switch *sw,
		const char *value)
{
	char want[96];
	const char *at = strstr(dump, "<h248 "), *end;

	if (at && strcmp(sw->elem, "h248")) {
		snprintf(want, sizeof(want), "<%s ", sw->elem);
		at = strstr(at, want);
	}
	snprintf(want, sizeof(want), " %s=\"%s\"", sw->attr, value);
	end = at ? strchr(at, '>') : NULL;
	at = at ? strstr(at, want) : NULL;
	return at && end && at < end;
}

static void profiles(void)
{
	for (unsigned int p = 0; p < CONF_INTEROP__COUNT; p++) {
		char attribute[64], *dump;

		snprintf(attribute, sizeof(attribute), "interop=\"%s\"",
			 names[p]);
		dump = dump_with(attribute, "");
		for (unsigned int i = 0; i < conf_n_switches; i++)
			if (!has(dump, &conf_switches[i],
				 conf_switches[i].value[p])) {
				printf("\n%s: %s", names[p],
				       conf_switches[i].attr);
				CU_FAIL("default of the profile");
			}
		free(dump);
	}
}

/* Nothing written: lenient. */
static void nothing(void)
{
	char *none = dump_with("", "");

	for (unsigned int i = 0; i < conf_n_switches; i++)
		CU_ASSERT(has(none, &conf_switches[i],
			      conf_switches[i].value[CONF_INTEROP_LENIENT]));
	free(none);
}

/* What is written goes first, also when it is the value of another profile. */
static void written(void)
{
	char *dump = dump_with("interop=\"3gpp-iq\" version=\"3\"",
			       "<interop ieps=\"accept\"/>"
			       "<limits transactions-per-message=\"7\"/>");

	CU_ASSERT_PTR_NOT_NULL(strstr(dump, " version=\"3\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(dump, " ieps=\"accept\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(dump, " wildcard-reply=\"subtract\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(dump, " transactions-per-message=\"7\""));
	free(dump);
}

/* docs/interop.md has a row for each switch, as the table says. */
static void document(void)
{
	FILE *f = fopen(SOURCE_DIR "/docs/interop.md", "r");
	char *text = calloc(1, 65536), row[512];

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fread(text, 1, 65535, f) > 0);
	fclose(f);
	for (unsigned int i = 0; i < conf_n_switches; i++) {
		const struct conf_switch *s = &conf_switches[i];

		snprintf(row, sizeof(row),
			 "\n| `<%s>` `%s` | %s | %s | %s | %s | %s |\n",
			 s->elem, s->attr, s->value[0], s->value[1],
			 s->value[2], s->clause, s->reason);
		if (strstr(text, row))
			continue;
		printf("\ndocs/interop.md lacks:%s", row);
		CU_FAIL("docs/interop.md");
	}
	free(text);
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the defaults of each profile", profiles },
		{ "lenient when nothing is written", nothing },
		{ "what is written goes first", written },
		{ "docs/interop.md", document },
		{ NULL, NULL },
	};

	return suite_run("conf/interop", tests);
}
