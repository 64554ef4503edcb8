/* test/unit/test_tools_mgcsim.c - the parts of mgcsim that need no gateway */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "test/support/fake_net.h"
#include "test/support/suite.h"
#include "tools/mgcsim/record.h"
#include "tools/mgcsim/verdict.h"

static const char REQUEST[] = "!/1 [192.0.2.1]:2944 T=6{C=1{S=ip/1}}";
static const char NOISE[] = "\x01\xff]]>&<";

static void say(struct record *r, uint64_t at_ms, bool is_out,
		unsigned int user, const char *ip, const char *text)
{
	struct record_msg msg = {
		.at_ms = at_ms,
		.is_out = is_out,
		.user = user,
		.peer = fake_addr(ip, 2944),
		.octets = (char *)text,
		.n = strlen(text),
	};

	CU_ASSERT(record_add(r, &msg) != 0);
}

static char *ladder(const struct record *r, unsigned int user)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(to);
	record_ladder(r, user, to);
	fclose(to);
	return text;
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static void ladder_has_a_column_for_each_peer(void)
{
	struct record *r = calloc(1, sizeof(*r));
	char *text;

	say(r, 104, false, 0, "192.0.2.1", REQUEST);
	say(r, 1105, true, 0, "192.0.2.2", REQUEST);
	say(r, 1106, true, 0, "192.0.2.1", NOISE);
	text = ladder(r, 0);
	CU_ASSERT(has(text, "mgcsim        [192.0.2.1]:2944"));
	CU_ASSERT(has(text, "    0.104    |<----------------------|"));
	CU_ASSERT(has(text, "    0.104    |<----------------------|      "));
	CU_ASSERT(has(text, "| T=6 C=1{subtract ip/1}\n"));
	CU_ASSERT(has(text, "    1.105    |-----------------------|"
			    "---------------------->| T=6"));
	CU_ASSERT(has(text, "    1.106    |---------------------->|"));
	CU_ASSERT(has(text, "7 octets that are no message"));
	free(text);
	record_fini(r);
	free(r);
}

static void ladder_of_a_user_leaves_out_the_others(void)
{
	struct record *r = calloc(1, sizeof(*r));
	char *text;

	say(r, 1, true, 1, "192.0.2.1", REQUEST);
	say(r, 2, true, 2, "192.0.2.1", REQUEST);
	say(r, 3, false, 0, "192.0.2.1", REQUEST);
	text = ladder(r, 2);
	CU_ASSERT(!has(text, "0.001 "));
	CU_ASSERT(has(text, "0.002 "));
	CU_ASSERT(has(text, "0.003 "));
	free(text);
	record_fini(r);
	free(r);
}

static void record_forgets_the_oldest(void)
{
	struct record *r = calloc(1, sizeof(*r));
	char *large = calloc(1, 60001);

	for (unsigned int i = 0; i < RECORD_MAX + 7; i++)
		say(r, i, true, 0, "192.0.2.1", "x");
	CU_ASSERT_EQUAL(r->n, RECORD_MAX);
	CU_ASSERT_EQUAL(record_get(r, 0)->at_ms, 7);
	CU_ASSERT_EQUAL(record_get(r, RECORD_MAX - 1)->at_ms, RECORD_MAX + 6);
	CU_ASSERT_PTR_NULL(record_get(r, RECORD_MAX));
	memset(large, 'x', 60000);
	for (unsigned int i = 0; i < 600; i++)
		say(r, i, true, 0, "192.0.2.1", large);
	CU_ASSERT(r->octets <= RECORD_MAX_OCTETS);
	CU_ASSERT(r->octets > RECORD_MAX_OCTETS - 60001);
	CU_ASSERT_EQUAL(record_get(r, r->n - 1)->at_ms, 599);
	free(large);
	record_fini(r);
	free(r);
}

