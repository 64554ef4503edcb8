/* conf/packages.c - see packages.h */
#include "conf/packages.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/xml.h"

static const char *const types[] = { "string",    "boolean",     "integer",
				     "double",    "enumeration", "octets",
				     "character", NULL };

enum {
	PACKAGE,
	PROPERTY,
	EVENT,
	SIGNAL,
	STATISTIC,
	EVENT_PARAMETER,
	SIGNAL_PARAMETER,
	N_ELEMS
};

enum { MAX_ITEMS = 64 }; /* of one kind in one parent */

static struct conf_item *append(struct conf_item **list,
				enum conf_item_kind kind)
{
	struct conf_item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	item->kind = kind;
	while (*list)
		list = &(*list)->next;
	*list = item;
	return item;
}

static void *open_item(void *parent, int elem)
{
	static const enum conf_item_kind kind[] = {
		[PROPERTY] = CONF_ITEM_PROPERTY,
		[EVENT] = CONF_ITEM_EVENT,
		[SIGNAL] = CONF_ITEM_SIGNAL,
		[STATISTIC] = CONF_ITEM_STATISTIC,
	};
	struct conf_package *package = parent;

	return append(&package->items, kind[elem]);
}

static void *open_parameter(void *parent, int elem)
{
	struct conf_item *item = parent;

	(void)elem;
	return append(&item->params, CONF_ITEM_PARAMETER);
}

#define ITEM(name, parent, open)                                   \
	{                                                          \
		name, parent, 0, MAX_ITEMS, 0, 0, 0, 0, NULL, open \
	}

static const struct conf_elem elems[N_ELEMS] = {
	[PACKAGE] = { "package", -1, 1, 1, 0, 0, 0, 0,
		      "<package name=\"g\" id=\"0x0001\"> ... </package>",
		      NULL },
	[PROPERTY] = ITEM("property", PACKAGE, open_item),
	[EVENT] = ITEM("event", PACKAGE, open_item),
	[SIGNAL] = ITEM("signal", PACKAGE, open_item),
	[STATISTIC] = ITEM("statistic", PACKAGE, open_item),
	[EVENT_PARAMETER] = ITEM("parameter", EVENT, open_parameter),
	[SIGNAL_PARAMETER] = ITEM("parameter", SIGNAL, open_parameter),
};

#define IN(type, member) \
	offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define NAME(elem)                                                         \
	{                                                                  \
		elem, "name", CONF_TEXT, IN(conf_item, name), 1, 63, NULL, \
			"_", 0, NULL, "latch"                              \
	}
#define ID(elem)                                                            \
	{                                                                   \
		elem, "id", CONF_NUMBER, IN(conf_item, id), 0, 65535, NULL, \
			NULL, 0, "0", "0x0001"                              \
	}
#define MARK(elem)                                                           \
	{                                                                    \
		elem, "confidence", CONF_TEXT, IN(conf_item, confidence), 1, \
			1, NULL, "", 0, "R", "V"                             \
	}
#define WORD(elem, name, member, otherwise)                         \
	{                                                           \
		elem, name, CONF_WORD, IN(conf_item, member), 0, 0, \
			conf_yes_no, NULL, 0, otherwise, NULL       \
	}
#define FLAG(elem, name, member) WORD(elem, name, member, "no")
#define DONE(elem) WORD(elem, "supported", is_supported, "yes")
#define VALUE(elem)                                                          \
	{ elem, "type", CONF_WORD, IN(conf_item, type), 0, 0, types, NULL,   \
	  0,    NULL,   "integer" },                                         \
		{ elem, "values", CONF_TEXT,  IN(conf_item, values),         \
		  0,    255,      NULL,       "_ ",                          \
		  0,    "",       "OFF LATCH" },                             \
		{ elem, "default", CONF_TEXT, IN(conf_item, default_value),  \
		  0,    63,        NULL,      NULL,                          \
		  0,    "",        "0" },                                    \
		{ elem,        "min",                                        \
		  CONF_NUMBER, IN(conf_item, min),                           \
		  INT64_MIN,   INT64_MAX,                                    \
		  NULL,        NULL,                                         \
		  0,           "-9223372036854775808",                       \
		  "0" },                                                     \
	{                                                                    \
		elem, "max", CONF_NUMBER, IN(conf_item, max), INT64_MIN,     \
			INT64_MAX, NULL, NULL, 0, "9223372036854775807", "1" \
	}

