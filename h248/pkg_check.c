/* h248/pkg_check.c - what a controller wrote, against packages; see pkg.h */
#include <errno.h>

#include "h248/error.h"
#include "h248/pkg.h"
#include "h248/span.h"
#include "h248/value.h"

/* The diagnostic: what it is about, as it was written. */
static int refuse(struct h248_err *err, uint16_t code, struct h248_place at,
		  struct h248_span what, struct h248_span more)
{
	int n = what.n < 32 ? (int)what.n : 32;
	int k = more.n < 32 ? (int)more.n : 32;

	return h248_err_set(err, code, at, "%.*s%s%.*s", n, n ? what.p : "",
			    n && k ? "/" : "", k, k ? more.p : "");
}

static bool is_any(struct h248_span s)
{
	return h248_span_is(s, "*");
}

/* 440 for a package that is unknown or not supported.  *pkg NULL and 0: any. */
static int find_pkg(const struct h248_pkgs *pkgs, const struct h248_name *name,
		    struct h248_place at, const struct h248_pkg **pkg,
		    struct h248_err *err)
{
	*pkg = NULL;
	if (is_any(name->pkg) && is_any(name->item))
		return 0;
	*pkg = name->pkg.p ? h248_pkgs_find(pkgs, name->pkg) : NULL;
	if (!*pkg || !(*pkg)->is_supported)
		return refuse(err, 440, at, name->pkg, name->item);
	return 0;
}

static const uint16_t unsupported[] = {
	[H248_ITEM_PROPERTY] = 445,
	[H248_ITEM_EVENT] = 512,
	[H248_ITEM_SIGNAL] = 513,
	[H248_ITEM_STATISTIC] = 453,
};

/* *item NULL and 0: any item. */
static int find_item(const struct h248_pkgs *pkgs, enum h248_item_kind kind,
		     const struct h248_name *name, struct h248_place at,
		     const struct h248_item **item, struct h248_err *err)
{
	static const uint16_t unknown[] = {
		[H248_ITEM_PROPERTY] = 450,
		[H248_ITEM_EVENT] = 451,
		[H248_ITEM_SIGNAL] = 452,
		[H248_ITEM_STATISTIC] = 453,
	};
	const struct h248_pkg *pkg;
	int rc = find_pkg(pkgs, name, at, &pkg, err);

	*item = NULL;
	if (rc || !pkg || is_any(name->item))
		return rc;
	*item = h248_pkg_item(pkg, kind, name->item);
	if (!*item)
		return refuse(err, unknown[kind], at, name->pkg, name->item);
	return (*item)->is_supported ? 0 :
				       refuse(err, unsupported[kind], at,
					      name->pkg, name->item);
}

int h248_pkgs_check_name(const struct h248_pkgs *pkgs, enum h248_item_kind kind,
			 const struct h248_name *name, struct h248_place at,
			 struct h248_err *err)
{
	const struct h248_item *item;

	return find_item(pkgs, kind, name, at, &item, err);
}

/* B.2 "parmValue": which forms this gateway can act on. */
static bool is_form(const struct h248_item *item, const struct h248_prop *p)
{
	bool is_number = item->type == H248_TYPE_INTEGER ||
			 item->type == H248_TYPE_DOUBLE;

	if (p->rel != H248_EQ)
		return false;
	switch (p->set) {
	case H248_ONE:
	case H248_ALT:
		return true;
	case H248_LIST: /* "[192.0.2.1]" of one is that one */
		return !p->values->next;
	case H248_RANGE:
		return is_number;
	}
	return false;
}

static int check_values(const struct h248_item *item, const struct h248_prop *p,
			struct h248_err *err)
{
	uint16_t code = 0;

	if (p->values && !is_form(item, p))
		return refuse(err, 449, p->at, p->name.item, p->values->text);
	for (const struct h248_value *v = p->values; v; v = v->next) {
		code = h248_value_judge(item, v);
		if (code)
			return refuse(err, code, p->at, p->name.item, v->text);
	}
	return 0;
}

/* Whether the same name stands before p in the list. */
static bool is_repeated(const struct h248_prop *list, const struct h248_prop *p)
{
	for (; list != p; list = list->next)
		if (h248_span_eq(list->name.item, p->name.item) &&
		    h248_span_eq(list->name.pkg, p->name.pkg))
			return true;
	return false;
}

static int check_prop(const struct h248_item *item, const struct h248_prop *p,
		      unsigned int where, struct h248_err *err)
{
	if (!item)
		return p->values ? refuse(err, 449, p->at, p->name.pkg,
					  p->name.item) :
				   0;
	if (!(item->where & where))
		return refuse(err, 455, p->at, p->name.pkg, p->name.item);
	if (p->values && item->where & H248_READ_ONLY)
		return refuse(err, 534, p->at, p->name.pkg, p->name.item);
	return check_values(item, p, err);
}

