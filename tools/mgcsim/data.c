/* mgcsim/data.c - see data.h */
#include "tools/mgcsim/data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct data *d;
	const char *from; /* what is read */
	char *to;         /* where its fields go, each with a NUL */
	unsigned int line, row_line, n_cells, cap, n_in_row;
	const char *why;
};

static int push(struct reader *r, char *field)
{
	char **more;

	if (r->n_cells == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		more = realloc(r->d->cell, r->cap * sizeof(*more));
		if (!more) {
			r->why = "out of memory";
			return -ENOMEM;
		}
		r->d->cell = more;
	}
	r->d->cell[r->n_cells++] = field;
	r->n_in_row++;
	return 0;
}

static void read_quoted(struct reader *r)
{
	r->from++;
	for (; *r->from; r->from++) {
		r->line += *r->from == '\n';
		if (*r->from == '"' && *++r->from != '"')
			return;
		*r->to++ = *r->from;
	}
	r->why = "a quote that is not closed";
}

/* One field; what ended it is returned, 0: the end of the file. */
static char read_field(struct reader *r)
{
	char *field = r->to, end;

	if (*r->from == '"')
		read_quoted(r);
	while (*r->from && !strchr(",\r\n", *r->from))
		*r->to++ = *r->from++;
	if (r->from[0] == '\r' && r->from[1] == '\n')
		r->from++;
	end = *r->from;
	if (end)
		r->from++;
	*r->to++ = '\0';
	if (!r->why)
		push(r, field);
	return end;
}

static void end_row(struct reader *r)
{
	struct data *d = r->d;

	/* A line that is empty is no row. */
	if (r->n_in_row == 1 && !*d->cell[r->n_cells - 1])
		r->n_cells--;
	else if (!d->n_columns)
		d->n_columns = r->n_in_row;
	else if (r->n_in_row != d->n_columns)
		r->why = "another number of fields than in the first line";
	else
		d->n_rows++;
	r->n_in_row = 0;
}

static void read_rows(struct reader *r)
{
	while (*r->from && !r->why) {
		char end;

		r->row_line = r->line;
		do {
			end = read_field(r);
		} while (end == ',' && !r->why);
		if (!r->why)
			end_row(r);
		if (!r->why && end)
			r->line++;
	}
}

static char *read_file(const char *path)
{
	FILE *from = fopen(path, "r");
	char *text = NULL;
	size_t n = 0;

	/* Up to a NUL, which no such file has. */
	if (from && getdelim(&text, &n, '\0', from) < 0) {
		free(text);
		text = NULL;
	}
	if (from)
		fclose(from);
	return text;
}

static void check_names(struct reader *r)
{
	struct vars probe = { .n = 0 };

	r->row_line = 1;
	if (!r->d->n_rows)
		r->why = "no rows";
	for (unsigned int i = 0; i < r->d->n_columns && !r->why; i++)
		if (vars_set(&probe, r->d->cell[i], ""))
			r->why = "a name that no variable can have";
	vars_fini(&probe);
}

int data_load(struct data *d, const char *path, char *err, size_t cap)
{
	struct reader r = { .d = d, .line = 1, .row_line = 1 };
	char *raw;

	memset(d, 0, sizeof(*d));
	raw = read_file(path);
	if (!raw) {
		snprintf(err, cap, "%s:1: cannot be read, or is empty", path);
		return -EINVAL;
	}
	/* A separator makes room for the NUL of a field; the last has none. */
	d->text = malloc(strlen(raw) + 2);
	r.from = raw;
	r.to = d->text;
	if (d->text)
		read_rows(&r);
	else
		r.why = "out of memory";
	free(raw);
	if (!r.why)
		check_names(&r);
	if (!r.why)
		return 0;
	snprintf(err, cap, "%s:%u: %s", path, r.row_line, r.why);
	data_fini(d);
	return -EINVAL;
}

void data_fini(struct data *d)
{
	free(d->text);
	free(d->cell);
	memset(d, 0, sizeof(*d));
}

int data_apply(const struct data *d, unsigned int i, struct vars *vars)
{
	int rc = 0;

	if (!d->n_rows)
		return 0;
	for (unsigned int c = 0; c < d->n_columns && !rc; c++)
		rc = vars_set(vars, d->cell[c],
			      d->cell[(1 + i % d->n_rows) * d->n_columns + c]);
	return rc;
}
