/* conf/read.c - a document into structs, by the rows of a table */
#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/value.h"
#include "conf/xml.h"

enum {
	MAX_ELEMS = 32, /* of one table */
	MAX_ATTRS = 32, /* of one element */
	ENOUGH = 20,    /* errors: the rest is not read */
};

struct reading {
	const struct conf_input *in;
	const struct conf_spec *spec;
	conf_seen_h *seen;
	void *arg;
};

static bool is_delimiter(char c)
{
	return !c || strchr(" \t\r\n/>", c);
}

/* The octet after the n-th line; the end of the text when it is shorter. */
static const char *line_end(const struct conf_input *in, long n)
{
	const char *p = in->text, *end = in->text + in->n, *eol;

	for (; n > 0 && p < end; n--) {
		eol = memchr(p, '\n', (size_t)(end - p));
		p = eol ? eol + 1 : end;
	}
	return p;
}

/* libxml2 knows only the line in which a start tag ends: look for the "<". */
static const char *find_tag(const struct conf_input *in, const xmlNode *node)
{
	const char *name = (const char *)node->name;
	const char *end = line_end(in, xmlGetLineNo((xmlNode *)node));
	size_t n = strlen(name);

	for (const char *p = end; p-- > in->text;)
		if (*p == '<' && (size_t)(end - p) > n + 1 &&
		    !memcmp(p + 1, name, n) && is_delimiter(p[n + 1]))
			return p;
	return NULL;
}

static int count_lines(const char *from, const char *to)
{
	int n = 1;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

static int tag_line(const struct conf_input *in, const xmlNode *node)
{
	const char *tag = find_tag(in, node);

	return tag ? count_lines(in->text, tag) :
		     (int)xmlGetLineNo((xmlNode *)node);
}

static int attr_line(const struct conf_input *in, const xmlAttr *attr)
{
	const char *name = (const char *)attr->name, *end = in->text + in->n;
	const char *p = find_tag(in, attr->parent);
	size_t n = strlen(name);
	char quote = 0;

	for (; p && p < end && (quote || *p != '>'); p++) {
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '"' || *p == '\'')
			quote = *p;
		else if ((size_t)(end - p) > n + 1 && is_delimiter(*p) &&
			 !memcmp(p + 1, name, n) &&
			 (p[n + 1] == '=' || is_delimiter(p[n + 1])))
			return count_lines(in->text, p + 1);
	}
	return tag_line(in, attr->parent);
}

static const struct conf_row *find_row(const struct conf_spec *s, int elem,
				       const xmlAttr *attr)
{
	for (unsigned int i = 0; i < s->n_rows; i++)
		if (s->rows[i].elem == elem && !attr->ns &&
		    !strcmp(s->rows[i].name, (const char *)attr->name))
			return &s->rows[i];
	return NULL;
}

static void unknown_attr(const struct reading *rd, int elem,
			 const xmlAttr *attr)
{
	const char *names[MAX_ATTRS], *name = (const char *)attr->name;
	unsigned int n = 0;

	for (unsigned int i = 0; i < rd->spec->n_rows && n < MAX_ATTRS; i++)
		if (rd->spec->rows[i].elem == elem)
			names[n++] = rd->spec->rows[i].name;
	conf_report_add(rd->in->report, attr_line(rd->in, attr),
			"<%s> has no attribute \"%s\"; write \"%s\"",
			rd->spec->elems[elem].name, name,
			n ? conf_nearest(name, names, n) : "nothing");
}

static int find_elem(const struct conf_spec *s, int parent, const xmlNode *node)
{
	for (int i = 0; i < s->n_elems; i++)
		if (s->elems[i].parent == parent && !node->ns &&
		    !strcmp(s->elems[i].name, (const char *)node->name))
			return i;
	return -1;
}

/* Whether what the implied element holds may stand in elem. */
static bool may_omit(const struct conf_spec *s, int elem)
{
	return s->implied && s->elems[s->implied].parent == elem;
}

