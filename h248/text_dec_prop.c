/* h248/text_dec_prop.c - properties, parameters and statistics with values */
#include "h248/text_dec_int.h"

#include <errno.h>

struct values {
	struct h248_prop *p;
	struct h248_value **tail;
};

/* VALUE */
static int value(struct h248_dec *d, void *node)
{
	struct values *list = node;
	bool is_quoted = d->cur.kind == H248_LEX_STRING;
	struct h248_value *v;
	struct h248_span text;
	int rc = h248_dec_value_text(d, &text);

	if (rc)
		return rc;
	if (H248_DEC_NEW(d, v))
		return -ENOMEM;
	v->text = text;
	v->is_quoted = is_quoted;
	H248_APPEND(list->tail, v);
	return 0;
}

/* "[" a "," b "]" or the range "[" a ":" b "]" */
static int bracketed(struct h248_dec *d, struct values *list)
{
	int rc;

	h248_dec_advance(d);
	list->p->set = H248_LIST;
	rc = value(d, list);
	if (rc || h248_dec_accept(d, ']'))
		return rc;
	if (h248_dec_accept(d, ':')) {
		list->p->set = H248_RANGE;
		rc = value(d, list);
		return rc ? rc : h248_dec_expect(d, ']');
	}
	if (!h248_dec_accept(d, ','))
		return h248_dec_syntax(d, "',' or ':' or ']'");
	return h248_dec_list(d, value, list, ']');
}

/* alternativeValue, behind "=" */
static int alternative_value(struct h248_dec *d, struct values *list)
{
	if (h248_dec_at(d, '['))
		return bracketed(d, list);
	if (h248_dec_at(d, '{')) {
		list->p->set = H248_ALT;
		return h248_dec_block(d, value, list);
	}
	return value(d, list);
}

/* parmValue: "=" altValue | (">" | "<" | "#") VALUE */
int h248_dec_parm_value(struct h248_dec *d, struct h248_prop *p)
{
	static const struct {
		char mark;
		enum h248_rel rel;
	} rels[] = {
		{ '>', H248_GT },
		{ '<', H248_LT },
		{ '#', H248_NE },
	};
	struct values list = { .p = p, .tail = &p->values };

	if (h248_dec_accept(d, '='))
		return alternative_value(d, &list);
	for (unsigned int i = 0; i < sizeof(rels) / sizeof(*rels); i++) {
		if (!h248_dec_accept(d, rels[i].mark))
			continue;
		p->rel = rels[i].rel;
		return value(d, &list);
	}
	return h248_dec_syntax(d, "'=' and a value");
}

static bool at_value(const struct h248_dec *d)
{
	return h248_dec_at(d, '=') || h248_dec_at(d, '<') ||
	       h248_dec_at(d, '>') || h248_dec_at(d, '#');
}

static int new_prop(struct h248_dec *d, struct h248_prop **out)
{
	if (H248_DEC_NEW(d, *out))
		return -ENOMEM;
	(*out)->at = d->cur.at;
	return 0;
}

/* propertyParm: pkgdName parmValue */
int h248_dec_pkg_prop(struct h248_dec *d, void *arg)
{
	struct h248_prop ***tail = arg, *p;
	int rc = new_prop(d, &p);

	if (!rc)
		rc = h248_dec_name(d, &p->name);
	if (!rc && (!d->is_audit || at_value(d)))
		rc = h248_dec_parm_value(d, p);
	if (!rc)
		H248_APPEND(*tail, p);
	return rc;
}

/* statisticsParameter: pkgdName ("=" value)? */
int h248_dec_stat(struct h248_dec *d, void *arg)
{
	struct h248_prop ***tail = arg, *p;
	int rc = new_prop(d, &p);

	if (!rc)
		rc = h248_dec_name(d, &p->name);
	if (!rc && at_value(d))
		rc = h248_dec_parm_value(d, p);
	if (!rc)
		H248_APPEND(*tail, p);
	return rc;
}

/* NAME parmValue: a parameter of an event or signal.  An extension may not
 * stand here, but is taken: whoever reads it says that it is unknown. */
int h248_dec_param(struct h248_dec *d, void *arg)
{
	struct h248_prop ***tail = arg, *p;
	int rc = new_prop(d, &p);

	if (rc)
		return rc;
	if (d->cur.kind != H248_LEX_WORD ||
	    (!h248_dec_is_name(d->cur.text) &&
	     !h248_dec_is_extension(d->cur.text)))
		return h248_dec_syntax(d, "a parameter");
	p->name.item = d->cur.text;
	h248_dec_advance(d);
	if (!d->is_audit || at_value(d))
		rc = h248_dec_parm_value(d, p);
	if (!rc)
		H248_APPEND(*tail, p);
	return rc;
}
