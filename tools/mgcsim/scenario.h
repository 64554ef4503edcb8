/*
 * mgcsim/scenario.h - a scenario file, loaded and checked
 */
#pragma once

#include <stdbool.h>

#include <libxml/tree.h>

struct scenario {
	xmlDoc *doc;
	const char *name; /* in doc */
	char path[256];
};

/*
 * Read a scenario and check it against scenario.rng, which stands in the
 * folder of the file or in the one above, unless schema names another.
 *
 * Returns: 0, or -EINVAL with "FILE:LINE: what" in err.
 */
int scenario_load(struct scenario *s, const char *path, const char *schema,
		  char *err, size_t cap);
void scenario_fini(struct scenario *s);

/* answers="manual": requests wait for the <reply> of a step. */
bool scenario_is_manual(const struct scenario *s);
/* First step, and the step after one; NULL: no more. */
xmlNode *scenario_first(const struct scenario *s);
xmlNode *scenario_next(xmlNode *step);
