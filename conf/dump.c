/* conf/dump.c - the effective values as a file that loads again */
#include <errno.h>
#include <string.h>

#include "conf/check.h"
#include "conf/table.h"
#include "conf/value.h"

static const struct conf_spec *const spec = &conf_spec_bgfd;

static void put_indent(FILE *to, int depth)
{
	for (int i = 0; i < depth; i++)
		fputs("  ", to);
}

static void put_escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		default:
			fputc(*text, to);
		}
	}
}

/* "line 3: listen mid; default: version" before the element. */
static void put_origin(const struct conf *c, FILE *to, int elem,
		       const char *base, int depth)
{
	int last = -1, line;

	put_indent(to, depth);
	fputs("<!-- ", to);
	for (unsigned int i = 0; i < spec->n_rows; i++) {
		const struct conf_row *row = &spec->rows[i];

		if (row->elem != elem)
			continue;
		line = conf_line(c, base + row->offset);
		if (line != last && last >= 0)
			fputs("; ", to);
		if (line != last && line)
			fprintf(to, "line %d:", line);
		else if (line != last)
			fputs("default:", to);
		fprintf(to, " %s", row->name);
		last = line;
	}
	fputs(" -->\n", to);
}

static void put_attrs(FILE *to, int elem, const char *base)
{
	char text[CONF_VALUE_TEXT];

	for (unsigned int i = 0; i < spec->n_rows; i++) {
		if (spec->rows[i].elem != elem)
			continue;
		conf_value_print(&spec->rows[i], base, text);
		fprintf(to, " %s=\"", spec->rows[i].name);
		put_escaped(to, text);
		fputc('"', to);
	}
}

static void put_elem(const struct conf *c, FILE *to, int elem, const char *base,
		     int depth);

/* Whether the tags of the only one were left out. */
static bool is_omitted(int elem, const char *base)
{
	int line;

	if (elem != spec->implied)
		return false;
	memcpy(&line, base + spec->elems[elem].line, sizeof(line));
	return !line;
}

static void put_children(const struct conf *c, FILE *to, int parent,
			 const char *base, int depth)
{
	for (int i = parent + 1; i < spec->n_elems; i++) {
		const struct conf_elem *e = &spec->elems[i];
		unsigned int n = 1;

		if (e->parent != parent)
			continue;
		if (e->stride)
			memcpy(&n, base + e->count, sizeof(n));
		if (is_omitted(i, base + e->offset)) {
			put_children(c, to, i, base + e->offset, depth);
			continue;
		}
		for (unsigned int k = 0; k < n; k++)
			put_elem(c, to, i, base + e->offset + k * e->stride,
				 depth);
	}
}

static bool has_children(int elem)
{
	for (int i = 0; i < spec->n_elems; i++)
		if (spec->elems[i].parent == elem)
			return true;
	return false;
}

static void put_elem(const struct conf *c, FILE *to, int elem, const char *base,
		     int depth)
{
	const char *name = spec->elems[elem].name;

	put_origin(c, to, elem, base, depth);
	put_indent(to, depth);
	fprintf(to, "<%s", name);
	put_attrs(to, elem, base);
	if (!has_children(elem)) {
		fputs("/>\n", to);
		return;
	}
	fputs(">\n", to);
	put_children(c, to, elem, base, depth + 1);
	put_indent(to, depth);
	fprintf(to, "</%s>\n", name);
}

int conf_dump(const struct conf *conf, FILE *to)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", to);
	put_elem(conf, to, 0, (const char *)conf, 0);
	return ferror(to) || fflush(to) ? -EIO : 0;
}
