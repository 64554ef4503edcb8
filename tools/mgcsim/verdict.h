/*
 * mgcsim/verdict.h - how the plays of a scenario ended
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/queue.h>

struct verdict {
	STAILQ_ENTRY(verdict) entry;
	unsigned int user; /* from 1; 0: the only one */
	bool is_pass;
	unsigned int steps;
	double seconds;
	char where[320]; /* "session.xml:17" of the step that failed */
	char step[32];   /* its element */
	char stage[32];  /* the <stage> it was in; empty: none */
	char why[1024];
	char *ladder; /* owned; NULL: none */
};
STAILQ_HEAD(verdict_list, verdict);

/* Of many only the numbers and the first of each kind are kept. */
enum { VERDICTS_KEPT = 1000, LADDERS_KEPT = 20 };

struct verdicts {
	struct verdict_list list; /* in the order they came */
	unsigned int n_kept, n_ladders;
	unsigned int n_pass, n_fail;
};

void verdicts_init(struct verdicts *all);
void verdicts_fini(struct verdicts *all);
/* Takes v->ladder.  0, or -ENOMEM (it is counted all the same). */
int verdicts_add(struct verdicts *all, const struct verdict *v);

/* "PASS session: 19 steps in 4.2 s", "FAIL session: step 4, FILE:LINE ..." */
void verdict_print(const struct verdict *v, const char *scenario, FILE *to);
/* What stands behind the first word. */
void verdict_text(const struct verdict *v, FILE *to);

/*
 * All of them as JUnit XML, a test case each.
 *
 * Returns: 0, or -EIO
 */
int junit_write(const struct verdicts *all, const char *scenario,
		const char *file, const char *path);
