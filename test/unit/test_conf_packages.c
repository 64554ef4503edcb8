/* test/unit/test_conf_packages.c - package definitions from XML */
#include "conf/packages.h"
#include "test/support/suite.h"

#include <errno.h>
#include <string.h>

static const struct conf_package *find(const struct conf_package *p,
				       const char *name)
{
	while (p && strcmp(p->name, name))
		p = p->next;
	return p;
}

static const struct conf_item *item(const struct conf_item *i,
				    enum conf_item_kind kind, const char *name)
{
	while (i && (i->kind != kind || strcmp(i->name, name)))
		i = i->next;
	return i;
}

/* What other folders count on. */
static void shipped(void)
{
	const struct conf_package *p;
	const struct conf_item *i;
	struct conf_package *list = NULL;
	char err[512];

	CU_ASSERT_EQUAL_FATAL(conf_packages_load(SOURCE_DIR "/conf/packages",
						 &list, err, sizeof(err)),
			      0);
	p = find(list, "tcprv");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->id, 0x8001);
	CU_ASSERT(p->is_supported);
	i = item(p->items, CONF_ITEM_PROPERTY, "twait");
	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	CU_ASSERT(i->has_range && i->min == 1 && i->max == 120);
	CU_ASSERT(i->in_local_control && !i->in_root && !i->is_read_only);
	CU_ASSERT_EQUAL(i->confidence, 'P');
	p = find(list, "ipnapt");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	i = item(p->items, CONF_ITEM_SIGNAL, "latch");
	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	i = item(i->params, CONF_ITEM_PARAMETER, "napt");
	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	CU_ASSERT(i->is_required && i->type == CONF_TYPE_ENUM);
	CU_ASSERT_STRING_EQUAL(i->values, "OFF LATCH RELATCH");
	p = find(list, "seg");
	CU_ASSERT(p && p->is_supported);
	conf_packages_free(list);
}

static void no_directory(void)
{
	struct conf_package *list = NULL;
	char err[512] = "";

	CU_ASSERT_EQUAL(conf_packages_load("/nonexistent", &list, err,
					   sizeof(err)),
			-ENOENT);
	CU_ASSERT_PTR_NULL(list);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "/nonexistent"));
}

int main(void)
{
	static const struct suite_test tests[] = {
		{ "the shipped definitions", shipped },
		{ "a directory that is not there", no_directory },
		{ NULL, NULL },
	};

	return suite_run("conf/packages", tests);
}