int h248_pkgs_check_props(const struct h248_pkgs *pkgs,
			  const struct h248_prop *list, unsigned int where,
			  struct h248_err *err)
{
	const struct h248_item *item;
	int rc;

	for (const struct h248_prop *p = list; p; p = p->next) {
		rc = find_item(pkgs, H248_ITEM_PROPERTY, &p->name, p->at, &item,
			       err);
		if (!rc && is_repeated(list, p))
			rc = refuse(err, 456, p->at, p->name.pkg, p->name.item);
		if (!rc)
			rc = check_prop(item, p, where, err);
		if (rc)
			return rc;
	}
	return 0;
}

int h248_pkgs_check_stats(const struct h248_pkgs *pkgs,
			  const struct h248_prop *list, struct h248_err *err)
{
	const struct h248_item *item;
	int rc = 0;

	for (const struct h248_prop *p = list; p && !rc; p = p->next)
		rc = find_item(pkgs, H248_ITEM_STATISTIC, &p->name, p->at,
			       &item, err);
	return rc;
}

/* The parameter a name stands for; NULL: it may not stand in a request. */
static const struct h248_item *request_param(const struct h248_item *item,
					     struct h248_span name)
{
	const struct h248_item *i = item->params;

	while (i && (!(i->where & H248_IN_REQUEST) || !i->is_supported ||
		     !h248_span_is(name, i->name)))
		i = i->next;
	return i;
}

static bool is_given(const struct h248_prop *list, const struct h248_item *item)
{
	while (list && !h248_span_is(list->name.item, item->name))
		list = list->next;
	return list != NULL;
}

/* Parameters of an event or signal; item NULL: of any, so none is known. */
static int check_params(const struct h248_item *item,
			const struct h248_prop *list, struct h248_place at,
			struct h248_err *err)
{
	const struct h248_item *known;
	int rc = 0;

	for (const struct h248_prop *p = list; p && !rc; p = p->next) {
		known = item ? request_param(item, p->name.item) : NULL;
		if (!known)
			rc = refuse(err, 446, p->at, p->name.pkg, p->name.item);
		else if (is_repeated(list, p))
			rc = refuse(err, 456, p->at, p->name.pkg, p->name.item);
		else if (!p->values)
			rc = refuse(err, 449, p->at, p->name.pkg, p->name.item);
		else
			rc = check_values(known, p, err);
	}
	if (rc || !item)
		return rc;
	for (known = item->params; known; known = known->next)
		if (known->where & H248_REQUIRED && !is_given(list, known))
			return refuse(err, 457, at, h248_span_of(item->name),
				      h248_span_of(known->name));
	return 0;
}

/* Some events and signals are for ROOT only, most for the others only. */
static int check_place(const struct h248_item *item,
		       const struct h248_name *name, unsigned int on,
		       struct h248_place at, struct h248_err *err)
{
	return !item || item->where & on ? 0 :
					   refuse(err, unsupported[item->kind],
						  at, name->pkg, name->item);
}

static int check_signals(const struct h248_pkgs *pkgs,
			 const struct h248_signal *list, unsigned int on,
			 struct h248_err *err)
{
	int rc = 0;

	for (; list && !rc; list = list->next)
		rc = h248_pkgs_check_signal(pkgs, list, on, err);
	return rc;
}

int h248_pkgs_check_signal(const struct h248_pkgs *pkgs,
			   const struct h248_signal *signal, unsigned int on,
			   struct h248_err *err)
{
	const struct h248_item *item;
	int rc;

	if (signal->is_list)
		return check_signals(pkgs, signal->sub, on, err);
	rc = find_item(pkgs, H248_ITEM_SIGNAL, &signal->name, signal->at, &item,
		       err);
	if (!rc)
		rc = check_place(item, &signal->name, on, signal->at, err);
	return rc ? rc : check_params(item, signal->params, signal->at, err);
}

/* Embedded descriptors too; their depth is that of the decoder. */
int h248_pkgs_check_event(const struct h248_pkgs *pkgs,
			  const struct h248_event *event, unsigned int on,
			  struct h248_err *err)
{
	const struct h248_event *e;
	const struct h248_item *item;
	int rc = find_item(pkgs, H248_ITEM_EVENT, &event->name, event->at,
			   &item, err);

	if (!rc)
		rc = check_place(item, &event->name, on, event->at, err);
	if (!rc)
		rc = check_params(item, event->params, event->at, err);
	if (!rc && event->embed_signals)
		rc = check_signals(pkgs, event->embed_signals->list, on, err);
	e = event->embed_events ? event->embed_events->list : NULL;
	for (; e && !rc; e = e->next)
		rc = h248_pkgs_check_event(pkgs, e, on, err);
	return rc;
}