static const struct conf_row rows[] = {
	{ PACKAGE, "name", CONF_TEXT, IN(conf_package, name), 1, 63, NULL, "_",
	  0, NULL, "ipnapt" },
	{ PACKAGE, "id", CONF_NUMBER, IN(conf_package, id), 1, 65535, NULL,
	  NULL, 0, NULL, "0x0099" },
	{ PACKAGE, "version", CONF_NUMBER, IN(conf_package, version), 1, 99,
	  NULL, NULL, 0, "1", "1" },
	{ PACKAGE, "supported", CONF_WORD, IN(conf_package, is_supported), 0, 0,
	  conf_yes_no, NULL, 0, "yes", NULL },

	NAME(PROPERTY),
	ID(PROPERTY),
	MARK(PROPERTY),
	DONE(PROPERTY),
	VALUE(PROPERTY),
	FLAG(PROPERTY, "local-control", in_local_control),
	FLAG(PROPERTY, "termination-state", in_termination_state),
	FLAG(PROPERTY, "root", in_root),
	FLAG(PROPERTY, "read-only", is_read_only),

	NAME(EVENT),
	ID(EVENT),
	MARK(EVENT),
	DONE(EVENT),
	FLAG(EVENT, "root", in_root),
	WORD(EVENT, "termination", on_termination, "yes"),

	NAME(SIGNAL),
	ID(SIGNAL),
	MARK(SIGNAL),
	DONE(SIGNAL),
	FLAG(SIGNAL, "root", in_root),
	WORD(SIGNAL, "termination", on_termination, "yes"),

	NAME(STATISTIC),
	ID(STATISTIC),
	MARK(STATISTIC),
	DONE(STATISTIC),
	VALUE(STATISTIC),

	NAME(EVENT_PARAMETER),
	ID(EVENT_PARAMETER),
	MARK(EVENT_PARAMETER),
	DONE(EVENT_PARAMETER),
	VALUE(EVENT_PARAMETER),
	FLAG(EVENT_PARAMETER, "request", in_request),
	FLAG(EVENT_PARAMETER, "observed", in_observed),
	FLAG(EVENT_PARAMETER, "required", is_required),

	NAME(SIGNAL_PARAMETER),
	ID(SIGNAL_PARAMETER),
	MARK(SIGNAL_PARAMETER),
	DONE(SIGNAL_PARAMETER),
	VALUE(SIGNAL_PARAMETER),
	FLAG(SIGNAL_PARAMETER, "request", in_request),
	FLAG(SIGNAL_PARAMETER, "observed", in_observed),
	FLAG(SIGNAL_PARAMETER, "required", is_required),
};

static const struct conf_spec spec = {
	elems, N_ELEMS, rows, sizeof(rows) / sizeof(*rows), 0,
};

static void free_items(struct conf_item *list)
{
	struct conf_item *next;

	for (; list; list = next) {
		next = list->next;
		free_items(list->params); /* one level: these have none */
		free(list);
	}
}

void conf_packages_free(struct conf_package *list)
{
	struct conf_package *next;

	for (; list; list = next) {
		next = list->next;
		free_items(list->items);
		free(list);
	}
}

static void check_item(const struct conf_item *item, struct conf_report *r)
{
	bool has_words = item->type == CONF_TYPE_ENUM;

	if (has_words != (item->values[0] != '\0'))
		conf_report_add(r, 0,
				"%s: an enumeration needs values, and only"
				" that; write values=\"OFF ON\"",
				item->name);
	if (item->min > item->max)
		conf_report_add(r, 0, "%s: min is over max", item->name);
	if (!strchr("VFRP", item->confidence))
		conf_report_add(r, 0,
				"%s: confidence is V (verified), F (field),"
				" R (recalled) or P (private)",
				item->name);
	for (const struct conf_item *k = item->next; k; k = k->next)
		if (k->kind == item->kind && !strcmp(k->name, item->name))
			conf_report_add(r, 0, "%s: twice; remove one",
					item->name);
}

static void finish_items(struct conf_item *list, struct conf_report *r)
{
	for (struct conf_item *item = list; item; item = item->next) {
		item->has_range =
			item->min != INT64_MIN || item->max != INT64_MAX;
		check_item(item, r);
		finish_items(item->params, r); /* one level */
	}
}

static int read_package(const struct conf_input *in, struct conf_package *p)
{
	char schema[CONF_PATH];
	xmlDoc *doc = conf_xml_parse(in);
	int rc;

	if (!doc)
		return -EINVAL;
	rc = conf_xml_read(in, doc, &spec, p, NULL, NULL);
	if (rc)
		goto out;
	conf_data_path("packages.rng", schema);
	rc = conf_xml_validate(in, doc, schema);
	if (rc)
		goto out;
	finish_items(p->items, in->report);
	rc = in->report->errors ? -EINVAL : 0;
out:
	xmlFreeDoc(doc);
	return rc;
}

/* Appends to *list; a name or id may be there only once. */
static int add(struct conf_package **list, struct conf_package *p,
	       struct conf_report *r)
{
	for (; *list; list = &(*list)->next) {
		if (strcmp((*list)->name, p->name) && (*list)->id != p->id)
			continue;
		conf_report_add(r, 0,
				"%s (0x%04x) has the name or id of %s"
				" (0x%04x); remove one file",
				p->name, p->id, (*list)->name, (*list)->id);
		return -EINVAL;
	}
	*list = p;
	return 0;
}

static int load_file(const char *path, struct conf_package **list, char *err,
		     size_t cap)
{
	struct conf_report report;
	struct conf_input in = { NULL, 0, &report };
	struct conf_package *p = calloc(1, sizeof(*p));
	char *text = NULL;
	int rc = p ? 0 : -ENOMEM;

	conf_report_init(&report, path, err, cap);
	if (!rc)
		rc = conf_file_read(path, &report, &text, &in.n);
	if (rc)
		goto out;
	in.text = text;
	rc = read_package(&in, p);
	if (!rc)
		rc = add(list, p, &report);
	if (!rc)
		p = NULL; /* in the list now */
out:
	conf_packages_free(p);
	free(text);
	return rc;
}

static int is_definition(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 4 && !strcmp(e->d_name + n - 4, ".xml");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int conf_packages_load(const char *dir, struct conf_package **out, char *err,
		       size_t cap)
{
	struct conf_package *list = NULL;
	struct dirent **entries = NULL;
	char path[CONF_PATH + 256];
	int n = scandir(dir, &entries, is_definition, by_name);
	int rc = n < 0 ? -errno : 0;

	if (rc || !n) {
		snprintf(err, cap, "%s: no package definitions: %s", dir,
			 rc ? strerror(-rc) : "write or install some");
		rc = rc ? rc : -ENOENT;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (!rc)
			rc = load_file(path, &list, err, cap);
		free(entries[i]);
	}
	free(entries);
	if (rc)
		conf_packages_free(list);
	else
		*out = list;
	return rc;
}
