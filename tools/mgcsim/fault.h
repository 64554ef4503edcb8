/*
 * mgcsim/fault.h - rules that say which message has an accident, and which
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_action {
	FAULT_NONE,
	FAULT_LOSE,
	FAULT_REPEAT,   /* comes a second time, ms later */
	FAULT_DELAY,    /* by ms */
	FAULT_REORDER,  /* behind the next of its direction, or after ms */
	FAULT_TRUNCATE, /* after so many octets; 0: the half of it */
	FAULT_CORRUPT,  /* so many octets are others; 0: one */
	FAULT__COUNT
};

enum { FAULT_MAX_RULES = 32, FAULT_KIND = 24, FAULT_MS = 100 };

struct fault_rule {
	enum fault_action action;
	bool is_in, is_out;    /* directions, seen from mgcsim */
	char kind[FAULT_KIND]; /* "request", "reply", "notify"; empty: any */
	unsigned int nth;      /* the first that is hit, from 1 */
	unsigned int times;    /* how many in a row from there; 0: all */
	unsigned int percent;  /* of these, by chance; 100: each */
	unsigned int ms, octets;
	unsigned int n_seen;
};

struct faults {
	struct fault_rule rule[FAULT_MAX_RULES];
	unsigned int n_rules;
	uint64_t seed;   /* as it was given */
	uint64_t random; /* state */
	uint64_t n_hit[FAULT__COUNT];
};

const char *fault_name(enum fault_action action); /* "lose" */

void faults_init(struct faults *f, uint64_t seed);
/* Both as "lose", every message, until fault_rule_set() says otherwise. */
int fault_rule_init(struct fault_rule *r, const char *action);
/* "direction" in, out or both; "kind", "nth", "times", "percent", "ms",
 * "octets".  0, or -EINVAL. */
int fault_rule_set(struct fault_rule *r, const char *key, const char *value);
/* "lose,direction=out,kind=add,nth=2".  0, or -EINVAL. */
int fault_rule_parse(struct fault_rule *r, const char *text);
int faults_add(struct faults *f, const struct fault_rule *r); /* -ENOSPC */

/* What happens to this message; NULL: nothing.  Every rule counts it. */
const struct fault_rule *faults_hit(struct faults *f, bool is_out,
				    const char *buf, size_t n);
uint64_t faults_random(struct faults *f);
/* Cuts or changes n octets at buf as the rule says; returns how many are left.
 * It says the same for the same seed. */
size_t faults_damage(struct faults *f, const struct fault_rule *r, char *buf,
		     size_t n);