static void unknown_elem(const struct reading *rd, int parent,
			 const xmlNode *node)
{
	const char *names[MAX_ELEMS], *name = (const char *)node->name;
	const struct conf_spec *s = rd->spec;
	int line = tag_line(rd->in, node);
	unsigned int n = 0;

	for (int i = 0; i < s->n_elems && n < MAX_ELEMS; i++)
		if (s->elems[i].parent == parent ||
		    (may_omit(s, parent) && s->elems[i].parent == s->implied))
			names[n++] = s->elems[i].name;
	if (parent < 0)
		conf_report_add(rd->in->report, line,
				"the document is <%s>; write <%s>", name,
				names[0]);
	else if (may_omit(s, parent) && find_elem(s, s->implied, node) >= 0)
		conf_report_add(rd->in->report, line,
				"<%s> stands beside <%s>; move it into one",
				name, s->elems[s->implied].name);
	else if (!n)
		conf_report_add(rd->in->report, line,
				"<%s> holds no elements; remove <%s>",
				s->elems[parent].name, name);
	else
		conf_report_add(rd->in->report, line,
				"<%s> holds no <%s>; write <%s>",
				s->elems[parent].name, name,
				conf_nearest(name, names, n));
}

static void read_attr(const struct reading *rd, const struct conf_row *row,
		      const xmlAttr *attr, void *base)
{
	xmlChar *text = xmlNodeListGetString(attr->doc, attr->children, 1);
	const char *value = text ? (const char *)text : "";
	int line = attr_line(rd->in, attr);
	char why[CONF_VALUE_TEXT] = "";

	if (conf_value_set(row, base, value, why))
		conf_report_add(rd->in->report, line,
				"%s=\"%.80s\" is not valid; %s", row->name,
				value, why);
	else if (rd->seen)
		rd->seen(rd->arg, (char *)base + row->offset, line);
	xmlFree(text);
}

static void set_default(const struct conf_row *row, void *base)
{
	char why[CONF_VALUE_TEXT];

	if (row->value)
		conf_value_set(row, base, row->value, why);
}

/* Attributes of an element, and the defaults of those that are not there. */
static void read_attrs(const struct reading *rd, int elem, const xmlNode *node,
		       void *base)
{
	const struct conf_spec *s = rd->spec;
	const struct conf_row *row;

	for (unsigned int i = 0; i < s->n_rows; i++) {
		row = &s->rows[i];
		if (row->elem != elem)
			continue;
		set_default(row, base);
		if (!row->value &&
		    !xmlHasProp((xmlNode *)node, (const xmlChar *)row->name))
			conf_report_add(rd->in->report, tag_line(rd->in, node),
					"<%s> needs %s; write %s=\"%s\"",
					s->elems[elem].name, row->name,
					row->name,
					row->help ? row->help : row->words[0]);
	}
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		row = find_row(s, elem, a);
		if (row)
			read_attr(rd, row, a, base);
		else
			unknown_attr(rd, elem, a);
		if (rd->in->report->errors > ENOUGH)
			break;
	}
}

/* The defaults of elements that may be there once, and are not. */
static void set_defaults(const struct conf_spec *s, int elem, void *base)
{
	for (unsigned int i = 0; i < s->n_rows; i++)
		if (s->rows[i].elem == elem)
			set_default(&s->rows[i], base);
	for (int i = elem + 1; i < s->n_elems; i++)
		if (s->elems[i].parent == elem && s->elems[i].max == 1)
			set_defaults(s, i, (char *)base + s->elems[i].offset);
}

/* The struct of the nth instance of an element; NULL: no memory. */
static void *instance(const struct conf_spec *s, int elem, void *parent,
		      unsigned int nth)
{
	const struct conf_elem *e = &s->elems[elem];
	unsigned int count = nth + 1;

	if (e->open)
		return e->open(parent, elem);
	if (e->stride)
		memcpy((char *)parent + e->count, &count, sizeof(count));
	return (char *)parent + e->offset + nth * e->stride;
}

/* What is read into: an element of the document, or one whose tags were left
 * out. */
