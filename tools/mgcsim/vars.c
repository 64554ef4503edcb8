/* mgcsim/vars.c - variables of a scenario, and their places in text */
#include "tools/mgcsim/vars.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char NAME_FIRST[] = "abcdefghijklmnopqrstuvwxyz";
static const char NAME_CHARS[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

/* Octets of the name at p, 0 when there is none. */
static size_t name_len(const char *p)
{
	if (!*p || !strchr(NAME_FIRST, *p))
		return 0;
	return strspn(p, NAME_CHARS);
}

static bool is_name(const char *name)
{
	size_t n = name_len(name);

	return n && n < VARS_NAME && !name[n];
}

static struct var *find(const struct vars *v, const char *name, size_t n)
{
	for (unsigned int i = 0; i < v->n; i++) {
		const struct var *e = &v->list[i];

		if (strlen(e->name) == n && !memcmp(e->name, name, n))
			return (struct var *)e;
	}
	return NULL;
}

int vars_set(struct vars *v, const char *name, const char *value)
{
	struct var *e;
	char *copy;

	if (!is_name(name))
		return -EINVAL;
	e = find(v, name, strlen(name));
	if (!e && v->n == VARS_MAX)
		return -ENOSPC;
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	if (!e) {
		e = &v->list[v->n++];
		snprintf(e->name, sizeof(e->name), "%s", name);
		e->value = NULL;
	}
	free(e->value);
	e->value = copy;
	return 0;
}

int vars_set_pair(struct vars *v, const char *pair)
{
	const char *eq = strchr(pair, '=');
	char name[VARS_NAME];

	if (!eq || (size_t)(eq - pair) >= sizeof(name))
		return -EINVAL;
	memcpy(name, pair, (size_t)(eq - pair));
	name[eq - pair] = '\0';
	return vars_set(v, name, eq + 1);
}

const char *vars_get(const struct vars *v, const char *name)
{
	const struct var *e = find(v, name, strlen(name));

	return e ? e->value : NULL;
}

void vars_unset(struct vars *v, const char *name)
{
	struct var *e = find(v, name, strlen(name));

	if (!e)
		return;
	free(e->value);
	*e = v->list[--v->n];
}

int vars_copy(struct vars *v, const struct vars *from)
{
	int rc = 0;

	for (unsigned int i = 0; i < from->n && !rc; i++)
		rc = vars_set(v, from->list[i].name, from->list[i].value);
	return rc;
}

void vars_fini(struct vars *v)
{
	while (v->n)
		free(v->list[--v->n].value);
}

/* Octets of the place "${name}" at p, 0 when it is none. */
static size_t place_len(const char *p)
{
	size_t n;

	if (p[0] != '$' || p[1] != '{')
		return 0;
	n = name_len(p + 2);
	return n && p[2 + n] == '}' ? n + 3 : 0;
}

/* Copies the value of the place at p; false when it has none. */
static bool put_value(const struct vars *v, const char *p, size_t n, FILE *to,
		      char *missing, size_t cap)
{
	const struct var *e = find(v, p + 2, n - 3);

	if (e)
		return fputs(e->value, to) >= 0;
	snprintf(missing, cap, "%.*s", (int)(n - 3), p + 2);
	return false;
}

char *vars_expand(const struct vars *v, const char *text, char *missing,
		  size_t cap)
{
	char *out = NULL;
	size_t size = 0;
	bool is_good = true;
	FILE *to = open_memstream(&out, &size);

	missing[0] = '\0';
	if (!to)
		return NULL;
	while (*text && is_good) {
		size_t n = place_len(text);

		if (n)
			is_good = put_value(v, text, n, to, missing, cap);
		else
			fputc(*text, to);
		text += n ? n : 1;
	}
	if (fclose(to))
		is_good = false;
	if (is_good)
		return out;
	free(out);
	return NULL;
}
