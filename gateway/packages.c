/* gateway/packages.c - see packages.h */
#include "gateway/packages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/packages.h"

_Static_assert(sizeof(((struct conf_item *)0)->values) ==
			       sizeof(((struct h248_item *)0)->values) &&
		       sizeof(((struct conf_item *)0)->name) ==
			       sizeof(((struct h248_item *)0)->name) &&
		       sizeof(((struct conf_item *)0)->default_value) ==
			       sizeof(((struct h248_item *)0)->default_value) &&
		       sizeof(((struct conf_package *)0)->name) ==
			       sizeof(((struct h248_pkg *)0)->name),
	       "texts are copied whole");

static enum h248_item_kind kind_of(enum conf_item_kind kind)
{
	static const enum h248_item_kind map[] = {
		[CONF_ITEM_PROPERTY] = H248_ITEM_PROPERTY,
		[CONF_ITEM_EVENT] = H248_ITEM_EVENT,
		[CONF_ITEM_SIGNAL] = H248_ITEM_SIGNAL,
		[CONF_ITEM_STATISTIC] = H248_ITEM_STATISTIC,
		[CONF_ITEM_PARAMETER] = H248_ITEM_PARAMETER,
	};

	return map[kind];
}

static enum h248_type type_of(enum conf_item_type type)
{
	static const enum h248_type map[] = {
		[CONF_TYPE_STRING] = H248_TYPE_STRING,
		[CONF_TYPE_BOOLEAN] = H248_TYPE_BOOLEAN,
		[CONF_TYPE_INTEGER] = H248_TYPE_INTEGER,
		[CONF_TYPE_DOUBLE] = H248_TYPE_DOUBLE,
		[CONF_TYPE_ENUM] = H248_TYPE_ENUM,
		[CONF_TYPE_OCTETS] = H248_TYPE_OCTETS,
		[CONF_TYPE_CHARACTER] = H248_TYPE_CHARACTER,
	};

	return map[type];
}

static unsigned int where_of(const struct conf_item *item)
{
	unsigned int where = 0;

	where |= item->in_local_control ? H248_IN_LOCAL_CONTROL : 0;
	where |= item->in_termination_state ? H248_IN_TERMINATION_STATE : 0;
	where |= item->in_root ? H248_IN_ROOT : 0;
	where |= item->is_read_only ? H248_READ_ONLY : 0;
	where |= item->in_request ? H248_IN_REQUEST : 0;
	where |= item->in_observed ? H248_IN_OBSERVED : 0;
	where |= item->is_required ? H248_REQUIRED : 0;
	where |= item->on_termination ? H248_ON_TERMINATION : 0;
	where |= item->in_root ? H248_ON_ROOT : 0;
	return where;
}

static void free_items(struct h248_item *list)
{
	struct h248_item *next;

	for (; list; list = next) {
		next = list->next;
		free_items(list->params); /* one level */
		free(list);
	}
}

/* 0 and a copy in *out, also when it is not complete: -ENOMEM. */
static int copy_items(const struct conf_item *from, struct h248_item **out)
{
	struct h248_item *item;

	for (; from; from = from->next, out = &item->next) {
		item = *out = calloc(1, sizeof(*item));
		if (!item)
			return -ENOMEM;
		item->kind = kind_of(from->kind);
		item->type = type_of(from->type);
		item->where = where_of(from);
		item->is_supported = from->is_supported;
		item->id = from->id;
		item->min = from->has_range ? from->min : 1;
		item->max = from->has_range ? from->max : 0;
		strcpy(item->name, from->name);
		strcpy(item->default_value, from->default_value);
		strcpy(item->values, from->values);
		if (copy_items(from->params, &item->params))
			return -ENOMEM;
	}
	return 0;
}

static int add(struct h248_pkgs *pkgs, const struct conf_package *from)
{
	struct h248_pkg pkg = {
		.id = from->id,
		.version = from->version,
		.is_supported = from->is_supported,
	};
	int rc = copy_items(from->items, &pkg.items);

	strcpy(pkg.name, from->name);
	if (!rc)
		rc = h248_pkgs_add(pkgs, &pkg);
	free_items(pkg.items);
	return rc;
}

int gw_packages_load(const char *dir, struct h248_pkgs **out, char *err,
		     size_t cap)
{
	struct conf_package *list = NULL;
	struct h248_pkgs *pkgs;
	int rc = conf_packages_load(dir, &list, err, cap);

	if (rc)
		return rc;
	pkgs = h248_pkgs_new();
	rc = pkgs ? 0 : -ENOMEM;
	for (const struct conf_package *p = list; p && !rc; p = p->next) {
		rc = add(pkgs, p);
		if (rc)
			snprintf(err, cap, "%s: package %s: %s", dir, p->name,
				 strerror(-rc));
	}
	conf_packages_free(list);
	if (rc)
		h248_pkgs_free(pkgs);
	else
		*out = pkgs;
	return rc;
}
