/* gateway/stream.c - the parts of a stream: bodies, properties, copies */
#include "gateway/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "h248/error.h"
#include "h248/pool.h"
#include "h248/span.h"

enum { CASE = 'a' ^ 'A' }; /* the bit between the cases of a letter */

static void clear_body(struct gw_body *b)
{
	free(b->octets);
	memset(b, 0, sizeof(*b));
}

int gw_body_set(struct gw_body *b, struct h248_span text)
{
	char *octets = NULL;

	if (text.n) {
		octets = malloc(text.n);
		if (!octets)
			return -ENOMEM;
		memcpy(octets, text.p, text.n);
	}
	clear_body(b);
	b->octets = octets;
	b->n = text.n;
	b->is_present = true;
	return 0;
}

struct h248_span gw_body_span(const struct gw_body *b)
{
	return (struct h248_span) { b->octets, b->n };
}

void gw_props_init(struct gw_props *props)
{
	STAILQ_INIT(props);
}

static char *put(char *at, struct h248_span text)
{
	if (text.n)
		memcpy(at, text.p, text.n);
	at[text.n] = '\0';
	return at + text.n + 1;
}

/* One piece of memory: thousands of sessions have half a dozen each. */
static struct gw_prop *prop_new(struct h248_span pkg, struct h248_span item,
				struct h248_span value)
{
	struct gw_prop *n =
		h248_zalloc(sizeof(*n) + pkg.n + item.n + value.n + 3);
	char *at;

	if (!n)
		return NULL;
	at = put(n->value, value);
	n->pkg = at;
	at = put(at, pkg);
	n->item = at;
	put(at, item);
	return n;
}

static int read_prop(struct gw_props *props, const struct h248_prop *p,
		     struct h248_err *err)
{
	struct h248_span value = p->values ? p->values->text : H248_SPAN("");
	struct gw_prop *n;

	if (value.n > GW_MAX_VALUE)
		return h248_err_set(err, 449, p->at, "%.*s/%.*s is too long",
				    (int)p->name.pkg.n, p->name.pkg.p,
				    (int)p->name.item.n, p->name.item.p);
	n = prop_new(p->name.pkg, p->name.item, value);
	if (!n)
		return h248_err_set(err, 510, p->at, "memory");
	n->is_quoted = p->values && p->values->is_quoted;
	n->is_chosen = p->values && p->values->next;
	STAILQ_INSERT_TAIL(props, n, entry);
	return 0;
}

int gw_props_read(struct gw_props *props, const struct h248_prop *list,
		  struct h248_err *err)
{
	int r = 0;

	for (; list && !r; list = list->next)
		r = read_prop(props, list, err);
	return r;
}

void gw_props_merge(struct gw_props *to, struct gw_props *from)
{
	struct gw_prop *p, *old;

	STAILQ_FOREACH (p, from, entry) {
		old = (struct gw_prop *)gw_props_find(to, p->pkg, p->item);
		if (old) {
			STAILQ_REMOVE(to, old, gw_prop, entry);
			free(old);
		}
	}
	STAILQ_CONCAT(to, from);
}

/* Most names differ in the first letter of either word. */
static bool is_named(const struct gw_prop *p, const char *pkg, const char *item)
{
	return !((*p->pkg ^ *pkg) & ~CASE) && !((*p->item ^ *item) & ~CASE) &&
	       !strcasecmp(p->pkg, pkg) && !strcasecmp(p->item, item);
}

const struct gw_prop *gw_props_find(const struct gw_props *props,
				    const char *pkg, const char *item)
{
	const struct gw_prop *p;

	STAILQ_FOREACH (p, props, entry)
		if (is_named(p, pkg, item))
			return p;
	return NULL;
}

void gw_props_clear(struct gw_props *props)
{
	struct gw_prop *p;

	while ((p = STAILQ_FIRST(props))) {
		STAILQ_REMOVE_HEAD(props, entry);
		free(p);
	}
}

static int copy_props(struct gw_props *to, const struct gw_props *from)
{
	const struct gw_prop *p;
	struct gw_prop *n;

	STAILQ_FOREACH (p, from, entry) {
		n = prop_new(h248_span_of(p->pkg), h248_span_of(p->item),
			     h248_span_of(p->value));
		if (!n)
			return -ENOMEM;
		n->is_quoted = p->is_quoted;
		n->is_chosen = p->is_chosen;
		STAILQ_INSERT_TAIL(to, n, entry);
	}
	return 0;
}

static int copy_body(struct gw_body *to, const struct gw_body *from)
{
	return from->is_present ? gw_body_set(to, gw_body_span(from)) : 0;
}

void gw_stream_init(struct gw_stream *s, uint16_t id)
{
	memset(s, 0, sizeof(*s));
	s->id = id;
	s->mode = H248_MODE_INACTIVE;
	gw_props_init(&s->props);
}

int gw_stream_copy(struct gw_stream *to, const struct gw_stream *from)
{
	*to = *from;
	memset(&to->local, 0, sizeof(to->local));
	memset(&to->remote, 0, sizeof(to->remote));
	gw_props_init(&to->props);
	if (copy_props(&to->props, &from->props) ||
	    copy_body(&to->local, &from->local) ||
	    copy_body(&to->remote, &from->remote)) {
		gw_stream_clear(to);
		return -ENOMEM;
	}
	return 0;
}

void gw_stream_clear(struct gw_stream *s)
{
	clear_body(&s->local);
	clear_body(&s->remote);
	gw_props_clear(&s->props);
	gw_stream_init(s, s->id);
}

void gw_stream_move(struct gw_stream *to, struct gw_stream *from)
{
	uint16_t id = from->id;

	gw_stream_clear(to);
	*to = *from;
	/* The head of a tail queue points into itself. */
	gw_props_init(&to->props);
	STAILQ_CONCAT(&to->props, &from->props);
	gw_stream_init(from, id);
}