struct place {
	int elem; /* -1: there is none */
	void *base;
	unsigned int seen[MAX_ELEMS]; /* how often, by element */
};

static void check_missing(const struct reading *rd, const struct place *p,
			  const xmlNode *node)
{
	const struct conf_spec *s = rd->spec;

	for (int i = p->elem + 1; i < s->n_elems; i++) {
		const struct conf_elem *e = &s->elems[i];

		if (e->parent != p->elem || p->seen[i])
			continue;
		if (e->min)
			conf_report_add(rd->in->report, tag_line(rd->in, node),
					"<%s> needs <%s>; write %s",
					(const char *)node->name, e->name,
					e->example);
		else if (e->max == 1)
			set_defaults(s, i, (char *)p->base + e->offset);
	}
}

static void read_elem(const struct reading *rd, int elem, const xmlNode *node,
		      void *base);

static void read_child(const struct reading *rd, struct place *p,
		       const xmlNode *node)
{
	int elem = find_elem(rd->spec, p->elem, node);
	const struct conf_elem *e;
	void *at;

	if (elem < 0) {
		unknown_elem(rd, p->elem, node);
		return;
	}
	e = &rd->spec->elems[elem];
	if (p->seen[elem] >= e->max) {
		conf_report_add(rd->in->report, tag_line(rd->in, node),
				"<%s> holds at most %u <%s>; remove this one",
				(const char *)node->parent->name, e->max,
				e->name);
		return;
	}
	at = instance(rd->spec, elem, p->base, p->seen[elem]++);
	if (at)
		read_elem(rd, elem, node, at);
	else
		conf_report_add(rd->in->report, 0, "out of memory");
}

/* Whether its tags are left out in this element. */
static bool is_omitted(const struct conf_spec *s, int elem, const xmlNode *node)
{
	const xmlNode *c = node->children;

	while (c && (c->type != XML_ELEMENT_NODE ||
		     find_elem(s, elem, c) != s->implied))
		c = c->next;
	return may_omit(s, elem) && !c;
}

static void read_children(const struct reading *rd, int elem,
			  const xmlNode *node, void *base)
{
	struct place p = { elem, base, { 0 } }, inner = { -1, NULL, { 0 } };
	const struct conf_spec *s = rd->spec;

	if (is_omitted(s, elem, node)) {
		inner.elem = s->implied;
		inner.base = instance(s, inner.elem, base, 0);
		p.seen[inner.elem] = 1;
	}
	for (const xmlNode *c = node->children; c; c = c->next) {
		if (rd->in->report->errors > ENOUGH)
			return;
		if (c->type == XML_ELEMENT_NODE && inner.base &&
		    find_elem(s, inner.elem, c) >= 0)
			read_child(rd, &inner, c);
		else if (c->type == XML_ELEMENT_NODE)
			read_child(rd, &p, c);
		else if (c->type == XML_TEXT_NODE && !xmlIsBlankNode(c))
			conf_report_add(rd->in->report, tag_line(rd->in, node),
					"<%s> holds no text; use attributes",
					s->elems[elem].name);
	}
	check_missing(rd, &p, node);
	if (inner.base)
		check_missing(rd, &inner, node);
}

static void read_elem(const struct reading *rd, int elem, const xmlNode *node,
		      void *base)
{
	const struct conf_elem *e = &rd->spec->elems[elem];
	int line = tag_line(rd->in, node);

	if (e->line)
		memcpy((char *)base + e->line, &line, sizeof(line));
	read_attrs(rd, elem, node, base);
	read_children(rd, elem, node, base);
}

int conf_xml_read(const struct conf_input *in, xmlDoc *doc,
		  const struct conf_spec *spec, void *root, conf_seen_h *seen,
		  void *arg)
{
	const struct reading rd = { in, spec, seen, arg };
	const xmlNode *node = xmlDocGetRootElement(doc);
	unsigned int before = in->report->errors;

	if (find_elem(spec, -1, node) != 0)
		unknown_elem(&rd, -1, node);
	else
		read_elem(&rd, 0, node, root);
	return in->report->errors > before ? -EINVAL : 0;
}
