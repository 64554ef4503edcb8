/*
 * mgcsim/vars.h - variables of a scenario, and their places in text
 *
 * "${name}" stands for a value.  A name begins with a small letter and holds
 * small letters, digits, '_' and '-', so that H.248's own "$" (CHOOSE) before
 * a brace, as in C=${A=...}, is never taken for one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { VARS_MAX = 128, VARS_NAME = 32 };

struct var {
	char name[VARS_NAME];
	char *value; /* owned */
};

struct vars {
	struct var list[VARS_MAX];
	unsigned int n;
};

/* 0, -EINVAL bad name, -ENOSPC too many, -ENOMEM. */
int vars_set(struct vars *v, const char *name, const char *value);
/* "name=value", as in --set. */
int vars_set_pair(struct vars *v, const char *pair);
const char *vars_get(const struct vars *v, const char *name); /* or NULL */
/* Nothing when it is not set. */
void vars_unset(struct vars *v, const char *name);
/* Those of `from` as well, over what was set.  As vars_set(). */
int vars_copy(struct vars *v, const struct vars *from);
void vars_fini(struct vars *v);

/* Returns new text with every variable replaced, or NULL; then `missing` (cap
 * octets) names the variable that is not set, or is empty (memory). */
char *vars_expand(const struct vars *v, const char *text, char *missing,
		  size_t cap);
