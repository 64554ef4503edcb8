/* conf/diff.c - see diff.h */
#include "conf/diff.h"

#include <stdio.h>
#include <string.h>

#include "conf/table.h"
#include "conf/value.h"

static const struct conf_spec *const spec = &conf_spec_bgfd;

struct walk {
	conf_diff_h *each;
	void *arg;
	unsigned int n;
	struct conf_change_of c; /* where: of the element under way */
};

static void tell(struct walk *w, const char *what, bool needs_restart)
{
	w->c.what = what;
	w->c.needs_restart = needs_restart;
	w->n++;
	w->each(w->arg, &w->c);
}

static void diff_rows(struct walk *w, int elem, const char *a, const char *b)
{
	for (unsigned int i = 0; i < spec->n_rows; i++) {
		const struct conf_row *row = &spec->rows[i];

		if (row->elem != elem)
			continue;
		conf_value_print(row, a, w->c.from);
		conf_value_print(row, b, w->c.to);
		if (strcmp(w->c.from, w->c.to))
			tell(w, row->name, !conf_row_is_live(row));
	}
}

/* ", realm a.x" behind what is there; its name is that of its first row. */
static void enter(struct walk *w, int elem, const char *base)
{
	size_t n = strlen(w->c.where);
	char name[CONF_VALUE_TEXT] = "";

	for (unsigned int i = 0; i < spec->n_rows; i++)
		if (spec->rows[i].elem == elem && spec->elems[elem].stride) {
			conf_value_print(&spec->rows[i], base, name);
			break;
		}
	snprintf(w->c.where + n, sizeof(w->c.where) - n, "%s%s%s%.64s",
		 n ? ", " : "", spec->elems[elem].name, name[0] ? " " : "",
		 name);
}

static void diff_elem(struct walk *w, int elem, const char *a, const char *b);

static void diff_children(struct walk *w, int parent, const char *a,
			  const char *b)
{
	for (int i = parent + 1; i < spec->n_elems; i++) {
		const struct conf_elem *e = &spec->elems[i];
		unsigned int n = 1, m = 1;

		if (e->parent != parent)
			continue;
		if (e->stride) {
			memcpy(&n, a + e->count, sizeof(n));
			memcpy(&m, b + e->count, sizeof(m));
		}
		if (n != m) {
			size_t end = strlen(w->c.where);

			snprintf(w->c.where + end, sizeof(w->c.where) - end,
				 "%s%s", end ? ", " : "", e->name);
			snprintf(w->c.from, sizeof(w->c.from), "%u of them", n);
			snprintf(w->c.to, sizeof(w->c.to), "%u", m);
			tell(w, NULL, true);
			w->c.where[end] = '\0';
		}
		for (unsigned int k = 0; k < n && k < m; k++)
			diff_elem(w, i, a + e->offset + k * e->stride,
				  b + e->offset + k * e->stride);
	}
}

static void diff_elem(struct walk *w, int elem, const char *a, const char *b)
{
	size_t end = strlen(w->c.where);

	if (elem)
		enter(w, elem, a);
	diff_rows(w, elem, a, b);
	diff_children(w, elem, a, b);
	w->c.where[end] = '\0';
}

unsigned int conf_diff(const struct conf *from, const struct conf *to,
		       conf_diff_h *each, void *arg)
{
	struct walk w = { .each = each, .arg = arg };

	diff_elem(&w, 0, (const char *)from, (const char *)to);
	return w.n;
}
