/* h248/pkg.c - the registry of packages; see pkg.h */
#include "h248/pkg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/span.h"

struct h248_pkgs {
	struct h248_pkg *first;
};

struct h248_pkgs *h248_pkgs_new(void)
{
	return calloc(1, sizeof(struct h248_pkgs));
}

static void free_items(struct h248_item *list)
{
	struct h248_item *next;

	for (; list; list = next) {
		next = list->next;
		free_items(list->params); /* one level: these have none */
		free(list);
	}
}

static void free_pkg(struct h248_pkg *p)
{
	if (p)
		free_items(p->items);
	free(p);
}

void h248_pkgs_free(struct h248_pkgs *pkgs)
{
	struct h248_pkg *next;

	if (!pkgs)
		return;
	for (struct h248_pkg *p = pkgs->first; p; p = next) {
		next = p->next;
		free_pkg(p);
	}
	free(pkgs);
}

/* 0 and a copy in *out, also when it is not complete: -ENOMEM. */
static int copy_items(const struct h248_item *from, struct h248_item **out)
{
	for (; from; from = from->next, out = &(*out)->next) {
		*out = malloc(sizeof(**out));
		if (!*out)
			return -ENOMEM;
		**out = *from;
		(*out)->name_n = (uint8_t)strlen(from->name);
		(*out)->next = (*out)->params = NULL;
		if (copy_items(from->params, &(*out)->params))
			return -ENOMEM;
	}
	return 0;
}

int h248_pkgs_add(struct h248_pkgs *pkgs, const struct h248_pkg *pkg)
{
	struct h248_pkg **at = &pkgs->first, *copy;

	if (h248_pkgs_find(pkgs, h248_span_of(pkg->name)))
		return -EEXIST;
	copy = malloc(sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	*copy = *pkg;
	copy->name_n = (uint8_t)strlen(pkg->name);
	copy->next = NULL;
	copy->items = NULL;
	if (copy_items(pkg->items, &copy->items)) {
		free_pkg(copy);
		return -ENOMEM;
	}
	while (*at)
		at = &(*at)->next;
	*at = copy;
	return 0;
}

const struct h248_pkg *h248_pkgs_first(const struct h248_pkgs *pkgs)
{
	return pkgs->first;
}

/* Looked for with every property, event and signal that a controller names. */
static bool is_named(const char *known, uint8_t n, struct h248_span name)
{
	return name.n == n && h248_same(name.p, known, n);
}

const struct h248_pkg *h248_pkgs_find(const struct h248_pkgs *pkgs,
				      struct h248_span name)
{
	const struct h248_pkg *p = pkgs->first;

	while (p && !is_named(p->name, p->name_n, name))
		p = p->next;
	return p;
}

static const struct h248_item *find(const struct h248_item *list,
				    enum h248_item_kind kind,
				    struct h248_span name)
{
	while (list && (list->kind != kind ||
			!is_named(list->name, list->name_n, name)))
		list = list->next;
	return list;
}

const struct h248_item *h248_pkg_item(const struct h248_pkg *pkg,
				      enum h248_item_kind kind,
				      struct h248_span name)
{
	return find(pkg->items, kind, name);
}
