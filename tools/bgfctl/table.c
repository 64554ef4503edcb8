/* tools/bgfctl/table.c - see table.h */
#include "tools/bgfctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "tools/bgfctl/die.h"
#include "tools/bgfctl/escape.h"

struct table {
	const struct column *columns;
	size_t n_columns, n_cells;
	char **cell; /* n_cells, owned */
};

struct table *table_new(const struct column *columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		die("out of memory");
	t->columns = columns;
	while (columns[t->n_columns].name)
		t->n_columns++;
	return t;
}

/* Takes text. */
static void add(struct table *t, char *text)
{
	/* Room doubles whenever the count reaches a power of two. */
	if (!(t->n_cells & (t->n_cells - 1))) {
		size_t room = t->n_cells ? t->n_cells * 2 : 1;

		t->cell = realloc(t->cell, room * sizeof(*t->cell));
		if (!t->cell)
			die("out of memory");
	}
	t->cell[t->n_cells++] = text;
}

void table_text(struct table *t, const char *text)
{
	if (!text || !*text)
		text = "-";
	add(t, escape(text, strlen(text), ESCAPE_TERMINAL));
}

/* "ws,sack,ts" */
static char *list_shown(const json_t *list)
{
	char *text = NULL;
	size_t size, i;
	json_t *item;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		die("out of memory");
	json_array_foreach (list, i, item) {
		char *shown = json_shown(item);

		fprintf(to, "%s%s", i ? "," : "", shown);
		free(shown);
	}
	if (fclose(to))
		die("out of memory");
	return text;
}

/* A parameter: "name=value". */
static char *pair_shown(const json_t *pair)
{
	char *name = json_shown(json_object_get(pair, "name"));
	char *value = json_shown(json_object_get(pair, "value"));
	char *text;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		die("out of memory");
	free(name);
	free(value);
	return text;
}

char *json_shown(const json_t *v)
{
	char *text = NULL;
	int rc = 0;

	if (json_is_string(v) && json_string_length(v))
		return escape(json_string_value(v), json_string_length(v),
			      ESCAPE_TERMINAL);
	if (json_is_array(v) && json_array_size(v))
		return list_shown(v);
	if (json_is_object(v) && json_object_get(v, "value"))
		return pair_shown(v);
	if (json_is_integer(v))
		rc = asprintf(&text, "%" JSON_INTEGER_FORMAT,
			      json_integer_value(v));
	else if (json_is_boolean(v))
		rc = asprintf(&text, "%s", json_is_true(v) ? "yes" : "no");
	else
		rc = asprintf(&text, "-");
	if (rc < 0)
		die("out of memory");
	return text;
}

void table_json(struct table *t, const json_t *value)
{
	add(t, json_shown(value));
}

/* Columns on a terminal: one for each code point. */
static size_t width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t max = width(t->columns[column].name), w;

	for (size_t i = column; i < t->n_cells; i += t->n_columns) {
		w = width(t->cell[i]);
		if (w > max)
			max = w;
	}
	return max;
}

static void print_cell(const struct table *t, size_t column, size_t max,
		       const char *text, FILE *out)
{
	bool is_last = column + 1 == t->n_columns;
	int pad = max - width(text);

	if (t->columns[column].is_number)
		fprintf(out, "%*s%s", pad, "", text);
	else
		fprintf(out, "%s%*s", text, is_last ? 0 : pad, "");
	fputs(is_last ? "\n" : "  ", out);
}

void table_print(struct table *t, unsigned int indent, FILE *out)
{
	size_t *widths = calloc(t->n_columns, sizeof(*widths));

	if (!widths)
		die("out of memory");
	fprintf(out, "%*s", indent, "");
	for (size_t c = 0; c < t->n_columns; c++) {
		widths[c] = column_width(t, c);
		print_cell(t, c, widths[c], t->columns[c].name, out);
	}
	for (size_t i = 0; i < t->n_cells; i++) {
		size_t c = i % t->n_columns;

		if (!c)
			fprintf(out, "%*s", indent, "");
		print_cell(t, c, widths[c], t->cell[i], out);
		free(t->cell[i]);
	}
	free(widths);
	free(t->cell);
	free(t);
}