static struct verdict failure(unsigned int user)
{
	return (struct verdict) {
		.user = user,
		.steps = 4,
		.seconds = 0.25,
		.where = "x.xml:17",
		.step = "expect",
		.why = "a < b & \x02 \xc3\x28",
		.ladder = strdup("1 -> <T=1>\n\x1b[2J\n"),
	};
}

static char *xpath(xmlDoc *doc, const char *path)
{
	xmlXPathContext *ctx = xmlXPathNewContext(doc);
	xmlXPathObject *o = xmlXPathEvalExpression(BAD_CAST path, ctx);
	char *text = (char *)xmlXPathCastToString(o);

	xmlXPathFreeObject(o);
	xmlXPathFreeContext(ctx);
	return text;
}

static void equal(xmlDoc *doc, const char *path, const char *expected)
{
	char *got = xpath(doc, path);

	CU_ASSERT_STRING_EQUAL(got, expected);
	xmlFree(got);
}

static void junit_has_a_case_for_each_play(void)
{
	char path[] = "/tmp/test_mgcsim.XXXXXX";
	struct verdict good = { .is_pass = true, .user = 1, .seconds = 1.5 };
	struct verdict bad = failure(2);
	struct verdicts all;
	xmlDoc *doc;

	close(mkstemp(path));
	verdicts_init(&all);
	verdicts_add(&all, &good);
	verdicts_add(&all, &bad);
	CU_ASSERT_EQUAL(junit_write(&all, "call", "x.xml", path), 0);
	doc = xmlReadFile(path, NULL, XML_PARSE_NOERROR);
	CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
	equal(doc, "/testsuites/testsuite/@name", "call");
	equal(doc, "/testsuites/testsuite/@tests", "2");
	equal(doc, "/testsuites/testsuite/@failures", "1");
	equal(doc, "count(//testcase)", "2");
	equal(doc, "//testcase[1]/@time", "1.500");
	equal(doc, "count(//testcase[1]/*)", "0");
	equal(doc, "//testcase[2]/@name", "call user 2");
	equal(doc, "//testcase[2]/@classname", "x.xml");
	equal(doc, "//testcase[2]/failure/@type", "expect");
	equal(doc, "//failure/@message",
	      "step 4, x.xml:17 <expect>: a < b & ? ?(");
	equal(doc, "//failure", "1 -> <T=1>\n?[2J\n");
	xmlFreeDoc(doc);
	CU_ASSERT_EQUAL(junit_write(&all, "call", "x.xml", "/no/such/dir/x"),
			-5);
	verdicts_fini(&all);
	unlink(path);
}

static void verdicts_count_what_they_do_not_keep(void)
{
	struct verdicts all;
	const struct verdict *v;
	unsigned int n = 0, n_ladders = 0;

	verdicts_init(&all);
	for (unsigned int i = 0; i < VERDICTS_KEPT + 5; i++) {
		struct verdict bad = failure(i + 1);

		verdicts_add(&all, &bad);
	}
	STAILQ_FOREACH (v, &all.list, entry) {
		n++;
		n_ladders += v->ladder != NULL;
	}
	CU_ASSERT_EQUAL(all.n_fail, VERDICTS_KEPT + 5);
	CU_ASSERT_EQUAL(n, VERDICTS_KEPT);
	CU_ASSERT_EQUAL(n_ladders, LADDERS_KEPT);
	verdicts_fini(&all);
}

int main(void)
{
	static const struct suite_test TESTS[] = {
		{ "ladder has a column for each peer",
		  ladder_has_a_column_for_each_peer },
		{ "ladder of a user leaves out the others",
		  ladder_of_a_user_leaves_out_the_others },
		{ "record forgets the oldest", record_forgets_the_oldest },
		{ "junit has a case for each play",
		  junit_has_a_case_for_each_play },
		{ "verdicts count what they do not keep",
		  verdicts_count_what_they_do_not_keep },
		{ NULL, NULL },
	};

	return suite_run("tools/mgcsim", TESTS);
}
